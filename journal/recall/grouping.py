"""Hits that belong together: of one session, of one day, or side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from journal.recall.engine import Hit


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one session, or of one day where `session` is empty; the best first.

    `first` and `last` are the local days of its earliest and its latest hit.
    """

    first: str
    last: str
    hits: tuple[Hit, ...]
    session: str = ""
    namespace: str = ""


def grouped(hits: Iterable[Hit], by: Literal["session", "day"]) -> tuple[Group, ...]:
    """The hits by their sessions, or by their days; each group stands where its best hit did.

    Hits without a session are grouped by their days even so. Sessions of two namespaces are two.
    """
    found: dict[tuple[str, ...], list[Hit]] = {}
    for hit in hits:
        entry = hit.entry
        in_session = by == "session" and entry.session
        key = (entry.namespace, entry.session) if in_session else (_day(hit),)
        found.setdefault(key, []).append(hit)
    return tuple(_group(key, members) for key, members in found.items())


def _group(key: tuple[str, ...], hits: list[Hit]) -> Group:
    days = sorted(map(_day, hits))
    namespace, session = key if len(key) > 1 else ("", "")
    return Group(days[0], days[-1], tuple(hits), session, namespace)


def _day(hit: Hit) -> str:
    return hit.entry.at[:10]


def merged(lists: Iterable[Sequence[str]]) -> list[list[str]]:
    """Lists that share an item made one, in which each item stands once, in the lists' order.

    Each list names an item once. What is made of several stands where the first of them did.
    """
    blocks: dict[int, list[str]] = {}  # by the number of their first list
    block_of: dict[str, int] = {}
    for number, items in enumerate(lists):
        touched = sorted({block_of[item] for item in items if item in block_of})
        into = touched[0] if touched else number
        block = blocks.setdefault(into, [])
        # The new list first: only by it do the blocks hang together.
        for more in (items, *(blocks.pop(one) for one in touched[1:])):
            _weave(block, more)
            block_of.update(dict.fromkeys(more, into))
    return [blocks[number] for number in sorted(blocks)]


def _weave(block: list[str], items: Sequence[str]) -> None:
    """Put the items into the block that it lacks, each beside its neighbours."""
    known = set(block)
    at = next((block.index(item) for item in items if item in known), len(block))
    for item in items:
        if item in known:
            at = block.index(item) + 1
        else:
            block.insert(at, item)
            at += 1
