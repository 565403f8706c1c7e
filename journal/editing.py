"""A day file in a person's editor: which one may be opened, where, and what came of it.

Only this writer's own files: a foreign one would conflict with its owner's (FORMAT 3). The file of
a day that has none is begun as an append would begin it, and taken away again if nothing came.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from journal import chain, dayfile, mend
from journal.chain import Verdict
from journal.daypath import DayFile
from journal.entry import Entry
from journal.errors import Conflict, UsageError
from journal.files import Folder
from journal.mend import exchange, holding
from journal.names import SLUG, is_slug
from journal.notebook import Notebook
from journal.verify import own_writer


@dataclass(frozen=True, slots=True)
class Place:
    """Where an editor opens: the file relative to the workspace, the line from 1.

    `before` is what the file held, `begun` whether it was made for this, `notices` what was mended.
    """

    file: str
    line: int
    before: bytes
    begun: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an edit came to: whether the file changed, new handwritten entries, the day's states."""

    date: str
    changed: bool
    new: tuple[Verdict, ...]
    verdicts: tuple[Verdict, ...]


def at_entry(notebook: Notebook, entry: Entry) -> Place:
    """The place of an entry in this writer's own file; UsageError `not-yours`, `not-in-a-file`."""
    file, line = entry.source.file, entry.source.line
    if not line:
        raise UsageError(
            f"{entry.id} is not in its file yet",
            kind="not-in-a-file",
            hint="the next append puts it there",
        )
    day, mine = DayFile(file), own_writer(notebook.store)
    owner = day.writer or notebook.store.config.writer
    if day.pack or not day.regular or owner != mine:
        whose = f"the file of writer {owner}" if day.regular else "a copy, and no writer's file"
        if day.pack:
            whose = f"what an imported pack brought of writer {owner}"
        raise UsageError(
            f"this is {whose}; this folder's writer is {mine or 'not named yet'}",
            kind="not-yours",
            file=file,
            line=line,
            hint=f"add to it with `journal append --parent {entry.id}`; who edits it all the same"
            " may meet conflicts",
        )
    return Place(file, line, notebook.store.content(file) or b"")


def at_day(notebook: Notebook, date: str, namespace: str = "") -> Place:
    """The end of the file that this writer goes on in that day, begun if there is none."""
    if namespace and not is_slug(namespace):
        raise UsageError(f"namespace {namespace!r} is no name", kind="bad-name", hint=SLUG)
    with holding.session(notebook.place) as session:
        file = session.path_for(namespace or session.space.namespace, date)
        before = notebook.store.content(file) or b""
        begun = not before
        if begun:
            session.days.put(file, [])
            before = notebook.store.content(file) or b""
        line = before.count(b"\n") + (not before.endswith(b"\n"))
        return Place(file, max(line, 1), before, begun, tuple(session.notices))


def finish(notebook: Notebook, place: Place) -> bool:
    """Whether the file changed; one that was begun for nothing is taken away."""
    now = notebook.store.content(place.file)
    if place.begun and now == place.before:
        _take_away(notebook, place)
    return now != place.before


def _take_away(notebook: Notebook, place: Place) -> None:
    """Remove a file that nobody wrote to: set aside first, as somebody may be saving it now."""
    with mend.locked(notebook.root), suppress(Conflict):
        before = mend.digest(notebook.root, place.file)
        kept = exchange.free_name(notebook.root, place.file)
        if notebook.store.content(place.file) == place.before:
            exchange.take(notebook.root, place.file, before, kept)
            with Folder(notebook.root, mend.ASIDE) as aside:
                aside.remove(kept)


def outcome(notebook: Notebook, place: Place, *, changed: bool) -> Outcome:
    """The states of that day's entries, and which handwritten ones are new."""
    date = DayFile(place.file).date
    known = Counter(
        chain.slice_digest(piece.raw) for piece in dayfile.pieces(place.before) if not piece.header
    )
    new, verdicts = [], []
    for verdict in notebook.verify():
        if DayFile(verdict.file).date != date:
            continue
        verdicts.append(verdict)
        if verdict.file == place.file and verdict.state == "handwritten" and not verdict.pin:
            known[verdict.new] -= 1
            if known[verdict.new] < 0:
                new.append(verdict)
    return Outcome(date, changed, tuple(new), tuple(verdicts))
