"""Text made safe to show: the only way any byte of an entry reaches a terminal, TUI or clipboard.

What can steer a terminal or hide from a reader is drawn instead of obeyed:

* C0 controls and DEL as their control pictures (ESC as ␛); the line breaks NEL, LS and PS as ␤;
* the other C1 controls as U+FFFD: they have no pictures, real text gets them from a wrong
  decoding, and ␛ in their place would claim an escape character that isn't there;
* bidi and zero-width characters, soft hyphens, tags, annotations, surrogates, private-use and
  unassigned code points, and the invisible letters and marks that count as printable, as ``·``.

One exception: a variation selector right after an emoji, and a joiner between two, stay where they
are, as in real emoji sequences. They can't stand in a row, so each is tied to something seen. Flags
spelt with tags, and the joiners of Persian and Indic words, are drawn: nothing passes unseen.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_DOT = "·"
_NEWLINE_PICTURE = "␤"
_JOINER = "\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_WIDE_SELECTOR = "\ufe0f"
_KEYCAP = "\u20e3"
_KEYCAP_BASES = frozenset("0123456789#*")

# Unicode calls these letters and marks, str.isprintable() believes it, and no font draws them.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE10))
)
_LAST_PLANES = 0xE0000  # from here on: tags, more selectors, private use
_SPACES = frozenset("\u00a0\u1680\u202f\u205f\u3000").union(map(chr, range(0x2000, 0x200B)))
_NEWER_EMOJI = (0x1F400, 0x1FAFF)  # maybe unassigned to this interpreter, not to the reader's font
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
# The Emoji property without digits, flags' letters and skin tones; small gaps between neighbours
# hold other drawn symbols and are closed.
_EMOJI = (
    (0xA9, 0xA9),
    (0xAE, 0xAE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x2199),
    (0x21A9, 0x21AA),
    (0x231A, 0x231B),
    (0x2328, 0x2328),
    (0x23CF, 0x23CF),
    (0x23E9, 0x23FA),
    (0x24C2, 0x24C2),
    (0x25AA, 0x25AB),
    (0x25B6, 0x25B6),
    (0x25C0, 0x25C0),
    (0x25FB, 0x25FE),
    (0x2600, 0x27BF),
    (0x2934, 0x2935),
    (0x2B05, 0x2B07),
    (0x2B1B, 0x2B1C),
    (0x2B50, 0x2B50),
    (0x2B55, 0x2B55),
    (0x3030, 0x3030),
    (0x303D, 0x303D),
    (0x3297, 0x3297),
    (0x3299, 0x3299),
    (0x1F004, 0x1F004),
    (0x1F0CF, 0x1F0CF),
    (0x1F170, 0x1F171),
    (0x1F17E, 0x1F17F),
    (0x1F18E, 0x1F19A),
    (0x1F201, 0x1F202),
    (0x1F21A, 0x1F21A),
    (0x1F22F, 0x1F22F),
    (0x1F232, 0x1F23A),
    (0x1F250, 0x1F251),
    (0x1F300, 0x1F3FA),
    (0x1F400, 0x1FAFF),
)

# Characters already judged to be themselves; grows with the alphabets a process meets.
_plain = set(map(chr, range(0x20, 0x7F)))
_emoji: set[str] = set()  # filled when first asked for: most processes never are


def safe_text(text: str, *, keep: str = "\n\t") -> str:
    """`text` with nothing in it that a terminal obeys or a reader can't see.

    `keep` names the controls that pass: newline and tab are the only ones that can.
    """
    kept = [control for control in "\n\t" if control in keep]
    if text.isascii():
        bare = text
        for control in kept:
            bare = bare.replace(control, "")
        if bare.isprintable():
            return text
    pictures = _pictures(set(text).difference(_plain, kept))
    if not pictures:
        return text
    drawn = text.translate(pictures)
    return drawn if text.isascii() else _with_emoji_joined(text, drawn)


def one_line(text: str, width: int | None = None) -> str:
    """`text` made safe on one line, blanks folded, cut with "…" to `width` terminal columns."""
    line = " ".join(safe_text(text).split())
    if width is None:
        return line
    if width <= 0:
        return ""
    if line.isascii():
        return line if len(line) <= width else line[: width - 1].rstrip() + "…"
    return _cut(line, width)


def columns(line: str) -> int:
    """How many terminal columns a safe line takes at most."""
    return len(line) if line.isascii() else sum(_widths(line))


def _pictures(strange: set[str]) -> dict[int, str]:
    """What to draw for each character that isn't itself; the others are remembered as plain."""
    pictures = {}
    for char in strange:
        if _is_plain(char):
            _plain.add(char)
        else:
            pictures[ord(char)] = _picture(ord(char))
    return pictures


def _is_plain(char: str) -> bool:
    if char.isprintable():
        return char not in _INVISIBLE and ord(char) < _LAST_PLANES
    return char in _SPACES or _NEWER_EMOJI[0] <= ord(char) <= _NEWER_EMOJI[1]


def _picture(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code in (0x85, 0x2028, 0x2029):
        return _NEWLINE_PICTURE
    return "\ufffd" if code < 0xA0 else _DOT


def _with_emoji_joined(text: str, drawn: str) -> str:
    """`drawn`, equally long, with the selectors and joiners of `text`'s emoji sequences back."""
    places = _joiner_places(text)
    emoji = _all_emoji() if places else set()
    pieces: list[str] = []
    end = 0
    for at in places:
        if _belongs(text, at, emoji, at > 0 and end == at):
            pieces += drawn[end:at], text[at]
            end = at + 1
    return "".join(pieces) + drawn[end:]


def _all_emoji() -> set[str]:
    if not _emoji:
        _emoji.update({chr(code) for first, last in _EMOJI for code in range(first, last + 1)})
    return _emoji


def _joiner_places(text: str) -> list[int]:
    places = []
    for char in _JOINER + _SELECTORS:
        at = text.find(char)
        while at >= 0:
            places.append(at)
            at = text.find(char, at + 1)
    return sorted(places)


def _belongs(text: str, at: int, emoji: set[str], after_kept: bool) -> bool:
    """Whether the selector or joiner at `at`, maybe right after a kept one, is part of an emoji."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in _SELECTORS:
        return before in emoji or (before in _KEYCAP_BASES and after == _KEYCAP)
    return after in emoji and (after_kept or before in emoji or before in _SKIN_TONES)


def _cut(line: str, width: int) -> str:
    used = end = 0
    for at, wide in enumerate(_widths(line)):
        used += wide
        if used > width:
            return line[:end].rstrip(" " + _JOINER) + "…"
        if used < width:
            end = at + 1
    return line


def _widths(line: str) -> "Iterator[int]":
    """The columns of each character; more than a terminal that joins emoji uses, not fewer."""
    from unicodedata import category, east_asian_width

    last = 0
    for char in line:
        code = ord(char)
        if char == _WIDE_SELECTOR:
            last = 1 if last == 1 else 0
        elif char == _JOINER or category(char) in ("Mn", "Me") or _is_trailing_jamo(code):
            last = 0
        elif east_asian_width(char) in ("W", "F") or category(char) == "Cn":
            last = 2
        else:
            last = 1
        yield last


def _is_trailing_jamo(code: int) -> bool:
    return 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF
