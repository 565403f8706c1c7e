"""Signatures by Ed25519 keys: made and checked here, or by OpenSSH's own program.

There is one form of them, the armored one of `ssh-keygen -Y sign` (OpenSSH's PROTOCOL.sshsig), so
that either can check what the other made. In this process they are made by the library that the
extra `sign` installs. The program is asked where that is missing, and for keys that nobody can
read: those of an agent, with a passphrase, in hardware.

>>> made = sign(b"text", "id_ed25519", "journal-pack")       # doctest: +SKIP
>>> check(b"text", made, "journal-pack").fingerprint         # doctest: +SKIP
"""

from __future__ import annotations

import os

from journal.errors import JournalError
from journal.signing import inprocess, keyfile, program, sshsig
from journal.signing.keyfile import Found
from journal.signing.sshsig import Signer

__all__ = [
    "Signer", "can_check_plain", "check", "check_plain", "plain", "public", "sign", "signer_of",
]  # fmt: skip

EXTRA = 'pip install "journal-daybook[sign]"'


def sign(message: bytes, key: str, namespace: str) -> bytes:
    """The armored signature of a message by the key in that file, for one purpose alone.

    `key` is a private key, or a public one whose private one an agent holds. UsageError `bad-key`
    if it is no Ed25519 key; JournalError `no-signing` if neither library nor program is here,
    `not-signed` if the program would not sign.
    """
    found = keyfile.read(key)
    if found.is_open and inprocess.is_here():
        return inprocess.sign(message, found, namespace)
    if not program.is_here():
        raise _nobody(found)
    return program.sign(message, found.path, namespace)


def check(message: bytes, signature: bytes, namespace: str) -> Signer:
    """By which key the message was signed, for that purpose.

    Whose key it is, nobody says here. IntegrityError `bad-signature`; JournalError `no-signing` if
    neither library nor program is here.
    """
    parsed = sshsig.parse(signature, namespace)
    if inprocess.is_here():
        inprocess.check(message, parsed)
    elif program.is_here():
        program.check(message, parsed)
    else:
        raise _nobody()
    return parsed.key.signer


def public(text: str) -> Signer:
    """The key of a line such as `ssh-ed25519 AAAA… anna`, a .pub file's; UsageError `bad-key`."""
    return sshsig.public(text).signer


def signer_of(key: str) -> Signer | None:
    """The public half of the key in that file; None if only signing with it would tell."""
    found = keyfile.read(key)
    if found.key is None and found.is_open and inprocess.is_here():
        return inprocess.public(found).signer
    return found.key.signer if found.key else None


def plain(message: bytes, key: str) -> bytes | None:
    """The bare Ed25519 signature of just these bytes; None where only a program could sign."""
    found = keyfile.read(key)
    return inprocess.plain(message, found) if found.is_open and inprocess.is_here() else None


def can_check_plain() -> bool:
    """Whether the library is here that checks bare signatures."""
    return inprocess.is_here()


def check_plain(message: bytes, signature: bytes, signer: Signer) -> None:
    """IntegrityError `bad-signature` if it isn't that key's bare signature of these bytes.

    JournalError `no-signing` without the library: OpenSSH's program doesn't check such ones.
    """
    if not inprocess.is_here():
        raise _nobody()
    inprocess.check_plain(message, signature, sshsig.public(signer.key))


def _nobody(found: Found | None = None) -> JournalError:
    """What to say where nobody can sign or check."""
    if found and not found.is_open and inprocess.is_here():
        words = (
            f"{os.path.basename(found.path)!r} can only be used by ssh-keygen, and it is not here"
        )
        return JournalError(words, kind="no-signing", hint=f"install OpenSSH, or {_OTHER}")
    return JournalError(
        "nothing here can sign or check signatures", kind="no-signing",
        hint=f"{EXTRA}, or install OpenSSH 8.2 or newer",
    )  # fmt: skip


_OTHER = "name a key without a passphrase"
