"""What is shown of decisions: a list, one with its history, what a verb changed, what drifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import deciding, decisions
from journal.cli import output
from journal.cli.report import say
from journal.decisions import ACCEPTED, PROPOSED, SUPERSEDED
from journal.safe import columns, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.decisions import Change, Decision, View
    from journal.entry import Receipt

_COLOURS = {ACCEPTED: "green", PROPOSED: "yellow"}
_STATUS = 10  # columns of the longest status
_NARROW = 72
_NAMED = 3  # ids of a list
_SHARE = 24  # columns that are kept for a title


def listed(
    journal: Journal, wanted: tuple[list[Decision], int | None, str], view: View, *, as_json: bool
) -> int:
    """`decision list`: one a line, and which are in conflict."""
    found, most, as_of = wanted
    shown = found[:most]
    others = {one.id: deciding.disagreements(journal, one) for one in shown}
    if as_json:
        output.json({
            "schema": "journal/decision-list@1", "as_of": as_of, "total": len(found),
            "decisions": [_record(one, others[one.id]) for one in shown],
            "conflicts": [[one.id for one in group] for group in view.conflicts],
        })  # fmt: skip
        return 0
    for one in shown:
        output.write(_row(one, [row.id for row in others[one.id]]))
    if not found and output.is_terminal():
        output.write("no decisions" + (" by then" if as_of else ": `journal decide` makes one"))
    if len(found) > len(shown) and output.is_terminal():
        output.write(output.style(f"and {len(found) - len(shown):,} more", "dim"))
    output.findings(journal.findings())
    return 0


def _record(one: Decision, others: Iterable[Row]) -> dict[str, Any]:
    """The decision, with all who disagree with it."""
    found = one.record()
    return found | {"disputed_by": [*found["disputed_by"], *(row.id for row in others)]}


def _row(one: Decision, others: list[str]) -> str:
    """A decision on one line, which no terminal wraps."""
    wide = output.width()
    narrow = 0 < wide < _NARROW
    when = one_line(one.entry.at[:10])
    cells = [(when[5:] if narrow else when, "dim"), (output.short(one.id), "yellow")]
    cells.append((output.pad(one.status, _STATUS), _COLOURS.get(one.status, "dim")))
    lead = sum(columns(text) + 2 for text, _ in cells)
    marks = "; ".join(_marks(one, others))
    room = max(10, wide - lead) if wide else None
    title = one_line(one.title, room)
    left = room - columns(title) - 2 if room is not None else None
    if room is not None and left is not None and left < columns(marks):
        title = one_line(one.title, max(_SHARE, room - columns(marks) - 2))
        left = room - columns(title) - 2
    shown = [*(output.style(text, look) for text, look in cells), title]
    if marks and (left is None or left > 4):
        shown.append(output.style(one_line(marks, left), "red" if _is_open(one) else "dim"))
    return "  ".join(shown)


def _is_open(one: Decision) -> bool:
    return bool(one.conflicts) and one.status == PROPOSED


def _marks(one: Decision, others: Iterable[str] = ()) -> list[str]:
    """What else there is to know of a decision, in a few words each."""
    told = []
    if one.superseded_by:
        told.append(f"superseded by {output.short(one.superseded_by)}")
    if one.conflicts:
        told.append(f"in conflict with {_shorts(one.conflicts)}")
    if disputed := [*one.disputed_by, *others]:
        told.append(f"disputed by {_shorts(disputed)}")
    if one.parts:
        told.append(f"in part superseded by {_shorts(dict(one.parts))}")
    if one.disputes:
        told.append(f"disputes {_shorts(one.disputes)}")
    return told


def _shorts(ids: Iterable[str]) -> str:
    """The first of them, and how many more there are."""
    every = [*ids]
    more = f" and {len(every) - _NAMED:,} more" if len(every) > _NAMED else ""
    return ", ".join(map(output.short, every[:_NAMED])) + more


def shown(journal: Journal, meant: tuple[list[Row], View, Decision], *, as_json: bool) -> int:
    """`decision show`: as it stands, what it says, and what was said of it since."""
    every, view, one = meant
    row, piece = journal.look(one.id)
    others = deciding.disagreements(journal, one)
    changes = decisions.history(every, one.id)
    body = piece.body.decode(errors="replace")
    if as_json:
        told = _record(one, others) | {"body": body}
        steps = [_step(step) for step in _ordered(changes, others)]
        output.json({"schema": "journal/decision-show@1", "decision": told, "history": steps})
        return 0
    output.write(output.style(one_line(one.title), "bold"))
    output.write(
        output.style(f"{one_line(row.at)}  {one_line(row.actor or row.role)}".rstrip(), "dim")
    )
    output.write(f"{output.style(one.status, _COLOURS.get(one.status, 'dim'))}{_since(one)}")
    for line in _facts(one, view):
        output.write(line)
    output.write(output.style(f"{row.id}  {row.file}:{row.line}", "dim") + "\n")
    output.body(body, "")
    later = _ordered(changes, others)[1:]
    for line in ["", *map(_told, later)] if later else ():
        output.write(line)
    output.findings(journal.findings())
    return 0


def _since(one: Decision) -> str:
    by = one.standing
    return f" since {one_line(by.at[:10])}" if by and by.id != one.id else ""


def _facts(one: Decision, view: View) -> list[str]:
    """What is known of a decision besides, a line each."""

    def named(key: str) -> str:
        other = view.decisions.get(key)
        return f"{output.short(key)} {one_line(other.title)}" if other else one_line(key)

    told: list[tuple[str, Iterable[str]]] = [
        ("subject", [one_line(one.subject)] if one.subject else []),
        ("superseded by", [named(one.superseded_by)] if one.superseded_by else []),
        ("supersedes", map(named, one.supersedes)),
        ("in part superseded by", [f"{named(by)}: {one_line(part)}" for by, part in one.parts]),
        ("in conflict with", map(named, one.conflicts)),
        ("disputes", map(named, one.disputes)),
        ("disputed by", map(named, one.disputed_by)),
        ("governs", map(one_line, one.governs)),
        ("evidence", map(one_line, one.evidence)),
    ]
    return [f"{what} {it}" for what, its in told for it in its]


def told(journal: Journal, meant: tuple[list[Row], View, Decision], *, as_json: bool) -> int:
    """`decision history`: what was said of it, oldest first."""
    every, _, one = meant
    changes = decisions.history(every, one.id)
    others = deciding.disagreements(journal, one)
    if as_json:
        output.json({
            "schema": "journal/decision-history@1", "id": one.id, "status": one.status,
            "history": [_step(step) for step in _ordered(changes, others)],
        })  # fmt: skip
        return 0
    for step in _ordered(changes, others):
        output.write(_told(step))
    output.findings(journal.findings())
    return 0


def _ordered(changes: list[Change], others: list[Row]) -> list[Change]:
    """What was said of a decision, by all who said something, oldest first.

    An entry that disagrees without being a decision leaves it as it stood, so it has no status.
    """
    told = [*changes[1:], *(decisions.Change(row, "disputed", "") for row in others)]
    told.sort(key=lambda one: (one.entry.microseconds, one.entry.id))
    return [*changes[:1], *told]  # what it began with, whatever the clocks said


def _step(change: Change) -> dict[str, Any]:
    row: Any = change.entry
    return {
        "id": row.id, "at": row.at, "actor": row.actor, "title": row.title or row.head,
        "what": change.what, "status": change.status, "other": change.other,
    }  # fmt: skip


def _told(change: Change) -> str:
    """A change on one line, which begins with when it was."""
    row: Any = change.entry
    other = output.short(change.other) if change.other else ""
    by = f" by {other}" if change.other not in ("", row.id) else ""
    what = {
        "decided": change.status, "status": change.status, "said": "said",
        "supersedes": f"supersedes {other}", "superseded": f"superseded{by}",
        "superseding": f"to be superseded{by}", "part": f"in part superseded{by}",
        "disputed": f"disputed{by}",
    }[change.what]  # fmt: skip
    return _line(row, what, _COLOURS.get(change.status, "dim") if change.what == "status" else "")


def _line(row: Any, what: str, look: str) -> str:
    when = one_line(row.at[:16].replace("T", " "))
    who = one_line(row.actor or row.role or "-")
    cells = [(when, "dim"), (output.short(row.id), "yellow"), (what, look), (who, "")]
    lead = sum(columns(text) + 2 for text, _ in cells)
    room = max(10, output.width() - lead) if output.width() else None
    title = one_line(row.title or row.head, room)
    return "  ".join([*(output.style(text, style) for text, style in cells), title])


def changed(receipt: Receipt, before: View, after: View, *, as_json: bool, said: bool) -> None:
    """What an entry changed: which decisions stand otherwise, and what is open now."""
    differ = [
        one
        for key, one in after.decisions.items()
        if key != receipt.id
        and (was := before.decisions.get(key)) is not None
        and (was.status, was.superseded_by, was.parts, was.status_by)
        != (one.status, one.superseded_by, one.parts, one.status_by)
    ]
    made = after.decisions.get(receipt.id)
    if as_json:
        output.json({
            "schema": "journal/decision-change@1", "id": receipt.id, "at": receipt.at,
            "kept": receipt.stands,
            "decisions": [one.record() for one in ([made] if made else []) + differ],
        })  # fmt: skip
        return
    if said and receipt.stands:
        output.write(receipt.id)
    for one in differ:
        by = f" by {output.short(one.superseded_by)}" if one.status == SUPERSEDED else ""
        part = f", in part superseded by {output.short(one.parts[-1][0])}" if one.parts else ""
        line = f"{output.short(one.id)} is {one.status}{by}{part}: {one_line(one.title)}"
        say(line) if said else output.write(line)
    _open(made, differ, before, after)


def _open(made: Decision | None, differ: list[Decision], before: View, after: View) -> None:
    """What is left to decide, on stderr."""
    if made and made.conflicts:
        say(f"journal: in conflict with {_shorts(made.conflicts)}, until one is accepted")
    if made and made.status == PROPOSED and made.supersedes:
        say(f"journal: {_shorts(made.supersedes)} stands until this is accepted")
    for one in differ:
        was = before.decisions[one.id]
        left = [key for key in was.conflicts if after.decisions[key].status == PROPOSED]
        if one.status == ACCEPTED != was.status and left:
            say(f"journal: {_shorts(left)}, on the same subject, is still proposed: reject it?")
        if one.status == ACCEPTED != was.status:
            for key in one.disputes:
                if key in after.decisions and after.decisions[key].status == ACCEPTED:
                    short = output.short(key)
                    by = output.short(one.id)
                    say(f"journal: {short}, which it disputes, is in force, too: "
                        f"`journal decision supersede {short} --by {by}`")  # fmt: skip
