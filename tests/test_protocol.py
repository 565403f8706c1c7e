"""The append protocol's promises that need no crash: order, identity, tokens, rights, refusals."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from faults import PROGRAM, TRIMMING, Book

from journal import chain, files, protocol, space, spool, trim
from journal.entry import Draft, Receipt
from journal.errors import Conflict, JournalError, WorkspaceError
from journal.notebook import Notebook
from journal.workspace import init

SPOOL = ".journal/state/spool"
TOKEN = "a client's"  # noqa: S105 - no secret


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book.new(tmp_path / "book")


def add(root: Path, body: str = "text", **more: str) -> Receipt:
    return Notebook.open(str(root)).append(Draft(body=body, **more))  # type: ignore[arg-type]


def ids(root: Path) -> list[str]:
    return [entry.id for entry in Notebook.open(str(root)).entries()]


def verified(root: Path) -> int:
    return chain.exit_code(Notebook.open(str(root)).verify())


def writers(root: Path) -> set[str]:
    return {path.stem for path in (root / SPOOL).iterdir()}


def spool_of(root: Path) -> Path:
    (found,) = (root / SPOOL).iterdir()
    return found


def modes(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in [folder, *folder.rglob("*")]:
        yield path, path.stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_only_the_owner_may_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    if umask and os.geteuid():
        pytest.skip("only root can still use folders that the umask has closed")
    old = os.umask(umask)
    try:
        book = Book.new(tmp_path / "book")
        assert book.append(2).code == 0
    finally:
        os.umask(old)
    state = Path(os.environ["XDG_STATE_HOME"]) / "journal"
    for folder in (book.root / "journal", book.root / ".journal", state):
        for path, mode in modes(folder):
            assert mode == (0o700 if path.is_dir() else 0o600), path
    assert book.audit() == []


LINKS = ["journal", "journal/main", ".journal", ".journal/state", SPOOL, ".journal/cache"]


@pytest.mark.parametrize("what", LINKS)
def test_a_link_instead_of_a_folder_is_refused(book: Book, tmp_path: Path, what: str) -> None:
    book.go_on()
    elsewhere = tmp_path / "elsewhere"
    (book.root / what).rename(elsewhere)
    (book.root / what).symlink_to(elsewhere)
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    done = book.append()
    if what != ".journal/cache":  # without a cache an append only takes longer
        assert done.code == WorkspaceError.code
        assert done.ids == []
        assert "is a link" in done.stderr
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("what", ["day", "spool", "lock"])
def test_a_link_instead_of_a_file_is_refused(book: Book, tmp_path: Path, what: str) -> None:
    book.go_on()
    paths = {
        "day": book.days()[0],
        "spool": spool_of(book.root),
        "lock": book.root / ".journal/state/lock",
    }
    elsewhere = tmp_path / "elsewhere"
    paths[what].rename(elsewhere)
    paths[what].symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    done = book.append()
    assert (done.code, done.ids) == (WorkspaceError.code, [])
    assert elsewhere.read_bytes() == before


def test_a_link_where_nothing_was_written_yet_is_refused(book: Book, tmp_path: Path) -> None:
    (book.root / "journal").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (book.root / "journal/main").symlink_to(tmp_path / "elsewhere")
    done = book.append()
    assert (done.code, done.ids) == (WorkspaceError.code, [])
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert ids(book.root) == []


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_in_a_days_place_only_delays(
    book: Book, make: Callable[[Path], None]
) -> None:
    book.go_on()
    (day,) = book.days()
    kept = day.read_bytes()
    day.unlink()
    make(day)
    for _ in range(2):
        done = book.append()
        assert done.code == 0
        assert str(day.relative_to(book.root)) in done.stderr
        assert "safe in the spool" in done.stderr
    day.rmdir() if day.is_dir() else day.unlink()
    day.write_bytes(kept)
    book.go_on()
    assert book.audit() == []


def test_a_read_only_workspace_is_an_error(book: Book, tmp_path: Path) -> None:
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("mounting read-only needs root")
    book.go_on()
    at = str(tmp_path / "book")
    if subprocess.run(["mount", "--bind", at, at], capture_output=True, check=False).returncode:
        pytest.skip("bind mounts are not allowed here")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", at], check=True)
        done = book.append()
        found = ids(book.root)
    finally:
        subprocess.run(["umount", at], check=True)
    assert (done.code, done.ids) == (10, [])
    assert "Read-only file system" in done.stderr
    assert found == list(book.promised)


def test_the_lock_is_waited_for_only_so_long(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.go_on()
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.05)
    with (book.root / ".journal/state/lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict) as caught:
            add(book.root)
    assert (caught.value.code, caught.value.retryable) == (7, True)
    add(book.root)


def test_ids_grow_when_the_clock_goes_back(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [2_000_000_000, 2_000_000_000, 1_900_000_000, 1_000_000_000, 1_950_000_000]
    made = []
    for seconds in times:
        monkeypatch.setattr(protocol, "time_ns", lambda now=seconds: now * 1_000_000_000)
        made.append(add(book.root, f"at {seconds}"))
    assert [receipt.id for receipt in made] == sorted({receipt.id for receipt in made})
    assert [receipt.seq for receipt in made] == [1, 2, 3, 4, 5]
    assert [receipt.at[:4] for receipt in made] == ["2033", "2033", "2030", "2001", "2031"]
    assert verified(book.root) == 0


def test_a_change_of_summer_time_keeps_the_order(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = book.root / "journal.toml"
    lines = config.read_text().splitlines()
    zoned = ['timezone = "Europe/Berlin"' if x.startswith("timezone") else x for x in lines]
    config.write_text("\n".join(zoned) + "\n")
    start = int(datetime.fromisoformat("2026-10-25T00:30:00+00:00").timestamp())
    made = []
    for step in range(4):
        now = (start + step * 1800) * 1_000_000_000
        monkeypatch.setattr(protocol, "time_ns", lambda now=now: now)
        made.append(add(book.root, f"step {step}"))
    assert [receipt.at[11:16] + receipt.at[26:] for receipt in made] == [
        "02:30+02:00",
        "02:00+01:00",
        "02:30+01:00",
        "03:00+01:00",
    ]
    assert ids(book.root) == [receipt.id for receipt in reversed(made)]
    assert verified(book.root) == 0


def test_a_copy_has_a_writer_of_its_own(book: Book, tmp_path: Path) -> None:
    book.go_on()
    copy = tmp_path / "copy"
    shutil.copytree(book.root, copy)
    for n in range(3):
        add(book.root, f"here {n}")
        add(copy, f"there {n}")
    assert len(writers(book.root)) == 1
    assert len(writers(copy)) == 2
    both = book.root / "journal/main/2026"
    assert set(ids(book.root)) & set(ids(copy)) == set(book.promised)
    for day in (copy / "journal").rglob("*.*-*.md"):
        shutil.copy(day, next(iter((book.root / "journal").rglob("*.md"))).parent)
    assert both.exists() or book.days()
    assert len(ids(book.root)) == 7
    assert verified(book.root) == verified(copy) == 0


def test_a_moved_workspace_keeps_its_writer(book: Book, tmp_path: Path) -> None:
    book.go_on()
    before = writers(book.root)
    book.root.rename(tmp_path / "moved")
    add(tmp_path / "moved")
    assert writers(tmp_path / "moved") == before
    assert verified(tmp_path / "moved") == 0


@pytest.mark.parametrize("what", [".journal", ".journal/state", SPOOL])
def test_without_its_state_it_gets_a_new_writer(book: Book, what: str) -> None:
    book.go_on()
    before = writers(book.root)
    shutil.rmtree(book.root / what)
    for _ in range(2):
        book.go_on()
    assert len(writers(book.root) - before) == 1
    assert book.audit() == []


def damage_garbage(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size + 7))


def damage_middle(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def damage_record(path: Path) -> None:
    records, _ = spool.scan(path.read_bytes())
    path.write_bytes(path.read_bytes()[: records[1].end + 1])


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("damage", [damage_garbage, damage_middle, damage_record, damage_empty])
def test_a_spool_that_lost_entries_ends_its_writer(
    book: Book, damage: Callable[[Path], None], *, cached: bool
) -> None:
    for _ in range(4):
        book.go_on()
    before = writers(book.root)
    damage(spool_of(book.root))
    if not cached:
        shutil.rmtree(book.root / ".journal/cache")
    done = book.append()
    assert done.code == 0
    assert "had acknowledged" in done.stderr
    book.go_on()
    assert len(writers(book.root) - before) == 1
    assert set(book.promised) == set(ids(book.root))
    seen = {v.id: v.state for v in Notebook.open(str(book.root)).verify()}
    assert seen[done.ids[0]] == "intact"
    assert "forked" not in seen.values()
    assert "broken" not in seen.values()


def test_what_follows_garbage_in_the_spool_is_kept(book: Book) -> None:
    book.go_on()
    path = spool_of(book.root)
    with path.open("r+b") as file:  # in its place: the cache can't tell
        file.write(random.Random(7).randbytes(path.stat().st_size))
    book.go_on()
    book.days()[0].unlink()
    book.go_on()
    assert [r.seq for r in spool.entries(spool.scan(path.read_bytes())[0])] == [2, 3]
    assert set(ids(book.root)) == {entry for entry in book.promised if entry != min(book.promised)}


def test_a_spool_with_a_hole_keeps_the_rest(book: Book) -> None:
    for _ in range(4):
        book.go_on()
    path = spool_of(book.root)
    data = bytearray(path.read_bytes())
    records, _ = spool.scan(bytes(data))
    data[records[1].start + 200] ^= 1
    path.write_bytes(bytes(data))
    shutil.rmtree(book.root / ".journal/cache")
    book.go_on()
    assert book.audit() == []


def test_a_foreign_spool_is_read_and_never_replayed(book: Book, tmp_path: Path) -> None:
    book.go_on()
    book.go_on()
    shutil.rmtree(book.root / "journal")
    copy = tmp_path / "copy"
    shutil.copytree(book.root, copy)
    mine = add(copy, "mine")
    assert set(ids(copy)) == {*book.promised, mine.id}
    (day,) = (copy / "journal").rglob("*.md")
    assert day.read_bytes().count(b"\n## ") == 1
    assert len((copy / mine.file).read_bytes().split(b"\nid: ")) == 2


def test_two_processes_make_one_writer(tmp_path: Path) -> None:
    for number in range(3):
        root = tmp_path / f"clone{number}"
        init(str(root))
        shutil.rmtree(root / ".journal")
        shutil.rmtree(Path(os.environ["XDG_STATE_HOME"]) / "journal")
        words = [sys.executable, "-c", PROGRAM, "pass", str(root)]
        racing = [subprocess.Popen([*words, f"body {n}"]) for n in range(4)]
        assert [process.wait(60) for process in racing] == [0] * 4
        assert len(writers(root)) == 1
        assert len(ids(root)) == 4
        assert verified(root) == 0


def test_a_token_is_one_entry(book: Book) -> None:
    first = add(book.root, "text", token=TOKEN)
    again = add(book.root, "other text", token=TOKEN)
    other = add(book.root, "text", token=TOKEN + "2")
    assert (again.id, again.seq, again.line, again.digest, again.at) == (
        first.id, first.seq, first.line, first.digest, first.at,
    )  # fmt: skip
    assert again.repeated
    assert not first.repeated
    assert ids(book.root) == [other.id, first.id]


def test_a_token_counts_within_a_batch(book: Book) -> None:
    drafts = [Draft(body=body, token=token) for body, token in [("a", "t"), ("b", ""), ("c", "t")]]
    made = Notebook.open(str(book.root)).append_many(drafts)
    assert made[0].id == made[2].id != made[1].id
    assert len(ids(book.root)) == 2


def test_a_token_counts_between_processes(book: Book) -> None:
    program = PROGRAM.replace('"body": body.encode()', '"body": body.encode(), "token": "once"')
    words = [sys.executable, "-c", program, "pass", str(book.root)]
    racing = [
        subprocess.Popen([*words, f"body {n}"], stdout=subprocess.PIPE, text=True) for n in range(4)
    ]
    told = {process.communicate(timeout=60)[0] for process in racing}
    assert len(told) == len(ids(book.root)) == 1


def test_a_token_outlives_a_trim(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "TRIM_AT", 1)
    monkeypatch.setattr(trim, "KEEP", 0)
    first = add(book.root, "text", token=TOKEN)
    for n in range(8):
        add(book.root, f"more {n}")
    assert first.id.encode() not in spool_of(book.root).read_bytes()
    again = add(book.root, "text", token=TOKEN)
    assert (again.id, again.file, again.line, again.seq, again.digest, again.at) == (
        first.id, first.file, first.line, first.seq, first.digest, first.at,
    )  # fmt: skip
    assert verified(book.root) == 0


def test_a_trim_keeps_what_no_file_holds(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    first = add(book.root, "this one an editor will change", at="2026-01-01")
    second = add(book.root, "this one stays")
    day = book.root / first.file
    day.write_bytes(day.read_bytes().replace(b"will change", b"has changed"))
    monkeypatch.setattr(protocol, "TRIM_AT", 1)
    monkeypatch.setattr(trim, "KEEP", 0)
    for n in range(6):
        add(book.root, f"more {n}")
    kept = spool_of(book.root).read_bytes()
    assert b"will change" in kept
    assert second.id.encode() not in kept
    (verdict,) = [v for v in Notebook.open(str(book.root)).verify() if v.id == first.id]
    assert (verdict.state, "-this one an editor will change" in verdict.diff) == ("edited", True)


def test_after_a_trim_numbers_and_ids_go_on(book: Book) -> None:
    for _ in range(3):
        assert book.append(2, TRIMMING).code == 0
    shutil.rmtree(book.root / ".journal/cache")
    made = add(book.root)
    assert made.seq == 7
    assert made.id > max(book.promised)
    assert verified(book.root) == 0


def test_a_batch_over_many_files_numbers_each_chain_once(book: Book) -> None:
    def drafts(turn: int) -> list[Draft]:
        return [
            Draft(body=f"{turn} {name} {day}", namespace=name, at=f"2026-03-{day:02}T12:00")
            for day in range(1, 29)
            for name in ("main", "side")
        ]

    for turn in range(2):  # the cache has room for sixteen of these files
        made = Notebook.open(str(book.root)).append_many(drafts(turn))
        found = [receipt.id for receipt in made]
        assert found == sorted(set(found))
        for name in ("main", "side"):
            numbers = [r.seq for r in made if r.file.startswith(f"journal/{name}/")]
            assert numbers == list(range(28 * turn + 1, 28 * turn + 29))
    assert verified(book.root) == 0


def test_an_entry_that_can_not_be_sealed_takes_its_batch_with_it(book: Book) -> None:
    book.go_on()
    drafts = [Draft(body="fine"), Draft(body="not fine", meta={"k": "v" * 20_000})]
    with pytest.raises(JournalError):
        Notebook.open(str(book.root)).append_many(drafts)
    book.go_on()
    assert book.audit() == []


@pytest.mark.parametrize("data", [b"", b"\xff" * 500, b"0" * 64 + b' {"spool": [1, 2]}\n'])
def test_a_cache_of_garbage_is_no_trouble(book: Book, data: bytes) -> None:
    book.go_on()
    (cache,) = (book.root / ".journal/cache").glob("*.known")
    cache.write_bytes(data)
    book.go_on()
    book.go_on()
    assert book.audit() == []


def test_a_stale_cache_is_no_trouble(book: Book) -> None:
    book.go_on()
    (cache,) = (book.root / ".journal/cache").glob("*.known")
    stale = cache.read_bytes()
    book.go_on()
    book.go_on()
    cache.write_bytes(stale)
    book.go_on()
    assert book.audit() == []


def test_many_notebooks_at_once_agree(book: Book) -> None:
    notebooks = [Notebook.open(str(book.root)) for _ in range(3)]
    made = [notebooks[n % 3].append(Draft(body=f"turn {n}")) for n in range(12)]
    assert [receipt.seq for receipt in made] == list(range(1, 13))
    assert verified(book.root) == 0


def test_an_append_goes_where_the_state_says(book: Book) -> None:
    made = add(book.root, "one\ntwo")
    lines = (book.root / made.file).read_text().split("\n")
    assert lines[made.line - 1].startswith("## ")
    again = add(book.root, "three")
    lines = (book.root / again.file).read_text().split("\n")
    assert lines[again.line - 1].startswith("## ")
    assert f"id: {again.id}" in lines[again.line : again.line + 4]
    assert space.find(str(book.root)) == str(book.root)
