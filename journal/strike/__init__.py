"""Purging and redacting on disk: under the lock, noted before, finished by whoever writes next.

The order makes it safe to be killed anywhere: note what is to be struck; append the entries that
say so; then spools, day files, what a repair set aside, tokens, attachments, and what is derived;
take the note away. Before the note nothing has happened; after it, each step can be done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from journal import dayfile, seal
from journal.dayfile import INTACT
from journal.deadletters.again import strike as strike_letters
from journal.errors import JournalError
from journal.files import Folder
from journal.mend.holding import session as held_session
from journal.mend.noted import ASIDE
from journal.protocol import Session
from journal.receipt import Receipt
from journal.space import Space, writer_of
from journal.spool import FOLDER as SPOOLS
from journal.strike import exchange
from journal.strike import intent as note
from journal.strike.exchange import throw_away
from journal.strike.intent import Intent, is_pending
from journal.strike.places import day_paths, kept_aside, own_paths, read, spooled
from journal.strike.stroke import Names, Stroke, Strokes, in_day, in_spool, in_tokens
from journal.strike.witness import attachments_of_others
from journal.tokens import FOLDER as TOKENS

__all__ = [
    "Intent",
    "Stroke",
    "carry_out",
    "finish_locked",
    "held_session",
    "is_pending",
    "resume",
    "throw_away",
]

Derived = Callable[[set[str]], None]
_KEPT = "striking-"


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
        return finish_locked(space, home, lock_fd)
    except (OSError, JournalError) as error:
        said = error.message if isinstance(error, JournalError) else str(error)
        return [f"a purge or redaction that was cut short can't be finished yet: {said}"]


def finish_locked(space: Space, home: Folder, lock_fd: int) -> list[str]:
    """Finish what was cut short, by who holds the lock and has no session yet; what to tell.

    What is derived is thrown away. JournalError or OSError if it can't be done now.
    """
    intent = _begun(space.root)
    if intent is None:
        return []
    session = Session(space, home, writer_of(space, lock_fd))
    try:
        if not session.know(None):  # another writer takes over first
            return []
        said = _said(space.root, intent.drafts)
        _append(session, [draft for draft in intent.drafts if not _is_said(said, draft)])
        _strike(session, intent, lambda _: throw_away(space.root))
    finally:
        session.close()
    return [_finished(intent)]


def _finished(intent: Intent) -> str:
    if all(stroke.purge for stroke in intent.strokes):
        return "finished a purge that had been cut short"
    return (
        "finished a redaction that had been cut short; `journal redact scan` tells if an editor"
        " saved a secret meanwhile"
    )


def _begun(root: str) -> Intent | None:
    """What is to be finished, with every file at its name again; None if there is nothing."""
    intent = note.read(root)
    if intent is None:
        return None
    strokes = {stroke.id: stroke for stroke in intent.strokes}
    for path, kept in intent.files:  # before anything is appended, maybe to a file of that name
        exchange.recovered(root, path, kept, strokes)
    return intent


def _append(session: Session, drafts: Sequence[dict[str, object]]) -> list[Receipt]:
    return session.append([seal.Sealing(draft) for draft in drafts]) if drafts else []


def _strike(session: Session, intent: Intent, derived: Derived) -> None:
    root = session.space.root
    strokes = {stroke.id: stroke for stroke in intent.strokes}
    strike_letters(session.space)
    files = _files(root, strokes, dict(intent.files))
    if files != intent.files:  # what waited in the spool has come to a file with the last append
        note.write(root, replace(intent, files=files))
    _keep_tokens(session, strokes)
    exchange.each_file(root, SPOOLS, lambda data: in_spool(data, strokes))
    exchange.forget_known(root)
    for path, kept in files:
        exchange.strike_day(root, path, kept, strokes)
    exchange.each_file(root, ASIDE, lambda data: in_day(data, strokes))
    exchange.each_file(root, TOKENS, lambda data: in_tokens(data, strokes))
    _unlink(root, strokes)
    derived(set(strokes))
    note.remove(root)


def _unlink(root: str, strokes: Strokes) -> None:
    """Remove what was attached, unless an entry that stays has come to name it since."""
    paths = {path for stroke in strokes.values() for path in stroke.attachments}
    for path in sorted(paths - attachments_of_others(root, paths, set(strokes))):
        exchange.unlink(root, path)


def _files(root: str, strokes: Strokes, noted: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The day files that may hold what is struck, each with the name that its old bytes get."""
    found, wanted = dict(noted), Names(strokes)
    for path in (*day_paths(root), *kept_aside(root)):
        if path not in found and wanted.may_be_in(read(root, path)):
            found[path] = _KEPT + seal.sha256(path.encode(errors="replace")).hexdigest()[:16]
    return tuple(found.items())


_Said = Mapping[tuple[str, str], list[dict[str, Any]]]


def _said(root: str, drafts: Sequence[dict[str, Any]]) -> _Said:
    """What sealed entries of these drafts' kinds say, whoever wrote them, by kind and target."""
    marks = {b"\nkind: %s\n" % str(draft["kind"]).encode() for draft in drafts}
    texts = [record.slice for record in spooled(root)] if marks else []
    texts += [seal.normal(read(root, path)) for path in own_paths(root)] if marks else []
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for text in texts:
        for piece in dayfile.pieces(text) if any(mark in text for mark in marks) else ():
            if piece.state == INTACT:
                of = (str(piece.values.get("kind")), str(piece.values.get("of")))
                found.setdefault(of, []).append(piece.values)
    return found


def _is_said(said: _Said, draft: dict[str, Any]) -> bool:
    """Whether the entry was appended already, before this was cut short."""
    fields: dict[str, object] = draft["fields"]
    return any(
        all(values.get(key) == value for key, value in fields.items())
        for values in said.get((str(draft["kind"]), str(fields.get("of"))), ())
    )


def _keep_tokens(session: Session, strokes: Strokes) -> None:
    """A token that came with a struck entry still names it: or the text would come again."""
    from journal.tokens import keep

    records = spooled(session.space.root)
    if mine := [r for r in records if r.id in strokes and r.facts.get("token")]:
        keep(session, mine)
