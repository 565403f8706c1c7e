"""A seal as a signed note: a text that a person can read, and under it who signed it.

The form is C2SP's signed-note: text, an empty line, and lines `— <name> <base64>` of a key's four
bytes and its signature. OpenSSH's signature is always there, because it holds its key, and any
machine can check it; Ed25519's own, which every program for such notes knows, where it can be made.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from journal import names, signing
from journal.errors import IntegrityError, UsageError
from journal.ids import is_id
from journal.signing import Signer, sshsig

SCHEMA = "journal/seal@1"
NAMESPACE = "journal-seal"  # of the signatures
NAMED = "without blanks or '+', 64 characters at most"

_LONGEST = 1 << 20
_MOST = 100  # signatures
_DASH = "— "
_BARE, _OTHER = (
    b"\x01",
    b"\xffsshsig@openssh.com",
)  # what kinds of keys are, as a key's bytes have it
_LINE = re.compile(r"(\S+) (\S+) ([1-9][0-9]{0,17}) (sha256:[0-9a-f]{64})(?: (\S+))?")
_HEAD = re.compile(rf"{SCHEMA}\nworkspace (\S+)\nmade (\S+)\nentries ([0-9]{{1,18}})\n")


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """An entry that no other one of its chain follows; `workspace` is empty of this one's own."""

    workspace: str
    namespace: str
    writer: str
    seq: int
    digest: str  # of its header

    @property
    def line(self) -> str:
        """As a note has it."""
        more = f" {self.workspace}" if self.workspace else ""
        return f"{self.namespace} {self.writer} {self.seq} {self.digest}{more}"

    @property
    def chain(self) -> tuple[str, str, str]:
        """Which chain it is of."""
        return self.workspace, self.namespace, self.writer

    def record(self) -> dict[str, object]:
        """It as JSON shows it."""
        shown: dict[str, object] = {
            "namespace": self.namespace, "writer": self.writer, "seq": self.seq,
            "digest": self.digest,
        }  # fmt: skip
        return shown | ({"workspace": self.workspace} if self.workspace else {})


@dataclass(frozen=True, slots=True)
class Seal:
    """What is sealed: the heads of a workspace's chains, and how many entries they stand for."""

    workspace: str
    made: str
    entries: int
    heads: tuple[Head, ...]

    @property
    def text(self) -> str:
        """What is signed."""
        first = f"{SCHEMA}\nworkspace {self.workspace}\nmade {self.made}\nentries {self.entries}\n"
        return first + "".join(f"{head.line}\n" for head in self.heads)


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note that holds: what is sealed, and who signed it, by the names they gave."""

    seal: Seal
    signers: tuple[tuple[str, Signer], ...]


def sign(seal: Seal, key: str, name: str) -> str:
    """The note, signed by the key in that file; the errors are those of `signing.sign`."""
    check_name(name)
    text = seal.text.encode()
    blob = sshsig.dearmor(signing.sign(text, key, NAMESPACE))
    found = sshsig.parse_blob(blob, NAMESPACE).key
    lines = [_signature(name, _key_id(name, _OTHER, found.blob), blob)]
    if bare := signing.plain(text, key):
        lines.insert(0, _signature(name, _key_id(name, _BARE, found.point), bare))
    return f"{seal.text}\n{''.join(lines)}"


def check_name(name: str) -> None:
    """UsageError if a note can't name its signer so."""
    if (
        not name
        or len(name) > 64
        or "+" in name
        or not name.isprintable()
        or name.split() != [name]
    ):
        raise UsageError(f"{name!r} can't name a signer", kind="bad-name", hint=f"a name {NAMED}")


def _signature(name: str, key_id: bytes, signature: bytes) -> str:
    return f"{_DASH}{name} {b64encode(key_id + signature).decode()}\n"


def _key_id(name: str, kind: bytes, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def read(data: bytes) -> Note:
    """The note, each of its signatures checked.

    IntegrityError `bad-checkpoint` if it is none, `bad-signature` if it isn't what was signed;
    JournalError `no-signing` if nothing here can check that.
    """
    try:
        text, between, below = data[: _LONGEST + 1].decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise _bad("it is not UTF-8") from error
    if len(data) > _LONGEST or not between or not below.endswith("\n"):
        raise _bad("a seal is a text, an empty line, and lines of signatures")
    seal = parse(f"{text}\n")
    signed = list(_signatures(below))
    signers = [
        (name, _checked(text, name, payload, signed))
        for name, payload in signed
        if payload[4:].startswith(b"SSHSIG")
    ]
    if not signers:
        raise _bad("nobody signed it in a way that is known here")
    return Note(seal, tuple(signers))


def _checked(text: str, name: str, payload: bytes, signed: list[tuple[str, bytes]]) -> Signer:
    """Who signed the text; what the same key signed in the other form has to hold, too."""
    message = f"{text}\n".encode()
    signer = signing.check(message, sshsig.armor(payload[4:]), NAMESPACE)
    key = sshsig.public(signer.key)
    if payload[:4] != _key_id(name, _OTHER, key.blob):
        raise sshsig.bad_signature(f"it was not made in the name of {name!r}")
    bare = _key_id(name, _BARE, key.point)
    for other, its in signed:
        if other == name and its[:4] == bare and signing.can_check_plain():
            signing.check_plain(message, its[4:], signer)
    return signer


def _signatures(below: str) -> Iterator[tuple[str, bytes]]:
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > _MOST:
        raise _bad(f"it has more than {_MOST} signatures")
    for line in lines:
        name, _, coded = line.removeprefix(_DASH).partition(" ")
        try:
            payload = b64decode(coded.encode(), validate=True)
        except (BadBase64, UnicodeEncodeError) as error:
            raise _bad("a line of a signature can't be read") from error
        sound = line.startswith(_DASH) and name and b64encode(payload).decode() == coded
        if not sound or len(payload) <= 4:
            raise _bad("a line of a signature can't be read")
        yield name, payload


def parse(text: str) -> Seal:
    """What a note's text says; IntegrityError `bad-checkpoint` if it isn't just such a text."""
    found = _HEAD.match(text)
    if found is None:
        raise _bad(f"it does not begin as {SCHEMA} does")
    lines = text[found.end() :].removesuffix("\n").split("\n") if text[found.end() :] else []
    heads = tuple(_head(line) for line in lines)
    seal = Seal(found[1], found[2], int(found[3]), heads)
    if seal.text != text or not is_id(seal.workspace):
        raise _bad("it is not as a seal is written")
    return seal


def _head(line: str) -> Head:
    found = _LINE.fullmatch(line)
    sound = found and names.is_slug(found[1]) and names.is_slug(found[2])
    if not found or not sound or (found[5] and not is_id(found[5])):
        raise _bad(f"{line[:80]!r} is no line of a chain")
    return Head(found[5] or "", found[1], found[2], int(found[3]), found[4])


def _bad(why: str) -> IntegrityError:
    return IntegrityError(
        f"this is no seal: {why}", kind="bad-checkpoint",
        hint="`journal seal` makes one; is it whole, as it was written?",
    )  # fmt: skip
