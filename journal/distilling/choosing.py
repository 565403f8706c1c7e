"""Which entries of a range a prompt has room for, and how much of each: what matters most first.

All get the same number of bytes for their texts, as many as there is room for; what is left then
goes to those that matter most. Where there is not even room for all titles, those go that matter
least: what tools gave, then what was said longest ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from journal.context import wording
from journal.context.page import size
from journal.disputes import disputed
from journal.paths import MAIN, path_of
from journal.sessions import EVENT, event_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.catalog.text import Slices
    from journal.context.wording import Mark

_STEPS = (0, 120, 240, 480, 960, 1_920, 3_840, 7_680, 15_360)  # bytes of one entry's text
_LEAST = 40  # bytes of an entry's line
# What the journal says of itself, and sessions of themselves.
_OWN = frozenset(("session", "checkpoint", "amend", "adopt", "forget", "redact"))
_KINDS = ("decision", "task", "fact", "summary", "compact", "merge", "abandon", "note", "branch")
_ROLES = ("user", "human", "assistant")
_TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries that are told, in their order, and the text that tells them."""

    told: tuple[Row, ...]
    text: str


def is_told(row: Row) -> bool:
    """Whether an entry says something to sum up: not so what only captures that something was."""
    return row.kind not in _OWN and not (row.kind == EVENT and event_of(row))


def choose(
    journal: Journal,
    slices: Slices,
    rows: Sequence[Row],
    marks: Mapping[str, Mark],
    room: int,
) -> Choice:
    """As many of the rows as `room` bytes hold, under headings of where they were said."""
    order = {row.id: at for at, row in enumerate(rows)}
    ranked = sorted(rows, key=lambda row: (_rank(row), -order[row.id]))
    ranked = ranked[: max(room, 0) // _LEAST]
    lines = {row.id: _lines(journal, slices, row, marks) for row in ranked}
    count = _most(ranked, lines, rows, room)
    kept = ranked[:count]
    sizes = {key: [size(text) + 1 for text in some] for key, some in lines.items()}
    spare = room - size(_text(rows, {row.id: "" for row in kept})) + len(kept)
    steps = _steps([sizes[row.id] for row in kept], spare)
    text = _text(rows, {row.id: lines[row.id][step] for row, step in zip(kept, steps, strict=True)})
    named = {row.id for row in kept}
    return Choice(tuple(row for row in rows if row.id in named), text)


def _rank(row: Row) -> int:
    """How soon an entry goes: the higher, the sooner."""
    kind, role = str(row.kind), str(row.role)
    if kind in _KINDS:
        return _KINDS.index(kind)
    by_role = _ROLES.index(role) if role in _ROLES else len(_ROLES)
    return len(_KINDS) + by_role + (role == _TOOL)


def _most(
    ranked: Sequence[Row], lines: Mapping[str, Sequence[str]], rows: Sequence[Row], room: int
) -> int:
    """How many of the first there is room for, each with its shortest text."""
    low, high = 0, len(ranked)
    while low < high:
        middle = (low + high + 1) // 2
        text = _text(rows, {row.id: lines[row.id][0] for row in ranked[:middle]})
        low, high = (middle, high) if size(text) <= room else (low, middle - 1)
    return low


def _steps(sizes: Sequence[Sequence[int]], room: int) -> list[int]:
    """Of each entry which of its texts is told: the same step for all, and then what is left."""
    step = 0
    while step + 1 < len(_STEPS) and sum(some[step + 1] for some in sizes) <= room:
        step += 1
    found = [step] * len(sizes)
    if step + 1 == len(_STEPS):
        return found
    spare = room - sum(some[step] for some in sizes)
    for at, some in enumerate(sizes):
        if (more := some[step + 1] - some[step]) <= spare:
            found[at] += 1
            spare -= more
    return found


def _lines(
    journal: Journal, slices: Slices, row: Row, marks: Mapping[str, Mark]
) -> tuple[str, ...]:
    """An entry with more and more of its text."""
    piece = slices.piece(row)
    if piece is None:  # the file changed since
        piece = next((found for _, found in journal.read([row])), None)
    body = piece.body.decode(errors="replace") if piece else ""
    mark = marks.get(row.id, wording.NO_MARK)
    if against := disputed(row):
        cites = ", ".join(map(wording.cite, against))
        mark = (f"{mark[0]} (disputes {cites})", (*mark[1], *against))
    found = [_titled(row, mark)]
    found += [wording.turn(row, body, most, mark).text for most in _STEPS[1:]]
    return tuple(found)


def _titled(row: Row, mark: Mark) -> str:
    kind = "" if row.kind == "message" else f"{wording.plain(row.kind)}{mark[0]}"
    said = " ".join(dict.fromkeys(filter(None, (row.role, row.actor))))
    when = wording.plain(row.at[:16].replace("T", " "))
    before = ", ".join(filter(None, (when, kind, wording.plain(said, 60))))
    return wording.item(row, f"{before}:").text


def _text(rows: Sequence[Row], told: Mapping[str, str]) -> str:
    """The entries under headings, each session and path in the order in which it began."""
    places: dict[tuple[str, str], int] = {}
    for row in rows:
        places.setdefault(_place(row), len(places))
    found = [row for row in rows if row.id in told]
    found.sort(key=lambda row: places[_place(row)])  # stable: in order within each
    parts = []
    for place, some in groupby(found, key=_place):
        parts += ["", f"## {_heading(*place)}", "", *(told[row.id] for row in some)]
    return "\n".join([*parts, ""]) if parts else ""


def _place(row: Row) -> tuple[str, str]:
    return (row.session, path_of(row) if row.session else "")


def _heading(session: str, path: str) -> str:
    if not session:
        return "Outside of sessions"
    on = f", path {wording.code(path)}" if path != MAIN else ""
    return f"Session {wording.code(session)}{on}"
