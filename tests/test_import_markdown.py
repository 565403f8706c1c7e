"""Notes become entries: where they are cut, when they were, what is new when they grew."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.finding import Finding
from journal.importers.markdown import IMPORTER
from journal.importers.markdown.dates import of_heading, of_name, of_value
from journal.importers.markdown.places import files, named
from journal.importers.markdown.text import page
from journal.importers.markdown.titles import about
from journal.importers.markdown.units import units
from journal.importers.port import Item, Reading
from journal.seal import Sealing

LONG = "Something that was done, and why it was done so.\n" * 32


def write(root: Path, name: str, text: str | bytes) -> str:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


class Journal:
    """What was imported so far: the least that `known` needs."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        self.asked = 0
        self.left: dict[str, int] = {}

    def _known(self, ids: Any, session: str | None = None) -> dict[str, str]:
        assert session
        self.asked += 1
        return {it: self.ids[it] for it in ids if it in self.ids}

    def bring(self, file: str) -> tuple[list[Item], list[Finding]]:
        self.asked = 0
        reading = Reading(known=self._known, left=self.left, user="ada")
        read = list(IMPORTER.read(file, reading))
        items = [it for it in read if isinstance(it, Item)]
        assert self.asked <= 1
        for it in items:
            assert it.id not in self.ids
            self.ids[it.id] = it.draft.title
            sealed(it)
        return items, [it for it in read if isinstance(it, Finding)]


def sealed(item: Item) -> Sealing:
    """The journal takes it."""
    draft = item.draft
    keys = ("title", "kind", "role", "actor", "session", "git", "tags", "meta")
    assert isinstance(draft.body, str)
    return Sealing({key: getattr(draft, key) for key in keys} | {"body": draft.body.encode()})


def joined(items: list[Item]) -> str:
    return "".join(str(it.draft.body) for it in sorted(items, key=lambda it: it.line))


def said(items: list[Item]) -> list[tuple[object, str]]:
    return [(it.draft.at, it.draft.title) for it in items]


# A day of an agent, of a person, of an outline


DAY = f"""# 2026-02-03 - Ada's day

## 14:03 - Built the parser

{LONG}
```sh
# 14:30 no heading
## 15:00 nor this
```

### What it costs

Little.

## 11:20 AM UTC - Read about it

Much.

## Lessons

{LONG}"""


def test_a_day_is_cut_at_its_times(tmp_path: Path) -> None:
    file = write(tmp_path, "memory/2026-02-03.md", DAY)
    items, findings = Journal().bring(file)
    assert findings == []
    assert sorted(said(items)) == [
        ("2026-02-03T11:20:00+00:00", "Lessons"),
        ("2026-02-03T11:20:00+00:00", "Read about it"),
        ("2026-02-03T14:03:00", "Ada's day"),
    ]
    assert joined(items) == DAY
    first = next(it for it in items if it.draft.title == "Ada's day")
    assert (first.draft.kind, first.draft.role, first.draft.actor) == ("note", "human", "ada")
    assert (first.draft.git, first.line) == ("-", 1)
    assert re.fullmatch(r"memory/2026-02-03\.md#~[0-9a-f]{12}", first.id)


def test_what_is_told_out_of_order_comes_in_the_order_of_time(tmp_path: Path) -> None:
    last = "## 2026-01-29 (8:00 PM)\n\nlast\n\n### Details\n\nof it\n\n"
    text = f"{last}## 2026-01-28 (11:00 AM)\n\nfirst\n"
    items, _ = Journal().bring(write(tmp_path, "LOG.md", text))
    assert [it.draft.at for it in items] == ["2026-01-28T11:00:00", "2026-01-29T20:00:00"]
    assert joined(items) == text


def test_a_unit_without_a_time_has_the_one_before(tmp_path: Path) -> None:
    text = f"## 23:50 Late\n\n{LONG}\n## More\n\n{LONG}"
    items, _ = Journal().bring(write(tmp_path, "2026-02-03.md", text))
    assert said(items) == [("2026-02-03T23:50:00", "Late"), ("2026-02-03T23:50:00", "More")]


def test_a_short_note_is_one_entry(tmp_path: Path) -> None:
    text = "# Tuesday\n\n## Work\n\nSome.\n\n## Home\n\nLess.\n"
    items, _ = Journal().bring(write(tmp_path, "2026-02-03.md", text))
    assert said(items) == [("2026-02-03T00:00:00", "Tuesday")]


