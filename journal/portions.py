"""A file's text rid of secrets on its way in, in portions, so that its size costs no memory.

What is marked as private is taken out first, by tags that are counted from portion to portion.
Then each portion is looked at together with what is around it: a secret must be longer than the
overlap to hide in a cut.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from journal.redaction import PRIVATE, private

if TYPE_CHECKING:
    from journal.masking import Masking
    from journal.redaction import Scrubbed

PORTION = 4 << 20  # characters
OVERLAP = 512 << 10  # of them that are looked at behind a portion
_BEFORE = 8  # and one part in so many of those before it
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Control characters that no text has but by mistake, in whatever encoding of 8 bits it is; more of
# them than one byte in so many, and it is none.
_ODD = bytes(byte for byte in (*range(32), 127) if byte not in b"\a\b\t\n\v\f\r\x1b")
_SELDOM = 50


class Portions:
    """The bytes of a file, a portion at a time, without its secrets.

    When all were taken: `found` has the rule of each that was masked; `unread` is true if the
    content is no text, and came back as it was; `unclosed` if a `<private>` ran to its end.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        masking: Masking,
        portion: int = PORTION,
        overlap: int = OVERLAP,
    ) -> None:
        self.found: list[str] = []
        self.unread = False
        self.unclosed = False
        self._chunks = chunks
        self._masking = masking
        self._portion, self._overlap = portion, overlap

    def __iter__(self) -> Iterator[bytes]:
        """The bytes; whatever `refuse` of the masking raises."""
        pieces = _pieces(self._chunks, self._portion)
        head = next(pieces, b"")
        coding, errors = _coding(head)
        decoder = codecs.getincrementaldecoder(coding)(errors)
        first = decoder.decode(head)
        if not _is_text(first):
            self.unread = True
            yield from chain([head], pieces)
            return
        texts = chain([first], map(decoder.decode, pieces))
        for text in self._scrubbed(self._public(texts)):
            yield text.encode(coding, errors)
        yield decoder.getstate()[0]  # the beginning of a character that never came

    def _public(self, texts: Iterable[str]) -> Iterator[str]:
        """The text without what is marked as private."""
        held, depth = "", 0
        for text in texts:
            held += text
            cut = private.edge(held, max(0, len(held) - private.LONGEST))
            public, depth = self._opened(held[:cut], depth)
            yield public
            held = held[cut:]
        public, depth = self._opened(held, depth)
        self.unclosed = depth > 0
        yield public

    def _opened(self, text: str, depth: int) -> tuple[str, int]:
        spans, after = private.spans(text, depth)
        parts, at = [], 0
        for start, end in spans:
            parts.append(text[at:start])
            if start or not depth:  # else it began before, and was told of there
                parts.append(f"[{PRIVATE}]")
                self.found.append(PRIVATE)
            at = end
        return "".join([*parts, text[at:]]), after

    def _scrubbed(self, texts: Iterable[str]) -> Iterator[str]:
        before = held = ""
        for text in texts:
            held += text
            while len(held) > self._portion + self._overlap:
                window = before + held[: self._portion + self._overlap]
                cut, masked = self._masked(window, len(before), len(before) + self._portion)
                yield masked
                held = held[cut - len(before) :]
                before = window[max(0, cut - self._overlap // _BEFORE) : cut]
        window = before + held
        yield self._masked(window, len(before), len(window))[1]

    def _masked(self, window: str, start: int, end: int) -> tuple[int, str]:
        """The window's text from start to end without its secrets, and where that really ends."""
        done = self._scrub(window)
        for one in done.findings:
            if one.start < end < one.end:
                end = one.start if one.start > start else one.end
        parts, at = [], start
        for one in done.findings:
            if one.end > start and one.start < end:
                parts += [window[at : one.start], placeholder(one.rule, one.tail)]
                self.found.append(one.rule)
                at = one.end
        return end, "".join([*parts, window[at:end]])

    def _scrub(self, window: str) -> Scrubbed:
        if self._masking.refuse:
            self._masking.refuse(window)
        return self._masking.scrubbed(window)


def placeholder(rule: str, tail: str) -> str:
    """What stands for a secret in a text."""
    return f"[redacted:{rule}:{tail}]" if tail else f"[{rule}]"


def refuse(
    chunks: Iterable[bytes], masking: Masking, portion: int = PORTION, overlap: int = OVERLAP
) -> None:
    """Whatever `refuse` of the masking raises for a file's content, be it text or not."""
    if not masking.refuse:
        return
    pieces = _pieces(chunks, portion)
    head = next(pieces, b"")
    coding, errors = _coding(head)
    decoder = codecs.getincrementaldecoder(coding)(errors)
    before = ""
    for piece in chain([head], pieces):
        window = before + decoder.decode(piece)
        masking.refuse(window)
        before = window[-overlap:]


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of that size, the last one shorter."""
    held: list[bytes] = []
    room = size
    for chunk in chunks:
        at = 0
        while len(chunk) - at >= room:
            yield b"".join([*held, chunk[at : at + room]])
            at += room
            held, room = [], size
        held.append(chunk[at:])
        room -= len(held[-1])
    if rest := b"".join(held):
        yield rest


def _coding(head: bytes) -> tuple[str, str]:
    """The encoding that a file begins with, and what becomes of what is none in it."""
    for mark, coding in _BOMS:
        if head.startswith(mark):
            return coding, "surrogatepass"
    return "utf-8", "surrogateescape"


def _is_text(text: str) -> bool:
    plain = text.encode("latin-1", "replace")
    return len(plain) - len(plain.translate(None, _ODD)) <= len(plain) // _SELDOM + 1
