"""Attached files that imported packs came without: they are not lost, they never were here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from journal.daypath import DayFile
from journal.packed.origins import origins, vouched

if TYPE_CHECKING:
    from journal.store import Store

_LEFT = "attachments"  # the reason, as manifests count what was left out
_FOLDER = "/attachments/"


class Withheld:
    """What the manifests of a workspace's packs say of that; read when it is first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def has(self, file: str, digest: str) -> bool:
        """Whether the pack that brought this day file left out the file with that digest."""
        brought = self._brought.get(DayFile(file).pack)
        return brought is not None and digest[7:] not in brought

    @cached_property
    def _brought(self) -> Mapping[str, frozenset[str]]:
        """By folder the attached files of packs that left out others."""
        return {
            one.folder: frozenset(
                member.sha256 for member in one.manifest.members if _FOLDER in member.path
            )
            for one in origins(self._store.root, vouched(self._store))
            if one.manifest and one.manifest.left_out.get(_LEFT)
        }
