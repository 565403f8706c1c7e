"""The text around what was found, the same for every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from journal.entry import Entry
from journal.recall.analysis import is_run, spans
from journal.recall.engine import Hit
from journal.recall.identifiers import LONGEST, names
from journal.recall.language import ENGLISH, Language
from journal.recall.letters import fold
from journal.recall.matching import scored
from journal.recall.query import Node, Phrase, Prefix, Word

_LENGTH = 160
_ENOUGH = 20_000  # characters searched for the first word before the beginning has to do


class Marker:
    """Knows which words of a text a query is about."""

    def __init__(self, node: Node, language: Language = ENGLISH) -> None:
        self._language = language
        self._terms: set[str] = set()
        self._words: set[str] = set()
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

    def wanted(self, word: str) -> bool:
        """Whether a folded word is one of those."""
        if is_run(word):
            return any(run in word for run in self._runs)
        if word in self._words or (self._starts and word.startswith(self._starts)):
            return True
        base = self._language.stem(word)
        return base in self._terms or bool(self._starts and base.startswith(self._starts))

    def marks(self, text: str) -> Iterator[tuple[int, int]]:
        """Where these words stand in the text; a name of which one is a part is marked whole."""
        joined = names(text)
        name = next(joined, None)
        marked = 0
        for start, end, word in spans(text):
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


def hit(entry: Entry, score: float, node: Node, language: Language = ENGLISH) -> Hit:
    """The entry as an answer shows it."""
    marker = Marker(node, language)
    text = re.sub(r"\s+", " ", (entry.body or entry.title)[:_ENOUGH]).strip()
    marks = marker.marks(text)
    begin = next(marks, None)
    first = begin[0] if begin else 0
    start = max(0, first - _LENGTH // 3)
    if start:
        start = text.find(" ", start, first) + 1 or start
    end = start + _LENGTH
    shown = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    shift = (1 if start else 0) - start
    inside = takewhile(lambda mark: mark[1] <= end, chain([begin] if begin else [], marks))
    return Hit(entry, score, shown, tuple((a + shift, b + shift) for a, b in inside))
