"""Reading a journal's files: which there are, what they hold, and the spool laid over them.

Never raises for what a file holds: entries as far as they make sense, findings for the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import groupby

from journal import clock, dayfile, header, hidden, seal, spool
from journal.anchor import anchor
from journal.dayfile import Piece
from journal.daypath import DayFile, day_files, lies_in_pack, names_in
from journal.entry import Entry
from journal.errors import JournalError
from journal.files import Folder
from journal.finding import Finding
from journal.ids import matches
from journal.names import KINDS
from journal.redacted import Redacted
from journal.selection import EVERYTHING, Selection
from journal.source import Source
from journal.workspace import Config, read_config

_SAYS = hidden.KIND.encode()
_REDACTS = b"\nkind: redact\n"
_HAND = frozenset("h-0123456789abcdef")


@dataclass(slots=True)
class Reading:
    """What a walk over the files met besides entries."""

    findings: dict[Finding, None] = field(default_factory=dict)


class Told:
    """What forget and redact entries say, and what `also` is told."""

    def __init__(self, also: Told | None = None) -> None:
        self.forgotten: hidden.Said = hidden.Said(also.forgotten if also else None)
        self.redacted: Redacted = Redacted(also.redacted if also else None)

    def learn(self, piece: Piece) -> None:
        """Note what a slice says, if it is such an entry's."""
        if one := hidden.forgetting(piece, header.id_of(piece)):
            self.forgotten.add(one)
        self.redacted.learn(piece)


