"""A session's entries read back as far as memory may need them, newest first, without texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from journal import sessions
from journal.conversations import Conversation
from journal.restore import KINDS
from journal.working.holding import BEFORE
from journal.working.texts import replaces, stands_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.working.holding import Place
    from journal.working.state import Owner

_COVERING = frozenset(("summary", "compact"))
_MAIN = "main"


@dataclass(slots=True)
class Walk:
    """What was met on the way back along the session's current path.

    `new`: rows that were not known, newest first. `seen`: ids of known messages that are on the
    path. `texts`: for a message's id the newest entry that replaces its text. `stood`: for an id
    the entry that stands for it; `stands`: for such an entry the place of the last that it stands
    for. `upto` is how far the walk came where enough was `new`, `reset` the session's last reset.
    """

    new: list[Row] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    texts: dict[str, Row] = field(default_factory=dict)
    stood: dict[str, str] = field(default_factory=dict)
    stands: dict[str, Place] = field(default_factory=dict)
    upto: Place = BEFORE
    reset: Place = BEFORE
    _covers: list[tuple[str, Place, Place, str]] = field(default_factory=list)

    def stander(self, row: Row) -> str:
        """The id of the entry that stands for this one, "" if none does."""
        if row.id in self.stood:
            return self.stood[row.id]
        place, path = sessions.order(row), row.path or _MAIN
        for way, first, last, by in self._covers:
            if way == path and first <= place <= last and by != row.id:
                return by
        return ""

    def cover(self, row: Row, ends: Mapping[str, Row]) -> None:
        """Know what the summary stands for: the ids that it names, or all from first to last."""
        first, last = (ends.get(str(row.fields.get(key))) for key in ("first", "last"))
        if first and last:
            self.stands[row.id] = sessions.order(last)
        if named := stands_for(row):
            for one in named:
                self.stood.setdefault(one, row.id)
        elif first and last:
            around = (sessions.order(first), sessions.order(last))
            self._covers.append((row.path or _MAIN, *around, row.id))


def last_reset(journal: Journal, owner: Owner) -> Place:
    """Where the session was begun anew the last time; before everything if it never was."""
    told = journal.catalog.told(owner.namespace, owner.session, ["session"])
    resets = [sessions.order(row) for row in told if row.fields.get("event") == "reset"]
    return max(resets, default=BEFORE)


def walk(
    journal: Journal,
    owner: Owner,
    known: Collection[str],
    *,
    horizon: Place,
    oldest: Place,
    most: int,
) -> Walk:
    """Go back along the session's current path, to the last reset at most.

    Unknown entries count if they stand after the horizon; so many are enough. `oldest` is the
    first place of what is known. Where the path came from another session the walk ends: memory is
    of one session.
    """
    found = Walk(reset=last_reset(journal, owner))
    end = max(found.reset, min(horizon, oldest))
    whose = (owner.session, owner.namespace)
    for row in Conversation(journal, owner.session, owner.namespace).line(every=True):
        place = sessions.order(row)
        if place < end or (row.session, row.namespace) != whose:
            break
        if row.kind in _COVERING and "distilled" not in row.fields:
            names = [str(row.fields[key]) for key in ("first", "last") if key in row.fields]
            found.cover(row, {one.id: one for one in journal.catalog.with_ids(names)})
        if target := replaces(row):
            found.texts.setdefault(target, row)
        elif row.id in known:
            found.seen.add(row.id)
        elif row.kind in KINDS and place > horizon and not found.stander(row):
            found.new.append(row)
            if len(found.new) >= most:
                found.upto = place
                break
    return found
