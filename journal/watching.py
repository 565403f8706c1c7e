"""Transcripts followed as they grow: what is new in them is imported, round after round.

One process, by polling: it asks the file system which files changed, and reads only those. While it
runs it holds a lock that tells hooks to leave messages to it.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep

from journal.errors import Conflict, JournalError
from journal.files import Folder, close, read_all, try_lock, unlock, write_all
from journal.importing import Round
from journal.importing.allowed import allowed_for_long
from journal.importing.brought import Brought
from journal.space import STATE

INTERVAL = 0.5  # seconds from one look to the next
_SHARE = 4  # after a round of a second it rests that many: a file is read whole each time
_LONGEST = 15.0  # seconds of such a rest
_LISTING = 50  # the same for listing the folders, which is seldomer than looking at files
_SAVED = 60.0  # seconds between two notes of what was read to its end
_PATIENCE = 30.0  # seconds of rest at most while there is trouble
_NAP = 0.1  # seconds: so soon a stop is seen
_MOST_TOLD = 100_000  # findings and notices that are remembered

Told = Callable[[Brought], None]
Failed = Callable[[JournalError | OSError], None]
Mark = tuple[int, ...]


class Watching:
    """The following of some places; `stop` may be called by a signal, or from another thread."""

    def __init__(self, importing: Round, paths: Sequence[str]) -> None:
        self._importing = importing
        self._paths = [os.path.abspath(path) for path in paths]
        self._files: list[str] = []  # of the source, in the importer's order
        self._due = 0.0  # when they are listed again
        self._marks: dict[str, Mark] = {}  # as each was when all of it had been imported
        self._saved = float("-inf")
        self._failures = 0
        self._trouble = ""
        self._told: set[int] = set()
        self._stopped = self._broke_off = False

    def stop(self) -> None:
        """End it: the file that is being read is the last."""
        self._stopped = True

    def follow(
        self,
        told: Told,
        failed: Failed,
        interval: float = INTERVAL,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        """Import what comes until `stop`; a round that brought something is told, trouble once.

        What failed is tried again. Conflict if the source is watched already, else `begun` is told.
        Refused if a review has to allow it.
        """
        importing = self._importing
        source = (importing.journal, importing.importer, importing.options)
        with allowed_for_long(*source, self._paths):
            self._follow(told, failed, interval, begun)

    def _follow(
        self, told: Told, failed: Failed, interval: float, begun: Callable[[], None]
    ) -> None:
        was_whole = False
        with self._held():
            begun()
            while not self._stopped:
                began = monotonic()
                was_whole = self._round(told, failed)
                self._rest(interval, monotonic() - began)
        if was_whole:
            # Hooks append again from here on; what they left to this until now comes yet.
            self._stopped, self._due = False, 0.0
            self._round(told, failed)

    def _round(self, told: Told, failed: Failed) -> bool:
        """Import what changed; whether all of it could be."""
        importing, is_whole = self._importing, False
        changed: dict[str, Mark] = {}
        try:
            # Files, not folders, but in the importer's order: it knows what is the earliest.
            if changed := self._changed():
                self._broke_off = False
                importing.bring(list(changed), self._goes_on)
                if not self._broke_off:
                    self._marks |= changed
                self._save()
            self._failures, self._trouble = 0, ""
            is_whole = not self._broke_off
        except (JournalError, OSError) as error:
            self._failures += 1
            if str(error) != self._trouble:
                self._trouble = str(error)
                failed(error)
        if changed and self._is_news(importing.brought):
            told(importing.brought)
        return is_whole

    def _goes_on(self, done: int, total: int) -> bool:
        self._broke_off = self._stopped and done < total
        return not self._broke_off

    def _rest(self, interval: float, took: float) -> None:
        """Wait for the next round: longer after a long one, and while it fails."""
        seconds = max(interval, min(took * _SHARE, _LONGEST))
        if self._failures:
            seconds = max(seconds, min(interval * 2.0 ** min(self._failures, 20), _PATIENCE))
        end = monotonic() + seconds
        while not self._stopped and (left := end - monotonic()) > 0:
            sleep(min(left, _NAP))

    def _changed(self) -> dict[str, Mark]:
        """The files that are not as they were, and how they are."""
        if monotonic() >= self._due:
            self._list()
        found = {file: _mark(file) for file in self._files}
        return {
            file: mark for file, mark in found.items() if mark and self._marks.get(file) != mark
        }

    def _list(self) -> None:
        """Look for the source's files; dear, so at longer intervals than whether they grew."""
        began = monotonic()
        files = self._importing.importer.files
        self._files = list(dict.fromkeys(file for path in self._paths for file in files(path)))
        self._marks = {file: self._marks[file] for file in self._files if file in self._marks}
        self._due = monotonic() + min((monotonic() - began) * _LISTING, _PATIENCE)

    def _save(self) -> None:
        if monotonic() - self._saved > _SAVED:
            self._importing.save()
            self._saved = monotonic()

    def _is_news(self, brought: Brought) -> bool:
        """Whether there is something to tell; a file read again has all its findings again."""
        brought.findings = [
            one for one in brought.findings if self._is_new((one.code, one.file, one.line))
        ]
        brought.codes = dict(Counter(one.code for one in brought.findings))
        brought.notices = [one for one in brought.notices if self._is_new(one)]
        return bool(brought.new or brought.findings)

    def _is_new(self, what: Hashable) -> bool:
        is_new = hash(what) not in self._told
        if is_new and len(self._told) < _MOST_TOLD:
            self._told.add(hash(what))
        return is_new

    @contextmanager
    def _held(self) -> Iterator[None]:
        """While no other process watches; hooks read in the locked file what is watched."""
        name = f"watch-{self._importing.importer.name}.lock"
        with Folder(self._importing.journal.root, STATE, create=True) as state:
            fd = state.open(name, os.O_RDWR | os.O_CREAT)
            path = f"{state.path}/{name}"
        try:
            if not try_lock(fd):
                raise self._conflict(path, os.fsdecode(read_all(fd)).split("\n"))
            os.ftruncate(fd, 0)
            roots = (os.path.realpath(one) for one in self._paths)
            write_all(fd, b"".join(os.fsencode(root) + b"\n" for root in roots))
            yield
        finally:
            unlock(fd)
            close(fd)

    def _conflict(self, path: str, theirs: list[str]) -> Conflict:
        source = self._importing.importer.name
        words = " ".join([source, *(one for one in [*theirs, *self._paths] if one)])
        return Conflict(
            f"{source} is watched already, for this workspace",
            hint=f"one does for several places: end that one (`fuser {path}` shows which it is),"
            f" then journal watch {words}",
        )


def _mark(file: str) -> Mark:
    """What changes when a file is written, or made readable; empty if there is none."""
    try:
        st = os.stat(file)
    except (OSError, ValueError):
        return ()
    if not stat.S_ISREG(st.st_mode):
        return ()
    return st.st_dev, st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns
