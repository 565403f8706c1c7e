"""What can be asked of conversations: sessions, their entries in order, their paths.

A conversation is a session in a namespace. Its order is (turn, moment, id), which no clock can
break; entries from before there were turns have turn 0, and so come first, by time.
"""

from journal.catalog import find
from journal.catalog.row import Row
from journal.daypath import namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    Place = tuple[int, int, str]  # turn, microseconds, id
    Tally = tuple[int, int, int]  # entries, paths, microseconds

MAIN = "main"
_PAGE = 128
_PATH = "coalesce(nullif(e.path, ''), 'main')"
_OF = "e.session = ? AND e.session <> '' AND e.namespace = ?"
_NEWEST = "ORDER BY e.turn DESC, e.moment DESC, e.id DESC"
_OLDEST = "ORDER BY e.turn, e.moment, e.id"
_AFTER = "SELECT min(session) FROM entry WHERE session > {} AND session <> ''"
# The newest entry of every session: from name to name by the index, however long they are.
_SESSIONS = f"""
e.number IN (
    WITH RECURSIVE found (session) AS (
        {_AFTER.format("''")}
        UNION ALL
        SELECT ({_AFTER.format("found.session")}) FROM found WHERE found.session IS NOT NULL
    )
    SELECT (
        SELECT x.number FROM entry x WHERE x.session = found.session AND x.session <> ''
        AND x.namespace = ? AND x.copy = 0 ORDER BY x.turn DESC, x.moment DESC, x.id DESC LIMIT 1
    ) FROM found
)
"""  # noqa: S608
_NEXT_PATH = f"""
SELECT {_PATH} FROM entry e WHERE {_OF} AND e.copy = 0 AND {_PATH} > ? ORDER BY {_PATH} LIMIT 1
"""  # noqa: S608
_TALLY = f"SELECT e.namespace, e.session, count(*), count(DISTINCT {_PATH}), min(e.moment)"
_TALLIED = "FROM entry e WHERE e.session <> '' AND e.copy = 0"
_SPOKE = f"""
SELECT {_PATH} FROM entry e WHERE {_OF} AND e.copy = 0
AND ({_PATH} = 'main' OR e.path GLOB 'fork-*') ORDER BY e.moment DESC, e.id DESC LIMIT 1
"""  # noqa: S608
_TOLD = "e.kind NOT IN ('message', 'note')"  # as the index has it


class Sitting:
    """A session as the catalog finds it: its newest entry, without counting the others."""

    __slots__ = ("last", "namespace", "session")

    def __init__(self, namespace: str, session: str, last: Row) -> None:
        self.namespace = namespace
        self.session = session
        self.last = last


class Line:
    """A path of a conversation: how many entries it has, its first and its last one."""

    __slots__ = ("entries", "first", "last", "path")

    def __init__(self, path: str, entries: int, first: Row, last: Row) -> None:
        self.path = path
        self.entries = entries
        self.first = first
        self.last = last


