"""A journal as verbs open it that a person at the terminal may have to confirm."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from journal import api
from journal.cli.report import say
from journal.errors import Refused

if TYPE_CHECKING:
    from typing import Any

    from journal.catalog.catalog import Progress
    from journal.entry import Draft, Receipt
    from journal.notebook import Notebook

_YES = ("y", "yes")


def opened(directory: str = "", progress: Progress | None = None) -> api.Journal:
    """The journal, which asks whoever sits at the terminal where the policy wants that."""
    journal = api.open(directory, progress)
    if sys.stdin.isatty() and sys.stderr.isatty():
        journal.confirm = confirm
    return journal


def appended(notebook: Notebook, draft: Draft) -> Receipt:
    """Append it; where the policy wants a review of it, it is confirmed here, or asked for."""
    try:
        return notebook.append(draft)
    except Refused as error:
        if error.kind != "gated":
            raise
    with opened(notebook.root) as journal:
        return journal.append(draft)


def append(root: str, draft: dict[str, Any], *, as_json: bool) -> int:
    """The same for what the fast path was given, as it was refused; the exit code."""
    from journal.cli.fast import tell
    from journal.cli.write import shown_receipt
    from journal.entry import Draft

    whole = Draft(**{**draft, "tags": tuple(draft.get("tags", ()))})
    with opened(root) as journal:
        receipt = journal.append(whole)
    return tell(shown_receipt(receipt), receipt.notices, as_json=as_json)


def confirm(question: str) -> bool:
    """Ask on stderr, and wait for a line; only a yes is one."""
    say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in _YES
