"""Writing a pack's zip: one member after the other, the directory last."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator

from journal.errors import UsageError
from journal.files import close, flush, read_at, write_all
from journal.packs import layout
from journal.packs.layout import Row

_LEVEL = 4
_CHUNK = 1 << 20


class Zip:
    """A new zip file that members go to; UsageError `bad-value` if it would be 4 GiB or more."""

    def __init__(self, path: str) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._path = path
        self._fd = os.open(path, flags, 0o600)
        self._rows: list[Row] = []
        self._at = 0

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Pack a member; one that would unpack to many times its bytes is stored as it is."""
        begin = self._at
        empty = Row(path, layout.DEFLATED, 0, 0, 0, begin)
        self._write(layout.local(empty))  # its place; what it says comes when all is known
        crc = size = 0
        packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            self._write(packing.compress(chunk))
        self._write(packing.flush())
        row = Row(path, layout.DEFLATED, crc, self._at - empty.data, size, begin)
        if layout.is_bomb(row.size, row.packed):
            row = self._stored(row)
        self._rows.append(row)
        os.lseek(self._fd, begin, os.SEEK_SET)
        write_all(self._fd, layout.local(row))
        os.lseek(self._fd, self._at, os.SEEK_SET)

    def _stored(self, row: Row) -> Row:
        """The same member as it is, in its packed bytes' place."""
        with tempfile.TemporaryFile(dir=os.path.dirname(self._path)) as aside:
            for chunk in self._unpacked(row):
                aside.write(chunk)
            aside.seek(0)
            os.ftruncate(self._fd, row.data)
            os.lseek(self._fd, row.data, os.SEEK_SET)
            self._at = row.data
            while chunk := aside.read(_CHUNK):
                self._write(chunk)
        return Row(row.name, layout.STORED, row.crc, row.size, row.size, row.offset)

    def _unpacked(self, row: Row) -> Iterator[bytes]:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        for at in range(row.data, row.end, _CHUNK):
            packed = read_at(self._fd, min(_CHUNK, row.end - at), at)
            while packed:
                yield inflating.decompress(packed, _CHUNK)
                packed = inflating.unconsumed_tail
        yield inflating.flush()

    def _write(self, data: bytes) -> None:
        if self._at + len(data) >= layout.MOST_FILE:
            raise UsageError(
                "a zip of a pack can't be 4 GiB or more",
                kind="bad-value",
                hint="export a folder instead",
            )
        write_all(self._fd, data)
        self._at += len(data)

    def finish(self) -> None:
        """Write the directory, and have it all on the medium."""
        begin = self._at
        for row in self._rows:
            self._write(layout.central(row))
        self._write(layout.end(len(self._rows), self._at - begin, begin))
        flush(self._fd)

    def close(self) -> None:
        """Let go of the file; harmless twice."""
        if self._fd >= 0:
            close(self._fd)
            self._fd = -1
