"""Reading a segment of the index: one block of bytes, in a file or only in memory.

    magic | fields and columns | directory, JSON | its place, length, checksums | magic

A field is: postings, the terms in order, and for each term (u32) where it begins, how many
documents hold it, and where its postings are; a term that one document holds has that document
there, as `document << 8 | how often`. Postings are the steps between the documents in one, two or
four bytes (none if all documents are meant), then a byte for how often each has the term, unless
all are one. How often is 127 at most; 128 is added where the term occurs in the title.

Then come the columns, a value for each document (`COLUMNS`). Documents are in the order of time.
Numbers are in the byte order of the machine that wrote them: an index is a cache, and another
machine makes its own.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from itertools import accumulate, pairwise
from mmap import mmap
from struct import Struct
from typing import Any
from zlib import crc32

from journal.recall.analysis import VERSION

MAGIC = b"jrnlseg\x01"
FOOT = Struct("<QIII")  # where the directory is, its length, the checksums of all before, of itself
TEXT = "text"
MOST = 127
TITLE = 128
SIGN = f"{VERSION}-{sys.byteorder}"
"""What a segment must say of itself to be read here."""

COLUMNS = {"numbers": "Q", "moments": "q", "days": "I", "lines": "I", "lengths": "B",
           "asks": "B", "flags": "B"}  # fmt: skip
"""Of each document: its row; microseconds since 1970; its local day's ordinal; its session's line
as the index of the term in the field `line`, plus one (0: none); the logarithm of its length, the
share of its sentences that ask, and what it speaks of (see `features`)."""

Buffer = bytes | mmap
Postings = tuple[list[int], bytes | None]  # the documents, how often each; None: once, no title
_COUNT = bytes(n & MOST for n in range(256))


class BadSegment(ValueError):
    """These bytes are no segment, or none of this version."""


class Segment:
    """A segment, open."""

    def __init__(self, data: Buffer, name: str = "") -> None:
        self.data = data
        self.name = name
        directory = _directory(data)
        self.count: int = directory["count"]
        self.usual: list[int] = directory["lengths"]  # their sum, and how many aren't 0
        self.deleted: frozenset[int] = frozenset()
        self.identity = (0, 0, 0, 0)
        self._fields: dict[str, list[int]] = directory["fields"]
        self._view = memoryview(data)
        self._terms: dict[str, Terms | None] = {}
        self._docs: dict[int, int] = {}
        self._range = (1, 0)
        at = directory["columns"]
        ends = accumulate((array(c).itemsize * self.count for c in COLUMNS.values()), initial=at)
        parts = (self._view[a:b] for a, b in pairwise(ends))
        numbers, moments, days, lines, self.lengths, self.asks, self.flags = parts
        self.numbers, self.moments = numbers.cast("Q"), moments.cast("q")
        self.days, self.lines = days.cast("I"), lines.cast("I")

    @property
    def live(self) -> int:
        """How many documents are not deleted."""
        return self.count - len(self.deleted)

    def field(self, name: str) -> Terms | None:
        """The terms of a field, if any document has it."""
        if name not in self._terms:
            place = self._fields.get(name)
            self._terms[name] = Terms(self.data, self._view, place) if place else None
        return self._terms[name]

    def fields(self) -> list[str]:
        """The names of the fields."""
        return list(self._fields)

    def between(self, since: int | None, until: int | None) -> tuple[int, int]:
        """The first document from that moment on, and the first from the other on."""
        low = 0 if since is None else bisect_left(self.moments, since)
        high = self.count if until is None else bisect_left(self.moments, until)
        return low, high

    def doc(self, number: int) -> int | None:
        """The document of a row, unless it was deleted."""
        if self._range == (1, 0) and self.count:
            self._range = (min(self.numbers), max(self.numbers))
        if not self._range[0] <= number <= self._range[1]:
            return None
        if not self._docs:
            self._docs = {number: doc for doc, number in enumerate(self.numbers)}
        doc = self._docs.get(number)
        return None if doc in self.deleted else doc

    def whole(self) -> bool:
        """Whether every byte is what was written."""
        start, _, checksum, _ = _foot(self.data)
        return crc32(self._view[:start]) == checksum


class Terms:
    """The terms of one field and where they occur."""

    __slots__ = ("_at", "_data", "_ends", "_frequencies", "_places", "_start", "size")

    def __init__(self, data: Buffer, view: memoryview, place: list[int]) -> None:
        self._start, self._at, arrays, self.size = place
        self._data = data
        self._ends = view[arrays : arrays + 4 * self.size + 4].cast("I")
        arrays += 4 * self.size + 4
        self._frequencies = view[arrays : arrays + 4 * self.size].cast("I")
        self._places = view[arrays + 4 * self.size : arrays + 8 * self.size].cast("I")

    def term(self, index: int) -> bytes:
        """The term of that index, terms being in the order of their bytes."""
        at, ends = self._at, self._ends
        return self._data[at + ends[index] : at + ends[index + 1]]

    def all(self) -> list[bytes]:
        """All terms, in order."""
        ends = self._ends.tolist()
        blob = self._data[self._at : self._at + ends[-1]]
        return [blob[a:b] for a, b in pairwise(ends)]

    def first(self, term: bytes, low: int = 0) -> int:
        """The index of the first term that doesn't come before this one."""
        high = self.size
        data, ends, at = self._data, self._ends, self._at
        while low < high:
            middle = (low + high) >> 1
            if data[at + ends[middle] : at + ends[middle + 1]] < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int:
        """The term's index, -1 if no document has it."""
        index = self.first(term)
        return index if index < self.size and self.term(index) == term else -1

    def beginning(self, start: bytes) -> range:
        """The indexes of the terms that begin so."""
        low = self.first(start)
        return range(low, self.first(start + b"\xff", low))

    def frequency(self, index: int) -> int:
        """How many documents hold the term."""
        return self._frequencies[index]

    def postings(self, index: int) -> Postings:
        """The documents that hold the term, in order, and how often each does."""
        count, place = self._frequencies[index], self._places[index]
        if count == 1:
            return [place >> 8], bytes((place & 255,))
        data = self._data
        place += self._start
        width, often = data[place], data[place + 1]
        place += 2
        end = place + count * width
        return documents(data[place:end], width, count), data[end : end + count] if often else None


def counts(often: bytes | None) -> bytes | None:
    """How often, without the marks for titles."""
    return often and often.translate(_COUNT)


def documents(steps: bytes, width: int, count: int) -> list[int]:
    """The documents that the steps lead to."""
    if width == 0:
        return list(range(count))
    if width == 1:
        return list(accumulate(steps))
    return list(accumulate(array("H" if width == 2 else "I", steps)))


def _foot(data: Buffer) -> tuple[int, int, int, int]:
    return FOOT.unpack(data[len(data) - len(MAGIC) - FOOT.size : len(data) - len(MAGIC)])


def _directory(data: Buffer) -> dict[str, Any]:
    size = len(data)
    if size < 2 * len(MAGIC) + FOOT.size or data[:8] != MAGIC or data[size - 8 :] != MAGIC:
        raise BadSegment("no segment, or not all of it")
    start, length, _, checksum = _foot(data)
    text = data[start : start + length]
    if start + length + FOOT.size + len(MAGIC) != size or crc32(text) != checksum:
        raise BadSegment("its directory is damaged")
    found: dict[str, Any] = json.loads(text)
    if found.get("sign") != SIGN:
        raise BadSegment("of another version")
    return found
