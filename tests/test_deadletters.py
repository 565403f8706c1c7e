"""What could not be captured: never silent, never a raw text, and brought in afterwards."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from hooking import SECRET, SESSION, Fired, payload, prompt, tool

from journal.deadletters import DEAD, PATIENCE, Letter, waiting

END = payload("SessionEnd", reason="other")  # whose hook waits least for the lock


@pytest.fixture
def fired(tmp_path: Path, journal_bin: Path) -> Fired:
    return Fired.new(tmp_path / "workspace", journal_bin)


@contextmanager
def locked(fired: Fired) -> Iterator[None]:
    """Another process writes and writes."""
    path = fired.root / ".journal/state/lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch()  # and never again: it says which folder this is
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def letters(fired: Fired) -> list[Path]:
    return [Path(folder) / name for folder, name in waiting(str(fired.root))]


def message(fired: Fired, given: object = None) -> str:
    """What the next session start shows the person; empty if nothing."""
    out = fired.fire(given or payload("SessionStart")).stdout
    told = json.loads(out) if out else {"systemMessage": ""}
    assert told.keys() == {"systemMessage"}
    return str(told["systemMessage"])


def test_a_lock_that_nobody_gives_back(fired: Fired) -> None:
    with locked(fired):
        done = fired.fire({**END, "cwd": f"/x/password={SECRET}"})
    assert b"not captured" in done.stderr
    assert done.stdout == b""
    (letter,) = letters(fired)
    facts = json.loads(letter.read_text("utf-8"))
    assert facts["error"]["kind"] == "lock-timeout"
    assert facts["draft"]["title"] == "Session ended"
    assert letter.stat().st_mode & 0o777 == 0o600
    assert fired.holds(SECRET) == []
    told = message(fired)
    assert "1 capture failed" in told
    assert "journal hook letters" in told
    assert "1 capture failed" in message(fired, prompt("hello"))
    assert fired.fire(tool()).stdout == b""  # at other times nobody looks
    assert fired.json("status")["letters"][0]["error"]["kind"] == "lock-timeout"
    assert fired.json("hook", "status", "codex")["letters"] == 1

    done_again = fired.json("hook", "letters", "--retry")
    assert len(done_again["brought"]) == 1
    assert done_again["letters"] == []
    found = [entry for entry in fired.entries() if entry.title == "Session ended"]
    assert [entry.id for entry in found] == done_again["brought"]
    assert found[0].at == facts["draft"]["at"]  # it is when it was, and not when it came in
    assert letters(fired) == []
    assert message(fired) == ""
    assert fired.run("verify").returncode == 0


def test_what_an_import_has_brought_meanwhile(fired: Fired, tmp_path: Path) -> None:
    fired.fire(payload("SessionStart"))
    with locked(fired):
        given = [prompt("Mend the tests, please."), tool(1), tool(2), END]
        running = [
            subprocess.Popen(fired.words(), stdin=subprocess.PIPE, cwd=fired.root) for _ in given
        ]
        for one, what in zip(running, given, strict=True):  # they wait for the lock together
            assert one.stdin
            one.stdin.write(json.dumps(what).encode())
            one.stdin.close()
        assert [one.wait() for one in running] == [0] * len(given)
    assert len(letters(fired)) == 4
    call = {"type": "tool_use", "id": "toolu_x", "name": "Bash", "input": tool()["tool_input"]}
    back = {"type": "tool_result", "tool_use_id": "toolu_x", "content": "run 1"}
    lines = [
        {"type": "user", "message": {"role": "user", "content": "Mend the tests, please."}},
        {"type": "assistant", "message": {"role": "assistant", "id": "m1", "content": [call]}},
        {"type": "user", "message": {"role": "user", "content": [back]}},
    ]
    about = {"sessionId": SESSION, "timestamp": datetime.now(UTC).isoformat(), "cwd": "/nowhere"}
    file = tmp_path / f"{SESSION}.jsonl"
    uuids = [None, "a1", "a2", "a3"]
    file.write_text(
        "".join(
            json.dumps({**line, **about, "uuid": uuids[at + 1], "parentUuid": uuids[at]}) + "\n"
            for at, line in enumerate(lines)
        )
    )
    assert fired.run("import", "claude-code", str(file)).returncode == 0
    told = fired.json("hook", "letters", "--retry")
    assert (len(told["brought"]), told["known"], told["letters"]) == (2, 2, [])
    assert [e.title for e in fired.entries()].count("Mend the tests, please.") == 1


def test_a_policy_that_is_broken(fired: Fired) -> None:
    policy = fired.root / "policy.yaml"
    policy.write_text("defaults: [", encoding="utf-8")
    assert "policy.yaml" in message(fired, prompt("a text that nobody may keep"))
    assert fired.holds("a text that nobody may keep") == []
    assert fired.entries() == [] if not policy.exists() else True
    (letter,) = letters(fired)
    facts = json.loads(letter.read_text("utf-8"))
    assert facts["draft"] is None
    assert facts["bytes"] > 100
    assert facts["error"]["kind"] == "config-error"
    policy.write_text("", encoding="utf-8")
    assert "1 capture failed" in message(fired)
    left = fired.json("hook", "letters", "--retry")
    assert (left["brought"], len(left["letters"]), left["letters"][0]["kept"]) == ([], 1, False)
    assert "thrown away" in fired.run("hook", "letters", "--drop").stdout
    assert message(fired) == ""


def test_no_workspace_at_all(fired: Fired, tmp_path: Path) -> None:
    gone = Fired(tmp_path / "gone", fired.command)
    gone.root.mkdir()
    assert "no journal workspace" in message(gone, prompt("hello"))
    assert fired.fire(tool()).stdout == b""
    assert message(fired) == ""  # it is none of this one's business
    shown = gone.run("hook", "letters", "--json")
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["letters"] == []
    named = gone.run("hook", "letters", "--workspace", str(gone.root), "--json")
    assert [one["event"] for one in json.loads(named.stdout)["letters"]] == ["UserPromptSubmit"]
    Fired.new(gone.root, gone.command)
    assert "1 capture failed" in message(gone)


def test_a_state_folder_that_takes_nothing(fired: Fired) -> None:
    """Then letters lie in the user's state directory, and the workspace still knows of them."""
    fired.fire(payload("SessionStart"))
    dead = fired.root / DEAD
    if dead.is_dir():
        dead.rmdir()
    dead.write_text("in the way", encoding="utf-8")
    with locked(fired):
        fired.fire(END)
    (letter,) = letters(fired)
    assert letter.is_relative_to(os.environ["XDG_STATE_HOME"])
    assert "1 capture failed" in message(fired)
    assert len(fired.json("hook", "letters", "--retry")["brought"]) == 1
    assert letters(fired) == []


