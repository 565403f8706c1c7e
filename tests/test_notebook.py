"""One suite for every notebook: the one on disk and the one in memory."""

import dataclasses
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import drafts, expected, normal, returned

from journal.api import Memory
from journal.entry import Draft, Receipt
from journal.errors import FormatError, JournalError, UsageError
from journal.inmemory import MemoryNotebook
from journal.notebook import Book, Notebook
from journal.seal import digest
from journal.selection import Selection
from journal.workspace import init

KINDS = ["files", "memory"]
TOKEN = "a client's number"  # noqa: S105 - a key against doubles, no secret
DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@contextmanager
def fresh(kind: str) -> Iterator[Book]:
    if kind == "memory":
        yield MemoryNotebook()
        return
    with tempfile.TemporaryDirectory() as root:
        init(root)
        yield Notebook.open(root)


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    with fresh(request.param) as book:
        yield book


def bodies_of(book: Book, **wanted: Any) -> list[str]:
    return [entry.body for entry in book.entries(Selection(**wanted))]


def check_round_trip(kind: str, given: list[Draft]) -> None:
    with fresh(kind) as book:
        try:
            receipts = book.append_many(given)
        except FormatError as error:
            if error.kind == "header-too-large" and not list(book.entries()):
                return
            raise
        entries = list(book.entries())[::-1]
        assert [entry.id for entry in entries] == [receipt.id for receipt in receipts]
        assert [returned(entry) for entry in entries] == [expected(draft) for draft in given]
        for entry, draft, receipt in zip(entries, given, receipts, strict=True):
            body = normal(draft.body if isinstance(draft.body, str) else draft.body.decode())
            assert entry.digest == receipt.digest == digest(body.encode())
            assert (entry.source.file, entry.source.line) == (receipt.file, receipt.line)
            assert (entry.at, entry.seq) == (receipt.at, receipt.seq)
            assert entry.postscript == ""
            assert entry.sealed
        if isinstance(book, Notebook):
            assert book.findings == []
            assert {verdict.state for verdict in book.verify()} == {"intact"}


@given(st.lists(drafts(), min_size=1, max_size=4))
def test_drafts_come_back_from_memory(given: list[Draft]) -> None:
    check_round_trip("memory", given)


