"""Day files in parts: nothing is lost, nothing raises, and hand edits are no false alarm."""

import json

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import FRAGMENTS, bodies, drafts, golden, normal, texts
from test_seal import PREAMBLE, sealed

from journal import dayfile, seal, tail
from journal.dayfile import EDITED, INTACT, TORN, UNSEALED
from journal.entry import Draft

SLICE = sealed(Draft(body="one\n\ntwo", title="t"))
# What day files are made of, in any order.
BITS = st.lists(
    st.one_of(
        st.sampled_from([text.encode() for text in FRAGMENTS]),
        st.sampled_from(
            [PREAMBLE, SLICE, SLICE[:40], SLICE[60:], b"\n", b"\n\n", b"---\n", b"\xef\xbb\xbf",
             b"## 10:00", b"\n## 10:00 x\n", b"\n```yaml entry\n", b"\n```\n", b"len: 9" * 20,
             b"len: -1",
             b"\nlen: 99999999999999999999\n", b"\nlen: true\n", b"\ndigest: 5\n", b"\nid: 5\n",
             b"\xff",
             b"\ncloses: [x]\n", b"\nseq: [1]\n", b"\ntitle: {a: b}\n", b"\xed\xa0\x80"]
        ),
        st.binary(max_size=8),
    ),
    max_size=12,
).map(b"".join)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wanted"),
    [case[1:] for case in golden("dayfiles")],
    ids=[c[0] for c in golden("dayfiles")],
)
def test_day_files_of_other_hands(given: str, wanted: str) -> None:
    found = [
        [piece.clock, piece.state, piece.title, piece.body.decode(), piece.postscript.decode()]
        for piece in dayfile.pieces(given.encode())
    ]
    assert found == [json.loads(line) for line in wanted.splitlines()]


@given(BITS)
@example(b"")
@example(b"no entry")
@example(b"\xef\xbb\xbf")
@example(b"---\n## 10:00\n---\n")
@example(b"## 10:00\n\n```yaml entry\nid: x\nlen: 99999999999\n```\n\nx")
@example(b"## 10:00\n\n```yaml entry\nid: x\nlen: " + b"9" * 5_000 + b"\n```\n\nx")
@example(b"## 10:00\n\n```yaml entry\nmeta: " + b"[" * 16_000 + b"\n```\n\nx")
def test_the_parts_are_the_whole_and_nothing_raises(data: bytes) -> None:
    parts = dayfile.split(data)
    assert parts.preamble + b"".join(raw for _, raw in parts.slices) == data
    assert all(data[offset : offset + len(raw)] == raw for offset, raw in parts.slices)
    assert all(dayfile.BOUNDARY.match(raw) for _, raw in parts.slices)
    assert list(tail.starts(data)) == [offset for offset, _ in parts.slices]
    tail.standing(data)
    found = dayfile.pieces(data)
    assert [piece.offset for piece in found] == sorted({piece.offset for piece in found})
    assert len(found) - len(parts.slices) in (0, 1)
    for piece in found:
        assert data[piece.offset :].startswith(piece.raw)
        assert piece.state in (INTACT, EDITED, TORN, UNSEALED)
        assert dayfile.hand_id(piece).startswith("h-")
    for _, raw in parts.slices:
        dayfile.link_of(raw)


@given(BITS)
def test_no_handwritten_text_is_lost(data: bytes) -> None:
    """Every word outside of headers is in some body, postscript, title or header of a piece."""
    marked = data + b"\n\nunmistakable\n"
    found = dayfile.pieces(marked)
    if found:  # else the file's own front matter or title holds it
        assert b"unmistakable" in found[-1].raw


def all_of(piece: dayfile.Piece) -> list[object]:
    return [getattr(piece, name) for name in piece.__slots__]


def test_crlf_and_lone_cr_verify_as_they_are() -> None:
    data = PREAMBLE + SLICE + b"\n" + sealed(Draft(body="## 10:00\n```\nopen"))
    for newline in (b"\r\n", b"\r"):
        found = dayfile.pieces(seal.normal(data.replace(b"\n", newline)))
        assert [all_of(piece) for piece in found] == [all_of(p) for p in dayfile.pieces(data)]
        assert [piece.state for piece in found] == [INTACT, INTACT]


