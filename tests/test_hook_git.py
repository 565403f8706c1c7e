"""Git's hooks: what git does becomes entries, with real git, and nothing of git is disturbed."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from journal import anchor, api, workspace
from journal.chain import exit_code
from journal.entry import Draft
from journal.hooks import git as hooks
from journal.hooks.target import Outcome, Site


@dataclass
class Desk:
    """A repository with our hooks, and the workspace that they append to."""

    root: Path
    book: Path
    journal: Path

    def git(self, words: str, *more: str, cwd: Path | None = None, **env: str) -> str:
        """Run git; what it says. It must say nothing of ours, and not fail."""
        done = self.run(words, *more, cwd=cwd, **env)
        assert done.returncode == 0, done.stderr
        assert "journal:" not in done.stderr
        return done.stdout.strip()

    def run(
        self, words: str, *more: str, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *words.split(), *more],
            cwd=cwd or self.root,
            env={**os.environ, "GIT_EDITOR": "true", **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def commit(self, name: str, message: str = "") -> str:
        """Add a file; the commit's 12 hex digits."""
        (self.root / name).write_text(f"{name}\n")
        self.git("add", name)
        assert self.git("commit -q -m", message or f"add {name}") == ""
        return self.here

    @property
    def here(self) -> str:
        """12 hex digits of HEAD."""
        return anchor.anchor(str(self.root)).rpartition("@")[2]

    def site(self, **more: Any) -> Site:
        given = {"target": "git", "root": str(self.book), "directory": str(self.root)}
        return Site(**{**given, "program": str(self.journal), **more})

    def told(self) -> list[Any]:
        """The entries, oldest first."""
        with api.open(str(self.book)) as journal:
            return list(journal.rows(oldest=True))

    def titles(self) -> list[str]:
        return [row.title for row in self.told()]

    def show(self, entry_id: str, *options: str) -> str:
        command = [str(self.journal), "show", entry_id, "--workspace", str(self.book), *options]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def hook(self, name: str) -> Path:
        return self.root / ".git" / "hooks" / name


def new_repo(root: Path) -> Path:
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
    return root


@pytest.fixture
def bare(tmp_path: Path, journal_bin: Path) -> Desk:
    """Without hooks yet."""
    workspace.init(str(tmp_path / "book"))
    return Desk(new_repo(tmp_path / "my repo"), tmp_path / "book", journal_bin)


@pytest.fixture
def desk(bare: Desk) -> Desk:
    """With hooks, and a commit."""
    assert hooks.install(bare.site()).state == "installed"
    bare.commit("a")
    return bare


# What is told


def test_a_commit(desk: Desk) -> None:
    (desk.root / "b").write_text("1\n2\n")
    (desk.root / "a").write_text("")
    desk.git("add", ".")
    desk.git("commit -q -m", "Fix the parser\n\nIt read `## 10:00` as text.")
    entry = desk.told()[-1]
    assert (entry.title, entry.kind, entry.actor) == ("Committed Fix the parser", "event", "git")
    assert entry.git == anchor.anchor(str(desk.root)) == f"main@{desk.here}"
    parent = desk.git("rev-parse HEAD~1")
    assert dict(entry.fields) == {"commit": desk.here, "parents": [parent[:12]]}
    with api.open(str(desk.book)) as journal:
        body = journal.find(entry.id).body
    assert body == (
        "Fix the parser\n\nIt read `## 10:00` as text.\n\n"
        "```text\n2 files changed, 2 insertions(+), 1 deletion(-)\n+0 -1  a\n+2 -0  b\n```\n\n"
        f"`{desk.git('rev-parse HEAD')}`"
    )


def test_a_message_of_one_long_line(desk: Desk) -> None:
    desk.commit("b", "x" * 30_000)
    assert desk.titles()[-1] == "Committed " + "x" * 189 + "…"


