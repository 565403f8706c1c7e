"""Letters: folded to what a person may type for them, and which of them are parts of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

# Scripts that put no spaces between words, and those whose vowel signs `\w` doesn't know.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
SIGNS = "\u0900-\u0963\u0966-\u0dff"
# Each is a word of its own: arrows, signs and emoji.
PICTURES = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"

# Letters that are typed with others where the keyboard has none of them, and come apart in no form
# of Unicode; Arabic ones that look the same.
_TYPED = {
    "æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "œ": "oe",
    "ŧ": "t", "ک": "ك", "ی": "ي",
}  # fmt: skip
# Invisible inside words: soft hyphen, joiners, tatweel, variation selectors of pictures.
_NOTHING = frozenset("\u00ad\u200d\u2060\ufeff\u0640\ufe0e\ufe0f")
# Classes of combining marks that make other letters rather than accents: of kana, of vowels left
# out and of vowels written below.
_LETTERS = frozenset((8, 9, 84, 91, 103, 118))


@cache
def _spelled() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}{SIGNS}]")


class _Letters(dict[int, str]):
    """What becomes of each letter, worked out once."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> str:
        found = self[code] = self._of(chr(code))
        return found


def _bare(letter: str) -> str:
    return "" if letter in _NOTHING or _is_accent(letter) else letter


def _folded(letter: str) -> str:
    if not _bare(letter):
        return ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return _TYPED.get(letter, letter)


def _is_accent(letter: str) -> bool:
    """Whether it is a mark, on the letter before it, that a person may leave out."""
    kind = unicodedata.combining(letter)
    return kind > 0 and not (kind in _LETTERS and _spelled().match(letter))


_FOLDING, _SPELLING = _Letters(_folded), _Letters(_bare)


def fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    # Twice, because some letters show their case only taken apart, and some come apart folded.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", parts.translate(_FOLDING))


def spelled(text: str) -> str:
    """The text with its case and accents, but for marks that make no letter of their own."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SPELLING)


def stands_alone(letter: str) -> bool:
    """Whether the letter is no part of a word, whatever it touches."""
    return re.match(f"[{UNSPACED}{PICTURES}]", letter) is not None
