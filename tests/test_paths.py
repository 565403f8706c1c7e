"""Paths as a fold: the same from any order, from all entries or the telling ones; what is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal import paths
from journal.entry import Draft, Entry
from journal.errors import UsageError
from journal.paths import Path, View, fold, verbs
from journal.source import Source

START = datetime(2026, 11, 21, tzinfo=UTC)


def entry(name: str, turn: int = 0, **more: Any) -> Entry:
    """An entry of the session s; its moment says nothing of its place in the order."""
    given = {"kind": "message", "title": "", "session": "s", "namespace": "main"} | more
    moment = START + timedelta(seconds=hash_of(name) % 1000)
    return Entry(
        id=name, at="", moment=moment, turn=turn, source=Source("day.md", turn or 1), **given
    )


def hash_of(name: str) -> int:
    return sum(ord(char) * 31**at for at, char in enumerate(name))


def written(drafts: Iterable[Draft], session: str = "s") -> list[Entry]:
    """What becomes of drafts that are appended one after another."""
    found = []
    for turn, draft in enumerate(drafts, 1):
        found.append(
            entry(
                f"e{turn:04d}", turn, kind=draft.kind, title=draft.title, session=session,
                path=draft.path, parent=draft.parent, fields=dict(draft.fields),
                body=str(draft.body),
            )
        )  # fmt: skip
    return found


def of(view: View) -> dict[str, Path]:
    return view.of("main", "s")


def state(path: Path) -> tuple[object, ...]:
    return path.state, path.origin, path.before, path.into, path.reason, path.covers


def codes(view: View) -> list[str]:
    return [one.code for one in view.findings]


def telling(entries: Sequence[Entry]) -> list[Entry]:
    """Those that say what becomes of paths, and each path's first."""
    firsts: dict[tuple[str, str, str], Entry] = {}
    for one in sorted(entries, key=lambda one: (one.turn, one.microseconds, one.id)):
        firsts.setdefault((one.namespace, one.session, paths.path_of(one)), one)
    return [one for one in entries if one.kind in paths.KINDS or one in firsts.values()]


TALE = [
    entry("a", 1),
    entry("b", 2),
    entry("c", 3, path="try", kind="branch", parent="b", fields={"from": "main"}),
    entry("d", 4, path="try"),
    entry("e", 5),
    entry("f", 6, path="side"),
    entry("g", 7, kind="merge", fields={"merges": "try", "takes": "d"}),
    entry("h", 8, path="bad", parent="e"),
    entry("i", 9, path="bad", kind="abandon", body="\nToo slow\nby far"),
    entry("k", 10, kind="compact", fields={"covers": 4, "first": "a", "last": "g"}),
]


def test_where_paths_began_and_what_became_of_them() -> None:
    found = of(fold(TALE))
    assert {name: path.state for name, path in found.items()} == {
        "main": "compacted", "try": "merged", "side": "open", "bad": "abandoned",
    }  # fmt: skip
    main, tried, side, bad = (found[name] for name in ("main", "try", "side", "bad"))
    assert (tried.origin, tried.before, tried.into, tried.by) == ("b", "main", "main", "g")
    assert (tried.first, tried.last, tried.entries, tried.went_on) == ("c", "d", 2, False)
    assert (bad.reason, bad.origin, bad.before) == ("Too slow", "e", "")
    assert (main.summary, main.covers, main.entries, main.went_on) == ("k", 4, 5, False)
    assert (side.origin, side.went_on) == ("", False)
    assert not fold(TALE).findings, "a side path may begin without a parent"


def test_what_comes_after_is_going_on() -> None:
    later = [*TALE, entry("x", 11, path="try"), entry("y", 12, path="bad"), entry("z", 13)]
    assert [path.went_on for path in of(fold(later)).values()] == [True, True, False, True]


def test_the_last_word_counts() -> None:
    again = entry("x", 11, path="try", kind="abandon", body="no use")
    assert state(of(fold([*TALE, again]))["try"])[0] == "abandoned"
    merged = entry("x", 11, kind="merge", path="side", fields={"merges": "bad"})
    assert of(fold([*TALE, merged]))["bad"].into == "side"
    compacted = entry("x", 11, path="try", kind="compact", fields={"first": "c", "last": "d"})
    assert of(fold([*TALE, compacted]))["try"].state == "merged"


