"""A folder read as a pack: only files that a pack may hold, and never through a link."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from journal.errors import IntegrityError, JournalError, WorkspaceError
from journal.files import HANDLES, Folder
from journal.manifest import MOST_MEMBERS, is_member
from journal.names import is_slug
from journal.packs.faults import corrupt, named

_CHUNK = 1 << 20
_YEAR = re.compile(r"[0-9]{4}")
_TAKE_OUT = "take it out of the folder if it is not the pack's"


class Tree:
    """The members below a folder by path; IntegrityError `pack-corrupt` if there is more."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._top = Folder(path, "")
        self.sizes: dict[str, int] = {}
        try:
            self._walk("")
        except (JournalError, OSError):
            self._top.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        self._top.close()

    def _inner(self, path: str) -> AbstractContextManager[Folder]:
        """A folder below this one, or this one; it closes what it opened."""
        return self._top.inner(path) if path else nullcontext(self._top)

    def _walk(self, below: str) -> None:
        with self._inner(below) as here:
            for one in os.scandir(here.fd if HANDLES else here.path):
                path = f"{below}/{one.name}" if below else one.name
                found = one.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode) and _is_folder(path):
                    self._walk(path)
                elif not is_member(path):
                    raise self._wrong(f"{named(path)} is not what a pack holds", _TAKE_OUT)
                elif not stat.S_ISREG(found.st_mode):
                    raise self._wrong(f"{path}: is a link, or no regular file")
                self._add(path, found)

    def _add(self, path: str, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            return
        if len(self.sizes) > MOST_MEMBERS + 1:
            raise self._wrong(f"has more than {MOST_MEMBERS:,} members")
        self.sizes[path] = found.st_size

    def _wrong(self, message: str, hint: str = "") -> IntegrityError:
        return corrupt(self._path, message, hint)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A member's bytes, a MiB at most at once; IntegrityError if its size is another now."""
        above, _, name = path.rpartition("/")
        left = self.sizes[path]
        try:
            with self._inner(above) as here:
                fd = here.open(name, os.O_RDONLY)
        except WorkspaceError as error:
            raise self._wrong(f"{path}: is a link, or no regular file") from error
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise self._wrong(f"{path}: is a link, or no regular file")
            while left and (chunk := os.read(fd, min(left, _CHUNK))):
                left -= len(chunk)
                yield chunk
            if left or os.read(fd, 1):
                raise self._wrong(f"{path}: is changing while it is read")
        finally:
            os.close(fd)


def _is_folder(path: str) -> bool:
    """Whether a folder of this path may be in a pack."""
    match path.split("/"):
        case ["journal" | "schemas"]:
            return True
        case ["journal", namespace]:
            return is_slug(namespace)
        case ["journal", namespace, year]:
            return is_slug(namespace) and (year == "attachments" or bool(_YEAR.fullmatch(year)))
    return False
