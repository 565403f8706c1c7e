"""Attachments: what is too large for an entry, or no text, kept beside the years by its digest.

A file goes to `journal/<namespace>/attachments/<sha256>`; the entry's header names it. The bytes
are durable before the entry is appended; what no entry names then is harmless.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from journal import dayfile, names
from journal.daypath import home_of
from journal.errors import IntegrityError, JournalError, UsageError
from journal.files import Folder, close, flush, write_all
from journal.portions import Portions, refuse

if TYPE_CHECKING:
    from journal.masking import Masking

FIELD = "attachments"
FOLDER = "attachments"
MARK = b"\nattachments: ["
ATTACHMENT = "its attachment"
_CHUNK = 1 << 20
_MOST_HELD = 64 << 20
_NAME = 120
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What an entry's header says of a file: its name, its bytes, its content's digest."""

    name: str
    bytes: int
    digest: str
    redacted: tuple[str, ...] = ()  # the rules of what was masked in it, when it was kept
    unread: bool = field(default=False, compare=False)  # is no text: kept as it is, not looked at
    unclosed: bool = field(default=False, compare=False)  # a <private> in it ran to its end

    def record(self) -> dict[str, Any]:
        """The attachment as the header's list `attachments` holds it."""
        return {"name": self.name, "bytes": self.bytes, "digest": self.digest}

    def path(self, home: str) -> str:
        """Where its content is, relative to the workspace."""
        return f"{folder(home)}/{self.digest[7:]}"


def folder(home: str) -> str:
    """Where attachments are kept, relative to the workspace.

    `home`: the namespace, or the folder of what an imported pack brought (`daypath.home_of`).
    """
    return f"journal/{home}/{FOLDER}"


def of(value: object) -> list[Attachment]:
    """The attachments that a header's value names; what isn't one is left out."""
    items = value if isinstance(value, list) else []
    return [
        Attachment(str(item.get("name", "")), item["bytes"], item["digest"])
        for item in items
        if isinstance(item, dict) and type(item.get("bytes")) is int and _is_digest(item)
    ]


def _is_digest(item: dict[str, Any]) -> bool:
    kind, _, digits = str(item.get("digest", "")).partition(":")
    return kind == "sha256" and len(digits) == 64 and _HEX.issuperset(digits)


def keep(
    root: str,
    namespace: str,
    source: str | bytes | int,
    name: str = "",
    masking: Masking | None = None,
) -> Attachment:
    """The content of a file (its path, its bytes, or an open descriptor), kept durably.

    `masking` rids it of secrets where it is text; what isn't is kept as it is, and `unread`.

    UsageError `no-file` if it can't be read, IntegrityError `attachment-changed` if something else
    lies under its digest's name.
    """
    if not names.is_slug(namespace):
        raise UsageError(f"namespace {namespace!r} is no name", kind="bad-name", hint=names.SLUG)
    with _opened(source) as given, Folder(root, folder(namespace), create=True) as here:
        aside = f".{os.getpid()}.{os.urandom(4).hex()}.new"
        fd = here.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            try:
                found = _copied(given, fd, safe_name(name or source), masking)
                flush(fd)
            finally:
                close(fd)
            if not _is_there(here, found):
                here.rename(aside, found.digest[7:])
        finally:
            here.remove(aside)
        here.flush()
    return found


@contextmanager
def _opened(source: str | bytes | int) -> Iterator[bytes | int]:
    """Bytes, or a descriptor to read them from; UsageError `no-file` if it is no regular file.

    Opening never waits: a pipe that nobody writes to would hold it for ever.
    """
    if not isinstance(source, str):
        yield source
        return
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(source, flags)
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UsageError(
                "is no regular file",
                kind="no-file",
                file=source,
                hint="nothing was appended; a pipe's content is attached with `… | journal append"
                " --attach -`",
            )
        yield fd
    finally:
        close(fd)


def _unreadable(source: str | int, error: Exception) -> UsageError:
    return UsageError(
        f"can't be read: {getattr(error, 'strerror', None) or error}",
        kind="no-file",
        file=str(source) if source else "standard input",
        hint="check the file's name; nothing was appended",
    )


def _copied(source: bytes | int, to: int, name: str, masking: Masking | None) -> Attachment:
    """The source's content written to a descriptor, masked and hashed on the way."""
    state, size = sha256(), 0
    name = safe_name(masking.text(name)) if masking else name
    source = _looked_through(source, masking)
    portions = Portions(_chunks(source), masking) if masking else None
    for chunk in _chunks(source) if portions is None else portions:
        state.update(chunk)
        size += len(chunk)
        write_all(to, chunk)
    digest = f"sha256:{state.hexdigest()}"
    if not (masking and portions):
        return Attachment(name, size, digest)
    redacted = (*masking.found, *portions.found)
    return Attachment(name, size, digest, redacted, portions.unread, portions.unclosed)


