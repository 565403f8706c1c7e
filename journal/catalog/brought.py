"""From where the entries came that packs brought, as far as own entries vouch for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import packed
from journal.catalog.text import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.catalog.row import Row


def sources(root: str, own: str, vouching: Iterable[Row]) -> packed.Sources:
    """The sources of the day files; `vouching` are the rows that may vouch for packs."""
    vouched = {packed.vouched_by(piece) for _, piece in read(root, vouching)}
    return packed.Sources(root, own, {*vouched, packed.noted(root)} - {""})
