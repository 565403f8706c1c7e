"""Verification of real workspaces: every state, hand edits that are none, planted tampering."""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import dayfile, seal
from journal.chain import STATES, Verdict, exit_code, slice_digest
from journal.entry import Draft, Receipt
from journal.notebook import Notebook
from journal.workspace import init

START = datetime(2026, 11, 19, 8, tzinfo=UTC)


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def fresh(root: Path) -> Notebook:
    init(str(root))
    config = root / "journal.toml"
    config.write_text(re.sub('timezone = ".*"', 'timezone = "UTC"', config.read_text()))
    return Notebook.open(str(root))


def add(book: Notebook, number: int, body: str = "", **fields: object) -> Receipt:
    """Entry `number` of a journal with ten entries a day."""
    at = START + timedelta(days=number // 10, minutes=30 * (number % 10))
    text = body or f"Body of entry {number}.\n\nIt has **two** paragraphs, number {number}."
    draft = Draft(body=text, title=f"Entry {number}", role="human", at=at, **fields)  # type: ignore[arg-type]
    return book.append(draft)


def verify(root: Path) -> list[Verdict]:
    return Notebook.open(str(root)).verify()


def odd(root: Path) -> dict[str, str]:
    """The ids that are not intact, and their states."""
    return {one.id: one.state for one in verify(root) if one.state != "intact"}


def day_files(root: Path) -> list[Path]:
    return sorted((root / "journal").rglob("*.md"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return fresh(tmp_path / "ws")


def file_of(book: Notebook, receipt: Receipt) -> Path:
    return Path(book.root) / receipt.file


def cut(book: Notebook, receipt: Receipt) -> bytes:
    """Take an entry out of its file; its slice."""
    path = file_of(book, receipt)
    data = path.read_bytes()
    for offset, raw in dayfile.split(data).slices:
        if f"\nid: {receipt.id}\n".encode() in raw:
            path.write_bytes(data[:offset] + data[offset + len(raw) :])
            return raw
    raise AssertionError(receipt.id)


def without_state(book: Notebook) -> Path:
    """The journal as another machine gets it: the files alone."""
    root = Path(book.root)
    other = root.with_name("clone")
    shutil.copytree(root, other, ignore=shutil.ignore_patterns(".journal"))
    return other


# The states, one by one


def test_what_nobody_touched_is_intact(book: Notebook) -> None:
    add(book, 0, namespace="main")
    for number in range(1, 25):
        add(book, number)
    verdicts = book.verify()
    assert {one.state for one in verdicts} == {"intact"}
    assert len(verdicts) == 25
    assert exit_code(verdicts) == 0
    assert odd(without_state(book)) == {}


def test_an_edited_body_is_shown_with_what_changed(book: Notebook) -> None:
    first, second = add(book, 0), add(book, 1)
    edit(file_of(book, first), "paragraphs, number 0", "paragraphs, number 7")
    [one] = [one for one in book.verify() if one.state != "intact"]
    assert (one.id, one.state, one.file, one.line) == (first.id, "edited", first.file, first.line)
    assert "-It has **two** paragraphs, number 0." in one.diff
    assert "+It has **two** paragraphs, number 7." in one.diff
    assert second.id != one.id


def test_an_edited_header_is_shown_with_what_changed(book: Notebook) -> None:
    first, _ = add(book, 0), add(book, 1)
    edit(file_of(book, first), "Entry 0\n", "Entry 9\n")
    [one] = [one for one in book.verify() if one.state != "intact"]
    assert (one.id, one.state) == (first.id, "edited")
    assert "+## 08:00:00 human · Entry 9" in one.diff
    assert exit_code([one]) == 1


def test_an_edited_header_without_an_old_text_breaks_the_chain(book: Notebook) -> None:
    _, second, third = add(book, 0), add(book, 1), add(book, 2)
    clone = without_state(book)
    edit(clone / second.file, "Entry 1\n", "Entry 9\n")
    assert odd(clone) == {second.id: "edited", third.id: "broken"}
    assert exit_code(verify(clone)) == 5


def test_an_edited_prev_accuses_its_own_entry_and_not_the_one_before(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(4)]
    clone = without_state(book)
    path = clone / receipts[0].file
    links = re.findall(r"prev: 2:sha256:(\w{64})", path.read_text())
    edit(path, links[0], links[0][::-1])
    assert odd(clone) == {receipts[2].id: "edited", receipts[3].id: "broken"}


def test_edited_whitespace_is_told_apart(book: Notebook) -> None:
    first = add(book, 0)
    edit(file_of(book, first), "It has **two** para", "It  has **two** para")
    assert odd(Path(book.root)) == {first.id: "edited-whitespace"}


def test_a_body_cut_short_is_torn(book: Notebook) -> None:
    first = add(book, 0)
    path = file_of(book, first)
    path.write_bytes(path.read_bytes()[:-20])
    assert odd(Path(book.root)) == {first.id: "torn"}


def test_a_header_that_breaks_off_is_torn(book: Notebook) -> None:
    add(book, 0)
    second = add(book, 1)
    path = file_of(book, second)
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"digest: ") + 20])
    clone = without_state(book)
    assert odd(Path(book.root)) == {second.id: "torn"}
    assert list(odd(clone).values()) == ["torn"]


