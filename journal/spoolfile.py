"""A writer's spool on disk, and the cache that spares reading it.

Cheap on purpose: every append opens both.
"""

import os

from journal.errors import JournalError
from journal.files import Folder, close, read_at, write_all
from journal.known import Known, from_cache


class SpoolFile:
    """The open spool of one writer."""

    __slots__ = ("_cache_fd", "fd", "folder", "home", "inode", "name", "start", "writer")

    def __init__(self, home: Folder, writer: str) -> None:
        self.home = home
        self.writer = writer
        self.name = f"{writer}.log"
        self.folder = home.inner("state/spool", create=True)
        self.fd = self._cache_fd = -1
        self.start = 0  # its size when the session began: what lies beyond is the session's own
        self.inode = 0

    def open(self, *, create: bool = True) -> None:
        """Open what has the spool's name now."""
        fd = self.folder.open(self.name, os.O_RDWR | os.O_APPEND | (os.O_CREAT if create else 0))
        if self.fd >= 0:
            close(self.fd)
        self.fd = fd
        st = os.fstat(fd)
        self.inode, self.start = st.st_ino, st.st_size

    def close(self) -> None:
        """Let go of everything."""
        for fd in (self.fd, self._cache_fd):
            if fd >= 0:
                close(fd)
        self.fd = self._cache_fd = -1
        self.folder.close()

    def read(self) -> bytes:
        """The spool as this session found it."""
        return read_at(self.fd, self.start, 0)

    def write(self, data: bytes, before: int) -> None:
        """Add to the spool, `before` bytes long; OSError unless all of it is there."""
        write_all(self.fd, data)
        if os.fstat(self.fd).st_size != before + len(data):
            raise OSError(5, "what was written isn't there")

    def flush_names(self) -> None:
        """The spool's name, and the names of the folders above it, are on the medium."""
        self.folder.flush()
        with self.home.inner("state") as state:
            state.flush()
        self.home.flush()
        with Folder(os.path.dirname(self.home.path), "") as root:
            root.flush()

    def is_as(self, known: Known | None) -> bool:
        """Whether that is what this spool tells."""
        return known is not None and (known.inode, known.size) == (self.inode, self.start)

    def cached(self) -> Known | None:
        """What the cache says, of this state of the spool or an earlier one."""
        try:
            with self.home.inner("cache") as folder:
                self._cache_fd = folder.open(f"{self.writer}.known", os.O_RDWR)
            return from_cache(read_at(self._cache_fd, 1 << 20, 0))
        except (OSError, JournalError, ValueError, TypeError, KeyError):
            return None  # derived: the spool tells it again

    def save(self, known: Known) -> None:
        """Keep what is known for the next process; trouble here only costs it time.

        Written over the old without truncating it: ext4 flushes a file that was emptied and
        filled again, and that costs as much as the acknowledgement.
        """
        try:
            if self._cache_fd < 0:
                with self.home.inner("cache", create=True) as folder:
                    self._cache_fd = folder.open(f"{self.writer}.known", os.O_RDWR | os.O_CREAT)
            os.lseek(self._cache_fd, 0, os.SEEK_SET)
            write_all(self._cache_fd, known.cached())
        except (OSError, JournalError):
            return
