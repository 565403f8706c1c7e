"""Where in a text the known values are that were found in one of its views.

Cheap on purpose, see `journal.redaction.values`; only a text in which there is one needs it.
"""

from bisect import bisect_right
from itertools import compress

from journal.redaction.values import BASE64, DROPPED, LETTERS, QUOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.redaction.values import Layer

_WIDENED = (b"", QUOTES, BASE64 + b"-_", b"")
_CONTINUING = bytes(range(0x80, 0xC0))  # of UTF-8: no character begins with these
_BLOCK = 1 << 14


class _Places:
    """Where the bytes of a view are in its data."""

    def __init__(self, data: bytes, dropped: bytes) -> None:
        self._data = data
        self._dropped = dropped
        self._kept = bytes(byte not in dropped for byte in range(256))
        self._before = [0]  # how many bytes are seen before each block
        self._block = -1
        self._seen: list[int] = []

    def at(self, offset: int) -> int:
        """The place of that byte."""
        while self._before[-1] <= offset:
            start = (len(self._before) - 1) * _BLOCK
            block = self._data[start : start + _BLOCK]
            self._before.append(self._before[-1] + len(block.translate(None, self._dropped)))
        number = bisect_right(self._before, offset) - 1
        start = number * _BLOCK
        if number != self._block:
            block = self._data[start : start + _BLOCK].translate(self._kept)
            self._block, self._seen = number, list(compress(range(len(block)), block))
        return start + self._seen[offset - self._before[number]]


def widened(
    layer: "Layer", view: int, spans: "list[tuple[int, int, int, int, str]]"
) -> "list[tuple[int, int, str]]":
    """The spans of a view as spans of the text, each with what belongs to its form beside it."""
    data, may = layer.data, _WIDENED[view]
    places = _Places(data, DROPPED[view])
    found = []
    for first, last, before, after, name in spans:
        start, end = places.at(first), places.at(last - 1) + 1
        start -= _run(data[max(0, start - before) : start][::-1], may)
        end += _run(data[end : end + after], may)
        end += _run(data[end : end + 2], b"=") if view == LETTERS else 0
        if layer.above:
            from journal.redaction.escapes import origin

            start, end = origin(layer, start, end)
        found.append((start, end, name))
    return found


def _run(data: bytes, may: bytes) -> int:
    """How many bytes from the start on are of these."""
    return len(data) - len(data.lstrip(may)) if may else 0


def in_characters(found: "set[tuple[int, int, str]]", data: bytes) -> "list[tuple[int, int, str]]":
    """The spans of the bytes as spans of the text that they encode, none within another."""
    outer: list[tuple[int, int, str]] = []
    for hit in sorted(found, key=lambda hit: (hit[0], -hit[1], hit[2])):
        if not outer or hit[1] > outer[-1][1]:
            outer.append(hit)
    if data.isascii():
        return outer
    places: dict[int, int] = {}
    at = characters = 0
    for place in sorted({place for hit in outer for place in hit[:2]}):
        characters += len(data[at:place].translate(None, _CONTINUING))
        places[place] = characters
        at = place
    return [(places[start], places[end], name) for start, end, name in outer]
