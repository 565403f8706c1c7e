"""Goals, decisions and tasks as they stand now, and marks for their entries wherever they show."""

from journal import decisions, tasks
from journal.context import wording
from journal.context.page import Line, Section, bounded
from journal.context.wording import Mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    from journal.api import Journal
    from journal.tasks import Task

    T = TypeVar("T")

_BLOCKERS = 5  # of a task that are named
_AS_EXPECTED = (decisions.ACCEPTED, tasks.OPEN)  # says nothing that the kind doesn't say


class Subjects:
    """What a namespace decided and wants to do; the catalog has caught up."""

    __slots__ = ("_room", "_within", "decisions", "tasks")

    def __init__(self, journal: "Journal", namespace: str, room: int) -> None:
        made, work = (
            journal.catalog.stated(kind, namespace) for kind in (decisions.KIND, tasks.KIND)
        )
        self.decisions = decisions.fold(made)
        self.tasks = tasks.fold(work)
        self._room = room
        self._within = wording.within(namespace, journal.default_namespace)

    def sections(self) -> list[Section]:
        """Those of which there is something to tell."""
        work = self.tasks
        aims = [one for one in (*work.goals, *work.milestones) if not one.is_over]
        ready = [*reversed(work.of(tasks.STARTED)), *reversed(work.of(tasks.OPEN))]
        decided = [one.entry for one in reversed(self.decisions.in_force)]
        task, decision = self._more(tasks.KIND), self._more(decisions.KIND)
        found = [
            self._section(Section("goals", "Goals and milestones", more=task), aims, _aim),
            self._section(
                Section("decisions", "Decisions in force", more=decision, share=3),
                decided,
                lambda one: wording.item(one, wording.day(one)),
            ),
            self._section(
                Section("blocked", "Blocked tasks", more=task), work.blocked[::-1], self._blocked
            ),
            self._section(Section("open", "Open tasks", more=task, share=2), ready, _ready),
        ]
        return [one for one in found if one.lines]

    def marks(self) -> "Mapping[str, Mark]":
        """How the decisions and tasks stand that are not simply in force or open, by entry."""
        found: dict[str, Mark] = {}
        for decision in self.decisions.decisions.values():
            if decision.superseded_by:
                by = decision.superseded_by
                found[decision.id] = (f" (superseded by {wording.cite(by)})", (by,))
            elif decision.status not in _AS_EXPECTED:
                found[decision.id] = (f" ({decision.status})", ())
        for task in self.tasks.tasks.values():
            if task.status not in _AS_EXPECTED:
                found[task.id] = found[task.status_by] = (f" ({task.status})", ())
        return found

    def _more(self, kind: str) -> str:
        return wording.command("list", "--kind", kind, *self._within)

    def _section(
        self, empty: Section, every: "Sequence[T]", line: "Callable[[T], Line]"
    ) -> Section:
        lines = bounded(map(line, every), self._room)
        return empty.having(lines, len(every) - len(lines))

    def _blocked(self, one: "Task") -> Line:
        """A task, and what it waits for."""
        every = self.tasks.tasks
        named = [
            " ".join([wording.cite(key), *[wording.titled(every[key].entry)] * (key in every)])
            for key in one.blockers[:_BLOCKERS]
        ]
        if len(one.blockers) > _BLOCKERS:
            named.append(f"{len(one.blockers) - _BLOCKERS:,} more")
        if named:
            told = f"; waits for {', '.join(named)}"
            return wording.item(one.entry, cites=one.blockers[:_BLOCKERS], after=told)
        if one.status_by == one.id:
            return wording.item(one.entry)
        told = f"; blocked, as {wording.cite(one.status_by)} says"
        return wording.item(one.entry, cites=(one.status_by,), after=told)


def _aim(one: "Task") -> Line:
    done = f", {one.done:,} of {one.total:,} done" if one.total else ""
    return wording.item(one.entry, f"{one.type}{done}:")


def _ready(one: "Task") -> Line:
    return wording.item(one.entry, *["started:"] * (one.status == tasks.STARTED))
