"""Old commits to new ones, as entries tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from journal import rewrites


@dataclass(frozen=True)
class Told:
    """An entry, as far as a fold looks at it."""

    id: str
    fields: dict[str, Any] = field(default_factory=dict)


def commit(letter: str) -> str:
    return (letter * 12)[:12]


def told(number: int, *pairs: str) -> Told:
    """An entry that says `ab` for: commit a became commit b."""
    return Told(
        f"{number:026d}", {"rewrote": [[commit(pair[0]), commit(pair[1])] for pair in pairs]}
    )


def test_chains_squashes_and_what_was_never_rewritten() -> None:
    found = rewrites.fold([told(1, "ab", "1c", "2c"), told(2, "bd"), told(3, "de", "cf")])
    now = {letter: found.now(commit(letter)) for letter in "abde12c39"}
    assert now == {
        **dict.fromkeys("abd", commit("e")),
        **dict.fromkeys("12c", commit("f")),
        **dict.fromkeys("e39", ""),
    }
    assert found.anchored(f"feature/x@home@{commit('a')}") == commit("e")
    assert found.anchored("") == found.anchored(f"main@{'0' * 12}") == ""
    assert found.now(commit("a") + "f" * 28) == commit("e")


def test_the_later_one_counts_whatever_order_they_come_in() -> None:
    entries = [told(1, "ab"), told(2, "ac")]
    assert rewrites.fold(entries).now(commit("a")) == commit("c")
    assert rewrites.fold(entries[::-1]).now(commit("a")) == commit("c")


def test_what_came_back_is_what_it_was() -> None:
    found = rewrites.fold([told(1, "ab"), told(2, "bc"), told(3, "ca")])
    assert found.now(commit("a")) == ""
    assert found.now(commit("b")) == found.now(commit("c")) == commit("a")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=40))
def test_no_rewrites_go_in_circles(steps: list[tuple[str, str]]) -> None:
    found = rewrites.fold([told(number, old + new) for number, (old, new) in enumerate(steps)])
    for letter in "abcdef":
        end = found.now(commit(letter))
        assert end != commit(letter)
        assert not end or found.now(end) == ""


def test_what_is_no_pair_says_nothing() -> None:
    good = [commit("a"), commit("b")]
    odds: list[Any] = [
        None, "text", 7, {}, [None], ["ab"], [["a", "b"]], [[commit("a")]], [[commit("a"), 1]],
        [[commit("a"), commit("a")]], [[commit("a"), commit("g")]], [[*good, commit("c")]],
        [tuple(good), good[0] + good[1]],
    ]  # fmt: skip
    for odd in odds:
        assert rewrites.fold([Told("1", {"rewrote": odd})]).now(commit("a")) == ""
    found = rewrites.fold([Told("1", {"rewrote": [None, good]}), Told("2")])
    assert found.now(commit("a")) == commit("b")


def test_what_git_gives_the_hook() -> None:
    full = [letter * 40 for letter in "abcd"]
    lines = f"{full[0]} {full[1]}\n{full[2]} {full[3]} more\n\n{full[0]} {full[0]}\nnonsense\n"
    assert rewrites.pairs(lines) == [[commit("a"), commit("b")], [commit("c"), commit("d")]]
