"""The ranking's steps on words: what they are worth, in an entry, near it, in its session."""

from dataclasses import replace
from itertools import pairwise
from math import isclose

import pytest
from boards import (
    asked_of,
    board_of,
    every,
    finders_of,
    lift,
    points,
    reasons,
    said,
    talk,
    terms_of,
)

from journal.recall.features import length_byte
from journal.recall.ranking.board import counted
from journal.recall.ranking.lines import place_of
from journal.recall.ranking.terms import MOST, SATURATED, Terms, idf, saturated
from journal.recall.ranking.weights import AFTER, ANSWER, ANSWERS, BEFORE, LATER, SPAN
from journal.recall.ranking.words import answers, heard, nearest, shared, titled

# What words are worth


def test_a_word_is_worth_the_more_the_rarer_it_is_and_less_each_time() -> None:
    assert idf(100, 1) > idf(100, 10) > idf(100, 90) > idf(100, 100) > 0
    assert idf(1_000, 10) > idf(100, 10)
    gains = [b - a for a, b in pairwise(SATURATED)]
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] > 0
    assert SATURATED[0] == 0
    assert isclose(SATURATED[1], 1)
    assert 1.1 < SATURATED[2] < 1.9
    assert len(SATURATED) == MOST + 1


def test_a_word_counts_less_in_a_long_entry() -> None:
    assert saturated(1, 3.0) < saturated(1) < saturated(1, 0.5)
    usual = ("filler " * 40).strip()
    finders = finders_of([said(n, usual) for n in range(9)] + [said(9, "pelican")])
    terms = terms_of("pelican", finders)
    worth = [terms.worth(0, 1, length_byte(count)) for count in (0, 1, 10, 40, 80, 400)]
    assert worth[0] == worth[1] == worth[2] > worth[3] > worth[4] > worth[5] > 0
    assert isclose(worth[3], terms.weights[0], rel_tol=0.15)


def test_words_as_typed_and_whole_names_count_a_little() -> None:
    finders = finders_of(talk("running foo_bar", "runs", "other", "foo", "bar", "more"))
    terms = terms_of("running foo_bar alloc*", finders)
    assert terms.words == ("run", "foo_bar", "foo", "bar", "running")
    assert terms.typed == ("running", "foo_bar", "foo", "bar", "running", "alloc*")
    assert terms.starts == ("alloc",)
    assert terms.found == 4
    run, whole, foo, bar, surface = terms.shares
    assert run == foo == bar == 1 > whole > surface > 0
    assert isclose(terms.weights[0], idf(6, 2))
    assert isclose(terms.weights[1], whole * idf(6, 1))
    assert isclose(terms.weights[4], surface * idf(6, 1))
    assert [table[1] for table in terms.tables[:5]] == list(terms.weights)
    assert terms.tables[5] == (0.0, *[terms.tables[5][1]] * 255)
    assert terms.tables[5][1] > 0
    assert terms.worth(5, 3, length_byte(1_000)) == terms.tables[5][1]
    assert isclose(terms.points([1, 0, 0, 0, 1, 7]), sum(terms.tables[n][1] for n in (0, 4, 5)))


@pytest.mark.parametrize(
    ("text", "whole"),
    [("pkg.mod", True), ("src/api", True), ("foo_bar", True), ("3.11", True), ("foobar", False),
     ("_private", False), ("foo-bar", False)],
)  # fmt: skip
def test_which_words_are_whole_names(text: str, whole: bool) -> None:
    terms = terms_of(f"{text} other", finders_of(talk("x")))
    share = dict(zip(terms.words, terms.shares, strict=True))
    assert (share.get(text, share.get("foobar", 1.0)) < 1) is whole


def test_the_weight_that_is_left_of_a_word() -> None:
    finders = finders_of(talk("red", "green", "blue"))
    node = asked_of("red green").node
    left = Terms.of(node, finders, {"red": 0.5})
    assert left.shares == (0.5, 1.0)
    assert isclose(left.weights[0], left.weights[1] / 2)


def test_what_is_no_word_counts_less_in_a_small_journal() -> None:
    units = [terms_of("red", finders_of(talk(*["so"] * count))).unit for count in (2, 20, 400)]
    assert 0 < units[0] < units[1] < units[2]
    assert 0.5 < units[2] < 2
    board = lift(board_of("red", talk("so")))
    board.terms = replace(board.terms, unit=0.25)
    board.bonus(0, 2.0, "place", "x")
    assert points(board) == [1.5]
    assert reasons(board, 0) == {"place": 0.5}


