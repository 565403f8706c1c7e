"""Importing: what an importer reads becomes entries, once each, through the one door.

An entry's `source` says what it stands for. So the same again is nothing new, whatever was killed
in the middle: what was acknowledged is known, the rest comes the next time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING

from journal import clock, origin, pastheads
from journal.deadletters import DEAD
from journal.errors import Conflict
from journal.files import Folder, close, lock, unlock
from journal.finding import Finding
from journal.importers.port import Captured, Importer, Item, Reading
from journal.importing import rare
from journal.importing.allowed import allowed
from journal.importing.brought import Brought, Options
from journal.importing.known import Known
from journal.importing.naming import Naming
from journal.importing.unchanged import Unchanged
from journal.importing.writing import Writing, switched_off
from journal.seal import NO_ANCHOR
from journal.space import STATE

if TYPE_CHECKING:
    from typing import Self

    from journal.api import Journal

Progress = Callable[[int, int], bool | None]  # bytes done, of all; False: go no further
_LOCK = "import.lock"
_GOES_ON = 120.0  # seconds since a file was written: its session may go on, with hooks at work
_SETTLES = 1.0  # so soon after a line was written its hook has come to its end
_UNREADABLE = "unreadable"


class Round:
    """The importing of one source into one journal; it may be gone through again and again."""

    def __init__(self, journal: Journal, importer: Importer, options: Options) -> None:
        if not journal.notebook.enabled:
            raise switched_off()
        self.journal, self.importer, self.options = journal, importer, options
        self.brought = Brought(importer.name)  # by the last call of `bring`
        self._naming = Naming(journal.notebook.intake, options.namespace)
        self._known = Known(journal, importer.name, self._naming)
        self._unchanged = Unchanged(journal, importer.name, options)
        self._intake = journal.notebook.intake
        self._fired = 0
        self._began = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.save()

    def save(self) -> None:
        """Note which files were read to their end, for whoever imports next."""
        self._unchanged.save()

    def bring(self, paths: Sequence[str], progress: Progress | None = None) -> Brought:
        """Import what is new in the files at these paths, until `progress` says False.

        Conflict if another import goes on for long; WorkspaceError if the journal is switched off;
        Refused if a review has to allow it.
        """
        with allowed(self.journal, self.importer, self.options, paths):
            return self._bring(paths, progress)

    def _bring(self, paths: Sequence[str], progress: Progress | None) -> Brought:
        self.brought = Brought(self.importer.name)
        files = [file for path in paths for file in self.importer.files(path)]
        self.brought.files = len(files)
        for path in paths:
            for error in _closed(path):
                self.brought.found(_unreadable(str(error.filename), error))
        total, done = sum(map(_size, files)), 0
        with self._alone(), rare.collections() as between:
            self._fired = _fired(self.journal.root)
            self.journal.catalog.catch_up()
            self._began = clock.now().timestamp()
            self._intake = self.journal.notebook.intake
            self._known.begin()
            writing, marks = self._writing(), {}
            for file in files:
                if progress and progress(done, total) is False:
                    break
                if self._unchanged.holds(file):
                    self.brought.unchanged += 1
                else:
                    marks[file] = self._unchanged.mark(file)
                    self._file(file, writing)
                    between(_size(file))
                done += _size(file)
            writing.flush()
        for file in marks.keys() - writing.refused:  # those are tried again the next time
            self._unchanged.keep(file, marks[file])
        if progress:
            progress(total, total)
        return self.brought

    def _writing(self) -> Writing:
        importer, brought = self.importer, self.brought
        return Writing(
            self.journal.notebook, importer.name, importer.by_session, self._known, self._naming,
            self.options, brought,
        )  # fmt: skip

    def _file(self, file: str, writing: Writing) -> None:
        brought, reading = self.brought, self._reading(file)
        brought.bytes += _size(file)
        for one in self._read(file, reading):
            if isinstance(one, Finding):
                brought.found(one)
                if one.code == _UNREADABLE:
                    writing.refused.add(file)
            elif not self._is_too_old(one):
                writing.add(one, file)
        for what, count in reading.left.items():
            brought.left[what] = brought.left.get(what, 0) + count

    def _read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What the importer makes of a file; that one can't be read is no trouble of the others."""
        try:
            yield from self.importer.read(file, reading)
        except OSError as error:
            yield _unreadable(file, error)

    def _reading(self, file: str) -> Reading:
        intake = self._intake
        masking = intake.masking(self.options.namespace or intake.namespace)
        return Reading(
            known=self._counted,
            captured=lambda session: self._captured(session, file),
            gone=lambda name: origin.gone(name, intake.key()),
            own=lambda entry: bool(self.journal.catalog.with_ids([entry])),
            clean=lambda text: masking.scrubbed(text).text,
            anchor=lambda *asked: pastheads.at(*asked) or NO_ANCHOR,
            user=self.options.user,
            options=self.options.values,
        )

    def _captured(self, session: str, file: str) -> Mapping[str, Sequence[Captured]]:
        """What hooks appended of a session; while it goes on, also since this round began."""
        found, written = self._known.captured(session), _written(file)
        if written < self._began - _GOES_ON:
            return found
        if found and 0 <= (age := clock.now().timestamp() - written) < _SETTLES:
            sleep(_SETTLES - age)
        if (fired := _fired(self.journal.root)) != self._fired:
            self._fired = fired
            self.journal.catalog.catch_up()
        return self._known.captured(session)

    def _counted(self, names: Iterable[str], session: str = "") -> Mapping[str, str]:
        found = self._known.of(names, session)
        self.brought.known += len(set(found.values()))
        return found

    def _is_too_old(self, item: Item) -> bool:
        since = self.options.since
        if since is None or not isinstance(item.draft.at, datetime | str):
            return False
        at = item.draft.at
        try:
            moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        except ValueError:
            return False
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.journal.notebook.store.zone)
        if moment >= since:
            return False
        self.brought.older += 1
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While no other import goes on: both would find the same to be new."""
        if self.options.dry_run:
            yield
            return
        with Folder(self.journal.root, STATE, create=True) as state:
            fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
        try:
            try:
                lock(fd)
            except Conflict as error:
                raise Conflict(
                    "another import goes on in this journal", hint="try again when it is through"
                ) from error
            yield
        finally:
            unlock(fd)
            close(fd)


def _size(file: str) -> int:
    try:
        return os.stat(file).st_size
    except OSError:
        return 0


def _written(file: str) -> float:
    try:
        return os.stat(file).st_mtime
    except OSError:
        return 0.0


def _closed(path: str) -> list[OSError]:
    """Why folders there can't be listed: an importer passes them over."""
    errors: list[OSError] = []
    for _ in os.walk(path, onerror=errors.append):
        pass
    return [one for one in errors if not isinstance(one, FileNotFoundError | NotADirectoryError)]


def _unreadable(file: str, error: OSError) -> Finding:
    why = error.strerror or str(error)
    return Finding(_UNREADABLE, file, 0, f"can't be read: {why}", "make it readable")


def _fired(root: str) -> int:
    """What changes when a hook captures something: it notes first what it is about to append."""
    try:
        return os.stat(f"{root}/{DEAD}").st_mtime_ns
    except OSError:
        return 0
