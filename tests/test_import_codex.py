"""Codex: each thing said once, calls and results, what was captured, forks, compactions, times."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import api
from journal.conversation import said
from journal.finding import Finding
from journal.importers.codex import IMPORTER
from journal.importers.port import Captured, Item, Reading, there
from journal.importing import Round
from journal.importing.brought import Options
from journal.workspace import init

SAMPLE = Path(__file__).parent / "importers" / "codex"
SESSION = "01990000-0000-7000-8000-000000000001"
ROLLOUT = SAMPLE / f"sessions/2026/02/03/rollout-2026-02-03T09-00-00-{SESSION}.jsonl"
FORK = "01990000-0000-7000-8000-000000000002"
START = datetime(2026, 2, 3, 9, tzinfo=UTC)


def line(second: int, kind: str, **payload: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"timestamp": at, "type": kind, "payload": payload}


def event(second: int, name: str, **payload: Any) -> dict[str, Any]:
    return line(second, "event_msg", type=name, **payload)


def message(second: int, role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    content = [{"type": kind, "text": text}]
    return line(second, "response_item", type="message", role=role, content=content)


def meta(**more: Any) -> dict[str, Any]:
    return line(0, "session_meta", id=SESSION, cwd="/home/anna/app", **more)


def asked(second: int, text: str) -> list[dict[str, Any]]:
    return [message(second, "user", text), event(second, "user_message", message=text)]


def answered(second: int, text: str) -> list[dict[str, Any]]:
    shown = event(second, "agent_message", message=text)
    return [shown, message(second, "assistant", text)]


def call(second: int, name: str, given: Mapping[str, Any], call_id: str) -> dict[str, Any]:
    arguments = json.dumps(given)
    return line(
        second, "response_item", type="function_call", name=name, arguments=arguments,
        call_id=call_id,
    )  # fmt: skip


def output(second: int, call_id: str, given: Any) -> dict[str, Any]:
    return line(second, "response_item", type="function_call_output", call_id=call_id, output=given)


def rollout(folder: Path, rows: list[dict[str, Any]], session: str = SESSION) -> Path:
    file = folder / f"rollout-2026-02-03T09-00-00-{session}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def read(file: Path, reading: Reading | None = None) -> list[Item]:
    found = IMPORTER.read(str(file), reading or Reading())
    return [one for one in found if isinstance(one, Item)]


def findings(file: Path) -> list[Finding]:
    return [one for one in IMPORTER.read(str(file), Reading()) if isinstance(one, Finding)]


def shown(found: list[Item]) -> list[tuple[str, str, str]]:
    return [(one.id, one.draft.role or one.draft.kind, one.draft.title) for one in found]


def test_a_session_is_told_once_and_in_order() -> None:
    assert shown(read(ROLLOUT)) == [
        ("5", "user", "Why does the importer count hello twice?"),
        ("9", "assistant", "I look at the counter first."),
        ("16", "tool", "shell: rg -n hello src"),
        ("17", "tool", "exec_command: git status --short"),
        ("20", "assistant", "apply_patch: app/src/count.ts"),
        ("22", "tool", "apply_patch: app/src/count.ts"),
        ("24", "assistant", "It was added once for each telling; now it is added once."),
        ("28", "summary", "Conversation compacted"),
        ("31", "user", "And what does this picture show?"),
        ("33", "assistant", "Opening the picture"),
        ("34", "event", "Turn aborted: interrupted"),
        ("35", "user", "Leave the picture, write a test."),
        ("37", "assistant", "local_shell: npm test"),
        ("38", "tool", "local_shell: npm test"),
        ("39", "assistant", "The test passes."),
        ("41", "event", "Taken back: the last prompt"),
        ("42", "user", "Write two tests instead."),
        ("44", "assistant", "Two tests pass."),
    ]


def test_what_the_model_gave_at_one_go_is_one_entry_and_results_follow_it() -> None:
    by_id = {one.id: one for one in read(ROLLOUT)}
    turn = by_id["9"]
    assert turn.parts == ("10", "14", "15")
    assert turn.draft.fields == {"model": "gpt-5.1-codex"}
    body = str(turn.draft.body)
    assert body.startswith("*Thinking*\n\n> **Looking at the counter**\n>\n> It may add")
    assert body.count("I look at the counter first.") == 1
    assert "```sh\ngit status --short\n```" in body
    assert (by_id["16"].follows, by_id["17"].follows, by_id["20"].follows) == ("9", "9", "17")
    assert by_id["16"].draft.body == "```\nsrc/count.ts:7: count(hello)\n```"
    assert str(by_id["17"].draft.body).startswith("*failed*\n\n```\nfatal: not a git repository")
    assert by_id["16"].draft.fields == {"tool": "shell"}
    assert "```diff\n*** Begin Patch" in str(by_id["20"].draft.body)
    assert {one.draft.actor for one in by_id.values() if one.draft.role == "tool"} == {"codex"}


def test_a_compaction_says_what_it_stands_for() -> None:
    summary = next(one for one in read(ROLLOUT) if one.draft.kind == "summary")
    assert summary.draft.body == "We found that the importer counted each telling, and mended it."
    assert dict(summary.refers) == {"first": "5", "last": "24"}
    assert summary.draft.fields == {"covers": 7}


def test_an_encrypted_compaction_is_told(tmp_path: Path) -> None:
    kept = [{"type": "message", "role": "user"}, {"type": "compaction", "encrypted_content": "g"}]
    rows = [meta(), *asked(1, "one"), line(2, "compacted", message="", replacement_history=kept)]
    rows += [event(3, "context_compacted"), *answered(4, "two"), event(5, "context_compacted")]
    found = [one for one in read(rollout(tmp_path, rows)) if one.draft.kind == "summary"]
    first, second = [str(one.draft.body) for one in found]
    assert first.startswith("The conversation before this was compacted; the summary is encrypted.")
    assert first.endswith(" 1 of its messages stayed as they were.")
    assert second == "The conversation before this was compacted."


def test_prompts_that_were_taken_back_begin_a_path(tmp_path: Path) -> None:
    by_id = {one.id: one for one in read(ROLLOUT)}
    assert (by_id["42"].draft.path, by_id["42"].follows) == ("fork-41", "34")
    assert (by_id["44"].draft.path, by_id["41"].draft.path) == ("fork-41", "main")
    rows = [meta(), *asked(1, "one"), *answered(2, "two"), *asked(3, "three")]
    rows += [event(4, "thread_rolled_back", num_turns=9), *asked(5, "again")]
    last = read(rollout(tmp_path, rows))[-1]
    assert (last.draft.title, last.draft.path, last.follows) == ("again", "fork-8", "")


def test_git_and_times_are_each_lines_own(tmp_path: Path) -> None:
    first = read(ROLLOUT)[0]
    assert first.draft.git == "feat/import@e32967b08906"
    assert first.draft.at == "2026-02-03T09:00:05.405Z"
    none = rollout(tmp_path, [meta(git=None), *asked(1, "no repository")])
    assert read(none)[0].draft.git == "-"
    known = Reading(anchor=lambda cwd, branch, at: f"{branch}@{cwd[-3:]}{at.second}")
    branch = rollout(tmp_path, [meta(git={"branch": "x"}), *asked(7, "a branch")])
    assert read(branch, known)[0].draft.git == "x@app7"


def test_missing_and_odd_times_are_told_once_for_each_file(tmp_path: Path) -> None:
    rows = [meta(), *asked(9, "one"), *asked(3, "two"), *answered(4, "three")]
    rows[5]["timestamp"] = "soon"
    del rows[6]["timestamp"]
    file = rollout(tmp_path, rows)
    assert [one.draft.at for one in read(file)] == [
        rows[1]["timestamp"], rows[3]["timestamp"], rows[3]["timestamp"],
    ]  # fmt: skip
    assert sorted((f.code, f.line) for f in findings(file)) == [
        ("bad-time", 6), ("no-time", 7), ("time-backwards", 4),
    ]  # fmt: skip


def test_a_file_without_any_time_has_its_own(tmp_path: Path) -> None:
    file = rollout(tmp_path, [{"type": "message", "role": "user", "content": "hello"}])
    os.utime(file, (1_600_000_000, 1_600_000_000))
    assert read(file)[0].draft.at == "2020-09-13T12:26:40+00:00"


@pytest.mark.parametrize("events", [True, False])
def test_context_that_codex_puts_in_is_no_prompt(tmp_path: Path, events: bool) -> None:
    context = "<environment_context>\n<cwd>/home/anna</cwd>\n</environment_context>"
    rows = [meta(), message(1, "user", context), *asked(2, "one"), *answered(3, "two")]
    rows += [message(4, "user", "<skill>\nname\n</skill>"), *asked(5, "three")]
    if not events:
        rows = [row for row in rows if row["type"] != "event_msg"]
    reading = Reading()
    found = read(rollout(tmp_path, rows), reading)
    assert [one.draft.body for one in found] == ["one", "two", "three"]
    assert reading.left["injected context"] == 2


def test_unknown_context_is_left_out_where_events_tell_the_prompts(tmp_path: Path) -> None:
    rows = [meta(), *asked(1, "one"), *answered(2, "two")]
    rows += [message(3, "user", "<brand_new>\nx\n</brand_new>"), *answered(4, "three")]
    assert [one.draft.body for one in read(rollout(tmp_path, rows))] == ["one", "two\n\nthree"]


def test_the_same_words_twice_are_two_messages(tmp_path: Path) -> None:
    rows = [
        meta(),
        *asked(1, "yes"),
        *answered(2, "Done."),
        *asked(3, "yes"),
        *answered(4, "Done."),
    ]
    bodies = [one.draft.body for one in read(rollout(tmp_path, rows))]
    assert bodies == ["yes", "Done.", "yes", "Done."]


def test_a_telling_without_the_other_is_enough(tmp_path: Path) -> None:
    rows = [meta(), asked(1, "shown")[1], answered(2, "seen")[0], asked(3, "sent")[0]]
    rows += [asked(3, "sent")[1], answered(4, "kept")[1]]
    bodies = [one.draft.body for one in read(rollout(tmp_path, rows))]
    assert bodies == ["shown", "seen", "sent", "kept"]


@pytest.mark.parametrize("count", range(1, 45))
def test_a_file_that_grew_after_any_line_says_each_thing_once(tmp_path: Path, count: int) -> None:
    lines = ROLLOUT.read_text("utf-8").splitlines(keepends=True)
    assert len(lines) == 45
    file = tmp_path / ROLLOUT.name
    file.write_text("".join(lines[:count]), "utf-8")
    first = read(file)
    names = {name: name for one in first for name in (one.id, *one.parts)}
    file.write_text("".join(lines), "utf-8")
    then = read(
        file, Reading(known=lambda asked, _: {name: name for name in asked if name in names})
    )
    bodies = "\n".join(str(one.draft.body) for one in (*first, *then))
    for text in (
        "Why does the importer", "I look at the counter", "It may add each", "rg -n hello src",
        "```sh\ngit status", "not a git repository", "*** Begin Patch", "M src/count.ts",
        "added once for each", "each telling, and mended", "this picture show", "Opening the",
        "write a test", "npm test", "1 passed", "The test passes.", "Two tests pass.",
    ):  # fmt: skip
        assert bodies.count(text) == 1, text
    ids = {name for one in (*first, *then) for name in (one.id, *one.parts)}
    assert {one.follows for one in then} <= ids | {""}


def test_a_turn_that_went_on_is_continued(tmp_path: Path) -> None:
    rows = [meta(), *asked(1, "one"), *answered(2, "two"), call(3, "shell", {"command": "ls"}, "c")]
    file = rollout(tmp_path, [*rows, output(4, "c", "a.txt"), *answered(5, "three")])
    found = read(file, Reading(known=lambda names, _: {n: "e" for n in names if n in ("2", "4")}))
    assert [(one.id, one.follows, one.draft.title) for one in found] == [
        ("6", "4", "shell: ls (continued)"),
        ("7", "6", "shell: ls"),
        ("8", "7", "three"),
    ]


def test_what_hooks_captured_does_not_come_again(tmp_path: Path) -> None:
    rows = [meta(), *asked(1, "one"), *answered(2, "two"), call(3, "shell", {"command": "ls"}, "c")]
    rows += [output(4, "c", "a.txt"), *asked(5, "far"), *asked(6, "one")]
    near = [Captured("e", START + timedelta(seconds=30))]
    held = {said.key("one"): near, said.key("two"): near, "tool-c": near}
    held[said.key("far")] = [Captured("e", START + timedelta(seconds=500))]
    found = read(rollout(tmp_path, rows), Reading(captured=lambda _: held))
    assert [(one.id, one.draft.title, one.follows) for one in found] == [
        ("6", "shell: ls", there("e")),
        ("8", "far", there("e")),
        ("10", "one", "8"),
    ]


def test_a_fork_gives_only_what_is_its_own() -> None:
    file = next(SAMPLE.rglob(f"*{FORK}.jsonl"))
    reading = Reading()
    found = read(file, reading)
    assert [(one.draft.title, one.draft.session) for one in found] == [
        (f"Forked: from session {SESSION}", FORK),
        ("Now explain hello to a child.", FORK),
        ("It said hello twice; now it says it once.", FORK),
    ]
    assert found[-1].draft.fields == {"model": "gpt-5.1-codex"}
    assert reading.left["copied from the session it was forked from"] == 26


def test_a_fork_whose_origin_is_gone_gives_all_of_it(tmp_path: Path) -> None:
    file = next(SAMPLE.rglob(f"*{FORK}.jsonl"))
    alone = tmp_path / file.name
    alone.write_bytes(file.read_bytes())
    bodies = [str(one.draft.body) for one in read(alone)]
    assert "Why does the importer count hello twice?" in bodies
    assert bodies[-1] == "It said hello twice; now it says it once."


def test_prompts_of_another_agent_are_codexs(tmp_path: Path) -> None:
    by_agent = meta(source={"subagent": {"thread_spawn": {}}})
    assert read(rollout(tmp_path, [by_agent, *asked(1, "Look it up.")]))[0].draft.actor == "codex"
    person = rollout(tmp_path, [meta(source="cli"), *asked(1, "Look it up.")])
    assert read(person, Reading(user="anna"))[0].draft.actor == "anna"


def test_a_long_result_is_shown_in_part_and_kept_whole(tmp_path: Path) -> None:
    long = "".join(f"line {number}\n" for number in range(3000))
    patch = "*** Begin Patch\n*** Update File: a.ts\n" + "+x\n" * 5000 + "*** End Patch"
    rows = [meta(), *asked(1, "go"), call(2, "shell", {"command": ["cat", "a"]}, "c")]
    rows += [output(3, "c", long)]
    rows += [line(4, "response_item", type="custom_tool_call", name="apply_patch", input=patch)]
    found = read(rollout(tmp_path, rows))
    assert len(str(found[2].draft.body)) < 5000
    assert "sha256:" in str(found[2].draft.body)
    assert [whole.text for whole in found[2].wholes] == [long]
    assert found[3].draft.title == "apply_patch: a.ts"
    assert [whole.text for whole in found[3].wholes] == [patch]


def test_a_prompt_larger_than_an_entry_is_kept_whole_always(tmp_path: Path) -> None:
    huge = "word " * 300_000
    one = read(rollout(tmp_path, [meta(), *asked(1, huge)]))[0]
    assert len(str(one.draft.body)) <= 1 << 20
    assert [(whole.text, whole.always) for whole in one.wholes] == [(huge, True)]


def test_a_long_file_is_read_twice_and_says_the_same(tmp_path: Path) -> None:
    rows = [meta()]
    for number in range(40):
        rows += asked(number, f"prompt {number} " + "x" * 500_000)
    file = rollout(tmp_path, rows)
    assert file.stat().st_size > 16 << 20
    reading = Reading()
    assert len(read(file, reading)) == 40
    assert reading.left == {"session_meta": 1}
    known = Reading(known=lambda names, _: {name: "e" for name in names if int(name) < 70})
    assert [one.id for one in read(file, known)] == ["70", "72", "74", "76", "78", "80"]


def test_torn_lines_keep_their_text(tmp_path: Path) -> None:
    file = rollout(tmp_path, [meta(), *asked(1, "one")])
    file.write_bytes(file.read_bytes() + b'{"timestamp":"2026-02-03T09:00:0\n' + b'{"half')
    found = read(file)
    assert (found[-1].draft.title, found[-1].draft.kind) == ("Unreadable line", "event")
    assert '"timestamp":"2026-02-03T09:00:0' in str(found[-1].draft.body)
    assert [one.code for one in findings(file)] == ["torn-line"]


def test_lines_of_an_unknown_kind_are_told_once(tmp_path: Path) -> None:
    odd = line(1, "response_item", type="hologram", content="?")
    file = rollout(tmp_path, [meta(), odd, odd, line(2, "mood", a=1)])
    assert [(one.code, one.line) for one in findings(file)] == [
        ("unknown-line", 2),
        ("unknown-line", 4),
    ]


def test_files_are_found_in_the_order_of_their_beginning(tmp_path: Path) -> None:
    names = [os.path.basename(file) for file in IMPORTER.files(str(SAMPLE))]
    assert [name[:26] for name in names] == [
        "rollout-2025-08-01T10-00-0", "rollout-2026-02-03T09-00-0", "rollout-2026-02-03T12-00-0",
        "history.jsonl",
    ]  # fmt: skip
    other = tmp_path / "full.jsonl"
    other.write_text(json.dumps(meta()) + "\n", "utf-8")
    (tmp_path / "else.jsonl").write_text('{"a": 1}\n', "utf-8")
    assert IMPORTER.files(str(tmp_path)) == [str(other)]


def test_places_follow_the_environment(monkeypatch: pytest.MonkeyPatch, isolated: Path) -> None:
    assert IMPORTER.places()[0] == str(isolated / ".codex" / "sessions")
    monkeypatch.setenv("CODEX_HOME", "/elsewhere")
    assert IMPORTER.places()[1:] == ["/elsewhere/archived_sessions", "/elsewhere/history.jsonl"]


def test_history_gives_the_prompts_of_sessions_without_a_rollout() -> None:
    reading = Reading()
    found = read(SAMPLE / "history.jsonl", reading)
    key = said.key("yes")
    assert [one.id for one in found][1:] == [key, f"{key}-2"]
    assert found[0].draft.at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
    assert reading.left == {"prompt: its session's rollout has it": 1}
    imported = Reading(known=lambda names, _: {name: "e" for name in names if name == "7"})
    assert read(SAMPLE / "history.jsonl", imported) == []


def test_a_rollout_that_comes_after_its_history_brings_no_prompt_twice(tmp_path: Path) -> None:
    home = tmp_path / "codex"
    home.mkdir()
    second = int(START.timestamp())
    prompts = [{"session_id": SESSION, "ts": second + at, "text": "yes"} for at in (1, 3)]
    text = "".join(json.dumps(prompt) + "\n" for prompt in prompts)
    (home / "history.jsonl").write_text(text, "utf-8")
    init(str(tmp_path / "w"))
    with api.open(str(tmp_path / "w")) as journal:
        assert bring(journal, home) == 2
        rows = [meta(), *asked(1, "yes"), *answered(2, "Done."), *asked(3, "yes")]
        rollout(home, [*rows, *answered(4, "Done again.")])
        assert bring(journal, home) == 2
        assert bring(journal, home) == 0
        bodies = sorted(entry.body.strip() for entry in journal.notebook.entries())
    assert bodies == ["Done again.", "Done.", "yes", "yes"]


def bring(journal: api.Journal, folder: Path) -> int:
    with Round(journal, IMPORTER, Options()) as importing:
        return importing.bring([str(folder)]).new
