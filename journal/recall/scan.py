"""The engine that reads every selected entry: slow on big journals, needs nothing, never fails.

Ranking is BM25 (Robertson and Zaragoza, 2009) with the usual constants.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from math import log

from journal.entry import Entry
from journal.recall.engine import Answer, Hit, Query
from journal.selection import Selection

_K1 = 1.2
_B = 0.75
_WORD = re.compile(r"\w+")
# Written without spaces between words: looked for anywhere in the text.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_SNIPPET = 160


def fold(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    # Twice, because some letters show their case only taken apart, and some come apart folded.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


class ScanEngine:
    """Recall straight from the notebook's entries."""

    def __init__(self, entries: Callable[[Selection], Iterator[Entry]]) -> None:
        self._entries = entries

    def recall(self, query: Query) -> Answer:
        """The entries that hold all of the words, best first; no words, no hits."""
        wanted = list(dict.fromkeys(words(query.text)))
        if not wanted:
            return Answer(engine="scan")
        found: list[tuple[Entry, dict[str, int], int]] = []
        seen: Counter[str] = Counter()
        number = length = 0
        for entry in self._entries(query.selection):
            frequencies, size = _frequencies(_text(entry), wanted)
            number += 1
            length += size
            seen.update(frequencies.keys())
            if len(frequencies) == len(wanted):
                found.append((entry, frequencies, size))
        weights = {
            word: log(1 + (number - seen[word] + 0.5) / (seen[word] + 0.5)) for word in wanted
        }
        mean = length / number if number else 1
        scored = [(_score(f, weights, size / (mean or 1)), entry) for entry, f, size in found]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].moment.timestamp(), pair[1].id))
        hits = tuple(_hit(entry, score, wanted) for score, entry in scored[: query.limit])
        return Answer(hits, len(scored), "scan")


def _text(entry: Entry) -> str:
    return "\n".join((entry.title, " ".join(entry.tags), entry.body, entry.postscript))


def _frequencies(text: str, wanted: list[str]) -> tuple[dict[str, int], int]:
    folded = fold(text)
    tokens = Counter(_WORD.findall(folded))
    counts = {
        word: folded.count(word) if _UNSPACED.search(word) else tokens[word] for word in wanted
    }
    return {word: count for word, count in counts.items() if count}, tokens.total()


def _score(frequencies: dict[str, int], weights: dict[str, float], relative_length: float) -> float:
    norm = _K1 * (1 - _B + _B * relative_length)
    return sum(weights[word] * f * (_K1 + 1) / (f + norm) for word, f in frequencies.items())


def _hit(entry: Entry, score: float, wanted: list[str]) -> Hit:
    text = " ".join((entry.body or entry.title).split())
    spans = _spans(text, wanted)
    start = max(0, spans[0][0] - _SNIPPET // 3) if spans else 0
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    snippet = ("…" if start else "") + text[start : start + _SNIPPET]
    snippet += "…" if start + _SNIPPET < len(text) else ""
    shift = (1 if start else 0) - start
    marks = [(a + shift, b + shift) for a, b in spans if a >= start and b <= start + _SNIPPET]
    return Hit(entry, score, snippet, tuple(marks))


def _spans(text: str, wanted: list[str]) -> list[tuple[int, int]]:
    spans = []
    for found in _WORD.finditer(text):
        word = fold(found[0])
        if word in wanted or any(_UNSPACED.search(w) and w in word for w in wanted):
            spans.append(found.span())
    return spans
