"""Nothing acknowledged is lost: killed at any call, failing at any call, raced, without power.

Small here; `-m soak` or bench/soak_crash.py for all of it.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import faults
import pytest
import storms
from faults import FAIL, PROGRAM, SCENES, Book

from journal.notebook import Notebook

KILL = {"signal=KILL": ".*"}


@pytest.fixture
def traced() -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)


@pytest.fixture
def powered() -> None:
    if why := storms.why_no_power_cuts():
        pytest.skip(why)


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("scene", SCENES)
def test_killed_at_some_calls(tmp_path: Path, scene: str) -> None:
    assert list(faults.sweep(tmp_path, SCENES[scene], KILL, step=9)) == []


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("scene", SCENES)
def test_failing_at_some_calls(tmp_path: Path, scene: str) -> None:
    assert list(faults.sweep(tmp_path, SCENES[scene], FAIL, step=23)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("scene", SCENES)
def test_killed_at_every_call(tmp_path: Path, scene: str) -> None:
    assert list(faults.sweep(tmp_path, SCENES[scene], KILL)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("scene", SCENES)
def test_failing_at_every_call(tmp_path: Path, scene: str) -> None:
    assert list(faults.sweep(tmp_path, SCENES[scene], FAIL)) == []


def failing(book: Book, log: Path, name: str, error: str, which: int) -> faults.Outcome:
    """An append whose `which`th call of that name on the book fails."""
    found = [call for call in faults.calls(book, log) if call[0] == name]
    return book.append(strace=faults.inject(log, found[which], f"error={error}"))


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(
    ("name", "error", "kind"),
    [
        ("write", "ENOSPC", "disk-full"),
        ("write", "EDQUOT", "disk-full"),
        ("write", "EIO", "not-durable"),
        ("fdatasync", "ENOSPC", "disk-full"),
        ("fdatasync", "EIO", "not-durable"),
        ("flock", "EIO", "no-lock"),
    ],
)
def test_what_can_not_be_kept_is_not_acknowledged(
    tmp_path: Path, name: str, error: str, kind: str
) -> None:
    if sys.platform != "linux":
        pytest.skip("strace is Linux's")
    book = Book.new(tmp_path / "book")
    book.go_on()
    done = failing(book, tmp_path / "log", name, error, 0)
    assert (done.code, done.ids) == (10, [])
    assert f"journal: {kind}: " in done.stderr
    assert book.audit() == []


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_a_day_file_that_fails_is_told_after_the_acknowledgement(
    tmp_path: Path, error: str
) -> None:
    book = Book.new(tmp_path / "book")
    book.go_on()
    done = failing(book, tmp_path / "log", "write", error, 1)
    assert (done.code, len(done.ids)) == (0, 1)
    assert "safe in the spool" in done.stderr
    assert "Traceback" not in done.stderr
    again = book.append()
    assert f"wrote 1 entry ({done.ids[0]})" in again.stderr
    assert book.audit() == []


@pytest.mark.usefixtures("traced")
def test_a_cache_that_can_not_be_kept_is_no_ones_business(tmp_path: Path) -> None:
    book = Book.new(tmp_path / "book")
    book.go_on()
    done = failing(book, tmp_path / "log", "write", "ENOSPC", 2)
    assert (done.code, done.stderr, len(done.ids)) == (0, "", 1)
    book.go_on()
    assert book.audit() == []


@pytest.mark.parametrize("room", [1, 100, 300, 400, 500])
def test_a_file_size_limit_in_the_middle_of_a_write(tmp_path: Path, room: int) -> None:
    """A real short write: the kernel takes what fits, then EFBIG."""
    book = Book.new(tmp_path / "book")
    book.go_on()
    spool = next((book.root / ".journal/state/spool").iterdir())
    body = book.bodies(1)[0]
    limit = spool.stat().st_size + room

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "pass",
         str(book.root), body],
        preexec_fn=limited, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (10, "")
    assert "disk-full" in done.stderr
    assert spool.stat().st_size == limit - room
    assert book.audit() == []
    book.go_on()
    assert book.audit() == []


def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    at = tmp_path / "small"
    at.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(at)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        book = Book.new(at / "book")
        codes = [book.append().code for _ in range(45)]
        assert set(codes) == {0, 10}
        assert codes == sorted(codes)
        (at / "book/.prettierignore").unlink()
        kept = {v.id: v.state for v in Notebook.open(str(book.root)).verify()}
        assert set(kept) == set(book.promised)
        assert set(kept.values()) <= {"intact", "spooled", "torn"}
        subprocess.run(["mount", "-o", "remount,size=1m", str(at)], check=True)
        book.go_on()
        assert book.audit() == []
    finally:
        subprocess.run(["umount", str(at)], check=True)


def test_killed_at_random(tmp_path: Path) -> None:
    tally = storms.kills(tmp_path, 9)
    assert tally.wrong == []
    assert tally.hits == 9
    assert tally.acknowledged >= 9


def test_raced_by_editors(tmp_path: Path) -> None:
    tally = storms.race(tmp_path, 4, 60, pause=0.05)
    assert tally.wrong == []
    assert tally.hits
    assert (tally.acknowledged, tally.lost) == (240, 0)


@pytest.mark.usefixtures("powered")
def test_without_power(tmp_path: Path) -> None:
    tally = storms.power_cuts(tmp_path, 4)
    assert tally.wrong == []
    assert tally.hits == 4
    assert tally.acknowledged


@pytest.mark.usefixtures("powered")
def test_without_power_and_without_flushing_it_loses(tmp_path: Path) -> None:
    tally = storms.power_cuts(tmp_path, 2, storms.UNSAFE)
    assert tally.lost > 0


@pytest.mark.soak
def test_killed_at_random_often(tmp_path: Path) -> None:
    assert storms.kills(tmp_path, 200).wrong == []


@pytest.mark.soak
def test_raced_by_editors_at_length(tmp_path: Path) -> None:
    tally = storms.race(tmp_path, 8, 500)
    assert (tally.wrong, tally.lost, tally.acknowledged) == ([], 0, 4000)


@pytest.mark.soak
@pytest.mark.usefixtures("powered")
def test_without_power_often(tmp_path: Path) -> None:
    tally = storms.power_cuts(tmp_path, 300)
    assert (tally.wrong, tally.lost) == ([], 0)


def test_a_killed_trim_leaves_nothing_behind(tmp_path: Path) -> None:
    book = Book.new(tmp_path / "book")
    book.append(3)
    spool = book.root / ".journal/state/spool"
    left = spool / f".{next(spool.iterdir()).name}.4711.new"
    left.write_bytes(b"half")
    assert book.append(3, faults.TRIMMING).code == 0
    assert not left.exists()
    assert book.audit() == []
    shutil.rmtree(book.root)
