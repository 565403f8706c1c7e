"""DECISIONS.md, rendered anew by every verb that changes decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.cli.report import say
from journal.errors import JournalError
from journal.rendered import COMMANDS, DECISIONS
from journal.safe import one_line

if TYPE_CHECKING:
    from journal.api import Journal


def follow(journal: Journal) -> None:
    """Render DECISIONS.md anew. What prevents it is told, and no error: the entries are kept."""
    from journal.deciding.rendering import render

    anew = f"`{COMMANDS[DECISIONS]}`"
    try:
        left = render(journal).left
    except (JournalError, OSError) as error:
        why = one_line(str(error.strerror if isinstance(error, OSError) else error))
        say(f"journal: {DECISIONS} stays as it is ({why}): {anew}")
        return
    if left == "edited":
        say(f"journal: {DECISIONS} was edited, and stays as it is: {anew}")
