"""What is wrong in a policy, collected: each with its line, and with what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from journal.finding import Finding
from journal.policy.admission import FILE
from journal.policy.tree import Part

CODE = "policy"
_SHOWN = 40


class Faults:
    """The faults of one reading, in the order of their lines."""

    def __init__(self) -> None:
        self._found: dict[Finding, None] = {}

    def add(self, line: int, message: str, fix: str) -> None:
        """Note a fault, once."""
        self._found[Finding(CODE, FILE, line, message, fix)] = None

    def wrong(self, key: str, part: Part, fix: str) -> None:
        """Note that a key has a value that it can't have."""
        self.add(part.line, f"{key} is {shown(part)}", fix)

    def all(self) -> list[Finding]:
        """Every fault, by line."""
        return sorted(self._found, key=lambda one: one.line)


def shown(part: Part) -> str:
    """A value in a message."""
    value = part.value
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a map"
    return "empty" if value is None else str(value).lower()


def meant(word: Any, choices: Sequence[str]) -> str:
    """What to write instead of a word: the choice that it looks like, or one of all."""
    if found := near(word, choices):
        return found
    *most, last = choices
    return f"write {', '.join(most)} or {last}" if most else f"write {last}"


def near(word: Any, choices: Sequence[str]) -> str:
    """The question whether a choice was meant that looks like the word; empty if none does."""
    if not isinstance(word, str) or len(word) > _SHOWN:
        return ""
    for spelt in (word.lower(), word.lower().replace("-", "_")):
        if found := get_close_matches(spelt, choices, 1):
            return f"did you mean {found[0]}?"
    return ""
