"""`journal hook run git`: what git did becomes an entry, while git waits.

Cheap on purpose, and like the agents' hooks it never fails who calls it. It leaves day files alone
where a change of them would be in git's way: the entry is acknowledged, and its file gets it with
the next append.
"""

import os
from time import time, time_ns

from journal import files
from journal.anchor import busy, locate
from journal.hooks.git_events import Event
from journal.hooks.git_told import Git
from journal.hooks.run import Capture
from journal.space import find, open_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.intake import Draft
    from journal.space import Space

_PATIENCE = 5.0  # seconds that the lock is waited for
_GIVEN = 1 << 24  # bytes of standard input that are read
_LARGEST_INDEX = 1 << 26


class GitCapture(Capture):
    """One call of a hook of git's on its way into the journal.

    `words`: the hook's name and its arguments; `--workspace=DIR` among them is none.
    """

    def __init__(self, words: "list[str]") -> None:
        super().__init__("git")
        self.event = words[0] if words else ""
        self.args = [word for word in words[1:] if not word.startswith("--workspace=")]

    def go(self, given: str) -> None:
        """The whole way; an exception if it can't be gone."""
        moment = time_ns()
        self.root = os.path.abspath(given) if given else ""
        lines = b""
        if self.event == "post-rewrite" and not os.isatty(0):
            lines = files.read_all(0)
        self.size = len(lines)
        self.root = find(given)
        found = locate(os.getcwd())
        if not found:
            return
        space = open_space(self.root, int(time()))
        drafts = Event(Git(found), self.args, lines.decode("utf-8", "replace")).drafts(self.event)
        if space.enabled and drafts:
            self._take(space, drafts, moment)

    def _take(self, space: "Space", drafts: "list[Draft]", moment: int) -> None:
        from journal import credentials, protocol
        from journal.deadletters import Letter
        from journal.intake import Intake

        values = credentials.known(space.root)
        intake = Intake(space.root, space.policy, space.namespace, values)
        space.veil = intake.head
        space.waits = _is_in_the_way(space, space.stamp(moment)[:10])
        files.LOCK_SECONDS = _PATIENCE
        for draft in drafts:
            draft["at"] = space.stamp(moment)
            draft["git"] = intake.head(str(draft["git"]))
            fitted, masked, rule = intake.fitted(draft)
            self.letter = Letter(self.root, self._facts())
            self.letter.begin(fitted)
            sealing = intake.sealed(fitted, masked, rule)
            protocol.append(space, [sealing])
            self.letter.done()

    def _facts(self) -> "dict[str, object]":
        return {**super()._facts(), "agent": self.agent}


def _is_in_the_way(space: "Space", date: str) -> bool:
    """Whether git wouldn't like a day file to change now.

    It is in the middle of something, or tracks the file: a commit that leaves the work tree dirty
    can't be followed by a rebase, a pull, a checkout.
    """
    try:
        found = locate(space.root)
        if not found:
            return False
        top, directory, _ = found
        if busy(directory):
            return True
        inside = os.path.relpath(os.path.realpath(space.root), top)
        day = f"journal/{space.namespace}/{date[:4]}/{date}"
        path = day if inside == os.curdir else f"{inside.replace(os.sep, '/')}/{day}"
        return os.fsencode(path) in _index(directory)
    except OSError:
        return True


def _index(directory: str) -> bytes:
    """The names of what git tracks, as its index has them, among other bytes."""
    try:
        with open(f"{directory}/index", "rb", buffering=0) as file:
            return file.read(_LARGEST_INDEX)
    except FileNotFoundError:
        return b""
