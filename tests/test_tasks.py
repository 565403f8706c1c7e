"""Tasks: what is open, blocked and done after whatever was said, in whatever order it is read."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import Said, assert_any_order, entries, told

from journal import tasks
from journal.errors import UsageError
from journal.tasks import BLOCKED, DONE, DROPPED, OPEN, STARTED, Claim, Task, View
from journal.tasks.waiting import circle, circles, in_order


def fold(*fields: dict[str, Any], parents: str = "") -> tasks.View:
    """Tasks one after the other, the first called `a`, the next `b`, …; `parents`: one for each."""
    return tasks.fold(told(*fields, kind="task", parents=parents))


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
    # Two that block it don't undo each other; what frees it frees it only of what it names.
    ([{}, {}, {}, {"task": "c", "status": BLOCKED, "blocked-by": "a"},
      {"task": "c", "status": BLOCKED, "blocked-by": "b"}, {"task": "b", "status": DONE}],
     {"a": OPEN, "b": DONE, "c": BLOCKED}),
    ([{}, {"depends-on": "a"}, {"task": "b", "status": OPEN, "unblocked-from": ["a"]}],
     {"a": OPEN, "b": OPEN}),
    ([{}, {}, {"depends-on": ["a", "b"]}, {"task": "c", "unblocked-from": "a"}],
     {"a": OPEN, "b": OPEN, "c": BLOCKED}),
    # A reason lasts, even if what it waited for beside is over.
    ([{"status": DONE}, {"depends-on": "a"}, {"task": "b", "status": BLOCKED}],
     {"a": DONE, "b": BLOCKED}),
    # What is a part of what is blocked waits too, be the part deep; what is over doesn't.
    ([{}, {"type": "goal", "depends-on": "a"}, {"part-of": "b"}, {"part-of": "c"},
      {"part-of": "c", "status": DONE}],
     {"a": OPEN, "b": BLOCKED, "c": BLOCKED, "d": BLOCKED, "e": DONE}),
    ([{"status": BLOCKED, "part-of": "b"}, {"part-of": "a"}], {"a": BLOCKED, "b": BLOCKED}),
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


def test_what_is_a_part_of_something_knows_what_holds_it() -> None:
    view = fold({}, {"depends-on": "a"}, {"part-of": "b"}, {"part-of": "c"}, {"part-of": "b"})
    held = {key: one.held_by for key, one in view.tasks.items() if one.held_by}
    assert held == {"c": "b", "d": "b", "e": "b"}
    assert view.awaited("d") == ("a",)
    assert list(view.above("d")) == ["c", "b"]
    assert list(view.below("b")) == ["c", "d", "e"]
    assert view.waiting() == {"a": ["b"]}


def test_the_first_has_it_until_it_is_given_back() -> None:
    said: list[dict[str, Any]] = [
        {}, {"task": "a", "claimed-by": "anna"}, {"task": "a", "claimed-by": "ben"},
        {"task": "a", "claimed-by": "anna"},
    ]  # fmt: skip
    one = fold(*said).tasks["a"]
    assert (one.claimed_by, one.claim, one.releases) == ("anna", Claim("anna", "b"), 0)
    assert one.contested == (Claim("ben", "c"),)
    one = fold(*said, {"task": "a", "claimed-by": ""}).tasks["a"]
    assert (one.claimed_by, one.contested, one.releases) == ("", (), 1)
    view = fold(*said, {"task": "a", "claimed-by": None}, {"task": "a", "claimed-by": "ben"})
    assert view.tasks["a"].claim == Claim("ben", "f")
    assert fold(*said, {"task": "a", "claimed-by": ["x"]}).tasks["a"].claimed_by == "anna"


def test_ready_is_what_nothing_blocks_and_nobody_else_has() -> None:
    view = fold(
        {}, {"priority": 0}, {"priority": "P1"}, {"depends-on": "a"}, {"claimed-by": "anna"},
        {"status": STARTED, "priority": 9}, {"type": "goal"}, {"status": DONE},
    )  # fmt: skip
    assert [one.id for one in view.ready()] == ["b", "c", "a", "f"]
    assert [one.id for one in view.ready("anna")] == ["e", "b", "c", "a", "f"]
    assert [one.id for one in view.ready("ben")] == ["b", "c", "a", "f"]
    assert [view.tasks[key].priority for key in "abcf"] == [2, 0, 1, 2]


def test_evidence_adds_up() -> None:
    view = fold({"evidence": "x"}, {"task": "a", "evidence": ["y", "x", 7, " "]})
    assert view.tasks["a"].evidence == ("x", "y")


def test_a_task_told_again_is_the_same_task() -> None:
    first = Said("a", 1, title="Show the line", kind="task")
    again = Said("b", 2, {"status": DONE}, "Show the line", "a", "task")
    below = Said("c", 3, {}, "Test it", "a", "task")
    view = tasks.fold([below, again, first])
    assert {key: one.status for key, one in view.tasks.items()} == {"a": DONE, "c": OPEN}
    assert view.tasks["a"].children == ("c",)


def fields(some: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "status": st.sampled_from([*tasks.STATUSES, "odd", ""]),
        "type": st.sampled_from([*tasks.TYPES, "bug"]),
        "task": some,
        "goal": some,
        "milestone": some,
        "part-of": some,
        "blocked-by": st.one_of(some, st.lists(some, max_size=3)),
        "depends-on": st.lists(some, max_size=2),
        "unblocked-from": some,
        "claimed-by": st.sampled_from(["anna", "ben", ""]),
        "priority": st.sampled_from([0, 3, "p1", 7, None]),
    }


ENTRIES = entries(["task", "task", "note"], fields, ["", "one", "Two"])


@given(ENTRIES, st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(said: list[Said], chance: random.Random) -> None:
    assert_any_order(tasks.fold, "tasks", said, chance)


@given(ENTRIES)
def test_a_view_holds_together(said: list[Said]) -> None:
    view = tasks.fold(said)
    for key, one in view.tasks.items():
        assert one.status in tasks.STATUSES
        assert not one.blockers or one.status == BLOCKED
        assert not one.part_of or key in view.tasks[one.part_of].children
        assert not one.held_by or one.held_by in view.tasks
        assert set(one.blockers) <= set(one.needs)
        assert not one.contested or one.claim
        assert 0 <= one.done <= one.total
    told = [*view.open, *view.blocked, *view.done, *view.of(DROPPED), *view.goals, *view.milestones]
    assert sorted(one.id for one in told) == sorted(view.tasks)


# Circles, by all ways that there are instead of the search


def before(view: View, key: str) -> set[str]:
    """What can't be done later than a task: what it needs, its parts, what its wholes need."""
    one = view.tasks[key]
    wholes = [view.tasks[above] for above in view.above(key)]
    named = {*one.needs, *one.children, *(need for whole in wholes for need in whole.needs)}
    return named & set(view.tasks)


