"""The few things done to files: folders that no link leads out of, locks, whole writes, flushes.

Cheap on purpose: every append uses these. Windows has no directory handles and no flock; it takes
the guarded, slower ways here, and nowhere else.
"""

import errno
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
# Not to block: a fifo in a file's place must not hold the lock for ever.
_FLAGS = _NOFOLLOW | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
LOCK_SECONDS = 30.0


class Folder:
    """A directory below the workspace's root, reached without following a link.

    `above`: an open folder that `relative` starts from instead, to spare the walk from the root.
    """

    __slots__ = ("fd", "path")
    fd: int
    path: str

    def __init__(
        self, root: str, relative: str, *, create: bool = False, above: "Folder | None" = None
    ) -> None:
        here = above.path if above else root
        held = above.fd if above else -1
        if HANDLES and not above:
            held = os.open(root, os.O_RDONLY | _DIRECTORY)
        owner = above.fd if above else -1  # never to be closed here
        try:
            for part in relative.split("/") if relative else ():
                here = f"{here}/{part}"
                inner = _enter(held, part, here, create)
                if held != owner:
                    close(held)
                held = inner
        except OSError as error:
            if held != owner:
                close(held)
            if isinstance(error, NotADirectoryError) or os.path.islink(here):
                raise _outside(here, "folder") from error
            raise
        self.fd = held
        self.path = here

    def inner(self, relative: str, *, create: bool = False) -> "Folder":
        """A folder below this one."""
        return Folder("", relative, create=create, above=self)

    def open(self, name: str, flags: int) -> int:
        """A descriptor; a file that this creates is 0600 under any umask, its name not yet flushed.

        WorkspaceError `outside-workspace` if the name is a link.
        """
        where = {"dir_fd": self.fd} if HANDLES else {}
        path = name if HANDLES else f"{self.path}/{name}"
        if not HANDLES and os.path.islink(path):
            raise _outside(path, "file")
        flags |= _FLAGS
        try:
            return os.open(path, flags & ~os.O_CREAT, **where)
        except FileNotFoundError:
            if not flags & os.O_CREAT:
                raise
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK):
                raise _outside(f"{self.path}/{name}", "file") from error
            raise
        try:
            fd = os.open(path, flags | os.O_EXCL, 0o600, **where)
        except FileExistsError:  # somebody was quicker, or it is a link now
            return os.open(path, flags & ~os.O_CREAT, **where)
        if hasattr(os, "fchmod"):
            os.fchmod(fd, 0o600)
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
        """The file's content is `data`, or still the old: written aside, flushed, renamed."""
        aside = f".{name}.{os.getpid()}.new"
        where = {"dir_fd": self.fd} if HANDLES else {}
        path = "" if HANDLES else f"{self.path}/"
        fd = self.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            try:
                write_all(fd, data)
                flush(fd)
            finally:
                close(fd)
            both = {"src_dir_fd": self.fd, "dst_dir_fd": self.fd} if HANDLES else {}
            os.replace(path + aside, path + name, **both)
        except OSError:
            os.unlink(path + aside, **where)
            raise
        self.flush()

    def remove(self, name: str) -> None:
        """Take a file away; nothing if there is none."""
        try:
            if HANDLES:
                os.unlink(name, dir_fd=self.fd)
            else:
                os.unlink(f"{self.path}/{name}")
        except FileNotFoundError:
            return

    def rename(self, name: str, to: str) -> None:
        """Give a file another name, in place of what may have that name; not yet flushed."""
        if HANDLES:
            os.replace(name, to, src_dir_fd=self.fd, dst_dir_fd=self.fd)
        else:
            os.replace(f"{self.path}/{name}", f"{self.path}/{to}")

    def flush(self) -> None:
        """Names created or replaced here survive a power cut."""
        flush_folder(self.fd)

    def close(self) -> None:
        """Give the handle back; harmless twice."""
        if self.fd >= 0:
            close(self.fd)
            self.fd = -1

    def __enter__(self) -> "Folder":  # noqa: PYI034 - typing is a dear import
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _enter(above: int, part: str, here: str, create: bool) -> int:
    """A handle of the folder `part`, made if it may be; -1 on a system without handles."""
    if not HANDLES:
        if os.path.islink(here):
            raise NotADirectoryError(here)
        if create and not os.path.isdir(here):
            os.mkdir(here)
        return -1
    flags = os.O_RDONLY | _DIRECTORY | _NOFOLLOW
    try:
        return os.open(part, flags, dir_fd=above)
    except FileNotFoundError:
        if not create:
            raise
    try:
        os.mkdir(part, 0o700, dir_fd=above)
    except FileExistsError:  # somebody was quicker
        return os.open(part, flags, dir_fd=above)
    os.chmod(part, 0o700, dir_fd=above)  # whatever the umask took
    flush_folder(above)
    return os.open(part, flags, dir_fd=above)


def _outside(path: str, kind: str) -> WorkspaceError:
    return WorkspaceError(
        f"is a link or no {kind}, and the journal only writes inside its workspace",
        kind="outside-workspace",
        file=path,
        hint=f"replace it by a real {kind}",
    )


def close(fd: int) -> None:
    """Let go of a descriptor; after a flush it is too late for what closing might tell."""
    try:
        os.close(fd)
    except OSError:
        return


def write_all(fd: int, data: bytes) -> None:
    """Every byte, over as many writes as the system takes."""
    view = memoryview(data)
    while view:
        done = os.write(fd, view)
        if not done:  # no system should, and trying for ever would hold the lock for ever
            raise OSError(errno.EIO, "nothing was written")
        view = view[done:]


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
        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)  # fsync there stops at the drive's cache
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EINVAL, errno.ENOTTY):
                raise
            os.fsync(fd)  # a file system that knows no better
    elif hasattr(os, "fdatasync"):
        os.fdatasync(fd)
    else:
        os.fsync(fd)


def flush_folder(fd: int) -> None:
    """The folder's names are on the medium (Windows keeps them itself)."""
    if fd >= 0:
        os.fsync(fd)


def lock(fd: int) -> None:
    """Hold the lock file alone until the descriptor closes; Conflict after LOCK_SECONDS.

    flock, because fcntl's locks drop when any descriptor closes, and lock files outlive kill -9.
    Polled, because a blocking flock can't be bounded without signals.
    """
    deadline = 0.0
    pause = 0.0002
    while not try_lock(fd):
        now = monotonic()
        deadline = deadline or now + LOCK_SECONDS
        if now > deadline:
            raise Conflict(
                f"another process has held the journal's lock for {LOCK_SECONDS:.0f} s",
                hint="try again; `fuser .journal/state/lock` shows who holds it",
            )
        sleep(pause)
        pause = min(pause * 1.5, 0.005)


def unlock(fd: int) -> None:
    """Let go of the lock, also where a child that was forked meanwhile holds the descriptor."""
    try:
        if fcntl:
            fcntl.flock(fd, fcntl.LOCK_UN)
        else:
            import msvcrt

            os.lseek(fd, 0, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return  # closing lets go of it too, and what was appended is appended


def try_lock(fd: int) -> bool:
    """Hold the lock file alone, if nobody else does."""
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