def test_the_end_of_an_entry_under_another_is_torn(book: Notebook) -> None:
    first, second = add(book, 0), add(book, 1)
    slice_ = cut(book, second)
    with file_of(book, first).open("ab") as file:
        file.write(slice_[-60:])
    assert odd(Path(book.root)) == {second.id: "torn"}


def test_a_line_copied_from_another_entry_is_only_a_postscript(book: Notebook) -> None:
    first, _ = add(book, 0), add(book, 1, "A line that somebody will quote.")
    edit(
        file_of(book, first),
        "paragraphs, number 0.\n",
        "paragraphs, number 0.\n\nA line that somebody will quote.\n",
    )
    assert odd(Path(book.root)) == {}


def forged(seq: int, prev: str) -> str:
    """An entry as somebody might paste it, with everything made up but well-formed."""
    entry_id = "01ZZZZZZZZZZZZZZZZZZZZZZZZ"
    draft = {"body": b"I never wrote this.", "title": "Forged", "kind": "note"}
    at = "2026-11-19T12:00:00.000000+00:00"
    _, piece = seal.Sealing(draft).seal(entry_id, at, "", seq, prev)  # type: ignore[arg-type]
    return "\n" + piece.decode()


@pytest.mark.parametrize(("seq", "named"), [(4, 3), (9, 8), (2, 1), (1, 0)])
def test_a_forged_entry_is_alien_where_the_spool_is(book: Notebook, seq: int, named: int) -> None:
    receipts = [add(book, number) for number in range(3)]
    with file_of(book, receipts[0]).open("a") as file:
        file.write(forged(seq, f"{named}:sha256:{'ab' * 32}"))
    assert odd(Path(book.root)) == {"01ZZZZZZZZZZZZZZZZZZZZZZZZ": "alien"}


def test_a_forged_entry_that_links_well_is_alien_where_the_spool_is(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(3)]
    [last] = [raw for _, raw in dayfile.split(file_of(book, receipts[2]).read_bytes()).slices][-1:]
    link = dayfile.link_of(last)
    assert link
    with file_of(book, receipts[0]).open("a") as file:
        file.write(forged(4, f"{link[0]}:{link[1]}"))
    assert odd(Path(book.root)) == {"01ZZZZZZZZZZZZZZZZZZZZZZZZ": "alien"}


def test_a_forged_entry_is_found_without_a_spool(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(3)]
    clone = without_state(book)
    with (clone / receipts[0].file).open("a") as file:
        file.write(forged(900, f"899:sha256:{'ab' * 32}"))
    assert odd(clone) == {"01ZZZZZZZZZZZZZZZZZZZZZZZZ": "broken"}
    assert exit_code(verify(clone)) == 5


