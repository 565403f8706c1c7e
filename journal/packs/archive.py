"""A zip read without trusting it: no byte is taken before all of its directory is sound."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator

from journal.errors import IntegrityError
from journal.files import close, read_at
from journal.manifest import MOST_MEMBERS, MOST_TOTAL, is_member, order
from journal.packs import layout
from journal.packs.faults import corrupt, named
from journal.packs.layout import Row

_CHUNK = 1 << 20
_PORTION = 1 << 16
_LONGEST_NAME = 200
_ENCRYPTED, _LATER = 1, 8  # bits of a member's flags
_UNPACK = "if you trust it, unpack it with another tool, and give its folder"


class Archive:
    """The members of a zip by path; IntegrityError `pack-corrupt` if it isn't laid out soundly."""

    def __init__(self, path: str, fd: int, size: int) -> None:
        self._path = path
        self._fd = fd
        rows = self._directory(size)
        self._rows = {row.name: row for row in rows}
        self.sizes = {row.name: row.size for row in rows}

    def close(self) -> None:
        """Let go of the file."""
        close(self._fd)

    def _wrong(self, message: str, hint: str = "") -> IntegrityError:
        return corrupt(self._path, message, hint)

    def _directory(self, size: int) -> list[Row]:
        last = self._at(layout.END.size, size - layout.END.size) if size > layout.END.size else b""
        if last[:4] != layout.END_SIGN:
            raise self._wrong("does not end as a zip does: it is none, cut off, or data follows")
        _, disk, first_disk, here, count, length, offset, comment = layout.END.unpack(last)
        if disk or first_disk or here != count or comment:
            raise self._wrong("is one of several parts, or has a comment at its end")
        if count > MOST_MEMBERS + 2:
            raise self._wrong(f"has {count:,} members, and {MOST_MEMBERS:,} is the most")
        longest = count * (layout.CENTRAL.size + _LONGEST_NAME)
        if offset + length + layout.END.size != size or length > longest:
            raise self._wrong("its directory is not where or what its end says", _UNPACK)
        rows = self._rows_of(self._at(length, offset), count)
        where = rows[-1].end if rows else 0
        if where != offset:
            raise self._wrong("has data between its members and its directory", _UNPACK)
        if sum(row.size for row in rows) > MOST_TOTAL:
            raise self._wrong(f"unpacks to more than {MOST_TOTAL:,} bytes")
        for row in rows:
            if self._at(row.data - row.offset, row.offset) != layout.local(row):
                raise self._wrong(f"{row.name}: its own header says other than the directory")
        return rows

    def _rows_of(self, raw: bytes, count: int) -> list[Row]:
        rows: list[Row] = []
        at = where = 0
        for _ in range(count):
            row = self._row(raw, at)
            if rows and order(rows[-1].name) >= order(row.name):
                raise self._wrong(f"{row.name}: stands there twice, or not in its order", _UNPACK)
            if row.offset != where:
                raise self._wrong(f"{row.name}: overlaps another member, or data is between them")
            where = row.end
            at += layout.CENTRAL.size + len(row.name)
            rows.append(row)
        if at != len(raw):
            raise self._wrong("its directory has more in it than its members")
        return rows

    def _row(self, raw: bytes, at: int) -> Row:
        """The directory's next member."""
        fixed = raw[at : at + layout.CENTRAL.size]
        if len(fixed) < layout.CENTRAL.size or fixed[:4] != layout.CENTRAL_SIGN:
            raise self._wrong("its directory breaks off")
        said = layout.CENTRAL.unpack(fixed)
        begin = at + layout.CENTRAL.size
        name = raw[begin : begin + said[10]]
        text = name.decode("ascii", errors="replace")
        if not is_member(text):
            raise self._wrong(f"{named(name)} is not what a pack holds")
        row = Row(text, said[4], said[7], said[8], said[9], said[16])
        for trouble in _troubles(row, said):
            raise self._wrong(f"{text}: {trouble}", _UNPACK)
        if layout.central(row) != fixed + name:
            raise self._wrong(f"{text}: is not entered as the journal does it", _UNPACK)
        return row

    def _at(self, size: int, offset: int) -> bytes:
        return read_at(self._fd, size, offset)

    def chunks(self, path: str) -> Iterator[bytes]:
        """A member's bytes, a MiB at most at once; IntegrityError if they are not as declared."""
        row = self._rows[path]
        crc = size = 0
        for chunk in self._unpacked(row):
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            if size > row.size:
                break
            yield chunk
        if (size, crc) != (row.size, row.crc):
            raise self._wrong(f"{path}: its bytes are not what the zip's directory says")

    def _unpacked(self, row: Row) -> Iterator[bytes]:
        if row.method == layout.STORED:
            yield from self._packed(row, _CHUNK)
            return
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for packed in self._packed(row, _PORTION):
                while packed and not inflating.eof:
                    yield inflating.decompress(packed, _CHUNK)
                    packed = inflating.unconsumed_tail  # noqa: PLW2901 - the rest of the portion
                if inflating.eof and (inflating.unused_data or packed):
                    break
            while not inflating.eof and (more := inflating.decompress(b"", _CHUNK)):
                yield more
        except zlib.error as error:
            raise self._wrong(f"{row.name}: can't be unpacked: {error}") from error
        if not inflating.eof or inflating.unused_data:
            raise self._wrong(f"{row.name}: its packed bytes end elsewhere than they should")

    def _packed(self, row: Row, portion: int) -> Iterator[bytes]:
        for at in range(row.data, row.end, portion):
            yield self._at(min(portion, row.end - at), at)


def _troubles(row: Row, said: tuple[int, ...]) -> Iterator[str]:
    """Why it may not be in a pack; `said` is its row in the directory."""
    flags, mode = said[3], said[15] >> 16
    if flags & _ENCRYPTED:
        yield "is encrypted"
    if flags & _LATER:
        yield "its size follows its bytes"
    if stat.S_ISLNK(mode):
        yield "is a symbolic link"
    if mode and not stat.S_ISREG(mode):
        yield "is no regular file"
    if row.method not in (layout.STORED, layout.DEFLATED):
        yield f"is packed by a method ({row.method}) that a pack doesn't use"
    if said[11] or said[12]:
        yield "has extra fields or a comment"
    if layout.MOST_FILE in (row.packed, row.size, row.offset):
        yield "is larger than such a zip can say"
    if row.method == layout.STORED and row.packed != row.size:
        yield "is stored, and has two sizes"
    if layout.is_bomb(row.size, row.packed):
        yield f"unpacks to more than {layout.RATIO} times its bytes"
