"""How a workspace is doing, at a glance: its writer, what came today, what wasn't captured."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from journal import clock
from journal.deadletters.again import Waiting, letters
from journal.hooks.seen import last_capture
from journal.hooks.target import NONE, TARGETS, Outcome, Site, look
from journal.selection import Selection
from journal.verify import own_writer

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooked:
    """One tool's hooks, and the newest entry that they brought."""

    outcome: Outcome
    last: Row | None = None

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        told = self.outcome.record()
        shown = {key: told[key] for key in ("target", "scope", "state", "files", "notes")}
        return {**shown, "last": self.last.at if self.last else ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What `journal status` tells."""

    root: str
    writer: str
    enabled: bool
    entries: int
    today: int
    last: Row | None
    letters: tuple[Waiting, ...]
    hooks: tuple[Hooked, ...]

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "workspace": self.root,
            "writer": self.writer,
            "enabled": self.enabled,
            "entries": self.entries,
            "today": self.today,
            "last": {"id": self.last.id, "at": self.last.at} if self.last else None,
            "letters": [one.record() for one in self.letters],
            "hooks": [one.record() for one in self.hooks],
        }


def status(journal: Journal, directory: str, program: str) -> Status:
    """How the workspace is doing. `directory`: the project whose hooks are looked at."""
    begin = datetime.combine(
        clock.now().astimezone(clock.zone(journal.timezone)).date(),
        datetime.min.time(),
        clock.zone(journal.timezone),
    )
    return Status(
        root=journal.root,
        writer=own_writer(journal.notebook.store),
        enabled=journal.notebook.enabled,
        entries=journal.count(),
        today=journal.count(Selection(since=begin)),
        last=next(iter(journal.rows(limit=1)), None),
        letters=tuple(letters(journal.root)),
        hooks=tuple(hooks(journal, directory, program)),
    )


def hooks(journal: Journal, directory: str, program: str) -> list[Hooked]:
    """The tools whose hooks are installed, for a project or for the user."""
    found = []
    for target in TARGETS:
        site = Site(
            target=target, root=journal.root, directory=os.path.abspath(directory), program=program
        )
        outcome = look(site)
        if outcome.state != NONE or outcome.notes:
            found.append(Hooked(outcome=outcome, last=last_capture(journal, target)))
    return found
