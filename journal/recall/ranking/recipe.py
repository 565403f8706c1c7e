"""The steps of the ranking, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from journal.recall.ranking.board import Board, counted
from journal.recall.ranking.dates import dated
from journal.recall.ranking.lines import Lines, Place, split
from journal.recall.ranking.manner import asking, cues, first_person
from journal.recall.ranking.names import actors, names
from journal.recall.ranking.question import Question, is_open
from journal.recall.ranking.weights import SPAN
from journal.recall.ranking.words import answers, heard, shared, titled

NOBODY: frozenset[Place] = frozenset()


def ranked(
    question: Question,
    short: Sequence[Place],
    explained: frozenset[Place] = NOBODY,
    hidden: Sequence[Place] = (),
) -> Board:
    """The shortlist's documents, and those beside them if these may answer, with their points.

    What is `hidden` by a filter isn't shown, but may have an answer beside it.
    """
    lines = Lines(question.finders)
    near = _near(lines, [*short, *hidden])
    candidates = set(short)
    if is_open(question.asked):
        candidates.update(place for place in near if question.allows(place))
    known = {place: row for place in near if (row := question.rows.get(place)) is not None}
    counts = known | counted(question.finders, question.terms, near.difference(known))
    board = Board(question.finders, question.terms, lines, candidates, counts, explained)
    board.points = dict.fromkeys(candidates, 0.0)
    heard(board)
    titled(board)
    shared(board, short)
    names(board, question.named)
    if "question" in question.asked.cues:
        asking(board)
        answers(board)
    cues(board, question.asked.cues)
    if actors(question.named) == 1:
        first_person(board)
    dated(board, question.asked.dates)
    return board


def _near(lines: Lines, short: Sequence[Place]) -> set[Place]:
    """The documents, and those near them in their sessions."""
    found = set(short)
    for place in short if lines.any else ():
        found.update(lines.near(place, SPAN))
    return found


def in_order(board: Board, short: Sequence[Place], head: Sequence[Place] = ()) -> list[Place]:
    """The shortlist and what else hears a word of the question, best first, then newest.

    Those of the `head` stay first, and none is worth more than its last.
    """

    def order(place: Place) -> tuple[float, int, Place]:
        at, doc = split(place)
        return board.points[place], board.finders[at].segment.moments[doc], place

    rest = board.heard.union(short).difference(head)
    if head:
        most = min(board.points[place] for place in head)
        for place in rest:
            if (over := board.points[place] - most) > 0:
                board.add(place, -over, "first stay")
    return [*sorted(head, key=order, reverse=True), *sorted(rest, key=order, reverse=True)]