def test_what_counts_for_nothing() -> None:
    odd = [
        entry("m", 11, kind="abandon", body="never"),
        entry("n", 12, kind="merge", path="side", fields={"merges": "side"}),
        entry("o", 13, kind="merge", fields={"merges": 7, "takes": [8, ""]}),
        entry("p", 14, kind="summary", path="side", fields={"covers": 3}),
        entry("q", 15, kind="summary", path="side", fields={"stands-for": ["f"]}),
        entry("r", 16, session="", path="nowhere"),
    ]
    view = fold([*TALE, *odd])
    assert (of(view)["main"].state, of(view)["side"].state) == ("compacted", "open")
    assert codes(view) == ["unknown-path"]
    assert ("main", "", "nowhere") not in view.paths


def test_sessions_and_namespaces_have_paths_of_their_own() -> None:
    other = [replace(one, session="t", id=f"t{one.id}") for one in TALE[:2]]
    third = [replace(one, namespace="two", id=f"n{one.id}") for one in TALE[:2]]
    found = fold([*TALE, *other, *third]).paths
    assert sum(key[2] == "main" for key in found) == 3
    assert found["main", "t", "main"].state == "open"


def test_findings() -> None:
    assert codes(fold([entry("a", 1, parent="zz")])) == ["unknown-parent"]
    assert codes(fold([entry("a", 1, parent="zz")], [entry("zz", session="t")])) == []
    assert codes(fold([entry("a", 1, parent="a")])) == ["path-cycle"]
    assert codes(fold([entry("a", 1, parent="b"), entry("b", 2, parent="a")])) == ["path-cycle"]
    assert codes(fold([entry("a", 1, parent="b"), entry("b", 2)])) == ["path-cycle"]
    taken = entry("m", 3, kind="merge", fields={"merges": "main", "takes": ["a", "no"]})
    assert codes(fold([entry("a", 1), taken])) == ["unknown-parent"]
    twice = [
        entry("a", 1),
        entry("b", 2, kind="branch", path="try", parent="a"),
        entry("c", 3, kind="branch", path="try", parent="a"),
    ]
    (finding,) = fold(twice).findings
    assert (finding.code, finding.file, finding.line) == ("branched-twice", "day.md", 3)


def test_paths_that_begin_on_each_other_go_round() -> None:
    """What is between the entries that tell need not be there for it to be seen."""
    round_ = [
        entry("p1", 1, path="p", parent="q2"),
        entry("p2", 2, path="p"),
        entry("q1", 3, path="q", parent="p2"),
        entry("q2", 4, path="q"),
    ]
    assert codes(fold(round_)) == ["path-cycle"]
    assert codes(fold(telling(round_), [round_[1], round_[3]])) == ["path-cycle"]


IDS = st.sampled_from([f"e{number}" for number in range(12)])
NAMES = st.sampled_from(["", "main", "a", "b", "c"])


@st.composite
def entries(make: st.DrawFn) -> list[Entry]:
    """Anything: parents anywhere, ids twice, merges of what is not there."""
    found = []
    for number in range(make(st.integers(0, 14))):
        kind = make(st.sampled_from(["message", *paths.KINDS]))
        fields: dict[str, Any] = {
            "merges": make(NAMES), "takes": make(st.one_of(IDS, st.lists(IDS, max_size=3))),
        } if kind == "merge" else {}  # fmt: skip
        if kind in ("compact", "summary"):
            fields |= {"covers": make(st.integers(-1, 3)), "first": make(IDS), "last": make(IDS)}
        found.append(
            entry(
                make(st.one_of(st.just(f"e{number}"), IDS)), make(st.integers(0, 9)), kind=kind,
                path=make(NAMES), parent=make(st.one_of(st.just(""), IDS)), fields=fields,
                session=make(st.sampled_from(["s", "s", "t", ""])), body=kind,
            )
        )  # fmt: skip
    return found


@given(entries(), st.randoms(use_true_random=False))
def test_the_same_from_any_order(told: list[Entry], chance: random.Random) -> None:
    view = fold(told)
    mixed = list(told)
    chance.shuffle(mixed)
    assert fold(mixed) == view


@given(entries())
def test_the_same_from_what_tells_as_to_states(told: list[Entry]) -> None:
    unique = list({one.id: one for one in told}.values())
    some, every = fold(telling(unique)).paths, fold(unique).paths
    assert some.keys() == every.keys()
    for key, path in every.items():
        assert state(some[key]) == state(path)
        assert (some[key].first, some[key].by, some[key].ended) == (path.first, path.by, path.ended)


