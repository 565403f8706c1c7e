"""Files of JSON lines, as they are found: grown while they are read, torn, glued, badly encoded.

Read line by line: a file of any size takes the memory of its longest line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from journal.finding import Finding

LONGEST = 256 << 20  # bytes of a line that is read at all
_BOM = b"\xef\xbb\xbf"
_BLANK = " \t\r\n\0"
_OBJECT = re.compile(r'\{\s*"')
_LETTER = re.compile(r"\w")
_BAD = re.compile("[\0\ud800-\udfff]")
_FEW, _ENOUGH = 10, 1000  # lines without an object that tell that a file has none
_HEAD = 4096
_TRIES = 200  # beginnings of objects that are looked at in a line that isn't whole
# What an object of a whole line has, and one within another seldom.
_OF_A_LINE = frozenset(("timestamp", "uuid", "sessionId"))
# Control characters within strings are read: some tools write them as they are.
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One object: `number` counts lines from 1, `offset` is the object's first byte."""

    number: int
    offset: int
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Torn:
    """Text that is no JSON, or only the beginning of it.

    `last`: the file ends with it, without a newline. Somebody may be about to write the rest.
    """

    number: int
    offset: int
    text: str
    last: bool = False


def lines(file: str, start: int = 0, number: int = 1) -> Iterator[Line | Finding | Torn]:
    """The objects of a file from the byte `start` on, which is where line `number` begins.

    A line of several objects gives each. What can't be read gives a finding and its text, but for
    the file's last line: while that has no newline, it may still be written to, and is the last
    that is read. OSError if the file can't be read.
    """
    said_bad = False
    with open(file, "rb") as stream:
        stream.seek(start)
        offset = start
        while raw := stream.readline(LONGEST):
            size = len(raw)
            if size == LONGEST and not raw.endswith(b"\n"):
                size += _skip_line(stream)
                yield Finding("long-line", file, number, f"a line of {size:,} bytes is not read")
            else:
                at = offset
                if not at and raw.startswith(_BOM):
                    raw, at = raw[3:], 3
                text, good = decoded(raw)
                # An unfinished line may end within a letter.
                if not good and not said_bad and (raw[-1:] == b"\n" or _value(text, 0)[1] > 0):
                    said_bad = True
                    yield Finding(
                        "bad-text", file, number, "not UTF-8; what can't be read is shown as U+FFFD"
                    )
                yield from _objects(file, number, at, text, good)
            if size < LONGEST and raw[-1:] != b"\n":
                return  # what is written from now on may be the rest of this line
            offset += size
            number += 1


def no_lines(file: str) -> Finding | None:
    """Why a file is no JSON lines at all, such as a list or a picture; None if it may be some.

    OSError if it can't be read.
    """
    count = 0
    for one in lines(file):
        if isinstance(one, Line):
            return None
        count += isinstance(one, Finding)
        if count == _ENOUGH:
            break
    with open(file, "rb") as stream:
        is_list = stream.read(_HEAD).removeprefix(_BOM).lstrip()[:1] == b"["
    if count < (1 if is_list else _FEW):
        return None
    told = "no line of it is a JSON object: nothing of it is imported"
    fix = "jq -c '.[]' makes lines of a list, jq -c . of a document"
    return Finding("no-lines", file, 1, told, fix)


def again(stream: BinaryIO, offset: int) -> dict[str, Any]:
    """The object that `lines` found at an offset; empty if the file has changed since."""
    stream.seek(offset)
    value = _value(decoded(stream.readline(LONGEST))[0], 0)[0]
    return value if isinstance(value, dict) else {}


def fit(text: str) -> str:
    """The text without what an entry can't hold: NUL is shown as ␀, half a character as U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _BAD.sub(lambda bad: "␀" if bad[0] == "\0" else "\ufffd", text)


def decoded(raw: bytes) -> tuple[str, bool]:
    """The bytes as text, and whether they were UTF-8."""
    try:
        return raw.decode(), True
    except UnicodeDecodeError:
        return raw.decode(errors="replace"), False


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while more := stream.readline(1 << 20):
        skipped += len(more)
        if more.endswith(b"\n"):
            break
    return skipped


def _objects(
    file: str, number: int, offset: int, text: str, good: bool
) -> Iterator[Line | Finding | Torn]:
    """What a line holds: mostly one object, which is then all that happens here."""
    value, end = _value(text, 0)
    if isinstance(value, dict) and not text[end:].strip(_BLANK):
        yield Line(number, offset, value)
        return
    found = list(_pieces(text))
    count = sum(isinstance(piece, dict) for _, piece in found)
    if count > 1:
        yield Finding("two-objects", file, number, f"{count} objects on one line; all were read")
    for at, piece in found:
        where = offset + (len(text[:at].encode()) if good else at)
        if isinstance(piece, dict):
            yield Line(number, where, piece)
        else:
            last = not text.endswith("\n") and at + len(piece) == len(text)
            yield from _torn(file, Torn(number, where, piece.rstrip(_BLANK), last))


def _torn(file: str, torn: Torn) -> Iterator[Finding | Torn]:
    value, end = _value(torn.text, 0)
    if not torn.last and end == len(torn.text):
        kind = type(value).__name__.replace("NoneType", "null")
        yield Finding("no-object", file, torn.number, f"the line is JSON, but no object: {kind}")
    elif not torn.last:
        size = len(torn.text.encode(errors="replace"))
        yield Finding("torn-line", file, torn.number, f"{size:,} bytes that are no whole object")
    if torn.last or _LETTER.search(torn.text):
        yield torn


def _pieces(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """The objects of a line that is more or less than one, and the texts between them."""
    at = torn = failed = 0
    while failed < _TRIES and (match := _OBJECT.search(text, at)):
        value, end = _value(text, match.start())
        failed += end < 0
        if isinstance(value, dict) and _stands_alone(text, match.start(), end, torn, value):
            if text[torn : match.start()].strip(_BLANK):
                yield torn, text[torn : match.start()]
            yield match.start(), value
            at = torn = end
        else:
            at = end if isinstance(value, dict) else match.end()
    if rest := text[torn:].lstrip(_BLANK):
        yield len(text) - len(rest), rest


def _stands_alone(text: str, start: int, end: int, torn: int, value: dict[str, Any]) -> bool:
    """Whether the object is one of the file's own, and none within one that is torn."""
    before = text[torn:start].rstrip()
    if not before or before[-1] not in ":,[":
        return True
    return not text[end:].strip(_BLANK) and not _OF_A_LINE.isdisjoint(value)


def _value(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins there, and its end; (None, -1) if there is none."""
    try:
        return _scan(text, at)
    except (StopIteration, ValueError, RecursionError):
        return None, -1
