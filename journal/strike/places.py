"""Where an entry's text may lie in a workspace, and what is there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journal import attach, dayfile, seal
from journal.dayfile import Piece
from journal.daypath import CONFLICTS, MANIFESTS, day_files, folders, is_day_name, is_pack, names_in
from journal.errors import Conflict, JournalError
from journal.files import Folder
from journal.mend.noted import ASIDE
from journal.spool import FOLDER as SPOOLS
from journal.spool import Record, entries, scan
from journal.strike.stroke import Names, Strokes, in_day, name_of, pieces_of
from journal.trim import read_file

_BEGINNING = len("## 00:00:00")
_ID = re.compile(rb"^id: (\S+)$", re.MULTILINE)
_ANY_ID = re.compile(rb"""\bid["']?:[ \t]*["']?([^\s"',}]+)""")  # as JSON has it, too


@dataclass(frozen=True, slots=True)
class Place:
    """A slice somewhere: in a day file (from line 1), or in a spool (line 0)."""

    path: str
    line: int
    piece: Piece
    regular: bool


def names(folder: Folder) -> list[str]:
    """What lies in a folder."""
    return sorted(os.listdir(folder.path))


def read(root: str, path: str) -> bytes:
    """The file's bytes; empty if there is none, or if a link is in the way."""
    return read_or_none(root, path) or b""


def read_or_none(root: str, path: str) -> bytes | None:
    """The file's bytes; None if there is none, it can't be read, or a link is in the way."""
    try:
        return read_file(root, path)
    except JournalError:
        return None


def read_strictly(root: str, path: str) -> bytes:
    """The file's bytes; empty if there is no file. OSError if it can't be read."""
    folder, _, name = path.rpartition("/")
    try:
        with Folder(root, folder) as here:
            return here.read(name)
    except (FileNotFoundError, IsADirectoryError, JournalError):
        return b""


def day_paths(root: str) -> list[str]:
    """Every file that readers take for one with entries."""
    return [day.path for day in day_files(root)]


def own_paths(root: str) -> list[str]:
    """Those that no imported pack brought."""
    return [day.path for day in day_files(root) if not day.pack]


def kept_aside(root: str) -> list[str]:
    """What imports kept of entries that have another text here."""
    paths = [
        f"journal/{name}/{CONFLICTS}" for name in names_in(root, "journal", []) if is_pack(name)
    ]
    return [path for path in paths if os.path.lexists(f"{root}/{path}")]


def places(root: str, ids: set[str]) -> Iterator[tuple[str, Place]]:
    """Each slice of these entries with the entry's id: in spools first, for they have it as sealed.

    Then day files, those with a regular name first.
    """
    for record in spooled(root):
        if record.id in ids:
            piece = dayfile.parse(record.slice)
            yield record.id, Place(record.path, 0, piece, regular=True)
    wanted = Names(ids)
    for day in sorted(day_files(root), key=lambda day: not day.regular):
        data = seal.normal(read(root, day.path))
        for piece in pieces_of(data, wanted):
            line = data.count(b"\n", 0, piece.offset) + 1
            yield name_of(piece), Place(day.path, line, piece, day.regular)


def spooled(root: str) -> list[Record]:
    """The entries of every writer's spool."""
    if not os.path.isdir(f"{root}/{SPOOLS}"):
        return []
    found = (read(root, f"{SPOOLS}/{name}") for name in sorted(os.listdir(f"{root}/{SPOOLS}")))
    return [record for data in found for record in entries(scan(data)[0])]


def fragments(root: str, texts: Mapping[str, bytes]) -> Iterator[tuple[str, Place]]:
    """What is left in day files of entries whose writing was cut short before their ids.

    `texts`: the entries' whole slices, by id.
    """
    beginnings: dict[bytes, list[str]] = {}
    for entry_id, text in texts.items():
        beginnings.setdefault(text[:_BEGINNING], []).append(entry_id)
    for day in day_files(root):
        data = seal.normal(read(root, day.path))
        if not any(beginning in data for beginning in beginnings):
            continue
        for offset, raw in dayfile.split(data).slices:
            left = raw.rstrip(b"\n")
            if b"\nid: " in left:
                continue
            for entry_id in beginnings.get(raw[:_BEGINNING], ()):
                if texts[entry_id].startswith(left):
                    line = data.count(b"\n", 0, offset) + 1
                    yield entry_id, Place(day.path, line, dayfile.parse(raw, offset), day.regular)
                    break


def others(root: str, strokes: Strokes) -> list[str]:
    """Where else something of the entries may stand, which is not the journal's to change.

    Files beside the day files: an editor's copies, days in folders that readers don't look into.
    Day files that can't be read, and other entries that have swallowed one (then with the line).
    """
    found: list[str] = []
    wanted = Names(strokes)
    years = set(folders(root))
    kept = set(kept_aside(root))
    for folder in (*_below(root, "journal"), ASIDE):
        for name in names_in(root, folder, []):
            path = f"{folder}/{name}"
            is_ours = folder == ASIDE or (folder in years and is_day_name(name)) or path in kept
            if is_pack(os.path.basename(folder)) and name in MANIFESTS:
                continue  # of a slice it has digests
            if os.path.isdir(f"{root}/{path}") and not is_ours:
                continue
            if not is_ours and _is_left(read(root, path), strokes):
                found.append(path)
            else:
                found += _within(root, path, wanted, _ID if is_ours else _ANY_ID)
    return sorted(found)


def _below(root: str, top: str) -> Iterator[str]:
    """The folder and all those in it, but no attachments; never through a link."""
    for folder, inner, _ in os.walk(f"{root}/{top}"):
        here = folder[len(root) + 1 :]
        if here.count("/") == 1 and attach.FOLDER in inner:
            inner.remove(attach.FOLDER)
        yield here


def _within(root: str, path: str, wanted: Names, names: re.Pattern[bytes]) -> Iterator[str]:
    raw = read_or_none(root, path)
    if raw is None and os.path.lexists(f"{root}/{path}"):
        yield path
        return
    data = seal.normal(raw or b"")
    if wanted.are_named_in(data):
        for found in names.finditer(data):
            entry_id = found[1].decode(errors="replace")
            if entry_id in wanted.every and not _is_its_own(data, found.start(), entry_id):
                line = data.count(b"\n", 0, found.start()) + 1
                yield f"{path}:{line}"


def _is_its_own(data: bytes, at: int, entry_id: str) -> bool:
    """Whether the line is in the entry's own header, and not within another one's text."""
    for offset, raw in dayfile.split(data).slices:
        if offset <= at < offset + len(raw):
            return (
                name_of(dayfile.parse(raw)) == entry_id and raw.find(b"\nid: ") + 1 == at - offset
            )
    return False


def _is_left(data: bytes, strokes: Strokes) -> bool:
    if b"\0" in data:  # a swap file: lines in any order
        return any(name.encode() in data for name in strokes)
    return in_day(data, strokes) != data


def still_named(path: str) -> Conflict:
    """The error where another program writes a file again and again."""
    return Conflict(
        "is being written by another program; nothing of it was lost, and what is to be struck is"
        " noted",
        kind="changed-on-disk",
        file=path,
        hint="close the file in your editor, then run the command again",
    )
