"""Whatever lies where the catalog's files should be, every command answers right."""

from __future__ import annotations

import ast
import gc
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from catalogs import DAMAGES, HAND, dangling, fifo, link, noise, remove, workspace, write

from journal.api import Journal
from journal.catalog.database import Database
from journal.cjson import dumps
from journal.cli.main import main
from journal.entry import Draft
from journal.notebook import Notebook

NOBODY = 65534
CACHE = ".journal/cache"
BESIDE = ("catalog.db", "catalog.db-wal", "catalog.db-shm", "catalog.mark", "catalog.lock")
VERBS = (
    "list", "list --json", "tail -n 3", "tail -n 3 --json", "show 3", "show 3 --json",
    "show 3 --raw", "day 2026-11-21", "day 2026-11-21 --json", "recall hand", "recall hand --json",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose cache is there and whole."""
    made = workspace(tmp_path / "book")
    book = Notebook.open(str(made))
    for number in range(4):
        body = f"Entry {number}, by no hand"
        book.append(Draft(body=body, at=f"2026-11-21T1{number}:00", token=f"t{number}"))
    write(made, "2026-11-20.md", HAND * 2)
    main(["recall", "hand", "--workspace", str(made)])
    return made


class Asker:
    """Runs commands in this process, with the answers that an untouched copy gave."""

    def __init__(self, root: Path, captured: pytest.CaptureFixture[bytes]) -> None:
        self.root = root
        self.captured = captured
        self.id = Journal(str(root)).entries().__next__().id
        copy = root.with_name("untouched")
        shutil.copytree(root, copy)
        captured.readouterr()
        self.right = {verb: self.ask(verb, copy)[:2] for verb in VERBS}

    def ask(self, verb: str, root: Path | None = None) -> tuple[int, bytes, bytes]:
        """Exit code, what was printed, and what was complained of."""
        words = [self.id if word == "3" and "show" in verb else word for word in verb.split()]
        code = main([*words, "--workspace", str(root or self.root)])
        out, err = self.captured.readouterr()
        if verb == "recall hand --json":  # it says which engine answered
            answer = json.loads(out)
            out = dumps([answer["hits"], answer["total"]]).encode()
        return code, out, err

    def check(self, what: str, damage: Callable[[], None], verbs: tuple[str, ...] = VERBS) -> None:
        """Each command answers right, each time the damage was done anew."""
        for verb in verbs:
            damage()
            assert (what, verb, *self.ask(verb)[:2]) == (what, verb, *self.right[verb])


@pytest.fixture
def asker(root: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Asker:
    return Asker(root, capsysbinary)


def in_cache(root: Path) -> list[str]:
    """Every file there is in the cache, and those that may lie beside the catalog."""
    cache = root / CACHE
    found = {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file()}
    return sorted(found | set(BESIDE))


def hurt(root: Path, name: str, damage: Callable[[Path], object]) -> Callable[[], None]:
    """The damage to a file of the cache, whole again before."""
    spare = root.with_name("spare")
    if not spare.exists():
        shutil.copytree(root / CACHE, spare)

    def do() -> None:
        remove(root / CACHE)
        shutil.copytree(spare, root / CACHE)
        (root / CACHE).chmod(0o700)
        path = root / CACHE / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 5000)
        damage(path)

    return do


@pytest.mark.parametrize("what", DAMAGES)
def test_each_file_of_the_cache_may_break(asker: Asker, what: str) -> None:
    for number, name in enumerate(in_cache(asker.root)):
        verbs = (VERBS[number % len(VERBS)],)
        asker.check(f"{what}: {name}", hurt(asker.root, name, DAMAGES[what]), verbs)


@pytest.mark.soak
@pytest.mark.parametrize("what", DAMAGES)
def test_each_file_of_the_cache_may_break_for_each_verb(asker: Asker, what: str) -> None:
    for name in in_cache(asker.root):
        asker.check(f"{what}: {name}", hurt(asker.root, name, DAMAGES[what]))


def test_a_broken_catalog_is_whole_again_by_the_next_command(asker: Asker) -> None:
    for what in ("noise", "folder", "fifo", "dangling", "open to all"):
        for name in ("catalog.db", "catalog.mark"):
            hurt(asker.root, name, DAMAGES[what])()
            assert asker.ask("list")[2] == b""
            journal = Journal(str(asker.root))
            assert (len(list(journal.rows())), journal.catalog.trouble) == (6, "")
            assert Database(str(asker.root)).mark()


@pytest.mark.parametrize("name", [CACHE, ".journal"])
def test_the_folder_is_gone(asker: Asker, name: str) -> None:
    asker.check(name, lambda: remove(asker.root / name))


@pytest.mark.parametrize("damage", [noise, fifo, dangling, link], ids=lambda it: it.__name__)
def test_the_folder_is_no_folder(asker: Asker, damage: Callable[[Path], object]) -> None:
    target = asker.root.with_name("elsewhere")
    target.mkdir()

    def replaced() -> None:
        remove(asker.root / CACHE)
        (asker.root / CACHE).write_bytes(b"")
        damage(asker.root / CACHE)

    asker.check(damage.__name__, replaced)
    remove(asker.root / CACHE)
    (asker.root / CACHE).symlink_to(target)
    asker.check("a link to a folder", lambda: None)
    assert list(target.iterdir()) == []


def fitted(root: Path, *statements: str) -> None:
    """Change the catalog as if its own writer had."""
    file = Database(str(root))
    database = sqlite3.connect(file.path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    database.close()
    file._leave(file._left())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO migration VALUES (9999, '9999_later.sql', 'x')",
        "DROP TABLE entry",
        "DROP TABLE setting",
        "ALTER TABLE entry RENAME COLUMN title TO name",
    ],
)
def test_another_schema(asker: Asker, statement: str) -> None:
    asker.check(statement, lambda: fitted(asker.root, statement))
    assert asker.ask("list")[2] == b""


def test_an_edited_migration_is_told_and_answered_without(asker: Asker) -> None:
    fitted(asker.root, "UPDATE migration SET sha256 = 'x'")
    asker.check("edited", lambda: None, VERBS[::3])
    assert b"was edited after it was applied" in asker.ask("list")[2]
    Journal(str(asker.root)).catalog.reindex()
    assert asker.ask("list")[2] == b""


def foreign(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def open_to_all(path: Path) -> None:
    path.chmod(0o666 if path.is_file() else 0o777)


@pytest.mark.parametrize("damage", [open_to_all, foreign], ids=lambda it: it.__name__)
@pytest.mark.parametrize("name", ["catalog.db", ""])
def test_what_others_could_have_written_is_not_read(
    asker: Asker, name: str, damage: Callable[[Path], object]
) -> None:
    if damage is foreign and os.geteuid() != 0:
        pytest.skip("giving a file away needs root")
    path = asker.root / CACHE / name
    fitted(asker.root, "UPDATE entry SET title = 'forged', head = 'forged'")
    assert b"forged" in asker.ask("list")[1], "a catalog that fits its mark is read"
    damage(path)
    if name:
        fitted(asker.root)
    asker.check(name, lambda: None)


def as_nobody(root: Path, verb: str, asker: Asker) -> tuple[int, bytes, bytes]:
    """What the command says to a user who isn't root; all that it imports was imported before."""
    if os.geteuid() != 0:
        return asker.ask(verb)
    subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(root)], check=True)
    for above in root.parents:
        if above.stat().st_uid == 0 and not above.stat().st_mode & 1:
            above.chmod(above.stat().st_mode | 0o011)
    inward, outward = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            told = asker.ask(verb)
            os.write(outward, repr(told).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(outward)
    with os.fdopen(inward, "rb") as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return ast.literal_eval(said.decode())  # type: ignore[no-any-return]


def no_cache(root: Path) -> None:
    remove(root / CACHE)
    (root / ".journal").chmod(0o500)


def set_modes(root: Path, mode: int) -> None:
    for file in (root / CACHE).glob("catalog*"):
        file.chmod(mode)


def stale(root: Path) -> None:
    write(root, "2026-11-20.md", HAND * 2 + "\n")
    (root / CACHE).chmod(0o500)


READ_ONLY: dict[str, Callable[[Path], object]] = {
    "a read-only cache": lambda root: (root / CACHE).chmod(0o500),
    "no cache and no way to make one": no_cache,
    "a read-only catalog": lambda root: set_modes(root, 0o400),
    "a shut catalog": lambda root: set_modes(root, 0),
    "a shut cache": lambda root: (root / CACHE).chmod(0),
    "a stale read-only cache": stale,
}  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("what", READ_ONLY)
def test_without_the_right_to_write(asker: Asker, what: str) -> None:
    READ_ONLY[what](asker.root)
    for verb in VERBS[::3]:
        code, out, err = as_nobody(asker.root, verb, asker)
        assert (what, verb, code, out) == (what, verb, *asker.right[verb])
        assert b"Traceback" not in err


@pytest.fixture
def full(asker: Asker) -> Iterator[Asker]:
    at = asker.root / CACHE
    words = ["mount", "-t", "tmpfs", "-o", "size=24k,mode=0700", "none", str(at)]
    if sys.platform != "linux" or os.geteuid():
        pytest.skip("mounting a small disk needs root")
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this root may not mount")
    yield asker
    gc.collect()  # connections that a cycle still holds
    subprocess.run(["umount", str(at)], check=True)


def test_a_full_disk(full: Asker) -> None:
    full.check("full", lambda: None)
    assert b"no-catalog" in full.ask("list")[2] or b"full" in full.ask("list")[2]
