"""Tasks: what is open, blocked and done after whatever was said, in whatever order it is read."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_decisions import Said

from journal import tasks
from journal.tasks import BLOCKED, DONE, DROPPED, OPEN, STARTED


def fold(*fields: dict[str, Any], parents: str = "") -> tasks.View:
    """Tasks one after the other, the first called `a`, the next `b`, …; `parents`: one for each."""
    return tasks.fold(
        Said("abcdefgh"[n], n, some, parent=parents[n : n + 1].strip(), kind="task")
        for n, some in enumerate(fields)
    )


CASES: list[tuple[list[dict[str, Any]], dict[str, str]]] = [
    ([{}], {"a": OPEN}),
    ([{"status": " Started"}], {"a": STARTED}),
    ([{}, {"task": "a", "status": DONE}], {"a": DONE}),
    ([{}, {"task": "a", "status": DONE}, {"task": "b", "status": OPEN}], {"a": OPEN}),
    ([{}, {"blocked-by": "a"}], {"a": OPEN, "b": BLOCKED}),
    ([{}, {"depends-on": ["a"]}], {"a": OPEN, "b": BLOCKED}),
    ([{"status": DONE}, {"blocked-by": ["a"]}], {"a": DONE, "b": OPEN}),
    ([{"status": DROPPED}, {"blocked-by": ["a"], "status": STARTED}], {"a": DROPPED, "b": STARTED}),
    # It was blocked until that was done.
    ([{}, {}, {"task": "b", "status": BLOCKED, "blocked-by": "a"}, {"task": "a", "status": DONE}],
     {"a": DONE, "b": OPEN}),
    ([{}, {"blocked-by": "a"}, {"task": "b", "blocked-by": []}], {"a": OPEN, "b": OPEN}),
    # For a reason that is no task.
    ([{"status": BLOCKED}], {"a": BLOCKED}),
    ([{"status": BLOCKED, "blocked-by": "elsewhere"}], {"a": BLOCKED}),
    ([{"blocked-by": "elsewhere"}], {"a": OPEN}),
    # What is over waits for nothing; nothing waits for itself.
    ([{}, {"blocked-by": "a", "status": DONE}], {"a": OPEN, "b": DONE}),
    ([{"blocked-by": "a"}], {"a": OPEN}),
    ([{"blocked-by": "b"}, {"blocked-by": "a"}], {"a": BLOCKED, "b": BLOCKED}),
    # Who waits for an entry that changed a task waits for the task.
    ([{}, {"task": "a", "status": STARTED}, {"blocked-by": "b"}], {"a": STARTED, "c": BLOCKED}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "wanted"), CASES)
def test_how_tasks_stand(fields: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    assert {key: one.status for key, one in fold(*fields).tasks.items()} == wanted


def test_a_task_knows_what_it_waits_for_and_who_says_so() -> None:
    view = fold({}, {"status": DONE}, {"blocked-by": "b, a"}, {"task": "a", "status": STARTED})
    assert view.tasks["c"].needs == ("b", "a")
    assert view.tasks["c"].blockers == ("a",)
    assert view.tasks["a"].status_by == "d"
    assert (view.open, view.blocked, view.done) == (
        [view.tasks["a"]],
        [view.tasks["c"]],
        [view.tasks["b"]],
    )
    assert fold({"status": "odd"}, {"task": "gone"}).unclear == ("a",)
    assert fold({"status": "odd"}, {"task": "gone"}).astray == (("b", "gone"),)


def test_goals_and_milestones_count_what_is_below_them() -> None:
    view = fold(
        {"type": "goal"},
        {"type": "milestone", "goal": "a"},
        {"milestone": "b", "status": DONE},
        {},
        {"milestone": "b", "status": DROPPED},
        {"goal": "a"},
        {},
        parents="   b  d",
    )
    goal, milestone = view.tasks["a"], view.tasks["b"]
    assert (view.goals, view.milestones) == ([goal], [milestone])
    assert (milestone.done, milestone.total) == (1, 3)  # c; d, and g below it; not e
    assert (goal.done, goal.total) == (1, 4)
    assert goal.children == ("b", "f")
    assert view.tasks["g"].part_of == "d"
    assert [one.id for one in view.open] == ["d", "f", "g"]
    circle = fold({"type": "goal", "goal": "b"}, {"type": "goal", "goal": "a"}, {"goal": "b"})
    assert [(one.done, one.total) for one in circle.goals] == [(0, 1), (0, 1)]


def test_a_task_told_again_is_the_same_task() -> None:
    first = Said("a", 1, title="Show the line", kind="task")
    again = Said("b", 2, {"status": DONE}, "Show the line", "a", "task")
    below = Said("c", 3, {}, "Test it", "a", "task")
    view = tasks.fold([below, again, first])
    assert {key: one.status for key, one in view.tasks.items()} == {"a": DONE, "c": OPEN}
    assert view.tasks["a"].children == ("c",)


@st.composite
def entries(draw: st.DrawFn) -> list[Said]:
    """A few tasks that say all manner of things of each other, at equal times too."""
    names = [f"id{n}" for n in range(draw(st.integers(0, 9)))]
    some = st.sampled_from([*names, "nowhere"])
    fields = st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from([*tasks.STATUSES, "odd", ""]),
            "type": st.sampled_from([*tasks.TYPES, "bug"]),
            "task": some,
            "goal": some,
            "milestone": some,
            "blocked-by": st.one_of(some, st.lists(some, max_size=3)),
            "depends-on": st.lists(some, max_size=2),
        },
    )
    return [
        Said(
            name,
            draw(st.integers(0, 3)),
            draw(fields),
            draw(st.sampled_from(["", "one", "Two"])),
            draw(st.one_of(st.just(""), some)),
            draw(st.sampled_from(["task", "task", "note"])),
        )
        for name in names
    ]


@given(entries(), st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(said: list[Said], chance: random.Random) -> None:
    view = tasks.fold(said)
    chance.shuffle(said)
    again = tasks.fold(said)
    assert again == view
    assert list(again.tasks) == list(view.tasks)


@given(entries())
def test_a_view_holds_together(said: list[Said]) -> None:
    view = tasks.fold(said)
    for key, one in view.tasks.items():
        assert one.status in tasks.STATUSES
        assert not one.blockers or one.status == BLOCKED
        assert not one.part_of or key in view.tasks[one.part_of].children
        assert 0 <= one.done <= one.total
    told = [*view.open, *view.blocked, *view.done, *view.of(DROPPED), *view.goals, *view.milestones]
    assert sorted(one.id for one in told) == sorted(view.tasks)
