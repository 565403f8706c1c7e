"""What a text says once the escapes of JSON, URLs or HTML, or of one within the other, are read.

And once what nobody sees is gone from it, and what stands before each of its lines.

Cheap on purpose, see `journal.redaction.values`. It only reads: what is no escape stays.
"""

from journal.redaction.values import JOINED, Layer

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
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'", b"nbsp": b" "}
_LONGEST_ENTITY = 9
# What is not seen, or but as a blank: soft hyphen, characters without width, directions, blanks
# that hold words together, ends of lines of Unicode's own.
_UNSEEN = {
    character.encode(): meant
    for meant, characters in (
        (b"", "\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"),
        (b" ", "\xa0\u2007\u202f"),
        (b"\n", "\x85\u2028\u2029"),
    )
    for character in characters
}
_BEFORE_LINES = b" \t>#|+"
_MARKS = (b">", b"#", b"|", b"+")


def layers_of(first: Layer, depth: int) -> "list[Layer]":
    """The layer, and every other that up to `depth` readings one after another come to."""
    layers, last = [first], [first]
    seen = {first.data}
    for level in range(depth):
        made = [
            Layer(data, layer, read)
            for layer in last
            for read, data in (*_readings(layer.data), *_shown(layer.data, level))
        ]
        last = []
        for layer in made:
            if layer.data not in seen:
                if layer.read is _line_pieces:
                    layer.views = (JOINED,)  # in no other does anything go on over lines
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


def _shown(data: bytes, level: int) -> "list[tuple[Callable[[bytes], Pieces], bytes]]":
    """Readings of what pages and mails do to a text: that comes first or last, not in between."""
    readings: list[tuple[Callable[[bytes], Pieces], bytes]] = []
    if level > 1:
        return readings
    if b"&" in data and b";" in data:
        readings.append((html_pieces, _joined(html_pieces(data))))
    if not data.isascii() and any(unseen in data for unseen in _UNSEEN):
        readings.append((unseen_pieces, _joined(unseen_pieces(data))))
    if _has_prefixes(data):
        bare = b"\n".join([line.lstrip(_BEFORE_LINES) for line in data.split(b"\n")])
        readings.append((_line_pieces, bare))
    return readings


def _has_prefixes(data: bytes) -> bool:
    """Whether lines are quoted, commented, added or in a table: two at least, one by one."""
    if b"\n" not in data or not any(mark in data for mark in _MARKS):
        return False
    lines = data.translate(None, b" \t").split(b"\n")
    firsts = b"".join([line[:1] or b"\n" for line in lines])
    return any(2 * mark in firsts for mark in _MARKS)


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


def html_pieces(data: bytes) -> "Pieces":
    """The same for `&#65;` and `&amp;`."""
    pieces = []
    done = 0
    at = data.find(b"&")
    while at >= 0:
        end = data.find(b";", at, at + _LONGEST_ENTITY + 2)
        meant = _entity(data[at + 1 : end]) if end >= 0 else b""
        if meant:
            pieces += [(done, data[done:at]), (at, meant)]
            done = end + 1
        at = data.find(b"&", max(done, at + 1))
    return [*pieces, (done, data[done:])]


def _entity(name: bytes) -> bytes:
    """What it says; empty if it is none."""
    if not name.startswith(b"#"):
        return _ENTITIES.get(name, b"")
    digits = name[1:]
    if digits[:1] in (b"x", b"X"):
        code = _hex(digits[1:], len(digits) - 1) if len(digits) > 1 else -1
    else:
        code = int(digits) if digits.isdigit() else -1  # of bytes, so ASCII's digits alone
    return chr(code).encode("utf-8", "surrogatepass") if 0 < code <= 0x10FFFF else b""


def unseen_pieces(data: bytes) -> "Pieces":
    """The same for what is not seen."""
    places = []
    for unseen, meant in _UNSEEN.items():
        at = data.find(unseen)
        while at >= 0:
            places.append((at, at + len(unseen), meant))
            at = data.find(unseen, at + len(unseen))
    pieces = []
    done = 0
    for at, end, meant in sorted(places):
        pieces += [(done, data[done:at]), (at, meant)]
        done = end
    return [*pieces, (done, data[done:])]


def _line_pieces(data: bytes) -> "Pieces":
    """The same for lines without what stands before them."""
    pieces = []
    at = 0
    for line in data.split(b"\n"):
        bare = line.lstrip(_BEFORE_LINES)
        end = at + len(line) + 1
        pieces += [(at, b""), (at + len(line) - len(bare), data[at + len(line) - len(bare) : end])]
        at = end
    return [(0, b""), *pieces, (len(data), b""), (len(data), b"")]


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