def is_circular(view: View) -> bool:
    left = {key: before(view, key) for key in view.tasks}
    while done := [key for key, some in left.items() if not some & set(left)]:
        for key in done:
            del left[key]
    return bool(left)


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    step = st.tuples(
        st.sampled_from(["add", "add", "block", "block"]), st.integers(0, 7), st.integers(0, 7)
    )
    return draw(st.lists(step, min_size=3, max_size=14))


@given(changes())
def test_a_circle_is_found_just_where_there_would_be_one(steps: list[tuple[str, int, int]]) -> None:
    said: list[Said] = []
    for number, (what, one, other) in enumerate(steps):
        view = tasks.fold(said)
        names = list(view.tasks)
        fields: dict[str, Any]
        if what == "add" or not names:
            needs = [names[one]] if one < len(names) else []
            part_of = names[other] if other < len(names) else ""
            key, fields = "", {"depends-on": needs, "part-of": part_of}
        else:
            key, needs, part_of = names[one % len(names)], [names[other % len(names)]], ""
            fields = {"task": key, "status": BLOCKED, "blocked-by": needs}
        after = [*said, Said(f"n{number:02}", number, fields, kind="task")]
        found = circle(view, key, needs, part_of)
        if key in needs:
            assert found == (key, key)
            continue
        assert bool(found) == is_circular(tasks.fold(after))
        if found:
            assert found[0] == found[-1] == key
        else:
            said = after
    assert circles(tasks.fold(said)) == []


def test_circles_that_are_there_are_told() -> None:
    view = fold({"blocked-by": "b"}, {"blocked-by": "c"}, {"blocked-by": "a"}, {"blocked-by": "a"})
    assert circles(view) == [("a", "b", "c", "a")]
    view = fold({"blocked-by": "b", "type": "goal"}, {"part-of": "a"})
    assert circles(view) == [("b", "b")]


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3), min_size=10))
def test_an_order_has_each_before_what_it_unlocks(wanted: dict[int, list[int]]) -> None:
    keys = [str(n) for n in range(10)]
    unlocks = {str(n): [str(it) for it in some if it > n] for n, some in wanted.items()}
    order = in_order(keys, unlocks)
    assert sorted(order) == keys
    for key, some in unlocks.items():
        assert all(order.index(key) < order.index(it) for it in some)
    circular = {str(n): [str(it) for it in some] for n, some in wanted.items()}
    assert sorted(in_order(keys, circular)) == keys


