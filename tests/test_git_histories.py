"""Journals inside real git repositories: calm, free of conflicts, nothing lost, tampering found."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.soak_git import Clone, History, Wrong, walk
from journal.chain import STATES, exit_code
from journal.entry import Draft, Receipt
from journal.notebook import Notebook
from journal.workspace import init

START = datetime(2026, 11, 19, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unchanged_environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


class Repository:
    """A workspace at the top of a git repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.book = Notebook.open(str(root))

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def append(self, body: str = "A thought.") -> Receipt:
        return self.book.append(Draft(body=body, at=START))

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", "journal")
        return self.git("rev-parse", "HEAD")

    def states(self) -> dict[str, str]:
        verdicts = Notebook.open(str(self.root)).verify()
        return {one.id: one.state for one in verdicts if one.state != "intact"}

    def ids(self) -> list[str]:
        return [entry.id for entry in Notebook.open(str(self.root)).entries()][::-1]


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    root = tmp_path / "anna"
    init(str(root))
    made = Repository(root)
    made.git("init", "-q", "-b", "main")
    made.append()
    made.commit()
    return made


def second_clone(repo: Repository) -> Repository:
    root = repo.root.with_name("ben")
    repo.git("clone", "-q", str(repo.root), str(root))
    return Repository(root)


# The classics


def test_one_writer_on_two_branches_merges_both_ways(repo: Repository) -> None:
    mine = {repo.append().id for _ in range(2)}
    repo.commit()
    repo.git("switch", "-qc", "other")
    for number in range(8):
        mine |= {repo.append().id, repo.append().id}
        repo.commit()
        assert set(repo.states().values()) <= {"elsewhere"}
        repo.git("switch", "-q", "main" if number % 2 == 0 else "other")
        assert set(repo.states().values()) <= {"elsewhere"}
    for here, there in (("main", "other"), ("other", "main")):
        repo.git("switch", "-q", here)
        repo.git("merge", "-q", "--no-ff", "-m", "merge", there)
        assert repo.states() == {}
        assert mine <= set(repo.ids())


def test_two_clones_that_append_at_once_merge_plainly(repo: Repository) -> None:
    other = second_clone(repo)
    for _ in range(3):
        for one in (repo, other):
            one.append()
            one.append()
            one.commit()
        other.git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
        repo.git("pull", "-q", "--no-rebase", "--no-edit", str(other.root), "main")
        assert repo.states() == other.states() == {}
    assert repo.ids() == other.ids()
    assert len(repo.ids()) == 13
    attributes = (repo.root / ".gitattributes").read_text()
    assert "merge" not in re.sub("#.*", "", attributes)


def test_a_hard_reset_discards_calmly_and_the_journal_goes_on(repo: Repository) -> None:
    lost = {repo.append().id, repo.append().id}
    repo.git("reset", "-q", "--hard")
    assert repo.states() == dict.fromkeys(lost, "elsewhere")
    after = repo.append()
    assert not after.notices
    assert after.id in repo.ids()
    assert repo.states() == dict.fromkeys(lost, "elsewhere")
    repo.commit()
    assert repo.states() == dict.fromkeys(lost, "elsewhere")


def test_what_was_discarded_stays_calm_when_the_file_is_typed_into(repo: Repository) -> None:
    lost = repo.append()
    repo.git("switch", "-qfc", "other")
    repo.git("checkout", "-qf", "main")
    with (repo.root / lost.file).open("a") as file:
        file.write("\nA line of mine.\n")
    assert repo.states() == {lost.id: "elsewhere"}


def test_a_hard_reset_of_a_new_file_in_the_index_is_calm(repo: Repository) -> None:
    lost = [
        repo.book.append(Draft(body="In a new file.\n", at=START.replace(day=20))) for _ in range(3)
    ]
    repo.git("add", "-A")
    repo.git("reset", "-q", "--hard")
    assert repo.states() == {one.id: "elsewhere" for one in lost}


def test_a_new_file_that_git_never_saw_is_missing_when_it_is_deleted(repo: Repository) -> None:
    lost = repo.book.append(Draft(body="In a new file.", at=START.replace(day=20)))
    (repo.root / lost.file).unlink()
    assert repo.states() == {lost.id: "missing"}


def test_a_rebase_in_progress_takes_an_append(repo: Repository) -> None:
    repo.git("switch", "-qc", "feature")
    for _ in range(3):
        repo.append()
        repo.commit()
    repo.git("switch", "-q", "main")
    repo.append()
    repo.commit()
    repo.git("switch", "-q", "feature")
    stopped = subprocess.run(
        ["git", "rebase", "-q", "--exec", "test -e .go", "main"],
        cwd=repo.root, check=False, capture_output=True,
    )  # fmt: skip
    assert stopped.returncode
    assert set(repo.states().values()) <= {"elsewhere"}
    middle = repo.append("in the middle")
    assert set(repo.states().values()) <= {"elsewhere"}
    repo.commit()
    (repo.root / ".git" / "info" / "exclude").write_text(".go\n")
    (repo.root / ".go").touch()
    repo.git("-c", "core.editor=true", "rebase", "--continue")
    assert repo.states() == {}
    assert middle.id in repo.ids()
    assert len(repo.ids()) == 6


def test_bisect_and_a_detached_head(repo: Repository) -> None:
    commits = []
    for _ in range(5):
        repo.append()
        commits.append(repo.commit())
    repo.git("bisect", "start", commits[-1], commits[0])
    assert set(repo.states().values()) == {"elsewhere"}
    during = repo.append()
    assert set(repo.states().values()) == {"elsewhere"}
    repo.commit()
    repo.git("bisect", "reset")
    assert repo.states() == {during.id: "elsewhere"}
    repo.git("switch", "-q", "--detach", "HEAD~2")
    detached = repo.append()
    repo.commit()
    assert set(repo.states().values()) == {"elsewhere"}
    repo.git("switch", "-q", "main")
    assert repo.states() == dict.fromkeys((during.id, detached.id), "elsewhere")


