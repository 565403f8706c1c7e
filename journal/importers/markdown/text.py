"""A note's bytes as text, its front matter and properties as values.

Nothing of the text is lost: what can't stand under `meta` stays where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journal import frontmatter
from journal.cjson import dumps
from journal.errors import FormatError
from journal.finding import Finding
from journal.safe import one_line

META_MOST = 4096  # bytes: an entry's header holds 16 KiB in all
_TAGS_MOST = 64
_TAG_MOST = 100
_FRONT = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_LOOKS_FRONT = re.compile(r"\s*(?:#.*\n\s*)*[^\s:#][^:\n]*:(?:\s|\Z)")
_FRONT_MOST = 65_536
_PROPERTY = re.compile(r"[ \t]*(?:-[ \t]+)?([A-Za-z0-9][\w/.-]*)::[ \t]*(.*)\n?")
_WORD = re.compile(r"\s*\[\[([^\]]*)\]\]|[^,]+")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
_LOOKED_AT = 8192
_TAGS = ("tags", "tag")


@dataclass(frozen=True, slots=True)
class Page:
    """A note: its text from the end of its front matter on, and what that says."""

    text: str
    line: int = 1  # where the text begins in its file
    meta: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def page(file: str, data: bytes) -> Page | Finding:
    """The note in a file's bytes; a Finding if they are no text."""
    if _is_binary(data):
        return Finding("not-text", file, 0, "this is no text", "nothing of it was imported")
    text, findings = _decoded(file, data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    given, body, problem = _front(file, text)
    if problem:
        findings.append(problem)
    said = {**given, **properties(body)[0]}
    tags = _tags(said)
    meta = {key: value for key, value in said.items() if key not in _TAGS or not tags}
    if len(dumps(meta)) > META_MOST or sum(map(len, tags)) > META_MOST:
        words = f"what it says of itself is over {META_MOST:,} bytes: it stays in the text"
        findings.append(Finding("front-matter-large", file, 1, words))
        meta, body, tags = {}, text, ()
    if not body.strip():
        body = text  # a note that says nothing but its front matter
    line = 1 + text.count("\n", 0, len(text) - len(body))
    return Page(body, line, meta, tags, tuple(findings))


def _decoded(file: str, data: bytes) -> tuple[str, list[Finding]]:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding).replace("\0", "\u2400"), []
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="replace").replace("\0", "\u2400")
        line = data.count(b"\n", 0, error.start) + 1
        words = f"this is not valid {encoding.upper().removesuffix('-SIG')}: U+FFFD stands for it"
        return text, [Finding("bad-text", file, line, words, "iconv -t utf-8 changes the encoding")]


def _is_binary(data: bytes) -> bool:
    """Whether bytes that no mark calls UTF-16 hold more controls than a text ever does."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    begin = data[:_LOOKED_AT]
    return len(begin) - len(begin.translate(None, _CONTROLS)) > len(begin) // 10


def _front(file: str, text: str) -> tuple[dict[str, Any], str, Finding | None]:
    """What the front matter says, the text behind it, and why it couldn't be read."""
    opened = _FRONT.match(text)
    closed = _CLOSE.search(text, opened.end(), opened.end() + _FRONT_MOST) if opened else None
    if not opened or not closed:
        return {}, text, None
    block = text[opened.end() : closed.start()]
    if not block.strip():
        return {}, text[closed.end() :], None
    if not _LOOKS_FRONT.match(block):
        return {}, text, None  # text between two rules
    try:
        return _sound(frontmatter.read(block.removesuffix("\n"))), text[closed.end() :], None
    except FormatError as error:
        line = 1 + max(error.line, 1)
        words = str(error).replace("the header", "the front matter")
        fix = "it was imported as text; mend it and import again for its tags and date"
        return {}, text, Finding("bad-front-matter", file, line, one_line(words, 200), fix)


def _sound(values: dict[str, Any]) -> dict[str, Any]:
    """The values, valid Unicode: YAML's escapes can say half a character."""
    clean: dict[str, Any] = _valid(values)
    return clean


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode() if not value.isascii() else value
    if isinstance(value, dict):
        return {_valid(key): _valid(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_valid(inner) for inner in value]
    return value


def properties(body: str) -> tuple[dict[str, Any], int]:
    """Logseq's of the page, the `key:: value` lines that a text begins with, and where they end."""
    values: dict[str, Any] = {}
    at = 0
    while (found := _PROPERTY.match(body, at)) and len(values) < _TAGS_MOST:
        values.setdefault(found[1], found[2].strip())
        at = found.end()
    return values, at


def _tags(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The tags of a list or of a text: `[a, b]`, `a, [[b c]]`, `#a #b`; none if one can't be."""
    found: list[str] = []
    for key in _TAGS:
        given = values.get(key)
        words = given if isinstance(given, list) else _words(given) if given else []
        if not all(isinstance(word, (str, int, float)) for word in words):
            return ()
        found += [tag for word in words if (tag := str(word).strip().lstrip("#").strip())]
    tags = tuple(dict.fromkeys(found))
    return tags if len(tags) <= _TAGS_MOST and all(len(it) <= _TAG_MOST for it in tags) else ()


def _words(given: object) -> list[Any]:
    if not isinstance(given, str) or len(given) > META_MOST:
        return [given]
    if "," not in given and "[[" not in given and (" #" in given or given.startswith("#")):
        return given.split()
    return [found[1] or found[0] for found in _WORD.finditer(given)]
