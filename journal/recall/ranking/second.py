"""The second round of a question that asks for several things: words of what the first one found.

What the best hits speak of, and few others do, is what further answers in other sessions speak of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from journal.entry import Entry
from journal.recall.analysis import parts
from journal.recall.language import Language
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place, place_of
from journal.recall.ranking.question import Question
from journal.recall.ranking.terms import idf, saturated
from journal.recall.ranking.weights import FIRM, MORE, MORE_TERMS, RARE, RARE_MOST, RAREST
from journal.recall.segment import MOST

_SHORTEST = 3  # letters of such a word


def second(
    board: Board, order: Sequence[Place], read: Mapping[Place, Entry], question: Question,
    language: Language,
) -> list[Place]:  # fmt: skip
    """Entries that hold such words rise, and the new order, in which the best hits stay first."""
    head = list(order[:FIRM])
    more = _words(board, [place for place in head if place in read], read, question, language)
    best = max(more.values(), default=0.0) or 1.0
    for term, worth in more.items():
        weight = MORE * worth / best * _idf(board, term)
        for at, finder in enumerate(board.finders):
            docs, often = finder.postings(term)
            for index, doc in enumerate(docs):
                if (place := place_of(at, doc)) in board.points:
                    count = often[index] & MOST if often else 1
                    board.add(place, weight * saturated(count), "second", term)
                    board.heard.add(place)
    return head


def _words(
    board: Board, head: Sequence[Place], read: Mapping[Place, Entry], question: Question,
    language: Language,
) -> dict[str, float]:  # fmt: skip
    """The rare words of these hits and what they are worth, the best few."""
    first = max((board.points[place] for place in head), default=0.0)
    known = {*board.terms.words, *(name.term for name in question.named)}
    found: defaultdict[str, float] = defaultdict(float)
    for place in head:
        words = {w for text in parts(read[place]) for w in language.tokens(text[:4_000])}
        terms = {language.stem(w) for w in words if len(w) >= _SHORTEST and w not in language.stop}
        for term in terms - known:
            found[term] += board.points[place] / first if first > 0 else 0.0
    number = sum(finder.segment.count for finder in board.finders)
    most = min(RARE_MOST, max(RAREST, RARE * number))
    rare = {t: w * _idf(board, t) for t, w in found.items() if 2 <= _often(board, t) <= most}
    chosen: dict[str, float] = {}
    for term in sorted(rare, key=lambda term: (-rare[term], term)):
        if _in_several(board, term):
            chosen[term] = rare[term]
            if len(chosen) == MORE_TERMS:
                break
    return chosen


def _often(board: Board, term: str) -> int:
    return sum(finder.frequency(term) for finder in board.finders)


def _idf(board: Board, term: str) -> float:
    return idf(sum(finder.segment.count for finder in board.finders), _often(board, term))


def _in_several(board: Board, term: str) -> bool:
    """Whether entries of two sessions hold it."""
    if board.lines.count < 2:
        return False
    seen = None
    for at, finder in enumerate(board.finders):
        for doc in finder.postings(term)[0]:
            line = board.lines.of(place_of(at, doc))
            if line is not None and seen is not None and line is not seen:
                return True
            seen = line or seen
    return False
