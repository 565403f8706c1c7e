"""Turns: an entry's number in its session, given under the lock, and the path a session goes on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import api
from journal.entry import Draft
from journal.errors import FormatError, UsageError
from journal.inmemory import MemoryNotebook
from journal.notebook import Book, Notebook
from journal.seal import MOST_TURNS
from journal.workspace import init

S = "spike"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    init(str(tmp_path / "w"))
    return tmp_path / "w"


def bare(root: Path) -> Book:
    """A notebook that has no catalog to ask."""
    return Notebook.open(str(root))


def whole(root: Path) -> Book:
    return api.open(str(root)).notebook


def memory(_: Path) -> Book:
    return MemoryNotebook()


BOOKS = [bare, whole, memory]
Opened = Callable[[Path], Book]


def say(book: Book, session: str = S, **more: object) -> int:
    """The turn of an entry that was just appended."""
    receipt = book.append(Draft(body="text", session=session, **more))  # type: ignore[arg-type]
    return book.find(receipt.id).turn


def seen(root: Path, session: str = S) -> list[tuple[int, str]]:
    """Turn and path of a session's entries, in order, from the files."""
    entries = Notebook.open(str(root)).entries()
    return sorted((entry.turn, entry.path) for entry in entries if entry.session == session)


@pytest.mark.parametrize("opened", BOOKS)
def test_each_session_counts_for_itself(root: Path, opened: Opened) -> None:
    book = opened(root)
    assert [say(book), say(book, "other"), say(book), say(book, ""), say(book)] == [1, 1, 2, 0, 3]


@pytest.mark.parametrize("opened", BOOKS)
def test_a_namespace_has_sessions_of_its_own(root: Path, opened: Opened) -> None:
    book = opened(root)
    assert [say(book), say(book, namespace="work"), say(book)] == [1, 1, 2]


@pytest.mark.parametrize("opened", BOOKS)
def test_a_session_goes_on_the_path_it_switched_to(root: Path, opened: Opened) -> None:
    book = opened(root)

    def path(**more: object) -> str:
        receipt = book.append(Draft(body="text", **{"session": S, **more}))  # type: ignore[arg-type]
        return book.find(receipt.id).path

    assert path() == ""
    assert path(path="idea", fields={"switched": "idea"}) == "idea"
    assert [path(), path(path="else"), path()] == ["idea", "else", "idea"]
    assert [path(session="b"), path(session="")] == ["", ""]
    assert path(fields={"switched": "main"}) == "idea"
    assert path() == ""


@pytest.mark.parametrize("opened", BOOKS)
def test_nobody_gives_a_turn(root: Path, opened: Opened) -> None:
    book = opened(root)
    with pytest.raises(UsageError, match="turn"):
        say(book, fields={"turn": 7})
    with pytest.raises(UsageError, match="no path"):
        say(book, fields={"switched": "../up"})


@pytest.mark.parametrize("opened", BOOKS)
def test_what_was_not_written_has_no_turn(root: Path, opened: Opened) -> None:
    book = opened(root)
    say(book)
    big = Draft(body="text", session=S, meta={"a": "x" * 20_000})
    with pytest.raises(FormatError):
        book.append_many([Draft(body="text", session=S), big])
    assert say(book) == 2


def test_the_same_token_twice_is_one_turn(root: Path) -> None:
    book = bare(root)
    assert [say(book, token="t"), say(book, token="t"), say(book)] == [1, 1, 2]  # noqa: S106


@pytest.mark.parametrize("opened", [bare, whole])
@pytest.mark.parametrize("lost", ["cache", "known", "nothing"])
def test_turns_go_on_without_the_cache(root: Path, opened: Opened, lost: str) -> None:
    book = opened(root)
    say(book, path="idea", fields={"switched": "idea"})
    say(book)
    if lost == "cache":
        shutil.rmtree(root / ".journal/cache")
    elif lost == "known":
        for file in (root / ".journal/cache").glob("*.known"):
            file.unlink()
    again = opened(root)
    assert say(again) == 3
    assert seen(root) == [(1, "idea"), (2, "idea"), (3, "idea")]


def test_sessions_beyond_those_that_are_kept_are_found_again(root: Path) -> None:
    book = whole(root)
    for number in range(40):
        say(book, f"s{number}")
    assert [say(book, "s0"), say(book, "s39"), say(book, "s20")] == [2, 2, 2]


