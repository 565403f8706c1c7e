"""Tasks as lines for a person, or as JSON."""

from __future__ import annotations

from journal import doing
from journal.cli import output
from journal.cli.report import say
from journal.safe import columns, one_line
from journal.tasks.task import BLOCKED, DONE, DROPPED, OPEN, STARTED, TASK, USUAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from journal.api import Journal
    from journal.tasks.task import Task, View

LOOKS = {OPEN: "", STARTED: "cyan", BLOCKED: "red", DONE: "green", DROPPED: "dim"}
_URGENT = {0: "red", 1: "yellow"}
_NAMED = 2  # blockers on a line
_CIRCLES = 3
_LEAST = 16  # columns of a title


def record(one: Task) -> dict[str, Any]:
    """A task as JSON shows it."""
    return {
        "id": one.id, "at": one.entry.at, "title": one.title, "type": one.type,
        "status": one.status, "status_by": one.status_by, "priority": one.priority,
        "claimed_by": one.claimed_by, "claim": one.claim.by if one.claim else "",
        "contested": [{"actor": it.actor, "id": it.by} for it in one.contested],
        "part_of": one.part_of, "needs": list(one.needs), "blockers": list(one.blockers),
        "held_by": one.held_by, "children": list(one.children), "done": one.done,
        "total": one.total, "evidence": list(one.evidence),
    }  # fmt: skip


def do_ready(journal: Journal, args: argparse.Namespace) -> int:
    """What can be done now."""
    view = doing.view(journal, args.namespace)
    found = view.ready(args.actor)
    shown = found if args.all else found[: args.n]
    if args.json:
        told = {"tasks": [record(one) for one in shown], "total": len(found)}
        output.json({"schema": "journal/task-ready@1", **told})
        return 0
    begun = any(one.status == STARTED for one in shown)
    for one in shown:
        output.write(line(one, status=begun))
    if len(shown) < len(found):
        say(f"and {len(found) - len(shown):,} more: --all shows them")
    if not found:
        blocked = len(view.blocked)
        many = "1 task is" if blocked == 1 else f"{blocked:,} tasks are"
        why = f"{many} blocked: `journal task graph`" if blocked else "`journal task add TITLE`"
        if output.is_terminal():
            output.write(f"nothing is ready; {why}")
        _circles(view)
    return 0


def do_list(journal: Journal, args: argparse.Namespace) -> int:
    """The tasks, each under what it is a part of."""
    view = doing.view(journal, args.namespace)
    found = _selected(journal, view, args)
    order = list(_nested(found, view))
    if args.json:
        told = {"tasks": [record(one) for one, _ in order[: args.n]], "total": len(order)}
        output.json({"schema": "journal/task-list@1", **told})
    else:
        for one, depth in order[: args.n]:
            output.write(line(one, depth))
        if not order and output.is_terminal():
            output.write("no tasks: `journal task add TITLE` adds one")
    _circles(view)
    return 0


def _selected(journal: Journal, view: View, args: argparse.Namespace) -> list[Task]:
    found: Iterable[Task] = view.tasks.values()
    if args.milestone:
        top = doing.named(journal, view, args.milestone)
        found = [view.tasks[key] for key in (top, *view.below(top))]
    if args.status == "ready":
        ready = {one.id for one in view.ready(args.actor)}
        found = [one for one in found if one.id in ready]
    elif args.status:
        found = [one for one in found if one.status == args.status]
    elif not args.all:
        found = [one for one in found if not one.is_over]
    if args.actor:
        found = [one for one in found if one.claimed_by == args.actor]
    return list(found)


def _nested(found: Sequence[Task], view: View) -> Iterator[tuple[Task, int]]:
    """Each under the nearest of what it is a part of that is shown, and how deep it stands."""
    shown = {one.id for one in found}
    below: dict[str, list[Task]] = {}
    for one in found:
        top = next((key for key in view.above(one.id) if key in shown), "")
        below.setdefault(top, []).append(one)
    done: set[str] = set()
    circular = [one for one in found if below.get(one.id)]  # of these, none may be at the top
    for start in (*_sorted(below.get("", ())), *circular):
        left = [(start, 0)]
        while left:
            one, depth = left.pop()
            if one.id not in done:
                done.add(one.id)
                yield one, depth
                parts = _sorted(below.get(one.id, ()))
                left += [(part, depth + 1) for part in reversed(parts)]


