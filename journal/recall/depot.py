"""The index's folder: reading and writing its files, and trusting none that others could write.

Nothing here raises for what it finds: a folder that can't be used is told as a `Finding`.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from time import monotonic, sleep

from journal.errors import JournalError
from journal.files import HANDLES, Folder, close, read_all, try_lock, write_all
from journal.finding import Finding
from journal.recall.manifest import (
    Identity,
    Manifest,
    OutdatedIndex,
    boot,
    decode,
    identity,
)
from journal.recall.segment import BadSegment, Segment

FOLDER = ".journal/cache/index"
MANIFEST = "manifest.json"
LOCK = "lock"
_ENDING = ".seg"


class Untrusted(Exception):
    """Somebody else owns this, or could write it."""


class Damaged(ValueError):
    """What the folder holds is no index of ours, or no longer."""


class Copied(Damaged):
    """A segment is whole, and came here with a copy of the folder."""


class Depot:
    """The folder of one workspace's index."""

    def __init__(self, root: str) -> None:
        self._root = root
        self.trouble: Finding | None = None

    def load(self) -> tuple[Manifest, list[Segment]]:
        """The manifest and its segments, open; nothing if there are none, `trouble` says why."""
        self.trouble = None
        for _ in range(5):
            try:
                return self._load()
            except FileNotFoundError:
                if self.version() is None:
                    return Manifest(), []
                continue  # merged away while it was being read: there is a newer manifest
            except Untrusted as error:
                self.trouble = _finding("index-untrusted", str(error), "journal doctor")
                return Manifest(), []
            except (Copied, OutdatedIndex):
                return Manifest(), []  # made anew, and nothing is wrong
            except (Damaged, OSError, JournalError) as error:
                why = getattr(error, "strerror", None) or str(error)
                self.trouble = _finding("index-damaged", f"can't be used: {why}", "made anew")
                return Manifest(), []
        self.trouble = _finding("index-damaged", "one of its files is missing", "made anew")
        return Manifest(), []

    def version(self) -> Identity | None:
        """What changes with every commit; None without a manifest that can be looked at."""
        try:
            with self._open() as folder:
                return identity(folder.stat(MANIFEST))
        except (OSError, JournalError, Untrusted):
            return None

    @contextmanager
    def locked(self, seconds: float = 0.0) -> Iterator[bool]:
        """Hold the lock, unless it can't be got in that time, or there can't be one."""
        fd = -1
        try:
            fd = self._lock_file()
            held = _wait_for(fd, seconds)
        except (OSError, JournalError, Untrusted, Damaged) as error:
            self._unwritable(error)
            held = False
        try:
            yield held
        finally:
            if fd >= 0:
                close(fd)

    def write(self, data: bytes) -> Segment | None:
        """A segment's new file, open; None if it can't be written. Only under the lock."""
        name = f"{os.urandom(8).hex()}{_ENDING}"
        try:
            with self._open(create=True) as folder:
                fd = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                try:
                    write_all(fd, data)
                finally:
                    close(fd)
                return _segment(folder, name)
        except (OSError, JournalError, Untrusted, BadSegment) as error:
            self._unwritable(error)
            self._forget(name)
            return None

    def is_there(self) -> bool:
        """Whether there is anything in the folder's place."""
        return os.path.lexists(os.path.join(self._root, FOLDER))

    def leftovers(self, manifest: Manifest) -> list[str]:
        """What is in the folder and not of this index."""
        ours = {MANIFEST, LOCK, *(part.name for part in manifest.parts)}
        with self._open() as folder:
            return sorted(set(_names(folder)) - ours)

    def commit(self, manifest: Manifest) -> bool:
        """Make this the index, and sweep what it doesn't name. Only under the lock."""
        try:
            with self._open(create=True) as folder:
                self._clear(folder, MANIFEST)
                folder.replace(MANIFEST, manifest.encode())
                self._sweep(folder, {part.name for part in manifest.parts})
        except (OSError, JournalError, Untrusted) as error:
            self._unwritable(error)
            return False
        return True

    def _unwritable(self, error: Exception) -> None:
        if isinstance(error, Untrusted):
            self.trouble = _finding("index-untrusted", str(error), "journal doctor")
            return
        why = getattr(error, "strerror", None) or str(error)
        self.trouble = _finding("index-unwritable", f"can't be written: {why}")

    def _forget(self, name: str) -> None:
        """Half a file on a full disk helps nobody."""
        try:
            with self._open() as folder:
                _remove(folder, name)
        except (OSError, JournalError, Untrusted):
            return

    def _open(self, *, create: bool = False) -> Folder:
        folder = Folder(self._root, FOLDER, create=create)
        try:
            if HANDLES:
                _check_owner(os.fstat(folder.fd), FOLDER)
        except Untrusted:
            folder.close()
            raise
        return folder

    def _load(self) -> tuple[Manifest, list[Segment]]:
        with self._open() as folder:
            fd = _open_file(folder, MANIFEST)
            try:
                manifest = decode(read_all(fd))
            except OutdatedIndex:
                raise
            except ValueError as error:
                raise Damaged(f"{MANIFEST}: {error}") from error
            finally:
                close(fd)
            here = boot()
            settled = bool(here) and manifest.boot == here
            segments = []
            for part in manifest.parts:
                try:
                    segment = _segment(folder, part.name)
                except BadSegment as error:
                    raise Damaged(f"{part.name}: {error}") from error
                if segment.identity[0] != part.identity[0] and segment.whole():
                    raise Copied(f"{part.name}: is a copy")
                if segment.identity != part.identity or not (settled or segment.whole()):
                    raise Damaged(f"{part.name}: is not what was written")
                segment.deleted = frozenset(part.deleted)
                segments.append(segment)
            return manifest, segments

    def _lock_file(self) -> int:
        with self._made() as folder:
            self._clear(folder, LOCK)
            fd = folder.open(LOCK, os.O_RDWR | os.O_CREAT)
            try:
                _check_file(fd, LOCK)
            except (Untrusted, Damaged):
                close(fd)
                raise
            return fd

    def _made(self) -> Folder:
        try:
            return self._open(create=True)
        except JournalError:
            path = os.path.join(self._root, FOLDER)
            if not os.path.isfile(path) or os.path.islink(path):
                raise
            os.unlink(path)  # a file in the folder's place
            return self._open(create=True)

    def _clear(self, folder: Folder, name: str) -> None:
        """Take what is no file out of a file's place."""
        try:
            if not stat.S_ISREG(folder.stat(name).st_mode):
                _remove(folder, name)
        except FileNotFoundError:
            return

    def _sweep(self, folder: Folder, keep: set[str]) -> None:
        for name in _names(folder):
            if name not in keep and name not in (MANIFEST, LOCK):
                try:
                    _remove(folder, name)
                except OSError:
                    continue  # somebody else swept it, or a system that removes no open file


