"""What every kind of hook answers with, and where each kind lives.

A target is a tool that calls the journal when something happens: an agent, or git. Its module has
three functions, `install`, `status` and `remove`, each of a `Site` and giving an `Outcome`. They
raise a JournalError only if nothing was touched.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Protocol

from journal.errors import JournalError

# What is found where the hooks belong.
INSTALLED = "installed"
PARTLY = "partly"  # some are missing
STALE = "stale"  # they call a program that is gone, or another workspace
NONE = "not-installed"

# target: the module that knows it
TARGETS = {
    "claude-code": "journal.hooks.agents",
    "codex": "journal.hooks.agents",
    "git": "journal.hooks.git",
}
SCOPES = ("local", "project", "user")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where hooks are wanted, and what they are to call.

    `root` is the workspace that they append to, absolute; `directory` the project whose settings
    are meant, absolute; `scope` one of SCOPES, empty for the target's usual one; `program` the
    absolute path of the `journal` command. `dry_run`: say what would be done, touch nothing.
    """

    target: str
    root: str
    directory: str
    program: str
    scope: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done, or would be, or is there.

    `files` are the settings or hook files that it is about, `diff` what changes in them (unified,
    empty if nothing does), `backups` the copies that were kept of what stood there before. `notes`
    are for the person: what is left to do, or looks odd; each is one sentence.
    """

    target: str
    state: str
    scope: str = ""
    files: tuple[str, ...] = ()
    backups: tuple[str, ...] = ()
    changed: bool = False
    diff: str = ""
    notes: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The outcome as JSON shows it."""
        return {
            "target": self.target,
            "scope": self.scope,
            "state": self.state,
            "files": list(self.files),
            "backups": list(self.backups),
            "changed": self.changed,
            "diff": self.diff,
            "notes": list(self.notes),
        }


def of(target: str) -> Target:
    """The module that knows this one of TARGETS."""
    found: Target = importlib.import_module(TARGETS[target])
    return found


def look(site: Site) -> Outcome:
    """What is there of a tool's hooks; nothing, and why, where that can't be asked."""
    try:
        return of(site.target).status(site)
    except JournalError as error:
        notes = () if error.kind == "no-repository" else (error.message,)
        return Outcome(target=site.target, state=NONE, scope=site.scope, notes=notes)


class Target(Protocol):
    """A module of this package that knows one tool."""

    def install(self, site: Site) -> Outcome:
        """Make the tool call the journal; the same twice is the same once."""

    def status(self, site: Site) -> Outcome:
        """What is there. Nothing is touched."""

    def remove(self, site: Site) -> Outcome:
        """Take away what `install` put there, and nothing else."""