def test_front_matter_is_kept(tmp_path: Path) -> None:
    text = (
        "---\ntitle: On parsing\ndate: 2024-05-06 07:08\ntags:\n  - a/b\n  - '#c'\naliases: [P]\n"
        "role: assistant\n---\n\nText with a [[Link]].\n"
    )
    items, findings = Journal().bring(write(tmp_path, "Parsing.md", text))
    draft = items[0].draft
    assert (findings, len(items)) == ([], 1)
    assert (draft.at, draft.title, draft.tags) == (
        "2024-05-06T07:08:00",
        "On parsing",
        ("a/b", "c"),
    )
    assert draft.role == "assistant"
    assert draft.meta["aliases"] == ["P"]
    assert draft.meta["date"] == "2024-05-06 07:08"
    assert (draft.body, items[0].line) == ("\nText with a [[Link]].\n", 10)


@pytest.mark.parametrize(
    "block", ["a: [1\n", "a: &x 1\nb: *x\n", "a: !!python/object:os.system {}\n", "a: 1\na: 2\n"]
)
def test_bad_front_matter_stays_text(tmp_path: Path, block: str) -> None:
    text = f"---\n{block}---\nText.\n"
    items, findings = Journal().bring(write(tmp_path, "2024-01-01.md", text))
    assert [it.code for it in findings] == ["bad-front-matter"]
    assert joined(items) == text


def test_much_front_matter_stays_text(tmp_path: Path) -> None:
    text = f"---\nabout: {'x' * 5000}\n---\nText.\n"
    items, findings = Journal().bring(write(tmp_path, "2024-01-01.md", text))
    assert [it.code for it in findings] == ["front-matter-large"]
    assert (joined(items), items[0].draft.meta) == (text, {})


def test_text_between_rules_is_no_front_matter(tmp_path: Path) -> None:
    text = "---\nOnly text\n---\nMore.\n"
    items, findings = Journal().bring(write(tmp_path, "2024-01-01.md", text))
    assert (joined(items), findings) == (text, [])


def test_a_note_of_front_matter_alone_is_kept(tmp_path: Path) -> None:
    text = "---\nname: Ada\n---\n"
    items, _ = Journal().bring(write(tmp_path, "2024-01-01.md", text))
    assert (joined(items), items[0].draft.meta) == (text, {"name": "Ada"})


OUTLINE = """tags:: reading, [[big ideas]]
- Began a [book](https://example.org) about trees
\tid:: 65a1
\t- > quoted at some length, so that this block is one that can stand alone among the others,
\t  which takes some words more than anybody would write into a test without a reason for it
- 14:30 DONE Wrote to [[Bob]]
\t- ```sh
\t  - no block
\t  ```
-
- {long}
"""


def test_an_outline_is_cut_at_its_blocks(tmp_path: Path) -> None:
    text = OUTLINE.format(long=" ".join(["Walked, and thought of more."] * 60))
    items, _ = Journal().bring(write(tmp_path, "journals/2024_01_05.md", text))
    assert joined(items) == text
    assert items[0].draft.title == "Began a book about trees"
    assert items[0].draft.tags == ("reading", "big ideas")
    assert items[1].draft.at == "2024-01-05T14:30:00"


def test_a_page_is_called_like_its_file(tmp_path: Path) -> None:
    file = write(tmp_path, "pages/Projects___Tree%3F.md", "type:: project\n- one\n- two\n")
    items, _ = Journal().bring(file)
    assert (items[0].draft.title, items[0].draft.meta) == ("Projects/Tree?", {"type": "project"})


# Identity and growth


def test_a_second_import_gives_nothing(tmp_path: Path) -> None:
    journal = Journal()
    file = write(tmp_path, "memory/2026-02-03.md", DAY)
    assert journal.bring(file)[0]
    assert journal.bring(file) == ([], [])
    write(tmp_path, "memory/2026-02-03.md", DAY.replace("\n", "\r\n"))
    assert journal.bring(file) == ([], [])


