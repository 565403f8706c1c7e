"""Dead letters looked at, brought in after all, thrown away, and rid of what may not be kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any

from journal import credentials, protocol
from journal.cjson import dumps
from journal.daypath import day_files
from journal.deadletters import read, waiting
from journal.deadletters.imported import Imported
from journal.errors import JournalError, WorkspaceError
from journal.files import Folder, close, lock, unlock
from journal.intake import Intake
from journal.seal import normal, scalar
from journal.space import STATE, Space, open_space
from journal.spool import FOLDER as SPOOLS

if TYPE_CHECKING:
    from journal.space import Turned

_LOCK = "dead.lock"
_HEADER = 4096  # bytes after `at` within which a header's source stands


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter that waits: its file, and what it says."""

    file: str
    facts: dict[str, Any]

    @property
    def draft(self) -> dict[str, Any] | None:
        """The draft as it may be appended; None if only the size was kept."""
        held = self.facts.get("draft")
        if not isinstance(held, dict) or not isinstance(held.get("body"), str):
            return None
        return {**held, "body": held["body"].encode()}

    def record(self) -> dict[str, Any]:
        """The letter as JSON shows it, without its text."""
        shown = {key: self.facts.get(key) for key in ("at", "agent", "event")}
        shown = {key: value if isinstance(value, str) else "" for key, value in shown.items()}
        size, error = self.facts.get("bytes"), self.facts["error"]
        draft = self.draft or {}
        return {
            "file": self.file,
            **shown,
            "bytes": size if isinstance(size, int) else 0,
            "error": {key: str(error.get(key, "")) for key in ("kind", "message")},
            "kept": bool(draft),
            "title": str(draft.get("title") or ""),
        }


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of letters: the entries appended, how many were there already, what is left."""

    brought: tuple[str, ...]
    known: int
    left: tuple[Waiting, ...]


def letters(root: str) -> list[Waiting]:
    """The letters that wait, the oldest first. `root`: empty for those of no workspace."""
    return [Waiting(f"{folder}/{name}", read(folder, name)) for folder, name in waiting(root)]


def retry(root: str, turned: Turned | None = None) -> Retried:
    """Append what letters hold; they are gone then. `turned`: as in `Space`.

    What can't be appended stays, with the error of this time. What an import has brought meanwhile
    is known.
    """
    space = open_space(root, int(time()))
    space.turned = turned
    if not space.enabled:
        raise WorkspaceError(
            "nothing is appended: enabled = false in journal.toml",
            kind="disabled",
            hint="set enabled = true there first",
        )
    brought, left, known = [], [], 0
    with _alone(root):
        intake, imported = _intake(space), Imported(lambda date: _texts(root, date))
        for one in letters(root):
            draft = one.draft
            if draft is None:
                left.append(one)
            elif _is_there(root, draft) or imported.take(draft):
                known += 1
                os.unlink(one.file)
            else:
                try:
                    receipt = protocol.append(space, [intake.admit(draft)])[0]
                except JournalError as error:
                    told = {"kind": error.kind, "message": error.message}
                    left.append(Waiting(one.file, {**one.facts, "error": told}))
                else:
                    brought.append(receipt.id)
                    os.unlink(one.file)
    return Retried(tuple(brought), known, tuple(left))


def drop(root: str) -> list[Waiting]:
    """Throw all letters away; what they were."""
    found = letters(root)
    for one in found:
        with suppress(FileNotFoundError):
            os.unlink(one.file)
    return found


def strike(space: Space) -> None:
    """Rid the letters of what may not be kept any more.

    To be called before entries are struck, under the lock: a letter whose entry is there, which was
    only not taken away, goes with it. The others go through policy and redaction once more.
    """
    found = letters(space.root)
    intake = _intake(space) if found else None
    for one in found:
        draft = one.draft
        if draft is None or intake is None:
            continue
        if _is_there(space.root, draft):
            os.unlink(one.file)
            continue
        try:
            fitted: dict[str, Any] = intake.fitted(draft)[0]
            shown: dict[str, Any] | None = {**fitted, "body": fitted["body"].decode()}
        except JournalError:
            shown = None
        if shown != one.facts["draft"]:
            folder, name = os.path.split(one.file)
            with Folder(folder, "") as dead:
                dead.replace(name, dumps({**one.facts, "draft": shown}).encode())


def _intake(space: Space) -> Intake:
    values = credentials.known(space.root)
    intake = Intake(space.root, space.policy, space.namespace, values)
    space.veil = intake.head
    return intake


@contextmanager
def _alone(root: str) -> Iterator[None]:
    """Nobody else brings the same letters in meanwhile."""
    with Folder(root, STATE, create=True) as state:
        fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
    try:
        lock(fd)
        yield
    finally:
        unlock(fd)
        close(fd)


def _is_there(root: str, draft: dict[str, Any]) -> bool:
    """Whether the entry stands in the journal: a capture's moment and source are its own."""
    at, source = str(draft.get("at") or ""), str((draft.get("fields") or {}).get("source") or "")
    if not at or not source:
        return False
    moment = f"\nat: {at}\n".encode()
    line = f"\nsource: {scalar(source)}\n".encode()
    return any(_stands(data, moment, line) for data in _texts(root, at[:10]))


def _stands(data: bytes, moment: bytes, line: bytes) -> bool:
    found = data.find(moment)
    while found >= 0:
        if line in data[found : found + _HEADER]:
            return True
        found = data.find(moment, found + 1)
    return False


def _texts(root: str, date: str) -> Iterator[bytes]:
    """Whatever may hold an entry of that day."""
    paths = [day.path for day in day_files(root) if day.date == date]
    with suppress(OSError):
        paths += [f"{SPOOLS}/{name}" for name in os.listdir(f"{root}/{SPOOLS}")]
    for path in paths:
        folder, name = os.path.split(path)
        with suppress(OSError, JournalError), Folder(root, folder) as held:
            yield normal(held.read(name))
