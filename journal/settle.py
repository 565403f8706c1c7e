"""What an append meets rarely: entries that left their file, torn tails, a disk that fails, a trim.

Everything here runs under the lock, with the spool as the witness of what was acknowledged.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import TYPE_CHECKING

from journal import gitstate, seal
from journal.errors import JournalError
from journal.files import Folder, flush, read_all, read_at
from journal.space import identity_of
from journal.spool import Place, Record, encode, place_of, scan
from journal.spool import entries as spool_entries

if TYPE_CHECKING:
    from journal.protocol import Session

KEEP = 8 << 20
_BOUNDARY = re.compile(rb"(?m)^## [0-9][0-9]:[0-9][0-9]")
_PART = re.compile(r"(?:\.p(\d+))?\.md$")


def read_file(root: str, path: str) -> bytes | None:
    """The file's bytes, or None if there is no such file."""
    try:
        with Folder(root, os.path.dirname(path)) as folder:
            return folder.read(os.path.basename(path))
    except FileNotFoundError:
        return None


def stands(content: bytes, record: Record) -> bool:
    """Whether the entry is in the file's content, its header maybe edited, but not torn off."""
    at = content.find(record.header)
    if at >= 0 and (at == 0 or content[at - 1] == 10):
        rest = content[at:]
        return not (len(rest) < len(record.slice) and _is_cut(rest, record.slice))
    return b"\nid: %s\n" % record.id.encode() in content


def _is_cut(rest: bytes, piece: bytes) -> bool:
    # Newlines alone missing at the end is an editor's trimming: the entry is whole.
    return piece.startswith(rest) and bool(piece[len(rest) :].strip(b"\n"))


def settle(session: Session, path: str, place: Place) -> bool:
    """Mend the file so that this writer may go on in it; False if it must go to the next part."""
    now = identity_of(f"{session.space.root}/{path}") or [0]
    if place.away == now:
        return False
    raw = read_file(session.space.root, path)
    records = [record for record in session_records(session) if record.path == path]
    raw = _mend_tail(session, path, raw, records)
    content = seal.normal(raw or b"")
    missing = [record for record in records if not stands(content, record)]
    back = _put_back(session, path, raw, missing) if missing else set()
    newest = session.known.newest[path]
    if newest.id in back:
        return True
    if any(record.id == newest.id for record in missing):
        newest.away = identity_of(f"{session.space.root}/{path}") or [0]
        return False
    if raw is not None and newest.id not in back:
        _locate(raw, newest, records)
    return True


def session_records(session: Session) -> list[Record]:
    """The spool's entries, each with the path it was last put to."""
    size = os.fstat(session.spool_fd).st_size
    return spool_entries(scan(read_at(session.spool_fd, size, 0))[0])


def _locate(raw: bytes, newest: Place, records: list[Record]) -> None:
    for record in records:
        if record.id == newest.id:
            newest.offset = raw.find(record.header)
            newest.line = raw.count(b"\n", 0, max(newest.offset, 0)) + 1


def _mend_tail(
    session: Session, path: str, raw: bytes | None, records: list[Record]
) -> bytes | None:
    """The file's content once a write that was cut short is completed, or its fence closed."""
    if not raw:
        return raw
    rest = _torn_rest(raw, records)
    if not rest:
        return raw
    with Folder(session.space.root, os.path.dirname(path)) as folder:
        fd = folder.open(os.path.basename(path), os.O_WRONLY | os.O_APPEND)
        try:
            os.write(fd, rest)
        finally:
            os.close(fd)
    session.notices.append(f"{path}: completed an entry whose writing had been cut short")
    return raw + rest


def _torn_rest(raw: bytes, records: list[Record]) -> bytes:
    starts = [match.start() for match in _BOUNDARY.finditer(raw)][-1:]
    starts.append(raw.rfind(b"\n") + 1)
    for start in starts:
        tail = raw[start:]
        for record in reversed(records):
            if tail and tail != record.slice and _is_cut(tail, record.slice):
                return record.slice[len(tail) :]
    tail = raw[starts[0] :]
    fence = tail.find(b"\n```yaml entry\n")
    if fence >= 0 and tail.find(b"\n```\n", fence + 5) < 0 and not tail.endswith(b"\n```"):
        return b"\n```\n" if not tail.endswith(b"\n") else b"```\n"
    return b""


