"""Decisions of a real journal: verbs, dates, drift against real git, DECISIONS.md, the doors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_schemas import faults

from journal import api, deciding, decisions, forgetting
from journal.cli.main import main
from journal.deciding import rendering
from journal.deciding.drift import drift
from journal.decisions import Case, page
from journal.entry import Draft
from journal.errors import UsageError
from journal.status import status
from journal.status.page import write
from journal.workspace import init


@dataclass(slots=True)
class Door:
    """A workspace, and the command line in this process."""

    root: Path
    capture: pytest.CaptureFixture[bytes]

    def run(self, *words: str, code: int = 0) -> tuple[str, str]:
        """What a call prints on stdout and on stderr."""
        self.capture.readouterr()
        verb, *rest = words
        assert main([verb, *rest, "--workspace", str(self.root)]) == code
        out, err = self.capture.readouterr()
        return out.decode(), err.decode()

    def json(self, *words: str) -> Any:
        found = json.loads(self.run(*words, "--json")[0])
        name = found["schema"].removeprefix("journal/").removesuffix("@1")
        assert not faults(name, found)
        return found

    def decide(self, title: str, *words: str) -> str:
        return self.run("decide", title, *words)[0].strip()

    def statuses(self, *words: str) -> dict[str, str]:
        listed = self.json("decision", "list", "--all", *words)["decisions"]
        return {one["title"]: one["status"] for one in listed}


@pytest.fixture
def door(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Door:
    init(str(tmp_path / "w"))
    return Door(tmp_path / "w", capfdbinary)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[api.Journal]:
    init(str(tmp_path / "j"))
    with api.open(str(tmp_path / "j")) as opened:
        yield opened


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


# The verbs


def test_a_decision_is_proposed_accepted_and_superseded(door: Door) -> None:
    old = door.decide("Grep", "--because", "Few entries.", "--option", "SQLite")
    new = door.decide("SQLite", "--status", "proposed", "--supersedes", old)
    assert door.statuses() == {"SQLite": "proposed", "Grep": "accepted"}
    out, _ = door.run("decision", "accept", new[-8:], "It is there.")
    assert out == (
        f"{old[-8:]} is superseded by {new[-8:]}: Grep\n{new[-8:]} is accepted: SQLite\n"
    )
    assert door.statuses() == {"SQLite": "accepted", "Grep": "superseded"}
    shown = door.json("decision", "show", old)
    assert shown["decision"]["superseded_by"] == new
    assert shown["decision"]["body"].startswith("## Context\n\nFew entries.")
    assert [one["what"] for one in shown["history"]] == ["decided", "superseding", "superseded"]
    assert door.json("decision", "history", new)["history"][-1]["title"].endswith("It is there.")
    listed, _ = door.run("decision", "list")
    assert [line.split()[1] for line in listed.splitlines()] == [new[-8:]]
    text, _ = door.run("decision", "show", new)
    assert f"supersedes {old[-8:]} Grep" in text
    assert "accepted since" in text


def test_supersede_reject_and_deprecate(door: Door) -> None:
    one, two, three = (door.decide(name) for name in ("One", "Two", "Three"))
    told = door.json("decision", "supersede", one, "--by", two, "Better.")
    assert [it["status"] for it in told["decisions"]] == ["superseded"]
    door.run("decision", "deprecate", two, "Worse.")
    door.run("decision", "reject", three)
    assert door.statuses() == {"One": "superseded", "Two": "deprecated", "Three": "rejected"}
    door.run("decision", "accept", one, "After all.")
    assert door.statuses("--status", "accepted")["One"] == "accepted"
    _, err = door.run("decision", "accept", one, code=2)
    assert "is accepted already" in err


def test_two_proposals_are_in_conflict_until_one_is_accepted(door: Door) -> None:
    one = door.decide("Grep", "--status", "proposed", "--subject", "Search")
    _, err = door.run("decide", "SQLite", "--status", "proposed", "--subject", "search")
    assert f"in conflict with {one[-8:]}" in err
    found = door.json("decision", "list")
    assert len(found["conflicts"]) == 1
    assert all(it["conflicts"] for it in found["decisions"])
    listed, _ = door.run("decision", "list", "--subject", "SEARCH")
    assert listed.count("in conflict with") == 2
    _, err = door.run("decision", "accept", one)
    assert "is still proposed" in err
    assert door.json("decision", "list")["conflicts"] == []


def test_a_second_agents_disagreement_shows(door: Door) -> None:
    one = door.decide("Grep", "--actor", "planner")
    other = door.decide("SQLite", "--disputes", one[-8:], "--actor", "historian")
    note = door.run("dispute", one, "It isn't fast.", "--actor", "bench")[0].strip()
    listed, _ = door.run("decision", "list")
    assert f"Grep  disputed by {other[-8:]}, {note[-8:]}" in listed
    assert door.json("decision", "list")["decisions"][1]["disputed_by"] == [other, note]
    text, _ = door.run("decision", "show", one)
    assert f"disputed by {other[-8:]} SQLite" in text
    assert f"{note[-8:]}  disputed  bench  It isn't fast." in text
    steps = door.json("decision", "history", one)["history"]
    assert [it["what"] for it in steps] == ["decided", "disputed", "disputed"]
    _, err = door.run("decision", "accept", other)
    assert f"journal decision supersede {one[-8:]} --by {other[-8:]}" in err


def test_what_was_in_force_at_a_date(door: Door) -> None:
    with api.open(str(door.root)) as journal:
        old = journal.append(_dated("Grep", "2026-01-05T10:00:00", status="accepted"))
        journal.append(_dated("SQLite", "2026-02-05T10:00:00", supersedes=[old.id]))
    assert door.statuses("--as-of", "2026-01-04") == {}
    assert door.statuses("--as-of", "2026-01-05") == {"Grep": "accepted"}
    assert door.statuses("--as-of", "2026-01") == {"Grep": "accepted"}
    assert door.statuses("--as-of", "2026-02-05") == {"SQLite": "accepted", "Grep": "superseded"}
    assert door.json("decision", "list", "--as-of", "2026-01-05")["as_of"].startswith("2026-01-06")
    _, err = door.run("decision", "list", "--as-of", "whenever", code=2)
    assert "accepted:" in err


def _dated(title: str, at: str, **fields: Any) -> Draft:
    return Draft(body=title, title=title, kind="decision", fields=fields, at=at)


def test_a_namespace_has_its_own_decisions(door: Door) -> None:
    door.decide("Here")
    there = door.decide("There", "--namespace", "other")
    assert door.statuses() == {"Here": "accepted"}
    assert door.statuses("--namespace", "other") == {"There": "accepted"}
    door.run("decision", "reject", there)
    assert door.statuses("--namespace", "other") == {"There": "rejected"}


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
    door.decide("Grep")
    code = 10 if "export" in words else 2
    out, err = door.run(*words, code=code)
    assert (out, said in err, len(err.splitlines())) == ("", True, 2)
    assert len(door.statuses()) == 1


def test_only_decisions_are_shown_as_decisions(door: Door) -> None:
    note = door.run("append", "a note")[0].strip()
    _, err = door.run("decision", "show", note, code=2)
    assert "no decision but of the kind note" in err
    one = door.decide("Grep")
    door.run("forget", one, "--reason", "no")
    _, err = door.run("decision", "show", one, code=2)
    assert "was forgotten" in err


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
    one = door.decide("A", "--governs", "a.py", "../c.py")
    door.decide("Folder", "--governs", ".")
    door.decide("Nothing")
    assert changed(door) == {}
    assert door.json("decision", "show", one)["decision"]["governs"] == ["src/a.py", "c.py"]
    Path("b.py").write_text("2\n")
    assert changed(door) == {"Folder": ["src/b.py"]}
    git(door.root, "commit", "-qam", "second")
    Path("a.py").unlink()
    assert changed(door) == {"A": ["src/a.py"], "Folder": ["src/a.py", "src/b.py"]}
    text, _ = door.run("decision", "drift")
    assert f"{one[-8:]}  A\n  changed since " in text
    git(door.root, "commit", "-qam", "third")
    door.run("decision", "accept", one, "It still holds.")
    assert changed(door) == {"Folder": ["src/a.py", "src/b.py"]}
    door.run("decision", "reject", one)
    Path("../c.py").write_text("2\n")
    assert "A" not in changed(door)


def test_drift_follows_rewritten_commits(repository: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door = repository
    monkeypatch.chdir(door.root)
    before = git(door.root, "rev-parse", "HEAD")[:12]
    door.decide("A", "--governs", "c.py")
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
    one = door.decide("No git", "--governs", "a.py")
    git(door.root, "init", "-q")
    door.decide("Unborn", "--governs", "a.py")
    found = {it["title"]: it["trouble"] for it in door.json("decision", "drift")["decisions"]}
    assert found == {"No git": "no-git", "Unborn": "no-commit"}
    text, _ = door.run("decision", "drift")
    assert text.count("can't be told") == 2
    door.decide("Later", "--supersedes", one, "--part", "the name")
    with api.open(str(door.root)) as journal:
        found_parts = {it.decision.title: it.decision.parts for it in drift(journal)}
    assert found_parts["No git"][0][1] == "the name"
    assert "supersedes a part of it: the name" in door.run("decision", "drift")[0]


# DECISIONS.md


def test_the_page_grows_and_what_was_written_stays(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    before = ""
    one = two = ""
    for step in range(6):
        if step == 0:
            one = door.decide("Grep", "--because", "# Few\n\n```\n# entries", "--actor", "anna")
        elif step == 1:
            two = door.decide("SQLite [3]", "--status", "proposed", "--supersedes", one)
        elif step == 2:
            door.run("decision", "accept", two, "## It is there")
        elif step == 3:
            door.run("decision", "accept", two, "Still.")
        elif step == 4:
            door.run("decision", "reject", two, "No.")
        else:
            door.decide("Third", "--disputes", one)
        text = file.read_text(encoding="utf-8")
        assert text.startswith(before)
        assert page.is_rendered(text)
        before = text
    assert f"[1. Grep](#{one}) is superseded by [2. SQLite \\[3\\]](#{two})." in before
    assert f"[1. Grep](#{one}) is accepted again." in before
    assert "### Few\n\n```\n# entries\n```\n" in before
    assert "### It is there" in before
    assert door.json("decision", "render")["changed"] is False
    file.unlink()
    door.run("decision", "render")
    assert file.read_text(encoding="utf-8") == before


def test_an_edited_page_is_left_alone(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    door.decide("Grep")
    file.write_text(file.read_text().replace("Grep", "Gnu"))
    edited = file.read_bytes()
    out, err = door.run("decide", "SQLite")
    assert out.strip()
    assert "DECISIONS.md was edited" in err
    _, err = door.run("decision", "render", code=2)
    assert "stays as it is" in err
    assert file.read_bytes() == edited
    file.write_text("# Ours\n")
    assert door.run("decide", "Third")[1] == ""
    assert file.read_text() == "# Ours\n"
    file.unlink()
    door.run("decision", "render")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))  # a checkout on Windows
    assert "as it was" in door.run("decision", "render")[0]


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
