"""A recap as it was gathered: its days, what each did, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from journal.recapping.doing import Doing

# A kind, how many, the newest one's id and its title, and the sessions they are of.
Count = tuple[str, int, str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one did on a day: told one by one, and counted by kind."""

    who: str
    roles: tuple[str, ...]
    doings: tuple[Doing, ...]
    counts: tuple[Count, ...]
    entries: int

    def record(self) -> dict[str, Any]:
        """It as JSON shows it."""
        keys = ("kind", "entries", "last", "title", "sessions")
        return {
            "who": self.who,
            "roles": list(self.roles),
            "entries": self.entries,
            "did": [one.record() for one in self.doings],
            "said": [dict(zip(keys, (*one[:4], list(one[4])), strict=True)) for one in self.counts],
        }


@dataclass(frozen=True, slots=True)
class Day:
    """A day, `2026-11-21`, and what each did on it, who did something first first."""

    day: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Recap:
    """An account: days in order, and before them what stands out.

    `actors` are all who did something, who did most first. `entries`: how many there are, told,
    counted, and of kinds that say nothing here.
    """

    namespace: str
    days: tuple[Day, ...]
    notable: tuple[Doing, ...]
    actors: tuple[str, ...]
    entries: int

    def text(self, *, every: bool = False) -> str:
        """The account as Markdown; of many lines alike only the last ones, unless `every`."""
        from journal.recapping.page import page

        return page(self, every=every)

    def record(self) -> dict[str, Any]:
        """The account as JSON shows it."""
        return {
            "namespace": self.namespace,
            "entries": self.entries,
            "actors": list(self.actors),
            "notable": [one.record() for one in self.notable],
            "days": [
                {"day": one.day, "actors": [part.record() for part in one.parts]}
                for one in self.days
            ],
        }
