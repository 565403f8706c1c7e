"""What no file tells alone: twins of handwritten entries, copies, what waits in spools."""

from __future__ import annotations

import os

from journal import spool
from journal.catalog.find import BROUGHT
from journal.catalog.forgotten import renew
from journal.catalog.row import COPY, restored
from journal.catalog.take import Taker
from journal.catalog.watch import Disk, identity
from journal.dayfile import Twins
from journal.daypath import home_of
from journal.errors import JournalError
from journal.files import Folder, read_all, read_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    from journal.catalog.watch import Identity

_OF_A_DAY = f"""
SELECT e.number, e.id, e.base, e.digest, e.copy, f.number * (1 - f.regular), e.namespace,
    CASE WHEN {BROUGHT} THEN f.path ELSE '' END
FROM file f CROSS JOIN entry e ON e.file = f.number
WHERE f.date = ? AND e.spool IS NULL ORDER BY f.regular DESC, {BROUGHT}, f.path, e.offset
"""  # noqa: S608
_DOUBTFUL = """
SELECT EXISTS (
    SELECT 1 FROM file f CROSS JOIN entry e ON e.file = f.number
    WHERE f.date = :date AND (e.base <> '' OR e.copy & 1 OR f.regular = 0)
) OR EXISTS (
    SELECT 1 FROM file f CROSS JOIN entry e ON e.file = f.number
    WHERE f.date = :date AND e.spool IS NULL GROUP BY e.id, e.digest HAVING count(*) > 1
)
"""
_ORIGINAL = """
SELECT 1 FROM entry e JOIN file f ON f.number = e.file
WHERE e.id = ? AND e.digest = ? AND e.namespace = ? AND f.regular = 1 AND e.spool IS NULL
"""
_SPOOL = """
INSERT INTO spool (path, inode, size, mtime, ctime, seen, stop) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET (size, mtime, ctime, seen, stop)
    = (excluded.size, excluded.mtime, excluded.ctime, excluded.seen, excluded.stop)
"""
_OF_SPOOL = (("spooled", "spool"), ("spooled_purge", "spool"), ("spool", "number"))
_WAITING = """
SELECT s.rowid, s.id, s.path, s.offset, s.size, s.spool, s.gone = 0 AND s.branch IN ('', ?),
    EXISTS (SELECT 1 FROM entry e WHERE e.id = s.id AND e.spool IS NULL)
FROM spooled s WHERE s.placed = 0 ORDER BY s.spool, s.offset
"""


def twins_and_copies(database: sqlite3.Connection, date: str) -> None:
    """Number the day's equal handwritten entries, and let one row stand for each entry."""
    if database.execute(_DOUBTFUL, {"date": date}).fetchone() == (0,):
        return  # most days: asked so, because a day may have very many entries
    seen: set[tuple[str, str, str]] = set()
    twins: dict[int, Twins] = {}
    day = database.execute(_OF_A_DAY, (date,)).fetchall()  # at once, for its rows change below
    for number, named, base, digest, copy, odd, namespace, path in day:
        name = named
        if base:
            # Each copy's handwritten entries are those of the original, not further twins.
            pack = home_of(path) if path else ""
            name, _ = twins.setdefault(odd, Twins()).name(base, namespace, pack)
        key = (name, digest, namespace if digest else "")  # twins are numbered over all namespaces
        doubled = key in seen
        seen.add(key)
        if digest and odd and not doubled:  # the original may be of another day
            doubled = bool(database.execute(_ORIGINAL, (name, digest, namespace)).fetchall())
        if name != named or doubled != bool(copy & COPY):
            renew(database, number, id=name, copy=copy & ~COPY | COPY * doubled)


def spools(taker: Taker, there: dict[str, Identity], paths: list[str]) -> bool:
    """Read what was written to the spools since; whether one that was read is another now."""
    replaced = False
    for path in paths:
        try:
            replaced |= _spool(taker, path)
        except FileNotFoundError:
            replaced |= spool_gone(taker.database, path)
        except (OSError, JournalError) as error:
            spool_gone(taker.database, path)
            taker.database.execute(_SPOOL, (path, *there[path], 0, 0))  # the next one tries again
            taker.unreadable(path, error)
    return replaced


def spool_gone(database: sqlite3.Connection, path: str) -> bool:
    """Forget a spool; whether it was known."""
    database.execute("DELETE FROM finding WHERE file = ?", (path,))
    found = database.execute("SELECT number FROM spool WHERE path = ?", (path,)).fetchone()
    for table, column in _OF_SPOOL if found else ():
        database.execute(f"DELETE FROM {table} WHERE {column} = ?", found)  # noqa: S608
    return bool(found)


