"""`journal watch` as a process: transcripts that grow while it reads them, and what befalls it."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from shapes import faults

from journal.entry import Entry
from journal.notebook import Notebook

PATIENCE = 30.0  # seconds; only a hanging test waits so long
RATE = 50  # messages a second
START = datetime(2026, 2, 3, 10, tzinfo=UTC)


class Watch:
    """A running `journal watch`; it looks every twentieth of a second."""

    def __init__(self, journal: Path, root: Path, *words: str) -> None:
        self.out, self.err = root / "watch.out", root / "watch.err"
        command = [str(journal), "--workspace", str(root), "watch", "--interval", "0.05", *words]
        with self.out.open("ab") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err)
        eventually(lambda: "watching" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    @property
    def said(self) -> str:
        """What it said on standard error so far."""
        return self.err.read_text(encoding="utf-8")

    def end(self, how: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watch(root: Path, journal_bin: Path) -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def start(*words: str) -> Watch:
        started.append(Watch(journal_bin, root, *words))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def eventually(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it didn't come to pass"
        time.sleep(0.01)


def line(number: int, session: str = "s1", text: str = "") -> str:
    """A line of a Claude Code transcript: prompts and answers in turn, each after the other."""
    role = "user" if number % 2 == 0 else "assistant"
    content: object = text or f"Grüße Nr. {number}"
    message: dict[str, object] = {"role": role, "content": content}
    if role == "assistant":
        blocks = [{"type": "text", "text": content}]
        message |= {"id": f"msg_{session}_{number}", "model": "claude", "content": blocks}
    value = {
        "parentUuid": f"{session}-{number - 1}" if number else None, "isSidechain": False,
        "userType": "external", "cwd": "/project", "sessionId": session, "version": "2.1.29",
        "gitBranch": "main", "type": role, "message": message, "uuid": f"{session}-{number}",
        "timestamp": (START + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False) + "\n"


def texts(count: int) -> list[str]:
    return [f"Grüße Nr. {number}" for number in range(count)]


def add(file: Path, *numbers: int, session: str = "s1") -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(line(number, session) for number in numbers)


def entries(root: Path, session: str = "s1") -> list[Entry]:
    """What came of a session, the oldest first."""
    found = Notebook.open(str(root)).entries()
    return [entry for entry in found if entry.session == session][::-1]


def bodies(root: Path, session: str = "s1") -> list[str]:
    return [entry.body.strip() for entry in entries(root, session)]


def come(root: Path, count: int, session: str = "s1") -> None:
    eventually(lambda: len(entries(root, session)) >= count)


def write_on(file: Path, count: int) -> None:
    """Write at `RATE`; every fifth line half, to the middle of a letter, and then the rest."""
    with file.open("ab", buffering=0) as stream:
        for number in range(count):
            data = line(number).encode()
            half = data.index("ü".encode()) + 1
            if number % 5 == 0:
                stream.write(data[:half])
                time.sleep(3 / RATE)
                stream.write(data[half:])
            else:
                stream.write(data)
                time.sleep(0.4 / RATE)


def test_what_is_written_comes_once_in_its_order_and_odd_lines_are_told_once(
    root: Path, tmp_path: Path, watch: Callable[..., Watch]
) -> None:
    project = tmp_path / "projects" / "p"
    project.mkdir(parents=True)
    file, other = project / "s1.jsonl", project / "s2.jsonl"
    file.write_text('{"type":"user", torn\n', encoding="utf-8")
    (project / "settings.json").write_text(line(0, "s3"), encoding="utf-8")
    watching = watch("claude-code", "--json", str(tmp_path / "projects"))
    writer = Thread(target=write_on, args=(file, 75))
    writer.start()
    come(root, 20)
    add(other, 0, 1, 2, session="s2")
    (project / "settings.json").write_text(line(0, "s3") + line(1, "s3"), encoding="utf-8")
    writer.join()
    come(root, 75)
    come(root, 3, "s2")
    assert watching.end() == 0
    found = [entry for entry in entries(root) if entry.kind == "message"]
    assert [entry.body.strip() for entry in found] == texts(75)
    assert [entry.parent for entry in found[1:]] == [entry.id for entry in found[:-1]]
    assert bodies(root, "s2") == texts(3)
    assert bodies(root, "s3") == []
    told = [json.loads(one) for one in watching.out.read_text(encoding="utf-8").splitlines()]
    assert len(told) > 3, "all came at once"
    assert not [fault for one in told for fault in faults("import", one)]
    assert [len(one["findings"]) for one in told if one["findings"]] == [1]
    assert all(one["new"] for one in told[1:])
    assert file.read_bytes().count(b"\n") == 76


def test_a_killed_watch_is_gone_on_with(
    root: Path, tmp_path: Path, watch: Callable[..., Watch]
) -> None:
    file = tmp_path / "s1.jsonl"
    file.touch()
    writer = Thread(target=write_on, args=(file, 60))
    writer.start()
    for count in (5, 25):
        watching = watch("claude-code", str(file))
        come(root, count)
        assert watching.end(signal.SIGKILL) == -signal.SIGKILL
    watching = watch("claude-code", str(file))
    writer.join()
    come(root, 60)
    assert watching.end() == 0
    assert bodies(root) == texts(60)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_what_was_written_until_then_is_in(
    root: Path, tmp_path: Path, watch: Callable[..., Watch], how: int
) -> None:
    file = tmp_path / "s1.jsonl"
    add(file, 0)
    watching = watch("claude-code", str(tmp_path), "--interval", "3600")
    come(root, 1)
    add(file, 1, 2)
    add(tmp_path / "s2.jsonl", 0, session="s2")
    assert watching.end(how) == 0
    assert (bodies(root), bodies(root, "s2")) == (texts(3), texts(1))
    assert watching.said.splitlines()[1:] == []
    told = [line.partition("  ")[2] for line in watching.out.read_text("utf-8").splitlines()]
    assert told == ["1 entry", "3 entries from 2 files"]


def test_a_second_watch_is_refused_and_told_what_to_do(
    root: Path, tmp_path: Path, watch: Callable[..., Watch], journal_bin: Path
) -> None:
    (tmp_path / "here").mkdir()
    watch("claude-code", str(tmp_path / "here"))
    second = subprocess.run(
        [journal_bin, "--workspace", root, "watch", "claude-code", tmp_path / "there"],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert second.returncode == 7
    assert "watched already" in second.stderr
    assert f"journal watch claude-code {tmp_path}/here {tmp_path}/there" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_folder_may_come_later_go_and_come_back(
    root: Path, tmp_path: Path, watch: Callable[..., Watch]
) -> None:
    folder = tmp_path / "later"
    watching = watch("claude-code", str(folder))
    assert f"{folder} is not there yet" in watching.said
    (folder / "p").mkdir(parents=True)
    add(folder / "p" / "s1.jsonl", 0, 1)
    come(root, 2)
    folder.rename(tmp_path / "away")
    time.sleep(0.2)
    add(tmp_path / "away" / "p" / "s1.jsonl", 2)
    shutil.copytree(tmp_path / "away", folder)
    come(root, 3)
    assert watching.end() == 0
    assert bodies(root) == texts(3)


@pytest.mark.parametrize(
    ("name", "what", "said"),
    [
        ("policy.yaml", "defaults: [broken\n", "policy.yaml:"),
        ("journal.toml", "enabled = false", "enabled = false"),
    ],
)
def test_trouble_is_told_once_and_it_is_tried_until_it_works(
    root: Path, tmp_path: Path, watch: Callable[..., Watch], name: str, what: str, said: str
) -> None:
    file = tmp_path / "s1.jsonl"
    add(file, 0)
    watching = watch("claude-code", str(file))
    come(root, 1)
    good = (root / name).read_text(encoding="utf-8")
    bad = good.replace("enabled = true", what)
    (root / name).write_text(bad if bad != good else what, encoding="utf-8")
    add(file, 1)
    eventually(lambda: said in watching.said)
    add(file, 2)
    time.sleep(0.5)  # in which it is tried again, three times
    (root / name).write_text(good, encoding="utf-8")
    come(root, 3)
    assert watching.end() == 0
    assert bodies(root) == texts(3)
    assert watching.said.count(said) == 1 + watching.said.count(f"set {said}")
    assert "tried again" in watching.said


def payload(event: str, file: Path, prompt: str) -> bytes:
    given = {
        "hook_event_name": event, "session_id": "s1", "transcript_path": str(file),
        "cwd": str(file.parent), "prompt": prompt, "source": "startup",
    }  # fmt: skip
    return json.dumps(given).encode()


def test_hooks_leave_messages_to_it_while_it_runs(
    root: Path, tmp_path: Path, watch: Callable[..., Watch], journal_bin: Path
) -> None:
    project = tmp_path / "projects"
    project.mkdir()
    (tmp_path / "linked").symlink_to(project)
    file = project / "s1.jsonl"
    file.touch()

    def hook(event: str, transcript: Path, prompt: str) -> None:
        command = [str(journal_bin), "hook", "run", "claude-code", "--workspace", str(root)]
        subprocess.run(command, input=payload(event, transcript, prompt), check=True)

    watching = watch("claude-code", str(tmp_path / "linked"), "--interval", "3600")
    hook("UserPromptSubmit", file, "left to the watch")
    hook("UserPromptSubmit", tmp_path / "s9.jsonl", "not watched")
    hook("SessionStart", file, "")
    assert [entry.kind for entry in entries(root)] == ["message", "event"]
    assert bodies(root)[0] == "not watched"
    assert watching.end() == 0
    hook("UserPromptSubmit", file, "no longer watched")
    assert bodies(root)[-1] == "no longer watched"


def rollout(number: int, text: str) -> str:
    at = f"2026-02-03T10:00:{number:02d}.000Z"
    said = {"type": "user_message", "message": text, "kind": "plain"}
    return json.dumps({"timestamp": at, "type": "event_msg", "payload": said}) + "\n"


def test_a_path_alone_tells_whose_it_is(
    root: Path, tmp_path: Path, watch: Callable[..., Watch], journal_bin: Path
) -> None:
    session = "019a7ae6-1945-7c63-98f2-210adb922af9"
    meta = {"id": session, "timestamp": "2026-02-03T10:00:00.000Z", "cwd": "/project"}
    first = {"timestamp": "2026-02-03T10:00:00.000Z", "type": "session_meta", "payload": meta}
    file = tmp_path / f"rollout-2026-02-03T10-00-00-{session}.jsonl"
    file.write_text(json.dumps(first) + "\n" + rollout(1, "first"), encoding="utf-8")
    watching = watch(str(file))
    assert "(codex)" in watching.said
    come(root, 1, session)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(rollout(2, "second"))
    come(root, 2, session)
    assert watching.end() == 0
    assert bodies(root, session) == ["first", "second"]
    refused = subprocess.run(
        [journal_bin, "--workspace", root, "watch", root / "journal.toml"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert b"journal watch claude-code PATH" in refused.stderr


def test_sidechains_follow_the_call_that_began_them(
    root: Path, tmp_path: Path, watch: Callable[..., Watch]
) -> None:
    beside = tmp_path / "s1" / "subagents"
    beside.mkdir(parents=True)
    agent = json.loads(line(2, text="look for it")) | {
        "uuid": "a-0", "isSidechain": True, "agentId": "a1b2", "parentUuid": None,
    }  # fmt: skip
    call = json.loads(line(1))
    call["message"]["content"] = [
        {"type": "tool_use", "id": "toolu_1", "name": "Task", "input": {"prompt": "look for it"}}
    ]
    back = json.loads(line(4)) | {
        "parentUuid": "s1-1", "toolUseResult": {"agentId": "a1b2", "status": "completed"},
    }  # fmt: skip
    back["message"]["content"] = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "found"}
    ]
    watching = watch("claude-code", str(tmp_path))
    with (tmp_path / "s1.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(line(0) + json.dumps(call) + "\n")
        stream.flush()
        come(root, 2)
        (beside / "agent-a1b2.jsonl").write_text(json.dumps(agent) + "\n", encoding="utf-8")
        time.sleep(0.3)
        stream.write(json.dumps(back) + "\n")
    come(root, 4)
    assert watching.end() == 0
    asked, called, *rest = entries(root)
    inner, merge = rest
    assert (inner.path, merge.kind, merge.path) == ("agent-a1b2", "merge", "main")
    assert (called.parent, inner.parent, merge.parent) == (asked.id, called.id, called.id)
    assert merge.fields["takes"] == inner.id


def test_it_reads_only_regular_files(
    root: Path, tmp_path: Path, watch: Callable[..., Watch]
) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "nowhere")
    watching = watch("claude-code", str(tmp_path))
    add(tmp_path / "s1.jsonl", 0)
    come(root, 1)
    assert watching.end() == 0
    assert bodies(root) == texts(1)


def test_a_folder_of_any_json_lines_does_not_tell_what_it_is(
    root: Path, tmp_path: Path, journal_bin: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl").write_text('{"text": "x"}\n', encoding="utf-8")
    call = [str(journal_bin), "watch", str(tmp_path / "in")]
    done = subprocess.run(call, cwd=root, capture_output=True, check=False, timeout=30)
    assert done.returncode == 2
    assert b"say which importer is meant" in done.stderr
