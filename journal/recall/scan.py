"""The engine that reads every entry: slow on big journals, needs nothing, never fails.

What it reads it puts into a segment in memory, and answers as every engine does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from journal import markdown
from journal.entry import Entry
from journal.header import microseconds
from journal.ids import matches
from journal.recall.asking import Asking
from journal.recall.building import Builder
from journal.recall.engine import Answer, Query
from journal.recall.index import View
from journal.recall.language import ENGLISH, Language
from journal.recall.parsing import parse
from journal.recall.segment import Segment
from journal.selection import Selection


class ScanEngine:
    """Recall straight from the notebook's entries."""

    def __init__(
        self, entries: Callable[[Selection], Iterator[Entry]], language: Language = ENGLISH
    ) -> None:
        self._entries = entries
        self._language = language

    def reindex(self) -> None:
        """Nothing is kept."""

    def strike(self) -> None:
        """Nothing is kept."""

    def recall(self, query: Query) -> Answer:
        """The entries that the query asks for, best first; nothing asked, no hits."""
        asked = parse(query.text, self._language, query.today)
        if asked is None:
            return Answer(engine="scan")
        pile = _Pile(self._entries(Selection(forgotten=query.selection.forgotten)))
        view = View((pile.segment(self._language),), "", "scan", 0, ())
        asking = Asking(pile, view, asked, query, self._language)
        hits = asking.hits()
        return Answer(
            hits, asking.total, "scan", notices=tuple(asking.notices), capped=asking.capped
        )


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry under a number."""

    number: int
    entry: Entry

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def microseconds(self) -> int:
        return microseconds(self.entry.moment)


class _Pile:
    """Entries in memory, as a query is asked of them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._rows = dict(enumerate(entries))

    def segment(self, language: Language) -> Segment:
        """All of them."""
        builder = Builder(language)
        for number, entry in self._rows.items():
            builder.add(_Listed(number, entry), entry, _hashtags(entry))
        return Segment(builder.finish())

    def named(self, wanted: str) -> Iterable[_Listed]:
        """Those whose id begins or ends so."""
        rows = self._rows.items()
        return [_Listed(number, entry) for number, entry in rows if matches(wanted, entry.id)]

    def at(self, numbers: Sequence[int]) -> Mapping[int, _Listed]:
        """Those of these numbers."""
        return {number: _Listed(number, self._rows[number]) for number in numbers}

    def glance(
        self,
        numbers: Sequence[int],  # noqa: ARG002
        wanted: Sequence[re.Pattern[str]],  # noqa: ARG002
    ) -> Mapping[int, bool | None]:
        """Nothing: they are all in memory, and read as quickly."""
        return {}

    def read(self, rows: Iterable[_Listed]) -> Iterator[tuple[_Listed, Entry]]:
        """Their entries."""
        return ((row, row.entry) for row in rows)


def _hashtags(entry: Entry) -> list[str]:
    """The tags in the body."""
    if "#" not in entry.body:
        return []
    found = markdown.references(entry.body)
    return [markdown.folded(one.target) for one in found if one.kind == "tag"]
