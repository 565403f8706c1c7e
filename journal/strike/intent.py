"""What is about to be struck, noted durably before anything is: who comes next can finish it.

The note holds ids, stubs and masked slices, never what is struck. It lies in `.journal/state/`
until nothing is left to do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journal.errors import JournalError, WorkspaceError
from journal.files import Folder
from journal.space import PENDING, STATE
from journal.strike.stroke import Stroke

SCHEMA = "journal/striking@1"
_NAME = PENDING.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Intent:
    """What is struck, the entries that say so (as `seal.Sealing` takes them), and which files."""

    strokes: tuple[Stroke, ...]
    drafts: tuple[dict[str, Any], ...]
    files: tuple[tuple[str, str], ...] = ()  # each day file, and the name its old bytes get


def is_pending(root: str) -> bool:
    """Whether something was begun and is not done."""
    return os.path.lexists(f"{root}/{PENDING}")


def write(root: str, intent: Intent) -> None:
    """Note it, durably."""
    noted = {
        "schema": SCHEMA,
        "strokes": [_stroke(stroke) for stroke in intent.strokes],
        "drafts": [{**draft, "body": draft["body"].decode()} for draft in intent.drafts],
        "files": intent.files,
    }
    with Folder(root, STATE, create=True) as state:
        state.replace(_NAME, json.dumps(noted).encode())


def read(root: str) -> Intent | None:
    """What is noted; None if there is nothing.

    WorkspaceError `state-damaged` if it can't be read, or is none that this version writes: it may
    be all that knows where a day file was set aside, so it stays.
    """
    try:
        with Folder(root, STATE) as state:
            data = state.read(_NAME)
    except FileNotFoundError:
        return None
    except (OSError, JournalError) as error:
        raise _damaged(f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        return _intent(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged("is no whole note of this version") from error


def _intent(noted: Mapping[str, Any]) -> Intent:
    if noted["schema"] != SCHEMA:
        raise ValueError(noted["schema"])
    drafts = [{**draft, "body": draft["body"].encode()} for draft in noted["drafts"]]
    files = [(path, kept) for path, kept in noted["files"]]
    return Intent(tuple(map(_again, noted["strokes"])), tuple(drafts), tuple(files))


def _damaged(what: str) -> WorkspaceError:
    return WorkspaceError(
        what,
        kind="state-damaged",
        file=PENDING,
        hint="it stays as it is: a newer version of the journal may have written it and can finish"
        " it; else see what it names, then move it away",
    )


def remove(root: str) -> None:
    """All of it is done."""
    with Folder(root, STATE) as state:
        state.remove(_NAME)
        state.flush()


def _stroke(stroke: Stroke) -> dict[str, Any]:
    return {
        "id": stroke.id,
        "purge": stroke.purge,
        "stub": _text(stroke.stub),
        "instead": {digest: _text(new) for digest, new in stroke.instead.items()},
        "attachments": stroke.attachments,
    }


def _again(noted: Mapping[str, Any]) -> Stroke:
    instead = {digest: _bytes(new) for digest, new in noted["instead"].items()}
    attachments: Sequence[str] = noted["attachments"]
    return Stroke(noted["id"], noted["purge"], _bytes(noted["stub"]), instead, tuple(attachments))


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
