"""Secrets that are known beforehand, found by value in every encoding.

Cheap on purpose: every append makes one of these. A value is sought as it stands, in base64 (any
alignment, either alphabet), in hex, behind JSON's and URLs' escapes, and broken over lines.

Values that this process knows are sought as they are. Values that were named once are kept as
needles, from which nobody reads the value: two bytes of it, its length, and MACs under a key.
"""

import sys

from journal.seal import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    # A text in parts as it stands and, between them, what each escape says; each with its place.
    Pieces = list[tuple[int, bytes]]
    # view, form, and how many bytes before and after it may belong to it
    Form = tuple[int, bytes, int, int]
    # name, view, opening, where that is in the form, the form's length, MAC, before, after, and
    # the MAC of its beginning if it is long
    Needle = tuple[str, int, bytes, int, int, bytes, int, int, bytes]

# How a text is looked at: as it is; without what breaks a string over lines; letters and digits
# only; the same in small letters.
EXACT, JOINED, LETTERS, SMALL = range(4)
_BREAKS = b" \t\n\r\f\v\"'`\\+"
QUOTES = b"\"'`\\+"
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_LETTERS = bytes(range(256)).translate(None, BASE64[:62])
DROPPED = (b"", _BREAKS, _NO_LETTERS, _NO_LETTERS)
_SHORT = 8  # a shorter value would be met by chance where blanks are dropped
_SHORTEST_BASE64 = 5
_LINE = 16
BEGINNING = 32  # bytes of a long form that tell most of what it is not
_PREFIXES = (b">", b"#", b"|")
_TWICE = 256  # bytes of a value up to which it is sought in base64 of base64
_ARMOUR = "-----"
_DEPTH = 3  # escaped within escapes

# Two octal digits are one of base64's. Six bits at a time in Python would take thrice as long, and
# binascii longer than all the rest to import.
_HIGH = bytes.maketrans(b"01234567", bytes(range(0, 64, 8)))
_LOW = bytes.maketrans(b"01234567", bytes(range(8)))
_DIGITS = BASE64 + bytes(192)


class Values:
    """What is known to be secret, each under a name; false if nothing is.

    `notices` tells what could not be read of it.
    """

    __slots__ = ("_clear", "_kept", "_key", "_least", "names", "notices")

    def __init__(
        self,
        known: "Iterable[tuple[str, str]]" = (),
        needles: "Iterable[Needle]" = (),
        key: bytes = b"",
        notices: "Iterable[str]" = (),
    ) -> None:
        self._key = key
        self._clear: list[list[tuple[bytes, int, int, str]]] = [[], [], [], []]
        self._kept: list[list[Needle]] = [[], [], [], []]
        self._least = [0, 0, 0, 0]  # the shortest form of each view; most names are shorter
        self.names: dict[str, None] = {}
        self.notices = tuple(notices)
        seen = set()
        for name, value in known:
            if value not in seen:
                seen.add(value)
                self.names[name] = None
                for view, form, before, after in forms(value):
                    self._clear[view].append((form, before, after, name))
        for needle in needles:
            self.names[needle[0]] = None
            self._kept[needle[1]].append(needle)
        for view in (EXACT, JOINED, LETTERS, SMALL):
            sizes = [len(known[0]) for known in self._clear[view]]
            sizes += [needle[4] for needle in self._kept[view]]
            self._least[view] = min(sizes, default=sys.maxsize)

    def __bool__(self) -> bool:
        return bool(self.names)

    def find(self, text: str) -> "list[tuple[int, int, str]]":
        """Start, end and name of each, in order; they may overlap, but none is within another."""
        if not self.names:
            return []
        first = Layer(text.encode("utf-8", "surrogatepass"))
        layers = [first]
        if _says_otherwise(first.data):
            from journal.redaction.escapes import layers_of

            layers = layers_of(first, _DEPTH)
        found = {hit for layer in layers for hit in self._in_layer(layer)}
        if not found:
            return []
        from journal.redaction.locating import in_characters

        return in_characters(found, first.data)

    def _in_layer(self, layer: "Layer") -> "list[tuple[int, int, str]]":
        found: list[tuple[int, int, str]] = []
        for view in layer.views:
            if len(layer.data) < self._least[view]:
                continue
            data = _viewed(layer.data, view)
            clear = self._clear[view]
            spans = [span for known in clear if known[0] in data for span in _each(data, known)]
            for needle in self._kept[view]:
                spans += self._each_kept(data, needle)
            if spans:
                from journal.redaction.locating import widened

                found += widened(layer, view, spans)
        return found

    def _each_kept(self, data: bytes, needle: "Needle") -> "list[tuple[int, int, int, int, str]]":
        name, view, opening, shift, size, expected, before, after, beginning = needle
        spans = []
        at = data.find(opening, shift)
        while at >= 0:
            start, next_at = at - shift, at + 1
            window = data[start : start + size]
            if (
                len(window) == size
                and (not beginning or mac(self._key, view, window[:BEGINNING]) == beginning)
                and mac(self._key, view, window) == expected
            ):
                spans.append((start, start + size, before, after, name))
                next_at = at + size
            at = data.find(opening, next_at)
        return spans


