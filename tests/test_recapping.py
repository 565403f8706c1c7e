"""Who did what, told from the entries alone: nothing left out, nothing forged, each line cited."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import sample_at
from doors import Door
from hypothesis import given
from hypothesis import strategies as st
from said import Said

from journal import api, decisions, facts, forgetting, tasks, workspace
from journal.disputes import dispute
from journal.entry import Draft
from journal.facts import verbs as fact_verbs
from journal.recapping import CONFLICT, DISAGREES, HANDED, Doing, Recap, recap, subjects
from journal.selection import Selection

CITE = re.compile(r"`([0-9A-Za-z-]{8})`")
LATER = "2026-11-20T10:0{}:00+01:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return sample_at(tmp_path / "workspace")


@pytest.fixture
def empty(tmp_path: Path) -> api.Journal:
    return api.open(workspace.init(str(tmp_path / "new")).root)


def view(journal: api.Journal, kind: str) -> Any:
    folds: dict[str, Any] = {"task": tasks.fold, "decision": decisions.fold, "fact": facts.fold}
    return folds[kind](journal.rows(Selection(kind=kind)))


def every_line(found: Recap) -> list[Doing]:
    return [one for day in found.days for part in day.parts for one in part.doings]


def test_every_line_cites_its_entry(journal: api.Journal) -> None:
    found = recap(journal)
    lines = [line for line in found.text().split("\n") if line.startswith("- ")]
    ids = {row.id[-8:] for row in journal.rows()}
    assert len(lines) > 15
    for line in lines:
        cites = CITE.findall(line)
        assert cites, line
        assert set(cites) <= ids
    told = sum(part.entries for day in found.days for part in day.parts)
    assert told == found.entries == journal.count()
    assert [day.day for day in found.days] == ["2026-11-17", "2026-11-18", "2026-11-19"]
    text = found.text()
    assert (
        "- Decided: Search without an index `921WTZC4`, in place of Search with SQLite FTS5"
        " `8C80T317`" in text
    )
    assert "- Done: Release notes for 0.4 `FM2G8A1G` on `EG636DEZ`" in text
    assert "### claude-code (assistant)" in text
    assert recap(journal).text() == text


def test_each_entry_is_told_or_counted_once(journal: api.Journal) -> None:
    journal.append(dispute("01M7SC7Y2PMKPY59AFKJZ00PT5", "No.", actor="ben"))
    journal.append(dispute("01M7SC7Y2PMKPY59AFKJZ00PT6", "Of what is not there.", actor="ben"))
    journal.append(Draft(body="Of none.", kind="task", fields={"task": "nowhere"}))
    found = recap(journal, Selection(since=next(journal.rows(oldest=True)).moment))
    for day in found.days:
        for part in day.parts:
            said = sum(count[1] for count in part.counts)
            assert len(part.doings) + said == part.entries
    assert len({one.entry.id for one in every_line(found)}) == len(every_line(found))


def test_only_what_is_asked_for(journal: api.Journal) -> None:
    anna = recap(journal, Selection(actor="anna"))
    assert anna.actors == ("anna",)
    assert anna.entries == journal.count(Selection(actor="anna"))
    assert {one.who for one in every_line(anna)} == {"anna"}
    assert recap(journal, Selection(actor="human")).entries == 1
    session = recap(journal, Selection(session="lost-creme-brulee"))
    assert session.entries == journal.count(Selection(session="lost-creme-brulee"))
    rows = list(journal.rows(oldest=True))
    some = recap(journal, Selection(since=rows[3].moment, until=rows[9].moment))
    assert some.entries == 6
    assert {one.entry.id for one in every_line(some)} <= {row.id for row in rows[3:9]}
    nothing = recap(journal, Selection(actor="nobody"))
    assert nothing.text() == "# What happened in `main`\n\nNothing.\n"


def test_the_week_that_ends_with_the_newest_entry(empty: api.Journal) -> None:
    for day in ("10-01", "11-13", "11-14", "11-20"):
        empty.append(Draft(body=day, at=f"2026-{day}T00:30:00"))
    assert [day.day for day in recap(empty).days] == ["2026-11-14", "2026-11-20"]


def test_who_claims_what_another_added_takes_over(empty: api.Journal) -> None:
    key = empty.append(tasks.add("Write it", actor="planner")).id
    empty.append(tasks.claim(view(empty, "task").tasks[key], "executor"))
    empty.append(tasks.done(view(empty, "task").tasks[key], actor="executor"))
    own = empty.append(tasks.add("Plan it", actor="planner")).id
    empty.append(tasks.claim(view(empty, "task").tasks[own], "planner"))
    found = recap(empty)
    assert [(one.notable, one.who, one.whose) for one in found.notable] == [
        (HANDED, "executor", "planner")
    ]
    verbs = [(one.who, one.verb) for one in every_line(found)]
    assert sorted(verbs) == [
        ("executor", "claimed"), ("executor", "done"), ("planner", "added"), ("planner", "added"),
        ("planner", "claimed"),
    ]  # fmt: skip
    assert "**Hand-over**" in found.text()
    (again,) = recap(empty, Selection(actor="planner")).notable
    assert again.record() == found.notable[0].record()


def test_a_proposal_that_another_accepts_or_rejects(empty: api.Journal) -> None:
    def propose(title: str) -> str:
        case = decisions.Case(subject=title)
        draft = decisions.decide(title, "", case, status="proposed")
        return empty.append(_by(draft, "planner")).id

    one, other = propose("Use SQLite"), propose("Use a server")
    empty.append(_by(decisions.accept(view(empty, "decision"), one, "Small."), "anna"))
    empty.append(_by(decisions.reject(view(empty, "decision"), other, "Too much."), "anna"))
    found = recap(empty)
    assert [(each.verb, each.notable, each.whose) for each in found.notable] == [
        ("accepted", HANDED, "planner"), ("rejected", DISAGREES, "planner")
    ]  # fmt: skip
    text = found.text()
    assert "Accepted: Use SQLite" in text
    assert "which planner proposed. Small." in text


def _by(draft: Draft, actor: str) -> Draft:
    from dataclasses import replace

    return replace(draft, actor=actor)


def test_proposals_in_conflict_stand_out_until_one_is_accepted(empty: api.Journal) -> None:
    case = decisions.Case(subject="Storage")
    keys = [
        empty.append(_by(decisions.decide(f"Use {n}", "", case, status="proposed"), who)).id
        for n, who in (("SQLite", "planner"), ("files", "historian"))
    ]
    found = recap(empty)
    assert [(one.notable, one.who, one.whose) for one in found.notable] == [
        (CONFLICT, "historian", "planner")
    ]
    assert f"`{keys[0][-8:]}`" in found.text().split("## What stands out")[1].split("## 20")[0]
    empty.append(_by(decisions.accept(view(empty, "decision"), keys[1]), "historian"))
    assert not recap(empty).notable


def test_how_a_task_went_on_is_told_with_its_reason(empty: api.Journal) -> None:
    key = empty.append(tasks.add("Write it")).id

    def say(act: Any, *words: Any) -> None:
        empty.append(act(view(empty, "task").tasks[key], *words))

    say(tasks.block, (), "The build is red.")
    say(tasks.unblock)
    say(tasks.done)
    say(tasks.start)
    say(tasks.start)
    say(tasks.drop, "Nobody asked.")
    found = recap(empty)
    assert [(one.verb, one.more) for one in every_line(found)] == [
        ("added", ""), ("blocked", ". The build is red."), ("unblocked", ""), ("done", ""),
        ("took up again", ""), ("started", ""), ("dropped", ". Nobody asked."),
    ]  # fmt: skip


def test_a_title_is_told_while_its_task_stands(empty: api.Journal) -> None:
    key = empty.append(tasks.add("Write it")).id
    done = empty.append(tasks.done(view(empty, "task").tasks[key], "It holds.")).id
    cite = f"`{done[-8:]}` on `{key[-8:]}`"
    assert f"- Done: Write it {cite}\n" in recap(empty).text()
    forgetting.hide(empty, [empty.look(key)[0]], "It slipped in.")
    text = recap(empty).text()
    assert "Write it" not in text
    assert f"- Wrote: Done: {key[-8:]}: It holds `{done[-8:]}`\n" in text


def test_a_status_without_a_reason_is_told_once(empty: api.Journal) -> None:
    one = empty.append(decisions.decide("Use SQLite", status="proposed")).id
    said = empty.append(decisions.reject(view(empty, "decision"), one)).id
    assert f"- Rejected: Use SQLite `{said[-8:]}` on `{one[-8:]}`\n" in recap(empty).text()


def test_a_disagreement_shows_with_what_it_is_about(empty: api.Journal) -> None:
    key = empty.append(fact_verbs.add("It takes 2 ms.", actor="executor")).id
    empty.append(dispute(key, "Measured on a laptop.", actor="historian"))
    empty.append(Draft(body="A note.", actor="historian"))
    found = recap(empty)
    (one,) = found.notable
    assert (one.notable, one.who, one.whose, one.about) == (
        DISAGREES, "historian", "executor", (key,)
    )  # fmt: skip
    assert "which executor said. Measured on a laptop." in one.line()
    (part,) = [part for part in found.days[0].parts if part.who == "historian"]
    assert [(count[0], count[1]) for count in part.counts] == [("note", 1)]


def test_many_lines_alike_are_folded_unless_all_are_asked_for(empty: api.Journal) -> None:
    empty.notebook.append_many([tasks.add(f"Task {n}", actor="planner") for n in range(40)])
    found = recap(empty)
    short, whole = found.text(), found.text(every=True)
    assert whole.count("\n- Added") == 40
    assert short.count("\n- Added") == 13
    assert "- Added: 28 up to `" in short
    assert "Task 39" in short
    assert "Task 0 " not in short


@pytest.mark.parametrize("field", ["title", "actor", "role"])
def test_nothing_forges_a_line(empty: api.Journal, field: str) -> None:
    for n, text in enumerate(("# What", "x\n## 2026-01-01", "- Decided: `AAAAAAAA`", "**a** `b`")):
        values: dict[str, Any] = {"body": "x", "kind": "decision", field: text}
        if field == "role" or (field == "title" and "\n" in text):
            values[field] = text.split("\n")[0].strip("#- *`:") or f"r{n}"
            values[field] = re.sub(r"[^A-Za-z]", "", values[field])
        if "\n" in str(values.get("actor", "")):
            continue
        empty.append(Draft(**values))
    found = recap(empty)
    for line in found.text().split("\n")[1:]:
        if line.startswith("#"):
            assert line.startswith(("### ", "## 2026-", "## What stands out"))
        if line.startswith("- "):
            assert not set(CITE.findall(line)) - {row.id[-8:] for row in empty.rows()}


# The doings of subjects, in any order of entries


class Named(Said):
    """With who said it."""

    __slots__ = ()
    role = ""
    session = ""

    @property
    def actor(self) -> str:
        return "abc"[self.microseconds % 3]


@st.composite
def entries(draw: st.DrawFn) -> list[Named]:
    """A few entries that say all manner of things of each other, at equal times too."""
    names = [f"id{n}" for n in range(draw(st.integers(0, 8)))]
    some = st.sampled_from([*names, "nowhere"])
    statuses = [*decisions.STATUSES, *tasks.STATUSES, *facts.STATUSES, "odd", ""]
    fields = st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(statuses),
            "decision": some,
            "task": some,
            "fact": some,
            "claimed-by": st.sampled_from(["a", "b", "", None]),
            "supersedes": st.one_of(some, st.lists(some, max_size=3)),
            "subject": st.just("one"),
            "disputes": some,
        },
    )
    kinds = st.sampled_from(["decision", "task", "fact"])
    return [
        Named(name, draw(st.integers(0, 3)), draw(fields), "", "", draw(kinds), "", "2026-11-21")
        for name in names
    ]


def lines(said: Sequence[Named]) -> list[str]:
    folds = (subjects.of_decisions, subjects.of_tasks, subjects.of_facts, subjects.conflicts)
    return [one.line() for fold in folds for one in fold(said)]


@given(entries(), st.randoms(use_true_random=False))
def test_any_order_tells_the_same(said: list[Named], chance: random.Random) -> None:
    told = lines(said)
    chance.shuffle(said)
    assert lines(said) == told
    assert len(told) <= 2 * len(said)


def test_on_the_command_line(door: Door) -> None:
    found = door.json("recap", "--since", "2026-11-18", "--actor", "anna", schema="recap")
    assert found["actors"] == ["anna"]
    assert [day["day"] for day in found["days"]] == ["2026-11-18", "2026-11-19"]
    door.text("dispute", "921WTZC4", "It is too slow.", "--actor", "ben")
    every = door.json("recap", "--since", "2026-11-17", schema="recap")
    assert [one["notable"] for one in every["notable"]] == ["disagreement"]
    text = door.text("recap", "--since", "2026-11-17")[0]
    assert "- **Disagreement**" in text
    assert door.text("recap", "--since", "2026-11-17", "--all")[0] == text
    assert "bad-time" in door.text("recap", "--since", "someday", "--json", code=2)[1]
