"""Decisions of a real journal: verbs, dates, drift against real git, DECISIONS.md, the doors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from doors import Door
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import api, deciding, decisions, forgetting, gitchanges
from journal.deciding import rendering
from journal.deciding.drift import drift
from journal.decisions import Case, page
from journal.entry import Draft
from journal.errors import UsageError
from journal.rendered import COMMANDS, DECISIONS, is_rendered
from journal.status import status
from journal.status.page import write
from journal.workspace import init


def statuses(door: Door, *words: str) -> dict[str, str]:
    listed = door.json("decision", "list", "--all", *words)["decisions"]
    return {one["title"]: one["status"] for one in listed}


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


# The verbs


def test_a_decision_is_proposed_accepted_and_superseded(door: Door) -> None:
    old = door.id("decide", "Grep", "--because", "Few entries.", "--option", "SQLite")
    new = door.id("decide", "SQLite", "--status", "proposed", "--supersedes", old)
    assert statuses(door) == {"SQLite": "proposed", "Grep": "accepted"}
    out, _ = door.text("decision", "accept", new[-8:], "It is there.")
    assert out == (
        f"{old[-8:]} is superseded by {new[-8:]}: Grep\n{new[-8:]} is accepted: SQLite\n"
    )
    assert statuses(door) == {"SQLite": "accepted", "Grep": "superseded"}
    shown = door.json("decision", "show", old)
    assert shown["decision"]["superseded_by"] == new
    assert shown["decision"]["body"].startswith("## Context\n\nFew entries.")
    assert [one["what"] for one in shown["history"]] == ["decided", "superseding", "superseded"]
    assert door.json("decision", "history", new)["history"][-1]["title"].endswith("It is there.")
    listed, _ = door.text("decision", "list")
    assert [line.split()[1] for line in listed.splitlines()] == [new[-8:]]
    text, _ = door.text("decision", "show", new)
    assert f"supersedes {old[-8:]} Grep" in text
    assert "accepted since" in text


def test_supersede_reject_and_deprecate(door: Door) -> None:
    one, two, three = (door.id("decide", name) for name in ("One", "Two", "Three"))
    told = door.json("decision", "supersede", one, "--by", two, "Better.")
    assert [it["status"] for it in told["decisions"]] == ["superseded"]
    door.text("decision", "deprecate", two, "Worse.")
    door.text("decision", "reject", three)
    assert statuses(door) == {"One": "superseded", "Two": "deprecated", "Three": "rejected"}
    door.text("decision", "accept", one, "After all.")
    assert statuses(door, "--status", "accepted")["One"] == "accepted"
    _, err = door.text("decision", "accept", one, code=2)
    assert "is accepted already" in err


def test_two_proposals_are_in_conflict_until_one_is_accepted(door: Door) -> None:
    one = door.id("decide", "Grep", "--status", "proposed", "--subject", "Search")
    _, err = door.text("decide", "SQLite", "--status", "proposed", "--subject", "search")
    assert f"in conflict with {one[-8:]}" in err
    found = door.json("decision", "list")
    assert len(found["conflicts"]) == 1
    assert all(it["conflicts"] for it in found["decisions"])
    listed, _ = door.text("decision", "list", "--subject", "SEARCH")
    assert listed.count("in conflict with") == 2
    _, err = door.text("decision", "accept", one)
    assert "is still proposed" in err
    assert door.json("decision", "list")["conflicts"] == []


def test_a_second_agents_disagreement_shows(door: Door) -> None:
    one = door.id("decide", "Grep", "--actor", "planner")
    other = door.id("decide", "SQLite", "--disputes", one[-8:], "--actor", "historian")
    note = door.text("dispute", one, "It isn't fast.", "--actor", "bench")[0].strip()
    listed, _ = door.text("decision", "list")
    assert f"Grep  disputed by {other[-8:]}, {note[-8:]}" in listed
    assert door.json("decision", "list")["decisions"][1]["disputed_by"] == [other, note]
    text, _ = door.text("decision", "show", one)
    assert f"disputed by {other[-8:]} SQLite" in text
    assert f"{note[-8:]}  disputed  bench  It isn't fast." in text
    steps = door.json("decision", "history", one)["history"]
    assert [it["what"] for it in steps] == ["decided", "disputed", "disputed"]
    _, err = door.text("decision", "accept", other)
    assert f"journal decision supersede {one[-8:]} --by {other[-8:]}" in err


def test_what_was_in_force_at_a_date(door: Door) -> None:
    with api.open(str(door.root)) as journal:
        old = journal.append(_dated("Grep", "2026-01-05T10:00:00", status="accepted"))
        journal.append(_dated("SQLite", "2026-02-05T10:00:00", supersedes=[old.id]))
    assert statuses(door, "--as-of", "2026-01-04") == {}
    assert statuses(door, "--as-of", "2026-01-05") == {"Grep": "accepted"}
    assert statuses(door, "--as-of", "2026-01") == {"Grep": "accepted"}
    assert statuses(door, "--as-of", "2026-02-05") == {"SQLite": "accepted", "Grep": "superseded"}
    assert door.json("decision", "list", "--as-of", "2026-01-05")["as_of"].startswith("2026-01-06")
    _, err = door.text("decision", "list", "--as-of", "whenever", code=2)
    assert "accepted:" in err


def _dated(title: str, at: str, **fields: Any) -> Draft:
    return Draft(body=title, title=title, kind="decision", fields=fields, at=at)


def test_a_namespace_has_its_own_decisions(door: Door) -> None:
    door.id("decide", "Here")
    there = door.id("decide", "There", "--namespace", "other")
    assert statuses(door) == {"Here": "accepted"}
    assert statuses(door, "--namespace", "other") == {"There": "accepted"}
    door.text("decision", "reject", there)
    assert statuses(door, "--namespace", "other") == {"There": "rejected"}


def test_python_does_what_the_command_line_does(journal: api.Journal) -> None:
    made = journal.append(decisions.decide("Grep", status="proposed"))
    journal.append(decisions.accept(deciding.view(journal), made.id, "Fast."))
    assert [one.title for one in deciding.view(journal).in_force] == ["Grep"]
    assert deciding.meant(journal, made.id[-8:])[2].standing.title.endswith(": Fast.")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decide", " "), "no title"),
        (("decide", "A", "--evidence", "nowhere.txt"), "no entry, file or address"),
        (("decide", "A", "--governs", "nowhere.txt"), "is not there"),
        (("decide", "A", "--governs", "/"), "outside of the repository"),
        (("decide", "A", "--supersedes", "ZZZZZZZZ"), "no entry"),
        (("decide", "A", "--part", "x"), "a part of what"),
        (("decision", "show", "ZZZZZZZZ"), "no entry"),
        (("decision", "export", "/proc/nowhere/adr"), "/proc/nowhere"),
    ],
)
def test_what_can_not_be_done_is_told(door: Door, words: tuple[str, ...], said: str) -> None:
    door.id("decide", "Grep")
    code = 10 if "export" in words else 2
    out, err = door.text(*words, code=code)
    assert (out, said in err, len(err.splitlines())) == ("", True, 2)
    assert len(statuses(door)) == 1


def test_only_decisions_are_shown_as_decisions(door: Door) -> None:
    note = door.text("append", "a note")[0].strip()
    _, err = door.text("decision", "show", note, code=2)
    assert "is no decision, but of the kind note" in err
    one = door.id("decide", "Grep")
    door.text("forget", one, "--reason", "no")
    _, err = door.text("decision", "show", one, code=2)
    assert "was forgotten" in err
    _, err = door.text("decide", "Not grep", "--disputes", one, code=2)
    assert f"{one[-8:]} was forgotten" in err
    door.text("forget", one, "--reason", "no", "--purge")
    for words in (("decision", "show", one), ("decide", "Not grep", "--disputes", one)):
        assert f"{one[-8:]} was purged" in door.text(*words, code=2)[1]
    assert statuses(door) == {}


def test_no_decision_goes_astray_in_another_namespace(door: Door) -> None:
    ours, theirs = door.id("decide", "Ours"), door.id("decide", "Theirs", "--namespace", "ops")
    more = door.id("decide", "More")
    for words in (
        ("decision", "deprecate", ours, "Why.", "--namespace", "ops"),
        ("decision", "supersede", ours, "--by", theirs),
        ("decision", "supersede", ours, "--by", more, "--namespace", "ops"),
        ("decide", "New", "--supersedes", ours, "--namespace", "ops"),
        ("decide", "New", "--supersedes", theirs),
    ):  # fmt: skip
        error = json.loads(door.text(*words, "--json", code=2)[1])["error"]
        assert error["kind"] == "other-namespace"
    door.text("forget", more, "--reason", "only for that")
    with api.open(str(door.root)) as journal:
        for space, title in (("main", "Ours"), ("ops", "Theirs")):
            view = deciding.view(journal, space)
            assert [(one.title, one.status) for one in view.decisions.values()] == [
                (title, "accepted")
            ]
            assert not view.astray
        draft = decisions.deprecate(deciding.view(journal, "ops"), theirs, "Why.", actor="anna")
        assert (draft.namespace, draft.actor) == ("ops", "anna")
    door.id("decide", "New", "--supersedes", theirs, "--namespace", "ops")
    assert statuses(door, "--namespace", "ops") == {"New": "accepted", "Theirs": "superseded"}
    door.text("decision", "deprecate", ours, "Why.")
    assert statuses(door) == {"Ours": "deprecated"}


def test_a_list_has_all_unless_told_how_many(door: Door) -> None:
    with api.open(str(door.root)) as journal:
        journal.notebook.append_many([decisions.decide(f"D{number}") for number in range(60)])
    assert len(door.text("decision", "list")[0].splitlines()) == 60
    assert len(door.json("decision", "list")["decisions"]) == 60
    assert len(door.text("decision", "list", "-n", "3")[0].splitlines()) == 3
    told = door.json("decision", "list", "-n", "3")
    assert (len(told["decisions"]), told["total"]) == (3, 60)


def test_governs_takes_one_file(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(door.root)
    for name in ("a.py", "b.py"):
        (door.root / name).write_text("1\n")
    one = door.text("decide", "--governs", "a.py", "--governs", "b.py", "Two files")[0].strip()
    shown = door.json("decision", "show", one)["decision"]
    assert (shown["title"], shown["governs"]) == ("Two files", ["a.py", "b.py"])


def test_a_history_is_in_order_in_text_and_json(door: Door) -> None:
    one = door.id("decide", "Grep")
    note = door.text("dispute", one, "It is slow.")[0].strip()
    door.text("decision", "deprecate", one, "It is.")
    changes = [row.split()[2] for row in door.text("decision", "history", one)[0].splitlines()]
    assert changes == [one[-8:], note[-8:], changes[2]]
    for verb in ("history", "show"):
        steps = door.json("decision", verb, one)["history"]
        assert [it["id"][-8:] for it in steps] == changes
        assert [it["what"] for it in steps] == ["decided", "disputed", "status"]
        assert (steps[1]["status"], steps[1]["other"]) == ("", "")
    text = door.text("decision", "show", one)[0]
    assert text.index(note[-8:]) < text.index(changes[2])
    assert "disputed by" not in door.text("decision", "history", one)[0]


def test_what_the_policy_keeps_nothing_of_is_no_decision(door: Door) -> None:
    one = door.id("decide", "Grep")
    policy = "schema: journal/policy@1\ndefaults:\n  persist: none\n"
    (door.root / "policy.yaml").write_text(policy, encoding="utf-8")
    out, err = door.text("decide", "SQLite")
    assert (out, "not kept" in err) == ("", True)
    told = door.json("decision", "reject", one)
    assert (told["kept"], told["decisions"]) == (False, [])
    assert statuses(door) == {"Grep": "accepted"}


def test_evidence_is_kept_from_the_root_on(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    (door.root / "deep" / "er").mkdir(parents=True)
    outside = door.root.parent / "outside.txt"
    outside.write_text("x")
    (door.root / "deep" / "inside.txt").write_text("x")
    monkeypatch.chdir(door.root / "deep" / "er")
    given = ("../../../outside.txt:3", str(outside), "../inside.txt")
    one = door.id("decide", "A", *(word for it in given for word in ("--evidence", it)))
    assert door.json("decision", "show", one)["decision"]["evidence"] == [
        "../outside.txt:3", str(outside), "deep/inside.txt",
    ]  # fmt: skip


def test_of_many_ids_the_first_are_told(door: Door) -> None:
    ids = [
        door.id("decide", f"No. {n}", "--status", "proposed", "--subject", "s") for n in range(5)
    ]
    _, err = door.text("decide", "Last", "--status", "proposed", "--subject", "s")
    first = ", ".join(one[-8:] for one in ids[:3])
    assert err == f"journal: in conflict with {first} and 2 more, until one is accepted\n"


# Drift


@pytest.fixture
def repository(door: Door) -> Door:
    (door.root / "src").mkdir()
    for name in ("src/a.py", "src/b.py", "c.py"):
        (door.root / name).write_text("1\n")
    git(door.root, "init", "-q")
    git(door.root, "add", "-A")
    git(door.root, "commit", "-qm", "first")
    return door


def changed(door: Door) -> dict[str, list[str]]:
    found = door.json("decision", "drift")["decisions"]
    return {one["title"]: one["changed"] for one in found if not one["trouble"]}


def test_drift_tells_which_governed_files_changed(
    repository: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = repository
    monkeypatch.chdir(door.root / "src")
    one = door.id("decide", "A", "--governs", "a.py", "--governs", "../c.py")
    door.id("decide", "Folder", "--governs", ".")
    door.id("decide", "Nothing")
    assert changed(door) == {}
    assert door.json("decision", "show", one)["decision"]["governs"] == ["src/a.py", "c.py"]
    Path("b.py").write_text("2\n")
    assert changed(door) == {"Folder": ["src/b.py"]}
    git(door.root, "commit", "-qam", "second")
    Path("a.py").unlink()
    assert changed(door) == {"A": ["src/a.py"], "Folder": ["src/a.py", "src/b.py"]}
    text, _ = door.text("decision", "drift")
    assert f"{one[-8:]}  A\n  changed since " in text
    git(door.root, "commit", "-qam", "third")
    door.text("decision", "accept", one, "It still holds.")
    assert changed(door) == {"Folder": ["src/a.py", "src/b.py"]}
    door.text("decision", "reject", one)
    Path("../c.py").write_text("2\n")
    assert "A" not in changed(door)


def test_drift_follows_rewritten_commits(repository: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door = repository
    monkeypatch.chdir(door.root)
    before = git(door.root, "rev-parse", "HEAD")[:12]
    door.id("decide", "A", "--governs", "c.py")
    Path("c.py").write_text("2\n")
    git(door.root, "commit", "-qa", "--amend", "-m", "again")
    after = git(door.root, "rev-parse", "HEAD")[:12]
    assert changed(door) == {"A": ["c.py"]}
    with api.open(str(door.root)) as journal:
        journal.append(
            Draft(body="x", kind="event", tags=("rewrite",), fields={"rewrote": [[before, after]]})
        )
    assert changed(door) == {}


def test_drift_tells_what_it_can_not_tell_and_who_contradicts(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(door.root)
    Path("a.py").write_text("1\n")
    one = door.id("decide", "No git", "--governs", "a.py")
    git(door.root, "init", "-q")
    door.id("decide", "Unborn", "--governs", "a.py")
    found = {it["title"]: it["trouble"] for it in door.json("decision", "drift")["decisions"]}
    assert found == {"No git": "no-git", "Unborn": "unborn"}
    text, _ = door.text("decision", "drift")
    assert text.count("whether its files changed can't be told: it ") == 2
    assert "told: it has no git anchor\n" in text
    assert "told: it was made before the first commit: accept it anew\n" in text
    door.id("decide", "Later", "--supersedes", one, "--part", "the name")
    with api.open(str(door.root)) as journal:
        found_parts = {it.decision.title: it.decision.parts for it in drift(journal)}
    assert found_parts["No git"][0][1] == "the name"
    assert "supersedes a part of it: the name" in door.text("decision", "drift")[0]


@pytest.mark.parametrize("commit", ["--output=x", "--output=../x", "-O x", "HEAD", "x" * 12, ""])
def test_an_anchor_that_is_no_commit_reaches_no_git(repository: Door, commit: str) -> None:
    before = sorted(repository.root.rglob("x"))
    assert gitchanges.since(str(repository.root), commit, ["c.py"]) is None
    assert sorted(repository.root.rglob("x")) == before
    assert not (repository.root.parent / "x").exists()


def test_a_forged_header_writes_nothing(repository: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door = repository
    monkeypatch.chdir(door.root)
    door.id("decide", "A", "--governs", "c.py")
    (day,) = (door.root / "journal").rglob("*.md")
    text = day.read_text(encoding="utf-8")
    day.write_text(re.sub("(?m)^git: .*$", "git: main@--output=c.py", text), encoding="utf-8")
    text, _ = door.text("decision", "drift")
    assert Path("c.py").read_text() == "1\n"
    assert "told: git has no commit --output=c.py here" in text


def test_what_is_gone_or_not_in_git_is_told(
    repository: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = repository
    monkeypatch.chdir(door.root)
    Path("new.py").write_text("1\n")
    one = door.id("decide", "New", "--governs", "new.py")
    door.id("decide", "Both", "--governs", "c.py", "--governs", "new.py")
    assert "told: git doesn't track new.py\n" in door.text("decision", "drift")[0]
    Path("c.py").write_text("2\n")
    found = {it["title"]: it for it in door.json("decision", "drift")["decisions"]}
    assert (found["New"]["changed"], found["New"]["trouble"]) == ([], "untracked")
    assert (found["Both"]["changed"], found["Both"]["untracked"]) == (["c.py"], ["new.py"])
    assert "whether others changed can't be told" in door.text("decision", "drift")[0]
    Path("new.py").unlink()
    assert changed(door) == {"New": ["new.py"], "Both": ["c.py", "new.py"]}
    door.text("decision", "accept", one, "It is nowhere still.")
    assert changed(door)["New"] == ["new.py"]


def test_what_was_decided_before_git_came_is_not_lost(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(door.root)
    Path("a.py").write_text("1\n")
    one = door.id("decide", "A", "--governs", "a.py")
    git(door.root.parent, "init", "-q")
    git(door.root.parent, "add", "-A")
    git(door.root.parent, "commit", "-qm", "first")
    door.text("decision", "accept", one, "It still holds.")
    assert changed(door) == {"A": ["a.py"]}


def test_drift_tells_why_git_does_not(repository: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door = repository
    monkeypatch.chdir(door.root)
    door.id("decide", "A", "--governs", "c.py")
    assert door.text("decision", "drift")[0] == ""
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(door.root))
    assert "told: git can't be asked: is it installed" in door.text("decision", "drift")[0]
    monkeypatch.setenv("PATH", path)
    index = Path(".git/index").read_bytes()
    Path(".git/index").write_bytes(b"no index")
    assert "told: git can't be asked: is it installed" in door.text("decision", "drift")[0]
    Path(".git/index").write_bytes(index)
    git(door.root, "checkout", "-q", "--orphan", "other")
    git(door.root, "commit", "-qm", "another first")
    git(door.root, "branch", "-D", git(door.root, "branch", "--format=%(refname:short)").split()[0])
    shutil.rmtree(".git/logs")
    git(door.root, "gc", "-q", "--prune=now")
    assert "told: git has no commit " in door.text("decision", "drift")[0]
    shutil.rmtree(".git")
    assert "told: no git repository is here\n" in door.text("decision", "drift")[0]


# DECISIONS.md


def test_the_page_grows_and_what_was_written_stays(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    before = ""
    one = two = ""
    for step in range(6):
        if step == 0:
            one = door.id(
                "decide", "Grep", "--because", "# Few\n\n```\n# entries", "--actor", "anna"
            )
        elif step == 1:
            two = door.id("decide", "SQLite [3]", "--status", "proposed", "--supersedes", one)
        elif step == 2:
            door.text("decision", "accept", two, "## It is there")
        elif step == 3:
            door.text("decision", "accept", two, "Still.")
        elif step == 4:
            door.text("decision", "reject", two, "No.")
        else:
            door.id("decide", "Third", "--disputes", one)
        text = file.read_text(encoding="utf-8")
        assert text.startswith(before)
        assert is_rendered(text, COMMANDS[DECISIONS])
        before = text
    assert f"[1. Grep](#{one}) is superseded by [2. SQLite \\[3\\]](#{two})." in before
    assert f"[1. Grep](#{one}) is accepted again." in before
    assert "### Few\n\n```\n# entries\n```\n" in before
    assert "### It is there" in before
    assert door.json("decision", "render")["changed"] is False
    file.unlink()
    door.text("decision", "render")
    assert file.read_text(encoding="utf-8") == before


def test_a_change_without_a_reason_says_it_once(door: Door) -> None:
    one, two, three = (door.id("decide", name) for name in ("One", "Two", "Three"))
    door.text("decision", "supersede", one, "--by", two)
    door.text("decision", "supersede", two, "--by", three, "--part", "the end")
    door.text("decision", "reject", three)
    door.text("decision", "accept", one, "As before.")
    text = (door.root / "DECISIONS.md").read_text(encoding="utf-8")
    for line in (
        f"[1. One](#{one}) is superseded by [2. Two](#{two}).",
        f"A part of [2. Two](#{two}) is superseded by [3. Three](#{three}): the end",
        f"[3. Three](#{three}) is rejected.", f"[1. One](#{one}) is accepted.\n\nAs before.",
    ):  # fmt: skip
        assert f"\n{line}\n" in text
    assert f"{three} is rejected" not in text
    assert "takes the place of" not in text
    with api.open(str(door.root)) as journal:
        read = journal.read(journal.rows(oldest=True))
        bodies = [piece.body.decode().strip() for _, piece in read][3:]
    assert bodies[:3] == [
        f"{two} takes the place of {one}.", f"{three} takes the place of a part of {two}.",
        f"{three} is rejected.",
    ]  # fmt: skip


def test_an_edited_page_is_left_alone(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    door.id("decide", "Grep")
    file.write_text(file.read_text().replace("Grep", "Gnu"))
    edited = file.read_bytes()
    out, err = door.text("decide", "SQLite")
    assert out.strip()
    assert "DECISIONS.md was edited" in err
    _, err = door.text("decision", "render", code=2)
    assert "stays as it is" in err
    assert file.read_bytes() == edited
    file.write_text("# Ours\n")
    assert door.text("decide", "Third")[1] == ""
    assert file.read_text() == "# Ours\n"
    file.unlink()
    door.text("decision", "render")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))  # a checkout on Windows
    assert "as it was" in door.text("decision", "render")[0]


def test_what_was_forgotten_is_not_on_the_page(journal: api.Journal) -> None:
    one = journal.append(decisions.decide("A secret plan", "about it"))
    journal.append(decisions.reject(deciding.view(journal), one.id))
    rendering.render(journal)
    forgetting.purge(journal, [one.id], "it is secret")
    assert not rendering.render(journal).left
    assert "secret" not in Path(journal.root, "DECISIONS.md").read_text(encoding="utf-8")


STEPS = st.lists(
    st.tuples(st.sampled_from(["decide", "accept", "reject", "deprecate", "supersede"]),
              st.integers(0, 5), st.integers(0, 5)),
    max_size=8,
)  # fmt: skip


def drafts(view: decisions.View, step: tuple[str, int, int]) -> Draft | None:
    """The draft of a step; None if it can't be."""
    what, one, two = step
    keys = list(view.decisions)
    if what == "decide" or not keys:
        takes = (keys[two % len(keys)],) if keys and one % 2 else ()
        status = ("proposed", "accepted", "rejected", "accepted")[two % 4]
        case = Case(supersedes=takes, subject=("", "a")[one % 2])
        return decisions.decide(f"No. {len(keys)}", "", case, status=status)
    first, second = keys[one % len(keys)], keys[two % len(keys)]
    try:
        if what == "supersede":
            return decisions.supersede(view, first, second)
        verb = {"accept": decisions.accept, "reject": decisions.reject}
        return verb.get(what, decisions.deprecate)(view, first)
    except UsageError:
        return None


