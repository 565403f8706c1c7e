"""The best documents by their own words: what the rest of the ranking looks at.

Documents that hold the words equally often are worth the same, so points are worked out once for
each such combination, not for each document.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from journal.recall.leaves import Finder
from journal.recall.ranking.columns import columns
from journal.recall.ranking.lines import Place, place_of
from journal.recall.ranking.terms import Terms

Range = tuple[int, int]
Rows = dict[Place, tuple[int, ...]]  # how often documents hold the terms
_FEW = 2_000  # documents that it is kept of
Held = dict[int, float]  # the points of a segment's documents


def best_of(
    finders: Sequence[Finder], found: Sequence[list[int]], terms: Terms, limit: int
) -> tuple[list[Place], Rows]:
    """The best of the documents found, of equals the newest first, and what each holds."""
    rows = [list(columns(f, terms, docs)) for f, docs in zip(finders, found, strict=True)]
    points = {often: terms.points(often) for often in set().union(*rows)}
    held = [
        dict(zip(docs, map(points.__getitem__, row), strict=True))
        for docs, row in zip(found, rows, strict=True)
    ]
    best = _highest(finders, held, limit)
    each = [dict(zip(docs, row, strict=True)) for docs, row in zip(found, rows, strict=True)]
    return best, {place: each[place >> 32][place & 0xFFFF_FFFF] for place in best[:_FEW]}


def best_of_bag(
    finders: Sequence[Finder], ranges: Sequence[Range], terms: Terms, limit: int
) -> tuple[list[Place], int]:
    """The best documents that hold any of the terms, and how many do.

    Terms are taken up by what they can be worth. As soon as what is left can't lift a document over
    the last of the best, only those already met are looked up (MaxScore, Turtle and Flood, 1995).
    """
    tables = [*terms.tables[: terms.found], *terms.tables[len(terms.words) :]]
    lists = [_lists(finders, ranges, terms, at) for at in range(len(tables))]
    worth = [
        max((table[byte] for _, often in some for byte in set(often)), default=0.0)
        for table, some in zip(tables, lists, strict=True)
    ]
    order = sorted(range(len(lists)), key=worth.__getitem__, reverse=True)
    held: list[Held] = [{} for _ in finders]
    left = sum(worth)
    closed = False
    for at in order:
        closed = closed or _enough_over(held, left, limit)
        left -= worth[at]
        for finder, known, postings in zip(finders, held, lists[at], strict=True):
            _add(known, postings, tables[at], closed)
            for doc in finder.segment.deleted:
                known.pop(doc, None)
    total = _union(finders, lists) if closed else sum(map(len, held))
    return _highest(finders, held, limit), total


def _lists(
    finders: Sequence[Finder], ranges: Sequence[Range], terms: Terms, at: int
) -> list[tuple[list[int], bytes]]:
    """In each segment the documents within the range that hold what is looked for, how often."""
    found = []
    for finder, (low, high) in zip(finders, ranges, strict=True):
        if at < terms.found:
            ids, often = finder.postings(terms.words[at])
        else:
            ids, often = finder.beginning(terms.starts[at - terms.found]), None
        counts = bytes((1,)) * len(ids) if often is None else often
        if low or high < finder.segment.count:
            begin, end = bisect_left(ids, low), bisect_left(ids, high)
            ids, counts = ids[begin:end], counts[begin:end]
        found.append((ids, counts))
    return found


def _enough_over(held: Sequence[Held], left: float, limit: int) -> bool:
    """Whether that many documents have more points than any other can still get."""
    if sum(map(len, held)) < limit:
        return False
    return sum(1 for known in held for points in known.values() if points > left) >= limit


def _add(
    known: Held, postings: tuple[list[int], bytes], table: Sequence[float], closed: bool
) -> None:
    ids, often = postings
    new = dict(zip(ids, map(table.__getitem__, often), strict=True))
    if not known and not closed:
        known.update(new)
        return
    both = known.keys() & new.keys()
    if closed:
        for doc in both:
            known[doc] += new[doc]
        return
    for doc in both:
        new[doc] += known[doc]
    known.update(new)


def _union(finders: Sequence[Finder], lists: Sequence[list[tuple[list[int], bytes]]]) -> int:
    total = 0
    for at, finder in enumerate(finders):
        docs = set().union(*(some[at][0] for some in lists))
        total += len(docs - finder.segment.deleted)
    return total


def _highest(finders: Sequence[Finder], held: Sequence[Held], limit: int) -> list[Place]:
    """The documents with the most points, of equals the newest first."""
    if not limit:
        return []
    each: Counter[float] = Counter()
    for known in held:
        each.update(known.values())
    least, total = 0.0, 0
    for least in sorted(each, reverse=True):
        total += each[least]
        if total >= limit:
            break
    hits = []
    for at, known in enumerate(held):
        moments = finders[at].segment.moments
        best = [doc for doc, points in known.items() if points > least]
        # Documents are in the order of time.
        best += sorted(doc for doc, points in known.items() if points == least)[-limit:]
        hits += [(known[doc], moments[doc], place_of(at, doc)) for doc in best]
    hits.sort(reverse=True)
    return [place for _, _, place in hits[:limit]]