def limited(
    fired: Fired, given: dict[str, object], blocks: int
) -> subprocess.CompletedProcess[bytes]:
    """The hook where no file may grow beyond so many blocks of 512 bytes: a disk that is full."""
    call = f'ulimit -f {blocks}; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", call, "sh", *fired.words()], input=json.dumps(given).encode(),
        capture_output=True, check=False, cwd=fired.root,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    return done


def test_a_disk_with_room_for_letters_only(fired: Fired) -> None:
    for number in range(3):
        fired.fire(prompt("x" * 2000 + str(number)))
    before = fired.entries()
    limited(fired, tool(), 8)
    assert fired.entries() == before
    (letter,) = letters(fired)
    assert json.loads(letter.read_text("utf-8"))["draft"]["title"] == "Bash: npm test"
    assert len(fired.json("hook", "letters", "--retry")["brought"]) == 1
    assert fired.entries()[-1].title == "Bash: npm test"
    assert fired.run("verify").returncode == 0


def test_a_disk_with_room_for_nothing(fired: Fired) -> None:
    fired.fire(prompt("the first"))
    before = fired.entries()
    assert b"nothing of it could be kept" in limited(fired, tool(), 0).stderr
    done = limited(fired, prompt("the second"), 0)
    assert "nothing of it could be kept" in json.loads(done.stdout)["systemMessage"]
    assert fired.entries() == before
    assert letters(fired) == []
    assert fired.run("verify").returncode == 0


