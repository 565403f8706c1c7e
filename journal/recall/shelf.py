"""The catalog as the shelf that an index follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from journal.catalog.catalog import Catalog
from journal.catalog.row import Row
from journal.catalog.text import content, entry_of, piece_of, read
from journal.entry import Entry
from journal.recall.engine import Engine, Progress
from journal.recall.scan import ScanEngine
from journal.recall.whoosh import WhooshEngine

_FEW = 100


class CatalogShelf:
    """The rows of a catalog, which its owner keeps up to date."""

    def __init__(self, root: str, catalog: Catalog) -> None:
        self._root = root
        self._catalog = catalog

    @property
    def birth(self) -> str:
        """What changes when the catalog was made anew."""
        return self._catalog.birth

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

    def may_hold(self, numbers: Sequence[int], patterns: Sequence[re.Pattern[bytes]]) -> set[int]:
        """The rows in whose lower-case bytes all patterns are found, or can't be looked for."""
        places = sorted(self._catalog.places(numbers))
        found = set()
        for file, some in groupby(places, key=lambda place: place[0]):
            data = content(self._root, file)
            for _, offset, size, number in some:
                raw = data[offset : offset + size]
                unknown = b"\\" in raw or not raw.isascii()
                lower = b"" if unknown else raw.lower()
                if unknown or all(pattern.search(lower) for pattern in patterns):
                    found.add(number)
        return found

    def read(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Entry]]:
        """The rows' entries, each file read once; a few are read alone, files may be long."""
        found = list(rows)
        if len(found) <= _FEW:
            for row in found:
                if piece := piece_of(self._root, row):
                    yield row, entry_of(row, piece)
            return
        found.sort(key=lambda row: (row.spool or row.file, row.offset))
        yield from self.each(found)

    def each(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Entry]]:
        """The rows' entries in the rows' order, each file read once if its rows come together."""
        return ((row, entry_of(row, piece)) for row, piece in read(self._root, rows))


def engine(root: str, catalog: Catalog, progress: Progress | None = None) -> Engine:
    """Recall over a workspace whose catalog has caught up.

    An index can't follow a catalog that is in memory for this process alone: all is read then.
    """
    shelf = CatalogShelf(root, catalog)
    if catalog.memory:
        return ScanEngine(lambda wanted: (entry for _, entry in shelf.each(catalog.rows(wanted))))
    return WhooshEngine(shelf, root, progress=progress)