# Verbs, and two who use them without knowing of each other

VERBS: dict[str, Any] = {
    "start": lambda one, _: tasks.start(one),
    "block": lambda one, other: tasks.block(one, [other.id]),
    "wait": lambda one, _: tasks.block(one, reason="The heat pump is late."),
    "unblock": lambda one, _: tasks.unblock(one),
    "free": lambda one, other: tasks.unblock(one, of=[other.id]),
    "done": lambda one, _: tasks.done(one, evidence=["a.txt"]),
    "drop": lambda one, _: tasks.drop(one, "Nobody asked for it."),
    "claim": lambda one, other: tasks.claim(one, f"who{other.id}"),
    "release": lambda one, _: tasks.release(one),
    "add": lambda one, other: tasks.add(
        "More", about={"depends_on": [one.id], "part_of": other.id}
    ),
}


class Writer:
    """One who writes by a clock of their own, and knows only what they wrote themselves."""

    def __init__(self, name: str, known: list[Said]) -> None:
        self.name = name
        self.known = list(known)
        self.own: list[Said] = []

    def act(self, verb: str, one: int, other: int, moment: int) -> None:
        every = list(tasks.fold(self.known).tasks.values())
        draft = VERBS[verb](every[one % len(every)], every[other % len(every)])
        name = f"{self.name}{len(self.own)}"
        said = Said(name, moment, dict(draft.fields), draft.title, draft.parent, draft.kind)
        self.own.append(said)
        self.known.append(said)


ACTS = st.tuples(
    st.booleans(), st.sampled_from([*VERBS]), st.integers(0, 5), st.integers(0, 5),
    st.integers(0, 9),
)  # fmt: skip


@given(st.lists(ACTS, max_size=16), st.lists(st.booleans(), min_size=32, max_size=32))
def test_two_writers_fold_to_one_view_however_they_come_together(
    acts: list[tuple[bool, str, int, int, int]], turns: list[bool]
) -> None:
    shared = [Said(f"t{n}", n, {}, f"Task {n}", kind="task") for n in range(3)]
    anna, ben = Writer("a", shared), Writer("b", shared)
    for hers, verb, one, other, moment in acts:
        (anna if hers else ben).act(verb, one, other, moment)
    left = [list(anna.own), list(ben.own)]
    ways = (left[hers] or left[not hers] for hers in turns)
    mixed = [*shared, *(some.pop(0) for some in ways if some)]
    assert len(mixed) == 3 + len(acts)
    view = tasks.fold([*shared, *anna.own, *ben.own])
    assert tasks.fold(mixed) == view
    assert tasks.fold([*ben.own, *anna.own, *shared]) == view
    assert not view.astray
    assert not view.unclear
    said = {one.id for one in (*anna.own, *ben.own) if "task" not in one.fields}
    assert set(view.tasks) == {"t0", "t1", "t2"} | said


def task(**more: Any) -> Task:
    return fold({"status": OPEN, **more}).tasks["a"]


def test_verbs_say_what_they_do() -> None:
    one = task()
    draft = tasks.add("Bake", "Bread.", about={"type": "task", "priority": 2, "part_of": ""})
    assert (draft.kind, draft.title, draft.body, draft.fields) == ("task", "Bake", "Bread.", {})
    assert tasks.add("Bake", about={"priority": 0}).fields == {"priority": 0}
    assert tasks.done(one, actor="anna").actor == "anna"
    assert tasks.claim(one, " anna ").fields == {"task": "a", "claimed-by": "anna"}
    again = fold({}, {"task": "a", "claimed-by": ""}).tasks["a"]
    assert [tasks.claim(it, "x").token.split("/") for it in (one, again)] == [
        ["claim", "a", "0"],
        ["claim", "a", "1"],
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: tasks.add("  "),
        lambda: tasks.add("x", about={"type": "bug"}),
        lambda: tasks.add("x", about={"priority": 5}),
        lambda: tasks.add("x", about={"colour": "red"}),
        lambda: tasks.block(task()),
        lambda: tasks.drop(task(), " "),
    ],
)
def test_verbs_refuse_what_says_nothing(wrong: Any) -> None:
    with pytest.raises(UsageError) as caught:
        wrong()
    assert caught.value.kind == "bad-task"
    assert caught.value.hint
