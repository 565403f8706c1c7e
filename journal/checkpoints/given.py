"""A state as a person or program gives it: JSON text, refused with line and column if it isn't."""

from __future__ import annotations

import json
import math
from typing import Any

from journal.checkpoints.written import no_state


def state_of(data: bytes, file: str) -> Any:
    """The JSON value of a file's bytes; `file` is what to call it.

    UsageError `bad-state` with line and column if it is none, or holds what would be lost: a key
    twice, a number beyond what a program can hold.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise no_state(f"byte {error.start + 1:,} is no UTF-8", file=file, line=line) from error
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
        )
    except json.JSONDecodeError as error:
        why = f"column {error.colno}: {error.msg}" if text.strip() else "there is nothing in it"
        raise no_state(f"no JSON: {why}", file=file, line=error.lineno) from error
    except RecursionError as error:
        raise no_state("nested too deeply", file=file) from error
    except ValueError as error:
        raise no_state(str(error), file=file) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"an object has the key {json.dumps(key)} twice: one would be lost")
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"the number {text} is too large to be kept")
    return value
