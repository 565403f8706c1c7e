"""Tasks done: what each verb checks, appends, and has to tell.

Nothing is written where a task stands otherwise than the verb wants it. Who claims is the one whose
entry the lock lets through first.

>>> made = add(journal, "Write the release notes", about={"priority": 1})    # doctest: +SKIP
>>> claim(journal, made.id, actor="anna").task.title                         # doctest: +SKIP
"""

from journal import tasks
from journal.errors import Conflict, UsageError
from journal.named import not_meant
from journal.stated import short
from journal.tasks.task import BLOCKED, KIND, OVER, View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from journal.api import Journal
    from journal.entry import Draft, Receipt
    from journal.tasks.task import Task

_CLAIMING = "journal task claim ID --actor NAME"
_AS_IT_WAS = "so the task is as it was"
_TRIES = 8  # claims that were forgotten since, one after another


class Acted:
    """What came of a verb: the task as it stood before, the receipt, and what else to tell.

    `task` is None if it is a new one. `freed` are the tasks that nothing blocks any more. There is
    no receipt where nothing had to be written; one that doesn't stand changed nothing.
    """

    __slots__ = ("freed", "notices", "receipt", "task")

    def __init__(
        self, task: "Task | None", receipt: "Receipt | None", freed: "Iterable[Task]" = (),
        notices: "Iterable[str]" = (),
    ) -> None:  # fmt: skip
        self.task = task
        self.receipt = receipt
        self.freed = tuple(freed)
        self.notices = tuple(notices)

    @property
    def id(self) -> str:
        """The id of the task; of a new one the entry's, empty if there is none."""
        made = self.receipt if self.receipt and self.receipt.stands else None
        return self.task.id if self.task else made.id if made else ""


def view(journal: "Journal", namespace: str = "") -> View:
    """How the tasks of a namespace stand now, of the first one if none is named."""
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    return tasks.fold(journal.catalog.stated(KIND, namespace))


def find(journal: "Journal", wanted: str) -> "tuple[Task, View]":
    """The task that is named by a piece of its id, or of an entry's that changes it; and all.

    UsageError if there is none, or several.
    """
    journal.catalog.catch_up()
    row = journal.catalog.named(wanted)
    every = tasks.fold(journal.catalog.stated(KIND, row.namespace))
    found = every.tasks.get(every.stated.subject(row.id))
    if found is None:
        raise not_meant(row, KIND)
    return found, every


def add(
    journal: "Journal", title: str, text: str = "", *, about: "Mapping[str, Any] | None" = None,
    **more: "Any",
) -> Acted:  # fmt: skip
    """A new task; `about` is that of `tasks.add`, its ids maybe only pieces of ids.

    UsageError `task-cycle` if it would wait for what can't be done before it.
    """
    said = dict(about or {})
    every = view(journal, more.get("namespace", ""))
    if needs := said.get("depends_on"):
        said["depends_on"] = [named(journal, every, one) for one in needs]
    if above := said.get("part_of"):
        said["part_of"] = named(journal, every, above)
    if shown := said.get("evidence"):
        from journal.evidence import evidence as evidenced

        said["evidence"] = evidenced(journal, shown)
    draft = tasks.add(title, text, about=said, **more)
    _refuse_circle(every, "", said.get("depends_on") or (), title, said.get("part_of") or "")
    receipt = journal.append(draft)
    return Acted(None, receipt, notices=_withheld(receipt, "no task was added"))


def start(journal: "Journal", wanted: str, text: str = "", **more: "Any") -> Acted:
    """Somebody works on it. UsageError `task-blocked` while it waits for other tasks."""
    one, every = find(journal, wanted)
    notices = []
    if one.blockers or one.held_by:
        raise _blocked(one, every)
    if one.status == BLOCKED:
        notices.append(f"it was blocked, as {short(one.status_by)} says")
    if one.is_over:
        notices.append(f"it was {one.status}, as {short(one.status_by)} says, and goes on")
    if one.claim and more.get("actor") and one.claim.actor != more["actor"]:
        raise claimed(one)
    return _append(journal, one, tasks.start(one, text, **more), notices)


