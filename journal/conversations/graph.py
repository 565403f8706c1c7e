"""A conversation's entries with what each follows, as a graph is drawn from them."""

from __future__ import annotations

from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from journal.conversations.line import beside
from journal.paths import path_of, taken
from journal.sessions import order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from journal.catalog.row import Row
    from journal.conversations import Conversation

_PAGE = 1024
_HOPS = 100  # forgotten entries one after another, each with a parent of its own


class Step(NamedTuple):
    """An entry in the graph: `parents` are entries that come after it there, the first one first.

    `begins`: it is the first of its path. `ends`: nothing newer is on its path. `outside`: what it
    follows that isn't in the graph: entries of other conversations, or of paths left out.
    """

    row: Row
    parents: tuple[str, ...]
    begins: bool
    ends: bool
    outside: tuple[Row, ...]


class Graph:
    """What is asked for a graph of a conversation, or of `only` some of its paths."""

    def __init__(self, talk: Conversation, only: Sequence[str], *, every: bool) -> None:
        self._talk = talk
        self._of = (talk.namespace, talk.session)
        self._only = tuple(dict.fromkeys(only))
        self._every = every
        self._seen: set[str] = set()  # the paths whose newest entry has come

    def steps(self, limit: int | None) -> Iterator[Step]:
        """All of them; so many are looked up at once as are wanted."""
        rows = self._rows()
        while page := list(islice(rows, min(limit or _PAGE, _PAGE))):
            yield from self._page(page)

    def _rows(self) -> Iterator[Row]:
        turns = self._talk.journal.catalog.turns
        if not self._only:
            return turns(*self._of, forgotten=self._every)
        paths = [turns(*self._of, path=path, forgotten=self._every) for path in self._only]
        return merge(*paths, key=order, reverse=True)

    def _page(self, page: list[Row]) -> Iterator[Step]:
        known = {row.id: row for row in reversed(page)}
        named = chain.from_iterable((row.parent, *taken(row)) for row in page)
        missing = [name for name in dict.fromkeys(named) if name and name not in known]
        known |= self._talk.rows(missing)
        before: dict[str, Row] = {}
        last: dict[str, Row] = {}
        for row in reversed(page):
            if (path := path_of(row)) in last:
                before[row.id] = last[path]
            last[path] = row
        for row in page:
            yield self._step(row, known, before)

    def _step(self, row: Row, known: Mapping[str, Row], before: Mapping[str, Row]) -> Step:
        first = known.get(row.parent)
        if first is None or not first.session:  # none is named, or it is unknown or purged
            first = before.get(row.id) or self._previous(row)
        parents: list[str] = []
        outside: list[Row] = []
        for parent in (first, *self._taken(row, known)):
            shown = parent and self._shown(parent, row)
            if shown:
                parents.append(shown.id)
            elif parent and self._is_outside(parent):
                outside.append(parent)
        path = path_of(row)
        ends = path not in self._seen
        self._seen.add(path)
        begins = first is None or not self._is_own(first) or path_of(first) != path
        return Step(row, tuple(dict.fromkeys(parents)), begins, ends, tuple(outside))

    def _taken(self, row: Row, known: Mapping[str, Row]) -> list[Row]:
        """What a merge takes, of each path only the newest."""
        rows = [known[name] for name in taken(row) if name in known and known[name].session]
        newest: dict[tuple[str, str, str], Row] = {}
        for one in sorted(rows, key=order):
            newest[one.namespace, one.session, path_of(one)] = one
        return list(newest.values())

    def _previous(self, row: Row) -> Row | None:
        """The entry before it on its path, or before the one that its path was branched at."""
        of, place = (row.namespace, row.session), order(row)
        catalog, path = self._talk.journal.catalog, path_of(row)
        turns = catalog.turns(*of, path=path, before=place, limit=1, forgotten=self._every)
        return next(turns, None) or beside(catalog, row, forgotten=self._every)

    def _shown(self, parent: Row, child: Row) -> Row | None:
        """The parent, or what it follows if it isn't shown; None if that isn't in the graph."""
        found: Row | None = parent
        for _ in range(_HOPS):
            if found is None or self._is_outside(found) or order(found) >= order(child):
                return None
            if self._every or not found.hidden:
                return found
            named = self._talk.rows([found.parent]).get(found.parent) if found.parent else None
            found = named if named and named.session else self._previous(found)
        return None

    def _is_own(self, row: Row) -> bool:
        return (row.namespace, row.session) == self._of

    def _is_outside(self, row: Row) -> bool:
        return not self._is_own(row) or bool(self._only and path_of(row) not in self._only)
