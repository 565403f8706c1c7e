"""What a chain's share of a pack amounts to, counted as its slices come by.

Who exports fills a `Part` by it, who checks holds the part against it.
"""

from __future__ import annotations

import re

from journal.held import Chain, Held
from journal.manifest import by_number

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_MOST = 10**16  # what a manifest may call a number


class Tally:
    """How many slices, between which numbers, and which predecessors they name in vain.

    Holds some 200 bytes for each entry, and no text.
    """

    __slots__ = ("_genesis", "_headers", "_named", "crowded", "entries", "first", "last")

    def __init__(self, chain: Chain) -> None:
        self._genesis = chain.genesis
        self._headers: dict[int, bytes] = {}
        self._named: set[str] = set()
        self.crowded: set[int] = set()  # numbers that several different slices have
        self.entries = 0
        self.first = 0
        self.last = 0

    def take(self, held: Held) -> bool:
        """One more slice, handwritten ones too; whether nothing is wrong with its link so far."""
        self.entries += 1
        if not held.header:
            return True
        if 0 < held.seq < _MOST:
            self.first = min(self.first or held.seq, held.seq)
            self.last = max(self.last, held.seq)
            header = bytes.fromhex(held.header[7:])
            if self._headers.setdefault(held.seq, header) != header:
                self.crowded.add(held.seq)
        if gap := gap_of(held):
            if not self.has(gap):
                self._named.add(gap)
            return held.before < held.seq
        return not held.before and held.prev == self._genesis

    def has(self, link: str) -> bool:
        """Whether an entry of this number and header digest came by; `link` is a `prev`."""
        number, _, digest = link.partition(":")
        return self._headers.get(int(number)) == bytes.fromhex(digest[7:])

    def contradicts(self, link: str) -> bool:
        """Whether only another entry of this number came by."""
        return int(link.partition(":")[0]) in self._headers and not self.has(link)

    def header(self, seq: int) -> str:
        """The header digest of the entry of this number; empty if none came by."""
        found = self._headers.get(seq)
        return f"sha256:{found.hex()}" if found else ""

    @property
    def head(self) -> str:
        """The newest entry, as a `prev` names it; empty if none came by."""
        return f"{self.last}:{self.header(self.last)}" if self.last else ""

    def gaps(self) -> tuple[str, ...]:
        """What slices name as their predecessor, and none of them is."""
        return tuple(sorted((gap for gap in self._named if not self.has(gap)), key=by_number))


def gap_of(held: Held) -> str:
    """What a slice names as its predecessor, if that is an entry; else an empty text."""
    if not held.header or held.before < 1 or not _DIGEST.fullmatch(held.prev):
        return ""
    return f"{held.before}:{held.prev}"
