"""What is in the journal already: asked of the catalog, and what this round has brought since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from journal import origin
from journal.errors import JournalError
from journal.importers.port import Captured
from journal.importing.naming import Naming

if TYPE_CHECKING:
    from journal.api import Journal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY = 500
_EXPECTED = "+"  # and a number instead of an entry's id, as long as it has none
# SQLite keeps it in a file of its own when it grows: memory stays flat however much is imported.
_BROUGHT = """
CREATE TABLE brought (name TEXT, session TEXT, id TEXT, PRIMARY KEY (name, session)) WITHOUT ROWID
"""


class Known:
    """The ids of one importer that entries stand for."""

    def __init__(self, journal: Journal, importer: str, naming: Naming) -> None:
        self._journal, self._importer, self._naming = journal, importer, naming
        self._brought = sqlite3.connect("")
        self._brought.execute(_BROUGHT)
        self._fresh: dict[tuple[str, str], str] = {}  # id and session: of what waits
        self._unknown: set[str] = set()  # of what was asked for last
        self._count = 0
        self._captured: tuple[str, list[tuple[int, int]]] = ("", [])  # of the session asked last

    def begin(self) -> None:
        """Forget what was brought before: the catalog has caught up on it."""
        self._fresh = {}
        self._captured = ("", [])
        with _temporary(), self._brought:
            self._brought.execute("DELETE FROM brought")

    def of(self, names: Iterable[str], session: str = "") -> Mapping[str, str]:
        """Of these ids those that are known, with their entries; of a session, or of any."""
        wanted = list(dict.fromkeys(names))
        found = self._found(wanted, session)
        self._unknown = set(wanted) - found.keys()
        return found

    def _found(self, wanted: Sequence[str], session: str) -> dict[str, str]:
        found = dict(self._in_journal(wanted, session))
        fresh = {name: entry for (name, its), entry in self._fresh.items() if session in ("", its)}
        found |= {name: fresh[name] for name in wanted if name in fresh and name not in found}
        missing = [name for name in wanted if name not in found]
        for some in (missing[at : at + _MANY] for at in range(0, len(missing), _MANY)):
            found |= self._just_brought(some, session)
        return found

    def _in_journal(self, wanted: Sequence[str], session: str) -> Iterator[tuple[str, str]]:
        called = dict(zip(self._naming.names(wanted), wanted, strict=True))
        asked = called | {gone: called[kept] for gone, kept in self._gone(called)}
        head = self._naming.session(session)
        found = self._journal.catalog.origins(self._importer, head, list(asked))
        return ((asked[stored], entry) for stored, entry in found.items())

    def _gone(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """What a purge left of the names that were made from a text, each with the name."""
        if derived := [name for name in names if origin.is_derived(name)]:
            key = self._journal.notebook.intake.key()
            yield from ((origin.gone(name, key), name) for name in derived)

    def _just_brought(self, some: Sequence[str], session: str) -> dict[str, str]:
        marks = ", ".join("?" * len(some))
        question = f"SELECT name, id FROM brought WHERE name IN ({marks})"  # noqa: S608
        values = list(some)
        if session:
            question, values = f"{question} AND session = ?", [*values, session]
        with _temporary():
            return dict(self._brought.execute(question, values))

    def entry(self, name: str, session: str = "") -> str:
        """The entry that stands for an id; empty if none does yet."""
        found = self._found([name], session).get(name, "")
        return "" if found.startswith(_EXPECTED) else found

    def expect(self, session: str, names: Sequence[str]) -> bool:
        """Learn what is about to be appended as one entry; False if it is known by its first id."""
        if (names[0], session) in self._fresh:
            return False
        if names[0] not in self._unknown and self._just_brought(names[:1], session):
            return False
        self._count += 1
        for name in names:
            self._fresh.setdefault((name, session), f"{_EXPECTED}{self._count}")
        self._unknown.discard(names[0])
        return True

    def learn(self, session: str, names: Sequence[str], entry: str) -> None:
        """The entry that was appended for these ids; empty if that was only tried."""
        if entry:
            self._fresh |= {(name, session): entry for name in names}

    def settle(self) -> None:
        """Nothing waits any more: keep what was learned where it takes no memory."""
        rows = [(*key, entry) for key, entry in self._fresh.items()]
        with _temporary():
            self._brought.executemany("INSERT OR REPLACE INTO brought VALUES (?, ?, ?)", rows)
        self._fresh = {}

    def captured(self, session: str) -> Mapping[str, Sequence[Captured]]:
        """What hooks appended of a session, by their keys."""
        found: dict[str, list[Captured]] = {}
        for key, entry, moment, _ in self._journal.catalog.captured(self._importer, session):
            when = _EPOCH + timedelta(microseconds=moment)
            found.setdefault(key, []).append(Captured(entry, when))
        return found

    def turn(self, session: str, moment: int) -> int:
        """The turn at which something is filled in that was said between what hooks appended.

        0 if it goes on from there. `moment`: Unix microseconds.
        """
        if self._captured[0] != session:
            head = self._naming.session(session)
            told = self._journal.catalog.captured(self._importer, head)
            self._captured = (session, [(when, turn) for _, _, when, turn in told])
        times = self._captured[1]
        if not times or moment > times[-1][0]:
            return 0
        return max((turn for when, turn in times if when <= moment), default=times[0][1])


@contextmanager
def _temporary() -> Iterator[None]:
    """Around what SQLite does in its temporary file: JournalError if there is no room for it."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(
            f"temporary files can't be written: {error}",
            kind="system",
            hint="free some space where TMPDIR points to, or point it elsewhere",
        ) from error
