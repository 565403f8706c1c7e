"""What a person may ask, and how it is read.

    why do the tests hang?   a question: entries that hold one of its words or more, in any form;
                             the more of them and the rarer, the better
    "flaky tests"            these words so, one after the other: must hold
    red AND apple            all of them must hold; in capitals
    red OR green             at least one must hold
    NOT red, -red            must not hold
    (red OR green) AND new   what is read together
    alloc*                   words that begin so
    kind:decision            a field that must hold: kind role actor tag session path namespace
                             title id branch; with blanks in quotes, title:"the plan"

Plain words are a bag: one of them is enough. Words that say nothing (the, what, did) drop out of
a bag that has others. Beside something that must hold, one of the plain words must hold as well:
`kind:task flaky tests` is the tasks that hold "flaky" or "tests". AND makes all that stands beside
it, as far as the next OR or parenthesis, hold; NOT and - take the one thing after them. Plain words
in parentheses are plain words, but `-(red green)` is neither.

A name as programs have it, `fooBar`, `foo_bar`, `pkg.mod.func`, `src/api.py`, finds itself and its
parts; beside AND, OR and NOT it is the whole, or all of the parts. Chinese, Japanese and Thai put
no spaces between words: they are looked for two letters at a time, and in quotes as they stand.

Dates raise the entries of that time and those that speak of it: 7 May, May 7th 2023, in May 2023,
2023-05-07, summer 2023, last week, on Friday, yesterday, three days ago, since March, between May
and July 2023. 05/07/2023 is both of its readings. Weeks begin on Monday.

In a question with a question mark, quotes are those of any sentence (what is "Dune" about?): what
they hold is plain words, unless the question is nothing else.

Whatever else is typed is text: marks and brackets of prose, "C++", 3.5" disks, `std::sort`; "and",
"or" and "not" in small letters; a query that is nothing but AND, OR or NOT; an OR at the end of
plain words (Portland OR). Only what can't be meant otherwise is an error, which says where it is
and what may be meant. Of a text of several lines nothing is an error: if it can't be read it is
plain words, and one of four lines or of 10,000 characters is so in any case. Of all plain words the
first 200 different ones count, of a long text those in its first 50,000 characters.
"""

from __future__ import annotations

from dataclasses import dataclass

from journal.recall.analysis import is_run, words
from journal.recall.dated import Dated

FIELDS = ("kind", "role", "actor", "tag", "session", "path", "namespace", "title", "id", "branch")


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word as typed, and the term that entries are indexed under that hold a form of it.

    Of text without spaces two letters that follow each other, and the term the same.
    """

    text: str
    term: str


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
class Bag:
    """At least one of the parts, the more the better; two parts or more."""

    parts: tuple[Leaf, ...]


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
Node = Leaf | Bag | And | Or | Not


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, read.

    `words` are its plain words, folded, in order and with those that say nothing: what stands
    outside of quotes and fields and is not excluded, the first 1,000. `dates` are the times these
    speak of. `cues` tells what kind of answer they ask for (see `cues`).
    """

    node: Node
    words: tuple[str, ...] = ()
    dates: tuple[Dated, ...] = ()
    cues: frozenset[str] = frozenset()


def parts_of(node: Node) -> tuple[Node, ...]:
    """What all must hold for the node to."""
    return node.parts if isinstance(node, And) else (node,)


def phrase_node(text: str) -> Phrase | Prefix | None:
    """The text's words, one after the other."""
    found = tuple(words(text))
    if len(found) == 1 and is_run(found[0]):
        return run_node(found[0])
    return Phrase(found) if found else None


def run_node(run: str) -> Phrase | Prefix:
    """Whatever holds the text without spaces."""
    return Phrase((run,)) if len(run) > 1 else Prefix(run)


def joined(kind: type[And | Or], nodes: list[Node]) -> Node | None:
    """The nodes as one, each once; None for none."""
    flat: dict[Node, None] = {}
    for node in nodes:
        inner = node.parts if isinstance(node, kind) else (node,)
        if kind is Or and isinstance(node, Bag):
            inner = node.parts
        flat |= dict.fromkeys(inner)
    found = tuple(flat)
    return kind(found) if len(found) > 1 else found[0] if found else None
