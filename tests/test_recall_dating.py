"""Times in questions and texts: which days they mean, and which entries fit them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.recall.analysis import words
from journal.recall.dated import Dated
from journal.recall.dating import TELLING, asked_dates, told_dates

TODAY = date(2026, 11, 21)
"""A Saturday."""


def shown(found: tuple[Dated, ...]) -> str:
    """The times as a few letters: `5-7` for 5/7, a star for any year."""
    return " ".join(
        f"{one.first}{'' if one.first == one.last else f'..{one.last}'}{'*' * one.every_year}"
        for one in found
    )


ASKED = """
what happened on 7 May? | 2026-05-07*
on May 7th | 2026-05-07*
7th of May, 2023 | 2023-05-07
MAY 7, 2023 | 2023-05-07
3 may | 2026-05-03*
may the 4th | 2026-05-04*
Jan. 5 | 2026-01-05*
5 December | 2025-12-05*
Sept. 3rd, 2022 | 2022-09-03
29 February | 2024-02-29*
in May | 2026-05-01..2026-05-31*
June | 2026-06-01..2026-06-30*
May 2023 | 2023-05-01..2023-05-31
in feb 2024? | 2024-02-01..2024-02-29
early May | 2026-05-01..2026-05-10*
mid-May 2023 | 2023-05-11..2023-05-20
late May 2023 | 2023-05-21..2023-05-31
end of 2023 | 2023-09-01..2023-12-31
2023 | 2023-01-01..2023-12-31
what broke in 2023 and why | 2023-01-01..2023-12-31
2022-2023 | 2022-01-01..2023-12-31
2023-05-07 | 2023-05-07
2023-05-07T10:00:00 | 2023-05-07
2023/05/07 | 2023-05-07
2023-05 | 2023-05-01..2023-05-31
05/07/2023 | 2023-05-07 2023-07-05
13/07/2023 | 2023-07-13
05/05/2023 | 2023-05-05
7.5.2023 | 2023-05-07
summer 2023 | 2023-06-01..2023-08-31
winter 2023 | 2023-12-01..2024-02-29 2022-12-01..2023-02-28
in the summer | 2026-06-01..2026-08-31*
last summer | 2026-06-01..2026-08-31
last winter | 2025-12-01..2026-02-28
last autumn | 2025-09-01..2025-11-30
next spring | 2027-03-01..2027-05-31
last week | 2026-11-09..2026-11-15
last month | 2026-10-01..2026-10-31
last year | 2025-01-01..2025-12-31
last weekend | 2026-11-14..2026-11-15
last Friday | 2026-11-20
last mon | 2026-11-16
last May | 2026-05-01..2026-05-31
last November | 2025-11-01..2025-11-30
on Saturday | 2026-11-14
next Saturday | 2026-11-28
this Friday | 2026-11-20
this week | 2026-11-16..2026-11-22
this past week | 2026-11-14..2026-11-21
next month | 2026-12-01..2026-12-31
yesterday | 2026-11-20
the day before yesterday | 2026-11-19
tonight | 2026-11-21
two days ago | 2026-11-19
3 weeks ago | 2026-10-26..2026-11-01
a couple of months ago | 2026-09-01..2026-09-30
a few days ago | 2026-11-17..2026-11-19
a year ago | 2025-01-01..2025-12-31
in the last two weeks | 2026-11-07..2026-11-21
the past 3 months | 2026-08-21..2026-11-21
since March | 2026-03-01..2026-11-21
since 2023-05-07 | 2023-05-07..2026-11-21
after 7 May 2023 | 2023-05-08..2026-11-21
before June 2023 | 0001-01-01..2023-05-31
until June 2023 | 0001-01-01..2023-06-30
between May and July 2023 | 2023-05-01..2023-07-31
from November to February 2024 | 2023-11-01..2024-02-29
from May 2023 to March | 2023-05-01..2024-03-31
between May and July | 2026-05-01..2026-07-31*
from 7 May to 3 June | 2026-05-07..2026-06-03*
May 7-9 | 2026-05-07..2026-05-09*
7 to 9 May 2023 | 2023-05-07..2023-05-09
from June 2024 to June 2023 | 2024-06-01..2024-06-30 2023-06-01..2023-06-30
the week of May 8, 2023 | 2023-05-08..2023-05-14
the week of May 10, 2023 | 2023-05-08..2023-05-14
the week of May 8 | 2026-05-08..2026-05-14*
the weekend before 3 June 2023 | 2023-05-27..2023-05-28
the weekend before 4 June 2023 | 2023-05-27..2023-05-28
the weekend after 1 June 2023 | 2023-06-03..2023-06-04
the weekend before 3 June | 2026-05-27..2026-06-02*
the week after 3 June 2023 | 2023-06-05..2023-06-11
the day before 3 June 2023 | 2023-06-02
the night before 3 June 2023 | 2023-06-02
in 2023, what was done on 7 May? | 2023-05-07
in June or July 2022 | 2022-06-01..2022-06-30 2022-07-01..2022-07-31
Friday, 5 May 2023 | 2023-05-05
5 May 2023 (Friday) | 2023-05-05
what may fail |
3 may have failed |
why this may be slow |
what did May say on the march |
march on the second sun |
does the sun fall on a spring |
jan and dec |
it is the last day of the fall |
31 Feb and 30/02/2023 |
0000-00-00 99999 32/13/2023 2023-13-45 |
31 June 2023 |
2000 entries on port 2049 |
CVE-2023-1234 |
v2023.5 x.2023 12:2023 http://x.org/2023/05 |
may 10% |
"""
CASES = [tuple(map(str.strip, line.split("|"))) for line in ASKED.strip().splitlines()]


@pytest.mark.parametrize(("question", "days"), CASES)
def test_a_question_asks_for_these_days(question: str, days: str) -> None:
    assert shown(asked_dates(question, TODAY)) == days


TOLD = """
we met yesterday | d2026-11-20
Last night it broke, today it works | d2026-11-20 d2026-11-21
tomorrow | d2026-11-22
two days ago | d2026-11-19
last Friday | d2026-11-20
next Friday | d2026-11-27
last week | w2026-11-09
two weeks ago | w2026-11-02
last weekend | w2026-11-09
the weekend of 7 May 2023 | w2023-05-01
last month | m2026-10
a month ago | m2026-10
in May | m2026-05
in December | m2025-12
on May 7th | d2026-05-07
on 5 January | d2027-01-05
on 7 May 2023 | d2023-05-07
the day after 7 May 2023 | d2023-05-08
Friday, 5 May 2023 | d2023-05-05
7-9 May 2023 | d2023-05-07 d2023-05-08 d2023-05-09
29 February | d2024-02-29
last year, in the summer |
the June release, April said |
2023-05-07 and 05/07/2023 |
"""
TALES = [tuple(map(str.strip, line.split("|"))) for line in TOLD.strip().splitlines()]


@pytest.mark.parametrize(("text", "terms"), TALES)
def test_a_text_speaks_of_these_days(text: str, terms: str) -> None:
    assert " ".join(sorted(told_dates(text, TODAY))) == terms
    assert not terms or not TELLING.isdisjoint(words(text))


MAY_7 = Dated(date(2023, 5, 7), date(2023, 5, 7))
WEEK = Dated(date(2023, 5, 8), date(2023, 5, 14))
MAY = Dated(date(2023, 5, 1), date(2023, 5, 31))
YEAR = Dated(date(2023, 1, 1), date(2023, 12, 31))
ANY_MAY = Dated(date(2026, 5, 1), date(2026, 5, 31), every_year=True)
ANY_WINTER = Dated(date(2025, 12, 1), date(2026, 2, 28), every_year=True)
NEAR = [
    (MAY_7, "2023-05-07", 2.0), (MAY_7, "2023-05-10", 1.2), (MAY_7, "2023-05-11", 0.6),
    (MAY_7, "2023-05-01", 0.6), (MAY_7, "2023-06-07", 0.0), (MAY_7, "2022-05-07", 0.0),
    (WEEK, "2023-05-08", 1.5), (WEEK, "2023-05-15", 0.9), (WEEK, "2023-05-30", 0.45),
    (MAY, "2023-05-31", 1.0), (MAY, "2023-06-01", 0.0), (YEAR, "2023-06-01", 0.29),
    (YEAR, "2024-01-01", 0.0), (Dated(date.min, date(2023, 5, 31)), "2023-05-01", 0.1),
    (ANY_MAY, "2020-05-31", 1.0), (ANY_MAY, "2020-06-01", 0.0), (ANY_WINTER, "2024-01-05", 0.585),
    (ANY_WINTER, "2024-02-29", 0.585), (ANY_WINTER, "2024-03-01", 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("dated", "day", "points"), NEAR)
def test_how_well_a_day_fits(dated: Dated, day: str, points: float) -> None:
    assert dated.near(date.fromisoformat(day)) == pytest.approx(points, abs=0.006)


def test_who_speaks_of_a_day() -> None:
    assert MAY_7.told(range(2020, 2030)) == {"d2023-05-07": 2, "w2023-05-01": 1, "m2023-05": 1}
    assert MAY_7.told(range(2024, 2030)) == {}
    assert MAY_7.told(range(0)) == {}
    week = WEEK.told(range(2023, 2024))
    assert week["w2023-05-08"] == week["d2023-05-14"] == 1.5
    assert week["m2023-05"] == 1
    assert len(week) == 9


def test_who_speaks_of_a_month() -> None:
    may = MAY.told(range(2023, 2024))
    assert set(may.values()) == {1.0}
    assert sorted(may)[-6:] == [
        "m2023-05", "w2023-05-01", "w2023-05-08", "w2023-05-15", "w2023-05-22", "w2023-05-29",
    ]  # fmt: skip
    any_may = ANY_MAY.told(range(2022, 2024))
    assert {"m2022-05", "m2023-05", "d2022-05-31", "d2023-05-01"} <= any_may.keys()
    assert "m2024-05" not in any_may


def test_of_a_long_time_only_months_are_looked_for() -> None:
    year = YEAR.told(range(1000, 3000))
    assert sorted(year) == [f"m2023-{month:02}" for month in range(1, 13)]
    assert set(year.values()) == {YEAR.near(date(2023, 1, 1))}
    ever = Dated(date.min, date.max)
    assert len(ever.told(range(1, 10_000))) == 1_200
    assert max(ever.told(range(1, 10_000))) == "m9999-12"


days = st.dates() | st.sampled_from([date.min, date.max, date(2024, 2, 29)])
pieces = st.sampled_from(
    """last next this past week weekend month year summer winter monday may march june 29 31 feb 7
    2023 2024 0000 9999 1999 999 between from in since before after until and to the of early
    mid-june ago days weeks months years few couple 05/07/2023 2023-05-07 2023-02-30 - , . ( \u0663
    29.2.2023""".split()
)
talk = st.lists(pieces | st.text(max_size=4), max_size=12).map(" ".join)


@given(talk, days)
def test_no_text_is_too_odd(text: str, today: date) -> None:
    for dated in asked_dates(text, today):
        assert dated.first <= dated.last
        assert 0 <= dated.near(today) <= 2
        terms = dated.told(range(today.year - 1, today.year + 1))
        assert all(0 < points <= 2 for points in terms.values())
    for term in told_dates(text, today):
        assert term[0] in "dwm"
        assert date.fromisoformat(f"{term[1:]}-01"[:10])
    assert not told_dates(text, today) or not TELLING.isdisjoint(words(text))


@given(days, days, days, st.booleans())
def test_any_time_is_weighed(one: date, other: date, day: date, every: bool) -> None:
    dated = Dated(min(one, other), max(one, other), every_year=every)
    assert 0 <= dated.near(day) <= 2
    if not every:
        assert (dated.near(day) > 0) or not dated.first <= day <= dated.last
        assert dated.told(range(1, 10_000)) or dated.last.year < 9_900
    dated.told(range(day.year, day.year + 1))
