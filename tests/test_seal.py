"""From drafts to sealed slices and back: exact, unforgeable, and refused with a clear error."""

import calendar
import datetime as dt
import json
import re
import tarfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from strategies import FRAGMENTS, SEPARATORS, bodies, drafts, expected, golden, typed, words

from journal import dayfile, openblock, seal
from journal.entry import Draft
from journal.errors import FormatError, JournalError, UsageError
from journal.preamble import long_date

ID = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"
AT = "2026-11-21T14:03:22.123456+01:00"
GENESIS = seal.genesis(ID, "anna-7f3c9e", "main")
PREAMBLE = b"---\nschema: journal/day@1\ndate: 2026-11-21\n---\n\n# Saturday, 21 November 2026\n\n"
VIEWERS = [
    MarkdownIt("commonmark", {"maxNesting": 1_000}),
    MarkdownIt("commonmark", {"maxNesting": 1_000}).enable("table"),
]


def sealing(**changed: Any) -> seal.Sealing:
    return seal.Sealing({"body": b"text"} | changed)


def sealed(draft: Draft, git: str = "", seq: int = 1, prev: str = GENESIS) -> bytes:
    keys = (*seal.TEXT_KEYS, "namespace", "fields", "meta")
    given = {key: getattr(draft, key) for key in keys}
    body = draft.body.encode() if isinstance(draft.body, str) else draft.body
    try:
        _, piece = sealing(**given, body=body, tags=list(draft.tags)).seal(ID, AT, git, seq, prev)
    except FormatError as error:
        assume(error.kind != "header-too-large")
        raise
    return piece


def read(piece: dayfile.Piece) -> dict[str, Any]:
    """A piece in the words of `strategies.expected`."""
    known = {*seal.GIVEN, *seal.DRAFT_KEYS}
    shown = {
        key: piece.values.get(key, "") for key in ("role", "actor", "session", "path", "parent")
    }
    shown |= {"title": piece.title, "kind": piece.values["kind"], "body": piece.body.decode()}
    fields = {key: value for key, value in piece.values.items() if key not in known}
    shown |= {"fields": typed(fields), "meta": typed(piece.values.get("meta", {}))}
    return shown | {"tags": tuple(piece.values.get("tags", ()))}


def lines_of_headings(viewer: MarkdownIt, text: bytes) -> set[int]:
    """The lines (from 0) where level-0 second headings that begin with a time of day stand."""
    tokens = viewer.parse(text.decode())
    return {
        token.map[0]
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.tag == "h2"
        if token.map and re.match(r"\d\d:\d\d", inline.content)
    }


def check_day(given: list[Draft]) -> None:
    """So many drafts in one day file are n entries as they were, and n headings in every viewer."""
    slices = [sealed(draft) for draft in given]
    data = PREAMBLE + b"\n".join(slices)
    assert seal.normal(data) == data
    parts = dayfile.split(data)
    assert parts.preamble == PREAMBLE
    assert len(parts.slices) == len(given)
    found = dayfile.pieces(data)
    assert [piece.state for piece in found] == [dayfile.INTACT] * len(given)
    assert [piece.postscript for piece in found] == [b""] * len(given)
    assert [read(piece) for piece in found] == [expected(draft) for draft in given]
    # The front matter belongs to the file, not to its Markdown.
    front = PREAMBLE.index(b"\n---\n") + 5
    starts = {data.count(b"\n", front, offset) for offset, _ in parts.slices}
    for viewer in VIEWERS:
        assert starts <= lines_of_headings(viewer, data[front:])


@given(st.lists(drafts(), min_size=1, max_size=3))
@example([Draft(body="## 10:00\n2. ```\n   ```\n"), Draft(body="x")])
@example([Draft(body="x", tags=("12345678901234567890E12345", "@" * 26))])
@example([Draft(body="x", actor="@" * 26, token="-" * 36, meta={"<<": 1})])
def test_every_draft_comes_back(given: list[Draft]) -> None:
    check_day(given)


@given(st.lists(bodies, min_size=1, max_size=4))
def test_every_body_comes_back_and_forges_nothing(texts: list[str]) -> None:
    check_day([Draft(body=text) for text in texts])


@given(words)
def test_every_title_comes_back(title: str) -> None:
    check_day([Draft(body="x", title=title), Draft(body="x", title=title, role=title and "user")])


def test_every_fragment_comes_back_from_everywhere() -> None:
    for text in FRAGMENTS:
        body = f"{text}\nx" if not text.strip() else text
        check_day(
            [
                Draft(body=body, title=text, actor=text, tags=(text,), meta={text: text}),
                Draft(body=f"x{text}", fields={"status": text, "no": [text, {text: None}]}),
            ]
        )


