"""The slices that leave, brought together file by file: members, lines for programs, chains."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import IO, TYPE_CHECKING

from journal import attach, dayfile, hidden, packs
from journal.dayfile import Twins
from journal.daypath import DayFile
from journal.held import Day, Held, read
from journal.manifest import Masked, Part
from journal.packing.leaving import UNSOUND, Leaving
from journal.packing.outgoing import Cleared, Outgoing, reread
from journal.packing.survey import Survey, ordered
from journal.packing.whose import Whose
from journal.packs import Tally
from journal.preamble import preamble

if TYPE_CHECKING:
    from journal.packing.attached import Attached
    from journal.packing.scouting import Scout
    from journal.packing.shelf import Shelf
    from journal.packing.survey import Progress
    from journal.store import Store

ATTACHMENTS = "attachments"
CLEAN = b"+"


@dataclass(frozen=True, slots=True)
class Source:
    """A day file here, and where it comes in the pack."""

    path: str
    day: DayFile
    whose: Whose
    at: str


@dataclass(slots=True)
class Gathered:
    """What a pack holds of a journal: the day files, each with its chain and its slices."""

    members: dict[str, tuple[Whose, int]] = field(default_factory=dict)
    parts: dict[Whose, str] = field(default_factory=dict)  # with the namespace in the pack
    tallies: dict[Whose, Tally] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)
    masked: list[Masked] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def entries(self) -> int:
        """How many there are."""
        return sum(tally.entries for tally in self.tallies.values())


@dataclass(frozen=True, slots=True)
class Ways:
    """What decides of slices and of files, and where they go."""

    leaving: Leaving
    outgoing: Outgoing
    attached: Attached
    shelf: Shelf
    lines: IO[bytes]
    scout: Scout
    clerk: Scout

    def is_clean(self, day: DayFile, data: bytes) -> bool:
        """Whether a file holds no secret; false as well if that can't be told so."""
        told = self.scout.ask(day.path, data)
        return self.outgoing.is_clean(data, day.namespace) if told is None else told == CLEAN


class Gathering:
    """One export's second look at the files, in the order that their members have in the pack."""

    def __init__(self, store: Store, survey: Survey, ways: Ways) -> None:
        self._store, self._survey, self._ways = store, survey, ways
        self._twins: dict[str, Twins] = defaultdict(Twins)  # by day, as they are in the pack
        self._files: dict[str, str] = {}  # attachments: path in the pack, path here
        self.found = Gathered()

    def gather(self, progress: Progress | None = None) -> Gathered:
        """Take all of it; `progress` gets files done, files in all."""
        every = sources(self._store, self._survey)
        done = 0
        for at, files in groupby(every, key=lambda source: source.at):
            for source in files:
                self._file(source)
                done += 1
                if progress:
                    progress(done, len(every))
            self._attachments(at)
        return self.found

    def _file(self, source: Source) -> None:
        day = source.day
        data = self._text(day)
        entries = read(data, self._survey.owners.day(day))
        self._survey.name(day, entries)
        numbers: dict[int, str] = {}
        kept = [held for held in entries if self._goes(source, held, numbers)]
        clean = self._ways.is_clean(day, data)
        cleared = {} if clean else self._ways.outgoing.cleared(kept, day.namespace)
        self.found.masked += [one.note for one in cleared.values() if one.note]
        self.found.left_out[UNSOUND] += sum(not one.raw for one in cleared.values())
        going = [
            (held, one)
            for number, held in enumerate(kept)
            if (one := cleared.get(number)) is None or one.raw
        ]
        lines = self._ways.clerk.ask(day.path, data)
        if not going:
            return
        head = _head(data, entries)
        clear = head if clean else self._ways.outgoing.head(head, day.namespace)
        there = self._survey.owners.day(day, source.path)
        as_it_is = self._ways.leaving.takes_all and len(going) == len(entries)
        if not as_it_is or cleared or clear is not head:
            self._take(source, *_composed(clear, going, there))
            return
        for held in kept:
            held.day = there
        self._take(source, [data], kept, lines if source.path == day.path else None)

    def _goes(self, source: Source, held: Held, numbers: dict[int, str]) -> bool:
        """Whether it goes; `numbers` are those of the file's that do, with their headers."""
        if self._survey.is_copy(held):
            return False
        if why := self._ways.leaving.why_not(source.day, held):
            self.found.left_out[why] += 1
            return False
        if held.header:
            there = numbers.get(held.seq) or self._tally(source.whose).header(held.seq)
            if there:  # a copy, or an amended one that took another one's number
                self.found.left_out[UNSOUND] += there != held.header
                return False
            if held.seq > 0:
                numbers[held.seq] = held.header
        return True

    def _take(
        self, source: Source, parts: list[bytes], entries: list[Held], lines: bytes | None = None
    ) -> None:
        """Keep a member and its lines, as far as these are written, and link its entries."""
        whose = source.whose
        tally, part = self._tally(whose), provisional(whose, source.at)
        twins = self._twins[source.day.date]
        for held in entries:
            tally.take(held)
            if held.header:
                self._note(source, held)
            else:
                held.id, _ = twins.name(hidden.base_id(held.id))
                lines = None  # their names depend on all others
        self._ways.lines.write(lines or b"".join(packs.line(held, part) for held in entries))
        self._ways.shelf.put(source.path, parts)
        self.found.members[source.path] = (whose, len(entries))
        self.found.parts[whose] = source.at
        self.found.dates.append(source.day.date)

    def _tally(self, whose: Whose) -> Tally:
        """The chain as far as it is in the pack."""
        if whose not in self.found.tallies:
            self.found.tallies[whose] = Tally(self._survey.owners.chain(whose))
        return self.found.tallies[whose]

    def _note(self, source: Source, held: Held) -> None:
        if old := self._survey.owners.masked_from(source.day.pack, held.id, held.header):
            self.found.masked.append(Masked(held.id, old, held.header))
        if attach.MARK in held.raw:
            for one in attach.of(dayfile.parse(held.raw).values.get(attach.FIELD)):
                self._files.setdefault(one.path(source.at), one.path(source.day.home))

    def _attachments(self, at: str) -> None:
        """What the entries of this namespace name, as far as it may go."""
        for path, here in sorted(self._files.items()):
            if self._ways.attached.may_go(here, at):
                self._ways.shelf.later(path, partial(self._ways.attached.chunks, here))
            else:
                self.found.left_out[ATTACHMENTS] += 1
        self._files.clear()

    def _text(self, day: DayFile) -> bytes:
        """The file as it was at the survey, and what waits for it in a spool."""
        data = self._store.content(day.path) or b""
        data = data[: self._survey.sizes.get(day.path, 0)]
        for raw in self._survey.waiting.get(day.path, ()):
            config = self._store.config
            whose = day.writer or config.writer
            data = data or preamble(day.date, day.namespace, config.timezone, whose)
            data += _blank(data) + raw
        return data


