"""The options of `append`, in one table for both of its parsers.

Cheap on purpose: the fast path reads it.
"""

import os

# option: (key of the draft, metavariable, help)
VALUED = {
    "--title": ("title", "TEXT", "a one-line title"),
    "--kind": ("kind", "KIND", "note (default), message, decision, task, fact, summary, event, …"),
    "--role": ("role", "ROLE", "who speaks: user, assistant, system, tool, human, …"),
    "--actor": ("actor", "NAME", "which person or program, for example claude-code"),
    "--session": ("session", "NAME", "the session it belongs to"),
    "--path": ("path", "NAME", "the line of conversation it belongs to"),
    "--parent": ("parent", "ID", "the entry it answers or follows"),
    "--namespace": ("namespace", "NAME", "which of the workspace's journals (default: the first)"),
    "--token": ("token", "TEXT", "makes a retry harmless: the same token twice is one entry"),
}
TAG = "--tag"
META = "--meta"
FILE = "--file"
ATTACH = "--attach"
WORKSPACE = "--workspace"
SESSION_IN = "JOURNAL_SESSION"  # set by `journal run` for what it runs
JSON = "--json"


def inherited() -> "dict[str, str]":
    """What the environment gives of a draft: the session that `journal run` records."""
    session = os.environ.get(SESSION_IN, "")
    return {"session": session} if session else {}


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
