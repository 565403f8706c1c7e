"""What agents' hooks bring in: every event, whatever stands in it, however many at once."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hooking import SECRET, SESSION, Fired, payload, prompt, tool

from journal import attach
from journal.conversation import said
from journal.hooks.toolresult import text_of
from journal.hooks.transcript import last_answer

DEAR = {"argparse", "dataclasses", "datetime", "hashlib", "json", "pathlib", "re", "subprocess",
        "typing", "yaml"}  # fmt: skip


@pytest.fixture
def fired(tmp_path: Path, journal_bin: Path) -> Fired:
    return Fired.new(tmp_path / "workspace", journal_bin)


ANSWER = "All **green**.\n\nThe clock was wrong."
EVENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        payload("SessionStart", source="startup", model="claude-sonnet-5"),
        {"kind": "event", "role": "system", "title": "Session started", "path": "main"},
    ),
    (
        prompt("Please mend the tests.\n\nThey are red.", prompt_id="550e8400-e29b"),
        {"kind": "message", "role": "user", "actor": "user", "title": "Please mend the tests.",
         "body": "Please mend the tests.\n\nThey are red.", "name": "prompt-550e8400-e29b"},
    ),
    (
        tool(7),
        {"role": "tool", "actor": "claude-code", "title": "Bash: npm test", "path": "main",
         "name": "tool-toolu_01D7FLrfh4GYq7yT1UL00007"},
    ),
    (
        tool(8, agent_id="a1f/2", agent_type="Explore", tool_name="Read",
             tool_input={"file_path": "/x/notes.md"},
             tool_response={"type": "text", "file": {"filePath": "/x/notes.md", "content": "hi"}}),
        {"role": "tool", "title": "Read: /x/notes.md", "path": "agent-a1f-2"},
    ),
    (
        payload("PostToolUseFailure", tool_name="Bash", tool_input={"command": "make"},
                tool_use_id="toolu_9", error="Exit code 2\nno rule"),
        {"role": "tool", "title": "Bash: make", "name": "tool-toolu_9"},
    ),
    (
        payload("Stop", last_assistant_message=ANSWER, stop_hook_active=False),
        {"role": "assistant", "actor": "claude-code", "title": "All green.", "body": ANSWER,
         "name": said.key(ANSWER)},
    ),
    (
        payload("SubagentStop", agent_id="a1f2", last_assistant_message="Three files."),
        {"role": "assistant", "path": "agent-a1f2", "body": "Three files."},
    ),
    (
        payload("StopFailure", error="rate_limit", error_details="429 Too Many Requests"),
        {"kind": "event", "title": "API error: rate_limit"},
    ),
    (
        payload("PreCompact", trigger="manual", custom_instructions="keep the plan"),
        {"kind": "event", "title": "Context is being compacted"},
    ),
    (
        payload("SessionEnd", reason="prompt_input_exit"),
        {"kind": "event", "title": "Session ended"},
    ),
]  # fmt: skip


def test_every_event_becomes_an_entry(fired: Fired) -> None:
    for given, _ in EVENTS:
        done = fired.fire(given)
        assert (done.stdout, done.stderr) == (b"", b"")
    found = fired.entries()
    assert len(found) == len(EVENTS)
    for entry, (given, wanted) in zip(found, EVENTS, strict=True):
        told = {key: getattr(entry, key) for key in wanted if key != "name"}
        assert told == {key: value for key, value in wanted.items() if key != "name"}, given
        name = wanted.get("name", "")
        assert entry.session == SESSION
        assert str(entry.fields["source"]).startswith(f"claude-code:{SESSION}:{name}")
        assert not entry.git  # it was nowhere in a work tree, whatever the workspace is in
    assert "npm test" in found[2].body
    assert "all passed" in found[2].body
    assert found[2].fields["tool"] == "Bash"
    assert found[0].fields["reason"] == "startup"
    assert found[0].fields["model"] == "claude-sonnet-5"
    assert "no rule" in found[4].body
    assert "keep the plan" in found[8].body
    assert "429" in found[7].body
    assert not (fired.root / ".journal/state/dead").is_dir() or not os.listdir(
        fired.root / ".journal/state/dead"
    )


def test_the_commit_is_that_of_where_the_agent_works(fired: Fired, tmp_path: Path) -> None:
    project = tmp_path / "project"
    run = ["git", "-c", "init.defaultBranch=main", "-C", str(tmp_path), "init", "-q", "project"]
    subprocess.run(run, check=True)
    subprocess.run(
        ["git", "-C", str(project), "commit", "-q", "--allow-empty", "-m", "x"], check=True
    )
    head = subprocess.run(
        ["git", "-C", str(project), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout
    fired.fire(prompt("hello", cwd=str(project)))
    assert fired.entries()[0].git == f"main@{head[:12]}"


def test_codex_says_nearly_the_same(fired: Fired) -> None:
    common = {"session_id": "0199-aa", "turn_id": "t1", "cwd": "/nowhere", "model": "gpt-x"}
    for given in (
        {"hook_event_name": "SessionStart", "source": "resume", "transcript_path": None},
        {"hook_event_name": "UserPromptSubmit", "prompt": "hello"},
        {"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_use_id": "call_1",
         "tool_input": {"command": "ls"}, "tool_response": "a.txt\nb.txt"},
        {"hook_event_name": "Stop", "last_assistant_message": "Two files."},
    ):  # fmt: skip
        assert fired.fire({**common, **given}, "codex").stdout == b""
    start, asked, listed, answer = fired.entries()
    assert start.title == "Session resumed"
    assert asked.fields["source"] == f"codex:0199-aa:{said.key('hello')}"
    assert (asked.actor, answer.actor, answer.fields["model"]) == ("user", "codex", "gpt-x")
    assert "b.txt" in listed.body
    assert listed.fields["source"] == "codex:0199-aa:tool-call_1"


GARBAGE = [
    b"", b"  \n", b"garbage", b"[]", b"null", b'"x"', b"\xff\xfe{}", b"{" * 9, b"[" * 100_000,
    b'{"hook_event_name": "UserPromptSubmit", "prompt": "x"', b'{"prompt": NaN}',
]  # fmt: skip
ODD: list[Any] = [
    None,
    5,
    True,
    1e300,
    [],
    {},
    ["x", None, {"y": [1]}],
    {"z": {"text": 1}},
    "",
    "\x00",
]
FIELDS = ("session_id", "cwd", "transcript_path", "agent_id", "prompt_id", "model", "tool_name")


def test_garbage_fails_nobody_and_is_told(fired: Fired) -> None:
    for data in GARBAGE:
        assert fired.fire(data).stdout == b""
    assert fired.entries() == []
    letters = fired.json("hook", "letters")["letters"]
    assert len(letters) == len(GARBAGE)
    assert {one["error"]["kind"] for one in letters} == {"bad-payload"}


@pytest.mark.parametrize("agent", ["claude-code", "codex"])
def test_fields_of_any_type(
    fired: Fired, agent: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from journal.hooks import run

    monkeypatch.chdir(fired.root)
    cases = []
    for odd in ODD:
        cases += [tool(**dict.fromkeys(FIELDS, odd)), tool(tool_response=odd, tool_input=odd)]
        cases += [tool(tool_response={"content": odd, "file": odd}, tool_input={"todos": [odd]})]
        cases += [payload("Stop", last_assistant_message=odd), payload("StopFailure", error=odd)]
        cases += [payload("SessionStart", source=odd), prompt("x", session_id=odd)]
        cases += [prompt(odd), payload("PreCompact", trigger=odd, custom_instructions=odd)]
    cases += [{"hook_event_name": odd} for odd in ODD] + [{}]
    for case in cases:
        data = json.dumps(case).encode()
        monkeypatch.setattr("journal.files.read_all", _once(data))
        assert run.run([agent, "--workspace", str(fired.root)]) == ""
    assert capfd.readouterr().err == ""
    assert len(fired.entries()) > len(cases) / 2
    assert fired.run("verify").returncode == 0


def _once(data: bytes) -> Any:
    from journal import files

    read = files.read_all
    return lambda fd: data if fd == 0 else read(fd)


def test_what_no_entry_can_hold_is_replaced(fired: Fired) -> None:
    fired.fire(b'{"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt":'
               b' "a \\u0000 b \\ud83d c \\ud83d\\ude00 \xff"}')  # fmt: skip
    assert [entry.body for entry in fired.entries()] == ["a ␀ b \ufffd c 😀 \ufffd"]


def test_secrets_are_masked_and_the_ids_are_not(fired: Fired) -> None:
    given = {"command": f"export API_PASSWORD={SECRET}"}
    fired.fire(tool(tool_input=given, session_id="8c35adc1-7d41-4f4e-9a15-333455556666"))
    fired.fire(prompt(f"password={SECRET}"))
    done = fired.fire(payload("Stop", last_assistant_message=f"It is password={SECRET}."))
    assert b"masked" in done.stderr
    assert SECRET.encode() not in done.stderr
    assert len(fired.entries()) == 3
    assert fired.holds(SECRET) == []
    source = fired.entries()[0].fields["source"]
    assert source == f"claude-code:{SESSION}:tool-toolu_01D7FLrfh4GYq7yT1UL00001"


def test_texts_of_megabytes(fired: Fired) -> None:
    lines = "".join(f"line {number}\n" for number in range(200_000))
    assert len(lines) > 2_000_000
    fired.fire(prompt(lines))
    fired.fire(tool(tool_input={"content": lines, "file_path": "/x"}, tool_response=lines))
    fired.fire(payload("Stop", last_assistant_message=lines))
    asked, called, answer = fired.entries()
    assert len(called.body) < 40_000
    for entry in (asked, answer):
        assert 900_000 < len(entry.body) < 1_000_500
        assert "left out" in entry.body
        assert entry.body.rstrip().endswith("line 199999")
        (kept,) = attach.of(entry.fields["attachments"])
        assert (fired.root / kept.path("main")).read_text() == lines
        assert kept.digest in entry.body
    (fired.root / "journal/main/attachments").rename(fired.root / "away")
    (fired.root / "journal/main/attachments").touch()
    fired.fire(prompt(lines + "again"))  # can't be kept whole: an import is to bring it
    assert "attachments" not in fired.entries()[-1].fields
    assert ":event-" in str(fired.entries()[-1].fields["source"])


def test_what_an_agent_gives_back(fired: Fired) -> None:
    given = {"description": "Look", "prompt": "Find it", "subagent_type": "Explore"}
    back = {"status": "completed", "agentId": "a1f2", "content": [{"type": "text", "text": "No."}]}
    fired.fire(tool(1, tool_name="Task", tool_input=given, tool_response=back))
    going = {"status": "async_launched", "agentId": "a1f2", "isAsync": True}
    fired.fire(tool(2, tool_name="Task", tool_input=given, tool_response=going))
    came, launched = fired.entries()
    assert (came.kind, came.fields["merges"], came.path) == ("merge", "agent-a1f2", "main")
    assert (launched.kind, launched.fields.get("merges")) == ("message", None)


def test_eight_at_once(fired: Fired) -> None:
    count = 50
    running: list[subprocess.Popen[bytes]] = []
    for number in range(count):
        if len(running) == 8:
            assert running.pop(0).wait() == 0
        one = subprocess.Popen(
            fired.words(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=fired.root
        )
        assert one.stdin
        one.stdin.write(json.dumps(tool(number)).encode())
        one.stdin.close()
        running.append(one)
    assert [one.wait() for one in running] == [0] * len(running)
    names = {str(entry.fields["source"]).rpartition(":")[2] for entry in fired.entries()}
    assert names == {f"tool-toolu_01D7FLrfh4GYq7yT1UL{number:05}" for number in range(count)}
    assert len(fired.entries()) == count
    assert fired.run("verify").returncode == 0
    assert fired.json("hook", "letters")["letters"] == []


@pytest.mark.parametrize(
    "given", [prompt("x"), tool(), payload("Stop", last_assistant_message="x")], ids=str
)
def test_it_loads_no_more_than_an_append(fired: Fired, given: dict[str, Any]) -> None:
    fired.fire(given)  # which compiles the configuration
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *fired.words()],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=True,
        cwd=fired.root,
    )
    bare = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "pass"], capture_output=True, check=True
    )
    more = _modules(done.stderr) - _modules(bare.stderr)
    assert "journal.hooks.run" in more
    assert {name.split(".")[0] for name in more} & DEAR == set()
    assert len(fired.entries()) == 2


def _modules(told: bytes) -> set[str]:
    lines = told.decode().splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


LINES: list[dict[str, Any]] = [
    {"type": "user", "message": {"content": "hello"}},
    {"type": "assistant", "message": {"id": "m1", "content": [{"type": "text", "text": "old"}]}},
    {"type": "user", "message": {"content": [{"type": "tool_result", "content": "x"}]}},
    {"type": "assistant", "message": {"id": "m2", "content": [{"type": "text", "text": "One."}]}},
    {"type": "assistant", "message": {"id": "m2", "content": [{"type": "thinking"}]}},
    {"type": "assistant", "message": {"id": "m2", "content": [{"type": "text", "text": "Two."}]}},
    {"type": "system", "subtype": "turn_duration"},
]


def test_an_answer_from_the_transcript(fired: Fired, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    fired.fire(payload("Stop", transcript_path=str(file)))
    assert [entry.body for entry in fired.entries()] == ["One.\n\nTwo."]
    with file.open("a", encoding="utf-8") as more:
        more.write(json.dumps(LINES[0]) + '\n{"type": "assist')
    assert last_answer(str(file)) == ""
    for path in ("", "/nowhere", str(tmp_path), "a\0b"[:1], "/dev/zero"):
        assert last_answer(path) == ""


RESULTS: list[tuple[Any, str]] = [
    (None, ""),
    ("text", "text"),
    ({"stdout": "out\n", "stderr": "err", "interrupted": True}, "out\nerr\n[interrupted]"),
    ({"type": "text", "file": {"filePath": "/x", "content": "body"}}, "body"),
    ({"filenames": ["a", "b"], "numFiles": 2}, "a\nb"),
    ({"filePath": "/x", "oldString": "a", "newString": "b", "structuredPatch": []}, ""),
    ({"content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]}, "one\ntwo"),
    (
        [{"type": "image", "data": "A" * 16, "mimeType": "image/png"}],
        "[image, image/png, 12 bytes]",
    ),
    (
        [
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
            }
        ],
        "[image, image/png, 3 bytes]",
    ),
    (
        {"type": "image", "file": {"base64": "AAAA", "type": "image/gif"}},
        "[image, image/gif, 3 bytes]",
    ),
    ({"result": "page", "code": 200}, "page"),
    ({"filenames": [], "numFiles": 0}, "No files found"),
    ({"stdout": "", "stderr": "", "backgroundTaskId": "b1"}, "[goes on in the background: b1]"),
    ({"stdout": "", "returnCodeInterpretation": "No matches found"}, "[No matches found]"),
    ({"plan": "# Plan", "isAgent": False}, "# Plan"),
    ({"questions": [{"question": "Where?"}], "answers": {"Where?": "docs/"}}, "Where? docs/"),
    (
        {"query": "q", "results": [{"content": [{"title": "A", "url": "https://a"}]}, "It says."]},
        "A: https://a\nIt says.",
    ),
    ({"success": True}, '{"success": true}'),
    (7, "7"),
]


def test_what_is_nested_deeply(fired: Fired) -> None:
    given: Any = "leaf"
    for _ in range(400):
        given = {"a": [given]} if isinstance(given, dict) else {"a": given}
    fired.fire(tool(tool_name="mcp__x__y", tool_input={"top": "shown", "deep": given}))
    fired.fire(tool(2, tool_response={"odd": given}))
    first, second = fired.entries()
    assert "shown" in first.body
    assert "npm test" in second.body


@pytest.mark.parametrize(("given", "wanted"), RESULTS, ids=str)
def test_a_result_as_text(given: Any, wanted: str) -> None:
    assert text_of(given) == wanted


def test_what_is_watched_is_left_to_the_watch(fired: Fired, tmp_path: Path) -> None:
    fired.fire(payload("SessionStart"))
    lock = fired.root / ".journal/state/watch-claude-code.lock"
    lock.write_text(f"{tmp_path}/projects\n", encoding="utf-8")
    inside = {"transcript_path": f"{tmp_path}/projects/p/t.jsonl"}
    with lock.open("rb") as held:
        fired.fire(prompt("nobody holds it", **inside))
        fcntl.flock(held, fcntl.LOCK_EX)
        fired.fire(prompt("left to it", **inside))
        fired.fire(tool(2, **inside))
        fired.fire(prompt("another folder", transcript_path=f"{tmp_path}/projects2/t.jsonl"))
        fired.fire(prompt("another agent", **inside), "codex")
        fired.fire(payload("SessionEnd", **inside))
    bodies = [entry.body for entry in fired.entries()]
    assert bodies[1:4] == ["nobody holds it", "another folder", "another agent"]
    assert bodies[4].startswith("Session ended")
    assert len(bodies) == 5


def test_a_call_that_nobody_understands_is_no_veto(fired: Fired) -> None:
    data = json.dumps(prompt("hello")).encode()
    # An agent that gets exit code 2 takes it for a veto.
    for words in (["run"], ["run", "nobody"], ["run", "claude-code", "--new-option", "x"]):
        done = subprocess.run(
            [str(fired.command), "hook", *words], input=data, capture_output=True, check=False,
            cwd=fired.root,
        )  # fmt: skip
        assert done.returncode == 0
    done = subprocess.run(
        [str(fired.command), "--workspace", str(fired.root), "hook", "run", "claude-code"],
        input=data, capture_output=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told.keys() == {"systemMessage"}
    assert "2 captures failed" in told["systemMessage"]
    assert f"--workspace {fired.root}" in told["systemMessage"]
    assert len(fired.entries()) == 2


def test_a_journal_that_is_switched_off(fired: Fired) -> None:
    config = fired.root / "journal.toml"
    config.write_text(
        config.read_text("utf-8").replace("enabled = true", "enabled = false"), "utf-8"
    )
    done = fired.fire(prompt("hello"))
    assert done.stdout == b""
    assert b"enabled = false" in done.stderr
    assert fired.entries() == []


def test_what_the_policy_refuses(fired: Fired) -> None:
    (fired.root / "policy.yaml").write_text("defaults: {roles: [assistant]}\n", encoding="utf-8")
    fired.fire(prompt("a text that stays out"))
    fired.fire(payload("Stop", last_assistant_message="kept"))
    assert [entry.title for entry in fired.entries()] == ["Withheld: message", "kept"]
    assert fired.holds("a text that stays out") == []
