"""Which days the words for a time mean, seen from a day: what `times` finds, one by one."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from journal.recall.dated import later, monday

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "several": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
FROM_TODAY = {
    "day before yesterday": -2, "yesterday": -1, "last night": -1, "today": 0, "tonight": 0,
    "this morning": 0, "this afternoon": 0, "this evening": 0, "day after tomorrow": 2,
    "tomorrow": 1,
}  # fmt: skip


Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Time:
    """The days from `first` to `last`, named from `at` to `end`.

    `grain` is "d" for days, "w" a week, "m" a month, "y" what is longer or vaguer. Without a
    `year` of its own, it is the latest of its kind that has begun. `absolute`: it doesn't depend
    on today. `also` are the days that the same words can mean as well.
    """

    at: int
    end: int
    first: date
    last: date
    grain: str
    year: bool = True
    absolute: bool = False
    weekday: bool = False
    also: tuple[date, date] | None = None


def days_of(year: int, month: int, months: int = 1) -> Days:
    """The first and the last day of so many months; ValueError beyond the years there are."""
    ahead, last = divmod(month - 1 + months - 1, 12)
    end_year, end_month = year + ahead, last + 1
    return date(year, month, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def _time(
    found: re.Match[str], days: Days, grain: str, *, year: bool = True, absolute: bool = False
) -> Time:
    return Time(*found.span(), *days, grain, year, absolute)


def iso(found: re.Match[str], _today: date) -> Time:
    """2023-05-07, and 2023-05."""
    year, month = int(found["iy"]), int(found["im"])
    if found["id"] is None:
        return _time(found, days_of(year, month), "m", absolute=True)
    day = date(year, month, int(found["id"]))
    return _time(found, (day, day), "d", absolute=True)


def numbers(found: re.Match[str], _today: date) -> Time | None:
    """Day and month before the year; with slashes the month may come first."""
    one, two, year = int(found["n1"]), int(found["n2"]), int(found["ny"])
    orders = [(one, two)] if found["sep"] == "." else [(two, one), (one, two)]
    days = list(dict.fromkeys(date(year, m, d) for d, m in orders if 1 <= m <= 12))
    also = (days[1], days[1]) if len(days) > 1 else None
    return Time(*found.span(), days[0], days[0], "d", absolute=True, also=also) if days else None


def day_of_month(found: re.Match[str], today: date) -> Time:
    """7 May, May 7, May 7-9, with the year or without."""
    start = "d" if found.lastgroup == "dmy" else "m"
    month = _month(found[f"{start}m"])
    one, two, year = found[f"{start}1"], found[f"{start}2"], found[f"{start}y"]
    first = date(int(year), month, int(one)) if year else _latest(today, month, int(one))
    last = first.replace(day=int(two)) if two else first
    if last < first:
        first, last = last, first
    return _time(found, (first, last), "d", year=bool(year), absolute=True)


def _latest(today: date, month: int, day: int = 1) -> date:
    """The latest such day that isn't after today; of 29 February the year may be further back."""
    for year in range(today.year, max(today.year - 9, 0), -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= today:
            return date(year, month, day)
    return date(max(today.year - today.year % 4, 4), month, day)


def _month(word: str) -> int:
    return MONTHS.index(word[:3]) + 1


def whole_month(found: re.Match[str], today: date) -> Time:
    """In May, late May 2023, last May."""
    month, which = _month(found["mon"]), found["mwhich"]
    year = _latest(today, month).year
    if found["mony"]:
        year = int(found["mony"])
    elif which == "this":
        year = today.year
    elif which == "next":
        year += 1
    elif which and (year, month) == (today.year, today.month):
        year -= 1
    days = _part(found["mpart"], *days_of(year, month))
    grain = "y" if found["mpart"] else "m"
    return _time(found, days, grain, year=bool(found["mony"] or which), absolute=not which)


def _part(word: str | None, first: date, last: date) -> Days:
    """The early, middle or late third."""
    if not word:
        return first, last
    third = ((last - first).days + 1) // 3
    if word.startswith(("early", "begin", "start")):
        return first, later(first, third - 1)
    if word.startswith("mid"):
        return later(first, third), later(first, 2 * third - 1)
    return later(first, 2 * third), last


def season(found: re.Match[str], today: date) -> Time | None:
    """Summer 2023, last summer; by itself the word says too little."""
    which, word, year = found["swhich"] or "", found["sea"], found["sy"]
    if not (which or year) or (which == "in" and word == "fall" and not year):
        return None
    month = SEASONS[word]
    if year:  # who says "winter 2023" may mean the one that begins or the one that ends then
        also = days_of(int(year) - 1, month, 3) if month == 12 else None
        days = days_of(int(year), month, 3)
        return Time(*found.span(), *days, "y", absolute=True, also=also)
    days = days_of(_latest(today, month).year, month, 3)
    if which in ("last", "past", "previous", "this past") and days[1] >= today:
        days = days_of(days[0].year - 1, month, 3)
    elif which == "next" or (which == "this" and days[1] < today):
        days = days_of(days[0].year + 1, month, 3)
    definite = not which.startswith(("in", "over", "during"))
    return _time(found, days, "y", year=definite, absolute=not definite)


def from_today(found: re.Match[str], today: date) -> Time:
    """Yesterday, tonight, the day after tomorrow."""
    day = later(today, FROM_TODAY[found["rel"]])
    return _time(found, (day, day), "d")


def _number(words: str) -> int:
    number = words.removeprefix("a ").removesuffix(" of")
    return int(number) if number.isdecimal() else NUMBERS[number]


def ago(found: re.Match[str], today: date) -> Time:
    """Three weeks ago is that week; a few weeks ago, the weeks about it."""
    number, unit = _number(found["an"]), found["au"]
    vague = int(any(word in found["an"] for word in ("few", "several")))
    first = _unit(today, unit, -number - vague)[0]
    last = _unit(today, unit, -number + vague)[1]
    grain = "y" if vague and unit != "day" else unit[0]
    return _time(found, (first, last), grain)


def _unit(today: date, unit: str, ahead: int) -> Days:
    """The day, week, month or year so many ahead of today's."""
    if unit == "day":
        return later(today, ahead), later(today, ahead)
    if unit == "week":
        first = later(monday(today), 7 * ahead)
        return first, later(first, 6)
    if unit == "weekend":
        first = later(monday(today), 7 * ahead + 5)
        return first, later(first, 1)
    months = today.year * 12 + (today.month - 1 if unit == "month" else 0)
    year, month = divmod(months + ahead * (1 if unit == "month" else 12), 12)
    return days_of(year, month + 1, 1 if unit == "month" else 12)


def span(found: re.Match[str], today: date) -> Time:
    """The last three days, weeks, months: up to today."""
    number, unit = _number(found["sn"]), found["su"]
    if unit in ("day", "week"):
        first = later(today, -number * (7 if unit == "week" else 1))
    else:
        begin, end = _unit(today.replace(day=1), "month", -number * (12 if unit == "year" else 1))
        first = begin.replace(day=min(today.day, end.day))
    return _time(found, (first, today), "d" if (today - first).days <= 7 else "y")


def which(found: re.Match[str], today: date) -> Time:
    """Last week, this month, next year."""
    which, unit = found["w"], found["wu"]
    ahead = {"this": 0, "next": 1}.get(which, -1)
    if which in ("past", "this past") and unit != "weekend":
        days = later(today, -{"week": 7, "month": 31, "year": 366}[unit]), today
    else:
        days = _unit(today, unit, ahead)
    return _time(found, days, "w" if unit == "weekend" else unit[0])


def weekday(found: re.Match[str], today: date) -> Time:
    """Friday, the latest before today; this Friday, next Friday."""
    which, index = found["dwhich"], [day[:3] for day in WEEKDAYS].index(found["wd"][:3])
    back = (today.weekday() - index) % 7 or 7
    if which == "this":
        day = later(monday(today), index)
    else:
        day = later(today, 7 - back or 7) if which == "next" else later(today, -back)
    return Time(*found.span(), day, day, "d", weekday=True)


def year(found: re.Match[str], today: date) -> Time | None:
    """A year, or a third of it; beyond the next ten it is a number."""
    number, part = int(found["y"]), found["ypart"]
    if number > today.year + 10:
        return None
    if not part:
        return _time(found, days_of(number, 1, 12), "y", absolute=True)
    begin = 1 if part.startswith(("early", "begin", "start")) else 5 if part[0] == "m" else 9
    return _time(found, days_of(number, begin, 4), "y", absolute=True)
