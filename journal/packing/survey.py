"""What must be known of the whole journal before the first slice of it may leave.

Which entries are forgotten, which changes are accepted, whether all else stands as it was sealed.
Files are read one by one and let go of; only where something doesn't hold is `verify` asked, which
needs all of them at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from journal import dayfile, hidden, seal, spool
from journal.accepting import Accepted
from journal.chain import ACCEPTS
from journal.dayfile import INTACT, Twins
from journal.daypath import DayFile
from journal.held import Held, read
from journal.packing.whose import Owners, Whose
from journal.packs import Tally
from journal.store import Store
from journal.verify import verdicts

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Survey:
    """What the files say of each other.

    `said`: what the workspace's own forget entries say; `said_brought`: with them what packs
    brought from one workspace, by that one, as it counts for nothing else. `tallies`: every chain's
    numbers. `waiting`: slices that only a spool has, by the file that they belong to. `sizes`: of
    the files, in bytes. `states`: by file and line, if `verify` had to be asked. `accepting`: which
    entry accepts which, by their ids. `hands`: the ids of handwritten entries, by file and line;
    empty where the same text counts elsewhere.
    """

    owners: Owners
    said: hidden.Said = field(default_factory=hidden.Said)
    said_brought: dict[str, hidden.Said] = field(default_factory=dict)
    accepted: Accepted = field(default_factory=lambda: Accepted((), lambda _: []))
    tallies: dict[Whose, Tally] = field(default_factory=dict)
    waiting: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)
    states: dict[tuple[str, int], str] | None = None
    hands: dict[tuple[str, int], str] = field(default_factory=dict)
    accepting: list[tuple[str, str]] = field(default_factory=list)

    def of(self, whose: Whose) -> Tally:
        """The numbers of this chain."""
        if whose not in self.tallies:
            self.tallies[whose] = Tally(self.owners.chain(whose))
        return self.tallies[whose]

    def head(self, whose: Whose) -> str:
        """The chain's newest entry that anybody here knows of, as a `prev` names it.

        Of this workspace's own chains nobody else knows.
        """
        tally = self.of(whose)
        if self.owners.is_own(whose):
            return tally.head
        told = self.owners.chain(whose).heads
        newest = max(told, default=0)
        return f"{newest}:{min(told[newest].values())}" if newest > tally.last else tally.head

    def name(self, day: DayFile, entries: list[Held]) -> None:
        """Give the file's handwritten entries the ids that readers know them by."""
        for held in entries:
            if not held.header:
                held.id = self.hands.get((day.path, held.line), held.id)

    def is_purged(self, held: Held) -> bool:
        """Whether the slice is of an entry that was purged, or hidden."""
        said = self.said
        if held.day.brought:
            said = self.said_brought.get(self.owners.source(held.day.path), said)
        if said.hides(held.id):
            return True
        if not said.may_be_purged(held.id):
            return False
        piece = dayfile.slice_at(held.raw, 0)
        return said.decided(held.id, piece) != hidden.UNHIDE

    def is_copy(self, held: Held) -> bool:
        """Whether the slice counts for nothing: the same one stands elsewhere."""
        if not held.id:
            return True
        return self.states is not None and (held.day.path, held.line) not in self.states

    def is_sound(self, day: DayFile, held: Held) -> bool:
        """Whether the slice stands as it was sealed, or as somebody accepted it, or was typed."""
        if not self.owners.of(day).workspace:
            return False
        if self.states is not None:
            return self.states.get((held.day.path, held.line)) in _CALM
        if held.state in (INTACT, dayfile.UNSEALED):
            return True
        return self.accepted.of(held).state(held) not in ("", "forgotten")


_CALM = ("intact", "handwritten", "amended", "redacted")


