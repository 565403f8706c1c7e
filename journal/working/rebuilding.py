"""A memory rebuilt: a state's structure filled with the journal's texts, and what came after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from journal import sessions
from journal.catalog.text import Slices
from journal.finding import Finding
from journal.working.holding import BEFORE, Bounds, Holding, Message, Tombstone, tombstone_of
from journal.working.state import made_with, mark
from journal.working.texts import body_digest, entry_at, is_withheld, message_of, titled
from journal.working.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.entry import Entry
    from journal.working.holding import Place
    from journal.working.state import Kept, Owner, State

_AFTER: Place = (1 << 63, 0, "")  # after every entry
_NAMED = 3  # ids in a note
_UNKNOWN, _PURGED, _FORGOTTEN = "unknown", "purged", "forgotten"
_FOREIGN, _RESET, _PATH, _COVERED, _OLD = "foreign", "reset", "path", "covered", "old"
_WHY = {
    _UNKNOWN: ("gone-entry", "the journal has no entry of that id, or its text is gone"),
    _PURGED: ("gone-entry", "it was purged"),
    _FORGOTTEN: ("gone-entry", "it is forgotten; `journal forget ID --unforget` shows it again"),
    _FOREIGN: ("gone-entry", "it is an entry of another session"),
    _RESET: ("before-reset", "it is from before the session was reset"),
    _PATH: ("other-path", "the session goes on another path now"),
}


class Rebuilding:
    """Rebuilds one session's memory within bounds; `notes` get what could not be had."""

    def __init__(
        self, journal: Journal, owner: Owner, bounds: Bounds, key: bytes, notes: list[Finding]
    ) -> None:
        self._journal = journal
        self._owner = owner
        self._bounds = bounds
        self._key = key
        self._notes = notes
        self._rows: dict[str, Row] = {}
        self._walk = Walk()

    def holding(self, state: State | None = None, where: tuple[str, int] = ("", 0)) -> Holding:
        """What memory holds: of the state what is still there, and what the session has since.

        Without a state: the session's entries, the newest that fit.
        """
        # Only now: what a state names may have been appended just before it was read.
        self._journal.catalog.catch_up()
        known = (*state.messages, *state.tombstones) if state else ()
        self._rows = self._found({*(one.id for one in known), *(one.entry for one in known)})
        horizon = state.horizon if state else BEFORE
        self._walk = walk(
            self._journal,
            self._owner,
            {one.id for one in known},
            horizon=horizon,
            oldest=self._oldest(state.messages) if state else _AFTER,
            most=self._bounds.messages,
        )
        held = Holding(self._bounds, horizon=max(horizon, self._walk.reset, self._walk.upto))
        with Slices(self._journal.root) as slices:
            if state:
                held = self._as_kept(slices, held, state, where)
            held = self._with_new(slices, held)
        return held.fitted()

    def _found(self, ids: Iterable[str]) -> dict[str, Row]:
        """The rows of these ids; of copies the one of which least may be shown."""
        found: dict[str, Row] = {}
        for row in self._journal.catalog.with_ids(list(ids)):
            if row.id not in found or row.purged or row.forgotten:
                found[row.id] = row
        return found

    def _oldest(self, messages: Iterable[Kept]) -> Place:
        """The first place of those that are in the session."""
        rows = [self._rows[one.id] for one in messages if one.id in self._rows]
        return min((sessions.order(row) for row in rows if self._is_own(row)), default=_AFTER)

    def _is_own(self, row: Row) -> bool:
        return (row.session, row.namespace) == (self._owner.session, self._owner.namespace)

    def _place(self, kept: Kept) -> Place:
        row = self._rows.get(kept.id)
        return (row.turn or kept.turn, row.microseconds, row.id) if row else (kept.turn, 0, kept.id)

    def _as_kept(
        self, slices: Slices, held: Holding, state: State, where: tuple[str, int]
    ) -> Holding:
        """The state's messages that are still there, in its order, and tombstones of the others."""
        comparable = state.made_with == made_with(self._key)
        gone = [self._buried(one) for one in state.tombstones]
        messages: list[Message] = []
        why: dict[str, list[str]] = {}
        for kept in state.messages:
            reason = self._reason(kept)
            message = None if reason else self._message(slices, kept, comparable=comparable)
            if message:
                messages.append(message)
                continue
            why.setdefault(reason or _UNKNOWN, []).append(kept.id)
            gone.append(self._buried(kept))
        for reason, ids in why.items():
            self._tell(reason, ids, where)
        left = [one for one in gone if one.place > self._walk.reset]
        return replace(held, messages=tuple(messages)).buried(left)

    def _reason(self, kept: Kept) -> str:
        """Why a message of the state doesn't come back; "" if it does."""
        row = self._rows.get(kept.id)
        if row is None:
            return _UNKNOWN
        if row.purged or row.forgotten:
            return _PURGED if row.purged else _FORGOTTEN
        if self._place(kept) <= self._walk.reset:
            return _RESET
        if not row.session and is_withheld(row):  # a record, all that the policy lets be kept
            return "" if row.namespace == self._owner.namespace else _FOREIGN
        return self._off_the_path(row) if self._is_own(row) else _FOREIGN

    def _off_the_path(self, row: Row) -> str:
        if self._walk.stander(row):
            return _COVERED
        if row.id in self._walk.seen:
            return ""
        return _OLD if sessions.order(row) < self._walk.upto else _PATH

    def _message(self, slices: Slices, kept: Kept, *, comparable: bool) -> Message | None:
        row = self._rows[kept.id]
        text = self._text(kept, row)
        entry = entry_at(self._journal, slices, text)
        if entry is None:
            return None
        message = message_of(row, entry, kept.turn, kept.role)
        if text.id == kept.entry and self._is_edited(kept, entry, comparable=comparable):
            what = f"the text of {text.id} was changed: memory holds it as it is now"
            fix = f"`journal show {text.id}`, and `journal verify` tells whether that was accepted"
            self._notes.append(Finding("edited-entry", text.file, text.line, what, fix))
        elif self._is_older(text, kept):
            what = f"the newest text of {kept.id} is gone: memory holds the one before"
            fix = f"`journal show {kept.entry}` tells what became of it"
            self._notes.append(Finding("gone-entry", text.file, text.line, what, fix))
        return message

    def _is_older(self, text: Row, kept: Kept) -> bool:
        """Whether the message had a newer text than this one when its state was kept."""
        entry = self._rows.get(kept.entry)
        gone = entry is None or entry.purged or entry.forgotten
        return gone and text.id < kept.entry  # a stub doesn't tell its moment

    def _text(self, kept: Kept, first: Row) -> Row:
        """The entry that has the newest text of a message."""
        newest = self._walk.texts.get(kept.id)
        entry = self._rows.get(kept.entry)
        if entry and entry.id != kept.id and not entry.session and is_withheld(entry):
            hidden = entry.purged or entry.forgotten
            if not hidden and (not newest or newest.microseconds < entry.microseconds):
                return entry
        return newest or first

    def _is_edited(self, kept: Kept, entry: Entry, *, comparable: bool) -> bool:
        now = body_digest(entry)
        if comparable:
            return mark(self._key, kept.id, now) != kept.mark
        return entry.sealed and entry.digest != now

    def _buried(self, kept: Kept) -> Tombstone:
        """The tombstone of what isn't in memory, with the title that the journal shows of it."""
        text = self._rows.get(kept.entry)
        row = self._rows.get(kept.id)
        hidden = any(one is None or one.purged or one.forgotten for one in (text, row))
        title = titled(text.title or text.head) if text and not hidden else ""
        summary = kept.link or (self._walk.stander(row) if row else "")
        turn, microseconds, _ = self._place(kept)
        return Tombstone(
            kept.id, kept.role, kept.entry, kept.bytes, title, summary, turn, microseconds
        )

    def _with_new(self, slices: Slices, held: Holding) -> Holding:
        """The same with what the session has besides: as much of the newest as fits."""
        room, found, gone = self._bounds.bytes, [], []
        horizon = held.horizon
        for row in self._walk.new:
            text = self._walk.texts.get(row.id, row)
            entry = entry_at(self._journal, slices, text)
            if entry is None:
                continue
            message = message_of(row, entry)
            if message.bytes > self._bounds.bytes:
                gone.append(tombstone_of(message))  # no memory with these bounds can hold it
                continue
            room -= message.bytes
            if room < 0:
                horizon = max(horizon, sessions.order(row))
                break
            found.append(message)
        held = replace(held, horizon=horizon).buried([*held.tombstones, *gone])
        for message in reversed(found):
            place = self._walk.stands.get(message.id, message.place)
            at = held.after(place, self._walk.stands)
            messages = (*held.messages[:at], message, *held.messages[at:])
            held = replace(held, messages=messages)
        return held

    def _tell(self, reason: str, ids: list[str], where: tuple[str, int]) -> None:
        if reason not in _WHY:
            return  # it left memory as others do, for a summary or for newer ones
        code, why = _WHY[reason]
        named = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED} more" * (len(ids) > _NAMED))
        self._notes.append(Finding(code, *where, f"{named}: {why}"))
