"""What was decided and what is to do, as they stand: how many, and the first of each."""

from journal import decisions, tasks
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from journal.catalog.catalog import Catalog
    from journal.decisions import Decision
    from journal.tasks import Task

_TOLD = 10  # of each, in JSON


class Work(Value):
    """Decisions, the newest first; tasks in the order in which they are to be done.

    `ready`: nothing blocks them and nobody has them; `started` are under way or taken by somebody.
    `goals` are goals and milestones that aren't over. `view` has all tasks, by id.
    """

    __slots__ = (
        "blocked", "conflicts", "done", "goals", "in_force", "proposed", "ready", "started", "view",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each slot
        self,
        *,
        in_force: "Sequence[Decision]",
        proposed: "Sequence[Decision]",
        conflicts: int,
        goals: "Sequence[Task]",
        started: "Sequence[Task]",
        ready: "Sequence[Task]",
        blocked: "Sequence[Task]",
        done: int,
        view: tasks.View,
    ) -> None:
        self.in_force = in_force
        self.proposed = proposed
        self.conflicts = conflicts
        self.goals = goals
        self.started = started
        self.ready = ready
        self.blocked = blocked
        self.done = done
        self.view = view

    def record(self) -> "dict[str, Any]":
        """As JSON shows it: how many of each there are, and the first ones."""
        return {
            "decisions": {
                "in_force": len(self.in_force),
                "proposed": len(self.proposed),
                "conflicts": self.conflicts,
                "newest": [_decision(one) for one in self.in_force[:_TOLD]],
                "proposed_first": [_decision(one) for one in self.proposed[:_TOLD]],
            },
            "tasks": {
                "ready": len(self.ready),
                "started": len(self.started),
                "blocked": len(self.blocked),
                "done": self.done,
                "goals": [_task(one) for one in self.goals[:_TOLD]],
                "first": [_task(one) for one in (*self.started, *self.ready)[:_TOLD]],
                "blocked_first": [_task(one) for one in self.blocked[:_TOLD]],
            },
        }


def work(catalog: "Catalog", namespace: str) -> Work:
    """How decisions and tasks of a namespace stand; the catalog has caught up."""
    made = decisions.fold(catalog.stated(decisions.KIND, namespace))
    view = tasks.fold(catalog.stated(tasks.KIND, namespace))
    ready = view.ready()
    free = [one for one in ready if one.status == tasks.OPEN]
    idle = {one.id for one in free}
    return Work(
        in_force=made.in_force[::-1],
        proposed=made.proposed[::-1],
        conflicts=len(made.conflicts),
        goals=[one for one in (*view.goals, *view.milestones) if not one.is_over],
        started=[one for one in view.open if one.id not in idle],
        ready=free,
        blocked=sorted(view.blocked, key=lambda one: one.priority),
        done=len(view.done),
        view=view,
    )


def _decision(one: "Decision") -> "dict[str, Any]":
    return {"id": one.id, "at": one.entry.at, "title": one.title}


def _task(one: "Task") -> "dict[str, Any]":
    told = {"id": one.id, "title": one.title, "type": one.type, "status": one.status}
    return told | {
        "priority": one.priority,
        "claimed_by": one.claimed_by,
        "blockers": list(one.blockers),
        "done": one.done,
        "total": one.total,
    }
