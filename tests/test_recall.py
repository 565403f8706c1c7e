"""One suite for every recall engine, over every notebook."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bodies, texts
from test_notebook import KINDS, fresh

from journal.entry import Draft
from journal.inmemory import MemoryNotebook
from journal.notebook import Book
from journal.recall.engine import Engine, Query
from journal.recall.scan import ScanEngine, fold, words
from journal.selection import Selection

DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENGINES: dict[str, Callable[[Book], Engine]] = {"scan": lambda book: ScanEngine(book.entries)}


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    with fresh(request.param) as book:
        yield book


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, book: Book) -> Engine:
    return ENGINES[request.param](book)


def found(engine: Engine, text: str, **wanted: object) -> list[str]:
    answer = engine.recall(Query(text, Selection(**wanted)))  # type: ignore[arg-type]
    assert answer.total == len(answer.hits)
    assert answer.fresh
    return [hit.entry.body for hit in answer.hits]


def test_all_words_in_any_order(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body=text) for text in ("red apple", "green apple", "red pear")])
    assert found(engine, "apple red") == ["red apple"]
    assert sorted(found(engine, "apple")) == ["green apple", "red apple"]
    assert found(engine, "apple plum") == []
    assert found(engine, "app") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Straße", "STRASSE"), ("Größe", "grosse"), ("naïve", "NAIVE"), ("e\u0301tude", "étude"),
        ("étude", "e\u0301tude"), ("ＦＵＬＬ", "full"), ("ﬁne", "fine"), ("Łódź", "łódź"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("𝕊𝓬𝓸𝓹𝓮", "scope"),
        ("İstanbul", "istanbul"), ("日本語のテキスト", "テキスト"), ("ภาษาไทย", "ไทย"),
        ("C++ and C#", "c"),
        ("snake_case", "snake_case"), ("v1.10", "10 v1"), ("don't", "don"), ("Привет", "привет"),
    ],
)  # fmt: skip
def test_case_and_accents_are_folded(book: Book, engine: Engine, text: str, query: str) -> None:
    book.append_many([Draft(body=f"before {text} after"), Draft(body="other")])
    assert found(engine, query) == [f"before {text} after"]


def test_titles_and_tags_are_searched(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body="a", title="Engine"), Draft(body="b", tags=("search",))])
    assert found(engine, "engine") == ["a"]
    assert found(engine, "search") == ["b"]


@pytest.mark.parametrize("query", ["", "  ", "...", "\x00", "\u202e", "-", "*"])
def test_no_words_no_hits(book: Book, engine: Engine, query: str) -> None:
    book.append(Draft(body="... - *"))
    answer = engine.recall(Query(query))
    assert (answer.hits, answer.total) == ((), 0)


def test_the_better_the_earlier(book: Book, engine: Engine) -> None:
    filler = " ".join(f"word{number}" for number in range(200))
    book.append_many(
        [
            Draft(body=f"rare {filler}"),
            Draft(body="rare rare rare"),
            *(Draft(body=f"common {number}") for number in range(20)),
        ]
    )
    answer = engine.recall(Query("rare"))
    assert [hit.entry.body[:9] for hit in answer.hits] == ["rare rare", "rare word"]
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[1] > 0


def test_of_equals_the_newest_comes_first(book: Book, engine: Engine) -> None:
    for day in range(4):
        book.append(Draft(body="same", at=DAY + timedelta(days=day)))
    hits = engine.recall(Query("same")).hits
    assert [hit.entry.at[:10] for hit in hits] == [
        "2026-11-24",
        "2026-11-23",
        "2026-11-22",
        "2026-11-21",
    ]


def test_a_limit_cuts_but_the_total_stays(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body=f"same {number}") for number in range(15)])
    for limit in (0, 1, 10, 100):
        answer = engine.recall(Query("same", limit=limit))
        assert (len(answer.hits), answer.total) == (min(limit, 15), 15)
    assert len(engine.recall(Query("same")).hits) == 10


def test_filters_apply(book: Book, engine: Engine) -> None:
    book.append(Draft(body="apple one", kind="task", tags=("x",), at=DAY))
    book.append(Draft(body="apple two", actor="anna", namespace="work", at=DAY + timedelta(days=1)))
    assert found(engine, "apple", kind="task") == ["apple one"]
    assert found(engine, "apple", tags=("x",)) == ["apple one"]
    assert found(engine, "apple", actor="anna") == ["apple two"]
    assert found(engine, "apple", namespace="work") == ["apple two"]
    assert found(engine, "apple", since=DAY + timedelta(hours=1)) == ["apple two"]
    assert found(engine, "apple", until=DAY + timedelta(hours=1)) == ["apple one"]


def test_a_snippet_shows_the_words(book: Book, engine: Engine) -> None:
    text = "start " + "filler " * 100 + "the Needle, here " + "filler " * 100
    book.append(Draft(body=text))
    (hit,) = engine.recall(Query("needle")).hits
    assert len(hit.snippet) <= 165
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Needle"]
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert hit.record()["snippet"] == hit.snippet


def check_any(text: str, other: str, query: str) -> None:
    book = MemoryNotebook()
    book.append_many([Draft(body=text), Draft(body=other, title=text[:50])])
    for make in ENGINES.values():
        answer = make(book).recall(Query(query))
        wanted = set(words(query))
        for hit in answer.hits:
            held = fold(f"{hit.entry.title}\n{hit.entry.body}")
            assert all(word in held for word in wanted)
            assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
            assert "\n" not in hit.snippet
        if words(text):
            first = words(text)[0]
            bodies_found = [hit.entry.body for hit in make(book).recall(Query(first)).hits]
            assert len(bodies_found) >= 1


@given(bodies, bodies, texts)
def test_any_text_can_be_searched_for_anything(text: str, other: str, query: str) -> None:
    check_any(text, other, query)


@given(bodies, st.data())
def test_every_word_of_an_entry_finds_it(text: str, data: st.DataObject) -> None:
    book = MemoryNotebook()
    receipt = book.append(Draft(body=text))
    if held := words(next(book.entries()).body):
        query = " ".join(data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=4)))
        for make in ENGINES.values():
            assert [hit.entry.id for hit in make(book).recall(Query(query)).hits] == [receipt.id]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
