"""From text to the words that are looked for: one analysis for every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from sys import maxsize

from journal.entry import Entry
from journal.recall.letters import PICTURES, SIGNS, UNSPACED, fold

VERSION = 4
"""Goes up with whatever changes terms, fields or columns: indexes of another are made anew."""

_ASCII_TOKEN = re.compile(r"\w+", re.ASCII)


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf"[{UNSPACED}]+|[{PICTURES}]|(?:[^\W{UNSPACED}]|[{SIGNS}])+")


@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


def words(text: str) -> list[str]:
    """The folded words of a text, in order; text without spaces is one word as far as it goes."""
    return folded_words(fold(text))


def folded_words(folded: str) -> list[str]:
    """The words of a text that is folded already."""
    return (_ASCII_TOKEN if folded.isascii() else _token()).findall(folded)


def spans(text: str, start: int = 0, end: int = maxsize) -> Iterator[tuple[int, int, str]]:
    """Where each word stands in the text, or in a part of it, and the word, folded."""
    found = (_ASCII_TOKEN if text.isascii() else _token()).finditer(text, start, end)
    return ((*match.span(), word) for match in found for word in words(match[0])[:1])


def is_run(word: str) -> bool:
    """Whether the word is text without spaces, any part of which can be looked for."""
    return not word.isascii() and _run().match(word) is not None


def grams(run: str) -> list[str]:
    """The parts of a run that stand for it: each two characters that follow, and the last one."""
    return [run[at : at + 2] for at in range(len(run))]


def parts(entry: Entry) -> list[str]:
    """The texts of an entry that are searched; a phrase lies within one of them."""
    return [entry.title, *entry.tags, entry.body, entry.postscript]
