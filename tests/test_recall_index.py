"""The index on disk: it follows, survives, is made anew, and never loses or invents an answer."""

import fcntl
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_recall import BookShelf
from test_recall_segment import entry

from journal.catalog.catalog import Catalog
from journal.entry import Draft, Entry
from journal.errors import Conflict
from journal.notebook import Notebook
from journal.recall import depot, index, reading, shelf
from journal.recall.engine import Answer, Query
from journal.recall.index import FEW
from journal.recall.manifest import Manifest, Part, decode
from journal.recall.segment import Segment
from journal.recall.whoosh import WhooshEngine
from journal.workspace import init

FOLDER = depot.FOLDER


class World:
    """Some entries, a shelf of them, and a folder for the index."""

    def __init__(self, root: Path, count: int = 100) -> None:
        self.root = root
        self.folder = root / FOLDER
        self.entries: list[Entry] = []
        self.shelf = BookShelf(lambda: reversed(self.entries))
        self.add(count)

    def add(self, count: int) -> None:
        """More entries."""
        first = self.shelf.last
        self.entries += [entry(n, f"fix word{n}", days=-n) for n in range(first, first + count)]
        self.shelf.catch_up()

    def strike(self, number: int) -> None:
        """One less."""
        self.entries.remove(self.shelf.rows[number].entry)
        self.shelf.strike(number)

    def engine(self) -> WhooshEngine:
        """An engine such as a new process has."""
        return WhooshEngine(self.shelf, str(self.root))

    def ask(self, text: str = "fix", engine: WhooshEngine | None = None) -> Answer:
        """The answer, which must be all there is."""
        answer = (engine or self.engine()).recall(Query(text, limit=10_000))
        if text == "fix":
            expected = [row.entry.id for row in self.shelf.rows.values()]
            assert sorted(hit.entry.id for hit in answer.hits) == sorted(expected)
        assert answer.total == len(answer.hits)
        return answer

    def files(self) -> list[str]:
        """What the folder holds."""
        return sorted(os.listdir(self.folder))

    def segments(self) -> list[Path]:
        """The segments' files."""
        return sorted(self.folder.glob("*.seg"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def codes(answer: Answer) -> list[str]:
    return [finding.code for finding in answer.notices]


def test_the_index_is_made_and_then_used(world: World) -> None:
    answer = world.ask()
    assert (answer.engine, answer.fresh, codes(answer)) == ("whoosh", True, [])
    assert stat.S_IMODE(world.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((world.folder / name).stat().st_mode) for name in world.files()} == {0o600}
    assert world.shelf.texts_read == 200  # to index, then to show
    before = world.files(), (world.folder / "manifest.json").stat().st_mtime_ns
    assert world.ask("word7").total == 1
    assert world.shelf.texts_read == 201
    assert before == (world.files(), (world.folder / "manifest.json").stat().st_mtime_ns)


def test_a_few_new_entries_are_read_for_the_answer(world: World) -> None:
    world.ask()
    world.add(FEW)
    before = world.files()
    engine = world.engine()
    answer = world.ask("fix", engine)
    assert (answer.engine, answer.fresh, codes(answer)) == ("whoosh+scan", True, [])
    assert world.files() == before
    world.add(1)
    assert world.ask("fix", engine).engine == "whoosh"
    assert len(world.segments()) == 2


def test_a_small_journal_has_an_index_too(tmp_path: Path) -> None:
    world = World(tmp_path, 1)
    assert world.ask().engine == "whoosh"
    world.add(1)
    assert world.ask().engine == "whoosh+scan"


def test_an_empty_journal(tmp_path: Path) -> None:
    world = World(tmp_path, 0)
    answer = world.ask()
    assert (answer.total, answer.engine, codes(answer)) == (0, "whoosh", [])


def test_what_goes_is_found_no_more(world: World) -> None:
    engine = world.engine()
    world.ask("fix", engine)
    for number in (3, 50, 100):
        world.strike(number)
    assert world.ask("word2").total == 0
    assert world.ask("fix", engine).total == 97
    assert world.ask().total == 97
    world.add(FEW + 1)
    assert world.ask().engine == "whoosh"
    assert len(decode((world.folder / "manifest.json").read_bytes()).parts[0].deleted) == 3
    assert world.ask("word2").total == 0
    for number in range(4, 50):
        world.strike(number)
    for number in range(51, 60):
        world.strike(number)
    world.ask()
    manifest = decode((world.folder / "manifest.json").read_bytes())
    assert [part.deleted for part in manifest.parts] == [(), ()]  # merged away
    for number in list(world.shelf.rows):
        world.strike(number)
    assert world.ask().total == 0
    assert world.segments() == []


def test_a_catalog_made_anew_makes_an_index_anew(world: World) -> None:
    engine = world.engine()
    world.ask("fix", engine)
    world.shelf.birth = "second"
    world.shelf.rows.clear()
    world.shelf.last = 0
    world.entries = world.entries[:50]
    world.shelf.catch_up()
    world.shelf.gone.clear()
    assert world.ask("fix", engine).total == 50
    assert world.ask().engine == "whoosh"


def test_texts_that_cannot_be_read_come_later(world: World) -> None:
    world.shelf.unreadable = {7, 8}
    answer = world.engine().recall(Query("fix"))
    assert (answer.total, answer.fresh) == (98, False)
    world.shelf.unreadable = {7}
    world.strike(7)
    answer = world.ask()
    assert (answer.total, answer.fresh) == (99, True)
    assert world.ask("word7").total == 1


def test_texts_that_could_not_be_read_are_stored_when_they_can(world: World) -> None:
    world.shelf.unreadable = set(range(1, 101))
    answer = world.engine().recall(Query("fix"))
    assert (answer.total, answer.fresh, codes(answer)) == (0, False, ["texts-unread"])
    assert "100 entries" in answer.notices[0].message
    world.shelf.unreadable = set()
    assert world.ask().engine == "whoosh"
    read = world.shelf.texts_read
    assert world.ask("word7").engine == "whoosh"
    assert world.shelf.texts_read == read + 1


def test_none_is_forgotten_of_very_many_that_could_not_be_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_MOST_MISSED", 10)
    monkeypatch.setattr(index, "_DOCUMENTS", 30)
    world.shelf.unreadable = set(range(35, 50))
    engine = world.engine()
    for one in (engine, world.engine()):  # the one keeps in memory what the other finds on disk
        answer = one.recall(Query("fix", limit=100))
        assert (answer.total, len(answer.hits), answer.fresh) == (85, 85, False)
    manifest = decode((world.folder / "manifest.json").read_bytes())
    assert (manifest.number, manifest.missed) == (30, ())
    world.shelf.unreadable = set()
    assert world.ask("fix", engine).engine == "whoosh"
    assert world.ask("fix").engine == "whoosh"


def test_rows_that_stay_unreadable_are_not_written_again_and_again(world: World) -> None:
    world.shelf.unreadable = set(range(1, FEW + 10))
    world.engine().recall(Query("fix"))
    before = _as_they_are(world.folder)
    answer = world.engine().recall(Query("fix", limit=100))
    assert (len(answer.hits), answer.fresh) == (100 - FEW - 9, False)
    assert _as_they_are(world.folder) == before


def test_a_segment_without_documents_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = depot.Depot.write
    monkeypatch.setattr(
        depot.Depot,
        "write",
        lambda self, data: written.append(Segment(data).count) or write(self, data),
    )
    engine = world.engine()
    world.ask("fix", engine)
    world.add(3)
    world.ask("fix", engine)  # in memory
    for number in (101, 102, 103):
        world.strike(number)
    world.ask("fix", engine)
    world.add(FEW + 1)
    world.ask("fix", engine)
    for number in list(world.shelf.rows):
        world.strike(number)
    world.ask("fix", engine)
    assert engine.index.view().segments == ()
    assert written == [100, FEW + 1]


def test_an_interrupted_build_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_DOCUMENTS", 10)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.engine().index.catch_up(progress)
    assert told == [(10, 100), (20, 100), (30, 100), (40, 100)]
    read = world.shelf.texts_read
    assert len(world.segments()) == 4
    world.engine().index.catch_up(progress=None)
    assert world.shelf.texts_read == read + 60
    assert world.ask().engine == "whoosh"
    assert len(world.segments()) < 6


def test_made_anew_when_asked(world: World) -> None:
    world.ask()
    before = world.files()
    world.engine().index.catch_up(anew=True)
    assert set(before) & set(world.files()) == {"lock", "manifest.json"}
    assert world.ask().engine == "whoosh"


def test_of_many_that_may_hold_a_phrase_some_are_only_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_READ", 30)
    world.add(1)  # more than are read without a look at their bytes
    answer = world.engine().recall(Query('"fix word99" OR "fix word98"', limit=10))
    assert [hit.entry.body for hit in answer.hits] == ["fix word98", "fix word99"]
    answer = world.engine().recall(Query('fix "fix"', limit=10))
    assert (len(answer.hits), answer.total, codes(answer)) == (10, 101, [])
    answer = world.engine().recall(Query('fix -"word1 fix"', limit=60))
    assert (len(answer.hits), answer.total) == (60, 101)
    assert codes(answer) == ["phrase-unread"]
    assert "41 entries" in answer.notices[0].message


# What can happen to files


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _scrambled(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 3] ^= 4
    path.write_bytes(data)


def _removed(path: Path) -> None:
    path.unlink()


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inner").write_text("x")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _copied(path: Path) -> None:
    # Beside the old one first: a file system may give a new file the inode of one that is gone.
    twin = path.with_suffix(".twin")
    twin.write_bytes(path.read_bytes())
    twin.replace(path)


def _rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes())


DAMAGES = [_truncated, _emptied, _scrambled, _flipped, _removed, _directory, _fifo, _rewritten]


@pytest.mark.parametrize("damage", [*DAMAGES, _copied])
@pytest.mark.parametrize("name", ["manifest.json", "lock", "*.seg"])
def test_damage_is_mended(world: World, name: str, damage: Callable[[Path], None]) -> None:
    world.ask()
    world.strike(5)
    for path in world.folder.glob(name):
        damage(path)
        if path.exists():
            os.chmod(path, 0o700 if path.is_dir() else 0o600)  # not what this is about
    world.add(FEW + 1)
    assert world.ask().total == 132
    again = world.ask()
    assert (again.engine, again.fresh, codes(again)) == ("whoosh", True, [])


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_once(world: World, damage: Callable[[Path], None]) -> None:
    world.ask()
    damage(world.segments()[0])
    engine = world.engine()
    answer = world.ask("fix", engine)
    assert (answer.engine, codes(answer)) == ("whoosh", ["index-damaged"])
    assert codes(world.ask("fix", engine)) == []


def test_a_copy_in_a_segment_s_place_is_no_damage(world: World) -> None:
    """As after a workspace was copied: the index is made anew, and nobody is alarmed."""
    world.ask()
    _copied(world.segments()[0])
    answer = world.ask("fix", world.engine())
    assert (answer.engine, codes(answer)) == ("whoosh", [])


def test_a_file_in_the_folder_s_place(world: World) -> None:
    world.folder.parent.mkdir(parents=True, mode=0o700)
    world.folder.write_text("x")
    world.ask()
    assert world.ask().engine == "whoosh"


def test_a_manifest_of_another_version(world: World) -> None:
    world.ask()
    path = world.folder / "manifest.json"
    for text in (b"", b"{}\n00000000\n", b"[]", b"\xff\n\n", path.read_bytes() + b"x"):
        path.write_bytes(text)
        assert world.ask().engine == "whoosh"
    manifest = Manifest(
        "birth", "english", 3, 4, (1, 2), "boot", (Part("a.seg", (1, 2, 3, 4), (7,)),)
    )
    assert decode(manifest.encode()) == manifest
    data = manifest.encode()
    for at in range(len(data) - 1):
        with pytest.raises(
            ValueError, match=r"manifest|checksum|version|codec|int|values|Expecting"
        ):
            decode(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def test_after_a_power_cut_every_byte_is_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ask()
    (path,) = world.segments()
    held = path.stat()
    monkeypatch.setattr(index, "boot", lambda: "another")
    monkeypatch.setattr(depot, "boot", lambda: "another")
    assert codes(world.ask()) == []
    assert decode((world.folder / "manifest.json").read_bytes()).boot == "another"
    # What a file system may leave: size and times as they were, other bytes.
    _flipped(path)
    os.utime(path, ns=(held.st_atime_ns, held.st_mtime_ns))
    monkeypatch.setattr(depot, "identity", lambda known: tuple(_identity(known, held, path)))
    assert codes(world.ask()) == []  # nobody could know
    monkeypatch.setattr(depot, "boot", lambda: "a third")
    assert codes(world.ask()) == ["index-damaged"]


def _identity(known: os.stat_result, held: os.stat_result, path: Path) -> Iterator[int]:
    same = path.exists() and known.st_ino == path.stat().st_ino
    one = held if same else known
    yield from (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)


def test_files_that_nothing_names_are_swept(world: World) -> None:
    world.ask()
    for name in ("0123.seg", ".manifest.json.17.new", "anything"):
        (world.folder / name).write_text("x")
    world.add(FEW + 1)
    world.ask()
    assert [name for name in world.files() if not name.endswith(".seg")] == [
        "lock",
        "manifest.json",
    ]
    assert len(world.segments()) == 2


# Whom the folder belongs to


def _as_they_are(folder: Path) -> dict[Path, tuple[int, ...]]:
    """Each file's inode, mode, owner, size and times, but when it was last read."""
    each = {path: path.stat() for path in folder.iterdir()}
    return {
        path: (s.st_ino, s.st_mode, s.st_uid, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
        for path, s in each.items()
    }


def _given_away(path: Path) -> None:
    os.chown(path, 12_345, -1)


def _open_to_all(path: Path) -> None:
    os.chmod(path, 0o666)  # noqa: S103 - the point


@pytest.mark.parametrize("spoil", [_given_away, _open_to_all])
@pytest.mark.parametrize("name", [".", "manifest.json", "lock", "*.seg"])
def test_what_others_could_write_is_not_opened(
    world: World, name: str, spoil: Callable[[Path], None]
) -> None:
    if os.geteuid() and spoil is _given_away:
        pytest.skip("only root can give files away")
    world.ask()
    for path in [world.folder] if name == "." else list(world.folder.glob(name)):
        spoil(path)
    before = _as_they_are(world.folder)
    answer = world.ask()
    world.add(FEW + 1)
    after = world.ask()
    if name == ".":
        assert [answer.engine, after.engine] == ["scan", "scan"]
        assert [codes(answer), codes(after)] == [["index-untrusted"], ["index-untrusted"]]
        assert "not opened" in answer.notices[0].message
        assert _as_they_are(world.folder) == before
    elif name == "lock":
        assert [answer.engine, after.engine] == ["whoosh", "whoosh+scan"]
        assert [codes(answer), codes(after)] == [[], ["index-untrusted"]]
        assert _as_they_are(world.folder) == before
    else:  # the folder is ours, so that the index can be made anew
        assert [answer.engine, after.engine] == ["whoosh", "whoosh"]
        assert [codes(answer), codes(after)] == [["index-untrusted"], []]
        assert not set(before.values()) & {
            kept for path, kept in _as_they_are(world.folder).items() if path.suffix == ".seg"
        }


def test_a_link_leads_nowhere(world: World, tmp_path: Path) -> None:
    world.ask()
    elsewhere = tmp_path / "elsewhere"
    world.folder.rename(elsewhere)
    world.folder.symlink_to(elsewhere)
    answer = world.ask()
    assert answer.engine == "scan"
    assert len(codes(answer)) == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / ".journal").write_text("a file in its place")
    world = World(tmp_path)
    answer = world.ask()
    assert (answer.engine, codes(answer)) == ("scan", ["index-unwritable"])
    engine = world.engine()
    world.ask("fix", engine)
    read = world.shelf.texts_read
    assert world.ask("word7", engine).total == 1
    assert world.shelf.texts_read == read + 1  # what memory holds is not read again


def test_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int, data: bytes) -> None:
        os.write(fd, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(depot, "write_all", full)
        answer = world.ask()
        assert (answer.engine, codes(answer)) == ("scan", ["index-unwritable"])
        assert "No space" in answer.notices[0].message
        assert [name for name in world.files() if name != "lock"] == []
    assert world.ask().engine == "whoosh"


# Others at the same time


def test_who_cannot_get_the_lock_answers_all_the_same(world: World) -> None:
    world.ask()
    world.add(FEW + 1)
    with (world.folder / "lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = world.ask()
        assert (answer.engine, codes(answer)) == ("whoosh+scan", ["index-busy"])
    assert world.ask().engine == "whoosh"


def test_an_order_to_catch_up_says_that_another_is_at_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ask()
    monkeypatch.setattr(index, "LOCK_SECONDS", 0.05)
    with (world.folder / "lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict):
            world.engine().index.catch_up()


def test_an_engine_that_stays_sees_what_others_write(world: World) -> None:
    stays = world.engine()
    world.ask("fix", stays)
    for step in (1, FEW, 1, FEW + 1, 3, 40, 200):
        world.add(step)
        world.ask("fix", world.engine() if step % 2 else stays)
        world.strike(random.Random(step).choice(sorted(world.shelf.rows)))
        world.ask("fix", stays)
        world.ask()


_moves = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 50)),
        st.tuples(st.just("strike"), st.integers(0, 400)),
        st.tuples(st.just("ask"), st.integers(0, 2)),
        st.tuples(st.just("damage"), st.integers(0, 7)),
        st.tuples(st.just("write"), st.integers(0, 2)),
    ),
    max_size=14,
)


