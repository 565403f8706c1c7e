"""Which tools' hooks are installed, and when they last brought something.

To ask git and to read settings as an agent does takes longer than the whole rest of a look at the
workspace. So first it is seen whether any file could hold a hook of ours at all.
"""

import os

from journal.anchor import git_dir
from journal.hooks.places import PLACES
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.hooks.target import Outcome

_WORDS = (b"journal", b"hook", b"run")  # each hook of ours has them
_LARGEST = 1 << 20  # bytes of a file that is looked through
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_ELSEWHERE = (b"hookspath", b"include", b"worktreeconfig")  # then git alone knows where hooks are


class Hooked(Value):
    """One tool's hooks, and the newest entry that they brought."""

    __slots__ = ("last", "outcome")

    def __init__(
        self,
        *,
        outcome: "Outcome",
        last: "Row | None" = None,
    ) -> None:
        self.outcome = outcome
        self.last = last

    def record(self) -> "dict[str, Any]":
        """As JSON shows it."""
        told = self.outcome.record()
        shown = {key: told[key] for key in ("target", "scope", "state", "files", "notes")}
        return {**shown, "last": self.last.at if self.last else ""}


def hooks(journal: "Journal", directory: str) -> list[Hooked]:
    """The tools whose hooks are installed, for a project or for the user."""
    directory = os.path.abspath(directory)
    maybe = [name for name, places in PLACES.items() if _any(places(directory).values())]
    if _in_git(directory):
        maybe.append("git")
    if not maybe:
        return []
    from journal.hooks.seen import captures
    from journal.hooks.target import NONE, Site, look

    sites = [Site(target=it, root=journal.root, directory=directory, program="") for it in maybe]
    outcomes = [found for found in map(look, sites) if found.state != NONE or found.notes]
    last = captures(journal, [one.target for one in outcomes])
    return [Hooked(outcome=one, last=last.get(one.target)) for one in outcomes]


def _any(paths: "Iterable[str]") -> bool:
    return any(all(word in data for word in _WORDS) for data in map(_content, paths))


def _in_git(directory: str) -> bool:
    """Whether a hook of git may be ours: one has our words, or git may look for them elsewhere."""
    own = git_dir(directory)
    if not own:
        return False
    link = _content(f"{own}/commondir").strip()
    common = os.path.join(own, os.fsdecode(link)) if link else own
    config = _content(f"{common}/config").lower()
    if any(word in config for word in _ELSEWHERE) or "GIT_CONFIG_COUNT" in os.environ:
        return True
    try:
        names = [name for name in os.listdir(f"{common}/hooks") if not name.endswith(".sample")]
    except OSError:
        return False
    return _any(f"{common}/hooks/{name}" for name in names)


def _content(path: str) -> bytes:
    """The beginning of a file; empty if it can't be read."""
    try:
        fd = os.open(path, _FLAGS)
    except OSError:
        return b""
    try:
        return os.read(fd, _LARGEST)
    except OSError:  # a folder, say
        return b""
    finally:
        os.close(fd)
