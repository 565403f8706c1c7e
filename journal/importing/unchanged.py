"""Files that are as they were when all of them was imported: they needn't be read again.

Kept in the cache, because that is all it spares: a file read again brings nothing twice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from journal.cjson import dumps, loads
from journal.errors import JournalError
from journal.files import Folder
from journal.importing.brought import Options
from journal.seal import sha256

if TYPE_CHECKING:
    from journal.api import Journal

_CACHE = ".journal/cache"
_NAME = "imported.json"
_MOST = 100_000  # files


class Unchanged:
    """The files of one importer that were read to their end."""

    def __init__(self, journal: Journal, importer: str, options: Options) -> None:
        self._root = journal.root
        self._key = f"{importer} {options.namespace} {dumps(dict(options.values))}"
        self._keeps = not options.dry_run and options.since is None and not options.full
        self._birth = journal.catalog.birth
        self._held = self._load() if self._keeps else {}
        self._new: dict[str, list[int]] = {}  # not saved yet

    def holds(self, file: str) -> bool:
        """Whether the file was imported as it is now."""
        found = self._held.get(self._name(file))
        return found is not None and found == _mark(file)

    def mark(self, file: str) -> list[int]:
        """How the file is now: asked before it is read."""
        return _mark(file)

    def keep(self, file: str, mark: list[int]) -> None:
        """All of the file was imported, as it was then."""
        if self._keeps and mark:
            self._held[self._name(file)] = self._new[self._name(file)] = mark

    def save(self) -> None:
        """Keep it for the next round; trouble is none, for it is a cache."""
        if not self._new:
            return
        rows = list((self._load() | self._new).items())  # other rounds may have saved theirs since
        text = dumps({"birth": self._birth, "files": dict(rows[-_MOST:])})
        try:
            with Folder(self._root, _CACHE, create=True) as cache:
                cache.replace(_NAME, text.encode())
        except (OSError, JournalError):
            return
        self._new = {}

    def _load(self) -> dict[str, list[int]]:
        try:
            with Folder(self._root, _CACHE) as cache:
                held = loads(cache.read(_NAME).decode())
        except (OSError, JournalError, ValueError):
            return {}
        if not isinstance(held, dict) or held.get("birth") != self._birth:
            return {}
        files = held.get("files")
        return files if isinstance(files, dict) else {}

    def _name(self, file: str) -> str:
        name = f"{self._key} {os.path.realpath(file)}"  # may hold what no file of ours should
        return str(sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32])


def _mark(file: str) -> list[int]:
    """What changes when a file is written; empty if there is none."""
    try:
        st = os.stat(file)
    except OSError:
        return []
    return [st.st_dev, st.st_ino, st.st_size, st.st_mtime_ns]