def test_terms_count_over_all_segments() -> None:
    entries = talk("red pear", "red", "blue sky", "green", "sky")
    one, several = finders_of(entries), finders_of(entries[:2], entries[2:3], entries[3:])
    for text in ("red sky", "skies running b*"):
        assert terms_of(text, one) == terms_of(text, several)
    assert terms_of("red", []).weights == terms_of("red", finders_of([])).weights


def test_counts_of_any_documents() -> None:
    finders = finders_of(talk("red red", "blue", "sky bluer"), talk("red blue", first=9))
    terms = terms_of("red blu*", finders)
    counts = counted(finders, terms, [place_of(1, 0), place_of(0, 2), place_of(0, 0)])
    assert counts == {place_of(0, 0): (2, 0), place_of(0, 2): (0, 1), place_of(1, 0): (1, 1)}


# What is heard

_MIDDLE = SPAN + 1
_SILENT = ["so"] * _MIDDLE


@pytest.mark.parametrize("ends", ["", "?"])
def test_neighbours_hear_a_word_the_less_the_further_they_are(ends: str) -> None:
    board = board_of("pelican", talk(*_SILENT, f"pelican{ends}", *_SILENT))
    heard(board)
    got = points(board)
    own, later, before = got[_MIDDLE], got[_MIDDLE + 1 :], got[:_MIDDLE][::-1]
    assert later[-1] == before[-1] == 0
    assert own > max(later)
    assert min(later[:-1]) > 0
    assert later[1:] == sorted(later[1:], reverse=True)
    assert len(set(later[1:])) == SPAN
    assert before == sorted(before, reverse=True)
    assert len(set(before)) == SPAN + 1
    assert before[0] < later[0]
    assert all(a > b for a, b in zip(later[1:-1], before[1:-1], strict=True))
    assert later[0] > later[1] if ends else later[0] < own / 2
    assert board.heard == {place for place in board.candidates if board.points[place]}
    assert own == board.terms.worth(0, 1, board.value("lengths", _MIDDLE))
    assert isclose(later[0], own * (ANSWER if ends else AFTER))
    assert isclose(later[1], own * LATER)
    assert isclose(before[0], own * BEFORE)


def test_of_a_word_the_most_is_heard_and_of_several_the_sum() -> None:
    once = board_of("pelican", talk("so", "pelican", "so", "pelican", "so"))
    heard(once)
    alone = board_of("pelican", talk("so", "pelican", "so", "other", "so"))
    heard(alone)
    ratio = once.terms.weights[0] / alone.terms.weights[0]
    assert isclose(points(once)[2] / ratio, points(alone)[2])
    two = board_of("pelican stork", talk("so", "pelican", "so", "stork", "so"))
    heard(two)
    assert isclose(sum(reason.points for reason, _ in two.why[2]), points(two)[2])
    assert {(reason.step, reason.text, by) for reason, by in two.why[2]} == {
        ("neighbour", "pelican", 1), ("neighbour", "stork", 3),
    }  # fmt: skip


def test_an_entry_hears_itself_best_and_says_how() -> None:
    board = board_of("running gr*", talk("running", "runs green"))
    heard(board)
    assert [(reason.step, reason.text, by) for reason, by in board.why[0]] == [
        ("word", "running", 0), ("exact", "running", 0), ("neighbour", "gr*", 1),
    ]  # fmt: skip
    assert [(reason.step, reason.text, by) for reason, by in board.why[1]] == [
        ("word", "running", 1), ("neighbour", "running", 0), ("word", "gr*", 1),
    ]  # fmt: skip


def test_nobody_hears_across_sessions_and_only_candidates_hear() -> None:
    board = board_of(
        "pelican", [*talk("pelican", "so"), *talk("so", session="t", first=2), said(3, "pelican")]
    )
    heard(board)
    assert [bool(n) for n in points(board)] == [True, True, False, True]
    board = board_of("pelican", talk("pelican", "so", "so"))
    board.candidates = {2}
    board.points = {2: 0.0}
    heard(board)
    assert board.heard == set(board.points) == {2}
    assert board.points[2] > 0


