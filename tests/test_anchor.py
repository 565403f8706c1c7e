"""The git anchor: git itself is the oracle, in every arrangement of a repository."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.anchor import UNBORN, anchor, environment, git_dir, locate

ROOT = Path(__file__).resolve().parent.parent
ASK = "import sys; sys.path.insert(0, sys.argv[1]); from journal.anchor import anchor; "


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)
    return os.fsdecode(done.stdout).strip()


def tell(folder: Path, *words: str) -> str:
    """What git answers, "" when it refuses."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""


def oracle(folder: Path) -> str:
    """The anchor as git tells it."""
    if tell(folder, "rev-parse", "--is-inside-work-tree") != "true":
        return ""
    branch = tell(folder, "symbolic-ref", "-q", "HEAD").removeprefix("refs/heads/") or "HEAD"
    return f"{branch}@{tell(folder, 'rev-parse', '-q', '--verify', 'HEAD')[:12] or UNBORN}"


def new(folder: Path, *words: str) -> Path:
    git(folder.parent, "init", "-q", "-b", "main", *words, str(folder))
    return folder


def commit(folder: Path, text: str = "x") -> str:
    (folder / "file").write_text(text)
    git(folder, "add", "file")
    git(folder, "commit", "-q", "--allow-empty", "-m", text)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = new(tmp_path / "repo")
    commit(folder)
    (folder / "journal" / "main").mkdir(parents=True)
    return folder


def agrees(folder: Path) -> str:
    """The anchor of a folder, once it is known to be git's."""
    assert anchor(str(folder)) == oracle(folder)
    return anchor(str(folder))


# Where HEAD is


def test_a_branch(repo: Path) -> None:
    assert agrees(repo) == f"main@{git(repo, 'rev-parse', 'HEAD')[:12]}"
    assert agrees(repo / "journal" / "main") == agrees(repo)
    assert git_dir(str(repo / "journal")) == str(repo / ".git")


def test_a_folder_that_does_not_exist_yet(repo: Path) -> None:
    assert anchor(str(repo / "later" / "on")) == agrees(repo)


def test_outside_of_git(tmp_path: Path) -> None:
    assert anchor(str(tmp_path)) == oracle(tmp_path) == ""
    assert git_dir(str(tmp_path)) is None


def test_a_path_that_cannot_be() -> None:
    assert anchor("a\0b") == ""
    assert git_dir("a\0b") is None


def test_detached(repo: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    assert agrees(repo).startswith("HEAD@")
    assert not agrees(repo).endswith(UNBORN)


def test_unborn(tmp_path: Path) -> None:
    assert agrees(new(tmp_path / "repo")) == f"main@{UNBORN}"


def test_an_orphan_branch_in_a_repository_with_packed_refs(repo: Path) -> None:
    git(repo, "pack-refs", "--all")
    git(repo, "checkout", "-q", "--orphan", "ma")
    assert agrees(repo) == f"ma@{UNBORN}"


def test_sha256(tmp_path: Path) -> None:
    folder = new(tmp_path / "repo", "--object-format=sha256")
    assert len(commit(folder)) == 64
    assert agrees(folder) != ""
    git(folder, "pack-refs", "--all")
    agrees(folder)
    git(folder, "checkout", "-q", "--detach")
    assert agrees(folder).startswith("HEAD@")


def test_a_rebase_that_stopped(repo: Path) -> None:
    git(repo, "checkout", "-q", "-b", "other")
    commit(repo, "theirs")
    git(repo, "checkout", "-q", "main")
    commit(repo, "ours")
    assert tell(repo, "rebase", "other") == ""
    assert agrees(repo).startswith("HEAD@")


# Names of branches

NAMES = [
    "feature/recall",
    "grüße/日本語",
    "user@host",
    "a.b-c_d",
    "HEAD2",
    "x/refs/heads/main",
    "-x",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_branch_name(repo: Path, name: str) -> None:
    git(repo, "symbolic-ref", "HEAD", f"refs/heads/{name}")
    assert agrees(repo) == f"{name}@{UNBORN}"
    commit(repo, name)
    loose = agrees(repo)
    git(repo, "pack-refs", "--all")
    assert not (repo / ".git" / "refs" / "heads" / name).exists()
    assert agrees(repo) == loose


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"caf\xe9", "caf?"),
        (b"a\xff\xfeb/\xe2\x82", "a??b/??"),
        ("nel\u0085x\u009bz".encode(), "nel?x?z"),
        ("line\u2028para\u2029".encode(), "line?para?"),
    ],
)
def test_a_name_that_would_not_be_fit_to_write(repo: Path, raw: bytes, shown: str) -> None:
    git(repo, "checkout", "-q", "-b", os.fsdecode(raw))
    packed = f"{shown}@{git(repo, 'rev-parse', 'HEAD')[:12]}"
    assert anchor(str(repo)) == packed
    git(repo, "pack-refs", "--all")
    assert anchor(str(repo)) == packed