def _looked_through(source: bytes | int, masking: Masking | None) -> bytes | int:
    """The source again, once all of it was asked for what may not be kept."""
    if not (masking and masking.refuse):
        return source
    if not isinstance(source, bytes):
        try:
            start = os.lseek(source, 0, os.SEEK_CUR)
        except OSError:  # a pipe can be read but once
            source = _held(source)
        else:
            refuse(_chunks(source), masking)
            os.lseek(source, start, os.SEEK_SET)
            return source
    refuse([source], masking)
    return source


def _held(pipe: int) -> bytes:
    held, size = [], 0
    for chunk in _chunks(pipe):
        held.append(chunk)
        size += len(chunk)
        if size > _MOST_HELD:
            raise UsageError(
                f"over {_MOST_HELD >> 20} MiB of standard input can't be looked through for what"
                " the denylist names before it is kept",
                kind="bad-value",
                hint="nothing was appended; write it to a file, and attach that",
            )
    return b"".join(held)


def _chunks(source: bytes | int) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    while True:
        try:
            chunk = os.read(source, _CHUNK)
        except OSError as error:
            raise _unreadable(source, error) from error
        if not chunk:
            return
        yield chunk


def _is_there(here: Folder, found: Attachment) -> bool:
    """Whether this very content is kept already; IntegrityError if other content has its name."""
    name = found.digest[7:]
    try:
        held = digest_in(here, name)
    except FileNotFoundError:
        held = ""
    if held in ("", found.digest):
        return bool(held)
    raise IntegrityError(
        "an attachment's content was changed: it is not what its name says",
        kind="attachment-changed",
        file=f"{here.path}/{name}",
        hint="`journal verify` names its entries; move the file away, then attach again",
    )


def digest_in(here: Folder, name: str) -> str:
    """The digest of a file's content, read in pieces; "no file" if it is no regular one."""
    fd = here.open(name, os.O_RDONLY)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return "no file"
        state = sha256()
        while chunk := os.read(fd, _CHUNK):
            state.update(chunk)
    finally:
        os.close(fd)
    return f"sha256:{state.hexdigest()}"


def safe_name(given: str | bytes | int) -> str:
    """A file name as it may stand in a header and a link: no folders, nothing invisible."""
    text = given if isinstance(given, str) else ""
    text = os.fsencode(text).decode(errors="replace").replace("\\", "/").rstrip("/")
    text = "".join(c if c.isprintable() else "_" for c in text.rpartition("/")[2]).strip()
    if len(text) > _NAME:
        stem, dot, ending = text.rpartition(".")
        keep = dot + ending if stem and len(ending) <= 16 else ""
        text = text[: _NAME - 1 - len(keep)] + "…" + keep
    return text if text.strip(".") else "attachment"


def links(attachments: Iterable[Attachment]) -> str:
    """A body for an entry that has none: a Markdown link to each file, as an editor follows it."""
    return "".join(f"[{_escaped(one.name)}](../{FOLDER}/{one.digest[7:]})\n" for one in attachments)


def _escaped(name: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>&!~$|" else c for c in name)


def trouble(
    root: str, raw: bytes, file: str, is_withheld: Callable[[str, str], bool] = lambda *_: False
) -> tuple[str, str] | None:
    """The state and message of a sealed slice whose attachments are not all as they were.

    `is_withheld` is asked, with the day file and a digest, of a file that is not there.
    """
    home = home_of(file)
    worst = None
    for one in of(dayfile.parse(raw).values.get(FIELD)):
        path = one.path(home)
        try:
            with Folder(root, folder(home)) as here:
                digest = digest_in(here, one.digest[7:])
        except FileNotFoundError:
            digest = ""
        except (OSError, JournalError) as error:
            why = getattr(error, "strerror", None) or str(error)
            worst = worst or ("missing", f"{ATTACHMENT} {one.name} can't be read: {path}: {why}")
            continue
        if not digest and is_withheld(file, one.digest):
            continue
        if not digest:
            return "missing", f"{ATTACHMENT} {one.name} is gone: {path}"
        if digest != one.digest:
            worst = ("edited", f"{ATTACHMENT} {one.name} was changed: {path}")
    return worst
