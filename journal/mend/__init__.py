"""Mending files: one change at a time, under the lock, what was there kept aside.

The order makes it safe to be killed anywhere: note what is about to be done, rename what is there,
give the new file its name, note that it is done. A note stays until an entry tells of it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace

from journal import attach, clock, seal, space
from journal.errors import JournalError
from journal.files import Folder, close
from journal.mend import noted
from journal.mend.exchange import changed, free_name, recover, swap, sweep
from journal.mend.holding import locked, not_amid, session
from journal.mend.noted import ASIDE, NOTES, Note
from journal.tail import standing
from journal.trim import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.protocol import Session

__all__ = [
    "ASIDE", "NOTES", "Change", "Note", "digest", "forget_notes", "locked", "make", "notes",
    "permit", "put_back", "read", "resume",
]  # fmt: skip


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
    folder, _, name = path.rpartition("/")
    try:
        with Folder(root, folder) as here:
            found = attach.digest_in(here, name)
    except (OSError, JournalError):
        return ""
    return found if found.startswith("sha256:") else ""


def make(root: str, change: Change, told: list[str]) -> str:
    """Make one change; where its old bytes are kept now, empty if there were none.

    `told` is noted before, a line each. Conflict if the file is not as planned any more, or if git
    is in the middle of something.
    """
    with locked(root):
        if change.path.startswith("journal/"):
            not_amid(root, "`journal repair`")
        if _is_so(root, change.path, change.after):
            return ""
        if not _is_so(root, change.path, change.before):
            raise changed(change.path)
        kept = free_name(root, change.path) if change.before else ""
        note = Note(tuple(told), change.path, change.before, change.after, kept)
        with noted.doing(root, note):
            swap(root, change.path, change.before, change.data, kept)
    return f"{ASIDE}/{kept}" if kept else ""


def _is_so(root: str, path: str, wanted: str) -> bool:
    """Whether the file has this digest, or, where that is empty, nothing has its name."""
    if wanted:
        return digest(root, path) == wanted
    return not os.path.lexists(f"{root}/{path}")


def resume(root: str) -> None:
    """After a repair that was killed: every file is there again, and each note says if it is done.

    A file that had been set aside, and whose new text had no name yet, is put back.
    """
    if not os.path.lexists(f"{root}/{ASIDE}"):
        return
    with locked(root):
        held = noted.read(root)
        found = [note if note.done or not note.path else _resumed(root, note) for note in held]
        if found != held:
            noted.write(root, found)
        sweep(root)


def _resumed(root: str, note: Note) -> Note:
    done = _is_so(root, note.path, note.after)
    is_aside = bool(note.kept) and os.path.lexists(f"{root}/{ASIDE}/{note.kept}")
    if is_aside and not done and not os.path.lexists(f"{root}/{note.path}"):
        with suppress(OSError, JournalError):
            is_aside = not recover(root, note.path, note.kept)
    return replace(note, done=done, kept=note.kept if is_aside else "")


def notes(root: str) -> list[Note]:
    """What was begun and no entry tells of yet."""
    return noted.read(root)


def forget_notes(root: str, told: list[Note]) -> None:
    """An entry tells of these now."""
    with locked(root):
        noted.write(root, [note for note in noted.read(root) if note not in told])


def permit(root: str, path: str, mode: int, told: str) -> None:
    """Give a file or folder of the journal's these permissions; never through a link."""
    above, _, name = path.rpartition("/")
    with locked(root), noted.doing(root, Note((told,))), Folder(root, above) as folder:
        if os.path.isdir(f"{root}/{path}"):
            with folder.inner(name) as inner:
                os.fchmod(inner.fd, mode)
            return
        fd = folder.open(name, os.O_RDONLY)
        try:
            os.fchmod(fd, mode)
        finally:
            close(fd)


def put_back(root: str, told: dict[str, str]) -> dict[str, str]:
    """Put entries back that this machine's spool has and their files lack: where each is now.

    `told`: the ids, and a line about each. JournalError where that can't be done: git is in the
    middle of something, the spool is damaged.
    """
    place = space.open_space(root, int(clock.now().timestamp()))
    with session(place) as held:
        not_amid(root, "`journal repair`")
        with noted.doing(root, Note(tuple(told.values()))) as done:
            found = _back(held, set(told))
            there = tuple(line for entry_id, line in told.items() if entry_id in found)
            done[:] = [replace(one, told=there) for one in done if there]
        held.spool.save(held.known)
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
