"""A year as a picture: each day a square, weeks as columns, the hotter the more entries.

In colour a character holds two days, one above the other; without, each day has one of its own,
shaded. The highest level begins near what all but a tenth of the days have: so one huge day doesn't
pale all others.
"""

from __future__ import annotations

import os
from datetime import date, timedelta

from journal.cli import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.stats import Stats

    Weeks = Sequence[Sequence[int]]  # of each week seven levels, -1: no day of the picture

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_NAMES = "Mon Tue Wed Thu Fri Sat Sun".split()
_MARGIN = 4
_LETTERS = 3  # of a month
_LEVELS = 4
_NO_BOUND = 1 << 62
_YEAR_OF_WEEKS = 54
_SHADES = "·░▒▓█"
_NO_DAY = " "
_EMPTY = "·"
# Of the 256 colours, from cool to hot: each stands out from black and from white alike.
_COLOURS = (0, 65, 71, 178, 202)


def years(found: Stats, wide: int) -> list[str]:
    """The pictures: one for up to 54 weeks, else one for each calendar year; and their legend."""
    first, last = date.fromisoformat(found.since), date.fromisoformat(found.until)
    bounds = _bounds(found.days)
    if (last - first).days < 7 * (_YEAR_OF_WEEKS - 1):
        spans = [(first, last)]
    else:
        spans = [
            (max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
            for year in range(first.year, last.year + 1)
            if any(day[:4] == f"{year:04d}" for day in found.days)
        ]
    lines: list[str] = []
    for begin, end in spans:
        if len(spans) > 1:
            lines += [*[""] * bool(lines), output.style(str(begin.year), "bold")]
        lines += _picture(_weeks(found, begin, end, bounds), begin, wide)
    return [*lines, _legend(bounds)]


def _bounds(days: Mapping[str, int]) -> list[int]:
    """The most entries of a day of each level but the last, which the fullest tenth has."""
    counts = sorted(days.values())
    full = counts[(len(counts) - 1) * 9 // 10]
    return [full * level // _LEVELS for level in range(1, _LEVELS)]


def _weeks(found: Stats, first: date, last: date, bounds: Sequence[int]) -> Weeks:
    monday, today = first - timedelta(days=first.weekday()), date.fromisoformat(found.today)
    weeks = []
    while monday <= last:
        week = []
        for number in range(7):
            day = monday + timedelta(days=number)
            many = found.days.get(day.isoformat(), 0)
            level = 1 + sum(many > bound for bound in bounds) if many else 0
            is_shown = first <= day <= last and (many or day <= today)
            week.append(level if is_shown else -1)
        weeks.append(week)
        monday += timedelta(weeks=1)
    return weeks


def _picture(weeks: Weeks, first: date, wide: int) -> list[str]:
    """The months, then the days: two in a line in colour, else one."""
    room = max(1, wide - _MARGIN)
    each = 2 if len(weeks) * 2 <= room else 1
    left_out = max(0, len(weeks) - room // each)
    weeks = weeks[left_out:]
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=left_out)
    lines = [" " * _MARGIN + output.style(_months(monday, len(weeks), each), "dim")]
    coloured = _is_coloured()
    for day in range(0, 7, 2 if coloured else 1):
        name = output.style(_NAMES[day], "dim") if not day % 2 else "   "
        if coloured:
            cells = [_pair(week[day], week[day + 1] if day < 6 else -1, each) for week in weeks]
        else:
            cells = [_shade(week[day]) * each for week in weeks]
        lines.append(f"{name} {''.join(cells)}")
    return lines


def _months(monday: date, weeks: int, each: int) -> str:
    """The names of the months, each above the week that its first day is in."""
    line = ""
    for number in range(weeks):
        day = monday + timedelta(weeks=number, days=6)
        fits = len(line) <= number * each <= weeks * each - _LETTERS
        if day.day <= 7 and fits:
            line = line.ljust(number * each) + _MONTHS[day.month - 1] + " "
    return line.rstrip()


def _is_coloured() -> bool:
    return output.is_terminal() and not os.environ.get("NO_COLOR")


def _shade(level: int) -> str:
    return _NO_DAY if level < 0 else _SHADES[level]


def _pair(above: int, below: int, each: int) -> str:
    """Two days in one character: half a block of the one's colour on the other's."""
    if above > 0 and below > 0:
        return f"\x1b[38;5;{_COLOURS[above]};48;5;{_COLOURS[below]}m{'▀' * each}\x1b[0m"
    if above > 0 or below > 0:
        block = "▀" if above > 0 else "▄"
        return f"\x1b[38;5;{_COLOURS[max(above, below)]}m{block * each}\x1b[0m"
    return output.style(_EMPTY, "dim") + " " * (each - 1) if max(above, below) == 0 else " " * each


def _legend(bounds: Sequence[int]) -> str:
    """What the levels mean."""
    lows = [1, *(bound + 1 for bound in bounds)]
    told = []
    for level, (low, high) in enumerate(zip(lows, [*bounds, _NO_BOUND], strict=True), 1):
        if high < low:
            continue  # no day can be of it
        text = f"{low:,}" if low == high else f"{low:,}–{high:,}"
        text = f"{low:,}+" if high == _NO_BOUND else text
        mark = f"\x1b[38;5;{_COLOURS[level]}m■\x1b[0m" if _is_coloured() else _SHADES[level]
        told.append(f"{mark} {text}")
    return " " * _MARGIN + output.style("a day: ", "dim") + "  ".join(told)
