"""The state file: a memory's structure on disk, replaced whole, readable by its owner alone."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from threading import Lock
from typing import Any

from journal.cjson import dumps, loads
from journal.errors import JournalError
from journal.files import Folder
from journal.space import STATE
from journal.working.state import BrokenState

FOLDER = f"{STATE}/working"
_MOST = 64 << 20
_replacing = Lock()  # what is written aside has one name in a process


@dataclass(frozen=True, slots=True)
class StateFile:
    """A file below a root; `shown` is what to call it."""

    root: str
    folder: str
    name: str
    shown: str

    @classmethod
    def of(cls, root: str, namespace: str, session: str, given: object = None) -> StateFile:
        """The file of a session's memory: the one given, or its own in the workspace."""
        if given is None:
            folder, name = f"{FOLDER}/{namespace}", f"{session}.json"
            return cls(root, folder, name, f"{folder}/{name}")
        path = os.path.abspath(os.fspath(given))  # type: ignore[call-overload]
        return cls(os.path.dirname(path), "", os.path.basename(path), path)

    def read(self) -> Any:
        """The JSON value in it, None if there is no file; BrokenState if it can't be read."""
        try:
            with Folder(self.root, self.folder) as folder:
                found = folder.stat(self.name)
                if not stat.S_ISREG(found.st_mode):
                    raise BrokenState("it is a link or no file, and is not read")
                if found.st_size > _MOST:
                    raise BrokenState(f"it has {found.st_size:,} bytes: no state is that large")
                data = folder.read(self.name)
        except FileNotFoundError:
            return None
        except JournalError as error:
            raise BrokenState(str(error)) from error
        except OSError as error:
            raise BrokenState(f"it can't be read: {error.strerror}") from error
        try:
            return loads(data.decode().strip())
        except UnicodeDecodeError as error:
            raise BrokenState("it is no text") from error
        except ValueError as error:
            raise BrokenState("it is no JSON" if data.strip() else "it is empty") from error

    def write(self, record: dict[str, Any]) -> None:
        """Replace its content, durably; JournalError if that can't be done: it is as it was."""
        data = _drawn(record).encode()
        try:
            with _replacing, Folder(self.root, self.folder, create=True) as folder:
                folder.replace(self.name, data)
        except OSError as error:
            raise JournalError(
                f"the state of working memory can't be kept: {error.strerror}",
                kind="not-written",
                file=self.shown,
                hint="nothing is lost: every message is in the journal",
            ) from error


def _drawn(record: dict[str, Any]) -> str:
    """JSON with a line for each key, and for each message: a person can read what changed."""
    lines = []
    for key, value in record.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n".join(f"  {dumps(one)}" for one in value)
            lines.append(f"{dumps(key)}: [\n{inner}\n]")
        else:
            lines.append(f"{dumps(key)}: {dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
