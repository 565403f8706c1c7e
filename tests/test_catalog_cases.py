"""What once went wrong, or nearly: the catalog and the files it is made from, case by case."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import catalogs
import faults
import pytest
from catalogs import HAND, change_toml, changed, differences, expected, shown, workspace, write

from journal.api import Journal
from journal.catalog import asked
from journal.entry import Draft
from journal.notebook import Notebook
from journal.selection import Selection

DAY = "2026-11-21.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "book")


@pytest.fixture
def journal(root: Path) -> Journal:
    return Journal(str(root))


def block(*lines: str) -> str:
    """A handwritten entry with these lines in its header."""
    return "## 10:00 Typed\n\n```yaml entry\n" + "\n".join(lines) + "\n```\n\nIts text.\n\n"


def test_twins_of_a_new_day_and_entries_of_an_older_one(root: Path, journal: Journal) -> None:
    write(root, DAY, HAND * 3)
    write(root, "2026-11-20.md", HAND * 2)
    assert differences(root, journal) == []
    assert len(list(journal.rows())) == 5


@pytest.mark.parametrize("above", ["Above.\n", "---\na: b\n---\n\n# T\n\nAbove.\n", "# T\n\nA\n\n"])
@pytest.mark.parametrize("after", ["\n## 09:00 x\n\ny\n", "More of it.\n", "\n## 09:00"])
def test_text_above_the_first_entry(root: Path, journal: Journal, above: str, after: str) -> None:
    file = write(root, DAY, above)
    assert differences(root, journal) == []
    file.write_text(above + after)
    assert differences(root, journal) == []


@pytest.mark.parametrize("text", ["\nAbove.\n", "\nA postscript\n\n", "## 09:00 x\n\ny\n"])
def test_text_just_where_reading_stopped(root: Path, journal: Journal, text: str) -> None:
    Notebook.open(str(root)).append_many([Draft(body="One"), Draft(body="Two")])
    (file,) = root.glob("journal/*/*/*.md")
    assert differences(root, journal) == []
    before = file.read_text()
    for at in (before.rindex("\n## ") + 1, before.index("\n## ") + 1):
        file.write_text(before[:at] + text + before[at:])
        assert differences(root, journal) == []


def test_findings_are_each_told_once(root: Path, journal: Journal) -> None:
    file = write(root, "2026-11-21.sync-conflict.md", HAND + block("kind: poem"))
    for number in range(4):
        assert differences(root, journal) == []
        file.write_text(file.read_text() + (HAND if number % 2 else ""))
        os.utime(file)


def test_two_copies_with_twins_are_one_entry_each(root: Path, journal: Journal) -> None:
    for number, name in enumerate(
        [DAY, "2026-11-21 (1).md", "2026-11-21 (2).md", "2026-11-21a.md"]
    ):
        write(root, name, HAND * 2 + "## 11:00 other\n" * (number == 3))
        assert differences(root, journal) == []
    assert len(list(journal.rows())) == 3


@pytest.mark.parametrize(
    "line",
    ["seq: 99999999999999999999999", "seq: true", "seq: -5", 'title: "\\ud800x"', "seq: 1.5",
     'tags: ["\\udfff", "ok"]', 'id: "a\\ud800bcdefghi"', "id: 0", 'title: "a\\u0000b"',
     "id: false", "id: [a]", "meta: {a: .nan}", "meta: {a: .inf}", "score: .nan", "tags: [.inf]",
     "at: 0001-01-01", "at: 9999-12-31",
     "meta: {1: 2}", "x: 2026-01-01", "git: main@3f2a", "git: main", "git: '@@'", "at: [1]"],
)  # fmt: skip
def test_what_somebody_may_type_into_a_header(root: Path, journal: Journal, line: str) -> None:
    write(root, DAY, block(line) + HAND + block(line, "kind: task"))
    assert differences(root, journal) == []
    chance = random.Random(1)
    assert list(catalogs.wrong_names(root, journal, chance)) == []
    assert list(catalogs.wrong_selections(root, journal, chance)) == []


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.9-14:00", "0001-01-01T00:00+14:00"])
def test_a_time_that_utc_has_no_year_for(root: Path, journal: Journal, at: str) -> None:
    write(root, DAY, HAND + block(f'at: "{at}"'))
    assert {row.at for row in journal.rows()} == {e.at for e in journal.entries()} >= {at}
    assert [entry.at for entry in expected(root)[0]] == [row.at for row in journal.rows()]
    (found,) = journal.rows(Selection(since=next(journal.entries()).moment), limit=1)
    assert found.id == next(journal.rows()).id


@pytest.mark.parametrize("wanted", ["MyNote", "mynote", "MYNOTE", "My", "ote-1", "OTE-1", "-1"])
def test_an_id_of_one_s_own(root: Path, journal: Journal, wanted: str) -> None:
    write(root, DAY, block("id: MyNote-1") + HAND)
    assert journal.find(wanted).id == "MyNote-1"


def test_a_name_that_is_no_text(root: Path, journal: Journal) -> None:
    file = write(root, DAY, HAND)
    if sys.platform != "linux":
        pytest.skip("other systems have no such names")
    shutil.copy(os.fsencode(file), os.fsencode(file.parent) + b"/2026-11-20 \xff.md")
    assert differences(root, journal) == []
    assert [finding.code for finding in journal.findings()] == ["odd-name"]
    assert len(list(journal.entries())) == 2


def test_a_year_that_is_a_file(root: Path, journal: Journal) -> None:
    write(root, DAY, HAND)
    (root / "journal/main/2025").write_text("no folder")
    (root / "journal/other").write_text("no folder")
    assert differences(root, journal) == []


@pytest.mark.parametrize("key", ["kind", "session", "actor", "namespace", "path", "role"])
def test_a_question_that_is_no_text(root: Path, journal: Journal, key: str) -> None:
    write(root, DAY, HAND)
    assert list(journal.rows(Selection(**{key: "\udcff"}))) == []  # type: ignore[arg-type]
    assert journal.catalog.alike("\udcff") == []


def test_pages_lose_and_double_nothing(root: Path, journal: Journal) -> None:
    file = write(root, DAY, "".join(block("id: same", f"digest: d{n}") for n in range(7)))
    write(root, "2026-11-20.md", HAND * 5)
    want = sorted(map(shown, expected(root)[0]))
    assert len(want) == 12
    for page in (1, 2, 3, 5):
        with changed(asked, _PAGE=page):
            for oldest in (False, True):
                rows = list(journal.rows(oldest=oldest))
                assert sorted(map(shown, rows)) == want
                assert len(list(journal.rows(limit=4, oldest=oldest))) == 4
    with changed(asked, _PAGE=2):
        paged = journal.rows()
        seen = [next(paged) for _ in range(3)]
        file.write_text("\n" + file.read_text())
        Journal(str(root)).catalog.catch_up()
        seen += paged
        assert {row.digest for row in seen if row.id == "same"} == {f"d{n}" for n in range(7)}


def test_a_reader_in_the_middle_of_another_s_work(root: Path, journal: Journal) -> None:
    """What a rebuild has not got to yet is waited for, not left out."""
    for number in range(9):
        write(root, f"2026-11-1{number}.md", HAND)
    with catalogs.small():
        rows = journal.rows()
        first = next(rows)
        change_toml(root, "timezone", "Europe/Berlin")
        other = Journal(str(root))

        def interrupt(done: int, total: int) -> None:
            if done * 2 > total:
                raise KeyboardInterrupt

        other.catalog.progress = interrupt
        with pytest.raises(KeyboardInterrupt):
            other.catalog.catch_up()
        assert len({first.file, *(row.file for row in rows)}) == 9


def test_only_changed_files_are_read(root: Path, tmp_path: Path) -> None:
    if why := faults.why_no_strace():
        pytest.skip(why)
    files = [write(root, f"2026-11-1{n}.md", HAND) for n in range(5)]
    reader = (
        "import sys; from journal.api import Journal; print(len(list(Journal(sys.argv[1]).rows())))"
    )
    log = tmp_path / "log"

    def opened() -> list[str]:
        words = ["strace", "-f", "-qq", "-e", "openat", "-o", str(log), sys.executable, "-c"]
        subprocess.run([*words, reader, str(root)], check=True, capture_output=True)
        lines = log.read_text().splitlines()
        return [f.name for f in files if any(f'"{f.name}", O_RDONLY' in line for line in lines)]

    assert opened() == [f.name for f in files]
    opened()  # those of the last moment may have changed in that moment, and were read again
    assert opened() == []
    files[2].write_text(HAND * 2)
    assert opened() == [files[2].name]


def test_a_branch_of_git_and_back(root: Path, journal: Journal) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    def append(body: str) -> None:
        Notebook.open(str(root)).append(Draft(body=body, at=datetime(2026, 11, 21, tzinfo=UTC)))

    git("init", "-q", "-b", "main")
    append("One")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("switch", "-qc", "other")
    append("Two, on other")
    append("Three, on other")
    git("add", "-A")
    git("commit", "-qm", "two")
    assert differences(root, journal) == []
    append("Not committed")
    for words in (["switch", "-q", "main"], ["switch", "-q", "other"], ["reset", "--hard", "-q"],
                  ["switch", "-q", "main"], ["merge", "-q", "other"], ["reset", "--hard", "HEAD^"],
                  ["switch", "-q", "--detach", "other"]):  # fmt: skip
        git("stash", "-q") if words[0] == "switch" else None
        git(*words)
        assert (words, differences(root, journal)) == (words, [])
        append(f"After {words}")
        assert (words, differences(root, journal)) == (words, [])


def test_memory_is_left_when_a_file_can_be_had_again(root: Path) -> None:
    write(root, DAY, HAND)
    cache = root / ".journal/cache"
    shutil.rmtree(cache)
    cache.write_text("in the way")
    journal = Journal(str(root))
    assert len(list(journal.rows())) == 1
    assert [finding.code for finding in journal.findings()] == ["no-catalog"]
    write(root, "2026-11-20.md", HAND)
    assert len(list(journal.rows())) == 2
    cache.unlink()
    journal.catalog.reindex()
    write(root, "2026-11-19.md", HAND)
    assert differences(root, journal) == []
    assert (cache / "catalog.db").is_file()
