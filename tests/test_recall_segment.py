"""Segments: what goes in can be found, merged or not, and what is damaged is told."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_recall import DAY, Listed
from whoosh import query as queries
from whoosh.reading import MultiReader, TermNotFound
from whoosh.searching import Searcher

from journal.entry import Entry
from journal.recall.analysis import words
from journal.recall.building import Builder, assemble, combined
from journal.recall.codec import SegmentReader, Weighting
from journal.recall.language import ENGLISH
from journal.recall.leaves import Finder
from journal.recall.merging import BIG, FEWEST, FEWEST_BIG, merged, worth_merging
from journal.recall.ranking.terms import idf, saturated
from journal.recall.segment import COLUMNS, MOST, TEXT, TITLE, BadSegment, Segment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entry(
    number: int, body: str, title: str = "", days: int = 0, tags: tuple[str, ...] = ()
) -> Entry:
    moment = DAY + timedelta(days=days)
    return Entry(
        id=f"{number:026}", at=moment.isoformat(), moment=moment, kind="note", title=title,
        body=body, tags=tags, seq=number, namespace="main",
    )  # fmt: skip


def segment(*entries: Entry, first: int = 1) -> Segment:
    builder = Builder()
    for number, one in enumerate(entries, first):
        builder.add(Listed(number, one), one)
    return Segment(builder.finish())


def held(found: Segment) -> dict[str, dict[bytes, dict[int, int]]]:
    """By field and term: the rows, and the byte that stands with each."""
    fields: dict[str, dict[bytes, dict[int, int]]] = {}
    for name in found.fields():
        terms = found.field(name)
        assert terms
        assert all(a < b for a, b in pairwise(terms.all()))
        for index, term in enumerate(terms.all()):
            docs, often = terms.postings(index)
            assert terms.frequency(index) == len(docs)
            assert all(a < b for a, b in pairwise(docs))
            rows = {
                found.numbers[doc]: count
                for doc, count in zip(docs, often or bytes([1]) * len(docs), strict=True)
                if doc not in found.deleted
            }
            if rows:
                fields.setdefault(name, {})[term] = rows
    return fields


def test_a_segment_keeps_what_it_was_given() -> None:
    found = segment(
        entry(1, "running fast", days=2),
        entry(2, "run run", title="Runs", days=0, tags=("a", "b", "a")),
        entry(3, "fast", days=1),
    )
    assert list(found.numbers) == [2, 3, 1]
    assert list(found.moments) == sorted(found.moments)
    fields = held(found)
    assert fields[TEXT][b"run"] == {1: 1, 2: 3 | TITLE}
    assert fields[TEXT][b"running"] == {1: 1}
    assert fields[TEXT][b"runs"] == {2: 1 | TITLE}
    assert fields[TEXT][b"fast"] == {1: 1, 3: 1}
    assert fields["tag"] == {b"a": {2: 1}, b"b": {2: 1}}
    assert fields["kind"] == {b"note": {1: 1, 2: 1, 3: 1}}
    assert "role" not in fields


def test_a_word_more_often_than_a_byte_holds() -> None:
    found = segment(entry(1, "run " * 400 + "runs " * 400, title="run"), entry(2, "run " * 126))
    assert held(found)[TEXT][b"run"] == {1: MOST | TITLE, 2: 126}
    assert combined([1 << 8 | 100, 1 << 8 | TITLE | 100, 0 << 8 | 1]) == [1, 1 << 8 | TITLE | MOST]


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 300, 65_535, 65_536, 65_540, 200_000])
def test_steps_of_any_width(count: int) -> None:
    pairs = {
        b"first": [0 << 8 | 1],
        b"last": [(count - 1) << 8 | 7],
        b"all": [doc << 8 | 1 for doc in range(count)],
        b"counted": [doc << 8 | doc % 127 + 1 for doc in range(count)],
        b"ends": [0 << 8 | 1] + ([(count - 1) << 8 | 2] if count > 1 else []),
        b"none": [],
    }
    columns = dict.fromkeys(COLUMNS, [0] * count) | {"numbers": list(range(count))}
    found = Segment(assemble(columns, {TEXT: pairs}))
    expected = {t: {p >> 8: p & 255 for p in some} for t, some in pairs.items() if some}
    assert held(found)[TEXT] == expected
    assert found.whole()


_words = st.sampled_from("run runs running fix fixed the of 日本語 日 straße a-b x".split())
_texts = st.lists(_words, max_size=8).map(" ".join)
_entries = st.lists(
    st.tuples(_texts, _texts, st.integers(-3, 3), st.sampled_from([(), ("x",), ("x", "y")])),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(_entries, st.lists(st.integers(0, 11), max_size=4), st.integers(1, 4))
def test_merged_segments_hold_the_same(
    given: list[tuple[str, str, int, tuple[str, ...]]], gone: list[int], pieces: int
) -> None:
    entries = [entry(number, *some) for number, some in enumerate(given)]
    step = -(-len(entries) // pieces)
    parts = [segment(*entries[at : at + step], first=at) for at in range(0, len(entries), step)]
    whole = segment(*entries, first=0)
    one_by_one: dict[str, dict[bytes, dict[int, int]]] = {}
    for part in parts:
        for name, terms in held(part).items():
            for term, rows in terms.items():
                one_by_one.setdefault(name, {}).setdefault(term, {}).update(rows)
    assert held(whole) == one_by_one == held(Segment(merged(parts)))
    for number in gone:
        for part in (*parts, whole):
            if (doc := part.doc(number)) is not None:
                part.deleted = part.deleted | {doc}
    small = Segment(merged(parts))
    assert held(small) == held(whole)
    assert small.count == small.live == whole.live
    assert list(small.moments) == sorted(small.moments)


def test_what_is_merged() -> None:
    class Sized:
        def __init__(self, live: int, deleted: int = 0) -> None:
            self.live, self.deleted, self.count = live, range(deleted), live + deleted

    def merge(*sizes: int) -> int:
        return len(worth_merging([Sized(size) for size in sizes]))  # type: ignore[misc]

    assert merge() == 0
    assert merge(*[10] * (FEWEST - 1)) == 0
    assert merge(*[10] * FEWEST) == FEWEST
    assert merge(*[BIG] * (FEWEST_BIG - 1)) == 0
    assert merge(*[BIG] * FEWEST_BIG) == FEWEST_BIG
    assert merge(*[1 << 20] * FEWEST_BIG) in (0, FEWEST_BIG)
    assert worth_merging([Sized(10, 11)]) != []  # type: ignore[list-item]
    assert worth_merging([Sized(10, 10)]) == []  # type: ignore[list-item]
    # Appended in small portions for ever, there are never many.
    sizes: list[Sized] = []
    for _ in range(3_000):
        sizes.append(Sized(40))
        while some := worth_merging(sizes):  # type: ignore[arg-type]
            total = sum(one.live for one in some)
            sizes = [one for one in sizes if one not in some] + [Sized(total)]  # type: ignore[comparison-overlap]
        assert len(sizes) <= 30


def test_damage_is_told() -> None:
    data = segment(*(entry(number, f"word{number} fix") for number in range(50))).data
    random = Random(7)
    for size in (0, 1, 8, 20, 40, len(data) // 2, len(data) - 9, len(data) - 1):
        with pytest.raises(BadSegment):
            Segment(bytes(data[:size]))
    for _ in range(300):
        at = random.randrange(len(data))
        hurt = bytearray(data)
        hurt[at] ^= 1 << random.randrange(8)
        try:
            assert not Segment(bytes(hurt)).whole()
        except BadSegment:
            continue
    with pytest.raises(BadSegment):
        Segment(random.randbytes(len(data)))
    assert Segment(data).whole()


# Whoosh's own parts over segments


def searcher(*segments: Segment) -> Searcher:
    return Searcher(MultiReader([SegmentReader(Finder(one, {})) for one in segments]), Weighting())


def numbers(
    found: Searcher, wanted: queries.Query, limit: int | None = 10
) -> list[tuple[int, float]]:
    return [(hit["number"], round(hit.score, 6)) for hit in found.search(wanted, limit=limit)]


def test_whoosh_searches_segments() -> None:
    filler = [entry(number, "filler words") for number in range(10, 30)]
    one = segment(entry(1, "red apple"), entry(2, "red red pear"), *filler)
    two = segment(entry(3, "green apple"), entry(4, "red pear apple"), first=100)
    two.deleted = frozenset({1})
    found = searcher(one, two)
    term = queries.Term
    worth = idf(24, 3)  # deleted documents count until they are merged away
    assert numbers(found, term(TEXT, "red")) == [
        (2, round(worth * saturated(2), 6)),
        (1, round(worth, 6)),
    ]
    both = queries.And([term(TEXT, "red"), queries.Not(term(TEXT, "appl"))])
    assert [number for number, _ in numbers(found, both)] == [2]
    either = queries.Or([term(TEXT, "pear"), term(TEXT, "green"), term("kind", "note")])
    assert len(numbers(found, either, None)) == 23
    assert [number for number, _ in numbers(found, queries.Prefix(TEXT, "gre"))] == [100]
    assert len(numbers(found, queries.Every(), None)) == 23
    reader = found.reader()
    assert reader.doc_count_all() == 24
    assert reader.doc_count() == 23
    assert (TEXT, b"appl") in reader
    assert list(reader.field_terms(TEXT))[:2] == ["appl", "apple"]
    assert reader.doc_frequency(TEXT, b"red") == 3
    assert reader.frequency(TEXT, b"red") == 4
    assert [number for number, _ in numbers(found, queries.Term(TEXT, "plum"))] == []
    leaf = reader.leaf_readers() and next(iter(reader.leaf_readers()))[0]
    assert leaf.stored_fields(0) == {"number": one.numbers[0]}
    with pytest.raises(TermNotFound):
        leaf.postings(TEXT, "plum")
    assert dict(leaf)[TEXT, b"red"].doc_frequency() == 2


@given(_entries)
def test_whoosh_reads_every_posting(given: list[tuple[str, str, int, tuple[str, ...]]]) -> None:
    found = segment(*(entry(number, *some) for number, some in enumerate(given)), first=0)
    reader = SegmentReader(Finder(found, {}))
    seen: dict[str, dict[bytes, dict[int, int]]] = {}
    for field, term in reader.all_terms():
        matcher = reader.postings(field, term)
        while matcher.is_active():
            rows = seen.setdefault(field, {}).setdefault(term, {})
            rows[found.numbers[matcher.id()]] = int(matcher.weight())
            matcher.next()
    counted = {
        field: {
            term: {row: count & MOST for row, count in rows.items()} for term, rows in terms.items()
        }
        for field, terms in held(found).items()
    }
    assert seen == counted
    for number, (body, *_rest) in enumerate(given):
        for word in words(body):
            assert number in [
                found.numbers[doc] for doc in Finder(found, {}).postings(ENGLISH.stem(word))[0]
            ] or (not word.isascii())
