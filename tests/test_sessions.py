"""Sessions: the fold, the verbs, which one is meant, and the command line; with real processes."""

from __future__ import annotations

import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from doors import Door
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import faults
from test_schemas import _places, _with

from journal import api, files, forgetting, names, resuming, rewrites, sessions, workspace
from journal.cli.main import main
from journal.entry import Draft
from journal.errors import UsageError
from journal.resuming.beginning import begin, begin_anew, finish, go_on
from journal.sessions import ENDED, EVENT, KIND, LOOSE, OPEN

# The fold


@dataclass(frozen=True, slots=True)
class Said:
    """What of an entry a fold looks at."""

    id: str
    session: str
    turn: int
    microseconds: int
    kind: str = "note"
    fields: dict[str, Any] = field(default_factory=dict)
    namespace: str = "main"
    path: str = ""
    parent: str = ""


MARKS = [
    *((KIND, event) for event in ("started", "resumed", "ended", "reset", "else")),
    *((EVENT, event) for event in ("SessionStart", "SessionEnd", "started", "ended", "lost", 7)),
    ("note", "started"), ("message", ""),
]  # fmt: skip


@st.composite
def talks(draw: st.DrawFn) -> list[Said]:
    """Entries of a few sessions, some with equal turns and clocks, as two machines make them."""
    marks = draw(st.lists(st.sampled_from(MARKS), max_size=14))
    return [
        Said(
            id=f"id{number:03}",
            session=draw(st.sampled_from(["a", "b", ""])),
            turn=draw(st.integers(0, 6)),
            microseconds=draw(st.integers(-3, 3)),
            kind=kind,
            fields={EVENT: event},
            namespace=draw(st.sampled_from(["main", "other"])),
        )
        for number, (kind, event) in enumerate(marks)
    ]


@given(talks(), st.randoms(use_true_random=False))
def test_any_order_folds_to_the_same(entries: list[Said], chance: random.Random) -> None:
    view = sessions.fold(entries)
    mixed = [*entries, *entries[:2]]  # one that comes twice is one
    chance.shuffle(mixed)
    assert sessions.fold(mixed) == view
    assert {key for key in view.sessions if not key[1]} == set()
    for (space, name), one in view.sessions.items():
        its = [it for it in entries if (it.namespace, it.session) == (space, name)]
        assert one.entries == len(its)
        assert sessions.in_order(its) == sorted(its, key=sessions.order)


@given(talks())
def test_only_two_kinds_tell_how_a_session_stands(entries: list[Said]) -> None:
    told = [one for one in entries if one.kind in sessions.KINDS]
    some = sessions.fold(told).sessions
    for key, one in sessions.fold(entries).sessions.items():
        if key not in some:
            assert (one.state, one.started, one.ended, one.resets) == (LOOSE, "", "", 0)
            continue
        bare, other = (it.but(began_us=0, last_us=0, entries=0) for it in (one, some[key]))
        assert bare == other


def states(*marks: tuple[str, str]) -> sessions.Session:
    """One session of which that is said, in this order."""
    entries = [
        Said(f"i{at}", "s", at + 1, -at, kind, {EVENT: event})
        for at, (kind, event) in enumerate(marks)
    ]
    return sessions.fold(entries).sessions["main", "s"]


BEGUN, GONE_ON, OVER, ANEW = ((KIND, w) for w in ("started", "resumed", "ended", "reset"))
HOOKED, UNHOOKED = (EVENT, "SessionStart"), (EVENT, "SessionEnd")
RUN, RAN, LOST = ((EVENT, w) for w in ("started", "ended", "lost"))


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ([("note", "")], LOOSE),
        ([ANEW], LOOSE),
        ([BEGUN], OPEN),
        ([BEGUN, OVER], ENDED),
        ([BEGUN, OVER, GONE_ON], OPEN),
        ([BEGUN, OVER, ("note", "")], ENDED),
        ([BEGUN, ANEW], OPEN),
        ([HOOKED], OPEN),
        ([HOOKED, UNHOOKED], ENDED),
        ([UNHOOKED], ENDED),
        ([RUN], OPEN),
        ([RUN, LOST], ENDED),
        ([BEGUN, RUN, RAN], OPEN),  # what ran in it ends, it doesn't
        ([BEGUN, HOOKED, UNHOOKED], OPEN),
        ([HOOKED, OVER], ENDED),  # a person's word counts for all
        ([HOOKED, OVER, HOOKED], OPEN),
        ([BEGUN, RUN, OVER, RAN], ENDED),
    ],
    ids=str,
)
def test_states(marks: list[tuple[str, str]], state: str) -> None:
    found = states(*marks)
    assert found.state == state
    assert bool(found.ended) == (state == ENDED)
    begins = [n for n, mark in enumerate(marks) if mark in (BEGUN, GONE_ON, HOOKED, RUN)]
    assert found.started == (f"i{begins[0]}" if begins else "")
    assert found.resets == marks.count(ANEW)


