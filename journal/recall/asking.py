"""One query on its way from the index to the answer.

Flat queries are answered from the postings; the rest is Whoosh's. What the index can't tell is
read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from journal.finding import Finding
from journal.header import microseconds
from journal.recall.depot import FOLDER
from journal.recall.direct import documents, flat
from journal.recall.engine import Hit, Query, Texts
from journal.recall.index import View
from journal.recall.language import ENGLISH, Language
from journal.recall.leaves import Finder, exact, filters, ids_in
from journal.recall.matching import scoring_terms
from journal.recall.query import And, Asked, Bag, Node, Or, Prefix, Word, parts_of
from journal.recall.ranking import idle, names
from journal.recall.ranking.beyond import beyond
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place, split
from journal.recall.ranking.looks import looks, wanted
from journal.recall.ranking.names import named_in
from journal.recall.ranking.question import Question, is_open
from journal.recall.ranking.recipe import in_order, ranked
from journal.recall.ranking.second import second
from journal.recall.ranking.shortlist import best_of, best_of_bag
from journal.recall.ranking.spelling import slips
from journal.recall.ranking.terms import Terms
from journal.recall.ranking.weights import CLOSE, SHORTLIST
from journal.recall.ranking.words import nearest
from journal.recall.reading import Read, Reader
from journal.recall.snippet import hit
from journal.safe import one_line
from journal.selection import Selection

MOST_RANKED = 2_000
"""Hits that are ranked by more than their own words; more are seldom read by anybody."""


class Asking:
    """A query asked of the segments of a view; `hits` gives the answer."""

    def __init__(
        self, texts: Texts, view: View, asked: Asked, query: Query, language: Language = ENGLISH
    ) -> None:
        self.notices: list[Finding] = []
        self.total = 0
        self.capped = False
        self._query = query
        self._language = language
        self._limit = max(0, min(query.limit, sys.maxsize))
        self._whole = _narrowed(asked.node, query.selection)
        named = {value: [row.number for row in texts.named(value)] for value in ids_in(asked.node)}
        self._finders = [Finder(segment, named, language) for segment in view.segments]
        self._reader = Reader(texts, self._finders, asked.node, language)
        since, until = _micros(query.selection.since), _micros(query.selection.until)
        self._ranges = [finder.segment.between(since, until) for finder in self._finders]
        self._question = self._asked(asked)

    def _asked(self, asked: Asked) -> Question:
        """The question, with what its words are worth."""
        named = named_in(asked.words, self._language, self._finders)
        left = names.shares(named)
        if self._language is ENGLISH:
            words = scoring_terms(asked.node)[0]
            left = idle.shares(words, asked.cues, dated=bool(asked.dates)) | left
        terms = Terms.of(asked.node, self._finders, left)
        about = set(asked.words) - self._language.stop - names.covered(named)
        content = not all(idle.is_idle(self._language.stem(word)) for word in about)
        return Question(asked, self._finders, terms, named, self._allows, content)

    def hits(self) -> tuple[Hit, ...]:
        """The best of those that answer, best first."""
        if exact(self._whole):
            short = self._shortlist()
            more = beyond(self._question, short, self._most)
            listed = [*short[: self._most], *more]
            self.capped = len(more) == self._most
            board, order = self._ranked(listed)
            found = self._best(list(dict.fromkeys([*order, *short[self._most :]])), short, board)
        else:
            matched = self._find()
            terms = self._question.terms
            every, rows = best_of(self._finders, matched, terms, _size(matched))
            self._question.rows.update(rows)
            listed = every[: self._most]
            board, order = self._ranked(listed)
            found = self._verified(list(dict.fromkeys([*order, *every[self._most :]])))
        self._suggest()
        if self._query.explain:
            board, _ = self._ranked(listed, frozenset(place for place, _ in found))
        return tuple(self._hits(board, found))

    @property
    def lost(self) -> int:
        """How many texts are no longer where the catalog saw them."""
        return len(self._reader.gone)

    def _suggest(self) -> None:
        """Tell of words that no entry holds, where another one may be meant.

        In a question that finds something they are seldom what it is about; beside filters they
        may be held elsewhere.
        """
        if len(parts_of(self._whole)) > 1:
            return
        if self.total and "question" in self._question.asked.cues:
            return
        for word, meant in slips(self._question.asked.node, self._finders, self._language):
            text = f'no entry holds "{one_line(word)}"; did you mean "{one_line(meant)}"?'
            self.notices.append(Finding("word-unknown", "query", 0, text))

    def _ranked(
        self, listed: list[Place], explained: frozenset[Place] = frozenset()
    ) -> tuple[Board, list[Place]]:
        """The candidates with their points, and their order."""
        board = ranked(self._question, listed, explained, self._hidden)
        order = in_order(board, listed)
        cues = self._question.asked.cues
        if not is_open(self._question.asked) or not ("list" in cues or wanted(cues)):
            return board, order
        read = dict(self._reader.read(order[:CLOSE]))
        looks(board, read, cues)
        order = in_order(board, listed)
        if "list" in cues:
            head = second(board, order, read, self._question, self._language)
            order = in_order(board, listed, head)
        return board, order

    @property
    def _most(self) -> int:
        """How many are looked at closely: more than are shown."""
        return min(max(SHORTLIST, 2 * self._limit), MOST_RANKED)

    @cached_property
    def _hidden(self) -> list[Place]:
        """The best that a question's filters leave out: what stands beside them may answer it."""
        if not is_open(self._question.asked) or self._allowed is None:
            return []
        terms = self._question.terms
        found, _ = best_of_bag(self._finders, self._ranges, terms, SHORTLIST)
        return [place for place in found if not self._allows(place)]

    def _shortlist(self) -> list[Place]:
        finders, terms = self._finders, self._question.terms
        if _is_words(self._whole):
            most = max(self._most, self._limit)
            short, self.total = best_of_bag(finders, self._ranges, terms, most)
            return short
        found = self._find()
        self.total = _size(found)
        short, rows = best_of(finders, found, terms, max(self._most, self._limit))
        self._question.rows.update(rows)
        return short

    def _find(self) -> list[list[int]]:
        """In each segment the documents that may answer, in order."""
        wanted = flat(self._whole)
        if wanted:
            each = zip(self._finders, self._ranges, strict=True)
            return [documents(finder, wanted, *bounds) for finder, bounds in each]
        from journal.recall.codec import search

        found = zip(search(self._finders, self._whole), self._ranges, strict=True)
        return [[doc for doc in docs if low <= doc < high] for docs, (low, high) in found]

    def _allows(self, place: Place) -> bool:
        """Whether a document may be shown though it holds no word, for what else is asked."""
        if self._allowed is None:
            return self._is_there(place)
        return place & 0xFFFF_FFFF in self._allowed[place >> 32]

    @cached_property
    def _allowed(self) -> list[set[int]] | None:
        """In each segment the documents that the filters let through; None without filters."""
        words = Bag | Word | Prefix
        parts = tuple(part for part in parts_of(self._whole) if not isinstance(part, words))
        wanted = flat(And(parts)) if parts else None
        if wanted is None:
            return None
        each = zip(self._finders, self._ranges, strict=True)
        return [set(documents(finder, wanted, *bounds)) for finder, bounds in each]

    def _is_there(self, place: Place) -> bool:
        at, doc = split(place)
        low, high = self._ranges[at]
        return low <= doc < high and doc not in self._finders[at].segment.deleted

    def _best(self, order: list[Place], short: list[Place], board: Board) -> Read:
        """The first of the order, all of which answer."""
        listed = set(short)
        beside = sum(not (p in listed or any(board.counts[p])) for p in order)
        self.capped |= len(order) > len(listed) and self.total > len(listed)
        self.total += beside
        found = order[: self._limit]
        read = self._reader.read(found)
        self.total -= len(found) - len(read)
        return read

    def _verified(self, order: list[Place]) -> Read:
        """The first of the order whose texts hold what the index can't tell."""
        kept, self.total, unread = self._reader.verified(order, self._whole, self._limit)
        if unread:
            self.notices.append(_phrase_unread(unread))
        return kept

    def _hits(self, board: Board, found: Read) -> Iterator[Hit]:
        near = {place: nearest(board, place) for place, _ in found}
        wanted = {holder for holder in near.values() if holder is not None}
        for place in near:
            wanted.update(by for _, by in board.why.get(place, ()) if by is not None)
        rows = self._reader.texts.at([self._reader.number(place) for place in wanted])
        ids: dict[Place | None, str] = {
            place: rows[number].id
            for place in wanted
            if (number := self._reader.number(place)) in rows
        }
        node = self._question.asked.node
        for place, entry in found:
            reasons = board.why.get(place, ())
            why = tuple(replace(reason, entry=ids.get(by, "")) for reason, by in reasons)
            shown = hit(entry, board.points.get(place, 0.0), node, self._language)
            yield replace(shown, near=ids.get(near[place], ""), why=why)


def _size(found: Sequence[list[int]]) -> int:
    return sum(map(len, found))


def _is_words(node: Node) -> bool:
    """Whether it is nothing but words, of which any will do."""
    parts = node.parts if isinstance(node, Bag | Or) else (node,)
    return all(isinstance(part, Word | Prefix) for part in parts)


def _phrase_unread(count: int) -> Finding:
    text = f"{count:,} entries hold the words and are counted, but were not read for the phrase"
    return Finding("phrase-unread", FOLDER, 0, text, "narrow the search")


def _narrowed(node: Node, selection: Selection) -> Node:
    narrowed = And((*parts_of(node), *filters(selection)))
    return narrowed if len(narrowed.parts) > 1 else node


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)