def block(
    journal: "Journal", wanted: str, by: "Sequence[str]" = (), reason: str = "", **more: "Any"
) -> Acted:
    """It waits for other tasks, or for a reason. UsageError `task-cycle` if they wait for it."""
    one, every = find(journal, wanted)
    _refuse_over(journal, one)
    needs = [named(journal, every, name) for name in by]
    _refuse_circle(every, one.id, needs, one.title)
    over = [every.tasks[key] for key in needs if every.tasks[key].is_over]
    notices = [f"{short(it.id)} is {it.status} already, and blocks nothing" for it in over]
    return _append(journal, one, tasks.block(one, needs, reason, **more), notices)


def unblock(
    journal: "Journal", wanted: str, text: str = "", *, of: "Sequence[str]" = (), **more: "Any"
) -> Acted:
    """It doesn't wait any more: `of` those tasks, or of all. UsageError if it doesn't anyway."""
    one, every = find(journal, wanted)
    _refuse_over(journal, one)
    if one.status != BLOCKED:
        raise UsageError(
            f"{short(one.id)} is {one.status}: nothing blocks it", kind="not-blocked",
            hint=f"journal task show {short(one.id)}",
        )  # fmt: skip
    if one.held_by and not one.blockers:
        raise _blocked(one, every)
    freed = [named(journal, every, name) for name in of]
    for key in freed:
        if key not in one.needs:
            raise UsageError(
                f"{short(one.id)} doesn't wait for {short(key)}", kind="not-blocked",
                hint=f"journal task show {short(one.id)}",
            )  # fmt: skip
    left = [key for key in one.blockers if freed and key not in freed]
    notices = [f"it still waits for {_some(left)}"] if left else []
    if one.held_by:
        notices.append(f"what it is a part of is blocked: {short(one.held_by)}")
    return _append(journal, one, tasks.unblock(one, text, of=freed, **more), notices)


def done(
    journal: "Journal", wanted: str, text: str = "", *, evidence: "Sequence[str]" = (),
    **more: "Any",
) -> Acted:  # fmt: skip
    """It is done; `evidence` are entries, files or addresses. UsageError if it is over."""
    one, every = find(journal, wanted)
    _refuse_over(journal, one)
    shown: list[str] = []
    if evidence:
        from journal.evidence import evidence as evidenced

        shown = evidenced(journal, evidence)
    draft = tasks.done(one, text, evidence=shown, **more)
    return _append(journal, one, draft, _left(one, every, more), every)


def drop(journal: "Journal", wanted: str, reason: str, **more: "Any") -> Acted:
    """It will not be done. UsageError if it is over, or without a reason."""
    one, every = find(journal, wanted)
    _refuse_over(journal, one)
    draft = tasks.drop(one, reason, **more)
    return _append(journal, one, draft, _left(one, every, more), every)


def claim(journal: "Journal", wanted: str, actor: str, text: str = "", **more: "Any") -> Acted:
    """Somebody takes it. Conflict `claimed` if somebody else has it, be it by a moment."""
    actor = " ".join(actor.split())
    if not actor:
        raise UsageError("who claims it?", kind="bad-task", hint=_CLAIMING)
    one, _ = find(journal, wanted)
    _refuse_over(journal, one)
    token = f"claim/{one.id}/{one.releases}"
    for _ in range(_TRIES):
        if one.claim:
            break
        receipt = journal.append(tasks.claim(one, actor, text, **{**more, "token": token}))
        if not receipt.repeated or not receipt.stands:
            return Acted(one, receipt, notices=_withheld(receipt, _AS_IT_WAS))
        one, _ = find(journal, one.id)  # somebody was faster
        token += f"/{receipt.id}"  # or what they said was forgotten since
    if not one.claim or one.claim.actor != actor:
        raise claimed(one)
    return Acted(one, None, notices=[f"{one.claim.actor} has it already"])


def release(journal: "Journal", wanted: str, text: str = "", **more: "Any") -> Acted:
    """Nobody has it any more. UsageError `not-claimed` if nobody has."""
    one, _ = find(journal, wanted)
    if not one.claim:
        hint = f"journal task claim {short(one.id)} --actor NAME"
        raise UsageError(f"nobody has {short(one.id)}", kind="not-claimed", hint=hint)
    others = more.get("actor") not in (None, "", one.claim.actor)
    notices = [f"{one.claim.actor} had it"] if others else []
    return _append(journal, one, tasks.release(one, text, **more), notices)


