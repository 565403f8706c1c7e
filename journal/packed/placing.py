"""What a pack brought takes its place: under the append's lock, all of it or nothing.

The order makes it safe to be killed anywhere: all is flushed; a note says what is about to be done;
one rename gives the folder its name; the entry is appended that tells of it, and vouches for it;
the note goes. Whoever takes the lock next finishes what was cut short. Before the note nothing has
happened. Between rename and entry it is the note that vouches.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from journal import seal
from journal.daypath import MANIFEST, is_pack
from journal.errors import JournalError, UsageError, WorkspaceError
from journal.files import HANDLES, Folder, close, flush
from journal.mend.holding import session as held_session
from journal.names import is_slug
from journal.notebook import given
from journal.policy.gates import Approval
from journal.protocol import Session
from journal.receipt import Receipt
from journal.space import PENDING, PLACING, STATE, Space, writer_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.entry import Draft
    from journal.notebook import Notebook

SCHEMA = "journal/placing@1"
_NAME = PLACING.rpartition("/")[2]
# Ids and digests, which may look like secrets.
_OURS = ("event", "pack", "manifest", "workspace")


@dataclass(frozen=True, slots=True)
class Note:
    """What is about to take its place, and the entries that tell of it (for `seal.Sealing`).

    `staged` and `folder`: where it lies, and where it is to lie, relative to the workspace.
    """

    staged: str
    folder: str
    manifest: str  # the digest of its manifest
    drafts: tuple[dict[str, Any], ...]


def place(notebook: Notebook, staged: str, name: str, draft: Draft, *more: Draft) -> Receipt:
    """Give a folder that was made ready below `.journal/state/` its place, and append the entry.

    And `more` that tell of it: entries of kind `redact`, of what was masked in it. The receipt is
    the first one's.

    `staged` is relative to the workspace, or absolute; it is gone then. `name` begins with
    `pack.<the pack's id>`: who imports it, which is known only under the lock, follows by itself,
    and a number where that name is taken. The entry says `event: pack-imported` and names the
    manifest's digest as `manifest`.

    JournalError before anything is done, or with all of it noted, to be finished by whoever writes
    next. Refused if the entry's words may not be kept.
    """
    staged = _inside(notebook.root, staged)
    drafts = (_record(notebook, draft, name), *_redacts(notebook, more, name))
    note = Note(staged, "", _manifest(notebook.root, staged), drafts)
    _flush(Folder(notebook.root, staged))
    with held_session(notebook.place) as session:
        note = replace(note, folder=_free(session, name))
        _write(notebook.root, note)
        receipt = _carried_out(session, note)
        receipt.notices = [*session.notices, *receipt.notices]
    return receipt


def settle(notebook: Notebook) -> list[str]:
    """Finish what was cut short, if anything was: what to tell of it."""
    if not os.path.lexists(f"{notebook.root}/{PLACING}"):
        return []
    with held_session(notebook.place) as session:
        return list(session.notices)


def noted(root: str) -> str:
    """The digest of the manifest that is taking its place just now; empty if none is."""
    try:
        note = _read(root)
    except JournalError:
        return ""
    return note.manifest if note else ""


def awaited(root: str) -> dict[str, str]:
    """The headers from before of what was masked in the import that is taking its place, by id.

    Entries will say so: between rename and entries it is the note that does.
    """
    try:
        note = _read(root)
    except JournalError:
        note = None
    told = [draft.get("fields", {}) for draft in note.drafts] if note else []
    return {str(one["of"]): str(one["old"]) for one in told if "of" in one and "old" in one}


def resume(space: Space, home: Folder, lock_fd: int) -> list[str]:
    """`finish_locked` for who goes on anyway; what to tell if that can't be done now."""
    from journal import strike

    told = []
    if os.path.lexists(f"{space.root}/{PENDING}"):
        told = strike.resume(space, home, lock_fd)
    try:
        return told + _finished(space, home, lock_fd)
    except (OSError, JournalError) as error:
        said = error.message if isinstance(error, JournalError) else str(error)
        return [*told, f"an import that was cut short can't be finished yet: {said}"]


def finish_locked(space: Space, home: Folder, lock_fd: int) -> list[str]:
    """Finish strikes and imports that were cut short, by who holds the lock and has no session yet.

    What to tell of it. JournalError or OSError if it can't be done now.
    """
    from journal import strike

    told = strike.finish_locked(space, home, lock_fd)
    return told + _finished(space, home, lock_fd)


def _finished(space: Space, home: Folder, lock_fd: int) -> list[str]:
    note = _read(space.root)
    if note is None:
        return []
    if not _is_there(space.root, note.staged) and not _is_there(space.root, note.folder):
        _remove(space.root)
        return ["an import was cut short, and what it had made ready is gone: import it once more"]
    session = Session(space, home, writer_of(space, lock_fd))
    try:
        if not session.know(None):  # another writer takes over first
            return []
        _carried_out(session, note)
    finally:
        session.close()
    return ["finished an import that had been cut short"]


