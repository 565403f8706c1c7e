"""Whose chain a day file holds a piece of: this workspace's own, or one that a pack brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import packed, seal
from journal.daypath import DayFile
from journal.held import Chain, Chains, Day

if TYPE_CHECKING:
    from journal.manifest import Part
    from journal.store import Store


@dataclass(frozen=True, slots=True)
class Whose:
    """What a chain's genesis binds it to; no workspace where nobody vouches for what it says."""

    workspace: str
    writer: str
    namespace: str


def of_part(part: Part) -> Whose:
    """The chain that a part of a pack is of."""
    return Whose(part.workspace, part.writer, part.namespace)


class Owners:
    """The chains of a workspace's day files, its own and those of what it imported."""

    def __init__(self, store: Store) -> None:
        self._config = store.config
        self._whose: dict[str, Whose] = {}
        self._chains = Chains(lambda writer, name: seal.genesis(store.config.id, writer, name))
        self._brought: packed.Beliefs | None = None
        self._masked: dict[tuple[str, str, str], str] = {}
        if packed.folders(store.root):
            origins = packed.origins(store.root, packed.vouched(store))
            self._brought = packed.Beliefs(store.config.id, self._chains, origins, store.content)
            for origin in origins:
                for one in origin.manifest.masked if origin.manifest else ():
                    self._masked[origin.folder, one.id, one.new] = one.old

    def of(self, day: DayFile) -> Whose:
        """Whose chain the file holds a piece of."""
        if day.path not in self._whose:
            self._whose[day.path] = self._of(day)
        return self._whose[day.path]

    def _of(self, day: DayFile) -> Whose:
        if not day.pack or not self._brought:
            return Whose(self._config.id, day.writer or self._config.writer, day.namespace)
        part = self._brought.part(day)
        return of_part(part) if part else Whose("", day.writer, day.namespace)

    def source(self, path: str) -> str:
        """From where the file's entries came, as `packed.Sources` has it."""
        day = DayFile(path)
        return (self.of(day).workspace or day.pack) if day.pack else packed.OWN

    def day(self, day: DayFile, path: str = "") -> Day:
        """The file as `held.read` takes it, under its path in a pack if one is given."""
        chain = self.chain(self.of(day))
        return Day(path or day.path, day.date, chain, brought=day.pack)

    def is_own(self, whose: Whose) -> bool:
        """Whether it is a chain of this workspace."""
        return whose.workspace == self._config.id

    def chain(self, whose: Whose) -> Chain:
        """That chain."""
        workspace = "" if self.is_own(whose) else whose.workspace or "unknown"
        return self._chains.of(whose.writer, whose.namespace, workspace)

    def masked_from(self, folder: str, entry_id: str, header: str) -> str:
        """The digest of the entry before it was masked on its way here; empty if it wasn't."""
        return self._masked.get((folder, entry_id, header), "")
