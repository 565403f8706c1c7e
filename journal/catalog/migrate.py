"""The catalog's schema, by forward-only .sql files whose digests are recorded when applied."""

import os
import re
import sqlite3

from journal.errors import EngineError
from journal.seal import sha256

FOLDER = f"{os.path.dirname(__file__)}/migrations"
_NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")
_RECORD = """
CREATE TABLE IF NOT EXISTS migration (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL
)"""


class MigrationError(EngineError):
    """The catalog's schema is not one that this version knows how to bring up to date."""

    default_kind = "migration-failed"


class EditedMigration(MigrationError):
    """A migration was edited after it was applied."""

    default_kind = "migration-edited"


def migrate(database: sqlite3.Connection, folder: str = FOLDER) -> int:
    """Apply what isn't applied yet, in one transaction; how many that were.

    MigrationError, and nothing changed, if an applied one was edited or is unknown, or one fails.
    """
    if is_current(database, folder):
        return 0
    known = migrations(folder)
    database.execute("BEGIN IMMEDIATE")
    try:
        wanting = _wanting(known, applied(database))
        database.execute(_RECORD)
        for version, name, digest, text in wanting:
            _apply(database, name, text)
            row = (version, name, digest)
            database.execute("INSERT INTO migration VALUES (?, ?, ?)", row)
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
    return len(wanting)


def is_current(database: sqlite3.Connection, folder: str = FOLDER) -> bool:
    """Whether all migrations that there are, and no others, were applied."""
    return applied(database) == [(version, digest) for version, _, digest, _ in migrations(folder)]


def applied(database: sqlite3.Connection) -> list[tuple[int, str]]:
    """Version and digest of each applied migration."""
    rows = database.execute("SELECT name FROM sqlite_master WHERE name = 'migration'")
    if not rows.fetchall():
        return []
    return database.execute("SELECT version, sha256 FROM migration ORDER BY version").fetchall()


def migrations(folder: str = FOLDER) -> list[tuple[int, str, str, str]]:
    """Version, name, SHA-256 and text of each migration there is, in order."""
    found = []
    for name in sorted(os.listdir(folder)):
        if match := _NAME.fullmatch(name):
            with open(f"{folder}/{name}", encoding="utf-8", newline="\n") as file:
                text = file.read().replace("\r\n", "\n")
            found.append((int(match[1]), name, sha256(text.encode()).hexdigest(), text))
    return found


def _wanting(
    known: list[tuple[int, str, str, str]], done: list[tuple[int, str]]
) -> list[tuple[int, str, str, str]]:
    digests = {version: (name, digest) for version, name, digest, _ in known}
    for version, digest in done:
        name, expected = digests.get(version, ("", ""))
        if not name:
            raise MigrationError(
                f"the catalog has migration {version:04d}, which this version doesn't know",
                hint="a newer version made it; `journal reindex` makes it anew",
            )
        if digest != expected:
            raise EditedMigration(
                f"{name} was edited after it was applied",
                hint="undo that and add a migration; `journal reindex` makes it anew",
            )
    latest = done[-1][0] if done else 0
    wanting = [one for one in known if one[0] not in {version for version, _ in done}]
    if wanting and wanting[0][0] < latest:
        raise MigrationError(f"{wanting[0][1]} comes before one that was applied already")
    return wanting


def _apply(database: sqlite3.Connection, name: str, text: str) -> None:
    try:
        for statement in statements(text):
            database.execute(statement)
    except (sqlite3.Error, sqlite3.Warning) as error:  # a warning: two statements on one line
        raise MigrationError(f"{name} failed: {error}") from error


def statements(text: str) -> list[str]:
    """The statements of an SQL text; MigrationError if the last one doesn't end."""
    found, rest = [], ""
    for line in text.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    if re.sub(r"--.*", "", rest).strip():
        raise MigrationError(f"a statement doesn't end: {rest.strip()[:60]!r}")
    return found
