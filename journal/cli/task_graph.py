"""The graph of tasks: what is above unlocks what hangs below it, drawn or as JSON."""

from __future__ import annotations

from journal.cli import output
from journal.cli.picture import picture
from journal.cli.task_output import LOOKS, aside, progress, record
from journal.paths.lanes import Lanes, Node
from journal.safe import columns, one_line
from journal.tasks.task import BLOCKED, DONE, DROPPED, OPEN, STARTED, TASK
from journal.tasks.waiting import in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.paths.lanes import Drawn
    from journal.tasks.task import Task, View

_GLYPHS = {OPEN: "○", STARTED: "◐", BLOCKED: "●", DONE: "✓", DROPPED: "✗"}
_LEGEND = "what is above unlocks what hangs below; ○ ready, ◐ started, ● blocked, ✓ done, ✗ dropped"
_STATUS = 7
_LEAST = 12  # columns of a title


class Drawing:
    """What is drawn of tasks: those that hang together, maybe only `around` one of them.

    `every`: those that are over too, and what waited for them.
    """

    def __init__(self, view: View, around: str = "", *, every: bool = False) -> None:
        self._view = view
        self._every = every
        self.edges = self._edges()
        self.unlocks: dict[str, list[str]] = {}
        for blocker, key, _ in self.edges:
            below = self.unlocks.setdefault(blocker, [])
            if key not in below:
                below.append(key)
        linked = {key for edge in self.edges for key in edge[:2]}
        stuck = {one.id for one in view.tasks.values() if one.status == BLOCKED}
        shown = linked | stuck | ({around} if around else set())
        if around:
            shown = self._around(around)
        self.keys = in_order([key for key in view.tasks if key in shown], self.unlocks)
        self._lone = 0 if around else len(view.of(OPEN, STARTED)) - sum(map(self._is_open, shown))

    def _is_open(self, key: str) -> bool:
        one = self._view.tasks[key]
        return one.type == TASK and one.status in (OPEN, STARTED)

    def _edges(self) -> list[tuple[str, str, str]]:
        """What blocks what, and how: "blocks", or "holds" where that blocks what it is a part of.

        With all, "unlocked" is what is over and blocked it before.
        """
        tasks = self._view.tasks
        found: list[tuple[str, str, str]] = []
        for key, one in tasks.items():
            over = one.needs if self._every else ()
            found += ((it, key, "unlocked") for it in over if it not in one.blockers)
            if one.status == BLOCKED:
                ways = dict.fromkeys(one.blockers, "blocks")
                found += ((it, key, ways.get(it, "holds")) for it in self._view.awaited(key))
        return [edge for edge in found if edge[0] in tasks]

    def _around(self, start: str) -> set[str]:
        beside: dict[str, list[str]] = {}
        for blocker, key, _ in self.edges:
            beside.setdefault(blocker, []).append(key)
            beside.setdefault(key, []).append(blocker)
        seen, left = {start}, [start]
        while left:
            new = [key for key in beside.get(left.pop(), ()) if key not in seen]
            seen.update(new)
            left += new
        return seen

    def show(self, *, as_json: bool) -> None:
        """Draw it."""
        if as_json:
            shown = set(self.keys)
            output.json(
                {
                    "schema": "journal/task-graph@1",
                    "nodes": [record(self._view.tasks[key]) for key in self.keys],
                    "edges": [
                        {"from": blocker, "to": key, "type": how}
                        for blocker, key, how in self.edges
                        if blocker in shown
                    ],
                }
            )
            return
        self._draw()
        if output.is_terminal():
            lone = "1 task" if self._lone == 1 else f"{self._lone:,} tasks"
            said = f"{lone} more that nothing blocks: `journal task ready`" if self._lone else ""
            for text in (_LEGEND if self.keys else "nothing is blocked", said):
                if text:
                    output.write(output.style(one_line(text, output.width() or None), "dim"))

    def _draw(self) -> None:
        lanes, drawn = Lanes(), []
        place = {key: at for at, key in enumerate(self.keys)}
        for key in self.keys:  # what closes a circle stands above already, and gets no line
            below = [it for it in self.unlocks.get(key, ()) if place.get(it, -1) > place[key]]
            below.sort(key=place.__getitem__)
            drawn.append((key, lanes.step(Node(key, tuple(below)))))
        widest = max((2 * len(row.cells) - 1 for _, row in drawn), default=1)
        for key, row in drawn:
            output.write(self._line(self._view.tasks[key], row, widest))

    def _line(self, one: Task, row: Drawn, widest: int) -> str:
        room = output.width()
        shown, used = picture(row, _GLYPHS[one.status], room, widest)
        cells = [(output.short(one.id), "dim" if one.is_over else "yellow")]
        is_ready = one.status == OPEN and one.type == TASK and not one.claim
        status = "ready" if is_ready else one.status
        cells.append((output.pad(status, _STATUS), LOOKS[one.status]))
        kind = "" if one.type == TASK else " ".join(filter(None, (one.type, progress(one)))) + ": "
        used += sum(columns(text) + 2 for text, _ in cells) + 2
        left = max(_LEAST, room - used) if room else None
        title = one_line(kind + one.title, left)
        about = aside(one)
        if left is not None:
            rest = left - columns(title) - 2
            about = one_line(about, rest) if rest >= _LEAST else ""
        cells += [(title, "dim" if one.is_over else ""), (about, "dim")]
        return "  ".join([shown, *(output.style(text, look) for text, look in cells if text)])
