"""A task on a page of its own: how it is, what it waits for, its parts, and what was said of it."""

from __future__ import annotations

from journal import doing
from journal.cli import output
from journal.cli.task_output import LOOKS, aside, line, progress, record
from journal.safe import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.tasks.task import Task, View


def show(journal: Journal, args: argparse.Namespace) -> int:
    """Show the task that is named."""
    one, view = doing.find(journal, args.id)
    row, piece = journal.look(one.id)
    body = piece.body.decode(errors="replace")
    changes = [it.entry.id for it in view.stated.statements if it.about.id == one.id][1:]
    unlocks = view.waiting().get(one.id, [])
    if args.json:
        told = {**record(one), "body": body, "unlocks": unlocks, "changes": changes}
        output.json({"schema": "journal/task-show@1", "task": told})
        return 0
    output.write(output.entry_head(row))
    for text in _about(journal, one):
        output.write(text)
    output.write("")
    output.body(body, piece.postscript.decode(errors="replace"))
    above = [key for key in (one.part_of, one.held_by) if key in view.tasks]
    _section("part of", list(dict.fromkeys(above)), view)
    _section("waits for", one.needs, view)
    _section("blocks", unlocks, view)
    _section("parts", one.children, view)
    _history(journal, changes)
    return 0


def _about(journal: Journal, one: Task) -> Iterator[str]:
    kind = " ".join(filter(None, (one.type, progress(one))))
    stands = f"{one.status}, {kind}, priority {one.priority}"
    more = aside(one, "claimed by ")
    told = f"{stands}; {more}" if more else stands
    yield output.style(one_line(told, output.width() or None), LOOKS[one.status] or "bold")
    rows = {row.id: row for row in journal.catalog.with_ids(one.evidence)}
    for what in one.evidence:
        row = rows.get(what)
        shown = f"{output.short(what)}  {output.name_of(row)}" if row and not row.hidden else what
        yield one_line(f"evidence: {shown}")


def _section(name: str, keys: list[str] | tuple[str, ...], view: View) -> None:
    if keys:
        output.write("")
        output.write(output.style(name, "bold"))
    for key in keys:
        if key in view.tasks:
            output.write(f"  {line(view.tasks[key], margin=2)}")
        else:
            output.write(f"  {output.short(key)}  (no task is called so)")


def _history(journal: Journal, changes: list[str]) -> None:
    """The entries that changed it, oldest first."""
    if not changes:
        return
    output.write("")
    output.write(output.style("history", "bold"))
    rows: dict[str, Row] = {row.id: row for row in journal.catalog.with_ids(changes)}
    for key in changes:
        if key in rows:
            output.write(f"  {output.row(rows[key], 2)}")
