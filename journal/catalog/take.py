"""From a day file to rows of the catalog: only its new end, where the rest is what it was."""

from __future__ import annotations

import os
from hashlib import sha256
from zlib import crc32

from journal import dayfile, header, hidden, markdown, seal
from journal.catalog.forgotten import Forgotten
from journal.catalog.origins import origins
from journal.catalog.row import ASIDE, STUB, restored
from journal.cjson import dumps
from journal.dayfile import Piece
from journal.daypath import DayFile
from journal.errors import JournalError
from journal.files import Folder
from journal.names import KINDS, is_path
from journal.shown import head_of
from journal.space import Space

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import tzinfo
    from typing import Any

    from journal.catalog.watch import Identity

    Mark = tuple[Any, ...]  # id without a twin's ending, size, CRC-32 of a slice

_ENTRY = f"INSERT INTO entry VALUES ({', '.join('?' * 32)})"  # noqa: S608
_PLACE = """
SELECT f.path, e.id, e.base, e.file, e.line, e.offset, e.size, e.sum, e.spool
FROM entry e JOIN file f ON f.number = e.file WHERE e.number = ?
"""
_REDACT = "redact"
_NEVER = 0  # seen: whoever looks next tries again
_HELD = """
SELECT number, CASE base WHEN '' THEN id ELSE base END, size, sum FROM entry
WHERE file = ? AND offset >= ? AND spool IS NULL ORDER BY offset
"""
_FILE = """
INSERT INTO file (path, date, regular, inode, size, mtime, ctime, seen)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET (inode, size, mtime, ctime, seen)
    = (excluded.inode, excluded.size, excluded.mtime, excluded.ctime, excluded.seen)
"""


