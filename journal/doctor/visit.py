"""A workspace as the checks see it: everything is read once, and only when a check asks for it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from journal import chain, clock, gitstate, hidden, redacted, seal, spool
from journal.chain import Verdict, sealed_digest, slice_digest
from journal.dayfile import INTACT, parse, pieces, split
from journal.daypath import DayFile
from journal.errors import WorkspaceError
from journal.finding import Finding
from journal.held import Acknowledged
from journal.past import GitPast
from journal.policyfile import read_policy
from journal.store import Store
from journal.verify import own_writer, verify
from journal.workspace import Config, read_config

_Mark = tuple[int, int, int]
_STRIKES = re.compile(rb"^kind: (?:redact|forget)$", re.MULTILINE)
_DOUBTFUL = {"alien", "broken", "edited", "edited-whitespace", "forked", "misplaced", "torn"}
_HASH = re.compile(rb"[0-9a-f]{64}").findall


class Kept(Store):
    """A store that reads each file once, as long as it stays as it is.

    `instead` are files as they would be after a repair, None where there would be none; `more` are
    day files that there would be besides.
    """

    def __init__(self, root: str, config: Config, seen: dict[str, tuple[_Mark, bytes]]) -> None:
        super().__init__(root, config)
        self.seen = seen
        self.instead: dict[str, bytes | None] = {}
        self.more: list[DayFile] = []

    def files(self, namespace: str = "") -> list[DayFile]:
        """Every day file there is, or would be."""
        return [*self.more, *super().files(namespace)]

    def content(self, path: str) -> bytes | None:
        """The file's LF-normalised bytes; None if there is none, or it can't be read."""
        if path in self.instead:
            return self.instead[path]
        mark = _mark(f"{self.root}/{path}")
        kept = self.seen.get(path)
        if mark and kept and kept[0] == mark:
            return kept[1]
        data = super().content(path)
        if data is not None and mark:
            self.seen[path] = (mark, data)
        return data


def _mark(path: str) -> _Mark | None:
    try:
        st = os.lstat(path)
    except OSError:
        return None
    return st.st_ino, st.st_size, st.st_mtime_ns


@dataclass
class Visit:
    """One visit to a workspace. Nothing here writes, and nothing here raises for what it finds."""

    root: str
    now: float = field(default_factory=lambda: clock.now().timestamp())
    settings: list[Finding] = field(default_factory=list)

    @cached_property
    def config(self) -> Config | None:
        """What journal.toml says; None, and a finding, if it can't be read."""
        for read in (read_policy, read_config):
            try:
                found = read(self.root)
            except WorkspaceError as error:
                self.settings.append(Finding("config", error.file, error.line, str(error)))
                found = None
        return found if isinstance(found, Config) else None

    @cached_property
    def store(self) -> Kept:
        """The files; read as if by a stranger's configuration where there is no sound one."""
        return Kept(self.root, self.config or Config("", "UTC", "", ("main",), True), {})

    def would_be(self, instead: dict[str, bytes | None], more: list[DayFile]) -> list[Verdict]:
        """What a verification would say if these files were so."""
        store = Kept(self.root, self.store.config, self.store.seen)
        store.instead, store.more = instead, more
        return verify(store)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What `journal verify` says; nothing without a sound configuration."""
        return verify(self.store) if self.config else []

    @cached_property
    def days(self) -> list[DayFile]:
        """Every day file, the oldest first."""
        return sorted(self.store.files(), key=lambda day: (day.date, day.path))

    def line_of(self, path: str, offset: int) -> int:
        """The line, from 1, of an offset in a file."""
        return (self.store.content(path) or b"").count(b"\n", 0, offset) + 1

    @cached_property
    def records(self) -> dict[str, spool.Record]:
        """The acknowledged entries that spools here still have, by id."""
        return {record.id: record for record in self.store.spooled()}

    @cached_property
    def hashes(self) -> set[bytes]:
        """Whatever day files and spools name that may be the digest of an attachment."""
        texts = (self.store.content(day.path) or b"" for day in self.days)
        waits = (record.slice for record in self.records.values())
        return {found for source in (texts, waits) for text in source for found in _HASH(text)}

    @cached_property
    def mine(self) -> str:
        """This machine's writer in this folder; empty if it has none yet."""
        return own_writer(self.store) if self.config else ""

    @cached_property
    def repo(self) -> gitstate.Repo | None:
        """The git repository around the workspace."""
        return gitstate.find(self.root)

    @cached_property
    def busy(self) -> str:
        """What git is in the middle of; empty if nothing."""
        return self.repo.busy() if self.repo else ""

    @cached_property
    def _past(self) -> GitPast:
        promised = [
            Acknowledged(
                one.id, one.seq, str(one.facts["writer"]), one.namespace, one.path, one.slice,
                seal.digest(one.header),
            )
            for one in self.records.values()
        ]  # fmt: skip
        root = os.path.realpath(self.root)
        return GitPast(root, self.store.config, self.store.content, promised)

    def text_of(self, verdict: Verdict) -> bytes:
        """The entry's whole text as it is to be, from a spool, a copy or git; empty if none.

        That is as it was sealed; but for one that was purged its stub, and for one that was
        redacted no text from before.
        """
        record = self.records.get(verdict.id)
        if record and (text := self._accepted(record.id, record.slice)):
            return text
        texts = [*self._copied(verdict.id)]
        if self.repo and not texts:
            texts += self._past.texts(verdict.file, verdict.id)
        whole = [
            kept for text in texts
            if parse(text).state == INTACT and (kept := self._accepted(verdict.id, text))
        ]  # fmt: skip
        return whole[-1] if whole else b""

    def is_struck(self, entry_id: str) -> bool:
        """Whether a sound entry says that the entry was purged or redacted."""
        return entry_id in self._struck

    def may_replay(self, record: spool.Record) -> bool:
        """Whether a spool's text of an entry is not one from before a purge or redaction."""
        text = self._accepted(record.id, record.slice)
        return text.rstrip(b"\n") == record.slice.rstrip(b"\n")

    def _accepted(self, entry_id: str, text: bytes) -> bytes:
        """What of an entry's old text may be put into a file; empty if nothing."""
        about = self._struck.get(entry_id)
        if not about:
            return text
        piece = parse(text)
        purges = {one.get("new") for one in about if one["kind"] == hidden.KIND}
        if purges and hidden.stub_digest(piece) in purges:
            return hidden.stub(piece.clock, piece.values)
        redacts = [one for one in about if one["kind"] == redacted.KIND]
        if not redacts:
            return text
        now = {slice_digest(text), sealed_digest(text, piece.postscript)}
        return b"" if now.isdisjoint((redacts[-1].get("new"), redacts[-1].get("now"))) else text

    @cached_property
    def _struck(self) -> dict[str, list[dict[str, Any]]]:
        """What sound purges and redactions say, the oldest first, by whom they are about."""
        sound = {one.id for one in self.verdicts if one.state not in _DOUBTFUL}
        texts = [self.store.content(day.path) or b"" for day in self.days if not day.pack]
        texts += [record.slice for record in self.records.values()]
        said: dict[str, dict[str, Any]] = {}
        for piece in (piece for text in texts if _STRIKES.search(text) for piece in pieces(text)):
            is_one = piece.values.get("kind") in (hidden.KIND, redacted.KIND)
            if is_one and piece.state == INTACT and piece.values.get("id") in sound:
                said[str(piece.values["id"])] = piece.values
        found: dict[str, list[dict[str, Any]]] = {}
        for _, values in sorted(said.items()):
            if values.get("new") or values.get("now"):
                found.setdefault(str(values.get("of")), []).append(values)
        return found

    def _copied(self, entry_id: str) -> list[bytes]:
        """What files with odd names have of an entry: a copy may be whole where another is torn."""
        mark = b"\nid: %s\n" % entry_id.encode()
        found = []
        for day in self.days:
            data = b"" if day.regular else self.store.content(day.path) or b""
            if mark in data:
                found += [raw for _, raw in split(data).slices if mark in raw]
        return [raw.rstrip(b"\n") + b"\n" for raw in found]

    @property
    def faulty(self) -> set[tuple[str, str]]:
        """The entries that are not as they should be: id and state."""
        return faulty(self.verdicts)


def listed(folder: str) -> list[str]:
    """The names in a folder, sorted; none if it can't be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def faulty(verdicts: list[Verdict]) -> set[tuple[str, str]]:
    """The entries that are not as they should be: id and state."""
    return {(one.id, one.state) for one in verdicts if chain.STATES[one.state]}
