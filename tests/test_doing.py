"""Tasks in a workspace: the verbs as Python and as commands, races, and real beads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from doors import Door
from said import Said

from journal import api, doing, files, forgetting, tasks
from journal.cli import output
from journal.entry import Draft
from journal.errors import Conflict, UsageError
from journal.selection import Selection
from journal.tasks import BLOCKED, DONE, DROPPED, OPEN, STARTED, Task


def stands(journal: api.Journal, key: str) -> Task:
    return doing.view(journal).tasks[key]


def kind_of(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.kind)


def test_from_one_task_to_the_next(journal: api.Journal) -> None:
    goal = doing.add(journal, "Release", about={"type": "goal"}).id
    schema = doing.add(journal, "Schema", about={"part_of": goal[-8:], "priority": 1}).id
    code = doing.add(journal, "Code", about={"part_of": goal, "depends_on": [schema[-8:]]}).id
    assert [one.id for one in doing.view(journal).ready()] == [schema]
    with pytest.raises(UsageError) as blocked:
        doing.start(journal, code)
    assert kind_of(blocked) == "task-blocked"
    assert schema[-8:] in str(blocked.value)
    doing.claim(journal, schema, "anna")
    doing.start(journal, schema, actor="anna")
    with pytest.raises(Conflict) as taken:
        doing.start(journal, schema, actor="ben")
    assert (kind_of(taken), taken.value.retryable) == ("claimed", False)
    acted = doing.done(journal, schema, "It holds.", evidence=[goal, "https://example.org/1"])
    assert [one.id for one in acted.freed] == [code]
    one = stands(journal, schema)
    assert (one.status, one.claimed_by) == (DONE, "anna")
    assert one.evidence == (goal, "https://example.org/1")
    name = schema[-8:]
    assert [row.title for row in journal.rows(limit=3)] == [
        f"Done: {name}: It holds.", f"Started: {name}", f"Claimed: {name}",
    ]  # fmt: skip
    assert (stands(journal, goal).done, stands(journal, goal).total) == (1, 2)


def test_what_is_over_stays_over_until_it_is_taken_up_again(journal: api.Journal) -> None:
    one = doing.add(journal, "Bake").id
    doing.drop(journal, one, "No flour.")
    for verb in (doing.done, doing.block, doing.unblock):
        with pytest.raises(UsageError) as over:
            verb(journal, one)
        assert kind_of(over) == "task-over"
        assert over.value.line
    assert doing.start(journal, one).notices
    assert stands(journal, one).status == STARTED


def test_what_blocks_and_what_frees(journal: api.Journal) -> None:
    first, other, last = (doing.add(journal, name).id for name in ("First", "Other", "Last"))
    doing.block(journal, last, [first])
    doing.block(journal, last, [other])
    assert stands(journal, last).blockers == (first, other)
    assert doing.unblock(journal, last, of=[first]).notices
    assert stands(journal, last).blockers == (other,)
    doing.unblock(journal, last)
    assert stands(journal, last).status == OPEN
    with pytest.raises(UsageError) as free:
        doing.unblock(journal, last)
    assert kind_of(free) == "not-blocked"
    doing.block(journal, last, reason="The parts are late.")
    assert stands(journal, last).status == BLOCKED
    doing.unblock(journal, last, "They came.")
    assert stands(journal, last).status == OPEN
    doing.drop(journal, other, "No.")
    assert "blocks nothing" in doing.block(journal, last, [other]).notices[0]


def test_what_a_goal_waits_for_holds_its_parts_and_frees_them(journal: api.Journal) -> None:
    first = doing.add(journal, "First").id
    goal = doing.add(journal, "Goal", about={"type": "goal", "depends_on": [first]}).id
    part = doing.add(journal, "Part", about={"part_of": goal}).id
    assert stands(journal, part).held_by == goal
    with pytest.raises(UsageError) as held:
        doing.unblock(journal, part)
    assert (kind_of(held), goal[-8:] in held.value.hint) == ("task-blocked", True)
    assert [one.id for one in doing.done(journal, first).freed] == [goal, part]
    acted = doing.done(journal, goal)
    assert "parts of it are not over" in acted.notices[0]


def test_a_circle_is_refused_and_told(journal: api.Journal) -> None:
    one = doing.add(journal, "One").id
    two = doing.add(journal, "Two", about={"depends_on": [one]}).id
    three = doing.add(journal, "Three", about={"depends_on": [two]}).id
    for needs in ([three], [one]):
        with pytest.raises(UsageError) as circle:
            doing.block(journal, one, needs)
        assert kind_of(circle) == "task-cycle"
    with pytest.raises(UsageError) as circle:
        doing.block(journal, one, [three])
    names = [f"{key[-8:]} {title}" for key, title in ((one, "One"), (three, "Three"), (two, "Two"))]
    assert " -> ".join([*names, names[0]]) in str(circle.value)
    with pytest.raises(UsageError) as own:
        doing.add(journal, "Four", about={"part_of": three, "depends_on": [three]})
    assert kind_of(own) == "task-cycle"
    assert journal.count() == 3


def test_what_is_no_task_is_told(journal: api.Journal) -> None:
    note = journal.append(Draft(body="A note.")).id
    for wanted, kind in ((note, "no-task"), ("nowhere1", "entry-not-found")):
        with pytest.raises(UsageError) as caught:
            doing.start(journal, wanted)
        assert kind_of(caught) == kind
    one = doing.add(journal, "One").id
    with pytest.raises(UsageError) as caught:
        doing.block(journal, one, [note])
    assert kind_of(caught) == "no-task"
    started = doing.start(journal, one).receipt
    assert started
    assert doing.find(journal, started.id)[0].id == one  # a change means the task


def test_a_claim_can_be_given_back_taken_again_and_forgotten(journal: api.Journal) -> None:
    one = doing.add(journal, "One").id
    with pytest.raises(UsageError) as free:
        doing.release(journal, one)
    assert kind_of(free) == "not-claimed"
    for actor in ("anna", "ben", "cleo"):
        doing.claim(journal, one, actor)
        assert doing.claim(journal, one, actor).receipt is None
        doing.release(journal, one)
    claimed = doing.claim(journal, one, "anna").receipt
    assert claimed
    journal.catalog.catch_up()
    forgetting.hide(journal, journal.catalog.with_ids([claimed.id]), "a mistake")
    assert doing.claim(journal, one, "ben").receipt
    assert stands(journal, one).claimed_by == "ben"
    with pytest.raises(UsageError):
        doing.claim(journal, one, " ")


def test_tasks_of_another_namespace_are_their_own(journal: api.Journal) -> None:
    mine = doing.add(journal, "Mine").id
    other = doing.add(journal, "Other", namespace="garden").id
    assert list(doing.view(journal).tasks) == [mine]
    doing.done(journal, other)
    assert doing.view(journal, "garden").tasks[other].status == DONE
    with pytest.raises(UsageError) as caught:
        doing.block(journal, mine, [other])
    assert kind_of(caught) == "other-namespace"
    with pytest.raises(UsageError, match="is a task of the namespace main, not of this") as caught:
        doing.add(journal, "New", about={"depends_on": [mine]}, namespace="garden")
    assert "--namespace main" in caught.value.hint
    assert len(doing.view(journal, "garden").tasks) == 1


def test_no_change_quotes_its_task(journal: api.Journal) -> None:
    key = doing.add(journal, "SECRETTITLE", "Its text.").id
    other = doing.add(journal, "Other").id
    doing.claim(journal, key, "anna", "I know how.")
    doing.start(journal, key, actor="anna")
    doing.block(journal, key, [other], "It needs that.")
    doing.unblock(journal, key)
    doing.release(journal, key)
    doing.drop(journal, key, "Nobody asked for it.\nNor will anybody.")
    doing.start(journal, key)
    doing.done(journal, key, "x" * 73)
    titles = [row.title for row in journal.rows(Selection(kind="task"), oldest=True)][2:]
    assert titles == [
        f"{word}: {key[-8:]}{why}"
        for word, why in (
            ("Claimed", ": I know how."), ("Started", ""), ("Blocked", ": It needs that."),
            ("Unblocked", ""), ("Released", ""), ("Dropped", ""), ("Started", ""), ("Done", ""),
        )
    ]  # fmt: skip
    forgetting.purge(journal, [key], "It slipped in.")
    files = list(Path(journal.root, "journal").rglob("*.md"))
    assert files
    assert not [path for path in files if "SECRETTITLE" in path.read_text(encoding="utf-8")]


def test_what_is_no_task_says_why(journal: api.Journal) -> None:
    purged, gone = (doing.add(journal, title).id for title in ("One", "Two"))
    note = journal.append(Draft(body="x")).id
    astray = Draft(body="x", kind="task", fields={"task": "01M811P34FA2J6D4Y7621TGQN3"})
    lost = journal.append(astray).id
    forgetting.purge(journal, [purged], "no")
    forgetting.hide(journal, [journal.look(gone)[0]], "no")
    for key, why in (
        (purged, "was purged"), (gone, "was forgotten"), (note, "is no task, but of the kind note"),
        (lost, "changes a task that isn't there"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=f"{key[-8:]} {why}") as caught:
            doing.find(journal, key)
        assert kind_of(caught) == "no-task"
        assert caught.value.line


def test_a_change_goes_where_its_task_is_and_nowhere_else(journal: api.Journal) -> None:
    key = doing.add(journal, "Mine", namespace="garden").id
    doing.start(journal, key, namespace="garden")
    for act in (doing.done, doing.release, doing.start):
        if act is doing.release:
            doing.claim(journal, key, "anna")
        with pytest.raises(UsageError, match=r"of the namespace garden, not main") as caught:
            act(journal, key, namespace="main")
        assert kind_of(caught) == "other-namespace"
    with pytest.raises(UsageError):
        doing.claim(journal, doing.add(journal, "Free").id, "anna", namespace="garden")
    assert [one.entry.kind for one in doing.view(journal).stated.statements] == ["task"]
    assert not doing.view(journal, "main").astray


@pytest.mark.parametrize(
    "rule", ["persist: none", "persist: distilled_only", "actors: [anna]", "roles: [user]"]
)
def test_what_the_policy_keeps_nothing_of_changes_nothing(
    journal: api.Journal, door: Door, rule: str
) -> None:
    one = door.id("task", "add", "One")
    two = door.id("task", "add", "Two", "--depends-on", one)
    (Path(journal.root) / "policy.yaml").write_text(
        f"schema: journal/policy@1\ndefaults:\n  {rule}\n", encoding="utf-8"
    )
    for words in (["claim", one, "--actor", "ben"], ["done", one], ["drop", one, "--reason", "x"]):
        out, told = door.text("task", *words)
        assert out == ""
        assert "not kept" in told
        assert "so the task is as it was" in told
    answer = door.json("task", "done", one)
    assert (answer["freed"], answer["notices"]) == ([], ["so the task is as it was"])
    out, told = door.text("task", "add", "Three")
    assert (out, "no task was added" in told) == ("", True)
    assert door.json("task", "add", "Three")["task"] == ""
    every = doing.view(journal).tasks
    assert [(key, it.status, it.claimed_by) for key, it in every.items()] == [
        (one, OPEN, ""), (two, BLOCKED, "")
    ]  # fmt: skip


def test_where_only_headers_are_kept_tasks_go_on(journal: api.Journal, door: Door) -> None:
    one = door.id("task", "add", "One")
    (Path(journal.root) / "policy.yaml").write_text(
        "schema: journal/policy@1\ndefaults:\n  persist: hash_only\n", encoding="utf-8"
    )
    assert door.text("task", "claim", one, "--actor", "ben")[0].startswith("claimed")
    assert door.text("task", "done", one)[0].startswith("done")
    new = door.id("task", "add", "Two")
    tasks_now = doing.view(journal).tasks
    assert [(it.status, it.claimed_by) for it in tasks_now.values()] == [(DONE, "ben"), (OPEN, "")]
    assert list(tasks_now) == [one, new]


def test_who_claims_has_a_name_on_one_line(journal: api.Journal) -> None:
    one = doing.add(journal, "One").id
    with pytest.raises(UsageError) as nobody:
        doing.claim(journal, one, " \n")
    assert nobody.value.hint == "journal task claim ID --actor NAME"
    doing.claim(journal, one, " anna\n  lena\t")
    assert doing.claim(journal, one, "anna lena").notices == ("anna lena has it already",)
    with pytest.raises(Conflict) as caught:
        doing.claim(journal, one, "ben")
    assert "\n" not in str(caught.value)


def test_what_a_short_title_leaves_room_for_is_not_cut(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = door.id("task", "add", "First")
    door.id("task", "add", "Next", "--depends-on", first)
    monkeypatch.setattr(output, "width", lambda: 60)
    assert f"Next  waits for {first[-8:]}" in door.text("task", "list")[0]


def test_a_disabled_journal_says_so(journal: api.Journal, door: Door) -> None:
    config = Path(journal.root) / "journal.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
    out, told = door.text("task", "add", "Nothing")
    assert (out, "enabled = false" in told) == ("", True)


def test_the_verbs_as_commands(door: Door) -> None:
    goal = door.id("task", "add", "Release", "--type", "milestone")
    one = door.id("task", "add", "Schema", "More of it.", "--part-of", goal, "--priority", "0")
    two = door.id("task", "add", "Code", "--depends-on", one, "--part-of", goal)
    assert door.text("task", "ready")[0].split() == [one[-8:], "p0", "Schema"]
    assert [one["id"] for one in door.json("task", "ready")["tasks"]] == [one]
    assert door.text("task", "claim", one, "--actor", "anna")[0].split()[:2] == [
        "claimed",
        one[-8:],
    ]
    told = door.error("task", "claim", one, "--actor", "ben", code=7)
    assert (told["kind"], told["retryable"]) == ("claimed", False)
    assert door.json("task", "claim", one, "--actor", "anna")["id"] == ""
    assert door.json("task", "ready")["total"] == 0
    assert door.json("task", "ready", "--actor", "anna")["total"] == 1
    out, _ = door.text("task", "done", one, "It works.", "--evidence", "https://example.org/pr/1")
    assert [line.split()[0] for line in out.splitlines()] == ["done", "now"]
    assert door.json("task", "done", two)["freed"] == []
    shown = door.json("task", "show", one)["task"]
    assert (shown["body"], len(shown["changes"]), shown["unlocks"]) == ("More of it.", 2, [])
    out, _ = door.text("task", "show", one)
    assert f"Done: {one[-8:]}: It works." in out
    assert door.text("task", "show", goal)[0].count("done") >= 2
    assert [it["id"] for it in door.json("task", "list")["tasks"]] == [goal]
    every = door.json("task", "list", "--all", "--milestone", goal)
    assert [it["id"] for it in every["tasks"]] == [goal, one, two]
    assert door.json("task", "list", "--status", "done", "--actor", "anna")["total"] == 1
    assert door.json("task", "drop", goal, "--reason", "Enough.")["action"] == "drop"
    assert door.error("task", "done", goal)["kind"] == "task-over"


def test_each_answer_holds_to_its_schema(door: Door) -> None:
    one, two = door.id("task", "add", "One"), door.id("task", "add", "Two")
    calls = (
        ("block", two, "--by", one), ("unblock", two, "--from", one), ("start", two, "Go."),
        ("claim", two, "--actor", "anna"), ("release", two), ("block", two, "--reason", "Late."),
        ("list",), ("graph",), ("graph", one, "--all"), ("show", two),
    )  # fmt: skip
    for call in calls:
        assert door.json("task", *call)


def test_of_many_that_are_ready_some_are_shown(journal: api.Journal, door: Door) -> None:
    journal.notebook.append_many([tasks.add(f"Task {number}") for number in range(60)])
    out, err = door.text("task", "ready")
    assert (out.count("\n"), err) == (50, "and 10 more: --all shows them\n")
    assert door.text("task", "ready", "--all")[0].count("\n") == 60
    assert door.text("task", "ready", "-n", "3")[0] == "".join(out.splitlines(keepends=True)[:3])
    told = door.json("task", "ready")
    assert (len(told["tasks"]), told["total"]) == (50, 60)


def test_the_list_has_parts_under_their_wholes(door: Door) -> None:
    door.id("task", "add", "Alone", "--priority", "0")
    goal = door.id("task", "add", "Goal", "--type", "goal")
    part = door.id("task", "add", "Part", "--part-of", goal)
    door.id("task", "add", "Piece", "--part-of", part)
    titles = [line[23:] for line in door.text("task", "list")[0].splitlines()]
    assert titles == ["goal 0/2: Goal", "  Part", "    Piece", "Alone"]


def test_the_graph_draws_what_unlocks_above_what_waits(door: Door) -> None:
    one, two = door.id("task", "add", "One"), door.id("task", "add", "Two")
    three = door.id("task", "add", "Three", "--depends-on", one, "--depends-on", two)
    door.id("task", "add", "Alone")
    lines = door.text("task", "graph")[0].splitlines()
    assert [(line[:3], line[5:13]) for line in lines] == [
        ("○  ", one[-8:]), ("│ ○", two[-8:]), ("●─╯", three[-8:]),
    ]  # fmt: skip
    edges = door.json("task", "graph", three)["edges"]
    assert [(edge["from"], edge["type"]) for edge in edges] == [(one, "blocks"), (two, "blocks")]
    door.text("task", "done", one)
    assert len(door.text("task", "graph")[0].splitlines()) == 2
    every = door.json("task", "graph", "--all")
    assert {edge["type"] for edge in every["edges"]} == {"blocks", "unlocked"}


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_lines_fit(door: Door, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    names = [
        door.id("task", "add", f"Task {'long ' * 30}{n}", "--priority", str(n)) for n in range(4)
    ]
    goal = door.id("task", "add", "Goal " * 30, "--type", "goal", "--depends-on", names[0])
    door.id(
        "task", "add", "Last " * 20, *(f"--depends-on={name}" for name in names), "--part-of", goal
    )
    door.text("task", "claim", names[1], "--actor", "somebody-with-a-long-name")
    monkeypatch.setenv("COLUMNS", str(columns))
    for verb in ("list", "ready", "graph"):
        for line in door.text("task", verb)[0].splitlines():
            assert len(line) <= columns


def test_circles_that_two_machines_made_are_told(journal: api.Journal, door: Door) -> None:
    one, two = door.id("task", "add", "One"), door.id("task", "add", "Two")
    for key, other in ((one, two), (two, one)):
        fields = {"task": key, "status": BLOCKED, "blocked-by": [other]}
        journal.append(Draft(body="It waits.", kind="task", fields=fields))
    for verb in ("list", "graph", "ready"):
        _, told = door.text("task", verb)
        assert f"{one[-8:]} One -> {two[-8:]} Two -> {one[-8:]} One" in told
    door.text("task", "unblock", one, "--from", two)
    assert door.text("task", "list")[1] == ""


# Processes


def test_of_eight_that_claim_at_once_one_has_it(journal: api.Journal) -> None:
    keys = [doing.add(journal, f"Task {n}").id for n in range(2)]
    lock_path = Path(journal.root) / ".journal" / "state" / "lock"
    for key in keys:
        list(journal.rows())  # so that nobody has to bring the catalog up to date
        lock = os.open(lock_path, os.O_RDWR | os.O_CREAT)
        files.lock(lock)  # all of them have found it free before any can append
        racing = [_claiming(journal.root, key, f"agent-{n}") for n in range(8)]
        try:
            _until_all_wait(racing, str(lock_path))
        finally:
            files.unlock(lock)
            os.close(lock)
        told = [process.communicate(timeout=60) for process in racing]
        codes = sorted(process.returncode for process in racing)
        assert codes == [0, *[7] * 7], told
        (winner,) = [n for n, process in enumerate(racing) if process.returncode == 0]
        one = stands(journal, key)
        assert (one.claimed_by, one.contested) == (f"agent-{winner}", ())
        for number, (_, err) in enumerate(told):
            assert number == winner or f"agent-{winner} has" in err


def _claiming(root: str, key: str, actor: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "journal", "task", "claim", key, "--actor", actor]
    return subprocess.Popen(
        words, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _until_all_wait(racing: Sequence[subprocess.Popen[str]], lock: str) -> None:
    """Return when every process has the lock file open, or where nothing tells, after a while."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not os.path.isdir(f"/proc/{racing[0].pid}/fd"):
            time.sleep(2)
            return
        if all(_has_open(process.pid, lock) for process in racing):
            return
        time.sleep(0.02)


