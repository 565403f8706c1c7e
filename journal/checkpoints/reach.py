"""Which checkpoints count at a place of a conversation: those of its path, and before its forks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from journal import sessions
from journal.paths import BRANCH, path_of
from journal.sessions import order

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row

    Place = tuple[int, int, str]

KIND = "checkpoint"
_FIRST = (-1, 0, "")
_BELOW = " "  # sorts after nothing, and before whatever else an id may go on with


def checkpoints(
    journal: Journal, session: str, namespace: str, path: str = "", *, every: bool = False
) -> Iterator[Row]:
    """The checkpoints along a path of the conversation, the current one if "", newest first.

    Its own, then from where it was branched those of the path it came from, and so on, as
    `Conversation.line` goes. None from before a session's last reset, unless `every`. What was
    compacted counts: a summary stands for what was said, not for a state.
    """
    catalog = journal.catalog
    of = (namespace, session, path or catalog.current(namespace, session))
    before: Place | None = None
    ends: dict[tuple[str, str], Place] = {}
    been: set[tuple[str, str, str]] = set()
    while of not in been:  # parents may lead in circles
        been.add(of)
        if of[:2] not in ends:
            ends[of[:2]] = _FIRST if every else _reset(catalog, of, before)
        end = ends[of[:2]]
        for row in reversed(catalog.told(*of[:2], [KIND])):
            if path_of(row) == of[2] and end < order(row) and (not before or order(row) < before):
                yield row
        origin = _origin(catalog, of, end)
        if origin is None:
            return
        of, before = origin


def _reset(catalog: Catalog, of: tuple[str, str, str], before: Place | None) -> Place:
    """Where the session's last reset before a place stands."""
    told = catalog.told(*of[:2], [sessions.KIND])
    resets = [order(row) for row in told if sessions.event_of(row) == sessions.RESET]
    return max((one for one in resets if not before or one < before), default=_FIRST)


def _origin(
    catalog: Catalog, of: tuple[str, str, str], end: Place
) -> tuple[tuple[str, str, str], Place] | None:
    """The path that a path was branched from, and before which place; None if from none."""
    first = catalog.first(*of)
    if first is None or order(first) <= end:
        return None
    rows = catalog.with_ids([first.parent]) if first.parent else []
    rows.sort(key=lambda row: (row.namespace, row.session) != of[:2])
    if rows and rows[0].session:
        at = rows[0]
        place = (at.turn, at.microseconds, at.id + _BELOW)
        return (at.namespace, at.session, path_of(at)), place
    before = first.fields.get("from") if first.kind == BRANCH else ""
    if isinstance(before, str) and before:  # its parent was purged: what it was on is told
        return (*of[:2], before), order(first)
    return None
