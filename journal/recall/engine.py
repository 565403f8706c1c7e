"""The recall port: what a query is, what a hit is, what an engine does, and what it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from journal.entry import Entry
from journal.finding import Finding
from journal.selection import EVERYTHING, Selection

Progress = Callable[[int, int], None]
"""Told (done, total) now and then by whatever takes long; it may raise to stop it."""

TRIES = 3
"""How often an answer is looked for that saw everything, while files change under it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked (see `query`), among the selected entries.

    `today` is the day that "yesterday" in the text is seen from, the present one if None.
    """

    text: str
    selection: Selection = EVERYTHING
    limit: int = 10
    explain: bool = False
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the ranking, and by how many points it raised or lowered a hit.

    `text` is the word, name or date it is about, `entry` the id of the neighbour that has it.
    """

    step: str
    points: float
    text: str = ""
    entry: str = ""

    def record(self) -> dict[str, Any]:
        """The reason as JSON shows it; what is empty is left out."""
        found = {"step": self.step, "points": round(self.points, 4)}
        return found | {k: v for k in ("text", "entry") if (v := getattr(self, k))}


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that answers, the better the higher its score, and the text around the words.

    `marks` are the `(start, end)` of the query's words in the snippet. `near` is the id of the
    entry beside it that holds the words, where it holds none itself; `why` is given if explained.
    """

    entry: Entry
    score: float
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()
    near: str = ""
    why: tuple[Reason, ...] = ()

    def record(self) -> dict[str, Any]:
        """The hit as JSON shows it."""
        return self.entry.record() | {"score": round(self.score, 4), "snippet": self.snippet}


@dataclass(frozen=True, slots=True)
class Answer:
    """The best hits, how many there were, which engine found them, whether it saw everything.

    `engine` is `whoosh`, `scan`, or `whoosh+scan` where entries that the index has not yet were
    read for this answer. `notices` say why the index wasn't used as it should be. `capped` tells
    that more entries than were counted may have a little to do with the question.
    """

    hits: tuple[Hit, ...] = field(default=())
    total: int = 0
    engine: str = ""
    fresh: bool = True
    notices: tuple[Finding, ...] = ()
    capped: bool = False


def unread(count: int) -> Finding:
    """What is said of entries that an answer should have seen."""
    text = f"texts of {count:,} entries changed, or could not be read, while they were looked for"
    return Finding("texts-unread", "journal", 0, text, "try again")


class Engine(Protocol):
    """Something that answers queries."""

    def recall(self, query: Query) -> Answer:
        """The best hits, best first; UsageError `bad-query` for what can't be read."""

    def reindex(self) -> None:
        """Make anew what it keeps; Conflict if another process is at it for long."""

    def strike(self) -> None:
        """Keep no byte of what the shelf no longer has."""


class Listed(Protocol):
    """What an index needs of a catalog's row: an entry without its text."""

    @property
    def number(self) -> int:
        """The row's number, never given twice."""

    @property
    def id(self) -> str:
        """The entry's id."""

    @property
    def microseconds(self) -> int:
        """Its moment, since 1970."""

    @property
    def size(self) -> int:
        """Bytes of the entry."""


class Texts(Protocol):
    """Where the entries that an index found are looked up."""

    def at(self, numbers: Sequence[int]) -> Mapping[int, Any]:
        """The rows of these numbers that are still there."""

    def named(self, wanted: str) -> Iterable[Any]:
        """The rows whose id begins or ends so."""

    def glance(
        self, numbers: Sequence[int], wanted: Sequence[re.Pattern[str]]
    ) -> Mapping[int, bool | None]:
        """Of each row whether it holds all the phrases; None, or nothing, if it must be read."""

    def read(self, rows: Iterable[Any]) -> Iterator[tuple[Any, Entry]]:
        """The rows' entries, in whatever order reads each file once; without those now gone."""


class Shelf(Texts, Protocol):
    """Where an engine finds what there is to be indexed: a catalog.

    Rows only come and go; one that changes goes, and comes back with another number.
    """

    @property
    def birth(self) -> str:
        """Another one whenever the catalog was made anew: all numbers are."""

    @property
    def purged(self) -> int:
        """The last step of `struck` whose rows' texts may not stay in any file."""

    def catch_up(self) -> None:
        """Know what is there now."""

    def added(self, after: int) -> Iterator[Any]:
        """The rows (`Listed`) with numbers above `after`, in order."""

    def count(self, after: int) -> int:
        """About how many rows have numbers above `after`."""

    def struck(self, after: int) -> Iterator[tuple[int, int]]:
        """(step, row number) of what was taken away since that step, in order."""

    def hashtags(self, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """The tags in the bodies of these rows, folded; rows without any may be left out."""
