"""Facts: which are known after whatever was said, and the verbs that say so."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import sample_at
from doors import Door
from hypothesis import given
from hypothesis import strategies as st
from said import Said, assert_any_order, assert_superseded_by_another, entries
from said import told as said_of

from journal import api, facts, knowing
from journal.disputes import dispute, disputed
from journal.errors import UsageError
from journal.evidence import evidence
from journal.facts import KNOWN, RETRACTED, SUPERSEDED, verbs
from journal.selection import Selection

told = partial(said_of, kind="fact")  # the first called `a`, the next `b`, and so on


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


def fields(some: st.SearchStrategy[str]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "status": st.sampled_from([*facts.STATUSES, "odd", ""]),
        "fact": some,
        "importance": st.one_of(st.integers(-1, 7), st.text(max_size=2)),
        "supersedes": st.one_of(some, st.lists(some, max_size=3)),
        "evidence": st.lists(st.text(max_size=3), max_size=2),
    }


ENTRIES = entries(["fact", "fact", "note"], fields)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(said: list[Said], chance: random.Random) -> None:
    assert_any_order(facts.fold, "facts", said, chance)


@given(ENTRIES)
def test_every_fact_has_one_status_and_there_are_no_circles(said: list[Said]) -> None:
    found = facts.fold(said).facts
    for one in found.values():
        assert one.status in facts.STATUSES
        assert facts.LEAST <= one.importance <= facts.MOST
    assert_superseded_by_another(found, SUPERSEDED)


# The verbs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return sample_at(tmp_path / "workspace")


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
    wanted = [row.id, "notes/deep/bench.md:12", "../out.md", "https://example.org/a"]
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


def test_facts_on_the_command_line(door: Door) -> None:
    added = door.json("fact", "add", "Lemons go in last.", "--importance", "5", schema="fact")["id"]
    new = door.json("fact", "supersede", added, "Never.", "--actor", "ben", schema="fact")["id"]
    listed = door.json("fact", "list", "--min-importance", "4", schema="fact-list")["facts"]
    assert [(one["id"], one["importance"]) for one in listed] == [(new, 5)]
    back = door.json("fact", "retract", new, "--reason", "They do.", schema="fact")["id"]
    door.json("dispute", new, "Not so.", "--actor", "anna", schema="dispute")
    shown = door.json("fact", "show", back, schema="fact-show")["fact"]
    assert (shown["id"], shown["status"], shown["changes"]) == (new, "retracted", [back])
    assert shown["body"].strip() == "Never."
    every = door.json("fact", "list", "--all", schema="fact-list")["facts"]
    assert {one["id"]: one["status"] for one in every if one["importance"] == 5} == {
        added: "superseded", new: "retracted"
    }  # fmt: skip
    text = door.text("fact", "show", new)[0]
    assert f"retracted by {back[-8:]}, importance 5" in text
    assert "Not so." in text
    assert door.text("fact", "list", "--min-importance", "4")[0] == ""


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
def test_what_is_refused(door: Door, words: tuple[str, ...], kind: str) -> None:
    error = door.error(*words)
    assert error["kind"] == kind
    assert error["hint"]


def test_a_hostile_fact_is_drawn_on_one_line(door: Door) -> None:
    door.text("fact", "add", "red \x1b[31m\n# no heading", "--title", "a\u202eb")
    out = door.text("fact", "list")[0]
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.count("\n") == 3


def test_what_is_forgotten_is_not_disputed(door: Door) -> None:
    key = door.id("fact", "add", "It is so.")
    door.text("forget", key, "--reason", "a slip")
    error = door.error("dispute", key, "It isn't.")
    assert error["kind"] == "entry-not-found"
    assert f"journal forget {key[-8:]} --unforget" in error["hint"]
    door.text("forget", key, "--reason", "a slip", "--purge")
    error = door.error("dispute", key, "It isn't.")
    assert (error["kind"], error["hint"]) == ("entry-not-found", f"journal show {key[-8:]}")


def test_what_is_no_fact_says_why(door: Door) -> None:
    purged, gone = (door.id("fact", "add", text) for text in ("One.", "Two."))
    note = door.id("append", "A note.")
    door.text("forget", purged, "--reason", "no", "--purge")
    door.text("forget", gone, "--reason", "no")
    for key, why in (
        (purged, "was purged"), (gone, "was forgotten"), (note, "is no fact, but of the kind note")
    ):  # fmt: skip
        error = door.error("fact", "show", key)
        assert (error["kind"], f"{key[-8:]} {why}" in error["message"]) == ("no-fact", True)
    with api.open(str(door.root)) as journal:
        assert {gone, purged}.isdisjoint(knowing.view(journal).facts)
        one = door.id("fact", "add", "Three.")
        assert knowing.meant(journal, one[-8:])[0].title == "Three."
        assert not knowing.view(journal, "garden").facts


@pytest.mark.parametrize("how", ["policy", "off"])
def test_what_is_not_kept_says_so_in_json(door: Door, how: str) -> None:
    fact = door.json("fact", "add", "It is so.", schema="fact")
    assert fact["kept"] is True
    if how == "off":
        settings = door.root / "journal.toml"
        text = settings.read_text(encoding="utf-8")
        assert "enabled = true" in text
        settings.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
    else:
        policy = "schema: journal/policy@1\ndefaults:\n  persist: none\n"
        (door.root / "policy.yaml").write_text(policy, encoding="utf-8")
    for schema, *words in (
        ("fact", "fact", "add", "x"), ("dispute", "dispute", fact["id"], "x"),
        ("summarize", "summarize", "--since", "2026", "x y"), ("decision-change", "decide", "x"),
    ):  # fmt: skip
        assert door.json(*words, schema=schema)["kept"] is False
        assert door.text(*words)[0] == ""


def test_what_the_policy_keeps_nothing_of_is_no_fact(door: Door) -> None:
    key = door.id("fact", "add", "It is so.")
    policy = "schema: journal/policy@1\ndefaults:\n  persist: none\n"
    (door.root / "policy.yaml").write_text(policy, encoding="utf-8")
    for words in (["fact", "add", "x"], ["fact", "retract", key, "--reason", "x"],
                  ["dispute", key, "x"]):  # fmt: skip
        out, told = door.text(*words)
        assert (out, "not kept" in told) == ("", True)
    assert door.json("fact", "show", key, schema="fact-show")["fact"]["status"] == KNOWN
