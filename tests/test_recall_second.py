"""The second round of a question that asks for several things."""

from math import isclose

import pytest
from boards import (
    ask,
    board_of,
    bodies,
    book_of,
    every,
    lift,
    question_of,
    reasons,
    said,
    steps,
    talk,
)

from journal.entry import Draft, Entry
from journal.recall.language import ENGLISH
from journal.recall.ranking.board import Board
from journal.recall.ranking.recipe import in_order
from journal.recall.ranking.second import second
from journal.recall.ranking.terms import idf
from journal.recall.ranking.weights import FIRM, MORE, MORE_TERMS

ASKED = "What pets does Ada keep?"


def round_of(entries: list[Entry], head: int = 1, text: str = ASKED) -> tuple[Board, list[int]]:
    """The board after the second round, whose first documents were the best, and the order."""
    board = lift(board_of(text, entries))
    for at in range(head):
        board.points[at] = 9.0 - at
    order = in_order(board, every(board.finders))
    read = dict(enumerate(entries))
    first = second(board, order, read, question_of(text, entries), ENGLISH)
    return board, first


def second_of(board: Board) -> dict[int, float]:
    """The points of the second round."""
    found = {place: reasons(board, place).get("second", 0.0) for place in board.points}
    return {place: n for place, n in found.items() if n}


def sessions(*bodies: str) -> list[Entry]:
    """Each in a session of its own."""
    return [said(n, body, f"s{n}") for n, body in enumerate(bodies)]


def test_rare_words_of_the_best_find_more_in_other_sessions() -> None:
    entries = sessions("a pelican of Ada", "pelican food", "so", "pelican pelican", "no")
    board, first = round_of(entries)
    raised = second_of(board)
    assert set(raised) == {0, 1, 3}
    assert raised[3] > raised[1] > 0
    assert [reason.text for reason, _ in board.why[1]] == ["pelican"]
    assert first[0] == 0
    assert len(first) == FIRM


def test_what_was_not_heard_is_heard_then() -> None:
    entries = sessions("a pelican", "pelican food", "so")
    board = lift(board_of(ASKED, entries))
    board.points[0] = 5.0
    board.heard = {0}
    second(board, [0], {0: entries[0]}, question_of(ASKED, entries), ENGLISH)
    assert board.heard == {0, 1}


@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        (["pets live", "pets live", "so"], "pets live?"),  # words of the question
        (["an of it", "an of it", "so"], ASKED),  # words that say nothing
        (["ox", "ox", "so"], ASKED),  # too short
        (["pelican", "stork", "so"], ASKED),  # nobody else's
        (["pelican"] * 8, ASKED),  # everybody's
    ],
)
def test_words_that_lead_nowhere(bodies: list[str], text: str) -> None:
    board, _ = round_of(sessions(*bodies), text=text)
    assert second_of(board) == {}


def test_names_in_the_question_lead_nowhere() -> None:
    entries = [said(0, "Ada so", "s", "Ada"), said(1, "Ada so", "t", "Bob"), said(2, "x", "u")]
    board, _ = round_of(entries, text="What did Ada keep?")
    assert second_of(board) == {}


def test_the_words_must_be_of_two_sessions() -> None:
    same = talk("a pelican", "pelican food", "so")
    assert second_of(round_of(same)[0]) == {}
    none = [said(n, body) for n, body in enumerate(("a pelican", "pelican food", "so"))]
    assert second_of(round_of(none)[0]) == {}
    mixed = [*none, said(3, "pelican", "s")]
    assert second_of(round_of(mixed)[0]) == {}
    lone = [*same, *talk("so", session="t", first=3), said(5, "pelican")]
    assert second_of(round_of(lone)[0]) == {}
    two = [*talk("a pelican", "so"), *talk("pelican", session="t", first=2)]
    assert set(second_of(round_of(two)[0])) == {0, 2}


def test_only_the_first_hits_and_only_read_ones_give_words() -> None:
    entries = sessions("red", "green", "blue", "a pelican", "pelican food")
    assert second_of(round_of(entries, head=4)[0]) == {}
    entries = sessions("red", "green", "a pelican", "blue", "pelican food")
    assert set(second_of(round_of(entries, head=4)[0])) == {2, 4}
    board = lift(board_of(ASKED, entries))
    second(board, [2, 0], {0: entries[0]}, question_of(ASKED, entries), ENGLISH)
    assert second_of(board) == {}


def test_the_words_of_the_better_hits_count_more_and_only_a_few_do() -> None:
    entries = sessions("pelican", "stork", "pelican food", "stork food", "no")
    raised = second_of(round_of(entries, head=2)[0])
    assert raised[2] > raised[3] > 0
    entries = sessions("pelican stork", "stork food", "stork food", "pelican", "no", "no")
    board, _ = round_of(entries)
    raised = second_of(board)
    assert raised[3] > raised[1] == raised[2] > 0
    assert isclose(raised[3], MORE * idf(6, 2))
    rare = [f"word{n}x" for n in range(MORE_TERMS + 4)]
    board, _ = round_of(sessions(" ".join(rare), *rare))
    assert len(second_of(board)) == MORE_TERMS + 1


def test_the_first_stay_first_and_others_come_closer() -> None:
    given = [
        *talk("Ada keeps pets: a pelican, and a stork", "so", session="one"),
        *talk("pets keep quiet", "the pelican ate fish", session="two", first=2),
        *talk("pets keep quiet", "the weasel ate eggs", session="three", first=4),
    ]
    engine = book_of(*(Draft(body=e.body, session=e.session) for e in given))
    answer = ask(engine, "What pets does Ada keep?")
    assert bodies(answer)[0] == given[0].body
    hits = {hit.entry.body: hit for hit in answer.hits}
    fish, eggs = hits["the pelican ate fish"], hits["the weasel ate eggs"]
    assert steps(fish) == [*steps(eggs), "second"]
    assert answer.hits[0].score > fish.score > eggs.score
    one = ask(engine, "Does Ada keep pets?")
    assert not any("second" in steps(hit) for hit in one.hits)


def test_hits_without_points_lead_nowhere() -> None:
    entries = sessions("pelican", "pelican food", "fox", "fox")
    board = lift(board_of(ASKED, entries), 0)
    read = dict(enumerate(entries))
    assert second(board, [0, 1], read, question_of(ASKED, entries), ENGLISH) == [0, 1]
    assert second_of(board) == {}
    assert set(second_of(round_of(entries[2:])[0])) == {0, 1}
