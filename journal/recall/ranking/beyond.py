"""Entries without a word of the question that are what it is about: of a time, or of somebody."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from journal.recall.dated import Dated
from journal.recall.leaves import Finder
from journal.recall.ranking.lines import Place, place_of
from journal.recall.ranking.names import Name
from journal.recall.ranking.question import Question, is_plain
from journal.recall.ranking.weights import SHORTLIST

_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 86_400_000_000  # microseconds


def beyond(question: Question, short: Collection[Place]) -> list[Place]:
    """The newest of them that aren't in the shortlist; none if words are joined by operators."""
    if not is_plain(question.asked.node):
        return []
    found = []
    if question.asked.dates:
        found = _of_time(question)
    elif not question.content:
        found = _of_names(question)
    known = set(short)
    return [place for place in found if place not in known]


def _of_time(question: Question) -> list[Place]:
    """Those written at one of the times asked for; if there are such, those of the named."""
    found: list[tuple[int, Place]] = []
    for at, finder in enumerate(question.finders):
        docs = {doc for one in question.asked.dates for doc in _written(finder, one)}
        theirs = docs & _of(question.named, at)
        found += _newest(question, at, theirs or docs)
    return [place for _, place in sorted(found, reverse=True)[:SHORTLIST]]


def _of_names(question: Question) -> list[Place]:
    """Those of whoever, or whatever, is named."""
    found: list[tuple[int, Place]] = []
    for at in range(len(question.finders)):
        found += _newest(question, at, _of(question.named, at))
    return [place for _, place in sorted(found, reverse=True)[:SHORTLIST]]


def _newest(question: Question, at: int, docs: Iterable[int]) -> list[tuple[int, Place]]:
    """The newest of the segment's documents that may be shown, with their moments."""
    moments = question.finders[at].segment.moments
    allowed = (doc for doc in sorted(docs, reverse=True) if question.allows(place_of(at, doc)))
    return [(moments[doc], place_of(at, doc)) for doc in islice(allowed, SHORTLIST)]


def _of(named: Sequence[Name], at: int) -> set[int]:
    """The segment's documents that all of the names fit; if none, that any does."""
    sets = [set(name.docs[at]) for name in named if name.points]
    return set.intersection(*sets) or set().union(*sets) if sets else set()


def _written(finder: Finder, wanted: Dated) -> Iterator[int]:
    """The documents written at that time."""
    segment = finder.segment
    if not segment.count:
        return
    times = [(wanted.first, wanted.last)]
    if wanted.every_year:
        years = range(_year(segment.moments[0]) - 1, _year(segment.moments[-1]) + 2)
        times = [wanted.of_year(year) for year in years]
    for first, last in times:
        low, high = first.toordinal(), last.toordinal()
        # Any zone's day lies within a day of the one in Greenwich.
        begin = bisect_left(segment.moments, (low - 1 - _EPOCH) * _DAY)
        end = bisect_left(segment.moments, (high + 2 - _EPOCH) * _DAY)
        yield from (doc for doc in range(begin, end) if low <= segment.days[doc] <= high)


def _year(moment: int) -> int:
    return date.fromordinal(moment // _DAY + _EPOCH).year
