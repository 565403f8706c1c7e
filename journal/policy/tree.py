"""YAML as a tree whose every part knows its line; what may not be in it is a finding.

As in `yamlblock`, size and depth are capped, anchors, tags, merges and duplicate keys are refused,
and the parser's own constructors are never called. An unquoted word is a number or a truth value
only if it looks just so: true, false, null, decimal digits.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_SIZE = 64 << 10
MAX_DEPTH = 8
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Part:
    """A value with the line it stands in, from 1; a map's keys have lines of their own."""

    value: Any  # a scalar, a list of parts, or a map of keys to parts
    line: int
    keys: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {key: part.plain() for key, part in self.value.items()}
        if isinstance(self.value, list):
            return [part.plain() for part in self.value]
        return self.value


@dataclass(frozen=True, slots=True)
class Refusal:
    """What may not stand in the YAML: its line, what is wrong, and what to do instead."""

    line: int
    message: str
    fix: str


def grow(text: str) -> tuple[Part, list[Refusal]]:
    """The tree of a text, and what may not be in it; an empty text is an empty map."""
    empty = Part({}, 1)
    if len(text.encode(errors="surrogatepass")) > MAX_SIZE:
        return empty, [Refusal(0, f"is over {MAX_SIZE >> 10} KiB", "shorten it")]
    growing = _Growing(text)
    try:
        found = growing.document()
    except yaml.YAMLError as error:
        return empty, [*growing.refusals, growing.unreadable(error)]
    except _TooDeepError as error:
        line = error.args[0]
        return empty, [Refusal(line, f"is nested more than {MAX_DEPTH} deep", "make it flatter")]
    except (ValueError, OverflowError):  # the parser's, of an escape
        line = growing.line_of_escape()
        return empty, [Refusal(line, "there is no such character", "mend the \\U in it")]
    return found or empty, growing.refusals


class _TooDeepError(Exception):
    """Deeper than any policy; the line."""


class _Growing:
    """YAML events into parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends = [at for at, character in enumerate(text) if character == "\n"]
        self.refusals: list[Refusal] = []
        self.events: Iterator[Any] = iter(())

    def document(self) -> Part | None:
        # Made here: the parser looks at the text's characters when it is made.
        self.events = yaml.parse(self.text, Loader=yaml.SafeLoader)
        next(self.events)  # the stream's start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        found = self._part(next(self.events), 0)
        next(self.events)  # the document's end
        if not isinstance(more := next(self.events), yaml.StreamEndEvent):
            self._refuse(more, "there is a second document", "keep one: remove the line of ---")
        return found

    def unreadable(self, error: yaml.YAMLError) -> Refusal:
        """The refusal of a text that is no YAML."""
        if isinstance(error, yaml.reader.ReaderError):
            character = f"the character U+{error.character:04X}"
            return Refusal(self._line(error.position), f"{character} can't be here", "remove it")
        mark = getattr(error, "problem_mark", None)
        line = self._line(mark.index) if mark else 1
        problem = getattr(error, "problem", None) or "it is no YAML"
        quotes = "single quotes" if "escape" in problem else "quotes"
        return Refusal(line, problem, f"mend the YAML; {quotes} around a text often do")

    def line_of_escape(self) -> int:
        """The line of the first escape that stands for no character."""
        codes = re.finditer(r"\\U([0-9A-Fa-f]{8})", self.text)
        wrong = (found.start() for found in codes if int(found[1], 16) > sys.maxunicode)
        return self._line(next(wrong, 0))

    def _line(self, index: int) -> int:
        # YAML's own lines end at NEL and U+2028 too, an editor's don't.
        return bisect_left(self.ends, index) + 1

    def _refuse(self, event: Any, message: str, fix: str) -> None:
        self.refusals.append(Refusal(self._line(event.start_mark.index), message, fix))

    def _part(self, event: Any, depth: int) -> Part:
        line = self._line(event.start_mark.index)
        if depth > MAX_DEPTH:
            raise _TooDeepError(line)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, "anchors and aliases are not allowed", "write the value out")
        elif event.tag:
            self._refuse(event, f"the tag {event.tag!r} is not allowed", "remove it")
        if isinstance(event, yaml.AliasEvent):
            return Part(None, line)
        if isinstance(event, yaml.ScalarEvent):
            if any("\ud800" <= character <= "\udfff" for character in event.value):
                self._refuse(event, "half a character is no text", "write the whole character")
            is_word = event.implicit[0] and not event.style
            return Part(_word(event.value) if is_word else event.value, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Part(self._list(depth), line)
        return self._map(line, depth)

    def _list(self, depth: int) -> list[Part]:
        parts = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            parts.append(self._part(event, depth + 1))
        return parts

    def _map(self, line: int, depth: int) -> Part:
        parts: dict[str, Part] = {}
        keys: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._part(event, depth + 1)
            part = self._part(next(self.events), depth + 1)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key is not plain text", "write a word and a colon")
            elif event.value == "<<" and not event.style:
                self._refuse(event, "merges are not allowed", "write the keys out")
            elif event.value in parts:
                first = keys[event.value]
                self._refuse(event, f"{event.value} is there twice", f"see line {first}; keep one")
            else:
                parts[event.value], keys[event.value] = part, key.line
        return Part(parts, line, keys)


def _word(text: str) -> Any:
    """What an unquoted word stands for."""
    if text in _WORDS:
        return _WORDS[text]
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS:
        number = int(text)
        return number if str(number) == text else text
    return text
