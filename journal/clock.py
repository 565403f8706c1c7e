"""Time: the only caller of now(), the stamps and day keys of entries, the words for dates.

Every moment given back is aware and has the fixed offset of its zone at that instant: such moments
compare by instant even around a clock change, where two moments of one ZoneInfo compare by wall
time. A wall time that comes twice means its first; one that is skipped moves on by the gap.
"""

import os
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROBE = 86_400  # no zone changes its offset there and back within a day

_MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
_WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_SPELLINGS = {
    "second": "s sec secs second seconds",
    "minute": "m min mins minute minutes",
    "hour": "h hr hrs hour hours",
    "day": "d day days",
    "week": "w week weeks",
    "month": "mo month months",
    "year": "y year years",
}
_UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}

_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_EPOCH_SECONDS = re.compile(r"@(-?)(\d{1,12})(?:[.,](\d+))?", re.ASCII)
_AGO = re.compile(r"(-?)(\d{1,6}) ?([a-z]+)( ago)?", re.ASCII)
_SPAN = re.compile(r"(\d{4})(?:-(\d\d)|-?w(\d\d))?", re.ASCII)
_DATE = r"\d{4}-?\d\d-?\d\d|\d{4}-?w\d\d-?\d"
_TIME = r"(?:[01]?\d|2[0-3])(?::?\d\d){0,2}(?:[.,]\d+)?(?: ?(?:z|[+-]\d\d(?::?\d\d)?))?"
_DAY_AND_TIME = re.compile(
    rf"({'|'.join(_DAYS)}|{_DATE})(?:[t ]({_TIME}))?|(?=\d\d?:)({_TIME})", re.ASCII
)

_MOMENTS = "2026-11-21, 2026-11-21T14:03:22+01:00, 15:30, yesterday 15:30, now, @1700000000"
_PERIODS = f"{_MOMENTS}, 2026, 2026-11, yesterday, last week, monday, november 2025, -7d, 6 mo ago"


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


def zone(name: str) -> tzinfo:
    """The time zone of an IANA name; "UTC" needs no database. ValueError if there is none."""
    if name == "UTC":
        return UTC
    try:
        if _ZONE_NAME.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # not there, not a zone file, a directory: the same news to whoever asked
    raise ValueError(f"no time zone {name[:64]!r} here: give a name such as Europe/Berlin, or UTC")


def local_zone_name() -> str:
    """The IANA name of this machine's zone, from TZ or its files; "UTC" if they don't tell."""
    return _named_zone(os.environ.get("TZ", ""), Path("/etc"))


def stamp(moment: datetime, zone: tzinfo) -> str:
    """`moment` as `2026-11-21T14:03:22.123456+01:00`; odd offsets of old are rounded to minutes."""
    try:
        offset = timezone(timedelta(minutes=_minutes(_offset(moment, zone))))
        return moment.astimezone(offset).isoformat(timespec="microseconds")
    except OverflowError as why:
        raise ValueError(f"{moment} is beyond the years 1 to 9999 in this zone") from why


def day_key(moment: datetime, zone: tzinfo) -> str:
    """The day an entry of that moment belongs to, `2026-11-21`: the date its stamp shows."""
    return stamp(moment, zone)[:10]


