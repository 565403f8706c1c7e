"""Forgotten and purged entries: hidden, shown again, and gone for good, whatever is read first."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogs import HAND, differences, workspace, write, wrong_names

from journal import dayfile, header, hidden, seal
from journal.api import Journal
from journal.catalog.database import in_memory
from journal.catalog.migrate import FOLDER, migrate
from journal.entry import Draft, Receipt
from journal.errors import UsageError
from journal.inmemory import MemoryNotebook
from journal.links import CatalogLookup, links
from journal.notebook import Notebook
from journal.selection import Selection

SECRET = Draft(
    body="The quokka swims, see [[Plan]] #marsupial", title="A quokka", tags=("Wombat",),
    session="koala-1", actor="numbat", meta={"dingo": "bilby"}, kind="decision",
    at="2026-11-20T10:00",
)  # fmt: skip
WORDS = ("quokka", "wombat", "marsupial", "koala", "numbat", "dingo", "bilby")
ALSO, ONLY = Selection(forgotten="also"), Selection(forgotten="only")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workspace(tmp_path / "book")


@pytest.fixture
def journal(root: Path) -> Journal:
    return Journal(str(root))


def add(root: Path, draft: Draft = SECRET) -> Receipt:
    return Notebook.open(str(root)).record([draft])[0]


def forget(root: Path, entry_id: str, what: str = "hide", **more: str) -> Receipt:
    fields = {"of": entry_id} | ({"what": what} if what else {}) | more
    return add(root, Draft(body="Its reason.", kind="forget", fields=fields))


def replaced(root: Path, receipt: Receipt, new: bytes) -> bytes:
    """Put other bytes in the place of an entry; those that stood there."""
    file = root / receipt.file
    data = file.read_bytes()
    (old,) = (p.raw for p in dayfile.pieces(data) if header.id_of(p) == receipt.id)
    file.write_bytes(data.replace(old, new + b"\n" * old.endswith(b"\n\n")))
    return old


def stub_of(root: Path, receipt: Receipt) -> bytes:
    pieces = dayfile.pieces((root / receipt.file).read_bytes())
    (piece,) = (p for p in pieces if header.id_of(p) == receipt.id)
    return hidden.stub(piece.clock, piece.values)


def stub_digest(root: Path, receipt: Receipt) -> str:
    return dayfile.digest(stub_of(root, receipt).rstrip(b"\n"))


def purge(root: Path, receipt: Receipt) -> bytes:
    """A forget entry, and the stub in the entry's place; what stood there."""
    stub = stub_of(root, receipt)
    forget(root, receipt.id, "purge", new=dayfile.digest(stub.rstrip(b"\n")))
    return replaced(root, receipt, stub)


def canaries(texts: Iterator[object]) -> set[str]:
    shown = " ".join(map(str, texts)).lower()
    return {word for word in WORDS if word in shown}


def everything(journal: Journal, wanted: Selection) -> Iterator[object]:
    """All that a journal tells, of the selected entries."""
    for row in journal.rows(wanted):
        yield row.record(), row.head
    for entry in journal.entries(wanted):
        yield entry.record(body=True)
    yield [hit.record() for word in WORDS for hit in journal.recall(word, wanted).hits]
    yield [*journal.kinds(), *journal.catalog.values("tag"), *journal.catalog.values("session")]
    yield journal.catalog.values("title"), journal.catalog.values("actor")
    yield journal.findings()
    yield [e.record(body=True) for e in Notebook.open(journal.root).entries(wanted)]


def test_hidden_from_lists_and_shown_again(root: Path, journal: Journal) -> None:
    receipt = add(root)
    add(root, Draft(body=f"It refers to [[{receipt.id}]] and [[a quokka]]."))
    assert canaries(everything(journal, Selection())) == set(WORDS)
    said = forget(root, receipt.id)
    add(root, Draft(body="Something else"))
    told = everything(journal, Selection(kind="message"))
    assert canaries(told) == set()
    assert (journal.count(), journal.count(ALSO), journal.count(ONLY)) == (3, 4, 1)
    assert "decision" not in journal.kinds()
    assert journal.recall("quokka").total == 1  # the one that refers to it
    assert journal.recall("swims").total == 0
    assert [hit.entry.id for hit in journal.recall("swims", ALSO).hits] == [receipt.id]
    assert [hit.entry.id for hit in journal.recall("quokka", ONLY).hits] == [receipt.id]
    assert journal.recall(f"id:{receipt.id}").total == 0
    row, piece = journal.look(receipt.id)
    assert (row.forgotten, row.came_back, piece.body) == (True, False, str(SECRET.body).encode())
    by = journal.catalog.forgotten(receipt.id)
    assert by
    assert (by.id, by.forgotten, by.head) == (said.id, False, "Its reason.")
    assert journal.catalog.forgotten(said.id) is None
    assert differences(root, journal) == []
    forget(root, receipt.id, "unhide")
    assert journal.catalog.forgotten(receipt.id)  # it has not caught up yet
    assert canaries(everything(journal, Selection())) == set(WORDS)
    assert journal.catalog.forgotten(receipt.id) is None
    assert journal.recall("swims").total == 1
    assert journal.count(ONLY) == 0


