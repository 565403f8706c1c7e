"""What lies on disk now: day files, spools, and what else decides how they are read."""

import os
from time import time_ns

from journal import daypath, spool
from journal.anchor import anchor
from journal.catalog.row import stored
from journal.errors import WorkspaceError
from journal.files import HANDLES, Folder
from journal.seal import digest
from journal.space import Space

# Files are stamped by a clock that ticks slowly: what was written so shortly before it was read may
# have been written again since, with the same times.
TICK = 50_000_000

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

    Identity = tuple[int, int, int, int]  # inode, size, mtime, ctime
    Seen = dict[str, tuple[int, int, int, int, int]]  # path: an identity, and when it was seen


class Disk:
    """What lies there, each file with its identity; `seen` is when the look began."""

    __slots__ = ("branch", "closed", "days", "seen", "source", "spools")

    def __init__(self, space: Space) -> None:
        self.seen = time_ns()
        self.branch = anchor(space.root).rpartition("@")[0]
        self.source = f"{space.id} {space.first} {space.timezone}"
        self.closed: list[str] = []  # folders that can't be read: what they held stays known
        self.days: dict[str, Identity] = {}
        for folder in daypath.folders(space.root, closed=self.closed):
            self._list(space.root, folder, self.days)
        self.spools: dict[str, Identity] = {}
        self._list(space.root, spool.FOLDER, self.spools)

    def _list(self, root: str, folder: str, found: "dict[str, Identity]") -> None:
        try:
            with Folder(root, folder) as here:
                _identities(here, f"{folder}/", found)
        except (FileNotFoundError, NotADirectoryError, WorkspaceError):
            return
        except OSError:
            self.closed.append(folder)

    @property
    def branch_mark(self) -> str:
        """What tells one branch from another, without its name: that may be a secret."""
        return digest(self.branch.encode(errors="surrogateescape"))


def _identities(here: Folder, lead: str, found: "dict[str, Identity]") -> None:
    # A journal has thousands of day files, and each is looked at before each answer.
    wanted = ".log" if lead.startswith(spool.FOLDER) else ".md"
    with os.scandir(here.fd if HANDLES else here.path) as entries:
        for entry in entries:
            name = entry.name
            if not name.endswith(wanted) or name[0] == ".":
                continue
            try:
                st = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # gone since the folder was read
                continue
            path = lead + name if name.isascii() else stored(lead + name)
            found[path] = (st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns)


def identity(st: os.stat_result) -> "Identity":
    """What changes when the file is edited or replaced."""
    return st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns


class Known:
    """What the catalog knows of the files, as its database has it at this moment."""

    __slots__ = ("days", "quiet", "settings", "spools")

    def __init__(self, database: "sqlite3.Connection") -> None:
        self.settings: dict[str, str] = dict(database.execute("SELECT name, value FROM setting"))
        self.days, self.spools = _known(database, "file"), _known(database, "spool")
        there = {path: held for path, held in self.days.items() if held[1] >= 0}
        self.quiet = _quiet(there), _quiet(self.spools)
        """The identities of all day files, and of all spools, if no more than these must be
        compared; None where a file may have changed within a tick of the clock."""


class Changes:
    """What the catalog has to read again; false if nothing.

    `anew`: all of it. `days`, `spools`: paths whose files are new or changed, or maybe changed.
    `gone`: paths that are no more.
    """

    __slots__ = ("anew", "branch", "closed", "days", "gone", "spools", "unsettled")

    def __init__(self, known: Known, disk: Disk) -> None:
        settings = known.settings
        self.anew = settings.get("source") != disk.source
        self.branch = settings.get("branch") != disk.branch_mark
        self.unsettled = settings.get("settled") != "1"
        self.closed = settings.get("closed", "") != "\n".join(disk.closed)
        self.days: list[str] = []
        self.spools: list[str] = []
        self.gone: list[str] = []
        if known.quiet != (disk.days, disk.spools):
            self._compare(known, disk)

    def _compare(self, known: Known, disk: Disk) -> None:
        days, spools = known.days, known.spools
        self.days = _changed(disk.days, days)
        self.spools = _changed(disk.spools, spools)
        self.gone = [path for path in days if path not in disk.days and days[path][1] >= 0]
        self.gone += [path for path in spools if path not in disk.spools]
        for folder in disk.closed:
            self.gone = [path for path in self.gone if not path.startswith(f"{folder}/")]

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)


def _known(database: "sqlite3.Connection", table: str) -> "Seen":
    rows = database.execute(f"SELECT path, inode, size, mtime, ctime, seen FROM {table}")  # noqa: S608
    return {row[0]: row[1:] for row in rows}


def _quiet(known: "Seen") -> "dict[str, Identity] | None":
    if any(max(held[2], held[3]) >= held[4] - TICK for held in known.values()):
        return None
    return {path: held[:4] for path, held in known.items()}


def _changed(there: "dict[str, Identity]", known: "Seen") -> list[str]:
    nothing = (0, -1, 0, 0, 0)
    found = []
    for path, now in there.items():
        held = known.get(path, nothing)
        if held[:4] != now or max(now[2], now[3]) >= held[4] - TICK:
            found.append(path)
    return found
