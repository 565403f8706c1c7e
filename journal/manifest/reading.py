"""Reading a manifest, line by line as it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from journal.errors import FormatError
from journal.manifest.judging import troubles
from journal.manifest.values import (
    MOST_BYTES,
    MOST_MEMBERS,
    SCHEMA,
    Manifest,
    Masked,
    Member,
    Part,
    corrupt,
)

_MOST_PARTS = 10_000
_MOST_WORDS = 64  # of a selection, and reasons
# The grammar is that of `render`: a line a value.
_NUMBER = rb"(0|[1-9][0-9]{0,15})"
_TEXT = rb'("(?:[ !#-\[\]-~]|\\["\\bfnrt]|\\u[0-9a-f]{4}){0,1024}")'
_HEX = rb"[0-9a-f]{64}"
_LINK = rb"(?:[1-9][0-9]{0,17}:sha256:" + _HEX + rb")"
_TALLY = re.compile(rb"  " + _TEXT + rb": " + _NUMBER + rb"(,?)\n")
_WORD = re.compile(rb"  " + _TEXT + rb": " + _TEXT + rb"(,?)\n")
_MASKED = re.compile(
    rb'  \{\n   "id": ' + _TEXT + rb',\n   "new": "(sha256:' + _HEX + rb')",\n'
    rb'   "old": "(sha256:' + _HEX + rb')"\n  \}(,?)\n'
)
_MEMBER = re.compile(
    rb'  \{\n   "bytes": ' + _NUMBER + rb',\n   "entries": ' + _NUMBER + rb",\n"
    rb'   "part": (-1|0|[1-9][0-9]{0,4}),\n   "path": "([a-z0-9./-]{1,200})",\n'
    rb'   "sha256": "(' + _HEX + rb')"\n  \}(,?)\n'
)
_PART = re.compile(
    rb'  \{\n   "at": "([a-z0-9-]{1,32})",\n   "entries": ' + _NUMBER + rb",\n"
    rb'   "first": ' + _NUMBER + rb",\n"
)
_GAP = re.compile(rb'    "(' + _LINK + rb')"(,?)\n')
_PART_END = re.compile(
    rb'   "head": "(' + _LINK + rb'?)",\n   "last": ' + _NUMBER + rb",\n"
    rb'   "namespace": "([a-z0-9-]{1,32})",\n   "workspace": "([0-9A-Z]{26})",\n'
    rb'   "writer": "([a-z0-9-]{1,32})"\n  \}(,?)\n'
)
_FIRST = re.compile(rb'\{\n "entries": ' + _NUMBER + rb",\n")
_SINCE = re.compile(rb' "since": "([0-9-]{0,10})",\n "timezone": "([A-Za-z0-9_+/-]{1,64})",\n')
_LAST = re.compile(
    rb' "until": "([0-9-]{0,10})",\n "workspace": "([0-9A-Z]{26})",\n'
    rb' "writer": "([a-z0-9-]{1,32})"\n\}\n'
)
_SAYS = re.compile(rb' "schema": "journal/pack@1",\n')


def parse(raw: bytes) -> Manifest:
    """The manifest that these bytes are; FormatError `pack-corrupt`, with the line, if none."""
    if len(raw) > MOST_BYTES:
        raise corrupt(f"is {len(raw):,} bytes, and {MOST_BYTES:,} is the most")
    text = _Text(raw)
    entries = int(text.take(_FIRST, f'"entries", as {SCHEMA} begins')[1])
    left_out = {_word(one[1]): int(one[2]) for one in text.map(b"left_out", _TALLY)}
    masked = tuple(
        Masked(_word(one[1]), one[3].decode(), one[2].decode())
        for one in text.list(b"masked", _MASKED)
    )
    members = tuple(
        Member(one[4].decode(), int(one[1]), one[5].decode(), int(one[2]), int(one[3]))
        for one in text.list(b"members", _MEMBER, MOST_MEMBERS)
    )
    parts = tuple(_part(text, one) for one in text.list(b"parts", _PART, _MOST_PARTS))
    text.take(_SAYS, f"the schema {SCHEMA}")
    selection = {_word(one[1]): _word(one[2]) for one in text.map(b"selection", _WORD)}
    since = text.take(_SINCE, '"since" and "timezone"')
    last = text.take(_LAST, '"until", "workspace", "writer" and the end')
    if text.at != len(raw):
        raise text.wrong("the end")
    manifest = Manifest(
        workspace=last[2].decode(), writer=last[3].decode(), timezone=since[2].decode(),
        selection=selection, entries=entries, since=since[1].decode(), until=last[1].decode(),
        parts=parts, members=members, masked=masked, left_out=left_out,
    )  # fmt: skip
    for trouble in troubles(manifest):
        raise corrupt(trouble)
    return manifest


class _Text:
    """The manifest's bytes, and how far they are read."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def wrong(self, expected: str) -> FormatError:
        """The error that here stands something else."""
        line = self.raw.count(b"\n", 0, self.at) + 1
        return corrupt(f"is not written as the journal writes it: here stands not {expected}", line)

    def take(self, pattern: re.Pattern[bytes], expected: str) -> re.Match[bytes]:
        """What must stand here."""
        found = pattern.match(self.raw, self.at)
        if not found:
            raise self.wrong(expected)
        self.at = found.end()
        return found

    def skip(self, text: bytes) -> bool:
        """Whether these very bytes stand here; they are passed over."""
        there = self.raw.startswith(text, self.at)
        self.at += len(text) * there
        return there

    def list(
        self, key: bytes, item: re.Pattern[bytes], most: int = MOST_BYTES, depth: int = 1
    ) -> Iterator[re.Match[bytes]]:
        """The items of a list that stands here; the last group of each match is its comma."""
        yield from self._items(key, (b"[", b"]"), item, most, depth)

    def map(self, key: bytes, item: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """The same of a map, whose keys are sorted and differ."""
        before: tuple[str, ...] = ()
        for one in self._items(key, (b"{", b"}"), item, _MOST_WORDS, 1):
            word = (_word(one[1]),)
            if word <= before:
                raise self.wrong(f'keys of "{key.decode()}" in their order')
            before = word
            yield one

    def _items(
        self,
        key: bytes,
        signs: tuple[bytes, bytes],
        item: re.Pattern[bytes],
        most: int,
        depth: int,
    ) -> Iterator[re.Match[bytes]]:
        blanks = b" " * depth
        name = f'"{key.decode()}"'
        if not self.skip(blanks + b'"' + key + b'": ' + signs[0]):
            raise self.wrong(name)
        if self.skip(signs[1] + b",\n"):
            return
        if not self.skip(b"\n"):
            raise self.wrong(name)
        more = True
        while more:
            found = self.take(item, f"an item of {name}")
            yield found
            # Of a part the comma comes after what the caller took meanwhile.
            more = self.raw[self.at - 2 : self.at] == b",\n"
            most -= 1
            if most < 0:
                raise self.wrong(f"the end of {name}: it has too many items")
        if not self.skip(blanks + signs[1] + b",\n"):
            raise self.wrong(f"the end of {name}")


def _word(quoted: bytes) -> str:
    """The text of a JSON string; FormatError if it isn't quoted as `render` does it."""
    text: str = json.loads(quoted)
    if json.dumps(text).encode() != quoted or any("\ud800" <= char <= "\udfff" for char in text):
        raise corrupt(f"{quoted[:40].decode()} is not quoted as the journal quotes it")
    return text


def _part(text: _Text, head: re.Match[bytes]) -> Part:
    gaps = tuple(one[1].decode() for one in text.list(b"gaps", _GAP, depth=3))
    end = text.take(_PART_END, "the rest of a part")
    return Part(
        end[4].decode(), end[5].decode(), end[3].decode(), head[1].decode(), int(head[2]),
        int(head[3]), int(end[2]), end[1].decode(), gaps,
    )  # fmt: skip