def _spool(taker: Taker, path: str) -> bool:
    """Read what is new in a spool; whether it is another than was read before."""
    database = taker.database
    replaced = False
    with Folder(taker.space.root, os.path.dirname(path)) as folder:
        fd = folder.open(os.path.basename(restored(path)), os.O_RDONLY)
        try:
            now = identity(os.fstat(fd))
            start = _read_until(database, path, fd)
            if not start:
                replaced = spool_gone(database, path)
            os.lseek(fd, start, os.SEEK_SET)
            data = read_all(fd)
        finally:
            os.close(fd)
    records, torn = spool.scan(data)
    if torn:
        taker.find(path, "torn-spool", 0, f"{torn:,} torn bytes", "")
    stop = start + (records[-1].end + 1 if records else 0)
    database.execute(_SPOOL, (path, *now, taker.seen, stop))
    (number,) = database.execute("SELECT number FROM spool WHERE path = ?", (path,)).fetchone()
    rows = [
        (number, record.id, record.path, str(record.facts.get("branch", "")),
         start + record.start, record.end - record.start)
        for record in records if record.id
    ]  # fmt: skip
    database.executemany("INSERT INTO spooled VALUES (?, ?, ?, ?, ?, ?, 0, 0)", rows)
    taker.forgotten.learn_purges(number, records)
    for record in records:
        if moved := record.facts.get("put-back"):
            database.execute(
                "UPDATE spooled SET path = ?, gone = ?, branch = coalesce(?, branch), placed = 0"
                " WHERE id = ? AND spool = ?",
                (
                    record.path,
                    not record.facts.get("first"),
                    record.facts.get("branch"),
                    moved,
                    number,
                ),
            )
    return replaced


def _read_until(database: sqlite3.Connection, path: str, fd: int) -> int:
    """Up to where the spool was read; 0 if it was trimmed or cut back since, or is torn.

    A trimmed spool may have the inode of the one before the last: does it still hold the last entry
    that was read, at its place?
    """
    held = database.execute(
        "SELECT p.stop, d.id, d.offset, d.size FROM spool p JOIN spooled d ON d.spool = p.number"
        " WHERE p.path = ? AND p.inode = ?"
        " AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.file = p.path)"
        " ORDER BY d.offset DESC LIMIT 1",
        (path, os.fstat(fd).st_ino),
    ).fetchone()
    if not held or f"\nid: {held[1]}\n".encode() not in read_at(fd, held[3], held[2]):
        return 0
    return int(held[0])


def overlay(taker: Taker, disk: Disk) -> bool:
    """Lay over the files what waits in the spools: acknowledged, and in no file yet.

    False if a spool no longer is what was read: then it is forgotten, to be read again.
    """
    database = taker.database
    waiting: dict[tuple[str, int], tuple[str, int, int]] = {}
    placed = []
    for row, name, path, offset, size, number, shown, there in database.execute(
        _WAITING, (disk.branch,)
    ):
        if there:
            placed.append((row,))
        elif shown:
            waiting[name, number] = (path, offset, size)
    database.executemany("UPDATE spooled SET placed = 1 WHERE rowid = ?", placed)
    shown_ids: set[str] = set()  # two spools may have the same, one is a copy
    held = database.execute(
        "SELECT e.number, e.id, e.spool, f.path, e.offset, e.size FROM entry e"
        " JOIN file f ON f.number = e.file WHERE e.spool IS NOT NULL"
    )
    for entry, name, number, *place in held.fetchall():
        if waiting.get((name, number)) == tuple(place) and name not in shown_ids:
            del waiting[name, number]
            shown_ids.add(name)
        else:
            database.execute("DELETE FROM entry WHERE number = ?", (entry,))
    database.execute("DELETE FROM file WHERE size = -1 AND number NOT IN (SELECT file FROM entry)")
    for (name, number), (path, offset, size) in waiting.items():
        if name not in shown_ids:
            shown_ids.add(name)
            raw = _slice(taker, number, name, (offset, size))
            if not raw:
                return False
            taker.waiting(path, raw, offset, number)
    return True


def _slice(taker: Taker, number: int, name: str, place: tuple[int, int]) -> bytes:
    """The entry's slice in its spool; nothing if the spool was replaced since it was read."""
    find = "SELECT path FROM spool WHERE number = ?"
    (path,) = taker.database.execute(find, (number,)).fetchone()
    raw = b""
    try:
        with Folder(taker.space.root, os.path.dirname(path)) as folder:
            fd = folder.open(os.path.basename(restored(path)), os.O_RDONLY)
            try:
                raw = read_at(fd, place[1], place[0])
            finally:
                os.close(fd)
    except (OSError, JournalError):
        pass  # as good as replaced
    if f"\nid: {name}\n".encode() in raw:
        return raw
    spool_gone(taker.database, path)
    return b""
