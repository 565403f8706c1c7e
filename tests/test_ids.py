"""Ids: ULIDs that sort by time, whatever the clock does."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.ids import LENGTH, after, decode, encode, is_id, matches

NUMBERS = st.integers(0, (1 << 128) - 1)
CLOCKS = st.lists(st.integers(0, (1 << 48) - 1), min_size=1, max_size=30)


@given(NUMBERS)
def test_a_number_comes_back(number: int) -> None:
    text = encode(number)
    assert len(text) == LENGTH
    assert is_id(text)
    assert decode(text) == number


@given(NUMBERS, NUMBERS)
def test_texts_sort_as_numbers(one: int, other: int) -> None:
    assert (encode(one) < encode(other)) == (one < other)


@given(
    st.one_of(
        st.text(max_size=27),
        st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZILOU", min_size=26, max_size=26),
    )
)
def test_what_is_no_id_is_refused(text: str) -> None:
    if is_id(text):
        assert encode(decode(text)) == text
    else:
        with pytest.raises(ValueError, match="not an entry id"):
            decode(text)


@pytest.mark.parametrize(
    "text", ["", "8" + "0" * 25, "0" * 25, "0" * 27, "0" * 25 + "I", "0" * 25 + "o", "０" * 26]
)
def test_no_ids(text: str) -> None:
    assert not is_id(text)


@given(CLOCKS)
def test_ids_rise_however_the_clock_jumps(clocks: list[int]) -> None:
    last = ""
    for milliseconds in clocks:
        fresh = after(last, milliseconds)
        assert fresh > last
        assert is_id(fresh)
        assert decode(fresh) >> 80 >= milliseconds
        last = fresh


def test_an_id_tells_its_moment() -> None:
    assert decode(after("", 1_763_730_202_123)) >> 80 == 1_763_730_202_123


def test_two_ids_of_one_moment_differ_by_chance() -> None:
    assert len({after("", 1_763_730_202_123) for _ in range(1_000)}) == 1_000


def test_after_the_last_id_there_is_none_greater_but_no_crash() -> None:
    most = encode((1 << 128) - 1)
    assert after(most, 0) == most


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [("01KAJ2", True), ("01kaj2", True), ("q8w9e0", True), ("KAJ2X7", False), ("", True)],
)
def test_beginnings_and_endings(wanted: str, fits: bool) -> None:
    assert matches(wanted, "01KAJ2X7Q0M3C4V5B6N7Q8W9E0") is fits


def test_importing_it_loads_nothing() -> None:
    code = (
        "import sys; old = {*sys.modules}; import journal.ids; print(sorted({*sys.modules} - old))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['journal', 'journal.ids']"
