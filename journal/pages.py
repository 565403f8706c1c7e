"""The pages at the workspace's root that are rendered from entries: DECISIONS.md and STATUS.md.

Whoever takes something out of the entries writes those anew that are there. One that a person
changed stays, and is named; so is what can't be written: what was taken out is, all the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.errors import JournalError
from journal.rendered import DECISIONS, STATUS

if TYPE_CHECKING:
    from journal.api import Journal


def refresh(journal: Journal) -> list[str]:
    """Write the pages anew that are there; the names of those that stay as they are."""
    there = [name for name in (DECISIONS, STATUS) if os.path.lexists(f"{journal.root}/{name}")]
    return [name for name in there if not _is_anew(journal, name)]


def _is_anew(journal: Journal, name: str) -> bool:
    from journal.deciding.rendering import render
    from journal.status import status
    from journal.status.page import write

    try:
        if name == DECISIONS:
            return not render(journal).left
        write(journal, status(journal))
    except (JournalError, OSError):
        return False
    return True
