"""From items to entries: groups of them through intake and protocol, with one flush each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from journal import attach, origin, seal
from journal.entry import Draft
from journal.errors import FormatError, JournalError, Refused, WorkspaceError
from journal.finding import Finding
from journal.header import microseconds
from journal.ids import is_id
from journal.importers.port import THERE, Item
from journal.importing.brought import Branched, Brought, Options
from journal.importing.known import Known
from journal.importing.naming import Naming
from journal.notebook import Notebook

_GROUP = 1000
_BYTES = 4 << 20
_MAIN = "main"
_MOST_HELD = 20_000  # ids whose entries are remembered

Name = tuple[str, str]  # of an item: its session, if ids are unique only there, and its id


@dataclass(slots=True)
class _Waiting:
    item: Item
    file: str
    sealing: seal.Sealing | None = None


@dataclass(slots=True)
class Writing:
    """The items of a round on their way into the journal."""

    notebook: Notebook
    importer: str
    by_session: bool
    known: Known
    naming: Naming
    options: Options
    brought: Brought
    refused: set[str] = field(default_factory=set)  # files that hold what could be no entry
    _waiting: list[_Waiting] = field(default_factory=list)
    _bytes: int = 0
    _sealed: dict[Name, seal.Sealing] = field(default_factory=dict)  # of the group
    _entries: dict[Name, str] = field(default_factory=dict)
    _paths: set[tuple[str, str]] = field(default_factory=set)

    def add(self, item: Item, file: str) -> None:
        """One more item; it is written with those after it."""
        if item.refers and self._waiting:
            self.flush()  # what it refers to has an id then
        session = item.draft.session
        if not self.known.expect(session, (item.id, *item.parts)):
            return  # the source has it twice
        self._waiting.append(_Waiting(item, file))
        self._bytes += len(item.draft.body)
        if len(self._waiting) >= _GROUP or self._bytes >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        names = [name for one in waiting for name in (one.item.id, *one.item.parts)]
        called = dict(zip(names, self.naming.names(names), strict=True))
        drafts = [self._draft(one, called) for one in waiting]
        ready = []
        for one, made in zip(waiting, self.notebook.prepare_many(drafts), strict=True):
            if isinstance(made, JournalError):
                self._refuse(one, made)
                continue
            one.sealing = made
            self._follow(one, made)
            ready.append(one)
        if ready:
            self._append(ready)
        if len(self._entries) > _MOST_HELD:
            self._entries = {}
        if not self.options.dry_run:
            self._entries |= {name: _stands(sealing) for name, sealing in self._sealed.items()}
        self._sealed = {}
        self.known.settle()

    def _draft(self, one: _Waiting, called: Mapping[str, str]) -> Draft:
        item, draft = one.item, one.item.draft
        fields: dict[str, Any] = {**draft.fields}
        session = self.naming.session(draft.session)
        fields[origin.SOURCE] = origin.of(self.importer, session, called[item.id])
        if item.parts:
            fields[origin.PARTS] = [called[part] for part in item.parts]
        for name, wanted in item.refers.items():
            if entry := self._entry(self._name(item, wanted)):
                fields[name] = entry
        if self.options.namespace:
            draft = replace(draft, namespace=self.options.namespace)
        try:
            if wholes := self._attached(item, draft):
                fields[attach.FIELD] = wholes
        except Refused as error:  # the entry comes all the same, as the policy lets it in
            told = f"not kept whole: {error.message}"
            self.brought.found(Finding(error.kind, one.file, item.line, told, "see policy.yaml"))
        return replace(draft, fields=fields)

    def _name(self, item: Item, wanted: str) -> Name:
        is_own = self.by_session or wanted.startswith(origin.SAID)  # the same is said elsewhere
        return (item.draft.session if is_own else "", wanted)

    def _follow(self, one: _Waiting, sealing: seal.Sealing) -> None:
        """Name what it follows as its parent: in the same group, or an entry that is there."""
        item = one.item
        if item.draft.session and sealing.at:
            sealing.filled = self.known.turn(item.draft.session, _microseconds(sealing.at))
        if item.follows:
            before = self._name(item, item.follows)
            sealing.follows = self._sealed.get(before)
            if not sealing.follows:
                sealing.parent = self._entry(before)
        for name in (item.id, *item.parts):
            self._sealed[self._name(item, name)] = sealing

    def _attached(self, item: Item, draft: Draft) -> list[dict[str, Any]]:
        """What the item shows only in part, kept whole."""
        wanted = [one for one in item.wholes if self.options.full or one.always]
        if self.options.dry_run or not wanted:
            return []
        kept = [
            self.notebook.attach(
                one.text.encode(errors="replace"),
                namespace=draft.namespace,
                name=one.name,
                draft=draft,
            )
            for one in wanted
        ]
        self.brought.attached += len(kept)
        return [one.record() for one in kept]

    def _entry(self, name: Name) -> str:
        """The entry that stands for an id; empty if none does."""
        if name[1].startswith(THERE) and is_id(name[1][1:]):
            return name[1][1:]
        if name not in self._entries:
            session, wanted = name
            self._entries[name] = self.known.entry(wanted, session)
        return self._entries[name]

    def _refuse(self, one: _Waiting, error: JournalError) -> None:
        """Tell why it can't be an entry; what follows it follows what it followed."""
        item = one.item
        before, own = self._name(item, item.follows), self._name(item, item.id)
        if sealed := self._sealed.get(before):
            self._sealed[own] = sealed
        else:
            self._entries[own] = self._entry(before) if item.follows else ""
        self._tell(one, error)

    def _tell(self, one: _Waiting, error: JournalError) -> None:
        self.brought.refused += 1
        self.refused.add(one.file)
        told = f"not imported: {error.message}"
        self.brought.found(Finding(error.kind, one.file, one.item.line, told, error.hint))

    def _append(self, ready: list[_Waiting]) -> None:
        sealings = [one.sealing for one in ready if one.sealing]
        if self.options.dry_run:
            for one, sealing in zip(ready, sealings, strict=True):
                self._took(one, sealing, "")
            return
        try:
            receipts = self.notebook.append_sealings(sealings)
        except FormatError as error:  # a header too large: find which, alone
            if len(ready) == 1:
                self._tell(ready[0], error)
                return
            for at, one in enumerate(ready):
                self._append([one])
                if not sealings[at].id:
                    _pass_over(sealings[at], sealings[at + 1 :])
            return
        if not all(receipt.id for receipt in receipts):  # while it was being imported
            raise switched_off()
        for one, sealing, receipt in zip(ready, sealings, receipts, strict=True):
            self._took(one, sealing, receipt.id)
            # The last tells what was masked or withheld, which is counted.
            is_told = bool(receipt.redacted or receipt.withheld)
            self.brought.notices += receipt.notices[: len(receipt.notices) - is_told]

    def _took(self, one: _Waiting, sealing: seal.Sealing, entry: str) -> None:
        item, draft, brought = one.item, one.item.draft, self.brought
        self.known.learn(draft.session, (item.id, *item.parts), entry)
        brought.count(draft.kind, draft.role, draft.session)
        brought.withheld += bool(sealing.withheld)
        brought.masked += len(sealing.redacted)
        if draft.path != _MAIN and (draft.session, draft.path) not in self._paths:
            self._paths.add((draft.session, draft.path))
            parent = _before(sealing)
            brought.paths.append(Branched(draft.path, draft.session, parent, one.file, item.line))


def switched_off() -> WorkspaceError:
    """Why nothing is imported into a journal that is switched off."""
    return WorkspaceError(
        "nothing is imported: enabled = false in journal.toml",
        kind="disabled",
        hint="set enabled = true there first",
    )


def _microseconds(at: str) -> int:
    return microseconds(datetime.fromisoformat(at))


def _stands(sealing: seal.Sealing) -> str:
    """The entry that a sealing became; what it would have followed if it was refused."""
    return sealing.id or _before(sealing)


def _before(sealing: seal.Sealing) -> str:
    return sealing.follows.id if sealing.follows else sealing.parent


def _pass_over(refused: seal.Sealing, later: list[seal.Sealing]) -> None:
    """What was to follow a refused one follows what that would have followed."""
    for one in later:
        if one.follows is refused:
            one.follows, one.parent = refused.follows, refused.parent
