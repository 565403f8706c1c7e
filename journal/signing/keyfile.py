"""Key files: what is in one, as far as it can be told without using it."""

from __future__ import annotations

import os
from base64 import b64decode
from dataclasses import dataclass

from journal.errors import UsageError
from journal.signing.sshsig import ED25519, MAKING, Key, Strings, bad_key, key_of, public

_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_PKCS8, _LOCKED = b"-----BEGIN PRIVATE KEY-----", b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PUBLIC = (b"ssh-", b"sk-", b"ecdsa-")
_MAGIC = b"openssh-key-v1\0"
_LONGEST = 65536


@dataclass(frozen=True, slots=True)
class Found:
    """A key file: its path, its bytes, its public key if that is told without a passphrase.

    `is_open`: it has a private key that any process can use: no passphrase, no hardware.
    """

    path: str
    data: bytes
    key: Key | None
    is_open: bool


def read(path: str) -> Found:
    """What is in the file; UsageError `no-key`, `bad-key`, or `key-not-private` as ssh has it."""
    path = os.path.expanduser(path)
    try:
        with open(path, "rb") as file:
            data, stat = file.read(_LONGEST + 1), os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "is no file"
        raise UsageError(
            f"the key can't be read: {why}", kind="no-key", file=path, hint=MAKING
        ) from error
    try:
        found = _look(path, data)
    except ValueError as error:
        raise bad_key(f"{path}: it is no key, or it was cut short") from error
    except UsageError as error:
        raise bad_key(f"{path}: {error}") from error
    own = hasattr(os, "getuid") and stat.st_uid == os.getuid()
    if found.is_open and own and stat.st_mode & 0o077:
        raise UsageError(
            "others can read this private key", kind="key-not-private", file=path,
            hint=f"chmod 600 {path}",
        )  # fmt: skip
    return found


def _look(path: str, data: bytes) -> Found:
    text = data.strip()
    if len(data) > _LONGEST:
        raise ValueError("a key is small")
    if text.startswith(_OPENSSH):
        return _openssh(path, data, text)
    if text.startswith((_PKCS8, _LOCKED)):
        return Found(path, data, None, text.startswith(_PKCS8))
    if not text.startswith(_PUBLIC):
        raise ValueError("it is something else")
    return Found(path, data, public(text.decode("ascii", "replace")), is_open=False)


def _openssh(path: str, data: bytes, text: bytes) -> Found:
    """OpenSSH's own form, whose public half no passphrase hides."""
    lines = text.split(b"\n")
    blob = b64decode(b"".join(line.strip() for line in lines[1:-1]), validate=True)
    if not blob.startswith(_MAGIC):
        raise ValueError("it is another form")
    rest = Strings(blob[len(_MAGIC) :])
    cipher, _, _ = (rest.next() for _ in range(3))
    if rest.take(4) != (1).to_bytes(4, "big"):
        raise ValueError("it holds several keys")
    key = key_of(rest.next())
    return Found(path, data, key, cipher == b"none" and key.type == ED25519)