def test_links_do_not_lead_to_hidden_entries(root: Path, journal: Journal) -> None:
    plan = add(root, Draft(body="It", title="Plan"))
    receipt = add(root)
    naming = add(root, Draft(body=f"See {receipt.id} and [[{receipt.id[:12]}]]."))
    lookup = CatalogLookup(journal.catalog)
    assert len([one for one in links(lookup, journal.find(naming.id)).out if one.entries]) == 2
    assert [one.entries[0].id for one in links(lookup, journal.find(plan.id)).back] == [receipt.id]
    forget(root, receipt.id)
    assert links(CatalogLookup(journal.catalog), journal.find(plan.id)).back == ()
    assert not [one for one in links(lookup, journal.find(naming.id)).out if one.entries]
    forget(root, receipt.id, "unhide")
    forget(root, plan.id)
    (link,) = (one for one in links(lookup, journal.find(receipt.id)).out if one.kind != "tag")
    assert link.entries == ()


def test_what_is_hidden_does_not_come_as_new(root: Path, journal: Journal) -> None:
    receipt = add(root)
    forget(root, receipt.id)
    following = journal.follow()
    shown = add(root, Draft(body="New"))
    unhidden = forget(root, receipt.id, "unhide")
    assert [row.id for row in following.look()] == [shown.id, unhidden.id]
    new = add(root, Draft(body="To be forgotten"))
    said = forget(root, new.id)
    assert [row.id for row in following.look()] == [said.id]
    forget(root, new.id, "unhide")
    assert new.id not in {row.id for row in following.look()}


def test_the_newest_decides_and_nothing_undoes_a_purge(root: Path, journal: Journal) -> None:
    receipt = add(root)
    for what, shown in (("hide", 0), ("unhide", 1), ("", 0), ("unhide", 1), ("burn", 0)):
        said = forget(root, receipt.id, what)
        assert sum(row.id == receipt.id for row in journal.rows()) == shown
        by = journal.catalog.forgotten(receipt.id)
        assert (by and by.id) == (None if shown else said.id)
    purged = forget(root, receipt.id, "", new=stub_digest(root, receipt))
    forget(root, receipt.id, "unhide")
    assert journal.count(ONLY) == 1
    by = journal.catalog.forgotten(receipt.id)
    assert by
    assert by.id == purged.id
    assert canaries(everything(journal, ALSO)) == set()
    assert differences(root, journal) == []


def test_it_may_be_read_before_what_it_forgets_and_may_go_again(
    root: Path, journal: Journal, tmp_path: Path
) -> None:
    other = tmp_path / "there"
    shutil.copytree(root, other)
    receipt = add(root)
    shutil.copytree(root / "journal", other / "journal")
    said = forget(other, receipt.id)  # a clone, and so another writer, in a file of its own
    kept = (root / receipt.file).read_bytes()
    (root / receipt.file).unlink()
    shutil.rmtree(root / ".journal/state/spool")
    target = root / said.file
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(other / said.file, target)
    assert [row.id for row in journal.rows()] == [said.id]
    (root / receipt.file).write_bytes(kept)
    assert [row.id for row in journal.rows()] == [said.id]
    assert [row.id for row in journal.rows(ONLY)] == [receipt.id]
    target.unlink()
    assert [row.id for row in journal.rows()] == [receipt.id]
    assert differences(root, journal) == []


@pytest.mark.parametrize("change", [(b"Its reason.", b"Its cause."), (b"kind: forget\n", b"")])
def test_one_that_was_edited_does_not_count(
    root: Path, journal: Journal, change: tuple[bytes, bytes]
) -> None:
    receipt = add(root)
    said = forget(root, receipt.id)
    assert journal.count(ONLY) == 1
    file = root / said.file
    file.write_bytes(file.read_bytes().replace(*change))
    assert [row.id for row in journal.rows(ONLY)] == []
    assert differences(root, journal) == []


