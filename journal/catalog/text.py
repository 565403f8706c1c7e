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
    from collections.abc import Callable, Iterable, Iterator

    from journal.entry import Entry

    Found = tuple[Row, Piece]

_FILES = 8  # kept at once


def piece_of(root: str, row: Row) -> Piece | None:
    """The slice that the row is about; None if it isn't there any more."""
    path = row.spool or row.file
    try:
        with Folder(root, os.path.dirname(path)) as folder:
            fd = folder.open(os.path.basename(path), os.O_RDONLY)
            try:
                raw = read_at(fd, row.size, row.offset)
            finally:
                os.close(fd)
            if b"\r" not in raw and (piece := _fitting(raw, row)):
                return piece
    except (OSError, JournalError):
        return None
    return _among(content(root, path), row)


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
    from journal.entry import Entry

    return Entry(
        id=row.id, at=row.at, moment=row.moment, kind=row.kind, title=row.title, role=row.role,
        actor=row.actor, session=row.session, path=row.path, parent=row.parent, tags=row.tags,
        meta=row.meta, fields=row.fields, git=row.git, token=row.token, seq=row.seq, prev=row.prev,
        digest=row.digest, namespace=row.namespace, writer=row.writer,
        body=piece.body.decode(errors="replace"),
        postscript=piece.postscript.decode(errors="replace"),
        source=row.source,
    )  # fmt: skip
