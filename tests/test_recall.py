"""One suite for every recall engine, over every notebook."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import bodies, texts
from test_notebook import KINDS, fresh

from journal import ids, markdown
from journal.catalog.catalog import Catalog
from journal.entry import Draft, Entry
from journal.errors import UsageError
from journal.inmemory import MemoryNotebook
from journal.notebook import Book, Notebook
from journal.recall import glance
from journal.recall import shelf as shelves
from journal.recall.analysis import is_run, words
from journal.recall.engine import Answer, Engine, Query
from journal.recall.scan import ScanEngine
from journal.recall.whoosh import WhooshEngine
from journal.selection import Selection

DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """A row of the catalog below."""

    number: int
    entry: Entry

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def microseconds(self) -> int:
        return (self.entry.moment - _EPOCH) // timedelta(microseconds=1)

    @property
    def size(self) -> int:
        return len(self.entry.body)


class BookShelf:
    """A catalog of any notebook: its entries under numbers, and those that went."""

    def __init__(self, entries: Callable[[], Iterable[Entry]]) -> None:
        self.entries = entries
        self.birth = "first"
        self.rows: dict[int, Listed] = {}
        self.gone: list[tuple[int, int]] = []
        self.unreadable: set[int] = set()
        self.last = 0
        self.texts_read = 0

    purged = 0

    def catch_up(self) -> None:
        """Look what is there now."""
        now = {(e.id, e.digest, e.postscript): e for e in self.entries()}
        for row in list(self.rows.values()):
            if now.pop((row.entry.id, row.entry.digest, row.entry.postscript), None) is None:
                self.strike(row.number)
        for entry in reversed(now.values()):
            self.last += 1
            self.rows[self.last] = Listed(self.last, entry)

    def strike(self, number: int) -> None:
        """Take a row away."""
        del self.rows[number]
        self.gone.append((len(self.gone) + 1, number))

    def added(self, after: int) -> Iterator[Listed]:
        return (row for number, row in self.rows.items() if number > after)

    def count(self, after: int) -> int:
        return max(0, self.last - after)

    def struck(self, after: int) -> Iterator[tuple[int, int]]:
        return iter(self.gone[after:])

    def at(self, numbers: Sequence[int]) -> Mapping[int, Listed]:
        return {number: self.rows[number] for number in numbers if number in self.rows}

    def hashtags(self, numbers: Sequence[int]) -> Mapping[int, Sequence[str]]:
        return {
            number: [
                markdown.folded(one.target)
                for one in markdown.references(self.rows[number].entry.body)
                if one.kind == "tag"
            ]
            for number in numbers
            if number in self.rows and "#" in self.rows[number].entry.body
        }

    def named(self, wanted: str) -> Iterable[Listed]:
        return [row for row in self.rows.values() if ids.matches(wanted, row.entry.id)]

    def glance(
        self, numbers: Sequence[int], wanted: Sequence[re.Pattern[str]]
    ) -> Mapping[int, bool | None]:
        return {
            number: glance.holds(slice_of(self.rows[number].entry), wanted)
            for number in numbers
            if number in self.rows
        }

    def read(self, rows: Iterable[Any]) -> Iterator[tuple[Any, Entry]]:
        for row in rows:
            if row.number in self.rows and row.number not in self.unreadable:
                self.texts_read += 1
                yield row, row.entry


def slice_of(entry: Entry) -> bytes:
    """The entry about as a day file has it."""
    tags, size = json.dumps(list(entry.tags)), len(entry.body.encode())
    header = f"```yaml entry\ntags: {tags}\nlen: {size}\n```\n"
    return f"## 10:00 {entry.title}\n\n{header}\n{entry.body}\n\n{entry.postscript}".encode()


class Following:
    """An engine whose catalog catches up before each answer."""

    def __init__(self, engine: Engine, catalog: Catalog | BookShelf) -> None:
        self.engine = engine
        self._catalog = catalog

    def recall(self, query: Query) -> Answer:
        self._catalog.catch_up()
        return self.engine.recall(query)


def whoosh(book: Book) -> Engine:
    if isinstance(book, Notebook):
        catalog = Catalog(book.root)
        catalog.catch_up()
        return Following(shelves.engine(book.root, catalog), catalog)
    shelf = BookShelf(book.entries)
    return Following(WhooshEngine(shelf), shelf)


ENGINES: dict[str, Callable[[Book], Engine]] = {
    "scan": lambda book: ScanEngine(book.entries),
    "whoosh": whoosh,
}


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    with fresh(request.param) as book:
        yield book


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, book: Book) -> Engine:
    return ENGINES[request.param](book)


def found(engine: Engine, text: str, **wanted: Any) -> list[str]:
    answer = engine.recall(Query(text, Selection(**wanted), limit=100))
    assert answer.total == len(answer.hits)
    assert answer.fresh
    assert answer.notices == ()
    return [hit.entry.body for hit in answer.hits]


def test_the_more_of_the_words_the_better(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body=text) for text in ("red apple", "green apple", "red pear")])
    assert found(engine, "apple red")[0] == "red apple"
    assert len(found(engine, "apple red")) == 3
    assert found(engine, "apple AND red") == ["red apple"]
    assert sorted(found(engine, "apple")) == ["green apple", "red apple"]
    assert found(engine, "green plum") == ["green apple"]
    assert found(engine, "apple AND plum") == []
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
        ("party🎉time", "🎉"), ("party🎉time", "time"), ("→ left", "→"),
        ("snake_case", "snake_case"), ("v1.10", "10 v1"), ("don't", "don"),
        ("हिन्दी में", "हिन्दी"), ("Привет", "привет"),
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
    for limit in (0, 1, 10, 100, 1 << 63):
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


def test_a_word_finds_its_other_forms(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body=text) for text in ("running", "runs", "rung", "added", "add")])
    assert sorted(found(engine, "run")) == ["running", "runs"]
    assert sorted(found(engine, "adding")) == ["add", "added"]
    assert found(engine, '"run"') == []
    assert found(engine, '"running"') == ["running"]


QUERIES = [
    ("apple red", "abcd"), ("apple AND red", "ab"), ("apple -red", "cd"), ("apple NOT red", "cd"),
    ("red OR pear", "abd"),
    ("(red OR pear) AND apple", "abd"), ('"red apple"', "a"), ('"RED  ápple"', "a"),
    ("app*", "abcd"),
    ("pe*", "d"), ("apple (red OR green) -sour", "ac"), ("NOT apple", "e"),
    ("-apple", "e"),
    ("apple NOT (red OR pear)", "c"), ("red OR (apple -green)", "abd"), ("NOT NOT red", "ab"),
    ('"red apple" OR "apple pear"', "ad"), ('apple -"red apple"', "bcd"), ("NOT re*", "cde"),
    ("kind:task", "ac"), ("kind:task apple", "ac"), ("-kind:task", "bde"), ("tag:x", "a"),
    ("tags:x", "a"), ('tag:"two words"', "b"), ("tag:#X", "a"), ("tag:loose", "e"),
    ("tag:LOOSE", "e"), ("actor:anna OR tag:x", "ab"),
    ("title:engine", "c"), ("title:engines", "c"),
    ('title:"the engine"', "c"), ('title:"engine the"', ""), ("title:apple", ""),
    ("kind:Task", "ac"),
    ("namespace:work", "b"), ("session:s-1", "d"), ("path:main/side", "d"), ("role:human", "e"),
    ("the apple of", "abcd"), ("what is the plan, e.g. for apples?", "abcd"),
    ("what is the plan?", "c"), ("an apple", "abcd"),
    ("日本", "e"), ("本語の", "e"), ("語", "e"), ("語日", ""), ("-日本 apple", "abcd"),
    ("日本*", "e"),
    ('"日本語の テキスト"', "e"), ('"本語の テキ"', "e"), ('"本語 テキスト"', ""),
    ('(apple OR red) (pear OR "sour red") (d* OR s*)', "bd"),
    ('(("red apple" -x) OR (tag:x NOT y)) (a* -b*)', "a"),
    ("red AND apple OR green -sour", "abc"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_a_query_finds(book: Book, engine: Engine, query: str, expected: str) -> None:
    given = {
        "a": Draft(body="a red apple", kind="task", tags=("x",)),
        "b": Draft(body="sour red, an apple", tags=("two words",), actor="anna", namespace="work"),
        "c": Draft(body="green apple plans", kind="task", title="About the engine"),
        "d": Draft(body="apple pear desk", session="s-1", path="main/side"),
        "e": Draft(body="日本語の テキスト #Loose", role="human"),
    }
    book.append_many(list(given.values()))
    names = {draft.body: name for name, draft in given.items()}
    assert "".join(sorted(names[body] for body in found(engine, query))) == expected


def test_an_entry_is_found_by_its_id_and_branch(book: Book, engine: Engine) -> None:
    one = book.append(Draft(body="one", git="feature/x@3f2a9c1d0b7e"))
    book.append(Draft(body="two"))
    for named in (one.id, one.id[:24].lower() + one.id[24:], one.id[-10:]):
        assert found(engine, f"id:{named}") == ["one"]
    assert found(engine, f"-id:{one.id}") == ["two"]
    assert found(engine, "branch:feature/x") == ["one"]
    assert found(engine, "one OR two", git_branch="feature/x") == ["one"]


def test_a_tag_in_the_body_is_a_tag(book: Book, engine: Engine) -> None:
    book.append_many([Draft(body="one #Größe"), Draft(body="one", tags=("größe",))])
    assert sorted(found(engine, "one", tags=("größe",))) == ["one", "one #Größe"]
    assert len(found(engine, "one", tags=("GRÖSSE",))) == 2
    assert found(engine, "one", tags=("other",)) == []


def test_a_phrase_keeps_to_one_part(book: Book, engine: Engine) -> None:
    book.append(Draft(title="red", body="apple"))
    assert found(engine, '"red apple"') == []
    assert found(engine, "red apple") == ["apple"]


def test_words_beyond_what_is_counted(book: Book, engine: Engine) -> None:
    book.append(Draft(body="often " * 300, title="often"))
    book.append(Draft(body="often " * 100))
    answer = engine.recall(Query("often"))
    assert [hit.entry.title for hit in answer.hits] == ["often", ""]
    assert answer.hits[0].score > answer.hits[1].score


def test_a_query_that_cannot_be_read(book: Book, engine: Engine) -> None:
    book.append(Draft(body="x"))
    with pytest.raises(UsageError) as error:
        engine.recall(Query("x AND"))
    assert error.value.kind == "bad-query"


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("run", ["running", "Runs"]),
        ("runn*", ["running"]),
        ('"runs fast"', ["Runs", "fast"]),
        ("語の", ["語の"]),
        ("fast -slow", ["fast"]),
    ],
)
def test_marks(book: Book, engine: Engine, query: str, marked: list[str]) -> None:
    book.append(Draft(body="running: he Runs\n\n  fast, 日本語のテキスト"))
    (hit,) = engine.recall(Query(query)).hits
    assert [hit.snippet[start:end] for start, end in hit.marks] == marked


# What the engines must agree on, whatever is asked.

_LETTERS = ["red", "reds", "green", "apple", "apples", "the", "日本語", "本", "Ünal", "a-b"]
_texts = st.lists(st.sampled_from(_LETTERS), min_size=1, max_size=6).map(" ".join)
_leaves = st.one_of(
    st.sampled_from(_LETTERS),
    _texts.map(lambda text: f'"{text}"'),
    st.sampled_from(["re*", "a*", "kind:task", "tag:x", "title:red", 'title:"red apple"', "日*"]),
)
_queries = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"(NOT {part})"),
    ),
    max_leaves=6,
)
_drafts = st.builds(
    Draft,
    body=_texts,
    title=st.one_of(st.just(""), _texts),
    kind=st.sampled_from(["note", "task"]),
    tags=st.sampled_from([(), ("x",), ("x", "red")]),
    at=st.integers(0, 3).map(lambda days: DAY + timedelta(days=days)),
)
_selections = st.sampled_from(
    [{}, {"kind": "task"}, {"tags": ("x",)}, {"since": DAY + timedelta(days=1)},
     {"until": DAY + timedelta(days=2), "tags": ("red",)}, {"since": DAY, "until": DAY}]
)  # fmt: skip


@given(st.lists(_drafts, min_size=1, max_size=8), _queries, _selections, st.integers(0, 3))
def test_the_engines_agree(
    given: list[Draft], query: str, selection: dict[str, Any], limit: int
) -> None:
    book = MemoryNotebook()
    engines = [make(book) for make in ENGINES.values()]
    for draft in given:  # one by one, so that there are several segments
        book.append(draft)
        engines[1].recall(Query("red"))
    answers = [engine.recall(Query(query, Selection(**selection))) for engine in engines]
    assert {hit.entry.id for hit in answers[0].hits} == {hit.entry.id for hit in answers[1].hits}
    assert answers[0].total == answers[1].total
    snippets = [{(h.entry.id, h.snippet, h.marks) for h in answer.hits} for answer in answers]
    assert snippets[0] == snippets[1]
    if not selection:  # else words are rare or common among others
        scored = [[(h.entry.id, round(h.score, 9)) for h in answer.hits] for answer in answers]
        assert scored[0] == scored[1]
    few = [engine.recall(Query(query, Selection(**selection), limit)) for engine in engines]
    assert [len(answer.hits) for answer in few] == [min(limit, answers[0].total)] * 2
    assert [h.score for h in few[1].hits] == [h.score for h in answers[1].hits[:limit]]


def check_any(text: str, other: str, query: str) -> None:
    book = MemoryNotebook()
    book.append_many([Draft(body=text), Draft(body=other, title=text[:50])])
    for make in ENGINES.values():
        try:
            answer = make(book).recall(Query(query))
        except UsageError as error:
            assert error.kind == "bad-query"  # noqa: PT017 - most queries are none
            continue
        for hit in answer.hits:
            assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
            assert "\n" not in hit.snippet


@given(bodies, bodies, texts)
def test_any_text_can_be_searched_for_anything(text: str, other: str, query: str) -> None:
    check_any(text, other, query)


@given(bodies, st.data())
def test_every_word_of_an_entry_finds_it(text: str, data: st.DataObject) -> None:
    book = MemoryNotebook()
    receipt = book.append(Draft(body=text))
    if held := words(next(book.entries()).body):
        some = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=4))
        part = data.draw(st.integers(0, len(some[0]) - 1))
        some[0] = some[0][part:] if is_run(some[0]) else some[0]
        for query in (" ".join(some), f'"{some[0]}"', f'"{" ".join(held[-3:])}" OR "{held[0]}"'):
            for make in ENGINES.values():
                hits = make(book).recall(Query(query)).hits
                assert [hit.entry.id for hit in hits] == [receipt.id]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
