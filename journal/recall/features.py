"""What an index keeps of an entry besides its words: when it is, whom it answers, how it speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from math import log2

from journal.entry import Entry
from journal.recall.analysis import words
from journal.recall.dating import TELLING, told_dates

LINE, ACTORS, PLACES, WHEN = "line", "actors", "places", "when"
"""The fields of a session's entries on one path, of the words in an actor's name, of those in a
session's and a path's name, and of dates told."""
COUNTS, TELLS, SPEAKS = 1, 2, 4
"""The flags of an entry that holds a number, a word about time, and the first person."""
CAPITALS = 8
"""From here on the flags are how many names it may hold within sentences, up to three."""
_NAMES = {"actor": ACTORS, "session": PLACES, "path": PLACES}
_SHORTEST = 2  # letters of a word in a name
_STEPS = 16  # of a length's byte for each doubling: 255 is 64,000 words
_MOST = 4_000  # characters of a body that are looked at for how it speaks
_SENTENCE = re.compile(r"[.!?][)\"'*_]*\s+|\n\s*\n")
_WIDE = str.maketrans({"？": "? ", "！": "! ", "。": ". ", "؟": "? "})
_DIGIT = re.compile(r"\d")
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten dozen few couple several once twice".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_TIMES = _MONTHS | frozenset(
    "yesterday today tonight tomorrow since recently just ago night week weekend month year morning"
    " summer fall winter spring monday tuesday wednesday thursday friday saturday sunday".split()
)
_FIRST = frozenset("i my me we our us mine ours myself".split())
_CAPITAL = re.compile(r" (?<=[a-z,] )(?=[A-Z][a-z])")
_YEAR = re.compile(r"(?:19|20)\d\d(?<!\w.{4})(?!\w)")  # a \b before it would take longer
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def shape(entry: Entry, held: Counter[str]) -> tuple[int, int, int, int]:
    """Its local day's ordinal, the logarithm of its length, how far it asks, and its flags."""
    text = entry.body[:_MOST]
    day = _day(entry.at, entry.moment.date()).toordinal()
    return day, length_byte(held.total()), asking(text), _flags(text, held)


def length_byte(count: int) -> int:
    """The logarithm of a number of words, as a byte."""
    return min(255, round(_STEPS * log2(1 + count)))


def length_of(byte: float) -> float:
    """How many words that stands for."""
    return float(2 ** (byte / _STEPS) - 1)


def asking(text: str) -> int:
    """The share of the text's sentences that are questions, 255 for all."""
    if not text.isascii():
        text = text.translate(_WIDE)
    if "?" not in text:
        return 0
    text = text.rstrip()
    ends = [match[0][0] for match in _SENTENCE.finditer(text)]
    rest = text.rstrip(")\"'*_")
    ends.append(rest[-1:])
    return round(255 * ends.count("?") / len(ends))


def _flags(text: str, held: Mapping[str, int]) -> int:
    counts = not held.keys().isdisjoint(_NUMBERS) or _DIGIT.search(text)
    tells = not held.keys().isdisjoint(_TIMES) or (counts and _YEAR.search(text))
    speaks = not held.keys().isdisjoint(_FIRST)
    names = sum(1 for _ in islice(_CAPITAL.finditer(text), 3))
    return (COUNTS * bool(counts)) | (TELLS * bool(tells)) | (SPEAKS * speaks) | CAPITALS * names


@lru_cache(4_096)
def _written(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _day(at: str, otherwise: date) -> date:
    """The day by the writer's own clock."""
    return _written(at[:10]) or otherwise


def terms_of(entry: Entry, held: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The fields of the entry that are read off others, and its terms there."""
    if entry.session:
        yield LINE, f"{entry.namespace}\0{entry.path}\0{entry.session}"
    if not held.keys().isdisjoint(TELLING):
        day = _day(entry.at, entry.moment.date())
        yield from ((WHEN, term) for term in told_dates(entry.body[:_MOST], day))


def name_words(field: str, value: str) -> tuple[str, set[str]]:
    """The words by which somebody may name an actor, a session or a path, and their field.

    All of them together are one more, see `whole_name`.
    """
    if field not in _NAMES or _UUID.fullmatch(value):
        return "", set()
    found = words(value)
    return _NAMES[field], {whole_name(found), *(w for w in found if len(w) >= _SHORTEST)}


def whole_name(found: Iterable[str]) -> str:
    """The term of all the words of a name."""
    return f"={' '.join(found)}"
