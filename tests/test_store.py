"""Reading real folders: every entry once, in order, whatever else lies there."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal.daypath import day_files
from journal.entry import Draft, Entry
from journal.notebook import Notebook
from journal.selection import Selection
from journal.store import Store
from journal.workspace import init

DAY = "2026-11-21"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init(str(tmp_path))
    file = tmp_path / "journal.toml"
    lines = file.read_text().splitlines(keepends=True)
    zone = ['timezone = "UTC"\n' if line.startswith("timezone") else line for line in lines]
    file.write_text("".join(zone))
    return tmp_path


def write(root: Path, name: str, text: str | bytes, namespace: str = "main") -> Path:
    file = root / "journal" / namespace / name[:4] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def read(root: Path) -> tuple[list[Entry], list[str]]:
    """Every entry, oldest first, and the codes of the findings."""
    store = Store(str(root))
    entries = list(store.entries())[::-1]
    return entries, [finding.code for finding in store.reading.findings]


def bodies(root: Path) -> list[str]:
    return [entry.body for entry in read(root)[0]]


def test_a_folder_without_a_journal_is_empty(root: Path) -> None:
    assert read(root) == ([], [])


def test_handwritten_entries_are_notes_of_a_human(root: Path) -> None:
    write(root, f"{DAY}.md", "Above.\n\n## 09:30 First #1\n\none\n## 15:10:05\ntwo\n")
    entries, findings = read(root)
    assert findings == []
    assert [(e.body, e.title, e.at) for e in entries] == [
        ("Above.", "", f"{DAY}T00:00:00.000000+00:00"),
        ("one", "First #1", f"{DAY}T09:30:00.000000+00:00"),
        ("two", "", f"{DAY}T15:10:05.000000+00:00"),
    ]
    for entry in entries:
        assert (entry.kind, entry.role, entry.sealed) == ("note", "human", False)
        assert entry.id.startswith("h-")
        assert len(entry.id) == 14
    assert [entry.source.line for entry in entries] == [1, 3, 6]


def test_twins_are_two_entries(root: Path) -> None:
    write(root, f"{DAY}.md", "## 10:00 a\n\nsame\n\n## 10:00 a\n\nsame\n")
    ids = [entry.id for entry in read(root)[0]]
    assert ids[1] == f"{ids[0]}-2"


def test_a_handwritten_header_is_taken_at_its_word(root: Path) -> None:
    block = "kind: task\nrole: user\ntags: [NO, 1.10, true, 2026]\n"
    block += "status: open\nmeta: {a: 1}\nmood: good"
    write(root, f"{DAY}.md", f"## 10:00 Do it\n\n```yaml entry\n{block}\n```\n\nNow.\n")
    (entry,), findings = read(root)
    assert findings == []
    assert (entry.kind, entry.role, entry.title, entry.body) == ("task", "user", "Do it", "Now.")
    assert entry.tags == ("NO", "1.10", "true", "2026")
    assert entry.meta == {"a": 1}
    assert list(entry.fields.items()) == [("status", "open"), ("mood", "good")]


def test_unknown_kinds_and_keys_are_kept_and_told(root: Path) -> None:
    write(root, f"{DAY}.md", "## 10:00\n\n```yaml entry\nkind: poem\nmeter: iamb\n```\n\nx\n")
    (entry,), findings = read(root)
    assert findings == ["unknown-kind"]
    assert (entry.kind, entry.fields) == ("poem", {"meter": "iamb"})


@pytest.mark.parametrize(
    ("block", "code"),
    [("a: [", "handwritten"), ("a: 1\na: 2", "handwritten"), ("a: *x", "handwritten"),
     ("id: x\nlen: 1\ndigest: sha256:0", "edited"), ("digest: 5", "edited")],
)  # fmt: skip
def test_a_broken_header_is_a_finding(root: Path, block: str, code: str) -> None:
    write(
        root,
        f"{DAY}.md",
        f"## 10:00 t\n\n```yaml entry\n{block}\n```\n\ntext\n\n## 11:00\n\nnext\n",
    )
    entries, findings = read(root)
    assert findings == [code]
    assert [entry.body for entry in entries] == ["text", "next"]


def test_a_torn_header_is_a_finding(root: Path) -> None:
    write(root, f"{DAY}.md", "## 10:00\n\nx\n\n## 11:00\n\n```yaml entry\nid: 01KA")
    entries, findings = read(root)
    assert findings == ["torn"]
    assert [entry.body for entry in entries] == ["x", "id: 01KA"]


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_of_other_systems(root: Path, newline: str, bom: str) -> None:
    notebook = Notebook.open(str(root))
    receipt = notebook.append(Draft(body="one\n\n```\ntwo", title="t"))
    file = root / receipt.file
    text = file.read_bytes().decode() + "\n## 23:59 Hand\n\nlast"
    file.write_bytes((bom + text.replace("\n", newline)).encode())
    entries, findings = read(root)
    assert findings == []
    assert [entry.body for entry in entries] == ["one\n\n```\ntwo", "last"]
    assert entries[0].source.line == receipt.line
    assert {verdict.state for verdict in notebook.verify()} == {"intact", "handwritten"}


def test_a_postscript_is_shown_with_its_entry(root: Path) -> None:
    notebook = Notebook.open(str(root))
    file = root / notebook.append(Draft(body="one")).file
    with file.open("a") as day:
        day.write("\n\nMine.\nToo.\n\n\n")
    (entry,), findings = read(root)
    assert findings == []
    assert (entry.body, entry.postscript) == ("one", "Mine.\nToo.")
    assert notebook.append(Draft(body="two")).notices == ()
    assert [e.postscript for e in read(root)[0]] == ["Mine.\nToo.", ""]


def test_invalid_utf8_is_read_as_far_as_it_makes_sense(root: Path) -> None:
    write(
        root,
        f"{DAY}.md",
        b"## 10:00 \xff\n\nca\xe9\n\n## 11:00\n\n```yaml entry\na: \xfe\n```\n\nb\n",
    )
    entries, findings = read(root)
    assert [(entry.title, entry.body) for entry in entries] == [("\ufffd", "ca\ufffd"), ("", "b")]
    assert findings == ["handwritten"]


def test_odd_names_are_read_once(root: Path) -> None:
    notebook = Notebook.open(str(root))
    receipt = notebook.append(Draft(body="sealed", at=NOON))
    file = root / receipt.file
    with file.open("a") as day:
        day.write("\n## 13:00 Hand\n\ntwin\n\n## 13:00 Hand\n\ntwin\n")
    copy = file.with_name(f"{DAY}.sync-conflict-20261121-101112-ABCDEFG.md")
    shutil.copy(file, copy)
    with copy.open("a") as day:
        day.write("\n## 14:00 Only in the copy\n\nmore\n")
    entries, findings = read(root)
    assert findings == ["odd-name"]
    assert [entry.body for entry in entries] == ["sealed", "twin", "twin", "more"]
    assert [entry.source.file for entry in entries[:3]] == [receipt.file] * 3
    assert len({entry.id for entry in entries}) == 4


@pytest.mark.parametrize(
    "name", ["2026-11-21 (copy).md", "2026-11-21.UPPER.md", "2026-11-21.p1.md", "2026-11-21.p02.md",
             "2026-11-21-notes.md", "notes.md", "2026-11-21.\x1b[31m.md", "2026-11-21.a.b.md"]
)  # fmt: skip
def test_every_md_file_of_a_year_is_read(root: Path, name: str) -> None:
    file = root / "journal" / "main" / "2026" / name
    file.parent.mkdir(parents=True)
    file.write_text("## 10:00 a\n\none\n")
    entries, findings = read(root)
    assert [entry.body for entry in entries] == ["one"]
    assert findings == ["odd-name"]


def test_other_files_and_folders_are_left_alone(root: Path) -> None:
    for name in ("2026-11-21.txt", ".2026-11-21.md", "2026-11-21.md~", "2026-11-21.md.new"):
        write(root, name if name[0] != "." else f"2026{name}", "## 10:00\n\nx\n")
    for folder in ("Main/2026", "main/20x6", "../outside", "main/attachments"):
        path = root / "journal" / folder
        path.mkdir(parents=True, exist_ok=True)
        (path / "2026-11-21.md").write_text("## 10:00\n\nno\n")
    kept = root / "journal" / "main" / "2026" / "2026.2026-11-21.md"
    kept.unlink()
    assert bodies(root) == []


def test_what_can_not_be_read_is_a_finding(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("## 10:00\n\nsecret\n")
    write(root, "2026-11-20.md", "## 10:00\n\nread\n")
    year = root / "journal" / "main" / "2026"
    (year / "2026-11-21.md").mkdir()
    (year / "2026-11-22.md").symlink_to(outside)
    (year / "2026-11-23.md").symlink_to("nowhere.md")
    (root / "journal" / "main" / "2025").symlink_to(outside.parent)
    (outside.parent / "2025-01-01.md").write_text("## 10:00\n\nsecret\n")
    entries, findings = read(root)
    assert [entry.body for entry in entries] == ["read"]
    assert findings.count("unreadable") >= 3


ODD_TIMES = [
    ("0001-01-01", "00:00"), ("0001-01-01", "23:59"), ("9999-12-31", "23:59"),
    ("9999-12-31", "00:00"),
    ("2026-02-30", "10:00"), ("2026-99-99", "10:00"), ("0000-01-01", "10:00"),
    ("2026-11-21", "99:99"),
    ("2026-11-21", "24:00"), ("2026-03-29", "02:30"), ("2026-10-25", "02:30"),
]  # fmt: skip
ODD_AT = [
    "", "x", "5", "[1]", "2026-02-30", "2026-11-21", "2026-W47-6", "20261121T1403",
    "2026-11-21x14:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00",
    "9999-12-31T23:59",
    "2026-11-21T14:03:22.123456789+01:00", "2026-11-21T14:03:22+25:00", "2026-11-21T25:00:00+00:00",
]  # fmt: skip


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"]
)
def test_dates_and_times_there_are_not(root: Path, zone: str) -> None:
    config = root / "journal.toml"
    config.write_text(config.read_text().replace('"UTC"', f'"{zone}"'))
    for number, (date, time) in enumerate(ODD_TIMES):
        write(root, f"{date}.w{number}.md", f"## {time} {date}\n\nx\n")
    for number, at in enumerate(ODD_AT):
        block = f"```yaml entry\nat: {at}\n```"
        write(root, f"2026-12-{number + 1:02d}.md", f"## 10:00 {number}\n\n{block}\n\nx\n")
    store = Store(str(root))
    entries = list(store.entries())
    assert len(entries) == len(ODD_TIMES) + len(ODD_AT)
    assert all(entry.moment.tzinfo for entry in entries)
    low, high = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for since, until in ((low, None), (None, high), (low, high), (high, None), (None, low)):
        list(store.entries(Selection(since=since, until=until)))


def test_order_over_writers_parts_and_shards(root: Path) -> None:
    write(root, f"{DAY}.md", "## 10:00\n\na\n\n## 12:00\n\nc\n")
    write(root, f"{DAY}.p2.md", "## 09:00\n\nlate\n\n## 14:00\n\ne\n")
    write(root, f"{DAY}.p10.md", "## 15:00\n\nf\n")
    write(root, f"{DAY}.bob-1.md", "## 11:00\n\nb\n")
    write(root, f"{DAY}.bob-1.p2.md", "## 13:00\n\nd\n")
    write(root, f"{DAY}.md", "## 12:30\n\nw\n", namespace="work")
    write(root, "2026-11-20.bob-1.md", "## 23:00\n\nbefore\n")
    entries, findings = read(root)
    assert findings == []
    assert [e.body for e in entries] == ["before", "late", "a", "b", "c", "w", "d", "e", "f"]
    first = Store(str(root)).config.writer
    assert [e.writer for e in entries] == [
        "bob-1",
        first,
        first,
        "bob-1",
        first,
        first,
        "bob-1",
        first,
        first,
    ]
    files = day_files(str(root), "main")
    assert {(day.date, day.writer, day.part) for day in files} == {
        (DAY, "", 1), (DAY, "", 2), (DAY, "", 10), (DAY, "bob-1", 1), (DAY, "bob-1", 2),
        ("2026-11-20", "bob-1", 1),
    }  # fmt: skip


def test_of_one_instant_the_writer_then_the_number_decides(root: Path) -> None:
    def block(seq: int, name: str) -> str:
        at = f"{DAY}T10:00:00.000000+00:00"
        return f"## 10:00\n\n```yaml entry\nid: {name}\nat: {at}\nseq: {seq}\n```\n\n{name}\n\n"

    write(root, f"{DAY}.zoe.md", block(1, "z1"))
    write(root, f"{DAY}.adam.md", block(10, "a10") + block(2, "a2"))
    assert bodies(root) == ["a2", "a10", "z1"]


def test_offsets_count_not_wall_times(root: Path) -> None:
    for hour, offset in (("12", "+02:00"), ("11", "+00:00"), ("10", "-03:00")):
        head = f"## {hour}:00\n\n```yaml entry\nat: {DAY}T{hour}:00:00{offset}\n```\n"
        write(root, f"{DAY}.w{hour}.md", f"{head}\n{hour}\n")
    assert bodies(root) == ["12", "11", "10"]


def test_a_new_day_s_files_are_not_read_for_the_newest(root: Path) -> None:
    write(root, f"{DAY}.md", "## 10:00\n\nnew\n")
    (root / "journal" / "main" / "2026" / "2026-11-20.md").mkdir()  # unreadable, if it were read
    store = Store(str(root))
    assert next(store.entries()).body == "new"
    assert store.reading.findings == {}
    list(store.entries(Selection(since=NOON + timedelta(days=5))))
    assert store.reading.findings == {}


@pytest.fixture
def spooled(root: Path) -> Path:
    """A workspace whose last entry could not reach its day file, because a folder is in its way."""
    notebook = Notebook.open(str(root))
    notebook.append(Draft(body="filed", at=NOON))
    year = root / "journal" / "main" / "2026"
    (year / "2026-11-22.md").mkdir()
    receipt = notebook.append(
        Draft(body="waiting\n## 10:00", title="t", tags=("x",), at=NOON + timedelta(days=1))
    )
    assert receipt.durable
    assert len(receipt.notices) == 1
    return root


def test_what_waits_in_the_spool_is_read_too(spooled: Path) -> None:
    store = Store(str(spooled))
    entries = list(store.entries())
    assert [entry.body for entry in entries] == ["waiting\n## 10:00", "filed"]
    assert (entries[0].title, entries[0].tags, entries[0].source.line) == ("t", ("x",), 0)
    assert [e.body for e in store.entries(Selection(since=NOON + timedelta(hours=1)))] == [
        entries[0].body
    ]
    assert list(store.entries(Selection(namespace="work"))) == []
    notebook = Notebook.open(str(spooled))
    assert notebook.find(entries[0].id).body == entries[0].body
    assert notebook.raw(entries[0]).endswith(b"waiting\n\\## 10:00\n")


def test_a_disk_that_takes_files_again_gets_what_waited(spooled: Path) -> None:
    (spooled / "journal" / "main" / "2026" / "2026-11-22.md").rmdir()
    notebook = Notebook.open(str(spooled))
    notebook.append(Draft(body="later", at=NOON + timedelta(days=1, hours=1)))
    assert bodies(spooled) == ["filed", "waiting\n## 10:00", "later"]
    assert all(entry.source.line for entry in notebook.entries())
    assert {verdict.state for verdict in notebook.verify()} == {"intact"}


def test_a_torn_spool_is_a_finding(root: Path) -> None:
    Notebook.open(str(root)).append(Draft(body="x"))
    (spool,) = (root / ".journal" / "state" / "spool").glob("*.log")
    with spool.open("ab") as file:
        file.write(b'{"len": 99, "sha256": "')
    entries, findings = read(root)
    assert [entry.body for entry in entries] == ["x"]
    assert findings == ["torn-spool"]


def test_the_slice_as_it_stands_in_the_file(root: Path) -> None:
    notebook = Notebook.open(str(root))
    receipts = notebook.append_many([Draft(body=f"{number}\n") for number in range(3)])
    data = (root / receipts[0].file).read_bytes()
    slices = [notebook.raw(notebook.find(receipt.id)) for receipt in receipts]
    assert data.endswith(b"".join(slices))
    assert os.fsencode(receipts[1].id) in slices[1]