def test_a_grown_note_gives_the_new_part(tmp_path: Path) -> None:
    journal = Journal()
    short = "# 2026-02-03\n\nA little.\n"
    file = write(tmp_path, "2026-02-03.md", short)
    assert joined(journal.bring(file)[0]) == short
    longer = short + "\n- and more\n"
    write(tmp_path, "2026-02-03.md", longer)
    (item,), _ = journal.bring(file)
    assert item.draft.body == "- and more\n"
    assert item.draft.title.endswith("(continued)")
    text = longer + f"\n## Much\n\n{LONG}\n## 15:00 End\n\n{LONG}{LONG}"
    write(tmp_path, "2026-02-03.md", text)
    items, _ = journal.bring(file)
    assert joined(items) == text[len(longer) :].lstrip("\n")
    assert journal.bring(file) == ([], [])


def test_a_changed_section_comes_again_alone(tmp_path: Path) -> None:
    journal = Journal()
    file = write(tmp_path, "memory/2026-02-03.md", DAY)
    journal.bring(file)
    write(tmp_path, "memory/2026-02-03.md", DAY.replace("Much.", "Very much."))
    (item,), _ = journal.bring(file)
    assert item.draft.body == "## 11:20 AM UTC - Read about it\n\nVery much.\n\n"


def test_the_same_section_twice_is_two_entries(tmp_path: Path) -> None:
    journal = Journal()
    text = "## 10:00\n\nAll well.\n\n## 10:00\n\nAll well.\n"
    file = write(tmp_path, "2026-02-03.md", text)
    items, _ = journal.bring(file)
    assert [it.id[-2:] == "-2" for it in items] == [False, True]
    # What a section begins with is no old part of it if that is another section's text.
    write(tmp_path, "2026-02-03.md", text + "\n## 10:00\n\nAll well.\n\nBut cold.\n")
    (item,), _ = journal.bring(file)
    assert item.draft.body == "## 10:00\n\nAll well.\n\nBut cold.\n"


@pytest.mark.parametrize("marker", [".obsidian", ".git", "logseq/config.edn", "journal.toml"])
def test_a_note_has_one_name_wherever_it_is_imported_from(tmp_path: Path, marker: str) -> None:
    write(tmp_path, f"My vault/{marker}", "")
    file = write(tmp_path, "My vault/daily/2026/2026-02-03.md", "x")
    assert files(str(tmp_path)) == files(str(tmp_path / "My vault" / "daily")) == [file]
    assert named(file) == ("My vault", "daily/2026/2026-02-03.md")
    assert named(os.path.relpath(file)) == named(file)
    items, _ = Journal().bring(file)
    assert items[0].draft.session == "My-vault"


def test_a_vault_without_a_mark_is_the_folder_around_its_days(tmp_path: Path) -> None:
    assert named(str(tmp_path / "agent/memory/2026-02-03-x.md")) == (
        "agent",
        "memory/2026-02-03-x.md",
    )
    assert named(str(tmp_path / "diary/2026/02/03.md")) == ("diary", "2026/02/03.md")
    assert named(str(tmp_path / "notes/idea.md")) == ("notes", "idea.md")


# Files


def test_files_are_notes_by_their_date(tmp_path: Path) -> None:
    wanted = ["b/2024-01-02.md", "a/2024_01_03.MD", "2024-01-04.markdown", "undated.md"]
    for name in wanted:
        write(tmp_path, name, "x")
    os.utime(tmp_path / "undated.md", (1704500000, 1704500000))
    for name in [".hidden.md", ".trash/x.md", "node_modules/x.md", "logseq/bak/x.md", "x.txt"]:
        write(tmp_path, name, "x")
    write(tmp_path, "ours/journal.toml", "")
    days = write(tmp_path, "ours/journal/main/2024/2024-01-01.md", "x")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    (tmp_path / "broken.md").symlink_to(tmp_path / "nowhere")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.md")
    assert files(str(tmp_path)) == [str(tmp_path / name) for name in wanted]
    assert files(days) == files(str(tmp_path / "nowhere")) == []
    assert files(str(tmp_path / "undated.md")) == [str(tmp_path / "undated.md")]
    assert IMPORTER.places() == ()