class Writer:
    """Somebody who works on paths of their own in a session that others share."""

    def __init__(self, name: str, steps: Sequence[int]) -> None:
        self.name = name
        self.steps = list(steps)
        self.done = 0

    def draft(self, told: list[Entry]) -> Draft:
        """Their next draft, by what is there."""
        mine = of(fold(told)) if told else {}
        talk = verbs.Talk("main", "s", mine, "main", self.name)
        open_ = [
            name
            for name, path in mine.items()
            if name.startswith(f"{self.name}/") and path.state in ("open", "compacted")
        ]
        step, self.done = self.steps[self.done], self.done + 1
        if step % 4 == 0 or not open_:
            name = f"{self.name}/{self.done}"
            return verbs.branch(talk, name, told[0], stay=True)
        name = sorted(open_)[step % len(open_)]
        path = mine[name]
        if step % 4 == 1:
            return verbs.merge(talk, name, ["it works"])
        if step % 4 == 2:
            return verbs.abandon(talk, name, f"reason {step}")
        if path.last == path.summary:
            return Draft(body="more", kind="message", session="s", path=name)
        covered = verbs.Covered(path.first, path.last, path.entries)
        return verbs.compact(talk, name, "so far", covered)


def played(steps: dict[str, list[int]], turns: Iterable[str]) -> dict[str, tuple[object, ...]]:
    """What becomes of the paths, without ids, where the writers act in these turns."""
    writers = {name: Writer(name, some) for name, some in steps.items()}
    told = [Draft(body="begins", session="s")]
    for name in turns:
        told.append(writers[name].draft(written(told)))
    view = fold(reversed(written(told)))
    assert not view.findings
    return {
        name: (path.state, path.before, path.into, path.reason, path.covers, path.went_on)
        for name, path in of(view).items()
        if name != "main"
    }


STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=6)


@given(STEPS, STEPS, st.randoms(use_true_random=False))
def test_two_writers_in_any_interleaving(
    one: list[int], two: list[int], chance: random.Random
) -> None:
    turns = ["x"] * len(one) + ["y"] * len(two)
    steps = {"x": one, "y": two}
    in_a_row = played(steps, turns)
    chance.shuffle(turns)
    assert played(steps, turns) == in_a_row


TALK = verbs.Talk("main", "s", of(fold(TALE)), "try", "anna")


def test_branch() -> None:
    draft = verbs.branch(TALK, "new", TALE[3])
    assert (draft.kind, draft.path, draft.parent, draft.session) == ("branch", "new", "d", "s")
    assert draft.fields == {"from": "try", "switched": "new"}
    assert (draft.title, draft.actor, draft.role) == ("Branched new from try", "anna", "system")
    assert draft.body == "The conversation goes on as new. new begins at d."
    stays = verbs.branch(TALK, "new", TALE[3], "Why not", stay=True)
    assert (stays.fields, stays.body) == ({"from": "try"}, "Why not")
    assert stays.title == "Branched new from try: Why not"
    assert verbs.branch(TALK, "new", TALE[3], "Why\nnot").title == "Branched new from try"
    other = verbs.branch(TALK, "new", entry("o", 1, session="t", path="x"))
    assert (other.title, other.parent) == ("Branched new from x of t", "o")
    assert other.fields == {"switched": "new"}


def test_merge() -> None:
    draft = verbs.merge(TALK, "side", ["FTS5 will do"])
    assert (draft.path, draft.fields) == ("try", {"merges": "side", "takes": "f"})
    assert (draft.title, draft.body) == ("Merged side into try: FTS5 will do", "FTS5 will do")
    away = verbs.merge(
        replace(TALK, current="side"), "side", ["one\nand more", "two"], ["a", "b", "a"], "main"
    )
    assert away.fields == {"merges": "side", "takes": ["a", "b"], "switched": "main"}
    assert (away.title, away.body) == ("Merged side into main", "- one\n  and more\n- two")


def test_of_several_conclusions_the_title_has_the_first() -> None:
    title = verbs.merge(TALK, "side", ["It is quick", "and small", "and free"]).title
    assert title == "Merged side into try: It is quick (and 2 more)"


