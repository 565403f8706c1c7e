"""What other programs do to day files between appends, and what the next append makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from faults import Book, Outcome, code_saves, take_newest, vim_saves

from journal import chain, files, protocol, settle, spool, tail
from journal.entry import Draft, Receipt
from journal.notebook import Notebook


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.new(tmp_path / "book")
    for _ in range(3):
        book.go_on()
    return book


def day_of(book: Book) -> Path:
    (day,) = book.days()
    return day


def newest(book: Book) -> str:
    return max(book.promised)


def states(book: Book) -> dict[str, str]:
    return {v.id: v.state for v in Notebook.open(str(book.root)).verify()}


def git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def repo(book: Book) -> Book:
    """The book in a repository, its day file committed."""
    git(book.root, "init", "-q", "-b", "main")
    git(book.root, "add", ".")
    git(book.root, "commit", "-q", "-m", "first")
    return book


@pytest.mark.parametrize("save", [vim_saves, code_saves])
def test_what_an_editor_takes_comes_back_once(
    book: Book, save: Callable[[Path, bytes], object]
) -> None:
    day, taken = day_of(book), newest(book)
    text = day.read_bytes()
    without = text[: text.rindex(b"\n## ") + 1]
    save(day, without)
    done = book.append()
    assert f"put back 1 entry ({taken})" in done.stderr
    assert book.audit() == []
    # Taken a second time it stays away: a person may mean it.
    save(day, day.read_bytes().replace(text[len(without) :], b""))
    for _ in range(3):
        done = book.append()
        assert "put back" not in done.stderr
    assert states(book)[taken] == "missing"
    assert sum(taken.encode() in path.read_bytes() for path in book.days()) == 0
    assert sorted(set(book.promised) - set(states(book))) == []


def test_a_deleted_day_comes_back_once(book: Book) -> None:
    day_of(book).unlink()
    book.go_on()
    assert book.audit() == []
    shutil.rmtree(book.root / "journal")
    done = book.append()
    assert done.code == 0
    kept = states(book)
    assert [kept[i] for i in sorted(book.promised)] == [*["missing"] * 3, "intact", "intact"]


def test_typing_above_and_below_moves_nothing(book: Book) -> None:
    day = day_of(book)
    text = day.read_bytes()
    day.write_bytes(text.replace(b"\n# ", b"\nA line of mine.\n\n# ", 1) + b"A postscript.\n")
    done = book.append()
    assert done.stderr == ""
    assert list(states(book).values()).count("intact") == 4
    assert b"A postscript.\n\n## " in day.read_bytes()


def cuts(piece: bytes) -> list[int]:
    return [1, 2, 3, 8, 12, piece.index(b"```"), piece.index(b"prev"), len(piece) - 2]


@pytest.mark.parametrize("which", range(8))
@pytest.mark.parametrize("torn", [-1, -2])
def test_a_torn_end_is_completed(book: Book, which: int, torn: int) -> None:
    day = day_of(book)
    text = day.read_bytes()
    starts = list(tail.starts(text))
    begin = starts[torn]
    cut = cuts(text[begin:])[which]
    day.write_bytes(text[: begin + cut])
    done = book.append()
    assert done.code == 0
    assert "cut short" in done.stderr
    assert book.audit() == []
    assert day.read_bytes().startswith(text)


def test_a_torn_preamble_is_completed(book: Book) -> None:
    day = day_of(book)
    text = day.read_bytes()
    first = next(tail.starts(text))
    for cut in (1, 5, 40, first - 1):
        day.write_bytes(text[:cut])
        (book.root / ".journal/cache").rename(book.root / f".journal/cache{cut}")
        spool_file = next((book.root / ".journal/state/spool").iterdir())
        spool_file.write_bytes(_without_notes(spool_file.read_bytes()))
        book.go_on()
        assert book.audit() == [], cut
        assert day.read_bytes().startswith(text[:first]), cut


def _without_notes(data: bytes) -> bytes:
    found = [r for r in spool.scan(data)[0] if r.id]
    ours = ("len", "sha256")
    return b"".join(
        spool.encode({k: v for k, v in r.facts.items() if k not in ours}, r.slice) for r in found
    )


def test_a_foreign_torn_end_is_fenced_and_told(book: Book) -> None:
    day = day_of(book)
    with day.open("ab") as file:
        file.write(
            b"\n## 15:00:00 sync tool\n\n```yaml entry\nid: 01KAJ2X7Q0M3C4V5B6N7Q8W9E0\nseq: 9"
        )
    book.go_on()
    text = day.read_bytes()
    assert b"\nseq: 9\n```\n\n## " in text
    found = states(book)
    assert all(found[i] == "intact" for i in book.promised)
    assert sorted(found.values()) != ["intact"] * len(found)
    assert chain.exit_code(Notebook.open(str(book.root)).verify()) == 1


def test_an_entry_that_lost_its_heading_is_put_back(book: Book) -> None:
    day, hurt = day_of(book), newest(book)
    text = day.read_bytes()
    start = text.rindex(b"\n## ") + 1
    code_saves(day, text[:start] + text[start + 12 :])
    assert b"\nid: %s\n" % hurt.encode() in day.read_bytes()
    book.go_on()
    assert set(states(book)) >= set(book.promised)
    entries = {e.id: e.body for e in Notebook.open(str(book.root)).entries()}
    assert entries[hurt] == book.promised[hurt]
    verdicts = Notebook.open(str(book.root)).verify()
    found = sorted(verdict.state for verdict in verdicts if verdict.id == hurt)
    assert found == ["intact", "torn"]  # what was left of it stays under the entry before


def test_a_file_turned_to_crlf_goes_on(book: Book) -> None:
    day = day_of(book)
    day.write_bytes(day.read_bytes().replace(b"\n", b"\r\n"))
    for _ in range(2):
        done = book.append()
        assert (done.code, done.stderr) == (0, "")
    assert book.audit() == [wrong for wrong in book.audit() if wrong.startswith("not in a file")]
    assert set(states(book).values()) == {"intact"}


def test_what_never_reached_its_file_keeps_its_one_return(book: Book) -> None:
    killed = "from journal.days import Days; Days.put = lambda *_: os._exit(9)"
    lost = book.append(before=killed)
    assert (lost.code, lost.ids) == (9, [])
    done = book.append()
    assert "wrote 1 entry" in done.stderr
    assert book.audit() == []
    day = day_of(book)
    text = day.read_bytes()
    starts = list(tail.starts(text))
    vim_saves(day, text[: starts[-2]])  # an editor takes both
    done = book.append()
    assert "put back 2 entries" in done.stderr
    assert book.audit() == []


def test_a_full_disk_for_the_day_file_only_delays(book: Book) -> None:
    failing = (
        "from journal import days\n"
        "def full(fd, data):\n"
        "    os.write(fd, data[:100])\n"
        "    raise OSError(28, 'No space left on device')\n"
        "days.write_all = full"
    )
    done = book.append(2, failing)
    assert (done.code, len(done.ids)) == (0, 2)
    assert "No space left on device" in done.stderr
    assert set(states(book)) >= set(book.promised)
    book.go_on()
    assert book.audit() == []


def raced(book: Book, monkeypatch: pytest.MonkeyPatch, meddle: Callable[[], object]) -> Receipt:
    """An append during which another program comes between the acknowledgement and the day file."""
    real = files.flush
    calls: list[int] = []

    def flush(fd: int) -> None:
        real(fd)
        calls.append(fd)
        if len(calls) == 1:
            meddle()

    monkeypatch.setattr(protocol, "flush", flush)
    body = book.bodies(1)[0]
    receipt = Notebook.open(str(book.root)).append(Draft(body=body))
    monkeypatch.undo()
    book.promised[receipt.id] = body
    return receipt


@pytest.mark.parametrize("how", ["vim", "code", "delete", "folder", "vim-same"])
def test_a_save_between_the_look_and_the_write_loses_nothing(
    book: Book, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # The environment is the fixture's, and undo() would take it away.
    monkeypatch = pytest.MonkeyPatch()
    day = day_of(book)
    text = day.read_bytes()
    older = text[: text.rindex(b"\n## ") + 1]
    meddling: dict[str, Callable[[], object]] = {
        "vim": lambda: vim_saves(day, older),
        "vim-same": lambda: vim_saves(day, text),
        "code": lambda: code_saves(day, older),
        "delete": day.unlink,
        "folder": lambda: shutil.rmtree(book.root / "journal"),
    }
    receipt = raced(book, monkeypatch, meddling[how])
    lines = day.read_text().split("\n")
    assert lines[receipt.line - 1].startswith("## ")
    book.go_on()
    assert book.audit() == []


def test_an_editor_in_mid_save_is_waited_for(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch = pytest.MonkeyPatch()
    day = day_of(book)
    text = day.read_bytes()
    child = 0

    def meddle() -> None:
        nonlocal child
        day.write_bytes(b"")
        child = os.fork()
        if not child:
            time.sleep(0.01)
            fd = os.open(day, os.O_RDWR)
            os.pwrite(fd, text, 0)
            os._exit(0)

    receipt = raced(book, monkeypatch, meddle)
    os.waitpid(child, 0)
    assert receipt.notices == ()
    book.go_on()
    assert book.audit() == []


def test_a_file_git_tracks_gets_it_back_in_a_part(repo: Book) -> None:
    repo.go_on()
    day, taken = day_of(repo), newest(repo)
    repo.go_on()
    text = day.read_bytes()
    starts = list(tail.starts(text))
    vim_saves(day, text[: starts[-2]] + b"Not what git has.\n")
    done = repo.append()
    assert "put back 2 entries" in done.stderr
    part = day.with_name(day.name.replace(".md", ".p2.md"))
    assert taken.encode() in part.read_bytes()
    assert taken.encode() not in day.read_bytes()
    assert repo.audit() == []


def test_what_git_took_is_left_to_git(repo: Book) -> None:
    git(repo.root, "switch", "-q", "-c", "side")
    repo.go_on()
    elsewhere = newest(repo)
    git(repo.root, "commit", "-q", "-a", "-m", "on the side")
    git(repo.root, "switch", "-q", "main")
    done = repo.append()
    assert (done.code, done.stderr) == (0, "")
    done = repo.append()
    assert done.stderr == ""
    assert [day.name.endswith(".p2.md") for day in repo.days()] == [False, True]
    assert states(repo)[elsewhere] == "elsewhere"
    git(repo.root, "add", ".")
    git(repo.root, "commit", "-q", "-m", "on main")
    git(repo.root, "merge", "-q", "side", "-m", "both")
    repo.go_on()
    assert repo.audit() == []


def test_nothing_comes_back_during_a_rebase(repo: Book) -> None:
    (repo.root / "note").write_text("one")
    git(repo.root, "add", ".")
    git(repo.root, "commit", "-q", "-m", "second")
    environment = {"GIT_SEQUENCE_EDITOR": "sed -i s/^pick/edit/"}
    subprocess.run(
        ["git", "rebase", "-q", "-i", "HEAD~1"],
        cwd=repo.root, check=True, env={**os.environ, **environment}, capture_output=True,
    )  # fmt: skip
    repo.go_on()
    taken = newest(repo)
    take_newest(repo)
    with day_of(repo).open("ab") as file:
        file.write(b"Not what git has.\n")
    done: Outcome = repo.append()
    assert (done.code, done.stderr) == (0, "")
    assert all(taken.encode() not in day.read_bytes() for day in repo.days())
    git(repo.root, "rebase", "--abort")


def test_a_session_reads_the_spool_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book.new(tmp_path / "book")
    notebook = Notebook.open(str(book.root))
    notebook.append_many([Draft(body=f"{n}", at=f"2026-{n:02}-05T12:00") for n in range(1, 13)])
    shutil.rmtree(book.root / ".journal/cache")
    scans: list[int] = []
    real = spool.scan

    def scan(data: bytes) -> tuple[list[spool.Record], int]:
        scans.append(len(data))
        return real(data)

    monkeypatch.setattr(settle, "scan", scan)
    again = Notebook.open(str(book.root))
    again.append_many([Draft(body=f"{n}", at=f"2026-{n:02}-05T13:00") for n in range(1, 13)])
    assert len(scans) == 1
    assert chain.exit_code(again.verify()) == 0


def test_after_a_crash_older_days_are_mended_too(book: Book) -> None:
    made = [book.root / Notebook.open(str(book.root)).append(Draft(body="older", at=at)).file
            for at in ("2026-01-05T12:00", "2026-02-05T12:00")]  # fmt: skip
    book.go_on()
    for path in made:
        path.write_bytes(path.read_bytes()[:200])  # what a power cut leaves of it
    shutil.rmtree(book.root / ".journal/cache")
    book.tried |= {"older"}
    book.go_on()
    assert all(path.read_bytes().rstrip().endswith(b"older") for path in made)
    assert set(states(book).values()) == {"intact"}