def test_sealed_keys_without_sense_are_alien(book: Notebook) -> None:
    first = add(book, 0)
    with file_of(book, first).open("a") as file:
        file.write("\n## 12:00 x\n\n```yaml entry\nid: me\nseq: 5\nprev: nothing\nlen: 3\n")
        file.write(f"{'digest: ' + seal.digest(b'abc')}\n```\n\nabc\n")
    assert odd(without_state(book)) == {"me": "alien"}


def test_an_entry_moved_to_another_day_is_misplaced(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(12)]
    piece = cut(book, receipts[4])
    with file_of(book, receipts[11]).open("ab") as file:
        file.write(b"\n" + piece)
    assert odd(Path(book.root)) == {receipts[4].id: "misplaced"}
    assert odd(without_state(book)) == {receipts[4].id: "misplaced"}


def test_entries_moved_to_another_namespace_are_misplaced(book: Notebook) -> None:
    mine = [add(book, number) for number in range(5)]
    other = add(book, 5, namespace="other")
    with file_of(book, other).open("ab") as file:
        file.write(b"\n" + cut(book, mine[2]) + cut(book, mine[3]))
    wanted = {mine[2].id: "misplaced", mine[3].id: "misplaced"}
    assert odd(Path(book.root)) == wanted
    assert odd(without_state(book)) == wanted


def test_two_entries_of_one_number_are_a_fork(book: Notebook) -> None:
    first = add(book, 0)
    clone = without_state(book)
    text = (clone / first.file).read_text()
    prev = re.search(r"prev: (0:\S+)", text)
    assert prev
    with (clone / first.file).open("a") as file:
        file.write(forged(1, prev[1]))
    assert set(odd(clone).values()) == {"forked"}
    assert exit_code(verify(clone)) == 5


def test_a_deleted_entry_is_missing_where_the_spool_is(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(12)]
    cut(book, receipts[3])
    assert odd(Path(book.root)) == {receipts[3].id: "missing"}
    assert odd(without_state(book)) == {receipts[4].id: "broken"}


def test_a_cut_off_tail_and_a_deleted_file_are_missing(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(12)]
    file_of(book, receipts[11]).unlink()
    cut(book, receipts[9])
    lost = {receipts[number].id for number in (9, 10, 11)}
    assert odd(Path(book.root)) == dict.fromkeys(lost, "missing")


def test_a_file_of_long_ago_that_was_deleted_is_missing(book: Notebook) -> None:
    receipts = [add(book, number * 10) for number in range(20)]  # more than the cache remembers
    file_of(book, receipts[0]).unlink()
    assert odd(Path(book.root)) == {receipts[0].id: "missing"}


def test_what_could_not_be_written_is_spooled_not_missing(book: Notebook) -> None:
    add(book, 0)
    blocked = Path(book.root) / "journal" / "main" / "2026" / "2026-11-20.md"
    blocked.mkdir()
    second = add(book, 10)
    assert second.notices
    assert odd(Path(book.root)) == {second.id: "spooled"}
    blocked.rmdir()
    assert odd(Path(book.root)) == {second.id: "spooled"}
    add(book, 11)
    assert odd(Path(book.root)) == {}


def test_an_unreadable_header_is_an_edited_entry(book: Notebook) -> None:
    first = add(book, 0)
    edit(file_of(book, first), "kind: note", "kind: [note")
    assert odd(Path(book.root)) == {first.id: "edited"}
    assert list(odd(without_state(book)).values()) == ["edited"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## 08:30:00 human", "#! 08:30:00 human"),
        ("```yaml entry\nid: {1}", "```yaml entrx\nid: {1}"),
        ("## 08:30:00 human", "He wrote: ## 08:30:00 human"),
    ],
)
def test_an_entry_whose_heading_or_fence_was_changed(book: Notebook, old: str, new: str) -> None:
    receipts = [add(book, number) for number in range(3)]
    lost = receipts[1].id
    clone = without_state(book)
    for root in (Path(book.root), clone):
        edit(root / receipts[1].file, old.replace("{1}", lost), new.replace("{1}", lost))
    assert odd(Path(book.root)) == {lost: "edited"}
    assert odd(clone) == {lost: "edited", receipts[2].id: "broken"}