def test_a_day_at_the_desk(desk: Desk) -> None:
    desk.git("checkout -q -b topic")
    desk.commit("b")
    desk.git("commit -q --amend -m", "add bee")
    desk.git("checkout -q main")
    desk.git("merge -q topic")
    desk.commit("c")
    desk.git("switch -q topic")
    desk.commit("d")
    desk.git("merge -q --no-edit main")
    desk.git("checkout -q --detach HEAD~1")
    desk.git("switch -q main")
    desk.git("cherry-pick topic~1")
    desk.git("revert --no-edit HEAD")
    assert desk.titles() == [
        "Committed add a",
        "Switched from main to topic",
        "Committed add b",
        "Amended add bee",
        "Switched from topic to main",
        "Merged topic into main",
        "Committed add c",
        "Switched from main to topic",
        "Committed add d",
        "Merged main into topic",
        "Switched from topic to HEAD~1",
        f"Switched from {desk.git('rev-parse topic~1')[:12]} to main",
        "Committed add d",
        'Committed Revert "add d"',
    ]
    merged = [row.fields["merged"] for row in desk.told() if "merged" in row.fields]
    main, bee = (desk.git(f"rev-parse {commit}")[:12] for commit in ("main~2", "main~3"))
    assert merged == [[bee], [main]]


def test_what_is_no_event(desk: Desk, tmp_path: Path) -> None:
    desk.commit("b")
    before = desk.titles()
    (desk.root / "b").write_text("changed")
    desk.git("checkout -q -- b")
    desk.git("checkout -q HEAD~1 -- a")
    desk.git("checkout -q main")
    desk.git("worktree add -q -b side", str(tmp_path / "side"))
    template = tmp_path / "template"
    (template / "hooks").mkdir(parents=True)
    for name in ("post-checkout", "post-merge"):
        (template / "hooks" / name).write_bytes(desk.hook(name).read_bytes())
        (template / "hooks" / name).chmod(0o755)
    desk.git("clone -q --template", str(template), str(desk.root), str(tmp_path / "clone"))
    desk.git("bisect start HEAD HEAD~1")
    desk.git("bisect reset")
    assert desk.titles() == before
    desk.git("checkout -q -b squashed HEAD~1")
    desk.git("merge -q --squash main")
    assert desk.titles() == [*before, "Switched from main to squashed"]


def test_a_linked_worktree_and_a_submodule(desk: Desk, tmp_path: Path) -> None:
    side = tmp_path / "side"
    desk.git("worktree add -q -b side", str(side))
    (side / "b").write_text("b")
    desk.git("add b", cwd=side)
    desk.git("commit -q -a -m side", cwd=side)
    entry = desk.told()[-1]
    assert (entry.title, entry.git) == ("Committed side", anchor.anchor(str(side)))
    desk.git("-c protocol.file.allow=always submodule add -q", str(desk.root), "sub")
    inner = Desk(desk.root / "sub", desk.book, desk.journal)
    hooks.install(inner.site())
    (inner.root / "c").write_text("c")
    inner.git("add c")
    inner.git("commit -q -m inner")
    entry = inner.told()[-1]
    assert (entry.title, entry.git) == ("Committed inner", anchor.anchor(str(inner.root)))
    assert desk.here not in entry.git


def test_what_git_tells_its_hooks_of_itself_is_of_that_repository_alone(
    bare: Desk, tmp_path: Path
) -> None:
    """The workspace lies in a repository of its own, and the hook's GIT_DIR means another."""
    other = new_repo(tmp_path / "notes")
    workspace.init(str(other / "book"))
    notes = Desk(other, other / "book", bare.journal)
    notes.commit("n")
    code = Desk(bare.root, other / "book", bare.journal)
    hooks.install(code.site())
    (code.root / "a").write_text("a")
    code.git("add", ".")
    code.git("commit -q -a -m first", GIT_DIR=str(code.root / ".git"), GIT_WORK_TREE=str(code.root))
    assert [row.git for row in code.told()] == [anchor.anchor(str(code.root))]
    with api.open(str(other / "book")) as journal:
        journal.append(Draft(body="by hand"))
    assert code.told()[-1].git == f"main@{notes.here}"


# Anchors survive


def entry_at(desk: Desk) -> str:
    """An entry that is anchored to the repository's HEAD."""
    with api.open(str(desk.book)) as journal:
        draft = Draft(body="seen", git=anchor.anchor(str(desk.root)))
        return journal.append(draft).id


def git_now(desk: Desk, entry_id: str) -> str:
    return str(json.loads(desk.show(entry_id, "--json")).get("git_now", ""))