def survey(store: Store, progress: Progress | None = None) -> Survey:
    """Everything looked at once; `progress` gets files done, files in all."""
    found = Survey(Owners(store))
    files = ordered(store)
    doubts, accepting = False, []
    twins: dict[str, Twins] = defaultdict(Twins)
    for number, day in enumerate(files, 1):
        data = store.content(day.path) or b""
        found.sizes[day.path] = len(data)
        for held in read(data, found.owners.day(day)):
            if not held.header:
                entry_id, is_new = twins[day.date].name(
                    hidden.base_id(held.id), day.namespace, day.pack
                )
                found.hands[day.path, held.line] = entry_id if is_new else ""
                continue
            doubts |= _learn(found, day, held)
            if held.kind in ACCEPTS and held.state == INTACT:
                accepting.append(held)
        if progress:
            progress(number, len(files))
    waiting = _spooled(store)
    late, other = _late(found, waiting)
    accepting += late
    _accept(found, accepting, waiting)
    _let_go(found)
    if (
        doubts
        or _is_open(found)
        or any(held.header not in found.accepted.of(held).headers for held in other)
    ):
        found.states = {
            (one.file, one.line): "handwritten" if one.pin else one.state for one in verdicts(store)
        }
    return found


def ordered(store: Store) -> list[DayFile]:
    """The day files with regular names in the order of their paths, what packs brought last.

    Copies with odd names hold what these hold, or what no chain can vouch for.
    """
    return sorted((day for day in store.files() if day.regular), key=_order)


def _order(day: DayFile) -> tuple[bool, str]:
    return bool(day.pack), day.path


def _learn(found: Survey, day: DayFile, held: Held) -> bool:
    """Take an entry in; whether it is one that only a verification can judge."""
    if not held.header or held.seq < 1:
        return bool(held.header)
    tally = found.of(found.owners.of(day))
    follows = tally.take(held)
    if tally.header(held.seq) != held.header:
        return True
    return held.state == INTACT and not (follows and held.date == day.date)


def _accept(found: Survey, accepting: list[Held], records: list[spool.Record]) -> None:
    for held in accepting:
        piece = dayfile.parse(held.raw)
        if one := hidden.forgetting(piece, held.id):
            said = found.said
            if held.day.brought:
                source = found.owners.source(held.day.path)
                said = found.said_brought.setdefault(source, hidden.Said(found.said))
            said.add(one)
        if of := piece.values.get("of"):
            found.accepting.append((held.id, str(of)))
    texts: dict[str, list[bytes]] = defaultdict(list)
    for record in records if accepting else ():
        texts[record.id].append(seal.normal(record.slice))
    found.accepted = Accepted(accepting, lambda held: texts.get(held.id, []))


def _let_go(found: Survey) -> None:
    """Forget of what only a spool has the texts that somebody accepted to be gone."""
    gone = found.accepted.own.headers
    for path in list(found.waiting) if gone else ():
        raws = [raw for raw in found.waiting[path] if dayfile.slice_at(raw, 0).header not in gone]
        found.waiting[path] = raws
        if not raws:
            del found.waiting[path]


def _spooled(store: Store) -> list[spool.Record]:
    """What the spools hold that belongs in this tree: git may have taken another branch's."""
    branch = store.branch()
    return [
        record
        for record in store.spooled()
        if not record.facts.get("gone") and record.facts.get("branch", "") in ("", branch)
    ]


def _late(found: Survey, records: list[spool.Record]) -> tuple[list[Held], list[Held]]:
    """Take in what only a spool has; those of it that accept something, and what differs."""
    accepting, other = [], []
    days: dict[str, DayFile] = {}
    for record in records:
        day = days.setdefault(record.path, DayFile(record.path))
        raw = seal.normal(record.slice)
        held = read(raw, found.owners.day(day))[0]
        there = found.of(found.owners.of(day)).header(held.seq) if held.seq > 0 else "?"
        if there not in ("", held.header):
            other.append(held)
        elif not there:
            found.waiting[record.path].append(raw)
            _learn(found, day, held)
            accepting += [held] if held.kind in ACCEPTS and held.state == INTACT else []
    return accepting, other


def _is_open(found: Survey) -> bool:
    """Whether an entry names one that is nowhere, and that nobody accepted to be gone."""
    for whose, tally in found.tallies.items():
        chain = found.owners.chain(whose)
        accepted = found.accepted
        may = accepted.own if found.owners.is_own(whose) else accepted.brought(chain.workspace)
        for gap in tally.gaps():
            if gap not in chain.gaps and gap.partition(":")[2] not in may.headers:
                return True
    return False
