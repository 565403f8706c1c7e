"""`status` and STATUS.md: what stands in the journal, told as it is, and nobody's words lost."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from doors import Door
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal import api, clock, decisions, forgetting, tasks, workspace
from journal.entry import Draft
from journal.errors import JournalError, UsageError
from journal.pagefile import EDITED, FOREIGN, SAME, WRITTEN, put
from journal.rendered import COMMANDS, STATUS, Marked
from journal.resuming.beginning import begin, finish
from journal.safe import columns
from journal.selection import Selection
from journal.status import Status, status, verified
from journal.status.page import _text, page, write

LINK = re.compile(r"\]\(([^)#]+)#L(\d+)\)")


def add(journal: api.Journal, kind: str, title: str, **fields: object) -> str:
    """The id of a new entry."""
    return journal.append(Draft(body=f"About {title}.", kind=kind, title=title, fields=fields)).id


def filled(journal: api.Journal) -> dict[str, str]:
    """Some of everything, by name."""
    ids = {"old": add(journal, "decision", "Search with an index")}
    ids["new"] = add(journal, "decision", "Search without one", supersedes=[ids["old"]])
    ids["maybe"] = add(journal, "decision", "Ship [wheels](x) | <b> `too`", status="proposed")
    ids["goal"] = add(journal, "task", "Release 1.0", type="goal")
    ids["notes"] = add(journal, "task", "Write the notes", **{"part-of": ids["goal"]})
    ids["late"] = add(
        journal, "task", "Publish", **{"part-of": ids["goal"], "depends-on": [ids["notes"]]}
    )
    ids["mine"] = add(journal, "task", "Translate", status="started", **{"claimed-by": "ben"})
    ids["over"] = add(journal, "task", "Measure", **{"part-of": ids["goal"]})
    add(journal, "task", "Done", task=ids["over"], status="done")
    return ids


def named(entries: object) -> list[str]:
    return [one.id for one in entries]  # type: ignore[attr-defined]


def test_what_was_decided_and_what_is_to_do(journal: api.Journal) -> None:
    ids = filled(journal)
    work = status(journal).work
    assert named(work.in_force) == [ids["new"]]
    assert named(work.proposed) == [ids["maybe"]]
    assert named(work.goals) == [ids["goal"]]
    assert named(work.ready) == [ids["notes"]]
    assert named(work.started) == [ids["mine"]]
    assert named(work.blocked) == [ids["late"]]
    assert work.done == 1
    told = status(journal).record()
    assert [one["id"] for one in told["decisions"]["proposed_first"]] == [ids["maybe"]]
    assert told["tasks"]["goals"][0]["done"] == 1
    assert told["tasks"]["goals"][0]["total"] == 3
    assert told["tasks"]["blocked_first"][0]["blockers"] == [ids["notes"]]


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_every_task_and_decision_counts_once(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was said in whatever order: what is shown is the fold's, and each in one place."""
    chance = random.Random(seed)
    root = tmp_path_factory.mktemp("many")
    workspace.init(str(root))
    journal = api.open(str(root))
    made: list[str] = []
    drafts = []
    for number in range(chance.randrange(12)):
        kind = chance.choice(["task", "decision"])
        fields: dict[str, object] = {}
        if made and chance.random() < 0.6:
            key = chance.choice(["task", "decision", "depends-on", "supersedes", "part-of"])
            fields[key] = chance.choice(made)
        fields["status"] = chance.choice(
            ["open", "started", "blocked", "done", "dropped", "accepted", "proposed"]
        )
        if chance.random() < 0.3:
            fields["claimed-by"] = "ben"
        drafts.append(Draft(body="x", kind=kind, title=f"n {number}", fields=fields))
        if chance.random() < 0.5:
            made += [one.id for one in journal.notebook.append_many(drafts)]
            drafts = []
    work = status(journal).work
    every = tasks.fold(journal.rows(Selection(kind="task")))
    shown = [*work.started, *work.ready, *work.blocked]
    expected = [one for one in every.tasks.values() if not one.is_over and one.type == tasks.TASK]
    assert sorted(named(shown)) == sorted(named(expected))
    assert len({one.id for one in shown}) == len(shown)
    assert work.done == len(every.done)
    both = decisions.fold(journal.rows(Selection(kind="decision")))
    assert named(work.in_force) == named(both.in_force)[::-1]
    assert named(work.proposed) == named(both.proposed)[::-1]