def test_a_long_conclusion_stays_out_of_the_title() -> None:
    """Cut, it might hold half a secret that nothing recognises."""
    assert verbs.merge(TALK, "side", ["x" * 73]).title == "Merged side into try"


def test_abandon_goes_back_to_what_goes_on() -> None:
    assert verbs.abandon(TALK, "side", "no").fields == {}
    tale = [
        *TALE,
        entry("l", 11, path="deep", kind="branch", parent="h", fields={"from": "bad"}),
        entry("m", 12, path="high", kind="branch", parent="f", fields={"from": "side"}),
    ]
    talk = replace(TALK, paths=of(fold(tale)), current="deep")
    draft = verbs.abandon(talk, "deep", "too deep")
    assert draft.fields == {"switched": "main"}, "bad was abandoned"
    assert (draft.title, draft.body) == ("Abandoned deep: too deep", "too deep")
    high = verbs.abandon(replace(talk, current="high"), "high", "too high")
    assert high.fields == {"switched": "side"}


def test_switch_and_compact() -> None:
    draft = verbs.switch(TALK, "side")
    assert draft
    assert (draft.kind, draft.path) == ("event", "side")
    assert draft.fields == {"event": "switched", "switched": "side"}
    assert verbs.switch(TALK, "try") is None
    bare = replace(TALK, paths={"try": TALK.paths["try"]})
    assert verbs.switch(bare, "main"), "main is there, even if nothing was said on it"
    draft = verbs.compact(TALK, "side", "so far", verbs.Covered("f", "f", 1))
    assert draft.fields == {"covers": 1, "first": "f", "last": "f"}
    assert (draft.title, draft.body, draft.path) == ("Compacted side: 1 entry", "so far", "side")


REFUSED = [
    (lambda: verbs.branch(TALK, "side", TALE[0]), "path-exists", "journal path switch side"),
    (lambda: verbs.branch(TALK, "main", TALE[0]), "path-exists", "another name"),
    (lambda: verbs.branch(TALK, "no name", TALE[0]), "bad-name", "joined by '/'"),
    (lambda: verbs.switch(TALK, "sdie"), "unknown-path", "did you mean side?"),
    (lambda: verbs.switch(TALK, "zzzzz"), "unknown-path", "`journal path list`"),
    (lambda: verbs.switch(TALK, "bad"), "path-abandoned", "branch NEW --from i"),
    (lambda: verbs.switch(TALK, "-"), "bad-name", ""),
    (lambda: verbs.merge(TALK, "try", ["x"]), "same-path", "--into main"),
    (lambda: verbs.merge(TALK, "side", ["x"], (), "nope"), "unknown-path", ""),
    (lambda: verbs.merge(TALK, "side", ["x"], (), "bad"), "path-abandoned", "branch NEW --from i"),
    (lambda: verbs.merge(TALK, "side", [" "]), "no-conclusion", "--conclusion"),
    (lambda: verbs.merge(TALK, "try", ["x"], (), "side"), "path-merged", "show try"),
    (lambda: verbs.abandon(TALK, "main", "x"), "path-main", ""),
    (lambda: verbs.abandon(TALK, "bad", "x"), "path-abandoned", "show bad"),
    (lambda: verbs.abandon(TALK, "try", "x"), "path-merged", "show try"),
    (lambda: verbs.abandon(TALK, "side", " "), "usage", "--reason"),
    (lambda: verbs.compact(TALK, "main", "x", verbs.Covered("a", "k", 5)), "nothing-new", "--all"),
    (lambda: verbs.compact(TALK, "side", "\n", verbs.Covered("f", "f", 1)), "usage", "TEXT"),
]


@pytest.mark.parametrize(("act", "kind", "hint"), REFUSED)
def test_refused(act: Any, kind: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        act()
    assert caught.value.kind == kind
    assert hint in str(caught.value.hint)


def test_what_went_on_may_be_merged_or_abandoned_again() -> None:
    later = [*TALE, entry("x", 11, path="try"), entry("y", 12, path="bad")]
    talk = replace(TALK, paths=of(fold(later)), current="main")
    assert verbs.merge(talk, "try", ["more"]).fields["takes"] == "x"
    assert verbs.abandon(talk, "try", "after all")
    assert verbs.abandon(talk, "bad", "again")
    assert verbs.merge(talk, "bad", ["one thing of it was good"])
