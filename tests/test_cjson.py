"""The cheap JSON says what `json` says, on one line that YAML 1.1 reads alike."""

import json
import math
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import texts, typed, values

from journal.cjson import dumps, loads, quote

ANY_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)
    ),
)


@given(values)
def test_values_come_back(value: Any) -> None:
    text = dumps(value)
    assert "\n" not in text
    assert typed(loads(text)) == typed(value)
    assert typed(json.loads(text)) == typed(value)


@given(st.one_of(texts, st.text()))
@example("\x7f\x80\x85\xa0\u2028\u2029\ufeff\ufffe\uffff\ud800\U000e0041\U0010ffff")
def test_a_quoted_text_is_one_visible_line(text: str) -> None:
    quoted = quote(text)
    assert json.loads(quoted) == text
    assert len(quoted.splitlines()) == 1
    # Beyond the BMP a JSON escape is two, and YAML would read two characters.
    assert all(char.isprintable() or ord(char) > 0xFFFF for char in quoted)


@given(texts)
def test_yaml_reads_the_same_text(text: str) -> None:
    assert yaml.safe_load(quote(text)) == text
    assert yaml.safe_load(f"[{quote(text)}]") == [text]


@given(st.one_of(st.text(), ANY_JSON.map(json.dumps)))
@example("[1,]")
@example(" 1")
@example("1 ")
@example("NaN")
@example("-Infinity")
@example("")
@example('{"a": 1, "a": 2}')
@example('"\\ud800"')
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("1" * 5_000)
@example('"\x00"')
def test_it_takes_what_json_takes_but_constants_and_blanks_around(text: str) -> None:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        wanted = typed(json.loads(text, parse_constant=refuse))
        if text.strip(" \t\r\n") != text:
            raise ValueError("blanks around it")  # noqa: TRY301
    except (ValueError, RecursionError):
        with pytest.raises(ValueError, match=r"."):
            loads(text)
    else:
        assert typed(loads(text)) == wanted


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, [math.nan], pytest.param(10**5_000, id="long")],
)
def test_numbers_json_has_not(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        dumps(value)


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), {"a": b"x"}])
def test_values_json_has_not(value: object) -> None:
    with pytest.raises(TypeError, match="can't be written as JSON"):
        dumps(value)


def test_depth_is_an_error_not_a_crash() -> None:
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        dumps(deep)
    while deep:  # taken apart by hand: freeing it recursively is CPython's own business
        deep = deep[0]