def test_anchors_survive_amends_and_rebases(desk: Desk) -> None:
    first = entry_at(desk)
    desk.git("checkout -q -b topic")
    entries = {}
    for name in "bdc":
        commit_c = desk.commit(name)
        entries[name] = entry_at(desk)
    desk.git("rebase -q -i HEAD~2", GIT_SEQUENCE_EDITOR="sed -i -e '1{h;d}' -e 2G")
    desk.git("commit -q --amend -m", "add dee")
    desk.git("checkout -q main")
    desk.commit("e")
    desk.git("rebase -q main topic")
    log = desk.git("log --format=%H:%s").splitlines()
    names = {line.rpartition(" ")[2]: line[:12] for line in log}
    assert git_now(desk, entries["b"]) == names["b"]
    assert git_now(desk, entries["d"]) == names["dee"] == desk.here
    assert git_now(desk, first) == ""
    assert f"@{commit_c} (now {names['c']})\n" in desk.show(entries["c"])
    assert "(now" not in desk.show(first)
    assert desk.titles()[-1] == "Rebased topic: 3 commits written anew"


def test_anchors_survive_a_squash(desk: Desk) -> None:
    entries = []
    for name in "bcde":
        desk.commit(name)
        entries.append(entry_at(desk))
    order = "sed -i -e 2s/pick/fixup/ -e 3s/pick/squash/ -e 4s/pick/drop/"
    desk.git("rebase -q -i HEAD~4", GIT_SEQUENCE_EDITOR=order)
    assert [git_now(desk, one) for one in entries[:3]] == [desk.here] * 3
    assert git_now(desk, entries[3]) == ""
    assert desk.titles()[-1] == "Rebased main: 3 commits became 1"
    pairs = desk.told()[-1].fields["rewrote"]
    assert {new for _, new in pairs} == {desk.here}


def test_anchors_of_a_rebase_that_stopped(desk: Desk) -> None:
    desk.git("checkout -q -b topic")
    (desk.root / "a").write_text("ours\n")
    desk.git("commit -q -a -m", "change a")
    desk.commit("b")
    entry = entry_at(desk)
    desk.git("checkout -q main")
    (desk.root / "a").write_text("theirs\n")
    desk.git("commit -q -a -m", "also change a")
    before = len(desk.titles())
    assert desk.run("rebase main topic").returncode
    (desk.root / "a").write_text("both\n")
    desk.git("add a")
    desk.git("rebase --continue")
    assert git_now(desk, entry) == desk.here
    assert desk.titles()[before:] == ["Rebased topic: 2 commits written anew"]


