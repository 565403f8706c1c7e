"""What git says changed: files since a commit, and when files first came. Asks the git program."""

import os
from collections.abc import Iterable, Mapping, Sequence
from subprocess import DEVNULL, PIPE, SubprocessError, run

from journal import anchor

_SECONDS = 60
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

    Paths are from the work tree's top on. Files that git doesn't track are none. None if git can't
    tell, as where it doesn't have the commit.
    """
    words = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", commit, "--")
    told = _ask(root, (*words, *paths))
    if told is None:
        return None
    return sorted(os.fsdecode(path) for path in told.split(b"\0") if path)


def came(folder: str) -> Mapping[str, int]:
    """When each file in a folder was first committed, Unix seconds by its name; empty without git.

    Of one that was taken away and came again the first time counts.
    """
    told = _ask(folder, (*_CAME, "--relative", "--", "."), here=True)
    found: dict[str, int] = {}
    when = 0
    for line in (told or b"").split(b"\n"):  # newest commits first
        if line.startswith(b"\0"):
            when = int(line[1:]) if line[1:].isdigit() else 0
        elif line and when:
            found[os.fsdecode(line)] = when
    return found


def _ask(root: str, words: Sequence[str], *, here: bool = False) -> bytes | None:
    """What git answers at the work tree's top, or in the folder itself; None when it fails."""
    try:
        found = anchor.locate(root)
        if found is None:
            return None
        done = run(
            [*_GIT, *words],
            cwd=root if here else found[0],
            env=anchor.environment(found)
            | {"GIT_LITERAL_PATHSPECS": "1", "GIT_NO_LAZY_FETCH": "1"},
            stdout=PIPE,
            stderr=DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, ValueError, SubprocessError):
        return None
    return done.stdout
