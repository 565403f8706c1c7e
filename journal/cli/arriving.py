"""What comes and goes by itself where a session or a run begins and ends.

The inbox comes, a pack goes to the outbox, and STATUS.md is written anew.

Trouble here is a line on stderr: it never keeps what was asked for from being done.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.cli.report import say
from journal.errors import JournalError

if TYPE_CHECKING:
    from journal.api import Journal

_INBOX = "inbox"  # as `journal.packing.inbox` calls it, which is loaded only where there is one


def arrive(journal: Journal, namespace: str = "") -> None:
    """Import the inbox, if the policy of the namespace says so."""
    if not os.path.isdir(f"{journal.root}/{_INBOX}"):
        return
    from journal.packing.inbox import arrive

    for line in arrive(journal, namespace):
        say(f"journal: {line}")


def arrive_at(root: str, namespace: str = "") -> None:
    """The same for a workspace that isn't open yet."""
    if os.path.isdir(f"{root}/{_INBOX}"):
        from journal.cli import asking

        with asking.opened(root) as journal:
            arrive(journal, namespace)


def depart(journal: Journal, namespace: str = "") -> None:
    """Export a pack of the namespace to the outbox, if its policy says so."""
    if not _is_asked(journal.root, "auto_export"):
        return
    from journal.packing.outbox import depart

    for line in depart(journal, namespace):
        say(f"journal: {line}")


def depart_from(root: str, namespace: str = "") -> None:
    """The same for a workspace that isn't open."""
    from journal import api

    try:
        with api.open(root) as journal:
            depart(journal, namespace)
    except (JournalError, OSError) as error:
        say(f"journal: auto_export: nothing was exported: {_why(error)}")


def _is_asked(root: str, key: str) -> bool:
    """Whether policy.yaml may have that key; it takes long to read."""
    try:
        with open(f"{root}/policy.yaml", "rb") as file:
            return any(key.encode() in line.partition(b"#")[0] for line in file)
    except OSError:
        return False


def render(root: str) -> None:
    """Write STATUS.md anew, unless a person changed it."""
    from journal import api
    from journal.status import status
    from journal.status.page import write

    try:
        with api.open(root) as journal:
            write(journal, status(journal))
    except (JournalError, OSError) as error:
        say(f"journal: STATUS.md stays as it is: {_why(error)}")


def _why(error: JournalError | OSError) -> str:
    if isinstance(error, JournalError):
        return error.message
    return error.strerror or str(error)
