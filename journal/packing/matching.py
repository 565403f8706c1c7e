"""Which slices of a pack are here already: by id and header digest, handwritten ones by their text.

`pack import` and `pack diff` both ask here, so that they say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import dayfile, packed, packs
from journal.catalog.text import Slices
from journal.chain import slice_digest
from journal.daypath import DayFile, day_files
from journal.held import Chain, Day, Held, read
from journal.manifest import place_of
from journal.packing.aliases import Aliases
from journal.packing.brought import Place
from journal.packing.numbers import Numbers
from journal.packing.whose import Owners

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.manifest import Part
    from journal.packs import Pack

NEW, SAME, CONFLICTING = "new", "same", "conflicting"
_MANY = 500  # ids that the catalog is asked for at once
_BYTES = 8 << 20  # of slices that are held meanwhile
_NOBODY = Chain("", "", "")
_Here = tuple["Row", bytes]


@dataclass(frozen=True, slots=True)
class Match:
    """A slice of a pack (`held.day.path` is its member): NEW, SAME or CONFLICTING.

    `namespace` is the one that it has, or would have, here; `here` is set for a CONFLICTING one.
    `purged`: it was here, and was purged: it is SAME, and never comes back.
    """

    held: Held
    what: str
    namespace: str
    here: Place | None = None
    purged: bool = False


def matches(journal: Journal, pack: Pack, as_namespace: str = "") -> Iterator[Match]:
    """Every slice of the pack, in the order of its members, read in portions."""
    journal.catalog.catch_up()
    with Slices(journal.root) as slices:
        matching = _Matching(journal, pack, as_namespace, slices)
        for some in _portions(_slices(pack)):
            yield from matching.of(some)


def _slices(pack: Pack) -> Iterator[Held]:
    for member in pack.manifest.members:
        if member.part >= 0:
            yield from packs.entries_of(pack, member.path)


def _portions(every: Iterable[Held]) -> Iterator[list[Held]]:
    some: list[Held] = []
    size = 0
    for held in every:
        some.append(held)
        size += len(held.raw)
        if len(some) >= _MANY or size > _BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


class _Matching:
    """One comparison; what it asks of the journal it asks once."""

    def __init__(self, journal: Journal, pack: Pack, as_namespace: str, slices: Slices) -> None:
        self._journal = journal
        self._pack = pack
        self._as = as_namespace
        self._read = slices
        self._owners = Owners(journal.notebook.store)
        self._aliases = Aliases(journal, pack, self._owners)
        self._numbers = Numbers(journal, self._owners)
        self._days: dict[str, list[DayFile]] | None = None
        self._hands: dict[tuple[str, str], set[str]] = {}

    def of(self, some: list[Held]) -> Iterator[Match]:
        here = self._here([held.id for held in some if held.header])
        for held in some:
            place = place_of(held.day.path)
            namespace = self._as or (place.namespace if place else "")
            if held.header:
                yield self._sealed(held, namespace, here.get(held.id, []))
            else:
                yield self._handwritten(held, namespace)

    def _here(self, ids: list[str]) -> dict[str, list[_Here]]:
        """What stands here under these ids, each slice with its row."""
        spans: dict[str, list[Row]] = {}
        for row in self._journal.catalog.with_ids(ids):
            if not self._owners.of(DayFile(row.file)).workspace:
                continue  # nobody vouches for it: to bring it again is what mends that
            spans.setdefault(row.spool or row.file, []).append(row)
        found: dict[str, list[_Here]] = {}
        for path, rows in spans.items():
            raws = self._read.raw(path, [(row.offset, row.size) for row in rows])
            for row, raw in zip(rows, raws, strict=True):
                found.setdefault(row.id, []).append((row, self._sound(row, raw)))
        return found

    def _sound(self, row: Row, raw: bytes) -> bytes:
        """The row's slice: another one may stand at its place by now, or have other line ends."""
        if b"\r" not in raw and f"\nid: {row.id}\n".encode() in raw:
            return raw
        piece = self._read.piece(row)
        return piece.raw if piece else b""

    def _sealed(self, held: Held, namespace: str, here: list[_Here]) -> Match:
        whole = held.raw.rstrip(b"\n")
        if any(raw.rstrip(b"\n") == whole for _, raw in here):
            return Match(held, SAME, namespace)
        part = self._part(held)
        if self._aliases.is_purged(held) or any(self._is_purged(row, part) for row, _ in here):
            return Match(held, SAME, namespace, purged=True)
        others = {header: row for row, raw in here if (header := _header(raw))}
        if not others and (taken := self._taken(held, part, namespace)):
            others = {self._header_of(taken): taken}
        elif not others:
            return Match(held, NEW, namespace)
        if held.header in others or self._aliases.are_one(held, others):
            return Match(held, SAME, namespace)
        header, row = next(iter(others.items()))
        return Match(held, CONFLICTING, namespace, Place(row.file, row.line, header))

    def _is_purged(self, row: Row, part: Part) -> bool:
        """Whether it was purged by who may say so of what the part holds."""
        return row.purged and packed.counts(self._owners.source(row.file), part.workspace)

    def _taken(self, held: Held, part: Part, namespace: str) -> Row | None:
        """The entry of this workspace that has the slice's number.

        Of others' chains nobody knows here which of two is the true one: both come, as `forked`.
        """
        if part.workspace != self._journal.notebook.store.config.id:
            return None
        return self._numbers.other(held, part, namespace)

    def _part(self, held: Held) -> Part:
        return self._pack.manifest.parts[self._pack.members[held.day.path].part]

    def _header_of(self, row: Row) -> str:
        piece = self._read.piece(row)
        return piece.header if piece else ""

    def _handwritten(self, held: Held, namespace: str) -> Match:
        if self._aliases.is_purged(held):
            return Match(held, SAME, namespace, purged=True)
        there = self._handwritten_on(held.day.date, namespace)
        digest = slice_digest(held.raw)
        is_here = digest in there or not there.isdisjoint(self._aliases.of(held))
        return Match(held, SAME if is_here else NEW, namespace)

    def _handwritten_on(self, date: str, namespace: str) -> set[str]:
        """The digests of the handwritten texts that are here on a day.

        How often one is here doesn't count: readers take what two packs brought for one.
        """
        if (namespace, date) not in self._hands:
            if self._days is None:
                self._days = {}
                for day in day_files(self._journal.root):
                    self._days.setdefault(day.date, []).append(day)
            days = [day for day in self._days.get(date, []) if day.namespace == namespace]
            self._hands[namespace, date] = {
                slice_digest(held.raw)
                for day in days
                if self._owners.of(day).workspace
                for held in self._file(day)
                if not held.header
            }
        return self._hands[namespace, date]

    def _file(self, day: DayFile) -> list[Held]:
        data = self._journal.notebook.store.content(day.path) or b""
        return read(data, Day(day.path, day.date, _NOBODY))


def _header(raw: bytes) -> str:
    return dayfile.slice_at(raw, 0).header if raw else ""


def is_record(held: Held) -> bool:
    """Whether the slice is the record of an import: of what happened to a workspace, not in it."""
    end = held.raw.find(b"\n```\n")
    return held.kind == "event" and b"\nevent: pack-imported\n" in held.raw[: max(end, 0) + 1]


__all__ = ["CONFLICTING", "NEW", "SAME", "Match", "is_record", "matches"]
