"""What plain words of a query look for: any of them, or, beside operators, all of a piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from journal.recall.analysis import grams, is_run, spans, words
from journal.recall.language import Language
from journal.recall.lexing import PREFIX, Token
from journal.recall.query import And, Bag, Leaf, Node, Or, Prefix, Word, joined, run_node

MOST = 200
"""Different words that a bag holds: the first ones. Which are the rarest no text tells."""


def bag_node(pieces: Iterable[Token], language: Language, *, or_none: bool = False) -> Node | None:
    """At least one of the pieces' words, with the parts of names; None if there is none.

    Those that say nothing only count if there is no other; or not at all, if `or_none`.
    """
    said: dict[Leaf, None] = {}
    rest: dict[Leaf, None] = {}
    for leaf in (leaf for piece in pieces for leaf in _leaves(piece, language)):
        idle = isinstance(leaf, Word) and leaf.text in language.stop
        (rest if idle else said)[leaf] = None
        if len(said) == MOST:
            break
    found = tuple(said) if said or or_none else tuple(rest)[:MOST]
    return Bag(found) if len(found) > 1 else found[0] if found else None


def strict_node(piece: Token, language: Language) -> Node | None:
    """All words of the piece; of a name as programs have it the whole, or all of the parts."""
    text = piece.text
    if piece.kind == PREFIX:
        found: list[Node] = list(_begun(text, language))
    elif (named := language.tokens(text)) == words(text):
        found = [_whole(word, language) for word in named]
    else:
        found = [_named(text[at:end], word, language) for at, end, word in spans(text)]
        found += [_whole(name, language) for name in named if _is_marked(name)]
    return joined(And, found)


def _is_marked(name: str) -> bool:
    """Whether its signs belong to it, and no word stands for it: C++, #123."""
    return name.startswith("#") or name.endswith(("+", "#"))


def _named(typed: str, word: str, language: Language) -> Node:
    """The word; or, if it is made of parts, all of these."""
    whole = _whole(word, language)
    inner = joined(And, [_whole(part, language) for part in language.tokens(typed) if part != word])
    return whole if inner is None else Or((whole, inner))


def _whole(word: str, language: Language) -> Node:
    return run_node(word) if is_run(word) else Word(word, language.stem(word))


def _leaves(piece: Token, language: Language) -> Iterator[Leaf]:
    """What a bag has of the piece."""
    if piece.kind == PREFIX:
        yield from _begun(piece.text, language)
        return
    for word in language.tokens(piece.text):
        yield from _any_of(word, language)


def _begun(text: str, language: Language) -> Iterator[Leaf]:
    """The words, and the beginning of the last one."""
    found = words(text)
    for word in found[:-1]:
        yield from _any_of(word, language)
    for word in found[-1:]:
        yield run_node(word) if is_run(word) else Prefix(word)


def _any_of(word: str, language: Language) -> Iterator[Leaf]:
    """The word; of text without spaces each two letters."""
    if not is_run(word):
        yield Word(word, language.stem(word))
    elif len(word) == 1:
        yield Prefix(word)
    else:
        yield from (Word(pair, pair) for pair in grams(word)[:-1])
