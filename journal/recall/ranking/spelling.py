"""Words that no entry holds, and those that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from journal.recall.language import Language
from journal.recall.leaves import Finder, encoded
from journal.recall.matching import scored
from journal.recall.query import Node, Word
from journal.recall.segment import TEXT

_SAME = 2  # letters that a word and one it is a slip for begin with
_LIKE = 0.8  # how much of them is the same
_FEWEST = 5  # letters of a word that may be a slip
_MOST_WORDS, _MOST_UNKNOWN = 12, 3  # of a query: in a longer text some word is always new


def slips(node: Node, finders: Sequence[Finder], language: Language) -> Iterator[tuple[str, str]]:
    """The words that no entry holds, as typed, each with the one in the index that may be meant."""
    words = [leaf for leaf in scored(node) if isinstance(leaf, Word)]
    unknown = [word.text for word in words if not _is_held(word.term, finders)]
    if len(words) > _MOST_WORDS or len(unknown) > _MOST_UNKNOWN:
        return
    for word in unknown:
        is_name = any(word != other.text and other.text in word for other in words)
        if word.isalpha() and not is_name and (meant := nearest(word, finders, language)):
            yield word, meant


def nearest(word: str, finders: Sequence[Finder], language: Language) -> str:
    """The word in the index that is most like it; empty if none is."""
    if len(word) < _FEWEST:
        return ""
    from difflib import SequenceMatcher  # 3 ms that most queries don't need

    best = ("", _LIKE, 0)
    match = SequenceMatcher(autojunk=False)
    match.set_seq2(word)
    for other, often in _beginning(word[:_SAME], finders):
        if abs(len(other) - len(word)) <= 2 and other != word and other.isalpha():
            match.set_seq1(other)
            if match.real_quick_ratio() >= best[1] and match.quick_ratio() >= best[1]:
                alike = (match.ratio(), often)
                if alike > best[1:] and _is_held(other, finders):
                    best = (other, *alike)
    return _written(best[0], finders, language) if best[0] else ""


def _written(term: str, finders: Sequence[Finder], language: Language) -> str:
    """The word whose stem the term is, if most entries that hold the term hold that."""
    forms = {
        other: often
        for other, often in _beginning(term, finders)
        if other != term and language.stem(other) == term and _is_held(other, finders)
    }
    commonest = max(forms, key=lambda form: (forms[form], form), default=term)
    held = sum(finder.frequency(term) for finder in finders)
    return commonest if 2 * forms.get(commonest, 0) > held else term


def _is_held(term: str, finders: Iterable[Finder]) -> bool:
    """Whether an entry holds the term that isn't deleted."""
    for finder in finders:
        gone = finder.segment.deleted
        known = finder.frequency(term) > 0
        if known and (not gone or any(doc not in gone for doc in finder.postings(term)[0])):
            return True
    return False


def _beginning(start: str, finders: Iterable[Finder]) -> Iterable[tuple[str, int]]:
    """The terms that begin so, and how many documents hold each."""
    found: dict[str, int] = {}
    for finder in finders:
        if terms := finder.segment.field(TEXT):
            for index in terms.beginning(encoded(start)):
                text = terms.term(index).decode(errors="surrogatepass")
                found[text] = found.get(text, 0) + terms.frequency(index)
    return found.items()
