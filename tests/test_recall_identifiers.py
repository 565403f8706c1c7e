"""Names as programs and paths have them are found whole, and by their parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from journal.entry import Entry, Source
from journal.recall import identifiers
from journal.recall.analysis import words
from journal.recall.identifiers import JOINERS, LONGEST, MOST_PARTS, parts
from journal.recall.language import ENGLISH, language
from journal.recall.letters import fold
from journal.recall.matching import Text, holds
from journal.recall.query import Bag, Node, Or, Phrase, Prefix, Word
from journal.recall.snippet import Marker


def entry_of(body: str, title: str = "") -> Entry:
    from datetime import UTC, datetime

    return Entry(
        id="01KAJ2X7Q0M3C4V5B6N7Q8W9E0", at="2026-11-21T12:00:00+00:00",
        moment=datetime(2026, 11, 21, 12, tzinfo=UTC), kind="note", title=title, body=body,
        source=Source("day.md", 1, 0),
    )  # fmt: skip


def word(text: str) -> Word:
    return Word(text, ENGLISH.stem(text))


def marked(text: str, node: Node) -> list[str]:
    return [text[start:end] for start, end in Marker(node).marks(text)]


# A text, and what its names add to its words.
NAMES = {
    "fooBar": "foo bar",
    "FooBar": "foo bar",
    "foo_bar": "foo bar",
    "FOO_BAR": "foo bar",
    "_private_name": "private name",
    "HTTPServer2": "http server2 server",
    "parseHTTPRequest": "parse http request",
    "sha256Sum": "sha256 sha sum",
    "UTF8_decode": "utf8 utf decode",
    "iPhone": "phone",
    "pkg.mod.func": "pkg.mod.func",
    "src/journal/api.py": "src/journal/api.py api.py",
    "src/main/fooBar.java": "src/main/foobar.java foobar.java foo bar",
    "docs/README": "docs/readme",
    "std::vector": "",
    "3.11": "3.11",
    "10:30": "",
    "foo-bar": "",
    "a@b.org": "b.org",
    "closes #123.": "#123",
    "C++ and C#": "c++ c#",
    "größeÄndern": "grosse andern",
    "src/größe.py": "src/grosse.py grosse.py",
    "使用foo.bar函数": "foo.bar",
    "ｆｏｏ．ｂａｒ": "foo.bar",
    "“foo.bar” — fooBar": "foo.bar foo bar",
    # no names
    "HTTP APIs URLs": "",
    "Plain words, of a sentence. And so on... or so--or not": "",
    "utf8 v2 1st": "",
    "x = y * 2": "",
    "aGVsbG8gd29ybGQh": "",
    "&#123; a#1": "",
}


@pytest.mark.parametrize("text", NAMES)
def test_what_a_name_adds(text: str) -> None:
    assert ENGLISH.tokens(text) == words(text) + NAMES[text].split()


@given(texts)
def test_the_words_come_first_and_in_order(text: str) -> None:
    assert ENGLISH.tokens(text)[: len(words(text))] == words(text)
    assert all(token == fold(token) for token in ENGLISH.tokens(text))


pieces = st.from_regex(r"[A-Z]?[a-z]{2,6}", fullmatch=True)
joined = st.builds(
    lambda first, more: first + "".join(joiner + piece for joiner, piece in more),
    pieces,
    st.lists(st.tuples(st.sampled_from([*JOINERS, "::", "_", ""]), pieces), max_size=5),
)


@given(joined, st.sampled_from(["{}", "see ({}), too", "“{}”", "это {} тут", "使用{}。"]))
def test_what_holds_a_name_is_found_by_it_and_by_each_of_its_words(name: str, around: str) -> None:
    text = Text(entry_of(around.format(name)))
    for token in {*words(name), *ENGLISH.tokens(name)}:
        assert holds(word(token), text), token


@given(st.lists(st.from_regex("[A-Z][a-z]{2,5}", fullmatch=True), min_size=2, max_size=6))
def test_a_name_written_another_way_shares_the_parts(some: list[str]) -> None:
    lower = [piece.lower() for piece in some]
    camel = "".join([lower[0], *some[1:]])
    for name in ("".join(some), camel, "_".join(lower), "_".join(lower).upper()):
        assert parts(name) == tuple(dict.fromkeys(lower))


@pytest.mark.parametrize(
    "text",
    [
        "a.b" * 200_000,
        "a/" * 200_000 + "b.c",
        "ab" * 300_000,
        "aB" * 300_000,
        "a_" * 300_000,
        "A" * 600_000,
        "é.ß" * 150_000,
        "éÉ" * 200_000,
        "x:" * 200_000,
        "::" * 200_000,
        "#1" * 200_000,
        "qL8R4QIcQ/ZsRqOAbeRfcZhilN+" * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_what_is_long_is_no_name(text: str) -> None:
    # Were the work more than linear, this would take hours.
    assert len(identifiers.inside(text, fold(text))) <= len(text) // 4
    assert all(len(token) <= LONGEST for token in identifiers.inside(text, fold(text)))


def test_a_word_has_no_more_parts_than_it_may() -> None:
    assert len(parts("_".join(f"a{chr(98 + n)}" for n in range(MOST_PARTS)))) == MOST_PARTS
    assert parts("_".join(["ab"] * (MOST_PARTS + 1))) == ()
    assert parts("Ab" * (LONGEST // 2)) == ()


def test_a_title_is_found_by_the_parts_of_its_names() -> None:
    from journal.recall.query import Field

    text = Text(entry_of("body", "Mend parseHeader in journal/dayfile.py"))
    for value in ("header", "parseHeader", "dayfile", '"journal dayfile py"'):
        assert holds(Field("title", value.strip('"')), text), value
    assert not holds(Field("title", "body"), text)


def test_a_bag_holds_by_any_of_its_parts() -> None:
    text = Text(entry_of("fooBar"))
    assert holds(Bag((word("bar"), word("nothing"))), text)
    assert not holds(Bag((word("ba"), word("nothing"))), text)
    assert holds(Bag((Prefix("ba"), Phrase(("nothing", "else")))), text)


MARKS = [
    ("see fooBar and bar", word("bar"), ["fooBar", "bar"]),
    ("see src/journal/api.py, api", word("api"), ["src/journal/api.py", "api"]),
    ("see src/journal/api.py", word("api.py"), ["src/journal/api.py"]),
    ("foo.bar or foo", Bag((word("foo.bar"), word("foo"))), ["foo.bar", "foo"]),
    ("well-known, but unknown", word("known"), ["known"]),
    ("testing test_writer", word("test"), ["testing", "test_writer"]),
    ("größeÄndern ändert", word("andern"), ["größeÄndern"]),
    ("a" * (LONGEST + 1) + ".foo", word("foo"), ["foo"]),
    ("fooBar", Prefix("ba"), ["fooBar"]),
    ("私は東京都に住む", Bag((Word("東京", "東京"), Word("京都", "京都"))), ["東京都"]),
    ("東京と京都", Bag((Word("東京", "東京"), Word("京都", "京都"))), ["東京", "京都"]),
    ("ｶﾞｷﾞ", Word("ガギ", "ガギ"), ["ｶﾞｷﾞ"]),
    ("red and green", Or((word("green"), word("blue"))), ["green"]),
]


@pytest.mark.parametrize(("text", "node", "expected"), MARKS)
def test_names_are_marked_whole(text: str, node: Node, expected: list[str]) -> None:
    assert marked(text, node) == expected


@given(texts, st.sampled_from(["a", "foo", "bar", "1"]))
def test_marks_stand_in_order_and_apart(text: str, wanted: str) -> None:
    spans = [0]
    for start, end in Marker(Bag((word(wanted), Prefix(wanted)))).marks(text):
        assert spans[-1] <= start < end <= len(text)
        spans += [start, end]


def test_no_language_has_its_own_names() -> None:
    for name in ("none", "german"):
        assert language(name).tokens("fooBar x/y.py") == ENGLISH.tokens("fooBar x/y.py")
    assert re.fullmatch("[^a-z0-9]+", JOINERS)