def _has_open(pid: int, path: str) -> bool:
    try:
        fds = os.listdir(f"/proc/{pid}/fd")
        return path in [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in fds]
    except OSError:
        return False


# Beads: its own rules, as its documentation and its source have them, without the fold

STATUS = {
    "open": OPEN, "deferred": OPEN, "in_progress": STARTED, "hooked": STARTED, "blocked": BLOCKED,
    "closed": DONE, "tombstone": DROPPED,
}  # fmt: skip
LASTING = ("open", "in_progress", "blocked", "deferred", "hooked")


def links(issue: dict[str, Any], kind: str) -> list[str]:
    found = issue.get("dependencies") or ()
    return [one["depends_on_id"] for one in found if one["type"] == kind]


def said(number: int, issue: dict[str, Any]) -> Said:
    """An issue as a task's entry; who has it on their hook has claimed it."""
    fields: dict[str, Any] = {"status": STATUS[issue["status"]], "priority": issue["priority"]}
    if needs := links(issue, "blocks"):
        fields["depends-on"] = needs
    if above := links(issue, "parent-child"):
        fields["part-of"] = above[0]
    if issue["issue_type"] == "epic":
        fields["type"] = "goal"
    if issue["status"] == "hooked":
        fields["claimed-by"] = "hook"
    return Said(issue["id"], number, fields, issue["title"], kind="task")


