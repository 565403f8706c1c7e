"""The ranking's steps on manner, looks and order; and what kind of query it is."""

from math import isclose

import pytest
from boards import (
    asked_of,
    board_of,
    lift,
    points,
    reasons,
    talk,
)

from journal.recall.language import ENGLISH
from journal.recall.ranking import idle
from journal.recall.ranking.looks import looks, wanted
from journal.recall.ranking.manner import asking, cues, first_person
from journal.recall.ranking.question import is_open, is_plain
from journal.recall.ranking.recipe import in_order
from journal.recall.ranking.weights import CAPITALS, LOOK, LOOKS

# How an entry speaks


def test_an_entry_that_only_asks_falls() -> None:
    board = lift(board_of("x", talk("why?", "why? So it is.", "so", "why?")))
    board.heard.discard(3)
    asking(board)
    only, half, none, unheard = points(board)
    assert 0 < only < half < none == unheard == 1
    assert reasons(board, 0) == {"question": only - 1}


def test_the_first_person_rises_and_others_fall() -> None:
    board = lift(board_of("x", talk("I went", "went", "my bad", "it", "it")))
    board.heard.discard(4)
    first_person(board)
    me, other, mine, _, unheard = points(board)
    assert me == mine > 1 == unheard > other
    assert isclose(me - other, 0.1, abs_tol=0.06)
    assert isclose(sum(points(board)), 5)
    for same in (["we", "us"], ["it", "she"]):
        board = lift(board_of("x", talk(*same)))
        first_person(board)
        assert points(board) == [1, 1]


@pytest.mark.parametrize(
    ("cue", "raised"),
    [("count", [0]), ("when", [1, 2]), ("which", [3, 4, 5]), ("list", []), ("question", [])],
)
def test_what_holds_what_is_asked_for_rises(cue: str, raised: list[int]) -> None:
    said_so = [
        "three of us", "on a weekend", "since ever", "met Ada there",
        "met Ada, Bob, Eve and Dan", "met Ada and Bob", "nothing of it",
    ]  # fmt: skip
    board = lift(board_of("x", talk(*said_so, *said_so)), 0)
    board.heard = set(range(7))
    cues(board, {cue})
    got = points(board)
    assert [at for at, n in enumerate(got) if n] == raised
    if cue == "which":
        assert got[4] > got[5] > got[3]
        assert isclose(got[5], got[4] * 2 / 3)
        assert isclose(got[4], CAPITALS)


def test_idle_words_of_a_question() -> None:
    asked = {"question"}
    left = idle.shares(["kind", "mention", "happen", "databas"], asked, dated=False)
    assert set(left) == {"kind", "mention", "happen"}
    assert all(0 < share < 1 for share in left.values())
    assert idle.shares(["kind", "mention", "kind"], asked, dated=False) == {}
    assert idle.shares(["databas"], asked, dated=False) == {}
    assert idle.shares(["kind", "databas"], {"when"}, dated=False) == {}


def test_words_that_name_the_time_asked_for_count_little() -> None:
    terms = ["databas", *(ENGLISH.stem(word) for word in ("July", "2023", "yesterday"))]
    left = idle.shares([term.lower() for term in terms], set(), dated=True)
    assert set(left) == {term.lower() for term in terms[1:]}
    assert all(0 < share < 1 for share in left.values())
    assert idle.shares(["juli", "2023", "databas"], set(), dated=False) == {}
    assert set(idle.shares(["kind", "2023", "x"], {"question"}, dated=True)) == {"kind", "2023"}
    assert idle.shares(["2023"], set(), dated=True) == {}


# Looks


def test_what_looks_like_what_is_asked_for_rises() -> None:
    given = ["went to Rome", "it was Ada", "I love it", "we plan it", 'read "Dune"', "nothing"]
    entries = talk(*given, "x" * 4_000 + " went to Rome")
    read = dict(enumerate(entries))
    raised = {"place": {0}, "name": {0, 1}, "liking": {2}, "plan": {3}, "title": {4}}
    for cue, expected in raised.items():
        board = lift(board_of("x", entries), 0)
        looks(board, read, {"question", cue})
        assert {at for at, n in enumerate(points(board)) if n} == expected, cue
    board = lift(board_of("x", entries), 0)
    looks(board, {1: entries[1]}, {"name", "question"})
    assert points(board) == [0, LOOK, 0, 0, 0, 0, 0]
    assert reasons(board, 1) == {"looks": LOOK}


def test_looks_count_so_often_at_most() -> None:
    entries = talk('I love to go to Rome and plan to read "Dune" by Frank Herbert')
    board = lift(board_of("x", entries), 0)
    looks(board, {0: entries[0]}, {"place", "name", "title", "liking", "plan"})
    assert points(board) == [LOOK * LOOKS]
    assert wanted({"plan", "place", "count"}) == ["place", "plan"]


# What kind of query it is


@pytest.mark.parametrize(
    ("text", "plain", "opens"),
    [
        ("why red apples?", True, True), ("red apples", True, False), ("apples?", True, False),
        ("app*", True, False), ("why red apples kind:task ?", True, True),
        ("why red apples -kind:task ?", True, True), ("what is red -green ?", False, False),
        ("what is red?", True, True),
        ('what is "red" kind:task ?', True, True), ("red OR green", False, False),
        ("red AND green?", False, False), ("kind:task", False, False),
        ('"red apples"', False, False), ("kind:task tag:x apples", True, False),
        ('what is red about "x" AND green?', False, False),
    ],
)  # fmt: skip
def test_what_is_a_question(text: str, plain: bool, opens: bool) -> None:
    asked = asked_of(text)
    assert is_plain(asked.node) is plain
    assert is_open(asked) is opens


# The order


def test_in_order_of_points_then_of_time() -> None:
    board = board_of("red", talk("a", "b", "c", "d"))
    board.points = {0: 1.0, 1: 3.0, 2: 1.0, 3: 2.0}
    assert in_order(board, [0, 1, 2, 3]) == [1, 3, 2, 0]
    board.heard = {3}
    assert in_order(board, [0]) == [3, 0]


def test_the_first_stay_first() -> None:
    board = board_of("red", talk("a", "b", "c", "d"))
    board.points = {0: 5.0, 1: 3.0, 2: 4.0, 3: 1.0}
    board.heard = set(board.points)
    assert in_order(board, [0, 1], [1, 0]) == [0, 1, 2, 3]
    assert board.points == {0: 5.0, 1: 3.0, 2: 3.0, 3: 1.0}
    assert reasons(board, 2) == {"first stay": -1.0}
