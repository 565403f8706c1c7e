"""Links between entries: where they lead, who refers back, and on which line of which file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import faults
from test_notebook import KINDS, fresh
from test_schemas import Sample, sample

from journal.catalog.catalog import Catalog
from journal.entry import Draft, Entry
from journal.ids import matches
from journal.links import CatalogLookup, Link, Links, Named, body_line, links
from journal.markdown import folded, references
from journal.notebook import Book, Notebook
from journal.selection import Selection
from journal.source import Source
from journal.workspace import init

__all__ = ["sample"]
DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    init(str(tmp_path))
    return Notebook.open(str(tmp_path))


class Scan:
    """The lookup to compare with: it reads every entry."""

    def __init__(self, entries: Iterable[Entry], raw: Callable[[Entry], bytes]) -> None:
        self.entries = {entry.id: entry for entry in sorted(entries, key=lambda e: e.order)}
        self.slice = raw

    def named(self, piece: str) -> list[Named]:
        return [seen(e) for e in self.entries.values() if matches(piece, e.id)]

    def titled(self, title: str) -> list[Named]:
        return [seen(e) for e in self.entries.values() if e.title and folded(e.title) == title]

    def children(self, entry_id: str) -> list[Named]:
        return [seen(e) for e in self.entries.values() if e.parent == entry_id]

    def referring(self, kind: str, target: str) -> list[tuple[Named, int]]:
        return [
            (seen(entry), one.line)
            for entry in self.entries.values()
            for one in references(entry.body)
            if (one.kind, folded(one.target)) == (kind, target)
        ]

    def raw(self, one: Named) -> bytes:
        return self.slice(self.entries[one.id])


@dataclass(frozen=True)
class Seen:
    id: str
    title: str
    head: str
    file: str
    line: int


def seen(entry: Entry) -> Seen:
    return Seen(entry.id, entry.title, entry.head, entry.source.file, entry.source.line)


def of(notebook: Notebook, wanted: str) -> Links:
    """The links by the catalog; reading everything must come to the same."""
    entry = notebook.find(wanted)
    catalog = Catalog(notebook.root)
    catalog.catch_up()
    found = links(CatalogLookup(catalog), entry)
    catalog.close()
    assert records(found) == records(links(Scan(notebook.entries(), notebook.raw), entry))
    return found


def records(found: Links) -> list[list[dict[str, Any]]]:
    return [[link.record() for link in side] for side in (found.out, found.back)]


def text_at(notebook: Notebook, source: Source) -> str:
    lines = (Path(notebook.root) / source.file).read_text("utf-8").split("\n")
    return lines[source.line - 1]


def ids(link: Link) -> set[str]:
    return {one.id for one in link.entries}


@pytest.fixture
def soup(notebook: Notebook) -> dict[str, str]:
    """Entries about soup by name, and their ids."""
    made: dict[str, str] = {}

    def add(name: str, **fields: Any) -> None:
        made[name] = notebook.append(Draft(**fields)).id

    add("soup", body="Lentils.", title="Red Soup")
    add("twin", body="Lemons.", title="Twin")
    add("other", body="Limes.", title="TWIN")
    add(
        "hub",
        title="Hub",
        parent=made["soup"],
        body=f"\n\nSee [[red soup|the soup]], [[twin]],\n## 10:00\n{made['twin']} #Food\n"
        f"[[{made['other'][-8:].lower()}]] [[2026-11-21]] [[nowhere]] [[{made['soup'][:26]}#x]]\n"
        "00000000000000000000000000 [[2026-02-30]]",
    )
    return made


def test_where_references_lead(notebook: Notebook, soup: dict[str, str]) -> None:
    found = of(notebook, soup["hub"])
    assert [(link.kind, ids(link), link.day) for link in found.out] == [
        ("parent", {soup["soup"]}, ""),
        ("wikilink", {soup["soup"]}, ""),
        ("wikilink", {soup["twin"], soup["other"]}, ""),
        ("entry", {soup["twin"]}, ""),
        ("tag", set(), ""),
        ("wikilink", {soup["other"]}, ""),
        ("wikilink", set(), "2026-11-21"),
        ("wikilink", set(), ""),
        ("wikilink", {soup["soup"]}, ""),
        ("entry", set(), ""),
        ("wikilink", set(), ""),
    ]
    assert [link.label for link in found.out if link.label] == ["the soup"]
    assert found.back == ()


def test_the_line_of_each_reference(notebook: Notebook, soup: dict[str, str]) -> None:
    for link in of(notebook, soup["hub"]).out[1:]:
        assert link.target in text_at(notebook, link.source)
    for name in ("soup", "twin", "other"):
        for link in of(notebook, soup[name]).back:
            line = text_at(notebook, link.source).lower()
            assert link.kind == "child" or link.target.lower() in line


def test_who_refers_back(notebook: Notebook, soup: dict[str, str]) -> None:
    back = {name: of(notebook, soup[name]).back for name in ("soup", "twin", "other")}
    assert {name: [link.kind for link in found] for name, found in back.items()} == {
        "soup": ["child", "wikilink", "wikilink"],
        "twin": ["entry", "wikilink"],
        "other": ["wikilink", "wikilink"],
    }
    assert all(ids(link) == {soup["hub"]} for found in back.values() for link in found)


def test_a_day_or_a_piece_of_an_id_goes_before_a_title(notebook: Notebook) -> None:
    first = notebook.append(Draft(body="x", title="2026-11-21")).id
    second = notebook.append(Draft(body="x", title=first[-9:])).id
    third = notebook.append(Draft(body=f"[[2026-11-21]] [[{first[-9:]}]] [[{first[-7:]}]]")).id
    found = of(notebook, third)
    assert [(ids(link), link.day) for link in found.out] == [
        (set(), "2026-11-21"),
        ({first}, ""),
        (set(), ""),
    ]
    assert [link.target for link in of(notebook, first).back] == [first[-9:]]
    assert of(notebook, second).back == ()


def test_an_entry_is_no_backlink_of_itself(notebook: Notebook) -> None:
    made = notebook.append(Draft(body="[[Me]] and [[me]]\n[[Me]]", title="Me")).id
    found = of(notebook, made)
    assert [link.source.line for link in found.out] == [
        found.out[0].source.line,
        found.out[0].source.line + 1,
    ]
    assert found.back == ()


def test_an_entry_that_only_the_spool_has(notebook: Notebook) -> None:
    made = notebook.append(Draft(body="x", title="There"))
    waits = notebook.append(Draft(body="See\n[[There]]"))
    file = Path(notebook.root) / waits.file
    data = file.read_bytes()
    file.write_bytes(data[: data.rindex(b"\n## ")])
    (link,) = of(notebook, waits.id).out
    assert (ids(link), link.source.line) == ({made.id}, 0)
    (back,) = of(notebook, made.id).back
    assert (ids(back), back.source.line) == ({waits.id}, 0)


def test_names_of_one_entry_on_one_line_are_one_backlink(notebook: Notebook) -> None:
    made = notebook.append(Draft(body="x", title="Soup")).id
    notebook.append(Draft(body=f"[[soup]], [[Soup]], [[{made}]], {made}\n[[soup]]"))
    back = of(notebook, made).back
    first = min(link.source.line for link in back)
    assert [(link.kind, link.source.line - first) for link in back] == [
        ("entry", 0),
        ("wikilink", 0),
        ("wikilink", 1),
    ]


def test_a_whole_id_is_no_piece_of_its_twins(notebook: Notebook) -> None:
    receipt = notebook.append(Draft(body="x", at=DAY))
    file = Path(notebook.root) / receipt.file
    with file.open("a", encoding="utf-8") as day:
        day.write("\n## 09:00 a\n\nx\n\n## 09:00 a\n\nx\n")
    one, twin = sorted(e.id for e in notebook.entries() if not e.sealed)
    assert twin == f"{one}-2"
    hub = notebook.append(Draft(body=f"[[{one}]] {one} [[{twin}]] [[{one[:-1]}]]")).id
    assert [ids(link) for link in of(notebook, hub).out] == [{one}, {one}, {twin}, {one, twin}]
    assert [link.target for link in of(notebook, twin).back] == [twin]


def edited(text: str) -> str:
    return text.replace("Words", "\n\nOther words")


BY_HAND = "Above, see #x\n\n## 09:00\n\n\nOne #x\n## 09:05 Two\n\n```yaml entry\ntags: [a]\n```\n#x"
TORN = "## 10:00\n\n```yaml entry\nid: a\n#x\n"


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (BY_HAND, str),
        (TORN, str),
        ("\ufeff" + BY_HAND, str),
        ("", edited),
        ("", str),
    ],
    ids=["by hand", "torn", "byte order mark", "edited", "sealed"],
)
def test_the_line_of_a_reference_in_any_entry(
    notebook: Notebook, text: str, change: Callable[[str], str]
) -> None:
    receipt = notebook.append(Draft(body="\n\nWords\n## 11:00 stuffed\n#x", at=DAY))
    file = Path(notebook.root) / receipt.file
    sealed = file.read_text("utf-8")
    file.write_text(f"{text}\n" if text else change(sealed), "utf-8")
    tagged = [e for e in notebook.entries(Selection(tags=("x",))) if e.source.line]
    assert len(tagged) == text.count("#x") or not text
    assert tagged
    for entry in tagged:
        (link,) = of(notebook, entry.id).out
        assert "#x" in text_at(notebook, link.source)


def test_where_no_body_begins() -> None:
    assert body_line(0, b"## 10:00\n\nx") == 0
    assert body_line(5, b"") == 0


TITLES = ["", "Soup", "soup", "2026-11-21", "KAJ2X7Q0", "a|b"]
IDS = [f"01KAJ2X7Q0M3C4V5B6N7Q8W9E{number}" for number in range(5)]
TARGETS = [*TITLES, *IDS, IDS[0][:12], IDS[1][-8:], "h-0123456789ab", "nothing"]


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    def some(number: int) -> Entry:
        words = [f"[[{t}]]" if t not in IDS or draw(st.booleans()) else t for t in draw(targets)]
        return Entry(
            id=IDS[number], at="", moment=DAY, kind="note", title=draw(st.sampled_from(TITLES)),
            parent=draw(st.sampled_from(["", "", *IDS])), body="\n".join(words),
        )  # fmt: skip

    targets = st.lists(st.sampled_from(TARGETS), max_size=5)
    return [some(number) for number in range(draw(st.integers(1, len(IDS))))]


@given(journals())
def test_what_an_entry_refers_to_knows_it(entries: list[Entry]) -> None:
    lookup = Scan(entries, lambda _: b"")
    found = {entry.id: links(lookup, entry) for entry in entries}
    out = {
        (one, other.id, link.kind.replace("parent", "child"))
        for one, its in found.items()
        for link in its.out
        for other in link.entries
        if other.id != one or link.kind == "parent"
    }
    back = {
        (other.id, one, link.kind)
        for one, its in found.items()
        for link in its.back
        for other in link.entries
    }
    assert out == back


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    with fresh(request.param) as book:
        yield book


def test_tags_of_bodies_answer_too(book: Book) -> None:
    bodies = {
        "header": Draft(body="x", tags=("Soup", "red")),
        "body": Draft(body="a\n#soup and #RED `#green`"),
        "both": Draft(body="#red", tags=("soup",)),
        "neither": Draft(body="#red [[soup]]\n\n    #soup", tags=("green",)),
    }
    made = {book.append(draft).id: name for name, draft in bodies.items()}

    def tagged(*tags: str) -> set[str]:
        return {made[entry.id] for entry in book.entries(Selection(tags=tags))}

    assert tagged("soup") == {"header", "body", "both"}
    assert tagged("Soup") == {"header", "body", "both"}
    assert tagged("red") == {"header", "body", "both", "neither"}
    assert tagged("soup", "red") == {"header", "body", "both"}
    assert tagged("green", "red") == {"neither"}
    assert tagged("sou") == set()


def test_what_the_command_prints(sample: Sample) -> None:
    first = sample.json("append", "See [[Search with SQLite FTS5]] #x.")["id"]
    for words in (first, "8c80t317", "h-"):
        shown = sample.json("links", words)
        assert not faults("links", shown)
    assert faults("links", {**shown, "extra": 1})
    assert faults("links", {**shown, "out": [{"kind": "child"}]})
    back = sample.json("links", "8c80t317")["back"]
    assert [link["kind"] for link in back].count("wikilink") == 1
    assert sample.run("links", "nowhere").returncode == 2
