"""What is done to the spool besides adding to it: read anew, trimmed, cut back, voided, given up.

Everything here runs under the lock.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from journal import dayfile, seal
from journal.errors import JournalError
from journal.files import Folder, close, flush, read_all, read_at
from journal.known import Known, Place
from journal.space import identity, state_home
from journal.spool import Record, encode, entries, from_records, note, put_back, scan
from journal.tail import standing

if TYPE_CHECKING:
    from journal.protocol import Session

KEEP = 8 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OURS = ("len", "sha256", "gone", "placed")


def rebuild(session: Session) -> Known | None:
    """What is known, from the spool itself; None if it has lost what it once acknowledged."""
    data = session.spool.read()
    records, _ = scan(data)
    known = from_records(records)
    known.inode, known.size = session.spool.inode, len(data)
    if _has_lost(session, known):
        return None
    session.rebuilt = bool(records)
    torn = len(data[records[-1].end if records else 0 :].strip(b"\n"))
    if torn:
        session.notices.append(
            f"{torn:,} bytes of a write that was cut short lie at the spool's end; nothing of it"
            " was acknowledged"
        )
    return known


def _has_lost(session: Session, known: Known) -> bool:
    """Whether the cache or a day file knows of later entries than the spool does."""
    if session.stale:
        heads = session.stale.heads.items()
        return any(seq > known.heads.get(name, (0, ""))[0] for name, (seq, _) in heads)

    from journal.daypath import day_files, namespace_of

    mine = (session.writer, "" if session.writer == session.space.first else session.writer)
    newest: dict[tuple[str, str], str] = {}  # the newest file of this writer, also in a pack
    for day in day_files(session.space.root):
        if day.writer in mine and day.regular:
            newest.setdefault((day.home, day.namespace), day.path)
    paths = [*newest.values(), *(path for _, path in known.heads.values())]
    return any(
        _highest(session.space.root, path) > known.heads.get(namespace_of(path), (0, ""))[0]
        for path in paths
    )


def _highest(root: str, path: str) -> int:
    """The highest number of an entry that the file holds."""
    slices = dayfile.split(seal.normal(read_file(root, path) or b"")).slices
    return max((link[0] for _, text in slices if (link := dayfile.link_of(text))), default=0)


def read_file(root: str, path: str) -> bytes | None:
    """The file's bytes, or None if there is no such file or it can't be read."""
    try:
        with Folder(root, os.path.dirname(path)) as folder:
            return folder.read(os.path.basename(path))
    except OSError:
        return None


def completed(session: Session) -> dict[str, Place]:
    """The newest entry of every file of the spool, not only of those the cache had room for."""
    found = from_records(scan(session.spool.read())[0]).newest
    session.known.newest = {**found, **session.known.newest}
    session.known.complete = True
    return session.known.newest


def another_writer(session: Session, lock_fd: int) -> Session:
    """The session of a new writer in place of one whose spool can't be trusted, which is closed.

    The old chain ends: to number on from what is left might number an entry twice.
    """
    from journal.identity import new_identity
    from journal.protocol import Session as Again

    space = session.space
    mine = identity(space.root, os.fstat(lock_fd))
    writer = new_identity(space, f"{state_home()}/{space.id}", mine)
    session.close()
    again = Again(space, session.spool.home, writer)
    again.notices.append(
        f"the spool of writer {session.writer} lacks entries that it had acknowledged; from here"
        f" on this is writer {writer} (`journal verify` shows what is left)"
    )
    return again


def cut_back(session: Session, before: int, error: OSError) -> JournalError:
    """After a failed write the spool is as it was; the error to raise."""
    with suppress(OSError):  # the next append begins a line of its own; readers skip what is torn
        os.ftruncate(session.spool.fd, before)
    return not_durable(error)


def void(session: Session, before: int, error: OSError) -> JournalError:
    """After a failed flush, go on in a new spool without what may or may not be on the medium."""
    try:
        kept = read_at(session.spool.fd, before, 0)
        session.spool.folder.replace(session.spool.name, kept + _heads(session, void=True))
    except OSError:
        return cut_back(session, before, error)
    return not_durable(error)


def _heads(session: Session, **more: object) -> bytes:
    heads = {name: list(head) for name, head in session.heads.items()}
    return note({"heads": heads, "last": session.last, **more})


def not_durable(error: OSError) -> JournalError:
    """The error for a caller whose entry could not be kept."""
    full = error.errno in _FULL
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return JournalError(
        f"nothing was appended: the journal can't be written ({where}{error.strerror or error})",
        kind="disk-full" if full else "not-durable",
        hint="free some space and append again"
        if full
        else "check the disk and the folder's permissions, then append again",
    )


def trim(session: Session) -> None:
    """Drop the spool's oldest records, once the day files hold them durably."""
    size = os.fstat(session.spool.fd).st_size
    records = entries(scan(read_at(session.spool.fd, size, 0))[0])
    heads = {record.namespace: record.id for record in records}.values()
    old = [r for r in records if r.end <= size - KEEP and r.id not in heads]
    dropped = _safely_filed(session, old)
    if any("token" in record.facts for record in old if record.id in dropped):
        from journal.tokens import keep

        keep(session, [record for record in old if record.id in dropped])
    kept = [record for record in records if record.id not in dropped]
    data = b"".join([_again(record) for record in kept])
    limit = 2 * len(data)
    session.spool.folder.replace(session.spool.name, _heads(session, **{"trim-at": limit}) + data)
    _sweep(session)
    session.spool.open(create=False)
    known = session.known
    known.inode, known.size = session.spool.inode, session.spool.start
    known.trim_at = limit


def _again(record: Record) -> bytes:
    """A record as it was, and where the entry was put since."""
    gone = "gone" in record.facts
    if "placed" not in record.facts and record.path == record.facts["path"]:
        return record.whole
    data = encode({k: v for k, v in record.facts.items() if k not in _OURS}, record.slice)
    return data + put_back(record, record.path, first=not gone)


def _safely_filed(session: Session, old: list[Record]) -> set[str]:
    """The ids of the entries that their day files hold to the byte, flushed with their folders."""
    by_path: dict[str, list[Record]] = {}
    for record in old:
        by_path.setdefault(record.path, []).append(record)
    filed: set[str] = set()
    flushed: set[str] = set()
    for path, records in by_path.items():
        try:
            raw = _flushed(session.space.root, path, flushed)
        except (OSError, JournalError):
            continue  # not filed: its records stay in the spool
        at = standing(raw)
        for record in records:
            text = record.slice.rstrip(b"\n")
            if raw.startswith(text, at.get(record.id, len(raw))):
                filed.add(record.id)
    return filed


def _flushed(root: str, path: str, done: set[str]) -> bytes:
    """The file's bytes, once they and the names above them are on the medium."""
    where, _, name = path.rpartition("/")
    with Folder(root, where) as folder:
        fd = folder.open(name, os.O_RDONLY)
        try:
            flush(fd)
            raw = read_all(fd)
        finally:
            close(fd)
    while where not in done:
        with Folder(root, where) as folder:
            folder.flush()
        done.add(where)
        where = where.rpartition("/")[0]
    return raw


def _sweep(session: Session) -> None:
    """Remove what trims that were killed have left."""
    folder = session.spool.folder.path
    for name in os.listdir(folder):
        if name.startswith(f".{session.spool.name}.") and name.endswith(".new"):
            os.unlink(f"{folder}/{name}")
