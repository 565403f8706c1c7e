"""An entry's header block as values.

The journal writes `key: plain-or-JSON` lines, read here without a YAML parser; anything else, such
as what a person typed, goes to `yamlblock`. Both give the same values for the same text, and
strings stay strings: `NO`, `1.10` and `2024-02-30` are what was typed.
"""

from __future__ import annotations

import json
import re

from journal.seal import MAX_DEPTH, MAX_HEADER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STRINGS = frozenset(
    "id at title kind role actor session path parent git token prev digest closes".split()
)
NUMBERS = frozenset(("seq", "len"))
_WORDS = {"true": True, "false": False, "null": None}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-./@+:]*")
_FRAME = re.compile(
    r"id: ([0-9A-Z]{26})\nat: ([-0-9T:.+]{32})\n((?:.*\n)*?)seq: ([0-9]+)\n"
    r"prev: ([0-9]+:sha256:[0-9a-f]{64})\nlen: ([0-9]+)\n(?:closes: (.*)\n)?"
    r"digest: (sha256:[0-9a-f]{64})"
)
_FRAMED = frozenset(("seq", "prev", "len", "closes", "digest"))
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def _no_constant(name: str) -> object:
    raise ValueError(name)  # NaN and Infinity are words, not JSON


def load(block: str) -> dict[str, Any]:
    """The values of a header that isn't the journal's own writing."""
    from journal.yamlblock import load as careful

    return careful(block)


def read(block: str) -> dict[str, Any]:
    """The header's values in their order; FormatError if it can't be read."""
    if len(block) > MAX_HEADER:
        return load(block)
    try:
        if framed := _FRAME.fullmatch(block):
            return _framed(framed)
        return _lines(block.split("\n"), {})
    except ValueError:
        return load(block)


def one(line: str) -> dict[str, Any]:
    """The value of one line as the journal writes it, by its key; ValueError of any other line."""
    return _lines([line], {})


def _framed(found: re.Match[str]) -> dict[str, Any]:
    """The journal's own writing: what every sealed header has is taken by one match."""
    entry_id, at, lines, seq, prev, size, closes, digest = found.groups()
    values: dict[str, Any] = {"id": entry_id, "at": at}
    _lines(lines.split("\n")[:-1], values)
    if not values.keys().isdisjoint(_FRAMED):
        raise ValueError("a key stands there twice")
    values |= {"seq": int(seq), "prev": prev, "len": int(size)}
    if closes:
        values["closes"] = _text(closes)
    values["digest"] = digest
    return values


def _lines(lines: list[str], values: dict[str, Any]) -> dict[str, Any]:
    for line in lines:
        key, colon, text = line.partition(": ")
        if not colon or key in values or not _KEY.fullmatch(key):
            raise ValueError(line)
        values[key] = _value(key, text)
    return values


def _value(key: str, text: str) -> Any:
    first = text[:1]
    if first == '"':
        return _text(text)
    if key in NUMBERS:
        if not text.isascii() or not text.isdigit():
            raise ValueError(text)
        return int(text)
    if first in ("[", "{"):
        if text.count("[") + text.count("{") > MAX_DEPTH:
            raise ValueError(text)  # maybe too deep: the careful reader counts
        try:
            return _decode(text)
        except ValueError:
            return _flow_words(text)
    if not _PLAIN.fullmatch(text) and (key in STRINGS or not _NUMBER.fullmatch(text)):
        raise ValueError(text)
    return text if key in STRINGS else plain(text)


def _text(text: str) -> str:
    value = _decode(text)
    if not isinstance(value, str):
        raise ValueError(text)
    return value


def _flow_words(text: str) -> list[Any]:
    """`[search, "a, b", design]`: plain words and JSON strings."""
    words: list[Any] = []
    at = 1
    while True:
        if text[at : at + 1] == '"':
            word, at = json.decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]
        else:
            found = _PLAIN.match(text, at)
            if not found:
                raise ValueError(text)
            word, at = plain(found[0]), found.end()
        words.append(word)
        if text[at:] == "]":
            return words
        if text[at : at + 2] != ", ":
            raise ValueError(text)
        at += 2


def plain(text: str) -> Any:
    """What an unquoted word stands for: a number or a JSON constant only if it looks just so."""
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        try:
            number = json.loads(text)
            return number if str(number) == text else text
        except ValueError:
            return text  # more digits than Python turns into a number
    return text


_decode = json.JSONDecoder(parse_constant=_no_constant, parse_float=plain, parse_int=plain).decode