def test_the_turn_counts_and_not_the_clock() -> None:
    early, late = Said("b", "s", 1, 900), Said("a", "s", 2, 100)
    assert sessions.in_order([late, early]) == [early, late]
    same = [Said("b", "s", 1, 5), Said("a", "s", 1, 5), Said("c", "s", 0, 9)]
    assert [one.id for one in sessions.in_order(same)] == ["c", "a", "b"]


@given(
    st.text(max_size=90),
    st.sampled_from(["2026-11-22", "0001-01-01"]),
    st.sets(st.integers(1, 5)),
)
def test_a_new_name_is_one_and_new(branch: str, day: str, numbers: set[int]) -> None:
    first = sessions.new_name((), branch, day)
    taken = {first if number == 1 else f"{first}-{number}" for number in numbers}
    name = sessions.new_name(taken, branch, day)
    assert names.is_name(name)
    assert name not in taken
    assert sessions.new_name(lambda one: one in taken, branch, day) == name
    assert day in name


def test_names_are_of_the_branch_and_the_day() -> None:
    day = "2026-11-22"
    assert sessions.new_name((), "main", day) == "main-2026-11-22"
    assert sessions.new_name(["main-2026-11-22"], "main", day) == "main-2026-11-22-2"
    assert sessions.new_name((), "feature/lemon pie", day) == "feature-lemon-pie-2026-11-22"
    assert sessions.new_name((), "日本", day) == "session-2026-11-22"


# The verbs, in a real workspace


def state(journal: api.Journal, name: str) -> str:
    found = resuming.stands(journal, name)
    return found.session.state if found else ""


def refused(kind: str, call: Any, *words: Any, **more: Any) -> UsageError:
    with pytest.raises(UsageError) as caught:
        call(*words, **more)
    assert caught.value.kind == kind
    assert caught.value.hint
    return caught.value


def test_a_session_from_beginning_to_end(journal: api.Journal) -> None:
    begun = begin(journal, "lemon", actor="anna")
    assert (begun.session, begun.event, begun.before) == ("lemon", "started", None)
    journal.append(Draft(body="Zest first.", session="lemon"))
    journal.append(Draft(body="Or juice?", session="lemon", path="juice"))
    again = begin(journal, "lemon")
    assert again.event == "resumed"
    assert again.before
    assert again.before.session.entries == 3
    found = resuming.stands(journal, "lemon")
    assert found
    assert [line.path for line in found.lines] == ["juice", "main"]
    assert (found.first.id, found.last.id) == (begun.receipt.id, again.receipt.id)
    begin_anew(journal, "lemon", "Too sour.")
    _, before = finish(journal, "lemon", "Done.")
    assert (before.session.entries, before.session.resets) == (5, 1)
    rows = sessions.in_order(journal.entries())
    assert [row.turn for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.fields.get(EVENT) for row in rows] == [
        "started", None, None, "resumed", "reset", "ended"
    ]  # fmt: skip
    assert rows[-1].body == "Done."
    assert rows[0].actor == "anna"
    wrong = refused("session-ended", finish, journal, "lemon")
    assert wrong.file.endswith(".md")
    assert wrong.line
    refused("session-ended", begin, journal, "lemon")
    assert go_on(journal, "lemon").event == "resumed"
    assert state(journal, "lemon") == OPEN


def test_what_is_there_loosely_is_begun(journal: api.Journal) -> None:
    journal.append(Draft(body="Before.", session="found"))
    assert state(journal, "found") == LOOSE
    begun = begin(journal, "found")
    assert begun.event == "started"
    assert begun.before
    assert begun.before.session.entries == 1
    assert state(journal, "found") == OPEN


def test_the_verbs_do_without_a_journal(journal: api.Journal) -> None:
    verbs = (sessions.start, sessions.resume, sessions.reset, sessions.end)
    for verb in verbs:
        journal.append(verb("plain"))
        journal.append(verb("plain", "Because.", actor="anna"))
    bodies = [one.body for one in sessions.in_order(journal.entries())]
    assert bodies[1::2] == ["Because."] * 4
    assert len(set(bodies)) == 5
    assert state(journal, "plain") == ENDED


