"""What the texts of the best hits look like: a place, a name, a title, a liking or a plan.

Only hits are read for it: looked for in every entry it would cost an index a third of its speed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from journal.entry import Entry
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place
from journal.recall.ranking.weights import LOOK, LOOKS

_MOST = 4_000  # characters of a body
_WORD = "[A-Z][a-z]+"
_PATTERNS = {
    "place": rf"\b(?:in|at|to|from|near|around|of|visit(?:ed)?|the)\s+(?:the\s+)?{_WORD}",
    "name": rf"(?<=[a-z,] )(?!I\b|I'){_WORD}",
    "title": rf"[\"“][A-Z]|(?<=[a-z,] ){_WORD} (?:of |the |and |in )*{_WORD}",
    "liking": r"\b(?i:love|loved|favou?rite|enjoy\w*|fan of|into|passion\w*|hobby)\b",
    "plan": r"\b(?i:plan\w*|going to|gonna|want to|hope|hoping|goal|next|soon|looking forward"
    r"|thinking of|will)\b",
}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[name])


def wanted(cues: Collection[str]) -> list[str]:
    """Which of these the question asks for."""
    return [name for name in _PATTERNS if name in cues]


def looks(board: Board, read: Mapping[Place, Entry], asked: Collection[str]) -> None:
    """Entries that look like what is asked for, for two reasons at most."""
    names = wanted(asked)
    for place, entry in read.items():
        text = entry.body[:_MOST]
        for name in [name for name in names if _pattern(name).search(text)][:LOOKS]:
            board.bonus(place, LOOK, "looks", name)
