"""How a query is read (see `query`). Only what can't be meant otherwise is an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from journal.recall.analysis import words
from journal.recall.bags import bag_node, strict_node
from journal.recall.complaint import IN_QUOTES, Complaint, bad_query
from journal.recall.cues import cues
from journal.recall.dating import asked_dates
from journal.recall.language import ENGLISH, Language
from journal.recall.lexing import FIELD, PHRASE, TEXT, Token, lexed, plain
from journal.recall.query import And, Asked, Bag, Field, Node, Not, Or, Word, joined, phrase_node

LONGEST = 10_000
"""Characters of a query; a longer text is plain words, those of its first 50,000."""
_PASTED = 50_000
_MANY_LINES = 3  # line ends: nobody types so many
_MOST_WORDS = 1_000
_DEEPEST = 40
_BOTH = "say what is on both sides of it; in small letters it is a word like any other"
_Plain = tuple[Token, ...]
"""Words typed next to each other, or in parentheses of their own."""


def parse(text: str, language: Language = ENGLISH, today: date | None = None) -> Asked | None:
    """What is asked for, seen from `today` (the present day if None); None for nothing.

    UsageError `bad-query` says where it can't be read, and what may be meant.
    """
    try:
        if len(text) > LONGEST or text.strip().count("\n") >= _MANY_LINES:
            text = text[:_PASTED]
            reader = _Reader(text, plain(text), language)
        else:
            reader = _Reader(text, lexed(text), language)
        node = reader.read()
    except Complaint as complaint:
        if "\n" not in text.strip():
            raise bad_query(text, complaint, lambda other: _read(other, language)) from None
        reader = _Reader(text, plain(text), language)
        node = reader.read()
    if node is None:
        return None
    said = reader.said()
    found = tuple(words(said)[:_MOST_WORDS])
    return Asked(node, found, asked_dates(said, today or _today()), cues(said))


def _today() -> date:
    from journal.clock import now

    return now().astimezone().date()


def _read(text: str, language: Language) -> Node | None:
    return _Reader(text, lexed(text), language).read()


class _Reader:
    def __init__(self, text: str, tokens: list[Token], language: Language) -> None:
        self._text = text
        self._tokens = tokens
        self._language = language
        self._at = 0
        self._depth = 0
        self._excluded: set[Token] = set()

    def read(self) -> Node | None:
        """What is asked for; None for nothing. Complaint for what can't be read."""
        return self._built(self._either())

    def said(self) -> str:
        """The plain words as typed, without those excluded."""
        said = (one.kind == TEXT and one not in self._excluded for one in self._tokens)
        return " ".join(
            one.text if kept else ";" for one, kept in zip(self._tokens, said, strict=True)
        )

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Node | _Plain | None:
        if self._depth > _DEEPEST:
            flat = re.sub("[()]", " ", self._text)
            raise _complaint("too many parentheses", self._tokens[self._at - 1], flat)
        first = self._run()
        if self._peek() != "OR":
            return first
        found = [self._operand_of_or(first)]
        while self._peek() == "OR":
            self._check_operand(self._next())
            found.append(self._operand_of_or(self._run()))
        return joined(Or, [node for node in found if node is not None])

    def _run(self) -> Node | _Plain | None:
        """What stands next to each other, up to an OR or a parenthesis that closes."""
        items: list[Node | _Plain | None] = []
        every = False
        while (kind := self._peek()) not in ("end", ")", "OR"):
            if kind == "AND":
                every = True
                self._check_operand(self._next(), follows=bool(items))
            else:
                items.append(self._single())
        if not items and self._peek() == "OR":
            self._check_operand(self._tokens[self._at], follows=False)
        if every:
            return joined(And, self._sense([self._strict(item) for item in items]))
        return self._side_by_side(items)

    def _side_by_side(self, items: list[Node | _Plain | None]) -> Node | _Plain | None:
        """All that is strict, and one of the plain words, if these say anything."""
        said = tuple(token for item in items if isinstance(item, tuple) for token in item)
        nodes: list[Node] = []
        for item in items:
            if item is not None and not isinstance(item, tuple):
                nodes += item.parts if isinstance(item, And) else (item,)
        if not nodes:
            return said or None
        more = any(not isinstance(node, Not) for node in nodes)
        bag = bag_node(said, self._language, or_none=more)
        return joined(And, nodes if bag is None else [*nodes, bag])

    def _single(self) -> Node | _Plain | None:
        token = self._next()
        if token.kind == "NOT":
            return self._negated(token)
        if token.kind == PHRASE:
            return phrase_node(token.text)
        if token.kind == FIELD:
            return Field(token.name, token.text)
        if token.kind != "(":
            return (token,)
        self._depth += 1
        found = self._either()
        self._depth -= 1
        if self._peek() != ")":
            what = "this parenthesis is never closed"
            raise _complaint(what, token, f"{self._text})", f"close it; {IN_QUOTES}")
        self._next()
        return found

    def _negated(self, operator: Token) -> Node | _Plain | None:
        begin, even = self._at, False
        self._check_operand(operator)
        while self._peek() == "NOT":
            self._check_operand(self._next())
            even = not even
        found = self._single()
        if even:
            return found
        self._excluded.update(self._tokens[begin : self._at])
        node = self._strict(found)
        return None if node is None else _without(node)

    def _check_operand(self, operator: Token, *, follows: bool = True) -> None:
        """Something must stand on both sides of an operator."""
        if not follows or self._peek() in ("end", ")", "AND", "OR"):
            side = "after" if follows else "before"
            what = f"there is nothing {side} {operator.kind}"
            raise _complaint(what, operator, _cut(self._text, operator), _BOTH)

    def _operand_of_or(self, item: Node | _Plain | None) -> Node | None:
        return (
            self._built(item) if isinstance(item, tuple) and len(item) > 1 else self._strict(item)
        )

    def _strict(self, item: Node | _Plain | None) -> Node | None:
        if not isinstance(item, tuple):
            return item
        if len(item) == 1:
            return strict_node(item[0], self._language)
        return bag_node(item, self._language)

    def _built(self, item: Node | _Plain | None) -> Node | None:
        return bag_node(item, self._language) if isinstance(item, tuple) else item

    def _sense(self, found: Iterable[Node | None]) -> list[Node]:
        """Without the words that say nothing, if anything is left that is looked for."""
        nodes: list[Node] = []
        for node in found:
            if node is not None:
                nodes += node.parts if isinstance(node, And) else (node,)
        stop = self._language.stop
        kept = [node for node in nodes if not (isinstance(node, Word) and node.text in stop)]
        return kept if any(not isinstance(node, Not) for node in kept) else nodes


def _complaint(what: str, token: Token, mended: str, hint: str = IN_QUOTES) -> Complaint:
    return Complaint(what, token.at, token.end, mended, hint)


def _cut(text: str, token: Token) -> str:
    """The text without the token."""
    before, after = text[: token.at].rstrip(), text[token.end :].lstrip()
    return before + ("" if before.endswith("(") or after.startswith(")") else " ") + after


def _without(node: Node) -> Node:
    """What is left when the node may not hold: of "any of them", none of them."""
    match node:
        case Bag(parts) | Or(parts):
            found = joined(And, [_without(part) for part in parts])
            return found if found is not None else Not(node)
        case Not(part):
            return part
    return Not(node)