def test_a_rebase_of_a_thousand_commits_is_several_entries(desk: Desk) -> None:
    olds = [f"{number:012x}{0:028x}" for number in range(1000)]
    news = [f"{number:012x}{0:028x}" for number in range(5000, 6000)]
    given = "".join(f"{old} {new}\n" for old, new in zip(olds, news, strict=True))
    workspace_option = f"--workspace={desk.book}"
    done = subprocess.run(
        [desk.journal, "hook", "run", "git", "post-rewrite", workspace_option, "rebase"],
        cwd=desk.root, input=given, text=True, capture_output=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
    assert desk.titles()[1:] == [
        f"Rebased main: 1,000 commits written anew ({number} of 4)" for number in range(1, 5)
    ]
    from journal import rewrites

    with api.open(str(desk.book)) as journal:
        journal.catalog.catch_up()
        found = rewrites.fold(journal.catalog.tagged("event", rewrites.TAG))
    assert [found.now(old) for old in olds] == [new[:12] for new in news]


# A workspace inside the repository, whose day files git tracks


@pytest.fixture
def inside(tmp_path: Path, journal_bin: Path) -> Desk:
    desk = Desk(new_repo(tmp_path / "repo"), tmp_path / "repo" / "notes", journal_bin)
    workspace.init(str(desk.book))
    with api.open(str(desk.book)) as journal:
        journal.append(Draft(body="the first"))
    desk.commit("a")
    desk.git("add .")
    desk.git("commit -q -m", "with notes")
    hooks.install(desk.site())
    return desk


def waiting(desk: Desk) -> int:
    return sum(row.line == 0 for row in desk.told())


def test_a_commit_leaves_the_tree_clean(inside: Desk) -> None:
    inside.git("checkout -q -b topic")
    inside.commit("b")
    assert inside.git("status --short") == ""
    inside.git("checkout -q main")
    inside.commit("c")
    inside.git("rebase -q main topic")
    inside.git("checkout -q main")
    inside.git("merge -q --no-edit topic")
    assert inside.git("status --short") == ""
    titles = inside.titles()
    assert titles[1:3] == ["Switched from main to topic", "Committed add b"]
    assert waiting(inside) == len(titles) - 1 == 7
    with api.open(str(inside.book)) as journal:
        assert exit_code(journal.notebook.verify()) == 0
        journal.append(Draft(body="by hand"))
        assert {verdict.state for verdict in journal.notebook.verify()} == {"intact"}
    assert waiting(inside) == 0
    assert inside.git("status --short").startswith("M notes/journal/")


def test_a_rebase_with_what_was_not_committed_put_aside(inside: Desk) -> None:
    """post-rewrite runs before the autostash is applied again."""
    inside.git("checkout -q -b topic")
    inside.commit("b")
    inside.git("checkout -q main")
    inside.commit("c")
    with api.open(str(inside.book)) as journal:
        journal.append(Draft(body="dirty"))
    day = next((inside.book / "journal").glob("*/*/*.md"))
    dirty = day.read_bytes()
    inside.git("stash -q")
    inside.git("checkout -q topic")
    inside.git("stash pop -q")
    assert day.read_bytes() == dirty
    inside.git("rebase -q --autostash main")
    assert day.read_bytes() == dirty
    assert inside.git("stash list") == ""
    assert inside.titles()[-1] == "Rebased topic: 1 commit written anew"
    with api.open(str(inside.book)) as journal:
        journal.append(Draft(body="and on"))
        assert exit_code(journal.notebook.verify()) == 0


def test_where_git_tracks_nothing_of_it_entries_come_at_once(inside: Desk) -> None:
    (inside.root / ".gitignore").write_text("notes/\n")
    inside.git("rm -q -r --cached notes")
    inside.git("add .gitignore")
    inside.git("commit -q -m", "ignore the notes")
    assert waiting(inside) == 0
    assert inside.titles()[-1] == "Committed ignore the notes"


# Beside other hooks

SAYS = 'echo "$0 $#:$*" >>"$LOG"; cat >>"$LOG"'
PYTHON = """#!/usr/bin/env python3
import os, sys
with open(os.environ["LOG"], "a") as log:
    print(sys.argv[0], f"{len(sys.argv) - 1}:" + " ".join(sys.argv[1:]), file=log)
    log.write(sys.stdin.read())
sys.exit(3)
"""
OTHERS = {
    "shell": ("#!/bin/sh\n" + SAYS + "\nexit 3\n", 0o755),
    "bash": ("#!/usr/bin/env bash\nset -euo pipefail\n" + SAYS + "\nexec sh -c 'exit 3'\n", 0o700),
    "python": (
        PYTHON,
        0o755,
    ),
    "no end": ("#!/bin/sh\n" + SAYS + "\nexit 3", 0o755),
    "windows": ("#!/bin/sh\r\n" + SAYS + "\r\n", 0o755),
}


def put(desk: Desk, name: str, kind: str) -> Path:
    text, mode = OTHERS[kind]
    hook = desk.hook(name)
    hook.parent.mkdir(exist_ok=True)
    hook.write_bytes(text.encode())
    hook.chmod(mode)
    return hook


def call(hook: Path, given: str, log: Path, *args: str) -> tuple[int, str]:
    log.write_text("")
    done = subprocess.run(
        [hook, *args], cwd=hook.parent.parent.parent, env={**os.environ, "LOG": str(log)},
        input=given, text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")
    return done.returncode, log.read_text()


@pytest.mark.parametrize("kind", ["shell", "bash", "python", "no end"])
@pytest.mark.parametrize("name", ["post-checkout", "post-rewrite"])
def test_another_hook_goes_on_as_before(bare: Desk, tmp_path: Path, name: str, kind: str) -> None:
    hook = put(bare, name, kind)
    log = tmp_path / "log"
    given = f"{'a' * 40} {'b' * 40}\n{'c' * 40} {'d' * 40}\n"
    args = ("re base", "", "*") if name == "post-rewrite" else ("0" * 40, "1" * 40, "1")
    before = call(hook, given, log, *args)
    assert before[0] == 3
    text, mode = hook.read_bytes(), hook.stat().st_mode
    assert hooks.install(bare.site()).changed
    after = call(hook, given, log, *args)
    # What is no shell script is called by the same name, from a folder beside.
    assert (after[0], after[1].replace("/journal-kept/", "/")) == before
    assert len(bare.titles()) == (name == "post-rewrite")
    assert hooks.remove(bare.site()).changed
    assert (hook.read_bytes(), hook.stat().st_mode) == (text, mode)
    assert sorted(hook.parent.iterdir()) == sorted({hook, *hook.parent.glob("*.sample")})


def test_a_hook_that_is_a_link_or_does_not_run(bare: Desk) -> None:
    script = bare.root / "script"
    script.write_text("#!/bin/sh\necho ran >>ran\n")
    script.chmod(0o755)
    link = bare.hook("post-commit")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to("../../script")
    idle = put(bare, "post-merge", "shell")
    idle.chmod(0o644)
    text = script.read_bytes()
    told = hooks.install(bare.site())
    assert len(told.backups) == 2
    bare.commit("a")
    assert (bare.root / "ran").read_text() == "ran\n"
    assert bare.titles() == ["Committed add a"]
    assert call(idle, "", bare.root / "log", "0") == (0, "")
    hooks.remove(bare.site())
    assert os.readlink(link) == "../../script"
    assert script.read_bytes() == text
    assert (idle.read_bytes(), idle.stat().st_mode & 0o777) == (OTHERS["shell"][0].encode(), 0o644)


def test_twice_is_once(bare: Desk) -> None:
    put(bare, "post-commit", "shell")
    put(bare, "post-merge", "python")
    hooks.install(bare.site())
    there = tree(bare)
    again = hooks.install(bare.site())
    assert (again.changed, again.diff, tree(bare)) == (False, "", there)
    moved = hooks.install(bare.site(program="/usr/bin/env"))
    assert moved.changed
    assert hooks.status(bare.site()).state == "installed"
    hooks.install(bare.site())
    assert tree(bare) == there


def tree(desk: Desk) -> dict[str, tuple[bytes, int]]:
    folder = desk.root / ".git" / "hooks"
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mode) for path in files}


