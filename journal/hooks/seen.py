"""When a hook last brought something in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.origin import SOURCE, split

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row

_LOOKED_AT = 1000  # of the newest entries
_KEYS = ("said-", "prompt-", "tool-", "event-")


def last_capture(journal: Journal, agent: str) -> Row | None:
    """The newest entry that a hook of this agent appended; None if none is among the newest."""
    for row in journal.rows(limit=_LOOKED_AT):
        head, name = split(row.fields.get(SOURCE))
        if head.startswith(f"{agent}:") and name.startswith(_KEYS):
            return row
    return None