# Each of these flushes the disk a few times.
@settings(max_examples=settings().max_examples // 3)
@given(st.lists(drafts(), min_size=1, max_size=4))
def test_drafts_come_back_from_files(given: list[Draft]) -> None:
    check_round_trip("files", given)


def test_a_receipt_tells_all(book: Book) -> None:
    receipt = book.append(Draft(body="one"))
    assert isinstance(receipt, Receipt)
    assert len(receipt.id) == 26
    assert receipt.file == f"journal/main/{receipt.at[:4]}/{receipt.at[:10]}.md"
    assert receipt.line > 1
    assert receipt.seq == 1
    assert receipt.digest == digest(b"one")
    assert receipt.durable == isinstance(book, Notebook)
    assert not receipt.repeated
    assert receipt.notices == ()


def test_numbers_count_by_namespace_and_ids_rise(book: Book) -> None:
    spaces = ["", "work", "main", "work", "a"]
    receipts = [book.append(Draft(body="x", namespace=space)) for space in spaces]
    assert [receipt.seq for receipt in receipts] == [1, 1, 2, 2, 1]
    ids = [receipt.id for receipt in receipts]
    assert ids == sorted(set(ids))
    namespaces = {entry.namespace: entry.seq for entry in reversed(list(book.entries()))}
    assert namespaces == {"main": 2, "work": 2, "a": 1}


def test_each_entry_names_the_one_before_it(book: Book) -> None:
    for number in range(4):
        book.append(Draft(body=f"{number}"))
    entries = list(book.entries())[::-1]
    assert [entry.prev.partition(":")[0] for entry in entries] == ["0", "1", "2", "3"]
    assert len({entry.prev for entry in entries}) == 4


def test_newest_first_over_days(book: Book) -> None:
    days = [3, 1, 2, 1, 3]
    for number, day in enumerate(days):
        moment = DAY + timedelta(days=day, minutes=number)
        book.append(Draft(body=f"{day}.{number}", at=moment))
    assert bodies_of(book) == ["3.4", "3.0", "2.2", "1.3", "1.1"]
    assert list(itertools.islice((e.body for e in book.entries()), 2)) == ["3.4", "3.0"]


def test_at_is_when_it_happened(book: Book) -> None:
    for at in (DAY, "2026-11-21T12:00:00+00:00", "2026-11-21T13:00+01:00", "@1795262400"):
        assert book.append(Draft(body="x", at=at)).at.startswith("2026-11-21T12:00:00.000000+00:00")
    with pytest.raises(UsageError) as caught:
        book.append(Draft(body="x", at="no time"))
    assert caught.value.kind == "bad-time"


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["c", "b", "a"]),
    ({"kind": "task"}, ["b"]),
    ({"role": "user"}, ["a"]),
    ({"actor": "anna"}, ["c", "a"]),
    ({"tags": ("x",)}, ["b", "a"]),
    ({"tags": ("x", "y")}, ["b"]),
    ({"tags": ("z",)}, []),
    ({"session": "s-1"}, ["a"]),
    ({"path": "main/try"}, ["c"]),
    ({"namespace": "work"}, ["c"]),
    ({"git_branch": "main"}, ["b"]),
    ({"since": DAY + timedelta(days=1)}, ["c", "b"]),
    ({"until": DAY + timedelta(days=1)}, ["a"]),
    ({"since": DAY, "until": DAY + timedelta(days=1, seconds=1), "tags": ("y",)}, ["b"]),
    ({"since": datetime.min.replace(tzinfo=UTC), "until": datetime.max.replace(tzinfo=UTC)},
    ["c", "b", "a"]),
    ({"kind": "decision"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "found"), FILTERS)
def test_selections(book: Book, wanted: dict[str, Any], found: list[str]) -> None:
    book.append(Draft(body="a", role="user", actor="anna", tags=("x",), session="s-1", at=DAY))
    later = DAY + timedelta(days=1)
    book.append(Draft(body="b", kind="task", tags=("x", "y"), git="main@3f2a9c1d0b7e", at=later))
    last = DAY + timedelta(days=2)
    book.append(Draft(body="c", actor="anna", path="main/try", namespace="work", at=last))
    assert bodies_of(book, **wanted) == found


def test_an_entry_is_found_by_either_end_of_its_id(book: Book) -> None:
    receipts = [book.append(Draft(body=f"{number}")) for number in range(3)]
    for number, receipt in enumerate(receipts):
        for wanted in (receipt.id, receipt.id.lower(), receipt.id[-12:], receipt.id[-12:].lower()):
            assert book.find(wanted).body == f"{number}"
    with pytest.raises(UsageError) as caught:
        book.find(receipts[0].id[:4])
    assert caught.value.kind == "ambiguous-id"
    for wanted in ("", "zzzz", "0" * 26):
        with pytest.raises(UsageError) as caught:
            book.find(wanted)
        assert caught.value.kind == "entry-not-found"


def test_the_same_token_twice_is_one_entry(book: Book) -> None:
    first = book.append(Draft(body="x", token=TOKEN))
    again = book.append(Draft(body="x", token=TOKEN))
    both = book.append_many(
        [Draft(body="y", token=TOKEN[::-1]), Draft(body="y", token=TOKEN[::-1])]
    )
    assert again.id == first.id
    assert (again.at, again.file, again.line, again.seq) == (
        first.at,
        first.file,
        first.line,
        first.seq,
    )
    assert both[0].id == both[1].id
    assert bodies_of(book) == ["y", "x"]


