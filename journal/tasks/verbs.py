"""What is done with tasks: each verb gives the draft of the entry that says so.

`more` are other keys of `Draft`, such as `actor`, `session` and `namespace`. Texts are Markdown.
They quote no task: its title would stay when the task is purged.
"""

from journal.stated import change_title, short, space_of
from journal.tasks.folding import BLOCKED_BY, CLAIMED_BY, DEPENDS_ON, FREED
from journal.tasks.task import BLOCKED, DONE, DROPPED, KIND, OPEN, STARTED, TASK, USUAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from journal.entry import Draft
    from journal.tasks.task import Task


def add(title: str, text: str = "", *, about: "Mapping[str, Any]" = {}, **more: "Any") -> "Draft":  # noqa: B006
    """The draft of a new task.

    `about`: what its fields say, by their names with `_` for `-`: `depends_on` and `evidence`
    (lists), `part_of`, `type`, `priority` (0 to 4). UsageError without a title, or for another
    type or priority.
    """
    from journal.entry import Draft

    if not title.strip():
        raise _usage("a task needs a title", "journal task add 'Write the release notes'")
    fields = {key.replace("_", "-"): value for key, value in about.items()}
    _check(fields)
    usual = {"type": TASK, "priority": USUAL}
    said = {key: value for key, value in fields.items() if value not in ("", (), [], None)}
    said = {key: value for key, value in said.items() if usual.get(key) != value}
    body = text if text.strip() else title
    return Draft(body=body, title=title, kind=KIND, fields=said, **more)


def start(task: "Task", text: str = "", **more: "Any") -> "Draft":
    """The draft that says that somebody works on it; on what is over, that it goes on."""
    usual = "It is taken up again." if task.is_over else "Work on it has begun."
    return _draft(task, "Started", (text, usual), {"status": STARTED}, more)


def block(task: "Task", by: "Sequence[str]" = (), reason: str = "", **more: "Any") -> "Draft":
    """The draft that says what it waits for: tasks, by their ids, a reason, or both.

    UsageError if there is neither.
    """
    if not by and not reason.strip():
        raise _usage(
            "what does it wait for?",
            f"journal task block {short(task.id)} --by ID, or --reason TEXT",
        )
    many = "another task" if len(by) == 1 else f"{len(by)} other tasks"
    fields: dict[str, Any] = {"status": BLOCKED} | ({BLOCKED_BY: list(by)} if by else {})
    return _draft(task, "Blocked", (reason, f"It waits for {many}."), fields, more)


def unblock(task: "Task", text: str = "", *, of: "Sequence[str]" = (), **more: "Any") -> "Draft":
    """The draft that says that it doesn't wait any more: `of` those tasks, or of anything."""
    freed = list(of or task.needs)
    fields = {"status": OPEN} | ({FREED: freed} if freed else {})
    usual = "It doesn't wait any more." if not of else "It doesn't wait for that any more."
    return _draft(task, "Unblocked", (text, usual), fields, more)


def done(task: "Task", text: str = "", *, evidence: "Sequence[str]" = (), **more: "Any") -> "Draft":
    """The draft that says that it is done, and what shows that."""
    fields = {"status": DONE} | ({"evidence": list(evidence)} if evidence else {})
    return _draft(task, "Done", (text, "It is done."), fields, more)


def drop(task: "Task", reason: str, **more: "Any") -> "Draft":
    """The draft that says that it will not be done, and why. UsageError without a reason."""
    if not reason.strip():
        raise _usage("a task is dropped for a reason", "--reason 'nobody asked for it'")
    return _draft(task, "Dropped", (reason, ""), {"status": DROPPED}, more)


def claim(task: "Task", actor: str, text: str = "", **more: "Any") -> "Draft":
    """The draft by which somebody takes it, until it is given back.

    Its token lets only one of two be appended, whoever is later: their receipt says `repeated`.
    """
    fields = {CLAIMED_BY: actor.strip()}
    given = {"token": f"claim/{task.id}/{task.releases}", **more, "actor": actor.strip()}
    return _draft(task, "Claimed", (text, f"{actor.strip()} takes it."), fields, given)


def release(task: "Task", text: str = "", **more: "Any") -> "Draft":
    """The draft that says that nobody has it any more."""
    usual = "Whoever wants may take it."
    return _draft(task, "Released", (text, usual), {CLAIMED_BY: ""}, more)


def _draft(
    task: "Task",
    word: str,
    text: tuple[str, str],
    fields: "Mapping[str, Any]",
    more: "Mapping[str, Any]",
) -> "Draft":
    """The draft of a change; `text` is what is said of it, and what stands there if nothing is."""
    from journal.entry import Draft

    said, usual = text
    title = change_title(f"{word}: {short(task.id)}", said)
    space = space_of(task.entry, more.get("namespace", ""), KIND)
    given = {"title": title, **more, "namespace": space}
    body = said if said.strip() else usual
    return Draft(body=body, kind=KIND, fields={KIND: task.id, **fields}, **given)


def _check(fields: "Mapping[str, Any]") -> None:
    from journal.tasks.task import PRIORITIES, TYPES

    known = (BLOCKED_BY, DEPENDS_ON, "evidence", "part-of", "priority", "type")
    for key in fields:
        if key not in known:
            raise _usage(f"a task has no {key!r}", f"it has {', '.join(known)}")
    if fields.get("type") not in (None, "", *TYPES):
        raise _usage(f"there is no type {fields['type']!r}", f"one of {', '.join(TYPES)}")
    if fields.get("priority") not in (None, *PRIORITIES):
        raise _usage(f"there is no priority {fields['priority']!r}", "0, the most urgent, to 4")


def _usage(message: str, hint: str) -> Exception:
    from journal.errors import UsageError

    return UsageError(message, kind="bad-task", hint=hint)
