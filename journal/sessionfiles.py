"""What a session said last, from the files themselves: for whoever numbers its next entry.

Only asked of files that nobody has read for it yet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import UTC, tzinfo

from journal import dayfile, header, seal, spool
from journal.anchor import anchor
from journal.dayfile import Piece
from journal.daypath import DayFile, day_files
from journal.errors import JournalError
from journal.files import Folder, close, read_at
from journal.names import is_name, is_path

# turn, Unix microseconds, id: what decides which of a session's entries is the last
Order = tuple[int, int, str]
NEVER: Order = (0, 0, "")
# However it was typed: quoted, with blanks, with a comment behind it.
_SESSION = re.compile(rb"\nsession[ \t]*:([^\n]*)")
_QUOTED = re.compile(rb"\n[\"']session[\"'][ \t]*:([^\n]*)")
_SWITCHED = b"\nswitched: "
_ODD = b""


class Last:
    """What is known so far: the highest turn, and the newest entry that went to another path."""

    __slots__ = ("path", "switched", "turn")

    def __init__(self, turn: int = 0, switched: Order = NEVER, path: str = seal.MAIN) -> None:
        self.turn = turn
        self.switched = switched
        self.path = path

    def learn(self, piece: Piece, session: str, *, is_here: bool = True) -> bool:
        """Take in what a slice says; whether it is of the session.

        `is_here`: the tree as it is has the entry, so that its session may be on its path.
        """
        known = header.known(piece, "", _utc)
        if known["session"] != session:
            return False
        self.turn = max(self.turn, known["turn"])
        order = (known["turn"], header.microseconds(known["moment"]), known["id"])
        path = known["fields"].get("switched")
        if is_here and isinstance(path, str) and is_path(path) and order > self.switched:
            self.switched, self.path = order, path
        return True


class Index:
    """Which of these day files and spools may hold what sessions, by one look at each."""

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self._root = root
        self._paths: dict[bytes, list[str]] = {}
        self._branch = anchor(root).rpartition("@")[0]
        for path in paths:
            for word in _sessions(_content(root, path), is_typed=not _is_spool(path)):
                self._paths.setdefault(word, []).append(path)

    def learn(self, namespace: str, session: str, last: Last) -> Last:
        """What they say of a session in a namespace, beside what is known of it."""
        word = session.encode()
        odd = self._paths.get(_ODD, ())
        for path in dict.fromkeys((*self._paths.get(word, ()), *odd)):
            data = _content(self._root, path)
            if _is_spool(path):
                self._learn_spool(data, (namespace, session), last)
            elif DayFile(path).namespace == namespace:
                for _, raw in dayfile.split(data).slices:
                    if (path in odd or word in raw) and {word, _ODD} & _sessions(raw):
                        last.learn(dayfile.parse(raw), session)
        return last

    def _learn_spool(self, data: bytes, of: tuple[str, str], last: Last) -> None:
        """Its highest turn, and where it went; a spool is large, so that little of it is read."""
        turns = re.compile(b"\nsession: %b\n(?:path: .*\n)?turn: ([0-9]+)\n" % _written(of[1]))
        found = sorted(((int(one[1]), one.start()) for one in turns.finditer(data)), reverse=True)
        for turn, at in found:
            if turn <= last.turn or self._learn_record(data, at, of, last):
                break
        at = data.find(_SWITCHED)
        while at >= 0:
            self._learn_record(data, at, of, last)
            at = data.find(_SWITCHED, at + 1)

    def _learn_record(self, data: bytes, at: int, of: tuple[str, str], last: Last) -> bool:
        record = spool.around(data, at)
        if not record or record.namespace != of[0]:
            return False
        is_here = record.facts.get("branch", "") in ("", self._branch)
        return last.learn(dayfile.parse(record.slice), of[1], is_here=is_here)


def asker(root: str) -> Callable[[str, str], tuple[int, str]]:
    """What tells the last turn of a session in a namespace, and its path, by reading all files."""
    index = Index(root, [*(day.path for day in day_files(root)), *spool_paths(root)])

    def ask(namespace: str, session: str) -> tuple[int, str]:
        last = index.learn(namespace, session, Last())
        return last.turn, last.path

    return ask


def spool_paths(root: str) -> list[str]:
    """The spools of all writers, relative to the root."""
    try:
        names = os.listdir(f"{root}/{spool.FOLDER}")
    except OSError:
        return []
    return [f"{spool.FOLDER}/{name}" for name in names if name.endswith(".log")]


def _is_spool(path: str) -> bool:
    return path.endswith(".log")


def _sessions(data: bytes, *, is_typed: bool = True) -> set[bytes]:
    """The sessions that lines name which may be of headers; `_ODD` for what needs a closer look."""
    lines = set(_SESSION.findall(data))
    if is_typed and (b'session"' in data or b"session'" in data):
        lines |= set(_QUOTED.findall(data))
    words = (line.partition(b" #")[0].strip(b" \t\"'") for line in lines)
    return {word if is_name(word.decode(errors="replace")) else _ODD for word in words}


def _written(session: str) -> bytes:
    """The session as the journal writes it, for a pattern."""
    return re.escape(seal.scalar(session).encode())


def _content(root: str, path: str) -> bytes:
    try:
        with Folder(root, os.path.dirname(path)) as folder:
            fd = folder.open(os.path.basename(path), os.O_RDONLY)
            try:  # a spool is large: at once, it is read in a third of the time
                return seal.normal(read_at(fd, os.fstat(fd).st_size, 0))
            finally:
                close(fd)
    except (OSError, JournalError):
        return b""  # what can't be read now says nothing: the order then falls to the clock


def _utc() -> tzinfo:
    return UTC
