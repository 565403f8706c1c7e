"""The chains: what each entry names as its predecessor, and which entries hold because of it.

Pure: days, spool records and git's memory come in as values, verdicts go out. One chain per
(writer, namespace); it is a tree, because git branches fork it and merges join it (FORMAT 7). What
holds is seen here, by dictionary alone; whatever doesn't goes to `inquiry`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from journal import seal
from journal.dayfile import INTACT, UNSEALED
from journal.held import Acknowledged, Chain, Chains, Day, Held, read

STATES = {
    **dict.fromkeys("intact amended forgotten redacted handwritten elsewhere spooled".split(), 0),
    **dict.fromkeys("edited edited-whitespace missing torn alien misplaced".split(), 1),
    **dict.fromkeys("forked broken".split(), 5),
}
_STRIKES = re.compile(rb"^kind: (?:redact|forget)$", re.MULTILINE)
ACCEPTS = {"amend": "amended", "forget": "forgotten", "redact": "redacted", "adopt": "handwritten"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of one entry, where, why, and what changed if the old text is known.

    `old` and `new` are what an amend or adopt would name: the header digest as it was sealed (of a
    pinned text: its slice digest), and the slice digest now; empty where nothing is to be accepted.
    """

    id: str
    state: str
    file: str
    line: int
    message: str = ""
    diff: str = ""
    old: str = ""
    new: str = ""
    pin: str = ""  # of a handwritten entry that was adopted: the file that it was adopted in

    def record(self) -> dict[str, Any]:
        """The verdict as JSON shows it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "file": self.file,
            "line": self.line,
        }
        if self.pin:
            shown["pinned"] = True
        if self.message:
            shown["message"] = self.message
        if self.diff:
            shown["diff"] = self.diff
        return shown


class Past:
    """What is remembered outside files and spools: by default nothing. Git's is `past.GitPast`.

    Asked only when something doesn't hold, or when no witness here knows a chain's last entry.
    """

    def learn(self, files: set[str]) -> None:
        """These files will be asked about: to look at them all at once is quicker."""

    def texts(self, file: str, entry_id: str) -> list[bytes]:
        """Each different text that the file, or failing that any file, once had for this id."""
        del file, entry_id
        return []

    def has_header(self, seq: int, digest: str) -> bool:
        """Whether some entry of this number once had this header."""
        del seq, digest
        return False

    def taken(self, promised: Acknowledged) -> bool:
        """Whether git, not a person or a program, took the entry out of its file."""
        del promised
        return False

    def is_gits(self, file: str) -> bool:
        """Whether the file is just what git has, or git is in the middle of something."""
        del file
        return False

    def pinned(self, file: str, digest: str) -> bytes | None:
        """The slice of this digest that the file once had."""
        del file, digest
        return None

    def committed(self) -> list[Acknowledged]:
        """The sealed entries that HEAD or the index has in files that now differ from it."""
        return []


@dataclass(slots=True)
class Evidence:
    """All that a verification may look at; `held` in the order of the verdicts."""

    held: list[Held]
    acknowledged: list[Acknowledged]
    chains: Chains
    past: Past = field(default_factory=Past)


class Index:
    """Who names whom, and what the spools know: everything that a verdict looks up."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.promised = {promised.id: promised for promised in evidence.acknowledged}
        self.known = {promised.header: promised for promised in evidence.acknowledged}
        for promised in evidence.acknowledged:
            evidence.chains.at(promised).promised[promised.seq] = promised
        regular = [held for held in evidence.held if held.day.regular]
        dropped: set[Held] = set()
        while twins := self._fill([held for held in regular if held not in dropped]):
            dropped.update(pair[self._is_better(*pair)] for pair in twins)
        if spare := _spare(regular, evidence.chains.masked):
            dropped |= spare
            self._fill([held for held in regular if held not in dropped])
        copies = [held for held in evidence.held if not held.day.regular]
        by_hand = {(held.id, held.day.date) for held in regular if not held.header}
        dropped |= {held for held in copies if (held.id, held.day.date) in by_hand}
        dropped |= {held for held in copies if held not in dropped and not self._is_news(held)}
        self.held = [held for held in evidence.held if held not in dropped]

    def rehome(self, homes: dict[Held, Chain]) -> None:
        """Count moved entries where they belong."""
        for held, home in homes.items():
            held.day = replace(held.day, chain=home)
        self._fill(self.held)

    def _fill(self, entries: list[Held]) -> list[tuple[Held, Held]]:
        """Look-up tables of these entries; the pairs among them that are the same intact entry."""
        self.by_id: dict[str, Held] = {}
        self.by_header: dict[str, Held] = {}
        self.named: set[str] = set()
        self.crowded: set[tuple[Chain, int]] = set()  # numbers that several entries claim
        self.accepting: list[Held] = []
        for chain in self.evidence.chains:
            chain.held = {}
            self.named.update(head for told in chain.heads.values() for head in told.values())
        found = [(other, held) for held in entries if (other := self._add(held)) is not held]
        self.accepting += self._remembered()
        return found

    def _remembered(self) -> list[Held]:
        """What spools have of purges and redactions that git took away: they hold all the same."""
        return [
            held
            for promised in self.evidence.acknowledged
            if promised.id not in self.by_id and _STRIKES.search(promised.text)
            for held in read(promised.text, self._day_of(promised))
            if held.state == INTACT
        ]

    def _day_of(self, promised: Acknowledged) -> Day:
        chain = self.evidence.chains.at(promised)
        return Day(promised.file, promised.file.rpartition("/")[2][:10], chain)

    def _add(self, held: Held) -> Held:
        """The entry itself, or the same intact one that was there before."""
        if not held.header:
            return held
        same = self.by_id.setdefault(held.id, held)
        if same is not held and same.header == held.header and same.state == held.state == INTACT:
            return same
        self.by_header.setdefault(held.header, held)
        if held.state == INTACT and held.day.chain.believed:
            self.named.add(held.prev)
            if held.kind in ACCEPTS:
                self.accepting.append(held)
        chain = held.day.chain
        if chain.held.setdefault(held.seq, held).header != held.header:
            self.crowded.add((chain, held.seq))
        return held

    def _is_better(self, one: Held, other: Held) -> bool:
        """Whether the first copy of an intact entry stands where it belongs, or neither does."""
        # What a pack brought says nothing of what was lost here, and one nobody believes nothing.
        ranks = [(held.day.chain.believed, not held.day.brought) for held in (one, other)]
        if ranks[0] != ranks[1]:
            return ranks[0] > ranks[1]
        return self._is_at_home(one) or not self._is_at_home(other)

    def _is_at_home(self, held: Held) -> bool:
        return held.date == held.day.date and self.links(held)

    def _is_news(self, held: Held) -> bool:
        """Whether an entry of a file with an odd name is no mere copy; then it counts.

        The name may tell no writer: the entry belongs where its predecessor does.
        """
        if held.state not in (INTACT, UNSEALED):
            whole = held.raw.rstrip(b"\n")
            if any(other.raw.startswith(whole) for other in self.by_id.values()):
                return False  # the copy was made while its last entry was being written
        before = self.by_header.get(held.prev) or self.by_header.get(held.header)
        chain = before.day.chain if before else held.day.chain
        for other in self.evidence.chains:
            if before is None and other.genesis == held.prev:
                chain = other
        if chain is not held.day.chain:
            held.day = Day(held.day.path, held.day.date, chain, regular=False)
        return self._add(held) is held

    def links(self, held: Held) -> bool:
        """Whether its predecessor is in the files, or known to the spool, under that number."""
        chain = held.day.chain
        before = self.by_header.get(held.prev)
        if before is not None:
            return before.day.chain is chain and before.seq == held.before
        if not held.before:
            return held.prev == chain.genesis
        promised = chain.promised.get(held.before)
        if promised is not None and promised.header == held.prev:
            return True
        link = f"{held.before}:{held.prev}"
        if not held.day.brought:
            return False
        return link in chain.gaps or link in self.evidence.chains.apart

    def doubtful(self) -> list[Held]:
        """Every entry that doesn't simply hold."""
        return [held for held in self.held if not self._holds(held)]

    def _holds(self, held: Held) -> bool:
        if held.state != INTACT or held.rest:
            return False
        if (held.day.brought, held.id, held.header) in self.evidence.chains.masked:
            return False
        chain = held.day.chain
        promised = chain.promised.get(held.seq)
        if promised is None:
            vouched = held.header in self.named and held.seq < chain.covered
        else:
            vouched = promised.header == held.header
        return (
            vouched
            and held.before < held.seq
            and (held.date == held.day.date or not held.day.regular)
            and (chain, held.seq) not in self.crowded
            and chain.believed
            and self.links(held)
        )

    def lacking(self) -> Iterator[tuple[Chain, int, str]]:
        """The ends of what packs brought that no entry stands for any more: number and header."""
        for chain in self.evidence.chains:
            for seq, head in chain.ends:
                is_known = head in self.by_header or f"{seq}:{head}" in self.evidence.chains.apart
                if seq not in chain.held and not is_known:
                    yield chain, seq, head


