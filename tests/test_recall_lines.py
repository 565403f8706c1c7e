"""The lines of sessions, over one segment and several."""

from dataclasses import replace
from datetime import date

from boards import (
    every,
    finders_of,
    said,
    talk,
)
from test_recall import DAY
from test_recall_segment import entry

from journal.recall.ranking.lines import Lines, place_of, split


def test_lines_are_in_order_over_all_segments() -> None:
    entries = [
        replace(entry(n, f"word{n}", days=n), session="s" if n % 3 else "t") for n in range(12)
    ]
    mixed = [entries[1::2], entries[::2]]
    finders = finders_of(*mixed)
    finders[0].segment.deleted = frozenset({2})  # the fifth
    lines = Lines(finders)
    line = lines.of(place_of(0, 0))
    assert line
    days = [
        date.fromordinal(finders[place >> 32].segment.days[place & 0xFFFF]) - DAY.date()
        for place in line.places
    ]
    assert [day.days for day in days] == [1, 2, 4, 7, 8, 10, 11]
    assert lines.of(line.places[3]) is line
    assert list(lines.near(line.places[3], 1)) == list(line.places[2:5])
    assert list(lines.near(line.places[0], 2)) == list(line.places[:3])
    other = finders_of([entry(1, "alone")])
    assert Lines(other).of(0) is None
    assert list(Lines(other).near(0, 3)) == []


def test_a_line_is_one_path_of_a_session_in_one_namespace() -> None:
    entries = talk("a", "b", "c", "d", "e")
    entries[1] = replace(entries[1], path="side")
    entries[3] = replace(entries[3], namespace="work")
    entries.append(said(9, "f"))
    lines = Lines(finders_of(entries))
    found = [lines.of(place) for place in range(6)]
    assert [list(line.places) if line else None for line in found] == [
        [0, 2, 4], [1], [0, 2, 4], [3], [0, 2, 4], None,
    ]  # fmt: skip
    assert lines.count == 3
    assert Lines(finders_of(entries[:3], entries[3:])).count == 3
    assert Lines(finders_of([said(1, "alone")])).count == 0


def test_a_line_without_what_was_struck() -> None:
    finders = finders_of(talk("a", "b", "c"), talk("x", first=3), talk("d", first=4))
    finders[0].segment.deleted = frozenset({1})
    finders[1].segment.deleted = frozenset({0})
    lines = Lines(finders)
    line = lines.of(place_of(2, 0))
    assert line
    assert [split(place) for place in line.places] == [(0, 0), (0, 2), (2, 0)]
    assert [lines.around(place) for place in line.places] == [(line.places, n) for n in range(3)]
    assert list(lines.near(place_of(0, 0), 1)) == [place_of(0, 0), place_of(0, 2)]
    alone = Lines([finders[0]])
    assert [alone.around(doc) for doc in (0, 2)] == [([0, 2], 0), ([0, 2], 1)]


def test_a_line_whose_segments_were_not_written_in_order() -> None:
    entries = talk(*["so"] * 9)
    lines = Lines(finders_of(entries[4:6], entries[::2][:2] + entries[6::2], entries[1:4:2]))
    line = lines.of(place_of(1, 0))
    assert line
    assert [split(place) for place in line.places] == [
        (1, 0), (2, 0), (1, 1), (2, 1), (0, 0), (0, 1), (1, 2), (1, 3),
    ]  # fmt: skip
    assert [lines.around(place)[1] for place in line.places] == list(range(8))
    assert list(lines.near(place_of(1, 1), 1)) == [place_of(2, 0), place_of(1, 1), place_of(2, 1)]


def test_a_line_is_only_in_the_segments_that_have_it() -> None:
    parts = [
        talk("so", "so"),
        talk("so", session="t", first=2),
        [said(3, "so")],
        talk("so", first=4),
    ]
    lines = Lines(finders_of(*parts))
    line = lines.of(place_of(3, 0))
    assert line
    assert list(line.places) == [place_of(0, 0), place_of(0, 1), place_of(3, 0)]
    assert lines.of(place_of(2, 0)) is None
    assert list(lines.near(place_of(1, 0), 5)) == [place_of(1, 0)]
    assert lines.of(place_of(0, 1)) is line


def test_a_line_of_entries_at_the_same_moment() -> None:
    same = [replace(said(n, "so", "s"), moment=DAY) for n in range(6)]
    for parts in ([same], [same[:2], same[2:3], same[3:]]):
        finders = finders_of(*parts)
        lines = Lines(finders)
        positions = [lines.around(place) for place in every(finders)]
        assert [at for _, at in positions] == list(range(6))
        assert list(lines.near(every(finders)[2], 2)) == every(finders)[:5]
