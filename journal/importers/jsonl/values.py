"""Values of any objects as an entry's fields: texts, times, names, tags, of whatever type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from journal import names
from journal.cjson import dumps
from journal.conversation import said, tools
from journal.importers.lines import fit
from journal.importers.port import Reading
from journal.importers.times import moment

_ROLES = {
    "human": "user", "ai": "assistant", "bot": "assistant", "model": "assistant",
    "gpt": "assistant", "agent": "assistant", "function": "tool", "developer": "system",
}  # fmt: skip
_KNOWN_ROLES = frozenset(("user", "assistant", "tool", "system"))
_TAGS, _TAG = 50, 64  # how many tags, of how many characters
_META, _MANY = 256, 6_000  # characters of one value, bytes of all
_DEEP = 20


def text(value: object, reading: Reading, depth: int = 0) -> str:
    """A value as text: what it says, if it is made of blocks; else as JSON."""
    if isinstance(value, str):
        return fit(value)
    if isinstance(value, bool) or value is None or depth > _DEEP:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "\n\n".join(filter(None, (text(one, reading, depth + 1).strip() for one in value)))
    if isinstance(value, dict):
        return _block(value, reading, depth)
    return ""


def _block(value: dict[str, Any], reading: Reading, depth: int) -> str:
    kind = value.get("type")
    if "image" in str(kind) or "image_url" in value:
        reading.leave("image")
        return "[image]"
    for key in ("text", "content", "parts", "thinking", "value"):
        if key in value and (found := text(value[key], reading, depth + 1)):
            return f"*Thinking*\n\n{tools.quote(found)}" if key == "thinking" else found
    if kind == "tool_use" and isinstance(value.get("name"), str):
        return fit(tools.call(value["name"], value.get("input")))
    return tools.fence(fit(_json(value)), "json") if value else ""


def time(value: object) -> str | datetime | None:
    """A time: ISO text as it stands, or Unix seconds, milli-, micro- or nanoseconds."""
    if isinstance(value, str):
        bare = value.strip()
        if moment(bare):
            return bare
        try:
            return _day(bare) or time(float(bare))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
        for _ in range(3):
            if abs(seconds) >= 1e11:  # seconds reach that in the year 5138
                seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _day(value: str) -> str | None:
    """A date without a time, if it is one."""
    if len(value) != 10 or value[4] != "-":
        return None
    datetime.fromisoformat(value)
    return value


def role(value: object) -> str:
    """A role's name; empty if the value is none."""
    if not isinstance(value, str):
        return ""
    word = value.strip().lower()
    named = _ROLES.get(word, word)
    return named if len(named) <= 32 and names.is_name(named) else ""


def is_role(value: object) -> bool:
    """Whether the value is a role that conversations have: a guess needs one of those."""
    return role(value) in _KNOWN_ROLES


def name(value: object) -> str:
    """A session's name, from a text or a number; empty if the value is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return said.session(value.strip()) if isinstance(value, str) else ""


def line(value: object, most: int) -> str:
    """A text on one line, cut."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("login") or value.get("username")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return " ".join(fit(value).split())[:most].strip() if isinstance(value, str) else ""


def tags(value: object) -> tuple[str, ...]:
    """Tags, from a list or from a text with commas or spaces between them."""
    if isinstance(value, str):
        value = value.split(",") if "," in value else value.split()
    found = (line(one, _TAG).lstrip("#") for one in value) if isinstance(value, list) else ()
    kept = tuple(dict.fromkeys(tag for tag in found if tag))[:_TAGS]
    while sum(len(tag.encode()) for tag in kept) > _MANY // 2:
        kept = kept[:-1]
    return kept


def meta(
    value: Mapping[str, Any], mapped: Mapping[str, Any], used: Iterable[str], reading: Reading
) -> dict[str, Any]:
    """What was mapped to meta, and the object's other small values; what isn't small is counted."""
    rest, nested = _unused(value, set(used))
    for key in nested:
        reading.leave(f"key: {line(key, _TAG)}")
    kept: dict[str, Any] = {}
    room = _MANY
    for key, one in (*mapped.items(), *rest.items()):
        if one is None or one in ("", [], {}):
            continue
        size = len(key.encode(errors="replace")) + _size(one)
        if size <= room and len(key) <= _TAG:
            kept[fit(key)] = fit(one) if isinstance(one, str) else one
            room -= size
        else:
            reading.leave(f"key: {line(key, _TAG)}")
    return kept


def _unused(value: Mapping[str, Any], used: set[str]) -> tuple[dict[str, Any], list[str]]:
    """The keys that no field has: those of the object, and those within one that a field is of."""
    rest: dict[str, Any] = {}
    nested: list[str] = []
    for key, one in value.items():
        if key in used:
            continue
        if any(path.startswith(f"{key}.") for path in used):
            inner = one if isinstance(one, dict) else {}
            nested += [f"{key}.{name}" for name in inner if f"{key}.{name}" not in used]
        else:
            rest[key] = one
    return rest, nested


def _size(value: object) -> int:
    """The bytes of a small value in a header; more than there is room for if it isn't one."""
    return len(_json(value).encode(errors="replace")) if _is_small(value) else _MANY + 1


def _is_small(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _META
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, bool) or (isinstance(value, int) and abs(value) < 1 << 63)


def _json(value: object) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError):
        return str(value)
