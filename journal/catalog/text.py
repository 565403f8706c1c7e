"""The text of entries, from where the catalog says that they stand."""

from __future__ import annotations

import os

from journal import dayfile, header, seal
from journal.catalog.row import Row
from journal.dayfile import Piece
from journal.errors import JournalError
from journal.files import Folder, read_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    from journal.entry import Entry

    Found = tuple[Row, Piece]

_FILES = 8  # kept at once


class Slices:
    """Reads single slices; folders are walked to once, and held open until `close`."""

    __slots__ = ("_folders", "_root")

    def __init__(self, root: str) -> None:
        self._root = root
        self._folders: dict[str, Folder] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the folders back."""
        while self._folders:
            self._folders.popitem()[1].close()

    def piece(self, row: Row) -> Piece | None:
        """The slice that the row is about; None if it isn't there any more."""
        path = row.spool or row.file
        try:
            raw = self._raw(path, row)
        except (OSError, JournalError):
            return None
        if b"\r" not in raw and (piece := _fitting(raw, row)):
            return piece
        return _among(content(self._root, path), row)

    def entry(self, row: Row) -> Entry | None:
        """The whole entry that the row is about; None if it isn't there any more."""
        if row.digest and not row.came_back:
            try:
                raw = self._raw(row.spool or row.file, row)
            except (OSError, JournalError):
                return None
            text = None if b"\r" in raw else dayfile.text_of(raw, row.id, row.digest)
            if text:
                return _entry(row, *text)
        piece = self.piece(row)
        return entry_of(row, piece) if piece else None

    def raw(self, path: str, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """The bytes at these offsets, so many; nothing of a file that can't be read.

        They are the slices' own bytes where the file has no carriage returns.
        """
        try:
            return self._read(path, spans)
        except (OSError, JournalError):
            return [b""] * len(spans)

    def _raw(self, path: str, row: Row) -> bytes:
        return self._read(path, [(row.offset, row.size)])[0]

    def _read(self, path: str, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        above, _, name = path.rpartition("/")
        folder = self._folders.get(above)
        if folder is None:
            folder = self._folders[above] = Folder(self._root, above)
        fd = folder.open(name, os.O_RDONLY)
        try:
            return [read_at(fd, size, offset) for offset, size in spans]
        finally:
            os.close(fd)


def piece_of(root: str, row: Row) -> Piece | None:
    """The slice that the row is about; None if it isn't there any more."""
    with Slices(root) as slices:
        return slices.piece(row)


def content(root: str, path: str) -> bytes:
    """A file's normalised bytes; nothing if it can't be read, as whoever catches up will tell."""
    try:
        with Folder(root, os.path.dirname(path)) as folder:
            return seal.normal(folder.read(os.path.basename(path)))
    except (OSError, JournalError):
        return b""


def read(
    root: str, rows: Iterable[Row], again: Callable[[Row], Found | None] = lambda _: None
) -> Iterator[Found]:
    """Many slices; a file is read once for rows that come close together.

    `again` is asked for what no longer stands where it stood; what that doesn't find is left out.
    """
    held: dict[str, bytes] = {}
    for row in rows:
        path = row.spool or row.file
        if path not in held:
            if len(held) == _FILES:  # a day has a file for each writer, and they take turns
                del held[next(iter(held))]
            held[path] = content(root, path)
        piece = _among(held[path], row)
        if found := (row, piece) if piece else again(row):
            yield found


def _among(data: bytes, row: Row) -> Piece | None:
    return _fitting(data[row.offset : row.offset + row.size], row)


def _fitting(raw: bytes, row: Row) -> Piece | None:
    if len(raw) != row.size:
        return None
    piece = dayfile.slice_at(raw, row.offset)
    named = header.id_of(piece)
    # A twin's id has its number at the end.
    if named != row.id if named else not row.id.startswith(dayfile.hand_id(piece)):
        return None
    if row.came_back:
        from journal.hidden import stubbed

        return stubbed(piece)
    return piece


def entry_of(row: Row, piece: Piece) -> Entry:
    """The whole entry."""
    return _entry(row, piece.body, piece.postscript)


def _entry(row: Row, body: bytes, postscript: bytes) -> Entry:
    from journal.entry import Entry

    return Entry(
        id=row.id, at=row.at, moment=row.moment, kind=row.kind, title=row.title, role=row.role,
        actor=row.actor, session=row.session, path=row.path, parent=row.parent, tags=row.tags,
        meta=row.meta, fields=row.fields, git=row.git, token=row.token, turn=row.turn, seq=row.seq,
        prev=row.prev, digest=row.digest, namespace=row.namespace, writer=row.writer,
        body=body.decode(errors="replace"),
        postscript=postscript.decode(errors="replace"),
        source=row.source,
    )  # fmt: skip
