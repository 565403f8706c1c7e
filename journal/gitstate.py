"""What git knows of day files: what it tracks, what it took away, and every version it still has.

Asks the git program, so it stays off the common path; never writes. Paths are relative to the work
tree's top, or absolute. Without a git program, or where it refuses a repository, there is none.
"""

import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen, SubprocessError, run
from typing import IO

from journal import anchor

Pair = tuple[bytes, bytes]
Pairs = Generator[Pair, None, None]

_SECONDS = 60
# Nothing here may fetch what a partial clone lacks, or start a file watcher.
_GIT = "git -c core.quotepath=off -c core.fsmonitor=false -c protocol.allow=never".split()
# Simplified history would leave out a stash's untracked files, and a side that a merge dropped.
# With `--all`, one broken ref would end it; so the refs come by standard input, as bare names.
_EVERYWHERE = "rev-list --reflog --full-history --ignore-missing --stdin".split()
_CHANGES = "diff-tree --stdin --root -m -r -z --raw --no-renames --no-commit-id".split()
_MANY = 64  # git tries each path it is given on each tree entry; one folder is faster than more

_REBASES = ("rebase-merge", "rebase-apply")
_UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_PICKS = {b"pick": "cherry-pick", b"revert": "revert"}
# Where git names a commit beside the refs: an autostash is nowhere else.
_BESIDE = (
    *"HEAD FETCH_HEAD ORIG_HEAD MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD REBASE_HEAD".split(),
    "MERGE_AUTOSTASH",
    *(f"{folder}/{name}" for folder in _REBASES for name in ("autostash", "orig-head")),
)


