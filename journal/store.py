"""Reading a journal's files: which there are, what they hold, and the spool laid over them.

Never raises for what a file holds: entries as far as they make sense, findings for the rest.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import groupby

from journal import clock, dayfile, seal, spool
from journal.anchor import anchor
from journal.cjson import dumps
from journal.dayfile import Piece
from journal.entry import Entry, Source
from journal.errors import JournalError
from journal.files import Folder
from journal.finding import Finding
from journal.ids import matches
from journal.names import KINDS, is_slug
from journal.selection import EVERYTHING, Selection
from journal.workspace import Config, read_config

_NAME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\.(?!p\d+\.)([a-z0-9][a-z0-9-]{0,31}))?(?:\.p([2-9]|[1-9]\d+))?\.md",
    re.ASCII,
)
_HAND = frozenset("h-0123456789abcdef")
_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_KEYS = frozenset(
    "id at kind title role actor session path parent tags meta git token"
    " seq prev len closes digest".split()
)


@dataclass(frozen=True, slots=True)
class DayFile:
    """A file of a day: whose it is (empty: the first writer's) and which part."""

    path: str
    namespace: str
    date: str
    writer: str
    part: int
    regular: bool = True


@dataclass(slots=True)
class Reading:
    """What a walk over the files met besides entries."""

    findings: dict[Finding, None] = field(default_factory=dict)


def day_files(root: str, namespace: str = "") -> list[DayFile]:
    """Every day file, the newest day first."""
    found = []
    for space in [namespace] if namespace else _names(f"{root}/journal"):
        if not is_slug(space):
            continue
        for year in _names(f"{root}/journal/{space}"):
            if len(year) == 4 and year.isdigit():
                found += [
                    _day_file(space, year, name)
                    for name in _names(f"{root}/journal/{space}/{year}")
                    if name.endswith(".md") and not name.startswith(".")
                ]
    return sorted(found, key=lambda day: (day.date, day.namespace, day.path), reverse=True)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _day_file(namespace: str, year: str, name: str) -> DayFile:
    path = f"journal/{namespace}/{year}/{name}"
    if (found := _NAME.fullmatch(name)) and found[1][:4] == year:
        return DayFile(path, namespace, found[1], found[2] or "", int(found[3] or 1))
    dated = re.match(r"\d{4}-\d\d-\d\d", name)
    return DayFile(path, namespace, dated[0] if dated else f"{year}-01-01", "", 1, regular=False)


class Store:
    """The files of one workspace, read straight."""

    def __init__(self, root: str, config: Config | None = None) -> None:
        self.root = root
        self.config: Config
        self.zone: tzinfo
        self.configure(config or read_config(root))
        self.reading = Reading()

    def configure(self, config: Config) -> None:
        """Read by this configuration from now on."""
        self.config = config
        self.zone = clock.zone(config.timezone)

    def files(self, namespace: str = "") -> list[DayFile]:
        """Every day file, the newest day first."""
        return day_files(self.root, namespace)

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
        for name in sorted(_names(f"{self.root}/{spool.FOLDER}")):
            if name.endswith(".log") and (data := self.content(f"{spool.FOLDER}/{name}")):
                records, torn = spool.scan(data)
                if torn:
                    self.find("torn-spool", f"{spool.FOLDER}/{name}", 0, f"{torn:,} torn bytes")
                entries += spool.entries(records)
        return entries

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """The selected entries, newest first; a day's files are read when the walk gets there."""
        waiting = self._waiting()
        files = [d for d in self.files(selection.namespace) if selection.may_hold(d.date)]
        days = {date: list(group) for date, group in groupby(files, key=lambda day: day.date)}
        spooled: dict[str, list[spool.Record]] = {}
        for record in waiting:
            date = os.path.basename(record.path)[:10]
            if selection.may_hold(date) and selection.namespace in ("", record.namespace):
                spooled.setdefault(date, []).append(record)
        for date in sorted({*days, *spooled}, reverse=True):
            entries = self.day(days.get(date, []), spooled.get(date, []))
            yield from (entry for entry in reversed(entries) if selection.takes(entry))

    def named(self, wanted: str) -> Iterator[Entry]:
        """The entries whose id begins or ends so; only files that may hold one are read closely."""
        upper = wanted.upper().encode()
        marks = {b"\nid: " + upper, upper + b"\n"}
        as_typed = wanted.encode(errors="replace")  # a person may have given an id of their own
        marks |= {b"\nid: " + as_typed, as_typed + b"\n"}
        by_hand = _HAND.issuperset(wanted)
        for _, group in groupby(self.files(), key=lambda day: day.date):
            files = list(group)
            texts = (self.content(day.path) or b"" for day in files)
            if by_hand or any(mark in text for text in texts for mark in marks):
                yield from (e for e in self.day(files, []) if matches(wanted, e.id))
        yield from (
            self._from_spool(record) for record in self._waiting() if matches(wanted, record.id)
        )

    def _waiting(self) -> list[spool.Record]:
        """Spool entries that belong in this tree: git may have taken those of another branch."""
        branch = self.branch()
        return [
            record
            for record in self.spooled()
            if not record.facts.get("gone") and record.facts.get("branch", "") in ("", branch)
        ]

    def day(self, files: list[DayFile], waiting: list[spool.Record]) -> list[Entry]:
        """The entries of one day's files in order, the spool's laid over them."""
        found: dict[tuple[str, str], Entry] = {}
        twins: dict[str, int] = {}
        for day in sorted(files, key=lambda day: (not day.regular, day.path)):
            if not day.regular:
                self.find(
                    "odd-name", day.path, 0, "no day file's name; read all the same", "a copy?"
                )
            # A copy's handwritten entries are those of the original, not further twins.
            for entry in self.file(day, twins if day.regular else {}):
                found.setdefault((entry.id, entry.digest), entry)
        ids = {entry_id for entry_id, _ in found}
        for record in waiting:
            if record.id not in ids:
                entry = self._from_spool(record)
                found[entry.id, entry.digest] = entry
        return sorted(found.values(), key=lambda entry: entry.order)

    def file(self, day: DayFile, twins: dict[str, int] | None = None) -> list[Entry]:
        """The entries of one day file, in its order."""
        data = self.content(day.path)
        if data is None:
            return []
        entries = []
        line, at = 1, 0
        twins = {} if twins is None else twins
        for piece in dayfile.pieces(data):
            line += data.count(b"\n", at, piece.offset)
            at = piece.offset
            entries.append(self.entry(day, piece, line, twins))
        return entries

    def entry(self, day: DayFile, piece: Piece, line: int, twins: dict[str, int]) -> Entry:
        """The entry that a piece of the file is."""
        if piece.trouble:
            self.find(
                piece.state, day.path, line, piece.trouble, "journal verify shows what changed"
            )
        values = piece.values
        kind = _text(values, "kind") or "note"
        if kind not in KINDS:
            self.find("unknown-kind", day.path, line, f"kind {kind!r} is not known to this version")
        moment, at = self._moment(day, piece)
        entry_id = _text(values, "id")
        if not entry_id:
            entry_id = dayfile.hand_id(piece)
            twins[entry_id] = twins.get(entry_id, 0) + 1
            entry_id += f"-{twins[entry_id]}" if twins[entry_id] > 1 else ""
        hand = not piece.header
        meta, seq = values.get("meta"), values.get("seq")
        return Entry(
            id=entry_id,
            at=at,
            moment=moment,
            kind=kind,
            title=piece.title,
            role=_text(values, "role") or ("human" if hand else ""),
            actor=_text(values, "actor"),
            session=_text(values, "session"),
            path=_text(values, "path"),
            parent=_text(values, "parent"),
            tags=_tags(values.get("tags")),
            meta=meta if isinstance(meta, dict) else {},
            fields={key: value for key, value in values.items() if key not in _KEYS},
            git=_text(values, "git"),
            token=_text(values, "token"),
            seq=seq if isinstance(seq, int) else 0,
            prev=_text(values, "prev"),
            digest=_text(values, "digest"),
            namespace=day.namespace,
            writer=day.writer or self.config.writer,
            body=piece.body.decode(errors="replace"),
            postscript=piece.postscript.decode(errors="replace"),
            source=Source(day.path, line, piece.offset),
        )

    def _moment(self, day: DayFile, piece: Piece) -> tuple[datetime, str]:
        at = _text(piece.values, "at")
        for text, zone in ((at, None), (f"{day.date}T{piece.clock}", self.zone)):
            try:
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    moment = clock.parse_at(text, zone or self.zone, moment.replace(tzinfo=UTC))
                    return moment, clock.stamp(moment, self.zone)
            except ValueError:
                continue
            return moment, text
        try:
            moment = clock.parse_at(day.date, self.zone, _NEVER)
        except ValueError:
            moment = _NEVER
        return moment, moment.isoformat()

    def _from_spool(self, record: spool.Record) -> Entry:
        name = os.path.basename(record.path)
        day = _day_file(record.namespace, name[:4], name)
        return self.entry(day, dayfile.parse(record.slice), 0, {})


def _tags(given: object) -> tuple[str, ...]:
    # What a person typed without quotes is text too: `tags: [true, 2026]`.
    tags = given if isinstance(given, list) else [given] if given else []
    return tuple(tag if isinstance(tag, str) else dumps(tag) for tag in tags)


def _text(values: dict[str, object], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else "" if value is None else str(value)
