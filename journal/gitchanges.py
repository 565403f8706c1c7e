"""What git says changed: files since a commit, and when files first came. Asks the git program."""

import os
from collections.abc import Iterable, Mapping, Sequence
from subprocess import CalledProcessError, TimeoutExpired, run

from journal import anchor

_SECONDS = 60
_DIGITS = 64  # of a whole commit's name, at most
_HEX = frozenset("0123456789abcdef")
# What git says of a commit that it doesn't have, with `LC_ALL=C`.
_NOT_THERE = (b"bad revision", b"bad object", b"unknown revision", b"ambiguous argument")
_GIT = "git -c core.quotepath=off -c core.fsmonitor=false -c protocol.allow=never".split()
_CAME = "log --diff-filter=A --no-renames --format=%x00%ct --name-only".split()


def top(root: str) -> str:
    """The top of the work tree that holds a folder; empty if none does."""
    try:
        found = anchor.locate(root)
    except (OSError, ValueError):
        return ""
    return found[0] if found else ""


def since(root: str, commit: str, paths: Iterable[str]) -> list[str] | None:
    """The files below these paths that differ between a commit and the work tree, as git has them.

    Paths are from the work tree's top on. Files that git doesn't track are none. None if git
    doesn't have the commit, or it is no commit's name; OSError if git can't be asked.
    """
    # It comes from an entry's header, which anybody may have written: `--output=…` is no commit.
    if not 0 < len(commit) <= _DIGITS or not _HEX.issuperset(commit):
        return None
    words = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", commit, "--")
    try:
        return sorted(_names(_ask(root, (*words, *paths))))
    except CalledProcessError as error:
        if any(words in error.stderr for words in _NOT_THERE):
            return None
        raise OSError(_said(error)) from error


def had(root: str, commit: str, path: str) -> bool:
    """Whether there was anything at or below a path in a commit, or ever before it."""
    try:
        return bool(_ask(root, ("log", "-1", "--format=%H", commit, "--", path)))
    except CalledProcessError as error:
        raise OSError(_said(error)) from error


def untracked(root: str, paths: Iterable[str]) -> list[str]:
    """Which of these paths git tracks nothing at or below; OSError if git can't be asked."""
    wanted = [*paths]
    try:
        files = _names(_ask(root, ("ls-files", "-z", "--", *wanted))) if wanted else []
    except CalledProcessError as error:
        raise OSError(_said(error)) from error
    known = {"."} if files else set()
    for file in files:
        while file and file not in known:
            known.add(file)
            file = file.rpartition("/")[0]  # noqa: PLW2901  (each folder above it)
    return [path for path in wanted if path not in known]


def came(folder: str) -> Mapping[str, int]:
    """When each file in a folder was first committed, Unix seconds by its name; empty without git.

    Of one that was taken away and came again the first time counts.
    """
    try:
        told = _ask(folder, (*_CAME, "--relative", "--", "."), here=True)
    except (OSError, CalledProcessError):
        return {}
    found: dict[str, int] = {}
    when = 0
    for line in told.split(b"\n"):  # newest commits first
        if line.startswith(b"\0"):
            when = int(line[1:]) if line[1:].isdigit() else 0
        elif line and when:
            found[os.fsdecode(line)] = when
    return found


def _ask(root: str, words: Sequence[str], *, here: bool = False) -> bytes:
    """What git answers at the work tree's top, or in the folder itself.

    CalledProcessError when it fails, OSError when it can't be asked, or no work tree is there.
    """
    try:
        found = anchor.locate(root)
        if found is None:
            raise FileNotFoundError("no git repository")
        return run(
            [*_GIT, *words],
            cwd=root if here else found[0],
            env=anchor.environment(found)
            | {"GIT_LITERAL_PATHSPECS": "1", "GIT_NO_LAZY_FETCH": "1"},
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        ).stdout
    except (ValueError, TimeoutExpired) as error:
        raise OSError(str(error)) from error


def _names(told: bytes) -> list[str]:
    return [os.fsdecode(path) for path in told.split(b"\0") if path]


def _said(error: CalledProcessError) -> str:
    lines = error.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else str(error)
