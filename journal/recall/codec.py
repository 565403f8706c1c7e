"""The index as Whoosh sees it: a reader over segments, so that its searcher and queries work.

Only this module imports Whoosh. Neither its files nor its pickles are used.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import fields, matching, query, reading, scoring
from whoosh.searching import Searcher

from journal.recall.leaves import Finder, encoded, exact
from journal.recall.matching import phrase_terms
from journal.recall.query import And, Bag, Field, Leaf, Node, Not, Or, Phrase, Word
from journal.recall.ranking.terms import idf
from journal.recall.ranking.weights import K1
from journal.recall.segment import TEXT, Terms, counts

_PLAIN = ("kind", "role", "actor", "session", "path", "namespace", "branch")
SCHEMA = fields.Schema(
    **{TEXT: fields.KEYWORD(scorable=True)}, **{name: fields.ID() for name in _PLAIN}
)


class Matcher(matching.ListMatcher):  # type: ignore[misc]
    """Postings that can be skipped through, all worth the same unless there is a scorer."""

    constant = 0.0
    _i: int

    def skip_to(self, target: int) -> None:
        """Go to the first document from that one on."""
        if self.is_active() and self.id() < target:
            self._i = bisect_left(self._ids, target, self._i)

    def score(self) -> float:
        """What the document is worth."""
        return float(self._scorer.score(self)) if self._scorer else self.constant

    def weight(self) -> float:
        """How often the document holds the term."""
        return float(self._weights[self._i]) if self._weights else 1.0

    def block_max_weight(self) -> float:
        """How often any document holds it."""
        return float(max(self._weights)) if self._weights else 1.0


class SegmentReader(reading.IndexReader):  # type: ignore[misc]
    """A segment, as Whoosh reads one."""

    schema = SCHEMA

    def __init__(self, finder: Finder) -> None:
        self.finder = finder
        self.segment_ = finder.segment

    def _find(self, field: str, text: str | bytes) -> tuple[Terms, int]:
        terms = self.segment_.field(field)
        term = text if isinstance(text, bytes) else encoded(text)
        index = terms.find(term) if terms else -1
        if terms is None or index < 0:
            raise reading.TermNotFound(f"{field}:{text!r}")
        return terms, index

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        terms = self.segment_.field(term[0])
        return terms is not None and terms.find(term[1]) >= 0

    def __iter__(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        return ((term, self.term_info(*term)) for term in self.all_terms())

    def indexed_field_names(self) -> Iterable[str]:
        """The fields that documents have."""
        return self.segment_.fields()

    def all_terms(self) -> Iterator[tuple[str, bytes]]:
        """Every field's terms, in order."""
        for name in sorted(self.segment_.fields()):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The field's terms from that one on."""
        if terms := self.segment_.field(fieldname):
            for index in range(terms.first(prefix), terms.size):
                yield fieldname, terms.term(index)

    def term_info(self, fieldname: str, text: str | bytes) -> Any:
        """What scoring may ask of a term."""
        terms, index = self._find(fieldname, text)
        ids, marked = terms.postings(index)
        often = counts(marked)
        total = sum(often) if often else len(ids)
        return reading.TermInfo(
            weight=total, df=len(ids), minlength=1, maxlength=255,
            maxweight=max(often) if often else 1, minid=ids[0], maxid=ids[-1],
        )  # fmt: skip

    def postings(self, fieldname: str, text: str | bytes, scorer: Any = None) -> Any:
        """The matcher of a term, without deleted documents."""
        terms, index = self._find(fieldname, text)
        ids, marked = terms.postings(index)
        often = counts(marked)
        gone = self.segment_.deleted
        if gone:
            kept = [at for at, doc in enumerate(ids) if doc not in gone]
            ids, often = [ids[at] for at in kept], often and bytes([often[at] for at in kept])
        info = self.term_info(fieldname, text)
        return Matcher(ids, often, scorer=scorer, term=(fieldname, text), terminfo=info)

    def doc_count_all(self) -> int:
        """The documents, deleted ones too."""
        return self.segment_.count

    def doc_count(self) -> int:
        """The documents that aren't deleted."""
        return self.segment_.live

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self.segment_.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether this one is."""
        return docnum in self.segment_.deleted

    def frequency(self, fieldname: str, text: str | bytes) -> int:
        """How often the term occurs in all."""
        return int(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: str | bytes) -> int:
        """How many documents hold the term."""
        try:
            terms, index = self._find(fieldname, text)
        except reading.TermNotFound:
            return 0
        return terms.frequency(index)

    def field_length(self, fieldname: str) -> int:
        """One a document: lengths don't count."""
        return self.segment_.count

    def min_field_length(self, fieldname: str) -> int:
        """One."""
        return 1

    def max_field_length(self, fieldname: str) -> int:
        """One."""
        return 1

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """One."""
        return 1

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The row's number: all else is in the catalog."""
        return {"number": self.segment_.numbers[docnum]}

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Never."""
        return False

    def vector(self, docnum: int, fieldname: str, format_: Any = None) -> Any:
        """There are none."""
        raise KeyError(fieldname)


class Weighting(scoring.BM25F):  # type: ignore[misc]
    """BM25 without the length, with the inverse document frequency as Robertson has it."""

    def __init__(self) -> None:
        super().__init__(B=0.0, K1=K1)

    def idf(self, searcher: Any, fieldname: str, text: bytes) -> float:
        """What a term is worth."""
        top = searcher.get_parent()
        return idf(top.doc_count_all(), top.reader().doc_frequency(fieldname, text))


class Documents(query.Query):  # type: ignore[misc]
    """Documents that Whoosh needs no postings for: a query's leaf, all, or all but others."""

    def __init__(self, leaf: Leaf | None = None, worth: float = 0.0, but: Any = None) -> None:
        self.leaf = leaf
        self.worth = worth
        self.but = but
        self.boost = 1.0

    def estimate_size(self, ixreader: Any) -> int:
        """No more than all."""
        return int(ixreader.doc_count())

    def estimate_min_size(self, ixreader: Any) -> int:
        """Maybe none."""
        return 0

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """The documents of this segment."""
        reader = searcher.reader()
        docs = reader.finder.find(self.leaf) if self.leaf else None
        if docs is None:
            docs = range(reader.doc_count_all())
        gone = set(reader.segment_.deleted)
        if self.but is not None:
            gone.update(self.but.matcher(searcher, searcher.boolean_context()).all_ids())
        found = Matcher([doc for doc in docs if doc not in gone])
        found.constant = self.worth
        return found


