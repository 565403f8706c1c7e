"""The catalog as others use it: up to date before each read, made anew when in doubt."""

import sqlite3
from _thread import RLock
from time import time

from journal import space as spaces
from journal.catalog import find
from journal.catalog.asked import Asked
from journal.catalog.database import Database, in_memory
from journal.catalog.migrate import EditedMigration, MigrationError, is_current, migrate
from journal.catalog.row import Row, restored
from journal.catalog.watch import Changes, Disk, Known
from journal.errors import JournalError
from journal.space import CACHE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from journal.finding import Finding

    Progress = Callable[[int, int], None]  # done, of all

_TRIES = 5


class Catalog(Asked):
    """Every entry's header fields, and where it stands.

    Never fails for what lies in its own files: it makes them anew, or works in memory.
    """

    def __init__(self, root: str, progress: "Progress | None" = None) -> None:
        self.root = root
        self.progress = progress
        self.memory = False
        self.trouble = ""  # why it works in memory
        self.lock = RLock()  # one question at a time, from whatever thread
        self._file = Database(root)
        self._database: sqlite3.Connection | None = None
        self._mark: object = None
        self._known: Known | None = None  # while the mark is the same, so is the file

    def catch_up(self) -> None:
        """Know what lies on disk now; WorkspaceError if the configuration can't be read."""
        space = spaces.open_space(self.root, int(time()))
        with self.lock:
            if self.memory:
                self._in_memory(space)
            elif not self._is_current(space):
                self._write(space)

    def reindex(self) -> None:
        """Make it anew from the files."""
        with self.lock:
            self._write(spaces.open_space(self.root, int(time())), anew=True)

    def strike(self) -> None:
        """Leave no byte in the catalog's files of what day files and spools no longer hold.

        Asked after those were rewritten. Where the catalog can't be cleared it is thrown away;
        JournalError if that can't be done either.
        """
        with self.lock:
            self.catch_up()
            self.close()
            self._file.strike()
            self.memory = False
            self.catch_up()

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self.lock:
            if self._database:
                self._database.close()
            self._database = None

    def _is_current(self, space: spaces.Space) -> bool:
        try:
            database = self._open(self._file.mark())
            if not self._known:
                if not is_current(database):
                    return False
                self._known = Known(database)
            return not Changes(self._known, Disk(space))
        except (sqlite3.Error, OSError, JournalError):  # whoever writes will see what it is
            return False

    def _open(self, mark: object) -> sqlite3.Connection:
        if not self._database or mark != self._mark:
            self.close()
            self._database = self._file.reader()
            self._mark, self._known = mark, None
        return self._database

    def _write(self, space: spaces.Space, *, anew: bool = False) -> None:
        self.close()
        try:
            lock = self._file.lock()
            try:
                self._write_locked(space, anew=anew)
            finally:
                self._file.unlock(lock)
        except (OSError, JournalError, sqlite3.Error) as error:
            made_otherwise = isinstance(error, (sqlite3.Error, MigrationError))
            if made_otherwise and not anew and not isinstance(error, EditedMigration):
                self._write(space, anew=True)  # broken, or a later version's
            else:
                self._resort(space, error)

    def _write_locked(self, space: spaces.Space, *, anew: bool) -> None:
        from journal.catalog.update import clear, update

        self.memory, self.trouble = False, ""
        if anew:
            self._file.discard()
        database = self._file.writer()
        try:
            migrate(database)
            update(database, space, self.progress)
            if clear(database):
                self._file.forget_known()
        finally:
            self._file.close(database)
        self._open(self._file.mark())

    def _resort(self, space: spaces.Space, error: Exception) -> None:
        """Work in memory from now on: no file can be had."""
        self.trouble = str(error)
        self.memory = True
        self._in_memory(space)

    def _in_memory(self, space: spaces.Space) -> None:
        from journal.catalog.update import update

        if not self._database:
            self._database = in_memory()
            migrate(self._database)
        update(self._database, space, self.progress)

    def findings(self) -> "list[Finding]":
        """What reading the files met that is not as it should be."""
        rows, back, redacts = self._ask_all([find.FINDINGS, find.BACK, find.REDACTS])
        if not rows and not back and not redacts and not self.trouble:
            return []
        from journal.catalog.accepted import unaccepted
        from journal.finding import Finding

        told = {(file, line) for file, line, _ in back if line}  # and no more is said of those
        every = [
            Finding(code, restored(file), line, *rest)
            for code, file, line, *rest in rows
            if (file, line) not in told
        ]
        found = list(unaccepted(self, every))
        if back:
            found += self._came_back(back)
        if redacts:
            from journal.catalog.redactions import came_back

            found += came_back(self, map(Row, redacts))
        if self.trouble:
            fix = "the answer is complete, but slow; see what it is, and its permissions"
            found.append(Finding("no-catalog", CACHE, 0, self.trouble, fix))
        return found

    def _came_back(self, back: "list[tuple[Any, ...]]") -> "Iterator[Finding]":
        from journal import hidden
        from journal.finding import Finding

        for file, line, entry_id in back:
            yield Finding(*hidden.told(entry_id, restored(file), line))

    def _ask_all(self, questions: "list[find.Question]") -> "list[list[tuple[Any, ...]]]":
        """The answers of one moment."""
        with self.lock:
            return self._asked(questions)

    def _asked(self, questions: "list[find.Question]") -> "list[list[tuple[Any, ...]]]":
        if not self._database:
            self.catch_up()
        try:
            return self._answer(questions)
        except sqlite3.DatabaseError:
            if self.memory:
                raise
        self.reindex()
        return self._answer(questions)

    def _answer(self, questions: "list[find.Question]") -> "list[list[tuple[Any, ...]]]":
        for _ in range(_TRIES):
            settled, *answers = self._at_once([find.SETTLED, *questions])
            if settled == [("1",)]:
                break
            self.catch_up()  # another process is in the middle of it: wait for that
        return answers

    def _at_once(self, questions: "list[find.Question]") -> "list[list[tuple[Any, ...]]]":
        database = self._database
        assert database  # noqa: S101 - catching up leaves one, if only in memory
        database.execute("BEGIN")
        try:
            return [database.execute(*_plain(question)).fetchall() for question in questions]
        finally:
            database.execute("ROLLBACK")


def _plain(question: "find.Question") -> "find.Question":
    """The question without what is no text, as a command line can have it: no entry has it."""
    words, values = question
    return words, [
        value.encode(errors="replace").decode() if type(value) is str else value for value in values
    ]
