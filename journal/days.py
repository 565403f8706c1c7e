"""One session's way to the day files: looked at before the acknowledgement, written after it.

Cheap on purpose: every append goes this way. A file stays open from the look to the write; its mark
(inode, size, times) tells whether another program came in between.
"""

import os

from journal import seal
from journal.errors import JournalError
from journal.files import Folder, close, read_at, write_all
from journal.known import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.protocol import Session

TRIES = 5


def mark_of(st: os.stat_result) -> "list[int]":
    """What changes when another program writes or replaces the file."""
    return [st.st_ino, st.st_size, st.st_mtime_ns]


class Days:
    """The day files of one session, one of them open at a time."""

    __slots__ = ("_fd", "_folder", "_path", "_where", "seen", "session", "sound")

    def __init__(self, session: "Session") -> None:
        self.session = session
        self._fd = -1
        self._path = ""
        self._folder: Folder | None = None
        self._where = ""
        self.seen: dict[str, list[int]] = {}  # path: its mark when it was last known to be whole
        self.sound: set[str] = set()  # paths seen to hold their newest entry

    def close(self) -> None:
        """Let go of what is open."""
        self.let_go()
        if self._folder:
            self._folder.close()
            self._folder = None

    def let_go(self) -> None:
        """Close the file, so that the next use opens what has its name then."""
        if self._fd >= 0:
            close(self._fd)
        self._fd, self._path = -1, ""

    def open(self, path: str, *, create: bool = False) -> int:
        """A descriptor of the day file, kept open until another is asked for."""
        if self._path != path:
            self.let_go()
            where, _, name = path.rpartition("/")
            if not self._folder or self._where != where:
                self.close()
                self._folder = Folder(self.session.space.root, where, create=create)
                self._where = where
            flags = os.O_RDWR | os.O_APPEND | (os.O_CREAT if create else 0)
            self._fd = self._folder.open(name, flags)
            self._path = path
        return self._fd

    def look(self, path: str, place: Place | None) -> bool | None:
        """Whether the entry stands at its place, by one pread; None if the file can't be read.

        None too while no file is to be touched: whoever found an entry gone would put it back.
        """
        if self.session.space.waits:
            return None
        try:
            fd = self.open(path)
            st = os.fstat(fd)
            mark = mark_of(st)
            if path in self.sound and self.seen.get(path) == mark:
                return True
            if place and (
                place.offset < 0
                or st.st_size < place.end
                or seal.digest(read_at(fd, place.header, place.offset)) != place.digest
            ):
                return False
        except FileNotFoundError:
            return place is None
        except OSError:
            return None
        self.seen[path] = mark
        self.sound.add(path)
        return True

    def read(self, path: str) -> "tuple[bytes, list[int]] | None":
        """The file's bytes and its mark from before they were read; None if there is no file."""
        self.let_go()
        try:
            fd = self.open(path)
        except FileNotFoundError:
            return None
        st = os.fstat(fd)
        return read_at(fd, st.st_size, 0), mark_of(st)

    def put(self, path: str, pieces: "list[tuple[bytes, Place]]") -> None:
        """Write slices at the file's end, again if an editor swapped the file meanwhile."""
        if self.session.space.waits:
            return
        for attempt in range(TRIES):
            if attempt:
                from journal.settle import still_out

                pieces = still_out(self.session, path, pieces)
                if not pieces:
                    return
            if self.add(path, pieces):
                return
        raise JournalError(
            "another program replaces the file again and again", kind="changed-on-disk"
        )

    def add(self, path: str, pieces: "list[tuple[bytes, Place]]") -> bool:
        """Write slices at the end of the file as it was seen; False if it has changed since."""
        fd = self._opened(path)
        st = os.fstat(fd)
        if (st.st_size or path in self.seen) and mark_of(st) != self.seen.get(path):
            self.let_go()
            return False
        lead, line = self._lead(fd, st.st_size, path)
        data = lead + b"\n".join([piece for piece, _ in pieces])
        if not self.write(path, st.st_size, data):
            return False
        offset = st.st_size + len(lead)
        for _, place in pieces:
            place.offset, place.line = offset, line
            offset += place.size + 1
            line += place.lines + 1
        return True

    def _opened(self, path: str) -> int:
        try:
            return self.open(path, create=True)
        except FileNotFoundError:  # the folder was removed since it was opened
            self.close()
            return self.open(path, create=True)

    def write(self, path: str, size: int, data: bytes) -> bool:
        """Write at the open file's end, `size`; False if that isn't where the bytes are now."""
        write_all(self._fd, data)
        mine = os.fstat(self._fd)
        try:
            here = os.lstat(f"{self.session.space.root}/{path}")
            there = (here.st_ino, here.st_dev)
        except FileNotFoundError:
            there = (-1, -1)
        if there != (mine.st_ino, mine.st_dev) or mine.st_size != size + len(data):
            self.let_go()
            return False
        self.seen[path] = mark_of(mine)
        return True

    def mark(self, path: str) -> "list[int]":
        """The file's mark, [0] if there is none."""
        try:
            return mark_of(os.fstat(self.open(path)))
        except FileNotFoundError:
            return [0]

    def robbed(self, done: "set[str]") -> "list[str]":
        """Of the files that were written last, but not just now, those that lost their newest."""
        recent = list(self.session.known.newest.items())[-3:]
        return [
            path
            for path, place in recent
            if path not in done
            and not (place.away and place.away == self.mark(path))
            and self.look(path, place) is False
        ]

    def is_as(self, path: str, mark: "list[int]") -> bool:
        """Whether the file that is open is still as it was."""
        return self._path == path and mark_of(os.fstat(self._fd)) == mark

    def _lead(self, fd: int, size: int, path: str) -> "tuple[bytes, int]":
        """What goes ahead of the next heading, and the heading's line (from 1)."""
        place = self.session.known.newest.get(path)
        if size and place and place.offset >= 0 and place.end == size:
            return b"\n", place.line + place.lines + 1
        from journal.preamble import preamble

        _, namespace, _, name = path.split("/")
        first = preamble(name[:10], namespace, self.session.space.timezone, self.session.writer)
        if not size:
            return first, first.count(b"\n") + 1
        from journal.tail import lead_after

        return lead_after(read_at(fd, size, 0), first)
