"""What the smallest parts of a query find in a segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import compress

from journal.markdown import folded
from journal.recall.analysis import is_run, words
from journal.recall.building import HASHTAG
from journal.recall.language import ENGLISH, Language
from journal.recall.matching import phrase_terms
from journal.recall.query import And, Bag, Field, Leaf, Node, Not, Or, Phrase, Prefix, Word
from journal.recall.segment import TEXT, TITLE, Postings, Segment
from journal.selection import Selection

_TITLED = bytes(byte & TITLE for byte in range(256))

Ids = Mapping[str, Iterable[int]]
"""The rows that each `id:` of the query names."""


def encoded(term: str) -> bytes:
    """The term as segments hold it."""
    return term.encode(errors="surrogatepass")


def exact(node: Node) -> bool:
    """Whether the index alone can tell; for the rest it finds too much, and texts must be read."""
    match node:
        case And(parts) | Or(parts) | Bag(parts):
            return all(map(exact, parts))
        case Not(part):
            return exact(part)
        case Phrase((word,)) if is_run(word):
            return len(word) == 2
        case Phrase():  # of one word, too: what it is the stem of is found with it
            return False
        case Field("title", value):
            found = words(value)
            return not found or (len(found) == 1 and (len(found[0]) == 2 or not is_run(found[0])))
    return True


def filters(selection: Selection) -> list[Node]:
    """The selection as fields of a query; its times apart."""
    named = {
        name: getattr(selection, name)
        for name in ("kind", "role", "actor", "session", "path", "namespace")
    }
    found = [Field(name, value) for name, value in named.items() if value]
    found += [Field("tag", tag) for tag in selection.tags]
    if selection.git_branch:
        found.append(Field("branch", selection.git_branch))
    return list(found)


def ids_in(node: Node) -> set[str]:
    """The values of the query's `id:`."""
    match node:
        case And(parts) | Or(parts) | Bag(parts):
            return set().union(*map(ids_in, parts))
        case Not(part):
            return ids_in(part)
        case Field("id", value):
            return {value}
    return set()


def title_terms(value: str, language: Language = ENGLISH) -> list[str]:
    """The terms that a title has which holds the value."""
    found = words(value)
    if len(found) == 1 and not is_run(found[0]):
        return [language.stem(found[0])]
    return list(dict.fromkeys(term for word in found for term in phrase_terms(word)))


class Finder:
    """Finds a query's leaves in one segment, each term's postings read once."""

    def __init__(self, segment: Segment, ids: Ids, language: Language = ENGLISH) -> None:
        self.segment = segment
        self._ids = ids
        self._language = language
        self._terms = segment.field(TEXT)
        self._read: dict[str, Postings] = {}

    def postings(self, term: str) -> Postings:
        """The documents that hold the term, deleted ones too, and their bytes (see `segment`)."""
        found = self._read.get(term)
        if found is None:
            index = self._terms.find(encoded(term)) if self._terms else -1
            ids, often = self._terms.postings(index) if self._terms and index >= 0 else ([], b"")
            found = self._read[term] = (ids, often)
        return found

    def titled(self, term: str) -> list[int]:
        """The documents whose title holds the term, in order."""
        index = self._terms.find(encoded(term)) if self._terms else -1
        ids, often = self._terms.postings(index) if self._terms and index >= 0 else ([], b"")
        return list(compress(ids, often.translate(_TITLED))) if often else []

    def frequency(self, term: str) -> int:
        """How many documents hold the term."""
        index = self._terms.find(encoded(term)) if self._terms else -1
        return self._terms.frequency(index) if self._terms and index >= 0 else 0

    def find(self, leaf: Leaf) -> list[int] | None:  # noqa: PLR0911 - one for each kind
        """The documents that the leaf may mean, in order; None if that may be any."""
        match leaf:
            case Word(_, term):
                return self.postings(term)[0]
            case Prefix(start):
                return self.beginning(start)
            case Phrase(wanted):
                return self._all_of([term for word in wanted for term in phrase_terms(word)])
            case Field("id", value):
                docs = (self.segment.doc(number) for number in self._ids.get(value, ()))
                return sorted(doc for doc in docs if doc is not None)
            case Field("title", value):
                return self._title(value)
            case Field("tag", value):
                name = folded(value)
                either = {*self._having("tag", name), *self._having(HASHTAG, name)}
                return sorted(either)
            case Field(name, value):
                return self._having(name, value)

    def _having(self, field: str, value: str) -> list[int]:
        """The documents with exactly that value."""
        terms = self.segment.field(field)
        index = terms.find(encoded(value)) if terms else -1
        return terms.postings(index)[0] if terms and index >= 0 else []

    def beginning(self, start: str) -> list[int]:
        """The documents that hold a term which begins so."""
        found: set[int] = set()
        if self._terms:
            for index in self._terms.beginning(encoded(start)):
                found.update(self._terms.postings(index)[0])
        return sorted(found)

    def _title(self, value: str) -> list[int] | None:
        terms = title_terms(value, self._language)
        if not terms:
            return [] if not words(value) else None
        found = set(self.titled(terms[0]))
        for term in terms[1:]:
            found.intersection_update(self.titled(term))
        return sorted(found)

    def _all_of(self, terms: list[str]) -> list[int] | None:
        if not terms:
            return None
        lists = sorted((self.postings(term)[0] for term in dict.fromkeys(terms)), key=len)
        if len(lists) == 1:
            return lists[0]
        found = set(lists[0])
        for other in lists[1:]:
            found.intersection_update(other)
        return sorted(found)
