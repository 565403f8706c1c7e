"""The candidates of one question and their points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from journal.recall.engine import Reason
from journal.recall.leaves import Finder
from journal.recall.ranking.columns import columns
from journal.recall.ranking.lines import Lines, Place, split
from journal.recall.ranking.terms import Terms


@dataclass(slots=True)
class Board:
    """The candidates, what each holds of the terms, and their points so far.

    `counts`, as the postings' bytes have them, are of the candidates and of the entries near them,
    `heard` the candidates that hold a word or stand near one that does. `explained` are those for
    which `why` keeps the reasons.
    """

    finders: Sequence[Finder]
    terms: Terms
    lines: Lines
    candidates: set[Place]
    counts: dict[Place, tuple[int, ...]]
    explained: frozenset[Place] = frozenset()
    heard: set[Place] = field(default_factory=set)
    points: dict[Place, float] = field(default_factory=dict)
    why: dict[Place, list[tuple[Reason, Place | None]]] = field(default_factory=dict)

    def add(self, place: Place, points: float, step: str, text: str = "") -> None:
        """Raise a candidate by so many points."""
        self.points[place] += points
        self.note(place, points, step, text)

    def bonus(self, place: Place, points: float, step: str, text: str = "") -> None:
        """Raise a candidate for what is no word, as far as words weigh in such a journal."""
        self.add(place, points * self.terms.unit, step, text)

    def scale(self, place: Place, factor: float, step: str) -> None:
        """Multiply what a candidate has so far."""
        points = self.points[place]
        self.points[place] = points * factor
        self.note(place, points * (factor - 1), step)

    def note(
        self, place: Place, points: float, step: str, text: str = "", beside: Place | None = None
    ) -> None:
        """Keep the reason, if the candidate is to be explained."""
        if place in self.explained and points:
            reason = Reason(step, points, text)
            self.why.setdefault(place, []).append((reason, beside))

    def value(self, column: str, place: Place) -> int:
        """What a column of the index holds of the document."""
        at, doc = split(place)
        return int(getattr(self.finders[at].segment, column)[doc])


def counted(
    finders: Sequence[Finder], terms: Terms, places: Iterable[Place]
) -> dict[Place, tuple[int, ...]]:
    """How often each of these documents holds each term."""
    docs: dict[int, list[int]] = {}
    for place in places:
        at, doc = split(place)
        docs.setdefault(at, []).append(doc)
    found: dict[Place, tuple[int, ...]] = {}
    for at, some in docs.items():
        some.sort()
        base = at << 32
        rows = columns(finders[at], terms, some)
        found |= {base | doc: row for doc, row in zip(some, rows, strict=True)}
    return found
