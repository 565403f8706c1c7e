"""The chains: what each entry names as its predecessor, and the state that follows for each entry.

Pure: pieces, spool records and git's old texts come in as values, verdicts go out. One chain per
(writer, namespace); it is a tree, because git branches fork it and merges join it (FORMAT 7).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from typing import Any

from journal import dayfile, seal
from journal.dayfile import EDITED, INTACT, TORN, Piece

STATES = {
    **dict.fromkeys("intact amended forgotten redacted handwritten elsewhere spooled".split(), 0),
    **dict.fromkeys("edited edited-whitespace missing torn alien misplaced".split(), 1),
    **dict.fromkeys("forked broken".split(), 5),
}
_ACCEPTS = {"amend": "amended", "forget": "forgotten", "redact": "redacted", "adopt": "handwritten"}


@dataclass(frozen=True, slots=True)
class Held:
    """A piece and where it lies: chain, file, line, the file's date, and its id as readers see it."""

    id: str
    piece: Piece
    writer: str
    namespace: str
    file: str
    line: int
    date: str
    regular: bool = True

    @property
    def chain(self) -> tuple[str, str]:
        """The chain that the file says it belongs to."""
        return (self.writer, self.namespace)

    @property
    def seq(self) -> int:
        """Its place in the chain; 0 if it names none."""
        seq = self.piece.values.get("seq")
        return seq if type(seq) is int else 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the spool remembers of an entry: the text that was promised."""

    id: str
    seq: int
    writer: str
    namespace: str
    file: str
    text: bytes
    header: str
    gone: bool  # it was put back once already
    placed: bool  # it is known to have been in its file


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of one entry, where, why, and what changed if the old text is known."""

    id: str
    state: str
    file: str
    line: int
    message: str = ""
    diff: str = ""

    def record(self) -> dict[str, Any]:
        """The verdict as JSON shows it."""
        shown: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "file": self.file,
            "line": self.line,
        }
        if self.message:
            shown["message"] = self.message
        if self.diff:
            shown["diff"] = self.diff
        return shown


@dataclass(slots=True)
class Evidence:
    """All that a verification may look at.

    `old_texts` gives slices that git remembers, asked only when something doesn't hold; `taken`
    tells of an id missing from a file whether git took it.
    """

    held: list[Held]
    acknowledged: list[Acknowledged]
    genesis: Callable[[str, str], str]
    old_texts: Callable[[], Iterable[bytes]]
    taken: Callable[[str], bool]
    owned: frozenset[str] = frozenset()  # writers whose spool is here: it knows all their entries
    _old: dict[str, list[Piece]] | None = field(default=None)

    def old(self) -> dict[str, list[Piece]]:
        """Git's old pieces by id."""
        if self._old is None:
            self._old = defaultdict(list)
            for text in self.old_texts():
                piece = dayfile.parse(text)
                self._old[str(piece.values.get("id", ""))].append(piece)
        return self._old

    def old_headers(self) -> set[str]:
        """The header digests that git remembers."""
        return {piece.header for pieces in self.old().values() for piece in pieces}


def verify(evidence: Evidence) -> list[Verdict]:
    """A verdict on every entry that is held or was acknowledged, in the order given."""
    chains = _Chains(evidence)
    verdicts = [chains.judge(held) for held in chains.once()]
    present = {held.id for held in evidence.held}
    verdicts += [
        _absent(evidence, promised)
        for promised in evidence.acknowledged
        if promised.id not in present
    ]
    return verdicts


def counts(verdicts: list[Verdict]) -> dict[str, int]:
    """How many entries are in each state that occurs."""
    return dict(Counter(verdict.state for verdict in verdicts))


def exit_code(verdicts: list[Verdict]) -> int:
    """0, 1 or 5: the worst state's (FORMAT 10)."""
    return max((STATES[verdict.state] for verdict in verdicts), default=0)


def slice_digest(raw: bytes) -> str:
    """What pins a slice as it stands, trailing newlines aside: amend and adopt name it."""
    return seal.digest(raw.rstrip(b"\n"))


