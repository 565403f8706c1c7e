"""Captures that failed: each a small file that waits to be looked at, never a raw text.

A letter is written before its entry is appended, and taken away after: what is killed in between is
there. It holds the draft as policy and redaction let it be kept, or, where it never got so far,
only its size and the error. Cheap on purpose: every hook comes through here.
"""

import os
from time import time, time_ns

from journal import cjson
from journal.errors import JournalError
from journal.files import Folder, flush, write_all
from journal.seal import sha256
from journal.space import STATE, state_home

DEAD = f"{STATE}/dead"
SCHEMA = "journal/dead-letter@1"
GOING = ".going"  # written by somebody who may still be at it
KEPT = ".json"
PATIENCE = 60  # seconds after which nobody is still at it
CUT_SHORT = "cut-short"
_ANYWHERE = "none"

Facts = dict[str, object]


class Letter:
    """One capture's letter: under way until it is either taken away or kept.

    `root`: the workspace, empty if none was found. Nothing here raises.
    """

    __slots__ = ("_name", "_root", "facts")

    def __init__(self, root: str, facts: Facts) -> None:
        self.facts: Facts = {"schema": SCHEMA, "root": root, "draft": None, **facts}
        self._root = root
        self._name = ""

    def begin(self, draft: Facts) -> None:
        """Note what is about to be appended, as it may be kept; not flushed: a crash isn't its."""
        shown = {**draft, "body": draft["body"].decode()}  # type: ignore[attr-defined]
        self.facts["draft"] = shown
        error = {"kind": CUT_SHORT, "message": "it was cut short while it was appended"}
        name = _name(self._root) + GOING
        try:
            data = cjson.dumps({**self.facts, "error": error}).encode()
            with Folder(self._root, DEAD, create=True) as dead:
                fd = dead.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
                self._name = name
                try:
                    write_all(fd, data)
                finally:
                    os.close(fd)
        except (OSError, JournalError, ValueError, TypeError):
            return  # the append will meet the same, and then it is kept elsewhere

    def done(self) -> None:
        """The entry is there: take the letter away."""
        if self._name:
            try:
                with Folder(self._root, DEAD) as dead:
                    dead.remove(self._name)
            except (OSError, JournalError):
                return  # it names its entry, and so brings nothing twice

    def keep(self, kind: str, message: str) -> str:
        """The capture failed: keep the letter; why not even that could be done, mostly empty."""
        data = cjson.dumps({**self.facts, "error": {"kind": kind, "message": message}}).encode()
        name = _name(self._root)
        why = ""
        for home, relative in ((self._root, DEAD), (state_home(), "dead")):
            if not home or (home == self._root and not os.path.isdir(home)):
                continue
            try:
                if home != self._root:
                    os.makedirs(home, mode=0o700, exist_ok=True)
                with Folder(home, relative, create=True) as dead:
                    _write(dead, name + KEPT, data)
            except (OSError, JournalError) as error:
                why = getattr(error, "strerror", None) or str(error)
            else:
                self.done()
                return ""
        return why


def _write(dead: Folder, name: str, data: bytes) -> None:
    fd = dead.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        write_all(fd, data)
        flush(fd)
    except OSError:
        dead.remove(name)  # half a letter says nothing
        raise
    finally:
        os.close(fd)
    dead.flush()


def _name(root: str) -> str:
    """When, by whom, and for which workspace: names sort by time."""
    return f"{time_ns():020d}-{os.getpid()}-{mark(root)}"


def mark(root: str) -> str:
    """What tells the letters of a workspace where those of several lie."""
    return str(sha256(os.fsencode(root)).hexdigest()[:8]) if root else _ANYWHERE


def waiting(root: str) -> "list[tuple[str, str]]":
    """The folders and names of the letters that wait, the oldest first.

    Those of the workspace, and of those that its own state couldn't take; letters that no
    workspace was found for belong to every one. `root`: empty for these alone.
    """
    found = []
    every = f"{state_home()}/dead"
    marks = (f"-{mark(root)}", f"-{_ANYWHERE}")
    for folder in (f"{root}/{DEAD}", every) if root else (every,):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            stem, dot, ending = name.rpartition(".")
            if folder == every and not stem.endswith(marks):
                continue
            if dot + ending == KEPT or (dot + ending == GOING and _is_left(f"{folder}/{name}")):
                found.append((folder, name))
    return sorted(found, key=_by_name)


def _by_name(letter: "tuple[str, str]") -> str:
    return letter[1]


def _is_left(path: str) -> bool:
    try:
        return time() - os.stat(path).st_mtime > PATIENCE
    except OSError:  # taken away meanwhile
        return False


def read(folder: str, name: str) -> Facts:
    """What a letter says; what can be told of it if it can't be read."""
    try:
        fd = os.open(f"{folder}/{name}", os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            data = b""
            while part := os.read(fd, 1 << 20):
                data += part
        finally:
            os.close(fd)
        facts = cjson.loads(data.decode())
        if isinstance(facts, dict) and isinstance(facts.get("error"), dict):
            return facts
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not JSON"
    else:
        why = "it is no letter"
    return {
        "schema": SCHEMA,
        "root": "",
        "draft": None,
        "error": {"kind": "unreadable", "message": f"the letter itself can't be read: {why}"},
    }
