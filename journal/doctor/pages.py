"""Day files as a whole: odd names and copies, conflict markers, sizes; and attachments."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from journal import dayfile
from journal.attach import ATTACHMENT, digest_in
from journal.dayfile import INTACT, Piece
from journal.daypath import DayFile, is_day_name, is_pack
from journal.doctor.visit import Visit, listed
from journal.errors import JournalError
from journal.files import Folder
from journal.finding import Finding
from journal.names import is_slug

LARGE = 50 << 20
REST = 60.0  # seconds that an attachment may be there before the entry that names it
_HASH = re.compile(r"[0-9a-f]{64}")
_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

# How programs that synchronise folders name the copy that they keep of a file changed twice.
_COPIES = {
    "Syncthing": re.compile(r"\.sync-conflict-\d{8}-\d{6}"),
    "Dropbox": re.compile(r" \(.*conflicted copy.*\)|'s conflicted copy", re.IGNORECASE),
    "Nextcloud": re.compile(r"_conflict-\d{8}-\d{6}|\(conflicted copy \d{4}-\d\d-\d\d \d{6}\)"),
    "iCloud": re.compile(r"^\d{4}-\d\d-\d\d[^ ]* \d+\.md$"),
    "Google Drive": re.compile(r" ?\(\d+\)\.md$"),
    "OneDrive": re.compile(
        r"^\d{4}-\d\d-\d\d(?:\.[a-z0-9-]+)*-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.md$"
    ),
}


def kept_by(name: str) -> str:
    """The program that keeps copies of such a name; empty if none is known."""
    return next((who for who, pattern in _COPIES.items() if pattern.search(name)), "")


def odd_names(visit: Visit) -> Iterator[Finding]:
    """Files whose names are no day file's, and whether they hold anything that the others lack."""
    for day in visit.days:
        if day.regular:
            continue
        who = kept_by(os.path.basename(day.path))
        what = f"a copy that {who} kept" if who else "no day file's name"
        new = news(visit, day)
        line = visit.line_of(day.path, new[0].offset) if new else 0
        if new:
            some = "1 entry" if len(new) == 1 else f"{len(new)} entries"
            message = f"{what}; it alone holds {some}, the first here"
        else:
            message = f"{what}; it holds nothing that the others don't"
        yield Finding("sync-conflict" if who else "odd-name", day.path, line, message, "odd-name")


def news(visit: Visit, copy: DayFile) -> list[Piece]:
    """What a copy holds and no regular file of its namespace: entries, or text typed under them."""
    held: set[bytes] = set()
    for day in visit.days:
        if day.regular and day.namespace == copy.namespace:
            held |= {raw.rstrip(b"\n") for raw in _slices(visit, day.path)}
    found = dayfile.pieces(visit.store.content(copy.path) or b"")
    return [
        piece for piece in found if (text := piece.raw.rstrip(b"\n")) not in held
        and not (piece.state != INTACT and any(whole.startswith(text) for whole in held))
    ]  # fmt: skip


def _slices(visit: Visit, path: str) -> Iterator[bytes]:
    for piece in dayfile.pieces(visit.store.content(path) or b""):
        yield piece.raw


def strays(visit: Visit) -> Iterator[Finding]:
    """Day files where no reader looks: beside the year folders, or deeper in them."""
    read = {day.path for day in visit.days}
    main = visit.store.config.namespaces[0]
    for path in _dated(visit.root, "journal"):
        if path not in read:
            parts, date = path.split("/"), os.path.basename(path)
            namespace = parts[1] if len(parts) > 2 and is_slug(parts[1]) else main
            where = f"it belongs in journal/{namespace}/{date[:4]}/"
            if len(parts) > 2 and is_pack(parts[1]):
                where = "an imported pack brings day files in folders of its namespaces only"
            yield Finding(
                "stray-day", path, 0, f"a day file outside its year folder; not read: {where}"
            )


