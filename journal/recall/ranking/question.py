"""What is asked, of which documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from journal.recall.leaves import Finder
from journal.recall.query import Asked, Bag, Field, Node, Not, Prefix, Word, parts_of
from journal.recall.ranking.lines import Place
from journal.recall.ranking.names import Name
from journal.recall.ranking.shortlist import Rows
from journal.recall.ranking.terms import Terms


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which segments, and which documents may be shown.

    `named` are the names in it; `content` tells whether it is about more than these and a time.
    `rows` are how often documents hold the terms, as far as that is known already.
    """

    asked: Asked
    finders: Sequence[Finder]
    terms: Terms
    named: Sequence[Name]
    allows: Callable[[Place], bool]
    content: bool = True
    rows: Rows = field(default_factory=dict)


def is_plain(node: Node) -> bool:
    """Whether it is words, whatever filters there are, and nothing that joins them."""
    parts = parts_of(node)
    rest = [part for part in parts if not isinstance(part, Bag | Word | Prefix)]
    filters = (part.part if isinstance(part, Not) else part for part in rest)
    return len(parts) - len(rest) == 1 and all(isinstance(one, Field) for one in filters)


def is_open(asked: Asked) -> bool:
    """Whether an entry may answer that holds no word of it, because it stands beside one that does.

    So it is with a question. Words alone are looked for, and only found where they are.
    """
    return "question" in asked.cues and len(asked.words) > 1 and is_plain(asked.node)
