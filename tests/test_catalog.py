"""The catalog answers as the files do, whatever happened to them."""

import random
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from catalogs import (
    HAND,
    change_toml,
    changed,
    differences,
    small,
    workspace,
    write,
    wrong_names,
    wrong_selections,
)
from faults import vim_saves
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import dayfile, header, hidden, protocol, seal, trim
from journal.api import Journal
from journal.entry import Draft, Entry
from journal.notebook import Notebook
from journal.selection import Selection
from journal.store import Store

DAYS = ("2026-11-19", "2026-11-20", "2026-11-21")
BODIES = (
    "Short.", "Two\n\nparagraphs #idea\n", "## 10:00 looks like one\n", "```\nopen", "Grüße, 日本",
    "\n\n  late head\n", "x" * 3000,
)  # fmt: skip


class World:
    """A workspace, a clone of it, and all that may happen to them."""

    def __init__(self, base: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.root = workspace(base / "here")
        Notebook.open(str(self.root)).append(Draft(body="The first."))
        self.other = base / "there"
        shutil.copytree(self.root, self.other)
        self.number = 0

    def day(self) -> Path:
        """One of its day files, or a new one."""
        files = sorted(p for p in self.root.glob("journal/*/*/*.md") if p.is_file())
        if files and self.chance.random() < 0.9:
            return self.chance.choice(files)
        self.unblocked()
        return write(self.root, f"{self.chance.choice(DAYS)}.md", "# A day\n\n")

    def draft(self) -> Draft:
        """An entry to be, unlike the others."""
        pick = self.chance.choice
        self.number += 1
        day = datetime.fromisoformat(pick(DAYS)).replace(hour=12, tzinfo=UTC)
        return Draft(
            body=f"{pick(BODIES)} {self.number}", title=pick(["", "A title", "#odd · "]),
            kind=pick(["note", "task", "decision"]), role=pick(["", "user"]), at=pick([None, day]),
            session=pick(["", "s1"]), path=pick(["", "main"]), actor=pick(["", "me"]),
            tags=pick([(), ("search", "Idea")]), meta=pick([{}, {"a": [1, 2.5, None]}]),
            fields=pick([{}, {"status": "open"}]), git=pick(["", "feature/x@3f2a9c1d0b7e"]),
        )  # fmt: skip

    def append(self) -> None:
        Notebook.open(str(self.root)).append(self.draft())

    def batch(self) -> None:
        Notebook.open(str(self.root)).append_many([self.draft() for _ in range(3)])

    def elsewhere(self) -> None:
        """The clone's writer appends, and its day files come here."""
        Notebook.open(str(self.other)).append(self.draft())
        for file in self.other.glob("journal/*/*/*.*.md"):
            target = self.root / file.relative_to(self.other)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.is_dir():
                shutil.copy(file, target)

    def named(self) -> Entry | None:
        """Some entry, forgotten or not."""
        entries = list(Store(str(self.root)).entries(Selection(forgotten="also")))
        return self.chance.choice(entries) if entries else None

    def forget(self, what: str, entry: Entry, new: str = "", root: Path | None = None) -> None:
        fields = {"of": entry.id} | ({"what": what} if what else {}) | ({"new": new} if new else {})
        draft = Draft(body="Why.", kind="forget", fields=fields)
        Notebook.open(str(root or self.root)).record([draft])

    def forgotten(self) -> None:
        if entry := self.named():
            self.forget(self.chance.choice(["hide", "unhide", "hide", ""]), entry)

    def forgotten_there(self) -> None:
        """The clone's writer forgets it, and the file comes later, if at all."""
        if entry := self.named():
            what = self.chance.choice(["hide", "unhide", "purge"])
            self.forget(what, entry, root=self.other)

    def purged(self) -> None:
        """A stub in the entry's place, or not yet, or no longer."""
        entry = self.named()
        if not entry:
            return
        file = self.root / entry.source.file
        data = file.read_bytes() if file.is_file() else b""
        pieces = dayfile.pieces(seal.normal(data))
        piece = next((p for p in pieces if header.id_of(p) == entry.id and p.header), None)
        if not piece:  # handwritten, or it only waits
            self.forget("purge", entry)
            return
        stub = hidden.stub(piece.clock, piece.values)
        self.forget("purge", entry, dayfile.digest(stub.rstrip(b"\n")))
        if self.chance.random() < 0.7:
            data = seal.normal(file.read_bytes())
            file.write_bytes(data.replace(piece.raw, stub + b"\n", 1))

    def unsaid(self) -> None:
        """A forget entry is taken out of its file, or edited."""
        for file in self.root.glob("journal/*/*/*.md"):
            text = file.read_bytes() if file.is_file() else b""
            if b"\nWhy.\n" in text:
                new = self.chance.choice([b"\nWhy not?\n", b"\nWhy.\n\nStill.\n", b"\n"])
                file.write_bytes(text.replace(b"\nWhy.\n", new, 1))
                return

    def trimmed(self) -> None:
        with changed(protocol, TRIM_AT=1), changed(trim, KEEP=0):
            self.append()

    def typed(self) -> None:
        """A handwritten entry at the beginning of any line."""
        file = self.day()
        text = file.read_bytes()
        starts = [0, len(text), *(i + 1 for i, byte in enumerate(text) if byte == 10)]
        at = self.chance.choice(starts)
        file.write_bytes(text[:at] + HAND.encode() + text[at:])

    def twins(self) -> None:
        file = self.day()
        file.write_bytes(file.read_bytes() + b"\n" + 2 * HAND.encode())

    def above(self) -> None:
        file = self.day()
        head, mark, rest = file.read_bytes().partition(b"\n## ")
        file.write_bytes(head + b"\n\nAbove all.\n" + mark + rest)

    def changed_byte(self) -> None:
        file = self.day()
        text = bytearray(file.read_bytes())
        if text:
            text[self.chance.randrange(len(text))] = self.chance.choice(b"x#\n `\xff0")
        file.write_bytes(text)

    def postscript(self) -> None:
        file = self.day()
        file.write_bytes(file.read_bytes() + b"\nWritten under it.\n")

    def newlines(self) -> None:
        file = self.day()
        text = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        file.write_bytes(text.replace(b"\n", self.chance.choice([b"\r\n", b"\r", b"\n"])))

    def saved(self) -> None:
        file = self.day()
        vim_saves(file, file.read_bytes().replace(b"S", b"s", 1))

    def torn(self) -> None:
        file = self.day()
        text = file.read_bytes()
        file.write_bytes(text[: self.chance.randint(0, len(text))])

    def marked(self) -> None:
        file = self.day()
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    def bare(self) -> None:
        file = self.day()
        text = file.read_bytes()
        file.write_bytes(text[text.find(b"\n## ") + 1 :])

    def deleted(self) -> None:
        self.day().unlink()

    def folder_gone(self) -> None:
        shutil.rmtree(self.root / "journal" / self.chance.choice(["main", "other"]), True)

    def copied(self) -> None:
        file = self.day()
        name = self.chance.choice([f"{file.stem}.sync-conflict-1.md", "Kopie.md", "2026-11-20.md"])
        if not (file.parent / name).is_dir():
            (file.parent / name).write_bytes(file.read_bytes())

    def moved(self) -> None:
        file = self.day()
        target = self.root / "journal" / self.chance.choice(["main", "other"]) / "2026" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_dir():
            file.rename(target)

    def blocked(self) -> None:
        """A folder in a day file's place: nobody can write or read it."""
        file = self.day()
        file.unlink()
        file.mkdir()

    def unblocked(self) -> None:
        for folder in self.root.glob("journal/*/*/*.md"):
            if folder.is_dir():
                folder.rmdir()

    def foreign_spool(self) -> None:
        folder = self.root / ".journal/state/spool"
        for file in [*folder.glob("*.log"), *(self.other / ".journal/state/spool").glob("*.log")]:
            name = self.chance.choice([f"{file.stem}.log", "copy.log", "a.log"])
            if not (folder / name).exists():
                shutil.copy(file, folder / name)

    def torn_spool(self) -> None:
        for file in (self.root / ".journal/state/spool").glob("[ac]*.log"):
            file.write_bytes(file.read_bytes() + b'{"len": 7, "sha')

    def another_zone(self) -> None:
        zone = self.chance.choice(["UTC", "Europe/Berlin", "Pacific/Auckland"])
        change_toml(self.root, "timezone", zone)

    def another_first(self) -> None:
        change_toml(self.root, "writer", self.chance.choice(["anna-1", "ben-2"]))


THINGS = tuple(
    name
    for name, it in vars(World).items()
    if callable(it) and name not in ("__init__", "day", "draft", "named", "forget")
)
SCRIPTS = st.lists(st.sampled_from(THINGS), min_size=1, max_size=7)


def play(base: Path, script: list[str], seed: int) -> None:
    """Let things happen; after each, one journal that stays open must answer as the files do."""
    world = World(base, seed)
    journal = Journal(str(world.root))
    assert differences(world.root, journal) == []
    followed = {row.number for row in journal.rows()}
    ever: set[int] = set()
    for name in script:
        birth, newest, step = (
            journal.catalog.birth, journal.catalog.newest, journal.catalog.news().place[2],
        )  # fmt: skip
        getattr(world, name)()
        assert (name, differences(world.root, journal)) == (name, [])
        now = {row.number for row in journal.rows()}
        assert journal.catalog.trouble == ""
        if journal.catalog.birth == birth:
            gone = {number for _, number in journal.catalog.struck(step)}
            new = {row.number for row in journal.catalog.added(newest)}
            assert (followed - gone) | new == now
            assert not new & ever
        ever |= followed | now
        followed = now
    assert list(wrong_names(world.root, journal, world.chance)) == []
    assert list(wrong_selections(world.root, journal, world.chance)) == []
    with small():
        fresh = Journal(str(world.root))
        fresh.catalog.reindex()
        assert differences(world.root, fresh) == []
        assert differences(world.root, journal) == []


@settings(max_examples=15)
@given(script=SCRIPTS, seed=st.integers(0, 1000))
def test_it_answers_as_the_files_do(script: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as base:
        play(Path(base), script, seed)


@pytest.mark.soak
@settings(max_examples=3000)
@given(script=st.lists(st.sampled_from(THINGS), max_size=20), seed=st.integers(0, 1 << 20))
def test_it_answers_as_the_files_do_at_length(script: list[str], seed: int) -> None:
    with tempfile.TemporaryDirectory() as base:
        play(Path(base), script, seed)
