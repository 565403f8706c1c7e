"""Edited entries that a later entry accepts as they stand: nobody has to hear of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.catalog.text import piece_of
from journal.chain import ACCEPTS, slice_digest
from journal.dayfile import EDITED
from journal.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row
    from journal.finding import Finding


def unaccepted(catalog: Catalog, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those of entries that were accepted so."""
    accepted: set[tuple[object, object]] | None = None
    for one in findings:
        if one.code == EDITED:
            accepted = _accepted(catalog) if accepted is None else accepted
            row = catalog.standing(one.file, one.line)
            if row and (row.id, _digest(catalog.root, row)) in accepted:
                continue
        yield one


def _accepted(catalog: Catalog) -> set[tuple[object, object]]:
    """Id and slice digest of all that some entry accepts."""
    return {
        (str(row.fields.get("of")), str(row.fields.get("new")))
        for kind in ACCEPTS
        for row in catalog.rows(Selection(kind=kind, forgotten="also"))
    }


def _digest(root: str, row: Row) -> str:
    piece = piece_of(root, row)
    return slice_digest(piece.raw) if piece else ""
