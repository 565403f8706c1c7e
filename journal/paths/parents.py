"""What each entry follows, and what is wrong there: parents that are nowhere, and circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import sessions
from journal.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Protocol

    from journal.source import Source

    class Told(sessions.Told, Protocol):
        """What of an entry is asked: a `Row` will do, and an `Entry`."""

        @property
        def title(self) -> str:
            """Its title."""

        @property
        def head(self) -> str:
            """The first line of its body."""

        @property
        def source(self) -> Source:
            """Where it stands."""


MAIN = "main"
_NEW, _OPEN, _DONE = 0, 1, 2


def path_of(one: sessions.Told) -> str:
    """The path that an entry is on."""
    return one.path or MAIN


def taken(one: sessions.Told) -> tuple[str, ...]:
    """The ids of what a merge takes."""
    if one.kind != "merge":
        return ()
    takes = one.fields.get("takes")
    found = takes if isinstance(takes, list) else [takes]
    return tuple(dict.fromkeys(text for text in found if isinstance(text, str) and text))


def ancestry(told: Sequence[Told], known: Sequence[Told]) -> Iterator[Finding]:
    """What is wrong with the parents of entries in order; `known` are there as well.

    A circle is one finding, at the entry where it closes.
    """
    above: dict[str, tuple[str, ...]] = {}
    for each, before in _with_before(sessions.in_order([*told, *known])):
        above.setdefault(each.id, (*_first(each, before), *taken(each)))
    for one in told:
        for parent in (one.parent, *taken(one)):
            if parent and parent not in above:
                message = f"it follows {parent}, and there is no such entry"
                yield Finding("unknown-parent", one.source.file, one.source.line, message)
    by_id = {one.id: one for one in (*known, *reversed(told))}
    for name in _circles(above):
        if name in by_id:
            where = by_id[name].source
            message = f"{name} follows itself, by way of its parents"
            yield Finding("path-cycle", where.file, where.line, message)


def _first(one: Told, before: str) -> tuple[str, ...]:
    return (one.parent or before,) if one.parent or before else ()


def _with_before(told: Sequence[Told]) -> Iterator[tuple[Told, str]]:
    """Each entry with the one before it on its path; an entry may stand there twice."""
    last: dict[tuple[str, str, str], str] = {}
    for one in told:
        key = (one.namespace, one.session, path_of(one))
        if not one.session or last.get(key) != one.id:
            yield one, last.get(key, "") if one.session else ""
        last[key] = one.id


def _circles(above: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The nodes from which an edge leads back to where a walk came from."""
    state: dict[str, int] = {}
    for start in above:
        if start in state:
            continue
        state[start] = _OPEN
        walk = [(start, iter(above[start]))]
        while walk:
            name, parents = walk[-1]
            parent = next(parents, None)
            if parent is None:
                state[name] = _DONE
                walk.pop()
            elif state.get(parent, _NEW) == _OPEN:
                yield name
            elif parent in above and parent not in state:
                state[parent] = _OPEN
                walk.append((parent, iter(above[parent])))
