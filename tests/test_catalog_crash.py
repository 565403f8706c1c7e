"""The catalog is killed at any call, made by several at once, read while many write."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import catalogs
import faults
import pytest
import storms
from catalogs import HAND, differences, workspace, write

from journal.api import Journal
from journal.catalog.catalog import Catalog
from journal.entry import Draft
from journal.notebook import Notebook

# Brings the catalog up to date, or makes it anew, in small portions; prints the ids it then has.
READER = """
import os, sys
from journal.catalog import update
from journal.api import Journal
update._PORTION = 3
journal = Journal(sys.argv[1])
if sys.argv[2] == "reindex":
    journal.catalog.reindex()
ids = sorted(f"{row.id} {row.file}:{row.line}" for row in journal.rows())
bodies = sum(1 for _ in journal.entries())
assert not journal.catalog.trouble, journal.catalog.trouble
os.write(1, "\\n".join([str(bodies), *ids]).encode())
os._exit(0)
"""
DAYS = [f"2026-11-{day:02}.md" for day in range(10, 18)]


@pytest.fixture
def traced() -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)


def book(root: Path) -> Path:
    """A workspace of many days, some entries sealed, some waiting in the spool."""
    workspace(root)
    notebook = Notebook.open(str(root))
    notebook.append_many([Draft(body=f"Sealed {n}", at=f"2026-11-2{n}T10:00") for n in range(5)])
    for name in DAYS:
        write(root, name, HAND * 2)
    (root / "journal/main/2026/2026-11-24.md").unlink()
    return root


def start(root: Path, how: str, *before: str) -> subprocess.Popen[str]:
    """A process that catches up or rebuilds."""
    words = [*before, sys.executable, "-c", READER, str(root), how]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> str:
    """What it printed; it must not complain."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    return out


def touched(root: Path, number: int) -> None:
    """Something to catch up with: a new file, a longer one, one that is gone."""
    write(root, "2026-11-09.md", HAND * (number % 7 + 1))
    write(root, DAYS[number % 8], HAND * (number % 3 + 1))
    (root / "journal/main/2026" / DAYS[(number + 3) % 8]).unlink(missing_ok=True)


def traced_calls(root: Path, log: Path, how: str) -> list[tuple[str, int]]:
    """Each system call on the workspace: its name, and which of that name it is."""
    answer(start(root, how, "strace", "-f", "-qq", "-y", "-o", str(log)))
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := faults._CALL.match(line):
            counted[match[1]] += 1
            if str(root) in match[2]:
                found.append((match[1], counted[match[1]]))
    return [call for call in found if call[0] != "execve"]


