"""The lines of an index: a session's entries on one path, in the order of time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from journal.recall.features import LINE
from journal.recall.leaves import Finder

_MANY = 10_000

Place = int
"""A document: its segment's index << 32 | its number there."""


def place_of(segment: int, doc: int) -> Place:
    """The place of a segment's document."""
    return segment << 32 | doc


def split(place: Place) -> tuple[int, int]:
    """The segment's index, and the document."""
    return place >> 32, place & 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Line:
    """One of them. `moments` are given where its documents lie in several segments."""

    places: Sequence[Place]
    moments: Sequence[int] = ()

    def position(self, place: Place, moment: int) -> int:
        """Where in the line the document of that moment is."""
        if not self.moments:  # one segment's documents are in the order of time
            return bisect_left(self.places, place)
        at = bisect_left(self.moments, moment)
        while self.places[at] != place:
            at += 1
        return at


class Lines:
    """All of them, each put together from its segments when it is first asked for."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        self._segments = [finder.segment for finder in finders]
        self._fields = [segment.field(LINE) for segment in self._segments]
        self.any = any(self._fields)
        self._by_name: dict[bytes, Line] = {}
        self._by_index: dict[tuple[int, int], Line] = {}

    @cached_property
    def count(self) -> int:
        """How many there are; of very many about, those in several segments counted again."""
        total = sum(terms.size for terms in self._fields if terms)
        if total > _MANY:
            return total
        return len({name for terms in self._fields if terms for name in terms.all()})

    def of(self, place: Place) -> Line | None:
        """The document's line, if it has one."""
        at = place >> 32
        terms = self._fields[at]
        if terms is None:
            return None
        index = self._segments[at].lines[place & 0xFFFF_FFFF]
        if not index:
            return None
        line = self._by_index.get((at, index))
        if line is None:
            name = terms.term(index - 1)
            line = self._by_name.get(name)
            if line is None:
                line = self._by_name[name] = self._line(name)
            self._by_index[at, index] = line
        return line

    def around(self, place: Place) -> tuple[Sequence[Place], int]:
        """The places of the document's line, and its own position; none and 0 without a line."""
        line = self.of(place) if self.any else None
        if line is None:
            return (), 0
        segment, doc = split(place)
        return line.places, line.position(place, self._segments[segment].moments[doc])

    def near(self, place: Place, span: int) -> Sequence[Place]:
        """The documents of its line up to so many away, itself among them."""
        places, at = self.around(place)
        return places[max(0, at - span) : at + span + 1]

    def _line(self, name: bytes) -> Line:
        found: list[tuple[int, list[int]]] = []
        for at, (segment, terms) in enumerate(zip(self._segments, self._fields, strict=True)):
            index = terms.find(name) if terms else -1
            if terms is not None and index >= 0:
                docs, gone = terms.postings(index)[0], segment.deleted
                found.append((at, [doc for doc in docs if doc not in gone] if gone else docs))
        if len(found) == 1:
            base = place_of(found[0][0], 0)
            return Line([base | doc for doc in found[0][1]])
        keys = sorted(
            (self._segments[at].moments[doc], place_of(at, doc))
            for at, docs in found
            for doc in docs
        )
        return Line([place for _, place in keys], [moment for moment, _ in keys])
