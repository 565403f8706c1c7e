"""Slices and files without what is struck: pure, to the byte."""

from __future__ import annotations

import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from strategies import drafts
from strikes import SECRET

from journal import dayfile, seal
from journal.chain import slice_digest
from journal.dayfile import EDITED, INTACT
from journal.errors import FormatError
from journal.header import known
from journal.masking import Masking
from journal.redaction import DEFAULT
from journal.spool import encode, scan
from journal.strike.reseal import draft_of, masked
from journal.strike.stroke import Stroke, in_day, in_spool, in_tokens, stub_of

PREV = "6:sha256:" + "a" * 64
KEY = b"k" * 32
A, B = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "01KAJ2X7Q0M3C4V5B6N7Q8W9E1"


class Nothing(Masking):
    """Looks, and finds nothing."""

    def __init__(self) -> None:
        super().__init__(DEFAULT, KEY, None)

    def text(self, text: str) -> str:
        return text

    def name(self, key: str, text: str) -> str:
        del key
        return text

    def _namespace(self, namespace: str) -> None:
        del namespace


def masking() -> Masking:
    return Masking(DEFAULT, KEY, None)


def sealed(entry_id: str = A, seq: int = 7, **draft: object) -> bytes:
    draft = {"body": b"A body.", "kind": "note", **draft}
    at = "2026-11-21T14:03:22.123456+01:00"
    return seal.Sealing(draft).seal(entry_id, at, "main@" + "0" * 12, seq, PREV)[1]


@given(drafts(fields=strategies.fields.filter(lambda f: "attachments" not in f)))
def test_a_draft_taken_from_its_slice_seals_the_same(draft: object) -> None:
    given_ = {key: getattr(draft, key) for key in
              ("title", "kind", "role", "actor", "session", "path", "parent")}  # fmt: skip
    given_ |= {key: getattr(draft, key) for key in ("tags", "meta", "fields")}
    given_["body"] = draft.body.encode()  # type: ignore[attr-defined]
    try:
        raw = sealed(**given_)
    except FormatError:
        return  # too large a header
    piece = dayfile.parse(raw)
    assert piece.state == INTACT
    again = seal.Sealing(draft_of(piece))
    values = piece.values
    _, new = again.seal(values["id"], values["at"], "", values["seq"], values["prev"])
    assert new == raw
    assert masked(piece, Nothing()) is None


def test_everything_of_a_sealed_slice_is_masked_and_its_place_stays() -> None:
    raw = sealed(
        body=f"The token is {SECRET}, see.\n\n".encode(), title=f"About {SECRET}",
        session=SECRET, role="assistant", tags=["a", SECRET], meta={"deep": [{"x": SECRET}]},
        fields={"status": "accepted", "why": f"for {SECRET}"}, token=f"t-{SECRET}",
    )  # fmt: skip
    raw += f"\nTyped below: {SECRET}\n".encode()
    piece = dayfile.parse(raw)
    finder = masking()
    new = masked(piece, finder)
    assert new
    assert SECRET.encode() not in new
    now = dayfile.parse(new)
    assert now.state == INTACT
    place = ("id", "at", "seq", "prev", "kind", "role", "status")
    assert [now.values[key] for key in place] == [piece.values[key] for key in place]
    assert now.postscript.startswith(b"Typed below: [redacted:github-")
    assert len(finder.found) == 8
    assert now.values["session"].startswith("redacted-github-")
    assert masked(now, again := masking()) is None
    assert again.found == []


def test_a_secret_in_the_postscript_alone_leaves_the_seal_as_it_was() -> None:
    raw = sealed()
    piece = dayfile.parse(raw + f"\nTyped: {SECRET}\n".encode())
    new = masked(piece, masking())
    assert new
    assert new.startswith(raw)
    assert dayfile.parse(new).header == dayfile.parse(raw).header


def test_an_edited_slice_is_masked_where_it_stands() -> None:
    raw = sealed(body=b"One.\nTwo.").replace(b"Two.", f"Two. {SECRET}".encode())
    piece = dayfile.parse(raw)
    assert piece.state == EDITED
    new = masked(piece, masking())
    assert new
    head, _, tail = raw.partition(SECRET.encode())
    assert new.startswith(head)
    assert new.endswith(tail)
    assert SECRET.encode() not in new


