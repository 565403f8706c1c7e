"""The actors, sessions and paths that a question names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journal.recall.features import ACTORS, PLACES
from journal.recall.language import Language
from journal.recall.leaves import Finder, encoded
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import split
from journal.recall.ranking.terms import idf
from journal.recall.ranking.weights import ACTOR, NAMED_WORD, PLACE, SURELY

_MOST = 2_000  # of the entries that hold a word are looked at


@dataclass(frozen=True, slots=True)
class Name:
    """A word of the question that is part of a name.

    `docs` are by segment the documents of whoever, or whatever, is called so; `points` what each of
    these gains. `surely` is from 0 to 1 how far the word is the name and no other word.
    """

    word: str
    term: str
    step: str
    docs: tuple[list[int], ...]
    points: float
    surely: float = 0.0


def named_in(
    words: Iterable[str], language: Language, finders: Sequence[Finder]
) -> tuple[Name, ...]:
    """Those of the words that are names here."""
    found = []
    for word in dict.fromkeys(words):
        if word in language.stop:
            continue
        term = language.stem(word)
        if any(docs := _documents(ACTORS, word, finders)):
            surely = _surely(term, docs, finders)
            found.append(Name(word, term, "actor", docs, ACTOR * surely, surely))
        if any(docs := _documents(PLACES, word, finders)):
            found.append(Name(word, term, "place", docs, PLACE * _rarity(docs, finders)))
    return tuple(found)


def _documents(field: str, word: str, finders: Sequence[Finder]) -> tuple[list[int], ...]:
    found = []
    for finder in finders:
        terms = finder.segment.field(field)
        index = terms.find(encoded(word)) if terms else -1
        found.append(terms.postings(index)[0] if terms and index >= 0 else [])
    return tuple(found)


def _surely(term: str, docs: Sequence[list[int]], finders: Sequence[Finder]) -> float:
    """How much a word is somebody's name: people seldom write their own.

    It is no name if its bearers use it as often as everybody does.
    """
    number = sum(finder.segment.count for finder in finders)
    share = sum(map(len, docs)) / number
    holders = own = 0
    for finder, theirs in zip(finders, docs, strict=True):
        held = finder.postings(term)[0][:_MOST]
        holders += len(held)
        own += len(set(theirs).intersection(held))
    if not holders:
        return 1.0
    seldom = 1 - (own + 2 * share) / (share * (holders + 2))
    return max(0.0, (seldom - SURELY) / (1 - SURELY))


def _rarity(docs: Sequence[list[int]], finders: Sequence[Finder]) -> float:
    """1 for a word in the names of very few entries, 0 for one in those of all."""
    number = sum(finder.segment.count for finder in finders)
    return min(1.0, idf(number, sum(map(len, docs))) / idf(number, 1))


def shares(named: Iterable[Name]) -> dict[str, float]:
    """What is left of the weight of the terms that are names."""
    return {name.term: max(NAMED_WORD, 1 - name.surely) for name in named if name.surely}


def names(board: Board, named: Iterable[Name]) -> None:
    """Entries of whoever, or whatever, the question names."""
    for name in named:
        if name.points:
            for place in board.candidates:
                at, doc = split(place)
                if _is_in(name.docs[at], doc):
                    board.add(place, name.points, name.step, name.word)


def _is_in(docs: Sequence[int], doc: int) -> bool:
    at = bisect_left(docs, doc)
    return at < len(docs) and docs[at] == doc
