"""The text around what was found, the same for every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from journal.entry import Entry
from journal.recall.analysis import fold, is_run, spans, stems
from journal.recall.engine import Hit
from journal.recall.matching import scored
from journal.recall.query import Node, Phrase, Prefix, Word

_LENGTH = 160
_ENOUGH = 20_000  # characters searched for the first word before the beginning has to do


class Marker:
    """Knows which words of a text a query is about."""

    def __init__(self, node: Node) -> None:
        self._stems: set[str] = set()
        self._words: set[str] = set()
        self._runs: list[str] = []
        starts: list[str] = []
        for leaf in scored(node):
            match leaf:
                case Word(word):
                    self._stems.add(stems[word])
                case Phrase(wanted):
                    self._words.update(wanted)
                    self._runs += [word for word in wanted if is_run(word)]
                case Prefix(start) if is_run(start):
                    self._runs.append(start)
                case Prefix(start):
                    starts.append(start)
        self._starts = tuple(starts)

    def wanted(self, word: str) -> bool:
        """Whether a folded word is one of those."""
        if is_run(word):
            return any(run in word for run in self._runs)
        if word in self._words or (self._starts and word.startswith(self._starts)):
            return True
        base = stems[word]
        return base in self._stems or bool(self._starts and base.startswith(self._starts))

    def marks(self, text: str) -> Iterator[tuple[int, int]]:
        """Where these words stand in the text."""
        for start, end, word in spans(text):
            if self.wanted(word):
                yield self._inner(text, start, end) if is_run(word) else (start, end)

    def _inner(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The wanted part of a run; all of it where folding moved the letters."""
        run = text[start:end]
        for wanted in self._runs:
            at = run.find(wanted)
            if at >= 0 and len(fold(run)) == len(run):
                return (start + at, start + at + len(wanted))
        return (start, end)


def hit(entry: Entry, score: float, node: Node) -> Hit:
    """The entry as an answer shows it."""
    marker = Marker(node)
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
