"""A state as the text of a checkpoint: JSON that a person likes to read, in one fenced block."""

from __future__ import annotations

from typing import Any

from journal.cjson import dumps, loads, quote
from journal.conversation.fenced import fence
from journal.errors import UsageError

INFO = "json"
DEEPEST = 200
_WIDTH = 88
_INDENT = "  "


def pretty(value: Any) -> str:
    """The value as JSON with an indent; what is small and flat stays on one line.

    UsageError `bad-state` if it is nested deeper than `DEEPEST`, or JSON has no such value.
    """
    try:
        return _drawn(value, "", 0)
    except (TypeError, ValueError) as error:
        raise no_state(f"the state is no JSON: {error}") from error


def _drawn(value: Any, indent: str, lead: int) -> str:
    if len(indent) > DEEPEST * len(_INDENT):
        raise no_state(f"the state is nested more than {DEEPEST} deep")
    inner = indent + _INDENT
    if isinstance(value, dict):
        pairs = [(_key(key), one) for key, one in value.items()]
        parts = [f"{key}: {_drawn(one, inner, len(key) + 2)}" for key, one in pairs]
        around = "{}"
    elif isinstance(value, (list, tuple)):
        parts = [_drawn(one, inner, 0) for one in value]
        around = "[]"
    else:
        return dumps(value)
    if not parts:
        return around
    line = f"{around[0]}{', '.join(parts)}{around[1]}"
    if indent and "\n" not in line and len(indent) + lead + len(line) <= _WIDTH:
        return line
    rows = f",\n{inner}".join(parts)
    return f"{around[0]}\n{inner}{rows}\n{indent}{around[1]}"


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"an object's key must be text, not {key!r}")
    return quote(key)


def block(value: Any) -> str:
    """The value as a fenced block."""
    return fence(pretty(value), INFO) + "\n"


def held(body: str) -> Any:
    """The value of the fenced block that the body ends with; ValueError if there is none."""
    lines = body.rstrip().split("\n")
    marks = lines[-1].rstrip()
    if len(marks) < len("```") or marks.strip("`"):
        raise ValueError("it doesn't end with a fenced block")
    opening = marks + INFO
    starts = [number for number, line in enumerate(lines) if line.rstrip() == opening]
    if not starts:
        raise ValueError(f"it has no block that begins with {opening}")
    return loads("\n".join(lines[starts[-1] + 1 : -1]).strip())


def same(one: Any, other: Any) -> bool:
    """Whether both are the same JSON: 1, 1.0 and true are three values, the order of keys is none.

    By hand, because Python takes `True == 1` for granted.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other and repr(one) == repr(other)


def no_state(message: str, *, file: str = "", line: int = 0) -> UsageError:
    """What can't be a state, refused before anything is written."""
    return UsageError(
        message,
        kind="bad-state",
        hint="a state is one JSON value; nothing was appended",
        file=file,
        line=line,
    )
