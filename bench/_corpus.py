"""Journals to search in: the fixed mix with many more words, and real commits; and the searches."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from math import log

from append import messages

PLANTED = "quillwhistle"
"""A word that one entry of a corpus holds, and no other."""

Draft = dict[str, object]

_DAYS = 500
_FIRST = datetime(2024, 1, 1, 6, tzinfo=UTC)
_OTHER_WORDS = 20_000
WORD = re.compile(r"(?<!\w)[a-z]{4,}(?!\w)")
PAIR = re.compile(r"(?<!\w)(?=([a-z]{4,} [a-z]{4,})(?!\w))")
EMPTY = frozenset(
    """about above after against because been before being below between both cannot could does
    doing down during each from further have having here into itself just more most myself once
    only other over same should some such than that their them then there these they this those
    through under until very were what when where which while whom whose will with would your
    yours""".split()
)


def mixed(entries: int) -> list[Draft]:
    """The mix over and over, half of its plain words replaced as words are distributed (Zipf)."""
    chance = random.Random(3)
    words = _words(chance)
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def other(word: re.Match[str]) -> str:
        if chance.random() < 0.5:
            return word[0]
        return chance.choices(words, cum_weights=weights)[0]

    mix = messages()
    step = timedelta(days=_DAYS) / entries
    drafts = []
    for number in range(entries):
        draft = mix[number % len(mix)]
        at = (_FIRST + number * step).isoformat()
        drafts.append(draft | {"at": at, "body": WORD.sub(other, str(draft["body"]))})
    return drafts


def _words(chance: random.Random) -> list[str]:
    """Words that can be said, none of them twice, in random order."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    found = {"".join(chance.choices(syllables, k=2 + n % 3)) for n in range(3 * _OTHER_WORDS)}
    words = sorted(found)
    chance.shuffle(words)
    return words[:_OTHER_WORDS]


def plant(drafts: list[Draft]) -> None:
    """Hide the rare word in one of them, a third of the way."""
    at = len(drafts) // 3
    drafts[at] = drafts[at] | {"body": f"What we had been looking for was a {PLANTED}."}


def text(draft: Draft) -> str:
    """What there is to be searched in a draft."""
    return f"{draft.get('title', '')}\n{draft['body']}"


@dataclass(frozen=True, slots=True)
class Search:
    """A query, the same for lines of text (patterns) and for jrnl (its options).

    `entries` hold just that: what the query must find at least, since stemming finds more.
    """

    name: str
    query: str
    patterns: tuple[str, ...]
    jrnl: tuple[str, ...]
    entries: int


def searches(drafts: list[Draft]) -> list[Search]:
    """A rare word, a common one, two words, a phrase, a prefix, chosen by how many hold them."""
    texts = [text(draft).lower() for draft in drafts]
    held = Counter(word for each in texts for word in set(WORD.findall(each)))
    words = {word: n for word, n in held.items() if len(word) > 5 and word not in EMPTY}
    del words[PLANTED]
    some = random.Random(3).sample(texts, min(len(texts), 10_000))
    pairs = Counter(pair for each in some for pair in set(PAIR.findall(each)))
    times = len(texts) / len(some)
    full = {pair: n * times for pair, n in pairs.items() if not EMPTY.intersection(pair.split())}

    def having(pattern: str) -> int:
        return sum(1 for each in texts if re.search(pattern, each))

    def nearest(counts: Mapping[str, float], share: float) -> str:
        return min(counts, key=lambda one: (abs(log(counts[one] / len(texts) / share)), one))

    def word(name: str, share: float) -> Search:
        found = nearest(words, share)
        return Search(name, found, (rf"\b{found}\b",), ("-contains", found), words[found])

    phrase, beginning = nearest(full, 0.002), nearest(words, 0.003)[:4]
    whole, start = rf"\b{phrase}\b", rf"\b{beginning}"
    return [
        word("rare", 0.0001),
        word("common", 0.1),
        _both(texts, words, nearest),
        Search("phrase", f'"{phrase}"', (whole,), ("-contains", phrase), having(whole)),
        Search("prefix", f"{beginning}*", (start,), ("-contains", beginning), having(start)),
    ]


def _both(
    texts: list[str], words: dict[str, int], nearest: Callable[[Mapping[str, float], float], str]
) -> Search:
    """Two words that a good many entries hold, and the most of them together."""
    one = nearest(words, 0.03)
    some = {word for word, count in words.items() if 0.01 < count / len(texts) < 0.06} - {one}
    held = [set(WORD.findall(each)) for each in texts if one in each]
    together = Counter(word for each in held if one in each for word in each & some)
    other, count = max(together.items(), key=lambda pair: (pair[1], pair[0]))
    patterns = (rf"\b{one}\b", rf"\b{other}\b")
    options = ("-contains", one, "-contains", other, "-and")
    return Search("AND", f"{one} {other}", patterns, options, count)
