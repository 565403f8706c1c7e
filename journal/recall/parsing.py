"""How a query is read. Only what can't be meant otherwise is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass

from journal.errors import UsageError
from journal.names import KINDS
from journal.recall.analysis import is_run, words
from journal.recall.query import (
    FIELDS,
    And,
    Field,
    Node,
    Not,
    Or,
    Prefix,
    Word,
    joined,
    phrase_node,
    text_node,
    word_node,
)
from journal.recall.stopwords import STOP
from journal.safe import one_line

_ALIASES = {"tags": "tag"}
_MEANT = {
    "author": "actor:", "by": "actor:", "user": "actor:", "who": "actor:", "type": "kind:",
    "since": "--since", "until": "--until", "before": "--until", "after": "--since",
    "date": "--since and --until", "day": "--since and --until", "git": "branch:",
    "label": "tag:", "name": "title:", "thread": "path:",
}  # fmt: skip
_FIELD = re.compile(r"([A-Za-z]+):(?=[^\s:/])")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # one of ( ) AND OR NOT, or empty for something to look for
    at: int
    end: int
    node: Node | None = None


def parse(text: str) -> Node | None:
    """What is asked for; None for nothing. UsageError `bad-query` says where it can't be read."""
    return _Parser(text).read()


def _sense(nodes: list[Node]) -> list[Node]:
    """Without the words that say nothing, if anything is left that is looked for."""
    kept = [node for node in nodes if not (isinstance(node, Word) and node.text in STOP)]
    return kept if any(not isinstance(node, Not) for node in kept) else nodes


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_Lexer(text).tokens())
        self._at = 0
        self._depth = 0

    def read(self) -> Node | None:
        return self._either()

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Node | None:
        if self._depth > _DEEPEST:
            raise self._error("too many parentheses", self._tokens[self._at - 1])
        nodes = [self._both()]
        while self._peek() == "OR":
            self._operand(self._next())
            nodes.append(self._both())
        return joined(Or, [node for node in nodes if node is not None])

    def _both(self) -> Node | None:
        nodes: list[Node] = []
        count = 0
        while (kind := self._peek()) not in ("end", ")", "OR"):
            if kind == "AND":
                operator = self._next()
                self._operand(operator, follows=count > 0)
                continue
            node = self._single()
            count += 1
            if node is not None:
                nodes += node.parts if isinstance(node, And) else (node,)
        if not count and self._peek() == "OR":
            self._operand(self._tokens[self._at], follows=False)
        return joined(And, _sense(nodes))

    def _operand(self, operator: _Token, *, follows: bool = True) -> None:
        """Something must stand on both sides of an operator."""
        side = "before" if not follows else "after"
        if not follows or self._peek() in ("end", ")", "AND", "OR"):
            raise self._error(f"there is nothing {side} {operator.kind}", operator)

    def _single(self) -> Node | None:
        token = self._next()
        if token.kind == "NOT":
            self._operand(token)
            even = True
            while self._peek() == "NOT":
                self._operand_of_not()
                even = not even
            node = self._single()
            return Not(node) if node is not None and even else node
        if token.kind != "(":
            return token.node
        self._depth += 1
        node = self._either()
        self._depth -= 1
        if self._peek() != ")":
            raise self._error("this parenthesis is never closed", token)
        self._next()
        return node

    def _operand_of_not(self) -> None:
        token = self._next()
        self._operand(token)

    def _error(self, what: str, token: _Token) -> UsageError:
        return bad_query(what, self._text, token.at, token.end)


