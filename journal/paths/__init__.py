"""Paths: the lines of a conversation, where each began, and what became of it.

Pure. A path is the entries of a session that name it; those that name none are on `main`. A path's
first entry says by its parent where the path was branched from; entries of the kinds in `KINDS` say
what became of it. Nothing else is stored: `fold` makes the rest from entries in any order, from all
of them or only from those kinds and each path's first.

`fold` goes by the order of the session (turn, moment, id). An entry without parent follows the one
before it on its path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from journal import sessions
from journal.finding import Finding
from journal.paths.parents import MAIN, ancestry, path_of, taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from journal.paths.parents import Told

    Key = tuple[str, str, str]  # namespace, session, path
    Order = tuple[int, int, str]

__all__ = [
    "ABANDONED", "COMPACTED", "KINDS", "MAIN", "MERGED", "OPEN", "Path", "View", "fold", "path_of",
    "taken",
]  # fmt: skip
BRANCH, MERGE, ABANDON, COMPACT, SUMMARY = "branch", "merge", "abandon", "compact", "summary"
KINDS = (BRANCH, MERGE, ABANDON, COMPACT, SUMMARY)  # those that `fold` looks at
_NO_COMPACT = frozenset(("stands-for", "withheld", "distilled"))  # fields of other summaries
OPEN, MERGED, ABANDONED, COMPACTED = "open", "merged", "abandoned", "compacted"


@dataclass(frozen=True, slots=True)
class Path:
    """A line of conversation; entries are named by their ids.

    `origin` is the parent of its first entry, `before` the path that the entry which branched it
    says it was on; empty where nothing is said. `by` merged it (`into` a path), abandoned it (for a
    `reason`) or compacted it. `summary` is its newest compact, which stands for `covers` entries.
    `last`, `entries` and `newest` are of the entries that were folded, which need not be all.
    """

    namespace: str
    session: str
    name: str
    first: str
    last: str
    newest: Order
    entries: int
    origin: str = ""
    before: str = ""
    state: str = OPEN
    by: str = ""
    ended: Order = (-1, 0, "")
    into: str = ""
    reason: str = ""
    summary: str = ""
    covers: int = 0

    @property
    def went_on(self) -> bool:
        """Whether it has entries after the one that merged, abandoned or compacted it."""
        return self.state != OPEN and self.newest > self.ended


@dataclass(frozen=True, slots=True)
class View:
    """All paths, by namespace, session and name, and what is wrong with them."""

    paths: Mapping[Key, Path]
    findings: tuple[Finding, ...] = ()

    def of(self, namespace: str, session: str) -> dict[str, Path]:
        """The paths of one conversation, by their names."""
        wanted = (namespace, session)
        return {key[2]: path for key, path in self.paths.items() if key[:2] == wanted}


def fold(entries: Iterable[Told], known: Iterable[Told] = ()) -> View:
    """What the entries, in whatever order, tell of paths; those without a session tell nothing.

    `known`: entries that are there as well, and are only asked for as parents.
    """
    told, others = _told(entries), _told(known)
    purged = {one.id for one in others if not one.session}  # what is left of one names none
    paths: dict[Key, Path] = {}
    findings: list[Finding] = []
    talks: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        if one.session:
            talks.setdefault((one.namespace, one.session), []).append(one)
    for (namespace, session), some in talks.items():
        found = _begun(some)
        findings += _decide(found, some, purged)
        paths |= {(namespace, session, name): path for name, path in found.items()}
    return View(paths, (*findings, *ancestry(told, others)))


def _told(entries: Iterable[Told]) -> list[Told]:
    """In one order, whatever order they came in: also where two have the same id."""
    found = sessions.in_order(entries)
    if len({one.id for one in found}) == len(found):
        return found
    return sorted(found, key=lambda one: (sessions.order(one), _rest(one)))


def _rest(one: Told) -> tuple[object, ...]:
    where = (one.source.file, one.source.line)
    return (one.namespace, one.session, one.path, one.kind, one.parent, repr(one.fields), where)


def _begun(told: Sequence[Told]) -> dict[str, Path]:
    """The paths of a conversation, without what became of them."""
    lines: dict[str, list[Told]] = {}
    for one in told:
        lines.setdefault(path_of(one), []).append(one)
    return {
        name: Path(
            line[0].namespace, line[0].session, name, line[0].id, line[-1].id,
            sessions.order(line[-1]), len(line), line[0].parent, _before(line[0]),
        )
        for name, line in lines.items()
    }  # fmt: skip


def _before(first: Told) -> str:
    return _text(first, "from") if first.kind == BRANCH else ""


def _text(one: Told, key: str) -> str:
    value = one.fields.get(key)
    return value if isinstance(value, str) else ""


def _decide(paths: dict[str, Path], told: Sequence[Told], purged: set[str]) -> Iterable[Finding]:
    """Set what became of each path: of what merges and abandons it, the last counts.

    A path that is merged may be gone, if what was taken of it is among the purged.
    """
    branched: set[str] = set()
    for one in told:
        own = path_of(one)
        if one.kind == MERGE:
            name = _text(one, "merges")
            if name not in paths and purged.isdisjoint(taken(one)):
                yield _finding(one, "unknown-path", f"it merges {name!r}, and no path is called so")
            elif name in paths and name != own:
                paths[name] = _ended(paths[name], one, MERGED, into=own)
        elif one.kind == ABANDON and own != MAIN:
            paths[own] = _ended(paths[own], one, ABANDONED, reason=one.head or one.title)
        elif (covers := _covers(one)) is not None:
            paths[own] = replace(paths[own], summary=one.id, covers=covers)
            if paths[own].state in (OPEN, COMPACTED):
                paths[own] = _ended(paths[own], one, COMPACTED)
        elif one.kind == BRANCH:
            if own in branched:
                yield _finding(one, "branched-twice", f"{own} was branched before: it is one path")
            branched.add(own)


def _ended(path: Path, by: Told, state: str, into: str = "", reason: str = "") -> Path:
    return replace(
        path, state=state, by=by.id, ended=sessions.order(by), into=into, reason=reason
    )  # fmt: skip


def _covers(one: Told) -> int | None:
    """How many entries of its path an entry stands for; None if it compacts no path.

    What a working memory sums up (`stands-for`) are single entries; one that a policy kept no text
    of (`withheld`) stands for nothing, one that `journal summarize` kept (`distilled`) for no path.
    """
    if one.kind not in (COMPACT, SUMMARY) or not _NO_COMPACT.isdisjoint(one.fields):
        return None
    covers = one.fields.get("covers")
    if not (_text(one, "first") and _text(one, "last")):
        return None
    return covers if type(covers) is int and covers > 0 else 0


def _finding(one: Told, code: str, message: str) -> Finding:
    return Finding(code, one.source.file, one.source.line, message)
