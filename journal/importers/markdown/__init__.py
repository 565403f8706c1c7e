"""Folders of Markdown notes: Obsidian, Logseq, OpenClaw's memory, or plain files.

`units` says what of a note becomes an entry, `dates` when it was, `places` what a note is called,
wherever it is imported from.

An entry's id is the note's name, `#~` and the digest of its unit's text: it lasts as long as the
text. A unit that was changed comes again, as it is now. One that grew gives what is new: digests of
what it begins with, at every line, are looked for. They count only if no other unit of the note
has just that text.

Front matter goes to `meta` of the note's first entry, its tags to all of them. Links stay as they
are; of images and files that a note shows, the link is what becomes of them, and they are counted.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from journal import names
from journal.conversation import said
from journal.conversation.excerpt import MOST
from journal.entry import Draft
from journal.finding import Finding
from journal.importers.markdown import dates as markdown_dates
from journal.importers.markdown import known as markdown_known
from journal.importers.markdown import places as markdown_places
from journal.importers.markdown import text as markdown_text
from journal.importers.markdown import titles as markdown_titles
from journal.importers.markdown import units as markdown_units
from journal.importers.markdown.dates import Stamp
from journal.importers.markdown.known import New
from journal.importers.markdown.text import Page
from journal.importers.markdown.units import Unit
from journal.importers.port import Item, Reading, Whole

FILE_MOST = 64 << 20  # bytes: more is no note
_WHEN = ("date", "created", "created_at", "createdAt", "created-at", "date created", "datetime")
_DATE_LINE = re.compile(
    r"^[*_]*(?:Date|Created|Datum)\b[*_: ]*:[*_ ]*(.{1,60})", re.MULTILINE | re.IGNORECASE
)
_DATE_LINE_WITHIN = 1000
_SAYS = re.compile(r"[^\s-]")  # more than blanks, and the empty blocks of an outline
_SHOWN = re.compile(
    r"!\[\[([^\]\n|#]{1,300})|!\[[^\]\n]{0,300}\]\((?![a-z]+:)([^)\n]{1,300})", re.IGNORECASE
)
_NOTES = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class _Note:
    """A note that was read: what all of its entries need."""

    file: str
    name: str
    session: str
    page: Page
    start: datetime  # what its first unit has if it says nothing else
    dated: bool
    is_day: bool  # its name has a date
    title: str


class Markdown:
    """Notes, each unit of one an entry."""

    name = "markdown"
    by_session = True

    def __init__(self) -> None:
        self._has_told = False  # that notes have no date: once a run is enough

    def places(self) -> Sequence[str]:
        """None: notes lie anywhere."""
        return ()

    def files(self, path: str) -> Sequence[str]:
        """The notes at `path`, by their date."""
        self._has_told = False
        return markdown_places.files(path)

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """The units of a note that aren't known, in the order of their times."""
        try:
            data, changed = _bytes(file)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            yield Finding("unreadable", file, 0, f"the note can't be read: {why}")
            return
        page = markdown_text.page(file, data)
        if isinstance(page, Finding):
            reading.leave("binary file")
            yield page
            return
        yield from page.findings
        if not _SAYS.search(page.text):
            reading.leave("empty note")
            return
        note, has_date = _note(file, page, changed)
        if not has_date and not self._has_told:
            self._has_told = True
            fix = "a date in its name or its front matter (date: 2026-01-31) tells"
            words = "notes without a date have the time of their last change, such as this one"
            yield Finding("no-time", file, 0, words, fix)
        yield from _items(note, reading)


def _bytes(file: str) -> tuple[bytes, float]:
    """A regular file's bytes, and when it was last changed."""
    status = os.stat(file)
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no regular file")
    if status.st_size > FILE_MOST:
        raise ValueError(f"it has {status.st_size:,} bytes, and {FILE_MOST:,} is the most")
    with open(file, "rb") as source:
        return source.read(), status.st_mtime


def _note(file: str, page: Page, changed: float) -> tuple[_Note, bool]:
    """The note, and whether anything but its file's time told when it was."""
    top, name = markdown_places.named(file)
    stem = os.path.splitext(name)[0]
    by_name = markdown_dates.of_name(stem)
    given = _given(page.meta)
    stamp = next((it for it in (by_name, given, _title_date(page.text)) if it.day), Stamp())
    if given.time and not stamp.time and given.day == stamp.day:
        stamp = given
    start = stamp.on(None) or markdown_dates.of_file(changed) or markdown_dates.UNKNOWN
    title = page.meta.get("title")
    note = _Note(
        file=file,
        name=name,
        session=said.session(top) or "notes",
        page=page,
        start=start,
        dated=stamp.day is not None,
        is_day=by_name.day is not None,
        title=markdown_titles.plain(title) if isinstance(title, str) else "",
    )
    return note, note.dated