def test_the_formats_own_example_in_a_persons_text_is_no_entry(book: Notebook) -> None:
    first = add(book, 0)
    example = (
        "\n## 20:00 How it looks\n\nAn entry has a block like this, taken from the docs:\n\n"
        f"```yaml entrx\nid: 01KAJ2X7Q0M3C4V5B6N7Q8W9E0\nseq: 812\nprev: 811:{seal.digest(b'')}\n"
        f"len: 49\ndigest: {seal.digest(b'x')}\n```\n"
    )
    quoted = file_of(book, first).read_text()
    quoted = "\n## 20:10 Quoting\n\n" + quoted[quoted.index("```yaml entry") :]
    with file_of(book, first).open("a") as file:
        file.write(example + quoted.replace("yaml entry", "yaml"))
    assert set(odd(Path(book.root)).values()) == {"handwritten"}
    assert set(odd(without_state(book)).values()) == {"handwritten"}


# Accepted changes


def accept(book: Notebook, kind: str, entry_id: str, old: str, now: bytes) -> None:
    fields = {"of": entry_id, "old": old, "new": slice_digest(now)}
    book.record([Draft(body=f"{kind} it", kind=kind, at=START, fields=fields)])


def slice_of(book: Notebook, receipt: Receipt) -> bytes:
    slices = dayfile.split(file_of(book, receipt).read_bytes()).slices
    return next(raw for _, raw in slices if receipt.id.encode() in raw)


def test_an_amended_header_and_body_are_accepted_everywhere(book: Notebook) -> None:
    first, second, _ = add(book, 0), add(book, 1), add(book, 2)
    old = [dayfile.parse(slice_of(book, one)).header for one in (first, second)]
    edit(file_of(book, first), "Entry 0\n", "Entry zero\n")
    edit(file_of(book, second), "number 1.\n", "number one.\n")
    for one, header in zip((first, second), old, strict=True):
        accept(book, "amend", one.id, header, slice_of(book, one))
    wanted = dict.fromkeys((first.id, second.id), "amended")
    assert odd(Path(book.root)) == wanted
    assert odd(without_state(book)) == wanted
    edit(file_of(book, first), "Entry zero\n", "Entry none\n")
    assert odd(Path(book.root)) == wanted | {first.id: "edited"}


def test_a_forgotten_entry_leaves_a_stub_and_stays_forgotten(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(3)]
    whole = slice_of(book, receipts[1])
    piece = dayfile.parse(whole)
    stub = (
        f"## {piece.clock}\n\n```yaml entry\nid: {receipts[1].id}\nseq: 2\n"
        f"prev: {piece.values['prev']}\n```\n\n"
    ).encode()
    path = file_of(book, receipts[1])
    path.write_bytes(path.read_bytes().replace(whole, stub))
    accept(book, "forget", receipts[1].id, piece.header, stub)
    assert odd(Path(book.root)) == {receipts[1].id: "forgotten"}
    clone = without_state(book)
    assert odd(clone) == {receipts[1].id: "forgotten"}
    (clone / receipts[1].file).write_bytes(path.read_bytes().replace(stub, whole))
    assert odd(clone) == {receipts[1].id: "forgotten"}


def test_an_adopted_handwritten_entry_stays_handwritten(book: Notebook) -> None:
    path = file_of(book, add(book, 0))
    with path.open("a") as file:
        file.write("\n## 20:00 By hand\n\nA thought.\n")
    [hand] = odd(Path(book.root))
    accept(book, "adopt", hand, "", slice_digest(b"").encode())
    piece = dayfile.pieces(path.read_bytes())[1]
    accept(book, "adopt", hand, "", piece.raw)
    assert odd(Path(book.root)) == {hand: "handwritten"}