def translated(node: Node) -> Any:  # noqa: PLR0911 - one for each kind
    """The query as Whoosh's; what can't be told without the text is left open."""
    match node:
        case And(parts):
            return query.And([translated(part) for part in parts])
        case Bag(some):
            return query.Or([translated(part) for part in some])
        case Or(parts):
            return query.Or([translated(part) for part in parts])
        case Not(part):
            return Documents(but=translated(part) if exact(part) else None)
        case Word(_, term):
            return query.Term(TEXT, encoded(term))
        case Phrase(wanted) if terms := [t for word in wanted for t in phrase_terms(word)]:
            return query.And([query.Term(TEXT, encoded(term)) for term in dict.fromkeys(terms)])
        case Field(name, value) if name in _PLAIN:
            return query.Term(name, encoded(value))
        case Field() | Phrase():  # tags, titles, ids
            return Documents(node)
    return Documents(node, worth=1.0)


def search(finders: list[Finder], node: Node) -> list[list[int]]:
    """The documents of each segment that may answer, in order."""
    if not finders:
        return []
    searcher = Searcher(reading.MultiReader([SegmentReader(f) for f in finders]), Weighting())
    wanted = translated(node)
    context = searcher.boolean_context()
    inner = [leaf for leaf, _ in searcher.leaf_searchers()]
    return [sorted(set(wanted.matcher(leaf, context).all_ids())) for leaf in inner]