def _given(meta: Mapping[str, Any]) -> Stamp:
    """The day, and perhaps the time, that front matter gives."""
    stamps = [markdown_dates.of_value(meta[key]) for key in _WHEN if key in meta]
    return next((it for it in stamps if it.day), Stamp())


def _title_date(text: str) -> Stamp:
    """The date in a note's title or in a line `Date: …` near its beginning."""
    head = text[:_DATE_LINE_WITHIN]
    first = head.lstrip().partition("\n")[0]
    if first.startswith("# ") and (stamp := markdown_dates.of_heading(first[2:])).day:
        return stamp
    found = _DATE_LINE.search(head)
    return markdown_dates.of_value(found[1]) if found else Stamp()


def _items(note: _Note, reading: Reading) -> Iterator[Item]:
    text = note.page.text
    outline = markdown_places.is_logseq(note.name)
    short = markdown_units.SHORT if note.is_day else markdown_units.SHORT_UNDATED
    units = markdown_units.units(text, short, dated=note.dated, outline=outline)
    before = text[:short] if len(text) > short else ""
    were = markdown_units.units(before, short, dated=note.dated, outline=outline) if before else ()
    pending = []
    line, at = note.page.line, 0
    known = partial(reading.known, session=note.session)
    unknown = markdown_known.new(note.name, text, units, were, known)
    for moment, new in zip(_moments(note, units), unknown, strict=True):
        if new and _SAYS.search(text, new.start, new.unit.end):
            line, at = line + text.count("\n", at, new.start), new.start
            pending.append((moment, line, new))
    for moment, line, new in sorted(pending, key=lambda it: markdown_dates.order(it[0])):
        yield _item(note, new, moment, line, reading)
    if pending and (shown := sum(map(_is_file, _SHOWN.finditer(text)))):
        reading.leave("image or file shown in a note (its link is kept)", shown)


def _moments(note: _Note, units: Sequence[Unit]) -> list[datetime]:
    """When each unit was: by its own word, else as the one before it.

    In a note without a date only what stands below a dated heading shares its date.
    """
    found: list[datetime] = []
    last, level = note.start, 0
    for unit in units:
        if moment := _own(note, unit, last.date()):
            last, level = moment, unit.level
        elif not note.dated and unit.level <= level:
            last, level = note.start, 0
        found.append(last)
    return found


def _own(note: _Note, unit: Unit, day: date) -> datetime | None:
    """When a unit says it was, if it says more than what is known."""
    stamp = unit.stamp
    if stamp.day and not stamp.time:
        is_plan = note.dated and stamp.day > note.start.date()
        return None if stamp.day == day or is_plan else stamp.on(None)
    return stamp.on(day) if stamp.time else None


def _item(note: _Note, new: New, moment: datetime, line: int, reading: Reading) -> Item:
    text, unit, meta = note.page.text, new.unit, dict(note.page.meta)
    role = meta.pop("role", None)
    role = role if isinstance(role, str) and names.is_name(role) else ""
    is_whole = new.start <= unit.start
    body = text[new.start : unit.end]
    if not is_whole:
        body = body.lstrip("\n")
        said_at = markdown_units.time_at_start(body) if note.dated else None
        moment = datetime.combine(moment.date(), said_at) if said_at else moment
    excerpt = reading.excerpt(body, MOST)
    draft = Draft(
        body=excerpt.shown,
        title=markdown_titles.title(note.title, note.name, text, unit)
        + ("" if is_whole else " (continued)"),
        kind="note",
        role=role or "human",
        actor=reading.user,
        session=note.session,
        path="main",
        tags=note.page.tags,
        meta=note.page.meta if unit.start == 0 and is_whole else {},
        at=markdown_dates.shown(moment),
        git="-",
    )
    wholes = (
        (Whole(os.path.basename(note.name), excerpt.whole, always=True),) if excerpt.whole else ()
    )
    return Item(id=new.id, draft=draft, line=line, wholes=wholes)


def _is_file(found: re.Match[str]) -> bool:
    """Whether a note shows a file that is no note itself."""
    target = found[1] or found[2]
    return not target.strip().lower().endswith(_NOTES) and "." in target


IMPORTER = Markdown()