def _put_back(session: Session, path: str, raw: bytes | None, missing: list[Record]) -> set[str]:
    """Put entries back that vanished from the file, each once; the ids now in `path` again."""
    repo = gitstate.find(session.space.root)
    wanted = [record for record in missing if record.id not in session.known.put_back]
    if repo and wanted:
        wanted = _not_gits(session.space.root, repo, path, raw, wanted)
    if not wanted:
        return set()
    tracked = repo is not None and repo.tracked(f"{session.space.root}/{path}")
    target = _part_after(session, path) if tracked else path
    pieces = [
        (record.slice, place_of(record.seq, record.id, record.header, record.slice))
        for record in wanted
    ]
    session.put(target, pieces)
    note = b"".join(encode({"put-back": record.id, "path": target}, b"") for record in wanted)
    session.write_spool(note)
    for _, place in pieces:
        session.known.moved(place.id, target)
        if (newest := session.known.newest.get(target)) and newest.id == place.id:
            session.known.newest[target] = place
    session.notices.append(
        f"{target}: put back {len(wanted)} {'entry' if len(wanted) == 1 else 'entries'} that"
        f" {'was' if len(wanted) == 1 else 'were'} gone from {path}"
        f" ({', '.join(record.id for record in wanted[:3])}{', …' if len(wanted) > 3 else ''});"
        " delete again what you don't want there, it won't come back a second time"
    )
    return {record.id for record in wanted} if target == path else set()


def _not_gits(
    root: str, repo: gitstate.Repo, path: str, raw: bytes | None, missing: list[Record]
) -> list[Record]:
    """Those that git didn't take: no rebase or merge under way, in no ref, stash or reflog."""
    absolute = f"{root}/{path}"
    if repo.busy() or repo.taken(absolute, raw):
        return []
    versions = b"\n".join(text for _, text in repo.versions([absolute]))
    return [record for record in missing if b"\nid: %s\n" % record.id.encode() not in versions]


def _part_after(session: Session, path: str) -> str:
    found = _PART.search(path)
    part = int(found[1] or 1) if found else 1
    stem = path[: found.start()] if found else path
    while not session.fits(following := f"{stem}.p{part + 1}.md"):
        part += 1
    return following


def newest_link(session: Session, namespace: str) -> str:
    """`prev` for the chain's next entry: its newest one that is in this tree (FORMAT 7)."""
    seq, path = session.known.heads[namespace]
    if path not in session.known.newest:
        session.known.take(session.scanned())
    place = session.known.newest.get(path)
    if place and place.seq == seq and settle(session, path, place):
        return f"{seq}:{place.digest}"
    seq, path = session.known.heads[namespace]  # settling may have moved the head to a part
    place = session.known.newest.get(path)
    if place and place.seq == seq and session.holds(path, place):
        return f"{seq}:{place.digest}"
    contents: dict[str, bytes] = {}
    records = [r for r in session_records(session) if r.namespace == namespace]
    for record in sorted(records, key=lambda record: -record.seq):
        if record.path not in contents:
            contents[record.path] = seal.normal(read_file(session.space.root, record.path) or b"")
        if stands(contents[record.path], record):
            return f"{record.seq}:{seal.digest(record.header)}"
    return _link_from_files(session, namespace)


def _link_from_files(session: Session, namespace: str) -> str:
    """The link when the spool knows none that is present: from this writer's own day files."""
    from journal import dayfile, store

    for day in store.day_files(session.space.root, namespace):
        if day.writer == session.writer or (
            not day.writer and session.writer == session.space.first
        ):
            text = read_file(session.space.root, day.path) or b""
            slices = dayfile.split(text).slices
            links = [link for piece in slices if (link := dayfile.link_of(piece))]
            if links:
                seq, digest = max(links)
                return f"{seq}:{digest}"
    return seal.genesis(session.space.id, session.writer, namespace)


