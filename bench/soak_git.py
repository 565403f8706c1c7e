"""Random git histories around a journal: no false alarm, no conflict, nothing lost, all found.

    python bench/soak_git.py [--histories N] [--steps N] [--seed N]

One history is a repository or two clones of one, each a writer, and a random walk of appends,
commits, branches, merges, rebases, stashes and the rest; the journal is verified after every step,
and now and then an entry is tampered with, which must be found and pinned.

Git itself can't merge a text file with a copy of part of it, whatever the file: so after a squash
merge the branch is deleted, and only what no other branch holds is rebased or amended, as one does
with code. Picks and pops onto other commits may conflict for the same reason; those are counted
apart, aborted, and the journal must stay calm.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from journal import dayfile, seal
from journal.chain import STATES, Verdict
from journal.entry import Draft
from journal.notebook import Notebook
from journal.workspace import init

START = datetime(2026, 11, 19, 9, tzinfo=UTC)
ISOLATED = {
    "GIT_AUTHOR_EMAIL": "anna@example.org",
    "GIT_AUTHOR_NAME": "Anna Beispiel",
    "GIT_COMMITTER_EMAIL": "anna@example.org",
    "GIT_COMMITTER_NAME": "Anna Beispiel",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
}
BODIES = ["A thought.", "Two lines\nof text.\n", "```\nan open fence", "> quoted\n\n\n", "é · ü"]


class Wrong(AssertionError):
    """What must not happen, happened; the history so far is in the message."""


class Clone:
    """One work tree with its writer, and what it acknowledged."""

    def __init__(self, root: Path, history: "History") -> None:
        self.root = root
        self.history = history
        self.acknowledged: set[str] = set()
        self.stashes: list[str] = []  # the commits that the stashes were made on, newest first
        self.book = Notebook.open(str(root))

    def try_git(self, *words: str) -> tuple[bool, str]:
        """Whether git did it, and all that it said."""
        done = subprocess.run(
            ["git", *words], cwd=self.root, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        self.history.log.append(f"{self.root.name}: git {' '.join(words)} [{done.returncode}]")
        return done.returncode == 0, said

    def git(self, *words: str) -> str:
        """What git said; it is wrong if it could not."""
        fine, said = self.try_git(*words)
        if not fine:
            raise Wrong(f"git {' '.join(words)}: {said}\n{self.history.story()}")
        return said.strip()

    def head(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def branch(self) -> str:
        """The branch that is checked out; empty if none."""
        return self.git("branch", "--show-current")

    def branches(self) -> list[str]:
        """All local branches."""
        return self.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")

    def dirty(self) -> bool:
        """Whether something isn't committed."""
        return bool(self.git("status", "--porcelain"))

    def append(self) -> None:
        """One to four entries, minutes or hours later."""
        history = self.history
        history.clock += timedelta(minutes=history.chance.choice([1, 5, 30, 300]))
        drafts = [
            Draft(body=history.chance.choice(BODIES), title=f"At {history.clock}", at=history.clock)
            for _ in range(history.chance.choice([1, 1, 2, 4]))
        ]
        receipts = self.book.append_many(drafts)
        self.acknowledged |= {receipt.id for receipt in receipts}
        history.counts["appends"] += len(receipts)
        history.log.append(f"{self.root.name}: append {receipts[0].seq} to {receipts[0].file}")

    def commit(self) -> None:
        """Everything, sometimes with a new file of code."""
        if self.history.chance.random() < 0.5:
            name = f"code{len(self.history.log)}.txt"
            (self.root / name).write_text("code\n")
        self.git("add", "-A")
        if self.dirty():
            self.git("commit", "-qm", f"commit {len(self.history.log)}")

    def verify(self) -> None:
        """Calm, and nothing acknowledged lost."""
        verdicts = Notebook.open(str(self.root)).verify()
        self.history.counts["verifications"] += 1
        alarms = [one for one in verdicts if STATES[one.state] and not self.follows_discarded(one)]
        if alarms:
            self.history.counts["false alarms"] += 1
            raise Wrong(f"{self.root.name}: {alarms}\n{self.history.story()}")
        if lost := self.acknowledged - {verdict.id for verdict in verdicts}:
            raise Wrong(f"{self.root.name}: lost {lost}\n{self.history.story()}")

    def follows_discarded(self, verdict: Verdict) -> bool:
        """Whether a `broken` entry follows one that its writer's git discarded before any commit.

        A hard reset leaves new files alone, and so what follows on what it took from tracked ones.
        Only the writer's own spool still knows that; to everybody else it is as if somebody had
        deleted the entry.
        """
        if verdict.state != "broken":
            return False
        lines = (self.root / verdict.file).read_text().split("\n")[verdict.line - 1 :]
        prev = next(line for line in lines if line.startswith("prev: ")).partition(":sha256:")[2]
        for clone in self.history.clones:
            for record in clone.book.store.spooled() if clone is not self else ():
                if seal.digest(record.header) == f"sha256:{prev}":
                    where = self.git("log", "--all", "--reflog", "--format=%h", f"-S{record.id}")
                    self.history.counts["follow what was discarded"] += not where
                    return not where
        return False