@pytest.mark.parametrize("separator", SEPARATORS)
def test_no_line_separator_makes_a_boundary(separator: str) -> None:
    forged = f"x{separator}## 10:00 forged{separator}```yaml entry{separator}id: x{separator}```"
    check_day([Draft(body=forged, title=forged, tags=(forged,), meta={forged: forged})])


def test_the_examples_of_commonmark_come_back(dev_data: Path) -> None:
    with tarfile.open(dev_data / "transcripts-dev.tar.xz") as archive:
        file = archive.extractfile("parsing/commonmark/spec.json")
        assert file is not None
        examples = [case["markdown"] for case in json.load(file)]
    assert len(examples) > 600
    taken = [text for text in examples if text.strip()]
    check_day([Draft(body=text, title=text, tags=(text,), meta={"k": text}) for text in taken])
    for text in taken:
        check_day([Draft(body=text), Draft(body="after")])


@given(st.binary(), st.binary())
def test_stuffing_is_undone_and_hides_every_boundary(one: bytes, other: bytes) -> None:
    for body in (one, one + b"\n## 10:00" + other, b"\\## 10:00" + one + b"\n\\\\## 10:00" + other):
        stored = seal.stuff(body)
        assert seal.unstuff(stored) == body
        assert not re.search(rb"(?m)^## [0-9][0-9]:[0-9][0-9]", stored)


@pytest.mark.parametrize(
    ("body", "stored"),
    [case[1:] for case in golden("stuffing")],
    ids=[c[0] for c in golden("stuffing")],
)
def test_stored_bodies(body: str, stored: str) -> None:
    assert seal.stuff(seal.normal(body.encode())).decode() == stored


@pytest.mark.parametrize(
    ("given", "wanted"),
    [case[1:] for case in golden("headings")],
    ids=[c[0] for c in golden("headings")],
)
def test_headings(given: str, wanted: str) -> None:
    role, _, title = given.strip().partition(" ")
    header, _ = sealing(title=json.loads(title), role=role.strip("-")).seal(ID, AT, "", 1, GENESIS)
    lines = header.decode().split("\n")
    shown = [lines[0], *(line for line in lines if line.startswith("title:"))]
    assert shown == wanted.removesuffix("\n").split("\n")


def test_a_slice_is_what_the_format_shows() -> None:
    draft: dict[str, object] = {
        "body": b"We index with **Whoosh**: pure Python, no server.", "title": "Chose Whoosh",
        "kind": "decision", "role": "assistant", "actor": "claude-code", "session": "spike",
        "path": "main", "parent": ID, "tags": ["search", "design"], "meta": {"k": "v: 1"},
        "fields": {"governs": ["a.py"], "status": "accepted"},
    }  # fmt: skip
    header, piece = seal.Sealing(draft).seal(ID, AT, "main@3f2a9c1d0b7e", 812, f"811:{GENESIS[2:]}")
    assert header.decode() == (
        "## 14:03:22 assistant · Chose Whoosh\n\n```yaml entry\n"
        f"id: {ID}\nat: {AT}\nkind: decision\nstatus: accepted\nrole: assistant\n"
        f'actor: claude-code\nsession: spike\npath: main\nparent: {ID}\ngoverns: ["a.py"]\n'
        'tags: [search, design]\nmeta: {"k": "v: 1"}\ngit: main@3f2a9c1d0b7e\nseq: 812\n'
        f"prev: 811:{GENESIS[2:]}\nlen: 49\n"
        f"digest: {seal.digest(draft['body'])}\n```\n"  # type: ignore[arg-type]
    )
    assert piece == header + b"\n" + draft["body"] + b"\n"  # type: ignore[operator]


def test_an_open_fence_is_closed_and_the_header_says_so() -> None:
    header, piece = sealing(body=b"````\n## 10:00\n```").seal(ID, AT, "", 1, GENESIS)
    assert b'\ncloses: "````"\n' in header
    assert piece.endswith(b"\n```\n````\n")
    assert dayfile.parse(piece).body == b"````\n## 10:00\n```"


