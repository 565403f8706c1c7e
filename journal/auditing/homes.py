"""In which workspace something was done: what packs of others brought tells of other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import packed
from journal.daypath import lies_in_pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal
    from journal.catalog.row import Row


class Homes:
    """The workspace of each row that a pack brought; empty of what no pack brought.

    A pack may say that it is of this very workspace: then it is that one's id, and never empty.
    What nobody vouches for is of no workspace at all: the name of its folder stands for one.
    """

    def __init__(self, journal: Journal, rows: Iterable[Row]) -> None:
        self._sources: packed.Sources | None = None
        if any(lies_in_pack(row.file) for row in rows):
            store = journal.notebook.store
            self._sources = packed.Sources(store.root, store.config.id, packed.vouched(store))

    def of(self, row: Row) -> str:
        """The workspace of a row."""
        return self._sources.of(row.file) if self._sources else packed.OWN
