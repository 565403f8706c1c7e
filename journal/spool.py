"""The spool: the append-only log that acknowledges. No editor touches it; day files follow it.

Cheap on purpose: every append writes one record. A record is one JSON line (`len`, `sha256`, `path`,
`writer`, `seq`, `id`, `branch`, maybe `token`), then the slice's very bytes, then a newline. A record
of length 0 is a note: `heads` (first in a trimmed spool), `put-back`, `void`.

After a torn record a reader finds the next whole one by a JSON line that is followed by a heading:
no stored body can hold such a heading line (FORMAT 3), so no body can forge a record.
"""

from journal.cjson import dumps, loads
from journal.seal import digest, sha256

FOLDER = ".journal/state/spool"
_FENCE_END = b"\n```\n"


class Record:
    """One whole record: its JSON line, and where in the spool its slice lies."""

    __slots__ = ("data", "end", "facts", "path", "start")

    def __init__(self, data: bytes, start: int, end: int, facts: "dict[str, object]") -> None:
        self.data = data
        self.start = start
        self.end = end
        self.facts = facts
        self.path = str(facts.get("path", ""))

    @property
    def id(self) -> str:
        """The entry's id; empty for a note."""
        return str(self.facts.get("id", ""))

    @property
    def seq(self) -> int:
        """The entry's place in its chain."""
        seq = self.facts.get("seq", 0)
        return seq if isinstance(seq, int) else 0

    @property
    def namespace(self) -> str:
        """The entry's namespace, from its path."""
        return self.path.split("/")[1] if self.path.count("/") > 1 else ""

    @property
    def slice(self) -> bytes:
        """The entry's bytes, as they stand in the day file."""
        return self.data[self.start : self.end]

    @property
    def header(self) -> bytes:
        """The slice from its heading through the closing fence's newline."""
        return self.data[self.start : self.data.find(_FENCE_END, self.start, self.end) + 5]


def encode(facts: "dict[str, object]", piece: bytes) -> bytes:
    """The bytes of one record."""
    line = dumps({"len": len(piece), "sha256": sha256(piece).hexdigest(), **facts})
    return line.encode() + b"\n" + piece + b"\n"


def scan(data: bytes) -> "tuple[list[Record], int]":
    """Every whole record in order, and how many bytes lie in torn ones."""
    hasher = sha256
    if len(data) > 1 << 18:  # OpenSSL's is several times faster, but costs 2 ms to import
        from hashlib import sha256 as hasher
    records: list[Record] = []
    at, torn = 0, 0
    while at < len(data):
        record = _record_at(data, at, hasher)
        if record is None:
            following = _resync(data, at + 1, hasher)
            torn += following - at
            at = following
        else:
            records.append(record)
            at = record.end + 1
    return records, torn


def _record_at(data: bytes, at: int, hasher: "object") -> "Record | None":
    eol = data.find(b"\n", at)
    if data[at : at + 1] != b"{" or eol < 0:
        return None
    try:
        facts = loads(data[at:eol].decode())
    except ValueError:
        return None
    size = facts.get("len") if isinstance(facts, dict) else None
    if not isinstance(facts, dict) or type(size) is not int or size < 0:
        return None
    start, end = eol + 1, eol + 1 + size
    if data[end : end + 1] != b"\n":
        return None
    if hasher(data[start:end]).hexdigest() != facts.get("sha256"):  # type: ignore[operator]
        return None
    return Record(data, start, end, facts)


def _resync(data: bytes, at: int, hasher: "object") -> int:
    """Where the next whole record begins; the end of the data if there is none."""
    while (mark := data.find(b"\n## ", at)) >= 0:
        line = max(data.rfind(b"\n", 0, mark) + 1, at - 1)
        if _record_at(data, line, hasher):
            return line
        at = mark + 1
    return len(data)


def entries(records: "list[Record]") -> "list[Record]":
    """The entries among the records, each with the path it was last put to.

    `facts["gone"]` says that it was put back once already: gone again, it stays so.
    """
    moved = {r.facts["put-back"]: r.path for r in records if "put-back" in r.facts}
    found = [record for record in records if record.id]
    for record in found:
        if record.id in moved:
            record.path = moved[record.id]
            record.facts["gone"] = True
    return found


