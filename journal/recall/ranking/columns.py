"""How often documents hold the terms, read off the postings with as little Python as can be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress, repeat

from journal.recall.leaves import Finder
from journal.recall.ranking.terms import Terms


def columns(finder: Finder, terms: Terms, docs: list[int]) -> Iterator[tuple[int, ...]]:
    """For each document how often it holds each term, and whether each beginning."""
    if not docs:
        return iter(())
    held = set(docs)
    rows = []
    for term in terms.words:
        ids, often = finder.postings(term)
        if ids is docs:
            rows.append(often or bytes((1,)) * len(docs))
        elif len(ids) < len(docs):
            known = dict(zip(ids, often or repeat(1), strict=False))
            rows.append(bytes([known.get(doc, 0) for doc in docs]))
        else:
            rows.append(_counts(ids, often, docs, held))
    for start in terms.starts:
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
