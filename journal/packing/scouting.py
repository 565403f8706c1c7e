"""Day files looked through by processes ahead of this one, where there are processors to spare.

Looking for secrets, and writing an entry out for programs, take longer than all else that an export
does, and need but a file's text. What another process says of a file counts for just the text that
it names by its digest.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journal.daypath import DayFile
    from journal.store import Store

SMALLEST = 8 << 20  # bytes of day files from which on another process is worth its making
_DIGEST, _LENGTH = 32, 8
Look = Callable[["DayFile", bytes], bytes]


class Scout:
    """Asked what a look at a day file would tell; None where nobody went ahead."""

    def __init__(self, paths: Sequence[str] = (), pipe: int = -1) -> None:
        self._paths = {_digest(path.encode()) for path in paths}
        self._pipe = pipe
        self._told: dict[bytes, tuple[bytes, bytes]] = {}

    def ask(self, path: str, data: bytes) -> bytes | None:
        """What the process ahead says of this text; waits until it has come there."""
        name = _digest(path.encode())
        while self._pipe >= 0 and name in self._paths and name not in self._told:
            self._listen()
        digest, told = self._told.pop(name, (b"", b""))
        self._paths.discard(name)
        return told if digest == _digest(data) else None

    def _listen(self) -> None:
        """Take what comes next."""
        start = self._take(2 * _DIGEST + _LENGTH)
        size = int.from_bytes(start[2 * _DIGEST :])
        told = self._take(size) if len(start) == 2 * _DIGEST + _LENGTH else b""
        if self._pipe >= 0:
            self._told[start[:_DIGEST]] = (start[_DIGEST : 2 * _DIGEST], told)

    def _take(self, size: int) -> bytes:
        parts = []
        while size and self._pipe >= 0:
            if part := os.read(self._pipe, min(size, 1 << 20)):
                parts.append(part)
                size -= len(part)
            else:
                self._pipe = -1
        return b"".join(parts)


@contextmanager
def ahead(store: Store, files: Sequence[DayFile], look: Look) -> Iterator[Scout]:
    """A scout for files that will be asked for in about this order."""
    if not _can_go() or _size(store.root, files) < SMALLEST:
        yield Scout()
        return
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _go(writing, store, files, look)
    os.close(writing)
    try:
        yield Scout([day.path for day in files], reading)
    finally:
        os.close(reading)
        os.waitpid(child, 0)


def _can_go() -> bool:
    """Whether there is a processor to spare; a process with threads can't be doubled safely."""
    return (os.cpu_count() or 1) > 1 and hasattr(os, "fork") and threading.active_count() == 1


def _size(root: str, files: Sequence[DayFile]) -> int:
    """How many bytes they are; what is gone has none."""
    size = 0
    for day in files:
        with suppress(OSError):
            size += os.path.getsize(f"{root}/{day.path}")
    return size


def _go(pipe: int, store: Store, files: Sequence[DayFile], look: Look) -> None:
    """Look through all of it, and end: nothing of what this process was goes on here."""
    try:
        with os.fdopen(pipe, "wb") as to:
            for day in files:
                data = store.content(day.path) or b""
                told = look(day, data)
                to.write(_digest(day.path.encode()) + _digest(data))
                to.write(len(told).to_bytes(_LENGTH) + told)
                to.flush()
    finally:
        os._exit(0)


def _digest(data: bytes) -> bytes:
    return sha256(data).digest()
