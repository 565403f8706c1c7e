"""Long runs of a graph told in one row: what happened between two entries that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.paths.lanes import Drawn, Lanes, Node

T = TypeVar("T")


def runs(
    items: Iterable[tuple[Node, T, bool]], lanes: Lanes, most: int | None = None
) -> Iterator[tuple[T, Drawn, int]]:
    """The rows of the items, each a node, what it stands for, and whether it may be left out.

    Left out is what one lane awaits and what has one parent. In its place stands one row with the
    last of those left out and how many there were; 0 with all others, of which there are at most
    `most`. A run of one is its entry's own row.
    """
    waiting: dict[int, tuple[T, int]] = {}
    for node, thing, may_go in items:
        if most is not None and most <= 0:
            break
        awaiting = lanes.awaiting(node.id)
        if may_go and len(awaiting) == 1 and len(node.parents) == 1:
            lanes.pass_over(node)
            waiting[awaiting[0]] = (thing, waiting.get(awaiting[0], (thing, 0))[1] + 1)
            continue
        yield from _told(waiting, lanes, awaiting)
        yield thing, lanes.step(node), 0
        most = most and most - 1
    yield from _told(waiting, lanes, sorted(waiting))


def _told(
    waiting: dict[int, tuple[T, int]], lanes: Lanes, some: Iterable[int]
) -> Iterator[tuple[T, Drawn, int]]:
    for lane in some:
        if lane in waiting:
            thing, count = waiting.pop(lane)
            yield thing, lanes.run(lane), count if count > 1 else 0
