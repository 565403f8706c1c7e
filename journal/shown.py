"""An entry as JSON shows it, whether it was read whole or is a row of the catalog."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TEXTS = ("id", "at", "kind", "role", "actor", "session", "path", "parent", "git", "token")


def record(entry: "Any") -> "dict[str, Any]":
    """The header's keys, then namespace, writer, title, file and line."""
    shown: dict[str, Any] = {key: value for key in _TEXTS if (value := getattr(entry, key))}
    if entry.turn:
        shown["turn"] = entry.turn
    shown |= dict(entry.fields)
    shown["tags"] = list(entry.tags)
    if entry.meta:
        shown["meta"] = dict(entry.meta)
    if entry.sealed:
        shown |= {"seq": entry.seq, "prev": entry.prev, "digest": entry.digest}
    shown |= {"namespace": entry.namespace, "writer": entry.writer, "title": entry.title}
    return shown | {"file": entry.source.file, "line": entry.source.line}


def head_of(body: str) -> str:
    """The first line that isn't blank, cut where no listing would show more."""
    start = len(body) - len(body.lstrip())
    end = body.find("\n", start)
    return body[start : end if 0 <= end < start + 300 else start + 300].rstrip()
