"""How a workspace is doing, at a glance: health, today, the conversation, decisions, tasks.

Everything is asked of the catalog by an index, or folded from the few entries that it is about; no
day file is read. `journal.status.page` makes STATUS.md of it.

>>> found = status(journal)                                          # doctest: +SKIP
>>> [one.title for one in found.work.ready]                          # doctest: +SKIP
"""

import os
from time import time, time_ns

from journal import space
from journal.deadletters import waiting
from journal.distilling import due
from journal.status import verified
from journal.status.captured import Hooked, hooks
from journal.status.talking import Talk, talks
from journal.status.work import Work, work
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.deadletters.again import Waiting
    from journal.distilling import Due
    from journal.status.verified import Verified

__all__ = ["Hooked", "Status", "Talk", "Work", "status"]


class Status(Value):
    """What `journal status` tells.

    `day` is today in the workspace's zone, `today` how many entries are of it. `findings` is how
    many things reading met that are not as they should be. Sessions, decisions and tasks are those
    of `namespace`; `distill` is the distillation that is due, `verified` the last verification, as
    far as they are known.
    """

    __slots__ = (
        "day", "distill", "enabled", "entries", "findings", "hooks", "last", "letters", "namespace",
        "root", "talks", "today", "verified", "work", "writer",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each slot
        self,
        *,
        root: str,
        writer: str,
        enabled: bool,
        namespace: str,
        entries: int,
        day: str,
        today: int,
        last: "Row | None",
        findings: int,
        talks: tuple[Talk, ...],
        work: Work,
        distill: "Due | None",
        verified: "Verified | None",
        letters: "tuple[Waiting, ...]",
        hooks: tuple[Hooked, ...],
    ) -> None:
        self.root = root
        self.writer = writer
        self.enabled = enabled
        self.namespace = namespace
        self.entries = entries
        self.day = day
        self.today = today
        self.last = last
        self.findings = findings
        self.talks = talks
        self.work = work
        self.distill = distill
        self.verified = verified
        self.letters = letters
        self.hooks = hooks

    def record(self) -> "dict[str, Any]":
        """As JSON shows it."""
        return {
            "workspace": self.root,
            "writer": self.writer,
            "enabled": self.enabled,
            "namespace": self.namespace,
            "entries": self.entries,
            "day": self.day,
            "today": self.today,
            "last": {"id": self.last.id, "at": self.last.at} if self.last else None,
            "findings": self.findings,
            "sessions": [one.record() for one in self.talks],
            **self.work.record(),
            "distill": self.distill.record() if self.distill else None,
            "verified": self.verified.record() if self.verified else None,
            "letters": [one.record() for one in self.letters],
            "hooks": [one.record() for one in self.hooks],
        }


def status(journal: "Journal", directory: str = "", namespace: str = "") -> Status:
    """How the workspace is doing. `directory`: the project whose hooks are looked at (this one).

    `namespace`: whose sessions, decisions and tasks are told (those of the workspace's first).
    """
    place = space.open_space(journal.root, int(time()))
    namespace = namespace or place.namespace
    day = place.stamp(time_ns())[:10]
    entries = journal.count()
    last = next(iter(journal.catalog.rows(limit=1)), None)
    return Status(
        root=journal.root,
        writer=space.known_writer(journal.root, place.id),
        enabled=place.enabled,
        namespace=namespace,
        entries=entries,
        day=day,
        today=journal.catalog.dated(day),
        last=last,
        findings=len(journal.findings()),
        talks=tuple(talks(journal, namespace)),
        work=work(journal.catalog, namespace),
        distill=due(journal, namespace),
        verified=verified.last(journal.catalog, journal.root),
        letters=_letters(journal.root),
        hooks=tuple(hooks(journal, directory or os.getcwd())),
    )


def _letters(root: str) -> "tuple[Waiting, ...]":
    if not waiting(root):
        return ()
    from journal.deadletters.again import letters

    return tuple(letters(root))
