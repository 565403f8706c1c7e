"""Counts over time: how many entries each day has, each kind, each actor and each session.

One question to the catalog tells all of it; no text is read.

>>> found = stats(journal, year=2026)                                # doctest: +SKIP
>>> found.entries, found.days["2026-11-21"]                          # doctest: +SKIP
(1203, 17)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from journal import clock
from journal.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from journal.api import Journal

    T = TypeVar("T", bound=str | tuple[str, str])
    Tallied = tuple[str, str, str, str, str, int]

_WEEKS = 52  # before the one that today is in
_FIRST_YEAR, _LAST_YEAR = 1, 9999


@dataclass(frozen=True, slots=True)
class Session:
    """A session, and how many of its entries are of these days."""

    namespace: str
    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class Stats:
    """How many entries are of the days from `since` to `until`, both included.

    Days are those that entries name themselves, as `2026-11-21`; `days` has those with entries, in
    order. Kinds, actors and sessions: the most frequent first; entries without an actor or a
    session count under an empty name, or not among the sessions.
    """

    since: str
    until: str
    today: str
    namespace: str
    entries: int
    days: Mapping[str, int]
    kinds: Mapping[str, int]
    actors: Mapping[str, int]
    sessions: tuple[Session, ...]

    @property
    def busiest(self) -> str:
        """The day with the most entries, the last of several; empty if there are none."""
        return max(self.days, key=lambda day: (self.days[day], day), default="")

    @property
    def streak(self) -> int:
        """The most days in a row that have entries."""
        longest = run = 0
        last = None
        for text in self.days:
            day = date.fromisoformat(text)
            run = run + 1 if last and day - last == timedelta(days=1) else 1
            longest, last = max(longest, run), day
        return longest

    def record(self) -> "dict[str, Any]":
        """As JSON shows it."""
        return {
            "since": self.since,
            "until": self.until,
            "namespace": self.namespace,
            "entries": self.entries,
            "days": _records("day", self.days),
            "kinds": _records("kind", self.kinds),
            "actors": _records("actor", self.actors),
            "sessions": [
                {"session": one.name, "namespace": one.namespace, "entries": one.entries}
                for one in self.sessions
            ],
        }


def stats(journal: "Journal", *, since: str = "", year: int = 0, namespace: str = "") -> Stats:
    """The counts of a year, or since a day up to today; else of the last 53 weeks, up to today.

    `since`: words as in `journal list --since`. UsageError `bad-time` if they name no day, or if
    there is no such year, or if both are given.
    """
    zone, now = clock.zone(journal.timezone), clock.now()
    today = date.fromisoformat(clock.day_key(now, zone))
    first, last = today - timedelta(days=today.weekday(), weeks=_WEEKS), today
    if since and year:
        raise _unfit("--since and --year are two ways to say it", "give one of them")
    if year:
        first, last = _year(year)
    elif since:
        try:
            first = date.fromisoformat(clock.day_key(clock.parse_since(since, zone, now), zone))
        except ValueError as error:
            raise _unfit(str(error), "for example: --since 'last month'") from error
        last = max(first, today)
    journal.catalog.catch_up()
    found = journal.catalog.tally(first.isoformat(), last.isoformat(), namespace)
    return _made(found, (first.isoformat(), last.isoformat(), today.isoformat()), namespace)


def _year(year: int) -> tuple[date, date]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _unfit(f"there is no year {year}", "for example: --year 2026")
    return date(year, 1, 1), date(year, 12, 31)


def _made(found: "list[Tallied]", of: tuple[str, str, str], namespace: str) -> Stats:
    sessions = _counted(found, lambda one: (one[4], one[1]))
    return Stats(
        *of,
        namespace,
        sum(one[-1] for one in found),
        dict(sorted(_counted(found, lambda one: one[0]).items())),
        _ranked(_counted(found, lambda one: one[3])),
        _ranked(_counted(found, lambda one: one[2])),
        tuple(Session(*key, many) for key, many in _ranked(sessions).items() if key[1]),
    )


def _counted(found: "Iterable[Tallied]", key: "Callable[[Tallied], T]") -> "dict[T, int]":
    counts: dict[T, int] = {}
    for one in found:
        counts[key(one)] = counts.get(key(one), 0) + one[-1]
    return counts


def _ranked(counts: "Mapping[T, int]") -> "dict[T, int]":
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _records(name: str, counts: "Mapping[str, int]") -> "list[dict[str, Any]]":
    return [{name: key, "entries": many} for key, many in counts.items()]


def _unfit(message: str, hint: str) -> UsageError:
    return UsageError(message, kind="bad-time", hint=hint)
