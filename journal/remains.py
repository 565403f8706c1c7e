"""Entries known again where no slice stands for them.

Their heading or their fences were changed, so that a person's text or another entry's slice has
swallowed them, or only their end is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from journal.chain import Index
from journal.dayfile import EDITED, INTACT
from journal.held import Acknowledged, Held

# The lines of a header by which an entry is known again: its id, and its place in the chain.
_TRACE = re.compile(
    rb"^id: ([0-9A-Z]{26})$"
    rb"|^(?:seq: ([1-9][0-9]{0,17})\n)?prev: ([0-9]{1,18}):(sha256:[0-9a-f]{64})$",
    re.MULTILINE,
)
_MACHINE = re.compile(rb"^digest: sha256:[0-9a-f]{64}\n```$", re.MULTILINE)
_LEAST = 8  # bytes of an entry's end that are hardly chance


@dataclass(frozen=True, slots=True)
class Remains:
    """What was found: whose it is, what was promised of it if known, where it begins.

    `seq` is its number where nothing was promised of it.
    """

    id: str
    promised: Acknowledged | None
    offset: int
    seq: int = 0


def found_in(held: Held, index: Index, gone: dict[str, Acknowledged]) -> Iterator[Remains]:
    """The entries that a slice swallowed.

    A person may quote an entry, or the format's own example: then that entry is held, or the lines
    link to nothing.
    """
    start = 0
    if held.header:
        start = held.raw.rfind(held.rest) if held.state == INTACT else held.raw.find(b"\n```\n") + 5
    if held.state == INTACT and not held.rest:
        return
    entry_id, seen = "", set()
    for trace in _TRACE.finditer(held.raw, start):
        entry_id = trace[1].decode() if trace[1] else entry_id
        promised = gone.get(entry_id)
        if trace[4]:
            promised = promised or _numbered(held, trace, gone)
            if promised is None and not _continues(held, entry_id, trace, index):
                continue
        elif promised is None:
            continue
        name = promised.id if promised else entry_id or f"number {_number(trace)}"
        if name not in seen:
            seen.add(name)
            seq = 0 if promised else _number(trace)
            yield Remains(name, promised, _beginning(held.raw, trace.start(), start), seq)


def _beginning(raw: bytes, trace: int, start: int) -> int:
    """Where the swallowed entry's text begins: its fence, and what stands above it as a heading."""
    fence = raw.rfind(b"```", start, trace)
    heading = raw.rfind(b"\n\n", start, max(fence - 2, start))
    return max(heading + 2, start) if heading >= 0 else start


def _number(trace: re.Match[bytes]) -> int:
    return int(trace[2] or int(trace[3]) + 1)


def _numbered(
    held: Held, trace: re.Match[bytes], gone: dict[str, Acknowledged]
) -> Acknowledged | None:
    promised = held.day.chain.promised.get(_number(trace))
    return promised if promised and promised.id in gone else None


def _continues(held: Held, entry_id: str, trace: re.Match[bytes], index: Index) -> bool:
    """Whether these lines continue the chain in a place that no entry fills."""
    chain = held.day.chain
    if entry_id in index.by_id or _number(trace) in chain.held:
        return False
    prev = trace[4].decode()
    before = index.by_header.get(prev)
    return prev == chain.genesis or (before is not None and before.day.chain is chain)


def torn_off(held: Held, index: Index, gone: dict[str, Acknowledged]) -> Acknowledged | None:
    """The entry whose end lies under this one, torn off by a program that wrote the file too.

    Only one that is gone, unless a header's end tells it from a line that a person copied.
    """
    rest = held.rest
    if len(rest) < _LEAST:
        return None
    candidates = index.promised if _MACHINE.search(rest) else gone
    for promised in candidates.values():
        if promised.id != held.id and promised.text.rstrip(b"\n").endswith(rest):
            return promised
    return None


def is_swallowed(held: Held) -> bool:
    """Whether the slice may hold more than its own entry."""
    return bool(held.rest) or held.state == EDITED or not held.header
