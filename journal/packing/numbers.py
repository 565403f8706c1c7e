"""Numbers of chains that other entries have here: nobody gives one twice, so one of both lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.daypath import DayFile
from journal.packing.whose import Owners, of_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.held import Held
    from journal.manifest import Part

_SMALL = 1 << 26  # numbers that are kept as bits


class Numbers:
    """Which numbers are given here, of the chains that somebody asks about."""

    def __init__(self, journal: Journal, owners: Owners) -> None:
        self._journal = journal
        self._owners = owners
        self._given: dict[tuple[str, str], _Bits] = {}

    def other(self, held: Held, part: Part, namespace: str) -> Row | None:
        """The entry that has the number of this slice, which is none of those here, in its chain.

        `namespace` is the one that the chain has, or would have, here.
        """
        key = (part.writer, namespace)
        if key not in self._given:
            self._given[key] = _Bits(self._journal.catalog.numbers(*key))
        if held.seq < 1 or held.seq not in self._given[key]:
            return None
        for row in self._journal.catalog.numbered(*key, held.seq):
            if row.id != held.id and self._owners.of(DayFile(row.file)) == of_part(part):
                return row
        return None


class _Bits:
    """Whole numbers from 1; a chain's are mostly without holes, so a bit each is little."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._bits = bytearray()
        self._large: set[int] = set()
        for number in numbers:
            if number >= _SMALL:
                self._large.add(number)
                continue
            missing = (number >> 3) + 1 - len(self._bits)
            if missing > 0:
                self._bits += bytes(missing + len(self._bits) // 2)
            self._bits[number >> 3] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        if number >= _SMALL:
            return number in self._large
        at = number >> 3
        return at < len(self._bits) and bool(self._bits[at] & 1 << (number & 7))
