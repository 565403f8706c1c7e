"""Hostile packs through the front door: imported, and out of the inbox."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchanges import bodies, tree, unsound, workspace
from test_packs_hostile import WAYS, Parts, everything, rows_of, sound, zipped

from journal import packed
from journal.api import Journal
from journal.errors import JournalError
from journal.packing import inbox, quarantine
from journal.packing.bringing import bring

__all__ = ["sound"]  # a fixture
OURS = ["Ours alone."]
Cases = list[tuple[str, int]]


def made(sound: Parts, here: Path, cases: Cases) -> list[Path]:
    """The packs of these ways and seeds."""
    names = []
    for name, seed in cases:
        target = here / f"{name}-{seed}"
        WAYS[name](random.Random(f"{name} {seed}"), dict(sound), target)
        names.append(target)
    return names


def outside(place: Path) -> Path:
    """What nobody may touch."""
    there = place / "outside"
    there.mkdir(parents=True)
    (there / "secret").write_text("secret")
    return there


def whole(sound: Parts, place: Path) -> list[str]:
    """What is read once the sound pack was imported."""
    pack = place / "sound.zip"
    pack.write_bytes(zipped(rows_of(sound)))
    with workspace(place / "whole", *OURS) as journal:
        assert bring(journal, str(pack)).new > 1
        return bodies(journal)


def wrong_here(journal: Journal, everyone: list[str], name: str) -> Iterator[str]:
    """What an import left half done."""
    root = Path(journal.root)
    if bodies(journal) not in (OURS, everyone):
        yield f"{name}: it is here in part"
    if os.path.isdir(root / quarantine.INCOMING) and os.listdir(root / quarantine.INCOMING):
        yield f"{name}: left in quarantine: {os.listdir(root / quarantine.INCOMING)}"
    yield from (f"{name}: {one}" for one in unsound(journal))


def wrong_if_imported(sound: Parts, place: Path, cases: Cases) -> Iterator[str]:
    """What is not as it must be once these were imported, each by itself."""
    there, everyone = outside(place), whole(sound, place)
    here = place / "packs"
    here.mkdir()
    with workspace(place / "book", *OURS) as journal:
        root = Path(journal.root)
        for pack in made(sound, here, cases):
            before = tree(root)
            try:
                brought = bring(journal, str(pack))
            except JournalError as error:
                if not (error.message and error.kind):
                    yield f"{pack.name}: refused without a reason"
                if tree(root) != before:
                    yield f"{pack.name}: refused, and something of it is here"
                if error.code in (0, 10):
                    yield f"{pack.name}: exit {error.code}: {error}"
            else:
                if not brought.is_news and tree(root) != before:
                    yield f"{pack.name}: nothing new, and something is here"
            if len(packed.folders(str(root))) > 1:
                yield f"{pack.name}: a second folder of it"
        yield from wrong_here(journal, everyone, "after all")
    if everything(there) != {"secret": b"secret"}:
        yield "something was written outside"


def wrong_with(journal: Journal, one: inbox.Outcome) -> Iterator[str]:
    """What is not as it must be with one that was taken out of the inbox."""
    if one.became not in (inbox.IMPORTED, inbox.KNOWN, inbox.REFUSED):
        yield f"{one.name}: {one.became}: {one.error}"
    elif not os.path.lexists(f"{journal.root}/{one.moved}"):
        yield f"{one.name}: it is not in {one.moved}"
    reason = Path(journal.root, f"{one.moved}.reason.txt")
    if one.became == inbox.REFUSED and not (reason.is_file() and reason.read_text()):
        yield f"{one.name}: refused without a reason"


def wrong_in_the_inbox(sound: Parts, place: Path, cases: Cases) -> Iterator[str]:
    """What is not as it must be once these lay in the inbox."""
    there, everyone = outside(place), whole(sound, place)
    with workspace(place / "book", *OURS) as journal:
        box = Path(journal.root, inbox.INBOX)
        box.mkdir()
        before = tree(Path(journal.root))
        for pack in made(sound, box, cases):
            if not pack.is_dir():
                pack.rename(f"{pack}.zip")
        found = inbox.take_in(journal)
        if sum(one.became == inbox.REFUSED for one in found) * 2 < len(cases):
            yield "most were not refused"
        if len(found) != len(cases):
            yield f"{len(found)} of {len(cases)} were looked at"
        for one in found:
            yield from wrong_with(journal, one)
        if left := {path.name for path in box.iterdir()} - {inbox.DONE, inbox.REFUSED}:
            yield f"left in the inbox: {left}"
        yield from wrong_here(journal, everyone, "after the inbox")
        shutil.rmtree(box)
        if bodies(journal) == OURS and tree(Path(journal.root)) != before:
            yield "all were refused, and something is here"
    if everything(there) != {"secret": b"secret"}:
        yield "something was written outside"


SOME = [(name, 0) for name in sorted(WAYS)]
MANY = [(name, seed) for seed in range(100) for name in sorted(WAYS)]


def test_hostile_packs_are_not_imported(sound: Parts, tmp_path: Path) -> None:
    assert list(wrong_if_imported(sound, tmp_path, SOME)) == []


def test_hostile_packs_in_the_inbox(sound: Parts, tmp_path: Path) -> None:
    assert list(wrong_in_the_inbox(sound, tmp_path, SOME)) == []


@pytest.mark.soak
@pytest.mark.parametrize("door", [wrong_if_imported, wrong_in_the_inbox])
def test_two_thousand_hostile_packs(sound: Parts, tmp_path: Path, door: object) -> None:
    assert len(MANY) >= 2000
    wrong: list[str] = []
    for at in range(0, len(MANY), 100):
        place = tmp_path / str(at)
        wrong += door(sound, place, MANY[at : at + 100])  # type: ignore[operator]
        shutil.rmtree(place)
    assert wrong == []