class Taker:
    """Reads files into the catalog, in a transaction that its caller began."""

    def __init__(self, database: sqlite3.Connection, space: Space, seen: int) -> None:
        self.database = database
        self.space = space
        self.seen = seen
        self.forgotten = Forgotten(database)
        self.purged = False  # whether a row may have gone because of a purge, or a redaction
        self._number = 0
        self._tags: list[tuple[str, int, int, str]] = []
        self._origins: list[tuple[str, str, int, str]] = []
        self._zone: tzinfo | None = None
        self.taken = 0

    def zone(self) -> tzinfo:
        """The workspace's time zone."""
        if not self._zone:
            from journal import clock  # dear, and most slices say their offset

            self._zone = clock.zone(self.space.timezone)
        return self._zone

    def file(self, path: str, identity: Identity) -> bool:
        """Take in what is new in a day file; whether anything is."""
        day = DayFile(path)
        row = (path, day.date, day.regular, *identity, self.seen)
        held = self.database.execute(
            "SELECT number, stop, lines, before, whole FROM file WHERE path = ?", (path,)
        ).fetchone()
        data = self._content(path)
        self.database.execute(_FILE, row if data is not None else (*row[:-1], _NEVER))
        number = held[0] if held else self._file_number(path)
        if data is None:
            self._odd(day)
            self._empty(number)
            return True
        whole = sha256(data).digest()
        if held and held[4] == whole:
            return False
        start, line = 0, 1
        if held and held[1] and _stands(data, held[1], held[3]):
            start, line = held[1], held[2]
        self._slices(day, number, data, (start, line))
        self.database.execute("UPDATE file SET whole = ? WHERE number = ?", (whole, number))
        return True

    def gone(self, path: str) -> None:
        """The file is no more; its row goes when no spool holds what belongs there."""
        self._empty(self._file_number(path))
        self.database.execute("DELETE FROM finding WHERE file = ?", (path,))
        self.database.execute("UPDATE file SET size = -1 WHERE path = ?", (path,))

    def _empty(self, number: int) -> None:
        held = self._held(number, 0)
        self._strike([row for rows in held.values() for row in rows])
        self.database.execute("UPDATE file SET stop = 0, whole = x'' WHERE number = ?", (number,))

    def waiting(self, path: str, raw: bytes, offset: int, spool: int) -> None:
        """Take in an entry that no file has yet, at its offset in a spool."""
        day = DayFile(path)
        self.database.execute(
            "INSERT OR IGNORE INTO file (path, date, regular) VALUES (?, ?, 1)", (path, day.date)
        )
        piece = dayfile.parse(raw, offset)
        self._insert(day, [(piece, 0)], (self._file_number(path), spool))

    def _file_number(self, path: str) -> int:
        found = self.database.execute("SELECT number FROM file WHERE path = ?", (path,))
        return int(found.fetchone()[0])

    def _content(self, path: str) -> bytes | None:
        """The file's normalised bytes; None, and a finding, if it can't be read."""
        try:
            with Folder(self.space.root, os.path.dirname(path)) as folder:
                return seal.normal(folder.read(os.path.basename(restored(path))))
        except FileNotFoundError:  # moved away since: the next look will tell
            return None
        except (OSError, JournalError) as error:
            self.unreadable(path, error)
            return None

    def unreadable(self, path: str, error: Exception) -> None:
        """Note that a file can't be read."""
        why = f"can't be read: {getattr(error, 'strerror', None) or error}"
        self.database.execute("DELETE FROM finding WHERE file = ?", (path,))
        self.find(path, "unreadable", 0, why, "see what it is, and its permissions")

    def _slices(self, day: DayFile, number: int, data: bytes, begin: tuple[int, int]) -> None:
        """Take in the slices from an offset and its line on."""
        start, line = begin
        self.database.execute(
            "DELETE FROM finding WHERE file = ? AND (line >= ? OR line = 0)", (day.path, line)
        )
        self._odd(day)
        at = start
        placed = []
        for piece in _after(data, start) if start else dayfile.pieces(data):
            line += data.count(b"\n", at, piece.offset)
            at = piece.offset
            placed.append((piece, line))
        held = self._held(number, start)
        self._insert(day, self._moved(day, placed, held), (number, None))
        self._strike([row for rows in held.values() for row in rows])
        self.database.execute(
            "UPDATE file SET stop = ?, lines = ?, before = ? WHERE number = ?",
            (at, line, sha256(data[:at]).digest(), number),
        )

    def _odd(self, day: DayFile) -> None:
        if not day.regular:
            self.find(day.path, "odd-name", 0, "no day file's name; read all the same", "a copy?")

    def _held(self, number: int, start: int) -> dict[Mark, list[int]]:
        """The rows of a file from an offset on, by what tells their slices apart."""
        held: dict[Mark, list[int]] = {}
        for row, *mark in self.database.execute(_HELD, (number, start)):
            held.setdefault(tuple(mark), []).append(row)
        return held

    def _moved(
        self, day: DayFile, placed: list[tuple[Piece, int]], held: dict[Mark, list[int]]
    ) -> list[tuple[Piece, int]]:
        """Let rows whose slices only moved keep their numbers; what is left is new."""
        if not held:
            return placed
        new, moved = [], []
        for piece, line in placed:
            name = header.id_of(piece) or dayfile.hand_id(piece)
            if rows := held.get((name, len(piece.raw), crc32(piece.raw))):
                moved.append((line, piece.offset, rows.pop(0)))
                self._trouble(day.path, line, piece)
            else:
                new.append((piece, line))
        self.database.executemany("UPDATE entry SET line = ?, offset = ? WHERE number = ?", moved)
        return new

    def _strike(self, rows: list[int]) -> None:
        """Take out rows whose slices are gone; a spool may still have them."""
        values = [(row,) for row in rows]
        self.database.executemany(
            "UPDATE spooled SET placed = 0 WHERE id = (SELECT id FROM entry WHERE number = ?)",
            values,
        )
        self.database.executemany("DELETE FROM entry WHERE number = ?", values)

    def _insert(
        self, day: DayFile, placed: list[tuple[Piece, int]], place: tuple[int, int | None]
    ) -> None:
        """New rows, of a file, and of a spool if it holds them."""
        rows = []
        self._number = self._last_number()
        file, spool = place
        for piece, line in placed:
            self._number += 1
            self._trouble(day.path, line, piece)
            named = header.id_of(piece)
            base = "" if named else dayfile.hand_id(piece)
            kind = piece.values.get("kind")
            if kind == hidden.KIND:
                self.forgotten.learn(self._number, named, piece, brought=bool(day.pack))
            shown, flags = piece, 0
            if self.forgotten.said:
                shown, flags = self.forgotten.shown(named or base, piece, day.path)
            if flags & STUB or kind == _REDACT:
                self.purged = True
            where = (file, line, piece.offset, len(piece.raw), crc32(piece.raw), spool)
            row, turned = self._row(shown, day, named or base)
            if hidden.is_aside(shown.values):
                flags |= ASIDE
            rows.append((*row, base, flags, *where, *turned))
        self._write(rows)
        self.taken += len(rows)

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        """The rows, and the tags that were noted."""
        self.database.executemany(_ENTRY, rows)
        self.database.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?, ?, ?)", self._tags)
        self._tags = []
        self.database.executemany("INSERT OR IGNORE INTO origin VALUES (?, ?, ?, ?)", self._origins)
        self._origins = []

    def anew(self, number: int, piece: Piece, flags: int) -> None:
        """Show this piece instead of what the row has, under a new number."""
        path, name, base, file, line, offset, size, checksum, spool = self.database.execute(
            _PLACE, (number,)
        ).fetchone()
        self._number = self._last_number() + 1
        row, turned = self._row(piece, DayFile(path), name)
        where = (file, line, offset, size, checksum, spool)
        self._write([(*row, base, flags, *where, *turned)])
        move = "UPDATE forgetting SET entry = ? WHERE entry = ?"
        self.database.execute(move, (self._number, number))
        self.database.execute("DELETE FROM entry WHERE number = ?", (number,))

    def _last_number(self) -> int:
        """The highest number that a row ever had; twins are given new ones between two files."""
        found = self.database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'")
        last = found.fetchone()
        return int(last[0]) if last else 0

    def _row(
        self, piece: Piece, day: DayFile, entry_id: str
    ) -> tuple[tuple[Any, ...], tuple[int, str]]:
        """The columns before `base`, and the last two; tags, origins and references are noted."""
        known = header.known(piece, day.date, self.zone)
        if known["tags"]:
            self._tag(known["tags"], 0)
        if markdown.may_refer(piece.body):
            self._refer(piece.body)
        tags, meta, fields = known["tags"], known["meta"], known["fields"]
        if "source" in fields:
            self._origins += origins(fields, self._number, entry_id)
        switched = fields.get("switched", "") if known["session"] else ""
        goes_on = isinstance(switched, str) and is_path(switched)  # anything may be typed by hand
        return (
            self._number, entry_id, known["at"], header.microseconds(known["moment"]),
            known["kind"], known["title"],
            head_of(piece.body.lstrip()[:2000].decode(errors="replace")), known["role"],
            known["actor"], known["session"], known["path"], known["parent"],
            day.namespace, day.writer or self.space.first, known["seq"], known["prev"],
            known["digest"], known["git"], known["token"],
            dumps(tags) if tags else "", dumps(meta) if meta else "",
            dumps(fields) if fields else "",
        ), (known["turn"], switched if goes_on else "")  # fmt: skip

    def _tag(self, tags: Sequence[str], inline: int) -> None:
        self._tags += [(markdown.folded(tag), self._number, inline, tag) for tag in tags]

    def _refer(self, body: bytes) -> None:
        """Note what a body refers to."""
        found = markdown.references(body.decode(errors="replace"))
        others = [
            (self._number, one.kind, markdown.folded(one.target), one.line)
            for one in found if one.kind != "tag"
        ]  # fmt: skip
        self.database.executemany("INSERT INTO reference VALUES (?, ?, ?, ?)", others)
        self._tag([one.target for one in found if one.kind == "tag"], 1)

    def _trouble(self, path: str, line: int, piece: Piece) -> None:
        if piece.trouble:
            fix = "journal verify shows what changed"
            self.find(path, piece.state, line, piece.trouble, fix)
        kind = str(piece.values.get("kind") or "")
        if kind and kind not in KINDS:
            said = f"kind {kind!r} is not known to this version"
            self.find(path, "unknown-kind", line, said, "")

    def find(self, path: str, code: str, line: int, message: str, fix: str) -> None:
        """Note something that is not as it should be."""
        row = (path, code, line, message, fix)
        self.database.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?)", row)


def _stands(data: bytes, stop: int, before: bytes) -> bool:
    """Whether a slice begins where the last one did, and nothing before it changed."""
    begins = dayfile.BOUNDARY.match(data, stop) is not None
    return begins and sha256(data[:stop]).digest() == before


def _after(data: bytes, start: int) -> list[Piece]:
    """The pieces from a slice's beginning on."""
    return [
        dayfile.parse(raw, start + offset) for offset, raw in dayfile.split(data[start:]).slices
    ]
