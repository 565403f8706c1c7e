"""The times that an English text names, each by itself: in which words, and which days."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

from journal.recall import reckoning
from journal.recall.reckoning import MONTHS, Time

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z0-9_])\.?"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_NTH = r"(?:st|nd|rd|th)?"
_TO = r"\s?(?:-|–|to|and)\s?"
_YEAR = r"(?:19|20)\d\d(?![\d%])"
_NUMBER = rf"(?:(?:a )?(?:couple|few)(?: of)?|{'|'.join(reckoning.NUMBERS)}|\d{{1,3}})"
_WHICH = "this past|last|past|previous|this|next"
_PART = r"(?:(?:the )?(?P<{0}>early|mid|late|beginning of|start of|middle of|end of)[\s-]+)?"
_UNITS = "day|week|month|year"
_SHORT_DAYS = "(?:mon|tue|wed|thu|fri|sat|sun)"
_NO_MORE = r"(?![\w:/]|[.,]\d|-\d(?!\d{3}(?!\d)))"

# What "3 may" is followed by where it is a day: what a verb is not followed by.
_AFTER_MAY = (
    r"(?:\s*(?:[^\w\s]|$)|\s+(?:19|20)\d\d|\s+(?:at|in|on|for|and|or|to|the|until|till|from|with|by"
    r"|after|before|about|what|who|when|where|why|how|did|do|does|was|were|is|had)\b)"
)
_STRONG = re.compile(
    r"\b(?:in|of|during|since|until|till|before|after|between|from|through|around|every|by)"
    r"(?: the)?\s+$"
)
_BEFORE_YEAR = re.compile(
    r"\b(?:in|of|year|during|since|until|till|before|after|between|from|through|around|by|and|or|to"
    r"|for)(?: the)?\s+$|\d\s?[-–]\s?$"
)
_AFTER_YEAR = re.compile(r"\s*(?:$|[^\w\s])|\s+(?:and|or|to|did|was|were|is|has|had)\b")
GLUE = re.compile(r"\s*(-|–|—|and|or|to|through|thru|until|till)\s*(?:the\s+)?")


# Whatever names a time has a digit or some of these.
_SIGNS = (
    *MONTHS, *(day[:3] for day in reckoning.WEEKDAYS), *reckoning.SEASONS, *_UNITS.split("|"),
    "tonight", "tomorrow", "night", "morning", "noon", "evening",
)  # fmt: skip

_Reader = Callable[[re.Match[str], date], Time | None]


def times(text: str, today: date, *, sure: bool = False) -> Iterator[Time]:
    """The times that stand in a lower-case text, in order.

    The name of a month, which may be a word or a person, must have a sign beside it that it is
    one: of months always written so only if `sure`.
    """
    if not (any(sign in text for sign in _SIGNS) or re.search(r"\d", text)):
        return  # compiling the pattern takes longer than most queries
    end = 0
    for found in _pattern().finditer(text):
        kind = found.lastgroup or ""
        if (
            (kind == "month" and not _is_month(text, found, end, sure))
            or (kind == "dmy" and not _is_day_of_may(text, found))
            or (kind == "year" and not _is_year(text, found))
        ):
            continue
        try:
            time = _READERS[kind](found, today)
        except (ValueError, OverflowError):  # 31 February; before the year 1
            time = None
        if time is not None:
            end = time.end
            yield time


def _is_month(text: str, found: re.Match[str], end: int, sure: bool) -> bool:
    word = found["mon"]
    weak = sure or word in ("may", "march") or word.rstrip(".") in MONTHS
    if not weak or found["mony"] or found["mpart"]:
        return True
    if found["mwhich"]:
        return not (word == "may" and found["mwhich"] == "this")
    lead = text[max(end, found.start() - 20) : found.start()]
    return bool(_STRONG.search(lead) or (end and GLUE.fullmatch(lead)))


def _is_year(text: str, found: re.Match[str]) -> bool:
    """Whether the number is no count: "2000 entries"."""
    lead = text[max(0, found.start() - 20) : found.start()]
    after = text[found.end() : found.end() + 12]
    return bool(found["ypart"] or _BEFORE_YEAR.search(lead) or _AFTER_YEAR.match(after))


def _is_day_of_may(text: str, found: re.Match[str]) -> bool:
    if found["dm"] != "may" or found["nth"] or found["dy"] or " of " in found[0]:
        return True
    return re.match(_AFTER_MAY, text[found.end() : found.end() + 12]) is not None


_KINDS: dict[str, tuple[_Reader, str]] = {
    "iso": (
        reckoning.iso,
        r"(?P<iy>(?:19|20)\d\d)[-/](?P<im>\d\d?)(?:[-/](?P<id>\d\d?))?(?![\d/]|-\d|\.\d)",
    ),
    "num": (
        reckoning.numbers,
        rf"(?P<n1>\d\d?)(?P<sep>[-./])(?P<n2>\d\d?)(?P=sep)(?P<ny>{_YEAR})",
    ),
    "dmy": (
        reckoning.day_of_month,
        (
            rf"(?P<d1>{_DAY})(?P<nth>{_NTH})(?:{_TO}(?P<d2>{_DAY}){_NTH})?\s+(?:of\s+)?(?P<dm>{_MONTH})"
            rf"(?:,?\s+(?P<dy>{_YEAR}))?"
        ),
    ),
    "mdy": (
        reckoning.day_of_month,
        (
            rf"(?P<mm>{_MONTH})\s+(?:the\s+)?(?P<m1>{_DAY}){_NTH}(?![\w%]|[:.]\d)"
            rf"(?:{_TO}(?P<m2>{_DAY}){_NTH}(?![\w%]|[:.]\d))?(?:,?\s+(?P<my>{_YEAR}))?"
        ),
    ),
    "month": (
        reckoning.whole_month,
        (
            rf"(?:(?P<mwhich>{_WHICH})\s+)?{_PART.format('mpart')}(?P<mon>{_MONTH})"
            rf"(?:,?\s+(?:of\s+)?(?P<mony>{_YEAR}))?"
        ),
    ),
    "season": (
        reckoning.season,
        (
            rf"(?:(?P<swhich>{_WHICH}|in the|over the|during the|in)\s+)?"
            rf"(?P<sea>{'|'.join(reckoning.SEASONS)})(?!\w)(?:\s+(?:of\s+)?(?P<sy>{_YEAR}))?"
        ),
    ),
    "today": (reckoning.from_today, rf"(?P<rel>{'|'.join(reckoning.FROM_TODAY)})(?!\w)"),
    "ago": (reckoning.ago, rf"(?P<an>{_NUMBER})\s+(?P<au>{_UNITS})s?\s+(?:ago|earlier|back)(?!\w)"),
    "span": (
        reckoning.span,
        rf"(?:last|past|previous)\s+(?P<sn>{_NUMBER})\s+(?P<su>{_UNITS})s?(?!\w)",
    ),
    "which": (reckoning.which, rf"(?P<w>{_WHICH})\s+(?P<wu>weekend|week|month|year)(?!\w)"),
    "weekday": (
        reckoning.weekday,
        (
            rf"(?:(?P<dwhich>{_WHICH}|on)\s+)?(?P<wd>{'|'.join(reckoning.WEEKDAYS)}"
            rf"|(?<=last ){_SHORT_DAYS}|(?<=next ){_SHORT_DAYS})(?!\w)"
        ),
    ),
    "year": (
        reckoning.year,
        rf"(?<![a-z]-){_PART.format('ypart')}(?P<y>{_YEAR}){_NO_MORE}",
    ),
}
_READERS = {kind: reader for kind, (reader, _) in _KINDS.items()}


# What the kinds begin with: most words are passed over here, at a fifth of the cost.
_SHORT = "|".join(day[:3] for day in reckoning.WEEKDAYS)
_BEGIN = "|".join((
    rf"\d|(?:in|over|during)\s+(?:the\s+)?(?:{'|'.join(reckoning.SEASONS)})|on\s+(?:{_SHORT})",
    rf"an?\s+(?:couple|few|{_UNITS})|the (?:early|mid|late|begin|start|end)|early|mid|late|begin",
    rf"start|end of|this|last|past|prev|next|day |yest|today|ton|tom|{_SHORT}|{'|'.join(MONTHS)}",
    *reckoning.SEASONS, *(number for number in reckoning.NUMBERS if len(number) > 2),
))  # fmt: skip


@cache
def _pattern() -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{pattern})" for kind, (_, pattern) in _KINDS.items())
    return re.compile(rf"\b(?<![.:/])(?={_BEGIN})(?:{kinds})")
