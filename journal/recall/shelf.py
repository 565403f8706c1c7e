"""The catalog as the shelf that an index follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from zlib import crc32

from journal.catalog.catalog import Catalog
from journal.catalog.row import Row
from journal.catalog.text import Slices, entry_of, read
from journal.entry import Entry
from journal.recall import glance
from journal.recall.engine import TRIES, Answer, Engine, Progress, Query, unread
from journal.recall.language import ENGLISH, Language
from journal.recall.scan import ScanEngine
from journal.recall.whoosh import WhooshEngine
from journal.selection import Selection

_FEW = 100

Found = tuple[Row, Entry]


class CatalogShelf:
    """The rows of a catalog, which its owner keeps up to date."""

    def __init__(self, root: str, catalog: Catalog) -> None:
        self._root = root
        self._catalog = catalog

    @property
    def birth(self) -> str:
        """What changes when the catalog was made anew."""
        return self._catalog.birth

    @property
    def purged(self) -> int:
        """The last step of `struck` whose rows' texts may not stay in any file."""
        return self._catalog.purged

    def catch_up(self) -> None:
        """Know what is there now."""
        self._catalog.catch_up()

    def added(self, after: int) -> Iterator[Row]:
        """The rows with numbers above `after`, in order."""
        return self._catalog.added(after)

    def count(self, after: int) -> int:
        """How many those are at most."""
        return max(0, self._catalog.newest - after)

    def struck(self, after: int) -> Iterator[tuple[int, int]]:
        """(step, row number) of what went since that step."""
        return self._catalog.struck(after)

    def at(self, numbers: Sequence[int]) -> Mapping[int, Row]:
        """The rows of these numbers that are still there."""
        return self._catalog.at(numbers)

    def hashtags(self, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """The tags in the bodies of these rows."""
        return self._catalog.hashtags(numbers)

    def named(self, wanted: str) -> Iterable[Row]:
        """The rows whose id begins or ends so."""
        return self._catalog.alike(wanted)

    def glance(
        self, numbers: Sequence[int], wanted: Sequence[re.Pattern[str]]
    ) -> Mapping[int, bool | None]:
        """Of each row whether it holds all the phrases; None, or nothing, if it must be read."""
        found: dict[int, bool | None] = {}
        with Slices(self._root) as slices:
            for file, some in groupby(sorted(self._catalog.places(numbers)), key=itemgetter(0)):
                places = list(some)
                each = slices.raw(file, [(offset, size) for _, offset, size, _, _ in places])
                for raw, (*_, number, checksum) in zip(each, places, strict=True):
                    # What was moved meanwhile has other bytes there: reading it will tell.
                    found[number] = glance.holds(raw, wanted) if crc32(raw) == checksum else None
        return found

    def read(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Entry]]:
        """The rows' entries, each file read once; a few are read alone, files may be long."""
        found = list(rows)
        if len(found) <= _FEW:
            with Slices(self._root) as slices:
                for row in found:
                    if entry := slices.entry(row):
                        yield row, entry
            return
        found.sort(key=lambda row: (row.spool or row.file, row.offset))
        yield from self.each(found)

    def each(self, rows: Iterable[Row], lost: list[Row] | None = None) -> Iterator[Found]:
        """The rows' entries in the rows' order, each file read once if its rows come together.

        `lost` is given the rows whose text is no longer there.
        """
        gone: list[Row] = [] if lost is None else lost
        pieces = read(self._root, rows, gone.append)
        return ((row, entry_of(row, piece)) for row, piece in pieces)


class CatalogScan:
    """Recall that reads every entry that the catalog has, again if some were moved meanwhile."""

    def __init__(self, shelf: CatalogShelf, catalog: Catalog, language: Language = ENGLISH) -> None:
        self._shelf = shelf
        self._catalog = catalog
        self._language = language

    def reindex(self) -> None:
        """Nothing is kept."""

    def strike(self) -> None:
        """Nothing is kept."""

    def recall(self, query: Query) -> Answer:
        """The entries that the query asks for, best first; nothing asked, no hits."""
        for _ in range(TRIES):
            lost: list[Row] = []
            engine = ScanEngine(lambda wanted: self._entries(wanted, lost), self._language)  # noqa: B023
            answer = engine.recall(query)
            if not lost:
                return answer
            self._catalog.catch_up()
        notices = (*answer.notices, unread(len(lost)))
        return replace(answer, fresh=False, notices=notices)

    def _entries(self, wanted: Selection, lost: list[Row]) -> Iterator[Entry]:
        return (entry for _, entry in self._shelf.each(self._catalog.rows(wanted), lost))


def engine(
    root: str, catalog: Catalog, progress: Progress | None = None, language: Language = ENGLISH
) -> Engine:
    """Recall over a workspace whose catalog has caught up.

    An index can't follow a catalog that is in memory for this process alone: all is read then.
    """
    shelf = CatalogShelf(root, catalog)
    if catalog.memory:
        return CatalogScan(shelf, catalog, language)
    return WhooshEngine(shelf, root, language=language, progress=progress)
