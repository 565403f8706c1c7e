"""Mending files: one change at a time, under the lock, what was there kept aside before.

The order makes it safe to be killed anywhere: keep the old bytes, note what is about to be done,
write the new ones. A note stays until an entry in the journal tells of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from journal import clock, gitstate, seal, space
from journal.anchor import anchor
from journal.errors import Conflict, JournalError
from journal.files import Folder, close, flush, lock, unlock, write_all
from journal.safe import one_line
from journal.tail import standing
from journal.trim import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.protocol import Session

ASIDE = f"{space.STATE}/set-aside"
NOTES = "unrecorded"  # what was begun and no entry tells of yet


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it is to be: `data`, or no file where that is None.

    `before` is the digest of what it was when this was planned, empty if there was no file.
    """

    path: str
    before: str
    data: bytes | None

    @property
    def after(self) -> str:
        """The digest of what it will be, empty if there will be no file."""
        return "" if self.data is None else seal.digest(self.data)


def read(root: str, path: str) -> bytes | None:
    """The file's bytes; None if there is none, it can't be read, or a link is in the way."""
    try:
        return read_file(root, path)
    except JournalError:
        return None


def digest(root: str, path: str) -> str:
    """What a change names as `before`; empty if there is no such file, or it can't be read."""
    data = read(root, path)
    return "" if data is None else seal.digest(data)


@contextmanager
def locked(root: str) -> Iterator[tuple[Folder, int]]:
    """`.journal` and the lock's descriptor, while nobody else writes; Conflict after 30 s."""
    with Folder(root, ".journal", create=True) as home:
        with home.inner("state", create=True) as state:
            fd = state.open("lock", os.O_RDWR | os.O_CREAT)
        try:
            lock(fd)
            yield home, fd
        finally:
            unlock(fd)
            close(fd)


def make(root: str, change: Change, told: list[str]) -> str:
    """Make one change; where its old bytes are kept now, empty if there were none.

    `told` is noted before, a line each. Conflict if the file is not as planned any more, or if git
    is in the middle of something.
    """
    with locked(root):
        if change.path.startswith("journal/"):
            _not_amid(root)
        now = digest(root, change.path)
        if now == change.after and (now or not os.path.lexists(f"{root}/{change.path}")):
            return ""
        if now != change.before or (not now and os.path.lexists(f"{root}/{change.path}")):
            raise Conflict(
                "was changed by another program meanwhile",
                kind="changed-on-disk",
                file=change.path,
                hint="run `journal repair` again",
            )
        kept = _set_aside(root, change.path) if change.before else ""
        ending = f", the old bytes are in {kept}" if kept else ""
        _note(root, [*told[:-1], told[-1] + ending])
        try:
            _put(root, change)
        except OSError as error:
            _note(root, [f"what was just told of {change.path} was not done: {error.strerror}"])
            raise
        return kept


def _put(root: str, change: Change) -> None:
    folder, _, name = change.path.rpartition("/")
    with Folder(root, folder, create=True) as here:
        if change.data is not None:
            here.replace(name, change.data)
        else:
            here.remove(name)
            here.flush()


def _not_amid(root: str) -> None:
    repo = gitstate.find(root)
    if repo and (what := repo.busy()):
        raise Conflict(
            f"git is in the middle of something: {what}",
            kind="git-busy",
            hint="finish or abort it, then run `journal repair` again",
        )


def _set_aside(root: str, path: str) -> str:
    """Keep a file's bytes, durably; the name they have now, relative to the workspace."""
    data = read(root, path)
    if data is None:
        raise JournalError("can't be read", kind="system", file=path)
    when = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
    name = f"{when}-{os.path.basename(path).lstrip('.')}"
    with Folder(root, ASIDE, create=True) as aside:
        aside.replace(name, data)
    return f"{ASIDE}/{name}"


def _note(root: str, told: list[str]) -> None:
    lines = "".join(f"{one_line(line)}\n" for line in told)
    with Folder(root, ASIDE, create=True) as aside:
        fd = aside.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            write_all(fd, lines.encode(errors="backslashreplace"))
            flush(fd)
        finally:
            close(fd)
        aside.flush()


def notes(root: str) -> list[str]:
    """What was begun and no entry tells of yet."""
    data = read(root, f"{ASIDE}/{NOTES}") or b""
    return [line.decode(errors="replace") for line in data.split(b"\n") if line]


def forget_notes(root: str, told: list[str]) -> None:
    """An entry tells of these now."""
    with locked(root):
        rest = [line for line in notes(root) if line not in told]
        with Folder(root, ASIDE, create=True) as aside:
            if rest:
                aside.replace(NOTES, "".join(f"{line}\n" for line in rest).encode())
            else:
                aside.remove(NOTES)
                aside.flush()


def permit(root: str, path: str, mode: int, told: str) -> None:
    """Give a file or folder of the journal's these permissions; never through a link."""
    with locked(root):
        _note(root, [told])
        above, _, name = path.rpartition("/")
        with Folder(root, above) as folder:
            if os.path.isdir(f"{root}/{path}"):
                with folder.inner(name) as inner:
                    os.fchmod(inner.fd, mode)
                return
            fd = folder.open(name, os.O_RDONLY)
            try:
                os.fchmod(fd, mode)
            finally:
                close(fd)


def put_back(root: str, ids: set[str], told: list[str]) -> dict[str, str]:
    """Put entries back that this machine's spool has and their files lack: where each is now.

    JournalError where that can't be done: git is in the middle of something, the spool is damaged.
    """
    from journal.protocol import Session

    place = space.open_space(root, int(clock.now().timestamp()))
    with locked(root) as (home, lock_fd):
        _not_amid(root)
        session = Session(place, home, space.writer_of(place, lock_fd))
        try:
            if not session.know(None):
                raise JournalError(
                    "this machine's spool lacks entries that it had acknowledged",
                    hint="append something: a new writer takes over",
                )
            session.git = anchor(root)  # so that it asks git which files it keeps
            _note(root, told)
            found = _back(session, ids)
            session.spool.save(session.known)
        finally:
            session.close()
    return found


def _back(session: Session, ids: set[str]) -> dict[str, str]:
    from journal.settle import put_back_again

    records = [record for record in session.spooled().all if record.id in ids]
    for path in sorted({record.path for record in records}):
        put_back_again(session, path, ids)
    there = {
        record.path: standing(read(session.space.root, record.path) or b"") for record in records
    }
    return {record.id: record.path for record in records if record.id in there[record.path]}
