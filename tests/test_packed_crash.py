"""What a pack brought under kill -9 at each system call: all of it in its place, or nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import faults
import pytest
from packings import folders, pack, stage
from strikes import unsound
from test_strike_crash import CHANGING, traced  # noqa: F401 - a fixture

from journal.api import Journal
from journal.entry import Draft
from journal.notebook import Notebook
from journal.selection import Selection
from journal.workspace import init

PROGRAM = """
import os, sys, json
from journal import packed
from journal.entry import Draft
from journal.notebook import Notebook
root, staged, name, fields = sys.argv[1:]
draft = Draft(body="Imported.", kind="event", fields=json.loads(fields))
packed.place(Notebook.open(root), staged, name, draft)
os._exit(0)
"""
BODIES = {"One.", "Two."}


def book(root: Path, made: tuple[bytes, dict[str, bytes]]) -> list[str]:
    """A workspace with an entry, and a pack made ready for it."""
    shutil.rmtree(root, ignore_errors=True)
    init(str(root))
    Notebook.open(str(root)).append(Draft(body="Here."))
    staged, name, draft = stage(root, *made)
    fields = "{" + ", ".join(f'"{key}": "{value}"' for key, value in draft.fields.items()) + "}"
    return [str(root), staged, name, fields]


def run(words: list[str], *before: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*before, sys.executable, "-c", PROGRAM, *words], capture_output=True, check=False,
        timeout=120,
    )  # fmt: skip


def calls(root: Path, log: Path, made: tuple[bytes, dict[str, bytes]]) -> list[tuple[str, int]]:
    """Each system call that changes the workspace: its name, and which of that name it is."""
    words = book(root, made)
    done = run(words, "strace", "-f", "-qq", "-y", "-o", str(log))
    assert (done.returncode, done.stderr) == (0, b"")
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := faults._CALL.match(line):
            counted[match[1]] += 1
            makes = match[1] != "openat" or "O_CREAT" in match[2]
            if str(root) in match[2] and makes and CHANGING.fullmatch(match[1]):
                found.append((match[1], counted[match[1]]))
    return found


def kills(base: Path, step: int) -> Iterator[str]:
    """What is wrong after a kill at each `step`th call, and one further append."""
    source, root, log = base / "there", base / "here", base / "log"
    init(str(source))
    for body in sorted(BODIES):
        Notebook.open(str(source)).append(Draft(body=body))
    made = pack(source)
    found = calls(root, log, made)
    outcomes = set()
    for call in found[::step]:
        words = book(root, made)
        if (
            run(words, "strace", "-f", "-qq", *faults.inject(log, call, "signal=KILL")).returncode
            == 0
        ):
            yield f"not killed at {call}"
        before = bool(folders(root))
        yield from (f"killed at {call}, before another: {one}" for one in unsound(root))
        if bool(folders(root)) != before:
            yield f"killed at {call}: a reader moved it"
        Notebook.open(str(root)).append(Draft(body="Next."))
        with Journal(str(root)) as journal:
            there = {entry.body.strip() for entry in journal.entries()} & BODIES
            told = len(list(journal.rows(Selection(kind="event"))))
        outcomes.add(told)
        if there not in (set(), BODIES) or told != bool(there) or len(folders(root)) != told:
            yield f"killed at {call}: {there}, told {told} times, {folders(root)}"
        if (root / ".journal/state/placing").exists():
            yield f"killed at {call}: it is still pending"
        yield from (f"killed at {call}: {one}" for one in unsound(root))
    if outcomes != {0, 1}:
        yield f"only {outcomes}"


@pytest.mark.usefixtures("traced")
def test_killed_at_some_calls(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 4)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
def test_killed_at_every_call(tmp_path: Path) -> None:
    assert list(kills(tmp_path, 1)) == []
