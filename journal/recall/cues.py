"""What kind of answer a question asks for, as far as its English words tell.

question   it is one, whatever it asks for
when       a time
count      how many, how often, how old
which      something that has a name: who, what, where, which
list       several things
place name title liking plan     one of these
"""

from __future__ import annotations

import re
from functools import cache

_PATTERNS = {
    "question": (
        r"[?？؟]\W*$|^\W*(?:who|whose|what|when|where|which|why|how|in what|in which|do|does|did|is"
        r"|are|was|were|would|could|can|has|have)\b"
    ),
    "when": (
        r"^\W*(?:and |so |but )?(?:since |until |by )?when\b"
        r"|\bwhen (?:did|was|is|were|are|will|do|does|has|have|had|would|can|should)\b"
        r"|\bhow (?:long|soon|recently)\b"
        r"|\b(?:what|which) (?:dates?|days?|months?|years?|time|week|weekend|season)\b"
    ),
    "count": (
        r"\bhow (?:many|much|often|old|long|far|tall|big|large|high|deep|heavy|fast|few)\b"
        r"|\b(?:what|which) (?:number|amount|percentage|size|age|price)\b"
    ),
    "which": r"^\W*(?:what|who|where|which)\b|\bwho\b",
    "list": (
        r"^\W*(?:what|which)\s+(?:[\w'-]+\s+){0,2}?(?:(?!(?:was|is|has|does|this|his|its)\b)"
        r"[\w'-]+[^su\W]s|people|children)\b"
        r"|^\W*how many\b|\bboth\b|^\W*(?:what|which|where|who)\s+(?:has|have)\b"
        r"|^\W*in (?:what|which) ways\b"
    ),
    "place": (
        r"\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|cities|towns?|country|countries|states?"
        r"|places?|locations?|areas?|regions?)\b"
    ),
    "name": r"\b(?:who|whose|names?|named|called)\b",
    "title": r"\b(?:books?|movies?|films?|songs?|series|shows?|games?|authors?|bands?|artists?"
    r"|titles?)\b",
    "liking": r"\b(?:favou?rite|enjoy|like|love|interests?|hobb(?:y|ies)|activit(?:y|ies))\b",
    "plan": r"\b(?:plans?|planning|going to|goals?|future|next)\b",
}
_OF_QUESTIONS = frozenset("place name title liking plan".split())


def cues(text: str) -> frozenset[str]:
    """Which of them the text gives; what is no question asks for no place, name and so on."""
    lowered = text.lower()
    found = frozenset(name for name, pattern in _compiled() if pattern.search(lowered))
    return found if "question" in found else found - _OF_QUESTIONS


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in _PATTERNS.items())