@settings(max_examples=40)
@given(_moves)
def test_whatever_happens_every_engine_is_right(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, int]]
) -> None:
    world = World(tmp_path_factory.mktemp("world"), 3)
    engines = [world.engine(), world.engine(), world.engine()]
    for move, number in moves:
        if move == "add":
            world.add(number)
        elif move == "strike" and world.shelf.rows:
            world.strike(sorted(world.shelf.rows)[number % len(world.shelf.rows)])
        elif move == "ask":
            world.ask("fix", engines[number])
        elif move == "write":
            engines[number].index.catch_up()
        elif move == "damage" and (found := [p for p in world.segments() if p.is_file()]):
            # As a restored backup does; a file in use by another engine is never written in place.
            found[number % len(found)].unlink()
    for engine in (*engines, world.engine()):
        world.ask("fix", engine)


CHILD = """
import sys
from journal.catalog.catalog import Catalog
from journal.recall import index, shelf
index._DOCUMENTS = 7
catalog = Catalog(sys.argv[1])
catalog.catch_up()
engine = shelf.engine(sys.argv[1], catalog)
print("ready", flush=True)
while True:
    engine.index.catch_up(anew=True)
"""


def test_kill_9_at_any_moment(tmp_path: Path) -> None:
    init(str(tmp_path))
    book = Notebook.open(str(tmp_path))
    ids = [r.id for r in book.append_many([Draft(body=f"fix word{n}") for n in range(150)])]
    catalog = Catalog(str(tmp_path))
    chance = random.Random(3)
    for _ in range(12):
        command = [sys.executable, "-c", CHILD, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.08))
            child.send_signal(signal.SIGKILL)
        catalog.catch_up()
        answer = shelf.engine(str(tmp_path), catalog).recall(Query("fix", limit=1000))
        assert sorted(hit.entry.id for hit in answer.hits) == ids
        assert codes(answer) == []
    shelf.engine(str(tmp_path), catalog).index.catch_up(anew=True)  # sweeps what was left
    world = tmp_path / FOLDER
    named = {part.name for part in decode((world / "manifest.json").read_bytes()).parts}
    assert set(os.listdir(world)) == named | {"lock", "manifest.json"}


