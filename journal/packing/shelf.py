"""Members of a pack that wait for their turn: it has them in another order than they come to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from journal.manifest import Member, order

if TYPE_CHECKING:
    from journal.packs import Writer

_CHUNK = 1 << 20


class Shelf:
    """What will be in a pack; bytes lie in a file that nobody else can open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._members: dict[str, Callable[[], Iterable[bytes]]] = {}
        self._state = sha256()

    def put(self, path: str, parts: Iterable[bytes]) -> None:
        """Keep a member's bytes until it is written."""
        start = self._file.seek(0, os.SEEK_END)
        self._state.update(b"%s\n" % path.encode())
        for part in parts:
            self._file.write(part)
            self._state.update(part)
        size = self._file.tell() - start
        self._members[path] = lambda: self._read(start, size)

    def later(self, path: str, read: Callable[[], Iterable[bytes]]) -> None:
        """A member whose bytes can be had when it is written."""
        self._members[path] = read

    @property
    def digest(self) -> str:
        """Of all that was put here so far."""
        return f"sha256:{self._state.hexdigest()}"

    def write(self, writer: Writer) -> Iterator[Member]:
        """Every member, written in the order that packs have."""
        for path in sorted(self._members, key=order):
            yield writer.add(path, self._members[path]())

    def __len__(self) -> int:
        return len(self._members)

    def _read(self, start: int, size: int) -> Iterator[bytes]:
        self._file.seek(start, os.SEEK_SET)
        while size > 0 and (chunk := self._file.read(min(size, _CHUNK))):
            yield chunk
            size -= len(chunk)