@pytest.mark.parametrize(
    "head",
    [
        "ref: ../../secret",
        "ref: refs/heads/../../../secret",
        "ref: refs/heads/a b",
        "ref: refs/heads/a\\b",
        "ref: HEAD",
        "ref:",
        "nothing of the kind",
        "0123456789abcdef",
        "",
    ],
)
def test_a_head_that_says_nothing(repo: Path, head: str) -> None:
    (repo.parent / "secret").write_text("0" * 40)
    (repo / ".git" / "HEAD").write_text(head)
    assert anchor(str(repo)) == ""


def test_a_control_character_in_head_is_no_branch(repo: Path) -> None:
    (repo / ".git" / "HEAD").write_bytes(b"ref: refs/heads/a\x1b[31m\n")
    assert anchor(str(repo)) == ""


# Refs


def test_a_symbolic_ref_of_a_ref(repo: Path) -> None:
    git(repo, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/alias")
    assert agrees(repo).startswith("main@")
    assert not agrees(repo).endswith(UNBORN)


def test_refs_that_turn_in_a_circle(repo: Path) -> None:
    git(repo, "symbolic-ref", "refs/heads/a", "refs/heads/b")
    git(repo, "symbolic-ref", "refs/heads/b", "refs/heads/a")
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/a\n")
    assert anchor(str(repo)) == ""


def test_head_as_a_link(repo: Path) -> None:
    """How git wrote it long ago, and still does with core.preferSymlinkRefs."""
    before = agrees(repo)
    git(repo, "config", "core.preferSymlinkRefs", "true")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/main")
    assert (repo / ".git" / "HEAD").is_symlink()
    assert agrees(repo) == before
    git(repo, "symbolic-ref", "HEAD", "refs/heads/later")
    assert agrees(repo) == f"later@{UNBORN}"


def test_loose_counts_before_packed(repo: Path) -> None:
    git(repo, "pack-refs", "--all")
    old = agrees(repo)
    commit(repo, "newer")
    assert agrees(repo) != old


def test_a_folder_left_where_a_packed_ref_was(repo: Path) -> None:
    git(repo, "pack-refs", "--all")
    (repo / ".git" / "refs" / "heads" / "main").mkdir(parents=True)
    assert not agrees(repo).endswith(UNBORN)


def test_packed_refs_with_tags_and_endings_alike(repo: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    git(repo, "tag", "-a", "-m", "x", "main")
    git(repo, "update-ref", "refs/heads/a/refs/heads/main", first)
    git(repo, "update-ref", "refs/heads/mainly", first)
    git(repo, "update-ref", "refs/remotes/origin/main", first)
    git(repo, "tag", "-a", "-m", "x", "zz/refs/heads/main")
    newest = commit(repo, "second")
    git(repo, "pack-refs", "--all")
    assert agrees(repo) == f"main@{newest[:12]}"
    git(repo, "symbolic-ref", "HEAD", "refs/heads/mainl")
    assert agrees(repo) == f"mainl@{UNBORN}"


def test_twenty_thousand_packed_refs(repo: Path) -> None:
    old, newest = git(repo, "rev-parse", "HEAD"), commit(repo, "second")
    names = [f"refs/heads/f{number:05}/refs/heads/main" for number in range(20_000)]
    lines = [f"{old} {name}\n" for name in [*names, *(f"refs/tags/{n[11:17]}" for n in names)]]
    lines += [f"{newest} refs/heads/main\n"]
    header = "# pack-refs with: peeled fully-peeled sorted \n"
    text = header + "".join(sorted(lines, key=lambda line: line[41:]))
    (repo / ".git" / "refs" / "heads" / "main").unlink()
    (repo / ".git" / "packed-refs").write_text(text)
    assert agrees(repo) == f"main@{newest[:12]}"


def test_packed_refs_without_a_last_newline(repo: Path) -> None:
    before = agrees(repo)
    git(repo, "pack-refs", "--all")
    path = repo / ".git" / "packed-refs"
    path.write_text(path.read_text().rstrip("\n"))
    assert anchor(str(repo)) == before


_NAMES = st.from_regex(r"[ab]{1,2}(/(refs|heads|tags|main|[ab])){0,4}", fullmatch=True)


@given(
    names=st.sets(_NAMES, min_size=1, max_size=12),
    tags=st.booleans(),
    wanted=st.integers(min_value=0),
)
def test_any_packed_ref_is_found(names: set[str], tags: bool, wanted: int) -> None:
    every = sorted(names)
    commits = {name: f"{number:040x}" for number, name in enumerate(every, 0xA1B2C3 << 128)}
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder, ".git")
        inside.mkdir()
        name = every[wanted % len(every)]
        inside.joinpath("HEAD").write_text(f"ref: refs/heads/{name}\n")
        peeled = f"^{'9' * 40}\n" if tags else ""
        text = "".join(f"{commits[each]} refs/heads/{each}\n{peeled}" for each in every)
        inside.joinpath("packed-refs").write_text("# pack-refs with: peeled\n" + text)
        assert anchor(folder) == f"{name}@{commits[name][:12]}"


# Refs while they are written


def test_an_empty_ref_is_looked_up_among_the_packed(repo: Path) -> None:
    before = agrees(repo)
    git(repo, "pack-refs", "--all")
    (repo / ".git" / "refs" / "heads" / "main").write_text("")
    assert anchor(str(repo)) == before


@pytest.mark.parametrize(
    ("branch", "path", "fault"),
    [
        ("new", "refs/heads/new", "openat:error=ENOENT:when=1"),  # renamed between two looks
        ("main", "refs/heads/main", "read:retval=0:when=1..2"),  # cut off, not yet written anew
        ("main", "HEAD", "read:retval=0:when=1..2"),
    ],
)
def test_a_ref_that_says_nothing_for_a_moment(
    repo: Path, branch: str, path: str, fault: str
) -> None:
    git(repo, "pack-refs", "--all")
    git(repo, "checkout", "-q", "-B", branch)
    commit(repo, "newer")  # what was packed is old: it must not be believed at once
    trace = ["strace", "-f", "-o", os.devnull, "-P", str(repo / ".git" / path)]
    trace += ["-e", f"trace={fault.partition(':')[0]}", "-e", f"inject={fault}"]
    script = f"{ASK} print(anchor(sys.argv[2]))"
    words = [*trace, sys.executable, "-c", script, str(ROOT), str(repo)]
    probe = ["strace", "-o", os.devnull, "-e", "inject=read:retval=0:when=1..2", "-P", "/", "true"]
    if not shutil.which("strace") or subprocess.run(probe, check=False).returncode:
        pytest.skip("strace can't inject faults here")
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == oracle(repo)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_ref_s_place_does_not_hang(repo: Path) -> None:
    (repo / ".git" / "refs" / "heads" / "main").unlink()
    os.mkfifo(repo / ".git" / "refs" / "heads" / "main")
    assert anchor(str(repo)) == f"main@{UNBORN}"


def test_while_git_commits_and_packs_and_renames(repo: Path) -> None:
    """No moment shows anything but a commit that was HEAD's, on a branch that was HEAD's."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.add(anchor(str(repo)))

    true = {agrees(repo)}
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(12):
            commit(repo, str(number))
            true.add(oracle(repo))
            git(repo, "pack-refs", "--all", "--prune")
            git(repo, "branch", "-m", f"name{number}")
            true.add(oracle(repo))
    finally:
        done.set()
        watcher.join()
    names = {text.partition("@")[0] for text in true}
    strange = seen - true
    # Between the two steps of a rename even git shows the old name as unborn.
    assert {text for text in strange if text not in {f"{name}@{UNBORN}" for name in names}} == set()
    assert seen & true


# Other arrangements


@pytest.mark.parametrize("packed", [False, True])
def test_a_linked_worktree(repo: Path, packed: bool) -> None:
    tree = repo.parent / "tree ü"
    git(repo, "worktree", "add", "-q", "-b", "side", str(tree))
    commit(tree, "elsewhere")
    if packed:
        git(repo, "pack-refs", "--all")
    assert agrees(tree).startswith("side@")
    assert agrees(tree).split("@")[1] != agrees(repo).split("@")[1]
    assert git_dir(str(tree)) == git(tree, "rev-parse", "--absolute-git-dir")


def test_a_worktree_with_relative_links(repo: Path) -> None:
    tree = repo.parent / "tree"
    git(repo, "worktree", "add", "-q", "-b", "side", str(tree))
    (tree / ".git").write_text("gitdir: ../repo/.git/worktrees/tree\n")
    (repo / ".git" / "worktrees" / "tree" / "gitdir").write_text("../../../../tree/.git\n")
    assert agrees(tree).startswith("side@")


def test_a_ref_of_one_worktree_only(repo: Path) -> None:
    tree = repo.parent / "tree"
    git(repo, "worktree", "add", "-q", "--detach", str(tree))
    own = commit(tree, "own")
    git(tree, "update-ref", "refs/worktree/here", own)
    git(repo, "update-ref", "refs/worktree/here", "main")
    git(tree, "symbolic-ref", "HEAD", "refs/worktree/here")
    assert agrees(tree) == f"refs/worktree/here@{own[:12]}"


def test_a_worktree_whose_repository_moved_away(repo: Path) -> None:
    tree = repo / "tree"
    git(repo, "worktree", "add", "-q", str(tree))
    (repo / ".git" / "worktrees").rename(repo.parent / "away")
    assert anchor(str(tree)) == oracle(tree) == ""


@pytest.mark.parametrize("text", ["", "gitdir:", "gitdir: nowhere", "something else"])
def test_a_git_file_that_points_nowhere(repo: Path, text: str) -> None:
    """Git stops there too: the folder is not the outer repository's."""
    (repo / "journal" / ".git").write_text(text)
    assert anchor(str(repo / "journal" / "main")) == oracle(repo / "journal" / "main") == ""


def test_an_empty_git_folder_is_passed_by(repo: Path) -> None:
    (repo / "journal" / ".git").mkdir()
    assert agrees(repo / "journal" / "main").startswith("main@")


def test_a_submodule(repo: Path, tmp_path: Path) -> None:
    outer = new(tmp_path / "outer")
    commit(outer, "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "sub")
    commit(outer / "sub", "inner")
    assert agrees(outer / "sub") != agrees(outer)
    git(outer / "sub", "checkout", "-q", "--detach")
    assert agrees(outer / "sub").startswith("HEAD@")


def test_a_git_directory_elsewhere(tmp_path: Path) -> None:
    folder = new(tmp_path / "work", f"--separate-git-dir={tmp_path / 'elsewhere.git'}")
    commit(folder)
    assert agrees(folder).startswith("main@")
    assert git_dir(str(folder)) == str(tmp_path / "elsewhere.git")


def test_a_link_into_a_work_tree(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").symlink_to(repo / "journal")
    assert agrees(tmp_path / "notes") == agrees(repo)


def test_a_link_out_of_a_work_tree(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (repo / "notes").symlink_to(tmp_path / "notes")
    assert agrees(repo / "notes") == ""


def test_a_bare_repository(tmp_path: Path) -> None:
    bare = new(tmp_path / "bare.git", "--bare")
    (bare / "notes").mkdir()
    assert agrees(bare) == agrees(bare / "notes") == ""


def test_a_bare_repository_inside_a_work_tree(repo: Path) -> None:
    bare = new(repo / "bare.git", "--bare")
    assert agrees(bare) == ""


def test_inside_the_git_directory(repo: Path) -> None:
    tree = repo.parent / "tree"
    git(repo, "worktree", "add", "-q", str(tree))
    assert agrees(repo / ".git" / "hooks") == ""
    assert agrees(repo / ".git" / "worktrees" / "tree") == ""


@pytest.mark.parametrize("per_worktree", [False, True])
def test_worktrees_around_a_bare_repository(repo: Path, tmp_path: Path, per_worktree: bool) -> None:
    """`git clone --bare … .bare; echo gitdir: ./.bare > .git`, a common arrangement."""
    project = tmp_path / "project"
    project.mkdir()
    git(project, "clone", "-q", "--bare", str(repo), ".bare")
    (project / ".git").write_text("gitdir: ./.bare\n")
    if per_worktree:
        git(project, "config", "extensions.worktreeConfig", "true")
        git(project, "config", "--unset", "core.bare")
        git(project, "config", "--worktree", "core.bare", "true")
    git(project, "worktree", "add", "-q", "main")
    assert agrees(project) == ""
    assert agrees(project / "main").startswith("main@")


def configured(repo: Path, core: str) -> str:
    """The anchor after a config with this line under [core], among others."""
    version = "[Core]\n\trepositoryformatversion = 0\n"
    text = f"[user]\n\tbare = false\n{version}\t{core}\n[a]\n\tbare = true\n"
    (repo / ".git" / "config").write_text(text)
    return agrees(repo)


@pytest.mark.parametrize("core", ["bare = true", "Bare=TRUE ; yes", "bare = yes # yes", "bare"])
def test_a_repository_configured_as_bare(repo: Path, core: str) -> None:
    assert configured(repo, core) == ""


@pytest.mark.parametrize("core", ["bare = false", "bare = no\r", "bare =", "autocrlf = true"])
def test_a_repository_configured_as_not_bare(repo: Path, core: str) -> None:
    assert configured(repo, core) != ""


def test_a_config_without_a_version_says_nothing(repo: Path) -> None:
    (repo / ".git" / "config").write_text("[core]\n\tbare = true\n")
    assert agrees(repo) != ""


def test_a_work_tree_that_the_config_puts_elsewhere(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "else where" / "in").mkdir(parents=True)
    git(repo, "config", "core.worktree", str(tmp_path / "else where"))
    assert agrees(repo) == ""


# What hooks and shells tell by the environment


def as_seen_by(monkeypatch: pytest.MonkeyPatch, folder: Path, **env: str) -> None:
    monkeypatch.chdir(folder)
    for name, value in env.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("value", [".git", "absolute"])
def test_git_dir_of_the_same_repository(
    repo: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    named = str(repo / ".git") if value == "absolute" else value
    as_seen_by(monkeypatch, repo, GIT_DIR=named)
    assert agrees(repo / "journal" if value == "absolute" else repo).startswith("main@")
    assert git_dir(str(repo / "journal")) == str(repo / ".git")


def test_git_dir_of_another_repository_says_nothing(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new(tmp_path / "other")
    commit(other, "other")
    here, there = agrees(repo), agrees(other)
    assert here != there
    as_seen_by(monkeypatch, other, GIT_DIR=str(other / ".git"))
    assert anchor(str(repo / "journal")) == here
    assert anchor(str(other)) == there
    as_seen_by(monkeypatch, repo)  # the hook changed into the other repository
    assert anchor(str(repo / "journal")) == here
    assert anchor(str(tmp_path)) == ""


def test_git_dir_of_the_outer_repository_says_nothing_of_the_inner(
    repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = new(repo / "journal" / "inner")
    commit(inner, "inner")
    expected = agrees(inner)
    as_seen_by(monkeypatch, repo, GIT_DIR=".git", GIT_WORK_TREE=".")
    assert anchor(str(inner)) == expected


def test_git_dir_of_a_linked_worktree_is_for_that_one(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever its hook went: git itself would believe the current directory to be the top."""
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "tree"))
    as_seen_by(monkeypatch, tmp_path, GIT_DIR=str(repo / ".git" / "worktrees" / "tree"))
    assert anchor(str(tmp_path)) == ""
    assert anchor(str(tmp_path / "tree")).startswith("side@")
    assert anchor(str(repo)).startswith("main@")


def test_git_dir_that_is_not_there(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = agrees(repo)
    as_seen_by(monkeypatch, repo, GIT_DIR=str(repo / "nowhere"))
    assert anchor(str(repo)) == expected


def test_a_home_directory_kept_by_a_bare_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new(tmp_path / "dotfiles.git", "--bare")
    (tmp_path / "notes").mkdir()
    assert anchor(str(tmp_path / "notes")) == ""
    as_seen_by(monkeypatch, tmp_path, GIT_DIR="dotfiles.git", GIT_WORK_TREE=".")
    assert agrees(tmp_path) == f"main@{UNBORN}"
    assert anchor(str(tmp_path / "notes")) == f"main@{UNBORN}"
    monkeypatch.delenv("GIT_WORK_TREE")
    assert agrees(tmp_path) == ""


def test_git_dir_alone_means_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new(tmp_path / "work", f"--separate-git-dir={tmp_path / 'elsewhere.git'}")
    commit(folder)
    (folder / ".git").unlink()
    assert agrees(folder) == ""
    as_seen_by(monkeypatch, folder, GIT_DIR=str(tmp_path / "elsewhere.git"))
    assert agrees(folder).startswith("main@")
    assert anchor(str(tmp_path)) == ""


def test_in_hooks(repo: Path, tmp_path: Path) -> None:
    """A real hook of a work tree and of a linked one, asking for its own repository and others."""
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", "-b", "side", str(tree))
    other = new(tmp_path / "other")
    commit(other, "other")
    roots = [repo / "journal" / "main", tree, other, tmp_path]
    script = f"{ASK} open(sys.argv[2], 'w').writelines(anchor(r) + chr(10) for r in sys.argv[3:])"
    hook, out = repo / ".git" / "hooks" / "post-commit", tmp_path / "out"
    words = [sys.executable, "-c", script, str(ROOT), str(out), *map(str, roots)]
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {shlex.join(words)}\n")
    hook.chmod(0o755)
    for folder in (repo, tree):
        commit(folder, f"in {folder.name}")
        assert out.read_text().splitlines() == [oracle(root) for root in roots]
        out.unlink()


# Failure, cost


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that another user may enter: pytest's own are closed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="no users here")
@pytest.mark.parametrize("closed", [".git", ".git/HEAD", ".git/refs/heads/main"])
def test_what_may_not_be_read(readable: Path, closed: str) -> None:
    new(readable / "outer")
    repo = new(readable / "outer" / "repo")
    commit(repo)
    (repo / closed).chmod(0)
    me = os.geteuid()
    try:
        if me == 0:
            os.seteuid(65534)
        assert anchor(str(repo)) == ""
    finally:
        os.seteuid(me)
        (repo / closed).chmod(0o755)
    assert anchor(str(repo)).startswith("main@")


def test_a_reftable_repository(tmp_path: Path) -> None:
    folder = tmp_path / "repo"
    words = ["git", "init", "-q", "-b", "main", "--ref-format=reftable", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this git has no reftable")
    assert agrees(folder) == f"main@{UNBORN}"
    commit(folder)
    assert agrees(folder).startswith("main@")
    git(folder, "checkout", "-q", "--detach")
    assert agrees(folder).startswith("HEAD@")


# Stands in for a git that knows reftable: what it is asked, and what it answers.
NEW_GIT = """#!/bin/sh
echo "$LC_ALL $GIT_OPTIONAL_LOCKS ${{GIT_INDEX_FILE-none}} $*" >> '{log}'
case "$3" in
symbolic-ref) {name} ;;
rev-parse) {commit} ;;
esac
"""


@pytest.mark.skipif(os.name != "posix", reason="the git that stands in is a shell script")
@pytest.mark.parametrize(
    ("name", "commit", "expected"),
    [
        ("echo refs/heads/main", f"echo {'ab12' * 10}", f"main@{'ab12' * 3}"),
        ("echo refs/heads/main", "exit 1", f"main@{UNBORN}"),
        ("exit 1", f"echo {'ab12' * 16}", f"HEAD@{'ab12' * 3}"),
        ("exit 1", "exit 1", ""),
        ("exit 128", "exit 128", ""),
    ],
)
def test_reftable_asks_git(
    repo: Path, monkeypatch: pytest.MonkeyPatch, name: str, commit: str, expected: str
) -> None:
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    log, stand_in = repo.parent / "log", repo.parent / "bin" / "git"
    stand_in.parent.mkdir()
    stand_in.write_text(NEW_GIT.format(log=log, name=name, commit=commit))
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(stand_in.parent))
    monkeypatch.setenv("GIT_INDEX_FILE", "foreign")
    assert anchor(str(repo)) == expected
    assert log.read_text().startswith(f"C 0 none -C {repo} symbolic-ref")


def test_reftable_where_git_refuses(repo: Path) -> None:
    """This git's own answer to such a HEAD in a repository of files is an error."""
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    told = tell(repo, "symbolic-ref", "-q", "HEAD").removeprefix("refs/heads/")
    assert anchor(str(repo)) == (oracle(repo) if told else "")


def test_reftable_without_a_git_program(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    monkeypatch.setenv("PATH", str(repo / "journal"))
    assert anchor(str(repo)) == ""


def test_git_sees_what_was_located(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_seen_by(monkeypatch, repo, GIT_DIR=".git", GIT_INDEX_FILE="x", GIT_GLOB_PATHSPECS="1")
    found = locate(str(repo / "journal"))
    assert found == (str(repo), str(repo / ".git"), True)
    env = environment(found)
    assert (env["GIT_DIR"], env["GIT_WORK_TREE"]) == (str(repo / ".git"), str(repo))
    assert not {"GIT_INDEX_FILE", "GIT_GLOB_PATHSPECS"} & env.keys()
    assert "GIT_CONFIG_GLOBAL" in env
    assert "GIT_DIR" not in environment((*found[:2], False))


def test_it_costs_no_import_and_no_process(repo: Path) -> None:
    script = (
        "import sys; before = set(sys.modules); "
        f"{ASK} found = anchor(sys.argv[2]); "
        "assert found, found; print(*sorted(set(sys.modules) - before))"
    )
    words = [sys.executable, "-I", "-c", script, str(ROOT), str(repo)]
    done = subprocess.run(words, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["journal", "journal.anchor"], "")
