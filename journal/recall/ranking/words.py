"""The words an entry holds, and those its neighbours in the session hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place
from journal.recall.ranking.terms import idf, saturated
from journal.recall.ranking.weights import (
    AFTER,
    ANSWER,
    ANSWERS,
    BEFORE,
    FADE,
    LATER,
    SESSION,
    SPAN,
    TITLE,
)
from journal.recall.segment import MOST
from journal.recall.segment import TITLE as IN_TITLE

_FURTHER = [
    *((step, LATER * FADE ** (step - 2)) for step in range(2, SPAN + 1)),
    *((-step, BEFORE * FADE ** (step - 1)) for step in range(1, SPAN + 1)),
]
_KERNEL = [(1, AFTER), *_FURTHER]
_ASKING = [(1, ANSWER), *_FURTHER]
"""How far after the entry that holds a word another stands, and what is left of the word there."""


def heard(board: Board) -> None:
    """For each word the most that the entry itself or one near it holds of it."""
    holders = {place: row for place, row in board.counts.items() if any(row)}
    lengths = {place: board.value("lengths", place) for place in holders}
    if not board.lines.any:
        _alone(board, holders, lengths)
        return
    near = {place: _around(board, place) for place in holders}
    for at in range(len(board.terms.typed)):
        best: dict[Place, float] = {}
        by: dict[Place, Place] = {}
        known: dict[tuple[int, int], float] = {}
        for place, others in near.items():
            if not (byte := holders[place][at]):
                continue
            kind = (byte & MOST, lengths[place])
            worth = known.get(kind)
            if worth is None:
                worth = known[kind] = board.terms.worth(at, *kind)
            for other, share in others:
                points = worth * share
                if points > best.get(other, 0.0):
                    best[other] = points
                    by[other] = place
        board.heard.update(best)
        for place, points in best.items():
            board.points[place] += points
        for place in board.explained & best.keys():
            _note(board, place, at, best[place], by[place])


def _alone(
    board: Board, holders: Mapping[Place, tuple[int, ...]], lengths: Mapping[Place, int]
) -> None:
    """The same where there are no sessions: entries that hold the same are worth the same."""
    known: dict[tuple[tuple[int, ...], int], list[tuple[int, float]]] = {}
    for place in board.candidates & holders.keys():
        kind = (holders[place], lengths[place])
        worth = known.get(kind)
        if worth is None:
            row = enumerate(byte & MOST for byte in kind[0])
            each = [(at, board.terms.worth(at, count, kind[1])) for at, count in row if count]
            worth = known[kind] = [(at, points) for at, points in each if points]
        if worth:
            board.heard.add(place)
        for at, points in worth:
            board.points[place] += points
            if place in board.explained:
                _note(board, place, at, points, place)


def _note(board: Board, place: Place, at: int, points: float, by: Place) -> None:
    exactly = board.terms.found <= at < len(board.terms.words)
    step = "neighbour" if by != place else "exact" if exactly else "word"
    board.note(place, points, step, board.terms.typed[at], by)


def titled(board: Board) -> None:
    """Words that an entry holds in its title count a little more."""
    for place in board.candidates:
        row = board.counts[place]
        if any(byte & IN_TITLE for byte in row):
            for at in range(board.terms.found):
                if row[at] & IN_TITLE:
                    points = TITLE * board.terms.weights[at]
                    board.add(place, points, "title", board.terms.typed[at])


def _around(board: Board, place: Place) -> list[tuple[Place, float]]:
    """The candidates that hear the entry, itself first, and how well."""
    found = [(place, 1.0)] if place in board.candidates else []
    if not board.lines.any:
        return found
    places, at = board.lines.around(place)
    if not places:
        return found
    for step, share in _ASKING if board.value("asks", place) else _KERNEL:
        if 0 <= at + step < len(places) and places[at + step] in board.candidates:
            found.append((places[at + step], share))
    return found


def nearest(board: Board, place: Place) -> Place | None:
    """Of a document that holds no word, the nearest one in its session that does."""
    if any(board.counts.get(place, ())) or place not in board.heard:
        return None
    places, at = board.lines.around(place)
    for step in sorted((step for step, _ in _KERNEL), key=abs):
        # What is heard at `at` stands `step` before it.
        if 0 <= at - step < len(places) and any(board.counts.get(places[at - step], ())):
            return places[at - step]
    return None


def answers(board: Board) -> None:
    """Entries that stand right after one that asks."""
    for place in board.heard if board.lines.any else ():
        places, at = board.lines.around(place)
        if at and board.value("asks", places[at - 1]):
            board.bonus(place, ANSWERS, "answer")


def shared(board: Board, short: Sequence[Place]) -> None:
    """What the listed entries of the session hold of the words, all together."""
    sums: dict[int, list[int]] = {}
    for place in short if board.lines.any else ():
        if (line := board.lines.of(place)) and any(board.counts[place]):
            row = [byte & MOST for byte in board.counts[place]]
            known = sums.get(id(line))
            sums[id(line)] = [a + b for a, b in zip(known, row, strict=True)] if known else [*row]
    count = board.lines.count
    often = [sum(map(bool, column)) for column in zip(*sums.values(), strict=True)]
    weights = [
        SESSION * share * idf(count, min(count, lines))
        for share, lines in zip(board.terms.shares, often, strict=False)
    ]
    points = {
        line: sum(w * saturated(held) for w, held in zip(weights, row, strict=False) if held)
        for line, row in sums.items()
    }
    for place in board.heard:
        if (line := board.lines.of(place)) and (more := points.get(id(line))):
            board.add(place, more, "session")
