"""The times that a question asks for, and those that an entry speaks of. English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from journal.recall.dated import Dated, later, monday, moved
from journal.recall.reckoning import MONTHS, WEEKDAYS, Time, days_of
from journal.recall.times import GLUE, times

__all__ = ["TELLING", "Dated", "asked_dates", "told_dates"]

TELLING = frozenset(
    """yesterday today tonight tomorrow ago earlier last next previous past week weekend month
    morning afternoon evening january february march april june july august september sept october
    november december""".split()
) | {*MONTHS, *WEEKDAYS}
"""Folded words, at least one of which stands in a text that `told_dates` finds something in."""

_PLACE = re.compile(r"\b(week|weekend|day|night|evening|morning) (of|before|after)\s+(?:the\s+)?$")
_SIDE = re.compile(r"\b(since|before|after|until|till)\s+(?:the\s+)?$")
_OPENED = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$")
_ONLY_OPENED = ("and", "or", "until", "till")
_BESIDE = ("", ",", "the", ", the", "(")
_MOST = 16
_MOST_TOLD = 64


def asked_dates(text: str, today: date) -> tuple[Dated, ...]:
    """The times that a question asked today is about, each once, 16 at most.

    Days and months without a year are those of any year, unless the text has exactly one year.
    """
    lowered = text.lower()
    named = _with_their_year(_read(lowered, times(lowered, today)))
    found: list[Dated] = []
    end = 0
    for time in named:
        found += _asked(time, _lead(lowered, end, time), today)
        end = time.end
    return tuple(dict.fromkeys(found))[:_MOST]


def told_dates(text: str, day: date) -> set[str]:
    """What an entry written that day speaks of, as terms of the index, some 64 at most.

    `d2023-05-07` is a day, `w2023-05-01` a week (its Monday), `m2023-05` a month: times said from
    the day it was written ("yesterday", "last week", "three days ago") and dates with the name of
    a month. Without a year a month is the latest; a day, too, or the next within three months.
    """
    lowered = text.lower()
    found: set[str] = set()
    end = 0
    for time in _read(lowered, times(lowered, day, sure=True)):
        found.update(_told(lowered, _placed(_lead(lowered, end, time), time), day))
        end = time.end
        if len(found) >= _MOST_TOLD:
            break
    return found


def _lead(text: str, end: int, time: Time) -> str:
    """What stands right before the time, after the one before."""
    return text[max(end, time.at - 40) : time.at]


def _told(text: str, time: Time, day: date) -> list[str]:
    if time.grain == "w":
        return [f"w{monday(time.first)}"]
    if time.grain == "m":
        return [f"m{time.first.isoformat()[:7]}"] if _in_words(text, time) else []
    if time.grain != "d" or not _in_words(text, time):
        return []
    length = (time.last - time.first).days
    first = time.first if time.year else _nearest(time.first, day)
    return [f"d{later(first, ahead)}" for ahead in range(min(length, 7) + 1)]


def _in_words(text: str, time: Time) -> bool:
    """Whether it isn't all numbers, which are found as they stand."""
    return not time.absolute or any(letter.isalpha() for letter in text[time.at : time.end])


def _nearest(day: date, seen: date) -> date:
    """That day of the year, the latest, or the next if that is within three months."""
    ahead = moved(day, day, day.year + 1)[0] if day.year < 9999 else day
    soon = (ahead - seen).days <= 92 and ahead.day == day.day
    return ahead if soon else day


def _read(text: str, named: Iterable[Time]) -> list[Time]:
    """The times, each range as one, and without the "Friday" of "Friday, 5 May"."""
    found: list[Time] = []
    for time in named:
        last = found[-1] if found else None
        gap = text[last.end : time.at] if last else ""
        if last and gap.strip() in _BESIDE and {last.grain, time.grain} == {"d"}:
            if time.weekday and last.absolute:
                continue
            if last.weekday and time.absolute:
                found.pop()
                last = None
        before = found[-2].end if len(found) > 1 else 0
        whole = last and _range(gap, _lead(text, before, last), last, time)
        if whole:
            found[-1] = whole
        else:
            found.append(time)
    return found


def _with_their_year(found: list[Time]) -> list[Time]:
    """With the only year that is named, where a day or a month has none; it says no more then."""
    years = {time.first.year for time in found if time.absolute and time.year}
    if len(years) != 1 or all(time.year for time in found):
        return found
    year = years.pop()
    given = [time if time.year else _in_year(time, year) for time in found]
    return [time for time in given if not _is_year(time)]


def _is_year(time: Time) -> bool:
    return time.absolute and (time.first, time.last) == days_of(time.first.year, 1, 12)


def _in_year(time: Time, year: int) -> Time:
    first, last = moved(time.first, time.last, year)
    return replace(time, first=first, last=last, year=True)


def _range(gap: str, lead: str, time: Time, upto: Time) -> Time | None:
    """From the one time to the other, if the words between and before them say so."""
    joint = GLUE.fullmatch(gap)
    if not joint or (joint[1] in _ONLY_OPENED and not _OPENED.search(lead)):
        return None
    loose, ended = not time.year, upto.year
    if loose and upto.year:
        time = _in_year(time, upto.first.year)
    elif time.absolute and time.year and not upto.year:
        upto = _in_year(upto, time.first.year)
    if upto.last < time.first and loose and time.first.year > 1:
        time = _in_year(time, time.first.year - 1)
    elif upto.last < time.first and upto.absolute and upto.first.year < 9998 and not ended:
        upto = _in_year(upto, upto.first.year + 1)
    if upto.last < time.first:
        return None
    year = time.year or upto.year
    return replace(time, end=upto.end, last=upto.last, year=year, grain="y", also=None)


def _placed(lead: str, time: Time) -> Time:
    """The week of it, the weekend before it, as the words before say."""
    found = _PLACE.search(lead)
    if found is None or time.grain != "d":
        return time
    what, where = found[1], found[2]
    if what in ("week", "weekend"):
        return _week(time, what, where)
    ahead = -1 if where == "before" else 0 if where == "of" else 1
    return replace(time, first=later(time.first, ahead), last=later(time.first, ahead), also=None)


def _week(time: Time, what: str, where: str) -> Time:
    """A week or weekend beside a day; of any year, where weekdays differ, the seven days there."""
    day, saturday = time.first, 5 if what == "weekend" else 0
    if not time.year:
        first = later(day, {"before": -7, "after": 1}.get(where, 0))
        return replace(time, first=first, last=later(first, 6), grain="w", also=None)
    first = later(monday(day), saturday + {"before": -7, "after": 7}.get(where, 0))
    if what == "weekend" and where == "after" and day.weekday() < saturday:
        first = later(first, -7)
    last = later(first, 1 if what == "weekend" else 6)
    return replace(time, first=first, last=last, grain="w", also=None)


def _asked(time: Time, lead: str, today: date) -> list[Dated]:
    """The time as a question means it: since then, before then, or then."""
    placed = _placed(lead, time)
    found = _SIDE.search(lead)
    if found and placed is time:
        return [_beyond(found[1], time, today)]
    time = placed
    days = [(time.first, time.last)] + ([time.also] if time.also else [])
    return [Dated(first, last, not time.year) for first, last in days]


def _beyond(side: str, time: Time, today: date) -> Dated:
    if side in ("before", "until", "till"):
        last = later(time.first, -1) if side == "before" else time.last
        return Dated(date.min, last)
    first = time.first if side == "since" else later(time.last, 1)
    return Dated(first, today if first <= today else date.max)
