"""Different texts of one entry: what was masked, redacted, amended or purged is no conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from journal import dayfile, hidden, packed, packs
from journal.chain import ACCEPTS, slice_digest
from journal.dayfile import INTACT, Piece
from journal.errors import JournalError
from journal.manifest import Manifest, Masked
from journal.selection import Selection

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.held import Held
    from journal.packed import Origin
    from journal.packing.whose import Owners
    from journal.packs import Pack

_KINDS = ("forget", "redact", "amend")


class Aliases:
    """What the pack and the journal know of texts from before. All of it is asked when needed.

    What other workspaces' packs brought says nothing of this one's entries.
    """

    def __init__(self, journal: Journal, pack: Pack, owners: Owners) -> None:
        self._journal = journal
        self._pack = pack
        self._owners = owners
        self._pairs: dict[str, Mapping[str, set[str]]] = {}  # by the workspace that they are of

    def is_purged(self, held: Held) -> bool:
        """Whether the entry of this slice was purged here, be it that it never stood here."""
        if not self._said:
            return False
        whose = self._workspace(held)
        if not held.header:
            names = self._names({slice_digest(held.raw)}, whose)
            return any(self._is_hand_purged(f"h-{name[7:19]}", whose) for name in names)
        piece = dayfile.slice_at(held.raw, 0)
        for said in self._sayings(held.id, whose):
            one = hidden.forgetting(said, "")
            if one and one.what == hidden.PURGE:
                if one.new == hidden.stub_digest(piece):
                    return True
                if said.values.get("old") == held.header:
                    return True
        return False

    def _workspace(self, held: Held) -> str:
        return self._pack.manifest.parts[self._pack.members[held.day.path].part].workspace

    def _is_hand_purged(self, entry_id: str, whose: str) -> bool:
        found = (hidden.forgetting(said, "") for said in self._sayings(entry_id, whose))
        return any(one and one.what == hidden.PURGE for one in found)

    def are_one(self, held: Held, headers: Iterable[str]) -> bool:
        """Whether the slice is another text of the entry that has these headers here."""
        whose = self._workspace(held)
        before = {
            str(said.values.get(key))
            for said in self._sayings(held.id, whose)
            for key in ("old", "was")
            if said.values.get(key)
        }
        here = self._names({*headers, *before}, whose)
        there = self._names({held.header, *self._packed.get(held.id, ())}, whose)
        return not here.isdisjoint(there)

    def of(self, held: Held) -> set[str]:
        """The digests of a handwritten slice's other texts."""
        digest = slice_digest(held.raw)
        return self._names({digest}, self._workspace(held)) - {digest}

    def _names(self, digests: set[str], whose: str) -> set[str]:
        found, pending = set(digests), list(digests)
        masked = self._masked(whose)
        while pending:
            for other in masked.get(pending.pop(), ()):
                if other not in found:
                    found.add(other)
                    pending.append(other)
        return found

    def _masked(self, whose: str) -> Mapping[str, set[str]]:
        """By a digest those of the same text with more or less of it masked."""
        if whose in self._pairs:
            return self._pairs[whose]
        pairs = [(one.old, one.new) for one in (*self._pack.manifest.masked, *self._brought(whose))]
        pairs += [
            (was, now)
            for of in self._said
            if of.startswith("h-")
            for said in self._sayings(of, whose)
            if (was := str(said.values.get("was", ""))) and (now := str(said.values.get("now", "")))
        ]
        found: dict[str, set[str]] = defaultdict(set)
        for one, other in pairs:
            found[one].add(other)
            found[other].add(one)
        self._pairs[whose] = found
        return found

    def _brought(self, whose: str) -> Iterator[Masked]:
        """What packs that hold nothing but this workspace's masked; others say nothing of it."""
        for manifest in self._manifests:
            if {part.workspace for part in manifest.parts} == {whose}:
                yield from manifest.masked

    @cached_property
    def _manifests(self) -> list[Manifest]:
        return [one.manifest for one in origins(self._journal) if one.manifest]

    @cached_property
    def _said(self) -> Mapping[str, list[tuple[str, str]]]:
        """By the id that it is about who says what became of it: an entry's id, and its source."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for kind in _KINDS:
            for row in self._journal.catalog.rows(Selection(kind=kind, forgotten="also")):
                says = (row.id, self._owners.source(row.file))
                found[str(row.fields.get("of", ""))].append(says)
        return found

    def _sayings(self, of: str, whose: str) -> Iterator[Piece]:
        """Those of them that count for that workspace's, and are as they were sealed."""
        for by, source in self._said.get(of, ()):
            if not packed.counts(source, whose):
                continue
            try:
                piece = self._journal.look(by)[1]
            except JournalError:
                continue
            if piece.state == INTACT:
                yield piece

    @cached_property
    def _packed(self) -> Mapping[str, set[str]]:
        """By id the headers from before that entries in the pack itself accept."""
        found: dict[str, set[str]] = defaultdict(set)
        for member in self._pack.manifest.members:
            for held in packs.entries_of(self._pack, member.path) if member.part >= 0 else ():
                if held.kind in ACCEPTS and held.state == INTACT:
                    values = dayfile.parse(held.raw).values
                    if old := values.get("old"):
                        found[str(values.get("of"))].add(str(old))
        return found


def origins(journal: Journal) -> list[Origin]:
    """What packs brought before, as far as entries of this workspace vouch for it."""
    return packed.origins(journal.root, packed.vouched(journal.notebook.store))
