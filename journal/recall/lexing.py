"""How a query is cut into what is looked for and what joins it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from journal.names import KINDS
from journal.recall.complaint import ALIASES, Complaint, check_name
from journal.recall.query import FIELDS

OPERATORS = ("AND", "OR", "NOT")
TEXT, PREFIX, PHRASE, FIELD = "text", "prefix", "phrase", "field"
_FIELD = re.compile(r"([A-Za-z]+):(?=[^\s:/])")
_SMILE = re.compile(r'\((?:[^\w()"]*(?:\)|$)|-?[:;=])')
_CLOSES = {'"': '"', "“": "”", "„": "“"}
_QUOTED = re.compile(r'"[^"]*"?|[“„][^”]*”?')
_UNQUOTED = str.maketrans('"“”„', "    ")
_MEANT = re.compile(r'\b(?:AND|OR|NOT)\b|\w:["“„]|(?:^|\s)-["“„(]')
_WORD_THEN_STAR = re.compile(r"\w\*$")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: one of ( ) AND OR NOT, or something to look for.

    `text` is the piece as typed, without its quotes or star; of a field, its value.
    """

    kind: str
    at: int
    end: int
    text: str = ""
    name: str = ""


def lexed(text: str) -> list[Token]:
    """The query's pieces, in order; Complaint for what can't be meant as it is typed."""
    return _settled(_Lexer(text.translate(_UNQUOTED) if _is_prose(text) else text).tokens())


def _is_prose(text: str) -> bool:
    """Whether it is a question that quotes: its quotes then are those of any sentence."""
    if not text.rstrip(" )\"'”").endswith(("?", "？", "؟")) or _MEANT.search(text):
        return False
    return re.search(r"\w", _QUOTED.sub(" ", text)) is not None


def plain(text: str) -> list[Token]:
    """All of the text as words."""
    return [Token(TEXT, *found.span(), found[0]) for found in re.finditer(r"\S+", text)]


def _settled(tokens: list[Token]) -> list[Token]:
    """With a word where an operator can't be meant: alone, and OR at the end of plain words."""
    if tokens and tokens[-1].kind in OPERATORS:
        *before, last = tokens
        if not before or (last.kind == "OR" and all(one.kind == TEXT for one in before)):
            return [*before, Token(TEXT, last.at, last.end, last.kind)]
    return tokens


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open = 0

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        at = 0
        while at < len(self._text):
            if self._text[at].isspace():
                at += 1
                continue
            found.append(self._token(at))
            at = found[-1].end
        return found

    def _token(self, at: int) -> Token:
        text, char = self._text, self._text[at]
        if char == "(" and not _SMILE.match(text, at):
            self._open += 1
            return Token("(", at, at + 1)
        if char == ")" and self._open:
            self._open -= 1
            return Token(")", at, at + 1)
        after = text[at + 1 : at + 2]
        if char == "-" and (after.isalnum() or (after and after in '"“„(')):
            return Token("NOT", at, at + 1)
        return self._quoted(at) or self._field(at) or self._plain(at)

    def _quoted(self, at: int) -> Token | None:
        end = self._closing(at)
        return Token(PHRASE, at, end, self._text[at + 1 : end - 1]) if end else None

    def _closing(self, at: int) -> int:
        """Where what the quote opens ends; 0 if none is opened there.

        Complaint if it is never closed; one that stands by itself is text.
        """
        char = self._text[at]
        if char not in _CLOSES:
            return 0
        end = self._text.find(_CLOSES[char], at + 1)
        if end >= 0:
            return end + 1
        after = self._text[at + 1 : at + 2]
        if char != '"' or not after or after.isspace():
            return 0
        inner = self._text.rstrip()
        while self._open and inner.endswith(")"):
            inner = inner[:-1]
            self._open -= 1
        mended = f'{inner}"{self._text[len(inner) :]}'
        hint = "close it, or leave it out"
        raise Complaint("this quote is never closed", at, at + 1, mended, hint)

    def _field(self, at: int) -> Token | None:
        found = _FIELD.match(self._text, at)
        if found is None:
            return None
        start = found.end()
        name = ALIASES.get(found[1].lower(), found[1].lower())
        if name not in FIELDS:
            check_name(self._text, at, start, self._closing(start) or self._plain_end(start))
            return None
        self._check_single(name, at, start)
        end = self._closing(start)
        value = self._text[start + 1 : end - 1] if end else ""
        if not end:
            end = self._plain_end(start)
            value = self._text[start:end]
        value = _meant(name, value)
        return Token(FIELD, at, end, value, name) if value else None

    def _check_single(self, name: str, at: int, start: int) -> None:
        """Complaint for `kind:(a OR b)`."""
        inside, _, rest = self._text[start + 1 :].partition(")")
        if self._text[start] != "(" or len(inside.split()) < 2:
            return
        each = re.findall(r'"[^"]*"|[^\s,|]+', inside)
        values = [f"{name}:{value}" for value in each if value not in OPERATORS]
        meant = " OR ".join(values)
        mended = f"{self._text[:at]}{f'({meant})' if len(values) > 1 else meant} {rest}"
        hint = f"say it with each: ({name}:… OR {name}:…)"
        raise Complaint(f"{name}: takes one value", at, start + 1, mended, hint)

    def _plain(self, at: int) -> Token:
        end = self._plain_end(at)
        piece = self._text[at:end]
        if piece in OPERATORS:
            return Token(piece, at, end)
        if _WORD_THEN_STAR.search(piece):
            return Token(PREFIX, at, end, piece[:-1])
        return Token(TEXT, at, end, piece)

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
