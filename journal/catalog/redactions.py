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
    said = Redacted()
    targets = {said.learn(piece) for _, piece in read(catalog.root, redacts)} - {""}
    for row, piece in read(catalog.root, catalog.with_ids(sorted(targets))):
        if not row.purged and said.came_back(row.id, piece):
            yield Finding(*told_redacted(row.id, row.file, row.line))