def test_today_is_by_the_entries_own_clocks(journal: api.Journal) -> None:
    now = clock.now()
    journal.append(Draft(body="now"))
    journal.append(Draft(body="long ago", at=datetime(2020, 1, 1, tzinfo=UTC)))
    found = status(journal)
    assert found.day == clock.day_key(now, clock.zone(journal.timezone))
    assert (found.entries, found.today) == (2, 1)
    assert found.last
    assert found.last.head == "now"


def test_sessions(journal: api.Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(journal).talks == ()
    journal.append(Draft(body="hello", session="captured", path="try-1"))
    (one,) = status(journal).talks
    assert (one.session, one.state, one.path, one.named) == ("captured", "loose", "main", False)
    begin(journal, "first")
    begin(journal, "second")
    assert [one.session for one in status(journal).talks] == ["second", "first"]
    monkeypatch.setenv("JOURNAL_SESSION", "captured")
    told = status(journal).talks
    assert [(one.session, one.named) for one in told] == [
        ("captured", True), ("second", False), ("first", False),
    ]  # fmt: skip
    monkeypatch.setenv("JOURNAL_SESSION", "not-there")
    finish(journal, "second")
    assert [one.session for one in status(journal).talks] == ["first"]
    finish(journal, "first")
    (one,) = status(journal).talks
    assert (one.session, one.state) == ("first", "ended")


def test_another_namespace(journal: api.Journal) -> None:
    filled(journal)
    journal.append(Draft(body="x", kind="task", namespace="other", title="Elsewhere"))
    found = status(journal, namespace="other")
    assert [one.title for one in found.work.ready] == ["Elsewhere"]
    assert not found.work.in_force
    assert write(journal, status(journal))
    before = (Path(journal.root) / STATUS).read_bytes()
    with pytest.raises(UsageError, match="of the first namespace, main"):
        write(journal, found)
    assert (Path(journal.root) / STATUS).read_bytes() == before
    assert write(journal, status(journal, namespace="main")) is False


def test_a_distillation_is_due(journal: api.Journal) -> None:
    policy = Path(journal.root) / "policy.yaml"
    policy.write_text("defaults:\n  distill_every: 3\n", encoding="utf-8")
    for number in range(3):
        assert status(journal).distill is None
        journal.append(Draft(body=str(number)))
    due = status(journal).distill
    assert due
    assert (due.entries, due.every, due.line) == (3, 3, 2)
    assert "**Distillation**: due, 3 entries" in page(journal, status(journal))
    policy.write_text("defaults: [", encoding="utf-8")
    with pytest.raises(JournalError):
        status(journal)


# The last verification


def test_the_last_verification(journal: api.Journal, door: Door) -> None:
    first = journal.append(Draft(body="one", at=datetime(2026, 1, 5, tzinfo=UTC)))
    journal.append(Draft(body="two"))
    assert status(journal).verified is None
    door.text("verify")
    told = status(journal).verified
    assert told
    assert (told.code, told.counts, told.new, told.changed) == (0, {"intact": 2}, 0, 0)
    journal.append(Draft(body="three"))
    journal.append(Draft(body="four", at=datetime(2026, 1, 6, tzinfo=UTC)))
    told = status(journal).verified
    assert told
    assert (told.new, told.changed) == (2, 0)
    file = Path(journal.root) / journal.find(first.id).source.file
    file.write_bytes(file.read_bytes().replace(b"one", b"uno"))
    told = status(journal).verified
    assert told
    assert (told.new, told.changed) == (2, 1)
    door.text("verify", code=1)
    told = status(journal).verified
    assert told
    assert (told.code, told.counts) == (1, {"intact": 3, "edited": 1})
    assert (told.new, told.changed) == (0, 0)
    file.unlink()
    assert (told := status(journal).verified)
    assert told.changed == 1


@pytest.mark.parametrize(
    "note", ["", "[]", "{", '{"schema": 1}', '{"schema": 2, "at": "x", "code": 0, "counts": {}}',
             '{"schema": 1, "at": 1, "code": "x", "counts": [], "files": {}}', "\x00\xff"],
)  # fmt: skip
def test_a_note_that_is_no_note_tells_nothing(journal: api.Journal, note: str) -> None:
    journal.append(Draft(body="one"))
    path = Path(journal.root) / ".journal" / "cache" / verified.NOTE
    path.write_bytes(note.encode("latin-1"))
    assert status(journal).verified is None
    assert "**Verified**: not yet" in page(journal, status(journal))


def test_what_cannot_be_noted_is_no_trouble(journal: api.Journal, door: Door) -> None:
    journal.append(Draft(body="one"))
    journal.close()
    (Path(journal.root) / ".journal" / "cache" / verified.NOTE).mkdir()
    door.text("verify")
    assert status(journal).verified is None


# The page


def test_the_page_links_to_the_lines(journal: api.Journal) -> None:
    ids = filled(journal)
    text = page(journal, status(journal))
    links = LINK.findall(text)
    assert len(links) >= 7
    lines = {
        (unquote(file), int(line)): (Path(journal.root) / unquote(file)).read_text().split("\n")
        for file, line in links
    }
    assert all(every[line - 1].startswith("## ") for (_, line), every in lines.items())
    named = {every[line - 1][len("## 14:03:22 ") :] for (_, line), every in lines.items()}
    assert {"Search without one", "Release 1.0", "Write the notes", "Publish"} <= named
    assert ids["old"] not in text


def test_the_same_journal_gives_the_same_page(journal: api.Journal, tmp_path: Path) -> None:
    filled(journal)
    begin(journal, "talk")
    text = page(journal, status(journal))
    journal.close()
    shutil.rmtree(Path(journal.root) / ".journal" / "cache")
    assert page(journal, status(journal)) == text
    other = tmp_path / "elsewhere"
    shutil.copytree(journal.root, other, ignore=shutil.ignore_patterns(".journal"))
    with api.open(str(other)) as copy:
        assert page(copy, status(copy)) == text


def test_a_page_is_written_once_and_never_over_a_person(journal: api.Journal) -> None:
    filled(journal)
    file = Path(journal.root) / STATUS
    assert write(journal, status(journal))
    text = file.read_bytes()
    assert not write(journal, status(journal))
    assert file.read_bytes() == text
    add(journal, "decision", "Another")
    assert write(journal, status(journal))
    assert b"Another" in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))  # as git may hand it out
    assert not write(journal, status(journal))
    for edited in (b"Mine.\n", file.read_bytes() + b"Mine.\n", b"\xff\x00"):
        file.write_bytes(edited)
        with pytest.raises(UsageError) as told:
            write(journal, status(journal))
        assert (told.value.kind, told.value.file) == ("edited-page", STATUS)
        assert told.value.hint
        assert file.read_bytes() == edited
    file.unlink()
    assert write(journal, status(journal))
    file.unlink()
    file.symlink_to(Path(journal.root) / "journal.toml")
    with pytest.raises(JournalError) as outside:
        write(journal, status(journal))
    assert outside.value.kind == "outside-workspace"


