"""Decisions: which are in force after whatever was said, in whatever order it is read."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import Said, assert_any_order, assert_superseded_by_another, entries
from said import told as said_of

from journal import decisions
from journal.decisions import ACCEPTED, DEPRECATED, PROPOSED, REJECTED, SUPERSEDED
from journal.errors import UsageError

told = partial(said_of, kind="decision")


def statuses(*fields: dict[str, Any]) -> dict[str, str]:
    found = decisions.fold(told(*fields)).decisions
    return {key: one.status for key, one in found.items()}


CASES: list[tuple[list[dict[str, Any]], dict[str, str]]] = [
    ([{}], {"a": ACCEPTED}),
    ([{"status": "Proposed "}], {"a": PROPOSED}),
    ([{"status": PROPOSED}, {"decision": "a", "status": ACCEPTED}], {"a": ACCEPTED}),
    ([{}, {"decision": "a", "status": DEPRECATED}], {"a": DEPRECATED}),
    # What changes a change changes the decision.
    ([{}, {"decision": "a", "status": REJECTED}, {"decision": "b", "status": ACCEPTED}],
     {"a": ACCEPTED}),
    ([{}, {"supersedes": "a"}], {"a": SUPERSEDED, "b": ACCEPTED}),
    ([{}, {}, {"supersedes": ["a", "b"]}], {"a": SUPERSEDED, "b": SUPERSEDED, "c": ACCEPTED}),
    # A proposal supersedes nothing until it is accepted.
    ([{}, {"supersedes": "a", "status": PROPOSED}], {"a": ACCEPTED, "b": PROPOSED}),
    ([{}, {"supersedes": "a", "status": PROPOSED}, {"decision": "b", "status": ACCEPTED}],
     {"a": SUPERSEDED, "b": ACCEPTED}),
    ([{}, {"supersedes": "a"}, {"decision": "b", "status": REJECTED}],
     {"a": ACCEPTED, "b": REJECTED}),
    # What was superseded by what is given up by now doesn't come back by itself …
    ([{}, {"supersedes": "a"}, {"decision": "b", "status": DEPRECATED}],
     {"a": SUPERSEDED, "b": DEPRECATED}),
    ([{}, {"supersedes": "a"}, {"supersedes": "b"}],
     {"a": SUPERSEDED, "b": SUPERSEDED, "c": ACCEPTED}),
    # … but if somebody says so.
    ([{}, {"supersedes": "a"}, {"decision": "a", "status": ACCEPTED}],
     {"a": ACCEPTED, "b": ACCEPTED}),
    ([{}, {"supersedes": "a"}, {"decision": "a", "supersedes": "b"}],
     {"a": ACCEPTED, "b": SUPERSEDED}),
    ([{}, {"supersedes": "a"}, {"supersedes": "b"}, {"decision": "a", "supersedes": "c"}],
     {"a": ACCEPTED, "b": SUPERSEDED, "c": SUPERSEDED}),
    # Nothing supersedes itself, nor what isn't there.
    ([{"supersedes": ["a", "nowhere", 7, {"x": "y"}]}], {"a": ACCEPTED}),
    ([{"supersedes": {"not": "a list"}, "status": ["accepted"]}], {"a": ACCEPTED}),
    # Two that are about each other are about themselves.
    ([{"decision": "b"}, {"decision": "a", "status": REJECTED}], {"a": ACCEPTED, "b": REJECTED}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "wanted"), CASES)
def test_how_decisions_stand(fields: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    assert statuses(*fields) == wanted


def test_a_decision_knows_who_says_so() -> None:
    view = decisions.fold(
        told({}, {"supersedes": "a"}, {"decision": "b", "status": DEPRECATED}, {"status": "odd"})
    )
    a, b = view.decisions["a"], view.decisions["b"]
    assert (a.superseded_by, a.status_by) == ("b", "a")
    assert (b.supersedes, b.status_by, b.status) == (("a",), "c", DEPRECATED)
    assert view.unclear == ("d",)
    assert view.in_force == [view.decisions["d"]]
    assert decisions.fold([]).in_force == []


def test_a_change_of_what_is_not_there_is_astray() -> None:
    view = decisions.fold(told({}, {"decision": "gone", "status": REJECTED}, {"decision": "b"}))
    assert list(view.decisions) == ["a"]
    assert view.astray == (("b", "gone"),)


def test_what_people_write_by_hand() -> None:
    whole = "01M7MDPME34KQ7GZYJ8C80T317"
    first = Said(whole, 5, title="Search with SQLite")
    by_ending = Said("b" * 26, 6, {"supersedes": "8c80t317"})
    assert decisions.fold([first, by_ending]).decisions[whole].superseded_by == "b" * 26
    short = Said("b" * 26, 6, {"supersedes": "T317"})
    assert decisions.fold([first, short]).decisions[whole].status == ACCEPTED
    twin = Said("01AAAAAAAAAAAAAAAA8C80T317"[:18] + "8C80T317", 7)
    assert decisions.fold([first, twin, by_ending]).decisions[whole].status == ACCEPTED
    # A clock that goes wrong: what is said of it comes after it all the same.
    early = Said("c", 1, {"status": REJECTED}, "search  WITH sqlite", parent=whole)
    assert decisions.fold([first, early]).decisions[whole].status == REJECTED
    open_one = replace(first, fields={"status": PROPOSED})
    assert decisions.fold([open_one, early]).decisions[whole].status == REJECTED
    other = Said("c", 9, {"status": REJECTED}, "Search with grep", parent=whole)
    assert set(decisions.fold([first, other]).decisions) == {whole, "c"}
    task = Said("d", 9, {"decision": whole, "status": REJECTED}, kind="task")
    assert decisions.fold([first, task]).decisions[whole].status == ACCEPTED


def fields(some: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "status": st.sampled_from([*decisions.STATUSES, "odd", ""]),
        "decision": some,
        "supersedes": st.one_of(some, st.lists(some, max_size=3)),
        "disputes": some,
        "subject": st.sampled_from(["one", "two", ""]),
        "part": st.sampled_from(["a part", " "]),
    }


ENTRIES = entries(["decision", "decision", "note"], fields, ["", "one", "Two"])


@given(ENTRIES, st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(said: list[Said], chance: random.Random) -> None:
    assert_any_order(decisions.fold, "decisions", said, chance)


@given(ENTRIES)
def test_every_decision_has_one_status_and_there_are_no_circles(said: list[Said]) -> None:
    found = decisions.fold(said).decisions
    assert {one.status for one in found.values()} <= set(decisions.STATUSES)
    assert_superseded_by_another(found, SUPERSEDED)


# Conflicts, parts, disagreement


def conflicts(*fields: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = decisions.fold(told(*fields)).decisions
    return {key: one.conflicts for key, one in found.items() if one.conflicts}


OPEN_A = {"status": PROPOSED, "subject": "Search"}
OPEN_B = {"status": PROPOSED, "subject": " search "}

CONFLICTS: list[tuple[list[dict[str, Any]], dict[str, tuple[str, ...]]]] = [
    ([OPEN_A], {}),
    ([OPEN_A, OPEN_B], {"a": ("b",), "b": ("a",)}),
    ([OPEN_A, OPEN_B, OPEN_A], {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}),
    ([OPEN_A, {"status": PROPOSED, "subject": "storage"}], {}),
    ([{"status": PROPOSED}, {"status": PROPOSED}], {}),
    # Until one is accepted, be it of three, be it made so …
    ([OPEN_A, OPEN_B, {"decision": "a", "status": ACCEPTED}], {}),
    ([OPEN_A, OPEN_B, OPEN_A, {"decision": "a", "status": ACCEPTED}], {}),
    ([OPEN_A, OPEN_B, {"subject": "SEARCH"}], {}),
    # … which says nothing of what is proposed after that.
    ([OPEN_A, {"decision": "a", "status": ACCEPTED}, OPEN_B], {}),
    ([OPEN_A, {"decision": "a", "status": ACCEPTED}, OPEN_B, OPEN_B],
     {"c": ("d",), "d": ("c",)}),
    ([OPEN_A, OPEN_B, {"decision": "a", "status": REJECTED}], {}),
    # Who disputes a proposal is on its subject, whether it has one or not.
    ([OPEN_A, {"status": PROPOSED, "disputes": "a"}], {"a": ("b",), "b": ("a",)}),
    ([{"status": PROPOSED}, {"status": PROPOSED, "disputes": "a"}], {"a": ("b",), "b": ("a",)}),
    ([{}, {"status": PROPOSED, "disputes": "a"}], {}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "wanted"), CONFLICTS)
def test_which_proposals_are_in_conflict(
    fields: list[dict[str, Any]], wanted: dict[str, tuple[str, ...]]
) -> None:
    assert conflicts(*fields) == wanted
    groups = decisions.fold(told(*fields)).conflicts
    assert {one.id for group in groups for one in group} == set(wanted)
    assert len(groups) == bool(wanted)


def test_all_of_a_conflict_share_one_group() -> None:
    found = decisions.fold(told(*[OPEN_A] * 3)).decisions
    assert len({id(one.group) for one in found.values()}) == 1


def test_who_disagrees_shows_until_it_is_rejected() -> None:
    first = [{}, {"status": PROPOSED, "disputes": "a"}]
    view = decisions.fold(told(*first))
    assert view.decisions["a"].disputed_by == ("b",)
    assert view.decisions["b"].disputes == ("a",)
    view = decisions.fold(told(*first, {"decision": "b", "status": REJECTED}))
    assert view.decisions["a"].disputed_by == ()


def test_a_part_leaves_the_rest_in_force() -> None:
    by = {"supersedes": "a", "part": "the ranges"}
    view = decisions.fold(told({}, by))
    assert view.decisions["a"].status == ACCEPTED
    assert view.decisions["a"].parts == (("b", "the ranges"),)
    assert decisions.fold(told({}, by | {"status": PROPOSED})).decisions["a"].parts == ()
    again = decisions.fold(told({}, by, {"decision": "a", "status": ACCEPTED}))
    assert again.decisions["a"].parts == ()  # it was confirmed since


def whats(decision: str, *fields: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = decisions.history(told(*fields), decision)
    return [(one.what, one.status, one.other) for one in found]


def test_the_history_of_a_decision() -> None:
    said = [
        {"status": PROPOSED}, {"decision": "a", "status": ACCEPTED},
        {"status": PROPOSED, "supersedes": "a"}, {"status": PROPOSED, "disputes": "a"},
        {"decision": "c", "status": ACCEPTED}, {"decision": "c", "status": REJECTED},
        {"decision": "a", "evidence": "https://example.org"},
    ]  # fmt: skip
    assert whats("a", *said) == [
        ("decided", PROPOSED, ""),
        ("status", ACCEPTED, ""),
        ("superseding", ACCEPTED, "c"),
        ("disputed", ACCEPTED, "d"),
        ("superseded", SUPERSEDED, "c"),
        ("status", ACCEPTED, "c"),
        ("said", ACCEPTED, ""),
    ]
    assert whats("c", *said[:3]) == [("decided", PROPOSED, "")]
    assert whats("b", *said)[0][0] == "decided"  # who names a change means the decision


@given(ENTRIES)
def test_the_history_ends_as_the_fold_does(said: list[Said]) -> None:
    for key, one in decisions.fold(said).decisions.items():
        steps = decisions.history(said, key)
        assert steps[0].what == "decided"
        assert steps[-1].status == one.status


# The verbs


def drafted(draft: Any) -> tuple[str, str, dict[str, Any]]:
    assert draft.kind == "decision"
    return draft.title, draft.body, dict(draft.fields)


def test_a_decision_is_a_record_for_people_and_fields_for_programs() -> None:
    case = decisions.Case(
        because="It is slow.\n", consequences="Less code.", options=("Whoosh", " two\nlines "),
        evidence=("https://example.org",), governs=("a.py",), subject="search",
    )  # fmt: skip
    title, body, fields = drafted(decisions.decide("No index ", "We scan.", case))
    assert (title, fields["status"]) == ("No index", ACCEPTED)
    assert body == (
        "## Context\n\nIt is slow.\n\n## Options\n\n- Whoosh\n- two\n  lines\n\n"
        "## Decision\n\nWe scan.\n\n## Consequences\n\nLess code."
    )
    assert drafted(decisions.decide("A", "  the text\n"))[1] == "  the text"
    assert drafted(decisions.decide("A"))[1] == "A"
    other = decisions.decide("B", case=decisions.Case(disputes="x"))
    assert other.fields == {"status": PROPOSED, "disputes": "x"}


def test_verbs_change_what_the_fold_makes_of_it() -> None:
    view = decisions.fold(told({"status": PROPOSED}, {}))
    title, body, fields = drafted(decisions.accept(view, "a"))
    assert (title, body, fields) == (
        "Accepted: a", "a is accepted.", {"status": ACCEPTED, "decision": "a"},
    )  # fmt: skip
    assert decisions.reject(view, "a", "no " * 30).title == "Rejected: a"
    assert decisions.deprecate(view, "b", "Old.").title == "Deprecated: b: Old."
    assert decisions.accept(view, "b", "Still so.").title == "Accepted again: b: Still so."
    draft = decisions.supersede(view, "b", "a", part="the end")
    assert draft.fields == {"decision": "a", "supersedes": ["b"], "part": "the end"}


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        (lambda view: decisions.accept(view, "b"), "same-status"),
        (lambda view: decisions.accept(view, "zz"), "entry-not-found"),
        (lambda view: decisions.reject(view, "c"), "same-status"),
        (lambda view: decisions.supersede(view, "b", "b"), "usage"),
        (lambda view: decisions.supersede(view, "d", "b"), "same-status"),
        (lambda _: decisions.decide(" "), "usage"),
        (lambda _: decisions.decide("a", status="superseded"), "bad-status"),
        (lambda _: decisions.decide("a", case=decisions.Case(part="x")), "usage"),
    ],
)
def test_what_changes_nothing_is_refused(verb: Any, kind: str) -> None:
    said = told({"status": PROPOSED}, {}, {"status": REJECTED}, {}, {"decision": "b"})
    said[-1].fields["supersedes"] = "d"
    with pytest.raises(UsageError) as caught:
        verb(decisions.fold(said))
    assert (caught.value.kind, bool(caught.value.hint)) == (kind, True)