def test_one_that_was_typed_by_hand_does_not_count(root: Path, journal: Journal) -> None:
    receipt = add(root)
    header = f"```yaml entry\nkind: forget\nof: {receipt.id}\nwhat: purge\n```\n"
    write(root, "2026-11-21.md", f"## 10:00 Forgot\n\n{header}\nBecause.\n")
    assert journal.count(ONLY) == 0
    assert differences(root, journal) == []


def test_one_that_waits_in_a_spool_counts(root: Path, journal: Journal) -> None:
    receipt = add(root)
    said = forget(root, receipt.id)
    (root / said.file).unlink()
    assert [row.id for row in journal.rows(ONLY)] == [receipt.id]
    assert journal.look(said.id)[0].line == 0
    assert differences(root, journal) == []


def test_a_forgotten_forget_entry_counts_all_the_same(root: Path, journal: Journal) -> None:
    receipt = add(root)
    said = forget(root, receipt.id)
    forget(root, said.id, "purge", new=stub_digest(root, said))
    assert {row.id for row in journal.rows(ONLY)} == {receipt.id, said.id}
    by = journal.catalog.forgotten(receipt.id)
    assert by
    assert (by.id, by.head) == (said.id, "")
    assert differences(root, journal) == []


def test_copies_and_twins(root: Path, journal: Journal) -> None:
    receipt = add(root)
    forget(root, receipt.id)
    file = root / receipt.file
    shutil.copy(file, file.with_name("Kopie.md"))
    write(root, "2026-11-19.md", HAND * 2)
    assert differences(root, journal) == []
    first, second = (row.id for row in journal.rows(Selection(role="human")))
    forget(root, second)
    assert [row.id for row in journal.rows(Selection(role="human"))] == [first]
    assert differences(root, journal) == []
    purge = forget(root, hidden.base_id(first), "purge")
    assert list(journal.rows(Selection(role="human"))) == []
    assert {row.title for row in journal.rows(ONLY) if row.id.startswith("h-")} == {""}
    by = journal.catalog.forgotten(max(first, second))
    assert by
    assert by.id == purge.id
    assert differences(root, journal) == []


# Purged


def test_a_stub_is_told_of_by_nobody(root: Path, journal: Journal) -> None:
    receipt = add(root)
    purge(root, receipt)
    assert differences(root, journal) == []
    assert journal.findings() == []
    assert canaries(everything(journal, ALSO)) == set()
    (row,) = journal.rows(ONLY)
    assert (row.id, row.seq, row.kind, row.at) == (
        receipt.id, receipt.seq, "note", "2026-11-20T10:00:00.000000+00:00",
    )  # fmt: skip
    assert (row.forgotten, row.came_back, row.sealed) == (True, False, False)
    shutil.rmtree(root / ".journal/cache")
    assert differences(root, Journal(str(root))) == []


@pytest.mark.parametrize("first", ["the text", "the forget entry", "both"])
def test_a_text_that_came_back_is_not_shown(root: Path, journal: Journal, first: str) -> None:
    receipt = add(root)
    if first == "the text":
        journal.catalog.catch_up()
    text = purge(root, receipt)
    if first == "the forget entry":
        journal.catalog.catch_up()
    replaced(root, receipt, text)
    told = list(everything(journal, ALSO))
    assert canaries(iter(told)) == set()
    assert differences(root, journal) == []
    (found,) = journal.findings()
    assert (found.code, found.file, found.line) == ("purged-text", receipt.file, receipt.line)
    assert found.message == "its text is back after it was purged"
    fix = f"`journal forget {receipt.id} --purge --reason TEXT` takes it out again"
    assert found.fix == fix
    row, piece = journal.look(receipt.id)
    assert (row.forgotten, row.came_back) == (True, True)
    assert (piece.raw, piece.body, piece.title) == (stub_of(root, receipt), b"", "")
    assert canaries(iter([piece.raw, piece.values, row.fields, row.meta, row.tags])) == set()
    entry = journal.find(receipt.id)
    assert canaries(iter([entry, links(CatalogLookup(journal.catalog), entry)])) == set()
    notebook = Notebook.open(str(root))
    entry = notebook.find(receipt.id)
    assert canaries(iter([entry, notebook.raw(entry)])) == set()
    assert [r for w in WORDS for r in journal.catalog.referring("wikilink", w)] == []
    assert journal.catalog.referring("wikilink", "plan") == []
    assert list(wrong_names(root, journal, random.Random(1))) == []
    replaced(root, receipt, stub_of(root, receipt))
    assert (differences(root, journal), journal.findings()) == ([], [])


