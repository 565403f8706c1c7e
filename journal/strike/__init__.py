"""Purging and redacting on disk: under the lock, noted before, finished by whoever comes next.

The order makes it safe to be killed anywhere: note what is to be struck; append the entries that
say so; then spools, day files, what a repair set aside, tokens, attachments, and what is derived;
take the note away. Before the note nothing has happened; after it, each step can be done again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from time import time

from journal import dayfile, seal
from journal.errors import Conflict, JournalError
from journal.files import Folder
from journal.mend.exchange import free_name, recover, swap
from journal.mend.holding import session as held_session
from journal.mend.noted import ASIDE
from journal.protocol import Session
from journal.receipt import Receipt
from journal.space import CACHE, Space, writer_of
from journal.spool import FOLDER as SPOOLS
from journal.strike import intent as note
from journal.strike.intent import Intent, is_pending
from journal.strike.places import day_paths, names, read, spooled, still_named
from journal.strike.stroke import Names, Stroke, Strokes, in_day, in_spool, in_tokens
from journal.tokens import FOLDER as TOKENS

__all__ = [
    "Intent",
    "Stroke",
    "carry_out",
    "finish",
    "finish_locked",
    "held_session",
    "is_pending",
    "resume",
    "throw_away",
]

Derived = Callable[[set[str]], None]
_ROUNDS = 5
_KEPT = "striking-"
_REST = 60.0  # seconds after which a file that is written aside is no longer being written


def carry_out(
    session: Session,
    strokes: Iterable[Stroke],
    drafts: Iterable[dict[str, object]],
    derived: Derived,
) -> list[Receipt]:
    """Strike all of it, and append the entries that say so; their receipts.

    `derived` is given the ids, and strikes them from what is derived. JournalError before anything
    is done, or with all of it noted to be finished by the next who holds the lock.
    """
    root = session.space.root
    planned = {stroke.id: stroke for stroke in strokes}
    intent = Intent(tuple(planned.values()), tuple(drafts), _files(root, planned, {}))
    note.write(root, intent)
    receipts = _append(session, intent.drafts)
    _strike(session, intent, derived)
    return receipts


def resume(space: Space, home: Folder, lock_fd: int) -> list[str]:
    """`finish_locked` for who goes on anyway; what to tell if that can't be done now."""
    try:
        finish_locked(space, home, lock_fd)
    except (OSError, JournalError) as error:
        return [f"a purge or redaction that was cut short can't be finished yet: {error}"]
    return []


def finish_locked(space: Space, home: Folder, lock_fd: int) -> None:
    """Finish what was cut short, by who holds the lock and has no session yet.

    What is derived is thrown away. JournalError or OSError if it can't be done now.
    """
    intent = _begun(space.root)
    if intent is None:
        return
    session = Session(space, home, writer_of(space, lock_fd))
    try:
        if session.know(None):  # else another writer takes over first
            drafts = [draft for draft in intent.drafts if not _is_said(session, draft)]
            _append(session, drafts)
            _strike(session, intent, lambda _: throw_away(space.root))
    finally:
        session.close()


def finish(place: Space) -> None:
    """Finish what was cut short, if anything was; Conflict if it can't be done."""
    if is_pending(place.root):
        with held_session(place):
            pass


def _begun(root: str) -> Intent | None:
    """What is to be finished, with every file at its name again; None if there is nothing."""
    intent = note.read(root)
    if intent is None:
        note.remove(root)
        return None
    strokes = {stroke.id: stroke for stroke in intent.strokes}
    for path, kept in intent.files:  # before anything is appended, maybe to a file of that name
        _recovered(root, path, kept, strokes)
    return intent


def _append(session: Session, drafts: Sequence[dict[str, object]]) -> list[Receipt]:
    return session.append([seal.Sealing(draft) for draft in drafts]) if drafts else []


def _strike(session: Session, intent: Intent, derived: Derived) -> None:
    root = session.space.root
    strokes = {stroke.id: stroke for stroke in intent.strokes}
    files = _files(root, strokes, dict(intent.files))
    if files != intent.files:  # what waited in the spool has come to a file with the last append
        note.write(root, replace(intent, files=files))
    _keep_tokens(session, strokes)
    _each_file(root, SPOOLS, lambda data: in_spool(data, strokes))
    _forget_known(root)
    for path, kept in files:
        _strike_day(root, path, kept, strokes)
    _each_file(root, ASIDE, lambda data: in_day(data, strokes))
    _each_file(root, TOKENS, lambda data: in_tokens(data, strokes))
    for stroke in intent.strokes:
        for path in stroke.attachments:
            _unlink(root, path)
    derived(set(strokes))
    note.remove(root)


