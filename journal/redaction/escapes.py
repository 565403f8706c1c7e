"""What a text says once the escapes of JSON, of URLs, or of one within the other are read.

Cheap on purpose, see `journal.redaction.values`. It only reads: what is no escape stays.
"""

from journal.redaction.values import Layer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.redaction.values import Pieces

_SHORT = {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f",
    b"/": b"/", b'"': b'"', b"'": b"'", b"\\": b"\\",
}  # fmt: skip
_BLANKS = b" \t\n\r\f\v"
_ASIDE = b"\xff"  # in no UTF-8


def layers_of(first: Layer, depth: int) -> "list[Layer]":
    """The layer, and every other that up to `depth` readings one after another come to."""
    layers, last = [first], [first]
    seen = {first.data}
    for _ in range(depth):
        made = [Layer(data, layer, read) for layer in last for read, data in _readings(layer.data)]
        last = []
        for layer in made:
            if layer.data not in seen:
                seen.add(layer.data)
                last.append(layer)
        layers += last
    return layers


def origin(layer: Layer, start: int, end: int) -> "tuple[int, int]":
    """The span in the text itself."""
    while layer.above:
        if not layer.sources:
            _lay_out(layer)
        start, end = _source(layer, start), _source(layer, end, up=True)
        layer = layer.above
    return start, end


def _lay_out(layer: Layer) -> None:
    offset = 0
    for source, piece in layer.read(layer.above.data) if layer.read and layer.above else ():
        layer.sources.append(source)
        layer.offsets.append(offset)
        offset += len(piece)


def _source(layer: Layer, offset: int, *, up: bool = False) -> int:
    """Where in the layer above that is; `up`: the end of a span, which takes no more than it must.

    No span begins or ends within what one escape says: that is a character, a byte or nothing.
    """
    from bisect import bisect_left, bisect_right

    at = bisect_right(layer.offsets, offset) - 1
    if up:
        at = bisect_left(layer.offsets, offset)
        at -= layer.offsets[at : at + 1] != [offset]
    return layer.sources[at] + offset - layer.offsets[at]


def _readings(data: bytes) -> "list[tuple[Callable[[bytes], Pieces], bytes]]":
    readings: list[tuple[Callable[[bytes], Pieces], bytes]] = []
    if b"\\" in data:
        readings.append((json_pieces, unescaped(data)))
    if b"%" in data:
        readings.append((url_pieces, _joined(url_pieces(data))))
    if readings and _is_split(data):
        readings.append((_blank_pieces, data.translate(None, _BLANKS)))
    return readings


def _is_split(data: bytes) -> bool:
    """Whether a line ends where an escape could go on behind it."""
    lines = data.split(b"\n")
    lines.pop()
    return any(b"\\" in line[-6:] or b"%" in line[-3:] for line in lines)


def unescaped(data: bytes) -> bytes:
    """The bytes with JSON's escapes read, and hexadecimal ones as most languages have them."""
    if _ASIDE not in data:
        # With these aside no backslash belongs to two escapes, and C can do the rest.
        easy = data.replace(b"\\\\", _ASIDE)
        if b"\\u" not in easy and b"\\x" not in easy:
            for letter, meant in _SHORT.items():
                easy = easy.replace(b"\\" + letter, meant)
            return easy.replace(_ASIDE, b"\\")
    return _joined(json_pieces(data))


def _joined(pieces: "Pieces") -> bytes:
    return b"".join([piece for _, piece in pieces])


def json_pieces(data: bytes) -> "Pieces":
    """Each part of what the text says, with the place in the text that it comes from."""
    pieces = []
    done = 0
    at = data.find(b"\\")
    while at >= 0:
        size, meant = _escape(data, at)
        if size:
            pieces += [(done, data[done:at]), (at, meant)]
            done = at + size
        at = data.find(b"\\", at + (size or 1))
    return [*pieces, (done, data[done:])]


def url_pieces(data: bytes) -> "Pieces":
    """The same for `%41`."""
    pieces = []
    done = 0
    at = data.find(b"%")
    while at >= 0:
        code = _hex(data[at + 1 : at + 3], 2)
        if code >= 0:
            pieces += [(done, data[done:at]), (at, bytes((code,)))]
            done = at + 3
        at = data.find(b"%", max(done, at + 1))
    return [*pieces, (done, data[done:])]


def _blank_pieces(data: bytes) -> "Pieces":
    """The same for the text without its blanks."""
    pieces = []
    at = 0
    for word in data.split():
        begin = data.index(word, at)
        pieces += [(at, b""), (begin, word)]
        at = begin + len(word)
    return [(0, b""), *pieces, (at, b""), (len(data), b"")]


def _escape(data: bytes, at: int) -> "tuple[int, bytes]":
    """The length of the escape there, 0 if it is none, and what it says."""
    letter = data[at + 1 : at + 2]
    if letter in _SHORT:
        return 2, _SHORT[letter]
    if letter == b"x" and (code := _hex(data[at + 2 : at + 4], 2)) >= 0:
        return 4, bytes((code,))
    if letter != b"u" or (code := _hex(data[at + 2 : at + 6], 4)) < 0:
        return 0, b""
    if code >> 10 == 0x36 and data[at + 6 : at + 8] == b"\\u":
        low = _hex(data[at + 8 : at + 12], 4)
        if low >> 10 == 0x37:
            return 12, chr(0x10000 + (code - 0xD800 << 10) + low - 0xDC00).encode()
    return 6, chr(code).encode("utf-8", "surrogatepass")


def _hex(digits: bytes, size: int) -> int:
    if len(digits) != size or not digits.isalnum():  # int() would take blanks and signs
        return -1
    try:
        return int(digits, 16)
    except ValueError:
        return -1