def foreign(root: Path, turn: int, name: str = "2026-11-21.other.md", more: str = "") -> None:
    """A day file of another writer, as a sync brings it."""
    file = root / "journal/main/2026" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f"at: 2026-11-21T10:00:00.000000+00:00\nkind: note\nsession: {S}\nturn: {turn}\n{more}"
    aside = file.with_suffix(".tmp")
    aside.write_text(f"## 10:00:00\n\n```yaml entry\n{head}```\n\nFrom afar.\n")
    aside.rename(file)


@pytest.mark.parametrize("opened", [bare, whole])
def test_what_came_by_a_sync_counts(root: Path, opened: Opened) -> None:
    book = opened(root)
    assert [say(book), say(book)] == [1, 2]
    foreign(root, 17, more="switched: away\n")
    assert say(book) == 18
    foreign(root, 30)
    assert say(book) == 31
    assert seen(root)[-1] == (31, "")
    foreign(root, 40, more="switched: away\n")
    assert [say(book), say(book)] == [41, 42]
    assert seen(root)[-1] == (42, "away")


def test_a_session_that_never_switched_is_read_where_it_spoke_last(root: Path) -> None:
    journal = api.open(str(root))
    told = [("main", 1), ("fork-1", 3), ("agent-1", 4), ("main", 2)]
    for path, minute in told:
        say(journal.notebook, path=path, at=f"2026-11-20T10:0{minute}:00Z")
    journal.catalog.catch_up()
    assert journal.catalog.current("main", S) == "fork-1"
    say(journal.notebook, path="main", fields={"switched": "main"})
    journal.catalog.catch_up()
    assert journal.catalog.current("main", S) == "main"


def test_a_stale_catalog_is_read_on_from_the_files(root: Path) -> None:
    journal = api.open(str(root))
    say(journal.notebook)
    journal.catalog.catch_up()
    foreign(root, 9)
    assert say(whole(root)) == 10
    (root / ".journal/cache/catalog.db").write_bytes(b"no database")
    foreign(root, 20)
    assert say(whole(root)) == 21


def test_older_entries_have_no_turn_and_come_first(root: Path) -> None:
    foreign(root, 0)
    file = root / "journal/main/2026/2026-11-21.other.md"
    file.write_text(file.read_text().replace("turn: 0\n", ""))
    journal = api.open(str(root))
    assert say(journal.notebook) == 1
    journal.catalog.catch_up()
    assert [row.turn for row in journal.catalog.turns("main", S)] == [1, 0]


def test_a_field_that_is_no_turn_stays_a_field(root: Path) -> None:
    foreign(root, 3)
    file = root / "journal/main/2026/2026-11-21.other.md"
    file.write_text(file.read_text().replace("turn: 3", "turn: black"))
    (entry,) = bare(root).entries()
    assert (entry.turn, entry.fields) == (0, {"turn": "black"})


