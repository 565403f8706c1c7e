"""Where an append goes: the workspace's root, its compiled configuration, this writer's identity.

Cheap on purpose: every append needs them. The configuration is read from a small cache that names
the files it was made from by their identity; `workspace` makes it anew from the TOML and YAML.
"""

import os

from journal.cjson import loads
from journal.errors import WorkspaceError
from journal.files import Folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # What tells the last turn of a session in a namespace, and the path it is on.
    Turned = Callable[["Space"], Callable[[str, str], tuple[int, str]]]

CONFIG = "journal.toml"
POLICY = "policy.yaml"
CACHE = ".journal/cache"
STATE = ".journal/state"
PENDING = f"{STATE}/striking"  # there while a purge or redaction is under way
PLACING = f"{STATE}/placing"  # there while what a pack brought takes its place
CACHED_CONFIG = "config.json"
SCHEMA = 5  # of the cached configuration


class Space:
    """A workspace as appending needs it."""

    __slots__ = (
        "_second", "distill", "enabled", "first", "id", "language", "namespace", "offsets",
        "policy", "root", "timezone", "turned", "until", "veil", "waits",
    )  # fmt: skip

    def __init__(self, root: str, compiled: "dict[str, object]") -> None:
        self.root = root
        self.id = str(compiled["workspace"])
        self.first = str(compiled["writer"])
        self.timezone = str(compiled["timezone"])
        self.namespace = str(compiled["namespace"])
        self.enabled = bool(compiled["enabled"])
        self.language = str(compiled["language"])  # whose word forms recall knows
        self.offsets: list[list[int]] = compiled["offsets"]  # type: ignore[assignment]
        self.policy: dict[str, object] = compiled["policy"]  # type: ignore[assignment]  # {}: none
        # By namespace after how many entries a distillation is due, and the line that says so.
        self.distill: dict[str, list[int]] = compiled.get("distill", {})  # type: ignore[assignment]
        self.until: int = compiled["until"]  # type: ignore[assignment]
        self.veil: Callable[[str], str] | None = None  # makes git's HEAD fit to be kept
        # Without it the files are asked.
        self.turned: Turned | None = None
        self.waits = False  # acknowledge only: the day files are left to the next append
        self._second = (-1, "", "")  # the last second stamped: a batch has thousands in one

    def stamp(self, nanoseconds: int) -> str:
        """`at` of a moment in Unix time: local time in the workspace's zone, with its offset."""
        seconds, rest = divmod(nanoseconds, 1_000_000_000)
        if self._second[0] != seconds:
            self._second = (seconds, *self._local(seconds))
        return f"{self._second[1]}.{rest // 1000:06d}{self._second[2]}"

    def head(self, git: str) -> "tuple[str, str]":
        """Git's HEAD as it may be kept, and its branch; no branch if its name may not be kept."""
        kept = self.veil(git) if self.veil else git
        return kept, git.rpartition("@")[0] if kept == git else ""

    def _local(self, seconds: int) -> "tuple[str, str]":
        """`2026-11-21T14:03:22` and `+01:00`."""
        from time import gmtime

        offset = 0
        for since, value in self.offsets:
            if since > seconds:
                break
            offset = value
        t = gmtime(seconds + offset)
        sign, minutes = ("-", -offset // 60) if offset < 0 else ("+", offset // 60)
        return (
            f"{t[0]:04d}-{t[1]:02d}-{t[2]:02d}T{t[3]:02d}:{t[4]:02d}:{t[5]:02d}",
            f"{sign}{minutes // 60:02d}:{minutes % 60:02d}",
        )


def find(given: str = "") -> str:
    """The root of the workspace: `given`, else JOURNAL_WORKSPACE, else here or above."""
    given = given or os.environ.get("JOURNAL_WORKSPACE", "")
    here = os.path.abspath(given or os.getcwd())
    if given:
        if os.path.isfile(f"{here}/{CONFIG}"):
            return here
        raise _none(f"{given} is no journal workspace (it has no {CONFIG})")
    while not os.path.isfile(f"{here}/{CONFIG}"):
        above = os.path.dirname(here)
        if above == here:
            raise _none(f"no {CONFIG} here or in any folder above")
        here = above
    return here


def _none(message: str) -> WorkspaceError:
    return WorkspaceError(
        message,
        hint="make one with `journal init`, or name one with --workspace or JOURNAL_WORKSPACE",
    )


def identity_of(path: str) -> "list[int]":
    """What changes when a file is edited, replaced or restored; [] if there is none."""
    try:
        st = os.stat(path)
    except FileNotFoundError:
        return []
    return [st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns]


def sources_of(root: str) -> "list[list[int]]":
    """The identities of the files that the compiled configuration is made from."""
    policy = f"{root}/{POLICY}"
    # A link that leads nowhere is no missing file: that would keep everything.
    found = identity_of(policy) or [0] * os.path.islink(policy)
    return [identity_of(f"{root}/{CONFIG}"), found]


def open_space(root: str, now: int) -> Space:
    """The workspace at `root`, its configuration compiled anew if its files changed.

    `now`: Unix seconds; the cached zone table ends some day.
    """
    try:
        with Folder(root, CACHE) as folder:
            held = loads(folder.read(CACHED_CONFIG).decode())
        if (
            isinstance(held, dict)
            and held.get("schema") == SCHEMA
            and held["sources"] == sources_of(root)
            and held["offsets"][0][0] <= now < held["until"]
        ):
            return Space(root, held)
    except (OSError, WorkspaceError, ValueError, LookupError, TypeError):
        pass  # derived: made again below, and kept if there is a folder for it
    from journal.workspace import compile_config

    return Space(root, compile_config(root, now))


def state_home() -> str:
    """The user's state directory, where writer identities live."""
    given = os.environ.get("XDG_STATE_HOME", "")
    home = given if os.path.isabs(given) else os.path.expanduser("~/.local/state")
    return f"{home}/journal"


def machine() -> str:
    """What tells this machine from another that holds a copy of everything."""
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            held = os.read(fd, 64).decode("ascii", "replace").strip()
        finally:
            os.close(fd)
        if held and held != "uninitialized":
            return held
    from journal.identity import machine_without_id

    return machine_without_id()


def identity(root: str, lock_st: os.stat_result) -> "list[object]":
    """What a writer's identity is valid for: this machine, this folder, this very lock file.

    Nobody writes the lock file, so its change time stays, but not through a copy or a restore.
    """
    return [machine(), os.stat(root).st_ino, lock_st.st_ino, lock_st.st_ctime_ns]


def known_writer(root: str, workspace: str) -> str:
    """This machine's writer in this folder; empty if it has none yet, as in a fresh clone."""
    try:
        mine = identity(root, os.stat(f"{root}/{STATE}/lock"))
        with open(f"{state_home()}/{workspace}/{mine[1]}.json", "rb") as file:
            known = loads(file.read(4096).decode())
    except (OSError, ValueError):
        return ""
    if not isinstance(known, dict) or known.get("valid-for") != mine:
        return ""
    return str(known.get("writer", ""))


def writer_of(space: Space, lock_fd: int) -> str:
    """This writer's name, a new one if the workspace is a copy or its state is gone.

    Call under the lock: two processes must not each make one.
    """
    mine = identity(space.root, os.fstat(lock_fd))
    folder = f"{state_home()}/{space.id}"
    try:
        fd = os.open(f"{folder}/{mine[1]}.json", os.O_RDONLY)
        try:
            held = loads(os.read(fd, 4096).decode())
        finally:
            os.close(fd)
        if isinstance(held, dict) and held["valid-for"] == mine:
            return str(held["writer"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError):
        pass  # no identity yet, or not a whole one
    from journal.identity import new_identity

    return new_identity(space, folder, mine)


def day_path(space: Space, writer: str, namespace: str, date: str, part: int) -> str:
    """The day file of a writer, relative to the root (FORMAT 1)."""
    shard = "" if writer == space.first else f".{writer}"
    ending = "" if part == 1 else f".p{part}"
    return f"journal/{namespace}/{date[:4]}/{date}{shard}{ending}.md"
