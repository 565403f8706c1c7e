"""What to make of a pack's entries: the state of each, as far as a pack can tell.

As they come by, only what may be wrong is noted, and in which member; those are read once more at
the end, when it is known what every chain has, and which changes somebody accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from journal.accepting import Acceptances
from journal.chain import ACCEPTS, slice_digest
from journal.dayfile import INTACT, UNSEALED
from journal.finding import Finding
from journal.held import Held
from journal.manifest import Member
from journal.packs.faults import shown_id
from journal.packs.pack import Pack
from journal.packs.slices import read
from journal.packs.tally import Tally, gap_of

REDACTED = "redacted"
MOST_TOLD = 1000
_ASK = "ask who exported it"


class Judging:
    """The states of a pack's entries; `tallies` are those of its parts, filled meanwhile."""

    def __init__(self, pack: Pack, tallies: list[Tally]) -> None:
        self._pack = pack
        self._tallies = tallies
        self._gaps = [frozenset(part.gaps) for part in pack.manifest.parts]
        self._members: list[list[str]] = [[] for _ in tallies]  # their paths, by part
        for member in pack.manifest.members:
            if member.part >= 0:
                self._members[member.part].append(member.path)
        self._masked = {(one.new, one.id): one.old for one in pack.manifest.masked}
        self._unmet: dict[str, list[str]] = {}  # ids of masked ones, by what they are now
        for one in pack.manifest.masked:
            self._unmet.setdefault(one.new, []).append(one.id)
        self._met: set[str] = set()  # ids of masked ones that came by
        self._ids: dict[str, int] = {}  # and in which part it came by first
        self._twice: set[str] = set()
        self._doubtful: set[str] = set()  # members to be read once more
        self._accepting: set[str] = set()  # members with entries that accept a change
        self.states: Counter[str] = Counter()  # so far
        self._accepted = Acceptances((), lambda _: [])
        self._olds: set[str] = set()
        self._contradicted: list[frozenset[int]] = []

    def take(self, held: Held, member: Member) -> None:
        """One more entry of the member; its tally, too."""
        tally = self._tallies[member.part]
        sound = tally.take(held)
        self.states[self._at_first(held)] += 1
        if held.state == UNSEALED:
            return
        first = self._ids.setdefault(held.id, member.part)
        if first != member.part or tally.header(held.seq) != held.header:
            self._twice.add(held.id)  # else git merged one entry into two files
            sound = False
        if held.kind in ACCEPTS and held.state == INTACT:
            self._accepting.add(member.path)
        if not sound or held.state != INTACT or held.date != held.day.date or held.seq < 1:
            self._doubtful.add(member.path)

    def _at_first(self, held: Held) -> str:
        """The state that it has by itself; what was masked for the pack is noted."""
        if held.state == UNSEALED:
            if self._unmet:  # its id was another before it was masked
                self._met.update(self._unmet.pop(slice_digest(held.raw), ()))
            return UNSEALED
        if held.state == INTACT and (held.header, held.id) in self._masked:
            self._met.add(held.id)
            return REDACTED
        return held.state

    def wrong_manifest(self) -> Iterator[Finding]:
        """What the manifest says of chains and masked entries, and is not so."""
        for number, (part, tally) in enumerate(
            zip(self._pack.manifest.parts, self._tallies, strict=True)
        ):
            said = (part.entries, part.first, part.last, part.gaps)
            if said != (tally.entries, tally.first, tally.last, tally.gaps()):
                yield _of_manifest(f"part {number} ({part.writer} in {part.at}) has other entries")
        for _, entry_id in sorted(self._masked):
            if entry_id not in self._met:
                yield _of_manifest(f"{shown_id(entry_id)} is not there as it was masked")

    def verdicts(self) -> tuple[Counter[str], list[Finding]]:
        """How many entries are in each state, and what there is to tell."""
        for number, tally in enumerate(self._tallies):
            if tally.crowded or self._loose(number):
                self._doubtful.update(self._members[number])
        if self._doubtful or self._accepting:
            self._accepted = Acceptances(self._accepters(), lambda _: [])
        self._olds = {*self._masked.values(), *self._accepted.headers}
        self._contradicted = [self._denied(number) for number in range(len(self._tallies))]
        for number, denied in enumerate(self._contradicted):
            if denied:
                self._doubtful.update(self._members[number])
        told: list[Finding] = []
        for one in self._judged():
            if len(told) <= MOST_TOLD:
                told.append(one)
        return self.states, told

    def _loose(self, number: int) -> set[str]:
        """What entries of a part name as their predecessor, is not there, and is no gap."""
        return set(self._tallies[number].gaps()) - self._gaps[number]

    def _denied(self, number: int) -> frozenset[int]:
        """Numbers of a part whose entry is another than somebody names, and nobody said why."""
        part, tally = self._pack.manifest.parts[number], self._tallies[number]
        named = {*tally.gaps(), part.head} - {""}
        denied = {
            link
            for link in named
            if tally.contradicts(link) and link.partition(":")[2] not in self._olds
        }
        if denied - {part.head}:
            denied &= {*self._named(number), part.head}
        return frozenset(int(link.partition(":")[0]) for link in denied)

    def _named(self, number: int) -> Iterator[str]:
        """What entries of a part name as their predecessor; amended ones vouch for nothing."""
        for path in self._members[number]:
            for held in read(self._pack, path, self._pack.chunks(path)):
                if not self._accepted.state(held):
                    yield gap_of(held)

    def _accepters(self) -> Iterator[Held]:
        for path in sorted(self._accepting):
            for held in read(self._pack, path, self._pack.chunks(path)):
                if held.kind in ACCEPTS and held.state == INTACT:
                    yield held

    def _judged(self) -> Iterator[Finding]:
        for path in sorted(self._doubtful):
            number = self._pack.members[path].part
            for held in read(self._pack, path, self._pack.chunks(path)):
                before = self._at_first(held)
                state, why = self._judge(held, number)
                if state != before:
                    self.states[before] -= 1
                    self.states[state] += 1
                if why:
                    told = f"entry {shown_id(held.id)}: {why}"
                    yield Finding(state, path, held.line, told, _ASK)
        self.states += Counter()  # those that are none any more go

    def _judge(self, held: Held, number: int) -> tuple[str, str]:
        """The entry's state, and what is wrong with it; empty if nothing is."""
        if held.state == UNSEALED:
            return UNSEALED, ""
        if state := self._accepted.state(held):
            return state, ""
        if held.state != INTACT:
            return held.state, held.trouble or "it is not as it was sealed"
        return next(self._troubles(held, number), (self._at_first(held), ""))

    def _troubles(self, held: Held, number: int) -> Iterator[tuple[str, str]]:
        tally = self._tallies[number]
        if held.id in self._twice:
            yield "forked", "its id has several texts"
        if held.seq in tally.crowded:
            yield "forked", f"its number {held.seq} has several entries"
        if held.seq < 1:
            yield "alien", "it has no number in a chain"
        if why := self._unlinked(held, number):
            yield "broken", why
        if held.date != held.day.date:
            yield "misplaced", f"it is of {held.date}"
        if held.seq in self._contradicted[number]:
            yield "edited", "the chain names another header for it"

    def _unlinked(self, held: Held, number: int) -> str:
        tally = self._tallies[number]
        gap = gap_of(held)
        if not gap:
            first = not held.before and held.prev == held.day.chain.genesis
            return "" if first else "it begins another chain, or none"
        if held.before >= held.seq:
            return "it names a later entry as the one before it"
        if tally.has(gap) or gap in self._gaps[number]:
            return ""
        return f"the entry before it ({held.before}) is nowhere, and no gap"


def _of_manifest(message: str) -> Finding:
    return Finding("wrong-manifest", "manifest.json", 0, message, _ASK)
