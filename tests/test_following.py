"""`tail -f`, the shell's completion and the progress bar, as a person meets them."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from journal import api
from journal.entry import Draft
from journal.notebook import Notebook
from journal.selection import Selection

PATIENCE = 30.0  # seconds; only a hanging test waits so long


class Tail:
    """A running `journal tail -f`."""

    def __init__(self, journal: Path, root: Path, *words: str) -> None:
        command = [str(journal), "--workspace", str(root), "tail", "-f", *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._rest = b""
        self._poll = select.poll()  # not select, which knows no descriptor above 1,023
        assert self.process.stdout
        self._poll.register(self.process.stdout, select.POLLIN)

    def lines(self, number: int) -> list[str]:
        """The next lines that it prints."""
        assert self.process.stdout
        end = time.monotonic() + PATIENCE
        while self._rest.count(b"\n") < number:
            ready = self._poll.poll(max(0, end - time.monotonic()) * 1000)
            assert ready, f"only this came: {self._rest!r}"
            part = os.read(self.process.stdout.fileno(), 1 << 16)
            assert part, self.process.stderr and self.process.stderr.read()
            self._rest += part
        *lines, self._rest = self._rest.split(b"\n", number)
        return [line.decode() for line in lines]

    def interrupt(self) -> tuple[int, bytes]:
        """Its exit code after Ctrl-C, and what it had left to say."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, self._rest + out


@pytest.fixture
def tails() -> Iterator[list[Tail]]:
    started: list[Tail] = []
    yield started
    for tail in started:
        tail.process.kill()
        tail.process.communicate()


def test_what_comes_is_shown_once(root: Path, journal_bin: Path, tails: list[Tail]) -> None:
    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="before", tags=("x",)))
    tails.append(Tail(journal_bin, root, "-n", "1", "--json", "--tag", "x"))
    assert json.loads(tails[0].lines(1)[0])["entry"]["body"] == "before"
    time.sleep(0.5)  # so that it follows: what comes earlier would be in its first list
    for number in range(3):
        notebook.append(Draft(body=f"not {number}"))
        notebook.append(Draft(body=f"new {number}", tags=("x",)))
    shown = [json.loads(line) for line in tails[0].lines(3)]
    assert [one["entry"]["body"] for one in shown] == ["new 0", "new 1", "new 2"]
    (day,) = (root / "journal").rglob("*.md")
    text = day.read_text()
    day.write_text(text.replace("before", "BEFORE").replace("\nnew 1\n", "\n\nlater\n\nnew 1\n"))
    subprocess.run([journal_bin, "--workspace", root, "append", "--tag", "x", "last"], check=True)
    assert json.loads(tails[0].lines(1)[0])["entry"]["body"] == "last"
    assert tails[0].interrupt() == (130, b"")


def test_a_catalog_made_anew_in_between_hides_and_doubles_nothing(root: Path) -> None:
    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="old"))
    journal, other = api.open(str(root)), api.open(str(root))
    following = journal.follow()
    notebook.append(Draft(body="one"))
    assert [row.head for row in following.look()] == ["one"]
    other.catalog.reindex()
    notebook.append(Draft(body="two"))
    assert [row.head for row in following.look()] == ["two"]
    shutil.rmtree(root / ".journal" / "cache")
    notebook.append(Draft(body="three"))
    assert [row.head for row in following.look()] == ["three"]
    assert following.look() == []


def test_handwritten_entries_and_those_of_others_come_too(root: Path) -> None:
    journal = api.open(str(root))
    following = journal.follow(Selection(kind="note"))
    folder = root / "journal" / "main" / "2020"
    folder.mkdir(parents=True)
    (folder / "2020-01-01.md").write_text("## 10:00 By hand\n\nhere\n")
    assert [row.title for row in following.look()] == ["By hand"]


def test_many_threads_may_ask_one_journal(root: Path) -> None:
    Notebook.open(str(root)).append_many([Draft(body=f"word {n}") for n in range(20)])
    with api.open(str(root)) as journal:

        def ask(number: int) -> tuple[int, int, str]:
            journal.append(Draft(body=f"new {number}"))
            rows = list(journal.rows(limit=5))
            return len(rows), journal.recall("word").total, journal.find(rows[0].id).id

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(24)))
        assert {answer[:2] for answer in answers} == {(5, 20)}
        assert journal.count() == 44
    assert journal.count() == 44  # it opens again


def complete(journal: Path, line: str, cwd: Path) -> list[str]:
    """What bash offers at the end of the line."""
    script = f"""
    eval "$("{journal}" completion bash)"
    COMP_LINE={line!r} COMP_POINT={len(line)} COMP_TYPE=9
    COMP_WORDS=({line}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    _python_argcomplete journal 2>/dev/null
    printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = {**os.environ, "PATH": f"{journal.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=cwd, env=environment, capture_output=True, check=False
    )
    return sorted(word.strip() for word in done.stdout.decode().split("\n") if word.strip())


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_completes_verbs_options_and_values(root: Path, journal_bin: Path) -> None:
    notebook = Notebook.open(str(root))
    receipt = notebook.append(Draft(body="x", session="search-index", tags=("apples", "pears")))
    assert {"recall", "reindex", "repair"} <= set(complete(journal_bin, "journal re", root))
    assert complete(journal_bin, "journal list --sess", root) == ["--session"]
    assert complete(journal_bin, "journal list --session s", root) == ["search-index"]
    assert complete(journal_bin, "journal list --tag p", root) == ["pears"]
    ending = receipt.id[-8:]
    assert complete(journal_bin, f"journal show {ending[:3]}", root) == [ending]
    assert complete(journal_bin, "journal list --session s", root.parent) == []


def on_a_terminal(command: list[str], cwd: Path) -> str:
    """Everything that the program draws on its terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ["TERM"] = "xterm"
        os.execv(command[0], command)  # noqa: S606
    drawn = b""
    while True:
        try:
            part = os.read(fd, 1 << 16)
        except OSError:  # the terminal is closed: it has ended
            break
        if not part:
            break
        drawn += part
    os.waitpid(pid, 0)
    return drawn.decode(errors="replace")


def test_what_takes_long_shows_a_bar_and_takes_it_away(root: Path, journal_bin: Path) -> None:
    program = (
        "import time; from journal.cli.progress import Bar; bar = Bar('Reading');"
        "[(bar(n, 30), time.sleep(0.1)) for n in range(31)]; print('done')"
    )
    drawn = on_a_terminal([str(journal_bin.parent / "python"), "-c", program], root)
    assert "Reading" in drawn
    assert "%" in drawn
    assert drawn.rstrip().endswith("done")
    short = program.replace("0.1", "0.001")
    drawn = on_a_terminal([str(journal_bin.parent / "python"), "-c", short], root)
    assert drawn.strip() == "done"
