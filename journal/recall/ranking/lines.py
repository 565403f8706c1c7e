"""The lines of an index: a session's entries on one path, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from journal.recall.features import LINE
from journal.recall.leaves import Finder

Place = int
"""A document: its segment's index << 32 | its number there."""


def place_of(segment: int, doc: int) -> Place:
    """The place of a segment's document."""
    return segment << 32 | doc


def split(place: Place) -> tuple[int, int]:
    """The segment's index, and the document."""
    return place >> 32, place & 0xFFFF_FFFF


@dataclass(slots=True)
class Line:
    """One of them."""

    places: Sequence[Place]
    _at: dict[Place, int] = field(default_factory=dict)

    def position(self, place: Place) -> int:
        """Where in the line the document is."""
        if not self._at:
            self._at = {place: at for at, place in enumerate(self.places)}
        return self._at[place]

    def near(self, place: Place, span: int) -> Sequence[Place]:
        """The documents up to so many away."""
        at = self.position(place)
        return self.places[max(0, at - span) : at + span + 1]


class Lines:
    """All of them, each put together from its segments when it is first asked for."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        self._segments = [finder.segment for finder in finders]
        self._fields = [segment.field(LINE) for segment in self._segments]
        self._by_name: dict[bytes, Line] = {}
        self._by_index: dict[tuple[int, int], Line] = {}

    @property
    def count(self) -> int:
        """About how many there are: one that lies in several segments may be counted again."""
        return sum(terms.size for terms in self._fields if terms)

    def of(self, place: Place) -> Line | None:
        """The document's line, if it has one."""
        at, doc = split(place)
        index = self._segments[at].lines[doc]
        terms = self._fields[at]
        if not index or terms is None:
            return None
        line = self._by_index.get((at, index))
        if line is None:
            name = terms.term(index - 1)
            line = self._by_name.get(name)
            if line is None:
                line = self._by_name[name] = Line(self._places(name))
            self._by_index[at, index] = line
        return line

    def _places(self, name: bytes) -> list[Place]:
        found: list[tuple[int, Place]] = []
        segments = 0
        for at, (segment, terms) in enumerate(zip(self._segments, self._fields, strict=True)):
            index = terms.find(name) if terms else -1
            if terms is None or index < 0:
                continue
            gone, moments = segment.deleted, segment.moments
            docs = terms.postings(index)[0]
            found += [(moments[doc], place_of(at, doc)) for doc in docs if doc not in gone]
            segments += 1
        if segments > 1:
            found.sort()
        return [place for _, place in found]
