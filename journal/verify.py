"""Gathering what a verification needs from day files and spools, and asking the chains."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from journal import attach, chain, held, seal, space, spool
from journal.chain import Evidence, Verdict
from journal.errors import JournalError
from journal.files import Folder, lock, unlock
from journal.held import Acknowledged, Chains, Day, Held
from journal.known import Known, from_cache
from journal.past import GitPast
from journal.store import Store

_CALM = ("intact", "handwritten", "amended", "forgotten", "redacted", "elsewhere")


def verify(store: Store) -> list[Verdict]:
    """A verdict on every entry of the workspace, day by day."""
    verdicts, entries = _verify(store)
    if any(verdict.state not in _CALM for verdict in verdicts):
        # Maybe an append came between the reading of files and of the spool.
        with quiet(store.root):
            verdicts, entries = _verify(store)
    return _with_attachments(store, verdicts, entries)


def verdicts(store: Store) -> list[Verdict]:
    """The same without a look at attachments, for who holds the lock."""
    return _verify(store)[0]


def _with_attachments(store: Store, verdicts: list[Verdict], entries: list[Held]) -> list[Verdict]:
    """The verdicts, those changed whose entry holds, but not what is attached to it."""
    naming = [held for held in entries if attach.MARK in held.raw]
    attached = {(held.day.path, held.line): held.raw for held in naming}
    if not attached:
        return verdicts
    found = []
    for verdict in verdicts:
        raw = attached.get((verdict.file, verdict.line))
        holds = raw is not None and verdict.state in ("intact", "amended")
        trouble = attach.trouble(store.root, raw, verdict.file) if raw and holds else None
        changed = trouble and replace(verdict, state=trouble[0], message=trouble[1])
        found.append(changed or verdict)
    return found


@contextmanager
def quiet(root: str) -> Iterator[None]:
    """While nobody appends; if that can't be had, as it is."""
    try:
        with Folder(root, space.STATE) as state:
            fd = state.open("lock", os.O_RDWR)
    except (OSError, JournalError):
        yield
        return
    try:
        with suppress(JournalError):
            lock(fd)
        yield
    finally:
        unlock(fd)
        os.close(fd)


def _verify(store: Store) -> tuple[list[Verdict], list[Held]]:
    chains = Chains(lambda writer, namespace: seal.genesis(store.config.id, writer, namespace))
    entries = _entries(store, chains)
    records = store.spooled()
    _cover(store, chains, records)
    acknowledged = _acknowledged(store, entries, records)
    root = os.path.realpath(store.root)
    past = GitPast(root, store.config, store.content, acknowledged)
    verdicts = chain.verify(Evidence(entries, acknowledged, chains, past))
    places = {path: _order(path) for path in {verdict.file for verdict in verdicts}}
    return sorted(verdicts, key=lambda verdict: (places[verdict.file], verdict.line)), entries


def _order(path: str) -> tuple[str, str]:
    return os.path.basename(path), path


def _entries(store: Store, chains: Chains) -> list[Held]:
    found: list[Held] = []
    twins: dict[str, Counter[str]] = defaultdict(Counter)  # of each day, as readers number them
    for day in sorted(store.files(), key=lambda day: (day.date, not day.regular, day.path)):
        if data := store.content(day.path):
            named = chains.of(day.writer or store.config.writer, day.namespace)
            alike = twins[day.date] if day.regular else Counter()
            found += held.read(data, Day(day.path, day.date, named, day.regular), alike)
    return found


def _cover(store: Store, chains: Chains, records: list[spool.Record]) -> None:
    """Note from which number on this machine's own spool knows every entry of its chains."""
    mine = own_writer(store)
    numbers: dict[str, set[int]] = {}
    for record in records:
        if record.facts["writer"] == mine:
            numbers.setdefault(record.namespace, set()).add(record.seq)
    cached = _cache(store, mine).known if mine else None
    for namespace, known in numbers.items():
        lowest = max(known)
        if cached and cached.heads.get(namespace, (0, ""))[0] > lowest:
            continue  # an older spool was put in its place: it doesn't know the newest entries
        while lowest - 1 in known:
            lowest -= 1
        chains.of(mine, namespace).covered = lowest


def own_writer(store: Store) -> str:
    """This machine's writer in this folder; empty if it has none yet, as in a fresh clone."""
    return space.known_writer(store.root, store.config.id)


def _acknowledged(
    store: Store, entries: list[Held], records: list[spool.Record]
) -> list[Acknowledged]:
    """What the spools promise; an entry was in its file if a later one of its writer still is."""
    newest: dict[str, int] = {}
    for one in entries:
        newest[one.day.path] = max(newest.get(one.day.path, 0), one.seq)
    caches = {name: _cache(store, name) for name in {str(r.facts["writer"]) for r in records}}
    return [
        Acknowledged(
            record.id, record.seq, str(record.facts["writer"]), record.namespace, record.path,
            record.slice, seal.digest(record.header), bool(record.facts.get("gone")),
            record.seq <= newest.get(record.path, 0)
            or caches[str(record.facts["writer"])].placed(record),
        )
        for record in records
    ]  # fmt: skip


class _Cache:
    """What a writer's cache tells of its last append: how far its spool is in files."""

    def __init__(self, known: Known | None, inode: int) -> None:
        self.known = known
        self.size = known.size if known and known.inode == inode else 0

    def placed(self, record: spool.Record) -> bool:
        """Whether the entry is known to have been written to its file."""
        upto = self.known.upto(record.path) if self.known else 0
        # The cache drops files of long ago; what was behind it then was in its file.
        return record.seq <= upto if upto >= 0 else record.end < self.size


def _cache(store: Store, writer: str) -> _Cache:
    try:
        with Folder(store.root, space.CACHE) as folder:
            known = from_cache(folder.read(f"{writer}.known"))
        inode = os.stat(f"{store.root}/{spool.FOLDER}/{writer}.log").st_ino
    except (OSError, JournalError, ValueError, TypeError, KeyError):
        return _Cache(None, 0)
    return _Cache(known, inode)
