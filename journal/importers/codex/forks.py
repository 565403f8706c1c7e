"""Forked sessions of codex: their files begin with a copy of what they were forked from."""

from __future__ import annotations

from typing import Any

from journal.cjson import dumps
from journal.importers.codex.bits import parts
from journal.importers.lines import Line, lines


class Copied:
    """Tells which lines at a file's beginning are copies of another rollout's.

    The times of the copies are those of the copying: only what the lines say is compared.
    """

    def __init__(self, origin: str) -> None:
        self._said = {_mark(line.value) for line in lines(origin) if isinstance(line, Line)}

    def holds(self, value: dict[str, Any]) -> bool:
        """Whether this line is one; after the first that isn't, none is."""
        kind = parts(value)[0]
        if not self._said or kind == "turn_context":  # which tells the model for what follows, too
            return False
        if _mark(value) in self._said:
            return True
        if kind != "session_meta":
            self._said = set()
        return False


def _mark(value: dict[str, Any]) -> int:
    kind, payload = parts(value)
    try:
        return hash((kind, dumps(payload)))
    except (TypeError, ValueError):
        return hash((kind, str(payload)))
