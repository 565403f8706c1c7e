"""What an entry that was imported or captured stands for, in the source that it came from."""

from journal import origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def origins(
    fields: "Mapping[str, Any]", number: int, entry_id: str
) -> "list[tuple[str, str, int, str]]":
    """The rows of an entry with these header fields: tail, head, number, id."""
    head, names = origin.names(fields)
    if fields.get("what") == "purge":
        entry_id = str(fields.get("of") or entry_id)
    return [(name, head, number, entry_id) for name in names]
