"""Entries that wait in spools, as the catalog lays them over the files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from catalogs import HAND, changed, differences, workspace, write

from journal import protocol, trim
from journal.api import Journal
from journal.entry import Draft
from journal.notebook import Notebook

DAY = "2026-11-21.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "book")


@pytest.fixture
def journal(root: Path) -> Journal:
    return Journal(str(root))


def spoil(root: Path, name: str, what: Callable[[Path], object]) -> None:
    """Something that no spool is, in a spool's place."""
    what(root / ".journal/state/spool" / name)


@pytest.mark.parametrize(
    "what", [Path.mkdir, lambda p: p.symlink_to(__file__), lambda p: p.write_text("x")]
)
def test_a_spool_that_is_none(root: Path, journal: Journal, what: Callable[[Path], object]) -> None:
    receipt = Notebook.open(str(root)).append(Draft(body="Kept."))
    (root / receipt.file).unlink()
    spoil(root, "a.log", what)
    spoil(root, "z.log", what)
    for _ in range(2):
        assert differences(root, journal) == []
        assert journal.find(receipt.id).body == "Kept."


def test_a_pipe_in_a_spool_s_place(root: Path, journal: Journal) -> None:
    receipt = Notebook.open(str(root)).append(Draft(body="Kept."))
    (root / receipt.file).unlink()
    spoil(root, "a.log", os.mkfifo)
    assert [row.id for row in journal.rows()] == [receipt.id]
    assert {finding.code for finding in journal.findings()} <= {"unreadable"}


def test_a_torn_spool_stays_told(root: Path, journal: Journal) -> None:
    Notebook.open(str(root)).append(Draft(body="Kept."))
    (spool,) = (root / ".journal/state/spool").glob("*.log")
    for torn in (b'{"len": 3', b"", b'\n{"len": 4, "sha256": "x"}\n## 10:00\n'):
        spool.write_bytes(spool.read_bytes() + torn)
        assert differences(root, journal) == []
        Notebook.open(str(root)).append(Draft(body="After it."))
        assert differences(root, journal) == []
        assert [finding.code for finding in journal.findings()] == ["torn-spool"]


def test_two_copies_of_a_spool_are_one(root: Path, journal: Journal) -> None:
    receipt = Notebook.open(str(root)).append(Draft(body="Kept."))
    folder = root / ".journal/state/spool"
    (one,) = folder.glob("*.log")
    (root / receipt.file).unlink()
    for name in ("a.log", "z.log"):
        shutil.copy(one, folder / name)
        assert differences(root, journal) == []
    write(root, DAY, HAND)
    assert differences(root, journal) == []
    one.unlink()
    assert differences(root, journal) == []


def test_a_spool_that_got_the_inode_of_the_one_before_the_last(
    root: Path, journal: Journal
) -> None:
    book = Notebook.open(str(root))
    book.append(Draft(body="To make the heads as long as later."))
    (spool,) = (root / ".journal/state/spool").glob("*.log")
    records = []
    for body in ("First", "Again", "Third"):
        before = spool.stat().st_size
        book.append(Draft(body=body))
        records.append(spool.read_bytes()[before:])
    assert len(records[0]) == len(records[1])
    shutil.rmtree(root / "journal")
    inode = spool.stat().st_ino
    spool.write_bytes(records[0])
    assert [row.title or row.head for row in journal.rows()] == ["First"]
    journal.catalog.catch_up()
    spool.write_bytes(records[1] + records[2])  # as a second trim may leave it
    assert spool.stat().st_ino == inode
    assert [row.head for row in journal.rows()] == ["Third", "Again"]
    assert differences(root, journal) == []


def test_put_back_and_trimmed_while_it_is_read(root: Path) -> None:
    book = Notebook.open(str(root))
    first = [book.append(Draft(body=f"Entry {n}", at=f"2026-11-1{n}T10:00")).id for n in range(4)]
    lost = book.append(Draft(body="Lost", at="2026-11-19T10:00"))
    (root / lost.file).unlink()
    done: list[object] = []

    def meanwhile(*_: int) -> None:
        if not done:
            done.append(1)
            with changed(protocol, TRIM_AT=1), changed(trim, KEEP=0):
                done.append(Notebook.open(str(root)).append(Draft(body="Puts it back")))

    journal = Journal(str(root), meanwhile)
    ids = {row.id for row in journal.rows()}
    assert len(done) == 2
    assert ids >= {*first, lost.id}
    assert {entry.id for entry in journal.entries()} >= {*first, lost.id}
    assert differences(root, Journal(str(root))) == []


def test_what_moves_between_listing_and_reading_is_read(root: Path, journal: Journal) -> None:
    book = Notebook.open(str(root))
    there = book.append(Draft(body="In its file"))
    lost = book.append(Draft(body="In a spool", at="2026-11-19T10:00"))
    (root / lost.file).unlink()
    rows = list(journal.rows())
    assert {row.line for row in rows if row.id == lost.id} == {0}
    file = root / there.file
    file.write_text(HAND + file.read_text())
    with changed(protocol, TRIM_AT=1), changed(trim, KEEP=0):
        Notebook.open(str(root)).append(Draft(body="Puts it back"))
    assert {row.id: piece.body for row, piece in journal.read(rows)} == {
        there.id: b"In its file", lost.id: b"In a spool",
    }  # fmt: skip
