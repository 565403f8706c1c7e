"""Questions to the catalog, as SQL."""

from journal.catalog.brief import OF_SUBJECT, SAID, STATED, SUBJECTS
from journal.catalog.row import COLUMNS, stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal, TypeVar

    from journal.catalog.row import Row
    from journal.selection import Selection

    T = TypeVar("T")
    Question = tuple[str, list[object]]

_FROM = "FROM entry e JOIN file f ON f.number = e.file LEFT JOIN spool s ON s.number = e.spool"
_ELSEWHERE = {"day": "f.path", "spool": "s.path"}
_COLUMNS = ", ".join(_ELSEWHERE.get(name, f"e.{name}") for name in COLUMNS)
_ORDER = "e.moment, e.writer, e.seq, e.id, e.digest, f.path"  # an id may stand in two files
_EQUAL = ("kind", "role", "actor", "session", "path", "namespace")
BROUGHT = "f.path GLOB 'journal/pack.*'"  # a file `f` that an imported pack brought
_MANY = 500  # below SQLite's limit of values in one question
_ENDING = 8  # characters that the index of endings has
_CAPTURED = ("said", "prompt", "tool", "gone")  # how the ids begin that hooks give
_FORGOTTEN = "e.copy > 1 AND e.copy & 14 AND e.copy & 1 = 0"
_SHOWN = {"": "e.copy = 0", "also": "e.copy & 1 = 0", "only": _FORGOTTEN}
_PURGED = "SELECT 1 FROM entry p WHERE p.id = ? AND p.copy & 12"
_MIXED = "id <> upper(id) AND id <> lower(id)"  # as an index has it


FINDINGS: "Question" = (
    "SELECT code, file, line, message, fix FROM finding ORDER BY file, line, code", []
)  # fmt: skip
_BACK = """
SELECT f.path, e.line, e.id FROM entry e JOIN file f ON f.number = e.file
WHERE e.copy > 1 AND e.copy & 4 ORDER BY f.path, e.line
"""
BACK: "Question" = (_BACK, [])
_REDACTS = f"SELECT {_COLUMNS} {_FROM} WHERE e.kind = 'redact' AND e.copy"
REDACTS: "Question" = (f"{_REDACTS} = 0 UNION ALL {_REDACTS} > 1", [])
FILES: "Question" = ("SELECT count(*) FROM file WHERE size >= 0", [])
NEWEST: "Question" = ("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'entry'", [])
LAST_STEP: "Question" = (
    "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'struck'",
    [],
)
# The last step by which rows of purged entries may have gone, and whether the file still has them.
PURGED: "Question" = ("SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'purged'", [])
CLEAR: "Question" = ("SELECT value FROM setting WHERE name = 'clear'", [])
SETTLED: "Question" = ("SELECT value FROM setting WHERE name = 'settled'", [])
BIRTH: "Question" = ("SELECT value FROM setting WHERE name = 'birth'", [])


def rows(
    selection: "Selection", limit: int, *, oldest: bool = False, after: "tuple[object, ...]" = ()
) -> "Question":
    """The selected entries, newest first, or oldest first; those after the place of a row."""
    where, values = _where(selection)
    if after:
        where += f" AND ({_ORDER}) {'>' if oldest else '<'} (?, ?, ?, ?, ?, ?)"
        values += after
    order = _ORDER if oldest else f"{_ORDER.replace(',', ' DESC,')} DESC"
    question = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {order} LIMIT ?"
    return question, [*values, limit]


def place_of(row: "Row") -> "tuple[object, ...]":
    """Where a row stands in the order of entries."""
    return row.microseconds, row.writer, row.seq, row.id, row.digest, stored(row.file)


def beside(row: "Row", limit: int, *, later: bool) -> "Question":
    """The entries that stand before a row's in its day file, nearest first, or after it.

    What waits in a spool comes after what the file has.
    """
    sign, way = (">", "") if later else ("<", " DESC")
    where = f"(e.spool IS NOT NULL, e.offset) {sign} (?, ?) AND e.copy = 0"
    where += " AND e.file = (SELECT file FROM entry WHERE number = ?)"
    order = f"e.spool IS NOT NULL{way}, e.offset{way} LIMIT ?"
    question = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {order}"
    return question, [row.spool is not None, row.offset, row.number, limit]


def count(selection: "Selection") -> "Question":
    """How many are selected."""
    where, values = _where(selection)
    return f"SELECT count(*) FROM entry e WHERE {where}", values  # noqa: S608