def blocked(issues: dict[str, dict[str, Any]]) -> set[str]:
    """What beads calls blocked: by an issue that isn't closed, or as its parent is."""
    found = {
        key
        for key, issue in issues.items()
        if any(issues.get(it, {}).get("status") in LASTING for it in links(issue, "blocks"))
    }
    while more := {
        key
        for key, issue in issues.items()
        if key not in found and found.intersection(links(issue, "parent-child"))
    }:
        found |= more
    return found


def assert_as_beads(issues: dict[str, dict[str, Any]]) -> int:
    """How many are ready."""
    view = tasks.fold(said(number, issue) for number, issue in enumerate(issues.values()))
    stuck = blocked(issues)
    ready = {
        key
        for key, issue in issues.items()
        if issue["status"] in ("open", "in_progress")
        and key not in stuck
        and issue["issue_type"] != "epic"
    }
    assert {one.id for one in view.ready()} == ready
    stands = {key for key, one in view.tasks.items() if one.status == BLOCKED}
    assert stands == {key for key in stuck if issues[key]["status"] in LASTING}
    for key, issue in issues.items():
        assert view.tasks[key].needs == tuple(dict.fromkeys(links(issue, "blocks")))
        above = [it for it in links(issue, "parent-child") if it in issues]
        assert view.tasks[key].part_of == (above[0] if above else "")
    order = [one.priority for one in view.ready()]
    assert order == sorted(order)
    return len(ready)


