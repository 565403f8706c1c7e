"""OpenSSH's signatures and public keys as bytes and text, as its PROTOCOL.sshsig says. Pure."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from hashlib import new, sha256

from journal.errors import IntegrityError, UsageError

ED25519 = "ssh-ed25519"
HARDWARE = "sk-ssh-ed25519@openssh.com"
POINT, SIGNED = 32, 64  # bytes of a public key, and of a signature
MAKING = "ssh-keygen -t ed25519 -f KEY makes one"

_BEGIN, _END = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_HASHES = ("sha512", "sha256")  # the first is what is made here
_COLUMNS = 70
_LONGEST = 8192
_TOUCHED = 1  # a flag of hardware keys: somebody was there


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key as its line, without a comment, and as its fingerprint, `SHA256:…`."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: its type, its 32 bytes, and for hardware what it was made for."""

    type: str
    point: bytes
    application: bytes = b""

    @property
    def blob(self) -> bytes:
        """As OpenSSH encodes it."""
        more = string(self.application) if self.type == HARDWARE else b""
        return string(self.type.encode()) + string(self.point) + more

    @property
    def signer(self) -> Signer:
        """As people see it."""
        digest = b64encode(sha256(self.blob).digest()).decode().rstrip("=")
        return Signer(f"{self.type} {b64encode(self.blob).decode()}", f"SHA256:{digest}")


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands in a signature; `trail` is what a hardware key signs along: flags and counter."""

    key: Key
    namespace: str
    hash: str
    raw: bytes
    trail: bytes = b""

    def signed(self, message: bytes) -> bytes:
        """The bytes that the key's `raw` is about."""
        inner = tosign(message, self.namespace, self.hash)
        if self.key.type == HARDWARE:
            return sha256(self.key.application).digest() + self.trail + sha256(inner).digest()
        return inner

    @property
    def blob(self) -> bytes:
        """It as OpenSSH encodes it, without armor."""
        named = string(self.namespace.encode()) + string(b"") + string(self.hash.encode())
        made = string(string(self.key.type.encode()) + string(self.raw) + self.trail)
        return _MAGIC + _VERSION + string(self.key.blob) + named + made

    @property
    def armored(self) -> bytes:
        """It as ssh-keygen writes it."""
        return armor(self.blob)


def string(data: bytes) -> bytes:
    """A string of the SSH protocol: its length, and it."""
    return len(data).to_bytes(4, "big") + data


def tosign(message: bytes, namespace: str, algorithm: str = _HASHES[0]) -> bytes:
    """What is signed in the place of a message: its digest, bound to a purpose."""
    digest = new(algorithm, message).digest()
    parts = (namespace.encode(), b"", algorithm.encode(), digest)
    return _MAGIC + b"".join(string(part) for part in parts)


def made(key: Key, namespace: str, raw: bytes) -> Signature:
    """The signature of what `tosign` gave."""
    return Signature(key, namespace, _HASHES[0], raw)


def armor(blob: bytes) -> bytes:
    """Bytes as lines of base64 between the two lines that tell what they are."""
    text = b64encode(blob)
    lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    return b"\n".join([_BEGIN, *lines, _END, b""])


def dearmor(text: bytes) -> bytes:
    """The bytes in an armored signature; IntegrityError `bad-signature`."""
    lines = text.strip().split()
    begin, end = _BEGIN.split(), _END.split()
    framed = lines[: len(begin)] == begin and lines[-len(end) :] == end
    if len(text) > _LONGEST or not framed:
        raise _bad("it is no armored signature of OpenSSH")
    try:
        return b64decode(b"".join(lines[len(begin) : -len(end)]), validate=True)
    except BadBase64 as error:
        raise _bad("it is no armored signature of OpenSSH") from error


def parse(text: bytes, namespace: str) -> Signature:
    """An armored signature for that purpose, not checked yet; IntegrityError `bad-signature`."""
    return parse_blob(dearmor(text), namespace)


def parse_blob(blob: bytes, namespace: str) -> Signature:
    """The same of one without armor."""
    try:
        found = _parse(blob)
    except (ValueError, UsageError) as error:
        raise _bad(str(error)) from error
    if found.namespace != namespace:
        raise _bad(f"it was made for {found.namespace!r}, not for {namespace!r}")
    return found


def _parse(blob: bytes) -> Signature:
    head = len(_MAGIC) + len(_VERSION)
    if blob[:head] != _MAGIC + _VERSION:
        raise ValueError("it is no signature of OpenSSH, or of a later version")
    rest = Strings(blob[head:])
    key, namespace, reserved, algorithm = (rest.next() for _ in range(4))
    inner = Strings(rest.next())
    rest.end()
    parsed, name = key_of(key), algorithm.decode("ascii", "replace")
    kind, raw = inner.next(), inner.next()
    if reserved or name not in _HASHES or kind != parsed.type.encode() or len(raw) != SIGNED:
        raise ValueError("it is of a kind that is not known")
    trail = inner.take(5) if parsed.type == HARDWARE else b""
    inner.end()
    if trail and not trail[0] & _TOUCHED:
        raise ValueError("nobody touched the hardware key")
    return Signature(parsed, namespace.decode("utf-8", "replace"), name, raw, trail)


def key_of(blob: bytes) -> Key:
    """A public key as OpenSSH encodes it; UsageError `bad-key`, ValueError if it is cut short."""
    rest = Strings(blob)
    kind = rest.next().decode("ascii", "replace")
    if kind not in (ED25519, HARDWARE):
        raise bad_key(f"it is a key of type {kind[:64]!r}, and only Ed25519 keys sign here")
    point = rest.next()
    application = rest.next() if kind == HARDWARE else b""
    rest.end()
    if len(point) != POINT:
        raise ValueError("it is cut short")
    return Key(kind, point, application)


def public(text: str) -> Key:
    """The key of a line, comment or none behind it; UsageError `bad-key`."""
    words = text.split(maxsplit=2)
    if len(words) < 2 or "\n" in text.strip() or len(text) > _LONGEST:
        raise bad_key("it is no public key")
    try:
        key = key_of(b64decode(words[1].encode(), validate=True))
    except ValueError as error:  # of base64 too
        raise bad_key("it is no public key") from error
    if key.type != words[0]:
        raise bad_key("it is no public key: its line names another type")
    return key


class Strings:
    """Strings of the SSH protocol, one after the other; ValueError where they end early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        """So many bytes."""
        part = self._data[self._at : self._at + size]
        if len(part) != size:
            raise ValueError("it is cut short")
        self._at += size
        return part

    def next(self) -> bytes:
        """The next string."""
        return self.take(int.from_bytes(self.take(4), "big"))

    def end(self) -> None:
        """ValueError if there is more."""
        if self._at != len(self._data):
            raise ValueError("there is more in it than there should be")


def bad_key(words: str) -> UsageError:
    """The error of what can't be used as a key."""
    return UsageError(words, kind="bad-key", hint=MAKING)


def bad_signature(words: str) -> IntegrityError:
    """The error of a signature that isn't one of this message."""
    return IntegrityError(f"the signature does not hold: {words}", kind="bad-signature", hint=_ASK)


_ASK = "ask whom it came from for a new one"
_bad = bad_signature
