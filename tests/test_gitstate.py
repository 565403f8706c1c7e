"""What git knows of day files, asked in real repositories in every state they get into."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from journal import gitstate
from journal.gitstate import Repo

ROOT = Path(__file__).resolve().parent.parent
DAY = "journal/main/2026/2026-11-21.md"
OTHER = "journal/main/2026/2026-11-22.md"


def git(folder: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    assert bool(done.returncode) is fails, done.stderr
    return os.fsdecode(done.stdout).strip()


def write(folder: Path, content: str, path: str = DAY) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode())
    return file


def commit(folder: Path, content: str, path: str = DAY) -> str:
    write(folder, content, path)
    git(folder, "add", path)
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


def at(folder: Path) -> Repo:
    found = gitstate.find(str(folder))
    assert found
    return found


def versions(folder: Path, *paths: str) -> set[str]:
    """The contents git still has below `paths`; each comes once."""
    pairs = list(at(folder).versions(paths or ("journal",)))
    assert len(pairs) == len(set(pairs))
    return {content.decode() for _, content in pairs}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    return tmp_path / "repo"


@pytest.fixture
def repo(empty: Path) -> Path:
    commit(empty, "one\n")
    return empty


@pytest.fixture
def forked(repo: Path) -> Path:
    """On main; `side` changed the same line."""
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, "side\n")
    git(repo, "checkout", "-q", "main")
    commit(repo, "main\n")
    return repo


# The repository


def test_find(repo: Path) -> None:
    expected = Repo(str(repo), str(repo / ".git"))
    assert at(repo) == at(repo / "journal" / "main") == expected


def test_find_in_a_linked_worktree(repo: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree-ü"
    git(repo, "worktree", "add", "-q", "-b", "side", str(tree))
    assert at(tree / "journal") == Repo(str(tree), str(repo / ".git" / "worktrees" / tree.name))


def test_no_repository(tmp_path: Path, repo: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    for folder in (tmp_path, tmp_path / "bare.git", repo / ".git"):
        assert gitstate.find(str(folder)) is None
    assert gitstate.find("a\0b") is None


def test_no_git_program(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = at(repo)
    monkeypatch.setenv("PATH", str(repo / "journal"))
    assert gitstate.find(str(repo)) is None
    assert not known.tracked(DAY)
    assert not known.taken(DAY, b"one\n")
    assert not known.taken(DAY, None)
    assert list(known.versions(["journal"])) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root: chown")
def test_a_repository_git_refuses(repo: Path) -> None:
    os.chown(repo, 65534, -1)
    os.chown(repo / ".git", 65534, -1)
    git(repo, "status", fails=True)
    assert gitstate.find(str(repo)) is None


# Under way


def test_nothing_under_way(forked: Path) -> None:
    assert at(forked).busy() == ""


@pytest.mark.parametrize("how", ["--merge", "--apply"])
def test_a_rebase(forked: Path, how: str) -> None:
    git(forked, "rebase", how, "side", fails=True)
    assert at(forked / "journal").busy() == "rebase"
    git(forked, "rebase", "--abort")
    assert at(forked).busy() == ""


def test_am(forked: Path) -> None:
    git(forked, "format-patch", "-q", "-1", "-o", "..", "side")
    patch = next(forked.parent.glob("*.patch"))
    git(forked, "am", "-q", str(patch), fails=True)
    assert at(forked).busy() == "am"


@pytest.mark.parametrize("word", ["merge", "cherry-pick"])
def test_a_merge_or_a_pick(forked: Path, word: str) -> None:
    git(forked, word, "side", fails=True)
    assert at(forked).busy() == word
    git(forked, word, "--abort")
    assert at(forked).busy() == ""


def test_a_revert(forked: Path) -> None:
    git(forked, "revert", "--no-edit", "HEAD~", fails=True)
    assert at(forked).busy() == "revert"


@pytest.mark.parametrize("word", ["cherry-pick", "revert"])
def test_between_two_picks(repo: Path, word: str) -> None:
    """With the conflict committed by hand only the list of what is left says so."""
    for content in ("two\n", "three\n", "four\n"):
        commit(repo, content)
    if word == "cherry-pick":
        git(repo, "checkout", "-q", "-b", "side", "HEAD~3")
        commit(repo, "mine\n")
        git(repo, word, "main~2..main", fails=True)
    else:
        git(repo, word, "--no-edit", "HEAD~1", "HEAD~2", fails=True)
    commit(repo, "by hand\n")
    assert not list((repo / ".git").glob("*_PICK_HEAD")) + list((repo / ".git").glob("REVERT*"))
    assert at(repo).busy() == word


def test_a_bisection(forked: Path) -> None:
    git(forked, "bisect", "start")
    assert at(forked).busy() == "bisect"
    git(forked, "bisect", "reset")
    assert at(forked).busy() == ""


def test_under_way_in_another_worktree(forked: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    git(forked, "worktree", "add", "-q", str(tree), "side")
    git(tree, "merge", "main", fails=True)
    assert (at(tree).busy(), at(forked).busy()) == ("merge", "")


# Tracked


def test_tracked(repo: Path) -> None:
    known = at(repo)
    write(repo, "new\n", OTHER)
    assert known.tracked(DAY)
    assert known.tracked(str(repo / DAY))
    assert known.tracked(f"{repo}/journal/../{DAY}")
    assert not known.tracked(OTHER)
    assert not known.tracked("journal/main")
    assert not known.tracked("")
    assert not known.tracked("../outside.md")
    git(repo, "add", OTHER)
    assert known.tracked(OTHER)
    git(repo, "rm", "-q", "--cached", DAY)
    assert not known.tracked(DAY)


def test_tracked_in_a_conflict(forked: Path) -> None:
    git(forked, "merge", "side", fails=True)
    assert at(forked).tracked(DAY)


def test_tracked_through_a_link(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").symlink_to(repo / "journal")
    assert at(tmp_path / "notes").tracked(str(tmp_path / "notes" / "main/2026/2026-11-21.md"))


STRANGE = ["journal/[a]*?.md", "journal/:(top)x.md", 'journal/grüße\t"q".md', "journal/-n\n.md"]


@pytest.mark.parametrize("path", STRANGE)
def test_a_path_means_itself(repo: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, "like it\n", "journal/ab.md")
    known = at(repo)
    assert not known.tracked(path)
    assert list(known.versions([path])) == []
    write(repo, "strange\n", path)
    git(repo, "--literal-pathspecs", "add", path)
    git(repo, "commit", "-q", "-m", "x")
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    assert known.tracked(path)
    assert known.taken(path, b"strange\n")
    assert list(known.versions([path])) == [(path, b"strange\n")]


# Taken


def test_given_by_git(repo: Path) -> None:
    known = at(repo)
    assert known.taken(DAY, b"one\n")
    assert known.taken(str(repo / DAY), b"one\n")
    assert not known.taken(DAY, b"one\ntwo\n")
    assert not known.taken(DAY, b"")
    assert not known.taken(OTHER, b"one\n")
    assert not known.taken(f"{repo.parent}/elsewhere.md", b"one\n")
    write(repo, "staged\n")
    git(repo, "add", DAY)
    assert known.taken(DAY, b"staged\n")
    assert known.taken(DAY, b"one\n")
    commit(repo, "newer\n")
    assert not known.taken(DAY, b"one\n")


def test_given_on_a_detached_head(repo: Path) -> None:
    commit(repo, "newer\n")
    git(repo, "checkout", "-q", "HEAD~")
    assert at(repo).taken(DAY, b"one\n")
    assert not at(repo).taken(DAY, b"newer\n")


def test_either_side_of_a_conflict(forked: Path) -> None:
    git(forked, "merge", "side", fails=True)
    assert at(forked).taken(DAY, b"side\n")
    assert at(forked).taken(DAY, b"main\n")
    assert not at(forked).taken(DAY, (forked / DAY).read_bytes())


def test_an_empty_file(repo: Path) -> None:
    write(repo, "", OTHER)
    git(repo, "add", "-N", OTHER)
    assert not at(repo).taken(OTHER, b"")
    commit(repo, "", OTHER)
    assert at(repo).taken(OTHER, b"")


def test_line_endings_of_a_checkout(repo: Path) -> None:
    commit(repo, "a\nb\n")
    git(repo, "config", "core.autocrlf", "true")
    (repo / DAY).unlink()
    git(repo, "checkout", "-q", "--", DAY)
    content = (repo / DAY).read_bytes()
    assert content == b"a\r\nb\r\n"
    assert at(repo).taken(DAY, content)
    assert not at(repo).taken(DAY, content + b"c\r\n")


def test_line_endings_that_were_committed(repo: Path) -> None:
    commit(repo, "a\r\nb\rc\n")
    assert at(repo).taken(DAY, b"a\nb\nc\n")


def test_deleted_by_a_person(repo: Path) -> None:
    (repo / DAY).unlink()
    assert not at(repo).taken(DAY, None)
    assert not at(repo).taken(OTHER, None)
    git(repo, "rm", "-q", "--cached", DAY)
    assert not at(repo).taken(DAY, None)  # HEAD still has it


def test_taken_by_a_switch(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, "there\n", OTHER)
    git(repo, "checkout", "-q", "main")
    assert at(repo).taken(OTHER, None)
    write(repo, "again\n", OTHER)
    git(repo, "add", OTHER)
    assert not at(repo).taken(OTHER, None)


def test_taken_by_a_reset(repo: Path) -> None:
    commit(repo, "there\n", OTHER)
    git(repo, "reset", "-q", "--hard", "HEAD~")
    assert at(repo).taken(OTHER, None)


def test_taken_by_a_stash(repo: Path) -> None:
    write(repo, "untracked\n", OTHER)
    git(repo, "stash", "-q", "--include-untracked")
    assert not (repo / OTHER).exists()
    assert at(repo).taken(OTHER, None)


def test_left_out_by_a_sparse_checkout(repo: Path) -> None:
    commit(repo, "x", "src/x")
    git(repo, "sparse-checkout", "set", "src")
    assert not (repo / DAY).exists()
    assert at(repo).taken(DAY, None)
    assert at(repo).tracked(DAY)


def test_nothing_was_taken_before_the_first_commit(empty: Path) -> None:
    write(empty, "one\n")
    known = at(empty)
    assert not known.taken(DAY, None)
    assert not known.taken(DAY, b"one\n")
    assert not known.tracked(DAY)
    assert versions(empty) == set()
    git(empty, "add", DAY)
    assert known.taken(DAY, b"one\n")
    assert versions(empty) == {"one\n"}


# Against HEAD


def test_what_head_and_the_index_have(repo: Path) -> None:
    write(repo, "staged\n")
    git(repo, "add", DAY)
    write(repo, "in no blob\n")
    assert sorted(at(repo).current(str(repo / DAY))) == [b"one\n", b"staged\n"]
    assert at(repo).current(OTHER) == at(repo).current("../x") == []


def test_what_differs_from_head(repo: Path) -> None:
    commit(repo, "deleted\n", OTHER)
    commit(repo, "code\n", "src/x")
    commit(repo, "same\n", "journal/main/same.md")
    assert list(at(repo).altered("journal")) == []
    write(repo, "edited\n")
    write(repo, "edited\n", "src/x")
    write(repo, "untracked\n", "journal/main/new.md")
    (repo / OTHER).unlink()
    expected = [(DAY, b"one\n"), (OTHER, b"deleted\n")]
    assert sorted(at(repo).altered(str(repo / "journal"))) == expected
    git(repo, "add", "-A", "journal")
    assert sorted(at(repo).altered("journal")) == expected


def test_what_differs_from_head_in_a_conflict(forked: Path) -> None:
    git(forked, "merge", "side", fails=True)
    assert (DAY, b"main\n") in list(at(forked).altered("journal"))


def test_nothing_differs_from_no_head(empty: Path) -> None:
    write(empty, "one\n")
    git(empty, "add", DAY)
    assert list(at(empty).altered("journal")) == []


# Versions


def test_versions_are_paths_and_contents(repo: Path) -> None:
    commit(repo, "two\n")
    commit(repo, "one\n", OTHER)
    commit(repo, "code\n", "src/journal/main.py")
    expected = [(DAY, b"one\n"), (DAY, b"two\n"), (OTHER, b"one\n")]
    known = at(repo / "journal")
    assert sorted(known.versions(["journal/main"])) == expected
    assert sorted(known.versions([str(repo / "journal" / "main")])) == expected
    assert sorted(known.versions("journal/main/")) == expected
    assert sorted(known.versions(["."])) == [*expected, ("src/journal/main.py", b"code\n")]
    assert sorted(known.versions([DAY])) == expected[:2]
    assert sorted(known.versions([DAY, DAY, OTHER, "nowhere"])) == expected
    for none in ([], ["nowhere"], [str(repo.parent)], ["../x"]):
        assert list(known.versions(none)) == []


def test_the_index_comes_first(repo: Path) -> None:
    commit(repo, "two\n")
    write(repo, "staged\n")
    git(repo, "add", DAY)
    assert next(iter(at(repo).versions([DAY]))) == (DAY, b"staged\n")


def test_one_content_at_two_places(repo: Path) -> None:
    """A listing of objects would name the blob, and the tree, once."""
    git(repo, "mv", "journal/main", "journal/moved")
    git(repo, "commit", "-q", "-m", "x")
    paths = {path for path, _ in at(repo).versions(["journal"])}
    assert paths == {DAY, DAY.replace("main", "moved")}
    assert versions(repo, "journal/moved") == {"one\n"}


def test_other_branches_tags_and_notes(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "side")
    commit(repo, "side\n")
    git(repo, "checkout", "-q", "--detach", "main")
    commit(repo, "tagged\n")
    git(repo, "tag", "-a", "-m", "x", "kept")
    commit(repo, "own ref\n")
    git(repo, "update-ref", "refs/backup/x", "HEAD")
    git(repo, "checkout", "-q", "main")
    git(repo, "pack-refs", "--all")
    git(repo, "reflog", "expire", "--expire=now", "--all")
    assert versions(repo) == {"one\n", "side\n", "tagged\n", "own ref\n"}


def test_the_side_that_a_merge_dropped(forked: Path) -> None:
    git(forked, "merge", "-q", "-s", "ours", "-m", "x", "side")
    git(forked, "branch", "-q", "-D", "side")
    git(forked, "reflog", "expire", "--expire=now", "--all")
    assert versions(forked) == {"one\n", "main\n", "side\n"}


def test_what_only_a_merge_has(forked: Path) -> None:
    git(forked, "merge", "side", fails=True)
    commit(forked, "main\nside\n")
    assert versions(forked) == {"one\n", "main\n", "side\n", "main\nside\n"}


def test_what_only_the_reflog_has(repo: Path) -> None:
    commit(repo, "lost\n")
    git(repo, "reset", "-q", "--hard", "HEAD~")
    git(repo, "gc", "-q")
    assert versions(repo) == {"one\n", "lost\n"}
    git(repo, "reflog", "expire", "--expire=now", "--all")
    (repo / ".git" / "ORIG_HEAD").unlink()
    assert versions(repo) == {"one\n"}


def test_what_only_orig_head_has(repo: Path) -> None:
    commit(repo, "lost\n")
    git(repo, "reset", "-q", "--hard", "HEAD~")
    git(repo, "reflog", "expire", "--expire=now", "--all")
    assert versions(repo) == {"one\n", "lost\n"}


def test_stashes(repo: Path) -> None:
    for number in range(2):
        write(repo, f"staged {number}\n")
        git(repo, "add", DAY)
        write(repo, f"changed {number}\n")
        write(repo, f"untracked {number}\n", OTHER)
        git(repo, "stash", "-q", "--include-untracked")
    expected = {f"{word} {n}\n" for n in range(2) for word in ("staged", "changed", "untracked")}
    assert versions(repo) == {"one\n"} | expected


@pytest.mark.parametrize("how", ["--merge", "--apply"])
def test_what_a_rebase_put_aside(forked: Path, how: str) -> None:
    """An autostash is in no ref and no reflog until the rebase ends."""
    commit(forked, "notes\n", OTHER)
    write(forked, "aside\n", OTHER)
    git(forked, "rebase", how, "--autostash", "side", fails=True)
    assert at(forked).busy() == "rebase"
    assert "aside\n" in versions(forked)
    assert at(forked).taken(OTHER, None)  # it replays onto a commit without that day


def test_what_a_merge_put_aside(forked: Path) -> None:
    commit(forked, "notes\n", OTHER)
    write(forked, "aside\n", OTHER)
    git(forked, "merge", "--autostash", "side", fails=True)
    assert "aside\n" in versions(forked)


def test_the_index_in_all_its_stages(forked: Path) -> None:
    git(forked, "merge", "side", fails=True)
    git(forked, "reset", "-q", "--merge")
    write(forked, "only staged\n", OTHER)
    git(forked, "add", OTHER)
    assert "only staged\n" in versions(forked)
    blobs = {
        stage: subprocess.run(
            ["git", "hash-object", "-w", "--stdin"],
            cwd=forked,
            input=f"stage {stage}\n".encode(),
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .strip()
        for stage in (1, 2, 3)
    }
    lines = f"0 {'0' * 40}\t{OTHER}\n"
    lines += "".join(f"100644 {blob} {stage}\t{OTHER}\n" for stage, blob in blobs.items())
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=forked, input=lines.encode(), check=True
    )
    assert versions(forked, OTHER) == {"stage 1\n", "stage 2\n", "stage 3\n"}


def test_heads_and_reflogs_of_other_worktrees(repo: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", "--detach", str(tree))
    commit(tree, "left behind\n")
    git(tree, "checkout", "-q", "--detach", "main")
    commit(tree, "detached\n")
    for folder in (repo, tree):
        assert versions(folder) == {"one\n", "detached\n", "left behind\n"}


def test_what_a_rebase_in_another_worktree_put_aside(forked: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    git(forked, "worktree", "add", "-q", str(tree), "side")
    commit(tree, "notes\n", OTHER)
    write(tree, "aside\n", OTHER)
    git(tree, "rebase", "--autostash", "main", fails=True)
    assert "aside\n" in versions(forked)
    assert "aside\n" in versions(tree)


def test_contents_are_as_committed(repo: Path) -> None:
    git(repo, "config", "core.autocrlf", "true")
    write(repo, "a\r\nb\r\n")
    git(repo, "commit", "-q", "-a", "-m", "x")
    assert versions(repo) == {"one\n", "a\nb\n"}


def test_any_bytes_come_back(repo: Path) -> None:
    contents = {b"", b"\0\n\0", bytes(range(256)) * 999, b"blob 3\n", b"no end"}
    for content in contents:
        (repo / DAY).write_bytes(content)
        git(repo, "commit", "-q", "-a", "-m", "x")
    assert {text for _, text in at(repo).versions([DAY])} == contents | {b"one\n"}


def test_links_and_submodules_are_no_versions(repo: Path) -> None:
    (repo / OTHER).symlink_to("elsewhere")
    git(repo, "add", OTHER)
    head = git(repo, "rev-parse", "HEAD")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head},journal/main/sub")
    git(repo, "commit", "-q", "-m", "x")
    assert versions(repo) == {"one\n"}


def test_a_workspace_in_a_subdirectory(empty: Path) -> None:
    commit(empty, "one\n", f"notes/{DAY}")
    commit(empty, "code\n", DAY)
    known = at(empty / "notes")
    assert known.root == str(empty)
    assert known.tracked(str(empty / "notes" / DAY))
    assert known.taken(str(empty / "notes" / DAY), b"one\n")
    assert versions(empty / "notes", "notes") == {"one\n"}
    assert versions(empty / "notes", str(empty / "notes" / "journal")) == {"one\n"}


def test_more_paths_than_git_is_given(repo: Path) -> None:
    for number in range(200):
        write(repo, f"{number}\n", f"journal/main/{number}.md")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "x")
    asked = [f"journal/main/{number}.md" for number in range(0, 200, 2)]
    assert versions(repo, *asked) == {f"{number}\n" for number in range(0, 200, 2)}
    assert versions(repo, *asked, "journal/main/2026") >= {"one\n", "0\n"}
    assert "1\n" in versions(repo, *asked, ".")


def test_thousands_of_commits(empty: Path) -> None:
    """Also more output than pipes hold, and an end in the middle of it."""
    filler = "x" * 500
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@b> {1_700_000_000 + number} +0000\n"
        f"data 0\nM 100644 inline {DAY}\ndata {len(text)}\n{text}\n"
        for number in range(4_000)
        if (text := f"{number}\n{filler}")
    )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=empty, input=stream.encode(), check=True)
    assert versions(empty) == {f"{number}\n{filler}" for number in range(4_000)}
    some = at(empty).versions(["journal"])
    assert next(some)[1].startswith(b"3999\n")
    some.close()  # type: ignore[attr-defined]


def test_an_early_end_leaves_no_process(repo: Path) -> None:
    script = (
        "import sys, os; sys.path.insert(0, sys.argv[1]); from journal import gitstate; "
        "found = gitstate.find(sys.argv[2]).versions(['journal']); next(found); found.close()\n"
        "try: os.waitpid(-1, os.WNOHANG)\n"
        "except ChildProcessError: print('none')"
    )
    commit(repo, "two\n")
    words = [sys.executable, "-W", "error", "-c", script, str(ROOT), str(repo)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("none\n", "")


# Damage


def test_a_broken_ref_and_names_of_nothing(repo: Path) -> None:
    commit(repo, "two\n")
    nothing = "ab" * 20
    (repo / ".git" / "refs" / "heads" / "broken").write_text(nothing + "\n")
    (repo / ".git" / "ORIG_HEAD").write_text(f"{nothing}\n")
    (repo / ".git" / "FETCH_HEAD").write_text(f"{nothing}\t\tx\n\n--all\nno name\n")
    assert versions(repo) == {"one\n", "two\n"}
    assert at(repo).taken(DAY, b"two\n")


def test_a_missing_blob(repo: Path) -> None:
    commit(repo, "two\n")
    name = git(repo, "rev-parse", f"HEAD~:{DAY}")
    (repo / ".git" / "objects" / name[:2] / name[2:]).unlink()
    assert versions(repo) == {"two\n"}


# Hooks


def test_a_hook_s_environment_of_another_repository(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "other")
    other = tmp_path / "other"
    commit(other, "other\n")
    monkeypatch.chdir(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    assert at(repo).git_dir == str(repo / ".git")
    assert at(repo).tracked(DAY)
    assert versions(repo) == {"one\n"}
    assert versions(other) == {"other\n"}


def test_a_hook_of_another_worktree(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", str(tree))
    git(tree, "rm", "-q", DAY)
    inside = repo / ".git" / "worktrees" / "tree"
    monkeypatch.chdir(tree)
    monkeypatch.setenv("GIT_DIR", str(inside))
    monkeypatch.setenv("GIT_INDEX_FILE", str(inside / "index"))
    assert at(repo).tracked(DAY)
    assert not at(tree).tracked(DAY)


@pytest.mark.parametrize("words", [["-a"], ["--", DAY]])
def test_the_index_of_the_coming_commit(repo: Path, tmp_path: Path, words: list[str]) -> None:
    """`git commit -a` and `git commit FILE` show their hooks an index that is not in place yet."""
    out = tmp_path / "out"
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from journal import gitstate; "
        "repo = gitstate.find(sys.argv[2]); "
        f"open(sys.argv[3], 'w').write(str(repo.taken({DAY!r}, b'coming' + bytes([10]))))"
    )
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    call = shlex.join([sys.executable, "-c", script, str(ROOT), str(repo), str(out)])
    hook.write_text(f"#!/bin/sh\nexec {call}\n")
    hook.chmod(0o755)
    write(repo, "coming\n")
    git(repo, "commit", "-q", "-m", "x", *words)
    assert out.read_text() == "True"


# Never writes


def test_nothing_is_written(forked: Path) -> None:
    write(forked, "aside\n")
    git(forked, "stash", "-q")
    os.utime(forked / DAY)  # git status would now write the index anew

    def state() -> dict[str, tuple[int, int]]:
        files = [path for path in forked.rglob("*") if path.is_file()]
        return {str(file): (file.stat().st_mtime_ns, file.stat().st_size) for file in files}

    before = state()
    known = at(forked)
    known.busy()
    known.tracked(DAY)
    known.taken(DAY, b"x")
    known.taken(OTHER, None)
    assert versions(forked)
    assert state() == before
