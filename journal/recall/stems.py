"""Stems of English words by the Snowball algorithm, version 3.1 (snowballstem.org).

Written out here because an index build stems every word it meets once: the generated Python stemmer
is six times slower, and the one that Whoosh ships takes "added" and "add" for two words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_VOWELS = frozenset("aeiouy")
_REGION = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]")
_BEGINNINGS = re.compile("arsen|commun|emerg|gener|inter|later|organ|past|univers")
_ALONE = dict(
    pair.split(":")
    for pair in "andes:andes atlas:atlas bias:bias cosmos:cosmos early:earli gently:gentl howe:howe"
    " idly:idl news:news only:onli singly:singl skies:sky skis:ski sky:sky ugly:ugli".split()
)
_UNCHANGED = frozenset("abfhjkopquvwxz")  # no rule is about words that end so
_PAST = re.compile("(eedly|ingly|edly|eed|ing|ed)$")
_DOUBLED = frozenset("bb dd ff gg mm nn pp rr tt".split())
_ADD_E = ("at", "bl", "iz")
_NOT_ING = frozenset("even cann inn earr herr out".split())
_NOT_EED = frozenset("succ proc exc".split())
_BEFORE_LI = frozenset("cdeghkmnrt")
_STEP_2 = dict(
    pair.split(":")
    for pair in "anci:ance enci:ence ogi:og li: bli:ble abli:able alli:al fulli:ful lessli:less"
    " ousli:ous entli:ent aliti:al biliti:ble iviti:ive tional:tion ational:ate alism:al ation:ate"
    " ization:ize izer:ize ator:ate iveness:ive fulness:ful ousness:ous ogist:og".split()
)
_STEP_3 = dict(
    pair.split(":")
    for pair in "icate:ic ative: alize:al iciti:ic ical:ic tional:tion ational:ate ful:"
    " ness:".split()
)
_STEP_4 = "ic ance ence able ible ate ive ize iti al ism ion er ous ant ent ment ement".split()


def _ending(suffixes: Iterable[str]) -> re.Pattern[str]:
    # The leftmost match at the end of the word is the longest of the suffixes.
    return re.compile("(?:" + "|".join(suffixes) + ")$")


_ENDS_2, _ENDS_3, _ENDS_4 = _ending(_STEP_2), _ending(_STEP_3), _ending(_STEP_4)


def stem(word: str) -> str:
    """The stem of a lower-case word; words that aren't ASCII letters are their own."""
    if len(word) < 3 or word[-1] in _UNCHANGED or not (word.isascii() and word.isalpha()):
        return word
    alone = _ALONE.get(word)
    if alone:
        return alone
    marked = "y" in word
    if marked:  # a y that is no vowel is written Y until the end
        word = "Y" + word[1:] if word[0] == "y" else word
        word = re.sub("([aeiouy])y", r"\1Y", word)
    one, two = _regions(word)
    word = _past(_plural(word), one)
    if word[-1] in "yY" and len(word) > 2 and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    word = _step_4(_step_3(_step_2(word, one), one, two), two)
    word = _step_5(word, one, two)
    return word.replace("Y", "y") if marked else word


def _regions(word: str) -> tuple[int, int]:
    found = _BEGINNINGS.match(word) or _REGION.match(word)
    if found is None:
        return len(word), len(word)
    second = _REGION.match(word, found.end())
    return found.end(), second.end() if second else len(word)


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word[-1] == "s" and word[-2] not in "us" and not _VOWELS.isdisjoint(word[:-2]):
        return word[:-1]
    return word


def _past(word: str, one: int) -> str:
    found = _PAST.search(word)
    if found is None:
        return word
    suffix, base = found[1], word[: found.start()]
    if suffix in ("eed", "eedly"):
        return base + "ee" if len(base) >= one and base not in _NOT_EED else word
    if suffix == "ing":
        if base in _NOT_ING:
            return word
        if len(base) == 2 and base[1] == "y" and base[0] not in _VOWELS:
            return base[0] + "ie"
    return word if _VOWELS.isdisjoint(base) else _mended(base, one)


def _mended(base: str, one: int) -> str:
    """A verb without its -ed or -ing: the e comes back, a doubled letter goes."""
    if base.endswith(_ADD_E):
        return base + "e"
    if base[-2:] in _DOUBLED:
        return base if len(base) == 3 and base[0] in "aeo" else base[:-1]
    return base + "e" if len(base) == one and _short(base) else base


def _short(base: str) -> bool:
    """Whether the word ends in a short syllable."""
    if len(base) == 2:
        return base[0] in _VOWELS and base[1] not in _VOWELS
    return (
        len(base) > 2
        and base[-1] not in "aeiouywxY"
        and base[-2] in _VOWELS
        and base[-3] not in _VOWELS
    ) or base.endswith("past")


def _step_2(word: str, one: int) -> str:
    found = _ENDS_2.search(word)
    if found is None or found.start() < one:
        return word
    suffix, base = found[0], word[: found.start()]
    if (suffix == "li" and base[-1:] not in _BEFORE_LI) or (suffix == "ogi" and base[-1:] != "l"):
        return word
    return base + _STEP_2[suffix]


def _step_3(word: str, one: int, two: int) -> str:
    found = _ENDS_3.search(word)
    if found is None or found.start() < (two if found[0] == "ative" else one):
        return word
    return word[: found.start()] + _STEP_3[found[0]]


def _step_4(word: str, two: int) -> str:
    found = _ENDS_4.search(word)
    if found is None or found.start() < two:
        return word
    base = word[: found.start()]
    return word if found[0] == "ion" and base[-1:] not in ("s", "t") else base


def _step_5(word: str, one: int, two: int) -> str:
    at = len(word) - 1
    if word[-1:] == "e" and (at >= two or (at >= one and not _short(word[:-1]))):
        return word[:-1]
    return word[:-1] if word[-2:] == "ll" and at >= two else word