def test_a_forged_amend_accepts_nothing(book: Notebook) -> None:
    first = add(book, 0)
    old = dayfile.parse(slice_of(book, first)).header
    edit(file_of(book, first), "Entry 0\n", "Entry zero\n")
    now = slice_digest(slice_of(book, first))
    draft = {
        "body": b"amend it", "kind": "amend", "fields": {"of": first.id, "old": old, "new": now}
    }  # fmt: skip
    at = "2026-11-19T12:00:00.000000+00:00"
    entry_id = "01ZZZZZZZZZZZZZZZZZZZZZZZZ"
    _, piece = seal.Sealing(draft).seal(entry_id, at, "", 2, f"1:{old}")  # type: ignore[arg-type]
    with file_of(book, first).open("ab") as file:
        file.write(b"\n" + piece)
    assert odd(Path(book.root)) == {first.id: "edited", entry_id: "alien"}


# Copies, and files of others


def test_copies_of_intact_entries_are_read_once(book: Notebook) -> None:
    first, last = add(book, 0), add(book, 10)
    path = file_of(book, first)
    shutil.copy(path, path.with_name("2026-11-19.sync-conflict-20261119-101112-ABCDEFG.md"))
    data = path.read_bytes()
    path.with_name("2026-11-19 (copy).md").write_bytes(data[:-30])  # taken while it was written
    with file_of(book, last).open("ab") as file:
        file.write(b"\n" + slice_of(book, first))
    for root in (Path(book.root), without_state(book)):
        assert [one.id for one in verify(root)] == [first.id, last.id]
        assert odd(root) == {}


def test_an_entry_only_in_a_conflict_copy_counts(book: Notebook) -> None:
    receipts = [add(book, number) for number in range(3)]
    path = file_of(book, receipts[0])
    copy = path.with_name("2026-11-19.sync-conflict-20261119-101112-ABCDEFG.md")
    shutil.copy(path, copy)
    cut(book, receipts[1])
    assert odd(Path(book.root)) == {}
    assert odd(without_state(book)) == {}
    edit(copy, "paragraphs, number 1.", "paragraphs, number 9.")
    assert odd(Path(book.root)) == {receipts[1].id: "edited"}


def test_other_tools_files_are_no_alarm(book: Notebook) -> None:
    first = add(book, 0)
    folder = file_of(book, first).parent
    (folder / "2026-11-22.md").write_text("An Obsidian daily note.\n\n- [ ] a task\n")
    (folder / "Untitled.md").write_text("# Something else\n\n## Heading\n\ntext\n")
    (folder / "2026-11-23.md").write_bytes(b"")
    (folder / "notes.txt").write_text("not ours")
    assert set(odd(Path(book.root)).values()) == {"handwritten"}


def test_a_copied_workspace_is_calm_when_the_original_goes_on(book: Notebook) -> None:
    add(book, 0)
    root = Path(book.root)
    copy = root.with_name("copy")
    shutil.copytree(root, copy, symlinks=True)  # the foreign spool comes along, and grows old
    add(book, 1)
    shutil.copytree(root / "journal", copy / "journal", dirs_exist_ok=True)
    assert odd(copy) == {}
    other = Notebook.open(str(copy))
    add(other, 2)
    assert odd(copy) == {}


def test_a_spool_restored_from_a_backup_accuses_nobody(book: Notebook) -> None:
    add(book, 0)
    [spool] = (Path(book.root) / ".journal" / "state" / "spool").glob("*.log")
    backup = spool.read_bytes()
    add(book, 1)
    spool.write_bytes(backup)  # in place: the same file, the same identity
    assert odd(Path(book.root)) == {}
    add(Notebook.open(book.root), 2)
    assert odd(Path(book.root)) == {}


# Hand edits that are none (FORMAT 5)

