"""The spool: the append-only log that acknowledges. No editor touches it; day files follow it.

Cheap on purpose: every append writes one record. A record is one JSON line (`len`, `sha256`,
`path`, `writer`, `seq`, `id`, `branch`, maybe `token`), then the slice's very bytes, then a
newline; an empty line goes ahead of what a later append adds. What the journal tells itself
(`heads` first in a trimmed spool, `put-back`, `void`) is a note: a record whose slice is
`## 00:00 ` and the note as JSON.

After a torn record a reader finds the next whole one by a JSON line that is followed by a heading:
no stored body can hold such a heading line (FORMAT 3), so no body can forge a record.
"""

from journal.cjson import dumps, loads
from journal.known import Known, Place, place_of
from journal.seal import sha256

FOLDER = ".journal/state/spool"
_FENCE_END = b"\n```\n"
_NOTE = b"## 00:00 {"  # the heading of an entry has seconds, so none begins like this
_LONGEST_LINE = 1 << 16


class Record:
    """One whole record: its JSON line, and where in the spool its slice lies."""

    __slots__ = ("data", "end", "facts", "path", "start")

    def __init__(self, data: bytes, start: int, end: int, facts: "dict[str, object]") -> None:
        self.data, self.start, self.end, self.facts = data, start, end, facts
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
    def waits(self) -> bool:
        """Whether it was only acknowledged, by intent, and is still to come into its file."""
        return "waits" in self.facts and "placed" not in self.facts

    @property
    def namespace(self) -> str:
        """The entry's namespace, from its path."""
        return self.path.split("/")[1] if self.path.count("/") > 1 else ""

    @property
    def slice(self) -> bytes:
        """The entry's bytes, as they stand in the day file."""
        return self.data[self.start : self.end]

    @property
    def whole(self) -> bytes:
        """Its line, the slice, the newline."""
        return self.data[self.data.rfind(b"\n", 0, self.start - 1) + 1 : self.end + 1]

    @property
    def header(self) -> bytes:
        """The slice from its heading through the closing fence's newline."""
        return self.data[self.start : self.data.find(_FENCE_END, self.start, self.end) + 5]


def encode(facts: "dict[str, object]", piece: bytes) -> bytes:
    """The bytes of one record."""
    line = dumps({"len": len(piece), "sha256": sha256(piece).hexdigest(), **facts}).encode()
    return line + b"\n" + piece + b"\n"


def note(facts: "dict[str, object]") -> bytes:
    """The bytes of a note: what it says lies in the slice, where the checksum covers it."""
    return encode({}, b"## 00:00 " + dumps(facts).encode() + b"\n")


def scan(data: bytes) -> "tuple[list[Record], int]":
    """Every whole record in order, and how many bytes lie in torn ones."""
    hasher, records, at, torn = sha256, [], 0, 0
    if len(data) > 1 << 18:  # OpenSSL's is several times faster, but costs 2 ms to import
        from hashlib import sha256 as hasher
    while at < len(data):
        record = _record_at(data, at, hasher)
        if record:
            records.append(record)
            at = record.end + 1
        elif data[at] == 10:  # written ahead of what a later append adds
            at += 1
        else:
            following = _resync(data, at + 1, hasher)
            torn += following - at
            at = following
    return records, torn


def around(data: bytes, at: int) -> "Record | None":
    """The whole record whose slice holds an offset; None if none does."""
    mark = data.rfind(b"\n## ", 0, at)
    while mark >= 0 and not _heads(data, mark + 1):
        mark = data.rfind(b"\n## ", 0, mark)
    record = _record_at(data, data.rfind(b"\n", 0, max(mark, 0)) + 1, sha256)
    return record if record and record.start <= at < record.end else None


def _record_at(data: bytes, at: int, hasher: "object") -> "Record | None":
    eol = data.find(b"\n", at, at + _LONGEST_LINE)
    if eol < 0 or data[at : at + 1] != b"{" or not _heads(data, eol + 1):
        return None
    facts = _object(data[at:eol])
    size, start = facts.get("len"), eol + 1
    if type(size) is not int or size < 0 or data[start + size : start + size + 1] != b"\n":
        return None
    end = start + size
    if hasher(data[start:end]).hexdigest() != facts.get("sha256"):  # type: ignore[operator]
        return None
    if data.startswith(_NOTE, start):
        return Record(data, start, end, _object(data[start + 9 : end - 1]))
    record = Record(data, start, end, facts)
    return record if _says_the_same(record) else None


def _object(text: bytes) -> "dict[str, object]":
    try:
        value = loads(text.decode())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _heads(data: bytes, at: int) -> bool:
    """Whether an entry's heading begins there."""
    return data.startswith(b"## ", at) and (
        data[at + 3 : at + 5].isdigit() and data[at + 5] == 58 and data[at + 6 : at + 8].isdigit()
    )


def _says_the_same(record: Record) -> bool:
    """Whether the JSON line fits the header, which the checksum covers, and names a day file."""
    header = record.header
    seq, parts = record.facts.get("seq"), record.path.split("/")
    return (
        type(seq) is int
        and isinstance(record.facts.get("writer"), str)
        and b"\nid: %s\n" % record.id.encode() in header
        and b"\nseq: %d\n" % seq in header
        and len(parts) == 4
        and parts[0] == "journal"
        and not any(part.startswith(".") for part in parts)
    )


def _resync(data: bytes, at: int, hasher: "object") -> int:
    """Where the next whole record begins; the end of the data if there is none."""
    while (mark := data.find(b"\n## ", at)) >= 0:
        line = data.rfind(b"\n", at - 1, mark) + 1
        if line and _record_at(data, line, hasher):
            return line
        at = mark + 1
    return len(data)


def entries(records: "list[Record]") -> "list[Record]":
    """The entries among the records, each with the path it was last put to.

    `facts["gone"]` says that it was put back once already: gone again, it stays so.
    """
    notes = {r.facts["put-back"]: r for r in records if "put-back" in r.facts}
    found = [record for record in records if record.id]
    for record in found:
        if moved := notes.get(record.id):
            record.path = moved.path
            record.facts |= {"placed": True} | ({} if "first" in moved.facts else {"gone": True})
            record.facts["branch"] = moved.facts.get("branch", record.facts.get("branch", ""))
    return found


def put_back(record: Record, path: str, *, first: bool, **more: object) -> bytes:
    """The note that an entry now stands in `path`; `first`: it never stood anywhere before."""
    return note({"put-back": record.id, "path": path} | ({"first": True, **more} if first else {}))


def place_in(record: Record) -> Place:
    """The place, not yet known, of an entry that the spool has."""
    return place_of(record.seq, record.id, record.header, record.slice)


def from_records(records: "list[Record]") -> Known:
    """What the spool's records tell."""
    known = Known()
    places: dict[str, Place] = {}
    for record in records:
        facts = record.facts
        if "heads" in facts:
            heads: dict[str, list[object]] = facts["heads"]  # type: ignore[assignment]
            known.heads = {k: (int(v[0]), str(v[1])) for k, v in heads.items()}  # type: ignore[call-overload]
            known.last = max(known.last, str(facts["last"]))
            known.trim_at = int(facts.get("trim-at", 0))  # type: ignore[call-overload]
        elif "put-back" in facts:
            if place := places.get(str(facts["put-back"])):
                known.moved(record.path, place_again(place))
        elif record.id:
            places[record.id] = place_in(record)
            known.learn(record.path, places[record.id])
    return known


def place_again(place: Place) -> Place:
    """The same entry at a place not yet known."""
    return Place(place.seq, place.id, place.digest, place.header, place.size, place.lines)
