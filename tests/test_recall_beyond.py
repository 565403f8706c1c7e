"""The times a question is about: who was there, who speaks of them, and who joins the hits."""

from datetime import date, timedelta

import pytest
from boards import (
    TODAY,
    ask,
    asked_of,
    board_of,
    bodies,
    book_of,
    lift,
    points,
    question_of,
    reasons,
    said,
)
from test_recall import DAY

from journal.entry import Draft, Entry
from journal.recall.dated import Dated
from journal.recall.ranking.beyond import beyond
from journal.recall.ranking.dates import dated
from journal.recall.ranking.lines import place_of
from journal.recall.ranking.question import Question
from journal.recall.ranking.weights import DATED, SHORTLIST, TOLD


def on(*days: int, body: str = "so") -> list[Entry]:
    """An entry on each of these days."""
    return [said(number, body, days=day) for number, day in enumerate(days)]


def fits(text: str, *entries: Entry) -> list[float]:
    """The points that each entry has for the dates of the text."""
    board = lift(board_of("x", list(entries)), 0)
    dated(board, asked_of(text).dates)
    return points(board)


# Points


def test_entries_of_the_day_asked_for_rise() -> None:
    before, day, after, far = fits("what was on 20 November 2026?", *on(-2, -1, 0, 30))
    assert day == 2 * DATED
    assert day > after > before > far == 0
    assert fits("no time at all", *on(-1, 0)) == [0, 0]


def test_the_longer_the_time_the_less_it_says() -> None:
    entry = on(-1)
    times = ["20 November 2026", "last week", "November 2026", "2026"]
    got = [fits(text, *entry)[0] for text in times[:1] + times[2:]]
    assert got == sorted(got, reverse=True)
    assert len(set(got)) == 3


def test_of_several_times_the_best_counts() -> None:
    one, both = (fits(text, *on(-1)) for text in ("20 November 2026", "2026, 20 November 2026"))
    assert one == both


def test_who_speaks_of_the_time_rises() -> None:
    entries = [*on(0, body="it was yesterday"), *on(30, body="on 20 November 2026")]
    entries += on(60, body="it was yesterday")
    board = lift(board_of("x", entries[:1], entries[1:]), 0)
    dated(board, asked_of("20 November 2026").dates)
    told = [reasons(board, place).get("told", 0) for place in sorted(board.points)]
    assert told == [2 * TOLD, 2 * TOLD, 0]
    assert [reason.text for reason, _ in board.why[1 << 32]] == ["2026-11-20"]
    vague = lift(board_of("x", on(10, body="it was last month")), 0)
    dated(vague, asked_of("20 November 2026").dates)
    assert 0 < reasons(vague, 0).get("told", 0) < 2 * TOLD or points(vague) == [0]


def test_only_candidates_get_points_for_a_time() -> None:
    board = lift(board_of("x", on(-1, -1)), 0)
    board.candidates = {1}
    dated(board, asked_of("yesterday").dates)
    assert points(board) == [0, 2 * DATED]


def test_a_day_of_any_year() -> None:
    got = fits("what was on 20 November?", *on(-366, -30, -1, 364, 394))
    assert got == [2 * DATED, 0, 2 * DATED, 2 * DATED, 0]
    several = on(30, body="on 20 November 2026, or in November 2026, or in October 2026")
    assert fits("20 November 2026", *several) == [2 * TOLD]
    told = fits("20 November", *on(-200, body="we met on 20 November 2025"))
    assert told == [2 * TOLD]


def test_nothing_is_told_where_nothing_is() -> None:
    board = lift(board_of("x", [], on(0, body="yesterday")), 0)
    dated(board, asked_of("yesterday").dates)
    assert points(board)[0] > 0


# Who joins


def joined(question: Question, short: tuple[int, ...] = ()) -> list[int]:
    """The documents of the only segment that join."""
    return beyond(question, short)


def test_entries_of_the_time_join_newest_first() -> None:
    entries = on(-40, -2, -1, -1, 0)
    assert joined(question_of("what happened yesterday?", entries)) == [3, 2]
    assert joined(question_of("what happened yesterday?", entries), (3,)) == [2]
    assert joined(question_of("yesterday", entries)) == [3, 2]
    assert joined(question_of("what happened on 12 October or yesterday?", entries)) == [3, 2, 0]
    assert joined(question_of("what happened?", entries)) == []
    assert joined(question_of("what happened in 1999?", entries)) == []
    assert joined(question_of("what happened yesterday?", [])) == []


