"""Who writes: names for new writers, kept in the user's state directory for one machine and folder.

A copy, a clone or a restored backup of a workspace is another folder, and gets a writer of its own.
"""

from __future__ import annotations

import getpass
import os
import re
import uuid
from secrets import token_hex
from typing import Any

from journal import cjson
from journal.errors import WorkspaceError
from journal.files import Folder
from journal.space import Space, state_home


def machine_without_id() -> str:
    """What tells this machine from others where the system keeps no id: macOS, some containers."""
    node = uuid.getnode()
    if not node >> 40 & 1:
        return f"{node:012x}"
    try:  # no network card either: that number is made up anew in each process
        os.makedirs(state_home(), mode=0o700, exist_ok=True)
        with Folder(state_home(), "") as folder:
            try:
                return folder.read("machine").decode("ascii", "replace")
            except FileNotFoundError:
                folder.replace("machine", token_hex(16).encode())
                return folder.read("machine").decode("ascii", "replace")
    except OSError as error:
        raise _no_identity(state_home(), error) from error


def _no_identity(folder: str, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"this writer's identity can't be kept ({error.strerror})",
        kind="no-identity",
        file=folder,
        hint="make the folder writable, or set XDG_STATE_HOME to one that is",
    )


def new_writer() -> str:
    """A name no other writer has: the user's, and a random ending."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # no such user in the container
        user = ""
    stem = re.sub(r"[^a-z0-9]+", "-", user.lower()).strip("-")[:20]
    return f"{stem or 'writer'}-{token_hex(3)}"


def new_identity(space: Space, folder: str, mine: list[Any], name: str = "") -> str:
    """A new writer, kept in the user's state directory for this machine, folder and lock file."""
    writer = name or new_writer()
    try:
        home, below, name_of_space = folder.rsplit("/", 2)
        os.makedirs(home, mode=0o700, exist_ok=True)
        with Folder(home, f"{below}/{name_of_space}", create=True) as held:
            text = cjson.dumps({"writer": writer, "valid-for": mine, "root": space.root})
            held.replace(f"{mine[1]}.json", text.encode())
    except OSError as error:
        raise _no_identity(folder, error) from error
    return writer