@settings(max_examples=8)
@given(STEPS)
def test_every_page_begins_as_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    root = tmp_path_factory.mktemp("pages")
    init(str(root))
    before = ""
    with api.open(str(root)) as journal:
        for step in steps:
            if draft := drafts(deciding.view(journal), step):
                journal.append(draft)
                rows = deciding.rows(journal)
                text = page.page(rows, lambda key: f"body of {key}")
                assert text.startswith(before)
                assert page.page(reversed(rows), lambda key: f"body of {key}") == text
                before = text


def test_what_is_forgotten_or_purged_is_in_no_page(tmp_path: Path) -> None:
    init(str(tmp_path))
    with api.open(str(tmp_path)) as journal:
        ids = [
            journal.append(Draft(body=f"{word} text", title=f"{word} title", kind="decision")).id
            for word in ("Hidden", "Purged", "Other")
        ]
        rendering.render(journal)
        write(journal, status(journal))
        journal.catalog.catch_up()
        forgetting.hide(journal, journal.catalog.with_ids(ids[:1]), "not now")
        forgetting.purge(journal, ids[1:2], "never")
        for name in ("DECISIONS.md", "STATUS.md"):
            text = (tmp_path / name).read_text(encoding="utf-8")
            assert "Other title" in text
            assert "Purged" not in text
            assert "Hidden title" not in text
        (tmp_path / "DECISIONS.md").write_text("Other title, as Anna said", encoding="utf-8")
        done = forgetting.purge(journal, ids[2:], "neither")
        assert forgetting.left_behind(journal.root, done) == ["DECISIONS.md"]
