"""Words of a question that tell of the asking rather than of what is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from journal.recall.dating import TELLING
from journal.recall.language import ENGLISH
from journal.recall.ranking.weights import DATE_WORD, IDLE
from journal.recall.reckoning import NUMBERS

_WORDS = """
kind kinds type types sort sorts mention mentioned mentions describe described describes tell told
tells say said says discuss discussed talk talked thing things something anything way ways item
items example examples happen happened happens place occur done make made go went gone get got use
used take took likely probably possibly perhaps potentially consider considered recently currently
lately now recent current has have give given gave certain specific various different particular
main popular common typical usual usually often share shared together similar
"""
_TERMS = frozenset(ENGLISH.stem(word) for word in _WORDS.split())
_BESIDE = "this past early late mid day night year spring summer fall winter recently just since"
_BESIDE += " between before after during until till"
_TIMES = frozenset(ENGLISH.stem(word) for word in (*TELLING, *NUMBERS, *_BESIDE.split()))


def is_idle(term: str) -> bool:
    """Whether the term is one of these."""
    return term in _TERMS


def shares(terms: Sequence[str], cues: Collection[str], *, dated: bool) -> dict[str, float]:
    """What is left of the weight of such terms; all of it if there are no others.

    Of a time that is asked for the day counts: the words that name it do only a little.
    """
    idle = dict.fromkeys(_TERMS.intersection(terms), IDLE) if "question" in cues else {}
    if dated:
        times = (term for term in terms if term in _TIMES or term.isdecimal())
        idle |= dict.fromkeys(times, DATE_WORD)
    return idle if len(idle) < len(set(terms)) else {}
