"""The heads of a journal's chains, and whether chains still go back from given ones. Pure.

A chain is a tree (FORMAT 6): its heads are the entries that no other one names as the one before
it. Each head's digest stands for all that came before, because each entry names the one before it
by digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from journal import dayfile
from journal.chain import ACCEPTS, STATES, Verdict
from journal.held import Chain, Held
from journal.sealing.note import Head, Seal

_ELSEWHERE = "elsewhere"
SOUND = ("intact", "amended", "forgotten", "redacted", "spooled")
GONE, OTHER = "missing", "broken"


@dataclass(slots=True, eq=False)
class Link:
    """A sealed entry: where it stands in its chain, and what it was called before.

    `names` are the digests of its header, as it is and as it was; others name it by these.
    """

    id: str
    state: str
    chain: tuple[str, str, str]
    seq: int
    before: int = -1
    prev: str = ""
    gaps: frozenset[str] | set[str] = frozenset()
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a head: a state as `verify` has them, and why if it isn't calm."""

    head: Head
    state: str
    message: str = ""

    @property
    def code(self) -> int:
        """0, 1 or 5, as of any state."""
        return STATES[self.state]

    def record(self) -> dict[str, object]:
        """It as JSON shows it."""
        shown = self.head.record() | {"state": self.state}
        return shown | ({"message": self.message} if self.message else {})


class Links:
    """The sealed entries of a journal, by their digests.

    `verdicts` and `held` are what a verification gave; `held` may hold more than was judged.
    """

    def __init__(self, verdicts: Iterable[Verdict], held: Iterable[Held]) -> None:
        at = {(one.day.path, one.line): one for one in held}
        waiting = {one.id: one for one in at.values() if not one.line}
        self.by_name: dict[str, Link] = {}
        self.odd: dict[str, Verdict] = {}  # what doesn't hold, by the digest that was sealed
        self._by_chain: dict[tuple[str, str, str], dict[int, Link]] = defaultdict(dict)
        by_id: dict[str, Link] = {}
        accepting, doubtful = [], []
        for verdict in verdicts:
            one = at.get((verdict.file, verdict.line)) if verdict.line else waiting.get(verdict.id)
            if verdict.state not in SOUND:
                doubtful.append((verdict, one))
                continue
            link = by_id[verdict.id] = self._link(verdict, one)
            if one is not None and one.kind in ACCEPTS:
                accepting.append(one)
            self._by_chain[link.chain].setdefault(link.seq, link)
        for link in by_id.values():
            self._name(link, link.names)
        for one in accepting:
            values = dayfile.parse(one.raw).values
            was, about = str(values.get("old", "")), by_id.get(str(values.get("of", "")))
            if was and about and about.state != "intact":
                self._name(about, [was])
        self._away = sum(verdict.state == _ELSEWHERE for verdict, _ in doubtful)
        for verdict, one in doubtful:
            self._doubt(verdict, one)

    def _doubt(self, verdict: Verdict, one: Held | None) -> None:
        """An entry that doesn't hold: whole in itself it still tells what came before it."""
        if one is not None and one.header and one.state == dayfile.INTACT:
            self._name(self._link(verdict, one), [one.header])
        elif verdict.state != "handwritten":
            for digest in (verdict.old, one.header if one else ""):
                if digest:
                    self.odd.setdefault(digest, verdict)

    def _link(self, verdict: Verdict, one: Held | None) -> Link:
        if one is None or not one.header:
            return Link(verdict.id, verdict.state, ("", "", ""), 0)
        chain = one.day.chain
        return Link(
            verdict.id, verdict.state, _named(chain), one.seq, one.before, one.prev, chain.gaps,
            [one.header],
        )  # fmt: skip

    def _name(self, link: Link, digests: list[str]) -> None:
        for digest in digests:
            self.by_name.setdefault(digest, link)
            if digest not in link.names:
                link.names.append(digest)

    def heads(self) -> tuple[Head, ...]:
        """The heads of all chains, in order."""
        every = {id(link): link for link in self.by_name.values()}.values()
        named = {link.prev for link in every if link.state in SOUND}
        return tuple(
            sorted(
                Head(*link.chain, link.seq, link.names[0])
                for link in every
                if link.seq and link.state in SOUND and named.isdisjoint(link.names)
            )
        )

    def reach(self, heads: Iterable[Head]) -> int:
        """How many entries these heads stand for."""
        seen: set[str] = set()
        for head in heads:
            for _ in self._back(head, seen):
                pass
        return len(seen)

    def standings(self, seal: Seal) -> list[Standing]:
        """What became of each head of a seal, and of all that it stands for."""
        seen: set[str] = set()
        found = [self._standing(head, seen) for head in seal.heads]
        lost = seal.entries - len(seen)
        if found and lost > 0 and not any(one.code for one in found):
            words = f"{lost:,} of {seal.entries:,} sealed entries are gone from below the heads"
            found[0] = Standing(found[0].head, GONE, words)
        return found

    def _standing(self, head: Head, seen: set[str]) -> Standing:
        link = self.by_name.get(head.digest)
        if link is None or (link.seq and (link.chain, link.seq) != (head.chain, head.seq)):
            return self._absent(head)
        state = link.state
        for lost in self._back(head, seen):
            return Standing(head, lost.state, lost.message)
        return Standing(head, state)

    def _absent(self, head: Head) -> Standing:
        if odd := self.odd.get(head.digest):
            state = odd.state if STATES[odd.state] else GONE
            return Standing(head, state, f"{odd.id} is {odd.state}")
        if head.seq in self._by_chain.get(head.chain, {}):
            words = f"number {head.seq} is another entry now: this history is another one"
            return Standing(head, OTHER, words)
        words = f"number {head.seq}, the last one that was sealed, is gone"
        return Standing(head, GONE, words + self._perhaps())

    def _perhaps(self) -> str:
        """Where git has entries elsewhere, and what is lost may be one of them."""
        return "; git has entries on another branch: check it out, and verify there" * bool(
            self._away
        )

    def _back(self, head: Head, seen: set[str]) -> Iterator[Standing]:
        """Go back from a head to where its chain begins; what is lost on the way."""
        digest, seq = head.digest, head.seq
        while link := self.by_name.get(digest):
            if link.id in seen:
                return
            seen.add(link.id)
            seq, digest = self._before(link, head.chain, seq)
            if not digest:
                return
        lost = self._absent(Head(*head.chain, seq, digest))
        gone = f"number {seq}, which it names, is gone{self._perhaps()}"
        words = lost.message if digest in self.odd else gone
        yield Standing(head, GONE if lost.state == OTHER else lost.state, words)

    def _before(self, link: Link, chain: tuple[str, str, str], seq: int) -> tuple[int, str]:
        """Number and digest of the entry before it; no digest if there is none to ask for."""
        is_gap = f"{link.before}:{link.prev}" in link.gaps and link.prev not in self.by_name
        if link.before == 0 or is_gap:
            return 0, ""
        if link.before > 0:
            return link.before, link.prev
        # It was amended so that it names nobody: the one before it by number will do.
        numbers = self._by_chain.get(chain, {})
        below = max((one for one in numbers if 0 < one < seq), default=0)
        return (below, numbers[below].names[0]) if below else (0, "")


def _named(chain: Chain) -> tuple[str, str, str]:
    return chain.workspace, chain.namespace, chain.writer
