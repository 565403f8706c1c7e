"""Whether the policy would have let in what a pack brings: no pack is a way around it.

Secrets are masked before (`incoming`), and nothing else of a slice can be changed or withheld on
the way: where the policy would not keep one, nothing comes. What it wants a review of, wants one
here too.
"""

from __future__ import annotations

from datetime import UTC
from functools import cached_property
from typing import TYPE_CHECKING

from journal import dayfile, header
from journal.chain import slice_digest
from journal.errors import Refused
from journal.packing.matching import is_record
from journal.policy.admission import RECORD, gates_of
from journal.policy.gates import ANY, PURGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.api import Journal
    from journal.dayfile import Piece
    from journal.packing.incoming import Note
    from journal.packing.matching import Match

_OURS = "review"  # entries of this kind say nothing here: they are of another workspace


class Admission:
    """What the policy says of one pack's slices; `verbs` are those that it wants reviewed."""

    def __init__(self, journal: Journal, notes: Mapping[str, Note]) -> None:
        self._intake = journal.notebook.intake
        self._policy = journal.notebook.place.policy
        self._notes = notes
        self.verbs: set[str] = set()

    def take(self, match: Match) -> None:
        """One more slice that would come; Refused `policy-refused` if the policy keeps it out."""
        if self._policy:
            piece = dayfile.slice_at(match.held.raw, 0)
            self._decide(match, piece, match.held.raw.decode(errors="replace"))
            self._gate(match, piece)

    def _decide(self, match: Match, piece: Piece, text: str) -> None:
        held = match.held
        values = header.known(piece, held.day.date, lambda: UTC)
        own = str(values["kind"]) in RECORD or is_record(held)
        decision = (
            self._intake.denied(match.namespace, [text])
            if own
            else self._intake.decide(match.namespace, values, [text])
        )
        rule = decision.rule if decision else self._denied(match)
        if rule:
            raise Refused(
                f"{held.day.path}:{held.line}: nothing was imported, for entry {held.id} is not to"
                f" be kept in {match.namespace}: {rule}",
                hint="`journal policy show` tells what may be kept; `journal pack export` can"
                " choose",
            )

    def _denied(self, match: Match) -> str:
        """What the denylist says of the text as it was: the policy comes before redaction."""
        note = self._notes.get(slice_digest(match.held.raw))
        return note.denied if note else ""

    def _gate(self, match: Match, piece: Piece) -> None:
        held = match.held
        if held.kind == _OURS or is_record(held):
            return
        kind = held.kind or "note"
        if kind == "forget" and piece.values.get("what") == PURGE:
            kind = PURGE
        if kind in self._gated:
            self.verbs.add(self._gated[kind])
        elif kind not in RECORD and (found := gates_of(self._policy, match.namespace).get(ANY)):
            self.verbs.add(str(found[0]))

    @cached_property
    def _gated(self) -> Mapping[str, str]:
        """The kinds that are marked in any namespace: an entry may be about another one's."""
        return {
            kind: str(verb)
            for namespace in ("", *self._policy)
            for kind, (verb, _) in gates_of(self._policy, namespace).items()
            if kind != ANY
        }
