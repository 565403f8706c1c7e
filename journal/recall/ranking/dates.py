"""The times a question is about: when an entry was written, and of what time it tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from journal.recall.dated import Dated
from journal.recall.features import WHEN
from journal.recall.leaves import encoded
from journal.recall.ranking.board import Board
from journal.recall.ranking.lines import Place, place_of
from journal.recall.ranking.weights import DATED, TOLD


def dated(board: Board, wanted: Sequence[Dated]) -> None:
    """Entries written at one of these times, or that speak of it."""
    if not wanted:
        return
    days = {place: board.value("days", place) for place in board.candidates}
    near = {day: _nearest(wanted, day) for day in set(days.values())}
    told = _told(board, wanted)
    for place, day in days.items():
        if near[day]:
            board.bonus(place, DATED * near[day], "date", date.fromordinal(day).isoformat())
        if place in told:
            board.bonus(place, TOLD * told[place][0], "told", told[place][1])


def _nearest(wanted: Sequence[Dated], day: int) -> float:
    return max(one.near(date.fromordinal(day)) for one in wanted)


def _told(board: Board, wanted: Sequence[Dated]) -> dict[Place, tuple[float, str]]:
    """By document how well a time it speaks of fits, and that time."""
    found: dict[Place, tuple[float, str]] = {}
    for at, finder in enumerate(board.finders):
        terms = finder.segment.field(WHEN)
        if terms is None or not finder.segment.count:
            continue
        days = finder.segment.days  # in the order of time, so about in their own
        years = range(date.fromordinal(days[0]).year - 1, date.fromordinal(days[-1]).year + 2)
        for one in wanted:
            for term, fits in one.told(years).items():
                index = terms.find(encoded(term))
                for doc in terms.postings(index)[0] if index >= 0 else ():
                    place = place_of(at, doc)
                    if fits > found.get(place, (0.0, ""))[0]:
                        found[place] = (fits, term[1:])
    return found