def test_a_session_that_nobody_knows(journal: api.Journal) -> None:
    begin(journal, "lemon-pie")
    for call in (finish, begin_anew, go_on):
        assert "lemon-pie" in refused("unknown-session", call, journal, "lemon-pye").hint
    hint = refused("unknown-session", finish, journal, "lemon-pie", namespace="other").hint
    assert "--namespace main" in hint
    refused("bad-name", begin, journal, "not a name")


def test_go_on_takes_the_one_that_spoke_last(journal: api.Journal) -> None:
    refused("no-session", go_on, journal)
    for name in ("a", "b", "c"):
        begin(journal, name)
    finish(journal, "c")
    journal.append(Draft(body="x", session="a"))
    assert [one.name for one in resuming.open_sessions(journal)] == ["a", "b"]
    assert go_on(journal).session == "a"


def test_a_forgotten_name_is_not_given_again(journal: api.Journal) -> None:
    first = begin(journal)
    assert first.session.startswith("soup-")
    forgetting.hide(journal, list(journal.rows()), "a mistake")
    assert begin(journal).session == f"{first.session}-2"
    assert resuming.stands(journal, first.session) is None
    assert begin(journal, first.session).event == "resumed"  # begun it was


def test_the_policy_may_keep_no_more_than_that_it_was(root: Path, journal: api.Journal) -> None:
    (root / "policy.yaml").write_text("defaults: {persist: none}\n", encoding="utf-8")
    one, other = begin(journal), begin(journal)
    assert one.session != other.session
    assert one.receipt.withheld
    assert {row.kind for row in journal.rows()} == {"event"}


def test_a_name_that_is_masked_is_told_as_it_is_kept(journal: api.Journal) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"  # made up
    begun = begin(journal, secret)
    assert begun.session != secret
    assert resuming.stands(journal, begun.session)


# Two writers: whatever they do in turn, and wherever it is folded, the view is the same

VERBS = st.tuples(
    st.booleans(), st.sampled_from(["start", "say", "end", "reset", "run"]), st.sampled_from("ab")
)


@settings(max_examples=12)
@given(st.lists(VERBS, min_size=4, max_size=9), st.randoms(use_true_random=False))
def test_interleaved_verbs_fold_to_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    verbs: list[tuple[bool, str, str]],
    chance: random.Random,
) -> None:
    root = str(tmp_path_factory.mktemp("two"))
    workspace.init(root)
    wanted: dict[str, str] = {}
    with api.open(root) as one, api.open(root) as other:
        for which, verb, name in verbs:
            _do(one if which else other, verb, name)
            before = wanted.get(name, LOOSE)
            wanted[name] = {"start": OPEN, "end": ENDED}.get(verb, before)
            if verb == "run" and before == LOOSE:
                wanted[name] = ENDED
        entries = list(one.entries())
        view = sessions.fold(entries)
        chance.shuffle(entries)
        assert sessions.fold(entries) == sessions.fold(other.rows()) == view
        assert {key[1]: found.state for key, found in view.sessions.items()} == wanted
        for name in wanted:
            its = sessions.in_order([row for row in entries if row.session == name])
            assert [row.turn for row in its] == list(range(1, len(its) + 1))
            found = resuming.stands(one, name)
            assert found
            assert found.session == view.sessions["main", name]


def _do(journal: api.Journal, verb: str, name: str) -> None:
    if verb == "run":  # as `journal run` tells
        for event in ("started", "ended"):
            fields = {EVENT: event}
            journal.append(Draft(body=event, kind=EVENT, session=name, fields=fields))
        return
    makers = {"start": sessions.start, "end": sessions.end, "reset": sessions.reset}
    journal.append(makers[verb](name) if verb in makers else Draft(body="x", session=name))


# Which session is meant


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(root: Path, text: str) -> str:
    git(root, "commit", "-q", "--allow-empty", "-m", text)
    return git(root, "rev-parse", "HEAD")[:12]


