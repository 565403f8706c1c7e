"""Answers read straight off the postings: what most queries are, without importing Whoosh.

A flat query is words, phrases, beginnings and fields, all of which must or must not hold, and one
group of which any may.
"""

from __future__ import annotations

from dataclasses import dataclass

from journal.recall.leaves import Finder, exact
from journal.recall.query import Bag, Field, Leaf, Node, Not, Or, Phrase, Prefix, Word, parts_of

_LEAVES = (Word, Phrase, Prefix, Field)


@dataclass(frozen=True, slots=True)
class Flat:
    """What must hold, what must not, and of which at least one must."""

    must: tuple[Leaf, ...]
    never: tuple[Leaf, ...]
    some: tuple[Leaf, ...]


def flat(node: Node) -> Flat | None:
    """The query, if it is flat."""
    must: list[Leaf] = []
    never: list[Leaf] = []
    some: tuple[Leaf, ...] = ()
    for part in parts_of(node):
        match part:
            case Not(inner) if isinstance(inner, _LEAVES):
                never.append(inner)
            case Bag(inner) if not some:
                some = inner
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
    lists = [docs for docs in lists if len(docs) < segment.count] or lists[:1]
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