@given(st.text(max_size=80), st.integers(0, 79), st.text(max_size=3))
def test_every_edit_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: int, new: str
) -> None:
    root = tmp_path_factory.mktemp("page")

    def write(more: str = "") -> str:
        return put(str(root), STATUS, lambda: Marked(COMMANDS[STATUS], text + more).text)

    assert write() == WRITTEN
    assert write() == SAME
    file = root / STATUS
    page = file.read_bytes().decode()
    edited = page[: -at or None] + new
    same = edited.replace("\r\n", "\n").replace("\r", "\n") == page
    file.write_bytes(edited.encode(errors="replace"))
    if same or not edited.strip():
        assert write("more") == WRITTEN
    else:
        assert write("more") in (EDITED, FOREIGN)
        assert file.read_bytes() == edited.encode(errors="replace")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_title_makes_markup(title: str) -> None:
    tokens = MarkdownIt("js-default").parse(f"- [{_text(title)}](x.md#L1) end")
    inline = next(one for one in tokens if one.type == "inline")
    kinds = [one.type for one in inline.children or ()]
    assert kinds in (
        ["link_open", "text", "link_close", "text"],
        ["link_open", "link_close", "text"],
    ) or set(kinds) <= {"link_open", "text", "text_special", "link_close"}
    assert [one.type for one in tokens] == [
        "bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close",
        "list_item_close", "bullet_list_close",
    ]  # fmt: skip