def test_notes_without_a_date_are_told_once_a_run(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        os.utime(write(tmp_path, name, f"# Idea {name}\n"), (1704500000, 1704500000))
    for _ in range(2):
        journal = Journal()
        brought = [journal.bring(file) for file in IMPORTER.files(str(tmp_path))]
        assert [it.draft.at for items, _ in brought for it in items] == [
            "2024-01-06T00:13:20+00:00"
        ] * 2
        assert [it.code for _, found in brought for it in found] == ["no-time"]


@pytest.mark.parametrize(
    ("data", "text", "codes"),
    [
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße", []),
        ("\ufeffGrüße\r\n".encode("utf-16-le"), "Grüße\n", []),
        ("\ufeffGrüße".encode("utf-16-be"), "Grüße", []),
        (b"Gr\xfc\xdfe\rnext", "Gr\ufffd\ufffde\nnext", ["bad-text"]),
        (b"a long line with one\0NUL", "a long line with one\u2400NUL", []),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, text: str, codes: list[str]) -> None:
    items, findings = Journal().bring(write(tmp_path, "2024-01-01.md", data))
    assert (joined(items), [it.code for it in findings]) == (text, codes)


def test_what_is_no_note_is_said(tmp_path: Path) -> None:
    journal = Journal()
    assert journal.bring(write(tmp_path, "a.md", bytes(range(256)) * 9))[1][0].code == "not-text"
    assert journal.bring(write(tmp_path, "b.md", "\n- \n")) == ([], [])
    assert journal.bring(str(tmp_path / "gone.md"))[1][0].code == "unreadable"
    assert journal.left == {"binary file": 1, "empty note": 1}


def test_links_stay_and_files_shown_are_counted(tmp_path: Path) -> None:
    text = "![a](img/a.png) ![[b.pdf]] ![[Other note]] ![web](https://x.org/c.png) [d](d.md)\n"
    journal = Journal()
    assert joined(journal.bring(write(tmp_path, "2024-01-01.md", text))[0]) == text
    assert list(journal.left.values()) == [2]


def test_a_huge_note_is_kept_whole_beside_its_entry(tmp_path: Path) -> None:
    text = "word " * 300_000
    (item,), _ = Journal().bring(write(tmp_path, "2024-01-01.md", text))
    assert len(str(item.draft.body)) <= 1 << 20
    assert [(it.name, it.text, it.always) for it in item.wholes] == [("2024-01-01.md", text, True)]


# Dates


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("14:03 Build", "None", "14:03:00"),
        ("Reflection - 2026-03-08 04:11 UTC", "2026-03-08", "04:11:00+00:00"),
        ("Launch (added 1:52 PM)", "None", "13:52:00"),
        ("11:30-11:45 five of them", "None", "11:30:00"),
        ("Started: 2026-02-15 23:32 GMT+8", "2026-02-15", "23:32:00+08:00"),
        ("2024-01-02T03:04:05-05:00", "2024-01-02", "03:04:05-05:00"),
        ("Daily Log — March 1, 2026", "2026-03-01", "None"),
        ("12:05 AM", "None", "00:05:00"),
        ("John 3:16", "None", "None"),
        ("What came before (from 2026-03-22 16:04)", "None", "None"),
        ("2026-02-31", "None", "None"),
        ("Ratio 16:9, version 1.2.3", "None", "None"),
    ],
)
def test_what_a_heading_says_of_its_time(text: str, day: str, clock: str) -> None:
    stamp = of_heading(text)
    assert (str(stamp.day), str(stamp.time)) == (day, clock)


@pytest.mark.parametrize(
    ("name", "day", "clock"),
    [
        ("memory/2026-02-04-morning", "2026-02-04", "None"),
        ("journals/2026_02_04", "2026-02-04", "None"),
        ("2026-02-16_13-22-08Z-take", "2026-02-16", "13:22:08+00:00"),
        ("202602161322 idea", "2026-02-16", "13:22:00"),
        ("2026-02-04-2026-02-05", "2026-02-04", "None"),
        ("2024/01-January/03-Wed", "2024-01-03", "None"),
        ("January 3rd, 2021", "2021-01-03", "None"),
        ("0013-userdata", "None", "None"),
        ("2026-13-01", "None", "None"),
    ],
)
def test_what_a_name_says_of_its_day(name: str, day: str, clock: str) -> None:
    stamp = of_name(name)
    assert (str(stamp.day), str(stamp.time)) == (day, clock)


def test_what_a_value_says() -> None:
    values = ["2024-01-02", 1609459200, 1609459200000, "Jan 3, 2021", 7, None, ["2024-01-02"]]
    days = [str(of_value(value).day) for value in values]
    assert days == ["2024-01-02", "2021-01-01", "2021-01-01", "2021-01-03", "None", "None", "None"]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("04:05 WITA — First Check", "First Check"),
        ("Email Check (8:10 PM)", "Email Check"),
        ("Routing Fix - 2026-03-08 12:35", "Routing Fix"),
        ("Agent (gpt-5.5 2026-06-16 09:40:36Z)", "Agent (gpt-5.5)"),
        ("2026-02-03 (CST)", ""),
        ("Session: 2026-02-03 04:44:33 UTC", ""),
        ("Plan (12:00-18:00)", "Plan"),
    ],
)
def test_what_a_heading_is_about(heading: str, title: str) -> None:
    assert about(heading) == title


