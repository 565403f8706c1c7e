"""The inbox where what was imported can't be put away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchanges import bodies, pack_of, workspace

from journal.api import Journal
from journal.cli import main
from journal.packing.inbox import DONE, IMPORTED, INBOX, KNOWN, REFUSED, take_in


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "book") as journal:
        (tmp_path / "book" / INBOX).mkdir()
        yield journal


def put(journal: Journal, tmp_path: Path, *names: str) -> Path:
    """A pack of each name in the inbox, each with an entry of that name."""
    box = Path(journal.root) / INBOX
    for name in names:
        with workspace(tmp_path / name[:20], name[:20]) as other:
            os.rename(pack_of(other, tmp_path / "pack.zip"), box / name)
    return box


@pytest.mark.parametrize("how", ["file", "link"])
def test_no_place_for_what_is_done(
    tmp_path: Path, book: Journal, how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing leads out of the workspace, and the next pack comes all the same."""
    box = put(book, tmp_path, "a.zip", "c.zip")
    (box / "b.zip").write_text("no pack")
    for name in (DONE, REFUSED):
        if how == "file":
            (box / name).write_text("in the way")
        else:
            (box / name).symlink_to(tmp_path)
    assert main.main(["inbox", "--workspace", book.root]) == 5
    said = capfd.readouterr()
    assert "a.zip: 1 entry new" in said.out
    assert "journal: a.zip stays in inbox/: " in said.err
    assert "b.zip: refused: " in said.out
    assert "; it stays in inbox/: " in said.out
    assert bodies(book) == ["a.zip", "c.zip"]
    assert {"a.zip", "b.zip", "c.zip"} <= set(os.listdir(box))
    for name in (DONE, REFUSED):
        (box / name).unlink()
    assert [(one.became, one.moved) for one in take_in(book)] == [
        (KNOWN, f"{INBOX}/{DONE}/a.zip"),
        (REFUSED, f"{INBOX}/{REFUSED}/b.zip"),
        (KNOWN, f"{INBOX}/{DONE}/c.zip"),
    ]


def test_a_name_as_long_as_can_be_comes_twice(tmp_path: Path, book: Journal) -> None:
    name = f"{'n' * 251}.zip"
    put(book, tmp_path, name)
    [first] = take_in(book)
    os.rename(f"{book.root}/{first.moved}", f"{book.root}/{INBOX}/{name}")
    (Path(book.root) / INBOX / DONE / name).write_text("another one")
    [again] = take_in(book)
    assert (first.became, again.became) == (IMPORTED, KNOWN)
    assert os.listdir(f"{book.root}/{INBOX}/{DONE}") != [name]
    assert Path(book.root, again.moved).stat().st_size > len("another one")
    assert Path(book.root, INBOX, DONE, name).read_text() == "another one"
