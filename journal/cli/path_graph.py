"""The graph of a conversation, drawn for a person or as JSON."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from journal import paths
from journal.cli import output
from journal.cli.picture import colour, picture
from journal.paths import MAIN, path_of
from journal.paths.lanes import RUN, Lanes, Node
from journal.paths.runs import runs
from journal.safe import columns, one_line
from journal.sessions import EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from journal.catalog.row import Row
    from journal.conversations import Conversation
    from journal.conversations.graph import Step
    from journal.paths.lanes import Drawn

_GLYPHS = {
    paths.BRANCH: "▸", paths.MERGE: "◆", paths.ABANDON: "✗", paths.COMPACT: "■",
    paths.SUMMARY: "■", "decision": "◇", "task": "□", "checkpoint": "▪", "event": "○",
    "session": "○",
}  # fmt: skip
_GLYPH, _NOW = "●", "◎"
_SAID = ("message", "note")
_PEOPLE = ("user", "human", "")  # roles of whom a run never leaves out
_LOOKED = 1024  # entries that are looked through for what matters, or for each row this many:
_EACH = 20
_PEEK = 256  # rows drawn before the first is shown: for main to have the first lane, and for room
_WHO = 11
_WIDE = 100  # columns from which on the year is shown; below the other one, not even who
_NARROW = 72
_LEAST = 4  # columns of a label or a title


class Drawing:
    """What is drawn of a conversation: all, or `only` some of its paths.

    `every`: each entry has its row, forgotten ones too. Else runs of what agents and tools say and
    do, where nothing forks or ends, are one row.
    """

    def __init__(
        self, talk: Conversation, current: str, only: Sequence[str], *, every: bool
    ) -> None:
        self._talk = talk
        self._current = current
        self._only = only
        self._every = every
        self._became: dict[str, str] = {}
        self._room = output.width()

    def show(self, limit: int | None, *, as_json: bool) -> int:
        """Draw the newest entries, as many as are wanted."""
        folds = not (self._every or as_json)
        most = max(_LOOKED, limit * _EACH) if folds and limit is not None else limit
        steps = self._talk.graph(most, only=self._only, every=self._every)
        peeked = list(islice(steps, _PEEK))
        mains = (one.row.id for one in peeked if one.ends and path_of(one.row) == MAIN)
        graph = Lanes(next(mains, ""))
        nodes = (
            (Node(one.row.id, one.parents), one, folds and _may_go(one))
            for one in chain(peeked, steps)
        )
        rows = runs(nodes, graph, limit)
        if as_json:
            told = [_record(one, drawn.lane) for one, drawn, _ in rows]
            of = {"namespace": self._talk.namespace, "session": self._talk.session}
            output.json({"schema": "journal/path-graph@1", **of, "rows": told})
        else:
            self._draw(rows)
        return 0

    def _draw(self, rows: Iterable[tuple[Step, Drawn, int]]) -> None:
        self._became = self._ends()
        rows = iter(rows)
        first = list(islice(rows, _PEEK))
        widest = max((2 * len(drawn.cells) - 1 for _, drawn, _ in first), default=1)
        for step, drawn, many in chain(first, rows):
            line = self._run(drawn, many, widest) if many else self._line(step, drawn, widest)
            output.write(line)
        if not first and output.is_terminal():
            output.write("no entries")

    def _ends(self) -> dict[str, str]:
        """What became of the paths that were merged or abandoned."""
        found: dict[str, str] = {}
        of = (self._talk.namespace, self._talk.session)
        for row in self._talk.journal.catalog.told(*of, (paths.MERGE, paths.ABANDON)):
            if row.kind == paths.MERGE:
                found[str(row.fields.get("merges", ""))] = paths.MERGED
            else:
                found[path_of(row)] = paths.ABANDONED
        return found

    def _run(self, drawn: Drawn, many: int, widest: int) -> str:
        lanes, _ = picture(drawn, RUN, self._room, widest)
        return f"{lanes}  {output.style(f'{many:,} entries', 'dim')}"

    def _line(self, step: Step, drawn: Drawn, widest: int) -> str:
        row = step.row
        over = self._became.get(path_of(row)) == paths.ABANDONED
        lanes, used = picture(drawn, self._glyph(step), self._room, widest)
        when = one_line(row.at[:16].replace("T", " "))[5 if 0 < self._room < _WIDE else 0 :]
        look = "dim" if over or row.hidden else ""
        cells = [(when, "dim"), (output.short(row.id), look or "yellow")]
        if not 0 < self._room < _NARROW:
            who = row.role or row.actor or row.kind if row.kind in _SAID else row.kind
            cells.append((output.pad(one_line(who, _WHO), _WHO), look or "cyan"))
        used += sum(columns(text) + 2 for text, _ in cells) + 2
        for text, style in ((self._label(step), colour(drawn)), (output.name_of(row), look)):
            room = self._room - used if self._room else None
            if text and (room is None or room >= _LEAST):
                cells.append((one_line(text, room), style))
                used += columns(cells[-1][0]) + 2
        return "  ".join([lanes, *(output.style(text, style) for text, style in cells)]).rstrip()

    def _glyph(self, step: Step) -> str:
        if step.ends and path_of(step.row) == self._current:
            return _NOW
        return _GLYPHS.get(step.row.kind, _GLYPH)

    def _label(self, step: Step) -> str:
        """The path's name where it begins and ends, and what became of it."""
        name = path_of(step.row)
        parts = []
        if step.ends:
            now = "current" if name == self._current else ""
            parts = [part for part in (name, self._became.get(name, ""), now) if part]
        elif step.begins and step.row.kind != paths.BRANCH and name != MAIN:
            parts = [f"{name} begins"]
        outside = [f"from {output.short(one.id)} {_whence(one, step)}" for one in step.outside]
        return f"({', '.join([*parts, *outside])})" if parts or outside else ""


def _may_go(step: Step) -> bool:
    """Whether an entry tells nothing of where the conversation went."""
    row = step.row
    if step.begins or step.ends or step.outside or row.role in _PEOPLE:
        return False
    return row.kind in _SAID or (row.kind == EVENT and "switched" not in row.fields)


def _whence(outside: Row, step: Step) -> str:
    own = (outside.namespace, outside.session) == (step.row.namespace, step.row.session)
    return f"on {path_of(outside)}" if own else f"in session {outside.session}"


def _record(step: Step, lane: int) -> dict[str, Any]:
    row = step.row
    return {
        "id": row.id, "parents": [*step.parents, *(one.id for one in step.outside)],
        "path": path_of(row), "lane": lane, "kind": row.kind, "title": output.name_of(row),
        "at": row.at, "turn": row.turn,
    }  # fmt: skip