def test_a_handwritten_slice_is_masked_where_it_stands() -> None:
    text = (
        f"## 10:00 Key {SECRET}\n\n```yaml entry\nsession: {SECRET}\ntags: [a]\n```\n\n{SECRET}\n"
    )
    new = masked(dayfile.parse(text.encode()), masking())
    assert new
    lines = new.decode().split("\n")
    assert SECRET not in new.decode()
    assert lines[0].startswith("## 10:00 Key [redacted:")
    assert lines[4] == "tags: [a]"


def test_a_slice_that_claims_a_seal_without_a_place_is_masked_where_it_stands() -> None:
    body = f"see {SECRET}"
    digest = seal.digest(body.encode())
    text = f"## 10:00\n\n```yaml entry\nlen: {len(body)}\ndigest: {digest}\n```\n\n{body}\n"
    piece = dayfile.parse(text.encode())
    assert piece.state == INTACT
    new = masked(piece, masking())
    assert new
    assert SECRET.encode() not in new


NUMBERS = {
    "of": A, "what": "purge", "old": "sha256:" + "1" * 64, "new": "sha256:" + "2" * 64,
    "now": "sha256:" + "3" * 64, "was": "sha256:" + "4" * 64,
    "where": "journal/main/2026/2026-11-21.md:4",
}  # fmt: skip


class Everything(Nothing):
    """Takes every text for a secret, but for keys."""

    def text(self, text: str) -> str:
        if text in ("why", *NUMBERS):
            return text
        self.found.append("all")
        return f"[{len(text)}]"


@pytest.mark.parametrize("kind", ["amend", "adopt", "forget", "redact"])
def test_what_an_entry_says_of_others_is_never_masked(kind: str) -> None:
    """Or nobody could tell any more which entry it accepts."""
    raw = sealed(kind=kind, title="A title", fields={**NUMBERS, "why": "because"})
    new = masked(dayfile.parse(raw), Everything())
    assert new
    now = dayfile.parse(new)
    assert now.state == INTACT
    assert {key: now.values[key] for key in NUMBERS} == NUMBERS
    assert b"because" not in new
    assert b"A title" not in new
    assert b"A body." not in new


def test_what_another_kind_says_under_these_names_is_masked() -> None:
    new = masked(dayfile.parse(sealed(kind="note", fields={"of": "a word"})), Everything())
    assert new
    assert b"a word" not in new


def test_ids_and_digests_stay_where_a_slice_is_masked_where_it_stands() -> None:
    raw = sealed(kind="forget", fields={"of": A, "new": NUMBERS["new"]}, body=b"One.")
    raw = raw.replace(b"One.", b"Two.")
    new = masked(dayfile.parse(raw), Everything())
    assert new
    assert b"Two." not in new
    for line in (f"id: {A}", f"prev: {PREV}", f"of: {A}", f"new: {NUMBERS['new']}"):
        assert line.encode() in new


def test_text_above_the_first_heading_is_masked_from_its_first_byte() -> None:
    for text in (f"{SECRET}\nMore.", f"## {SECRET}\nMore.", f"\n```yaml entry\n{SECRET}\n```"):
        new = masked(dayfile.parse(text.encode()), masking())
        assert new, text
        assert SECRET.encode() not in new


# Files

PIECES = st.sampled_from(
    [
        sealed(A), sealed(A) + b"\nTyped below.\n", sealed(B), b"## 10:00 Typed\n\nText\n\n\n",
        b"## 10:00 Typed\r\n\r\nText\r\n", b"## 11:00 Old\rMac\r", b"\n", b"\r\n", b"\r",
        b"id: " + A.encode() + b"\n", b"## 12:00\n", b"## 12:00 " + A.encode() + b"\n",
    ]
)  # fmt: skip
TOPS = st.sampled_from(
    [
        b"", b"---\nschema: x\n---\n\n# Day\n\n", b"# Text\n\nText\n\n", b"Text\n", b"\xef\xbb\xbf",
        b"---\r\nschema: x\r\n---\r\n\r\n# Day\r\n\r\nText above\r\n\r\n",
    ]
)  # fmt: skip
FILES = st.tuples(TOPS, st.lists(PIECES, max_size=6)).map(
    lambda parts: parts[0] + b"".join(parts[1])
)
FILES = st.tuples(FILES, st.booleans()).map(
    lambda one: seal.normal(one[0]).replace(b"\n", b"\r\n") if one[1] else one[0]
)