def _where(selection: "Selection") -> "Question":
    terms = [_SHOWN[selection.forgotten]]
    values: list[object] = []
    for sign, moment in ((">=", selection.since), ("<", selection.until)):
        if moment is not None:
            from journal.header import microseconds

            terms.append(f"e.moment {sign} ?")
            values.append(microseconds(moment))
    for name in _EQUAL:
        if wanted := getattr(selection, name):
            terms.append(f"e.{name} = ?")
            values.append(wanted)
            if name == "session":
                terms.append("e.session <> ''")  # so that the index of sessions can be used
    for tag in selection.tags:
        from journal.markdown import folded

        terms.append("EXISTS (SELECT 1 FROM tag t WHERE t.entry = e.number AND t.folded = ?)")
        values.append(folded(tag))
    if selection.git_branch:
        # What stands before the last @: all but it and what follows it.
        terms.append("substr(e.git, 1, length(rtrim(e.git, replace(e.git, '@', ''))) - 1) = ?")
        values.append(selection.git_branch)
    return " AND ".join(terms), values


def grouped(selection: "Selection") -> "Question":
    """Day, actor, role, session, kind, and how many of the selected have these in common.

    Then moment, id, title and head of the newest of them.
    """
    where, values = _where(selection)
    shared = "substr(e.at, 1, 10), e.actor, e.role, e.session, e.kind"
    newest = "max(e.moment), e.id, e.title, e.head"  # SQLite takes all from the row of the maximum
    question = f"SELECT {shared}, count(*), {newest} FROM entry e WHERE {where}"  # noqa: S608
    return f"{question} GROUP BY 1, 2, 3, 4, 5", values


def having_field(selection: "Selection", key: str) -> "Question":
    """The selected entries that may have this key among their fields, oldest first."""
    where, values = _where(selection)
    where += f" AND instr(e.fields, ?) ORDER BY {_ORDER}"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", [*values, f'"{key}"']


def named(wanted: str) -> "Question":
    """The entries whose id may begin or end so, in either case."""
    upper = wanted.encode(errors="replace").upper().decode()  # as SQLite does: only ASCII
    starts = {upper, wanted.lower(), wanted}  # a person may have given an id of their own
    parts = ["id >= ? AND id < ?"] * len(starts)
    values: list[object] = []
    for start in starts:
        values += [start, f"{start}\U0010ffff"]
    parts.append(f"{_MIXED} AND upper(id) >= ? AND upper(id) < ?")
    values += [upper, f"{upper}\U0010ffff"]
    if len(wanted) >= _ENDING:
        parts.append("upper(substr(id, -8)) = ?")
        values.append(upper[-_ENDING:])
    else:
        parts.append("upper(substr(id, -length(?))) = ?")
        values += [upper, upper]
    numbers = " UNION ".join(f"SELECT number FROM entry WHERE {part}" for part in parts)  # noqa: S608
    where = f"e.copy & 1 = 0 AND e.number IN ({numbers})"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", values


def at(numbers: "Sequence[int]") -> "Question":
    """The rows of these numbers, of at most some hundred."""
    marks = ", ".join("?" * len(numbers))
    return f"SELECT {_COLUMNS} {_FROM} WHERE e.number IN ({marks})", list(numbers)


def chosen(where: str, values: "Sequence[object]") -> "Question":
    """The rows of which that holds, in the order that it ends with."""
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", list(values)


def with_ids(ids: "Sequence[str]") -> "Question":
    """The rows of these ids, copies too; of at most some hundred."""
    marks = ", ".join("?" * len(ids))
    return f"SELECT {_COLUMNS} {_FROM} WHERE e.id IN ({marks}) ORDER BY f.path, e.line", list(ids)


def numbered(writer: str, namespace: str, seq: int = 0) -> "Question":
    """The rows of a writer in a namespace that have this number; without one the numbers."""
    where, values = "e.writer = ? AND e.namespace = ? AND e.seq", [writer, namespace]
    if seq:
        return chosen(f"{where} = ? ORDER BY f.path, e.line", [*values, seq])
    return f"SELECT e.seq FROM entry e WHERE {where} > 0", [*values]  # noqa: S608


def hashtags(numbers: "Sequence[int]") -> "Question":
    """The tags that the bodies of these rows hold; at most some hundred rows."""
    marks = ", ".join("?" * len(numbers))
    return f"SELECT entry, folded FROM tag WHERE inline = 1 AND entry IN ({marks})", list(numbers)  # noqa: S608


def places(numbers: "Sequence[int]") -> "Question":
    """File or spool, offset, size, number and CRC-32 of the rows of these numbers."""
    marks = ", ".join("?" * len(numbers))
    columns = "coalesce(s.path, f.path), e.offset, e.size, e.number, e.sum"
    return f"SELECT {columns} {_FROM} WHERE e.number IN ({marks})", list(numbers)


def batches(numbers: "Sequence[T]") -> "list[Sequence[T]]":
    """The numbers, or ids, in portions that one question can hold."""
    return [numbers[start : start + _MANY] for start in range(0, len(numbers), _MANY)]


def added(after: int, limit: int, selection: "Selection | None" = None) -> "Question":
    """Rows with a higher number, in its order; only the selected ones, if asked."""
    where, values = _where(selection) if selection else ("e.copy = 0", [])
    where += " AND e.number > ? ORDER BY e.number LIMIT ?"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", [*values, after, limit]