def test_a_dry_run_touches_nothing(bare: Desk) -> None:
    put(bare, "post-commit", "shell")
    put(bare, "post-rewrite", "python")
    before = tree(bare)
    told = hooks.install(bare.site(dry_run=True))
    assert told.changed
    assert told.diff.count("hook run git") == 4
    assert tree(bare) == before
    hooks.install(bare.site())
    there = tree(bare)
    assert hooks.remove(bare.site(dry_run=True)).diff.count("hook run git") == 4
    assert tree(bare) == there


def test_what_was_edited_since_is_not_lost(bare: Desk) -> None:
    for name, kind in (("post-commit", "shell"), ("post-merge", "python")):
        put(bare, name, kind)
    hooks.install(bare.site())
    for name in ("post-commit", "post-merge", "post-checkout"):
        with bare.hook(name).open("a") as hook:
            hook.write("# mine\n")
    kept = bare.hook("journal-kept") / "post-merge"
    kept.write_bytes(kept.read_bytes() + b"# also\n")
    hooks.install(bare.site())
    told = hooks.remove(bare.site())
    assert bare.hook("post-commit").read_text() == OTHERS["shell"][0] + "# mine\n"
    assert bare.hook("post-merge").read_text() == OTHERS["python"][0] + "# also\n"
    assert bare.hook("post-merge.journal-edited").read_text() == "#!/bin/sh\n# mine\n"
    assert bare.hook("post-checkout").read_text() == "#!/bin/sh\n# mine\n"
    assert any("journal-edited" in note for note in told.notes)


