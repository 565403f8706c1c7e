"""What a look at an entry's bytes tells of its phrases: many times faster than reading the entry.

Where it can't tell, it says so. It takes bytes apart as `dayfile.parse` does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from journal.recall.analysis import folded_words
from journal.recall.letters import fold, stands_alone

_OPENING = re.compile(rb"[ \t]*\n(?:[ \t]*\n)*```yaml entry[ \t]*\n")
_CLOSING = re.compile(rb"^```[ \t]*(?:\n|\Z)", re.MULTILINE)
_LENGTH = re.compile(rb"^len: ([1-9][0-9]{0,8})$", re.MULTILINE)
_CLOCK = re.compile(rb"## \d\d:\d\d(?::\d\d)?[ \t]")
_DOT = " · ".encode()
_ASCII = bytes(range(128))

Place = tuple[int, int]


def holds(raw: bytes, wanted: Sequence[re.Pattern[str]]) -> bool | None:
    """Whether the slice is of an entry that holds all the phrases; None if it must be read."""
    text = plain(raw)
    if all(pattern.search(text) for pattern in wanted):
        inside = [plain(raw[start:end]) for start, end in _parts(raw)]
        if all(any(pattern.search(part) for part in inside) for pattern in wanted):
            return True
        return None  # across two parts, in a tag, or in what is no part at all
    begin, close, _ = _header(raw)
    return None if b"\\" in raw[begin:close] else False


def plain(raw: bytes) -> str:
    """The text folded, for whoever looks for ASCII words: all other letters are an X."""
    text = raw.lower().decode(errors="replace")
    for letter in set(raw.translate(None, _ASCII).decode(errors="replace")):
        text = text.replace(letter, _folded(letter))
    return text


@cache
def _folded(letter: str) -> str:
    return "".join(map(_plain, fold(letter)))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if stands_alone(letter):
        return " X "
    return "X" if folded_words(letter) else " "


def _parts(raw: bytes) -> list[Place]:
    """Where the title and the body are, or most of them; nothing where it takes a reader to tell.

    An edited body is longer than `len` says, or shorter: then it is all that follows, but for a
    line that closes it. What is given here lies in the one and in the other. A backslash more or
    less before a stored heading is no word.
    """
    line = raw.find(b"\n")
    heading = raw if line < 0 else raw[:line]
    begin, close, after = _header(raw)
    if not after:
        return [] if begin else [*_title(heading, b""), (len(heading), len(raw))]
    block = raw[begin:close]
    end = _end(raw, block, after + (raw[after : after + 1] == b"\n"))
    if end is None:
        return _title(heading, block)
    return [*_title(heading, block), (after, end)]


def _header(raw: bytes) -> tuple[int, int, int]:
    """Where the header begins and ends, and what follows it; zeros as far as there is none."""
    opening = _OPENING.match(raw, raw.find(b"\n") if b"\n" in raw else len(raw))
    closing = _CLOSING.search(raw, opening.end()) if opening else None
    if opening and closing:
        return opening.end(), closing.start(), closing.end()
    return opening.end() if opening else 0, 0, 0


def _end(raw: bytes, block: bytes, start: int) -> int | None:
    """Where the body ends, if that is at the end of a line."""
    found = _LENGTH.findall(block)
    if not found:
        return None if b"len" in block or b"closes" in block else len(raw)
    end = start + int(found[0])
    if b"closes" in block:
        end = min(end, raw.rstrip(b"\n").rfind(b"\n"))
    whole = end >= len(raw) or b"\n" in raw[end - 1 : end + 1]
    return end if whole and len(found) == 1 else None


def _title(heading: bytes, block: bytes) -> list[Place]:
    """Where the heading shows the title."""
    clock = _CLOCK.match(heading)
    if not clock or b"title" in block:
        return []
    dot = heading.find(_DOT)
    if dot >= 0:
        return [(dot + len(_DOT), len(heading))]
    return [] if b"role" in block else [(clock.end(), len(heading))]