def parse_at(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment that `text` names; ValueError says what is accepted."""
    return _parse(text, _MOMENTS, lambda words: _moment(words, zone, now))


def parse_since(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment `text` names, or the start of its period; ValueError says what is accepted."""
    return _parse(text, _PERIODS, lambda words: _bound(words, zone, now, end=False))


def parse_until(text: str, zone: tzinfo, now: datetime) -> datetime:
    """The moment `text` names, or the exclusive end of its period; ValueError as parse_since."""
    return _parse(text, _PERIODS, lambda words: _bound(words, zone, now, end=True))


def offsets(zone: tzinfo, start: int, end: int) -> list[tuple[int, int]]:
    """The zone's UTC offsets from `start` to `end`, both epoch seconds: (from when, seconds).

    The first stands at `start`, each further one at a change; offsets are whole minutes.
    ValueError if either end is beyond the years 1 to 9999.
    """
    _epoch_offset(zone, end)  # a bad end is told before the walk to it
    low, offset = start, _epoch_offset(zone, start)
    table = [(low, offset)]
    if isinstance(zone, timezone):  # it has one offset: no need to look at thousands of days
        return table
    was = None
    for following in range(start + _PROBE, end + _PROBE, _PROBE):
        high = min(following, end)
        exact = (_EPOCH + timedelta(seconds=high)).astimezone(zone).utcoffset()
        while exact != was and _epoch_offset(zone, high) != offset:
            low = _change(zone, low, high, offset)
            offset = _epoch_offset(zone, low)
            table.append((low, offset))
        low, was = high, exact
    return table


def _named_zone(setting: str, etc: Path) -> str:
    link = etc / "localtime"
    for place in (setting, _first_line(etc / "timezone"), _target(link), os.path.realpath(link)):
        name = place.removeprefix(":").rpartition("zoneinfo/")[2]
        name = name.removeprefix("posix/").removeprefix("right/")
        try:
            zone(name)
        except ValueError:
            continue
        return "UTC" if name == "Etc/UTC" else name  # UTC is known where no database is
    return "UTC"


def _first_line(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _parse(text: str, accepted: str, read: Callable[[str], datetime | None]) -> datetime:
    reason = "not a date or time"
    try:
        moment = read(" ".join(text.lower().split()))
        if moment is not None:
            return moment
    except OverflowError:
        reason = "beyond the years 1 to 9999"
    except ValueError as why:
        reason = str(why)
    raise ValueError(f"{text[:60]!r}: {reason}; accepted: {accepted}")


def _moment(words: str, zone: tzinfo, now: datetime) -> datetime | None:
    if words == "now":
        return _shown(now, zone)
    if match := _EPOCH_SECONDS.fullmatch(words):
        return _shown(_from_epoch(*match.groups()), zone)
    match = _DAY_AND_TIME.fullmatch(words)
    if match is None:
        return None
    named, after, alone = match.groups()
    today = _day(now, zone)
    day = _named_day(named, today) if named else today
    clock = after or alone
    return _at(day, clock, zone) if clock else _midnight(day, zone)


def _bound(words: str, zone: tzinfo, now: datetime, *, end: bool) -> datetime | None:
    if period := _period(words, _day(now, zone)):
        start, unit = period
        return _midnight(_shift(start, unit, 1) if end else start, zone)
    return _ago(words, zone, now) or _moment(words, zone, now)


def _from_epoch(sign: str, seconds: str, fraction: str | None) -> datetime:
    after = timedelta(seconds=int(seconds), microseconds=int((fraction or "")[:6].ljust(6, "0")))
    return _EPOCH - after if sign else _EPOCH + after


def _ago(words: str, zone: tzinfo, now: datetime) -> datetime | None:
    match = _AGO.fullmatch(words)
    if match is None or match[3] not in _UNITS or (match[1] and match[4]):
        return None
    count, unit = int(match[2]), _UNITS[match[3]]
    if unit in _SECONDS:
        return _shown(now - timedelta(seconds=count * _SECONDS[unit]), zone)
    wall = now.astimezone(zone)  # not _shown(): the second pass of a wall time stays the second
    day = _shift(wall.date(), unit, -count)
    return _shown(datetime.combine(day, wall.time(), zone), zone)


def _period(words: str, today: date) -> tuple[date, str] | None:
    """The first day and the unit of the period that `words` name."""
    if match := _SPAN.fullmatch(words):
        return _span(*match.groups())
    if words in _DAYS or re.fullmatch(_DATE, words, re.ASCII):
        return _named_day(words, today), "day"
    first, _, second = words.partition(" ")
    if first in ("this", "last") and second in ("week", "month", "year"):
        return _shift(_start(today, second), second, -1 if first == "last" else 0), second
    if (weekday := _index(words, _WEEKDAYS)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7), "day"
    return _named_month(first, second, today)


def _span(year: str, month: str | None, week: str | None) -> tuple[date, str]:
    if week:
        return date.fromisocalendar(int(year), int(week), 1), "week"
    return date(int(year), int(month or 1), 1), "month" if month else "year"


def _named_month(name: str, year: str, today: date) -> tuple[date, str] | None:
    index = _index(name, _MONTHS)
    if index is None or not re.fullmatch(r"(\d{4})?", year, re.ASCII):
        return None
    month = index + 1
    return date(int(year) if year else today.year - (month > today.month), month, 1), "month"


def _index(word: str, names: tuple[str, ...]) -> int | None:
    """Which name `word` is or, with three letters or more, begins."""
    places = [at for at, name in enumerate(names) if len(word) >= 3 and name.startswith(word)]
    return places[0] if places else None


def _named_day(word: str, today: date) -> date:
    if word in _DAYS:
        return today + timedelta(days=_DAYS[word])
    return date.fromisoformat(word.upper())


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _shift(day: date, unit: str, count: int) -> date:
    """The day `count` units later; the month's last day where it has no such day."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1), 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _at(day: date, clock: str, zone: tzinfo) -> datetime:
    padded = clock if clock[1:2].isdigit() else "0" + clock
    moment = time.fromisoformat(padded.replace(" ", "").upper())
    return _shown(datetime.combine(day, moment, moment.tzinfo or zone), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day: where a clock change skips its midnight, that change."""
    wall = datetime.combine(day, time.min, zone)
    start = _shown(wall, zone)
    if start.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return start
    low, high = ((at - _EPOCH) // timedelta(seconds=1) for at in (wall.replace(fold=1), wall))
    change = _first(low, high, lambda at: _day(_EPOCH + timedelta(seconds=at), zone) >= day)
    return _shown(_EPOCH + timedelta(seconds=change), zone)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    """That instant with the fixed offset the zone has at it."""
    moment = moment.astimezone(UTC)
    return moment.astimezone(timezone(_offset(moment, zone)))


def _day(moment: datetime, zone: tzinfo) -> date:
    return _shown(moment, zone).date()


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a UTC offset")
    offset = moment.astimezone(zone).utcoffset()
    if offset is None:
        raise ValueError("a time zone must give UTC offsets")
    return offset


def _minutes(offset: timedelta) -> int:
    return (offset + timedelta(seconds=30)) // timedelta(minutes=1)


def _epoch_offset(zone: tzinfo, epoch: int) -> int:
    try:
        return _minutes(_offset(_EPOCH + timedelta(seconds=epoch), zone)) * 60
    except OverflowError as why:
        raise ValueError(f"{epoch} s is beyond the years 1 to 9999 in this zone") from why


def _change(zone: tzinfo, low: int, high: int, old: int) -> int:
    return _first(low, high, lambda at: _epoch_offset(zone, at) != old)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first second after `low`, where it doesn't hold, up to `high`, where it does."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