class _Chains:
    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.promised = {promised.id: promised for promised in evidence.acknowledged}
        self.headers: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        self.pins: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for held in evidence.held:
            if held.piece.header:
                self.headers[held.chain][held.seq].add(held.piece.header)
                seq, digest = _link(held.piece)
                self.pins[held.chain][seq].add(digest)
        self.known: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.highest: dict[tuple[str, str], int] = defaultdict(int)
        for promised in evidence.acknowledged:
            chain = (promised.writer, promised.namespace)
            self.known[chain].add(promised.header)
            self.highest[chain] = max(self.highest[chain], promised.seq)
        self.accepted = _acceptances(evidence.held)

    def once(self) -> list[Held]:
        """Every held piece, but a copy of the same entry only once."""
        seen: set[tuple[str, bytes]] = set()
        kept = []
        for held in sorted(self.evidence.held, key=lambda held: not held.regular):
            mark = (held.id, held.piece.raw.rstrip(b"\n"))
            if not held.piece.header or mark not in seen:
                kept.append(held)
            seen.add(mark)
        return kept

    def judge(self, held: Held) -> Verdict:
        """The entry's state."""
        piece = held.piece
        if accepted := self.accepted.get((held.id, slice_digest(piece.raw))):
            return _verdict(held, accepted[0])
        if not piece.header:
            return self._unsealed(held)
        if piece.state == EDITED:
            return self._edited(held, "its body is not what was sealed")
        return self._linked(held)

    def _unsealed(self, held: Held) -> Verdict:
        piece = held.piece
        if piece.state == TORN:
            return _verdict(held, "torn", "its header breaks off: a write was cut short")
        if piece.trouble and b"\ndigest: sha256:" in piece.raw:
            return self._edited(held, piece.trouble)
        return _verdict(held, "handwritten", piece.trouble)

    def _linked(self, held: Held) -> Verdict:
        piece, chain = held.piece, held.chain
        seq, digest = _link(piece)
        if not held.seq or not digest or not held.id or seq >= held.seq:
            return _verdict(held, "alien", "its header lacks a proper seq and prev")
        promised = self.promised.get(held.id)
        if promised and promised.header != piece.header:
            return self._edited(held, "its header is not what was sealed")
        if self._is_edited_copy(held):
            return self._edited(held, "the entry after it names another header")
        if len(self.headers[chain][held.seq]) > 1:
            return _verdict(held, "forked", f"two entries are number {held.seq} of this chain")
        home = self._home(held)
        if home != chain or str(piece.values.get("at", ""))[:10] != held.date:
            return _verdict(held, "misplaced", "it was moved here from another day file")
        if held.writer in self.evidence.owned and held.seq > self.highest[chain]:
            return _verdict(held, "alien", "this writer never wrote it: its spool ends before")
        if not self._exists(chain, seq, digest):
            return _verdict(held, "broken", f"the entry before it, number {seq}, is nowhere")
        if torn := self._leftover(held):
            return _verdict(held, "torn", torn)
        return _verdict(held, "intact")

    def _is_edited_copy(self, held: Held) -> bool:
        """Whether witnesses name another header for its number, and none names this one."""
        chain, header = held.chain, held.piece.header
        if header in self.known[chain] or held.id in self.promised:
            return False
        pins = self.pins[chain][held.seq]
        return bool(pins) and header not in pins

    def _home(self, held: Held) -> tuple[str, str]:
        """The chain that holds the entry's predecessor, its own if any does."""
        seq, digest = _link(held.piece)
        if self._near(held.chain, seq, digest):
            return held.chain
        for chain in {*self.headers, *self.known}:
            if chain != held.chain and seq and self._near(chain, seq, digest):
                return chain
        return held.chain

    def _near(self, chain: tuple[str, str], seq: int, digest: str) -> bool:
        if not seq:
            return f"0:{digest}" == self.evidence.genesis(*chain)
        return (
            digest in self.headers[chain][seq]
            or digest in self.known[chain]
            or any(digest == old for _, old in self.accepted.values())
        )

    def _exists(self, chain: tuple[str, str], seq: int, digest: str) -> bool:
        return self._near(chain, seq, digest) or digest in self.evidence.old_headers()

    def _leftover(self, held: Held) -> str:
        """What it says if the text under the entry is the rest of a write that was overtaken."""
        rest = held.piece.postscript
        if len(rest) < 8:
            return ""
        for promised in self.evidence.acknowledged:
            if promised.id != held.id and promised.text.rstrip(b"\n").endswith(rest):
                return f"under it lies the end of entry {promised.id}, torn off by another program"
        return ""

    def _edited(self, held: Held, why: str) -> Verdict:
        old = self._old_text(held)
        if old is None:
            return _verdict(held, "edited", why)
        now = held.piece.raw.rstrip(b"\n")
        old = old.rstrip(b"\n")
        if old.startswith(now) and now:
            return _verdict(held, "torn", "the rest of it is gone", _diff(old, now))
        state = "edited-whitespace" if old.split() == now.split() else "edited"
        return _verdict(held, state, why, _diff(old, now))

    def _old_text(self, held: Held) -> bytes | None:
        if promised := self.promised.get(held.id):
            return promised.text
        for piece in self.evidence.old().get(held.id, ()):
            if piece.state == INTACT and slice_digest(piece.raw) != slice_digest(held.piece.raw):
                return piece.raw
        return None


def _acceptances(held: list[Held]) -> dict[tuple[str, str], tuple[str, str]]:
    """`(id, digest of the slice as it is now)`: the state, and the header digest it once had."""
    found = {}
    for one in held:
        values = one.piece.values
        if one.piece.state == INTACT and values.get("kind") in _ACCEPTS and "of" in values:
            now, old = str(values.get("new", "")), str(values.get("old", ""))
            found[str(values["of"]), now] = (_ACCEPTS[str(values["kind"])], old)
    return found


def _absent(evidence: Evidence, promised: Acknowledged) -> Verdict:
    state, message = "spooled", "acknowledged, and not yet in its file; the next append writes it"
    if evidence.taken(promised.id):
        state, message = "elsewhere", "git has it, in another branch, the reflog or a stash"
    elif promised.gone:
        state, message = (
            "missing",
            "it was put back once and is gone again; the spool still has it",
        )
    elif promised.placed:
        state, message = "missing", "it is gone from its file; the next append puts it back"
    return Verdict(promised.id, state, promised.file, 0, message)


def _link(piece: Piece) -> tuple[int, str]:
    number, _, digest = str(piece.values.get("prev", "")).partition(":")
    return (int(number), digest) if number.isascii() and number.isdigit() else (-1, "")


def _verdict(held: Held, state: str, message: str = "", diff: str = "") -> Verdict:
    return replace(Verdict(held.id, state, held.file, held.line), message=message, diff=diff)


def _diff(old: bytes, now: bytes) -> str:
    lines = (text.decode(errors="replace").split("\n") for text in (old, now))
    return "\n".join(unified_diff(*lines, "sealed", "now", lineterm="", n=1))
