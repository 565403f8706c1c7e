"""The engine over the index that follows a catalog.

Flat queries are answered from the postings; the rest is Whoosh's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from journal.entry import Entry
from journal.errors import Conflict
from journal.finding import Finding
from journal.recall.depot import FOLDER
from journal.recall.direct import Found, Scores, documents, flat, ranked
from journal.recall.engine import TRIES, Answer, Progress, Query, Shelf, unread
from journal.recall.index import Index, View, chunks
from journal.recall.leaves import Finder, exact, filters, ids_in
from journal.recall.matching import Text, holds, pattern
from journal.recall.parsing import parse
from journal.recall.query import And, Node
from journal.recall.snippet import hit
from journal.selection import Selection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MOST_READ = 1_000
"""Texts that are read where bytes don't tell who holds a phrase; the rest is only counted."""
_FEW_READ = 100
"""Candidates that are read without a look at their bytes before."""


class WhooshEngine:
    """Recall from the index in `root`'s cache; without a root, from one in memory."""

    def __init__(self, shelf: Shelf, root: str = "", *, progress: Progress | None = None) -> None:
        self._shelf = shelf
        self._progress = progress
        self.index = Index(shelf, root)

    def recall(self, query: Query) -> Answer:
        """The entries that the query asks for, best first; nothing asked, no hits."""
        node = parse(query.text)
        if node is None:
            return Answer(engine="whoosh")
        for _ in range(TRIES):
            view = self.index.view(self._progress)
            asked = _Asked(self._shelf, view, node, query)
            found = asked.best() if exact(asked.whole) else asked.verified()
            settled = view.birth == self._shelf.birth
            missed = view.missed + asked.lost
            if settled and not missed:
                break
            self._shelf.catch_up()
        if not settled:  # numbers of the one catalog are other entries in the next
            raise Conflict("the catalog is made anew again and again", hint="try again")
        hits = tuple(hit(entry, one.score, node) for one, entry in found)
        notices = (*view.notices, *asked.notices, *([unread(missed)] if missed else ()))
        return Answer(hits, asked.total, view.engine, not missed, notices)

    def reindex(self) -> None:
        """Make the index anew; Conflict if another process is at it for long."""
        self.index.catch_up(self._progress, anew=True)

    def strike(self) -> None:
        """Keep no byte of what the shelf no longer has; Conflict, EngineError if it can't be."""
        self.index.strike()


class _Asked:
    """One query, on its way to the answer."""

    def __init__(self, shelf: Shelf, view: View, node: Node, query: Query) -> None:
        self.notices: list[Finding] = []
        self.total = 0
        self.lost = 0  # texts that are no longer where the catalog saw them
        self.whole = _narrowed(node, query.selection)
        self._shelf = shelf
        self._node = node
        self._limit = max(0, min(query.limit, sys.maxsize))
        named = {value: [row.number for row in shelf.named(value)] for value in ids_in(node)}
        self._finders = [Finder(segment, named) for segment in view.segments]
        self._candidates = self._find(query.selection)
        self._scores = Scores.of(node, self._finders)

    def _find(self, selection: Selection) -> list[list[int]]:
        since, until = _micros(selection.since), _micros(selection.until)
        ranges = [finder.segment.between(since, until) for finder in self._finders]
        wanted = flat(self.whole)
        if wanted:
            each = zip(self._finders, ranges, strict=True)
            return [documents(finder, wanted, *bounds) for finder, bounds in each]
        from journal.recall.codec import search

        found = zip(search(self._finders, self.whole), ranges, strict=True)
        return [[doc for doc in docs if low <= doc < high] for docs, (low, high) in found]

    def best(self) -> list[tuple[Found, Entry]]:
        """The best of the candidates, all of which answer."""
        self.total = sum(map(len, self._candidates))
        if not self._limit:
            return []
        found = ranked(self._finders, self._candidates, self._scores, self._limit)
        read = self._read(found)
        self.total -= len(found) - len(read)
        return _sorted(read)

    def verified(self) -> list[tuple[Found, Entry]]:
        """The best of those candidates whose texts hold what the index can't tell."""
        sure, doubtful = self._looked_at(
            ranked(self._finders, self._candidates, self._scores, None)
        )
        self.total = len(sure)
        kept = self._read(sure[: self._limit])
        looked = 0
        for some in chunks(doubtful, MOST_READ):
            if looked >= MOST_READ and self.total >= self._limit:
                break
            looked += len(some)
            here = [pair for pair in self._read(some) if holds(self._node, Text(pair[1]))]
            self.total += len(here)
            kept = _sorted([*kept, *here])[: self._limit]
        if looked < len(doubtful):
            self.total += len(doubtful) - looked
            self.notices.append(_phrase_unread(len(doubtful) - looked))
        return _sorted(kept)

    def _looked_at(self, found: list[Found]) -> tuple[list[Found], list[Found]]:
        """Those that answer by their bytes, and those that may; all may where these are few."""
        parts = self.whole.parts if isinstance(self.whole, And) else (self.whole,)
        wanted = [one for one in map(pattern, parts) if one]
        if len(found) <= _FEW_READ or not wanted:
            return [], found
        segments = [finder.segment for finder in self._finders]
        numbers = [segments[one.segment].numbers[one.doc] for one in found]
        seen = self._shelf.glance(numbers, wanted)
        known = all(exact(part) or pattern(part) for part in parts)
        sure: list[Found] = []
        doubtful: list[Found] = []
        for one, number in zip(found, numbers, strict=True):
            told = seen.get(number)
            if told is not False:
                (sure if told and known else doubtful).append(one)
        return sure, doubtful

    def _read(self, found: Sequence[Found]) -> list[tuple[Found, Entry]]:
        """The documents' entries; those that are gone meanwhile are left out, and counted."""
        segments = [finder.segment for finder in self._finders]
        by_number = {segments[one.segment].numbers[one.doc]: one for one in found}
        rows = self._shelf.at(list(by_number))
        read = [(by_number[row.number], entry) for row, entry in self._shelf.read(rows.values())]
        self.lost += len(found) - len(read)
        return read


def _phrase_unread(count: int) -> Finding:
    text = f"{count:,} entries hold the words and are counted, but were not read for the phrase"
    return Finding("phrase-unread", FOLDER, 0, text, "narrow the search")


def _sorted(found: list[tuple[Found, Entry]]) -> list[tuple[Found, Entry]]:
    return sorted(found, key=lambda pair: (pair[0].score, pair[1].order), reverse=True)


def _narrowed(node: Node, selection: Selection) -> Node:
    parts = node.parts if isinstance(node, And) else (node,)
    narrowed = And((*parts, *filters(selection)))
    return narrowed if len(narrowed.parts) > 1 else node


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND
