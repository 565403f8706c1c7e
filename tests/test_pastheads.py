"""What HEAD and branches were at past times, from real reflogs."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from journal import pastheads
from journal.anchor import UNBORN, anchor


class Repo:
    """A repository whose every step takes a minute of its own; `seen` has HEAD after each."""

    def __init__(self, root: Path, top: Path | None = None) -> None:
        self.root = root
        self.seen: dict[int, str] = {}
        self.minute = 0
        if top is None:
            root.mkdir()
            self.git("init", "-q", "-b", "main")

    def git(self, words: str, *more: str) -> str:
        """Run git a minute later; HEAD's anchor then."""
        self.minute += 1
        date = f"2026-03-04T10:{self.minute:02d}:00+0000"
        dates = {f"GIT_{who}_DATE": date for who in ("AUTHOR", "COMMITTER")}
        env = {**os.environ, **dates, "GIT_EDITOR": "true"}
        command = ["git", *words.split(), *more]
        subprocess.run(command, cwd=self.root, env=env, check=True, capture_output=True)
        self.seen[self.minute] = anchor(str(self.root))
        return self.seen[self.minute]

    def commit(self, name: str) -> str:
        """Add a file."""
        (self.root / name).write_text(f"{name}\n")
        self.git("add", name)
        return self.git("commit -q -m", f"add {name}")

    def at(self, minute: int, branch: str = "") -> str:
        """What is told of half a minute after a step."""
        moment = datetime(2026, 3, 4, 10, minute, 30, tzinfo=UTC)
        return pastheads.at(str(self.root), branch, moment)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "repo")
    repo.commit("a")
    return repo


def test_head_after_every_step(repo: Repo) -> None:
    repo.git("checkout -q -b topic")
    repo.commit("b")
    repo.git("checkout -q main")
    repo.commit("c")
    repo.git("checkout -q --detach HEAD~1")
    repo.git("checkout -q topic")
    repo.git("rebase -q main")
    repo.git("reset -q --hard HEAD~1")
    repo.git("merge -q --no-edit ORIG_HEAD")
    repo.git("branch -q -m theme")
    repo.git("checkout -q main")
    born = min(minute for minute, head in repo.seen.items() if UNBORN not in head)
    seen = {minute: head for minute, head in repo.seen.items() if minute >= born}
    told = {minute: repo.at(minute) for minute in seen}
    assert told == seen
    assert {head.partition("@")[0] for head in told.values()} == {"main", "topic", "theme", "HEAD"}
    assert len(set(told.values())) > 6


def test_a_branch_that_is_not_checked_out(repo: Repo) -> None:
    first = repo.seen[repo.minute]
    then = repo.minute
    repo.git("checkout -q -b topic")
    second = repo.commit("b")
    assert repo.at(repo.minute, "main") == first
    assert repo.at(then, "main") == first
    assert repo.at(repo.minute, "topic") == second
    assert repo.at(then, "topic") == f"topic@{UNBORN}"
    assert repo.at(then, "no/such") == f"no/such@{UNBORN}"


def test_a_branch_that_is_gone(repo: Repo) -> None:
    repo.git("checkout -q -b topic")
    head = repo.commit("b")
    then = repo.minute
    repo.git("checkout -q main")
    repo.git("branch -q -D topic")
    assert repo.at(then, "topic") == head
    assert repo.at(repo.minute, "topic") == f"topic@{UNBORN}"


def test_before_the_first_commit(repo: Repo) -> None:
    assert repo.at(0) == ""
    assert repo.at(0, "main") == f"main@{UNBORN}"


def test_what_is_new_is_seen_at_once(repo: Repo) -> None:
    assert repo.at(59) == repo.seen[repo.minute]
    repo.commit("b")
    assert repo.at(59) == repo.seen[repo.minute]


def test_a_linked_worktree_has_a_head_of_its_own(repo: Repo, tmp_path: Path) -> None:
    repo.git("worktree add -q -b side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side", top=repo.root)
    side.minute = repo.minute
    head = side.commit("b")
    assert side.at(side.minute) == head
    assert head.startswith("side@")
    assert side.at(side.minute, "side") == head
    assert side.at(side.minute, "main") == repo.seen[repo.minute].replace("side", "main")
    assert repo.at(side.minute).startswith("main@")
    assert repo.at(side.minute, "side") == head


def test_a_folder_that_is_gone_and_one_that_never_was(repo: Repo, tmp_path: Path) -> None:
    moment = datetime(2026, 3, 4, 10, 59, tzinfo=UTC)
    gone = str(repo.root / "gone" / "deeper")
    assert pastheads.at(gone, "", moment) == repo.seen[repo.minute]
    for folder in (str(tmp_path), "", "relative", "nul\0", "/no/such/place"):
        assert pastheads.at(folder, "main", moment) == f"main@{UNBORN}"
        assert pastheads.at(folder, "", moment) == ""


def test_clocks_that_run_backwards(repo: Repo) -> None:
    log = repo.root / ".git" / "logs" / "refs" / "heads" / "main"
    new = ["1" * 40, "2" * 40, "3" * 40]
    times = [
        f"{datetime(2026, 3, 4, 10, minute, tzinfo=UTC).timestamp():.0f}" for minute in (9, 5, 7)
    ]
    lines = [
        f"{'0' * 40} {commit} A <a@b> {time} +0000\tcommit: x\n"
        for commit, time in zip(new, times, strict=True)
    ]
    log.write_text("".join(lines) + "torn " + "4" * 40)
    assert repo.at(6, "main") == "main@222222222222"
    assert repo.at(8, "main") == "main@333333333333"


def test_the_newest_move(repo: Repo) -> None:
    move = pastheads.newest(str(repo.root / ".git"))
    assert move is not None
    assert (move.why, move.old) == ("commit (initial): add a", "0" * 40)
    repo.git("checkout -q -b topic")
    move = pastheads.newest(str(repo.root / ".git"))
    assert move is not None
    assert pastheads.came_from(move) == "main"
    (repo.root / ".git" / "logs" / "HEAD").unlink()
    assert pastheads.newest(str(repo.root / ".git")) is None
