"""What is to be struck, and a file's bytes without it. Pure: bytes in, bytes out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from journal import dayfile, hidden, seal
from journal.chain import slice_digest
from journal.dayfile import INTACT, TORN, Piece
from journal.header import id_of
from journal.spool import Record, encode, scan

T = TypeVar("T")
_OURS = ("len", "sha256")
_DROPPED = (*_OURS, "token", "gone")
_FEW = 8  # names that are looked for one by one
_ULID = re.compile(rb"[0-9A-Z]{26}")
_IDS = re.compile(rb"""id["']?:[ \t]*["']?([0-9A-Z]{26})""").findall
_ID = re.compile(rb"^id: (\S+)$", re.MULTILINE)
_HAND = "h-"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One entry to be struck.

    `stub`: what takes the place of each slice with its id, empty if nothing does (handwritten).
    `instead`: for a redaction, what takes the place of a slice, by the digest of what it was.
    `sealed`: what takes the place of one that is as it was sealed, by its header's digest.
    """

    id: str
    purge: bool
    stub: bytes = b""
    instead: Mapping[str, bytes] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()  # paths of files that go with it
    sealed: Mapping[str, bytes] = field(default_factory=dict)

    def on(self, raw: bytes) -> bytes | None:
        """What takes the place of this slice of the entry; None if it may stay."""
        if not self.purge:
            return self.instead.get(slice_digest(raw)) or self._anew(raw)
        return None if raw.rstrip(b"\n") == self.stub.rstrip(b"\n") else self.stub

    def _anew(self, raw: bytes) -> bytes | None:
        piece = dayfile.parse(raw) if self.sealed else None
        new = self.sealed.get(piece.header) if piece and piece.state == INTACT else None
        if not (piece and new):
            return None
        return new + (raw[raw.rfind(piece.postscript) - 1 :] if piece.postscript else b"")


Strokes = Mapping[str, Stroke]


def name_of(piece: Piece) -> str:
    """The id of the entry that the slice is of, or is what is left of."""
    if piece.state == TORN and (found := _ID.search(piece.raw)):
        return found[1].decode(errors="replace")
    return (piece.header and id_of(piece)) or dayfile.hand_id(piece)


def named(piece: Piece, wanted: Mapping[str, T]) -> T | None:
    """What is wanted of the slice's entry."""
    return wanted.get(name_of(piece))


class Names:
    """Names of entries, ready to be looked for in many files."""

    def __init__(self, names: Iterable[str]) -> None:
        self.every = dict.fromkeys(names, True)
        self.by_hand = any(name.startswith(_HAND) for name in self.every)
        sealed = [name.encode() for name in self.every if not name.startswith(_HAND)]
        few = len(sealed) <= _FEW
        self._ulids = set() if few else {name for name in sealed if _ULID.fullmatch(name)}
        self._odd = [name for name in sealed if name not in self._ulids]

    def may_be_in(self, data: bytes) -> bool:
        """Whether a file may hold one of them: handwritten ones don't bear their names."""
        return self.by_hand or self.are_named_in(data)

    def are_named_in(self, data: bytes) -> bool:
        """Whether the bytes name a sealed one of them."""
        if any(name in data for name in self._odd):
            return True
        return bool(self._ulids) and not self._ulids.isdisjoint(_IDS(data))


def pieces_of(data: bytes, names: Names) -> Iterator[Piece]:
    """Each slice of one of the entries in a day file's LF-normalised bytes."""
    if not names.may_be_in(data):
        return
    parts = dayfile.split(data)
    slices = [(piece.offset, piece.raw) for piece in dayfile.pieces(parts.preamble)]
    for offset, raw in (*slices, *parts.slices):
        if names.are_named_in(raw) or (names.by_hand and _hand_id(raw) in names.every):
            piece = dayfile.slice_at(raw, offset)
            if named(piece, names.every):
                yield piece


def _hand_id(raw: bytes) -> str:
    return "h-" + dayfile.digest(raw.rstrip(b"\n"))[7:19]


def in_day(data: bytes, strokes: Strokes, names: Names | None = None) -> bytes:
    """A day file without what is struck; whatever else stands in it is as it was, to the byte.

    `names`: those of the strokes, for who has many files.
    """
    text = seal.normal(data)
    at, kept = 0, []
    place = _places(data)
    is_crlf = data.count(b"\r\n") == data.count(b"\n") > 0
    for piece in pieces_of(text, names or Names(strokes)):
        stroke = named(piece, strokes)
        new = stroke.on(piece.raw) if stroke else None
        if new is None:
            continue
        start, end = place(piece.offset), place(piece.offset + len(piece.raw))
        kept += [data[at:start], _ending(new, data[start:end], is_crlf=is_crlf)]
        at = end
    return b"".join([*kept, data[at:]]) if kept else data


def _places(data: bytes) -> Callable[[int], int]:
    """From an offset in the LF-normalised bytes to the one in these."""
    pairs = [found.start() for found in re.finditer(rb"\r\n", data)] if b"\r" in data else []
    ends = [start - number for number, start in enumerate(pairs)]
    return lambda offset: offset + bisect_left(ends, offset)


def _ending(new: bytes, raw: bytes, *, is_crlf: bool) -> bytes:
    """What takes a slice's place, with the line ends and the blank lines below that it had."""
    if not new:
        return b""
    new = new.rstrip(b"\n")
    below = raw[len(raw.rstrip(b"\r\n")) :] or b"\n"
    return (new.replace(b"\n", b"\r\n") if is_crlf else new) + below


def in_spool(data: bytes, strokes: Strokes) -> bytes:
    """A spool without what is struck, and without what was torn: nobody knows what that holds."""
    sealed = {name: stroke for name, stroke in strokes.items() if not name.startswith(_HAND)}
    if not Names(sealed).are_named_in(data):
        return data
    kept = []
    for record in scan(data)[0]:
        stroke = sealed.get(record.id) if record.id else None
        new = stroke.on(record.slice) if stroke else None
        kept.append(record.whole if new is None else _again(record, new))
    return b"".join(kept)


def _again(record: Record, new: bytes) -> bytes:
    """The record with another slice: that of its own place in the chain, whatever stands in files.

    Without its token, which `tokens` keeps: it may be what is to be masked.
    """
    facts = {key: value for key, value in record.facts.items() if key not in _DROPPED}
    found = encode(facts, new)
    return found if scan(found)[0] else encode(facts, stub_of(dayfile.parse(record.slice)))


def in_tokens(data: bytes, strokes: Strokes) -> bytes:
    """A list of tokens without the digests of bodies that are struck: they betray short ones."""
    lines = data.split(b"\n")
    return b"\n".join(_bare(line, strokes) for line in lines)


def _bare(line: bytes, strokes: Strokes) -> bytes:
    words = line.decode(errors="replace").split(" ")
    if len(words) != 6 or words[1] not in strokes:
        return line
    return " ".join([*words[:5], "-"]).encode()


def stub_of(piece: Piece) -> bytes:
    """What is left of an entry that is purged; nothing of a handwritten one."""
    return hidden.stub(piece.clock, piece.values) if piece.header and id_of(piece) else b""