def test_many_processes_give_each_turn_once(root: Path) -> None:
    code = (
        "import sys; from journal import api; from journal.entry import Draft\n"
        "book = api.open(sys.argv[1]).notebook\n"
        f"for n in range(25): book.append(Draft(body='text', session='{S}'))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(root)], env=os.environ) for _ in range(4)
    ]
    assert [one.wait() for one in running] == [0] * 4
    assert [turn for turn, _ in seen(root)] == list(range(1, 101))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["", "", "main", "idea", "b/c"])),
        max_size=12,
    )
)
def test_disk_and_memory_count_alike(said: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as base, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", f"{base}/state")
        init(f"{base}/w")
        told = []
        for book in (bare(Path(base, "w")), whole(Path(base, "w")), MemoryNotebook()):
            last = []
            for session, switched in said:
                name = f"{session}{len(told)}"
                fields = {"switched": switched} if switched else {}
                entry = book.find(book.append(Draft(body="t", session=name, fields=fields)).id)
                last.append((entry.turn, entry.path))
            told.append(last)
        assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("opened", [bare, whole])
def test_what_is_tried_again_is_numbered_again(root: Path, opened: Opened) -> None:
    """One draft of a group can't be an entry: the others are written one by one."""
    book = opened(root)
    say(book, "other")
    sleep(0.1)  # the folder rests: what is known of it now is kept
    say(book, "other")
    drafts = [Draft(body=f"{n}", session=S, meta={"a": "x" * 20_000 * (n == 2)}) for n in range(4)]
    sealings = [book.prepare(draft) for draft in drafts]  # type: ignore[attr-defined]
    for group in (sealings, *([one] for one in sealings)):
        with suppress(FormatError):
            book.append_sealings(group)  # type: ignore[attr-defined]
    assert seen(root) == [(1, ""), (2, ""), (3, "")]


@pytest.mark.parametrize("opened", [bare, whole])
def test_two_writers_of_one_folder_know_of_each_other(
    root: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a container has its own state, so that its writer is another one."""
    here = os.environ["XDG_STATE_HOME"]
    books = []
    for state in (here, f"{here}-there"):
        monkeypatch.setenv("XDG_STATE_HOME", state)
        books.append((state, opened(root)))
        say(books[-1][1])
    sleep(0.1)
    for state, book in books * 3:
        monkeypatch.setenv("XDG_STATE_HOME", state)
        say(book)
        say(opened(root))
    assert [turn for turn, _ in seen(root)] == list(range(1, 15))


@pytest.mark.parametrize("opened", [bare, whole])
def test_a_sync_that_sets_times_back_is_noticed(root: Path, opened: Opened) -> None:
    book = opened(root)
    say(book)
    for turn in (5, 20):
        foreign(root, turn)
        os.utime(root / "journal/main/2026", ns=(10**18, 10**18))
        sleep(0.1)
        assert say(book) == turn + 1


@pytest.mark.parametrize("opened", [bare, whole])
@pytest.mark.parametrize(("typed", "turns"), [(1 << 62, [2, 3]), (MOST_TURNS, [MOST_TURNS] * 2)])
def test_no_typed_turn_stops_the_count(
    root: Path, opened: Opened, typed: int, turns: list[int]
) -> None:
    book = opened(root)
    say(book)
    foreign(root, typed)
    assert [say(book), say(opened(root))] == turns
    journal = api.open(str(root))
    ids = [row.id for row in journal.catalog.turns("main", S) if row.digest]
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("typed", [f'"{S}"', f"'{S}'", f"  {S}  # mine", '"\\u00{:x}{}"'])
def test_a_session_counts_however_it_was_typed(root: Path, typed: str) -> None:
    book = bare(root)
    say(book)
    foreign(root, 7)
    file = root / "journal/main/2026/2026-11-21.other.md"
    typed = typed.format(ord(S[0]), S[1:])
    file.write_text(file.read_text().replace(f"session: {S}", f"session: {typed}"))
    assert say(bare(root)) == 8


def git(root: Path, *words: str) -> None:
    named = ("-c", "user.name=x", "-c", "user.email=x@localhost")
    subprocess.run(["git", "-C", str(root), *named, *words], check=True, capture_output=True)


@pytest.mark.parametrize("opened", [bare, whole])
def test_a_branch_without_the_switch_is_not_on_the_path(root: Path, opened: Opened) -> None:
    """The spool still has the entry that switched; this tree has not."""
    book = opened(root)
    say(book, "other")
    git(root, "init", "-q")
    for branch, more in (("old", {}), ("new", {"path": "idea", "fields": {"switched": "idea"}})):
        git(root, "switch", "-q", "-c", branch)
        say(book, S if more else "other", **more)
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", branch)
    git(root, "switch", "-q", "old")
    assert say(book) == 2
    assert seen(root) == [(2, "")]
    git(root, "switch", "-q", "--discard-changes", "new")
    assert say(opened(root)) == 3
    assert seen(root)[-1] == (3, "idea")


def test_a_catalog_held_by_another_program_keeps_no_append_waiting(root: Path) -> None:
    journal = api.open(str(root))
    say(journal.notebook)
    journal.catalog.catch_up()
    journal.catalog.close()
    database = sqlite3.connect(root / ".journal/cache/catalog.db", isolation_level=None)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    foreign(root, 5)
    receipt = whole(root).append(Draft(body="text", session=S))
    database.close()
    assert bare(root).find(receipt.id).turn == 6


def test_the_environment_gives_session_and_path(root: Path, journal_bin: Path) -> None:
    given = {**os.environ, "JOURNAL_SESSION": S, "JOURNAL_PATH": "idea"}
    for words in (["append", "plain"], ["append", "dated", "--at", "2026-11-20T10:00"]):
        subprocess.run([journal_bin, *words], cwd=root, env=given, check=True)
    subprocess.run([journal_bin, "append", "x", "--path", "else"], cwd=root, env=given, check=True)
    assert seen(root) == [(1, "idea"), (2, "idea"), (3, "else")]
