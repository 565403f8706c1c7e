"""Notes of what is about to be done, so that an entry can tell of it whatever happens meanwhile.

A note is durable before the change is begun, says so when it is done, and stays until an entry in
the journal tells of it. Everything here runs under the journal's lock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace

from journal import space
from journal.errors import JournalError
from journal.files import Folder, close, flush, write_all
from journal.safe import one_line

ASIDE = f"{space.STATE}/set-aside"
NOTES = "unrecorded"  # what was begun and no entry tells of yet


@dataclass(frozen=True, slots=True)
class Note:
    """What is done by one change, a line for each step that needs it.

    `path`, if a file is changed: what it was and is to be (digests), and the name that its old
    bytes get in the folder of what is set aside.
    """

    told: tuple[str, ...]
    path: str = ""
    before: str = ""
    after: str = ""
    kept: str = ""
    done: bool = False

    def lines(self) -> list[str]:
        """What an entry tells of it."""
        begun = "" if self.done else "begun, and not seen done: "
        *above, last = self.told
        if self.path:
            what = "it" if last.partition(" ")[2].startswith(f"{self.path}:") else self.path
            verb = "is" if self.done else "would be"
            last += f"; {what} was {self.before or 'no file'}, {verb} {self.after or 'no file'}"
        if self.kept:
            last += f", the old bytes are in {ASIDE}/{self.kept}"
        return [one_line(begun + line) for line in (*above, last)]


def read(root: str) -> list[Note]:
    """The notes; what is no whole note was cut short, and so nothing was begun."""
    try:
        with Folder(root, ASIDE) as aside:
            data = aside.read(NOTES)
    except (OSError, JournalError):
        return []
    found = []
    for line in data.splitlines():
        with suppress(ValueError, TypeError):
            values = json.loads(line)
            found.append(Note(**{**values, "told": tuple(values["told"])}))
    return found


def write(root: str, notes: Sequence[Note]) -> None:
    """Keep these instead of what there is."""
    with Folder(root, ASIDE, create=True) as aside:
        if notes:
            aside.replace(NOTES, b"".join(map(_line, notes)))
        else:
            aside.remove(NOTES)
            aside.flush()


@contextmanager
def doing(root: str, note: Note) -> Iterator[list[Note]]:
    """Note what is done meanwhile; no trace of it if an error says that it was not done.

    The list is what will be told as done; who does less takes it out.
    """
    before = read(root)
    with Folder(root, ASIDE, create=True) as aside:
        fd = aside.open(NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            write_all(fd, b"\n" + _line(note))
            flush(fd)
        finally:
            close(fd)
        aside.flush()
    done = [replace(note, done=True)]
    try:
        yield done
    except (OSError, JournalError):
        write(root, before)
        raise
    write(root, [*before, *done])


def _line(note: Note) -> bytes:
    return json.dumps(asdict(note)).encode() + b"\n"
