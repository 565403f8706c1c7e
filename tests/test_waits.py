"""Appends that are acknowledged only, because git wouldn't like a day file to change now."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from faults import TRIMMING, Book, Scene, sweep, why_no_strace

from journal import anchor, api
from journal.chain import exit_code
from journal.notebook import Notebook

WAITS = """
given = space.open_space
def open_space(*words):
    place = given(*words)
    place.waits = True
    return place
space.open_space = open_space
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.new(tmp_path / "book")
    for _ in range(2):
        book.go_on()
    return book


@pytest.fixture
def repo(book: Book) -> Book:
    """The book in a repository, its day file committed."""
    git(book.root, "init", "-q", "-b", "main")
    git(book.root, "add", ".")
    git(book.root, "commit", "-q", "-m", "first")
    return book


def git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout


def wait(book: Book, count: int = 1, before: str = "") -> list[str]:
    """Append without touching a day file; the ids."""
    texts = {day: day.read_bytes() for day in book.days()}
    done = book.append(count, WAITS + before)
    assert (done.code, done.stderr) == (0, "")
    assert {day: day.read_bytes() for day in book.days()} == texts
    return done.ids


def two_wait(book: Book) -> None:
    wait(book, 2)


def verdicts(book: Book) -> dict[str, str]:
    found = Notebook.open(str(book.root)).verify()
    assert exit_code(found) == 0, found
    return {verdict.id: verdict.state for verdict in found}


def listed(book: Book) -> set[str]:
    with api.open(str(book.root)) as journal:
        return {row.id for row in journal.rows()}


def test_what_waits_is_shown_and_then_comes(book: Book) -> None:
    waiting = [*wait(book), *wait(book, 3)]
    assert {verdicts(book)[one] for one in waiting} == {"spooled"}
    assert listed(book) == set(book.promised)
    with api.open(str(book.root)) as journal:
        assert journal.find(waiting[0]).body == book.promised[waiting[0]]
    book.go_on()
    assert book.audit() == []
    assert set(verdicts(book).values()) == {"intact"}
    assert len(book.days()) == 1


def test_the_very_first_entry_may_wait(tmp_path: Path) -> None:
    book = Book.new(tmp_path / "book")
    wait(book)
    assert book.days() == []
    assert listed(book) == set(book.promised)
    book.go_on()
    assert book.audit() == []


@pytest.mark.parametrize("lost", ["cache", "nothing"])
def test_it_comes_though_git_calls_the_file_its_own(repo: Book, lost: str) -> None:
    """Without the cache nothing else tells that an entry was never in the file."""
    wait(repo, 2)
    assert git(repo.root, "status", "--short") == ""
    if lost == "cache":
        shutil.rmtree(repo.root / ".journal" / "cache")
        wait(repo)
        assert git(repo.root, "status", "--short") == ""
    repo.go_on()
    assert repo.audit() == []
    assert len(repo.days()) == 1


def test_what_came_once_is_not_forced_on_git(repo: Book) -> None:
    waiting = wait(repo)
    repo.go_on()
    git(repo.root, "commit", "-q", "-a", "-m", "second")
    git(repo.root, "reset", "-q", "--hard", "HEAD~1")
    shutil.rmtree(repo.root / ".journal" / "cache")
    repo.go_on()
    texts = b"".join(day.read_bytes() for day in repo.days())
    assert waiting[0].encode() not in texts
    assert verdicts(repo)[waiting[0]] == "elsewhere"


def test_it_waits_on_whatever_branch(repo: Book) -> None:
    git(repo.root, "checkout", "-q", "--detach")
    wait(repo)
    git(repo.root, "checkout", "-q", "main")
    assert listed(repo) == set(repo.promised)
    repo.go_on()
    assert repo.audit() == []


def test_once_there_it_is_of_the_branch_that_has_it(repo: Book) -> None:
    git(repo.root, "checkout", "-q", "-b", "topic")
    (waiting,) = wait(repo)
    assert waiting in listed(repo)
    repo.go_on()
    git(repo.root, "commit", "-q", "-a", "-m", "on topic")
    assert waiting in listed(repo)
    git(repo.root, "checkout", "-q", "main")
    assert waiting not in listed(repo)
    assert waiting not in {entry.id for entry in Notebook.open(str(repo.root)).entries()}
    assert verdicts(repo)[waiting] == "elsewhere"


def test_in_the_middle_of_a_rebase_others_append_beside(repo: Book) -> None:
    wait(repo)
    busy = repo.root / ".git" / "rebase-merge"
    busy.mkdir()
    assert anchor.busy(anchor.git_dir(str(repo.root)))
    repo.go_on()
    assert git(repo.root, "status", "--short").startswith("?? ")
    wait(repo)
    assert exit_code(Notebook.open(str(repo.root)).verify()) == 0
    busy.rmdir()
    assert not anchor.busy(anchor.git_dir(str(repo.root)))
    repo.go_on()
    assert repo.audit() == []


def test_a_trim_keeps_what_waits(book: Book) -> None:
    wait(book, 2)
    wait(book, 1, TRIMMING)
    assert set(verdicts(book).values()) == {"intact", "spooled"}
    assert book.append(1, TRIMMING).code == 0
    assert book.append(1, TRIMMING).code == 0
    assert book.audit() == []


def test_the_same_number_is_never_given_twice(book: Book) -> None:
    wait(book)
    shutil.rmtree(book.root / ".journal" / "cache")
    wait(book)
    wait(book)
    book.go_on()
    assert book.audit() == []


@pytest.mark.skipif(bool(why_no_strace()), reason=why_no_strace() or "-")
@pytest.mark.parametrize("scene", ["waits", "comes"])
def test_killed_at_any_call_nothing_is_lost(tmp_path: Path, scene: str) -> None:
    waiting = Scene(before=WAITS) if scene == "waits" else Scene(two_wait)
    assert list(sweep(tmp_path, waiting, {"signal=KILL": ".*"}, step=7)) == []


def test_git_is_busy_or_not(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    directory = anchor.git_dir(str(root))
    assert not anchor.busy(None)
    for name in ("a", "b"):
        git(root, "checkout", "-q", "--orphan", name)
        (root / "file").write_text(name)
        git(root, "add", "file")
        git(root, "commit", "-q", "-m", name)
        assert not anchor.busy(directory)
    for words in ("rebase a", "merge --allow-unrelated-histories a", "cherry-pick a"):
        verb = words.partition(" ")[0]
        subprocess.run(["git", *words.split()], cwd=root, capture_output=True, check=False)
        assert anchor.busy(directory), words
        git(root, verb, "--abort")
        assert not anchor.busy(directory), words
    git(root, "bisect", "start")
    assert anchor.busy(directory)
    git(root, "bisect", "reset")
    assert not anchor.busy(directory)
