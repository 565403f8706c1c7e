"""What HEAD or a branch was at a past time, as git's reflog files tell it.

Cheap on purpose: git's hooks ask for the newest line. No process is started; what a reflog doesn't
reach, or a reftable repository keeps elsewhere, is not known.
"""

import os
from bisect import bisect_right

from journal.anchor import UNBORN, is_commit, locate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

_CHECKOUT = "checkout: moving from "
_RENAMED = "Branch: renamed refs/heads/"
_STARTED, _RETURNED, _HEADS = " (start): ", ": returning to ", "refs/heads/"
_NEWEST = 1 << 13  # bytes in which the newest line is looked for
_KEPT = 64  # repositories whose reflogs are remembered


class Move:
    """A line of a reflog: what the ref was, what it is since `time` (Unix seconds), and why."""

    __slots__ = ("new", "old", "time", "why")

    def __init__(self, old: str, new: str, time: int, why: str) -> None:
        self.old = old
        self.new = new
        self.time = time
        self.why = why


class Log:
    """A reflog, to be asked for a time; times may run backwards, and the later line counts."""

    __slots__ = ("_since", "mark", "moves")

    def __init__(self, moves: "list[Move]", mark: "tuple[int, ...]" = ()) -> None:
        self.moves = moves
        self.mark = mark
        self._since = [move.time for move in moves]
        for at in range(len(moves) - 2, -1, -1):
            self._since[at] = min(self._since[at], self._since[at + 1])

    def count(self, seconds: float) -> int:
        """How many moves there were up to a time."""
        return bisect_right(self._since, seconds)

    def commit(self, seconds: float) -> str:
        """12 hex digits of the commit at a time, zeros before the first line."""
        count = self.count(seconds)
        return self.moves[count - 1].new[:12] if count else UNBORN


class _Repo:
    """The reflogs of one work tree, read again when they changed."""

    __slots__ = ("_branches", "_logs", "common", "directory")

    def __init__(self, directory: str, common: str) -> None:
        self.directory = directory
        self.common = common
        self._logs: dict[str, Log] = {}
        self._branches: tuple[Log | None, list[str]] = (None, [])

    def log(self, path: str) -> Log:
        """A reflog as it is now; an empty one if there is none."""
        try:
            st = os.stat(path)
        except (OSError, ValueError):
            return Log([])
        mark = (st.st_ino, st.st_size, st.st_mtime_ns)
        if path not in self._logs or self._logs[path].mark != mark:
            self._logs[path] = Log(_moves(_bytes(path, st.st_size)), mark)
        return self._logs[path]

    @property
    def head(self) -> Log:
        """The reflog of HEAD."""
        return self.log(f"{self.directory}/logs/HEAD")

    def branches(self) -> "list[str]":
        """The branch that HEAD was on after so many moves; HEAD where it was on none."""
        log = self.head
        if self._branches[0] is not log:
            head = _bytes(f"{self.directory}/HEAD", 1 << 12).decode("utf-8", "replace").strip()
            now = head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else "HEAD"
            self._branches = (log, _on_branches(log.moves, now))
        return self._branches[1]


def _on_branches(moves: "list[Move]", now: str) -> "list[str]":
    """From the newest move back: a checkout tells for sure only where it came from."""
    found, rebased = [now], ""
    for move in reversed(moves):
        if move.why.startswith(_CHECKOUT):
            now = came_from(move)
            now = "HEAD" if is_commit(now.encode()) else now
        elif move.why.startswith("rebase"):
            if _RETURNED in move.why:
                now, rebased = "HEAD", move.why.partition(_RETURNED)[2].removeprefix(_HEADS)
            elif _STARTED in move.why:
                now, rebased = rebased or now, ""
        elif move.why.startswith(_RENAMED):
            now = move.why.removeprefix(_RENAMED).partition(" to ")[0]
        found.append(now)
    return found[::-1]


_repos: "dict[str, _Repo | None]" = {}


def at(cwd: str, branch: str, moment: "datetime") -> str:
    """`<branch>@<12 hex>` as it was then for the work tree around `cwd`, from its reflogs.

    Without a branch, or with `HEAD`, what was checked out. A commit that isn't known is twelve
    zeros; "" if not even the branch is.
    """
    seconds = moment.timestamp()
    repo = _repo(cwd)
    if not repo:
        return f"{branch}@{UNBORN}" if branch else ""
    head = repo.head
    there = repo.branches()[head.count(seconds)]
    known = head.commit(seconds)
    if branch in ("", "HEAD"):
        return f"{there}@{known}" if branch or known != UNBORN else ""
    own = repo.log(f"{repo.common}/logs/refs/heads/{branch}").commit(seconds)
    # Of a branch that is gone since its reflog is gone too, but HEAD's own tells.
    return f"{branch}@{known if own == UNBORN and there == branch else own}"


def came_from(move: Move) -> str:
    """The branch that a checkout left, or the commit where it was on none; empty if it is none."""
    if not move.why.startswith(_CHECKOUT):
        return ""
    return move.why.removeprefix(_CHECKOUT).partition(" to ")[0]  # no ref holds a space


def newest(directory: str) -> Move | None:
    """The last move of HEAD, by the work tree's git directory; None if no reflog tells."""
    found = moves(directory, _NEWEST)
    return found[-1] if found else None


def moves(directory: str, most: int = 1 << 20) -> "list[Move]":
    """The last moves of HEAD, as many as stand in so many bytes of its reflog."""
    path = f"{directory}/logs/HEAD"
    try:
        size = os.stat(path).st_size
    except OSError:
        return []
    return _moves(_bytes(path, most, max(0, size - most)))


def _repo(cwd: str) -> _Repo | None:
    if cwd not in _repos:
        while len(_repos) >= _KEPT:
            del _repos[next(iter(_repos))]
        _repos[cwd] = _found(cwd)
    return _repos[cwd]


def _found(cwd: str) -> _Repo | None:
    if not os.path.isabs(cwd):
        return None
    try:
        found = locate(cwd)
    except (OSError, ValueError):
        return None
    if not found:
        return None
    link = _bytes(f"{found[1]}/commondir", 1 << 12).strip()
    common = os.path.realpath(os.path.join(found[1], os.fsdecode(link)))
    return _Repo(found[1], common)


def _bytes(path: str, size: int, offset: int = 0) -> bytes:
    """A part of a file; nothing if it can't be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size)
    except (OSError, ValueError):
        return b""


def _moves(data: bytes) -> "list[Move]":
    """The lines that are whole and sound."""
    found = []
    for line in data.split(b"\n")[: None if data.endswith(b"\n") else -1]:
        about, _, why = line.partition(b"\t")
        old, _, rest = about.partition(b" ")
        new, _, who = rest.partition(b" ")
        words = who.rpartition(b"> ")[2].split()
        if is_commit(old) and is_commit(new) and words and words[0].isdigit():
            text = why.decode("utf-8", "replace")
            found.append(Move(old.decode(), new.decode(), int(words[0]), text))
    return found
