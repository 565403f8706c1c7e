"""What a writer knows: its chains' heads, where its newest entries stand, sessions' last turns.

Cheap on purpose: every append starts from it. It is kept between processes in a small cache.
"""

from journal.cjson import dumps, loads
from journal.seal import digest, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Place:
    """Where an entry stood in its day file when this writer last looked."""

    __slots__ = "away before digest header id line lines offset seq size".split()

    def __init__(
        self, seq: int, entry_id: str, digest: str, header: int, size: int, lines: int
    ) -> None:
        self.seq = seq
        self.id = entry_id
        self.digest = digest  # of the header: what the next entry names as prev
        self.header = header
        self.size = size
        self.lines = lines
        self.offset, self.line = -1, 0  # unknown: look for it
        self.before = -1  # not placed itself: the highest number that was; -1: unknown
        # The file as it was when it no longer held the entry: while it stays so, don't look again.
        self.away: list[int] = []

    @property
    def end(self) -> int:
        """The offset just after the entry."""
        return self.offset + self.size

    def row(self) -> "list[object]":
        """The place as JSON keeps it."""
        return [
            self.seq, self.id, self.digest, self.header, self.size, self.lines,
            self.offset, self.line, self.away, self.before,
        ]  # fmt: skip


def place_of(seq: int, entry_id: str, header: bytes, piece: bytes) -> Place:
    """The place of an entry not yet put anywhere."""
    return Place(seq, entry_id, digest(header), len(header), len(piece), piece.count(b"\n"))


class Known:
    """What the spool tells its writer: heads, each day file's newest entry, the last id.

    Kept between processes in a small cache beside the catalog, valid for one state of the spool;
    rebuilt by reading the spool.
    """

    __slots__ = (
        "asked",
        "complete",
        "heads",
        "inode",
        "last",
        "newest",
        "size",
        "trim_at",
        "turns",
    )

    MOST = 16  # day files, and of a namespace sessions, kept in the cache

    def __init__(self) -> None:
        self.heads: dict[str, tuple[int, str]] = {}  # namespace: highest seq, path it went to
        self.newest: dict[str, Place] = {}  # path: this writer's newest entry there
        self.last = ""
        self.inode = 0
        self.size = -1
        self.trim_at = 0  # don't trim before the spool is this large: the last trim freed little
        self.complete = True  # newest knows every path in the spool
        # namespace: [its folders' mark, {session: [last turn, path]}], see `turns`; `asked` tells
        # of any other session, as long as no more than these have changed.
        self.turns: dict[str, list[Any]] = {}
        self.asked: Callable[[str, str], tuple[int, str]] | None = None

    def take(self, other: "Known") -> None:
        """Know what the other knows, from now on."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def learn(self, path: str, place: Place) -> None:
        """An entry was written."""
        self.heads[path.split("/")[1]] = (place.seq, path)
        self.newest.pop(path, None)  # so that the dict's order is the order of use
        self.newest[path] = place
        self.last = max(self.last, place.id)

    def upto(self, path: str) -> int:
        """The highest number known to have reached the file; -1 if that isn't known."""
        place = self.newest.get(path)
        if place is None:
            return 0 if self.complete else -1
        return place.seq if place.offset >= 0 else place.before

    def moved(self, path: str, place: Place) -> None:
        """An entry was put back, maybe into another part than it was first written to."""
        if path not in self.newest or self.newest[path].seq <= place.seq:
            self.newest[path] = place
        namespace = path.split("/")[1]
        if self.heads.get(namespace, (0, ""))[0] == place.seq:
            self.heads[namespace] = (place.seq, path)

    def cached(self) -> bytes:
        """The cache's bytes; whatever an older, longer cache leaves behind them is nothing."""
        recent = list(self.newest.items())[-self.MOST :]
        text = dumps(
            {
                "spool": [self.inode, self.size, self.trim_at],
                "last": self.last,
                "heads": self.heads,
                "newest": {path: place.row() for path, place in recent},
                "complete": self.complete and len(recent) == len(self.newest),
                "turns": {name: [mark, _recent(last)] for name, (mark, last) in self.turns.items()},
            }
        ).encode()
        return b"%b %b\n" % (sha256(text).hexdigest().encode(), text)


def from_cache(data: bytes) -> "Known | None":
    """What the cache holds, or None if it is torn."""
    text = data[65 : data.find(b"\n") if b"\n" in data else 0]
    if sha256(text).hexdigest().encode() + b" " != data[:65]:
        return None
    held = loads(text.decode())
    known = Known()
    known.inode, known.size, known.trim_at = held["spool"]  # type: ignore[index]
    known.last, known.complete, known.turns = (held[k] for k in ("last", "complete", "turns"))  # type: ignore[index]
    known.heads = {k: tuple(v) for k, v in held["heads"].items()}  # type: ignore[index]
    for path, row in held["newest"].items():  # type: ignore[index]
        place = Place(*row[:6])
        place.offset, place.line, place.away, place.before = row[6:]
        known.newest[path] = place
    return known


def _recent(last: "dict[str, list[Any]]") -> "dict[str, list[Any]]":
    """The sessions used last."""
    return dict(list(last.items())[-Known.MOST :])
