"""Slices that conflict with entries here, as earlier imports kept them beside the entries."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from journal import dayfile, packed, seal
from journal.chain import slice_digest
from journal.errors import JournalError
from journal.files import Folder

if TYPE_CHECKING:
    from journal.held import Held


class Kept:
    """What is kept so in a workspace; read when it is first asked for."""

    def __init__(self, root: str) -> None:
        self._root = root

    def has(self, held: Held) -> bool:
        """Whether just this slice is."""
        return slice_digest(held.raw) in self._digests

    @cached_property
    def _digests(self) -> set[str]:
        found = set()
        for folder in packed.folders(self._root):
            path = f"journal/{folder}"
            if os.path.lexists(f"{self._root}/{path}/{packed.CONFLICTS}"):
                try:
                    with Folder(self._root, path) as there:
                        data = seal.normal(there.read(packed.CONFLICTS))
                except (OSError, JournalError):
                    continue  # then they are kept once more
                found |= {slice_digest(raw) for _, raw in dayfile.split(data).slices}
        return found
