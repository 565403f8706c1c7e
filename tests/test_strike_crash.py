"""Purge and redact under kill -9 at each system call: the old state or the new, never between."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import faults
import pytest
import strikes
from strikes import CANARY, SECRET, holding, unsound

from journal import api, strike
from journal.api import Journal
from journal.entry import Draft
from journal.notebook import Notebook
from journal.selection import Selection

PROGRAM = """
import os, sys
from journal import api, forgetting, redacting
with api.open(sys.argv[2]) as journal:
    if sys.argv[1] == "purge":
        forgetting.purge(journal, sys.argv[3:], "why")
    else:
        redacting.apply(journal, sys.argv[3:])
os._exit(0)
"""
# Between two of these nothing on the disk changes: a kill at another call is one at the next.
CHANGING = re.compile(r"p?write.*|rename.*|link.*|unlink.*|ftruncate|mkdir.*|rmdir|fchmod.*|openat")
PAGES = "pwrite64"  # SQLite's
MARKS = {"purge": CANARY, "redact": SECRET}
KEPT = ("First body.", "Third body.", "Of another day.")


@pytest.fixture
def traced() -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)


def book(root: Path, how: str) -> list[str]:
    """A workspace with an entry to be struck, in spool, file, catalog, index and set aside."""
    shutil.rmtree(root, ignore_errors=True)
    journal, _ = strikes.book(root, KEPT[0])
    journal.append(Draft(body=KEPT[2], at="2026-11-02T10:00"))
    text = f"{MARKS[how]} is in the text"
    fields = {}
    if how == "purge":
        fields = {"attachments": [journal.notebook.attach(CANARY.encode(), name="a").record()]}
    target = journal.notebook.append_sealings([strikes.unmasked(text, fields)])[0]
    journal.append(Draft(body=KEPT[1]))
    aside = root / ".journal/state/set-aside"
    aside.mkdir()
    shutil.copy(root / target.file, aside / f"20261121T101010-{Path(target.file).name}")
    assert journal.recall("text").hits
    journal.close()
    return [how, str(root), target.id]


def start(words: list[str], *before: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", PROGRAM, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def calls(root: Path, log: Path, how: str) -> list[tuple[str, int]]:
    """Each system call that changes the workspace: its name, and which of that name it is."""
    start(book(root, how)).communicate(timeout=120)
    process = start(book(root, how), "strace", "-f", "-qq", "-y", "-o", str(log))
    assert process.communicate(timeout=120)[1] == b""
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        if match := faults._CALL.match(line):
            counted[match[1]] += 1
            makes = match[1] != "openat" or "O_CREAT" in match[2]
            if str(root) in match[2] and makes and CHANGING.fullmatch(match[1]):
                found.append((match[1], counted[match[1]]))
    return found


def kills(base: Path, how: str, then: str, step: int) -> Iterator[str]:
    """What is wrong after a kill at each `step`th call, and one further append."""
    root, log = base / "book", base / "log"
    found = calls(root, log, how)
    if step > 1:
        found = [call for call in found if call[0] != PAGES] + [("pwrite64", 20)]
    assert {"write", "linkat", "unlinkat", "renameat"} <= {name for name, _ in found}
    killed, outcomes = 0, set()
    for call in found[step // 2 :: step]:
        words = book(root, how)
        process = start(words, "strace", "-f", "-qq", *faults.inject(log, call, "signal=KILL"))
        process.communicate(timeout=120)
        killed += process.returncode != 0
        pending = strike.is_pending(str(root))
        wrong = list(afterwards(root, how, then))
        outcomes.add("new" if not holding(root, MARKS[how]) else "old")
        yield from (f"{how} killed at {call} (pending: {pending}), {then}: {one}" for one in wrong)
    if killed * 2 < len(found[step // 2 :: step]):
        yield f"only {killed} of {len(found[step // 2 :: step])} were killed"
    if outcomes != {"old", "new"}:
        yield f"never {({'old', 'new'} - outcomes).pop()}"


def while_pending(root: Path, how: str) -> Iterator[str]:
    """What is wrong with what a reader shows who comes before anybody who writes."""
    was = strike.is_pending(str(root))
    with api.open(str(root)) as journal:
        entries = list(journal.entries(Selection(forgotten="also")))
    if strike.is_pending(str(root)) != was:
        yield "a reader finished it"
    told = any(entry.kind in ("forget", "redact") for entry in entries)
    shown = any(MARKS[how] in entry.body for entry in entries)
    if told and shown and how == "purge":
        yield "it is told of, and shown"
    yield from (f"unread {body}" for body in KEPT if body not in {entry.body for entry in entries})


def afterwards(root: Path, how: str, then: str) -> Iterator[str]:
    """What is wrong after one further append, maybe with a reader before it."""
    if then == "list":
        yield from while_pending(root, how)
    Notebook.open(str(root)).append(Draft(body="next"))
    held = holding(root, MARKS[how])
    if strike.is_pending(str(root)):
        yield "it is still pending"
    with Journal(str(root)) as journal:
        entries = list(journal.entries())
        texts = [entry for entry in entries if MARKS[how] in entry.body]
        kinds = Counter(entry.kind for entry in entries)
    if bool(texts) != bool(held):
        yield f"half done: {held}"
    said = kinds["forget"] + kinds["redact"]
    if said != (0 if texts else 1):
        yield f"{said} entries tell of it"
    if texts and not any(path.startswith("journal/main/2026") for path in held):
        yield "the text is only in derived files"
    yield from (f"lost {body}" for body in KEPT if body not in {entry.body for entry in entries})
    yield from unsound(root)
    left = [path for path in root.rglob("*") if path.name.endswith(".new")]
    if left and not texts:
        yield f"left behind: {left}"


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize(("how", "then"), [("purge", "list"), ("redact", "append")])
def test_killed_at_some_calls(tmp_path: Path, how: str, then: str) -> None:
    assert list(kills(tmp_path, how, then, 11)) == []


@pytest.mark.soak
@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("then", ["append", "list"])
@pytest.mark.parametrize("how", ["purge", "redact"])
def test_killed_at_every_call(tmp_path: Path, how: str, then: str) -> None:
    assert list(kills(tmp_path, how, then, 1)) == []