def stopped(fired: Fired, given: dict[str, object]) -> tuple[subprocess.Popen[bytes], Path]:
    """A hook that waits for the lock, and the letter that it has written before."""
    one = subprocess.Popen(
        fired.words(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=fired.root
    )
    assert one.stdin
    one.stdin.write(json.dumps(given).encode())
    one.stdin.close()
    until = monotonic() + 60
    while monotonic() < until:
        if found := list((fired.root / DEAD).glob("*.going")):
            return one, found[0]
        sleep(0.01)
    raise AssertionError("it wrote no letter")


def older(letter: Path) -> None:
    """Nobody can be at it still."""
    when = letter.stat().st_mtime - PATIENCE - 1
    os.utime(letter, (when, when))


def test_a_hook_that_is_killed(fired: Fired) -> None:
    fired.fire(payload("SessionStart"))
    with locked(fired):
        one, letter = stopped(fired, prompt("killed on its way"))
        assert letters(fired) == []  # it is under way
        one.send_signal(signal.SIGKILL)
        one.wait()
    older(letter)
    assert "cut short" in message(fired)
    assert len(fired.json("hook", "letters", "--retry")["brought"]) == 1
    assert [e.body for e in fired.entries() if e.role == "user"] == ["killed on its way"]
    assert letters(fired) == []


def test_a_hook_that_is_killed_at_the_very_end(fired: Fired) -> None:
    """Its entry is there, and its letter, too: it comes in once."""
    fired.fire(payload("SessionStart"))
    with locked(fired):
        one, letter = stopped(fired, prompt("there already"))
        held = letter.read_bytes()
    assert one.wait() == 0
    assert not letter.exists()
    letter.write_bytes(held)
    older(letter)
    again = fired.json("hook", "letters", "--retry")
    assert (again["brought"], again["known"], again["letters"]) == ([], 1, [])
    assert [e.body for e in fired.entries() if e.role == "user"] == ["there already"]


def test_a_purge_leaves_nothing_in_a_letter(fired: Fired) -> None:
    fired.fire(payload("SessionStart"))
    with locked(fired):
        one, letter = stopped(fired, prompt("words to be forgotten"))
        held = letter.read_bytes()
    assert one.wait() == 0
    letter.write_bytes(held)
    older(letter)
    entry = next(entry for entry in fired.entries() if entry.role == "user")
    assert str(letter) in fired.holds("words to be forgotten")
    fired.run("forget", entry.id, "--purge", "--reason", "a mistake")
    assert fired.holds("words to be forgotten") == []


def test_what_became_secret_meanwhile(fired: Fired) -> None:
    """A letter goes through policy and redaction again: when something is struck, when it comes."""
    fired.fire(prompt("to be purged"))
    letter = Letter(str(fired.root), {"at": "", "agent": "codex", "event": "Stop", "bytes": 9})
    letter.begin({"body": f"the word is {SECRET} here".encode(), "at": "2026-11-20T10:00:00+00:00"})
    assert letter.keep("lock-timeout", "busy") == ""
    assert len(fired.holds(SECRET)) == 1
    named = subprocess.run(
        [str(fired.command), "redact", "value", "add", "word"], input=SECRET, text=True,
        capture_output=True, check=False, cwd=fired.root,
    )  # fmt: skip
    assert named.returncode == 0, named.stderr
    (found,) = fired.json("redact", "scan")["found"]
    assert found["file"].startswith(DEAD)
    held = fired.holds(SECRET)[0]
    kept = Path(held).read_bytes()
    fired.json("redact", "apply", "--all")
    assert fired.holds(SECRET) == []
    Path(held).write_bytes(kept)
    fired.run("forget", fired.entries()[0].id, "--purge", "--reason", "a mistake")
    assert fired.holds(SECRET) == []
    assert len(fired.json("hook", "letters", "--retry")["brought"]) == 1
    assert "the word is [" in fired.entries()[-1].body


def test_letters_that_are_none(fired: Fired) -> None:
    dead = fired.root / DEAD
    dead.mkdir(parents=True)
    for number, data in enumerate((b"", b"{}", b"\xff", b'{"error": {}, "draft": 5}', b"[]")):
        (dead / f"{number:020d}-1-none.json").write_bytes(data)
    (dead / "stranger.txt").write_bytes(b"x")
    assert "5 captures failed" in message(fired)
    assert len(fired.json("hook", "letters", "--retry")["letters"]) == 5
    assert len(fired.json("hook", "letters", "--drop")["letters"]) == 5
    assert [file.name for file in dead.iterdir()] == ["stranger.txt"]


def test_an_exception_that_nobody_expected(fired: Fired) -> None:
    """The last resort: also what is no `Exception` that the code names ends well, and is told."""
    script = (
        "import sys; from journal.hooks import run\n"
        "class Odd(Exception): pass\n"
        "def odd(*_): raise Odd('a text of the payload')\n"
        "run.Capture.go = odd\n"
        f"print(run.run(['claude-code', '--workspace', {str(fired.root)!r}]), end='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"{}", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"Odd in the journal itself" in done.stderr
    assert b"a text of the payload" not in done.stderr


def test_status_at_a_glance(fired: Fired) -> None:
    empty = fired.json("status")
    assert (empty["entries"], empty["last"], empty["letters"], empty["hooks"]) == (0, None, [], [])
    assert "none yet" in fired.run("status").stdout
    fired.fire(prompt("hello"))
    fired.run("append", "an older one", "--at", "2026-01-05T10:00")
    fired.run("hook", "install", "claude-code")
    with locked(fired):
        fired.fire(END)
    told = fired.json("status")
    assert (told["workspace"], told["entries"], told["today"]) == (str(fired.root), 2, 1)
    assert told["writer"]
    assert told["last"]["id"] == next(e.id for e in fired.entries() if e.role == "user")
    assert [one["target"] for one in told["hooks"]] == ["claude-code"]
    assert told["hooks"][0]["last"] == told["last"]["at"]
    shown = fired.run("status").stdout
    assert "2 (1 today)" in shown
    assert "installed (local)" in shown
    assert "1 capture failed" in shown
    assert "--retry" in shown
