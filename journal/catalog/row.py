"""An entry as the catalog knows it: all but its text."""

from journal.cjson import loads
from journal.shown import record
from journal.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

# What a row is made from, in this order; `day` is the path of the day file.
COLUMNS = (
    "number", "id", "at", "moment", "kind", "title", "head", "role", "actor", "session", "path",
    "parent", "namespace", "writer", "seq", "prev", "digest", "git", "token", "tags", "meta",
    "fields", "copy", "day", "line", "offset", "size", "spool", "turn",
)  # fmt: skip

# What `copy` may hold: another row stands for this one; a forget entry hides it; it was purged,
# and text is back that isn't shown; it was purged, and its stub stands there; it is kept aside.
COPY, FORGOTTEN, BACK, STUB, ASIDE = 1, 2, 4, 8, 16


def stored(path: str) -> str:
    """A path as SQLite takes it: bytes that are no text stand as NUL and two hex digits."""
    if path.isascii():
        return path
    return "".join(f"\0{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in path)


def restored(path: str) -> str:
    """The path that was stored."""
    first, *rest = path.split("\0")
    return first + "".join(chr(0xDC00 + int(part[:2], 16)) + part[2:] for part in rest)


class Row:
    """An entry's header fields and where it stands.

    `number` is the catalog's own and never used twice. `microseconds` is the moment since 1970.
    `head` is the first line of the body. `offset` and `size`, in bytes, are of the slice in the
    normalised file, or in the spool that `spool` names, while no file has the entry (`line` is 0).
    """

    __slots__ = (
        "_fields", "_flags", "_meta", "_tags", "actor", "at", "digest", "file", "git", "head", "id",
        "kind", "line", "microseconds", "namespace", "number", "offset", "parent", "path", "prev",
        "role", "seq", "session", "size", "spool", "title", "token", "turn", "writer",
    )  # fmt: skip

    def __init__(self, values: "tuple[Any, ...]") -> None:
        (
            self.number, self.id, self.at, self.microseconds, self.kind, self.title, self.head,
            self.role, self.actor, self.session, self.path, self.parent, self.namespace,
            self.writer, self.seq, self.prev, self.digest, self.git, self.token, self._tags,
            self._meta, self._fields, self._flags, self.file, self.line, self.offset, self.size,
            self.spool, self.turn,
        ) = values  # fmt: skip
        if "\0" in self.file:
            self.file = restored(self.file)
        if self.spool:
            self.spool = restored(self.spool)

    @property
    def sealed(self) -> bool:
        """Whether the journal wrote it, rather than a person's hand."""
        return bool(self.digest)

    @property
    def forgotten(self) -> bool:
        """Whether it is hidden from recall and lists; `Catalog.forgotten` tells by whom."""
        return bool(self._flags & FORGOTTEN)

    @property
    def hidden(self) -> bool:
        """Whether lists and conversations leave it out: forgotten, or kept aside."""
        return bool(self._flags > COPY)

    @property
    def came_back(self) -> bool:
        """Whether it was purged and text stands there again: nothing of that is shown."""
        return bool(self._flags & BACK)

    @property
    def purged(self) -> bool:
        """Whether it was purged for good: its stub stands there, or text that isn't shown."""
        return bool(self._flags & (BACK | STUB))

    @property
    def source(self) -> Source:
        """Where it stands."""
        return Source(self.file, self.line, self.offset)

    @property
    def moment(self) -> "datetime":
        """The instant of `at`."""
        from datetime import UTC, datetime, timedelta

        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.microseconds)
        except OverflowError:  # in UTC it is before the first year, or after the last one
            return datetime(1 if self.microseconds < 0 else 9999, 1, 1, tzinfo=UTC)

    @property
    def tags(self) -> tuple[str, ...]:
        """The header's tags."""
        return tuple(loads(self._tags)) if self._tags else ()  # type: ignore[arg-type]

    @property
    def meta(self) -> "Mapping[str, Any]":
        """The header's `meta`."""
        return loads(self._meta) if self._meta else {}  # type: ignore[return-value]

    @property
    def fields(self) -> "Mapping[str, Any]":
        """The header's other keys."""
        return loads(self._fields) if self._fields else {}  # type: ignore[return-value]

    def record(self) -> "dict[str, Any]":
        """The entry as JSON shows it."""
        return record(self)
