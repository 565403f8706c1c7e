"""Attachments as far as they may leave a workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256

from journal.errors import JournalError
from journal.files import Folder
from journal.packing.outgoing import Outgoing

_CHUNK = 1 << 20


class Attached:
    """The files that entries brought; `left` says of each that may not go, why."""

    def __init__(self, root: str, outgoing: Outgoing) -> None:
        self._root, self._outgoing = root, outgoing
        self.left: dict[str, str] = {}

    def may_go(self, path: str, namespace: str) -> bool:
        """Whether the file is there, is what its name says, and holds no secret.

        It is named by its digest, so that it can't be masked.
        """
        state = sha256()
        try:
            for chunk in self.chunks(path):
                state.update(chunk)
            if state.hexdigest() != path.rpartition("/")[2]:
                self.left[path] = "its content was changed"
            elif self._outgoing.holds_secret(self.chunks(path), namespace):
                self.left[path] = "it holds a secret"
        except FileNotFoundError:
            self.left[path] = "it is gone"
        except (OSError, JournalError) as error:
            self.left[path] = f"it can't be read: {getattr(error, 'strerror', None) or error}"
        return path not in self.left

    def chunks(self, path: str) -> Iterator[bytes]:
        """Its bytes, in portions."""
        folder, _, name = path.rpartition("/")
        with Folder(self._root, folder) as here:
            fd = here.open(name, os.O_RDONLY)
            try:
                while chunk := os.read(fd, _CHUNK):
                    yield chunk
            finally:
                os.close(fd)
