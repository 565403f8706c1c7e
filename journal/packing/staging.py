"""What is new of a pack, made ready in a folder just as it will lie in `journal/` (FORMAT 13)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from journal import dayfile
from journal.daypath import DayFile
from journal.files import Folder, close, write_all
from journal.manifest import NAME, SIGNATURE
from journal.packed import CONFLICTS
from journal.packs.slices import portions

if TYPE_CHECKING:
    from journal.held import Held
    from journal.packing.matching import Match
    from journal.packs import Pack

_ATTACHED = "/attachments/"
_DIGESTS = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])").findall
_NAMESPACE = re.compile(rb"^namespace: .*$", re.MULTILINE)
_FULL = 1 << 20  # bytes that are written at once
_HEAD = """\
# Entries of pack {} whose ids stand for another text here

They are kept as they came, and are no entries of this journal.

"""


class Staging:
    """A folder that slices are put into, in the order of the pack's members."""

    def __init__(self, root: str, relative: str, pack: Pack) -> None:
        self._pack = pack
        self._top = Folder(root, relative, create=True)
        self._file: _File | None = None
        self._path = ""  # of the member that is written on
        self._taken: set[str] = set()
        self._conflicts: _File | None = None
        self._masked: list[str] = []  # lines of what stands above the conflicts
        self._attached = {
            path.rpartition("/")[2].encode(): path for path in pack.members if _ATTACHED in path
        }
        self._named: set[bytes] = set()

    def add(self, match: Match) -> None:
        """A slice that is new here."""
        held = match.held
        if held.day.path != self._path or self._file is None:
            self._next(held.day.path, match.namespace)
        assert self._file  # noqa: S101 - `_next` opened one
        self._file.slice(held.raw)
        self._name(held)

    def conflict(self, held: Held, before: str = "") -> None:
        """A slice whose id has another text here: kept beside the entries.

        `before` is the header that it had if a secret was masked in it: what follows it names that.
        """
        if before:
            self._masked.append(f"masked {held.seq}:{before}\n")
        if self._conflicts is None:
            head = _HEAD.format(self._pack.id).encode()
            self._conflicts = _File(self._top, CONFLICTS, head)
        self._conflicts.slice(held.raw)
        self._name(held)

    def finish(self) -> int:
        """Write the rest: the files that were attached (how many), and the manifest as it came."""
        for file in (self._file, self._conflicts):
            if file:
                file.close()
        self._file = self._conflicts = None
        if self._masked:
            head = _HEAD.format(self._pack.id)
            text = self._top.read(CONFLICTS).decode(errors="surrogateescape")
            text = f"{head}{''.join(self._masked)}\n{text.removeprefix(head)}"
            self._top.replace(CONFLICTS, text.encode(errors="surrogateescape"))
        count = 0
        for digest in sorted(self._named):
            with self._top.inner("attachments", create=True) as folder:
                _write(folder, digest.decode(), self._pack.chunks(self._attached[digest]))
                count += 1
        _write(self._top, NAME, [self._pack.raw])
        if self._pack.signature is not None:
            _write(self._top, SIGNATURE, [self._pack.signature])
        return count

    def close(self) -> None:
        """Let go of the folder; what is in it stays."""
        for file in (self._file, self._conflicts):
            if file:
                file.close()
        self._file = self._conflicts = None
        self._top.close()

    def _next(self, path: str, namespace: str) -> None:
        if self._file:
            self._file.close()
        self._path = path
        first = next(portions(self._pack.chunks(path)), b"")
        head = _head(dayfile.split(first).preamble, namespace)
        with self._top.inner(namespace, create=True) as folder:
            self._file = _File(folder, self._name_of(path, namespace), head)

    def _name_of(self, path: str, namespace: str) -> str:
        """The member's name with its writer in it; of the next part if another one has it."""
        day = DayFile(path)
        writer, part = day.writer or self._pack.manifest.writer, day.part
        while True:
            name = f"{day.date}.{writer}{f'.p{part}' if part > 1 else ''}.md"
            if f"{namespace}/{name}" not in self._taken:
                self._taken.add(f"{namespace}/{name}")
                return name
            part += 1

    def _name(self, held: Held) -> None:
        if self._attached:
            self._named.update(one for one in _DIGESTS(held.raw) if one in self._attached)


class _File:
    """A file of slices: one blank line between what stands above and the next heading."""

    def __init__(self, folder: Folder, name: str, head: bytes) -> None:
        self._fd = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._kept = [head] if head else []
        self._size = len(head)

    def slice(self, raw: bytes) -> None:
        """Add a slice."""
        last = self._kept[-1] if self._kept else b""
        if last and not last.endswith(b"\n\n"):
            self._kept.append(b"\n" if last.endswith(b"\n") else b"\n\n")
        self._kept.append(raw)
        self._size += len(raw)
        if self._size > _FULL:
            self._flush(keep=1)

    def close(self) -> None:
        """Write the rest."""
        try:
            self._flush(keep=0)
        finally:
            close(self._fd)

    def _flush(self, keep: int) -> None:
        """Write all but the last parts: what follows depends on how they end."""
        cut = len(self._kept) - keep
        write_all(self._fd, b"".join(self._kept[:cut]))
        del self._kept[:cut]
        self._size = sum(map(len, self._kept))


def _head(preamble: bytes, namespace: str) -> bytes:
    """What stands above a member's entries, text that is an entry itself left out."""
    above = dayfile.pieces(preamble)
    head = preamble[: above[0].offset] if above else preamble
    front = dayfile.front_end(head)
    return _NAMESPACE.sub(b"namespace: " + namespace.encode(), head[:front], count=1) + head[front:]


def _write(folder: Folder, name: str, chunks: Iterable[bytes]) -> None:
    fd = folder.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        for chunk in chunks:
            write_all(fd, chunk)
    finally:
        close(fd)
