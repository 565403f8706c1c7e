"""Entries without a word of the question that are what it is about: of a time, or of somebody."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import islice

from journal.recall.dated import Dated
from journal.recall.leaves import Finder
from journal.recall.ranking.lines import Place, place_of, split
from journal.recall.ranking.names import Name
from journal.recall.ranking.question import Question, is_plain
from journal.recall.ranking.weights import SHORTLIST

_EPOCH = date(1970, 1, 1).toordinal()
_DAY = 86_400_000_000  # microseconds


def beyond(question: Question, short: Collection[Place], most: int = SHORTLIST) -> list[Place]:
    """The newest of them that aren't in the shortlist; none if words are joined by operators."""
    if not is_plain(question.asked.node):
        return []
    found = []
    if question.asked.dates:
        found = _newest(question, _of_time(question), most)
    elif not question.content:
        found = _newest(question, _of_names(question), most)
    known = set(short)
    return [place for place in found if place not in known]


def _of_time(question: Question) -> list[set[int]]:
    """Those written at one of the times asked for; if there are such, those of the named."""
    written = [
        {doc for one in question.asked.dates for doc in _written(finder, one)}
        for finder in question.finders
    ]
    named = _of([name for name in question.named if name.points], question)
    theirs = [docs & some for docs, some in zip(written, named, strict=True)]
    return theirs if any(theirs) else written


def _of_names(question: Question) -> list[set[int]]:
    """Those of whoever, or whatever, is named."""
    return _of([name for name in question.named if not name.term], question)


def _newest(question: Question, docs: Sequence[set[int]], most: int) -> list[Place]:
    """The newest of the segments' documents that may be shown."""
    found: list[tuple[int, Place]] = []
    for at, some in enumerate(docs):
        moments = question.finders[at].segment.moments
        places = (place_of(at, doc) for doc in sorted(some, reverse=True))
        allowed = islice(filter(question.allows, places), most)
        found += [(moments[split(place)[1]], place) for place in allowed]
    return [place for _, place in sorted(found, reverse=True)[:most]]


def _of(named: Sequence[Name], question: Question) -> list[set[int]]:
    """In each segment the documents that all of the names fit; if none does, that any fits."""
    sets = [[set(name.docs[at]) for name in named] for at in range(len(question.finders))]
    every = [set.intersection(*some) if some else set() for some in sets]
    return every if any(every) else [set().union(*some) for some in sets]


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
    day = min(max(moment // _DAY + _EPOCH, 1), date.max.toordinal())
    return date.fromordinal(day).year
