"""What changed between two states: an RFC 6902 JSON Patch, by the library `jsonpatch`.

The library costs 20 ms to import, so this module is loaded only where there is a delta.
"""

from __future__ import annotations

from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from journal.checkpoints.written import same

_ROOT = ""


def between(old: Any, new: Any) -> list[dict[str, Any]]:
    """The patch that makes `new` of `old`; [] if they are the same."""
    if same(old, new):
        return []
    try:
        found: list[dict[str, Any]] = jsonpatch.make_patch(old, new).patch
        if same(applied(old, found), new):
            return found
    except (ValueError, RecursionError):
        pass
    # True of every two states, and of some the library gives a patch that isn't.
    return [{"op": "replace", "path": _ROOT, "value": new}]


def applied(state: Any, patch: Any) -> Any:
    """What the patch makes of a state, which stays as it is; ValueError if it doesn't fit."""
    if not isinstance(patch, list) or not all(isinstance(one, dict) for one in patch):
        raise ValueError("a patch is a list of objects")
    try:
        return jsonpatch.JsonPatch(patch).apply(state)
    except (
        jsonpatch.JsonPatchException,
        JsonPointerException,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
    ) as error:
        raise ValueError(f"the patch doesn't fit: {error}") from error
