"""What an append meets rarely in day files: entries that left them, torn tails, files git rewound.

Everything here runs under the lock, with the spool as the witness of what was acknowledged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import sleep, time_ns
from typing import TYPE_CHECKING

from journal import dayfile, seal
from journal.known import Place
from journal.spool import Record, entries, place_in, put_back, scan
from journal.tail import standing, torn_rest
from journal.trim import read_file

if TYPE_CHECKING:
    from journal.protocol import Session

_PART = re.compile(r"(?:\.p(\d+))?\.md$")
_ASK_GIT = 50  # files for which git is asked in one session
_REST = 20_000_000  # nanoseconds since its last change after which a file is taken to rest


class Spooled:
    """The entries of the spool as this session found it, by the file each belongs to."""

    def __init__(self, session: Session) -> None:
        data = session.spool.read()
        self.by_path: dict[str, list[Record]] = {}
        self.all = entries(scan(data)[0])
        for record in self.all:
            self.by_path.setdefault(record.path, []).append(record)
        for records in self.by_path.values():
            records.sort(key=lambda record: record.seq)

    def move(self, path: str, records: list[Record], target: str, new: set[str]) -> None:
        """Entries of a file were put into `target`; those in `new` never stood anywhere before."""
        for record in records:
            record.path = target
            record.facts["placed"] = True
            if record.id not in new:
                record.facts["gone"] = True
        moved = {record.id for record in records}
        self.by_path[path] = [r for r in self.by_path[path] if r.id not in moved]
        there = [*self.by_path.get(target, []), *records]
        self.by_path[target] = sorted(there, key=lambda record: record.seq)


@dataclass(slots=True)
class _Look:
    """A file as it was read: its bytes, its mark, and where each entry's heading is."""

    raw: bytes
    mark: list[int]
    at: dict[str, int]


def settle(session: Session, path: str) -> bool:
    """Mend the file so that this writer may go on in it; False if it must go to the next part."""
    try:
        for _ in range(4):  # each round writes at most once, and then reads the file again
            look = _look(session, path)
            if any(r.id not in look.at and not r.waits for r in _of(session, path)):
                look = _resting(session, path, look)
            missing = [record for record in _of(session, path) if record.id not in look.at]
            if not _completed(session, path, look) and not _put_back(session, path, look, missing):
                return _relocated(session, path, look)
    except OSError:
        return True  # it can't be read or written: its entries wait in the spool
    return True  # another program writes it again and again


def settle_all(session: Session, done: set[str]) -> None:
    """After a crash: every file that the spool knows holds its newest entry, where it can."""
    for path, place in list(session.known.newest.items()):
        if path not in done and session.days.look(path, place) is False:
            settle(session, path)


def _look(session: Session, path: str) -> _Look:
    found = session.days.read(path)
    raw, mark = found or (b"", [])
    session.days.seen.pop(path, None)
    if mark:
        session.days.seen[path] = mark
    return _Look(raw, mark, standing(raw))


def _resting(session: Session, path: str, look: _Look) -> _Look:
    """The file once no editor is in the middle of saving it: empty, half, or not there at all."""
    while session.patience:
        if look.raw and abs(time_ns() - look.mark[2]) > _REST:
            break
        session.patience -= 1
        sleep(_REST / 2e9)
        look = _look(session, path)
    return look


def _completed(session: Session, path: str, look: _Look) -> bool:
    """Whether a write that was cut short was completed now."""
    rest = torn_rest(look.raw, look.at, _of(session, path))
    if not rest:
        return False
    if session.days.is_as(path, look.mark) and session.days.write(path, len(look.raw), rest):
        session.notices.append(f"{path}: completed an entry whose writing had been cut short")
    return True


def _of(session: Session, path: str) -> list[Record]:
    return session.spooled().by_path.get(path, [])


def _put_back(session: Session, path: str, look: _Look, missing: list[Record]) -> bool:
    """Whether entries that the file lacks were put back, each once; then it must be read again."""
    fresh, gone = _sorted_out(session, path, look, missing) if missing else ([], [])
    if not fresh and not gone:
        return False
    coming = {record.id for record in (*fresh, *gone)}
    left = [record for record in missing if record.id not in coming]
    there = max((r.seq for r in _of(session, path) if r.id in look.at), default=0)
    rewound = bool(left) and left[-1].seq > there
    target = path
    if rewound or (gone and _is_tracked(session, path)):
        target = _part_after(session, path)
    _bring(session, path, target, fresh, gone)
    return True


def put_back_again(session: Session, path: str, ids: set[str]) -> bool:
    """Put entries back that left the file, also those that were put back once already.

    For a person who asks for it; False if another program is just writing the file.
    """
    look = _resting(session, path, _look(session, path))
    gone = [r for r in _of(session, path) if r.id in ids and r.id not in look.at]
    target = _part_after(session, path) if gone and _is_tracked(session, path) else path
    return not gone or _bring(session, path, target, [], gone)


def _bring(
    session: Session, path: str, target: str, fresh: list[Record], gone: list[Record]
) -> bool:
    """Write entries of `path` to the end of `target`, and note it; False if it changed meanwhile.

    `fresh` never stood anywhere, `gone` did.
    """
    wanted = sorted((*fresh, *gone), key=lambda record: record.seq)
    pieces = [(record.slice, place_in(record)) for record in wanted]
    if not session.days.add(target, pieces):
        return False
    for _, place in pieces:
        session.known.moved(target, place)
    _heads(session, target)
    noted = wanted if target != path else [*gone, *(record for record in fresh if record.waits)]
    if noted:
        new = {record.id for record in fresh}
        branch = session.branch
        notes = [put_back(r, target, first=r.id in new, branch=branch) for r in noted]
        session.write_spool(b"".join(notes))
        session.spooled().move(path, noted, target, new)
    _tell(session, target, fresh, gone, path)
    return True


