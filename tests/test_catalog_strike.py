"""After a strike no byte of what was purged or redacted is left in what is derived."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import faults
import pytest
from catalogs import DAMAGES, HAND, changed, differences, workspace, write
from test_catalog_forget import (
    ALSO,
    add,
    canaries,
    everything,
    forget,
    purge,
    replaced,
    stub_digest,
    stub_of,
)

from journal import dayfile, header, seal
from journal.api import Journal
from journal.catalog import database, update
from journal.entry import Draft, Receipt
from journal.errors import Conflict, EngineError
from journal.notebook import Notebook
from journal.recall import index
from journal.recall.depot import FOLDER

# As the texts have them, and as terms: folded and stemmed.
TRACES = (b"quokk", b"wombat", b"marsup", b"koala", b"numbat", b"dingo", b"bilby")
STRIKER = """
import os, sys
from journal.api import Journal
Journal(sys.argv[1]).strike()
os._exit(0)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "book")


@pytest.fixture
def journal(root: Path) -> Journal:
    return Journal(str(root))


@pytest.fixture(autouse=True)
def not_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of SQLite overwrite what is deleted; it must be gone without that, too."""
    connect = database._connect

    def plain(path: str, mode: str, *more: float) -> sqlite3.Connection:
        made = connect(path, mode, *more)
        made.execute("PRAGMA secure_delete = OFF").fetchall()
        return made

    monkeypatch.setattr(database, "_connect", plain)


def traces(root: Path) -> list[str]:
    """Where the cache still has something of the secret."""
    files = [file for file in (root / ".journal/cache").rglob("*") if file.is_file()]
    return sorted(
        f"{file.name}: {trace.decode()}"
        for file in files for trace in TRACES if trace in file.read_bytes().lower()
    )  # fmt: skip


def filled(root: Path) -> list[Receipt]:
    """Many entries, the secret among them twice, all of it known to catalog and index."""
    book = Notebook.open(str(root))
    book.append_many([Draft(body=f"Entry {n} of many", title=f"Number {n}") for n in range(60)])
    receipts = [add(root)]
    book.append_many([Draft(body=f"Entry {n} of many", title=f"Number {n}") for n in range(60)])
    receipts.append(add(root, Draft(body="Another quokka, a wombat", tags=("marsupial",))))
    journal = Journal(str(root))
    assert journal.recall("quokka").engine == "whoosh"
    assert {trace.split(": ")[1] for trace in traces(root)} == {t.decode() for t in TRACES}
    return receipts


def redact(root: Path, receipt: Receipt) -> None:
    """The entry sealed anew without its text, in its old place, and the entry that says so."""
    pieces = dayfile.pieces((root / receipt.file).read_bytes())
    (piece,) = (p for p in pieces if header.id_of(p) == receipt.id)
    values = piece.values
    sealing = seal.Sealing({"body": b"The [redacted:animal:3f9a] swims"})
    _, new = sealing.seal(receipt.id, values["at"], "", values["seq"], values["prev"])
    replaced(root, receipt, new)
    fields = {"of": receipt.id, "old": piece.header, "new": dayfile.digest(new.rstrip(b"\n"))}
    add(root, Draft(body="Its reason", kind="redact", fields=fields))


WAYS: dict[str, Callable[[Path, Receipt], object]] = {"purge": purge, "redact": redact}


@pytest.mark.parametrize("way", WAYS)
def test_no_byte_is_left(root: Path, journal: Journal, way: str) -> None:
    receipts = filled(root)
    births = [journal.catalog.birth]
    for receipt in receipts:
        WAYS[way](root, receipt)
    journal.catalog.catch_up()
    assert traces(root)
    for _ in range(2):
        journal.strike()
        assert traces(root) == []
        assert canaries(everything(journal, ALSO)) == set()
        assert differences(root, journal) == []
        answer = journal.recall("many", limit=200)
        assert (answer.total, answer.fresh, answer.notices) == (120, True, ())
        assert journal.recall("redacted").total == (0 if way == "purge" else 2)
        births.append(journal.catalog.birth)
    assert len(set(births)) == 1  # nothing was made anew
    assert len(list((root / FOLDER).glob("*.seg"))) == 1


@pytest.mark.parametrize("way", WAYS)
def test_what_was_purged_elsewhere_leaves_no_byte_here(tmp_path: Path, way: str) -> None:
    """No strike: the files came here by a sync."""
    there, here = workspace(tmp_path / "there"), tmp_path / "here"
    receipts = filled(there)
    shutil.copytree(there, here)
    filled_here = Journal(str(here))
    assert filled_here.recall("quokka").total == 2
    birth = filled_here.catalog.birth
    assert traces(here)
    for receipt in receipts:
        WAYS[way](there, receipt)
    shutil.copytree(there / "journal", here / "journal", dirs_exist_ok=True)
    journal = Journal(str(here))
    assert journal.count() > 0
    assert {trace.split(":")[0][-4:] for trace in traces(here)} == {".seg"}
    assert journal.recall("many", limit=1).total == 120
    assert (traces(here), journal.catalog.birth) == ([], birth)
    segments = sorted((here / FOLDER).glob("*.seg"))
    assert filled_here.recall("quokka").total == 0
    assert sorted((here / FOLDER).glob("*.seg")) == segments
    assert differences(here, filled_here) == []


def test_a_stub_that_comes_after_its_forget_entry(tmp_path: Path) -> None:
    there, here = workspace(tmp_path / "there"), tmp_path / "here"
    (receipt, _) = filled(there)
    shutil.copytree(there, here)
    said = forget(there, receipt.id, "purge", new=stub_digest(there, receipt))
    replaced(there, receipt, stub_of(there, receipt))
    journal = Journal(str(here))
    for file in (said.file, receipt.file):
        shutil.copy(there / file, here / file)
        assert journal.recall("swims").total == 0
        assert not [trace for trace in traces(here) if "koala" in trace]


def test_of_a_handwritten_entry(root: Path, journal: Journal) -> None:
    file = write(root, "2026-11-20.md", HAND + "## 11:00 A quokka\n\nwombat #marsupial\n")
    for number in range(50):
        write(root, f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}.md", HAND)
    assert journal.recall("quokka").total == 1
    file.write_text(HAND)
    journal.strike()
    assert (traces(root), differences(root, journal)) == ([], [])


def test_what_another_one_has_open_is_not_shown_any_more(root: Path) -> None:
    receipts = filled(root)
    other, reading = Journal(str(root)), Journal(str(root))
    rows = list(other.rows())
    assert other.recall("quokka").total == 2
    held = reading.catalog._file.reader()  # in the middle of an answer
    held.execute("BEGIN")
    before = held.execute("SELECT count(*) FROM entry").fetchone()
    for receipt in receipts:
        purge(root, receipt)
    with changed(sqlite3, connect=_impatient):
        Journal(str(root)).strike()
    assert traces(root) == []
    assert held.execute("SELECT count(*) FROM entry").fetchone() == before
    assert other.recall("quokka").total == 0
    assert canaries(iter(piece.raw for _, piece in other.read(rows))) == set()
    assert canaries(everything(other, ALSO)) == set()
    held.close()
    assert differences(root, other) == []


_connect = sqlite3.connect


def _impatient(*args: object, **options: object) -> sqlite3.Connection:
    return _connect(*args, **options | {"timeout": 0.1})  # type: ignore[call-overload, no-any-return]


def test_what_only_memory_had_is_not_written_after(root: Path, journal: Journal) -> None:
    filled(root)
    file = write(root, "2026-11-19.md", HAND + "## 11:00 A last thylacine\n\nIt is gone.\n")
    assert journal.recall("thylacine").engine == "whoosh+scan"
    file.write_text(HAND)
    assert journal.recall("thylacine").total == 0
    journal._engine.index.catch_up()  # type: ignore[attr-defined]
    segments = list((root / FOLDER).glob("*.seg"))
    assert len(segments) == 2
    assert not [file for file in segments if b"thylac" in file.read_bytes()]


@pytest.mark.parametrize("what", ["no cache", "no catalog", "no index", "nothing but leftovers"])
def test_where_there_is_none(root: Path, journal: Journal, what: str) -> None:
    for receipt in filled(root):
        purge(root, receipt)
    cache = root / ".journal/cache"
    if what == "no cache":
        shutil.rmtree(cache)
    if what == "no catalog":
        for file in cache.glob("catalog.*"):
            file.unlink()
    if what == "no index":
        shutil.rmtree(root / FOLDER)
    if what == "nothing but leftovers":
        (root / FOLDER / "manifest.json").unlink()
        (root / FOLDER / "manifest.json.tmp").write_bytes(b"quokka")
        (cache / "catalog.mark").unlink()
        (cache / "catalog.db-journal").write_bytes(b"quokka")
    journal.strike()
    assert traces(root) == []
    assert (root / FOLDER).exists() is (what not in ("no cache", "no index"))
    assert canaries(everything(journal, ALSO)) == set()
    assert differences(root, journal) == []


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "name", ["catalog.db", "catalog.mark", "catalog.lock", "index/manifest.json", "index/*.seg"]
)
def test_where_it_is_broken(root: Path, journal: Journal, name: str, damage: str) -> None:
    for receipt in filled(root):
        purge(root, receipt)
    journal.close()
    (file,) = (root / ".journal/cache").glob(name)
    DAMAGES[damage](file)
    if damage == "link":
        file.with_name("target").unlink()  # nobody's: a test can't tell that it is ours
    journal.strike()
    assert traces(root) == []
    assert canaries(everything(journal, ALSO)) == set()
    assert differences(root, journal) == []


def test_it_says_so_where_it_cannot(root: Path, journal: Journal) -> None:
    for receipt in filled(root):
        purge(root, receipt)
    folder = root / FOLDER
    folder.chmod(0o777)
    with pytest.raises(EngineError, match="may still hold") as caught:
        journal.strike()
    assert FOLDER in caught.value.hint
    folder.chmod(0o700)
    with changed(index, LOCK_SECONDS=0.05):
        other = Journal(str(root))
        other.recall("x")
        with other._engine.index._depot.locked(1.0) as held:  # type: ignore[attr-defined]
            assert held
            with pytest.raises(Conflict):
                journal.strike()
    journal.strike()
    assert traces(root) == []


def test_a_portion_of_a_rebuild_is_struck_too(root: Path, journal: Journal) -> None:
    receipts = filled(root)
    for receipt in receipts:
        purge(root, receipt)
    with changed(update, _PORTION=3):
        journal.strike()
    assert (traces(root), differences(root, journal)) == ([], [])


# Killed


def struck(root: Path, *before: str) -> int:
    words = [*before, sys.executable, "-c", STRIKER, str(root)]
    return subprocess.run(words, capture_output=True, check=False, timeout=120).returncode


def calls(root: Path, log: Path) -> list[tuple[str, int]]:
    """Each system call of a strike on the cache: its name, and which of that name it is."""
    assert struck(root, "strace", "-f", "-qq", "-y", "-o", str(log)) == 0
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := faults._CALL.match(line):
            counted[match[1]] += 1
            if "/.journal/cache" in match[2]:
                found.append((match[1], counted[match[1]]))
    return [call for call in found if call[0] != "execve"]


def kills(base: Path, step: int) -> Iterator[str]:
    """What is wrong after a kill at each `step`th call, and after the next strike."""
    root = workspace(base / "book")
    receipts = filled(root)
    full = base / "full"
    shutil.copytree(root, full)
    for receipt in receipts:
        purge(root, receipt)
    kept = base / "kept"
    shutil.copytree(root, kept)
    log = base / "log"

    def again() -> None:
        """The cache knows the old texts, the files no longer have them."""
        shutil.rmtree(root / ".journal/cache")
        for tree in (full, kept):
            for name in ("journal", ".journal/state"):
                shutil.copytree(tree / name, root / name, dirs_exist_ok=True)
            if tree is full:
                Journal(str(root)).recall("quokka")

    again()
    found = calls(root, log)
    assert {"pwrite64", "write", "openat", "unlinkat", "ftruncate"} <= {name for name, _ in found}
    killed = 0
    for call in found[step // 2 :: step]:
        again()
        assert traces(root)
        killed += struck(root, "strace", "-f", "-qq", *faults.inject(log, call, "signal=KILL")) != 0
        yield from (f"killed at {call}: {wrong}" for wrong in differences(root, Journal(str(root))))
        journal = Journal(str(root))
        journal.strike()
        yield from (f"killed at {call}: {trace}" for trace in traces(root))
        if journal.recall("many").total != 120 or canaries(everything(journal, ALSO)):
            yield f"killed at {call}: other answers"
    if killed * 4 < len(found[step // 2 :: step]) * 3:
        yield f"only {killed} of {len(found[step // 2 :: step])} were killed"


@pytest.fixture
def traced() -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)


@pytest.mark.usefixtures("traced")
def test_killed_at_some_calls(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 61)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
def test_killed_at_every_call(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 1)) == []