REFUSED: list[tuple[dict[str, Any], str]] = [
    *(({key: "1"}, "reserved-key") for key in seal.GIVEN),
    *(({"fields": {key: "1"}}, "reserved-key") for key in seal.GIVEN),
    ({"colour": "red"}, "unknown-key"),
    ({"fields": {"title": "x"}}, "bad-name"),
    ({"fields": {"tags": "x"}}, "bad-name"),
    ({"fields": {"No": "x"}}, "bad-name"),
    ({"fields": {"a: b": "x"}}, "bad-name"),
    ({"fields": {"a\nid": "x"}}, "bad-name"),
    ({"kind": "poem"}, "unknown-kind"),
    ({"kind": "Note"}, "unknown-kind"),
    ({"role": "a b"}, "bad-name"),
    ({"role": "a\nb"}, "bad-name"),
    ({"session": "../x"}, "bad-name"),
    ({"path": "a//b"}, "bad-name"),
    ({"parent": "a b"}, "bad-name"),
    ({"namespace": "../.git"}, "bad-name"),
    ({"namespace": "Main"}, "bad-name"),
    ({"title": 1}, "bad-field"),
    ({"actor": ["x"]}, "bad-field"),
    ({"tags": "x"}, "bad-field"),
    ({"tags": [1]}, "bad-field"),
    ({"tags": [""]}, "bad-field"),
    ({"tags": {"x": 1}}, "bad-field"),
    ({"meta": [1]}, "bad-field"),
    ({"meta": {1: "x"}}, "bad-field"),
    ({"meta": {"a": {None: 1}}}, "bad-field"),
    ({"meta": {"a": {1, 2}}}, "bad-field"),
    ({"meta": {"a": float("nan")}}, "bad-field"),
    ({"meta": {"a": b"x"}}, "bad-field"),
    ({"fields": "x"}, "bad-field"),
    ({"title": "\ud800"}, "not-utf8"),
    ({"tags": ["\udfff"]}, "not-utf8"),
    ({"meta": {"\ud800": 1}}, "not-utf8"),
    ({"meta": {"a": ["\ud800"]}}, "not-utf8"),
    ({"fields": {"a": "\ud800"}}, "not-utf8"),
    ({"token": "\ud800"}, "not-utf8"),
    ({"body": b"\xff"}, "not-utf8"),
    ({"body": "\ud800".encode(errors="surrogatepass")}, "not-utf8"),
    ({"body": b"a\0b"}, "nul-in-body"),
    ({"body": b""}, "empty-body"),
    ({"body": b" \n\t\r\n"}, "empty-body"),
    ({"body": "text"}, "bad-field"),
    ({"body": None}, "bad-field"),
    ({"body": b"x" * (seal.MAX_BODY + 1)}, "body-too-large"),
]


@pytest.mark.parametrize(
    ("changed", "kind"), REFUSED, ids=[f"{kind}-{n}" for n, (_, kind) in enumerate(REFUSED)]
)
def test_what_can_not_be_an_entry_is_refused(changed: dict[str, Any], kind: str) -> None:
    with pytest.raises(JournalError) as caught:
        sealing(**changed)
    assert caught.value.kind == kind
    assert isinstance(
        caught.value, UsageError if kind.endswith(("-key", "-name", "-kind")) else FormatError
    )
    if kind != "bad-field":
        assert caught.value.hint


@pytest.mark.parametrize(
    "changed",
    [{"title": "x" * seal.MAX_HEADER}, {"tags": ["tag"] * 4_000}, {"meta": {"k": "é" * 9_000}}],
)
def test_a_header_over_16_kib_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(FormatError) as caught:
        sealing(**changed).seal(ID, AT, "", 1, GENESIS)
    assert caught.value.kind == "header-too-large"


def test_depth_is_limited() -> None:
    def nested(depth: int) -> Any:
        return {"a": [nested(depth - 2)]} if depth > 1 else ["x"] if depth else "x"

    check_day([Draft(body="x", meta={"k": nested(seal.MAX_DEPTH - 1)})])
    with pytest.raises(FormatError, match="nested more than"):
        sealing(meta={"k": nested(seal.MAX_DEPTH)})


def test_the_largest_body_comes_back() -> None:
    body = b"## 10:00\n" * (seal.MAX_BODY // 9)
    _, piece = sealing(body=body).seal(ID, AT, "", 1, GENESIS)
    found = dayfile.parse(piece)
    assert found.state == dayfile.INTACT
    assert found.body == body


@given(st.dates())
def test_long_dates(day: dt.date) -> None:
    month = calendar.month_name[day.month]
    weekday = calendar.day_name[day.weekday()]
    assert long_date(day.isoformat()) == f"{weekday}, {day.day} {month} {day.year}"


@given(st.binary())
def test_normal_bytes_have_one_line_end(data: bytes) -> None:
    assert seal.normal(data) == data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert seal.normal(seal.normal(data)) == seal.normal(data)


@pytest.mark.soak
def test_twenty_thousand_drafts() -> None:
    @given(st.lists(drafts(), min_size=1, max_size=3))
    def come_back(given: list[Draft]) -> None:
        check_day(given)

    come_back()


@given(
    st.lists(
        st.sampled_from(["`", "```", "````", "~~~", "\n", "a", " ", "<", "- ", "> "]), max_size=14
    )
)
def test_a_body_that_is_one_fenced_block_is_closed_as_the_scanner_says(parts: list[str]) -> None:
    for body in ("".join(parts), "```" + "".join(parts) + "\n```", "```" + "".join(parts)):
        assert seal._closing(body.encode()) == openblock.closing(body)