class Talks:
    """Everything that reads conversations; forgotten entries are left out unless asked for."""

    def sessions(self, namespace: str = "") -> list[Sitting]:
        """Every session, of one namespace or of all, the one with the newest last entry first."""
        found = [
            Sitting(space, row.session, row)
            for space in ([namespace] if namespace else self._namespaces())
            for row in self._rows(find.chosen(_SESSIONS, [space]))
        ]
        return sorted(
            found, key=lambda one: (one.last.microseconds, one.last.id, one.session), reverse=True
        )

    def _namespaces(self) -> list[str]:
        """Those that have day files."""
        return sorted({namespace_of(path) for (path,) in self._ask(("SELECT path FROM file", []))})

    def turns(
        self,
        namespace: str,
        session: str,
        *,
        path: str = "",
        limit: int | None = None,
        before: "Place | None" = None,
        forgotten: bool = False,
    ) -> "Iterator[Row]":
        """The entries of a conversation, newest first, or of one of its paths; as they are wanted.

        `before`: only those that come before this place in the order.
        """
        left = limit
        while left is None or left > 0:
            page = _PAGE if left is None else min(left, _PAGE)
            rows = self._page((namespace, session, path), page, before, forgotten=forgotten)
            yield from rows
            if len(rows) < page:
                return
            before = (rows[-1].turn, rows[-1].microseconds, rows[-1].id)
            left = left and left - page

    def _page(
        self, of: "tuple[str, str, str]", limit: int, before: "Place | None", *, forgotten: bool
    ) -> list[Row]:
        namespace, session, path = of
        where, values = _OF, [session, namespace]
        where += " AND e.copy & 1 = 0" if forgotten else " AND e.copy = 0"
        if path:
            where += f" AND {_PATH} = ?"
            values.append(path)
        more: list[object] = []
        if before:
            where += " AND (e.turn, e.moment, e.id) < (?, ?, ?)"
            more += before
        return self._rows(find.chosen(f"{where} {_NEWEST} LIMIT ?", [*values, *more, limit]))

    def told(self, namespace: str, session: str, kinds: "Sequence[str]") -> list[Row]:
        """The entries of a conversation that are of these kinds, in order; not message or note."""
        where = f"{_OF} AND e.copy = 0 AND {_TOLD} AND e.kind = ? {_OLDEST}"
        # Kind by kind: asked for several at once, SQLite would walk over all of the session.
        found = [
            row
            for kind in dict.fromkeys(kinds)
            for row in self._rows(find.chosen(where, [session, namespace, kind]))
        ]
        return sorted(found, key=lambda row: (row.turn, row.microseconds, row.id))

    def current(self, namespace: str, session: str) -> str:
        """The path that the conversation goes on, by its last switch.

        Where none is told it is main, or the fork (of an imported one) that spoke last.
        """
        where = f"{_OF} AND e.switched <> '' AND e.copy & 1 = 0 {_NEWEST} LIMIT 1"
        question = f"SELECT e.switched FROM entry e WHERE {where}"  # noqa: S608
        found = self._ask((question, [session, namespace])) or self._ask(
            (_SPOKE, [session, namespace])
        )
        return str(found[0][0]) if found else MAIN

    def lines(self, namespace: str, session: str) -> list[Line]:
        """The paths of a conversation, by name."""
        of: list[Any] = [session, namespace]
        found = []
        path = ""
        while rows := self._ask((_NEXT_PATH, [*of, path])):
            path = str(rows[0][0])
            where = f"{_OF} AND e.copy = 0 AND {_PATH} = ?"
            (number,) = self._ask((f"SELECT count(*) FROM entry e WHERE {where}", [*of, path]))[0]  # noqa: S608
            first = self._rows(find.chosen(f"{where} {_OLDEST} LIMIT 1", [*of, path]))
            last = self._rows(find.chosen(f"{where} {_NEWEST} LIMIT 1", [*of, path]))
            if first and last:  # else it went between these questions
                found.append(Line(path, int(number), first[0], last[0]))
        return found

    def first(self, namespace: str, session: str, path: str) -> Row | None:
        """The first entry of a path, or its branch if that is forgotten; None if it has none."""
        where = f"{_OF} AND e.copy = 0 AND {_PATH} = ? {_OLDEST} LIMIT 1"
        found = self._rows(find.chosen(where, [session, namespace, path]))
        branch = f"{_OF} AND {_TOLD} AND e.kind = 'branch' AND e.copy > 1 AND e.copy & 1 = 0"
        where = f"{branch} AND {_PATH} = ? {_OLDEST} LIMIT 1"
        hidden = self._rows(find.chosen(where, [session, namespace, path])) if found else []
        places = {(row.turn, row.microseconds, row.id): row for row in (*found, *hidden)}
        return places[min(places)] if places else None

    def tallies(self, of: "Iterable[Sitting] | None" = None) -> "dict[tuple[str, str], Tally]":
        """Of namespaces and sessions: how many entries and paths, and the first moment.

        Of all of them, by a look at every entry, or of some, each by the index.
        """
        if of is None:
            rows = self._ask((f"{_TALLY} {_TALLIED} GROUP BY e.session, e.namespace", []))
        else:
            one = f"{_TALLY} {_TALLIED} AND e.session = ? AND e.namespace = ?"
            rows = [self._ask((one, [it.session, it.namespace]))[0] for it in of]
        return {(space, name): tuple(rest) for space, name, *rest in rows}

    def _rows(self, question: "find.Question") -> list[Row]:
        raise NotImplementedError

    def _ask(self, question: "find.Question") -> "list[tuple[Any, ...]]":
        raise NotImplementedError
