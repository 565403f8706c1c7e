"""An entry as folds ask for it: what it says of itself, without its text and its place.

Of thousands a `Row` each takes most of the time: this one needs no other table and no order.
"""

from journal.cjson import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_COLUMNS = "id, at, moment, title, head, parent, role, actor, session, namespace"
STATED = f"SELECT {_COLUMNS}, fields FROM entry WHERE kind = ? AND copy = 0"  # noqa: S608


class Brief:
    """An entry of a kind: its header's texts, its moment in Unix microseconds, its fields."""

    __slots__ = (
        "actor", "at", "fields", "head", "id", "kind", "microseconds", "namespace", "parent",
        "role", "session", "title",
    )  # fmt: skip

    def __init__(self, kind: str, values: "tuple[Any, ...]", fields: "Mapping[str, Any]") -> None:
        self.kind = kind
        self.fields = fields
        (
            self.id, self.at, self.microseconds, self.title, self.head, self.parent, self.role,
            self.actor, self.session, self.namespace, _,
        ) = values  # fmt: skip


def briefs(kind: str, rows: "list[tuple[Any, ...]]") -> list[Brief]:
    """The answers to `STATED`; their fields are read as one text, which is quicker."""
    fields: Any = loads(f"[{','.join([row[-1] or '{}' for row in rows])}]")
    return [Brief(kind, row, some) for row, some in zip(rows, fields, strict=True)]
