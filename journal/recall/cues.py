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
_BEGIN = frozenset(
    "who whose what when where which why how in do does did is are was were would could can has"
    " have".split()
)
# What a text holds that fits the pattern: most fit none, and compiling them takes 10 ms.
_SIGNS = {
    "when": "when how what which",
    "count": "how what which",
    "which": "what who where which",
    "list": "what which how both where who",
    "place": "where what which",
    "name": "who name called",
    "title": "book movie film song series show game author band artist title",
    "liking": "favo enjoy like love interest hobb activit",
    "plan": "plan going goal future next",
}


def cues(text: str) -> frozenset[str]:
    """Which of them the text gives; what is no question asks for no place, name and so on."""
    lowered = text.lower()
    asked = _may_ask(lowered) and _pattern("question").search(lowered) is not None
    found = {"question"} if asked else set()
    for name, signs in _SIGNS.items():
        if (
            (asked or name not in _OF_QUESTIONS)
            and any(sign in lowered for sign in signs.split())
            and _pattern(name).search(lowered)
        ):
            found.add(name)
    return frozenset(found)


def _may_ask(lowered: str) -> bool:
    first = re.match(r"\W*(\w+)", lowered)
    return (first is not None and first[1] in _BEGIN) or any(mark in lowered for mark in "?？؟")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_PATTERNS[name])