def _heads(session: Session, target: str) -> None:
    """A head that moved is found where it is now, unless newer entries are already on their way."""
    namespace = target.split("/")[1]
    head = session.known.heads[namespace]
    if session.heads[namespace][0] == head[0]:
        session.heads[namespace] = head


def _sorted_out(
    session: Session, path: str, look: _Look, missing: list[Record]
) -> tuple[list[Record], list[Record]]:
    """What never reached the file, and what was taken out of it and may come back once."""
    upto = _placed_upto(session, path, look)
    missing = [record for record in missing if "gone" not in record.facts]
    fresh = [record for record in missing if record.waits or 0 <= upto < record.seq]
    gone = [record for record in missing if not (record.waits or 0 <= upto < record.seq)]
    repo = session.repo() if missing else None
    if repo is None:
        return fresh, gone
    session.asked += 1
    if repo.busy() or session.asked > _ASK_GIT:
        return [], []
    absolute = f"{session.space.root}/{path}"
    if gone and repo.taken(absolute, look.raw if look.mark else None):
        return fresh, []
    if gone:
        versions = b"\n".join(text for _, text in repo.versions([absolute]))
        gone = [r for r in gone if b"\nid: %s\n" % r.id.encode() not in versions]
    return fresh, gone


def _placed_upto(session: Session, path: str, look: _Look) -> int:
    """The highest number known to have been in the file; -1 if no cache tells."""
    known = session.known.upto(path)
    stale = session.stale.upto(path) if session.stale else -1
    if max(known, stale) < 0:
        return -1
    return max(known, stale, *(r.seq for r in _of(session, path) if r.id in look.at), 0)


def _is_tracked(session: Session, path: str) -> bool:
    repo = session.repo()
    return repo is not None and repo.tracked(f"{session.space.root}/{path}")


def _part_after(session: Session, path: str) -> str:
    found = _PART.search(path)
    part = int(found[1] or 1) if found else 1
    stem = path[: found.start()] if found else path
    while not session.fits(following := f"{stem}.p{part + 1}.md"):
        part += 1
    return following


def _tell(
    session: Session, target: str, fresh: list[Record], gone: list[Record], path: str
) -> None:
    if fresh:
        session.notices.append(
            f"{target}: wrote {_these(fresh)}, acknowledged or cut short earlier and not yet there"
        )
    if gone:
        session.notices.append(
            f"{target}: put back {_these(gone)}, gone from {path}; deleted again,"
            " it stays away, and `journal verify` will name it as missing"
        )


def _these(records: list[Record]) -> str:
    some = ", ".join(record.id for record in records[:3])
    more = ", …" if len(records) > 3 else ""
    return f"{len(records)} {'entry' if len(records) == 1 else 'entries'} ({some}{more})"


def _relocated(session: Session, path: str, look: _Look) -> bool:
    """Whether the newest entry is in the file; if so, its place is known again."""
    newest = session.known.newest[path]
    at = look.at.get(newest.id)
    if at is None:
        # What waits comes as soon as git is through, and not only once the file has changed.
        if not any(record.id == newest.id and record.waits for record in _of(session, path)):
            newest.away = look.mark or [0]
        return False
    header = look.raw[at : at + newest.header] if at >= 0 else b""
    newest.offset = at if seal.digest(header) == newest.digest else -1
    newest.line = look.raw.count(b"\n", 0, max(at, 0)) + 1
    session.days.sound.add(path)
    return True


def still_out(
    session: Session, path: str, pieces: list[tuple[bytes, Place]]
) -> list[tuple[bytes, Place]]:
    """Those of the new entries that the file doesn't hold, once it is as it should be otherwise."""
    if session.days.look(path, session.known.newest.get(path)) is False:
        settle(session, path)
    look = _look(session, path)
    if any(new.id not in look.at for _, new in pieces):
        look = _resting(session, path, look)
    for _, new in pieces:
        if (at := look.at.get(new.id, -1)) >= 0:
            new.offset, new.line = at, look.raw.count(b"\n", 0, at) + 1
    return [(piece, new) for piece, new in pieces if new.id not in look.at]


def newest_link(session: Session, namespace: str) -> str:
    """`prev` for the chain's next entry: its newest one that is in this tree (FORMAT 7)."""
    for _ in range(2):  # settling may move the head to a part
        seq, path = session.heads[namespace]
        place = session.known.newest.get(path)
        if place and place.seq == seq and settle(session, path):
            return f"{seq}:{session.known.newest[path].digest}"
    there: dict[str, dict[str, int]] = {}
    records = [r for r in session.spooled().all if r.namespace == namespace]
    for record in sorted(records, key=lambda record: -record.seq):
        if record.path not in there:
            there[record.path] = standing(read_file(session.space.root, record.path) or b"")
        if record.id in there[record.path]:
            return f"{record.seq}:{seal.digest(record.header)}"
    return _link_from_files(session, namespace)


def _link_from_files(session: Session, namespace: str) -> str:
    """The link when the spool knows none that is present: from this writer's own day files."""
    from journal.daypath import day_files

    mine = ("" if session.writer == session.space.first else session.writer, session.writer)
    for day in day_files(session.space.root, namespace):
        if day.writer in mine and not day.pack:
            text = seal.normal(read_file(session.space.root, day.path) or b"")
            slices = dayfile.split(text).slices
            links = [link for _, piece in slices if (link := dayfile.link_of(piece))]
            if links:
                seq, digest = max(links)
                return f"{seq}:{digest}"
    return seal.genesis(session.space.id, session.writer, namespace)
