"""When a hook last brought something in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.origin import SOURCE, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.api import Journal
    from journal.catalog.row import Row

_LOOKED_AT = 1000  # of the newest entries
_KEYS = ("said-", "prompt-", "tool-", "event-")


def captures(journal: Journal, agents: Sequence[str]) -> dict[str, Row]:
    """Of each agent the newest entry that its hooks appended, if it is among the newest of all."""
    found: dict[str, Row] = {}
    for row in journal.rows(limit=_LOOKED_AT) if agents else ():
        head, name = split(row.fields.get(SOURCE))
        agent = head.partition(":")[0]
        if agent in agents and name.startswith(_KEYS):
            found.setdefault(agent, row)
            if len(found) == len(agents):
                break
    return found


def last_capture(journal: Journal, agent: str) -> Row | None:
    """The newest entry that a hook of this agent appended; None if none is among the newest."""
    return captures(journal, [agent]).get(agent)