def test_a_purge_is_honoured_as_long_as_a_file_or_a_spool_knows_of_it(
    root: Path, journal: Journal
) -> None:
    receipt = add(root)
    said = forget(root, receipt.id, "purge", new=stub_digest(root, receipt))
    assert canaries(everything(journal, ALSO)) == set()
    file = root / said.file
    file.write_bytes(file.read_bytes().replace(b"Its reason.", b"No reason."))
    assert canaries(everything(journal, ALSO)) == set()
    assert differences(root, journal) == []
    shutil.rmtree(root / ".journal/state/spool")
    assert canaries(everything(journal, Selection())) == set(WORDS)
    assert differences(root, journal) == []


def test_a_purged_text_that_waits_in_a_spool_is_not_shown(root: Path, journal: Journal) -> None:
    receipt = add(root)
    new = stub_digest(root, receipt)
    (root / receipt.file).unlink()
    forget(root, receipt.id, "purge", new=new)  # it is put back, for it came to the file
    (root / receipt.file).unlink()
    assert differences(root, journal) == []
    assert canaries(everything(journal, ALSO)) == set()
    notebook = Notebook.open(str(root))
    assert canaries(iter([notebook.raw(entry) for entry in notebook.entries(ALSO)])) == set()


def test_a_note_under_a_stub_is_a_text_that_came_back(root: Path, journal: Journal) -> None:
    receipt = add(root)
    purge(root, receipt)
    replaced(root, receipt, stub_of(root, receipt) + b"\nIt was about a quokka.\n")
    assert canaries(everything(journal, ALSO)) == set()
    assert [found.code for found in journal.findings()] == ["purged-text"]
    assert differences(root, journal) == []


def test_of_a_checkout_of_an_older_tree(root: Path, journal: Journal) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    receipt = add(root)
    git("add", "-A")
    git("commit", "-qm", "one")
    purge(root, receipt)
    git("add", "-A")
    git("commit", "-qm", "two")
    assert canaries(everything(journal, ALSO)) == set()
    git("checkout", "-q", "HEAD^", "--", receipt.file)
    assert canaries(everything(journal, ALSO)) == set()
    assert [found.code for found in journal.findings()] == ["purged-text"]
    git("checkout", "-q", "HEAD", "--", receipt.file)
    assert differences(root, journal) == []


def test_in_memory(root: Path) -> None:
    book = MemoryNotebook()
    receipt = book.append(SECRET)
    book.append(Draft(body="Why.", kind="forget", fields={"of": receipt.id}))
    assert [entry.kind for entry in book.entries()] == ["forget"]
    assert book.find(receipt.id).title == "A quokka"
    os.rename(root / ".journal", root / "away")
    (root / ".journal").write_text("no folder")
    with pytest.raises(UsageError):
        Journal(str(root)).find("")


def test_a_catalog_of_the_first_version_is_brought_up_to_date(
    root: Path, journal: Journal, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(f"{FOLDER}/0001_entries.sql", first)
    for forgets in (False, True):
        receipt = add(root, Draft(body="In no session, so without a turn"))
        if forgets:
            forget(root, receipt.id)
        shutil.rmtree(root / ".journal/cache", ignore_errors=True)
        journal = Journal(str(root))
        journal.catalog.catch_up()
        birth = journal.catalog.birth
        database = journal.catalog._file.writer()
        for name in (
                "TRIGGER entry_unsaid", "TABLE forgetting", "TABLE spooled_purge",
                "TRIGGER entry_origins", "TABLE origin", "INDEX entry_turn", "INDEX entry_path",
                "INDEX entry_told", "INDEX entry_switched", "INDEX entry_stated",
            ):  # fmt: skip
            database.execute(f"DROP {name}")
        database.execute("DROP INDEX entry_forgotten")
        for column in ("turn", "switched"):
            database.execute(f"ALTER TABLE entry DROP COLUMN {column}")
        database.execute("DELETE FROM migration WHERE version > 1")
        database.execute("UPDATE entry SET copy = 0")
        journal.catalog._file.close(database)
        old = in_memory()
        migrate(old, str(first))
        assert differences(root, Journal(str(root))) == []
        assert journal.count(ONLY) == forgets
        assert (journal.catalog.birth != birth) is forgets


def test_a_header_that_is_no_forget_entry_s(root: Path, journal: Journal) -> None:
    body = seal.digest(b"Why.\n")
    for number, lines in enumerate(("of: [a, b]", "of: 3", "what: hide", "of: ''")):
        text = f"## 10:00:00\n\n```yaml entry\nid: A-{number}\nkind: forget\n{lines}\nseq: 1\n"
        text += f"len: 4\ndigest: {body}\n```\n\nWhy.\n\n"
        write(root, f"2026-11-1{number}.md", text)
    assert journal.count(ONLY) == 0
    assert differences(root, journal) == []
