"""Gathering what a verification needs from day files, spools and git, and asking the chains."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property

from journal import chain, dayfile, gitstate, seal, space, spool
from journal.chain import Acknowledged, Evidence, Held, Verdict
from journal.files import Folder
from journal.store import DayFile, Store


def verify(store: Store) -> list[Verdict]:
    """A verdict on every entry of the workspace, day by day."""
    gathered = _Gathered(store)
    verdicts = chain.verify(
        Evidence(
            held=gathered.held,
            acknowledged=gathered.acknowledged,
            genesis=lambda writer, namespace: seal.genesis(store.config.id, writer, namespace),
            old_texts=gathered.old_texts,
            taken=gathered.taken,
            owned=gathered.owned,
        )
    )
    return sorted(
        verdicts, key=lambda verdict: (os.path.basename(verdict.file), verdict.file, verdict.line)
    )


class _Gathered:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.repo = gitstate.find(store.root)
        self._gits: dict[str, bool] = {}
        records = store.spooled()
        self.held = [held for day in store.files() for held in _held(store, day)]
        newest = self._newest(records)
        self.acknowledged = [self._promise(record, newest) for record in records]
        self.owned = frozenset(str(record.facts["writer"]) for record in records)

    def _newest(self, records: list[spool.Record]) -> dict[str, int]:
        """The highest number seen in each file, so that what is below it was there once."""
        newest: dict[str, int] = {}
        for held in self.held:
            newest[held.file] = max(newest.get(held.file, 0), held.seq)
        for writer in {str(record.facts["writer"]) for record in records}:
            for path, place in _known(self.store.root, writer).items():
                if place.offset >= 0:
                    newest[path] = max(newest.get(path, 0), place.seq)
        return newest

    def _promise(self, record: spool.Record, newest: dict[str, int]) -> Acknowledged:
        return Acknowledged(
            id=record.id,
            seq=record.seq,
            writer=str(record.facts["writer"]),
            namespace=record.namespace,
            file=record.path,
            text=record.slice,
            header=seal.digest(record.header),
            gone=bool(record.facts.get("gone")),
            placed=record.seq <= newest.get(record.path, 0),
        )

    @cached_property
    def _git_texts(self) -> list[bytes]:
        if self.repo is None:
            return []
        wanted = f"{self.store.root}/journal"
        seen: dict[bytes, None] = {}
        for _, content in self.repo.versions([wanted]):
            for _, raw in dayfile.split(seal.normal(content)).slices:
                seen[raw.rstrip(b"\n") + b"\n"] = None
        return list(seen)

    def old_texts(self) -> Iterator[bytes]:
        """Every slice that git remembers."""
        yield from self._git_texts

    @cached_property
    def _git_ids(self) -> set[str]:
        marks = (raw.find(b"\nid: ") for raw in self._git_texts)
        return {
            raw[mark + 5 : mark + 31].decode(errors="replace")
            for raw, mark in zip(self._git_texts, marks, strict=True)
            if mark >= 0
        }

    def taken(self, entry_id: str) -> bool:
        """Whether git, not a person or a program, took the entry out of its file."""
        if self.repo is None:
            return False
        if self.repo.busy():
            return True
        file = next(one.file for one in self.acknowledged if one.id == entry_id)
        return self._is_gits(file) or entry_id in self._git_ids

    def _is_gits(self, file: str) -> bool:
        if self.repo and file not in self._gits:
            path = f"{self.store.root}/{file}"
            self._gits[file] = self.repo.taken(path, self.store.content(file))
        return self._gits.get(file, False)


def _held(store: Store, day: DayFile) -> Iterator[Held]:
    data = store.content(day.path) or b""
    line, at = 1, 0
    twins: dict[str, int] = {}
    for piece in dayfile.pieces(data):
        line += data.count(b"\n", at, piece.offset)
        at = piece.offset
        entry_id = str(piece.values.get("id", "")) or dayfile.hand_id(piece)
        if not piece.header:
            twins[entry_id] = twins.get(entry_id, 0) + 1
            entry_id += f"-{twins[entry_id]}" if twins[entry_id] > 1 else ""
        yield Held(
            entry_id, piece, day.writer or store.config.writer, day.namespace, day.path, line,
            day.date, day.regular,
        )  # fmt: skip


def _known(root: str, writer: str) -> dict[str, spool.Place]:
    """Where this writer's newest entries stood, as far as its cache tells."""
    try:
        with Folder(root, space.CACHE) as folder:
            known = spool.from_cache(folder.read(f"{writer}.known"))
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return known.newest if known else {}