class Store:
    """The files of one workspace, read straight."""

    def __init__(self, root: str, config: Config | None = None) -> None:
        self.root = root
        self.config: Config
        self.zone: tzinfo
        self.configure(config or read_config(root))
        self.reading = Reading()
        self._said = Told()  # by the workspace's own entries
        # With what packs brought from one workspace, by that one: of its entries alone it counts.
        self._brought: dict[str, Told] = {}
        self._source: Callable[[str], str] = str
        self._put_away: set[tuple[str, Source]] = set()  # what is forgotten of what was read

    def configure(self, config: Config) -> None:
        """Read by this configuration from now on."""
        self.config = config
        self.zone = clock.zone(config.timezone)

    def files(self, namespace: str = "") -> list[DayFile]:
        """Every day file, the newest day first."""
        closed: list[str] = []
        found = day_files(self.root, namespace, closed)
        for folder in closed:
            self.find("unreadable", folder, 0, "can't be read", "see its permissions")
        return found

    def branch(self) -> str:
        """The git branch of this work tree, empty without one."""
        return anchor(self.root).rpartition("@")[0]

    def content(self, path: str) -> bytes | None:
        """The file's LF-normalised bytes; None, and a finding, if it can't be read."""
        try:
            with Folder(self.root, os.path.dirname(path)) as folder:
                return seal.normal(folder.read(os.path.basename(path)))
        except FileNotFoundError:
            return None
        except (OSError, JournalError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.find(
                "unreadable",
                path,
                0,
                f"can't be read: {why}",
                "see what it is, and its permissions",
            )
            return None

    def find(self, code: str, path: str, line: int, message: str, fix: str = "") -> None:
        """Note something that is not as it should be."""
        self.reading.findings[Finding(code, path, line, message, fix)] = None

    def spooled(self) -> list[spool.Record]:
        """The acknowledged entries of every spool here, each with the path it was last put to."""
        entries = []
        for name in sorted(names_in(self.root, spool.FOLDER, [])):
            if name.endswith(".log") and (data := self.content(f"{spool.FOLDER}/{name}")):
                records, torn = spool.scan(data)
                if torn:
                    self.find("torn-spool", f"{spool.FOLDER}/{name}", 0, f"{torn:,} torn bytes")
                entries += spool.entries(records)
        return entries

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """The selected entries, newest first; a day's files are read when the walk gets there.

        All are looked through before for what is forgotten.
        """
        waiting = self._waiting()
        self._learn(waiting)
        every = self.files(selection.namespace)
        files = [day for day in every if selection.may_hold(day.date)]
        days = {date: list(group) for date, group in groupby(files, key=lambda day: day.date)}
        spooled: dict[str, list[spool.Record]] = {}
        for record in waiting:
            date = os.path.basename(record.path)[:10]
            if selection.may_hold(date) and selection.namespace in ("", record.namespace):
                spooled.setdefault(date, []).append(record)
        originals = self._originals(every)
        for date in sorted({*days, *spooled}, reverse=True):
            entries = self.day(days.get(date, []), spooled.get(date, []), originals)
            for entry in reversed(entries):
                if self._shows(entry, selection) and selection.takes(entry):
                    yield entry

    def _shows(self, entry: Entry, selection: Selection) -> bool:
        forgotten = (entry.id, entry.source) in self._put_away
        if not selection.forgotten and hidden.is_aside({"kind": entry.kind, **entry.fields}):
            return False
        return (
            forgotten
            if selection.forgotten == "only"
            else not forgotten or bool(selection.forgotten)
        )

    def _learn(self, waiting: list[spool.Record]) -> None:
        """Read what was forgotten and redacted; what can't be read is told by who comes there."""
        self._said, self._brought, self._put_away = Told(), {}, set()
        reading, self.reading = self.reading, Reading()
        words = (_SAYS, _REDACTS)
        saying = {one.id: one for one in waiting if any(word in one.slice for word in words)}
        marks = [*words, *(entry_id.encode() for entry_id in saying)]
        pieces = [
            (piece, day)
            for day in self.files()
            if (data := self.content(day.path)) and any(mark in data for mark in marks)
            for piece in dayfile.pieces(data)
        ]
        there = {header.id_of(piece) for piece, _ in pieces}
        waits = [dayfile.parse(r.slice) for r in saying.values() if r.id not in there]
        for piece in [*waits, *(piece for piece, day in pieces if not day.pack)]:
            self._said.learn(piece)
        if any(day.pack for _, day in pieces):
            from journal import packed

            self._source = packed.Sources(self.root, self.config.id, packed.vouched(self)).of
            for piece, day in pieces:
                if day.pack:
                    source = self._source(day.path)
                    self._brought.setdefault(source, Told(self._said)).learn(piece)
        for record in self.spooled():  # git may have taken the entry that says so elsewhere
            one = hidden.forgetting(dayfile.parse(record.slice), record.id)
            if one and one.what == hidden.PURGE:
                self._said.forgotten.add(one)
        self.reading = reading

    def named(self, wanted: str) -> Iterator[Entry]:
        """The entries whose id begins or ends so; only files that may hold one are read closely."""
        upper = wanted.upper().encode()
        marks = {b"\nid: " + upper, upper + b"\n"}
        as_typed = wanted.encode(errors="replace")  # a person may have given an id of their own
        marks |= {b"\nid: " + as_typed, as_typed + b"\n"}
        by_hand = _HAND.issuperset(wanted)
        waiting = self._waiting()
        self._learn(waiting)
        for _, group in groupby(self.files(), key=lambda day: day.date):
            files = list(group)
            texts = (self.content(day.path) or b"" for day in files)
            if by_hand or any(mark in text for text in texts for mark in marks):
                yield from (e for e in self.day(files, []) if matches(wanted, e.id))
        yield from (self._from_spool(record) for record in waiting if matches(wanted, record.id))

    def _waiting(self) -> list[spool.Record]:
        """Spool entries that belong in this tree: git may have taken those of another branch."""
        branch = self.branch()
        return [
            record
            for record in self.spooled()
            if not record.facts.get("gone") and record.facts.get("branch", "") in ("", branch)
        ]

    def _originals(self, files: list[DayFile]) -> set[tuple[str, str, str]]:
        """The sealed entries of regular files, if there are odd ones that may hold copies."""
        if all(day.regular for day in files):
            return set()
        return {
            (entry.namespace, entry.id, entry.digest)
            for day in files if day.regular
            for entry in self.file(day) if entry.digest
        }  # fmt: skip

    def day(
        self,
        files: list[DayFile],
        waiting: list[spool.Record],
        originals: AbstractSet[tuple[str, str, str]] = frozenset(),
    ) -> list[Entry]:
        """The entries of one day's files in order, the spool's laid over them.

        `originals`: namespace, id and digest of what counts in its own file, not in an odd one.
        """
        found: dict[tuple[str, str, str], Entry] = {}
        twins = dayfile.Twins()
        for day in sorted(files, key=lambda day: (not day.regular, bool(day.pack), day.path)):
            if not day.regular:
                self.find(
                    "odd-name", day.path, 0, "no day file's name; read all the same", "a copy?"
                )
            # A copy's handwritten entries are those of the original, not further twins.
            for entry in self.file(day, twins if day.regular else None):
                # Twins are numbered over all namespaces; a sealed entry may be copied into another.
                name = (entry.namespace if entry.digest else "", entry.id, entry.digest)
                if day.regular or name not in originals:
                    found.setdefault(name, entry)
        ids = {entry_id for _, entry_id, _ in found}
        for record in waiting:
            if record.id not in ids:
                entry = self._from_spool(record)
                found[entry.namespace, entry.id, entry.digest] = entry
        return sorted(found.values(), key=lambda entry: entry.order)

    def file(self, day: DayFile, twins: dayfile.Twins | None = None) -> list[Entry]:
        """The entries of one day file, in its order."""
        data = self.content(day.path)
        if data is None:
            return []
        entries = []
        line, at = 1, 0
        twins = twins or dayfile.Twins()
        for piece in dayfile.pieces(data):
            line += data.count(b"\n", at, piece.offset)
            at = piece.offset
            entries.append(self.entry(day, piece, line, twins))
        return entries

    def entry(self, day: DayFile, piece: Piece, line: int, twins: dayfile.Twins) -> Entry:
        """The entry that a piece of the file is."""
        known = header.known(piece, day.date, lambda: self.zone)
        if not known["id"]:
            known["id"], _ = twins.name(dayfile.hand_id(piece), day.namespace, day.pack)
        source = Source(day.path, line, piece.offset)
        told = self._told(day.path)
        if told.forgotten.decided(known["id"], piece) != hidden.UNHIDE:
            self._put_away.add((known["id"], source))
        shown = self.shown(known["id"], piece, day.path)
        if shown is not piece:
            self.reading.findings[Finding(*hidden.told(known["id"], day.path, line))] = None
            piece = shown
            known = header.known(piece, day.date, lambda: self.zone) | {"id": known["id"]}
        else:
            self._trouble(day.path, line, piece)
            if told.redacted.came_back(known["id"], piece):
                self.find(*hidden.told_redacted(known["id"], day.path, line))
        return Entry(
            **known,
            namespace=day.namespace,
            writer=day.writer or self.config.writer,
            body=piece.body.decode(errors="replace"),
            postscript=piece.postscript.decode(errors="replace"),
            source=source,
        )

    def shown(self, entry_id: str, piece: Piece, path: str = "") -> Piece:
        """The piece, or the stub of a purged entry whose text came back, as was read last.

        `path`: the file that it stands in.
        """
        came_back = self._told(path).forgotten.came_back(entry_id, piece)
        return hidden.stubbed(piece) if came_back else piece

    def _told(self, path: str) -> Told:
        if not self._brought or not lies_in_pack(path):
            return self._said
        return self._brought.get(self._source(path), self._said)

    def _trouble(self, path: str, line: int, piece: Piece) -> None:
        if piece.trouble:
            self.find(piece.state, path, line, piece.trouble, "journal verify shows what changed")
        kind = str(piece.values.get("kind") or "")
        if kind and kind not in KINDS:
            said = f"kind {kind!r} is not known to this version"
            self.find("unknown-kind", path, line, said)

    def _from_spool(self, record: spool.Record) -> Entry:
        return self.entry(DayFile(record.path), dayfile.parse(record.slice), 0, dayfile.Twins())