def kills(base: Path, how: str, step: int) -> Iterator[str]:
    """What is wrong after a kill at each `step`th call."""
    root = book(base / "book")
    log = base / "log"
    touched(root, 0)
    answer(start(root, "catch up"))
    touched(root, 1)
    found = traced_calls(root, log, how)
    assert {"pwrite64", "openat", "unlink"} <= {name for name, _ in found}
    killed = 0
    for number, call in enumerate(found[::step], 2):
        touched(root, number)
        process = start(root, how, "strace", "-f", "-qq", *faults.inject(log, call, "signal=KILL"))
        process.communicate(timeout=120)
        killed += process.returncode != 0
        journal = Journal(str(root))
        yield from (f"{how} killed at {call}: {wrong}" for wrong in differences(root, journal))
        if journal.catalog.trouble:
            yield f"{how} killed at {call}: {journal.catalog.trouble}"
    if killed * 4 < len(found[::step]) * 3:
        yield f"only {killed} of {len(found[::step])} were killed"


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("how", ["catch up", "reindex"])
def test_killed_at_some_calls(tmp_path: Path, how: str) -> None:
    assert list(kills(tmp_path, how, 47)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("how", ["catch up", "reindex"])
def test_killed_at_every_call(tmp_path: Path, how: str) -> None:
    assert list(kills(tmp_path, how, 1)) == []


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    ("name", "error"),
    [("pwrite64", "ENOSPC"), ("write", "EIO"), ("ftruncate", "EIO"), ("unlink", "EIO"),
     ("openat", "EACCES"), ("pread64", "EIO")],
)  # fmt: skip
def test_a_failing_disk_is_no_wrong_answer(tmp_path: Path, name: str, error: str) -> None:
    root = book(tmp_path / "book")
    right = answer(start(root, "catch up"))
    found = traced_calls(root, tmp_path / "log", "reindex")
    of_name = [call for call in found if call[0] == name]
    for call in of_name[:: max(1, len(of_name) // 2)]:
        log = tmp_path / "log"
        traced = faults.inject(log, call, f"error={error}")
        out, err = start(root, "reindex", "strace", "-f", "-qq", *traced).communicate(timeout=60)
        hit = [x for x in log.read_text(errors="replace").splitlines() if "(INJECTED)" in x]
        if hit and "/cache/catalog" in hit[0]:  # what can't be read elsewhere is another answer
            assert out == right or "AssertionError" in err, (call, hit, err)
            assert answer(start(root, "catch up")) == right


def test_an_interruption_keeps_what_is_done(tmp_path: Path) -> None:
    root = book(tmp_path / "book")

    def interrupt(done: int, total: int) -> None:
        if done * 2 > total:
            raise KeyboardInterrupt

    with catalogs.small():
        catalog = Catalog(str(root), interrupt)
        with pytest.raises(KeyboardInterrupt):
            catalog.catch_up()
    catalog = Catalog(str(root))
    database = catalog._file.reader()
    kept = {path for (path,) in database.execute("SELECT path FROM file")}
    first = database.execute("SELECT max(number) FROM entry").fetchone()[0]
    assert (len(kept) > 3, first > 3) == (True, True)
    database.close()
    journal = Journal(str(root))
    assert differences(root, journal) == []
    by_then = {row.file for row in journal.rows() if row.number <= first}
    assert by_then == kept


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle(tmp_path: Path, signal_number: int) -> None:
    root = book(tmp_path / "book")
    for number in range(300):
        write(root, f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}.md", HAND * 20)
    process = start(root, "reindex")
    while not (root / ".journal/cache/catalog.db").exists():
        time.sleep(0.005)
    process.send_signal(signal_number)
    process.communicate(timeout=60)
    assert differences(root, Journal(str(root))) == []


@pytest.mark.parametrize("hows", [["catch up"] * 2, ["reindex"] * 2, ["catch up", "reindex"] * 2])
def test_several_at_once(tmp_path: Path, hows: list[str]) -> None:
    root = book(tmp_path / "book")
    for number in range(4):
        if number == 2:
            shutil.rmtree(root / ".journal/cache")
        touched(root, number)
        answers = {answer(one) for one in [start(root, how) for how in hows]}
        assert len(answers) == 1
        assert differences(root, Journal(str(root))) == []


def command(root: Path, *words: str) -> subprocess.Popen[bytes]:
    """The command line under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "journal", "--workspace", str(root), *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parent.parent,
    )  # fmt: skip


def read_while_written(base: Path, writers: int, count: int) -> int:
    """Readers beside writers: no error, and nothing missing that was acknowledged before."""
    root = workspace(base / "book")
    Notebook.open(str(root)).append(Draft(body="The first."))
    processes = [storms.start(root, f"w{n}", count) for n in range(writers)]
    for process in processes:
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
    heard: set[str] = set()
    journal, rounds = Journal(str(root)), 0
    texts = dict.fromkeys(processes, b"")

    def listen() -> set[str]:
        for process in processes:
            assert process.stdout
            texts[process] += process.stdout.read() or b""
        lines = [line for text in texts.values() for line in text.split(b"\n")[:-1]]
        heard.update(line.split()[0].decode() for line in lines)
        return set(heard)

    busy = True
    while busy:
        busy = any(process.poll() is None for process in processes)
        before = listen()
        reader = command(root, "list", "--json")
        assert not before - {row.id for row in journal.rows()}
        found = {entry.id: entry.body for entry in journal.entries()}
        assert not before - found.keys()
        for entry_id in list(before)[-3:]:
            assert journal.find(entry_id).id == entry_id
        out, err = reader.communicate(timeout=60)
        assert (reader.returncode, err) == (0, b"")
        assert not before - {entry["id"] for entry in json.loads(out)["entries"]}
        for words in ("show", max(before, default="0")), ("recall", "w0", "--json"):
            one = command(root, *words)
            out, err = one.communicate(timeout=60)
            assert (words, err, one.returncode) == (words, b"", 0) or not before
        assert json.loads(out)["total"] >= sum(found[i].startswith("w0 ") for i in before)
        rounds += 1
    assert {process.returncode for process in processes} == {0}
    assert len(heard) == writers * count
    assert differences(root, Journal(str(root))) == []
    return rounds


def test_reading_while_others_write(tmp_path: Path) -> None:
    assert read_while_written(tmp_path, 8, 25) > 1


@pytest.mark.soak
def test_reading_while_others_write_at_length(tmp_path: Path) -> None:
    assert read_while_written(tmp_path, 8, 1000) > 5
