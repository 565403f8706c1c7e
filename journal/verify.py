"""Gathering what a verification needs from day files and spools, and asking the chains."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from journal import attach, chain, dayfile, held, packed, seal, space, spool
from journal.chain import Evidence, Verdict
from journal.dayfile import HAND, Twins
from journal.daypath import DayFile
from journal.errors import JournalError
from journal.files import Folder, lock, unlock
from journal.held import Acknowledged, Chains, Day, Held
from journal.hidden import base_id
from journal.known import Known, from_cache
from journal.packed.withheld import Withheld
from journal.past import GitPast
from journal.store import Store

_CALM = ("intact", "handwritten", "amended", "forgotten", "redacted", "elsewhere")
_SOUND = (*_CALM, "spooled")  # of what vouches for a pack: acknowledged is enough


def verify(store: Store) -> list[Verdict]:
    """A verdict on every entry of the workspace, day by day."""
    return examined(store)[0]


def examined(store: Store) -> tuple[list[Verdict], list[Held]]:
    """The verdicts, and the entries as they were held for them."""
    verdicts, entries = _verify(store)
    if any(verdict.state not in _CALM for verdict in verdicts):
        # Maybe an append came between the reading of files and of the spool.
        with quiet(store.root):
            verdicts, entries = _verify(store)
    return _with_attachments(store, verdicts, entries), entries


def verdicts(store: Store) -> list[Verdict]:
    """The same without a look at attachments, for who holds the lock."""
    return _verify(store)[0]


def _with_attachments(store: Store, verdicts: list[Verdict], entries: list[Held]) -> list[Verdict]:
    """The verdicts, those changed whose entry holds, but not what is attached to it."""
    naming = [held for held in entries if attach.MARK in held.raw]
    attached = {(held.day.path, held.line): held.raw for held in naming}
    if not attached:
        return verdicts
    found, withheld = [], Withheld(store)
    for verdict in verdicts:
        raw = attached.get((verdict.file, verdict.line))
        holds = raw is not None and verdict.state in ("intact", "amended")
        if raw and holds:
            trouble = attach.trouble(store.root, raw, verdict.file, withheld.has)
            if trouble:
                verdict = replace(verdict, state=trouble[0], message=trouble[1])  # noqa: PLW2901
        found.append(verdict)
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
    files = sorted(store.files(), key=_order_of_reading)
    doubted: set[str] = set()
    while True:
        verdicts, entries, vouching = _judged(store, files, doubted)
        states = {verdict.id: verdict.state for verdict in verdicts} if vouching else {}
        more = {one for one in vouching if states.get(one, "intact") not in _SOUND} - doubted
        if not more:
            return verdicts, entries
        doubted |= more  # what isn't sound vouches for nothing


def _judged(
    store: Store, files: list[DayFile], doubted: set[str]
) -> tuple[list[Verdict], list[Held], set[str]]:
    """The verdicts, the entries, and the ids of those that vouch for what packs brought."""
    chains = Chains(lambda writer, namespace: seal.genesis(store.config.id, writer, namespace))
    twins: dict[str, Twins] = defaultdict(Twins)  # of each day, as readers number them
    entries = _entries(store, chains, [day for day in files if not day.pack], twins)
    records = store.spooled()
    brought = [day for day in files if day.pack]
    vouching = _believe(store, chains, entries, records, doubted)
    entries += _entries(store, chains, brought, twins)
    if was := packed.awaited(store.root):
        some = [one for one in entries if one.day.brought and one.id in was]
        chains.apart |= {f"{one.seq}:{was[one.id]}" for one in some}
        chains.masked |= {(one.day.brought, one.id, one.header) for one in some}
    _cover(store, chains, records)
    acknowledged = _acknowledged(store, entries, records)
    root = os.path.realpath(store.root)
    past = GitPast(root, store.config, store.content, acknowledged)
    verdicts = chain.verify(Evidence(entries, acknowledged, chains, past))
    places = {path: _order(path) for path in {verdict.file for verdict in verdicts}}
    ordered = sorted(verdicts, key=lambda verdict: (places[verdict.file], verdict.line))
    return ordered, entries, vouching


def _order(path: str) -> tuple[str, str]:
    return os.path.basename(path), path


def _order_of_reading(day: DayFile) -> tuple[str, bool, bool, str]:
    return day.date, not day.regular, bool(day.pack), day.path


def _entries(
    store: Store, chains: Chains, files: list[DayFile], twins: dict[str, Twins]
) -> list[Held]:
    found: list[Held] = []
    for day in files:
        if data := store.content(day.path):
            named = chains.brought(day.path) or chains.of(
                day.writer or store.config.writer, day.namespace
            )
            place = Day(day.path, day.date, named, day.regular, day.pack)
            held_here = held.read(data, place)
            if day.regular:
                held_here = list(_numbered(held_here, day, twins[day.date]))
            found += held_here
    return found


def _numbered(entries: list[Held], day: DayFile, twins: Twins) -> Iterator[Held]:
    """The entries, handwritten ones with the day's numbers; those left out that are here twice."""
    for one in entries:
        if HAND.fullmatch(one.id):
            one.id, is_new = twins.name(base_id(one.id), day.namespace, day.pack)
            if not is_new:
                continue
        yield one


def _believe(
    store: Store,
    chains: Chains,
    entries: list[Held],
    records: list[spool.Record],
    doubted: set[str],
) -> set[str]:
    """Let the chains know what imported packs say of themselves; who vouches for these."""
    if not packed.folders(store.root):
        return set()
    told = {one.id: one.raw for one in entries if packed.MARK in one.raw}
    told |= {one.id: one.slice for one in records if packed.MARK in one.slice}
    named = {one: packed.vouched_by(dayfile.parse(raw)) for one, raw in told.items()}
    vouched = {digest for one, digest in named.items() if one not in doubted}
    origins = packed.origins(store.root, vouched | {packed.noted(store.root)})
    for one in origins:
        if one.trouble:
            fix = "import the pack again; what nobody vouches for may be anybody's"
            store.find(packed.UNVOUCHED, one.path, 0, one.trouble, fix)
    packed.Beliefs(store.config.id, chains, origins, store.content)
    return {one for one, digest in named.items() if digest}


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
