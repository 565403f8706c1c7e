"""From text to the words that are looked for: one analysis for every engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from journal.entry import Entry
from journal.recall.stems import stem

VERSION = 2
"""Goes up with whatever changes an entry's terms: indexes of another version are made anew."""

# Scripts that put no spaces between words, and those whose vowel signs `\w` doesn't know.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_SIGNS = "\u0900-\u0963\u0966-\u0dff"
# Each is a word of its own: arrows, signs and emoji.
_PICTURES = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_ASCII_TOKEN = re.compile(r"\w+", re.ASCII)


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf"[{_UNSPACED}]+|[{_PICTURES}]|(?:[^\W{_UNSPACED}]|[{_SIGNS}])+")


def stands_alone(letter: str) -> bool:
    """Whether the letter is no part of a word, whatever it touches."""
    return re.match(f"[{_UNSPACED}{_PICTURES}]", letter) is not None


@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")


class _Stems(dict[str, str]):
    def __missing__(self, word: str) -> str:
        if len(self) > 1_000_000:
            self.clear()
        found = self[word] = stem(word)
        return found


stems = _Stems()
"""The stem of each folded word, kept once worked out."""


def fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    # Twice, because some letters show their case only taken apart, and some come apart folded.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """The folded words of a text, in order; text without spaces is one word as far as it goes."""
    return folded_words(fold(text))


def folded_words(folded: str) -> list[str]:
    """The words of a text that is folded already."""
    return (_ASCII_TOKEN if folded.isascii() else _token()).findall(folded)


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word stands in the text, and the word, folded."""
    found = _ASCII_TOKEN.finditer(text) if text.isascii() else _token().finditer(text)
    return ((*match.span(), word) for match in found for word in words(match[0])[:1])


def is_run(word: str) -> bool:
    """Whether the word is text without spaces, any part of which can be looked for."""
    return not word.isascii() and _run().match(word) is not None


def grams(run: str) -> list[str]:
    """The parts of a run that stand for it: each two characters that follow, and the last one."""
    return [run[at : at + 2] for at in range(len(run))]


def terms(word: str) -> list[str]:
    """What an entry that holds the word answers to: the word and its stem, or a run's parts."""
    if is_run(word):
        return grams(word)
    base = stems[word]
    return [word] if base == word else [base, word]


def parts(entry: Entry) -> list[str]:
    """The texts of an entry that are searched; a phrase lies within one of them."""
    return [entry.title, *entry.tags, entry.body, entry.postscript]
