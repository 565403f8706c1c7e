"""Which slices leave in a pack, and why the others don't."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from journal import dayfile, header
from journal.entry import Entry
from journal.held import Held, read
from journal.packing.survey import Survey, ordered
from journal.selection import Selection
from journal.source import Source

if TYPE_CHECKING:
    from journal.daypath import DayFile
    from journal.store import Store

FORGOTTEN, UNSOUND, NOT_CHOSEN = "forgotten", "unsound", "not-chosen"


class Leaving:
    """What goes: all that stands as it should, or of it what the selection takes.

    Entries that accept a change go along with the entry that they name, and so do those that accept
    a change of them: without them it could not be told from a forgery.
    """

    def __init__(self, store: Store, survey: Survey, selection: Selection | None) -> None:
        self._store, self._survey, self._selection = store, survey, selection
        self._along: AbstractSet[str] = frozenset()
        if selection and survey.accepting:
            self._along = self._followers()

    @property
    def takes_all(self) -> bool:
        """Whether nothing is chosen among what may go."""
        return self._selection is None

    def why_not(self, day: DayFile, held: Held) -> str:
        """Why the slice stays here; empty if it goes."""
        if self._survey.is_purged(held):
            return FORGOTTEN
        if not self._survey.is_sound(day, held):
            return UNSOUND
        if held.id in self._along or self._takes(day, held):
            return ""
        return NOT_CHOSEN

    def _takes(self, day: DayFile, held: Held) -> bool:
        wanted = self._selection
        if wanted is None:
            return True
        if wanted.namespace not in ("", day.namespace) or not wanted.may_hold(day.date):
            return False
        piece = dayfile.slice_at(held.raw, 0)
        known = header.known(piece, day.date, lambda: self._store.zone) | {"id": held.id}
        return wanted.takes(
            Entry(
                **known,
                namespace=day.namespace,
                writer=held.day.chain.writer,
                body=piece.body.decode(errors="replace"),
                postscript=piece.postscript.decode(errors="replace"),
                source=Source(day.path, held.line, 0),
            )
        )

    def _followers(self) -> set[str]:
        """The entries that accept changes of what goes, as far as these go."""
        named = {of for _, of in self._survey.accepting}
        going = set()
        for day in ordered(self._store):
            data = self._store.content(day.path) or b""
            entries = read(data, self._survey.owners.day(day))
            self._survey.name(day, entries)
            for held in entries:
                if (
                    held.id in named
                    and not self._survey.is_copy(held)
                    and not self.why_not(day, held)
                ):
                    going.add(held.id)
        size = -1
        while size != len(going):
            size = len(going)
            going |= {by for by, of in self._survey.accepting if of in going}
        return going
