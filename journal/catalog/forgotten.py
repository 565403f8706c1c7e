"""Forgotten entries in the catalog: whatever is read first, and whatever goes again.

A row is flagged when it is taken in, as far as is known then. Once all is read, `settle` flags anew
those that another decision came for.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from zlib import crc32

from journal import dayfile, hidden
from journal.catalog.find import vouching
from journal.catalog.row import ASIDE, BACK, COPY, FORGOTTEN, STUB, Row, restored
from journal.catalog.text import content
from journal.dayfile import Piece
from journal.daypath import lies_in_pack

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from typing import Any

    from journal.catalog.take import Taker
    from journal.spool import Record

    Find = Callable[[], Callable[[str], str]]

_SAYS = b"\nkind: forget\n"
_OTHERS = COPY | ASIDE  # flags that no forget entry decides

_SAID = """
SELECT coalesce(f.path, ''), g.said, g.target, g.what, g.new
FROM forgetting g LEFT JOIN entry b ON b.number = g.entry LEFT JOIN file f ON f.number = b.file
UNION ALL SELECT '', said, target, 'purge', new FROM spooled_purge
"""
_CONCERNED = """
WITH g (target, what) AS (
    SELECT target, what FROM forgetting UNION SELECT target, 'purge' FROM spooled_purge
)
SELECT coalesce(s.path, f.path), e.number, e.id, e.copy, e.offset, e.size, e.sum, f.date,
    e.at, e.seq, e.prev
FROM entry e JOIN file f ON f.number = e.file LEFT JOIN spool s ON s.number = e.spool
WHERE e.number IN (
    SELECT number FROM entry WHERE copy > 1 AND copy & 14
    UNION SELECT t.number FROM g JOIN entry t ON t.id = g.target
    UNION SELECT t.number FROM g JOIN entry t ON t.id > g.target
    AND t.id < g.target || '.'  -- twins
    WHERE g.target LIKE 'h-%' AND g.what = 'purge'
) ORDER BY 1
"""


class Forgotten:
    """What the forget entries say that were read so far.

    What packs brought says something only of what was brought from the same workspace, and only
    with `sources`, once all is read.
    """

    def __init__(self, database: sqlite3.Connection, sources: Find | None = None) -> None:
        self._database = database
        self.said = hidden.Said()
        self._brought: dict[str, hidden.Said] = {}
        self._source: Callable[[str], str] = str
        brought = []
        for path, *row in database.execute(_SAID):
            if lies_in_pack(path):
                brought.append((restored(path), hidden.Forgetting(*row)))
            else:
                self.said.add(hidden.Forgetting(*row))
        if brought and sources:
            self._source = sources()
            for path, one in brought:
                said = self._brought.setdefault(self._source(path), hidden.Said(self.said))
                said.add(one)

    def of(self, path: str) -> hidden.Said:
        """What is said of entries in this file."""
        if not self._brought or not lies_in_pack(path):
            return self.said
        return self._brought.get(self._source(restored(path)), self.said)

    def learn(self, number: int, entry_id: str, piece: Piece, *, brought: bool = False) -> None:
        """Note what the new row's entry says, if it is a forget entry.

        What a pack brought counts once all is read: it says nothing of the workspace's own.
        """
        if one := hidden.forgetting(piece, entry_id):
            if not brought:
                self.said.add(one)
            row = (number, one.by, one.of, one.what, one.new)
            self._database.execute("INSERT INTO forgetting VALUES (?, ?, ?, ?, ?)", row)

    def learn_purges(self, number: int, records: Iterable[Record]) -> None:
        """Note the purges that new records of the spool tell of."""
        for record in records:
            if _SAYS in record.header:
                one = hidden.forgetting(dayfile.parse(record.slice), record.id)
                if one and one.what == hidden.PURGE:
                    row = (number, one.by, one.of, one.new)
                    self._database.execute("INSERT INTO spooled_purge VALUES (?, ?, ?, ?)", row)

    def shown(self, entry_id: str, piece: Piece, path: str = "") -> tuple[Piece, int]:
        """What is shown of the entry whose slice this is, and the flags of its row.

        `path`: the file that it stands in.
        """
        said = self.of(path)
        decided = said.decided(entry_id, piece) if said else hidden.UNHIDE
        if decided != hidden.PURGE:
            return piece, FORGOTTEN * (decided == hidden.HIDE)
        if dayfile.is_stub(piece):
            return piece, FORGOTTEN | STUB
        return hidden.stubbed(piece), FORGOTTEN | BACK

    def is_settled(self, entry_id: str, row: tuple[Any, ...], path: str) -> bool:
        """Whether the row of a stub shows, without a look at it, that a purge left just that."""
        at, seq, prev = row
        place = {"id": entry_id, "seq": seq, "prev": prev}
        left = hidden.stub(at[11:19], place).rstrip(b"\n")
        return self.of(path).is_purged(entry_id, dayfile.digest(left))


def settle(taker: Taker) -> tuple[set[str], set[str]]:
    """Flag all rows as is decided now; the dates where rows changed, and files that did meanwhile.

    Those files are to be read again: their rows are left as they were.
    """
    database = taker.database
    forgotten = taker.forgotten = Forgotten(database, lambda: _source(taker))
    dates, stale = set(), set()
    concerned = database.execute(_CONCERNED).fetchall()
    for path, rows in groupby(concerned, key=itemgetter(0)):
        data: bytes | None = None
        for _, number, entry_id, copy, offset, size, checksum, date, *row in rows:
            flags = copy & ~_OTHERS
            if flags & STUB and forgotten.is_settled(entry_id, tuple(row), path):
                continue
            said = forgotten.of(path)
            if said.may_be_purged(entry_id) or flags & BACK:
                data = content(taker.space.root, restored(path)) if data is None else data
                raw = data[offset : offset + size]
                if crc32(raw) != checksum:
                    stale.add(path)
                    continue
                piece, wanted = forgotten.shown(entry_id, dayfile.slice_at(raw, offset), path)
                taker.purged |= wanted & (BACK | STUB) != 0
                if wanted & BACK != flags & BACK:
                    taker.anew(number, piece, wanted | copy & _OTHERS)
                    dates.add(date)
                    continue
            else:
                wanted = FORGOTTEN * said.hides(entry_id)
            if wanted != flags:
                renew(database, number, copy=wanted | copy & _OTHERS)
                dates.add(date)
    return dates, stale


def _source(taker: Taker) -> Callable[[str], str]:
    """What tells from where the entries of a file came."""
    from journal.catalog.brought import sources

    rows = map(Row, taker.database.execute(vouching()[0]).fetchall())
    return sources(taker.space.root, taker.space.id, rows).of


def renew(database: sqlite3.Connection, number: int, **values: object) -> None:
    """Give the row other values; under a new number, for what follows the catalog."""
    columns = [row[1] for row in database.execute("PRAGMA table_info(entry)")][1:]
    rest = ", ".join(column for column in columns if column not in values)
    marks = "?, " * len(values)
    new = database.execute(
        f"INSERT INTO entry ({', '.join(values)}, {rest})"  # noqa: S608
        f" SELECT {marks}{rest} FROM entry WHERE number = ?",
        (*values.values(), number),
    ).lastrowid
    for table in ("tag", "reference", "forgetting", "origin"):
        database.execute(f"UPDATE {table} SET entry = ? WHERE entry = ?", (new, number))  # noqa: S608
    database.execute("DELETE FROM entry WHERE number = ?", (number,))
