"""What a person may ask, and how it is read.

    flaky tests          both words, in any form: "test" finds "testing"
    "flaky tests"        these words so, one after the other
    alloc*               words that begin so
    red OR green         AND, OR, NOT and ( ), in capitals; -word is NOT word
    kind:decision        a field: kind role actor tag session path namespace title id branch

Whatever else is typed is text. Only what can't be meant otherwise is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

from journal.recall.analysis import is_run, words

FIELDS = ("kind", "role", "actor", "tag", "session", "path", "namespace", "title", "id", "branch")


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Folded words that follow each other, exactly so; text without spaces may be part of more."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so, folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """Entries with that value; of the title, those that hold these words."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Entries of which the part does not hold."""

    part: Node


Leaf = Word | Phrase | Prefix | Field
Node = Leaf | And | Or | Not


def text_node(text: str) -> Node | None:
    """The text as words, all of which are wanted."""
    nodes = [word_node(word) for word in dict.fromkeys(words(text))]
    return joined(And, nodes)


def phrase_node(text: str) -> Node | None:
    """The text's words, one after the other."""
    found = tuple(words(text))
    if len(found) == 1 and is_run(found[0]):
        return word_node(found[0])
    return Phrase(found) if found else None


def word_node(word: str) -> Node:
    """The word; of text without spaces, whatever holds it."""
    if not is_run(word):
        return Word(word)
    return Phrase((word,)) if len(word) > 1 else Prefix(word)


def joined(kind: type[And | Or], nodes: list[Node]) -> Node | None:
    """The nodes as one, each once; None for none."""
    flat: dict[Node, None] = {}
    for node in nodes:
        flat |= dict.fromkeys(node.parts if isinstance(node, kind) else (node,))
    found = tuple(flat)
    return kind(found) if len(found) > 1 else found[0] if found else None
