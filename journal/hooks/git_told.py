"""What git tells a hook of commits: message, parents, and what changed.

Cheap on purpose: git waits for the hook. One process a question, for a few seconds at most; what it
doesn't tell in time is left out.
"""

import os

from journal.anchor import environment

_SECONDS = 4.0
_MOST = 1 << 20  # bytes of an answer; the rest isn't waited for
_GIT = (
    "git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never",
    "-c", "diff.renameLimit=200", "-c", "log.showSignature=false", "-c", "log.showRoot=true",
    "-c", "log.mailmap=false",
)  # fmt: skip
_CHANGES = ("--numstat", "--shortstat", "--no-color", "--no-ext-diff", "--no-textconv")
_LOG = ("log", "--encoding=UTF-8", "--no-notes")


class Commit:
    """A commit: its name and its parents' in full, its message, what it changed."""

    __slots__ = ("changes", "message", "name", "parents")

    def __init__(self, name: str, parents: "list[str]", message: str, changes: str) -> None:
        self.name = name
        self.parents = parents
        self.message = message
        self.changes = changes

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.partition("\n")[0]


class Git:
    """The repository that a hook was called in."""

    __slots__ = ("_env", "directory", "top")

    def __init__(self, found: "tuple[str, str, bool]") -> None:
        self.top, self.directory, _ = found
        self._env = {**environment(found), "GIT_NO_LAZY_FETCH": "1"}

    def commit(self) -> Commit | None:
        """The commit of HEAD, with what it changed since its first parent; None if git is mute."""
        words = (*_LOG, "-1", "-m", "--first-parent", *_CHANGES, "--format=%H%n%P%n%B%x00")
        about, _, changes = self._ask(*words).partition("\0")
        name, _, rest = about.partition("\n")
        parents, _, message = rest.partition("\n")
        if not name:
            return None
        return Commit(name, parents.split(), message.strip(), changes.strip("\n"))

    def changes(self, old: str, new: str) -> str:
        """What changed from one commit to another."""
        return self._ask("diff", *_CHANGES, old, new).strip("\n")

    def between(self, old: str, new: str, most: int) -> "list[str]":
        """Short name and subject of the commits that came, the newest first."""
        words = ("--no-show-signature", f"-{most}", "--format=%h %s", f"{old}..{new}", "--")
        return self._ask(*_LOG, "--abbrev=12", *words).splitlines()

    def subjects(self, commits: "list[str]") -> "dict[str, str]":
        """The subjects of commits, by 12 hex digits."""
        lines = self._ask(*_LOG, "--no-walk=unsorted", "--format=%H %s", *commits, "--")
        return {line[:12]: line.partition(" ")[2] for line in lines.splitlines()}

    def _ask(self, *words: str) -> str:
        """What git answers; nothing when it fails or takes too long."""
        command = [*_GIT, "-C", self.top, *words]
        if hasattr(os, "posix_spawnp"):
            return _spawned(command, self._env).decode("utf-8", "replace")
        return _run(command, self._env).decode("utf-8", "replace")


def _spawned(command: "list[str]", env: "dict[str, str]") -> bytes:
    """The standard output of a program, without the 10 ms that importing `subprocess` costs."""
    out, into = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, fd, to) for fd, to in ((null, 0), (into, 1), (null, 2))]
    try:
        child = os.posix_spawnp(command[0], command, env, file_actions=actions)
    except OSError:
        os.close(out)
        return b""
    finally:
        os.close(null)
        os.close(into)
    try:
        data = _read(out)
    finally:
        os.close(out)
        if data is None:
            os.kill(child, 9)
        status = os.waitpid(child, 0)[1]
    return data if data and not status else b""


def _read(fd: int) -> bytes | None:
    """All that comes in time; None if more would."""
    from select import select
    from time import monotonic

    until, data = monotonic() + _SECONDS, b""
    while len(data) < _MOST and (left := until - monotonic()) > 0:
        if select([fd], [], [], left)[0]:
            part = os.read(fd, 1 << 16)
            if not part:
                return data
            data += part
    return None


def _run(command: "list[str]", env: "dict[str, str]") -> bytes:
    from subprocess import DEVNULL, PIPE, SubprocessError, run

    try:
        done = run(
            command,
            env=env,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, SubprocessError):
        return b""
    return done.stdout