class History:
    """One random walk."""

    def __init__(self, folder: Path, seed: int, *, clones: int = 1) -> None:
        self.chance = random.Random(seed)
        self.seed = seed
        self.folder = folder
        self.clock = START
        self.log: list[str] = []
        self.counts: Counter[str] = Counter(histories=1)
        os.environ.update(ISOLATED)
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        first = folder / "anna"
        init(str(first))
        self.clones = [Clone(first, self)]
        self.clones[0].git("init", "-q", "-b", "main")
        self.clones[0].append()
        self.clones[0].commit()
        if clones > 1:
            self.clones[0].git("clone", "-q", "--bare", str(first), str(folder / "hub.git"))
            self.clones[0].git("remote", "add", "origin", str(folder / "hub.git"))
            self.clones[0].git("fetch", "-q")
            self.clones[0].git("clone", "-q", str(folder / "hub.git"), str(folder / "ben"))
            self.clones.append(Clone(folder / "ben", self))

    def story(self) -> str:
        """What was done, for the report of a failure."""
        return f"seed {self.seed}\n" + "\n".join(self.log)

    def step(self) -> None:
        """One random thing, and a look at the journal."""
        clone = self.chance.choice(self.clones)
        steps = STEPS if len(self.clones) == 1 else [*STEPS, sync, sync, sync]
        what = self.chance.choice(steps)
        self.log.append(f"-- {what.__name__}")
        what(clone)
        self.counts["steps"] += 1
        clone.verify()

    def conflicts(self, clone: Clone, *, replayed: bool = False) -> None:
        """Count a conflict; one from day files is wrong unless git was given copies to merge."""
        files = clone.git("diff", "--name-only", "--diff-filter=U").split()
        if any(name.startswith("journal/") for name in files):
            self.counts["conflicts of copies" if replayed else "conflicts"] += 1
            if not replayed:
                diff = clone.git("diff")
                raise Wrong(f"a conflict in {files}\n{diff}\n{self.story()}")

    def plant(self) -> None:
        """Tamper with an entry of the tree; it must be found, and nobody else accused."""
        clone = self.chance.choice(self.clones)
        paths = sorted((clone.root / "journal").rglob("*.md"))
        path = self.chance.choice(paths)
        data = path.read_bytes()
        slices = dayfile.split(data).slices
        if not slices:
            return
        offset, raw = self.chance.choice(slices)
        piece = dayfile.parse(raw)
        end = raw.index(b"\n```\n") + 6 + piece.values["len"]
        at = offset + self.chance.randrange(end)
        kind = self.chance.choice(["flip", "insert", "cut", "delete"])
        new = {
            "flip": data[:at] + self.chance.choice([b"x", b"7", b"#"]) + data[at + 1 :],
            "insert": data[:at] + b"really " + data[at:],
            "cut": data[:at] + data[min(at + 9, offset + end) :],
            "delete": data[:offset] + data[offset + len(raw) :],
        }[kind]
        path.write_bytes(new)
        verdicts = Notebook.open(str(clone.root)).verify()
        verdicts = [v for v in verdicts if STATES[v.state] and not clone.follows_discarded(v)]
        path.write_bytes(data)
        entry_id = piece.values["id"]
        if _reads_the_same(data, new) or (kind == "delete" and self._discards(clone, path, new)):
            return
        self.counts["planted"] += 1
        line = data[:offset].count(b"\n") + 1
        accused = {v.id for v in verdicts if v.line != line and v.id != entry_id}
        pinned = {v.id for v in verdicts} - accused
        self.counts["found"] += bool(pinned and not accused)
        if accused or not pinned:
            why = f"{kind} at {at - offset} of {entry_id} in {path}: {verdicts}"
            raise Wrong(f"{clone.root.name}: {why}\n{self.story()}")

    def _discards(self, clone: Clone, path: Path, new: bytes) -> bool:
        """Whether just what was never committed is gone from the file, as git does it too."""
        committed = clone.try_git("show", f"HEAD:{path.relative_to(clone.root)}")[1]
        return {piece.header for piece in _sealed(new)} == {
            piece.header for piece in _sealed(committed.encode())
        }