def _names(folder: Folder) -> list[str]:
    return os.listdir(folder.fd if HANDLES else folder.path)


def _remove(folder: Folder, name: str) -> None:
    where = {"dir_fd": folder.fd} if HANDLES else {}
    path = name if HANDLES else f"{folder.path}/{name}"
    if stat.S_ISDIR(folder.stat(name).st_mode):
        shutil.rmtree(path, dir_fd=where.get("dir_fd"))
    else:
        os.unlink(path, **where)


def _segment(folder: Folder, name: str) -> Segment:
    fd = _open_file(folder, name)
    try:
        known = identity(os.fstat(fd))
        if not known[1]:
            raise BadSegment("it is empty")
        segment = Segment(mmap(fd, 0, access=ACCESS_READ), name)
        segment.identity = known
        return segment
    finally:
        close(fd)


def _open_file(folder: Folder, name: str) -> int:
    fd = folder.open(name, os.O_RDONLY)
    try:
        _check_file(fd, name)
    except (Untrusted, Damaged):
        close(fd)
        raise
    return fd


def _check_file(fd: int, name: str) -> None:
    known = os.fstat(fd)
    if not stat.S_ISREG(known.st_mode):
        raise Damaged(f"{name}: is no file")
    if HANDLES:
        _check_owner(known, name)


def _check_owner(known: os.stat_result, name: str) -> None:
    if known.st_uid != os.geteuid():
        raise Untrusted(f"{name} belongs to another user, so the index is not opened")
    if known.st_mode & 0o022:
        raise Untrusted(f"other users may write {name}, so the index is not opened")


def _wait_for(fd: int, seconds: float) -> bool:
    end = monotonic() + seconds
    while not try_lock(fd):
        if monotonic() >= end:
            return False
        sleep(0.01)
    return True


def _finding(code: str, message: str, fix: str = "") -> Finding:
    return Finding(code, FOLDER, 0, message, fix)


def live(segments: Sequence[Segment]) -> int:
    """How many documents the segments hold that aren't deleted."""
    return sum(segment.live for segment in segments)
