"""What a purge or a redaction could not reach: told by all verbs that strike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from journal.cli.report import say
from journal.safe import one_line

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.forgetting import Done


def reached(journal: Journal, done: Sequence[Done]) -> tuple[list[str], list[str]]:
    """Where the text may still stand, and the commands that take it out of git's history."""
    from journal import forgetting  # 50 ms, and other verbs of a group don't strike

    for one in done:
        for notice in one.receipt.notices if one.receipt else ():
            say(f"journal: {notice}")
    left = forgetting.left_behind(journal.root, done)
    return left, forgetting.in_history(journal.root, done)


def warn(left: Iterable[str], commands: Sequence[str]) -> None:
    """What is not the journal's to change, on stderr."""
    for path in left:
        say(f"journal: {one_line(path)} may still hold it, and is not the journal's to change")
    if not commands:
        return
    say("journal: git's history still holds the text. This takes it out, at the top of the work")
    say("  tree and with everything committed; commits get new hashes, and whoever has a clone or")
    say("  a fork must do the same:")
    for command in commands:
        say(f"    {command}")
