"""Words of a question that tell of the asking rather than of what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from journal.recall.language import ENGLISH
from journal.recall.ranking.weights import IDLE

_WORDS = """
kind kinds type types sort sorts mention mentioned mentions describe described describes tell told
tells say said says discuss discussed talk talked thing things something anything way ways item
items example examples happen happened happens place occur done make made go went gone get got use
used take took likely probably possibly perhaps potentially consider considered recently currently
lately now recent current has have give given gave certain specific various different particular
main popular common typical usual usually often share shared together similar
"""
_TERMS = frozenset(ENGLISH.stem(word) for word in _WORDS.split())


def shares(terms: Sequence[str]) -> dict[str, float]:
    """What is left of the weight of such terms; all of it if there are no others."""
    idle = _TERMS.intersection(terms)
    return dict.fromkeys(idle, IDLE) if len(idle) < len(set(terms)) else {}