def _carried_out(session: Session, note: Note) -> Receipt:
    root = session.space.root
    if not _is_there(root, note.folder):
        _rename(root, note.staged, note.folder)
    receipt = session.append([seal.Sealing(draft) for draft in note.drafts])[0]
    _remove(root)
    return receipt


def _record(notebook: Notebook, draft: Draft, name: str) -> dict[str, Any]:
    """The entry's draft as the journal's own record; its token keeps it from being told twice."""
    asked = given(draft, notebook.store)
    kept = {key: asked["fields"][key] for key in _OURS if key in asked["fields"]}
    own: dict[str, Any] = dict(notebook.intake.own(asked))
    own["fields"] = {**own["fields"], **kept}
    own["token"] = _token(name)
    return own


def _redacts(notebook: Notebook, drafts: Sequence[Draft], name: str) -> list[dict[str, Any]]:
    """The drafts of what was masked: whatever the policy marks, what comes in is masked."""
    over = notebook.approval
    with notebook.under(Approval(over.id if over else "", ("redact",))):
        found = [dict(notebook.intake.own(given(one, notebook.store))) for one in drafts]
    return [one | {"token": _token(name)} for one in found]


def _token(name: str) -> str:
    return f"{_stem(name)}.{os.urandom(4).hex()}"


def _stem(name: str) -> str:
    stem = ".".join(name.split(".")[:2])
    if not is_pack(f"{stem}.x"):
        raise UsageError(f"{name!r} is no name for what a pack brought", kind="bad-name")
    return stem


def _free(session: Session, name: str) -> str:
    first = f"journal/{_stem(name)}.{session.writer}"
    folder, number = first, 1
    while _is_there(session.space.root, folder):
        number += 1
        folder = f"{first}.{number}"
    return folder


def _is_there(root: str, path: str) -> bool:
    return os.path.lexists(f"{root}/{path}")


def _inside(root: str, staged: str) -> str:
    path = os.path.relpath(staged, root) if os.path.isabs(staged) else os.path.normpath(staged)
    path = path.replace(os.sep, "/")
    if not path.startswith(f"{STATE}/"):
        raise UsageError("is not below the workspace's state", kind="no-folder", file=staged)
    return path


def _manifest(root: str, staged: str) -> str:
    with Folder(root, staged) as folder:
        return seal.digest(folder.read(MANIFEST))


def _flush(folder: Folder) -> None:
    """All that lies in the folder survives a power cut; JournalError if any of it is no file."""
    with folder:
        for name in os.listdir(folder.fd if HANDLES else folder.path):
            mode = folder.stat(name).st_mode
            if stat.S_ISDIR(mode):
                _flush(folder.inner(name))
            elif stat.S_ISREG(mode):
                fd = folder.open(name, os.O_RDWR)
                try:
                    flush(fd)
                finally:
                    close(fd)
            else:
                raise WorkspaceError(
                    "is a link or no file", kind="outside-workspace", file=f"{folder.path}/{name}"
                )
        folder.flush()


def _rename(root: str, old: str, new: str) -> None:
    above, _, name = old.rpartition("/")
    below, _, to = new.rpartition("/")
    with Folder(root, above) as here, Folder(root, below, create=True) as there:
        if HANDLES:
            os.rename(name, to, src_dir_fd=here.fd, dst_dir_fd=there.fd)
        else:
            os.rename(f"{here.path}/{name}", f"{there.path}/{to}")
        there.flush()
        here.flush()


# The note


def _write(root: str, note: Note) -> None:
    said = {
        "schema": SCHEMA,
        "staged": note.staged,
        "folder": note.folder,
        "manifest": note.manifest,
        "drafts": [{**draft, "body": draft["body"].decode()} for draft in note.drafts],
    }
    with Folder(root, STATE, create=True) as state:
        state.replace(_NAME, json.dumps(said).encode())


def _read(root: str) -> Note | None:
    """What is noted; None if there is nothing. WorkspaceError `state-damaged` if it is no note."""
    try:
        with Folder(root, STATE) as state:
            data = state.read(_NAME)
    except FileNotFoundError:
        return None
    except (OSError, JournalError) as error:
        raise _damaged(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        return _note(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged("is no whole note of this version") from error


def _note(said: dict[str, Any]) -> Note:
    _, name = said["folder"].split("/")
    if said["schema"] != SCHEMA or not is_pack(name) or not is_slug(name.split(".")[2]):
        raise ValueError(said["schema"])
    drafts = tuple({**draft, "body": draft["body"].encode()} for draft in said["drafts"])
    if _inside("", said["staged"]) != said["staged"]:
        raise ValueError(said["staged"])
    return Note(said["staged"], said["folder"], str(said["manifest"]), drafts)


def _damaged(what: str) -> WorkspaceError:
    return WorkspaceError(
        what,
        kind="state-damaged",
        file=PLACING,
        hint="it stays as it is: a newer version of the journal may have written it and can finish"
        " it; else see what it names, then move it away",
    )


def _remove(root: str) -> None:
    with Folder(root, STATE) as state:
        state.remove(_NAME)
        state.flush()
