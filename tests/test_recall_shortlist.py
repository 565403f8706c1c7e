"""The best documents by their own words, over several segments."""

from dataclasses import replace

from boards import finders_of, terms_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_recall_segment import entry

from journal.recall.ranking.columns import columns
from journal.recall.ranking.lines import place_of
from journal.recall.ranking.shortlist import best_of, best_of_bag

WORDS = ["red", "green", "blue", "apple", "pear", "the", "running"]
_bodies = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


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
    same, _ = best_of(finders, [sorted(docs) for docs in matched], terms, limit)
    assert [points[place] for place in same] == [points for points, _, _ in every[:limit]]


def test_common_words_only_raise_what_rare_ones_found() -> None:
    common = [entry(number, "red green") for number in range(300)]
    rare = [entry(number, "blue apple pear") for number in range(300, 310)]
    finders = finders_of([*common, *rare, entry(310, "blue apple pear red")])
    terms = terms_of("blue apple pear red", finders)
    found, total = best_of_bag(finders, [(0, 311)], terms, 5)
    assert (found[0], total) == (310, 311)
    assert all(place >= 300 for place in found)
