"""An entry as folds ask for it: what it says of itself, without its text and its place.

Of thousands a `Row` each takes most of the time: this one needs no other table and no order, and
only the columns that folds and those who show what they found look at.
"""

from journal.cjson import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_STATED = "id, at, moment, title, parent, namespace, fields"
_WHERE = "FROM entry WHERE kind = ? AND copy = 0"
SUBJECTS = ("decision", "fact", "task")
OF_SUBJECT = f" AND kind IN {SUBJECTS}"  # as the index has it
STATED = f"SELECT {_STATED}, CASE title WHEN '' THEN head ELSE '' END {_WHERE}"
SAID = f"SELECT {_STATED}, head, role, actor, session {_WHERE}"


class Brief:
    """An entry of a kind: its header's texts, its moment in Unix microseconds, its fields.

    `head` is the first line of its body, which nobody asks for where there is a title.
    """

    __slots__ = (
        "at",
        "fields",
        "head",
        "id",
        "kind",
        "microseconds",
        "namespace",
        "parent",
        "title",
    )

    def __init__(self, kind: str, values: "tuple[Any, ...]", fields: "Mapping[str, Any]") -> None:
        self.kind = kind
        self.fields = fields
        (
            self.id, self.at, self.microseconds, self.title, self.parent, self.namespace, _,
            self.head,
        ) = values  # fmt: skip


class Said(Brief):
    """The same, with who said it in which session; `head` whether it has a title or not."""

    __slots__ = ("actor", "role", "session")

    def __init__(self, kind: str, values: "tuple[Any, ...]", fields: "Mapping[str, Any]") -> None:
        *brief, self.role, self.actor, self.session = values
        super().__init__(kind, tuple(brief), fields)


def briefs(kind: str, rows: "list[tuple[Any, ...]]") -> list[Brief]:
    """The answers to `STATED`; their fields are read as one text, which is quicker."""
    return [Brief(kind, row, some) for row, some in zip(rows, _fields(rows), strict=True)]


def said(kind: str, rows: "list[tuple[Any, ...]]") -> list[Said]:
    """The answers to `SAID`."""
    return [Said(kind, row, some) for row, some in zip(rows, _fields(rows), strict=True)]


def _fields(rows: "list[tuple[Any, ...]]") -> "list[Mapping[str, Any]]":
    text = f"[{','.join([row[6] or '{}' for row in rows])}]"
    return loads(text)  # type: ignore[return-value]