def test_the_nearest_session(root: Path, journal: api.Journal) -> None:
    assert resuming.nearest(journal) is None
    journal.append(Draft(body="x", session="bare"))
    near = resuming.nearest(journal)
    assert near
    assert (near.session, near.anchor, near.head) == ("bare", "", "")
    git(root, "init", "-q", "-b", "main")
    first = commit(root, "one")
    journal.append(Draft(body="x", session="on-main"))
    git(root, "checkout", "-q", "-b", "pie")
    second = commit(root, "two")
    journal.append(Draft(body="x", session="on-pie"))
    git(root, "checkout", "-q", "main")

    def nearest() -> tuple[str, bool]:
        found = resuming.nearest(journal)
        assert found
        assert found.head
        assert found.why
        return found.session, found.same_branch

    assert nearest() == ("on-main", True)  # on this very commit, though the other is newer
    commit(root, "three")
    assert nearest() == ("on-main", True)  # on this branch
    git(root, "checkout", "-q", "-b", "cake", second)
    commit(root, "four")
    assert nearest() == ("on-pie", False)  # it has gone on from there
    git(root, "checkout", "-q", "--detach", first)
    assert nearest() == ("on-main", False)
    git(root, "checkout", "-q", "--detach", second)
    journal.append(Draft(body="x", session="on-none"))
    assert nearest() == ("on-none", True)
    git(root, "checkout", "-q", "--orphan", "alone")
    assert nearest() == ("on-none", False)  # nothing tells more than that it is the newest
    git(root, "checkout", "-q", "-f", "-b", "amended", first)
    third = commit(root, "five")
    assert nearest() == ("on-main", False)
    pairs = {rewrites.FIELD: [[second, third]]}
    journal.append(Draft(body="x", kind="event", tags=(rewrites.TAG,), fields=pairs))
    assert nearest() == ("on-none", False)  # its commit became this one


def test_which_session_is_meant(journal: api.Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    refused("no-session", resuming.which, journal)
    refused("no-session", resuming.writes_to)
    for name in ("lemon", "pie"):
        begin(journal, name)
    assert resuming.which(journal) == "pie"
    assert resuming.which(journal, "lemon") == "lemon"
    assert "lemon" in refused("unknown-session", resuming.which, journal, "lemonn").hint
    monkeypatch.setenv("JOURNAL_SESSION", "lemon")
    assert resuming.which(journal) == resuming.writes_to() == "lemon"
    assert resuming.which(journal, "pie") == resuming.writes_to("pie") == "pie"
    monkeypatch.setenv("JOURNAL_SESSION", "nowhere")
    wrong = refused("unknown-session", resuming.which, journal)
    assert wrong.message.startswith("JOURNAL_SESSION: ")


# The command line


def answer(door: Door, verb: str, *words: str) -> Any:
    """What `journal session VERB` prints in JSON; a schema that took anything else would say so."""
    schema = f"session-{verb}"
    found = door.json("session", verb, *words, schema=schema)
    for path in _places(found):
        if path[0] != "entries" or len(path) == 1:  # entries may have any field
            assert faults(schema, _with(found, path, ["a list where none belongs", ["x"]]))
    return found


def test_start_prints_a_name_and_nothing_else(door: Door) -> None:
    first, quiet = door.text("session", "start")
    assert re.fullmatch(r"soup-\d{4}-\d\d-\d\d\n", first)
    assert quiet == ""
    second, told = door.text("session", "start")
    assert second == f"{first.strip()}-2\n"
    assert f"{first.strip()} is open since" in told
    assert f"journal session start --resume {first.strip()}" in told
    third, quiet = door.text("session", "start", "--new")
    assert third == f"{first.strip()}-3\n"
    assert quiet == ""
    assert door.text("session", "start", "--resume")[0] == third
    again, told = door.text("session", "start", first.strip())
    assert again == first
    assert "goes on" in told
    door.text("session", "start", "--new", first.strip(), code=2)
    door.text("session", "start", "--resume", "nowhere", code=2)
    door.text("session", "start", "--resume", "--new", code=2)


def test_end_and_reset_are_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "JOURNAL_SESSION" in door.text("session", "end", code=2)[1]
    monkeypatch.setenv("JOURNAL_SESSION", "another")
    assert "no session 'wrong'" in door.text("session", "end", "wrong", code=2)[1]
    monkeypatch.delenv("JOURNAL_SESSION")
    name = door.text("session", "start")[0].strip()
    monkeypatch.setenv("JOURNAL_SESSION", name)
    told = door.text("session", "reset", "--message", "too sour")[0]
    assert "begins anew: what was before (1 entry) stays" in told
    assert door.text("session", "end")[0].startswith(f"{name} has ended: 2 entries since ")
    assert re.search(
        rf"journal/.+\.md:\d+: the session {name} ended on", door.text("session", "end", code=2)[1]
    )
    told = door.text("session", "start", "--resume", name)[1]
    assert "had ended" in told
    with api.open(str(door.root)) as journal:
        bodies = [one.body for one in sessions.in_order(journal.entries())]
    assert bodies[1] == "too sour"
    assert "had 2 entries" in bodies[2]


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("policy.yaml", "defaults: {persist: none}\n", "persist none"),
        ("journal.toml", "", "enabled = false"),
    ],
)
def test_nothing_is_said_to_be_done_that_no_entry_tells(
    door: Door, file: str, text: str, why: str
) -> None:
    name = door.text("session", "start")[0].strip()
    config = door.root / file
    if file == "journal.toml":
        text = config.read_text(encoding="utf-8").replace("enabled = true", why)
    config.write_text(text, encoding="utf-8")
    for verb in ("reset", "end"):
        out, told = door.text("session", verb, "--session", name)
        assert out == ""
        assert why in told
        assert f"so {name} goes on" in told
    out, told = door.text(
        "session", "checkpoint", "--session", name, str(state := door.root / "s.json"), code=2
    )
    state.write_text("{}", encoding="utf-8")
    out, told = door.text("session", "checkpoint", "--session", name, str(state))
    assert why in told
    assert out.strip() == out.replace("\n", ""), "an id, or nothing at all"
    with api.open(str(door.root)) as journal:
        found = resuming.stands(journal, name)
        assert found
        assert (found.session.state, found.session.resets, found.session.entries) == (OPEN, 0, 1)