# The command line


def test_json(journal: api.Journal, door: Door) -> None:
    door.json("status", schema="status")
    filled(journal)
    begin(journal, "talk")
    told = door.json("status", schema="status")
    assert "page" not in told
    told = door.json("status", "--write", schema="status")
    assert told["page"] == {"file": STATUS, "wrote": True}
    assert door.text("status", "--write")[0] == f"nothing changed in {STATUS}\n"
    with (Path(journal.root) / STATUS).open("a") as file:
        file.write("mine")
    assert door.error("status", "--write")["kind"] == "edited-page"


@pytest.mark.parametrize("wide", [60, 80, 160])
def test_no_line_of_an_entry_is_wider_than_the_terminal(
    journal: api.Journal,
    wide: int,
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filled(journal)
    long = "日本語 and more of it " * 12 + "\x1b[31m\u202e"
    add(journal, "task", long, **{"claimed-by": "somebody with a very long name indeed"})
    add(journal, "decision", long)
    begin(journal, "a-session-with-a-long-name-that-goes-on-and-on-and-on")
    door.text("verify")
    journal.append(Draft(body="x"))
    monkeypatch.setenv("COLUMNS", str(wide))
    shown = door.text("status")[0]
    lines = [line for line in shown.splitlines() if not line.startswith("workspace")]
    assert [line for line in lines if columns(line) > wide] == []
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    for word in ("decisions", "2 in force, 1 proposed", "◇", "◆", "◎", "●", "○", "✗", "1 of 3"):
        assert word in shown


def test_forgotten_entries_are_not_told(journal: api.Journal) -> None:
    ids = filled(journal)
    gone = [row for row in journal.rows() if row.id in (ids["maybe"], ids["notes"])]
    forgetting.hide(journal, gone, "by mistake")
    found: Status = status(journal)
    text = page(journal, found)
    assert "wheels" not in text
    assert "Write the notes" not in text
    assert not found.work.proposed


def test_hooks_are_seen_where_they_are(
    journal: api.Journal, tmp_path: Path, journal_bin: Path
) -> None:
    """The quick look finds what the thorough one finds, and nothing where there is nothing."""
    project = tmp_path / "project"
    project.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)

    def seen() -> list[str]:
        return [one.outcome.target for one in status(journal, str(project)).hooks]

    def hook(*words: str) -> None:
        where = ("--workspace", journal.root, "--dir", str(project))
        subprocess.run([str(journal_bin), "hook", *words, *where], check=True, capture_output=True)

    assert seen() == []
    for target, scope in (("claude-code", "user"), ("codex", "project"), ("git", "")):
        hook("install", target, *(["--scope", scope] if scope else []))
    assert seen() == ["claude-code", "codex", "git"]
    hook("remove", "git")
    hook("remove", "codex")
    assert seen() == ["claude-code"]
    subprocess.run(["git", "config", "core.hooksPath", "my-hooks"], cwd=project, check=True)
    hook("install", "git")
    assert (project / "my-hooks").is_dir()
    assert seen() == ["claude-code", "git"]
    assert os.listdir(project / ".git" / "hooks") is not None