def _spare(regular: list[Held], masks: set[tuple[str, str, str]]) -> set[Held]:
    """Entries that were masked on their way here, and are here in their own words, too."""
    if not masks:
        return set()
    masked = [one for one in regular if (one.day.brought, one.id, one.header) in masks]
    there = {(one.day.chain, one.id) for one in set(regular).difference(masked) if one.header}
    first = {(one.day.chain, one.id): one for one in reversed(masked)}
    return {
        one
        for one in masked
        if (key := (one.day.chain, one.id)) in there or first[key].header != one.header
    }


def verify(evidence: Evidence) -> list[Verdict]:
    """A verdict on every entry that is held, in the order given, then on those that are gone."""
    index = Index(evidence)
    doubtful = index.doubtful()
    gone = [one for one in evidence.acknowledged if one.id not in index.by_id]
    calm = not (doubtful or gone or index.accepting or any(index.lacking()))
    if calm and not evidence.past.committed():
        return [_intact(held) for held in index.held]
    from journal.inquiry import Inquiry

    found, others = Inquiry(index, doubtful, gone).verdicts()
    return [found.get(held) or _intact(held) for held in index.held] + others


def _intact(held: Held) -> Verdict:
    return Verdict(held.id, INTACT, held.day.path, held.line)


def counts(verdicts: list[Verdict]) -> dict[str, int]:
    """How many entries are in each state that occurs."""
    return dict(Counter(verdict.state for verdict in verdicts))


def exit_code(verdicts: list[Verdict]) -> int:
    """0, 1 or 5: the worst state's (FORMAT 10)."""
    return max((STATES[verdict.state] for verdict in verdicts), default=0)


def slice_digest(raw: bytes) -> str:
    """What pins a slice as it stands, trailing newlines aside: amend and adopt name it."""
    return seal.digest(raw.rstrip(b"\n"))


def sealed_digest(raw: bytes, rest: bytes) -> str:
    """The slice digest of a sealed entry without `rest`, what stands under it: a redact names it.

    A line that is typed under the entry later changes nothing of what was accepted.
    """
    return slice_digest(raw[: raw.rfind(rest)] if rest else raw)
