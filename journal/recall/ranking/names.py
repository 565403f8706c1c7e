"""The actors, sessions and paths that a question names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from journal.recall.features import ACTORS, PLACES, whole_name
from journal.recall.language import Language
from journal.recall.leaves import Finder, encoded
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place, split
from journal.recall.ranking.terms import idf
from journal.recall.ranking.weights import ACTOR, NAMED_WORD, PLACE, SURELY

_LONGEST = 6  # words of a name
_MOST_WORDS = 60  # of the question
_PRIOR = 0.5  # uses by everybody that one begins with: so few tell little
_MOST = 2_000  # of the entries that hold a word are looked at


@dataclass(frozen=True, slots=True)
class Name:
    """A word of the question that is part of a name.

    `docs` are by segment the documents of whoever, or whatever, is called so; `points` what each of
    these gains. `surely` is from 0 to 1 how far the word is the name and no other word. A name that
    the question gives whole has all its words, and no term.
    """

    word: str
    term: str
    step: str
    docs: tuple[list[int], ...]
    points: float
    surely: float = 0.0


def named_in(
    words: Sequence[str], language: Language, finders: Sequence[Finder]
) -> tuple[Name, ...]:
    """Those of the words that are names here, as far as the first ones go."""
    words = words[:_MOST_WORDS]
    found = []
    for word in dict.fromkeys(words):
        if word in language.stop and not any(_documents(ACTORS, whole_name([word]), finders)):
            continue
        term = language.stem(word)
        if any(docs := _documents(ACTORS, word, finders)):
            surely = _surely(term, docs, finders)
            found.append(Name(word, term, "actor", docs, ACTOR * surely, surely))
        if any(docs := _documents(PLACES, word, finders)):
            found.append(Name(word, term, "place", docs, PLACE * _rarity(docs, finders)))
    return (*found, *_wholes(words, {name.word for name in found}, finders))


def _wholes(words: Sequence[str], parts: Container[str], finders: Sequence[Finder]) -> list[Name]:
    """The names all of whose words the question has, one after the other."""
    found = []
    for some in _runs(words, parts):
        name = whole_name(some)
        for field, step in ((ACTORS, "actor"), (PLACES, "place")):
            if any(docs := _documents(field, name, finders)):
                points = PLACE * _rarity(docs, finders) if field == PLACES else 0.0
                found.append(Name(name[1:], "", step, docs, points))
    return found


def _runs(words: Sequence[str], parts: Container[str]) -> Iterator[Sequence[str]]:
    """Words that follow each other and all are parts of names."""
    for begin in range(len(words)):
        for end in range(begin + 1, min(begin + _LONGEST, len(words)) + 1):
            if words[end - 1] not in parts:
                break
            yield words[begin:end]


def covered(named: Iterable[Name]) -> set[str]:
    """The words of the question's whole names."""
    return {word for name in named if not name.term for word in name.word.split()}


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
    seldom = 1 - (own + _PRIOR * share) / (share * (holders + _PRIOR))
    return max(0.0, (seldom - SURELY) / (1 - SURELY))


def _rarity(docs: Sequence[list[int]], finders: Sequence[Finder]) -> float:
    """1 for a word in the names of very few entries, 0 for one in those of all."""
    number = sum(finder.segment.count for finder in finders)
    return min(1.0, idf(number, sum(map(len, docs))) / idf(number, 1))


def shares(named: Iterable[Name]) -> dict[str, float]:
    """What is left of the weight of the terms that are names."""
    return {name.term: max(NAMED_WORD, 1 - name.surely) for name in named if name.surely}


def names(board: Board, named: Iterable[Name]) -> None:
    """Entries of whoever, or whatever, is named; of an actor's names the surest counts."""
    named = sorted(named, key=lambda name: -name.points)
    found: set[Place] = set()
    for name in named:
        if not name.points:
            continue
        for place in board.candidates:
            at, doc = split(place)
            if not _is_in(name.docs[at], doc) or (name.step == "actor" and place in found):
                continue
            board.bonus(place, name.points, name.step, name.word)
            if name.step == "actor":
                found.add(place)


def actors(named: Iterable[Name]) -> int:
    """How many actors are named: two parts of one name are of the same entries."""
    found: list[tuple[list[int], ...]] = []
    for name in named:
        if name.surely and name.docs not in found:
            found.append(name.docs)
    return len(found)


def _is_in(docs: Sequence[int], doc: int) -> bool:
    at = bisect_left(docs, doc)
    return at < len(docs) and docs[at] == doc
