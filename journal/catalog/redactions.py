"""Redacted entries whose text from before stands there again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.catalog.row import Row
from journal.catalog.text import read
from journal.finding import Finding
from journal.hidden import told_redacted
from journal.redacted import Redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.catalog.catalog import Catalog


def came_back(catalog: Catalog, redacts: Iterable[Row]) -> Iterator[Finding]:
    """A finding for each; `redacts` are the redact entries, whether they count or not."""
    own = Redacted()
    said: dict[str, Redacted] = {}  # by the source: of what came from others it says nothing
    source = catalog.sources().of
    targets = set()
    for row, piece in read(catalog.root, redacts):
        whose = source(row.file)
        told = said.setdefault(whose, Redacted(own)) if whose else own
        targets.add(told.learn(piece))
    for row, piece in read(catalog.root, catalog.with_ids(sorted(targets - {""}))):
        told = said.get(source(row.file), own)
        if not row.purged and told.came_back(row.id, piece):
            yield Finding(*told_redacted(row.id, row.file, row.line))
