"""What became of the entries that don't simply hold: changed, moved, forged, torn, taken, gone.

Works from the newest number down: an entry that a sound successor contradicts was changed itself,
so its own word on its predecessor no longer counts, and one edit accuses one entry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from journal import dayfile, remains
from journal.accepting import Accepted
from journal.chain import Index, Verdict, slice_digest
from journal.dayfile import EDITED, INTACT, TORN
from journal.held import Acknowledged, Chain, Held
from journal.pins import Pins
from journal.verdicts import absent, brought, compared, diff, plain, resembles

_HEADER = "its header is not what was sealed"
_CUT = "its header breaks off: a write was cut short"


class Inquiry:
    """One inquiry into the doubtful entries and those that are gone from the files."""

    def __init__(self, index: Index, doubtful: list[Held], gone: list[Acknowledged]) -> None:
        self.index = index
        self.past = index.evidence.past
        self.doubtful = doubtful
        self.gone = {promised.id: promised for promised in gone}
        self.witnesses: dict[tuple[Chain, int], list[Held]] = defaultdict(list)
        self.discredited: set[Held] = set()
        self.moved: dict[Held, Chain] = {}  # where misplaced entries belong
        self.accepted = Accepted([], self._sealed_texts)
        self.found: dict[Held, Verdict] = {}
        self.others: list[Verdict] = []

    def verdicts(self) -> tuple[dict[Held, Verdict], list[Verdict]]:
        """The verdicts on the doubtful entries, and on those that no slice stands for."""
        self._gather()
        gone, accepting = dict(self.gone), self.index.accepting
        while True:
            self.accepted = Accepted(accepting, self._sealed_texts)
            redacted = (self.index.by_id.get(of) for of in self.accepted.every.redacted)
            self.past.learn({held.day.path for held in redacted if held})
            self.gone, self.found, self.discredited = dict(gone), {}, set()
            for held in sorted(self._to_judge(), key=lambda held: -held.seq):
                self.found[held] = self._judge(held)
            sound = [held for held in accepting if self._is_sound(held)]
            if len(sound) == len(accepting):
                break
            accepting = sound  # who isn't intact can't accept anything
        self.others = [verdict for held in self.doubtful for verdict in self._swallowed(held)]
        self.others += [absent(one, taken=self.past.taken(one)) for one in self.gone.values()]
        self.others += self._lacking()
        # A pin's file is one of the workspace where it was adopted.
        pinning = [held for held in accepting if not held.day.brought]
        self.others += Pins(pinning, self.index.evidence.held, self.past).settle(self.found)
        return self.found, self.others

    def _gather(self) -> None:
        # What git's HEAD has in a file, and the file no longer, is gone too.
        for promised in self.past.committed():
            chain = self.index.evidence.chains.at(promised)
            chain.promised.setdefault(promised.seq, promised)
            if promised.id not in self.index.by_id:
                self.gone.setdefault(promised.id, promised)
        self._follow_moves()
        known = self.index.promised
        sealed = [held for held in self.doubtful if held.header and held.id not in known]
        self.past.learn({held.day.path for held in sealed})
        for held in self.index.held:
            if held.state == INTACT:
                self.witnesses[held.day.chain, held.before].append(held)

    def _is_sound(self, held: Held) -> bool:
        """Whether it can accept: as it was sealed, or sealed anew by a redaction that is sound."""
        return held not in self.found or self.found[held].state in (INTACT, "redacted")

    def _to_judge(self) -> list[Held]:
        back = [self.index.by_header.get(header) for header in self.accepted.every.headers]
        back += [self.index.by_id.get(of) for of in self.accepted.every.ids]
        return list(dict.fromkeys([*self.doubtful, *filter(None, back)]))

    def _sealed_texts(self, held: Held) -> list[bytes]:
        """The sealed texts that spool and git have of its entry, and that are not what it is."""
        promised = self.index.promised.get(held.id)
        texts = [promised.text] if promised else []
        texts += self.past.texts(held.day.path, held.id)
        now = held.raw.rstrip(b"\n")
        return [
            text for text in dict.fromkeys(texts)
            if text.rstrip(b"\n") != now and dayfile.parse(text).state == INTACT
        ]  # fmt: skip

    # Moved entries

    def _follow_moves(self) -> None:
        """Send each entry home that follows on another chain, and what was moved along with it."""
        homes: dict[str, Chain] = {}
        if all(self._home(held, homes) is held.day.chain for held in self.doubtful):
            return
        for held in sorted(self.index.held, key=lambda held: held.seq):
            home = self._home(held, homes)
            if held.header:
                homes.setdefault(held.header, home)
            if held.day.regular and home is not held.day.chain:
                self.moved[held] = home
        self.index.rehome(self.moved)
        still = {*self.index.doubtful(), *self.moved}
        self.doubtful[:] = [held for held in self.index.held if held in still]

    def _home(self, held: Held, homes: dict[str, Chain]) -> Chain:
        """The chain that the entry belongs to: what the spool says, else its predecessor's."""
        chain = held.day.chain
        if not held.header or not chain.believed:
            return chain
        if not held.before and held.prev == chain.genesis:
            return chain
        chains = self.index.evidence.chains
        if promised := self.index.known.get(held.header):
            return chains.at(promised)
        if before := self.index.by_header.get(held.prev):
            return homes.get(before.header, before.day.chain)
        if promised := self.index.known.get(held.prev):
            return chains.at(promised)
        return next((other for other in chains if other.genesis == held.prev), chain)

    # One entry

    def _judge(self, held: Held) -> Verdict:
        if verdict := brought(held, self.index.evidence.chains.masked) or self._accepted(held):
            return verdict
        if not held.header:
            return self._unsealed(held)
        if why := self._why_changed(held):
            return self._changed(held, why)
        if why := self._why_alien(held):
            return plain(held, "alien", why)
        return self._placed(held)

    def _accepted(self, held: Held) -> Verdict | None:
        accepted = self.accepted.of(held)
        if state := accepted.state(held):
            return plain(held, state)
        state = accepted.came_back(held)
        return plain(held, state, "its text has come back") if state else None

    def _why_changed(self, held: Held) -> str:
        """What is wrong with its text, as far as seal, spool, git and its successors can tell."""
        if held.state == EDITED:
            return "its body is not what was sealed"
        chain = held.day.chain
        promised = chain.promised.get(held.seq)
        if promised and promised.id in self.gone and resembles(held, promised):
            return _HEADER
        if held.id not in self.index.promised and held.seq >= chain.covered:
            return ""  # alien, whatever git says
        old = self._original(held)
        if old is not None:
            return "" if dayfile.parse(old).header == held.header else _HEADER
        return self._contradiction(held)

    def _contradiction(self, held: Held) -> str:
        """What speaks against the header when its old text is nowhere."""
        if held.day.chain.told(held.seq, held.day.brought) not in ("", held.header):
            return "the pack that brought it names another header"
        witnesses = [one for one in self._witnesses(held) if one not in self.discredited]
        if witnesses and all(one.prev != held.header for one in witnesses):
            return "the entry after it names another header"
        if not witnesses and self._is_out_of_turn(held):
            return "its id and its number can't both be right"
        return ""

    def _why_alien(self, held: Held) -> str:
        if held.id not in self.index.promised and held.seq >= held.day.chain.covered:
            return "this machine's spool knows no such entry of its writer"
        if not held.seq or held.before < 0 or held.seq <= held.before:
            return "it lacks a proper id, seq and prev"
        return dayfile.parse(held.raw).trouble

    def _placed(self, held: Held) -> Verdict:
        """Where it stands and what it follows."""
        if (held.day.chain, held.seq) in self.index.crowded and self._is_rival(held):
            return plain(held, "forked", f"two entries are number {held.seq} of this chain")
        if home := self.moved.get(held):
            where = f"it belongs to {home.writer} in namespace {home.namespace}"
            return plain(held, "misplaced", where)
        if held.day.regular and held.date != held.day.date:
            return plain(held, "misplaced", f"it belongs to the day {held.date}")
        if not self._links(held):
            before = f"the entry before it, number {held.before}, is nowhere"
            return plain(held, "broken", before)
        return plain(held, INTACT)

    def _witnesses(self, held: Held) -> list[Held]:
        """The entries that name this one's number as their predecessor's."""
        return [one for one in self.witnesses[held.day.chain, held.seq] if one is not held]

    def _is_rival(self, held: Held) -> bool:
        """Whether nothing speaks for this one of several, or something for others too."""
        chain, seq = held.day.chain, held.seq
        claimants = [one for one in self.index.held if one.seq == seq and one.day.chain is chain]
        vouched = [one.header for one in claimants if self._is_vouched(one)]
        return held.header not in vouched or len(set(vouched)) > 1

    def _is_vouched(self, held: Held) -> bool:
        heads = held.day.chain.heads.get(held.seq, {}).values()
        if held.header in (*heads, *(one.prev for one in self._witnesses(held))):
            return True
        old = self._original(held)
        return old is not None and dayfile.parse(old).header == held.header

    def _is_out_of_turn(self, held: Held) -> bool:
        """Whether its id, which grows with the number, says that one of the two was changed."""
        before = self.index.by_header.get(held.prev)
        if before is not None and before.id >= held.id:
            return True
        numbers, chain = self._numbers[held.day.chain], held.day.chain.held
        at = bisect_left(numbers, held.seq)
        below = [chain[seq].id > held.id for seq in numbers[max(at - 2, 0) : at]]
        above = [chain[seq].id < held.id for seq in numbers[at + 1 : at + 3]]
        # Two neighbours, because a single one may itself be the changed one.
        return (len(below) == 2 and all(below)) or (len(above) == 2 and all(above))

    @cached_property
    def _numbers(self) -> dict[Chain, list[int]]:
        return {chain: sorted(chain.held) for chain in self.index.evidence.chains}

    def _links(self, held: Held) -> bool:
        if self.index.links(held) or held.prev in self.accepted.of(held).headers:
            return True
        return self.past.has_header(held.before, held.prev)

    # Changed text

    def _original(self, held: Held) -> bytes | None:
        """The text that was sealed under this id, if spool or git still has it."""
        if promised := self.index.promised.get(held.id):
            return promised.text
        texts = [dayfile.parse(text) for text in self.past.texts(held.day.path, held.id)]
        sealed = [piece for piece in texts if piece.state == INTACT]
        named = [piece for piece in sealed if piece.header in self.index.named]
        return (named or sealed)[-1].raw if sealed else None

    def _changed(self, held: Held, why: str) -> Verdict:
        self.discredited.add(held)
        old, entry_id = self._original(held), held.id
        promised = held.day.chain.promised.get(held.seq)
        if old is None and promised and promised.id in self.gone:
            old, entry_id = promised.text, promised.id
        self.gone.pop(entry_id, None)
        header = self._sealed_header(held) if old is None else dayfile.parse(old).header
        return compared(held, entry_id, old, why, header)

    def _sealed_header(self, held: Held) -> str:
        """What its header was when its text is nowhere: as its successors name it, or as it is."""
        named = self._named(held, held.seq)
        return named if named and not self._is_vouched(held) else held.header

    def _named(self, held: Held, seq: int) -> str:
        """The header that the entry of this number in this chain has, as those after it say."""
        witnesses = self.witnesses[held.day.chain, seq] if seq else []
        sound = [one.prev for one in witnesses if one is not held and one not in self.discredited]
        return sound[0] if sound else held.day.chain.told(seq, held.day.brought)

    def _unsealed(self, held: Held) -> Verdict:
        """A piece without a readable header: a person's, or what is left of a sealed one."""
        for one in remains.found_in(held, self.index, self.gone):
            self.gone.pop(one.id, None)
            if state := self.accepted.of(held).of_remains(one.id, held.raw):
                return replace(plain(held, state), id=one.id)
            text = one.promised.text if one.promised else None
            if text is None and held.state == TORN:
                return replace(plain(held, TORN, _CUT), id=one.id)
            header = one.promised.header if one.promised else self._named(held, one.seq)
            return compared(held, one.id, text, held.trouble or _HEADER, header)
        if held.state == TORN:
            return plain(held, TORN, _CUT)
        return plain(held, EDITED if held.state == EDITED else "handwritten", held.trouble)

    def _swallowed(self, held: Held) -> Iterator[Verdict]:
        """Verdicts on entries that have no slice of their own any more."""
        if not remains.is_swallowed(held):
            return
        told = {self.found[held].id}
        for one in list(remains.found_in(held, self.index, self.gone)):
            if one.id in told:
                continue
            told.add(one.id)
            self.gone.pop(one.id, None)
            line = held.line + held.raw.count(b"\n", 0, one.offset)
            now = held.raw[one.offset :].rstrip(b"\n")
            if state := self.accepted.of(held).of_remains(one.id, now):
                yield Verdict(one.id, state, held.day.path, line)
                continue
            text = one.promised.text if one.promised else b""
            header = one.promised.header if one.promised else self._named(held, one.seq)
            shown = diff(text.rstrip(b"\n"), now) if text else ""
            message = "its heading or its fence was changed, so that it no longer is an entry"
            new = slice_digest(now)
            yield Verdict(one.id, EDITED, held.day.path, line, message, shown, header, new)
        torn = remains.torn_off(held, self.index, self.gone)
        if torn and torn.id not in told:
            self.gone.pop(torn.id, None)
            line = held.line + held.raw.count(b"\n", 0, held.raw.rfind(held.rest))
            message = "only its end is here: another program tore it off"
            yield Verdict(torn.id, TORN, held.day.path, line, message)

    def _lacking(self) -> Iterator[Verdict]:
        """The ends of chains that packs brought, and that are gone."""
        for chain, seq, head in self.index.lacking():
            if head not in self.accepted.brought(chain.workspace).headers:
                said = f"number {seq} of {chain.writer}, which a pack brought, is gone"
                yield Verdict(f"{chain.writer}:{seq}", "missing", chain.ends[seq, head], 0, said)
