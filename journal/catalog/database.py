"""The catalog's file: opened, trusted, written by one at a time, thrown away when in doubt.

SQLite notices a broken page, but not a byte that somebody changed inside a row. So whoever writes
leaves a mark: the identities (inode, size, times) of the files as they were left. What doesn't fit
its mark was changed by another hand, and is made anew. Only writers checkpoint, under a lock, so
that reading never changes a file.
"""

import os
import sqlite3
import stat
import sys

from journal import files
from journal.cjson import dumps, loads
from journal.errors import EngineError, JournalError, WorkspaceError
from journal.known import from_cache
from journal.space import CACHE, identity_of

NAME = "catalog.db"
MARK = "catalog.mark"
LOCK = "catalog.lock"
_FILES = (NAME, f"{NAME}-wal", f"{NAME}-shm", f"{NAME}-journal", MARK)
_PATIENCE = 10.0  # seconds
_PAGES = 1 << 16  # of cache, in KiB


class Untrusted(EngineError):
    """The catalog can't be used as it is."""

    default_kind = "catalog-untrusted"


class Database:
    """The catalog's file in one workspace."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._folder = f"{root}/{CACHE}"
        self.path = f"{self._folder}/{NAME}"

    def mark(self) -> list[object]:
        """How its last writer left it; Untrusted if it isn't so any more."""
        mark = self._mark()
        if mark != self._left():
            raise Untrusted("the catalog is not as its last writer left it")
        return mark

    def settled(self) -> None:
        """Untrusted if it is neither as its last writer left it nor a writer's at this moment.

        What that one has not committed is not seen.
        """
        if self._mark() != self._writing():
            self.mark()

    def reader(self, patience: float = _PATIENCE) -> sqlite3.Connection:
        """A connection that only reads; Untrusted if another user could have written the file.

        `patience`: seconds to wait for one who holds it against all.
        """
        self._check_owner(self._folder, self.path)
        return _connect(self.path, "ro", patience)

    def lock(self) -> int:
        """The writers' lock, to be given to `unlock`; Conflict if another holds it too long."""
        with files.Folder(self.root, CACHE, create=True) as folder:
            self._check_owner(self._folder)
            try:
                fd = folder.open(LOCK, os.O_RDWR | os.O_CREAT)
            except (IsADirectoryError, PermissionError, WorkspaceError):
                # A folder, a link, or root's: nobody can hold that.
                remove(f"{self._folder}/{LOCK}")
                fd = folder.open(LOCK, os.O_RDWR | os.O_CREAT)
        held = False
        try:
            files.lock(fd)
            held = True
        finally:
            if not held:
                os.close(fd)
        return fd

    def unlock(self, fd: int) -> None:
        """Let the next one write."""
        files.unlock(fd)
        os.close(fd)

    def writer(self) -> sqlite3.Connection:
        """A connection to write with, under the lock: to what is there, or to an empty file."""
        if not self._usable():
            self.discard()
        made = not os.path.exists(self.path)
        if made:
            with files.Folder(self.root, CACHE) as folder:
                os.close(folder.open(NAME, os.O_RDWR | os.O_CREAT))  # 0600 before SQLite opens it
        self._leave(self._writing())
        database = _connect(self.path, "rw")
        if made:
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        return database

    def close(self, database: sqlite3.Connection) -> None:
        """Put everything written into the one file, and leave the mark."""
        if database.in_transaction:
            database.execute("ROLLBACK")
        try:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            database.close()
        self._leave(self._left())

    def strike(self) -> None:
        """Leave no byte of what was deleted: every page is written anew, or there is no file.

        Free pages, free space within pages and the log still have it (`secure_delete` leaves what
        was copied to another page). JournalError if the files can't even be removed.
        """
        try:
            fd = self.lock()
            try:
                self.forget_known()
                if not self._vacuumed():
                    self.discard()
            finally:
                self.unlock(fd)
        except OSError as error:
            text = f"the catalog can't be cleared: {error.strerror or error}"
            hint = f"delete {self._folder} and what is in it"
            raise Untrusted(text, hint=hint) from error

    def forget_known(self) -> None:
        """Take the names of sessions out of what writers know beside it; files tell them again."""
        with files.Folder(self.root, CACHE) as folder:
            for name in os.listdir(self._folder):
                if name.endswith(".known"):
                    try:
                        known = from_cache(folder.read(name))
                    except (JournalError, ValueError, TypeError, KeyError):
                        known = None
                    if known is None:
                        remove(f"{self._folder}/{name}")
                    else:
                        known.turns = {}
                        folder.replace(name, known.cached())

    def _vacuumed(self) -> bool:
        if not os.path.exists(self.path):
            return False
        try:
            database = self.writer()
            try:
                database.execute("VACUUM")
            finally:
                self.close(database)
        except (sqlite3.Error, JournalError):
            return False
        return not identity_of(f"{self.path}-wal")[1:2] > [0]  # a reader may keep it from the file

    def discard(self) -> None:
        """Throw the catalog away, under the lock; others may still read what they opened."""
        for name in _FILES:
            remove(f"{self._folder}/{name}")

    def _usable(self) -> bool:
        """Whether what is there may be written to."""
        try:
            self._check_owner(self._folder, self.path)
            mark, left = self._mark(), self._left()
        except (Untrusted, OSError):
            return False
        if mark == left:
            return left != [[], []]
        return mark == self._writing() and self._is_whole()

    def _writing(self) -> list[object]:
        """The mark of a writer that isn't done: it vouches for this very file."""
        return ["writing", identity_of(self.path)[:1]]

    def _is_whole(self) -> bool:
        """Whether a writer that died left pages that fit together, as SQLite promises."""
        try:
            database = _connect(self.path, "rw")
            found = database.execute("PRAGMA quick_check(1)").fetchall()
            database.close()
        except sqlite3.Error:
            return False
        return found == [("ok",)]

    def _left(self) -> list[object]:
        """The identities of the file, and of a log that could not be put into it."""
        wal = identity_of(f"{self.path}-wal")[:3]  # root's SQLite changes its owner, so its ctime
        return [identity_of(self.path), wal if wal and wal[1] else []]

    def _mark(self) -> list[object]:
        try:
            with files.Folder(self.root, CACHE) as folder:
                value = loads(folder.read(MARK).decode())
        except (OSError, JournalError, ValueError):
            return []
        return value if isinstance(value, list) else [value]

    def _leave(self, mark: list[object]) -> None:
        with files.Folder(self.root, CACHE) as folder:
            fd = folder.open(MARK, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            try:
                files.write_all(fd, dumps(mark).encode())
            finally:
                os.close(fd)

    def _check_owner(self, *paths: str) -> None:
        """Untrusted if another user owns one of these, or could have written it."""
        for path in paths if hasattr(os, "geteuid") else ():
            st = os.lstat(path)
            if st.st_uid != os.geteuid() or st.st_mode & 0o022 or stat.S_ISLNK(st.st_mode):
                raise Untrusted(f"{path}: another user could have written it")


def _connect(path: str, mode: str, patience: float = _PATIENCE) -> sqlite3.Connection:
    quoted = "".join(
        chr(byte) if 32 < byte < 127 and byte not in b"%?#" else f"%{byte:02x}"
        for byte in os.fsencode(path)
    )
    database = sqlite3.connect(
        f"file:{quoted}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=patience,
        check_same_thread=False,  # the catalog lets one thread in at a time
    )
    database.execute(f"PRAGMA cache_size = -{_PAGES}")
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def in_memory() -> sqlite3.Connection:
    """A database that no file holds, for where none can be had."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def remove(path: str) -> None:
    """Remove a file, a link or a whole folder; nothing there is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        if sys.platform == "win32" or not os.path.isdir(path):
            raise
        from shutil import rmtree

        rmtree(path)
