"""When a note was written: what its name, its headings and its front matter say of that.

A moment without an offset is local: whoever takes it knows the zone of the journal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache

from journal import clock

_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_YEAR = r"(?<!\d)(?P<year>(?:19|20|21)\d\d)"
_DAY = rf"{_YEAR}(?P<sep>[-_./]?)(?P<month>\d\d)(?P=sep)(?P<day>\d\d)"
_CLOCK = (
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?"
    r"(?!\d|:\d)(?:\+(?!\d))?(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?(?:\s?(?P<utc>Z|UTC|GMT)\b)?"
    # 11:30-11:45 is from and to, so an offset stands after UTC, after seconds, or has a plus.
    r"(?P<offset>(?(utc)[+-]\d\d?(?::?[0-5]\d)?|(?(second)[+-]|\+)\d\d:?[0-5]\d))?(?!\d|:\d)"
)
_NAME = re.compile(  # 2026-02-03, 2026_02_03, 20260203, 2026-02-16_13-22-08Z, 202602161322
    rf"{_DAY}(?:(?!\d)|(?=\d{{4}}(?:\d\d)?(?!\d)))"
    r"(?:[T_ -]?(?P<hour>[01]\d|2[0-3])[-:_.h]?(?P<minute>[0-5]\d)(?:[-:_.]?(?P<second>[0-5]\d))?"
    r"(?P<utc>Z)?(?![-_.]?\d))?"
)
_FOLDERS = re.compile(rf"(?<![^/]){_YEAR}/(?P<month>\d\d)(?!\d)[^/]*/(?P<day>\d\d)(?!\d)[^/]*\Z")
_DATE = re.compile(rf"{_DAY}(?!\d)")
_WORDED = re.compile(
    rf"(?<![^\W_])(?P<word>{'|'.join(_MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? "
    r"(?P<year>(?:19|20|21)\d\d)(?!\d)",
    re.IGNORECASE,
)
_TIME = re.compile(_CLOCK)
_BOTH = re.compile(rf"{_DAY}(?:T|,? |:|,? at | \()(?:{_CLOCK})")
# A date or time after one of these is another one than the text's own.
_OTHER = frozenset("from since until till by before after due for to of deadline".split())
_OPENS = frozenset("([-–—|@:,·/")
_EPOCHS = ((10**9, 1), (10**12, 1000))  # seconds and milliseconds since 1970

UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, a time of day, or both; a time that names its offset has one."""

    day: date | None = None
    time: time | None = None
    start: int = 0  # where it stands in its text
    end: int = 0

    def on(self, day: date | None) -> datetime | None:
        """The moment, on that day if the stamp has none of its own."""
        day = self.day or day
        return datetime.combine(day, self.time or time.min) if day else None


NOTHING = Stamp()


def of_name(path: str) -> Stamp:
    """What a file's name without its ending says, or the folders of year and month above it."""
    name = path.rpartition("/")[2]
    found = _NAME.search(name) or _WORDED.search(name) or _FOLDERS.search(path)
    return _stamp(found) if found else NOTHING


def of_heading(text: str) -> Stamp:
    """The day and the time that a heading gives as its own.

    `## 14:03 Build`, `Reflection - 2026-03-08 04:11 UTC`, `Launch (added 1:52 PM)`; a time among
    words is none, as in `John 3:16`, nor one of something else, as in `from 2026-03-22`.
    """
    if ":" not in text and not any(map(str.isdigit, text)):
        return NOTHING
    found = _BOTH.search(text)
    if found:
        return _stamp(found) if _is_own(text[: found.start()], among_words=True) else NOTHING
    day = next(filter(None, (shape.search(text) for shape in (_DATE, _WORDED))), None)
    stamp = NOTHING
    if day:
        if not _is_own(text[: day.start()]):
            return NOTHING
        stamp = _stamp(day)
        text = text[: day.start()] + " " * (day.end() - day.start()) + text[day.end() :]
    found = _TIME.search(text)
    if found and _is_own(text[: found.start()]):
        at = _stamp(found)
        start = min(stamp.start, at.start) if stamp.day else at.start
        return Stamp(stamp.day, at.time, start, max(at.end, stamp.end))
    return stamp


def of_value(value: object) -> Stamp:
    """What a value of front matter says: a date, a date and a time, or seconds since 1970."""
    if isinstance(value, int):
        for least, unit in _EPOCHS:
            if least <= value < least * 10:
                moment = datetime.fromtimestamp(value / unit, UTC)
                return Stamp(moment.date(), moment.timetz())
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    for shape in (_BOTH, _DATE, _WORDED):
        if found := shape.search(text[:100]):
            return _stamp(found)
    return NOTHING


def shown(moment: datetime) -> str:
    """As an entry's `at` has it: ISO, without an offset if the moment is local."""
    return moment.isoformat(timespec="seconds")


def order(moment: datetime) -> datetime:
    """By which moments with and without an offset compare: the latter are this machine's."""
    return moment if moment.tzinfo else moment.replace(tzinfo=_zone())


def of_file(seconds: float) -> datetime | None:
    """The moment of a file's last change."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


@cache
def _zone() -> tzinfo:
    return clock.zone(clock.local_zone_name())


def _is_own(before: str, *, among_words: bool = False) -> bool:
    """Whether what stands before a date or a time lets it be the heading's own."""
    words = before.split()
    if words and words[-1].strip("([*_`").lower() in _OTHER:
        return False
    if among_words or not any(map(str.isalnum, before)):
        return True
    return before.rstrip(" *_`")[-1:] in _OPENS or before.rfind("(") > before.rfind(")")


def _stamp(found: re.Match[str]) -> Stamp:
    parts = {key: value for key, value in found.groupdict().items() if value}
    try:
        day = _day(parts) if "year" in parts else None
        return Stamp(day, _clock(parts) if "hour" in parts else None, *found.span())
    except ValueError:  # there is no such day
        return NOTHING


def _day(parts: dict[str, str]) -> date:
    word = parts.get("word", "")[:3].lower()
    month = _MONTHS.index(word) + 1 if word else int(parts["month"])
    return date(int(parts["year"]), month, int(parts["day"]))


def _clock(parts: dict[str, str]) -> time:
    hour = int(parts["hour"])
    half = parts.get("half", "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone: tzinfo | None = UTC if "utc" in parts else None
    if offset := parts.get("offset"):
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(ahead if offset[0] == "+" else -ahead)
    return time(hour, int(parts["minute"]), int(parts.get("second", 0)), tzinfo=zone)
