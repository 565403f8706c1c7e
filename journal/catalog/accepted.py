"""Edited entries that a later entry accepts as they stand: nobody has to hear of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.catalog.text import piece_of
from journal.chain import ACCEPTS, slice_digest
from journal.dayfile import EDITED
from journal.packed import counts
from journal.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row
    from journal.finding import Finding
    from journal.packed import Sources


def unaccepted(catalog: Catalog, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings without those of entries that were accepted so."""
    accepted: dict[str, set[tuple[str, str]]] = {}
    sources: Sources | None = None
    for one in findings:
        if one.code == EDITED:
            sources = sources or catalog.sources()
            whose = sources.of(one.file)
            if whose not in accepted:
                accepted[whose] = _accepted(catalog, sources, whose)
            row = catalog.standing(one.file, one.line)
            if row and (row.id, _digest(catalog.root, row)) in accepted[whose]:
                continue
        yield one


def _accepted(catalog: Catalog, sources: Sources, whose: str) -> set[tuple[str, str]]:
    """Id and slice digest of all that some entry accepts, also where it was redacted since.

    What a pack brought accepts only what one brought from `whose` workspace, too.
    """
    said = [
        tuple(str(row.fields.get(key, "")) for key in ("of", "new", "was", "now"))
        for kind in ACCEPTS
        for row in catalog.rows(Selection(kind=kind, forgotten="also"))
        if counts(sources.of(row.file), whose)
    ]  # fmt: skip
    found = {(of, new) for of, new, _, _ in said}
    steps = {(of, was): now for of, _, was, now in said if was}
    for of, digest in list(found):
        while (digest := steps.get((of, digest), "")) and (of, digest) not in found:
            found.add((of, digest))
    return found


def _digest(root: str, row: Row) -> str:
    piece = piece_of(root, row)
    return slice_digest(piece.raw) if piece else ""
