"""Signatures made and checked in this process, by the library `cryptography`."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from journal.signing import sshsig
from journal.signing.keyfile import Found
from journal.signing.sshsig import ED25519, Key, Signature

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@cache
def is_here() -> bool:
    """Whether the library is installed, and can be loaded."""
    if find_spec("cryptography") is None:
        return False
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    except ImportError:  # installed for another machine
        return False
    return True


def sign(message: bytes, found: Found, namespace: str) -> bytes:
    """The armored signature by a key file that may be read; UsageError `bad-key`."""
    raw = _private(found).sign(sshsig.tosign(message, namespace))
    return sshsig.made(public(found), namespace, raw).armored


def plain(message: bytes, found: Found) -> bytes:
    """The bare signature of just these bytes."""
    return _private(found).sign(message)


def public(found: Found) -> Key:
    """The public half of a key file that may be read."""
    return Key(ED25519, _private(found).public_key().public_bytes_raw())


def check(message: bytes, signature: Signature) -> None:
    """IntegrityError `bad-signature` if the key never signed this."""
    check_plain(signature.signed(message), signature.raw, signature.key)


def check_plain(message: bytes, raw: bytes, key: Key) -> None:
    """The same of a bare signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.point).verify(raw, message)
    except (InvalidSignature, ValueError) as error:
        words = "something else was signed, or another key signed"
        raise sshsig.bad_signature(words) from error


def _private(found: Found) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    load = serialization.load_ssh_private_key if found.key else serialization.load_pem_private_key
    try:
        key = load(found.data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise sshsig.bad_key(f"{found.path}: it is no key, or it was cut short") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise sshsig.bad_key(f"{found.path}: only Ed25519 keys sign here")
    return key
