"""The text around what was found, the same for every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from heapq import merge
from itertools import takewhile

from journal.entry import Entry
from journal.recall.analysis import is_run, spans
from journal.recall.engine import Hit
from journal.recall.identifiers import LONGEST, names, unlike_ascii
from journal.recall.language import ENGLISH, Language
from journal.recall.letters import fold
from journal.recall.matching import scored
from journal.recall.query import Node, Phrase, Prefix, Word

_LENGTH = 160
_ENOUGH = 20_000  # characters searched for the first word before the beginning has to do

Mark = tuple[int, int]


class Marker:
    """Knows which words of a text a query is about."""

    def __init__(self, node: Node, language: Language = ENGLISH) -> None:
        self._language = language
        self._terms: set[str] = set()
        self._words: set[str] = set()
        self._known: dict[str, bool] = {}
        runs: dict[str, None] = {}
        starts: list[str] = []
        for leaf in scored(node):
            match leaf:
                case Word(word) if is_run(word):
                    runs[word] = None
                case Word(_, term):
                    self._terms.add(term)
                case Phrase(wanted):
                    self._words.update(wanted)
                    runs |= dict.fromkeys(filter(is_run, wanted))
                case Prefix(start) if is_run(start):
                    runs[start] = None
                case Prefix(start):
                    starts.append(start)
        self._runs = sorted(runs, key=len, reverse=True)
        self._starts = tuple(starts)
        self._traces = self._traced()

    def _traced(self) -> list[bytes] | None:
        """What the words of ASCII that are meant hold, one or the other; None if nobody knows."""
        begins = self._language.begins
        if begins is None:
            return None
        found = {letters for word in (*self._terms, *self._starts) for letters in begins(word)}
        found.update(word for word in self._words if not is_run(word))
        if any(not word.isascii() and not any(unlike_ascii(word)) for word in found):
            return None  # a picture
        return [word.encode() for word in found if word.isascii()]

    def wanted(self, word: str) -> bool:
        """Whether a folded word is one of those."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._wanted(word)
        return known

    def _wanted(self, word: str) -> bool:
        if is_run(word):
            return any(run in word for run in self._runs)
        if word in self._words or (self._starts and word.startswith(self._starts)):
            return True
        base = self._language.stem(word)
        return base in self._terms or bool(self._starts and base.startswith(self._starts))

    def marks(self, text: str) -> Iterator[Mark]:
        """Where these words stand in the text; a name of which one is a part is marked whole."""
        return self._marks(text, names(text), 0, len(text))

    def shown(self, text: str, before: int, length: int) -> tuple[int, list[Mark]]:
        """Where to begin, so far before the first mark, and the marks within that length.

        The text has no white space but single blanks, and no word goes across one.
        """
        named = names(text)
        mark = self._first(text, named)
        if mark is None:
            return 0, []
        first = mark[0]
        start = max(0, first - before)
        if start:
            start = text.find(" ", start, first) + 1 or start
        end = start + length
        begin, until = text.rfind(" ", 0, first) + 1, text.find(" ", end)
        marks = self._marks(text, named, begin, until if until >= 0 else len(text))
        return start, list(takewhile(lambda mark: mark[1] <= end, marks))

    def _first(self, text: str, named: re.Pattern[str]) -> Mark | None:
        """The first mark, looked for only between blanks where there may be one."""
        if self._traces is None:
            return next(self.marks(text), None)
        plain = text.encode("ascii", "replace").lower()
        end = 0
        for place in merge(unlike_ascii(text), *(_places(plain, trace) for trace in self._traces)):
            if place >= end:
                start, end = plain.rfind(b" ", 0, place) + 1, plain.find(b" ", place)
                end = end if end >= 0 else len(plain)
                mark = next(self._marks(text, named, start, end), None)
                if mark:
                    return mark
        return None

    def _marks(self, text: str, named: re.Pattern[str], low: int, high: int) -> Iterator[Mark]:
        joined = named.finditer(text, low, high)
        name = next(joined, None)
        marked = 0
        for start, end, word in spans(text, low, high):
            if end <= marked:
                continue
            while name and name.end() <= start:
                name = next(joined, None)
            if name and name.start() <= start and self._meant(name[0]):
                marked = name.end()
                yield name.span()
            elif is_run(word):
                yield from self._inner(text, start, end)
            elif self.wanted(word) or self._inside(text[start:end]):
                yield start, end

    def _meant(self, name: str) -> bool:
        """Whether a name, or one of its words, is wanted; not if it is too long to be one."""
        return len(name) <= LONGEST and any(map(self.wanted, self._language.tokens(name)))

    def _inside(self, word: str) -> bool:
        """Whether a part of the word is wanted, or it has other stems with its accents."""
        plain = word.isascii() and "_" not in word and (word.islower() or word.istitle())
        return not plain and any(map(self.wanted, self._language.beside(word, fold(word))))

    def _inner(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The wanted parts of a run; all of it where folding moved the letters."""
        run = fold(text[start:end])
        if len(run) != end - start:
            if self.wanted(run):
                yield start, end
            return
        begin = finish = 0
        for at in range(len(run)):
            wanted = next((one for one in self._runs if run.startswith(one, at)), None)
            if wanted is None:
                continue
            if at > finish:
                if finish:
                    yield start + begin, start + finish
                begin = at
            finish = max(finish, at + len(wanted))
        if finish:
            yield start + begin, start + finish


def _places(data: bytes, wanted: bytes) -> Iterator[int]:
    at = data.find(wanted)
    while at >= 0:
        yield at
        at = data.find(wanted, at + 1)


@lru_cache(4)
def _marker(node: Node, language: Language) -> Marker:
    """All hits of an answer have the same one."""
    return Marker(node, language)


def hit(entry: Entry, score: float, node: Node, language: Language = ENGLISH) -> Hit:
    """The entry as an answer shows it."""
    text = " ".join((entry.body or entry.title)[:_ENOUGH].split())
    start, marks = _marker(node, language).shown(text, _LENGTH // 3, _LENGTH)
    end = start + _LENGTH
    shown = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    shift = (1 if start else 0) - start
    return Hit(entry, score, shown, tuple((a + shift, b + shift) for a, b in marks))