class Place:
    """Where an entry stood in its day file when this writer last looked."""

    __slots__ = ("away", "digest", "header", "id", "line", "lines", "offset", "seq", "size")

    def __init__(
        self, seq: int, entry_id: str, digest: str, header: int, size: int, lines: int
    ) -> None:
        self.seq = seq
        self.id = entry_id
        self.digest = digest  # of the header: what the next entry names as prev
        self.header = header
        self.size = size
        self.lines = lines
        self.offset = -1  # unknown: look for it
        self.line = 0
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
            self.offset, self.line, self.away,
        ]  # fmt: skip


def place_of(seq: int, entry_id: str, header: bytes, piece: bytes) -> Place:
    """The place of an entry not yet put anywhere."""
    return Place(seq, entry_id, digest(header), len(header), len(piece), piece.count(b"\n"))


def place_like(place: Place) -> Place:
    """The same entry at a place not yet known."""
    return Place(place.seq, place.id, place.digest, place.header, place.size, place.lines)


class Known:
    """What the spool tells its writer: each chain's head, each day file's newest entry, the last id.

    Kept between processes in a small cache beside the catalog, valid for one state of the spool;
    rebuilt by reading the spool.
    """

    __slots__ = ("complete", "heads", "inode", "last", "newest", "put_back", "size")

    MOST = 16  # day files kept in the cache

    def __init__(self) -> None:
        self.heads: dict[str, tuple[int, str]] = {}  # namespace: highest seq, path it went to
        self.newest: dict[str, Place] = {}  # path: this writer's newest entry there
        self.last = ""
        self.inode = 0
        self.size = -1
        self.complete = True  # newest knows every path in the spool
        self.put_back: set[str] = set()

    def take(self, other: "Known") -> None:
        """Know what the other knows, from now on."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def learn(self, path: str, namespace: str, place: Place) -> None:
        """An entry was written."""
        self.heads[namespace] = (place.seq, path)
        self.newest.pop(path, None)  # so that the dict's order is the order of use
        self.newest[path] = place
        self.last = max(self.last, place.id)

    def moved(self, entry_id: str, path: str) -> None:
        """An entry was put back, maybe into another part than it was first written to."""
        self.put_back.add(entry_id)
        for old, place in list(self.newest.items()):
            if place.id == entry_id and old != path:
                again = place_like(place)
                self.newest[path] = again
                namespace = path.split("/")[1]
                if self.heads.get(namespace, (0, ""))[0] == place.seq:
                    self.heads[namespace] = (place.seq, path)

    def cached(self) -> bytes:
        """The cache's bytes."""
        recent = list(self.newest.items())[-self.MOST :]
        complete = self.complete and len(recent) == len(self.newest)
        heads = {namespace: list(head) for namespace, head in self.heads.items()}
        text = dumps(
            {
                "spool": [self.inode, self.size],
                "last": self.last,
                "heads": heads,
                "newest": {path: place.row() for path, place in recent},
                "complete": complete,
                "put_back": sorted(self.put_back),
            }
        ).encode()
        return sha256(text).hexdigest().encode() + b" " + text


def from_cache(data: bytes) -> "Known | None":
    """What the cache holds, or None if it is torn."""
    text = data[65:]
    if sha256(text).hexdigest().encode() != data[:64]:
        return None
    held = loads(text.decode())
    known = Known()
    known.inode, known.size = held["spool"]  # type: ignore[index, call-overload]
    known.last = held["last"]  # type: ignore[index, call-overload]
    known.complete = held["complete"]  # type: ignore[index, call-overload]
    known.put_back = set(held["put_back"])  # type: ignore[index, call-overload]
    known.heads = {k: tuple(v) for k, v in held["heads"].items()}  # type: ignore[index, call-overload]
    for path, row in held["newest"].items():  # type: ignore[index, call-overload]
        place = Place(*row[:6])
        place.offset, place.line, place.away = row[6:]
        known.newest[path] = place
    return known


def from_records(records: "list[Record]") -> Known:
    """What the spool's records tell."""
    known = Known()
    for record in records:
        facts = record.facts
        if "heads" in facts:
            known.heads = {k: tuple(v) for k, v in facts["heads"].items()}  # type: ignore[attr-defined]
            known.last = str(facts["last"])
        elif "put-back" in facts:
            known.moved(str(facts["put-back"]), record.path)
        elif record.id:
            place = place_of(record.seq, record.id, record.header, record.slice)
            known.learn(record.path, record.namespace, place)
    return known