def place() -> "Question":
    """Where the catalog stands: birth, highest number, last step, highest id of the journal's."""
    highest = "SELECT max(id) FROM entry WHERE digest <> '' AND length(id) = 26"
    parts = (BIRTH[0], NEWEST[0], LAST_STEP[0], f"coalesce(({highest}), '')")
    return f"SELECT ({parts[0]}), ({parts[1]}), ({parts[2]}), {parts[3]}", []


def struck_known(after: int, number: int) -> "Question":
    """Ids of rows up to a number that went since a step."""
    return "SELECT DISTINCT id FROM struck WHERE step > ? AND entry <= ?", [after, number]


def struck(after: int) -> "Question":
    """The rows that went since a step."""
    return "SELECT step, entry FROM struck WHERE step > ? ORDER BY step", [after]


def stated(kind: str, namespace: str, *, who: bool = False) -> "Question":
    """What folds ask of the entries of a kind, and who said them, if that is asked."""
    question = (SAID if who else STATED) + OF_SUBJECT * (kind in SUBJECTS)
    return (f"{question} AND namespace = ?", [kind, namespace]) if namespace else (question, [kind])


def referring(kind: str, target: str) -> "Question":
    """The rows whose bodies refer to a target in that way, with the body's line."""
    where = "r.kind = ? AND r.target = ? AND e.copy = 0 ORDER BY e.moment"
    join = "JOIN reference r ON r.entry = e.number"
    return f"SELECT r.line, {_COLUMNS} {_FROM} {join} WHERE {where}", [kind, target]


def having(column: "Literal['title', 'parent']", value: str) -> "Question":
    """The rows with that title or parent, oldest first."""
    where = f"e.{column} = ? AND e.{column} <> '' AND e.copy = 0 ORDER BY e.moment"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", [value]


def tagged(kind: str, tag: str) -> "Question":
    """The rows of a kind that have a folded tag in their header."""
    where = "t.folded = ? AND t.inline = 0 AND e.kind = ? AND e.copy = 0"
    join = "JOIN tag t ON t.entry = e.number"
    return f"SELECT {_COLUMNS} {_FROM} {join} WHERE {where}", [tag, kind]


def vouching() -> "Question":
    """The rows of the workspace's own that may vouch for what packs brought."""
    where = f"e.kind = 'event' AND instr(e.fields, '\"pack-imported\"') AND NOT {BROUGHT}"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", []


def forgotten(entry_id: str) -> "Question":
    """What is said of an entry, each with the row of the forget entry; the deciding one first.

    A purge that isn't one hides: what was purged has a flag that says so.
    """
    purges = f"g.what = 'purge' AND EXISTS ({_PURGED})"
    where = f"(g.target = ? OR g.target = ? AND {purges})"
    order = f"ORDER BY {purges} DESC, g.said DESC, g.what DESC"
    base = entry_id[:14] if entry_id.startswith("h-") else entry_id  # see `hidden.base_id`
    join = "JOIN forgetting g ON g.entry = e.number"
    return f"SELECT g.what, {_COLUMNS} {_FROM} {join} WHERE {where} {order}", [
        entry_id, base, entry_id, entry_id
    ]  # fmt: skip


def purged(entry_id: str) -> "Question":
    """A row if the entry was purged."""
    return _PURGED, [entry_id]


def origins(importer: str, session: str, ids: "Sequence[str]") -> "Question":
    """What a source calls so, and the entry that stands for it; at most some hundred."""
    marks = ", ".join("?" * len(ids))
    if session:
        where, values = "head = ?", f"{importer}:{session}"
    else:
        where, values = "head GLOB ?", f"{importer}:*"
    return f"SELECT tail, id FROM origin WHERE tail IN ({marks}) AND {where}", [*ids, values]  # noqa: S608


def captured(head: str) -> "Question":
    """What hooks appended of a session: key, entry, moment, turn; in the order of time."""
    keys = " OR ".join(f"o.tail GLOB '{kind}-*'" for kind in _CAPTURED)
    join = "JOIN entry e ON e.number = o.entry"
    where = f"o.head = ? AND ({keys})"
    what = "DISTINCT o.tail, o.id, e.moment, e.turn"  # a copied day file has the same ones again
    return f"SELECT {what} FROM origin o {join} WHERE {where} ORDER BY 3", [head]  # noqa: S608


def standing(path: str, line: int) -> "Question":
    """The entry at a line of a stored path."""
    where = "f.path = ? AND e.line = ? AND e.spool IS NULL"
    return f"SELECT {_COLUMNS} {_FROM} WHERE {where}", [path, line]


def values(column: str) -> "Question":
    """What a column holds, the most recently used first."""
    if column == "tag":
        shown = "entry NOT IN (SELECT number FROM entry WHERE copy > 1)"
        return f"SELECT name FROM tag WHERE {shown} GROUP BY folded ORDER BY max(entry) DESC", []  # noqa: S608
    where = f"copy = 0 AND {column} <> '' GROUP BY {column} ORDER BY max(moment) DESC"
    return f"SELECT {column} FROM entry WHERE {where}", []  # noqa: S608
