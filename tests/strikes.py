"""What the tests of striking share: books with canaries in them, and a look at every byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from journal import api, chain, forgetting, redacting
from journal.api import Journal
from journal.entry import Draft, Receipt
from journal.forgetting import Done
from journal.notebook import Notebook
from journal.seal import Sealing
from journal.workspace import init

CANARY = "Zwergflughörnchen-7F3A"
SECRET = "ghp_" + "Ab3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"
WHY = "not for the record"


def book(root: Path, *bodies: str) -> tuple[Journal, list[Receipt]]:
    """A workspace with these entries, open."""
    init(str(root))
    journal = api.open(str(root))
    return journal, [journal.append(Draft(body=body)) for body in bodies]


def day(root: Path, receipt: Receipt) -> Path:
    """The entry's day file."""
    return root / receipt.file


def purge(root: Path, *ids: str) -> list[Done]:
    """Purged, as a command does it."""
    with api.open(str(root)) as journal:
        return forgetting.purge(journal, ids, WHY)


def redact(root: Path, *ids: str) -> list[Done]:
    """Masked, as a command does it; all that a scan finds if no id is given."""
    with api.open(str(root)) as journal:
        found = ids or [held.id for held in redacting.scan(journal) if held.id]
        return redacting.apply(journal, found)


def journal(root: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "journal", "--workspace", str(root), *words],
        input=given, capture_output=True, text=True, check=False, timeout=120,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip


def holding(root: Path, canary: str = CANARY) -> list[str]:
    """The files below the workspace, git's own aside, that hold a byte of the canary."""
    marks = [canary.encode(), canary.encode("utf-16-le"), canary.partition("-")[0].lower().encode()]
    return [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and ".git" not in path.relative_to(root).parts
        and any(mark in path.read_bytes() for mark in marks)
    ]


def states(root: Path) -> dict[str, str]:
    """What verify says of each entry."""
    return {one.id: one.state for one in Notebook.open(str(root)).verify()}


def unsound(root: Path) -> list[str]:
    """What verify complains of."""
    verdicts = Notebook.open(str(root)).verify()
    return [f"{v.state} {v.id} {v.file}:{v.line} {v.message}" for v in verdicts
            if chain.STATES[v.state]]  # fmt: skip


def sound_without(root: Path, canary: str = CANARY, kept: Iterable[str] = ()) -> None:
    """Nothing of it is anywhere, all is in order, what was to stay is there, and it goes on."""
    assert holding(root, canary) == []
    assert (unsound(root), "before") == ([], "before")
    receipt = Notebook.open(str(root)).append(Draft(body="It goes on."))
    assert receipt.notices == ()
    assert (holding(root, canary), unsound(root)) == ([], [])
    with api.open(str(root)) as opened:
        bodies = [entry.body for entry in opened.entries()]
        assert not [body for body in bodies if canary in body]
        assert set(kept) <= set(bodies)
        assert not opened.recall(canary.partition("-")[0]).hits
        assert opened.recall("goes").hits


def unmasked(body: str, fields: Mapping[str, object] | None = None, **more: object) -> Sealing:
    """An entry ready to be written whose secrets nobody has masked, as older versions wrote it."""
    draft = {"body": body.encode(), "namespace": "main", "fields": dict(fields or {}), **more}
    return Sealing(draft)


def elsewhere(root: Path, copy: Path) -> dict[str, str]:
    """What verify says on another machine, which has the day files and no spool."""
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".journal"))
    assert unsound(copy) == []
    return states(copy)