def named(data: bytes) -> list[str]:
    return [
        str(piece.values["id"]) if piece.header else dayfile.hand_id(piece)
        for piece in dayfile.pieces(seal.normal(data))
    ]


@given(FILES, st.data())
def test_what_is_struck_goes_and_the_rest_stays_to_the_byte(
    data: bytes, choose: st.DataObject
) -> None:
    ids = named(data)
    wanted = choose.draw(st.sampled_from([*ids, B, "h-000000000000"]))
    stub = stub_of(dayfile.parse(sealed(wanted))) if not wanted.startswith("h-") else b""
    strokes = {wanted: Stroke(wanted, purge=True, stub=stub)}
    new = in_day(data, strokes)
    assert in_day(new, strokes) == new
    if wanted not in ids:
        assert new == data
        return
    before, after = dayfile.pieces(seal.normal(data)), dayfile.pieces(seal.normal(new))
    kept = [piece.raw.strip(b"\n") for piece, one in zip(before, ids, strict=True) if one != wanted]
    assert [piece.raw.strip(b"\n") for piece in after if not dayfile.is_stub(piece)] == kept
    assert sum(map(dayfile.is_stub, after)) == (0 if not stub else ids.count(wanted))
    if data.count(b"\r\n") == data.count(b"\n") > 0:
        assert new.count(b"\r\n") == new.count(b"\n")
    # What stood before the first and after the last that went.
    first, last = ids.index(wanted), len(ids) - 1 - ids[::-1].index(wanted)
    head = before[first].offset
    assert seal.normal(new)[:head] == seal.normal(data)[:head]
    end = before[last].offset + len(before[last].raw)
    tail = seal.normal(data)[end:]
    assert seal.normal(new).endswith(tail)
    if b"\r\n" not in data and first == last:
        assert new.startswith(data[:head])
        assert new.endswith(data[end:])


def test_the_text_above_goes_from_where_it_stands() -> None:
    data = b"# same\n\nsame\n\n## 10:00 x\n"
    wanted = named(data)[0]
    assert in_day(data, {wanted: Stroke(wanted, purge=True)}) == b"# same\n\n## 10:00 x\n"


def test_a_record_keeps_its_place_and_loses_text_and_token() -> None:
    facts = {"path": "journal/main/2026/2026-11-21.md", "writer": "w", "seq": 7, "id": A,
             "branch": "main", "token": "t1"}  # fmt: skip
    raw = sealed(A, body=b"The text.")
    data = (
        encode(facts, raw) + b'\n{"len": 9, torn The text.\n' + encode(facts | {"id": B}, sealed(B))
    )
    stub = stub_of(dayfile.parse(raw))
    new = in_spool(data, {A: Stroke(A, purge=True, stub=stub)})
    records, torn = scan(new)
    assert ([r.id for r in records], torn) == ([A, B], 0)
    assert records[0].slice == stub
    assert records[0].facts["branch"] == "main"
    assert "token" not in records[0].facts
    assert b"The text." not in new
    # A stub that somebody changed in the day file doesn't spoil the spool's own place.
    other = stub.replace(b"seq: 7", b"seq: 9")
    again = in_spool(data, {A: Stroke(A, purge=True, stub=other)})
    assert scan(again)[0][0].slice == stub


def test_a_token_stays_and_its_digest_goes() -> None:
    line = f"{'0' * 64} {A} 2026-11-21T14:03 journal/x 7 sha256:{'b' * 64}"
    data = f"{line}\n{line.replace(A, B)}\n".encode()
    new = in_tokens(data, {A: Stroke(A, purge=True)}).decode().split("\n")
    assert new == [line.rpartition(" ")[0] + " -", line.replace(A, B), ""]


def test_a_redaction_changes_only_the_slice_it_was_made_for() -> None:
    raw = sealed(A, body=b"The text.")
    stroke = Stroke(A, purge=False, instead={slice_digest(raw): b"## 10:00 else\n"})
    assert in_day(raw + b"\n\n", {A: stroke}) == b"## 10:00 else\n\n\n"
    assert in_day(raw + b"\nMore\n", {A: stroke}) == raw + b"\nMore\n"


def test_known_reads_the_stub() -> None:
    piece = dayfile.parse(stub_of(dayfile.parse(sealed())))
    assert dayfile.is_stub(piece)
    assert known(piece, "2026-11-21", lambda: None)["id"] == A  # type: ignore[arg-type,return-value]