def named(journal: "Journal", every: View, wanted: str) -> str:
    """The id of the task that is meant; UsageError if there is none such in the view.

    It is of the kind `other-namespace` if the task stands in another one.
    """
    row = journal.catalog.named(wanted)
    key = every.stated.subject(row.id)
    if key not in every.tasks:
        other, _ = find(journal, row.id)
        raise UsageError(
            f"{short(other.id)} is a task of the namespace {row.namespace}, not of this one",
            kind="other-namespace", hint="tasks wait for those of their own namespace, and are "
            f"parts of them: journal task list --namespace {row.namespace}",
        )  # fmt: skip
    return key


def claimed(one: "Task") -> Conflict:
    """That somebody else has it."""
    who, by = (one.claim.actor, one.claim.by) if one.claim else ("somebody", one.id)
    error = Conflict(
        f"{who} has {short(one.id)} already, as {short(by)} says", kind="claimed",
        hint=f"`journal task ready` shows what is free; journal task release {short(one.id)}",
    )  # fmt: skip
    error.retryable = False
    return error


def _append(
    journal: "Journal", one: "Task", draft: "Draft", notices: "Iterable[str]" = (),
    every: View | None = None,
) -> Acted:  # fmt: skip
    receipt = journal.append(draft)
    if not receipt.stands:
        return Acted(one, receipt, notices=_withheld(receipt, _AS_IT_WAS))
    return Acted(one, receipt, [] if every is None else _freed(one, every), notices)


def _withheld(receipt: "Receipt", words: str) -> list[str]:
    """What it means that the policy kept nothing of what was to be said."""
    return [words] if receipt.id and not receipt.stands else []


def _freed(one: "Task", every: View) -> "list[Task]":
    """The tasks that waited for this one alone, be it for what they are a part of."""
    waiting = [it for it in every.tasks.values() if it.status == BLOCKED]
    return [it for it in waiting if every.awaited(it.id) == (one.id,) and _waits_only(it, every)]


def _waits_only(one: "Task", every: View) -> bool:
    """Whether it is tasks that it waits for, and no reason."""
    seen = {one.id}
    while one.held_by and one.held_by not in seen:
        seen.add(one.held_by)
        one = every.tasks[one.held_by]
    return bool(one.blockers)


def _left(one: "Task", every: View, more: "Mapping[str, Any]") -> list[str]:
    """What is odd when it is over now."""
    notices = [f"it waited for {_some(one.blockers)}"] if one.blockers else []
    parts = [key for key in every.below(one.id) if every.tasks[key].status not in OVER]
    if parts:
        notices.append(f"parts of it are not over: {_some(parts)}")
    if one.claim and more.get("actor") and one.claim.actor != more["actor"]:
        notices.append(f"{one.claim.actor} had it")
    return notices


def _refuse_over(journal: "Journal", one: "Task") -> None:
    if one.is_over:
        by = next((row for row in journal.catalog.with_ids([one.status_by]) if row.line), None)
        raise UsageError(
            f"{short(one.id)} is {one.status} since {short(one.status_by)}", kind="task-over",
            hint=f"journal task start {short(one.id)} takes it up again",
            file=by.file if by else "", line=by.line if by else 0,
        )  # fmt: skip


def _refuse_circle(
    every: View, key: str, needs: "Sequence[str]", title: str, part_of: str = ""
) -> None:
    from journal.tasks.waiting import circle

    if way := circle(every, key, needs, part_of):
        names = [f"{short(it)} {every.tasks[it].title}" if it else title for it in way]
        raise UsageError(
            f"tasks would wait for each other: {' -> '.join(names)}", kind="task-cycle",
            hint="each waits for the next one, or is done with it; journal task graph shows them",
        )  # fmt: skip


def _blocked(one: "Task", every: View) -> UsageError:
    if one.blockers:
        why, what = f"it waits for {_some(one.blockers)}", one.id
    else:
        above = every.tasks[one.held_by]
        why, what = f"it is a part of {short(above.id)} {above.title}, which is blocked", above.id
    return UsageError(
        f"{short(one.id)} is blocked: {why}", kind="task-blocked",
        hint=f"do that first, or: journal task unblock {short(what)}",
    )  # fmt: skip


def _some(keys: "Sequence[str]") -> str:
    few = ", ".join(map(short, keys[:3]))
    return f"{few} and {len(keys) - 3:,} more" if len(keys) > 3 else few
