"""The catalog as others use it: up to date before each read, made anew when in doubt."""

import sqlite3
from _thread import RLock
from time import time

from journal import space as spaces
from journal.catalog import find
from journal.catalog.database import Database, in_memory
from journal.catalog.migrate import EditedMigration, MigrationError, is_current, migrate
from journal.catalog.row import Row, restored, stored
from journal.catalog.watch import Changes, Disk
from journal.errors import JournalError
from journal.ids import matches
from journal.named import none_named, several_named
from journal.selection import EVERYTHING
from journal.space import CACHE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, Literal

    from journal.finding import Finding
    from journal.selection import Selection

    Progress = Callable[[int, int], None]  # done, of all

_PAGE = 1000
_TRIES = 5


class Catalog:
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

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        with self.lock:
            if self._database:
                self._database.close()
            self._database = None

    def _is_current(self, space: spaces.Space) -> bool:
        try:
            database = self._open(self._file.mark())
            return is_current(database) and not Changes(database, Disk(space))
        except (sqlite3.Error, OSError, JournalError):  # whoever writes will see what it is
            return False

    def _open(self, mark: object) -> sqlite3.Connection:
        if not self._database or mark != self._mark:
            self.close()
            self._database = self._file.reader()
            self._mark = mark
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
        from journal.catalog.update import update

        self.memory, self.trouble = False, ""
        if anew:
            self._file.discard()
        database = self._file.writer()
        try:
            migrate(database)
            update(database, space, self.progress)
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

    def rows(
        self, selection: "Selection" = EVERYTHING, limit: int | None = None, *, oldest: bool = False
    ) -> "Iterator[Row]":
        """The selected entries, newest first; oldest first if asked."""
        left = limit
        after: tuple[Any, ...] = ()
        while left is None or left > 0:
            page = _PAGE if left is None else min(left, _PAGE)
            found = self._rows(find.rows(selection, page, oldest=oldest, after=after))
            yield from found
            if len(found) < page:
                return
            after = find.place_of(found[-1])
            left = left and left - page

    def count(self, selection: "Selection" = EVERYTHING) -> int:
        """How many entries are selected."""
        return int(self._ask(find.count(selection))[0][0])

    def named(self, wanted: str) -> Row:
        """The entry whose id begins or ends so; UsageError if none or several do."""
        return one_named(self._rows(find.named(wanted)) if wanted else [], wanted)

    def alike(self, piece: str) -> list[Row]:
        """The entries whose id begins or ends so, in either case."""
        rows = self._rows(find.named(piece)) if piece else []
        return [row for row in rows if matches(piece, row.id)]

    def at(self, numbers: "Sequence[int]") -> dict[int, Row]:
        """The rows that have these numbers, as far as they are still there."""
        batches = find.batches(numbers)
        return {row.number: row for some in batches for row in self._rows(find.at(some))}

    def places(self, numbers: "Sequence[int]") -> "list[tuple[str, int, int, int, int]]":
        """File or spool, offset, size, number and CRC-32 of those rows that are still there."""
        found = [row for some in find.batches(numbers) for row in self._ask(find.places(some))]
        return [(restored(path), *rest) for path, *rest in found]

    def having(self, column: "Literal['title', 'parent']", value: str) -> list[Row]:
        """The entries with that title or parent, oldest first."""
        return self._rows(find.having(column, value))

    def referring(self, kind: str, target: str) -> list[tuple[int, Row]]:
        """The entries whose bodies refer to the folded target so, each with the body's line."""
        return [(line, Row(tuple(rest))) for line, *rest in self._ask(find.referring(kind, target))]

    def hashtags(self, numbers: "Sequence[int]") -> dict[int, list[str]]:
        """The tags in the bodies of these rows, folded."""
        found: dict[int, list[str]] = {}
        for some in find.batches(numbers):
            for number, name in self._ask(find.hashtags(some)):
                found.setdefault(number, []).append(name)
        return found

    def standing(self, file: str, line: int) -> Row | None:
        """The entry that begins at that line."""
        rows = self._rows(find.standing(stored(file), line))
        return rows[0] if rows else None

    def values(self, column: str) -> list[str]:
        """What the entries have there, the most recently used first; `tag` is a column too."""
        return [value for (value,) in self._ask(find.values(column))]

    def findings(self) -> "list[Finding]":
        """What reading the files met that is not as it should be."""
        rows = self._ask(find.FINDINGS)
        if not rows and not self.trouble:
            return []
        from journal.catalog.accepted import unaccepted
        from journal.finding import Finding

        every = [Finding(code, restored(file), *rest) for code, file, *rest in rows]
        found = list(unaccepted(self, every))
        if self.trouble:
            fix = "the answer is complete, but slow; see what it is, and its permissions"
            found.append(Finding("no-catalog", CACHE, 0, self.trouble, fix))
        return found

    @property
    def birth(self) -> str:
        """What changes when the catalog was made anew: numbers and steps count from there."""
        return str(self._ask(find.BIRTH)[0][0])

    @property
    def files(self) -> int:
        """How many day files there are."""
        return int(self._ask(find.FILES)[0][0])

    @property
    def newest(self) -> int:
        """The highest number that a row was given."""
        return int(self._ask(find.NEWEST)[0][0])

    def added(self, after: int, selection: "Selection | None" = None) -> "Iterator[Row]":
        """The rows with a higher number, in its order; only the selected ones, if asked."""
        while found := self._rows(find.added(after, _PAGE, selection)):
            yield from found
            after = found[-1].number

    def struck(self, after: int) -> "Iterator[tuple[int, int]]":
        """Steps after this one, each with the number of the row that went."""
        yield from self._ask(find.struck(after))

    def news(
        self, number: int | None = None, step: int = 0, selection: "Selection" = EVERYTHING
    ) -> "News":
        """What came after a number and a step, all of one moment; without a number, nothing."""
        questions = [find.place()]
        if number is not None:
            questions += [find.struck_known(step, number), find.added(number, -1, selection)]
        place, *more = self._ask_all(questions)
        struck, rows = more or ([], [])
        return News(place[0], {entry_id for (entry_id,) in struck}, [Row(row) for row in rows])

    def _rows(self, question: "find.Question") -> list[Row]:
        return [Row(values) for values in self._ask(question)]

    def _ask(self, question: "find.Question") -> "list[tuple[Any, ...]]":
        return self._ask_all([question])[0]

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


class News:
    """What came: where the catalog stands now, the ids of known rows that went, the new rows.

    `place` is its birth, the highest number, the last step, the highest id.
    """

    __slots__ = ("place", "rows", "struck")

    def __init__(
        self, place: "tuple[str, int, int, str]", struck: set[str], rows: list[Row]
    ) -> None:
        self.place = place
        self.struck = struck
        self.rows = rows


def one_named(rows: "Iterable[Row]", wanted: str) -> Row:
    """The one row whose id begins or ends with `wanted`; UsageError if none or several do."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.id == wanted:
            return row
        if matches(wanted, row.id):
            found.setdefault(row.id, row)
    if len(found) == 1:
        return next(iter(found.values()))
    raise none_named(wanted) if not found else several_named(wanted, list(found))
