"""The language that a journal's words are in: their stems, and those that say too little."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from zlib import crc32

from journal.errors import UsageError
from journal.languages import DEFAULT, LANGUAGES, NONE
from journal.recall.analysis import folded_words, grams, is_run
from journal.recall.identifiers import JOINERS, inside, spelled_words
from journal.recall.irregular import IRREGULAR
from journal.recall.letters import fold
from journal.recall.stems import stem as english_stem
from journal.recall.stopwords import STOP

_NO_WORD = re.compile(rf"[{JOINERS}_#+\d]")  # names and numbers have no forms
_STEM = "-"  # at the end of a token: a stem already, and no word to be stemmed again
_MOST = 500_000  # stems that are remembered
# Those that Whoosh has a list of words for that say too little.
_LISTS = {
    "danish": "da", "dutch": "nl", "finnish": "fi", "french": "fr", "german": "de",
    "hungarian": "hu", "italian": "it", "norwegian": "no", "portuguese": "pt", "russian": "ru",
    "spanish": "es", "swedish": "sv", "turkish": "tr",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of a language's words, all of them folded.

    `stop` says too little to be asked for beside others; `stem` gives what the forms of a word
    have in common; `sign` changes with whatever changes stems.
    """

    name: str
    stop: frozenset[str]
    stem: Callable[[str], str]
    sign: str
    exact: Callable[[str], str] | None = None
    """The folded stem of a word with its accents, where stems depend on these."""
    begins: Callable[[str], tuple[str, ...]] | None = None
    """Letters of which every word begins with some that has a stem that begins so, if any tell."""

    def terms(self, word: str) -> list[str]:
        """What an entry that holds the word answers to: the word and its stem, or a run's parts."""
        if is_run(word):
            return grams(word)
        base = self.stem(word)
        if base == word:
            return [word]
        return [base] if word[-1] == _STEM else [base, word]

    def tokens(self, text: str) -> list[str]:
        """The words of a text, in order, and after them what stands beside these."""
        folded = fold(text)
        return folded_words(folded) + self.beside(text, folded)

    def beside(self, text: str, folded: str) -> list[str]:
        """What a text's words are found by besides: wholes and parts of names, accented stems.

        The stem of "mangée" is seen only in the accented word. So an entry is found by its stem
        and by that of "mangee", and whoever types the accents asks for both.
        """
        found = inside(text, folded)
        if self.exact is None or text.isascii():
            return found
        for word in spelled_words(text):
            if not word.isascii():
                base, plain = self.exact(word), fold(word)
                if base not in (plain, self.stem(plain)):
                    found.append(base + _STEM)
        return found


class _Known(dict[str, str]):
    """Stems once worked out."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        super().__init__()
        self._stem = stem

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST:
            self.clear()
        found = self[word] = self._stem(word)
        return found


def _english(word: str) -> str:
    return english_stem(IRREGULAR.get(word, word))


def _english_begins(stem: str) -> tuple[str, ...]:
    """By the rules a stem is the beginning of its words but for its last letter, or last two."""
    if not stem.isalpha():
        return (stem[:-1] or stem,)
    begin = stem[: -2 if stem.endswith(("ble", "ie")) else -1] or stem
    forms = (form for form, base in IRREGULAR.items() if base.startswith(begin))
    return (begin, *forms)


def _same(stem: str) -> tuple[str, ...]:
    return (stem,)


ENGLISH = Language(DEFAULT, STOP, _Known(_english).__getitem__, DEFAULT, None, _english_begins)


@cache
def language(name: str) -> Language:
    """The language of that name; UsageError `bad-value` for one that isn't known."""
    if name == DEFAULT:
        return ENGLISH
    if name == NONE:
        return Language(NONE, frozenset(), str, NONE, None, _same)
    if name not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise UsageError(f"{name!r} is no language known here", kind="bad-value", hint=known)
    return _other(name)


def _other(name: str) -> Language:
    stemmer, sign = _stemmer(name)
    turkish = str.maketrans("Iİ", "ıi") if name == "turkish" else {}

    def plain(word: str) -> str:
        if word.endswith(_STEM):
            return word.removesuffix(_STEM)
        return word if _NO_WORD.search(word) else fold(stemmer.stemWord(word)) or word

    def exact(word: str) -> str:
        return plain(word.translate(turkish).lower())

    stop = frozenset(map(fold, _stop_words(name)))
    known = _Known(plain).__getitem__
    return Language(name, stop, known, sign, _Known(exact).__getitem__)


def _stemmer(name: str) -> tuple[Any, str]:
    """The language's stemmer, and a sign that differs where another version has other rules.

    The library's own, even where PyStemmer is installed: that may be of another version.
    """
    module = import_module(f"snowballstemmer.{name}_stemmer")
    source = module.__loader__.get_data(module.__file__)  # type: ignore[union-attr]
    return getattr(module, f"{name.title()}Stemmer")(), f"{name}-{crc32(source):08x}"


def _stop_words(name: str) -> frozenset[str]:
    if name not in _LISTS:
        return frozenset()
    from whoosh.lang.stopwords import stoplists

    return frozenset(stoplists[_LISTS[name]])