def test_with_a_catalog_in_memory_all_is_read(tmp_path: Path) -> None:
    init(str(tmp_path))
    book = Notebook.open(str(tmp_path))
    book.append_many([Draft(body=f"fix word{n}") for n in range(5)])
    catalog = Catalog(str(tmp_path))
    catalog.memory = True
    catalog.catch_up()
    answer = shelf.engine(str(tmp_path), catalog).recall(Query("fix"))
    assert (answer.total, answer.engine, answer.fresh) == (5, "scan", True)
    assert not (tmp_path / FOLDER).exists()


READER = """
import sys
from journal.catalog.catalog import Catalog
from journal.recall import shelf
from journal.recall.engine import Query
catalog = Catalog(sys.argv[1])
for line in sys.stdin:
    catalog.catch_up()
    answer = shelf.engine(sys.argv[1], catalog).recall(Query("fix", limit=10_000))
    print(len(answer.hits), flush=True)
"""


def test_reads_while_others_append_and_index(tmp_path: Path) -> None:
    init(str(tmp_path))
    book = Notebook.open(str(tmp_path))
    command = [sys.executable, "-c", READER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    readers = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    total = 0
    for batch in (1, 40, 5, 100, 3, 64):
        book.append_many([Draft(body=f"fix {n}") for n in range(batch)])
        total += batch
        for reader in readers:
            reader.stdin.write("\n")
            reader.stdin.flush()
        assert [int(reader.stdout.readline()) for reader in readers] == [total] * 3
    for reader in readers:
        reader.communicate()
        assert reader.returncode == 0
