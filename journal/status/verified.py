"""When the journal was last verified, and how much came since: a note that `verify` leaves.

The note lies in the cache and may be deleted at any time; then nothing is known. It has the counts,
and each day file as it was when the verification began, so that what is new and what was changed
since is told without reading a day file again.
"""

from time import time, time_ns

from journal.catalog.row import stored
from journal.cjson import dumps, loads
from journal.daypath import day_files
from journal.errors import JournalError
from journal.files import Folder
from journal.space import CACHE, identity_of, open_space
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journal.catalog.catalog import Catalog

    Files = Mapping[str, list[int]]  # of each day file its inode, size and time (ns)

NOTE = "verified.json"
_SCHEMA = 1


class Verified(Value):
    """The last verification: when, its exit code, how many entries were in each state.

    `new` entries came since, and so many `changed` files are otherwise than by new entries.
    """

    __slots__ = ("at", "changed", "code", "counts", "new")

    def __init__(
        self,
        at: str,
        code: int,
        counts: "Mapping[str, int]",
        new: int,
        changed: int,
    ) -> None:
        self.at = at
        self.code = code
        self.counts = counts
        self.new = new
        self.changed = changed

    def record(self) -> "dict[str, Any]":
        """As JSON shows it."""
        return {
            "at": self.at,
            "ok": self.code == 0,
            "counts": dict(self.counts),
            "new": self.new,
            "changed": self.changed,
        }


def files(root: str) -> "Files":
    """The day files as they are now; to be asked before they are verified."""
    found = {stored(day.path): identity_of(f"{root}/{day.path}")[:3] for day in day_files(root)}
    return {path: one for path, one in found.items() if one}


def note(root: str, seen: "Files", counts: "Mapping[str, int]", code: int) -> None:
    """Keep what a verification of those files came to; where that can't be kept, it isn't."""
    try:
        told = {
            "schema": _SCHEMA,
            "at": open_space(root, int(time())).stamp(time_ns()),
            "code": code,
            "counts": dict(counts),
            "files": dict(seen),
        }
        with Folder(root, CACHE, create=True) as folder:
            folder.replace(NOTE, dumps(told).encode())
    except (OSError, JournalError):
        return


def last(catalog: "Catalog", root: str) -> Verified | None:
    """What the note says; None if there is none. The catalog has caught up."""
    try:
        with Folder(root, CACHE) as folder:
            told: Any = loads(folder.read(NOTE).decode())
        if told["schema"] != _SCHEMA:
            return None
        counts = {str(state): int(many) for state, many in told["counts"].items()}
        new, changed = _since(catalog, told["files"])
        return Verified(str(told["at"]), int(told["code"]), counts, new, changed)
    except (OSError, JournalError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _since(catalog: "Catalog", seen: "Files") -> tuple[int, int]:
    """How many entries are new, and how many files were changed otherwise."""
    new = changed = 0
    now = catalog.read_files()
    for path, (inode, size, when) in now.items():
        before = seen.get(path)
        if before == [inode, size, when]:
            continue
        grew = not before or (before[0] == inode and before[1] < size)
        more = catalog.beyond(path, before[1] if before else 0) if grew else 0
        new += more
        changed += not more
    return new, changed + sum(path not in now for path in seen)