def test_a_group_is_written_whole_or_not_at_all(book: Book) -> None:
    book.append(Draft(body="before"))
    with pytest.raises(JournalError):
        book.append_many([Draft(body="good"), Draft(body=" ")])
    with pytest.raises(FormatError) as caught:
        book.append_many([Draft(body="good"), Draft(body="x", title="é" * 9_000)])
    assert caught.value.kind == "header-too-large"
    assert bodies_of(book) == ["before"]
    assert book.append(Draft(body="after")).seq == 2
    assert bodies_of(book) == ["after", "before"]


def test_nothing_is_appended_for_nothing(book: Book) -> None:
    assert book.append_many([]) == []
    assert list(book.entries()) == []


@pytest.mark.parametrize(
    ("draft", "kind"),
    [
        (Draft(body=""), "empty-body"),
        (Draft(body="a\0"), "nul-in-body"),
        (Draft(body="\ud800"), "not-utf8"),
        (Draft(body=b"\xff"), "not-utf8"),
        (Draft(body="x" * (1 << 20) + "y"), "body-too-large"),
        (Draft(body="x", kind="poem"), "unknown-kind"),
        (Draft(body="x", namespace="../x"), "bad-name"),
        (Draft(body="x", fields={"seq": 1}), "reserved-key"),
        (Draft(body="x", fields={"digest": "x"}), "reserved-key"),
        (Draft(body="x", title="\udc80"), "not-utf8"),
    ],
)
def test_bad_drafts_are_refused_alike(book: Book, draft: Draft, kind: str) -> None:
    with pytest.raises(JournalError) as caught:
        book.append(draft)
    assert caught.value.kind == kind
    assert list(book.entries()) == []


def test_a_record_is_json_and_tells_all(book: Book) -> None:
    draft = Draft(body="x", title="t", tags=("a",), meta={"k": [1]}, fields={"status": "open"})
    book.append(draft)
    entry = next(book.entries())
    record = entry.record(body=True)
    assert {key: record[key] for key in ("title", "tags", "meta", "status", "body")} == {
        "title": "t", "tags": ["a"], "meta": {"k": [1]}, "status": "open", "body": "x",
    }  # fmt: skip
    assert (record["file"], record["line"]) == (entry.source.file, entry.source.line)
    assert "body" not in entry.record()


def test_entries_and_drafts_can_not_be_changed(book: Book) -> None:
    book.append(Draft(body="x"))
    entry = next(book.entries())
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.body = "y"  # type: ignore[misc]


def test_memory_stores_and_recalls(book: Book) -> None:
    memory = Memory(book)
    receipt = memory.store("We chose Whoosh", tags=("search",), title="Engine")
    memory.store("Something else")
    assert [hit.entry.id for hit in memory.recall("WHOOSH chose")] == [receipt.id]
    assert memory.recall("nothing of the kind") == ()


def test_a_second_notebook_sees_what_the_first_wrote() -> None:
    with fresh("files") as book:
        assert isinstance(book, Notebook)
        other = Notebook.open(book.root)
        for number in range(3):
            book.append(Draft(body=f"a{number}"))
            other.append(Draft(body=f"b{number}"))
        assert bodies_of(book) == bodies_of(other) == ["b2", "a2", "b1", "a1", "b0", "a0"]
        assert [entry.seq for entry in book.entries()] == [6, 5, 4, 3, 2, 1]
        assert {verdict.state for verdict in other.verify()} == {"intact"}


def test_a_disabled_journal_appends_nothing_but_checks() -> None:
    with fresh("files") as book:
        assert isinstance(book, Notebook)
        with open(f"{book.root}/journal.toml", "r+", encoding="utf-8") as file:
            text = file.read().replace("enabled = true", "enabled = false")
            file.seek(0)
            file.write(text)
        closed = Notebook.open(book.root)
        assert not closed.enabled
        receipt = closed.append(Draft(body="x"))
        assert (receipt.id, receipt.durable) == ("", False)
        with pytest.raises(FormatError):
            closed.append(Draft(body=""))
        assert not os.path.exists(f"{book.root}/journal")


@pytest.mark.soak
def test_twenty_thousand_drafts_through_files() -> None:
    test_drafts_come_back_from_files()