def test_the_writers_own_day_counts() -> None:
    late = Entry(
        id=f"{1:026}", at="2026-11-20T23:30:00-11:00", moment=DAY, kind="note", title="", body="so",
        namespace="main",
    )  # fmt: skip
    early = Entry(
        id=f"{2:026}", at="2026-11-22T00:30:00+13:00", moment=DAY, kind="note", title="", body="so",
        namespace="main",
    )  # fmt: skip
    assert joined(question_of("on 20 November 2026?", [late, early])) == [0]
    assert joined(question_of("on 22 November 2026?", [late, early])) == [1]
    assert joined(question_of("on 21 November 2026?", [late, early])) == []


def test_a_day_of_any_year_brings_those_of_all_years() -> None:
    entries = on(-366, -365 - 366, -1, -40)
    assert len(joined(question_of("what was on 20 November?", entries))) == 3
    new_year = [said(0, "so", days=41), said(1, "so", days=-324), said(2, "so", days=0)]
    found = joined(question_of("what was between 30 December and 2 January?", new_year))
    assert [TODAY + timedelta(days=n) for n in (41, -324)] == [date(2027, 1, 1), date(2026, 1, 1)]
    assert found == [2, 0]


def test_of_the_time_those_of_the_named_join() -> None:
    entries = [said(n, "so", "s", actor, days=-1) for n, actor in enumerate(["ada", "bob", "ada"])]
    assert joined(question_of("what did ada do yesterday?", entries)) == [2, 0]
    assert joined(question_of("what did eve do yesterday?", entries)) == [2, 1, 0]
    assert joined(question_of("what did ada and bob do yesterday?", entries)) == [2, 1, 0]
    earlier = [said(9, "so", "s", "eve", days=-9)]
    assert len(joined(question_of("what did eve do yesterday?", [*entries, *earlier]))) == 3


def test_it_does_not_matter_how_entries_lie_in_segments() -> None:
    entries = [said(n, "so", "s", a, days=-1) for n, a in enumerate(["ada", "bob", "bob", "ada"])]
    for text in ("what did ada do yesterday?", "what was yesterday?", "ada and bob yesterday"):
        one = joined(question_of(text, entries))
        two = joined(question_of(text, entries[:1], entries[1:3], entries[3:]))
        flat = [place_of(0, 0), place_of(1, 0), place_of(1, 1), place_of(2, 0)]
        assert [flat.index(place) for place in two] == one


def test_only_so_many_join_and_only_those_allowed() -> None:
    entries = on(*[-1] * (SHORTLIST + 20))
    question = question_of("yesterday", entries)
    assert joined(question) == [*range(SHORTLIST + 19, 19, -1)]
    some = Question(question.asked, question.finders, question.terms, (), lambda p: p % 2 == 0)
    assert all(place % 2 == 0 for place in joined(some))
    assert len(joined(some)) == (SHORTLIST + 20) / 2


def test_names_alone_bring_their_entries() -> None:
    entries = [said(0, "so", "s", "ada"), said(1, "so", "s", "bob"), said(2, "so", "s", "ada")]
    entries += [said(3, "so", "cache-rewrite", "bob")]
    for text, expected in [("ada", [2, 0]), ("ada bob", [3, 2, 1, 0]), ("cache rewrite", [3]),
                           ("bob cache rewrite", [3])]:  # fmt: skip
        asked = question_of(text, entries)
        assert joined(asked) == []
        about = Question(
            asked.asked, asked.finders, asked.terms, asked.named, asked.allows, content=False
        )
        assert joined(about) == expected, text


def test_a_name_given_whole_is_that_name() -> None:
    entries = [said(0, "so", "s", "Fix Bot"), said(1, "so", "s", "Bot Fix"), said(2, "so")]
    asked = question_of("fix bot", entries)
    about = Question(
        asked.asked, asked.finders, asked.terms, asked.named, asked.allows, content=False
    )
    assert joined(about) == [0]


@pytest.mark.parametrize(
    "text", ["yesterday AND pears", "pears OR yesterday", "yesterday (red OR green)"]
)
def test_nothing_joins_where_words_are_joined(text: str) -> None:
    assert joined(question_of(text, on(-1, -1))) == []


def test_filters_hold_for_who_joins() -> None:
    then = DAY - timedelta(days=1)
    engine = book_of(
        Draft(body="pears", at=then), Draft(body="apples", at=then, kind="task"),
        Draft(body="yesterday was nice"), Draft(body="plums"),
    )  # fmt: skip
    everything = {"pears", "apples", "yesterday was nice"}
    assert set(bodies(ask(engine, "yesterday"))) == everything
    assert bodies(ask(engine, "yesterday kind:task")) == ["apples"]
    assert set(bodies(ask(engine, "plums yesterday"))) == {*everything, "plums"}
    assert bodies(ask(engine, "plums yesterday kind:task")) == ["apples"]
    assert "apples" not in bodies(ask(engine, "what yesterday -kind:task ?"))
    assert Dated(then.date(), then.date()) in asked_of("yesterday").dates
