"""What an index keeps of an entry besides its words, and what a question's words ask for."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from boards import said

from journal.recall.cues import cues
from journal.recall.features import (
    CAPITALS,
    COUNTS,
    LINE,
    SPEAKS,
    TELLS,
    WHEN,
    asking,
    length_byte,
    length_of,
    name_words,
    shape,
    terms_of,
    whole_name,
)
from journal.recall.language import ENGLISH

UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("No.", 0), ("Really?", 255), ("Yes. Really?", 128), ("Why? How?! Oh.", 85),
        ("a?b is fine", 0), ('He asked "why?"', 255), ("Is it (done)?\n\nYes", 128), ("", 0),
        ("Yes. Why?\n", 128), ("Yes. *Why?*  \n", 128), ("Why?\nYes", 128), ("a=b?c=d", 0),
        ("Why so?\n\nYes\n\nNo\n\nOh", 64), ("?", 255), ("Why? (Really?) Yes!", 170),
    ],
)  # fmt: skip
def test_how_far_a_text_asks(text: str, share: int) -> None:
    assert abs(asking(text) - share) <= 1


def test_lengths_as_bytes() -> None:
    lengths = [length_byte(count) for count in (0, 1, 10, 100, 10_000, 10**9)]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) == len(lengths)
    assert all(abs(length_of(length_byte(count)) - count) <= count / 20 for count in range(9_999))
    assert lengths[0] == 0
    assert lengths[-1] == 255


def _held(text: str) -> Counter[str]:
    return Counter(ENGLISH.tokens(text))


def flags(text: str) -> int:
    """The flags of an entry with this body."""
    return shape(said(0, text), _held(text))[3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing of it", 0), ("three apples", COUNTS), ("3.11 is out", COUNTS),
        ("a few of them", COUNTS), ("on a Monday", TELLS | CAPITALS), ("in july", TELLS),
        ("long ago", TELLS),
        ("in 2023 we did", COUNTS | TELLS | SPEAKS), ("issue 20231", COUNTS), ("a1 b", COUNTS),
        ("I did", SPEAKS), ("it is mine", SPEAKS), ("mines", 0), ("In Rome. Rome is big", CAPITALS),
        ("met Ada and Bob", 2 * CAPITALS), ("met Ada, Bob, Eve and Dan", 3 * CAPITALS),
        ("Rome was not built", 0), ("the API and I", SPEAKS),
    ],
)  # fmt: skip
def test_flags(text: str, expected: int) -> None:
    assert flags(text) == expected


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    long = "x " * 2_500
    assert flags(f"{long} met Ada 7") == 0
    assert shape(said(0, f"{long} why?"), _held("x"))[2] == 0
    assert shape(said(0, f"why? {long}"), _held("x"))[2] == 128


def test_the_day_is_the_writers_own() -> None:
    one = said(0, "so")
    assert shape(one, _held("so"))[0] == date(2026, 11, 21).toordinal()
    assert shape(one, _held("one two three"))[1] == length_byte(3)
    late = replace(one, at="2026-11-22T02:00:00+14:00")
    assert shape(late, _held("so"))[0] == date(2026, 11, 22).toordinal()
    assert shape(replace(one, at="?"), _held("so"))[0] == date(2026, 11, 21).toordinal()


def test_the_terms_of_an_entry() -> None:
    one = said(0, "it was yesterday, in December", "s", "Ada")
    held = _held(one.body)
    assert set(terms_of(one, held)) == {
        (LINE, "main\0\0s"), (WHEN, "d2026-11-20"), (WHEN, "m2025-12"),
    }  # fmt: skip
    side = replace(one, path="side", namespace="work", body="so")
    assert set(terms_of(side, _held("so"))) == {(LINE, "work\0side\0s")}
    assert set(terms_of(replace(side, session=""), _held("so"))) == set()


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("actor", "Ada Lovelace", ("actors", {"ada", "lovelace", "=ada lovelace"})),
        ("actor", "fix-bot v2", ("actors", {"fix", "bot", "v2", "=fix bot v2"})),
        ("session", "s-1", ("places", {"=s 1"})),
        ("path", "main/side", ("places", {"main", "side", "=main side"})),
        ("session", UUID, ("", set())),
        ("session", f"x-{UUID}", ("places", {*UUID.split("-"), f"=x {UUID.replace('-', ' ')}"})),
        ("kind", "note", ("", set())),
    ],
)  # fmt: skip
def test_the_words_by_which_something_is_named(
    field: str, value: str, expected: tuple[str, set[str]]
) -> None:
    assert name_words(field, value) == expected
    assert whole_name(["ada", "lovelace"]) == "=ada lovelace"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red apples", ""), ("red apples?", "question"), ("why red apples", "question"),
        ("Do you know it", "question"), ("それは？", "question"), ("so? thanks", ""),
        ('he said "what?"', "question"), ("doing it", ""), ("", ""), ("when", "question when"),
        ("When did we migrate?", "question when"), ("and when was it", "when"),
        ("since when is it slow", "when"), ("I know when it rains", ""),
        ("how long did it take", "question when count"),
        ("What year was it", "question when which"), ("the year 2023", ""),
        ("How many apples", "question count list"), ("how far is it", "question count"),
        ("the size of it", ""), ("what size is it", "question count which"),
        ("Who wrote it?", "question which name"), ("guess who wrote it", "which"),
        ("Where is it?", "question which place"), ("where it is", "question which place"),
        ("Which books did Ada read?", "question which list title"),
        ("What activities does Ada like", "question which list liking"),
        ("What was this about?", "question which"), ("What bus did he take", "question which"),
        ("What is his class?", "question which"),
        ("Who has been there?", "question which name list"),
        ("have both been there", "question list"), ("In what ways is it good", "question list"),
        ("Which city is it in", "question which place"), ("city of Rome", ""),
        ("What is her favorite song called?", "question which name title liking"),
        ("books of Dan", ""), ("What are the plans for next week?", "question which plan list"),
        ("what is Ada's goal", "question which plan"), ("planning it", ""),
    ],
)  # fmt: skip
def test_what_a_question_asks_for(text: str, expected: str) -> None:
    assert cues(text) == set(expected.split())
