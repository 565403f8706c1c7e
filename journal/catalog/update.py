"""One catching-up: what changed on disk goes into the catalog, some thousand entries at a time.

The spools are read before and after the files: an entry that reached its file, and left its spool
by a trim, in between was in the one or the other. Each portion is whole by itself, so that whoever
is interrupted keeps what is done, and the next one goes on there.
"""

from __future__ import annotations

import sqlite3
from itertools import groupby
from os import urandom

from journal.catalog import across, find, forgotten
from journal.catalog.take import Taker
from journal.catalog.watch import Changes, Disk, Known
from journal.daypath import DayFile
from journal.space import Space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.catalog.catalog import Progress

_PORTION = 5000  # entries
_TRIES = 5
_MOST_STRUCK = 200_000
_TABLES = ("entry", "file", "spool", "spooled", "finding", "struck", "setting", "forgetting")


def update(database: sqlite3.Connection, space: Space, progress: Progress | None = None) -> None:
    """Bring the catalog up to date, by transactions of its own."""
    disk = Disk(space)
    database.execute("BEGIN IMMEDIATE")
    try:
        changes = Changes(Known(database), disk)
        if changes.anew:
            _empty(database)
            changes = Changes(Known(database), disk)
        if changes:
            _take(Taker(database, space, disk.seen), disk, changes, progress)
        database.execute("COMMIT")
    finally:
        if database.in_transaction:  # interrupted, or it failed: what was committed stays
            database.execute("ROLLBACK")


def clear(database: sqlite3.Connection) -> bool:
    """Take out of the file what was purged elsewhere, and came here by a sync; whether any was."""
    due = database.execute(find.CLEAR[0]).fetchall() == [("1",)]
    if due:
        database.execute("VACUUM")
        _set(database, clear="0")
    return due


def _empty(database: sqlite3.Connection) -> None:
    for table in _TABLES:
        database.execute(f"DELETE FROM {table}")  # noqa: S608
    _set(database, birth=urandom(8).hex())


def _set(database: sqlite3.Connection, **values: str) -> None:
    rows = list(values.items())
    database.executemany("INSERT OR REPLACE INTO setting VALUES (?, ?)", rows)


def _take(taker: Taker, disk: Disk, changes: Changes, progress: Progress | None) -> None:
    database = taker.database
    known = database.execute("SELECT 1 FROM entry LIMIT 1").fetchone()
    _set(
        database, source=f"{taker.space.id} {taker.space.first} {taker.space.timezone}", settled="0"
    )
    _spools(taker, disk, changes)
    for _ in range(_TRIES):
        _days(taker, disk, changes, progress)
        disk = Disk(taker.space)
        changes = Changes(Known(database), disk)
        replaced = _spools(taker, disk, changes)
        if across.overlay(taker, disk) and not replaced:
            break  # else one was trimmed meanwhile: what left it is in a file, maybe one just read
    _settle(taker, disk)
    _closed(taker, disk)
    _set(database, branch=disk.branch_mark, closed="\n".join(disk.closed), settled="1")
    _forget_old(database)
    if taker.purged:
        _set(database, clear="1")
        if known:
            (step,) = database.execute(find.LAST_STEP[0]).fetchone()
            _set(database, purged=str(step))


def _settle(taker: Taker, disk: Disk) -> None:
    """What is known only once all is read: copies of other days' entries, forgotten ones."""
    database = taker.database
    odd = "SELECT DISTINCT date FROM file WHERE regular = 0"
    for _ in range(_TRIES):
        for (date,) in database.execute(odd).fetchall():
            across.twins_and_copies(database, date)  # what changed may be the original of a copy
        dates, stale = forgotten.settle(taker)
        for path in stale:
            if path in disk.days:
                database.execute("UPDATE file SET stop = 0, whole = x'' WHERE path = ?", (path,))
                taker.file(path, disk.days[path])
                dates.add(DayFile(path).date)
            else:
                across.spool_gone(database, path)
                across.overlay(taker, disk)
        for date in dates:
            across.twins_and_copies(database, date)
        if not dates and not stale:
            break


def _closed(taker: Taker, disk: Disk) -> None:
    """Tell of folders that can't be read; their entries stay as they were last known."""
    folders = "code = 'unreadable' AND file NOT LIKE '%.md' AND file NOT LIKE '%.log'"
    taker.database.execute(f"DELETE FROM finding WHERE {folders}")  # noqa: S608
    for folder in disk.closed:
        taker.find(folder, "unreadable", 0, "can't be read", "see its permissions")


def _spools(taker: Taker, disk: Disk, changes: Changes) -> bool:
    """Read the spools; whether one of them no longer is what was read."""
    replaced = across.spools(taker, disk.spools, changes.spools)
    for path in changes.gone:
        if path.endswith(".log"):
            replaced |= across.spool_gone(taker.database, path)
    return replaced


def _days(taker: Taker, disk: Disk, changes: Changes, progress: Progress | None) -> None:
    """Day by day, the newest first; what was gone of a day goes with what is new of it."""
    there = set(changes.days)
    paths = [*changes.days, *(path for path in changes.gone if path.endswith(".md"))]
    days = sorted(paths, key=lambda path: (DayFile(path).date, path), reverse=True)
    done = 0
    for date, some in groupby(days, key=lambda path: DayFile(path).date):
        changed = False
        for path in some:
            done += 1
            if path in there:
                changed |= taker.file(path, disk.days[path])
            else:
                taker.gone(path)
                changed = True
        if changed:
            across.twins_and_copies(taker.database, date)
        if progress:
            progress(done, len(days))
        if taker.taken >= _PORTION:
            taker.taken = 0
            taker.database.execute("COMMIT")
            taker.database.execute("BEGIN IMMEDIATE")


def _forget_old(database: sqlite3.Connection) -> None:
    """What follows the catalog starts again rather than to walk over very many steps."""
    (least, most) = database.execute("SELECT min(step), max(step) FROM struck").fetchone()
    if least is not None and most - least > _MOST_STRUCK:
        database.execute("DELETE FROM struck")
        _set(database, birth=urandom(8).hex())