def _reads_the_same(old: bytes, new: bytes) -> bool:
    before, after = ([(p.header, p.body, p.state) for p in _sealed(data)] for data in (old, new))
    return before == after


def _sealed(data: bytes) -> list[dayfile.Piece]:
    return [piece for piece in dayfile.pieces(seal.normal(data)) if piece.header]


def append(clone: Clone) -> None:
    clone.append()


def commit(clone: Clone) -> None:
    clone.commit()


def new_branch(clone: Clone) -> None:
    clone.git("switch", "-qc", f"b{len(clone.history.log)}")


def switch(clone: Clone) -> None:
    """With what isn't committed, where git lets it; else git refuses and nothing happens."""
    clone.try_git("switch", "-q", clone.history.chance.choice(clone.branches()))


def forced_switch(clone: Clone) -> None:
    """Git throws away what isn't committed."""
    clone.git("switch", "-qf", clone.history.chance.choice(clone.branches()))


def _on_branch(clone: Clone) -> str:
    """The branch, a new one where HEAD is detached; everything committed."""
    if not clone.branch():
        clone.git("switch", "-qc", f"b{len(clone.history.log)}")
    clone.commit()
    return clone.branch()


def merge(clone: Clone) -> None:
    _on_branch(clone)
    words = clone.history.chance.choice([["--no-ff"], ["--ff"]])
    other = clone.history.chance.choice(clone.branches())
    fine, _ = clone.try_git("merge", "-q", *words, "-m", "merge", other)
    if not fine:
        clone.history.conflicts(clone)
        clone.git("merge", "--abort")


def _is_own(clone: Clone, commits: str) -> bool:
    """Whether no other branch, local or remote, holds any of the commits."""
    here = clone.branch()
    for one in clone.git("rev-list", commits).split():
        held = clone.git("branch", "-a", "--contains", one, "--format=%(refname:short)").split("\n")
        if [name for name in held if name != here]:
            return False
    return True


def squash(clone: Clone) -> None:
    """A feature branch squashed into this one and deleted, as hosts do."""
    here = _on_branch(clone)
    others = [name for name in clone.branches() if name not in (here, "main")]
    if not others:
        return
    other = clone.history.chance.choice(others)
    clone.git("switch", "-q", other)
    own = _is_own(clone, f"{here}..{other}")
    clone.git("switch", "-q", here)
    if not own:
        return
    fine, _ = clone.try_git("merge", "-q", "--squash", other)
    if not fine:
        clone.history.conflicts(clone)
    clone.commit()
    clone.git("branch", "-qD", other)