def _dated(root: str, folder: str) -> Iterator[str]:
    """Every file below a folder whose name begins with a date; hidden folders are not searched."""
    for name in listed(f"{root}/{folder}"):
        path = f"{folder}/{name}"
        if os.path.islink(f"{root}/{path}"):
            continue
        if os.path.isdir(f"{root}/{path}"):
            yield from () if name.startswith(".") else _dated(root, path)
        elif is_day_name(name) and _DATED.match(name):
            yield path


@dataclass(frozen=True, slots=True)
class Hunk:
    """A conflict as git writes it into a file: offsets of its marker lines, in order."""

    start: int
    markers: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether beginning, middle and end are there."""
        return len(self.markers) >= 3


_MARKER = re.compile(rb"^(<{7}|\|{7}|={7}|>{7})(?:[ \t][^\n]*)?$", re.MULTILINE)


def hunks(data: bytes) -> list[Hunk]:
    """The conflicts in a day file, those inside of intact sealed bodies left out."""
    if b"<<<<<<<" not in data and b">>>>>>>" not in data:
        return []
    sealed = [body for piece in dayfile.pieces(data) if (body := _sealed(piece))]
    found: list[list[int]] = []
    is_open = False
    for match in _MARKER.finditer(data):
        at, sign = match.start(), match[1][:1]
        if any(start <= at < end for start, end in sealed):
            continue
        if sign == b"<":
            found.append([at])
            is_open = True
        elif is_open:
            found[-1].append(at)
            is_open = sign != b">"
        elif sign == b">":
            found.append([at])
    return [Hunk(one[0], tuple(one)) for one in found]


def _sealed(piece: Piece) -> tuple[int, int] | None:
    """Where an intact entry's sealed body lies in its file."""
    if piece.state != INTACT:
        return None
    start = piece.offset + piece.raw.find(b"\n```\n") + 6
    return start, start + int(piece.values["len"])


def conflict_markers(visit: Visit) -> Iterator[Finding]:
    """Conflicts that git wrote into day files and nobody settled."""
    for day in visit.days:
        for hunk in hunks(visit.store.content(day.path) or b""):
            line = visit.line_of(day.path, hunk.start)
            what = "a conflict of git's" if hunk.whole else "a conflict marker alone"
            fix = "conflict-markers" if hunk.whole else ""
            yield Finding("conflict-markers", day.path, line, f"{what}, not settled", fix)


def large_files(visit: Visit) -> Iterator[Finding]:
    """Day files of more than 50 MB."""
    for day in visit.days:
        try:
            size = os.lstat(f"{visit.root}/{day.path}").st_size
        except OSError:
            continue
        if size > LARGE:
            yield Finding("large-file", day.path, 0, f"{size >> 20} MB")


def attachments(visit: Visit) -> Iterator[Finding]:
    """Attachments that are not what their name says, and those that no entry names.

    What the verification told already of an entry's attachment is not told again.
    """
    told = "\n".join(one.message for one in visit.verdicts if one.message.startswith(ATTACHMENT))
    for path in _attachments(visit.root):
        name = os.path.basename(path)
        try:
            with Folder(visit.root, os.path.dirname(path)) as folder:
                digest = digest_in(folder, name)
        except (OSError, JournalError) as error:
            if path not in told:
                why = getattr(error, "strerror", None) or str(error)
                yield Finding("unreadable", path, 0, f"can't be read: {why}")
            continue
        if digest != f"sha256:{name}" and path not in told:
            yield Finding("attachment-changed", path, 0, "its bytes are not what its name says")
        is_new = visit.now - os.lstat(f"{visit.root}/{path}").st_mtime < REST
        if name.encode() not in visit.hashes and not is_new:
            yield Finding("attachment-unnamed", path, 0, "no entry names it")


def _attachments(root: str) -> Iterator[str]:
    for namespace in listed(f"{root}/journal"):
        folder = f"journal/{namespace}/attachments"
        if not os.path.islink(f"{root}/{folder}"):
            yield from (f"{folder}/{n}" for n in listed(f"{root}/{folder}") if _HASH.fullmatch(n))
