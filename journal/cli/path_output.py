"""Paths as text for a person, and as JSON: a list of them, and one with its entries."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from journal import paths
from journal.cli import output
from journal.paths import Path
from journal.safe import columns, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from journal.catalog.row import Row
    from journal.conversations import Conversation

_STATES = {
    paths.OPEN: "green", paths.MERGED: "cyan", paths.ABANDONED: "red", paths.COMPACTED: "yellow",
}  # fmt: skip
_NAME = 24
_LEAST = 10  # columns of a title
_NARROW = 72


def every(talks: Sequence[Conversation], *, as_json: bool) -> int:
    """The paths of many sessions."""
    if as_json:
        told = [one for talk in talks for one in _records(talk, talk.current)]
        output.json({"schema": "journal/path-list@1", "paths": told})
        return 0
    for talk in talks:
        output.write(output.style(one_line(talk.session), "bold"))
        _rows(talk, talk.current)
    return 0


def listed(talk: Conversation, current: str, *, as_json: bool) -> int:
    """The paths of a session."""
    if as_json:
        told = _records(talk, current)
        output.json({"schema": "journal/path-list@1", "paths": told})
        return 0
    _rows(talk, current)
    return 0


def _records(talk: Conversation, current: str) -> list[dict[str, Any]]:
    view = talk.view()
    output.findings(view.findings)
    return [_record(path, current) for path in view.paths.values()]


def _record(path: Path, current: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "path": path.name, "namespace": path.namespace, "session": path.session,
        "state": path.state, "current": path.name == current, "entries": path.entries,
        "first_id": path.first, "last_id": path.last, "origin": path.origin,
        "from": path.before,
    }  # fmt: skip
    if path.state != paths.OPEN:
        told |= {"by": path.by, "went_on": path.went_on}
    told |= {"into": path.into} if path.into else {}
    told |= {"reason": path.reason} if path.reason else {}
    return told | ({"summary": path.summary, "covers": path.covers} if path.summary else {})


def _rows(talk: Conversation, current: str) -> None:
    view = talk.view()
    found = list(view.paths.values())
    last = talk.rows([path.last for path in found])
    wide = min(_NAME, max((columns(path.name) for path in found), default=0))
    many = max((len(f"{path.entries:,}") for path in found), default=1)
    for path in found:
        mark, look = ("*", "bold") if path.name == current else (" ", "")
        cells = [
            f"{mark} {output.style(output.pad(one_line(path.name), wide), look)}",
            output.style(output.pad(path.state, 9), _STATES[path.state]),
            f"{path.entries:>{many},} {'entry  ' if path.entries == 1 else 'entries'}",
            output.style(spoke := _spoke(last[path.last]), "dim"),
        ]
        used = 2 + max(wide, columns(path.name)) + 2 + 9 + 2 + many + 8 + 2 + len(spoke) + 2
        room = output.width() - used if output.width() else None
        about = one_line(_about(path), room) if room is None or room >= _LEAST else ""
        output.write("  ".join([*cells, about]).rstrip())
    if not found and output.is_terminal():
        output.write("no paths")
    output.findings(view.findings)


def _spoke(last: Row) -> str:
    """When a path's last entry was, without the year where there is little room."""
    narrow = 0 < output.width() < _NARROW
    return one_line(last.at[5 if narrow else 0 : 16].replace("T", " "))


def _about(path: Path) -> str:
    """Where it began and what became of it, in words."""
    at = f" at {output.short(path.origin)}" if path.origin else ""
    parts = [f"into {path.into}" if path.into else "", path.reason]
    parts += [f"a summary stands for {path.covers:,}" if path.covers else ""]
    parts += ["went on since" if path.went_on else ""]
    parts += [f"from {path.before}{at}" if path.before else f"begins{at}" if at else ""]
    return " · ".join(filter(None, parts))


def shown(talk: Conversation, name: str, limit: int | None, *, every: bool, as_json: bool) -> int:
    """One path: its facts, and its entries."""
    from journal.paths.verbs import Talk

    view = talk.view()
    current = talk.current
    path = Talk(talk.namespace, talk.session, view.of(talk.namespace, talk.session)).path(name)
    entries = islice(talk.own(name, every=every), limit)
    if as_json:
        told = [row.record() for row in entries]
        facts = _record(path, current)
        output.json({"schema": "journal/path-show@1", "path": facts, "entries": told})
        return 0
    now = " · the current one" if name == current else ""
    state = output.style(path.state, _STATES[path.state])
    output.write(f"{output.style(name, 'bold')}  {state}{now}")
    if about := _about(path):
        output.write(one_line(about))
    number = "1 entry" if path.entries == 1 else f"{path.entries:,} entries"
    output.write(output.style(f"{number} in session {one_line(path.session)}", "dim"))
    output.write("")
    output.rows(entries)
    output.findings(one for one in view.findings)
    return 0