def _sorted(some: Iterable[Task]) -> list[Task]:
    return sorted(some, key=lambda one: (one.type == TASK, one.is_over, one.priority))


def line(one: Task, depth: int = 0, *, status: bool = True, margin: int = 0) -> str:
    """A task on one line: its id, how it is, how urgent, what, who has it, what it waits for."""
    over = one.is_over
    cells = [(output.short(one.id), "dim" if over else "yellow")]
    if status or depth:
        cells.append((output.pad(one.status, 7), LOOKS[one.status]))
    urgent = f"p{one.priority}" if one.priority != USUAL else "  "
    cells.append((urgent, _URGENT.get(one.priority, "dim" if urgent.strip() else "")))
    shown = [*(output.style(text, look) for text, look in cells)]
    used = sum(columns(text) + 2 for text, _ in cells) + 2 * depth + margin
    said = "" if one.type == TASK else f"{one.type} {progress(one)}: ".replace(" :", ":")
    about = aside(one)
    room = output.width() - used - columns(said) if output.width() else None
    least = min(_LEAST, columns(one_line(one.title)))
    if room is not None and room - columns(about) - 2 < least:
        about = one_line(about, max(0, room - least - 2)) if room > 2 * _LEAST else ""
    left = max(8, room - (columns(about) + 2 if about else 0)) if room is not None else None
    title = output.style(one_line(one.title, left), "dim" if over else "")
    look = "bold" if said else ""
    told = f"{'  ' * depth}{output.style(said, look)}{title}"
    return "  ".join([*shown, told, *([output.style(about, "dim")] if about else [])]).rstrip()


def progress(one: Task) -> str:
    """How far a goal or milestone is."""
    return f"{one.done:,}/{one.total:,}" if one.total else ""


def aside(one: Task, has: str = "") -> str:
    """Who has a task, behind what is said of that, and what it waits for."""
    said = []
    if one.claim:
        others = ", ".join(it.actor for it in one.contested)
        said.append(
            one_line(has + one.claim.actor + (f" (also claimed by {others})" if others else ""))
        )
    if one.blockers:
        named = ", ".join(map(output.short, one.blockers[:_NAMED]))
        more = len(one.blockers) - _NAMED
        said.append(f"waits for {named}" + (f" and {more:,} more" if more > 0 else ""))
    elif one.held_by:
        said.append(f"part of {output.short(one.held_by)}, which is blocked")
    elif one.status == BLOCKED and one.status_by != one.id:
        said.append(f"as {output.short(one.status_by)} says")
    return "; ".join(said)


def _circles(view: View) -> None:
    """Tell of tasks that wait for each other, on stderr."""
    from journal.tasks.waiting import circles

    found = circles(view)
    for way in found[:_CIRCLES]:
        names = " -> ".join(f"{output.short(key)} {view.tasks[key].title}" for key in way)
        say(f"journal: these wait for each other: {one_line(names)}")
        say(f"  journal task unblock {output.short(way[0])} --from {output.short(way[1])}")
    if len(found) > _CIRCLES:
        say(f"journal: and {len(found) - _CIRCLES:,} more circles")


def do_graph(journal: Journal, args: argparse.Namespace) -> int:
    """What blocks what."""
    from journal.cli.task_graph import Drawing

    view = doing.view(journal, args.namespace)
    around = ""
    if args.id:
        one, view = doing.find(journal, args.id)
        around = one.id
    Drawing(view, around, every=args.all).show(as_json=args.json)
    _circles(view)
    return 0


def do_show(journal: Journal, args: argparse.Namespace) -> int:
    """One task, and its history."""
    from journal.cli.task_page import show

    return show(journal, args)
