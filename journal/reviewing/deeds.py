"""What was asked for, done again from its own record: each verb by the function that asked for it.

That function goes through the gate a second time, and says there anew what it would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from journal.errors import UsageError

if TYPE_CHECKING:
    from journal.api import Journal

# By the word `deed` of what is asked for, else by its verb: a function of the journal and `what`.
DEEDS = {
    "append": "journal.reviewing.saying:again",
    "forget": "journal.forgetting:hide_again",
    "purge": "journal.forgetting:purge_again",
    "redact": "journal.redacting:again",
    "retention": "journal.retention:again",
    "prune": "journal.retention:prune_again",
    "amend": "journal.reviewing.accepting:amend_again",
    "adopt": "journal.reviewing.accepting:adopt_again",
    "decision-export": "journal.deciding.exporting:export_again",
    "import": "journal.importing.allowed:again",
    "repair": "journal.repair.allowed:again",
    "pack": "journal.packing.bringing:again",
    "export": "journal.packing.exporting:again",
}


def do_again(journal: Journal, asked: Mapping[str, Any]) -> Any:
    """Do what is asked for; what the function gives back.

    UsageError if this version can't do such a thing.
    """
    what = asked.get("what")
    name = ""
    if isinstance(what, dict):
        name = DEEDS.get(str(what.get("deed") or asked.get("verb")), "")
    if not name:
        raise UsageError(
            f"nothing here does {asked.get('verb')!r}: a later version asked for it",
            kind="unknown-deed", hint="bring this journal program up to date",
        )  # fmt: skip
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)(journal, what)
