"""Opening a pack without trusting it: names, places and sizes before any member's bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from journal.errors import FormatError, IntegrityError, JournalError, UsageError
from journal.manifest import MOST_BYTES, NAME, SIGNATURE, Manifest, parse
from journal.packs.archive import Archive
from journal.packs.faults import corrupt
from journal.packs.layout import MOST_FILE
from journal.packs.pack import Pack, Source
from journal.packs.tree import Tree

_MOST_SIGNATURE = 64 << 10
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def open_pack(path: str) -> Iterator[Pack]:
    """The pack in this folder or zip.

    UsageError `no-file` if there is none; IntegrityError `pack-corrupt` with the reason, if it is
    not sound in its structure, or holds other members than its manifest names.
    """
    source = _source(path)
    try:
        yield _pack(path, source)
    finally:
        source.close()


def _source(path: str) -> Source:
    try:
        if os.path.isdir(path):
            return Tree(path)
        fd = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(
            f"can't be read: {why}",
            kind="no-file",
            file=path,
            hint="a pack is a folder or a zip that `journal pack export` made",
        ) from error
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise corrupt(path, "is neither a folder nor a file")
        if found.st_size > MOST_FILE:
            raise corrupt(path, f"is {found.st_size:,} bytes, more than such a zip can be")
        return Archive(path, fd, found.st_size)
    except (JournalError, OSError):
        os.close(fd)
        raise


def _pack(path: str, source: Source) -> Pack:
    if NAME not in source.sizes:
        raise corrupt(path, f"has no {NAME}: it is no pack")
    raw = _small(path, source, NAME, MOST_BYTES)
    try:
        manifest = parse(raw)
    except FormatError as error:
        raise IntegrityError(
            str(error), kind=error.kind, hint=error.hint, file=f"{path}/{NAME}", line=error.line
        ) from error
    _compare(path, source, manifest)
    signed = SIGNATURE in source.sizes
    signature = _small(path, source, SIGNATURE, _MOST_SIGNATURE) if signed else None
    return Pack(path, source, raw, manifest, signature)


def _small(path: str, source: Source, name: str, most: int) -> bytes:
    size = source.sizes[name]
    if size > most:
        raise corrupt(path, f"{name}: is {size:,} bytes, and {most:,} is the most")
    return b"".join(source.chunks(name))


def _compare(path: str, source: Source, manifest: Manifest) -> None:
    """IntegrityError unless the manifest names just what is there, with its size."""
    said = {member.path: member.bytes for member in manifest.members}
    there = {name: size for name, size in source.sizes.items() if name not in (NAME, SIGNATURE)}
    for name in sorted(said.keys() | there.keys()):
        if name not in there:
            raise corrupt(path, f"{name}: is not there, and the manifest names it")
        if name not in said:
            raise corrupt(path, f"{name}: is not in the manifest")
        if said[name] != there[name]:
            raise corrupt(
                path, f"{name}: is {there[name]:,} bytes, and {said[name]:,} in the manifest"
            )