def test_a_longer_entry_is_worth_less() -> None:
    filler = "one other word after another " * 20
    board = board_of("pelican", [said(0, "pelican sat here"), said(1, f"pelican {filler}")])
    heard(board)
    short, long = points(board)
    assert short > long > 0


@pytest.mark.parametrize(
    ("given", "holder"),
    [
        (["pelican", "so", "*"], 0), (["*", "pelican"], 1), (["pelican", "*", "pelican"], 0),
        (["*", "so", "pelican"], 2), (["pelican", "so", "*", "pelican"], 3), (["pelican *"], None),
        (["pelican", "pelican *"], None),
        (["so", "*"], None), (["pelican", *["so"] * SPAN, "*"], None),
        (["pelican", *["so"] * (SPAN - 1), "*"], 0),
    ],
)  # fmt: skip
def test_the_nearest_neighbour_that_holds_a_word(given: list[str], holder: int | None) -> None:
    board = board_of("pelican", talk(*given))
    heard(board)
    assert nearest(board, next(at for at, body in enumerate(given) if "*" in body)) == holder
    alone = lift(board_of("pelican", [said(0, "pelican"), said(1, "so")]))
    assert nearest(alone, 1) is None
    unheard = board_of("pelican", talk("pelican", "so"))
    assert nearest(unheard, 1) is None


def test_what_follows_a_question_answers() -> None:
    board = lift(board_of("x", [*talk("why?", "so", "and", "why?", "so"), said(9, "so")]))
    board.heard.discard(4)
    answers(board)
    assert [n > 1 for n in points(board)] == [False, True, False, False, False, False]
    assert reasons(board, 1) == {"answer": ANSWERS}


# The session


def test_a_session_counts_that_holds_more_of_the_words() -> None:
    entries = [
        *talk("red", "green", "so"), *talk("red", "so", session="t", first=3), said(5, "red green"),
        *talk("so", session="u", first=6),
    ]  # fmt: skip
    board = lift(board_of("red green", entries), 0)
    shared(board, every(board.finders))
    both, _, beside, one, other, alone, silent = points(board)
    assert both == beside > one == other > 0 == alone == silent
    rare = lift(board_of("green red", [*entries, *talk("red", session="v", first=7)]), 0)
    shared(rare, every(rare.finders))
    assert reasons(rare, 0)["session"] > 2 * reasons(rare, 3)["session"]


def test_only_listed_entries_speak_for_their_session() -> None:
    board = lift(board_of("red", talk("red", "red", "so")), 0)
    shared(board, [1])
    once = points(board)[2]
    board = lift(board_of("red", talk("red", "red", "so")), 0)
    shared(board, [0, 1, 2])
    assert 0 < once < points(board)[2] < 2 * once
    board = lift(board_of("red", talk("red", "so")), 0)
    shared(board, [1])
    assert points(board) == [0, 0]
    board.heard = {0}
    shared(board, [0])
    assert [n > 0 for n in points(board)] == [True, False]


def test_a_word_that_counts_half_does_so_for_the_session() -> None:
    entries = [*talk("red"), *talk("so", session="t", first=1)]
    got = []
    for share in (1.0, 0.5):
        board = lift(board_of("red", entries), 0)
        board.terms = replace(board.terms, shares=(share,))
        shared(board, [0, 1])
        got.append(points(board)[0])
    assert isclose(got[1], got[0] / 2)


def test_a_session_of_several_segments_is_one() -> None:
    entries = [*talk("red", "so", "green"), *talk("red", session="t", first=3)]
    whole = lift(board_of("red green", entries), 0)
    shared(whole, every(whole.finders))
    parted = lift(board_of("red green", entries[:1], entries[1:2], entries[2:]), 0)
    shared(parted, every(parted.finders))
    assert points(whole) == points(parted)


# Titles


def test_a_word_in_the_title_counts_again() -> None:
    entries = [said(0, "red", title="Running"), said(1, "running red", title="Blue")]
    entries += [said(2, "red", title="Runs red"), said(3, "so")]
    board = lift(board_of("running red", entries), 0)
    titled(board)
    one, none, both, silent = points(board)
    assert both > one > 0 == none == silent
    assert one < board.terms.weights[0]
    assert [reason.text for reason, _ in board.why[0]] == ["running"]
