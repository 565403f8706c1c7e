"""The texts of what an index found, and whether they hold what the index can't tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from journal.entry import Entry
from journal.recall.engine import Texts
from journal.recall.index import chunks
from journal.recall.language import Language
from journal.recall.leaves import Finder, exact
from journal.recall.matching import Text, holds, pattern
from journal.recall.query import Node, parts_of
from journal.recall.ranking.lines import Place, split

MOST_READ = 1_000
"""Texts that are read where bytes don't tell who holds a phrase; the rest is only counted."""
MOST_GLANCED = 5_000
"""Candidates whose bytes are looked at for a phrase; the rest is only counted."""
_FEW_READ = 100
"""Candidates that are read without a look at their bytes before."""

Read = list[tuple[Place, Entry]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads documents' entries; `gone` are those that were no longer where the catalog saw them."""

    texts: Texts
    finders: Sequence[Finder]
    node: Node
    language: Language
    gone: set[Place] = field(default_factory=set)

    def number(self, place: Place) -> int:
        """The number of the document's row."""
        at, doc = split(place)
        return int(self.finders[at].segment.numbers[doc])

    def read(self, found: Sequence[Place]) -> Read:
        """The entries, in that order, without those that are gone."""
        by_number = {self.number(place): place for place in found}
        rows = self.texts.at(list(by_number))
        read = {by_number[row.number]: entry for row, entry in self.texts.read(rows.values())}
        self.gone.update(place for place in found if place not in read)
        return [(place, read[place]) for place in found if place in read]

    def verified(self, order: list[Place], whole: Node, limit: int) -> tuple[Read, int, int]:
        """The first of the order that hold what is asked, how many do, and how many weren't read.

        The last are among those that are said to hold it.
        """
        most = max(MOST_GLANCED, limit)
        order, rest = order[:most], order[most:]
        sure, doubtful = self._looked_at(order, whole)
        total = len(sure)
        rank = {place: at for at, place in enumerate(order)}
        kept = self.read(sure[:limit])
        looked = 0
        for some in chunks(doubtful, MOST_READ):
            if looked >= MOST_READ and total >= limit:
                break
            looked += len(some)
            here = [pair for pair in self.read(some) if self._holds(pair[1])]
            total += len(here)
            kept = sorted([*kept, *here], key=lambda pair: rank[pair[0]])[:limit]
        unread = len(doubtful) - looked + len(rest)
        return kept, total + unread, unread

    def _holds(self, entry: Entry) -> bool:
        return holds(self.node, Text(entry, language=self.language))

    def _looked_at(self, order: list[Place], whole: Node) -> tuple[list[Place], list[Place]]:
        """Those that answer by their bytes, and those that may; all may where these are few."""
        parts = parts_of(whole)
        wanted = [one for one in map(pattern, parts) if one]
        if len(order) <= _FEW_READ or not wanted:
            return [], order
        numbers = [self.number(place) for place in order]
        seen = self.texts.glance(numbers, wanted)
        known = all(exact(part) or pattern(part) for part in parts)
        sure: list[Place] = []
        doubtful: list[Place] = []
        for place, number in zip(order, numbers, strict=True):
            told = seen.get(number)
            if told is not False:
                (sure if told and known else doubtful).append(place)
        return sure, doubtful
