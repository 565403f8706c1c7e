"""The index follows the catalog: what is new becomes segments, what was taken away is marked.

Whatever can't be written is kept in memory, so that an answer is complete all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from journal.errors import Conflict, EngineError
from journal.finding import Finding
from journal.recall.building import Builder
from journal.recall.depot import FOLDER, Depot, live
from journal.recall.engine import Progress, Shelf
from journal.recall.language import ENGLISH, Language
from journal.recall.manifest import Identity, Manifest, Part, boot
from journal.recall.merging import merged, worth_merging
from journal.recall.segment import Segment

FEW = 32  # rows that are read for an answer rather than written
MANY = 2_000  # rows for which an answer waits until another process has written them
PATIENCE = 2.0
LOCK_SECONDS = 30.0
_DOCUMENTS = 32_768  # in a new segment: what is lost by a kill -9 while it is made
_BYTES = 64 << 20
_DELETE = f"delete {FOLDER}: it is made anew"
_MOST_MISSED = 1_000  # rows that couldn't be read, and are noted to be read later


@dataclass(frozen=True, slots=True)
class View:
    """What an answer may be read from: every row of the catalog of that birth but those missed."""

    segments: tuple[Segment, ...]
    birth: str
    engine: str
    missed: int
    notices: tuple[Finding, ...]


@dataclass(slots=True)
class _State:
    """The index as this process knows it: what the folder holds, and what only memory does."""

    manifest: Manifest = field(default_factory=Manifest)
    version: Identity | None = None
    stored: list[Segment] = field(default_factory=list)
    loose: list[Segment] = field(default_factory=list)
    changed: bool = False  # more is known than the folder's manifest says
    struck: int = 0
    step: int = 0  # up to where the folder's segments follow the catalog

    @property
    def segments(self) -> list[Segment]:
        return [*self.stored, *self.loose]


class Index:
    """The index of one workspace; without a root, of a journal in memory."""

    def __init__(self, shelf: Shelf, root: str = "", language: Language = ENGLISH) -> None:
        self._shelf = shelf
        self._language = language
        self._depot = Depot(root) if root else None
        self._state = _State()
        self._loaded = False

    def view(self, progress: Progress | None = None) -> View:
        """The segments that hold every row there is; a backlog is written first, if it can be."""
        self._load()
        self._strike()
        depot, state = self._depot, self._state
        if depot is None:
            self._catch_up(False, progress)
            return self._view()
        rows = list(islice(self._shelf.added(state.manifest.number), FEW + 1))
        if self._is_little(len(rows)):
            self._retry()
            self._take(rows)
            return self._view()
        backlog = self._shelf.count(state.manifest.number)
        with depot.locked(PATIENCE if backlog > MANY else 0.0) as held:
            self._catch_up(held, progress)
        if not held and not depot.trouble:
            text = "another process is writing it: what it lacks was read for this answer"
            return self._view(Finding("index-busy", FOLDER, 0, text))
        return self._view()

    def catch_up(self, progress: Progress | None = None, *, anew: bool = False) -> View:
        """As `view`, but all of it is written; Conflict if another process is at it for long."""
        if self._depot is None:
            return self.view(progress)
        with self._depot.locked(LOCK_SECONDS) as held:
            if not held and not self._depot.trouble:
                raise Conflict("another process is writing the index", hint="try again")
            if anew:
                self._state = _State(self._empty(), self._depot.version(), changed=True)
                self._loaded = True
            self._catch_up(held, progress)
        return self._view()

    def strike(self) -> None:
        """Leave no byte in the folder of entries that the catalog has no longer.

        Conflict if another process is writing it for long, EngineError if it can't be written.
        """
        depot = self._depot
        if depot is None or not depot.is_there():
            return
        depot.trouble, done = None, False
        with depot.locked(LOCK_SECONDS) as held:
            if not held and not depot.trouble:
                raise Conflict("another process is writing the index", hint="try again")
            if held:
                self._loaded = False
                self._load()
                self._strike()
                self._rewrite(depot)
                depot.trouble = None  # what can't be read is replaced
                done = self._commit() and not depot.leftovers(self._state.manifest)
        if not done:
            why = depot.trouble.message if depot.trouble else "a file can't be removed"
            raise EngineError(f"the index may still hold what was taken out: {why}", hint=_DELETE)

    def _rewrite(self, depot: Depot) -> None:
        """Write the segments anew without what was deleted from them; drop what can't be."""
        stored: list[Segment | None] = [
            depot.write(merged([one])) if one.deleted else one for one in self._state.stored
        ]
        if None in stored:  # made anew by whoever asks next
            self._state = _State(self._empty(), depot.version())
            return
        self._state.stored = [one for one in stored if one]

    def _is_little(self, added: int) -> bool:
        """Whether what isn't written is so little that reading it for each answer costs less."""
        state = self._state
        if state.stored and state.step < self._shelf.purged:
            return False
        if state.manifest.boot != boot():
            return not (added or state.segments or state.manifest.missed)
        unwritten = added + state.struck + live(state.loose) + len(state.manifest.missed)
        return unwritten <= (FEW if state.stored else 0)

    def _view(self, *notices: Finding) -> View:
        state, depot = self._state, self._depot
        read = live(state.loose) > 0 and depot is not None
        engine = "whoosh" if not read else "whoosh+scan" if live(state.stored) else "scan"
        if depot and depot.trouble:
            notices = (*notices, depot.trouble)
            if not read:
                depot.trouble = None  # told once: by now it is made anew
        manifest = state.manifest
        return View(tuple(state.segments), manifest.birth, engine, len(manifest.missed), notices)

    def _load(self) -> None:
        """Read the folder, unless it is as it was."""
        if self._depot:
            version = self._depot.version()
            if not self._loaded or version != self._state.version:
                manifest, stored = self._depot.load()
                self._state = _State(manifest, version, stored, step=manifest.step)
                self._loaded = True
        empty, manifest = self._empty(), self._state.manifest
        if (manifest.birth, manifest.language) != (empty.birth, empty.language):
            self._state = _State(empty, self._state.version, changed=True)

    def _empty(self) -> Manifest:
        """The index of a catalog that nothing was read of yet."""
        return Manifest(birth=self._shelf.birth, language=self._language.sign)

    def _strike(self) -> None:
        """Mark what the catalog has no longer."""
        state = self._state
        manifest, segments = state.manifest, state.segments
        gone: list[set[int]] = [set() for _ in segments]
        step, missed = manifest.step, set(manifest.missed)
        for step, number in self._shelf.struck(manifest.step):  # noqa: B007 - the last is kept
            missed.discard(number)
            state.struck += 1
            for segment, docs in zip(segments, gone, strict=True):
                if (doc := segment.doc(number)) is not None:
                    docs.add(doc)
        for segment, docs in zip(segments, gone, strict=True):
            segment.deleted = segment.deleted.union(docs)
        state.stored = [segment for segment in state.stored if segment.live]
        state.loose = [segment for segment in state.loose if segment.live]
        if step != manifest.step:
            state.manifest = replace(manifest, step=step, missed=tuple(sorted(missed)))
            state.changed = True

    def _catch_up(self, held: bool, progress: Progress | None) -> None:
        """Everything new becomes segments: files under the lock, else in memory."""
        self._load()
        self._strike()
        self._retry()
        writing, more = held, True
        while more:
            more = self._take(self._chunk())
            writing = writing and self._store()
            if more and progress:
                done = live(self._state.segments)
                progress(done, done + self._shelf.count(self._state.manifest.number))
        if writing:
            self._tidy()

    def _retry(self) -> None:
        """Rows that couldn't be read may be there again."""
        if missed := self._state.manifest.missed:
            self._take(self._shelf.at(missed).values())

    def _chunk(self) -> list[Any]:
        """The next rows, as many as one segment takes."""
        found, size = [], 0
        for row in self._shelf.added(self._state.manifest.number):
            found.append(row)
            size += row.size
            if len(found) >= _DOCUMENTS or size >= _BYTES:
                break
        return found

    def _take(self, rows: Iterable[Any]) -> bool:
        """Read the rows' texts into a segment in memory; False if there are no rows."""
        wanted = {row.number: row for row in rows}
        if not wanted:
            return False
        builder = Builder(self._language)
        missing = set(wanted)
        hashtags = self._shelf.hashtags(list(wanted))
        for row, entry in self._shelf.read(wanted.values()):
            builder.add(row, entry, hashtags.get(row.number, ()))
            missing.discard(row.number)
        if len(builder):
            self._state.loose.append(Segment(builder.finish()))
            self._compact()
        was = self._state.manifest
        missed = tuple(sorted(missing.union(set(was.missed) - set(wanted))))
        self._state.manifest = replace(was, number=max(was.number, *wanted), missed=missed)
        self._state.changed |= self._state.manifest != was
        return True

    def _compact(self) -> None:
        loose = self._state.loose
        while some := worth_merging(loose):
            loose[:] = [segment for segment in loose if segment not in some]
            loose.append(Segment(merged(some)))

    def _store(self) -> bool:
        """Write what only memory holds, and the manifest; False if it can't be."""
        state, depot = self._state, self._depot
        if depot is None:
            return False
        if not (state.changed or state.manifest.boot != boot()):
            return True
        if len(state.manifest.missed) > _MOST_MISSED:
            return False  # what is on disk ends before them, and whoever goes on there reads them
        if self._shelf.birth != state.manifest.birth:
            return False  # the catalog was made anew meanwhile: these may be rows of both
        if state.loose:
            whole = len(state.loose) == 1 and not state.loose[0].deleted
            # What was struck since it was read isn't written: it may be what was purged.
            segment = depot.write(bytes(state.loose[0].data) if whole else merged(state.loose))
            if segment is None:
                return False
            state.stored.append(segment)
            state.loose = []
        return self._commit()

    def _commit(self) -> bool:
        depot = self._depot
        if depot is None:
            return False
        if self._state.step < self._shelf.purged:
            self._rewrite(depot)
        state = self._state
        parts = tuple(Part(s.name, s.identity, tuple(sorted(s.deleted))) for s in state.stored)
        manifest = replace(state.manifest, parts=parts, boot=boot())
        if not depot.commit(manifest):
            return False
        state.manifest, state.version = manifest, depot.version()
        state.changed, state.struck, state.step = False, 0, manifest.step
        if depot.trouble and depot.trouble.code == "index-unwritable":
            depot.trouble = None
        return True

    def _tidy(self) -> None:
        """Merge segments until none are worth it."""
        state, depot = self._state, self._depot
        while depot and (some := worth_merging(state.stored)):
            one = depot.write(merged(some))
            if one is None:
                return
            state.stored = [segment for segment in state.stored if segment not in some] + [one]
            if not self._commit():
                return


def chunks(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The rows, so many at a time."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