def test_a_session_has_only_the_paths_that_it_has(door: Door) -> None:
    name = door.text("session", "start")[0].strip()
    assert "it has main" in door.text("session", "show", name, "--path", "nowhere", code=2)[1]
    assert "Session " in door.text("session", "show", name, "--path", "main")[0]


def test_the_open_one_of_this_branch_goes_on(root: Path, door: Door) -> None:
    git(root, "init", "-q", "-b", "pie")
    for name in ("one", "two"):
        door.text("session", "start", "--new", name)
    git(root, "checkout", "-q", "-b", "cake")
    for name in ("three", "four"):
        door.text("session", "start", "--new", name)
    assert ", on pie; " not in door.text("session", "start")[1]
    door.text(
        "session", "end", "--session", next(iter(answer(door, "list")["sessions"]))["session"]
    )
    assert door.text("session", "start", "--resume")[0] == "four\n"
    git(root, "checkout", "-q", "-b", "soup")
    assert (
        ", on cake; 3 more are open; this is a new one: soup-" in door.text("session", "start")[1]
    )
    git(root, "symbolic-ref", "HEAD", "refs/heads/pie")
    assert door.text("session", "start", "--resume")[0] == "two\n"
    git(root, "symbolic-ref", "HEAD", "refs/heads/nobody-was-here")
    assert door.text("session", "start", "--resume")[0] == "two\n", "the one that spoke last"