def rebase(clone: Clone) -> None:
    here = _on_branch(clone)
    onto = clone.history.chance.choice(clone.branches())
    if here == "main" or not _is_own(clone, f"{onto}..{here}"):
        return
    fine, _ = clone.try_git("rebase", "-q", onto)
    if not fine:
        clone.history.conflicts(clone)
        clone.git("rebase", "--abort")


def rebase_with_an_append_in_the_middle(clone: Clone) -> None:
    here = _on_branch(clone)
    onto = clone.history.chance.choice(clone.branches())
    if here == "main" or not _is_own(clone, f"{onto}..{here}"):
        return
    stopped, _ = clone.try_git("rebase", "-q", "--exec", "test -e .went-on", onto)
    if stopped:
        return
    clone.history.conflicts(clone)
    clone.verify()
    clone.append()
    clone.verify()
    if clone.history.chance.random() < 0.3:
        clone.git("rebase", "--abort")
        return
    clone.git("add", "-A")
    clone.git("commit", "-qm", "in the middle")
    exclude = Path(clone.git("rev-parse", "--git-common-dir"))
    (clone.root / exclude / "info").mkdir(exist_ok=True)
    (clone.root / exclude / "info" / "exclude").write_text(".went-on\n")
    (clone.root / ".went-on").touch()
    fine, _ = clone.try_git("rebase", "--continue")
    (clone.root / ".went-on").unlink()
    if not fine:
        # What was appended in the middle may stand where a later pick of the same file goes.
        clone.history.conflicts(clone, replayed=True)
        clone.verify()
        clone.git("rebase", "--abort")


def pick(clone: Clone) -> None:
    """A commit of another branch onto a branch of its own, which is never merged back."""
    _on_branch(clone)
    other = clone.history.chance.choice(clone.branches())
    back = clone.branch()
    clone.git("switch", "-q", "--detach")
    fine, _ = clone.try_git("cherry-pick", other)
    if not fine:
        clone.history.conflicts(clone, replayed=True)
        clone.verify()
        if not clone.try_git("cherry-pick", "--abort")[0]:
            clone.git("reset", "-q", "--hard")
    clone.verify()
    clone.append()
    clone.verify()
    clone.commit()
    clone.git("switch", "-q", back)


def stash(clone: Clone) -> None:
    words = clone.history.chance.choice([[], ["-u"], ["-u"], ["--keep-index"]])
    count = len(clone.git("stash", "list").split("\n"))
    empty = not clone.git("stash", "list")
    fine, _ = clone.try_git("stash", "push", "-q", *words)
    after = clone.git("stash", "list")
    if fine and after and (empty or len(after.split("\n")) > count):
        clone.stashes.insert(0, clone.head())


def pop(clone: Clone) -> None:
    if not clone.stashes:
        return
    here = clone.head() == clone.stashes[0] and not clone.dirty()
    fine, said = clone.try_git("stash", "pop", "-q")
    if fine:
        clone.stashes.pop(0)
    elif "CONFLICT" in said or clone.git("diff", "--name-only", "--diff-filter=U"):
        clone.history.conflicts(clone, replayed=not here)
        clone.verify()
        clone.git("reset", "-q", "--hard")


def reset(clone: Clone) -> None:
    """Back to an older commit, or only what isn't committed thrown away."""
    back = clone.history.chance.choice(["HEAD", "HEAD~1", "HEAD~2"])
    if not clone.try_git("reset", "-q", "--hard", back)[0]:
        clone.git("reset", "-q", "--hard")


def soft_reset(clone: Clone) -> None:
    clone.try_git("reset", "-q", clone.history.chance.choice(["--soft", "--mixed"]), "HEAD")


