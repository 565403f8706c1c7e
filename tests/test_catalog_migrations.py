"""The catalog's schema: forward only, each migration once, and whole or not at all."""

from pathlib import Path

import pytest
from catalogs import HAND, differences, workspace, write

from journal.api import Journal
from journal.catalog import migrate as migrations
from journal.catalog.database import in_memory
from journal.catalog.migrate import (
    FOLDER,
    EditedMigration,
    MigrationError,
    applied,
    is_current,
    migrate,
    statements,
)

FIRST = "CREATE TABLE a (x TEXT); -- one; two\nINSERT INTO a VALUES ('it''s; here');\n"
SECOND = """
CREATE TABLE b (x TEXT);
CREATE TRIGGER t AFTER DELETE ON a BEGIN
    INSERT INTO b (x) VALUES (old.x);
    DELETE FROM b WHERE x = '';
END;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_first.sql").write_text(FIRST)
    return made


def test_each_is_applied_once_in_order(folder: Path) -> None:
    database = in_memory()
    assert not is_current(database, str(folder))
    assert [migrate(database, str(folder)) for _ in range(3)] == [1, 0, 0]
    (folder / "0003_third.sql").write_text("ALTER TABLE b ADD COLUMN y TEXT;")
    (folder / "0002_second.sql").write_text(SECOND)
    (folder / "notes.txt").write_text("no migration")
    assert not is_current(database, str(folder))
    assert [migrate(database, str(folder)) for _ in range(2)] == [2, 0]
    assert [version for version, _ in applied(database)] == [1, 2, 3]
    assert is_current(database, str(folder))
    database.execute("DELETE FROM a")
    assert database.execute("SELECT x, y FROM b").fetchall() == [("it's; here", None)]


def test_an_edited_one_is_an_error(folder: Path) -> None:
    database = in_memory()
    migrate(database, str(folder))
    (folder / "0001_first.sql").write_text(FIRST + " ")
    (folder / "0002_second.sql").write_text(SECOND)
    before = list(database.iterdump())
    with pytest.raises(EditedMigration, match=r"0001_first\.sql was edited") as caught:
        migrate(database, str(folder))
    assert caught.value.hint
    assert list(database.iterdump()) == before


def test_line_ends_are_no_edit(folder: Path) -> None:
    database = in_memory()
    migrate(database, str(folder))
    (folder / "0001_first.sql").write_bytes(FIRST.replace("\n", "\r\n").encode())
    assert is_current(database, str(folder))


@pytest.mark.parametrize("gone", [True, False])
def test_one_that_is_not_known_is_another_error(folder: Path, gone: bool) -> None:
    (folder / "0002_second.sql").write_text(SECOND)
    database = in_memory()
    migrate(database, str(folder))
    (folder / f"000{1 if gone else 2}_{'first' if gone else 'second'}.sql").unlink()
    assert not is_current(database, str(folder))
    with pytest.raises(MigrationError) as caught:
        migrate(database, str(folder))
    assert not isinstance(caught.value, EditedMigration)


def test_one_that_comes_too_late_is_an_error(folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE c (x TEXT);")
    database = in_memory()
    migrate(database, str(folder))
    (folder / "0002_second.sql").write_text(SECOND)
    with pytest.raises(MigrationError, match="comes before"):
        migrate(database, str(folder))


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE b (x TEXT);\nCREATE TABLE a (x TEXT);\n",
        "CREATE TABLE b (x TEXT);\nINSERT INTO nowhere VALUES (1);\n",
        "CREATE TABLE b (x TEXT);\nnonsense;\n",
        "CREATE TABLE b (x TEXT); CREATE TABLE c (x TEXT);\n",
        "CREATE TABLE b (x TEXT)\n",
        "CREATE TABLE b (x TEXT);\nCREATE TABLE c (x TEXT)\n-- and no more",
        "CREATE TRIGGER t AFTER DELETE ON a BEGIN\n    DELETE FROM a;\n",
    ],
)
def test_a_failing_one_leaves_nothing(folder: Path, text: str) -> None:
    database = in_memory()
    (folder / "0002_good.sql").write_text("CREATE TABLE good (x TEXT);")
    (folder / "0003_bad.sql").write_text(text)
    before = list(database.iterdump())
    for _ in range(2):
        with pytest.raises(MigrationError):
            migrate(database, str(folder))
        assert list(database.iterdump()) == before
        assert not database.in_transaction
    (folder / "0003_bad.sql").write_text("CREATE TABLE better (x TEXT);")
    assert migrate(database, str(folder)) == 3


def test_a_forgotten_semicolon_is_told() -> None:
    with pytest.raises(MigrationError, match=r"doesn't end: 'CREATE TABLE b"):
        statements("CREATE TABLE a (x);\nCREATE TABLE b (y)\n")


def test_a_comment_at_the_end_is_no_statement() -> None:
    assert statements("SELECT 1;\n-- the end\n") == ["SELECT 1;\n"]


def test_a_forgotten_semicolon_in_between_fails(folder: Path) -> None:
    database = in_memory()
    (folder / "0002_bad.sql").write_text("CREATE TABLE b (x TEXT)\nCREATE TABLE c (x TEXT);\n")
    with pytest.raises(MigrationError, match=r"0002_bad\.sql failed"):
        migrate(database, str(folder))
    assert applied(database) == []


def test_the_journal_s_own_fit_together() -> None:
    database = in_memory()
    assert migrate(database) == len(migrations.migrations(FOLDER)) > 0
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    names = [name for _, name, _, _ in migrations.migrations()]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_a_catalog_of_a_later_version_is_made_anew(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    write(root, "2026-11-20.md", HAND)
    journal = Journal(str(root))
    journal.catalog.catch_up()
    birth = journal.catalog.birth
    with journal.catalog._file.writer() as database:
        database.execute("INSERT INTO migration VALUES (9999, '9999_later.sql', 'x')")
    journal.catalog._file.close(database)
    assert differences(root, journal) == []
    assert journal.catalog.birth != birth
    assert journal.catalog.trouble == ""