def provisional(whose: Whose, at: str) -> Part:
    """The part that a line of `entries.jsonl` belongs to, nothing counted yet."""
    return Part(whose.workspace, whose.writer, whose.namespace, at, 0, 0, 0, "")


def sources(store: Store, survey: Survey) -> list[Source]:
    """The day files in the order that they have in the pack.

    What packs brought comes under the name of its writer, in the next part that is free. A chain
    stands in one namespace: its own if this workspace wrote it, else the first that it was put to.
    """
    files = ordered(store)
    files += [DayFile(path) for path in survey.waiting if path not in survey.sizes]
    found: dict[str, Source] = {}
    homes: dict[Whose, str] = {}
    for day in files:
        whose = survey.owners.of(day)
        if not day.pack:
            homes[whose] = day.namespace
            found[day.path] = Source(day.path, day, whose, day.namespace)
            continue
        at = homes.setdefault(whose, day.namespace)
        folder = f"journal/{at}/{day.date[:4]}/{day.date}.{day.writer}"
        path, number = f"{folder}.md", 1
        while path in found:
            number += 1
            path = f"{folder}.p{number}.md"
        found[path] = Source(path, day, whose, at)
    return [found[path] for path in sorted(found)]


def _blank(data: bytes) -> bytes:
    """What has to follow this text so that one blank line stands before the next heading."""
    if not data or data.endswith(b"\n\n"):
        return b""
    return b"\n" if data.endswith(b"\n") else b"\n\n"


def _head(data: bytes, entries: list[Held]) -> bytes:
    """What stands above the first entry, text that is one by itself left out."""
    parts = dayfile.split(data)
    above = len(entries) > len(parts.slices)
    return parts.preamble[: -len(entries[0].raw)] if above else parts.preamble


def _composed(
    head: bytes, going: list[tuple[Held, Cleared | None]], day: Day
) -> tuple[list[bytes], list[Held]]:
    """A member's text from its head and these slices, and its entries where they stand in it.

    One blank line between them, whatever stood there: the same slices are the same bytes.
    """
    parts, found = [head], []
    line = head.count(b"\n") + 1
    for held, cleared in going:
        entry = reread(cleared.raw, day) if cleared else held
        gap = _blank(parts[-1])
        raw = entry.raw.rstrip(b"\n") + b"\n"
        line += gap.count(b"\n")
        entry.day, entry.line = day, line
        line += raw.count(b"\n")
        parts += [gap, raw] if gap else [raw]
        found.append(entry)
    return parts, found
