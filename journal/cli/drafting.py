"""What verbs have in common that append one draft: who says it where, its text, what came of it."""

from __future__ import annotations

import sys

from journal.cli import options
from journal.cli.complete import offer
from journal.cli.report import say
from journal.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from journal.entry import Receipt

_OPTIONS = {
    "actor": "who says so",
    "role": "as whom: user, assistant, planner, …",
    "session": "the session it belongs to (default: JOURNAL_SESSION)",
    "namespace": "which of the workspace's journals (default: the first, or that of ID)",
}


def who(action: argparse.ArgumentParser) -> None:
    """The options that say who says it, and where."""
    for name, words in _OPTIONS.items():
        offer(action.add_argument(f"--{name}", default="", metavar="NAME", help=words), name)


def given(args: argparse.Namespace) -> dict[str, Any]:
    """What these options and the environment give of a draft."""
    said = {name: value for name in _OPTIONS if (value := getattr(args, name))}
    return options.over_inherited(said)


def text(word: str, what: str) -> str:
    """The text that is given: - reads standard input; UsageError if nobody pipes anything in."""
    if word != "-":
        return word
    if sys.stdin.isatty():
        raise UsageError(
            f"there is no {what}", kind="nothing-to-append", hint="give it as TEXT, or pipe it in"
        )
    from journal.seal import MAX_BODY

    return sys.stdin.buffer.read(MAX_BODY + 1).decode(errors="surrogateescape")


def is_kept(receipt: Receipt) -> bool:
    """Whether the entry is there with its text; stderr is told of what isn't as asked."""
    for notice in receipt.notices:
        say(f"journal: {notice}")
    if not receipt.id:
        say("journal: nothing appended: enabled = false in journal.toml")
    return bool(receipt.id) and not receipt.withheld
