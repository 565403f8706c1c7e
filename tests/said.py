"""What the tests of subjects share: entries as a fold sees them, and what holds of every fold."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True)
class Said:
    """What of an entry a fold looks at."""

    id: str
    microseconds: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    parent: str = ""
    kind: str = "decision"
    head: str = ""
    at: str = ""


def told(*fields: dict[str, Any], kind: str, parents: str = "") -> list[Said]:
    """Entries one after another, the first called `a`, the next `b`, and so on.

    `parents` has a letter for each of them, a space where there is none.
    """
    return [
        Said("abcdefgh"[n], n, some, parent=parents[n : n + 1].strip(), kind=kind)
        for n, some in enumerate(fields)
    ]


Fields = Callable[[st.SearchStrategy[str]], dict[str, st.SearchStrategy[Any]]]


@st.composite
def entries(
    draw: st.DrawFn, kinds: Sequence[str], optional: Fields, titles: Sequence[str] = ("",)
) -> list[Said]:
    """A few that say all manner of things of each other, at equal times too.

    `optional` has the fields, of which each may be missing, made of a strategy for an id: mostly
    that of one of them.
    """
    names = [f"id{n}" for n in range(draw(st.integers(0, 9)))]
    some = st.sampled_from([*names, "nowhere"])
    fields = st.fixed_dictionaries({}, optional=optional(some))
    return [
        Said(
            name,
            draw(st.integers(0, 3)),
            draw(fields),
            draw(st.sampled_from(titles)),
            draw(st.one_of(st.just(""), some)),
            draw(st.sampled_from(kinds)),
        )
        for name in names
    ]


def assert_any_order(
    fold: Callable[[Sequence[Said]], Any], subjects: str, said: list[Said], chance: random.Random
) -> None:
    """In whatever order they are read the view is the same, and so is the order of its subjects."""
    view = fold(said)
    chance.shuffle(said)
    again = fold(said)
    assert again == view
    assert list(getattr(again, subjects)) == list(getattr(view, subjects))


def assert_superseded_by_another(found: dict[str, Any], superseded: str) -> None:
    """Just what is superseded names what took its place, and nothing takes its own."""
    for key, one in found.items():
        assert (one.status == superseded) == bool(one.superseded_by)
        seen = {key}
        while one.superseded_by:
            one = found[one.superseded_by]  # noqa: PLW2901
            assert one.id not in seen
            seen.add(one.id)
