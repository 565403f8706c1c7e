"""The options of `append`, in one table for both of its parsers.

Cheap on purpose: the fast path reads it.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# option: (key of the draft, metavariable, help)
VALUED = {
    "--title": ("title", "TEXT", "a one-line title"),
    "--kind": ("kind", "KIND", "note (default), message, decision, task, fact, summary, event, …"),
    "--role": ("role", "ROLE", "who speaks: user, assistant, system, tool, human, …"),
    "--actor": ("actor", "NAME", "which person or program, for example claude-code"),
    "--session": ("session", "NAME", "the session it belongs to (default: JOURNAL_SESSION)"),
    "--path": (
        "path",
        "NAME",
        "its line of conversation (default: JOURNAL_PATH, else the current one)",
    ),
    "--parent": ("parent", "ID", "the entry it answers or follows"),
    "--namespace": ("namespace", "NAME", "which of the workspace's journals (default: the first)"),
    "--token": ("token", "TEXT", "makes a retry harmless: the same token twice is one entry"),
}
TAG = "--tag"
META = "--meta"
FILE = "--file"
ATTACH = "--attach"
WORKSPACE = "--workspace"
SESSION_IN = "JOURNAL_SESSION"  # set by `journal run` for what it runs, too
PATH_IN = "JOURNAL_PATH"
JSON = "--json"


def inherited(session: str = "") -> "dict[str, str]":
    """What the environment gives of a draft: its session, and the path in it.

    The path is none for a draft of another `session` than that.
    """
    found = {}
    if own := os.environ.get(SESSION_IN, ""):
        found["session"] = own
    path = os.environ.get(PATH_IN, "")
    if path and (not own or session in ("", own)):
        found["path"] = path
    return found


def over_inherited(draft: "dict[str, Any]") -> "dict[str, Any]":
    """The draft's values over those that the environment gives it."""
    return {**inherited(str(draft.get("session", ""))), **draft}


def meta(pairs: "list[str]") -> "dict[str, str]":
    """`k=v` texts as a map; UsageError if one has no `=`."""
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            from journal.errors import UsageError

            raise UsageError(f"--meta wants key=value, not {pair!r}", kind="bad-meta")
        values[key] = value
    return values