_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=60
).filter(lambda text: bool(text.strip()))
_LINES = st.text(st.sampled_from("ab c-*>`1.é"), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip()) and "```" not in text
)


def _type_below(data: bytes, where: int, text: bytes) -> bytes:
    del where
    return data + b"\n## 23:10 by hand\n\n" + text + b"\n"


def _trim(data: bytes, where: int, text: bytes) -> bytes:
    del where, text
    return data.rstrip(b"\n")


def _type_under(data: bytes, where: int, text: bytes) -> bytes:
    starts = [offset for offset, _ in dayfile.split(data).slices][1:]
    at = [*starts, len(data)][where % (len(starts) + 1)]
    gap = b"" if data[:at].endswith(b"\n\n") else b"\n"
    return data[:at] + gap + text + b"\n\n" + data[at:]


def _blank_lines(data: bytes, where: int, text: bytes) -> bytes:
    starts = [offset for offset, _ in dayfile.split(data).slices][1:]
    at = [*starts, len(data)][where % (len(starts) + 1)]
    return data[:at] + b"\n" * (len(text) % 4) + data[at:]


def _crlf(data: bytes, where: int, text: bytes) -> bytes:
    del where, text
    return data.replace(b"\n", b"\r\n")


_EDITS: list[Callable[[bytes, int, bytes], bytes]] = [_type_below, _trim, _type_under, _blank_lines]


