"""What changes while an answer is made: nothing is lost, and nothing counted twice."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_recall import BookShelf
from test_recall_index import FOLDER, codes
from test_recall_segment import entry

from journal import api
from journal.catalog.catalog import Catalog
from journal.entry import Draft, Entry
from journal.errors import Conflict
from journal.notebook import Notebook
from journal.recall import reading, shelf
from journal.recall.engine import Query
from journal.recall.whoosh import WhooshEngine
from journal.workspace import init


class Anew(BookShelf):
    """A catalog that another process makes anew while it is asked, so many times."""

    times = 0

    def read(self, rows: Iterable[Any]) -> Iterator[tuple[Any, Entry]]:
        found = list(super().read(rows))
        if self.times and len(found) > 1:  # as in making the index
            self.times -= 1
            self.birth = f"{self.times} left"
            self.last = 0
            self.rows.clear()
            self.gone.clear()
            self.catch_up()
        return iter(found)


@pytest.mark.parametrize("number", [3, 40])
def test_an_answer_never_counts_what_is_of_two_catalogs(tmp_path: Path, number: int) -> None:
    entries = [entry(n, f"fix word{n}") for n in range(number)]
    shelf = Anew(lambda: reversed(entries))
    shelf.catch_up()
    shelf.times = 1
    entries += [entry(n, f"fix word{n}") for n in range(number, number + 60)]
    engine = WhooshEngine(shelf, str(tmp_path))
    answer = engine.recall(Query("fix", limit=1000))
    assert (answer.total, len({hit.entry.id for hit in answer.hits})) == (number + 60,) * 2
    assert WhooshEngine(shelf, str(tmp_path)).recall(Query("fix")).total == number + 60
    shelf.times = 100
    shelf.birth = "before"
    with pytest.raises(Conflict):
        engine.recall(Query("fix"))
    shelf.times = 0
    assert engine.recall(Query("fix")).total == number + 60


def test_what_may_be_of_two_catalogs_is_not_written(tmp_path: Path) -> None:
    entries = [entry(n, f"fix word{n}") for n in range(40)]
    shelf = Anew(lambda: reversed(entries))
    shelf.catch_up()
    shelf.times = 1
    WhooshEngine(shelf, str(tmp_path)).index.view()
    assert not (tmp_path / FOLDER / "manifest.json").exists()


def workspace(root: Path, count: int = 5) -> tuple[Path, list[str]]:
    """A workspace with entries of one day; its day file, and their ids."""
    init(str(root))
    book = Notebook.open(str(root))
    ids = [r.id for r in book.append_many([Draft(body=f"fix word{n}") for n in range(count)])]
    (day,) = (root / "journal").rglob("*.md")
    return day, ids


def type_on_top(day: Path) -> None:
    """What an editor does, or git."""
    text = day.read_text()
    at = text.index("\n## ")
    day.write_text(f"{text[:at]}\n\nA line typed on top.\n{text[at:]}")


def change_a_word(day: Path) -> None:
    """An entry is another then, and so is its row."""
    day.write_text(day.read_text().replace("fix word3", "fix words"))


def swap(day: Path) -> None:
    """Two entries of the same length, each now where the other was."""
    first, *entries = day.read_text().split("\n## ")
    day.write_text("\n## ".join((first, *reversed(entries))))


def between(
    monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object], times: int = 1
) -> None:
    """Let something happen whenever the shelf is asked that, the first times."""
    real = getattr(shelf.CatalogShelf, name)
    left = [times]

    def asked(self: shelf.CatalogShelf, *given: Any) -> Any:
        if left[0]:
            left[0] -= 1
            act()
        return real(self, *given)

    monkeypatch.setattr(shelf.CatalogShelf, name, asked)


@pytest.mark.parametrize("change", [type_on_top, change_a_word])
@pytest.mark.parametrize("name", ["at", "read", "glance"])
@pytest.mark.parametrize("query", ["fix", '"fix"'])
def test_texts_that_move_while_they_are_looked_for_are_found(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    change: Callable[[Path], None],
    query: str,
) -> None:
    monkeypatch.setattr(reading, "_FEW_READ", 0)
    day, ids = workspace(tmp_path)
    for _ in range(2):  # while the index is made, and when it was
        before = day.read_bytes()
        with monkeypatch.context() as patched:
            between(patched, name, lambda: change(day))
            answer = api.open(str(tmp_path)).recall(query)
        assert sorted(hit.entry.id for hit in answer.hits) == ids
        assert (answer.total, answer.fresh, codes(answer)) == (5, True, [])
        day.write_bytes(before)


def test_the_bytes_looked_at_are_those_of_the_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_FEW_READ", 0)
    day, ids = workspace(tmp_path)
    api.open(str(tmp_path)).recall("fix")
    between(monkeypatch, "glance", lambda: swap(day))
    answer = api.open(str(tmp_path)).recall('"fix word3" OR "fix word4"')
    assert sorted(hit.entry.id for hit in answer.hits) == ids[3:]
    assert answer.total == 2


def test_texts_that_always_move_are_missed_out_loud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, _ = workspace(tmp_path)
    api.open(str(tmp_path)).recall("fix")
    between(monkeypatch, "at", lambda: type_on_top(day), times=100)
    answer = api.open(str(tmp_path)).recall("fix")
    assert (answer.total, len(answer.hits), answer.fresh) == (0, 0, False)
    assert codes(answer) == ["texts-unread"]
    assert "5 entries" in answer.notices[0].message


def test_entries_that_leave_their_spool_meanwhile_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, ids = workspace(tmp_path)
    (spool,) = (tmp_path / ".journal/state/spool").glob("*.log")
    written = day.read_bytes()
    day.unlink()

    def trim() -> None:
        day.write_bytes(written)
        spool.unlink()

    journal = api.open(str(tmp_path))
    assert [row.spool != "" for row in journal.rows()] == [True] * 5
    between(monkeypatch, "at", trim)
    answer = journal.recall("fix")
    assert sorted(hit.entry.id for hit in answer.hits) == ids
    assert (answer.total, answer.fresh) == (5, True)


def test_texts_that_move_while_all_are_read_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, ids = workspace(tmp_path)
    catalog = Catalog(str(tmp_path))
    catalog.memory = True
    catalog.catch_up()
    engine = shelf.engine(str(tmp_path), catalog)
    with monkeypatch.context() as patched:
        between(patched, "each", lambda: type_on_top(day))
        answer = engine.recall(Query("fix"))
    assert sorted(hit.entry.id for hit in answer.hits) == ids
    assert (answer.total, answer.fresh, answer.engine) == (5, True, "scan")
    between(monkeypatch, "each", lambda: type_on_top(day), times=100)
    answer = engine.recall(Query("fix"))
    assert (answer.total, answer.fresh, codes(answer)) == (0, False, ["texts-unread"])


ANEW = """
import sys
import time
from journal.catalog.catalog import Catalog
catalog = Catalog(sys.argv[1])
print("ready", flush=True)
while True:
    catalog.reindex()
    time.sleep(0.01)
"""


def test_an_answer_beside_another_process_that_reindexes(tmp_path: Path) -> None:
    _, ids = workspace(tmp_path, 40)
    command = [sys.executable, "-c", ANEW, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        journal = api.open(str(tmp_path))
        try:
            answers = [journal.recall("fix", limit=100) for _ in range(20)]
        finally:
            child.kill()
    for answer in answers:
        assert sorted(hit.entry.id for hit in answer.hits) == ids
        assert answer.total == 40
