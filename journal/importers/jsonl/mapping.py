"""Which keys of an object are an entry's fields: as a `--map` says, or by their usual names.

A map is `body=message.text, role=author`: fields on the left, dotted paths on the right, where a
number is a place in a list. `meta.NAME=path` keeps a value as meta. The fields that a map leaves
out are looked for by their usual names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journal.errors import UsageError

OPTION = "map"
FIELDS = (
    "body", "title", "kind", "role", "actor", "session", "path", "id", "at", "tags", "git",
    "namespace",
)  # fmt: skip
# In the order in which they are tried.
_GUESSES: dict[str, tuple[str, ...]] = {
    "body": ("body", "text", "content", "message.content", "message", "parts", "prompt", "summary"),
    "title": ("title", "subject"),
    "role": ("role", "message.role", "author.role", "author", "sender", "from", "type"),
    "actor": ("actor", "author.name", "author", "sender", "user", "username", "from"),
    "session": (
        "session", "session_id", "sessionId", "conversation_id", "conversationId", "thread_id",
    ),
    "id": ("id", "uuid", "_id", "message_id", "messageId"),
    "at": (
        "at", "timestamp", "ts", "created_at", "createdAt", "create_time", "time", "datetime",
        "date", "created",
    ),
    "tags": ("tags", "labels"),
}  # fmt: skip
_META = "meta."
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Map:
    """Paths by field, each field's in the order in which they are tried."""

    paths: Mapping[str, Sequence[str]]
    meta: Mapping[str, str] = field(default_factory=dict)
    mapped: frozenset[str] = frozenset()  # the fields whose paths were given

    def values(self, value: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
        """What the object has for a field, with where: the likeliest first."""
        for path in self.paths.get(name, ()):
            if (found := at(value, path)) is not None:
                yield path, found


def read(text: str) -> Map:
    """The map that an option's text gives; UsageError if it is none. Empty: the usual names."""
    pairs = [pair.strip() for pair in text.replace("\n", ",").split(",") if pair.strip()]
    if not pairs:
        return Map(_GUESSES)
    paths: dict[str, list[str]] = {}
    meta: dict[str, str] = {}
    for pair in pairs:
        name, equals, path = (part.strip() for part in pair.partition("="))
        if not equals or not name or not path:
            raise _bad(f"--map {pair!r} is not FIELD=PATH")
        if name.startswith(_META) and len(name) > len(_META):
            meta[name.removeprefix(_META)] = path
        elif name in FIELDS:
            paths.setdefault(name, []).append(path)
        else:
            raise _bad(f"--map: there is no field {name!r}")
    return Map({**_GUESSES, **paths}, meta, frozenset(paths))


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path; None if nothing does. A key may have dots itself."""
    found = _at(value, path)
    return None if found is _MISSING else found


def _at(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        if path in value:
            return value[path]
        end = path.find(".")
        while end > 0:
            if path[:end] in value:
                found = _at(value[path[:end]], path[end + 1 :])
                if found is not _MISSING:
                    return found
            end = path.find(".", end + 1)
    elif isinstance(value, list):
        first, _, rest = path.partition(".")
        if first.isascii() and first.isdigit() and len(first) < 10 and int(first) < len(value):
            return _at(value[int(first)], rest) if rest else value[int(first)]
    return _MISSING


def _bad(message: str) -> UsageError:
    return UsageError(
        message,
        kind="bad-map",
        hint=f"for example --map body=text,at=created; fields: {', '.join(FIELDS)}, meta.NAME",
    )