@settings(max_examples=max(25, settings().max_examples // 10))
@given(
    bodies=st.lists(_TEXTS, min_size=1, max_size=4),
    edits=st.lists(
        st.tuples(st.sampled_from(_EDITS), st.integers(0, 9), _LINES), min_size=1, max_size=4
    ),
    crlf=st.booleans(),
)
def test_hand_edits_of_the_usual_kinds_alarm_nobody(
    tmp_path_factory: pytest.TempPathFactory,
    bodies: list[str],
    edits: list[tuple[Callable[[bytes, int, bytes], bytes], int, str]],
    crlf: bool,
) -> None:
    book = fresh(tmp_path_factory.mktemp("hand"))
    receipts = [add(book, number, body) for number, body in enumerate(bodies)]
    path = file_of(book, receipts[0])
    data = path.read_bytes()
    for change, where, text in edits:
        data = change(data, where, text.encode())
    path.write_bytes(_crlf(data, 0, b"") if crlf else data)
    for root in (Path(book.root), without_state(book)):
        verdicts = verify(root)
        assert exit_code(verdicts) == 0, [one for one in verdicts if STATES[one.state]]
        shown = {entry.id: entry.body for entry in Notebook.open(str(root)).entries()}
        for receipt, body in zip(receipts, bodies, strict=True):
            assert shown[receipt.id] == body.replace("\r\n", "\n").replace("\r", "\n")
    shutil.rmtree(Path(book.root).with_name("clone"))


# Planted tampering


@dataclass(frozen=True)
class Sealed:
    """An entry of the untouched journal."""

    id: str
    file: str
    start: int
    stop: int  # the end of its sealed body
    header: str
    prev: str
    raw: bytes


def sealed_in(root: Path) -> list[Sealed]:
    found = []
    for path in day_files(root):
        for piece in dayfile.pieces(path.read_bytes()):
            end = piece.raw.index(b"\n```\n") + 6 + piece.values["len"]
            found.append(
                Sealed(
                    piece.values["id"], str(path.relative_to(root)), piece.offset,
                    piece.offset + end, piece.header, piece.values["prev"].partition(":")[2],
                    piece.raw,
                )
            )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def journal_of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 entries over 3 days by two writers, in the workspace of the first; all of it committed."""
    home = tmp_path_factory.mktemp("two")
    os.environ["XDG_STATE_HOME"] = str(home / "state")
    book = fresh(home / "ws")
    root = Path(book.root)
    git(root, "init", "-q", "-b", "main")
    other_root = home / "other"
    for number in range(30):
        if number % 10 == 0:
            shutil.rmtree(other_root, ignore_errors=True) if not number else None
            shutil.copytree(
                root,
                other_root,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns(".journal", ".git"),
            )
            other = Notebook.open(str(other_root))
        add(book if number % 2 else other, number, "```\nopen fence" if number % 7 == 3 else "")
        if number % 10 == 9:
            shutil.copytree(other_root / "journal", root / "journal", dirs_exist_ok=True)
            git(root, "add", "-A")
            git(root, "commit", "-qm", f"Day {number // 10}")
    assert exit_code(book.verify()) == 0
    return root


BYTES = [b"x", b" ", b"\n", b"#", b"`", b":", b"0", b"\\", b"\t", b"\xff", b"\0", "é".encode()]
CHUNKS = [b"really ", b"\n\n", b"\n## 10:00 x\n", b"```\n", b"id: 7\n", b"\n> quoted\n", b"---\n"]


def plant(root: Path, target: Sealed, chance: random.Random) -> str:
    """Change a random place of the target's sealed slice; what was done."""
    path = root / target.file
    data = path.read_bytes()
    at = chance.randrange(target.start, target.stop)
    kind = chance.choice(["flip", "flip", "insert", "delete"])
    size = chance.randint(1, 12) if kind == "delete" else int(kind == "flip")
    new = b"" if kind == "delete" else chance.choice(BYTES if kind == "flip" else CHUNKS)
    stop = min(at + size, target.stop)
    path.write_bytes(data[:at] + new + data[stop:])
    return f"{kind} {data[at:stop]!r} -> {new!r} at {at - target.start} of {target.id}"


def is_nothing(root: Path, entries: list[Sealed]) -> bool:
    """Whether every entry still reads as it was sealed: then what changed was no text of theirs."""
    now = {}
    for path in day_files(root):
        for piece in dayfile.pieces(seal.normal(path.read_bytes())):
            if piece.state == "intact":
                now[piece.header] = str(path.relative_to(root))
    return all(now.get(one.header) == one.file for one in entries)


def neighbours(target: Sealed, entries: list[Sealed]) -> set[str]:
    return {one.id for one in entries if one.prev == target.header or one.header == target.prev}


def accused(root: Path, target: Sealed) -> tuple[set[str], set[str]]:
    """Who is called changed: by id, and the target again where its very id was changed."""
    ids: set[str] = set()
    places: set[str] = set()
    data = (root / target.file).read_bytes()
    for verdict in verify(root):
        if verdict.state in ("intact", "handwritten", "elsewhere"):
            continue
        ids.add(verdict.id)
        places.add(verdict.id)
        assert STATES[verdict.state], verdict
        offset = sum(map(len, data.splitlines(keepends=True)[: max(verdict.line - 1, 0)]))
        if verdict.file == target.file and verdict.line and target.start - 2 <= offset:
            places.add("target") if offset <= target.stop + 16 else None
    return ids, places


def has_witness(target: Sealed, entries: list[Sealed]) -> bool:
    return any(one.prev == target.header for one in entries)


@pytest.mark.parametrize("state", ["spool", "bare", "spool+git", "git"])
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.soak) for n in range(1, 40))]
)
def test_tampering_at_random_places_is_found_and_pinned(
    journal_of_two: Path, tmp_path: Path, state: str, seed: int
) -> None:
    chance = random.Random(f"{seed} {state}")
    root = prepared(journal_of_two, tmp_path / "ws", state)
    entries = sealed_in(root)
    mine = {one.file for one in entries if one.file.count(".") == 1}
    found = nothing = 0
    with kept(journal_of_two, root):
        for _ in range(25):
            target = chance.choice(entries)
            before = (root / target.file).read_bytes()
            done = plant(root, target, chance)
            code, places = exit_code(verify(root)), accused(root, target)
            known = "git" in state or (state == "spool" and target.file in mine)
            if is_nothing(root, entries):
                assert code == 0, done
                nothing += 1
            elif known or code or has_witness(target, entries) or _body_only(root, target):
                assert code, done
                allowed = {target.id} | (set() if known else neighbours(target, entries))
                strangers = {one.id for one in entries} & places[0] - allowed
                assert not strangers, (done, places)
                assert {*places[1]} & {target.id, "target"} or (
                    not known and places[0] & neighbours(target, entries)
                ), (done, places)
                found += 1
            # else: the header of a chain's last entry, and nobody anywhere remembers it.
            (root / target.file).write_bytes(before)
    assert found > 15
    assert found + nothing <= 25