def _files(root: str, strokes: Strokes, noted: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The day files that may hold what is struck, each with the name that its old bytes get."""
    found, wanted = dict(noted), Names(strokes)
    for path in day_paths(root):
        if path not in found and wanted.may_be_in(read(root, path)):
            found[path] = _KEPT + seal.sha256(path.encode()).hexdigest()[:16]
    return tuple(found.items())


def _is_said(session: Session, draft: dict[str, object]) -> bool:
    """Whether the entry was appended already, before this was cut short."""
    fields: dict[str, object] = draft["fields"]  # type: ignore[assignment]
    for record in reversed(session.spooled().all):
        if b"kind: %s\n" % str(draft["kind"]).encode() in record.header:
            values = dayfile.parse(record.slice).values
            if all(values.get(key) == value for key, value in fields.items()):
                return True
    return False


def _keep_tokens(session: Session, strokes: Strokes) -> None:
    """A token that came with a struck entry still names it: or the text would come again."""
    from journal.tokens import keep

    records = spooled(session.space.root)
    if mine := [r for r in records if r.id in strokes and r.facts.get("token")]:
        keep(session, mine)


def _each_file(root: str, folder: str, change: Callable[[bytes], bytes]) -> None:
    """Change the journal's own files of a folder; what a killed write has left there goes."""
    with suppress(FileNotFoundError), Folder(root, folder) as here:
        for name in names(here):
            if _is_aside(name):
                here.remove(name)
                continue
            with suppress(IsADirectoryError):
                data = here.read(name)
                if (new := change(data)) != data:
                    here.replace(name, new)
        here.flush()


def _forget_known(root: str) -> None:
    """The spools' caches know places and digests that are no more."""
    with suppress(FileNotFoundError), Folder(root, CACHE) as here:
        for name in names(here):
            if name.endswith(".known"):
                here.remove(name)


def _strike_day(root: str, path: str, kept: str, strokes: Strokes) -> None:
    """One day file; an editor that saves it meanwhile is waited for, and never written over."""
    _recovered(root, path, kept, strokes)
    for _ in range(_ROUNDS):
        data = read(root, path)
        new = in_day(data, strokes)
        if new == data:
            return
        try:
            swap(root, path, seal.digest(data), new, kept)
        except Conflict:
            _recovered(root, path, kept, strokes)
            continue
        _drop(root, kept)
        return
    raise still_named(path)


def _recovered(root: str, path: str, kept: str, strokes: Strokes) -> None:
    """What an exchange that was cut short has set aside is back, or done with."""
    with suppress(FileNotFoundError), Folder(root, ASIDE) as aside:
        if kept not in names(aside):
            return
        if not os.path.lexists(f"{root}/{path}"):
            recover(root, path, kept)
            return
        held = aside.read(kept)
        if read(root, path) in (held, in_day(held, strokes)):
            _drop(root, kept)
        else:  # somebody saved another text meanwhile: both stay, this one struck where it is
            aside.rename(kept, free_name(root, path))


def _drop(root: str, kept: str) -> None:
    with Folder(root, ASIDE) as aside:
        aside.remove(kept)
        aside.flush()


def _unlink(root: str, path: str) -> None:
    """Remove an attachment, and copies of it that were never finished."""
    folder, _, name = path.rpartition("/")
    with suppress(FileNotFoundError), Folder(root, folder) as here:
        for other in names(here):
            if other == name or (_is_aside(other) and not _is_under_way(here, other)):
                here.remove(other)
        here.flush()


def _is_aside(name: str) -> bool:
    return name.startswith(".") and name.endswith(".new")


def _is_under_way(here: Folder, name: str) -> bool:
    with suppress(FileNotFoundError):
        return abs(time() - here.stat(name).st_mtime) < _REST
    return False


def throw_away(root: str) -> None:
    """Remove all that is derived: it comes back by itself, without what was struck.

    Conflict if it can't be removed.
    """
    from shutil import rmtree

    with suppress(OSError, JournalError):
        rmtree(f"{root}/{CACHE}")
    if os.path.lexists(f"{root}/{CACHE}"):
        raise Conflict(
            "is still there, and may hold what was struck",
            kind="changed-on-disk",
            file=CACHE,
            hint="delete it: it comes back by itself",
        )
