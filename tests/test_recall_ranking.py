"""The ranking's steps, each on its own and all together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_recall import DAY, Listed
from test_recall_segment import entry, segment

from journal.entry import Draft, Entry
from journal.inmemory import MemoryNotebook
from journal.recall.building import Builder
from journal.recall.engine import Answer, Hit, Query
from journal.recall.features import COUNTS, SPEAKS, TELLS, asking, length_byte, length_of
from journal.recall.language import ENGLISH
from journal.recall.leaves import Finder
from journal.recall.parsing import parse
from journal.recall.ranking.columns import columns
from journal.recall.ranking.lines import Lines, place_of
from journal.recall.ranking.shortlist import best_of, best_of_bag
from journal.recall.ranking.terms import SATURATED, Terms, idf
from journal.recall.scan import ScanEngine
from journal.recall.segment import Segment

WORDS = ["red", "green", "blue", "apple", "pear", "the", "running"]
_bodies = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


def terms_of(text: str, finders: Sequence[Finder]) -> Terms:
    """The terms of a query."""
    asked = parse(text)
    assert asked
    return Terms.of(asked.node, finders)


def finders_of(*parts: Sequence[Entry]) -> list[Finder]:
    """Segments of these entries."""
    found, first = [], 1
    for part in parts:
        found.append(Finder(segment(*part, first=first), {}))
        first += len(part)
    return found


@settings(max_examples=150)
@given(
    st.lists(st.lists(_bodies, min_size=1, max_size=12), min_size=1, max_size=3),
    st.lists(st.sampled_from([*WORDS, "gr*", "p*"]), min_size=1, max_size=5, unique=True),
    st.integers(1, 12),
    st.integers(0, 4),
    st.sets(st.integers(0, 11), max_size=3),
)
def test_the_best_of_a_bag_are_those_with_the_most_points(
    given: list[list[str]], words: list[str], limit: int, low: int, gone: set[int]
) -> None:
    finders = finders_of(*([entry(n, body) for n, body in enumerate(part)] for part in given))
    for finder in finders:
        finder.segment.deleted = frozenset(doc for doc in gone if doc < finder.segment.count)
    terms = terms_of(" ".join(words), finders)
    tables = (*terms.tables[: terms.found], *terms.tables[len(terms.words) :])
    terms = replace(terms, words=terms.words[: terms.found], tables=tables)
    ranges = [(low, finder.segment.count) for finder in finders]
    every = []
    for at, finder in enumerate(finders):
        docs = [d for d in range(low, finder.segment.count) if d not in finder.segment.deleted]
        for doc, row in zip(docs, columns(finder, terms, docs), strict=True):
            if any(row):
                moment = finder.segment.moments[doc]
                every.append((round(terms.points(row), 9), moment, place_of(at, doc)))
    every.sort(reverse=True)
    found, total = best_of_bag(finders, ranges, terms, limit)
    assert total == len(every)
    points = {place: points for points, _, place in every}
    assert [points[place] for place in found] == [points for points, _, _ in every[:limit]]
    matched = [
        [place & 0xFFFF for place in points if place >> 32 == at] for at in range(len(finders))
    ]
    same = best_of(finders, [sorted(docs) for docs in matched], terms, limit)
    assert [points[place] for place in same] == [points for points, _, _ in every[:limit]]


def test_common_words_only_raise_what_rare_ones_found() -> None:
    common = [entry(number, "red green") for number in range(300)]
    rare = [entry(number, "blue apple pear") for number in range(300, 310)]
    finders = finders_of([*common, *rare, entry(310, "blue apple pear red")])
    terms = terms_of("blue apple pear red", finders)
    found, total = best_of_bag(finders, [(0, 311)], terms, 5)
    assert (found[0], total) == (310, 311)
    assert all(place >= 300 for place in found)


def test_a_word_is_worth_the_more_the_rarer_it_is_and_less_each_time() -> None:
    assert idf(100, 1) > idf(100, 10) > idf(100, 90) > 0
    steps = [b - a for a, b in pairwise(SATURATED)]
    assert steps == sorted(steps, reverse=True)
    assert SATURATED[0] == 0
    assert isclose(SATURATED[1], 1)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("No.", 0), ("Really?", 255), ("Yes. Really?", 128), ("Why? How?! Oh.", 85),
        ("a?b is fine", 0), ('He asked "why?"', 255), ("Is it (done)?\n\nYes", 128), ("", 0),
    ],
)  # fmt: skip
def test_how_far_a_text_asks(text: str, share: int) -> None:
    assert abs(asking(text) - share) <= 1


def test_lengths_as_bytes() -> None:
    lengths = [length_byte(count) for count in (0, 1, 10, 100, 10_000, 10**9)]
    assert lengths == sorted(lengths)
    assert all(abs(length_of(length_byte(count)) - count) <= count / 20 for count in range(9_999))
    assert lengths[0] == 0
    assert lengths[-1] == 255


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
    assert list(line.near(line.places[3], 1)) == list(line.places[2:5])
    assert list(line.near(line.places[0], 2)) == list(line.places[:3])
    other = finders_of([entry(1, "alone")])
    assert Lines(other).of(0) is None


# Together


def book_of(*drafts: Draft) -> ScanEngine:
    """An engine over these entries, a minute after each other."""
    book = MemoryNotebook()
    for number, draft in enumerate(drafts):
        at = draft.at or DAY + timedelta(minutes=number)
        book.append(replace(draft, at=at))
    return ScanEngine(book.entries)


def ask(engine: ScanEngine, text: str, **more: object) -> Answer:
    """The answer, seen from the day of the tests."""
    return engine.recall(Query(text, limit=100, today=DAY.date(), explain=True, **more))  # type: ignore[arg-type]


def bodies(answer: Answer) -> list[str]:
    """What was found."""
    return [hit.entry.body for hit in answer.hits]


def steps(hit: Hit) -> list[str]:
    """Why it ranks there."""
    return [reason.step for reason in hit.why]


_drafts = st.builds(
    Draft,
    body=st.lists(
        st.sampled_from([*WORDS, "yesterday", "three", "why?", "What."]), min_size=1, max_size=8
    ).map(" ".join),
    session=st.sampled_from(["", "s", "t"]),
    actor=st.sampled_from(["", "ada", "fix-bot"]),
    at=st.integers(0, 40).map(lambda days: DAY - timedelta(days=days)),
)


@settings(max_examples=60)
@given(
    st.lists(_drafts, min_size=1, max_size=10),
    st.lists(
        st.sampled_from([*WORDS, "ada", "when", "how many", "yesterday", "last week", "p*"]),
        min_size=1, max_size=4,
    ).map(" ".join),
)  # fmt: skip
def test_the_reasons_add_up_to_the_score(drafts: list[Draft], text: str) -> None:
    for hit in ask(book_of(*drafts), text).hits:
        assert isclose(sum(reason.points for reason in hit.why), hit.score, abs_tol=1e-9)
        if hit.near:
            assert "neighbour" in steps(hit)
            assert "word" not in steps(hit)


def test_an_answer_beside_the_question_is_found() -> None:
    talk = [
        Draft(body="Hello there", session="s"),
        Draft(body="Which database engine did you choose?", session="s"),
        Draft(body="Postgres, because of its types", session="s"),
        *(Draft(body=f"Something else {n}", session="s") for n in range(10)),
        Draft(body="Tomatoes", session="other"),
    ]
    answer = ask(book_of(*talk), "which database engine was it")
    assert set(bodies(answer)[:2]) == {talk[1].body, talk[2].body}
    beside = next(hit for hit in answer.hits if hit.entry.body == talk[2].body)
    assert beside.near == next(h.entry.id for h in answer.hits if h.entry.body == talk[1].body)
    assert "neighbour" in steps(beside)
    assert "Tomatoes" not in bodies(answer)
    assert answer.total == len(answer.hits) == 6


def test_words_are_looked_for_and_a_question_is_asked() -> None:
    talk = [Draft(body=text, session="s") for text in ("pelican", "yes", "no")]
    engine = book_of(*talk)
    assert bodies(ask(engine, "pelican")) == ["pelican"]
    assert bodies(ask(engine, '"pelican" yes')) == []
    assert bodies(ask(engine, "pelican OR albatross")) == ["pelican"]
    assert bodies(ask(engine, "pelican albatross")) == ["pelican"]
    assert bodies(ask(engine, "pelican?")) == ["pelican"]
    assert len(ask(engine, "pelican albatross?").hits) == 3


def test_filters_hold_for_what_stands_beside_a_hit() -> None:
    talk = [
        Draft(body="red apple", session="s", kind="task"),
        Draft(body="beside", session="s", kind="task"),
        Draft(body="also", session="s"),
        Draft(body="elsewhere", session="s", path="side"),
    ]
    engine = book_of(*talk)
    assert bodies(ask(engine, "red apple?")) == ["red apple", "also", "beside"]
    assert bodies(ask(engine, "red apple kind:task ?")) == ["red apple", "beside"]
    assert bodies(ask(engine, "red apple -kind:task ?")) == []
    assert bodies(ask(engine, "red apple path:side ?")) == []


def test_english_stop_words_do_not_drown_a_question() -> None:
    assert "what" in ENGLISH.stop
    noise = [Draft(body="what is it that we did when it was the thing to do") for _ in range(5)]
    engine = book_of(Draft(body="Migrated the database"), *noise)
    assert bodies(ask(engine, "When did we migrate the database?")) == ["Migrated the database"]


def test_a_builder_keeps_what_the_ranking_needs() -> None:
    builder = Builder()
    one = replace(entry(1, "Three apples yesterday, I think?"), session="s", actor="Ada Lovelace")
    builder.add(Listed(1, one), one)
    found = Segment(builder.finish())
    assert found.days[0] == DAY.date().toordinal()
    assert found.asks[0] == 255
    assert found.flags[0] == COUNTS | TELLS | SPEAKS
    assert found.lines[0] == 1
    named, places = found.field("actors"), found.field("places")
    told = found.field("when")
    assert named
    assert named.all() == [b"ada", b"lovelace"]
    assert places is None
    assert told
    assert told.all() == [f"d{DAY.date() - timedelta(days=1)}".encode()]
