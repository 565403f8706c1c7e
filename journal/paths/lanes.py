"""The lanes of a graph of entries, one row an entry, newest first, as `git log --graph` has them.

Pure, and without memory but for the lanes: any number of rows can be drawn as they come. Each lane
awaits an entry. An entry takes the leftmost lane that awaits it, and the others that do end there;
its first parent keeps the lane, and the other parents join the lane that awaits them, or open the
nearest free one. Lanes never slide, and a lane that ended in a row is not used again in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
BOX = " ╵╷│╴╯╮┤╶╰╭├─┴┬┼"  # by the sum of the ways a cell leads
CROSSED = "│"
RUN = "┆"


@dataclass(frozen=True, slots=True)
class Node:
    """An entry to be drawn, and what it follows: its parents, the one that it goes on from first.

    A parent must come after it, or a lane waits for it in vain.
    """

    id: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row: its node's lane, and for each lane which ways it leads, and two colours.

    Colours count from 0, one for each lane that was begun: of the lane, and of what crosses it.
    """

    lane: int
    cells: tuple[int, ...]
    colours: tuple[int, ...]
    crossing: tuple[int, ...]
    begins: bool

    def text(self, glyph: str) -> Iterator[tuple[str, int]]:
        """What stands there, two columns a lane, each piece with its colour."""
        for at, cell in enumerate(self.cells):
            way = CROSSED if cell == UP | DOWN | LEFT | RIGHT else BOX[cell]
            upright = at == self.lane or cell & (UP | DOWN)
            colours = self.colours if upright else self.crossing
            yield glyph if at == self.lane else way, colours[at]
            yield BOX[LEFT | RIGHT] if cell & RIGHT else " ", self.crossing[at]


class Lanes:
    """The lanes between two rows. `kept`: the entry for which the first lane is kept free."""

    __slots__ = ("_colour", "_kept", "_lanes", "_next")

    def __init__(self, kept: str = "") -> None:
        self._lanes: list[str | None] = [None] if kept else []
        self._colour: list[int] = [0] if kept else []
        self._kept = kept
        self._next = 1 if kept else 0

    def awaiting(self, name: str) -> list[int]:
        """The lanes that await an entry."""
        return [at for at, awaited in enumerate(self._lanes) if awaited == name]

    def pass_over(self, node: Node) -> None:
        """Leave out an entry that one lane awaits and that has one parent: the lane awaits that."""
        self._lanes[self._lanes.index(node.id)] = node.parents[0]

    def run(self, lane: int) -> Drawn:
        """A row in which nothing happens, for entries of a lane that were left out."""
        cells = tuple(UP | DOWN if one is not None else 0 for one in self._lanes)
        return Drawn(lane, cells, tuple(self._colour), tuple(self._colour), begins=False)

    def step(self, node: Node) -> Drawn:
        """The row of the next node."""
        lanes = self._lanes
        ends = self.awaiting(node.id)
        begins = not ends
        if node.id == self._kept:
            self._kept, lane = "", 0
        else:
            lane = ends.pop(0) if ends else self._free(0, ())
        cells = [UP | DOWN if name is not None else 0 for name in lanes]
        cells[lane] = 0 if begins or lanes[lane] is None else UP
        colours, crossing = list(self._colour), list(self._colour)
        for end in ends:
            cells[end] = UP
            _lead(cells, crossing, (lane, end), colours[end])
            lanes[end] = None
        lanes[lane] = None
        first, *more = dict.fromkeys(node.parents) or ("",)
        if first and first != node.id:
            lanes[lane] = first
            cells[lane] |= DOWN
        for parent in more:
            to, is_new = self._joined(parent, lane, {lane, *ends})
            if to == len(cells):
                cells.append(0)
                colours.append(0)
                crossing.append(0)
            if is_new:
                cells[to] |= DOWN
                colours[to] = self._colour[to]
            if to != lane:
                _lead(cells, crossing, (lane, to), colours[to])
        self._trim()
        return Drawn(lane, tuple(cells), tuple(colours), tuple(crossing), begins)

    def _trim(self) -> None:
        while self._lanes and self._lanes[-1] is None and len(self._lanes) > bool(self._kept):
            self._lanes.pop()
            self._colour.pop()

    def _joined(self, parent: str, lane: int, taken: Collection[int]) -> tuple[int, bool]:
        """The lane that awaits a parent beside the first, and whether it begins here."""
        if parent in self._lanes:
            return self._lanes.index(parent), False
        free = self._free(lane + 1, taken)
        self._lanes[free] = parent
        return free, True

    def _free(self, near: int, taken: Collection[int]) -> int:
        """Begin the nearest free lane, to the right before the left; a new one if none is free."""
        first = 1 if self._kept else 0
        count = len(self._lanes)
        near = max(near, first)
        ways = (*range(near, count), *range(min(near, count) - 1, first - 1, -1))
        free = next((at for at in ways if self._lanes[at] is None and at not in taken), count)
        if free == count:
            self._lanes.append(None)
            self._colour.append(0)
        self._colour[free] = self._next
        self._next += 1
        return free


def _lead(cells: list[int], crossing: list[int], ends: tuple[int, int], colour: int) -> None:
    """Draw a way between two lanes."""
    left, right = sorted(ends)
    cells[left] |= RIGHT
    cells[right] |= LEFT
    for at in range(left, right):
        crossing[at] = colour
    for at in range(left + 1, right):
        cells[at] |= LEFT | RIGHT


def draw(nodes: Iterable[Node], kept: str = "") -> Iterator[Drawn]:
    """A row for each node, newest first."""
    lanes = Lanes(kept)
    for node in nodes:
        yield lanes.step(node)
