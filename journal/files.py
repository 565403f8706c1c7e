"""The few things done to files: folders that no link leads out of, locks, whole writes, flushes.

Cheap on purpose: every append uses these. Windows has no directory handles and no flock; it takes
the guarded, slower ways here, and nowhere else.
"""

import os
import sys
from time import monotonic, sleep

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from journal.errors import Conflict, JournalError, WorkspaceError

HANDLES = os.open in os.supports_dir_fd
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_BINARY = getattr(os, "O_BINARY", 0)
LOCK_SECONDS = 30.0


class Folder:
    """A directory below the workspace's root, reached without following a link."""

    __slots__ = ("created", "fd", "path")

    def __init__(self, root: str, relative: str, *, create: bool = False) -> None:
        self.path = f"{root}/{relative}" if relative else root
        self.created = False
        self.fd = os.open(root, os.O_RDONLY | _DIRECTORY) if HANDLES else -1
        here = root
        try:
            for part in relative.split("/") if relative else ():
                here = f"{here}/{part}"
                self._enter(part, here, create)
        except OSError as error:
            self.close()
            if isinstance(error, NotADirectoryError) or os.path.islink(here):
                raise WorkspaceError(
                    "is a link or no folder, and the journal only writes inside its workspace",
                    kind="outside-workspace",
                    file=here,
                    hint="replace it by a real folder",
                ) from error
            raise

    def _enter(self, part: str, here: str, create: bool) -> None:
        if not HANDLES:
            if os.path.islink(here):
                raise NotADirectoryError(here)
            if create and not os.path.isdir(here):
                os.mkdir(here)
            return
        flags = os.O_RDONLY | _DIRECTORY | _NOFOLLOW
        try:
            inner = os.open(part, flags, dir_fd=self.fd)
        except FileNotFoundError:
            if not create:
                raise
            self._make(part)
            inner = os.open(part, flags, dir_fd=self.fd)
        os.close(self.fd)
        self.fd = inner

    def _make(self, part: str) -> None:
        try:
            os.mkdir(part, 0o700, dir_fd=self.fd)
        except FileExistsError:
            return
        os.chmod(part, 0o700, dir_fd=self.fd)  # whatever the umask took
        flush_folder(self.fd)
        self.created = True

    def open(self, name: str, flags: int) -> int:
        """A descriptor; a file that this creates is 0600 under any umask and its name is flushed."""
        flags |= _NOFOLLOW | _BINARY
        where = {"dir_fd": self.fd} if HANDLES else {}
        path = name if HANDLES else f"{self.path}/{name}"
        if not flags & os.O_CREAT:
            return os.open(path, flags, **where)
        try:
            return os.open(path, flags & ~os.O_CREAT, **where)
        except FileNotFoundError:
            try:
                fd = os.open(path, flags | os.O_EXCL, 0o600, **where)
            except FileExistsError:  # somebody was quicker
                return os.open(path, flags & ~os.O_CREAT, **where)
        if hasattr(os, "fchmod"):
            os.fchmod(fd, 0o600)
        self.created = True
        return fd

    def read(self, name: str) -> bytes:
        """The file's whole content; FileNotFoundError if there is none."""
        fd = self.open(name, os.O_RDONLY)
        try:
            return read_all(fd)
        finally:
            os.close(fd)

    def stat(self, name: str) -> os.stat_result:
        """What is known of the file, a link itself rather than its target."""
        if HANDLES:
            return os.stat(name, dir_fd=self.fd, follow_symlinks=False)
        return os.lstat(f"{self.path}/{name}")

    def replace(self, name: str, data: bytes) -> None:
        """The file's content is `data`, or still the old: written aside, flushed, renamed, flushed."""
        aside = f".{name}.{os.getpid()}.new"
        fd = self.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            write_all(fd, data)
            flush(fd)
        finally:
            os.close(fd)
        if HANDLES:
            os.replace(aside, name, src_dir_fd=self.fd, dst_dir_fd=self.fd)
        else:
            os.replace(f"{self.path}/{aside}", f"{self.path}/{name}")
        self.flush()

    def flush(self) -> None:
        """Names created or replaced here survive a power cut."""
        flush_folder(self.fd)

    def close(self) -> None:
        """Give the handle back; harmless twice."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def write_all(fd: int, data: bytes) -> None:
    """Every byte, over as many writes as the system takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def read_all(fd: int) -> bytes:
    """What is left to read."""
    parts = []
    while part := os.read(fd, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def read_at(fd: int, size: int, offset: int) -> bytes:
    """`size` bytes from `offset`, fewer at the end of the file."""
    if hasattr(os, "pread"):
        return os.pread(fd, size, offset)
    os.lseek(fd, offset, os.SEEK_SET)
    return os.read(fd, size)


def flush(fd: int) -> None:
    """The file's bytes are on the medium."""
    if sys.platform == "darwin":
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)  # fsync there stops at the drive's cache
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def flush_folder(fd: int) -> None:
    """The folder's names are on the medium (Windows keeps them itself)."""
    if fd >= 0:
        os.fsync(fd)


def lock(fd: int, seconds: float = LOCK_SECONDS) -> None:
    """Hold the lock file alone until the descriptor closes; Conflict after `seconds`.

    flock, because fcntl's locks drop when any descriptor closes, and lock files outlive kill -9.
    Polled, because a blocking flock can't be bounded without signals.
    """
    deadline = 0.0
    pause = 0.0002
    while not _try_lock(fd):
        now = monotonic()
        deadline = deadline or now + seconds
        if now > deadline:
            raise Conflict(
                f"another process has held the journal's lock for {seconds:.0f} s",
                hint="try again; `fuser .journal/state/lock` shows who holds it",
            )
        sleep(pause)
        pause = min(pause * 1.5, 0.005)


def _try_lock(fd: int) -> bool:
    try:
        if fcntl:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(fd, 0, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError):
        return False
    except InterruptedError:
        return False
    except OSError as error:
        raise JournalError(
            f"the journal can't be locked: {error.strerror}", kind="no-lock"
        ) from error
    return True
