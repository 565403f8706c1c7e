"""An import under kill -9 at each system call: all of it or nothing, and it can be done again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import exchanges
import faults
import pytest
from exchanges import api_draft, bodies, pack_of, unsound, workspace

from journal import api, packed
from journal.notebook import Notebook
from journal.packing import quarantine
from journal.packing.bringing import bring
from journal.selection import Selection

PROGRAM = """
import os, sys
from journal import api
from journal.errors import JournalError
from journal.packing.bringing import bring
try:
    with api.open(sys.argv[1]) as journal:
        brought = bring(journal, sys.argv[2])
except OSError as error:  # as the command line takes it
    os.write(2, f"journal: system: {error.strerror}\\n".encode())
    os._exit(10)
except JournalError as error:
    os.write(2, f"journal: {error.kind}: {error.message}\\n".encode())
    os._exit(error.code)
os.write(1, f"{brought.new}\\n".encode())
os._exit(0)
"""
# Between two of these nothing on the disk changes: a kill at another call is one at the next.
CHANGING = re.compile(r"p?write.*|rename.*|link.*|unlink.*|ftruncate|mkdir.*|rmdir|fchmod.*|openat")
PAGES = "pwrite64"  # SQLite's: the catalog's own tests kill there
FAILS = {
    "error=EIO": "write|openat|mkdirat|fsync|fdatasync|rename.*",
    "error=ENOSPC": "write|openat|mkdirat|fsync|fdatasync|rename.*",
}
OURS = ["Ours, one.", "Ours, two."]
THEIRS = ["First.", "Second.", "Third.", "With a file."]
WORD = "Zwergfledermaus-4711"  # which only the importing workspace knows to be secret


@pytest.fixture
def traced() -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)


def team(base: Path) -> Path:
    """A pack with entries of two days, an attached file, and secrets here and there."""
    with workspace(base / "team") as theirs:
        theirs.append(api_draft(THEIRS[0], at="2026-11-01T10:00"))
        theirs.append(api_draft(THEIRS[1], title=f"The word is {WORD}"))
        theirs.append(api_draft(THEIRS[2]))
        record = theirs.notebook.attach(f"attached: {WORD}".encode(), name="a.txt").record()
        theirs.append(api_draft(THEIRS[3], fields={"attachments": [record]}))
        return pack_of(theirs, base / "team.zip")


def book(root: Path) -> None:
    """A workspace of two entries, its catalog made."""
    shutil.rmtree(root, ignore_errors=True)
    with workspace(root, *OURS) as journal:
        list(journal.rows())
    (root / ".env").write_text(f"WORD_OF_THE_DAY_TOKEN={WORD}\n")


def leaks(root: Path) -> list[str]:
    """Where the secret is below the workspace."""
    files = [path for path in root.rglob("*") if path.is_file() and path.name != ".env"]
    return [str(path) for path in files if WORD.encode() in path.read_bytes()]


def start(root: Path, pack: Path, *before: str) -> subprocess.CompletedProcess[bytes]:
    words = [*before, sys.executable, "-c", PROGRAM, str(root), str(pack)]
    return subprocess.run(words, capture_output=True, timeout=120, check=False)


def calls(root: Path, pack: Path, log: Path, every: bool = False) -> list[tuple[str, int]]:
    """Each call that changes the workspace (or touches it): name, and which of that name it is."""
    book(root)
    start(root, pack)  # so that what Python compiles is compiled
    book(root)
    done = start(root, pack, "strace", "-f", "-qq", "-y", "-o", str(log))
    assert (done.stdout, done.stderr) == (b"4\n", b"")
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := faults._CALL.match(line):
            counted[match[1]] += 1
            makes = match[1] != "openat" or "O_CREAT" in match[2]
            if str(root) in match[2] and (every or (makes and CHANGING.fullmatch(match[1]))):
                found.append((match[1], counted[match[1]]))
    return [call for call in found if call[0] != PAGES]


def kills(base: Path, step: int) -> Iterator[str]:
    """What is wrong after a kill at each `step`th call."""
    root, log, pack = base / "book", base / "log", team(base)
    found = calls(root, pack, log)
    assert {"write", "mkdirat", "unlinkat"} <= {name for name, _ in found}
    assert any(name.startswith("rename") for name, _ in found)
    chosen, killed, outcomes = found[step // 2 :: step], 0, set()
    for call in chosen:
        book(root)
        done = start(root, pack, "strace", "-f", "-qq", *faults.inject(log, call, "signal=KILL"))
        killed += done.returncode != 0
        state, wrong = afterwards(root, pack)
        outcomes.add(state)
        yield from (f"killed at {call}, {state}: {one}" for one in wrong)
    if killed * 2 < len(chosen):
        yield f"only {killed} of {len(chosen)} were killed"
    if {"nothing", "all"} - outcomes:
        yield f"never {outcomes}"


def state_of(root: Path) -> str:
    """Whether nothing or all of the pack is there to be read."""
    with api.open(str(root)) as journal:
        found = set(bodies(journal))
    if not set(OURS) <= found:
        return "lost"
    there = found & set(THEIRS)
    return "all" if len(there) == len(THEIRS) else "half" if there else "nothing"


def records(root: Path) -> int:
    with api.open(str(root)) as journal:
        return sum(row.fields.get("event") == packed.IMPORTED for row in journal.rows())


def afterwards(root: Path, pack: Path) -> tuple[str, list[str]]:
    """How a killed import left the workspace, and what is wrong with it then and later."""
    wrong = [f"the secret is in {path}" for path in leaks(root)]
    read = state_of(root)
    if read not in ("all", "nothing"):
        wrong.append(f"{read} of it is read at once")
    if found := unsound(api.open(str(root))):
        wrong.append(f"before the next append: {found}")
    Notebook.open(str(root)).append(api_draft("It goes on."))
    state = state_of(root)
    if state not in ("all", "nothing") or (read == "all" and state != "all"):
        wrong.append(f"{read}, then {state}")
    if records(root) != (state == "all"):
        wrong.append(f"{state}, and {records(root)} entries tell of it")
    with api.open(str(root)) as journal:
        wrong += unsound(journal)
        brought = bring(journal, str(pack))
        if brought.new != (0 if state == "all" else 4):
            wrong.append(f"{state}, and then {brought.new} were new")
        wrong += unsound(journal)
    if state_of(root) != "all" or records(root) != 1 or len(packed.folders(str(root))) != 1:
        wrong.append(f"done again: {state_of(root)}, {packed.folders(str(root))}")
    wrong += [f"and then the secret is in {path}" for path in leaks(root)]
    with api.open(str(root)) as journal:
        if len(told := list(journal.rows(Selection(kind="redact")))) != 2:
            wrong.append(f"{len(told)} entries tell of what was masked")
    if left := os.listdir(root / quarantine.INCOMING):
        wrong.append(f"left in quarantine: {left}")
    return state, wrong


@pytest.mark.usefixtures("traced")
def test_killed_at_some_calls(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 13)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
def test_killed_at_every_call(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 1)) == []


def failures(base: Path, step: int) -> Iterator[str]:
    """What is wrong after each `step`th call has failed: an error in words, and all or nothing."""
    root, log, pack = base / "book", base / "log", team(base)
    found = calls(root, pack, log, every=True)
    chosen = [(c, w) for w, names in FAILS.items() for c in found if re.fullmatch(names, c[0])]
    for call, what in chosen[step // 2 :: step]:
        book(root)
        done = start(root, pack, "strace", "-f", "-qq", *faults.inject(log, call, what))
        said = done.stderr.decode(errors="replace")
        if "Traceback" in said or done.returncode not in (0, 3, 5, 7, 10):
            yield f"{what} at {call}: exit {done.returncode}: {said}"
        state, wrong = afterwards(root, pack)
        if done.returncode == 0 and state != "all":
            yield f"{what} at {call}: it said that all came, and there is {state}"
        yield from (f"{what} at {call}, {state}: {one}" for one in wrong)


@pytest.mark.usefixtures("traced")
def test_failing_at_some_calls(tmp_path: Path) -> None:
    assert list(failures(tmp_path, 53)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
def test_failing_at_every_call(tmp_path: Path) -> None:
    assert list(failures(tmp_path, 1)) == []


def test_the_pack_is_whole(tmp_path: Path) -> None:
    book(tmp_path / "book")
    pack = team(tmp_path)
    with api.open(str(tmp_path / "book")) as journal:
        assert bring(journal, str(pack)).new == len(THEIRS)
        assert exchanges.code(journal) == 0
    assert state_of(tmp_path / "book") == "all"
