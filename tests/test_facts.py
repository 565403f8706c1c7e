"""Facts: which are known after whatever was said, and the verbs that say so."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_decisions import Said
from test_schemas import faults

from journal import api, facts
from journal.cli.main import main
from journal.disputes import dispute, disputed
from journal.errors import UsageError
from journal.evidence import evidence
from journal.facts import KNOWN, RETRACTED, SUPERSEDED, verbs
from journal.selection import Selection


def told(*fields: dict[str, Any]) -> list[Said]:
    """Facts one after the other, the first called `a`, the next `b`, and so on."""
    return [Said("abcdefgh"[n], n, some, kind="fact") for n, some in enumerate(fields)]


CASES: list[tuple[list[dict[str, Any]], dict[str, str]]] = [
    ([{}], {"a": KNOWN}),
    ([{}, {"fact": "a", "status": "Retracted "}], {"a": RETRACTED}),
    ([{}, {"fact": "a", "status": RETRACTED}, {"fact": "b", "status": KNOWN}], {"a": KNOWN}),
    ([{}, {"supersedes": ["a"]}], {"a": SUPERSEDED, "b": KNOWN}),
    ([{}, {"supersedes": "a"}, {"supersedes": "b"}],
     {"a": SUPERSEDED, "b": SUPERSEDED, "c": KNOWN}),
    # What was superseded doesn't come back by itself …
    ([{}, {"supersedes": "a"}, {"fact": "b", "status": RETRACTED}],
     {"a": SUPERSEDED, "b": RETRACTED}),
    # … but if somebody says so.
    ([{}, {"supersedes": "a"}, {"fact": "a", "status": KNOWN}], {"a": KNOWN, "b": KNOWN}),
    ([{}, {"supersedes": "a"}, {"fact": "a", "status": RETRACTED}], {"a": RETRACTED, "b": KNOWN}),
    ([{}, {"supersedes": "a"}, {"fact": "a", "supersedes": "b"}], {"a": KNOWN, "b": SUPERSEDED}),
    ([{}, {"supersedes": "a"}, {"supersedes": "b"}, {"fact": "a", "supersedes": "c"}],
     {"a": KNOWN, "b": SUPERSEDED, "c": SUPERSEDED}),
    ([{"supersedes": ["a", "nowhere", 7]}], {"a": KNOWN}),
    ([{"status": "odd"}, {"fact": "a", "status": ["retracted"]}], {"a": KNOWN}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "wanted"), CASES)
def test_how_facts_stand(fields: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    found = facts.fold(told(*fields)).facts
    assert {key: one.status for key, one in found.items()} == wanted


def test_a_fact_knows_what_was_said_of_it() -> None:
    view = facts.fold(
        told(
            {"importance": 5, "subject": " Soup ", "evidence": ["x y.md", "z"]},
            {"fact": "a", "importance": "2", "evidence": "w"},
            {"fact": "a", "importance": 9},
            {"supersedes": "a"},
            {"fact": "gone", "status": RETRACTED},
        )
    )
    one = view.facts["a"]
    assert (one.importance, one.subject, one.evidence) == (2, "Soup", ("x y.md", "z", "w"))
    assert (one.status, one.superseded_by, one.status_by) == (SUPERSEDED, "d", "d")
    assert [entry.id for entry in view.changes["a"]] == ["a", "b", "c"]
    assert view.meant("c") is one
    assert view.meant("e") is None
    assert (view.unclear, view.astray) == (("c",), (("e", "gone"),))
    assert [fact.id for fact in view.known] == ["d"]
    assert facts.fold([]).known == []


@pytest.mark.parametrize("value", [0, 6, "7", "", True, 2.0, None, [3], "³"])
def test_what_is_no_importance(value: object) -> None:
    assert facts.importance(value) == 0
    assert facts.fold(told({"importance": value})).facts["a"].importance == facts.USUAL


@st.composite
def entries(draw: st.DrawFn) -> list[Said]:
    """A few facts that say all manner of things of each other, at equal times too."""
    names = [f"id{n}" for n in range(draw(st.integers(0, 9)))]
    some = st.sampled_from([*names, "nowhere"])
    fields = st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from([*facts.STATUSES, "odd", ""]),
            "fact": some,
            "importance": st.one_of(st.integers(-1, 7), st.text(max_size=2)),
            "supersedes": st.one_of(some, st.lists(some, max_size=3)),
            "evidence": st.lists(st.text(max_size=3), max_size=2),
        },
    )
    kinds = st.sampled_from(["fact", "fact", "note"])
    return [
        Said(name, draw(st.integers(0, 3)), draw(fields), "", draw(st.one_of(st.just(""), some)),
             draw(kinds))
        for name in names
    ]  # fmt: skip


@given(entries(), st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(said: list[Said], chance: random.Random) -> None:
    view = facts.fold(said)
    chance.shuffle(said)
    again = facts.fold(said)
    assert again == view
    assert list(again.facts) == list(view.facts)


@given(entries())
def test_every_fact_has_one_status_and_there_are_no_circles(said: list[Said]) -> None:
    found = facts.fold(said).facts
    for key, one in found.items():
        assert one.status in facts.STATUSES
        assert (one.status == SUPERSEDED) == bool(one.superseded_by)
        assert facts.LEAST <= one.importance <= facts.MOST
        seen = {key}
        while one.superseded_by:
            one = found[one.superseded_by]  # noqa: PLW2901
            assert one.id not in seen
            seen.add(one.id)


# The verbs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "workspace"
    shutil.copytree(
        ROOT / "sample_workspace", place, ignore=shutil.ignore_patterns(".journal", ".git")
    )
    return place


@pytest.fixture
def journal(root: Path) -> Iterator[api.Journal]:
    with api.open(str(root)) as opened:
        yield opened


def view_of(journal: api.Journal) -> facts.View:
    return facts.fold(journal.rows(Selection(kind="fact")))


def test_what_the_verbs_say_folds_to_what_was_meant(journal: api.Journal) -> None:
    draft = verbs.add(
        "Lemons go in last.", importance=5, subject="soup", evidence=["a.md"], actor="anna",
        role="cook",
    )  # fmt: skip
    first = journal.append(draft).id
    old = view_of(journal).facts[first]
    assert (old.importance, old.subject, old.evidence) == (5, "soup", ("a.md",))
    second = journal.append(verbs.supersede(old, "Lemons go in never.", actor="ben")).id
    new = view_of(journal).facts[second]
    assert (new.importance, new.subject, new.supersedes) == (5, "soup", (first,))
    third = journal.append(verbs.retract(new, "They do.", actor="anna")).id
    found = view_of(journal).facts
    assert (found[first].status, found[first].superseded_by) == (SUPERSEDED, second)
    assert (found[second].status, found[second].status_by) == (RETRACTED, third)
    quoted = journal.find(third)
    assert "never" not in quoted.title + quoted.body
    assert list(journal.catalog.stated("fact"))
    assert facts.fold(journal.catalog.stated("fact")).facts.keys() == found.keys()


def test_what_holds_no_longer_is_not_changed() -> None:
    view = facts.fold(told({}, {"supersedes": "a"}, {"fact": "b", "status": RETRACTED}))
    for key, kind in (("a", "fact-superseded"), ("b", "fact-retracted")):
        for verb in (verbs.supersede, verbs.retract):
            with pytest.raises(UsageError) as told_so:
                verb(view.facts[key], "why")
            assert told_so.value.kind == kind
            assert told_so.value.hint
    for text, matters in (("  ", 3), ("x", 6)):
        with pytest.raises(UsageError):
            verbs.add(text, importance=matters)


def test_evidence_is_an_entry_a_file_or_an_address(
    journal: api.Journal, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = root / "notes" / "deep"
    below.mkdir(parents=True)
    (below / "bench.md").write_text("x")
    outside = root.parent / "out.md"
    outside.write_text("x")
    monkeypatch.chdir(below)
    row = next(journal.rows(limit=1))
    given = [row.id[-8:], "bench.md:12", "../../../out.md", "https://example.org/a", row.id]
    wanted = [row.id, "notes/deep/bench.md:12", "../../../out.md", "https://example.org/a"]
    assert evidence(journal, given) == wanted
    for word in ("nothing", "bench.txt", "0"):
        with pytest.raises(UsageError) as told_so:
            evidence(journal, [word])
        assert told_so.value.kind == "unknown-evidence"


def test_a_dispute_names_the_other_entry(journal: api.Journal) -> None:
    row = next(journal.rows(limit=1))
    entry = journal.find(journal.append(dispute(row.id, "It isn't so.", actor="ben")).id)
    assert (disputed(entry), entry.parent, entry.kind) == ((row.id,), row.id, "note")
    assert not disputed(row)
    with pytest.raises(UsageError):
        dispute(row.id, " \n")


def test_a_change_goes_where_its_fact_is(journal: api.Journal) -> None:
    key = journal.append(verbs.add("It is so.", namespace="garden")).id
    rows = list(journal.rows(Selection(kind="fact", namespace="garden")))
    old = facts.fold(rows).facts[key]
    for act in (verbs.retract, verbs.supersede):
        with pytest.raises(UsageError, match="of the namespace garden, not main"):
            act(old, "No.", namespace="main")
        assert act(old, "No.", namespace="garden").namespace == "garden"


class Calls:
    """The verbs as they are typed, in one workspace."""

    def __init__(self, root: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capfd = capfd

    def text(self, *words: str, code: int = 0) -> tuple[str, str]:
        self._capfd.readouterr()
        found = main([*words, "--workspace", str(self.root)])
        out, err = self._capfd.readouterr()
        assert found == code, err
        return out, err

    def json(self, schema: str, *words: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.text(*words, "--json")[0])
        assert value["schema"] == f"journal/{schema}@1"
        assert not faults(schema, value), value
        return value


@pytest.fixture
def calls(root: Path, capfd: pytest.CaptureFixture[str]) -> Calls:
    return Calls(root, capfd)


def test_facts_on_the_command_line(calls: Calls) -> None:
    added = calls.json("fact", "fact", "add", "Lemons go in last.", "--importance", "5")["id"]
    new = calls.json("fact", "fact", "supersede", added, "Never.", "--actor", "ben")["id"]
    listed = calls.json("fact-list", "fact", "list", "--min-importance", "4")["facts"]
    assert [(one["id"], one["importance"]) for one in listed] == [(new, 5)]
    back = calls.json("fact", "fact", "retract", new, "--reason", "They do.")["id"]
    calls.json("dispute", "dispute", new, "Not so.", "--actor", "anna")
    shown = calls.json("fact-show", "fact", "show", back)["fact"]
    assert (shown["id"], shown["status"], shown["changes"]) == (new, "retracted", [back])
    assert shown["body"].strip() == "Never."
    every = calls.json("fact-list", "fact", "list", "--all")["facts"]
    assert {one["id"]: one["status"] for one in every if one["importance"] == 5} == {
        added: "superseded", new: "retracted"
    }  # fmt: skip
    text = calls.text("fact", "show", new)[0]
    assert f"retracted by {back[-8:]}, importance 5" in text
    assert "Not so." in text
    assert calls.text("fact", "list", "--min-importance", "4")[0] == ""


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("fact", "add", "x", "--evidence", "nowhere"), "unknown-evidence"),
        (("fact", "add", ""), "nothing-to-append"),
        (("fact", "show", "921WTZC4"), "no-fact"),
        (("fact", "retract", "KJZ00PT5", "--reason", " "), "nothing-to-append"),
        (("fact", "show", "00000000"), "entry-not-found"),
        (("dispute", "921WTZC4", " "), "nothing-to-append"),
    ],
)
def test_what_is_refused(calls: Calls, words: tuple[str, ...], kind: str) -> None:
    error = json.loads(calls.text(*words, "--json", code=2)[1])["error"]
    assert error["kind"] == kind
    assert error["hint"]


def test_a_hostile_fact_is_drawn_on_one_line(calls: Calls) -> None:
    calls.text("fact", "add", "red \x1b[31m\n# no heading", "--title", "a\u202eb")
    out = calls.text("fact", "list")[0]
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.count("\n") == 3


def test_what_is_forgotten_is_not_disputed(calls: Calls) -> None:
    key = calls.text("fact", "add", "It is so.")[0].strip()
    calls.text("forget", key, "--reason", "a slip")
    error = json.loads(calls.text("dispute", key, "It isn't.", "--json", code=2)[1])["error"]
    assert (error["kind"], error["hint"]) == ("entry-not-found", f"journal show {key[-8:]}")


def test_what_the_policy_keeps_nothing_of_is_no_fact(calls: Calls) -> None:
    key = calls.text("fact", "add", "It is so.")[0].strip()
    policy = "schema: journal/policy@1\ndefaults:\n  persist: none\n"
    (calls.root / "policy.yaml").write_text(policy, encoding="utf-8")
    for words in (["fact", "add", "x"], ["fact", "retract", key, "--reason", "x"],
                  ["dispute", key, "x"]):  # fmt: skip
        out, told = calls.text(*words)
        assert (out, "not kept" in told) == ("", True)
    assert calls.json("fact-show", "fact", "show", key)["fact"]["status"] == KNOWN
