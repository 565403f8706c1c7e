"""How an entry speaks: whether it only asks, and whether it holds what is asked for."""

from __future__ import annotations

from collections.abc import Collection

from journal.recall.features import CAPITALS as FROM
from journal.recall.features import COUNTS, SPEAKS, TELLS
from journal.recall.ranking.board import Board
from journal.recall.ranking.weights import ASKING, CAPITALS, COUNT, FIRST, TIME


def asking(board: Board) -> None:
    """Entries that only ask fall."""
    for place in board.heard:
        if asks := board.value("asks", place):
            board.scale(place, 1 - ASKING * asks / 255, "question")


def first_person(board: Board) -> None:
    """Entries in which somebody speaks of themselves rise, those in which nobody does fall."""
    speak = [place for place in board.heard if board.value("flags", place) & SPEAKS]
    share = len(speak) / max(1, len(board.heard))
    for place in board.heard:
        spoken = bool(board.value("flags", place) & SPEAKS)
        board.scale(place, 1 + FIRST * (spoken - share), "first person")


def cues(board: Board, asked: Collection[str]) -> None:
    """A number where the question is how many, a time where it is when, names where it is who."""
    for place in board.heard:
        flags = board.value("flags", place)
        if "count" in asked and flags & COUNTS:
            board.bonus(place, COUNT, "count")
        if "when" in asked and flags & TELLS:
            board.bonus(place, TIME, "when")
        if "which" in asked and flags >= FROM:
            board.bonus(place, CAPITALS * (flags // FROM) / 3, "names")
