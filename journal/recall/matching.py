"""Whether one entry is what a query asks for, decided from its text: what every engine must say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from journal.entry import Entry
from journal.ids import matches
from journal.recall.analysis import folded_words, is_run, parts
from journal.recall.language import ENGLISH, Language
from journal.recall.letters import fold
from journal.recall.query import And, Bag, Field, Node, Not, Or, Phrase, Prefix, Word, phrase_node
from journal.selection import Selection


class Text:
    """An entry as queries see it."""

    __slots__ = ("_counts", "_texts", "_words", "entry", "folded", "language")

    def __init__(
        self, entry: Entry, texts: list[str] | None = None, language: Language = ENGLISH
    ) -> None:
        self.entry = entry
        self.language = language
        self._texts = parts(entry) if texts is None else texts
        self.folded = [fold(part) for part in self._texts]
        self._words: list[list[str]] | None = None
        self._counts: Counter[str] | None = None

    @property
    def parts(self) -> list[list[str]]:
        """The words of each of its texts; the first is the title."""
        if self._words is None:
            self._words = [folded_words(part) for part in self.folded]
        return self._words

    @property
    def counts(self) -> Counter[str]:
        """How often the entry holds each term."""
        if self._counts is None:
            held = Counter(word for part in self.parts for word in part)
            for text, folded in zip(self._texts, self.folded, strict=True):
                held.update(self.language.beside(text, folded))
            self._counts = Counter()
            for word, count in held.items():
                for term in self.language.terms(word):
                    self._counts[term] += count
        return self._counts


def holds(node: Node, text: Text) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether the entry is one of those asked for."""
    match node:
        case And(parts):
            return all(holds(part, text) for part in parts)
        case Or(parts) | Bag(parts):
            return any(holds(part, text) for part in parts)
        case Not(part):
            return not holds(part, text)
        case Word(_, term):
            return term in text.counts
        case Prefix(start):
            return any(term.startswith(start) for term in text.counts)
        case Phrase(wanted):
            return _has_phrase(wanted, text)
        case Field(name, value):
            return _has(name, value, text)


def _has(name: str, value: str, text: Text) -> bool:
    entry = text.entry
    match name:
        case "tag":
            return Selection(tags=(value,)).takes(entry)
        case "branch":
            return value == entry.git.rpartition("@")[0]
        case "id":
            return matches(value, entry.id)
        case "title":
            wanted = phrase_node(value)
            title = Text(entry, [entry.title], text.language)
            if (
                isinstance(wanted, Phrase)
                and len(wanted.words) == 1
                and not is_run(wanted.words[0])
            ):
                return text.language.stem(wanted.words[0]) in title.counts
            return wanted is not None and holds(wanted, title)
    return bool(value == getattr(entry, name))


def _has_phrase(wanted: tuple[str, ...], text: Text) -> bool:
    """Whether one of the texts holds these words, one after the other."""
    plain = all(map(str.isascii, wanted))
    for at, folded in enumerate(text.folded):
        if not folded.isascii():
            if _follow(wanted, text.parts[at]):
                return True
        elif plain and _pattern(wanted).search(folded):
            return True
    return False


@cache
def _pattern(wanted: tuple[str, ...]) -> re.Pattern[str]:
    """What finds the words in ASCII text, as `_follow` does in lists of words."""
    first, *rest = wanted  # a pattern that begins with letters is looked for several times faster
    begin = rf"{first}(?<!\w{first})"
    return re.compile(r"\W+".join((begin, *rest)) + r"(?!\w)", re.ASCII)


def pattern(part: Node) -> re.Pattern[str] | None:
    """What finds a phrase, or one of several, in folded text whose other letters are an X.

    None for all else.
    """
    if isinstance(part, Or):
        some = [one.pattern for one in map(pattern, part.parts) if one]
        return re.compile("|".join(some), re.ASCII) if len(some) == len(part.parts) else None
    if isinstance(part, Phrase) and "".join(part.words).isascii():
        return _pattern(part.words)
    return None


def _follow(wanted: tuple[str, ...], held: list[str]) -> bool:
    """Whether the words stand there one after the other; the outer runs may be part of longer."""
    last = len(wanted) - 1
    if last == 0:
        word = wanted[0]
        return any(word in other for other in held) if is_run(word) else word in held
    begins = str.endswith if is_run(wanted[0]) else str.__eq__
    ends = str.startswith if is_run(wanted[last]) else str.__eq__
    inner = list(wanted[1:last])
    return any(
        begins(held[at], wanted[0])
        and held[at + 1 : at + last] == inner
        and ends(held[at + last], wanted[last])
        for at in range(len(held) - last)
    )


def scored(node: Node) -> Iterator[Node]:
    """The words, phrases and beginnings that an entry is ranked by."""
    match node:
        case And(parts) | Or(parts) | Bag(parts):
            for part in parts:
                yield from scored(part)
        case Word() | Phrase() | Prefix():
            yield node


def scoring_terms(node: Node) -> tuple[list[str], list[str]]:
    """The terms that an entry is ranked by, and the beginnings; each once."""
    found: dict[str, None] = {}
    starts: dict[str, None] = {}
    for leaf in scored(node):
        match leaf:
            case Word(_, term):
                found[term] = None
            case Phrase(wanted):
                found |= dict.fromkeys(t for word in wanted for t in phrase_terms(word))
            case Prefix(start):
                starts[start] = None
    return list(found), list(starts)


def phrase_terms(word: str) -> list[str]:
    """The terms that an entry has if it holds a phrase's word: itself, or all parts of a run."""
    if not is_run(word):
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]
