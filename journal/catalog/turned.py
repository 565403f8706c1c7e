"""The last turn of a session, from the catalog as it is, and from what it has not read yet.

Asked under the append's lock, so it never brings the catalog up to date: that may take long. The
files that changed since are read for the session alone.
"""

from __future__ import annotations

import sqlite3

from journal import sessionfiles
from journal.catalog.database import Database
from journal.catalog.migrate import is_current
from journal.catalog.row import restored
from journal.catalog.watch import Changes, Disk, Known
from journal.errors import JournalError
from journal.sessionfiles import Index, Last
from journal.space import Space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_OF = "session = ? AND session <> '' AND namespace = ?"
_READ = (
    "copy & 1 = 0 AND file NOT IN (SELECT number FROM file WHERE path IN ({})) AND spool IS NULL"
)
_PATIENCE = 0.1  # seconds for one who holds the catalog against all, while all appends wait
_MANY = 500  # changed files: below SQLite's limit of values in one question


def asker(space: Space) -> Callable[[str, str], tuple[int, str]]:
    """What tells the last turn of a session in a namespace, and its path."""
    try:
        return _asker(space)
    except (sqlite3.Error, OSError, JournalError):  # no catalog, or none to be trusted
        return sessionfiles.asker(space.root)


def _asker(space: Space) -> Callable[[str, str], tuple[int, str]]:
    file = Database(space.root)
    database = _opened(file)
    try:
        changes = Changes(Known(database), Disk(space)) if is_current(database) else None
    finally:
        database.close()  # an open one would keep the catalog's writers waiting
    if changes is None:
        return sessionfiles.asker(space.root)
    stale = [path for path in (*changes.days, *changes.gone) if path.endswith(".md")]
    if changes.anew or len(stale) > _MANY:
        return sessionfiles.asker(space.root)
    unread = [*map(restored, changes.days), *sessionfiles.spool_paths(space.root)]
    index = Index(space.root, unread)

    def ask(namespace: str, session: str) -> tuple[int, str]:
        try:
            known = _known(file, (session, namespace), stale)
        except (sqlite3.Error, OSError, JournalError):  # it is being made anew
            return sessionfiles.asker(space.root)(namespace, session)
        last = index.learn(namespace, session, known)
        return last.turn, last.path

    return ask


def _opened(file: Database) -> sqlite3.Connection:
    file.settled()
    return file.reader(_PATIENCE)


def _known(file: Database, of: tuple[str, str], stale: list[str]) -> Last:
    """What it has of a session; opened each time, for whoever asks may do so for days."""
    database = _opened(file)
    try:
        return _last(database, of, stale)
    finally:
        database.close()


def _last(database: sqlite3.Connection, of: tuple[str, str], stale: list[str]) -> Last:
    where = f"{_OF} AND {_READ.format(', '.join('?' * len(stale)))}"
    order = "ORDER BY turn DESC, moment DESC, id DESC LIMIT 1"
    highest = f"SELECT max(turn) FROM entry WHERE {where}"  # noqa: S608
    (turn,) = database.execute(highest, (*of, *stale)).fetchone()
    found = database.execute(
        f"SELECT turn, moment, id, switched FROM entry WHERE {where} AND switched <> '' {order}",  # noqa: S608
        (*of, *stale),
    ).fetchone()
    if not found:
        return Last(turn or 0)
    return Last(turn or 0, found[:3], found[3])
