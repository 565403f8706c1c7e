"""The engine that reads every selected entry: slow on big journals, needs nothing, never fails.

Ranking is BM25 (Robertson and Zaragoza, 2009) without the length, as every engine does it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import log

from journal.entry import Entry
from journal.recall.engine import K1, Answer, Query
from journal.recall.matching import Text, holds, scoring_terms
from journal.recall.parsing import parse
from journal.recall.snippet import hit
from journal.selection import Selection


class ScanEngine:
    """Recall straight from the notebook's entries."""

    def __init__(self, entries: Callable[[Selection], Iterator[Entry]]) -> None:
        self._entries = entries

    def reindex(self) -> None:
        """Nothing is kept."""

    def strike(self) -> None:
        """Nothing is kept."""

    def recall(self, query: Query) -> Answer:
        """The entries that the query asks for, best first; nothing asked, no hits."""
        node = parse(query.text)
        if node is None:
            return Answer(engine="scan")
        terms, starts = scoring_terms(node)
        found: list[tuple[Entry, dict[str, int], int]] = []
        seen: Counter[str] = Counter()
        number = 0
        for entry in self._entries(query.selection):
            text = Text(entry)
            held = {term: count for term in terms if (count := text.counts[term])}
            number += 1
            seen.update(held.keys())
            if holds(node, text):
                begun = sum(any(t.startswith(s) for t in text.counts) for s in starts)
                found.append((entry, held, begun))
        weights = {term: idf(number, seen[term]) for term in terms}
        ranked = [(score(held, weights) + begun, entry) for entry, held, begun in found]
        ranked.sort(key=lambda pair: (pair[0], pair[1].order), reverse=True)
        hits = tuple(hit(entry, points, node) for points, entry in ranked[: query.limit])
        return Answer(hits, len(ranked), "scan")


def idf(number: int, frequency: int) -> float:
    """What a word is worth that `frequency` of `number` entries hold."""
    return log(1 + (number - frequency + 0.5) / (frequency + 0.5))


def score(held: dict[str, int], weights: dict[str, float]) -> float:
    """What an entry is worth that holds the terms so often; an index counts no further than 127."""
    return sum(
        weights[term] * min(count, 127) * (K1 + 1) / (min(count, 127) + K1)
        for term, count in held.items()
    )
