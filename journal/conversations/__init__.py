"""A conversation read back: its paths, what leads up to a path's end, and its graph.

Everything is asked of the catalog page by page, newest first: what is not shown is not read.

>>> talk = Conversation(journal, "api-design")                       # doctest: +SKIP
>>> [row.title for row in talk.line("try-1")]                        # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from journal import paths, sessions
from journal.conversations.line import Stretch
from journal.paths import View, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.conversations.graph import Step


class Conversation:
    """One session in a namespace, the workspace's first one unless another is named."""

    def __init__(self, journal: Journal, session: str, namespace: str = "") -> None:
        self.journal = journal
        self.session = session
        self.namespace = namespace or journal.default_namespace
        self._catalog = journal.catalog
        self._catalog.catch_up()

    @property
    def current(self) -> str:
        """The path that it goes on with: that of its last switch, else main."""
        return self._catalog.current(self.namespace, self.session)

    def last(self, path: str = "") -> Row | None:
        """The newest entry of a path (the current one); None if it has none."""
        of = (self.namespace, self.session)
        return next(self._catalog.turns(*of, path=path or self.current, limit=1), None)

    def view(self) -> View:
        """Its paths, the one with the newest entry first, and what is wrong with them."""
        of = (self.namespace, self.session)
        lines = {line.path: line for line in self._catalog.lines(*of)}
        told = self._catalog.told(*of, paths.KINDS)
        folded = {row.number: row for row in (*told, *(one.first for one in lines.values()))}
        parents = self._parents(folded.values())
        found = paths.fold(folded.values(), parents.values())
        whole = [
            replace(
                path,
                entries=lines[name].entries,
                last=lines[name].last.id,
                newest=sessions.order(lines[name].last),
                before=path.before or self._named(parents.get(path.origin)),
            )
            for name, path in found.of(*of).items()
            if name in lines  # else it came after these were asked for
        ]
        whole.sort(key=lambda path: path.newest, reverse=True)
        return View({(*of, path.name): path for path in whole}, found.findings)

    def _named(self, origin: Row | None) -> str:
        """The path of an entry, if it is one of this conversation."""
        if origin is None or (origin.namespace, origin.session) != (self.namespace, self.session):
            return ""
        return path_of(origin)

    def _parents(self, rows: Iterable[Row]) -> dict[str, Row]:
        named = chain.from_iterable((row.parent, *paths.taken(row)) for row in rows)
        return self.rows([name for name in dict.fromkeys(named) if name])

    def rows(self, ids: Sequence[str]) -> dict[str, Row]:
        """The entries of these ids, forgotten or not; of several the one in this conversation."""
        found: dict[str, Row] = {}
        own = (self.namespace, self.session)
        for row in self._catalog.with_ids(ids) if ids else ():
            if row.id not in found or (row.namespace, row.session) == own:
                found[row.id] = row
        return found

    def line(self, path: str = "", *, every: bool = False) -> Iterator[Row]:
        """The entries that lead up to the end of a path (the current one), newest first.

        The path's own, then from where it was branched those of the path it came from, back to the
        beginning or the last reset. What a summary stands for is left out, and the summary stands
        there, unless `every`; then resets don't end it either. Forgotten entries are left out. What
        was said anew (`replaces`) stands once, as it was said last, where it was said first.
        """
        rows = self._line(path or self.current, every=every)
        return rows if every else _said_last(rows)

    def _line(self, path: str, *, every: bool) -> Iterator[Row]:
        stretch: Stretch | None = Stretch(
            self._catalog, (self.namespace, self.session, path), every=every
        )
        been: set[tuple[str, str, str]] = set()
        while stretch is not None and stretch.of not in been:  # parents may lead in circles
            been.add(stretch.of)
            yield from stretch
            stretch = stretch.before_it()

    def own(self, path: str, *, every: bool = False) -> Iterator[Row]:
        """A path's own entries, newest first; what its summaries stand for is left out as there."""
        of = (self.namespace, self.session, path)
        return iter(Stretch(self._catalog, of, every=every, resets=False))

    def graph(
        self, limit: int | None = None, *, only: Sequence[str] = (), every: bool = False
    ) -> Iterator[Step]:
        """The newest entries with what each follows, newest first; `only` those of some paths.

        `every`: forgotten ones too.
        """
        from journal.conversations.graph import Graph

        return islice(Graph(self, only, every=every).steps(limit), limit)


def _said_last(rows: Iterable[Row]) -> Iterator[Row]:
    """The entries of a line, newest first, each that was said anew as it was said last."""
    last: dict[str, Row] = {}
    for row in rows:
        replaced = row.fields.get("replaces")
        if isinstance(replaced, str) and replaced:
            last.setdefault(replaced, row)
        else:
            yield last.get(row.id, row)