def test_what_json_says(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(door, "list") == {"schema": "journal/session-list@1", "sessions": [], "total": 0}
    first = answer(door, "start", "--actor", "anna")
    name = first["session"]
    second = answer(door, "start")
    assert [one["session"] for one in second["open"]] == [name]
    assert answer(door, "start", name)["event"] == "resumed"
    monkeypatch.setenv("JOURNAL_SESSION", name)
    assert main(["append", "on a path", "--path", "try", "--workspace", str(door.root)]) == 0
    door.capture.readouterr()
    answer(door, "reset")
    assert answer(door, "end", "--message", "so")["entries"] == 4
    shown = answer(door, "show", "-n", "2")
    assert [entry["turn"] for entry in shown["entries"]] == [4, 5]
    about = shown["session"]
    assert (about["state"], about["entries"], about["turns"]) == ("ended", 5, 5)
    assert [line["path"] for line in about["paths"]] == ["main", "try"]
    assert about["ended"] == about["last"]
    assert len(answer(door, "show", "--all")["entries"]) == 5
    assert [e["path"] for e in answer(door, "show", "--path", "try")["entries"]] == ["try"]
    found = answer(door, "list", "-n", "1")
    assert (found["total"], [one["session"] for one in found["sessions"]]) == (2, [name])
    assert found["sessions"][0]["paths"] == 2
    assert found["sessions"][0]["began"] == about["began"]


def test_a_list_is_of_all_and_never_wraps(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    with api.open(str(door.root)) as journal:
        drafts = [sessions.start(f"a-session-with-quite-a-long-name-{n:02}") for n in range(25)]
        drafts += [Draft(body="日本語 " * 30, session="wide", path=p) for p in ("", "b")]
        journal.notebook.append_many(drafts)
    lines = door.text("session", "list")[0].splitlines()
    assert len(lines) == 20
    assert "loose" in lines[0]
    assert ", 2 paths" in lines[0]
    assert len(door.text("session", "list", "--all")[0].splitlines()) == 26
    for wide in (20, 40, 60, 71, 72, 80, 120):
        monkeypatch.setenv("COLUMNS", str(wide))
        for line in door.text("session", "list", "--all")[0].splitlines():
            assert sum(2 if ord(char) > 0x2E80 else 1 for char in line) <= wide
        for line in door.text("session", "show", "wide", "-n", "0")[0].splitlines():
            assert len(line) <= wide
    assert door.text("session", "show", "wide")[0].count("\n") > 8


def test_a_disabled_journal_still_gives_a_name(door: Door) -> None:
    config = door.root / "journal.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
    out, told = door.text("session", "start")
    assert out.startswith("soup-")
    assert "enabled = false" in told


# Processes

SCRIPT = [sys.executable, "-m", "journal"]


def started(root: Path, *words: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SCRIPT, *words],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def test_two_that_start_at_once_get_different_names(root: Path, journal: api.Journal) -> None:
    list(journal.rows())  # so that nobody has to make a catalog
    state = root / ".journal" / "state"
    state.mkdir(parents=True, exist_ok=True)
    lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT)
    files.lock(lock)  # all of them have chosen a name before any can append
    racing = [started(root, "session", "start") for _ in range(3)]
    try:
        _until_all_wait(racing, str(state / "lock"))
    finally:
        files.unlock(lock)
        os.close(lock)
    told = [process.communicate(timeout=60) for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0], told
    found = sorted(out.strip() for out, _ in told)
    assert found == [found[0], f"{found[0]}-2", f"{found[0]}-3"]
    assert sorted(one.name for one in resuming.open_sessions(journal)) == found


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


AGENT = """
import os, sys
from journal import api
from journal.entry import Draft
from journal.resuming.beginning import begin
journal = api.open(sys.argv[1])
name = begin(journal).session
print(name, flush=True)
number = 0
while True:
    number += 1
    journal.append(Draft(body=f"turn {number}", session=name))
    print(number, flush=True)
"""


def test_after_a_crash_the_open_one_is_offered(root: Path, door: Door) -> None:
    agent = subprocess.Popen(
        [sys.executable, "-c", AGENT, str(root)], stdout=subprocess.PIPE, text=True
    )
    assert agent.stdout
    name = agent.stdout.readline().strip()
    for line in agent.stdout:
        if int(line) >= 3:
            break
    agent.send_signal(signal.SIGKILL)
    agent.wait()
    agent.stdout.close()
    told = door.text("session", "start")
    assert told[0] == f"{name}-2\n"  # nobody can be asked: two agents are never merged
    assert f"journal session start --resume {name}" in told[1]
    door.text("session", "end", "--session", f"{name}-2")
    out, shown = at_a_terminal(root, "session", "start", answer="\n")
    assert f"go on with {name} (last entry " in shown
    assert out == f"{name}\n"
    with api.open(str(root)) as journal:
        rows = sessions.in_order([row for row in journal.rows() if row.session == name])
        assert [row.turn for row in rows] == list(range(1, len(rows) + 1))
        assert [row.head for row in rows[1:4]] == ["turn 1", "turn 2", "turn 3"]
        assert rows[-1].fields[EVENT] == "resumed"
    out, shown = at_a_terminal(root, "session", "start", answer="n\n")
    assert out == f"{name}-3\n"
    assert "--resume" not in shown, "they have just said no"
    out, shown = at_a_terminal(root, "session", "start", answer="\x04")  # no answer is no yes
    assert out == f"{name}-4\n"
    assert "; 1 more is open)? [Y/n]" in shown


def at_a_terminal(root: Path, *words: str, answer: str) -> tuple[str, str]:
    """What a command prints and shows to a person who gives that answer when asked."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*SCRIPT, *words], cwd=root, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 60
    while b"? [Y/n] " not in shown and time.monotonic() < deadline:
        if select.select([ours], [], [], 1)[0]:
            shown += os.read(ours, 1 << 12)
    os.write(ours, answer.encode())
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, shown
    return out.decode(), shown.decode()