def cut_back(session: Session, error: OSError) -> JournalError:
    """After a failed write the spool is as it was; the error to raise."""
    size = session.known.size
    session.known.size = -1  # what was numbered in vain is forgotten
    try:
        os.ftruncate(session.spool_fd, size)
    except OSError:
        print("journal: the spool's torn end could not be cut off", file=sys.stderr)
    return _not_durable(error)


def void(session: Session, error: OSError) -> JournalError:
    """After a failed flush, go on in a new spool without what may or may not be on the medium."""
    size = session.known.size
    session.known.size = -1
    try:
        kept = read_at(session.spool_fd, size, 0)
        heads = {namespace: list(head) for namespace, head in session.known.heads.items()}
        note = encode({"heads": heads, "last": session.known.last, "void": True}, b"")
        session.spool.replace(session.name, kept + note)
    except OSError as second:
        return _not_durable(second)
    return _not_durable(error)


def _not_durable(error: OSError) -> JournalError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return JournalError(
        f"nothing was appended: the spool can't be written ({error.strerror})",
        kind="disk-full" if full else "not-durable",
        hint="free some space and append again" if full else "check the disk, then append again",
    )


def trim(session: Session) -> None:
    """Drop the spool's oldest records, once the day files hold them durably."""
    records = session_records(session)
    notes = [
        encode({"put-back": record.facts["put-back"], "path": record.path}, b"")
        for record in scan(read_at(session.spool_fd, os.fstat(session.spool_fd).st_size, 0))[0]
        if "put-back" in record.facts
    ]
    cut = records[-1].end - KEEP
    last = {record.namespace: record.id for record in records}
    old = [r for r in records if r.start < cut and r.id not in last.values()]
    dropped = _safely_filed(session, old)
    _keep_tokens(session, [record for record in old if record.id in dropped])
    kept = b"".join(encode(_facts(r), r.slice) for r in records if r.id not in dropped)
    heads = {
        namespace: [seq, path, _head_digest(records, last[namespace])]
        for namespace, (seq, path) in session.known.heads.items()
        if namespace in last
    }
    first = encode({"heads": heads, "last": session.known.last}, b"")
    session.spool.replace(session.name, first + kept + b"".join(notes))
    os.close(session.spool_fd)
    session.spool_fd = session.spool.open(session.name, os.O_RDWR | os.O_APPEND)
    st = os.fstat(session.spool_fd)
    session.known.inode, session.known.size = st.st_ino, st.st_size


def _facts(record: Record) -> dict[str, object]:
    return {k: v for k, v in record.facts.items() if k not in ("len", "sha256", "gone")}


def _head_digest(records: list[Record], entry_id: str) -> str:
    return next(seal.digest(record.header) for record in records if record.id == entry_id)


def _safely_filed(session: Session, old: list[Record]) -> set[str]:
    """The ids of the entries that their day files hold, flushed with their folders."""
    by_path: dict[str, list[Record]] = {}
    for record in old:
        by_path.setdefault(record.path, []).append(record)
    filed: set[str] = set()
    folders: set[str] = set()
    for path, records in by_path.items():
        folder = os.path.dirname(path)
        try:
            with Folder(session.space.root, folder) as held:
                fd = held.open(os.path.basename(path), os.O_RDONLY)
                try:
                    flush(fd)
                    content = seal.normal(read_all(fd))
                finally:
                    os.close(fd)
                if folder not in folders:
                    held.flush()
                    folders.add(folder)
        except OSError:
            continue  # not filed: its records stay in the spool
        filed |= {record.id for record in records if stands(content, record)}
    return filed | _gone_for_good(session, old, filed)


def _gone_for_good(session: Session, old: list[Record], filed: set[str]) -> set[str]:
    """Entries that were put back once and taken out again: a person's decision, or git's."""
    return {r.id for r in old if r.id not in filed and r.id in session.known.put_back}


def _keep_tokens(session: Session, dropped: list[Record]) -> None:
    if any("token" in record.facts for record in dropped):
        from journal.tokens import keep

        keep(session, dropped)
