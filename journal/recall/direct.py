"""Answers read straight off the postings: what most queries are, without importing Whoosh.

A flat query is words, phrases, beginnings and fields, all of which must or must not hold, and one
group of which any may. Documents that hold the words equally often score the same, so scores are
worked out once for each such combination, not for each document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, islice, repeat

from journal.recall.engine import K1
from journal.recall.leaves import Finder, exact
from journal.recall.matching import scoring_terms
from journal.recall.query import And, Field, Leaf, Node, Not, Or, Phrase, Prefix, Word
from journal.recall.scan import idf

_LEAVES = (Word, Phrase, Prefix, Field)


@dataclass(frozen=True, slots=True)
class Flat:
    """What must hold, what must not, and of which at least one must."""

    must: tuple[Leaf, ...]
    never: tuple[Leaf, ...]
    some: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that answers."""

    score: float
    moment: int
    segment: int
    doc: int


@dataclass(slots=True)
class Scores:
    """What words are worth over all segments, and which terms and beginnings count."""

    weights: dict[str, float]
    starts: list[str]

    @classmethod
    def of(cls, node: Node, finders: list[Finder]) -> Scores:
        """The weights of the query's words."""
        terms, starts = scoring_terms(node)
        number = sum(finder.segment.count for finder in finders)
        weights = {t: idf(number, sum(f.frequency(t) for f in finders)) for t in terms}
        return cls(weights, starts)

    def score(self, often: tuple[int, ...]) -> float:
        """The score for how often each term, and whether each beginning, occurs."""
        points = sum(
            weight * count * (K1 + 1) / (count + K1)
            for weight, count in zip(self.weights.values(), often, strict=False)
        )
        return points + sum(often[len(self.weights) :])


def flat(node: Node) -> Flat | None:
    """The query, if it is flat."""
    must: list[Leaf] = []
    never: list[Leaf] = []
    some: tuple[Leaf, ...] = ()
    for part in node.parts if isinstance(node, And) else (node,):
        match part:
            case Not(inner) if isinstance(inner, _LEAVES):
                never.append(inner)
            case Or(inner) if not some and all(isinstance(leaf, _LEAVES) for leaf in inner):
                some = inner  # type: ignore[assignment]
            case _ if isinstance(part, _LEAVES):
                must.append(part)
            case _:
                return None
    return Flat(tuple(must), tuple(never), some)


def documents(finder: Finder, wanted: Flat, low: int, high: int) -> list[int]:
    """The documents of that range that may answer, in order."""
    segment = finder.segment
    found: list[int] | None = None
    lists = [docs for leaf in wanted.must if (docs := finder.find(leaf)) is not None]
    if wanted.some:
        groups = [finder.find(leaf) for leaf in wanted.some]
        if all(group is not None for group in groups):
            lists.append(sorted(set().union(*(group for group in groups if group))))
    if lists:
        lists.sort(key=len)
        found = lists[0]
        if len(lists) > 1:
            both = set(found)
            for other in lists[1:]:
                both.intersection_update(other)
            found = sorted(both)
    without = set(segment.deleted)
    for leaf in filter(exact, wanted.never):
        without.update(finder.find(leaf) or ())
    if found is None:
        found = list(range(low, high))
    elif low > 0 or high < segment.count:
        found = [doc for doc in found if low <= doc < high]
    return [doc for doc in found if doc not in without] if without else found


def columns(finder: Finder, scores: Scores, docs: list[int]) -> Iterator[tuple[int, ...]]:
    """For each document how often it holds each term, and whether each beginning."""
    held = set(docs)
    rows = []
    for term in scores.weights:
        ids, often = finder.postings(term)
        if ids is docs:
            rows.append(often or bytes((1,)) * len(docs))
        elif len(ids) < len(docs):
            known = dict(zip(ids, often or repeat(1), strict=False))
            rows.append(bytes([known.get(doc, 0) for doc in docs]))
        else:
            rows.append(_counts(ids, often, docs, held))
    for start in scores.starts:
        begun = set(finder.beginning(start))
        rows.append(bytes([doc in begun for doc in docs]))
    return zip(*rows, strict=True) if rows else repeat((), len(docs))


def _counts(ids: list[int], often: bytes | None, docs: list[int], held: set[int]) -> bytes:
    """How often a term of many documents occurs in these."""
    here = list(map(held.__contains__, ids))
    counts = bytes(compress(often, here)) if often else bytes((1,)) * sum(here)
    if len(counts) == len(docs):
        return counts
    known = dict(zip(compress(ids, here), counts, strict=True))
    return bytes([known.get(doc, 0) for doc in docs])


def ranked(
    finders: list[Finder], found: list[list[int]], scores: Scores, limit: int | None
) -> list[Found]:
    """The best documents, of equals the newest first; all of them without a limit."""
    rows = [list(columns(f, scores, docs)) for f, docs in zip(finders, found, strict=True)]
    combinations: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        combinations.update(row)
    points = {often: scores.score(often) for often in combinations}
    best = sorted(points, key=points.__getitem__, reverse=True)
    if limit is not None:
        best = _enough(best, points, combinations, limit)
    wanted = set(best)
    hits = []
    for at, (finder, docs, row) in enumerate(zip(finders, found, rows, strict=True)):
        moments = finder.segment.moments
        for doc, often in _newest(docs, row, wanted, limit):
            hits.append(Found(points[often], moments[doc], at, doc))
    hits.sort(key=lambda hit: (hit.score, hit.moment, hit.segment, hit.doc), reverse=True)
    return hits[:limit]


def _enough(
    best: list[tuple[int, ...]],
    points: dict[tuple[int, ...], float],
    count: Counter[tuple[int, ...]],
    limit: int,
) -> list[tuple[int, ...]]:
    """The first combinations that make up the limit, with all that score as the last of them."""
    total = 0
    for at, often in enumerate(best):
        if total >= limit and points[often] < points[best[at - 1]]:
            return best[:at]
        total += count[often]
    return best


def _newest(
    docs: list[int], row: list[tuple[int, ...]], wanted: set[tuple[int, ...]], limit: int | None
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The documents of the wanted combinations, the newest first, at most `limit` of each."""
    pairs = zip(reversed(docs), reversed(row), strict=True)
    if limit is None:
        yield from pairs
        return
    for often in wanted:
        pairs = zip(reversed(docs), reversed(row), strict=True)
        yield from islice((pair for pair in pairs if pair[1] == often), limit)