@dataclass(frozen=True, slots=True)
class Repo:
    """A work tree: its top, and its git directory (a linked worktree's own)."""

    root: str
    git_dir: str

    def busy(self) -> str:
        """What git is in the middle of: rebase, am, merge, cherry-pick, revert, bisect; else ""."""
        if any(self._has(name) for name in _REBASES):
            return "am" if self._has("rebase-apply/applying") else "rebase"
        todo = _read(os.path.join(self.git_dir, "sequencer", "todo")).split()
        picking = _PICKS.get(todo[0], "") if todo else ""
        return next((word for name, word in _UNDER_WAY.items() if self._has(name)), picking)

    def tracked(self, path: str) -> bool:
        """Whether the file is in the index."""
        rel = self._relative(path)
        return rel is not None and bool(self._staged(rel))

    def taken(self, path: str, content: bytes | None) -> bool:
        """Whether it was git that gave the file this content, or took the file away (None).

        Git gave it if it is HEAD's or the index's, line endings aside. Git took it if neither has
        the file, but some ref, reflog or stash has; or if a sparse checkout leaves it out.
        """
        rel = self._relative(path)
        if rel is None:
            return False
        staged, committed = self._staged(rel), self._committed(rel)
        if content is None:
            sparse = any(tag == b"S" for tag, _ in staged)
            return sparse or not (staged or committed or not self._was_ever(rel))
        wanted = _lf(content)
        # `git add -N` puts an empty blob into the index that nobody wrote.
        blobs = committed | {blob for _, blob in staged} if wanted else committed
        pairs = ((rel, blob) for blob in blobs)
        return any(_lf(text) == wanted for _, text in self._contents(pairs))

    def current(self, path: str) -> list[bytes]:
        """What HEAD and the index have of the file."""
        rel = self._relative(path)
        if rel is None:
            return []
        blobs = self._committed(rel) | {blob for _, blob in self._staged(rel)}
        return [text for _, text in self._contents((rel, blob) for blob in blobs)]

    def has(self, blobs: Iterable[bytes]) -> bool:
        """Whether git holds any of these blobs, be it in no commit and no index."""
        return any(True for _ in self._contents((b"", blob) for blob in blobs))

    def altered(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Each file below the folder that may differ from HEAD's, and what HEAD has of it."""
        rel = self._relative(folder)
        if rel is not None:
            words = ("diff-index", "-z", "--no-renames", "HEAD", "--", os.fsdecode(rel))
            told = self._ask(*words).split(b"\0")
            pairs = zip(told[1::2], told[::2], strict=False)
            blobs = ((path, how.split()[2]) for path, how in pairs if how.startswith(b":100"))
            for path, text in self._contents(blobs):
                yield os.fsdecode(path), text

    def versions(self, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Each distinct (path, content) of these files and folders that git still has.

        From the index (all stages) first, then newest first from all refs, reflogs and stashes, of
        all worktrees, and from what an operation under way put aside. Contents are as committed.
        """
        given = [paths] if isinstance(paths, str) else paths
        wanted = {rel for path in given if (rel := self._relative(path)) is not None}
        if not wanted:
            return
        with closing(self._pairs(wanted)) as pairs:
            for rel, text in self._contents(pairs):
                yield os.fsdecode(rel), text

    def _has(self, name: str) -> bool:
        return os.path.exists(os.path.join(self.git_dir, name))

    def _relative(self, path: str) -> bytes | None:
        """The path as git has it; None when it isn't in this work tree."""
        folder, name = os.path.split(os.path.join(self.root, path))
        rel = os.path.relpath(os.path.join(os.path.realpath(folder), name), self.root)
        outside = rel == os.pardir or rel.startswith(os.pardir + os.sep)
        return None if outside else os.fsencode(rel.replace(os.sep, "/"))

    def _staged(self, rel: bytes) -> set[Pair]:
        """The tags (S: left out by a sparse checkout) and blobs of a path, all stages."""
        return {(tag, blob) for tag, blob, path in self._index({rel}) if path == rel}

    def _committed(self, rel: bytes) -> set[bytes]:
        """HEAD's blob for a path; empty when HEAD has none."""
        for line in self._ask("ls-tree", "-z", "HEAD", "--", os.fsdecode(rel)).split(b"\0"):
            about, _, path = line.partition(b"\t")
            if path == rel and about.split()[1] == b"blob":
                return {about.split()[2]}
        return set()

    def _was_ever(self, rel: bytes) -> bool:
        words = (*_EVERYWHERE, "-n", "1", "--", os.fsdecode(rel))
        return bool(self._ask(*words, given=self._roots()))

    def _index(self, specs: set[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Tag, blob and path of each file that the index has below `specs`, all stages."""
        words = ("ls-files", "-t", "-s", "-z", "--", *map(os.fsdecode, specs))
        for line in self._ask(*words).split(b"\0"):
            about, _, path = line.partition(b"\t")
            if path and (fields := about.split())[1].startswith(b"100"):
                yield fields[0], fields[2], path

    def _pairs(self, wanted: set[bytes]) -> Pairs:
        """Each distinct path and blob below `wanted`."""
        specs = wanted if len(wanted) <= _MANY else {os.path.commonpath(wanted) or b"."}
        seen: set[Pair] = set()
        staged = ((path, blob) for _, blob, path in self._index(specs))
        with closing(self._history(specs)) as history:
            for source in (staged, history):
                for pair in source:
                    if pair not in seen and (specs is wanted or _is_below(pair[0], wanted)):
                        seen.add(pair)
                        yield pair

    def _history(self, specs: set[bytes]) -> Pairs:
        """Each path below `specs`, and its blob, that a commit changed or began with."""
        limit = ("--", *map(os.fsdecode, specs))
        roots = self._roots()
        with (
            self._running(*_EVERYWHERE, *limit, stdin=PIPE) as commits,
            self._running(*_CHANGES, *limit, stdin=commits.stdout) as changes,
        ):
            _close(commits.stdout)  # the second one has it
            _feed(commits.stdin, roots)
            _close(commits.stdin)
            words = _words(changes.stdout)
            for about, path in zip(words, words, strict=False):
                _, mode, _, blob, _ = about.split()
                if mode.startswith(b"100"):
                    yield path, blob

    def _contents(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """Each path with its blob's content; what git no longer has is left out."""
        no_git = suppress(FileNotFoundError)
        with no_git, self._running("cat-file", "--batch", stdin=PIPE) as process:
            answers = process.stdout
            for path, blob in (pair for pair in pairs if b"/attachments/" not in pair[0]):
                if answers is None or not _feed(process.stdin, blob + b"\n"):
                    return
                about = answers.readline().split()
                if len(about) == 3:
                    text = answers.read(int(about[2]) + 1)[:-1]
                    if about[1] == b"blob":
                        yield path, text

    def _roots(self) -> bytes:
        """What refs point to and what git names beside them, in all worktrees, one a line."""
        link = os.fsdecode(_read(os.path.join(self.git_dir, "commondir")).strip())
        common = os.path.join(self.git_dir, link)
        trees = os.path.join(common, "worktrees")
        others = os.listdir(trees) if os.path.isdir(trees) else []
        found: list[bytes] = []
        for folder in (common, *(os.path.join(trees, name) for name in others)):
            for name in _BESIDE:
                lines = _read(os.path.join(folder, name)).split(b"\n")
                found += [line.split()[0] for line in lines if line.strip()]
        beside = b"".join(b"%s\n" % word for word in found if anchor.is_commit(word))
        return beside + self._ask("for-each-ref", "--format=%(objectname)")

    def _environment(self) -> dict[str, str]:
        env = anchor.environment((self.root, self.git_dir, True))
        env |= {"GIT_LITERAL_PATHSPECS": "1", "GIT_NO_LAZY_FETCH": "1"}
        # A hook of `git commit -a` or `git commit FILE` has the coming commit's index elsewhere.
        named = os.path.join(self.root, os.environ.get("GIT_INDEX_FILE", ""))
        if os.path.realpath(os.path.dirname(named)) == self.git_dir and os.path.isfile(named):
            env["GIT_INDEX_FILE"] = named
        return env

    def _ask(self, *words: str, given: bytes = b"") -> bytes:
        """What git answers; nothing when it fails."""
        return _ask(words, self.root, self._environment(), given)

    @contextmanager
    def _running(self, *words: str, stdin: int | IO[bytes] | None) -> Iterator[Popen[bytes]]:
        """A git process, ended with the block."""
        with Popen(
            [*_GIT, *words],
            cwd=self.root,
            env=self._environment(),
            stdin=stdin,
            stdout=PIPE,
            stderr=DEVNULL,
        ) as process:
            try:
                yield process
            finally:
                process.kill()
                _close(process.stdin)


def find(root: str) -> Repo | None:
    """The repository whose work tree holds `root`, if the git program says so too."""
    try:
        found = anchor.locate(root)
        here = os.path.realpath(root)
    except (OSError, ValueError):
        return None
    if found is None:
        return None
    env = anchor.environment(found)
    answers = [
        os.fsdecode(_ask(("rev-parse", word), here, env).removesuffix(b"\n"))
        for word in ("--show-toplevel", "--absolute-git-dir")
    ]
    if not all(answers):
        return None
    return Repo(*map(os.path.realpath, answers))


def _ask(words: Sequence[str], cwd: str, env: dict[str, str], given: bytes = b"") -> bytes:
    try:
        done = run(
            [*_GIT, *words],
            cwd=cwd,
            env=env,
            input=given,
            stdout=PIPE,
            stderr=DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, SubprocessError):
        return b""
    return done.stdout


def _lf(text: bytes) -> bytes:
    """As FORMAT compares: a checkout may have turned LF into CRLF."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _is_below(path: bytes, wanted: set[bytes]) -> bool:
    while path and path not in wanted:
        path = os.path.dirname(path)
    return bool(path) or b"." in wanted


def _words(stream: IO[bytes] | None) -> Iterator[bytes]:
    """The NUL-terminated words of a stream."""
    rest = b""
    while stream and (chunk := stream.read(1 << 16)):
        *words, rest = (rest + chunk).split(b"\0")
        yield from words


def _feed(stream: IO[bytes] | None, text: bytes) -> bool:
    """Write to a process; False when it is gone."""
    try:
        if stream:
            stream.write(text)
            stream.flush()
    except BrokenPipeError:
        return False
    return stream is not None


def _close(stream: IO[bytes] | None) -> None:
    with suppress(BrokenPipeError):
        if stream:
            stream.close()


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