class _Lexer:
    """Cuts a query into what is looked for and what joins it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open = 0

    def tokens(self) -> list[_Token]:
        found: list[_Token] = []
        at = 0
        while at < len(self._text):
            if self._text[at].isspace():
                at += 1
                continue
            token = self._token(at)
            found.append(token)
            at = token.end
        return found

    def _token(self, at: int) -> _Token:
        text, char = self._text, self._text[at]
        if char == "(":
            self._open += 1
            return _Token("(", at, at + 1)
        if char == ")" and self._open:
            self._open -= 1
            return _Token(")", at, at + 1)
        after = text[at + 1 : at + 2]
        if char == "-" and (after.isalnum() or (after and after in '"(')):
            return _Token("NOT", at, at + 1)
        if char == '"':
            end = self._closing(at)
            return _Token("", at, end, phrase_node(text[at + 1 : end - 1]))
        return self._field(at) or self._plain(at)

    def _closing(self, at: int) -> int:
        end = self._text.find('"', at + 1)
        if end < 0:
            raise bad_query("this quote is never closed", self._text, at, at + 1)
        return end + 1

    def _field(self, at: int) -> _Token | None:
        found = _FIELD.match(self._text, at)
        if found is None:
            return None
        name = _ALIASES.get(found[1].lower(), found[1].lower())
        if name not in FIELDS:
            self._no_field(name, at, found.end())
            return None
        start = found.end()
        if self._text[start] == "(" and " " in self._text[start:].partition(")")[0]:
            hint = f"say it with each: ({name}:… OR {name}:…)"
            raise bad_query(f"{name}: takes one value", self._text, at, start + 1, hint)
        if self._text[start] == '"':
            end = self._closing(start)
            value = self._text[start + 1 : end - 1]
        else:
            end = self._plain_end(start)
            value = self._text[start:end]
        value = _meant(name, value)
        return _Token("", at, end, Field(name, value)) if value else None

    def _no_field(self, name: str, at: int, end: int) -> None:
        """UsageError if the name is nearly a field's; any other word before a colon is text."""
        from difflib import get_close_matches

        near = get_close_matches(name, [*FIELDS, *_ALIASES], 1, 0.75)
        meant = f"{near[0]}:" if near else _MEANT.get(name)
        if meant:
            hint = f'for example {meant}; "{name}:" in quotes is looked for as text'
            raise bad_query(f"there is no field {name}", self._text, at, end, hint)

    def _plain(self, at: int) -> _Token:
        end = self._plain_end(at)
        piece = self._text[at:end]
        if piece in ("AND", "OR", "NOT"):
            return _Token(piece, at, end)
        if len(piece) > 1 and piece[-1] == "*" and (piece[-2].isalnum() or piece[-2] == "_"):
            return _Token("", at, end, _with_prefix(piece[:-1]))
        return _Token("", at, end, text_node(piece))

    def _plain_end(self, at: int) -> int:
        """Up to a blank, or the parenthesis that closes what was open before."""
        inner = 0
        for end in range(at, len(self._text)):
            char = self._text[end]
            if char.isspace():
                return end
            if char == ")" and not inner and self._open and end > at:
                return end
            inner += (char == "(") - (char == ")" and inner > 0)
        return len(self._text)


def _meant(name: str, value: str) -> str:
    """A field's value as entries have it, where a person may well write it otherwise."""
    if name == "kind" and value.lower() in KINDS:
        return value.lower()
    return value.removeprefix("#") if name == "tag" else value


def _with_prefix(text: str) -> Node | None:
    *whole, last = words(text)
    nodes = [word_node(word) for word in dict.fromkeys(whole)]
    return joined(And, [*nodes, word_node(last) if is_run(last) else Prefix(last)])


def bad_query(what: str, text: str, at: int, end: int, hint: str = "") -> UsageError:
    """The error that points at a place of the query."""
    start = max(0, at - 40)
    shown = "".join(one_line(c) or " " for c in text[start : end + 30])
    caret = " " * (at - start) + "^" * max(1, min(end - at, 30))
    return UsageError(
        f"{what}, at character {at + 1} of the query",
        kind="bad-query",
        hint=f"{hint or 'in double quotes anything is looked for as text'}\n  {shown}\n  {caret}",
    )