def amend(clone: Clone) -> None:
    _on_branch(clone)
    clone.append()
    if clone.try_git("rev-parse", "HEAD~1")[0] and _is_own(clone, "HEAD~1..HEAD"):
        clone.git("add", "-A")
        clone.git("commit", "-q", "--amend", "--no-edit")


def worktree(clone: Clone) -> None:
    """A linked work tree is another writer."""
    path = clone.history.folder / f"tree{len(clone.history.log)}"
    clone.commit()
    clone.git("worktree", "add", "-q", "-b", f"w{len(clone.history.log)}", str(path))
    other = Clone(path, clone.history)
    other.append()
    other.verify()
    other.commit()
    other.append()
    clone.verify()
    other.commit()
    other.verify()
    clone.git("worktree", "remove", "--force", str(path))


def detach(clone: Clone) -> None:
    clone.commit()
    clone.git("switch", "-q", "--detach")
    clone.append()
    clone.verify()
    if clone.history.chance.random() < 0.5:
        clone.try_git("switch", "-q", "--detach", "HEAD~1")


def bisect(clone: Clone) -> None:
    clone.commit()
    commits = clone.git("rev-list", "--first-parent", "HEAD").split()
    if len(commits) < 4:
        return
    clone.git("bisect", "start")
    clone.git("bisect", "bad", "HEAD")
    clone.git("bisect", "good", commits[-1])
    clone.verify()
    clone.append()
    clone.verify()
    clone.git("add", "-A")
    clone.git("stash", "push", "-qu")
    clone.stashes.insert(0, clone.head())
    clone.try_git("bisect", clone.history.chance.choice(["good", "bad", "skip"]))
    clone.verify()
    clone.git("bisect", "reset")


def collect(clone: Clone) -> None:
    clone.git("gc", "-q", "--no-prune")


def sync(clone: Clone) -> None:
    """Pull by merge and push, as two people do who both appended meanwhile."""
    here = _on_branch(clone)
    if here != "main":
        if "main" not in clone.branches():
            return
        clone.git("switch", "-q", "main")
    fine, _ = clone.try_git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    if not fine:
        clone.history.conflicts(clone)
        clone.git("merge", "--abort")
        return
    clone.git("push", "-q", "origin", "main")
    clone.history.counts["syncs"] += 1


STEPS: list[Callable[[Clone], None]] = [
    append, append, append, append, append, append, commit, commit, commit, new_branch, switch,
    switch, switch, forced_switch, merge, merge, merge, squash, rebase, rebase,
    rebase_with_an_append_in_the_middle, pick, stash, stash, pop, pop, reset, soft_reset, amend,
    worktree, detach, bisect, collect,
]  # fmt: skip


def walk(folder: Path, seed: int, steps: int) -> Counter[str]:
    """One history of so many steps, with a planting now and then; what was counted."""
    history = History(folder, seed, clones=1 + seed % 2)
    for number in range(steps):
        history.step()
        if number % 8 == 7:
            history.plant()
    for clone in history.clones:
        clone.append()
        clone.verify()
    return history.counts


def main() -> int:
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    words.add_argument("--histories", type=int, default=500)
    words.add_argument("--steps", type=int, default=24)
    words.add_argument("--seed", type=int, default=0)
    args = words.parse_args()
    total: Counter[str] = Counter()
    wrong = 0
    began = time.monotonic()
    for seed in range(args.seed, args.seed + args.histories):
        folder = Path(tempfile.mkdtemp(prefix="soak-git-"))
        try:
            total += walk(folder, seed, args.steps)
        except Wrong as error:
            wrong += 1
            print(f"WRONG: {error}\n", flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if seed % 20 == 19:
            print(f"{time.monotonic() - began:.0f} s: {dict(total)}, {wrong} wrong", flush=True)
    print(f"{args.histories} histories: {dict(total)}, {wrong} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
