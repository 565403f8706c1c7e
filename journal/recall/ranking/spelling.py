"""Words that no entry holds, and those that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from journal.recall.leaves import Finder, encoded
from journal.recall.matching import scored
from journal.recall.query import Node, Word
from journal.recall.segment import TEXT

_SAME = 2  # letters that a word and one it is a slip for begin with
_LIKE = 0.8  # how much of them is the same
_FEWEST = 4  # letters of a word that may be a slip
_MOST_WORDS, _MOST_UNKNOWN = 12, 3  # of a query: in a longer text some word is always new


def unknown(node: Node, finders: Sequence[Finder]) -> list[str]:
    """The words, as typed, that no entry holds in any form."""
    words = [leaf for leaf in scored(node) if isinstance(leaf, Word)]
    found = [w.text for w in words if not any(finder.frequency(w.term) for finder in finders)]
    return found if len(words) <= _MOST_WORDS and len(found) <= _MOST_UNKNOWN else []


def slips(node: Node, finders: Sequence[Finder]) -> Iterator[tuple[str, str]]:
    """The words that no entry holds, each with the one in the index that may be meant."""
    for word in unknown(node, finders):
        if meant := nearest(word, finders):
            yield word, meant


def nearest(word: str, finders: Sequence[Finder]) -> str:
    """The word in the index that is most like it; empty if none is."""
    if len(word) < _FEWEST:
        return ""
    from difflib import SequenceMatcher  # 3 ms that most queries don't need

    best = ("", _LIKE, 0)
    match = SequenceMatcher(autojunk=False)
    match.set_seq2(word)
    for other, often in _beginning(word[:_SAME], finders):
        if abs(len(other) - len(word)) <= 2 and other != word:
            match.set_seq1(other)
            if match.real_quick_ratio() >= best[1] and match.quick_ratio() >= best[1]:
                alike = (match.ratio(), often)
                if alike > best[1:]:
                    best = (other, *alike)
    return best[0]


def _beginning(start: str, finders: Iterable[Finder]) -> Iterable[tuple[str, int]]:
    """The terms that begin so, and how many documents hold each."""
    found: dict[str, int] = {}
    for finder in finders:
        if terms := finder.segment.field(TEXT):
            for index in terms.beginning(encoded(start)):
                text = terms.term(index).decode(errors="surrogatepass")
                found[text] = found.get(text, 0) + terms.frequency(index)
    return found.items()