class Layer:
    """The text, or what it says once escapes are read: those of `above`, by `read`."""

    __slots__ = ("above", "data", "offsets", "read", "sources", "views")

    def __init__(
        self,
        data: bytes,
        above: "Layer | None" = None,
        read: "Callable[[bytes], Pieces] | None" = None,
    ) -> None:
        self.data = data
        self.above = above
        self.read = read
        self.views: tuple[int, ...] = (EXACT, JOINED, LETTERS, SMALL)  # that tell something new
        # Where each piece begins here, and in `above`; made when asked.
        self.offsets: list[int] = []
        self.sources: list[int] = []


def mac(key: bytes, view: int, form: bytes) -> bytes:
    """What a kept form is recognised by: 16 bytes."""
    digest: bytes = sha256(b"%s%d%s" % (key, view, form)).digest()
    return digest[:16]


def forms(value: str) -> "list[Form]":
    """All that the value is sought by; for one of several lines also what its lines are."""
    if not value.isascii():
        from unicodedata import normalize

        both = [value, *(normalize(form, value) for form in ("NFC", "NFD"))]
        return list(dict.fromkeys(one for text in both for one in _all_forms(text)))
    return _all_forms(value)


def _all_forms(value: str) -> "list[Form]":
    found = _forms(value)
    lines = value.splitlines()
    for line in map(str.strip, lines if len(lines) > 1 else ()):
        if len(line) >= _LINE and not line.startswith(_ARMOUR):
            found += _plain(line.encode("utf-8", "surrogatepass"))
    return found


def _forms(value: str) -> "list[Form]":
    data = value.encode("utf-8", "surrogatepass")
    if not data:
        return []
    found = _plain(data)
    found.append((SMALL, data.hex().encode(), 0, 0))
    found += _in_base64(data)
    if len(data) <= _TWICE:
        # As some have their secrets, in base64 once more: of the value, and nothing before it.
        size = -(-len(data) * 8 // 6)
        once = _base64(int.from_bytes(data, "big") << (-len(data) * 8 % 6), size)
        found += _in_base64(once, (0,))
    return found


def _in_base64(data: bytes, alignments: "tuple[int, ...]" = (0, 4, 2)) -> "list[Form]":
    found = []
    bits = int.from_bytes(data, "big")
    for skipped in alignments:  # bits that share a character with the byte before
        size, rest = divmod(8 * len(data) - skipped, 6)
        core = _base64((bits >> rest) & ((1 << 6 * size) - 1), size)
        form = core.translate(None, _NO_LETTERS)
        if len(form) >= _SHORTEST_BASE64:
            before = size - len(core.lstrip(b"+/")) + (skipped > 0)
            found.append((LETTERS, form, before, size - len(core.rstrip(b"+/")) + (rest > 0)))
    return found


def _plain(data: bytes) -> "list[Form]":
    joined = data.translate(None, _BREAKS)
    if len(joined) >= _SHORT:
        before = len(data) - len(data.lstrip(QUOTES))
        return [(JOINED, joined, before, len(data) - len(data.rstrip(QUOTES)))]
    found = [(EXACT, data, 0, 0)]
    if b" " in data:
        found.append((EXACT, data.replace(b" ", b"+"), 0, 0))  # as forms send it
    return found


def _base64(bits: int, size: int) -> bytes:
    """The digits of a number in base64."""
    octal = b"%0*o" % (2 * size, bits)
    high = int.from_bytes(octal[::2].translate(_HIGH), "big")
    low = int.from_bytes(octal[1::2].translate(_LOW), "big")
    return (high + low).to_bytes(size, "big").translate(_DIGITS)


def _viewed(data: bytes, view: int) -> bytes:
    seen = data.translate(None, DROPPED[view]) if view else data
    return seen.lower() if view == SMALL else seen


def _each(
    data: bytes, known: "tuple[bytes, int, int, str]"
) -> "list[tuple[int, int, int, int, str]]":
    form, before, after, name = known
    spans = []
    at = data.find(form)
    while at >= 0:
        spans.append((at, at + len(form), before, after, name))
        at = data.find(form, at + len(form))
    return spans


def _says_otherwise(data: bytes) -> bool:
    """Whether there may be escapes in it, or lines that something stands before."""
    if b"\\" in data or b"%" in data or b"&" in data:
        return True
    if not data.isascii() and (b"\xc2" in data or b"\xe2" in data or b"\xef" in data):
        return True  # what UTF-8 begins those with that are not seen
    for prefix in _PREFIXES:
        if prefix in data:
            return b"\n" in data
    return False