def test_a_stash_holds_and_gives_back(repo: Repository) -> None:
    new = repo.book.append(Draft(body="In a new file.", at=START.replace(day=20)))
    old = repo.append()
    repo.git("stash", "push", "-qu")
    assert repo.states() == dict.fromkeys((new.id, old.id), "elsewhere")
    between = repo.append()
    repo.git("stash", "pop", "-q")
    assert repo.states() == {}
    assert {new.id, old.id, between.id} <= set(repo.ids())


# Tampering where git is the only witness


def test_a_committed_entry_deleted_by_hand_is_missing(repo: Repository) -> None:
    """Though other refs and the reflog have it too: HEAD has it in this file, the file has not."""
    lost = repo.append()
    repo.append()
    repo.commit()
    repo.git("branch", "another")
    path = repo.root / lost.file
    text = path.read_text()
    start = text.rindex("\n## ", 0, text.index(f"id: {lost.id}"))
    path.write_text(text[:start] + text[text.index("\n## ", start + 1) :])
    assert repo.states() == {lost.id: "missing"}
    clone = second_clone(repo)
    shutil.copy(path, clone.root / lost.file)
    assert clone.states() == {lost.id: "missing"}


def test_in_a_clone_a_deleted_file_and_a_cut_tail_are_missing(repo: Repository) -> None:
    first, last = repo.ids()[0], repo.append()
    new = repo.book.append(Draft(body="The next day.", at=START.replace(day=20)))
    repo.commit()
    clone = second_clone(repo)
    (clone.root / new.file).unlink()
    assert clone.states() == {new.id: "missing"}
    text = (clone.root / last.file).read_text()
    (clone.root / last.file).write_text(text[: text.rindex("\n## ")])
    assert clone.states() == dict.fromkeys((last.id, new.id), "missing")
    (clone.root / last.file).unlink()
    assert clone.states() == dict.fromkeys((first, last.id, new.id), "missing")


@pytest.mark.parametrize("committed", [False, True])
def test_in_a_clone_an_edited_last_header_is_edited(repo: Repository, committed: bool) -> None:
    last = repo.append()
    repo.commit()
    clone = second_clone(repo)
    path = clone.root / last.file
    text = path.read_text()
    path.write_text(text[::-1].replace("eton :dnik", "tcaf :dnik", 1)[::-1])
    if committed:
        clone.commit()
    verdicts = [one for one in Notebook.open(str(clone.root)).verify() if STATES[one.state]]
    assert [(one.id, one.state) for one in verdicts] == [(last.id, "edited")]
    assert "-kind: note" in verdicts[0].diff
    assert "+kind: fact" in verdicts[0].diff


def test_a_deletion_that_was_committed_is_elsewhere(repo: Repository) -> None:
    lost = repo.append()
    last = repo.append()
    repo.commit()
    path = repo.root / lost.file
    text = path.read_text()
    start = text.rindex("\n## ", 0, text.index(f"id: {lost.id}"))
    path.write_text(text[:start] + text[text.index("\n## ", start + 1) :])
    repo.commit()
    assert repo.states() == {lost.id: "elsewhere"}
    clone = second_clone(repo)
    assert clone.states() == {}  # its history has it; that the link holds is enough
    assert last.id in clone.ids()


def test_no_git_process_is_started_outside_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(str(tmp_path / "ws"))
    book = Notebook.open(str(tmp_path / "ws"))
    lost = [book.append(Draft(body=str(number), at=START)) for number in range(3)][1]
    marker = tmp_path / "ran"
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\ntouch {marker}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    assert exit_code(book.verify()) == 0
    path = tmp_path / "ws" / lost.file
    path.write_text(path.read_text().replace("kind: note", "kind: fact", 1))
    assert exit_code(book.verify()) == 1
    assert not marker.exists()


def test_what_follows_a_discarded_entry_is_calm_only_where_the_spool_is(repo: Repository) -> None:
    """A hard reset takes what wasn't committed from tracked files, but leaves new files alone."""
    lost = repo.append()
    new = repo.book.append(Draft(body="In a new file.", at=START.replace(day=20)))
    repo.git("reset", "-q", "--hard")
    repo.commit()
    assert repo.states() == {lost.id: "elsewhere"}
    assert second_clone(repo).states() == {new.id: "broken"}  # as if somebody had deleted it


# Random histories


@pytest.mark.parametrize("seed", range(24))
def test_random_histories(tmp_path: Path, seed: int) -> None:
    counts = walk(tmp_path, seed, 14)
    assert counts["false alarms"] == counts["conflicts"] == 0
    assert counts["found"] == counts["planted"]
    assert counts["steps"] == 14


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100_000, 100_500))
def test_many_random_histories(tmp_path: Path, seed: int) -> None:
    counts = walk(tmp_path, seed, 40)
    assert counts["found"] == counts["planted"]


def test_the_histories_notice_an_alarm(tmp_path: Path) -> None:
    history = History(tmp_path, 1)
    clone: Clone = history.clones[0]
    [path] = (clone.root / "journal").rglob("*.md")
    path.write_text(path.read_text().replace("kind: note", "kind: fact"))
    with pytest.raises(Wrong, match="edited"):
        clone.verify()
    path.write_text("")
    with pytest.raises(Wrong, match="missing"):
        clone.verify()