# Whatever is written


LINES = st.sampled_from(
    [
        "# Title",
        "## Part",
        "### 14:03 Time",
        "## 2024-02-03 10:00",
        "**15:00 Bold**",
        "```",
        "~~~~",
        "- block",
        "- 09:00 block",
        "\t- inner",
        "- ```sh",
        "key:: value",
        "",
        "",
        "---",
        "<!--",
        "-->",
        "text",
        "text " * 50,
        "> quote",
        "> ```",
        "<pre>",
        "</pre>",
        "Head\n====",
        "    ```",
        "1. ```",
    ]
)
NOTES = st.lists(LINES, max_size=60).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(NOTES, st.booleans(), st.booleans(), st.sampled_from([0, 200, 5000]))
def test_units_joined_are_the_text(text: str, dated: bool, outline: bool, short: int) -> None:
    found = units(text, short, dated=dated, outline=outline)
    assert "".join(text[it.start : it.end] for it in found) == text
    assert len(found) == 1 or all(text[it.start : it.end] for it in found[:-1])


def fenced(text: str) -> Iterator[int]:
    """Where the lines of the plainest fenced code begin: at the margin, by the same marks."""
    end, at = "", 0
    for line in text.split("\n"):
        if end:
            yield at
            if line == end:
                end = ""
        elif line in ("```", "~~~~"):
            end = line
        at += len(line) + 1


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["## A", "## 10:00 B", "```", "~~~~", "x" * 500, "", "---", "- c", "**11:00 d**"]
        ),
        max_size=40,
    ).map("\n".join)
)
def test_no_cut_falls_into_fenced_code(text: str) -> None:
    inside = set(fenced(text))
    assert not inside & {it.start for it in units(text, 0, dated=True, outline=False)}


@settings(max_examples=60, deadline=None)
@given(NOTES, NOTES)
def test_all_of_a_grown_note_is_there(
    tmp_path_factory: pytest.TempPathFactory, old: str, more: str
) -> None:
    root = tmp_path_factory.mktemp("notes")
    journal, words = Journal(), []
    for text in (old, f"{old}\n\n{more}"):
        file = write(root, "2024-01-01.md", text)
        items, findings = journal.bring(file)
        words += [line for it in items for line in str(it.draft.body).split("\n")]
        body = page(file, text.encode())
        assert not isinstance(body, Finding)
        told = {key for it in items for key in it.draft.meta} | {it.code for it in findings}
        if body.text.replace("-", "").strip():
            missing = {it.strip() for it in body.text.split("\n")} - {it.strip() for it in words}
            assert not missing - {"", "-", "---"}, told
        assert journal.bring(file)[0] == []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | NOTES.map(str.encode) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = write(tmp_path_factory.mktemp("notes"), "n.md", data)
    journal = Journal()
    items, findings = journal.bring(file)
    read = page(file, data)
    if isinstance(read, Finding):
        assert (items, [it.code for it in findings]) == ([], ["not-text"])
    elif items:
        assert joined(items).strip() == read.text.strip()
    else:
        assert not read.text.replace("-", "").strip()


YAML = st.lists(
    st.sampled_from(
        [
            "title: x",
            "tags: [a, b]",
            "tags:",
            "  - c",
            "date: 2024-01-02",
            "a: {b: [",
            "'",
            "&a *a",
            "- x",
            "date: 99999999999999",
            "role: Human!",
            "tags: 3",
            "title: [1]",
            'x: "\\ud800"',
            "? y",
            "\t",
            "#",
        ]
    ),
    max_size=6,
).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(YAML)
def test_any_front_matter_is_read(tmp_path_factory: pytest.TempPathFactory, block: str) -> None:
    text = f"---\n{block}\n---\nText.\n"
    items, findings = Journal().bring(write(tmp_path_factory.mktemp("notes"), "n.md", text))
    begins = re.match(r"[#\s]*\w+:", block)
    assert joined(items) in ("Text.\n", text)
    assert joined(items) == "Text.\n" or findings or not begins
