"""Folders of decision records (ADRs): adr-tools, MADR, log4brains, or what looks like them.

Each record becomes one decision, its text as it stands. Which one superseded which is told by an
entry of its own, also where only one of the two says so; so is a status or a text that changed
since the last import. `folder` knows the records of a folder, and which are related.

An id is the file's name without `.md`, in a session that is called after the repository and the
folder. After it, `#~` and the digest of the text; `#1=accepted` and so on, the statuses that it
had; `#by=` and the name of the record that superseded it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from journal.conversation.excerpt import MOST
from journal.decisions import record
from journal.decisions.view import ACCEPTED, DEPRECATED, KIND, PROPOSED, REJECTED
from journal.entry import Draft
from journal.finding import Finding
from journal.importers.adr.folder import Folder, Found, Pair, read_folder
from journal.importers.markdown import dates as markdown_dates
from journal.importers.markdown import places as markdown_places
from journal.importers.port import Item, Reading, Whole
from journal.safe import one_line
from journal.seal import sha256

_TIMES = 24  # that a status may change and still be followed
_STATUSES = (PROPOSED, ACCEPTED, REJECTED, DEPRECATED)


@dataclass(frozen=True, slots=True)
class _Came:
    """A record that is read, what its entries have in common, and what is known of it."""

    one: Found
    at: datetime
    session: str
    user: str
    known: Mapping[str, str]

    def draft(self, body: str, title: str, **fields: Any) -> Draft:
        return Draft(
            body=body,
            title=title,
            kind=KIND,
            role="human",
            actor=self.user,
            session=self.session,
            path="main",
            fields=fields,
            at=markdown_dates.shown(self.at),
            git="-",
        )


class Adr:
    """Decision records, one a file."""

    name = "adr"
    by_session = True

    def __init__(self) -> None:
        self._folders: dict[str, Folder] = {}
        self._read: set[tuple[str, str]] = set()  # sessions and names, of this round

    def places(self) -> Sequence[str]:
        """None: records lie in repositories."""
        return ()

    def files(self, path: str) -> Sequence[str]:
        """The Markdown files at `path`, in the order of their names."""
        self._folders, self._read = {}, set()
        return sorted(markdown_places.files(path))

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What is new of a record: itself, its text, its status, its relations."""
        at = os.path.dirname(os.path.abspath(file))
        if at not in self._folders:
            self._folders[at] = read_folder(at)
        folder = self._folders[at]
        one = folder.read(file)
        if isinstance(one, Finding):
            yield one
            return
        yield from one.findings
        if one.left:
            reading.leave(one.left)
            return
        if (own := record.own(one.text)) and reading.own(own):
            reading.leave("records of this journal")
            return
        yield from _odd_date(file, one)
        session = folder.session
        pairs = folder.pairs(one.name)
        others = {it for pair in pairs for it in (pair.old, pair.new)} - {one.name}
        others -= {name for its, name in self._read if its == session}
        wanted = [*_wanted(one), *(pair.id for pair in pairs), *others]
        known = reading.known(wanted, session=session)
        came = _Came(one, _moment(folder, one), session, reading.user, known)
        yield from _own(came, folder.status(one.name), reading)
        self._read.add((session, one.name))
        for pair in pairs:
            other = pair.new if pair.old == one.name else pair.old
            if pair.id not in known and ((session, other) in self._read or other in known):
                yield _superseding(came, pair)


def _wanted(one: Found) -> list[str]:
    """All ids that a record itself may have by now."""
    statuses = [_stood(one.name, n, status) for n in range(1, _TIMES) for status in _STATUSES]
    return [one.name, _text_id(one), *statuses]


def _stood(name: str, count: int, status: str) -> str:
    return f"{name}#{count}={status}"


def _text_id(one: Found) -> str:
    return f"{one.name}#~{sha256(one.text.encode(errors='replace')).hexdigest()[:12]}"


def _own(came: _Came, status: str, reading: Reading) -> Iterator[Item]:
    """The record itself if it is new, else what of it is."""
    one, known = came.one, came.known
    excerpt = reading.excerpt(one.text, MOST)
    wholes = (Whole(f"{one.name}.md", excerpt.whole, always=True),) if excerpt.whole else ()
    if one.name not in known:
        yield Item(
            id=one.name,
            draft=came.draft(excerpt.shown, one.title, status=status),
            line=1,
            parts=(_text_id(one), _stood(one.name, 1, status)),
            wholes=wholes,
        )
        return
    if _text_id(one) not in known:
        yield Item(
            id=_text_id(one),
            draft=came.draft(excerpt.shown, f"{one.title} (changed)"),
            line=1,
            refers={KIND: one.name},
            wholes=wholes,
        )
    had = [
        (n, it) for n in range(1, _TIMES) for it in _STATUSES if _stood(one.name, n, it) in known
    ]
    last = max(had, default=(0, ACCEPTED))
    if last[1] != status and last[0] + 1 < _TIMES:
        said = one.record.word or status
        yield Item(
            id=_stood(one.name, last[0] + 1, status),
            draft=came.draft(
                f"Status: {said}", f"{status.capitalize()}: {one.name}", status=status
            ),
            line=1,
            refers={KIND: one.name},
        )


def _superseding(came: _Came, pair: Pair) -> Item:
    """One record takes the place of another: the later of both in the folder's order tells it."""
    fields = {"part": pair.part} if pair.part else {}
    of = "a part of " if pair.part else ""
    body = f"[{pair.new}]({pair.new}.md) takes the place of {of}[{pair.old}]({pair.old}.md)."
    return Item(
        id=pair.id,
        draft=came.draft(body, f"Superseded: {pair.old} by {pair.new}", **fields),
        line=1,
        refers={KIND: pair.new, "supersedes": pair.old},
    )


def _odd_date(file: str, one: Found) -> Iterator[Finding]:
    """A date that is none: the record gets another, and somebody should know."""
    date = one.record.date
    if date and not markdown_dates.of_value(date).on(None):
        lines = one.text.split("\n")
        line = next((n for n, text in enumerate(lines, 1) if date in text), 0)
        words = f"the date {one_line(date)!r} can't be read: the record's name or git tells it"
        yield Finding("odd-date", file, line, words, "write it as 2026-11-21")


def _moment(folder: Folder, one: Found) -> datetime:
    """When a record was: by its own word, its name, git, or the file's last change."""
    for stamp in (
        markdown_dates.of_value(one.record.date),
        markdown_dates.of_name(one.name),
    ):
        if moment := stamp.on(None):
            return moment
    if seconds := folder.came(one.name):
        return datetime.fromtimestamp(seconds, UTC)
    return markdown_dates.of_file(one.changed) or markdown_dates.UNKNOWN


IMPORTER = Adr()
