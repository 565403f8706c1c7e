"""A time that a text names, and how well entries fit it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_SHORT = 10
"""Days, up to which a range is a week or less, and what is near it counts a little, too."""
_LONGEST_OF_DAYS = 100
"""Days, up to which what speaks of a single day within the range is looked for."""
_MOST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Dated:
    """The days from the first to the last; if `every_year`, those of any year.

    The year of `first` is then the latest in which they have begun.
    """

    first: date
    last: date
    every_year: bool = False

    def near(self, day: date) -> float:
        """How well an entry of that day fits, 0 to 2.

        2 is the very day that is named; within a month it is 1, within a year .3. Of a day or a
        week, the three days after and the rest of the month count a little, too.
        """
        if not self.every_year:
            return _near(self.first, self.last, day)
        each = (self.of_year(year) for year in (day.year - 1, day.year, day.year + 1))
        return max(_near(first, last, day) for first, last in each)

    def told(self, years: range) -> dict[str, float]:
        """The terms of the index's field `when` that mean this time, and how well, 0 to 2.

        `years` are those that entries may speak of; of more than 100 the last are taken.
        """
        found: dict[str, float] = {}
        if not self.every_year:
            low, high = _clipped(self.first, self.last, years)
            return _terms(low, high, self.first, self.last) if low <= high else found
        for year in years[-_MOST_YEARS:]:
            if 1 < year < 9999:
                first, last = self.of_year(year)
                found |= _terms(first, last, first, last)
        return found

    def of_year(self, year: int) -> tuple[date, date]:
        """The days that begin in that year."""
        return moved(self.first, self.last, min(max(year, 1), 9998))


def moved(first: date, last: date, year: int) -> tuple[date, date]:
    """The same days of another year, in which they begin; the end of February stays its end."""
    ahead = year - first.year
    if first == last:
        return (day := _moved(first, ahead)), day
    end = _moved(last, ahead)
    if last.month == 2 and last.day == monthrange(last.year, 2)[1]:
        end = end.replace(day=monthrange(end.year, 2)[1])
    return _moved(first, ahead), end


def _moved(day: date, years: int) -> date:
    year = min(day.year + years, 9999)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)


def monday(day: date) -> date:
    """The first day of its week."""
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def later(day: date, days: int) -> date:
    """So many days later; the first or last day there is, beyond that."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _near(first: date, last: date, day: date) -> float:
    length = (last - first).days + 1
    inside = _weight(length)
    if first <= day <= last:
        return inside
    if length > _SHORT:
        return 0.0
    if 0 < (day - last).days <= 3:
        return inside * 0.6
    return inside * 0.3 if (day.year, day.month) == (first.year, first.month) else 0.0


def _weight(length: int) -> float:
    """What a day within a range of so many days counts: the less, the longer it is."""
    if length <= 1:
        return 2.0
    if length <= _SHORT:
        return 1.5
    return 1.0 if length <= 31 else max(0.1, (31 / length) ** 0.5)


def _clipped(first: date, last: date, years: range) -> tuple[date, date]:
    """The part that lies within the years; the last hundred of it."""
    if not years:
        return date.max, date.min
    low, high = (min(max(year, 1), 9999) for year in (years[0], years[-1]))
    last = min(last, date(high, 12, 31))
    low = max(low, last.year - _MOST_YEARS + 1)
    return max(first, date(low, 1, 1)), last


def _terms(low: date, high: date, first: date, last: date) -> dict[str, float]:
    """The terms for the days from `low` to `high` of a range from `first` to `last`."""
    length = (last - first).days + 1
    inside = _weight(length)
    found: dict[str, float] = {}
    wide = min(inside, 1.0)  # who speaks of the week or month may mean that day
    if length <= _LONGEST_OF_DAYS:
        for number in range(low.toordinal(), high.toordinal() + 1):
            day = date.fromordinal(number)
            found[f"d{day}"] = inside
            found[f"w{monday(day)}"] = inside if 7 <= length <= _SHORT else wide
    day = low.replace(day=1)
    while day <= high:
        found[f"m{day.isoformat()[:7]}"] = wide
        if day > date(9999, 11, 30):
            break
        day = (day + timedelta(days=32)).replace(day=1)
    return found
