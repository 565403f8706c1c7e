"""Names as programs and paths have them: found whole, and by their parts.

`fooBar`, `foo_bar`, `HTTPServer2` are words with parts; `pkg.mod.func`, `src/api.py`, `3.11`
are words joined without a blank. Every pattern begins where a
word does and never goes back, so a line of a megabyte costs no more than its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from journal.recall.letters import SIGNS, UNSPACED, fold, spelled

JOINERS = "./"
"""What joins words into a name that is found whole, one at a time between two of them. Hyphens,
colons and @ join more, and gain nothing that their parts don't find (`bench/known_item.py`)."""
LONGEST = 100
"""Characters of a name that is found whole or by its parts: longer ones are data, not names."""
MOST_PARTS = 16
"""Parts of one word: what has more is data, too."""

_SHORTEST = 2  # a part of one letter says nothing
_MANY, _RATIO = 4, 2.5  # so many parts that are that short: a key or a sum, and no name
_JOINER = f"[{JOINERS}]"
_NAME = re.compile(rf"\b\w++(?:{_JOINER}\w++)++", re.ASCII)
_STEP = re.compile(r"/(\w++[^\w/][^/]*+)\Z")
# Words with a capital or an underscore inside; ABC is told from ABc by its parts.
_COMPOUND = re.compile(r"\b\w[a-z0-9]*+[A-Z_]\w*+", re.ASCII)
_PIECES = re.compile(r"([A-Z]+s?(?![a-z])|[A-Z]?[a-z]+)(\d*)|\d+", re.ASCII)
_NUMBER = re.compile(r"#(?<![\w&]#)\d++(?!\w)", re.ASCII)
_LETTER = re.compile("[^\0-\x7f\xa0\u2010-\u2027\u2190-\u21ff\u2500-\u27bf\U0001f300-\U0001faff]")
_SUFFIXED = ("c++", "c#", "f#")
_SUFFIXES = re.compile(r"\b(?:c\+\+|[cf]#)(?![\w+#])", re.ASCII)


@cache
def _wide() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word and a name in texts of any letters."""
    word = rf"(?:[^\W{UNSPACED}]|[{SIGNS}])++"
    begin = rf"(?<![^\W{UNSPACED}])(?<![{SIGNS}])"
    return re.compile(word), re.compile(f"{begin}{word}(?:{_JOINER}{word})++")


def inside(text: str, folded: str) -> list[str]:
    """What a text's names add to its words, folded: wholes and parts, as often as they occur."""
    found = [name for name in _names(folded).findall(folded) if len(name) <= LONGEST]
    found += [step[1] for name in found if "/" in name and (step := _STEP.search(name))]
    for word in _compounds(text):
        found += parts(word)
    if "#" in folded:
        found += _NUMBER.findall(folded)
    if any(suffixed in folded for suffixed in _SUFFIXED):
        found += _SUFFIXES.findall(folded)
    return found


def _names(text: str) -> re.Pattern[str]:
    return _NAME if _is_plain(text) else _wide()[1]


def _is_plain(text: str) -> bool:
    """Whether its words are in ASCII: what else most texts have is quotes, dashes and emoji."""
    return text.isascii() or _LETTER.search(text) is None


def _compounds(text: str) -> list[str]:
    if _is_plain(text):
        return _COMPOUND.findall(text)
    plain = unicodedata.normalize("NFKC", text)
    return [word for word in _wide()[0].findall(plain) if _is_compound(word)]


def _is_compound(word: str) -> bool:
    if word.isascii():
        return _COMPOUND.match(word) is not None
    return "_" in word or not (word.islower() or word.istitle() or word.isupper())


def spelled_words(text: str) -> list[str]:
    """The words of a text with their case and accents, without those that need no spaces."""
    return _wide()[0].findall(spelled(text))


def names(text: str) -> re.Pattern[str]:
    """What finds words joined to names in that text; longer ones, which are none, too."""
    return _names(text)


def unlike_ascii(text: str) -> Iterator[int]:
    """Where letters stand that are none of ASCII's, and may be folded to some."""
    return iter(()) if text.isascii() else (match.start() for match in _LETTER.finditer(text))


@lru_cache(50_000)
def parts(word: str) -> tuple[str, ...]:
    """The parts of a word that is made of several, folded; none if it isn't."""
    if len(word) > LONGEST or (word.isalpha() and word.isupper()):
        return ()
    found: dict[str, None] = {}
    pieces = 0
    for match in _PIECES.finditer(word if word.isascii() else _outline(word)):
        pieces += 1
        found[word[match.start() : match.end()]] = None
        if match[1] and match[2]:  # server2, and server
            found[word[match.start(1) : match.end(1)]] = None
    if pieces == 1 or pieces > MOST_PARTS or (pieces >= _MANY and len(word) < _RATIO * pieces):
        return ()
    return tuple(dict.fromkeys(fold(piece) for piece in found if len(piece) >= _SHORTEST))


def _outline(word: str) -> str:
    """The word in ASCII, letter for letter: what is upper and what is lower case."""
    return "".join(
        c if c.isascii() else "A" if c.isupper() else "0" if c.isdecimal() else "a" for c in word
    )
