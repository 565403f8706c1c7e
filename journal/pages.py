"""The pages at the workspace's root that are rendered from entries: DECISIONS.md and STATUS.md.

Whoever takes something out of the entries writes those anew that are there; one that a person
changed stays, and is named.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.errors import UsageError

if TYPE_CHECKING:
    from journal.api import Journal

DECISIONS, STATUS = "DECISIONS.md", "STATUS.md"


def refresh(journal: Journal) -> list[str]:
    """Write the pages anew that are there; the names of those that a person changed, which stay."""
    left = []
    if os.path.lexists(f"{journal.root}/{DECISIONS}"):
        from journal.deciding.rendering import render

        left += [DECISIONS] * bool(render(journal).left)
    if os.path.lexists(f"{journal.root}/{STATUS}"):
        from journal.status import status
        from journal.status.page import write

        try:
            write(journal, status(journal))
        except UsageError:
            left.append(STATUS)
    return left