HAND = st.sampled_from(
    ["Mine.", "  indented", "- a list", "```\nfence\n```", "", "\n\n", "ü", "# not an entry", "\t"]
)


@given(st.lists(drafts(), min_size=1, max_size=3), st.data())
def test_hand_edits_are_no_false_alarm(given: list[Draft], data: st.DataObject) -> None:
    slices = [sealed(draft) for draft in given]
    clean = dayfile.pieces(PREAMBLE + b"\n".join(slices))
    written = []
    for number, piece in enumerate(slices):
        edit = data.draw(st.sampled_from(["none", "below", "close below", "entry", "blanks"]))
        text = data.draw(HAND).encode()
        last = number == len(slices) - 1
        written.append(
            piece
            + {
                "none": b"",
                "below": b"\n" + text + b"\n",
                "close below": text + b"\n",
                "entry": b"\n## 15:10 By hand\n\n" + text + b"\n",
                "blanks": b"\n" * 3,
            }[edit if not last or edit != "close below" else "below"]
        )
    whole = PREAMBLE + b"\n".join(written)
    if data.draw(st.booleans()):
        whole = whole.rstrip(b"\n") + b"\n" * data.draw(st.integers(0, 2))
    if data.draw(st.booleans()):
        whole = whole.replace(b"\n", b"\r\n")
    found = [piece for piece in dayfile.pieces(seal.normal(whole)) if piece.header]
    assert [piece.state for piece in found] == [INTACT] * len(given)
    assert [piece.body for piece in found] == [piece.body for piece in clean]


@given(bodies, st.data())
def test_a_changed_body_is_edited_and_shown_as_it_is(text: str, data: st.DataObject) -> None:
    piece = sealed(Draft(body=text))
    body = normal(text).encode()
    start = piece.index(b"\n```\n\n") + 6
    at = data.draw(st.integers(start, start + len(seal.stuff(body)) - 1))
    changed = piece[:at] + data.draw(st.sampled_from([b"", b"Z", b"z\n"])) + piece[at + 1 :]
    assume(changed.rstrip(b"\n") != piece.rstrip(b"\n"))
    found = dayfile.parse(changed)
    if found.state == INTACT:  # a newline moved over to what stands beyond
        assert found.body == body
    else:
        assert found.state == EDITED
        assert found.header
        assert found.trouble


@pytest.mark.parametrize("cut", range(len(SLICE)))
def test_a_slice_cut_anywhere_is_never_intact_with_another_body(cut: int) -> None:
    found = dayfile.pieces(SLICE[:cut])
    for piece in found:
        assert piece.state != INTACT or piece.body == b"one\n\ntwo"
    if SLICE.index(b"```yaml entry\n") + 14 <= cut < SLICE.index(b"\n```\n") + 4:
        assert found[0].state == TORN
        assert dayfile.parse(SLICE[:cut]).state == dayfile.TORN


def test_the_link_is_the_headers_digest() -> None:
    header = SLICE[: SLICE.index(b"\n```\n") + 5]
    assert dayfile.link_of(SLICE) == (1, seal.digest(header))
    assert dayfile.link_of(SLICE + b"\nMine.\n") == (1, seal.digest(header))
    assert dayfile.link_of(b"## 10:00 x\n\ntext\n") is None


@given(texts)
def test_handwritten_text_keeps_its_id_while_it_stays(text: str) -> None:
    raw = seal.normal(f"## 10:00 {text}\n".encode())
    one, other = dayfile.pieces(raw)[0], dayfile.pieces(raw.rstrip(b"\n") + b"\n\n\n")[0]
    assert dayfile.hand_id(one) == dayfile.hand_id(other)


def test_the_file_s_front_matter() -> None:
    assert dayfile.front_matter(PREAMBLE) == {"schema": "journal/day@1", "date": "2026-11-21"}
    assert dayfile.front_matter(b"\xef\xbb\xbf" + PREAMBLE)["date"] == "2026-11-21"
    assert dayfile.front_matter(b"# Saturday\n") == {}
    assert dayfile.front_matter(b"---\n---\n") == {}
