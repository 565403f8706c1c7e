"""What once went wrong between a look and the next: a disk that fails, others that write, marks."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from journal import api
from journal.entry import Draft
from journal.notebook import Notebook
from journal.selection import Selection

ROOT = Path(__file__).resolve().parent.parent


def hand(root: Path, name: str, text: str, namespace: str = "main") -> Path:
    file = root / "journal" / namespace / "2026" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def heads(root: Path, **wanted: str) -> list[str]:
    return sorted(row.head for row in api.open(str(root)).rows(Selection(**wanted)))  # type: ignore[arg-type]


# A process that has no descriptor left for the day files: the files themselves stay as they are.
STARVED = """
import os, sys
from journal import api
from journal.catalog import take
class Starved(take.Folder):
    def read(self, name):
        raise OSError(24, "Too many open files")
take.Folder = Starved
journal = api.open(sys.argv[1])
print(journal.count(), [finding.code for finding in journal.findings()])
"""


def test_a_file_that_could_not_be_read_once_is_read_again(root: Path) -> None:
    hand(root, "2026-01-01.md", "## 10:00 A\n\nalpha\n")
    time.sleep(0.1)  # else it would be looked at again for its age alone
    command = [sys.executable, "-c", STARVED, str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0 ['unreadable']\n"
    journal = api.open(str(root))
    assert [row.head for row in journal.rows()] == ["alpha"]
    assert journal.findings() == []
    assert journal.recall("alpha").total == 1


def test_a_folder_that_was_away_for_a_moment_is_back(root: Path) -> None:
    file = hand(root, "2026-01-01.md", "## 10:00 A\n\nalpha\n")
    time.sleep(0.1)
    assert heads(root) == ["alpha"]
    file.parent.rename(root / "away")
    assert heads(root) == []
    (root / "away").rename(file.parent)
    assert heads(root) == ["alpha"]


@pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_a_folder_that_is_closed_hides_nothing_known(root: Path) -> None:
    for folder in (root, *root.parents):
        if Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(0o755)
    hand(root, "2026-01-01.md", "## 10:00 A\n\nalpha\n")
    shutil.chown(root, 65534, 65534)
    for path in root.rglob("*"):
        shutil.chown(path, 65534, 65534)
    program = (
        "import sys; from journal import api; journal = api.open(sys.argv[1]);"
        "print([row.head for row in journal.rows()], [f.file for f in journal.findings()])"
    )
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    command = [*nobody, sys.executable, "-B", "-c", program, str(root)]

    def look() -> str:
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        assert look() == "['alpha'] []"
    except subprocess.CalledProcessError as error:
        pytest.skip(f"nobody can't run this Python: {error.stderr[-200:]}")
    year = root / "journal" / "main" / "2026"
    year.chmod(0o000)
    assert look() == "['alpha'] ['journal/main/2026']"
    year.chmod(0o700)
    assert look() == "['alpha'] []"


READER = """
import sys, time
from journal import api
journal = api.open(sys.argv[1])
while True:
    journal.count()
"""


def test_following_loses_nothing_to_other_readers(root: Path) -> None:
    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="before"))
    following = api.open(str(root)).follow()
    reader = subprocess.Popen([sys.executable, "-c", READER, str(root)], cwd=ROOT)
    try:
        seen: list[str] = []
        for number in range(120):
            notebook.append(Draft(body=f"entry {number}"))
            if number % 10 == 9:
                seen += [row.head for row in following.look()]
        seen += [row.head for row in following.look()]
    finally:
        reader.kill()
        reader.wait()
    assert seen == [f"entry {number}" for number in range(120)]


def test_a_handwritten_entry_at_the_end_does_not_make_all_new(root: Path) -> None:
    Notebook.open(str(root)).append_many([Draft(body="one"), Draft(body="two")])
    hand(root, "2026-12-31.md", "## 10:00 By hand\n\nlast\n")
    following = api.open(str(root)).follow()
    api.open(str(root)).catalog.reindex()
    assert following.look() == []


def test_a_mark_of_an_unfinished_writer_vouches_for_its_own_file_only(root: Path) -> None:
    hand(root, "2026-01-01.md", "## 10:00 A\n\nalpha\n")
    assert heads(root) == ["alpha"]
    cache = root / ".journal" / "cache"
    data = (cache / "catalog.db").read_bytes()
    assert b"alpha" in data
    (cache / "new").write_bytes(data.replace(b"alpha", b"forgd"))
    (cache / "new").chmod(0o600)
    (cache / "new").rename(cache / "catalog.db")
    for mark in ('"writing"', '["writing"]', '["writing", []]'):
        (cache / "catalog.mark").write_text(mark)
        assert heads(root) == ["alpha"]
        assert json.loads((cache / "catalog.mark").read_text())[0] != "writing"


def test_a_copy_in_another_namespace_is_an_entry_there(root: Path) -> None:
    Notebook.open(str(root)).append(Draft(body="here"))
    (day,) = (root / "journal").rglob("*.md")
    hand(root, day.name, day.read_text(), "other")
    assert heads(root, namespace="other") == heads(root, namespace="main") == ["here"]


def test_a_copy_under_another_date_counts_once(root: Path) -> None:
    Notebook.open(str(root)).append(Draft(body="here"))
    (day,) = (root / "journal").rglob("*.md")
    copy = day.with_name("Copy of a day.md")
    copy.write_text(day.read_text())
    assert heads(root) == ["here"]
    day.rename(root / "away")
    assert heads(root) == ["here"]
    (root / "away").rename(day)
    assert heads(root) == ["here"]


def test_threads_may_reindex_beside_each_other(root: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    Notebook.open(str(root)).append_many([Draft(body=f"word {n}") for n in range(50)])
    journal = api.open(str(root))

    def turn(number: int) -> int:
        if number % 4 == 0:
            journal.reindex()
        return journal.recall("word").total

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(turn, range(24))) == {50}
