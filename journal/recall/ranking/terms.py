"""What words are worth: BM25 (Robertson and Zaragoza, 2009)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from journal.recall.features import length_of
from journal.recall.leaves import Finder
from journal.recall.matching import scored, scoring_terms
from journal.recall.query import Node, Word
from journal.recall.ranking.weights import (
    BEGINNING,
    K1,
    LONG,
    RAREST_WORD,
    SHORT,
    SURFACE,
    TITLE,
    WHOLE,
)
from journal.recall.segment import MOST

_JOINED = re.compile(r"[^\W_][_./]+[^\W_]").search


def idf(number: float, frequency: float) -> float:
    """What a word is worth that `frequency` of `number` entries hold."""
    return log(1 + (number - frequency + 0.5) / (frequency + 0.5))


def saturated(count: float, length: float = 1.0) -> float:
    """How often a word counts that occurs so often: each time less than the time before.

    `length` is 1 for an entry of the usual length, more for a longer one.
    """
    return count * (K1 + 1) / (count + K1 * length)


SATURATED = tuple(saturated(count) for count in range(MOST + 1))


@dataclass(frozen=True, slots=True)
class Terms:
    """What entries are ranked by, over all segments: words, and beginnings of words.

    Of the words the first `found` are looked for; the others only tell more of what holds these.
    `shares` are how far each word counts, `weights` what it is worth; `tables` say of each what it
    is worth if an entry holds it so often, whatever the entry's length, and how much more if it
    does in its title, as the postings' byte says (see `segment`); `lengths` by a length's
    byte what the length is to `saturated`.
    """

    words: tuple[str, ...]
    starts: tuple[str, ...]
    found: int
    shares: tuple[float, ...]
    weights: tuple[float, ...]
    tables: tuple[tuple[float, ...], ...]
    lengths: tuple[float, ...]
    typed: tuple[str, ...]
    """Each as the query has it."""
    unit: float
    """What points for anything but words are multiplied with: words are worth less in a small
    journal than in those that the weights come from, more in a big one."""

    @classmethod
    def of(
        cls, node: Node, finders: Sequence[Finder], shares: Mapping[str, float] | None = None
    ) -> Terms:
        """The query's words and what they are worth among these documents.

        `shares` are what is left of the weight of some.
        """
        words, starts = scoring_terms(node)
        part = [(shares or {}).get(word, WHOLE if _JOINED(word) else 1.0) for word in words]
        typed = {leaf.term: leaf.text for leaf in scored(node) if isinstance(leaf, Word)}
        surfaces = [word for word in _surfaces(node) if word not in words]
        number = sum(finder.segment.count for finder in finders)
        part += [SURFACE] * len(surfaces)
        weights = tuple(
            share * idf(number, sum(f.frequency(word) for f in finders))
            for word, share in zip([*words, *surfaces], part, strict=True)
        )
        tables = [
            _table(weight, TITLE * weight * (at < len(words))) for at, weight in enumerate(weights)
        ]
        tables += [(0.0, *[BEGINNING] * 255)] * len(starts)
        return cls(
            (*words, *surfaces), tuple(starts), len(words), tuple(part), weights, tuple(tables),
            _lengths(finders),
            (*(typed.get(word, word) for word in words), *surfaces, *(f"{s}*" for s in starts)),
            idf(number, 1) / RAREST_WORD,
        )  # fmt: skip

    def points(self, often: Iterable[int]) -> float:
        """The points of an entry that holds each so often, whatever its length."""
        return sum(table[count] for table, count in zip(self.tables, often, strict=True))

    def worth(self, at: int, count: int, byte: int) -> float:
        """The points for one of them that an entry of that length's byte holds so often."""
        if at >= len(self.weights):
            return self.tables[at][count]
        return self.weights[at] * saturated(count, self.lengths[byte])


def _table(weight: float, title: float) -> tuple[float, ...]:
    return tuple(weight * often + more for more in (0.0, title) for often in SATURATED)


def _surfaces(node: Node) -> list[str]:
    """The words as they were typed, where the term is another."""
    leaves = (leaf for leaf in scored(node) if isinstance(leaf, Word))
    return list(dict.fromkeys(leaf.text for leaf in leaves if leaf.text != leaf.term))


def _lengths(finders: Sequence[Finder]) -> tuple[float, ...]:
    total = sum(finder.segment.usual[0] for finder in finders)
    usual = total / max(1, sum(finder.segment.usual[1] for finder in finders))
    pivot = max(1.0, length_of(usual))
    return tuple(1 - LONG + LONG * max(SHORT, length_of(byte) / pivot) for byte in range(256))