def _body_only(root: Path, target: Sealed) -> bool:
    data = seal.normal((root / target.file).read_bytes())
    return any(piece.header == target.header for piece in dayfile.pieces(data))


def prepared(source: Path, root: Path, state: str) -> Path:
    """The journal with or without spool and git. With its spool it must be the original folder."""
    if "spool" in state:
        if "git" not in state:
            (source / ".git").rename(source / "git-aside")
        return source
    drop = [".journal"] + ([] if "git" in state else [".git"])
    shutil.copytree(source, root, ignore=shutil.ignore_patterns(*drop))
    return root


class kept:  # noqa: N801 - reads as a with-statement's phrase
    """The shared journal is as it was, when the block ends."""

    def __init__(self, source: Path, root: Path) -> None:
        self.source = source
        self.texts = {path: path.read_bytes() for path in day_files(root)}

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        for path, text in self.texts.items():
            path.write_bytes(text)
        if (self.source / "git-aside").exists():
            (self.source / "git-aside").rename(self.source / ".git")


def whole_entry_plants(entries: list[Sealed]) -> Iterator[tuple[str, Sealed, Sealed]]:
    chance = random.Random(5)
    for _ in range(10):
        one, other = chance.sample(entries, 2)
        yield "delete", one, one
        yield "move", one, other
        yield "swap", one, other


@pytest.mark.parametrize("state", ["spool", "bare", "spool+git", "git"])
def test_entries_deleted_moved_and_swapped_are_found(
    journal_of_two: Path, tmp_path: Path, state: str
) -> None:
    root = prepared(journal_of_two, tmp_path / "ws", state)
    entries = sealed_in(root)
    with kept(journal_of_two, root):
        texts = {path: path.read_bytes() for path in day_files(root)}
        for what, one, other in whole_entry_plants(entries):
            _rearrange(root, what, one, other)
            code = exit_code(verify(root))
            ids = {v.id for v in verify(root) if STATES[v.state]}
            moved = {one.id, other.id} if what == "swap" else {one.id}
            known = "git" in state or (state == "spool" and one.file.count(".") == 1)
            if what != "delete" and one.file == other.file:
                assert code == 0, (what, one.id)  # a file's order is nothing: readers sort
            elif what == "delete" and not known and not has_witness(one, entries):
                assert code == 0  # the last of its chain, and nobody anywhere remembers it
            else:
                assert code, (what, one, other)
                near = set().union(*(neighbours(x, entries) for x in (one, other)))
                assert ids <= moved | (set() if known or what != "delete" else near), (what, ids)
                assert what == "delete" or moved <= ids, (what, ids, moved)
                assert ids
            for path, text in texts.items():
                path.write_bytes(text)


def _rearrange(root: Path, what: str, one: Sealed, other: Sealed) -> None:
    path, target = root / one.file, root / other.file
    a, b = one.raw.rstrip(b"\n") + b"\n\n", other.raw.rstrip(b"\n") + b"\n\n"
    mark = b"<<here>>"
    path.write_bytes(path.read_bytes().replace(one.raw, mark))
    if what == "swap":
        target.write_bytes(target.read_bytes().replace(other.raw, a))
        path.write_bytes(path.read_bytes().replace(mark, b))
    else:
        path.write_bytes(path.read_bytes().replace(mark, b""))
        if what == "move":
            target.write_bytes(target.read_bytes().rstrip(b"\n") + b"\n\n" + a)