def test_a_hook_that_pre_commit_took_over(desk: Desk) -> None:
    """Its `install` renames the hook that it finds to `.legacy`, and calls it first."""
    legacy = desk.hook("post-commit.legacy")
    desk.hook("post-commit").rename(legacy)
    theirs = '#!/bin/sh\n"$0.legacy" "$@" || exit $?\n'
    desk.hook("post-commit").write_text(theirs)
    desk.hook("post-commit").chmod(0o755)
    assert hooks.status(desk.site()).state == "installed"
    assert not hooks.install(desk.site()).changed
    desk.commit("b")
    assert desk.titles()[-1] == "Committed add b"
    hooks.remove(desk.site())
    assert not legacy.exists()
    assert desk.hook("post-commit").read_text() == theirs


def test_status_tells_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    assert hooks.status(desk.site()).state == "installed"
    away = hooks.status(desk.site(root=str(tmp_path)))
    assert (away.state, str(desk.book) in away.notes[0]) == ("stale", True)
    desk.hook("post-merge").chmod(0o644)
    assert hooks.status(desk.site()).state == "partly"
    desk.hook("post-merge").unlink()
    assert "missing: post-merge" in hooks.status(desk.site()).notes
    hooks.install(desk.site(program=str(tmp_path / "it's gone" / "journal")))
    told = hooks.status(desk.site())
    assert (told.state, "it's gone" in told.notes[0]) == ("stale", True)
    desk.commit("b")
    hooks.remove(desk.site())
    assert hooks.status(desk.site()).state == "not-installed"


def outcome(desk: Desk, *words: str) -> tuple[int, Any]:
    command = [str(desk.journal), "hook", *words, "--json", "--workspace", str(desk.book)]
    done = subprocess.run(command, cwd=desk.root, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout or done.stderr)


def test_where_git_looks_for_hooks(bare: Desk) -> None:
    bare.git("config core.hooksPath .husky/_")
    folder = bare.root / ".husky" / "_"
    folder.mkdir(parents=True)
    (folder / "h").write_text('echo "$(basename "$0")" >>ran\nexit 0\n')
    (folder / "post-commit").write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"')
    (folder / "post-merge").write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    for name in ("post-commit", "post-merge"):
        (folder / name).chmod(0o755)
    told = hooks.install(bare.site())
    assert any("husky" in note for note in told.notes)
    bare.commit("a")
    assert bare.titles() == ["Committed add a"]
    assert (bare.root / "ran").read_text() == "post-commit\n"
    assert not bare.hook("post-commit").exists()


def test_hooks_that_others_share_are_left_alone(
    bare: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared hooks"
    config = tmp_path / "gitconfig"
    config.write_text(f'[core]\n\thooksPath = "{shared}"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    code, told = outcome(bare, "install", "git")
    assert (code, told["error"]["kind"]) == (2, "shared-hooks")
    assert not shared.exists()
    code, told = outcome(bare, "status", "git")
    assert code in (0, 1)
    bare.git("config core.hooksPath .git/hooks")
    assert hooks.install(bare.site()).state == "installed"
    bare.commit("a")
    assert bare.titles() == ["Committed add a"]


def test_no_repository(bare: Desk) -> None:
    away = Desk(bare.book, bare.book, bare.journal)
    code, told = outcome(away, "install", "git")
    assert (code, told["error"]["kind"]) == (2, "no-repository")


# When it can't be


def test_git_goes_on_whatever_happens(desk: Desk) -> None:
    (desk.book / "journal.toml").rename(desk.book / "away.toml")
    (desk.root / "b").write_text("b")
    desk.git("add b")
    done = desk.run("commit -q -m b")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "was not captured" in done.stderr
    (desk.book / "away.toml").rename(desk.book / "journal.toml")
    command = [str(desk.journal), "hook", "letters", "--workspace", str(desk.book)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert "post-commit" in said


def test_secrets_and_policy_hold_here_too(desk: Desk) -> None:
    secret = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gH3jK5"  # made up, in the form of a token
    desk.git("checkout -q -b", f"try-{secret}")
    desk.commit("b", f"use {secret}")
    texts = b"".join(path.read_bytes() for path in desk.book.rglob("*") if path.is_file())
    assert secret.encode() not in texts
    assert desk.titles()[-1].startswith("Committed use [redacted:")


def test_outcomes_are_values(bare: Desk) -> None:
    told = hooks.install(bare.site())
    assert isinstance(told, Outcome)
    assert [Path(file).name for file in told.files] == [
        "post-commit", "post-merge", "post-checkout", "post-rewrite",
    ]  # fmt: skip
