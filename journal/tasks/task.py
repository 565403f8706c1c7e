"""A task as it stands, and all of them: which are open, blocked, ready, done."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.stated import Stated, Stating

KIND = "task"
OPEN, STARTED, BLOCKED, DONE, DROPPED = STATUSES = "open", "started", "blocked", "done", "dropped"
TASK, GOAL, MILESTONE = TYPES = "task", "goal", "milestone"
OVER = frozenset((DONE, DROPPED))
_KNOWN = (
    "id", "entry", "status", "status_by", "type", "needs", "blockers", "held_by", "part_of",
    "children", "done", "total", "priority", "claim", "contested", "releases", "evidence",
)  # fmt: skip
PRIORITIES = (0, 1, 2, 3, 4)  # the first is the most urgent
USUAL = 2  # priority


class Claim:
    """That somebody takes a task: who, and the id of the entry that says so."""

    __slots__ = ("actor", "by")

    def __init__(self, actor: str, by: str) -> None:
        self.actor = actor
        self.by = by

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claim) and (self.actor, self.by) == (other.actor, other.by)

    def __hash__(self) -> int:
        return hash((self.actor, self.by))

    def __repr__(self) -> str:
        return f"Claim({self.actor!r}, {self.by!r})"


class Task:
    """A task as it stands now, or a goal or milestone.

    `status_by` is the id of the entry that gave it its status. `needs` are the tasks that it waits
    for, `blockers` those of them that are not over; while it has any it is "blocked". So it is
    while something that it is a part of is: `held_by` is the nearest that is so by itself. One that
    is blocked without either is so for the reason that `status_by` tells. `done` of `total` tasks
    below a goal or milestone, what was dropped left out. `claim` is who has it, `contested` who
    took it later, on another machine; `releases` says how often it was given back. `priority`: 0,
    the most urgent, to 4. `evidence` names entries, files or addresses that show what was done.
    """

    __slots__ = _KNOWN

    def __init__(self, entry: "Stating") -> None:
        self.entry = entry
        self.id = self.status_by = entry.id
        self.type = TASK
        self.status = OPEN
        self.needs: tuple[str, ...] = ()
        self.blockers: tuple[str, ...] = ()
        self.children: tuple[str, ...] = ()
        self.evidence: tuple[str, ...] = ()
        self.contested: tuple[Claim, ...] = ()
        self.claim: Claim | None = None
        self.part_of = self.held_by = ""
        self.priority = USUAL
        self.releases = self.done = self.total = 0

    @property
    def title(self) -> str:
        """What it is called: its title, or how its body begins."""
        return self.entry.title or self.entry.head

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do: it is done, or dropped."""
        return self.status in OVER

    @property
    def claimed_by(self) -> str:
        """Who has it; empty if nobody took it."""
        return self.claim.actor if self.claim else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and all(
            getattr(self, name) == getattr(other, name) for name in _KNOWN
        )

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Task({self.id!r}, {self.title!r}, {self.status!r})"


class View:
    """All tasks by id, goals and milestones among them, in the order in which they were made.

    `astray`: entries that change a task which isn't there, each with the id that it names;
    `unclear`: entries whose status is none that a task has, and so changes nothing. `stated` has
    the entries themselves, in order.
    """

    __slots__ = ("stated", "tasks", "unclear")

    def __init__(
        self, tasks: "Mapping[str, Task]", stated: "Stated", unclear: tuple[str, ...]
    ) -> None:
        self.tasks = tasks
        self.stated = stated
        self.unclear = unclear

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and (
            (self.tasks, self.astray, self.unclear) == (other.tasks, other.astray, other.unclear)
        )

    __hash__ = None  # type: ignore[assignment]  # it has a map

    @property
    def astray(self) -> tuple[tuple[str, str], ...]:
        """Entries about tasks that are not there, each with the id that it names."""
        return self.stated.astray

    @property
    def goals(self) -> list[Task]:
        """The goals, over or not."""
        return [one for one in self.tasks.values() if one.type == GOAL]

    @property
    def milestones(self) -> list[Task]:
        """The milestones, over or not."""
        return [one for one in self.tasks.values() if one.type == MILESTONE]

    @property
    def open(self) -> list[Task]:
        """The tasks that can be done now, started or not."""
        return self.of(OPEN, STARTED)

    @property
    def blocked(self) -> list[Task]:
        """The tasks that wait for something."""
        return self.of(BLOCKED)

    @property
    def done(self) -> list[Task]:
        """The tasks that are done."""
        return self.of(DONE)

    def of(self, *statuses: str) -> list[Task]:
        """The tasks of these statuses, goals and milestones left out."""
        return [one for one in self.tasks.values() if one.type == TASK and one.status in statuses]

    def ready(self, actor: str = "") -> list[Task]:
        """The tasks that nothing blocks and nobody else has: most urgent first, then oldest.

        Those that `actor` took are among them, and come before all others.
        """
        found = [one for one in self.of(OPEN, STARTED) if not one.claim or one.claim.actor == actor]
        return sorted(found, key=lambda one: (not one.claim, one.priority))  # it keeps their order

    def above(self, key: str) -> "Iterator[str]":
        """What a task is a part of, the nearest first; a circle is left where it closes."""
        seen = {key}
        while (above := self.tasks[key].part_of) and above not in seen:
            seen.add(above)
            yield above
            key = above

    def below(self, key: str) -> "Iterator[str]":
        """Every part of a task, and their parts, each once."""
        seen, left = {key}, list(reversed(self.tasks[key].children))
        while left:
            at = left.pop()
            if at not in seen:
                seen.add(at)
                yield at
                left += reversed(self.tasks[at].children)

    def awaited(self, key: str) -> tuple[str, ...]:
        """What a task waits for: its own blockers, and those of what it is a part of."""
        found = [*self.tasks[key].blockers]
        seen = {key}
        while (key := self.tasks[key].held_by) and key not in seen:
            seen.add(key)
            found += self.tasks[key].blockers
        return tuple(dict.fromkeys(found))

    def waiting(self) -> "Mapping[str, list[str]]":
        """The tasks that wait for a task, by its id; those that are over wait for nothing."""
        found: dict[str, list[str]] = {}
        for key, one in self.tasks.items():
            for blocker in one.blockers:
                found.setdefault(blocker, []).append(key)
        return found
