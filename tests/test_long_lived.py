"""A notebook over time: interruptions, forks, restored backups, changed settings, retries."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from journal.chain import counts
from journal.days import Days
from journal.entry import Draft
from journal.notebook import Notebook
from journal.workspace import init

RETRY = "the same call"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one entry."""
    place = tmp_path / "workspace"
    init(str(place))
    Notebook.open(str(place)).append(Draft(body="one"))
    return place


def test_an_interrupted_append_is_finished_by_the_next(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = Notebook.open(str(root))
    with monkeypatch.context() as patch:

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(Days, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            notebook.append(Draft(body="two"))
    third = notebook.append(Draft(body="three"))
    assert third.seq == 3
    assert [entry.body for entry in notebook.entries()] == ["three", "two", "one"]
    assert counts(notebook.verify()) == {"intact": 3}


def test_a_restored_backup_is_another_writer(root: Path) -> None:
    notebook = Notebook.open(str(root))
    shutil.copytree(root, root.parent / "backup", symlinks=True)
    lost = notebook.append(Draft(body="after the backup"))
    (root / ".journal" / "state" / "lock").unlink()
    shutil.copytree(root.parent / "backup", root, dirs_exist_ok=True)
    again = Notebook.open(str(root)).append(Draft(body="after the restore"))
    assert again.file != lost.file


def test_a_child_forked_meanwhile_keeps_no_lock(root: Path) -> None:
    notebook = Notebook.open(str(root))
    stop = threading.Event()
    children: list[int] = []

    def fork_on() -> None:
        while not stop.is_set() and len(children) < 20:
            child = os.fork()
            if not child:
                time.sleep(30)
                os._exit(0)
            children.append(child)
            time.sleep(0.005)

    forking = threading.Thread(target=fork_on)
    forking.start()
    try:
        for number in range(50):
            notebook.append(Draft(body=f"entry {number}"))
    finally:
        stop.set()
        forking.join()
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)
    assert counts(notebook.verify()) == {"intact": 51}


def test_verify_beside_a_writer_raises_no_alarm(root: Path) -> None:
    notebook = Notebook.open(str(root))
    stop = threading.Event()

    def write_on() -> None:
        writer = Notebook.open(str(root))
        while not stop.is_set():
            writer.append(Draft(body="busy"))

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        for _ in range(10):
            assert set(counts(notebook.verify())) == {"intact"}
    finally:
        stop.set()
        writing.join()


def test_yesterdays_entry_comes_back_after_an_old_buffer_is_saved(root: Path) -> None:
    notebook = Notebook.open(str(root))
    first = notebook.append(Draft(body="kept", at="2026-03-01T10:00"))
    buffer = (root / first.file).read_bytes()
    second = notebook.append(Draft(body="eaten", at="2026-03-01T11:00"))
    notebook.append(Draft(body="today"))
    (root / first.file).write_bytes(buffer)
    receipt = notebook.append(Draft(body="next"))
    assert any("put back" in notice for notice in receipt.notices)
    assert second.id.encode() in (root / first.file).read_bytes()
    assert set(counts(notebook.verify())) == {"intact"}


def test_an_open_notebook_heeds_a_changed_configuration(root: Path) -> None:
    notebook = Notebook.open(str(root))
    config = root / "journal.toml"
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    assert notebook.append(Draft(body="not wanted")).id == ""


def test_findings_are_told_once(root: Path) -> None:
    (root / "journal" / "main" / "2026" / "2026-01-01 (copy).md").write_text("## 10:00 x\n\ny\n")
    notebook = Notebook.open(str(root))
    walks = [[*notebook.entries()] for _ in range(3)]
    assert len(walks) == 3
    assert [finding.code for finding in notebook.findings] == ["odd-name"]


def test_a_surrogate_in_a_hand_typed_header_stops_nothing(root: Path) -> None:
    day = next((root / "journal").rglob("*.md"))
    day.write_bytes(day.read_bytes().replace(b"\nlen: 3", b'\nlen: 3\ncloses: "\\ud800"'))
    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="two"))
    assert [entry.body for entry in notebook.entries()] == ["two", "one"]
    assert counts(notebook.verify())["edited"] == 1


def test_a_token_twice_in_one_group_is_told_apart(root: Path) -> None:
    notebook = Notebook.open(str(root))
    first, second = notebook.append_many(
        [Draft(body="x", token=RETRY), Draft(body="x", token=RETRY)]
    )
    assert (first.id, first.repeated, second.repeated) == (second.id, False, True)
    assert second.line == first.line > 0


def test_a_new_writer_knows_the_tokens_of_the_one_before(root: Path) -> None:
    first = Notebook.open(str(root)).append(Draft(body="x", token=RETRY))
    lock = root / ".journal" / "state" / "lock"
    lock.unlink()
    again = Notebook.open(str(root)).append(Draft(body="x", token=RETRY))
    assert (again.id, again.repeated) == (first.id, True)


def test_an_id_that_a_person_gave_is_found(root: Path) -> None:
    day = next((root / "journal").rglob("*.md"))
    with day.open("a") as file:
        file.write("\n## 23:59 By hand\n\n```yaml entry\nid: my-note\n```\n\ntyped\n")
    assert Notebook.open(str(root)).find("my-note").body == "typed"


def test_verify_does_not_vouch_for_what_it_can_not_read(root: Path, journal_bin: Path) -> None:
    (root / "journal" / "main" / "2026" / "2026-01-01.md").mkdir(parents=True)
    done = subprocess.run(
        [journal_bin, "--workspace", root, "verify", "--json"], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["unreadable"] == ["journal/main/2026/2026-01-01.md"]


def test_an_append_that_waits_for_text_can_be_interrupted(root: Path, journal_bin: Path) -> None:
    waiting = subprocess.Popen(
        [journal_bin, "--workspace", root, "append"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(0.5)
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate()
    assert (waiting.returncode, said) == (130, b"journal: interrupted\n")


@pytest.mark.parametrize(
    ("options", "text", "message"),
    [
        (["--front-matter"], "---\nbody: x\n---\ny", "the body can't be given twice"),
        (["--front-matter", "--batch"], "", "give --batch or --front-matter, not both"),
    ],
)
def test_a_call_that_contradicts_itself_is_refused(
    root: Path, journal_bin: Path, options: list[str], text: str, message: str
) -> None:
    done = subprocess.run(
        [journal_bin, "--workspace", root, "append", *options],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize("options", [["--front-matter"], ["--batch"]])
def test_a_byte_order_mark_is_no_text(root: Path, journal_bin: Path, options: list[str]) -> None:
    text = (
        "---\ntitle: x\n---\nwith a mark" if "--batch" not in options else '{"body": "with a mark"}'
    )
    done = subprocess.run(
        [journal_bin, "--workspace", root, "append", *options],
        input=("\ufeff" + text).encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert next(Notebook.open(str(root)).entries()).body == "with a mark"