def test_parents_block_as_in_beads() -> None:
    def issue(key: str, status: str = "open", **more: list[str]) -> dict[str, Any]:
        links = [
            {"issue_id": key, "depends_on_id": it, "type": kind.replace("_", "-")}
            for kind, some in more.items()
            for it in some
        ]
        of = "epic" if key.startswith("e") else "task"
        return {"id": key, "title": key, "status": status, "priority": 1, "issue_type": of,
                "dependencies": links}  # fmt: skip

    every = [
        issue("a"), issue("epic", blocks=["a"]), issue("b", parent_child=["epic"]),
        issue("c", "in_progress", parent_child=["b"]), issue("d", "closed", parent_child=["epic"]),
        issue("f", blocks=["d"]), issue("g", blocks=["elsewhere"]), issue("h", related=["a"]),
    ]  # fmt: skip
    assert assert_as_beads({one["id"]: one for one in every}) == 4


def test_real_beads(dev_data: Path) -> None:
    counts = []
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        for member in archive:
            if member.name.startswith("beads/") and member.name.endswith(".jsonl"):
                source = archive.extractfile(member)
                assert source
                lines = [json.loads(line) for line in source if line.strip()]
                counts.append(assert_as_beads({one["id"]: one for one in lines}))
    assert sorted(counts) == [1, 79]
