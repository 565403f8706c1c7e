"""The files of sidechains beside a session's, and the session's beside a sidechain's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from journal.importers.claude_code.gather import gather
from journal.importers.claude_code.graph import graph
from journal.importers.claude_code.nodes import Node, chain_of

_ENDING = ".jsonl"


def chains(file: str) -> dict[str, str]:
    """The sidechains that have files of their own beside a session's, by their names."""
    folder, name = os.path.split(file)
    own = os.path.join(folder, name.removesuffix(_ENDING), "subagents")
    found = {}
    for place in (*_files(folder), *(f for top, _, _ in os.walk(own) for f in _files(top))):
        at = place.rfind("agent-")
        if at >= 0 and os.sep not in place[at:] and place != file:
            found[chain_of(place[at + len("agent-") : -len(_ENDING)])] = place
    return found


def caller(file: str, nodes: Sequence[Node]) -> str:
    """The id of the line that called the sidechain of a file, as its session's file tells."""
    first = next((node for node in nodes if node.chain), None)
    if first is None:
        return ""
    for session in dict.fromkeys(node.session for node in nodes if node.chain):
        for main in _mains(file, session):
            stat = os.stat(main)
            callers = _callers(main, stat.st_size, stat.st_mtime_ns)
            # While the agent is at work no result names it yet, but its prompt was given by a call.
            if found := callers.get(first.chain) or callers.get(first.text or "-"):
                return found
    return ""


def _mains(file: str, session: str) -> Iterator[str]:
    folder = os.path.dirname(file)
    while os.path.basename(folder) and os.path.basename(folder) != session:
        if os.path.isfile(place := os.path.join(folder, session + _ENDING)):
            yield place
            return
        if os.path.basename(folder) not in ("subagents", "workflows") and not os.path.basename(
            folder
        ).startswith("wf_"):
            break
        folder = os.path.dirname(folder)
    if os.path.basename(folder) == session:
        place = folder + _ENDING
        if os.path.isfile(place):
            yield place
            return
    yield from (one for one in _files(os.path.dirname(file)) if one.endswith(session + _ENDING))


@lru_cache(maxsize=4)
def _callers(main: str, size: int, changed: int) -> Mapping[str, str]:
    """The line that called each sidechain, by its name or, without a result yet, its prompt's key.

    Size and time of change are for the cache alone.
    """
    del size, changed
    try:
        found = gather(main)
    except OSError:
        return {}
    made = graph(found)
    waiting = {
        key: node.id
        for call, node in found.calls.items()
        for name, key in node.calls
        if key and name == call and call not in made.chain_of
    }
    return waiting | {
        chain: found.calls[call].id for call, chain in made.chain_of.items() if call in found.calls
    }


def _files(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if name.endswith(_ENDING)]
