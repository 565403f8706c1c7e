"""What entries may accept: purges their stubs, redactions what they masked, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from strikes import SECRET, book, day, elsewhere, redact, states, unmasked, unsound
from test_chain import (
    WRITER,
    Remembered,
    Writing,
    changed,
    entry_id,
    five,
    header_of,
    judge,
)
from test_chain import states as judged

from journal import dayfile, hidden, seal
from journal.api import Journal
from journal.chain import slice_digest
from journal.entry import Draft, Receipt
from journal.verdicts import is_masked

__all__ = ["five"]  # a fixture

MASK = "[redacted:github-token:1a2b]"


def resealed(raw: bytes, body: str) -> bytes:
    """The slice with another body, sealed anew in the same place."""
    values = dayfile.parse(raw).values
    draft = {"body": body.encode(), "title": values.get("title", dayfile.parse(raw).title)}
    sealing = seal.Sealing(draft)
    return sealing.seal(values["id"], values["at"], "", values["seq"], values["prev"])[1]


def stub_of(raw: bytes) -> bytes:
    piece = dayfile.parse(raw)
    return hidden.stub(piece.clock, piece.values)


def accept(five: Writing, kind: str, now: bytes, **more: str) -> None:
    """Entry 6 accepts `now` in the place of entry 3."""
    fields = {"of": entry_id(3), "old": header_of(five.slices[3]), "new": slice_digest(now), **more}
    five.write(6, kind=kind, fields=fields)


def state(five: Writing, now: bytes, *past: bytes) -> str:
    texts = {**five.slices, 3: now}
    return judged(judge((WRITER, texts.values()), past=Remembered(past))).get(entry_id(3), "intact")


# Purges


def test_a_purge_accepts_its_stub_and_the_text_that_came_back(five: Writing) -> None:
    whole = five.slices[3]
    accept(five, "forget", stub_of(whole), what="purge")
    assert state(five, stub_of(whole)) == "forgotten"
    assert state(five, whole) == "forgotten"


@pytest.mark.parametrize("how", ["edited", "resealed", "said", "under the old header"])
def test_a_purge_accepts_no_other_text(five: Writing, how: str) -> None:
    whole = five.slices[3]
    now = {
        "edited": changed(whole, "Body 3", "Body 9"),
        "resealed": resealed(whole, "Forged"),
        "said": stub_of(whole).replace(b"\n```\n", b"  # said here\n```\n"),
        "under the old header": changed(whole, "Body 3", "Body 9"),
    }[how]
    accept(five, "forget", stub_of(whole) if how == "under the old header" else now, what="purge")
    assert state(five, now) == "edited"


def test_a_purge_of_another_stub_is_none(five: Writing) -> None:
    accept(five, "forget", b"## 10:00:00\n\nWhatever.", what="purge")
    assert state(five, five.slices[3]) == "intact"


def test_a_purge_takes_no_amendment_away(five: Writing) -> None:
    now = changed(five.slices[3], "Body 3", "Body 9")
    accept(five, "amend", now)
    five.write(7, kind="forget", fields={"of": entry_id(3), "new": slice_digest(now)})
    assert state(five, now) == "amended"


# Redactions


def test_a_redaction_accepts_what_differs_by_placeholders(five: Writing) -> None:
    whole = five.slices[3]
    masked, forged = resealed(whole, f"Body {MASK}"), resealed(whole, f"Corpse {MASK}")
    accept(five, "redact", masked)
    assert state(five, masked, whole) == state(five, masked) == "redacted"
    accept(five, "redact", forged)
    assert state(five, forged, whole) == "edited"
    assert state(five, forged) == "redacted"  # nobody has the text from before


def test_a_redaction_that_names_a_header_of_nobody_is_held_against_what_there_is(
    five: Writing,
) -> None:
    whole, forged = five.slices[3], resealed(five.slices[3], "Forged")
    accept(five, "redact", forged, old="sha256:" + "0" * 64)
    assert state(five, forged, whole, forged) not in ("redacted", "intact")


def test_of_two_redactions_the_text_in_between_may_be_nowhere(five: Writing) -> None:
    whole = resealed(five.slices[3], "One and two")
    once, twice = resealed(whole, f"{MASK} and two"), resealed(whole, f"{MASK} and {MASK}")
    accept(five, "redact", once)
    fields = {"of": entry_id(3), "old": header_of(once), "new": slice_digest(twice)}
    five.write(7, kind="redact", fields=fields)
    assert state(five, twice, whole) == state(five, twice, once, whole) == "redacted"


def test_a_redaction_accepts_no_slice_whose_seal_is_broken(five: Writing) -> None:
    now = changed(five.slices[3], "Body 3", f"Body {MASK}")
    accept(five, "redact", now)
    assert state(five, now) == "edited"


@pytest.mark.parametrize(
    ("text", "masked", "is_so"),
    [
        ("a secret b", f"a {MASK} b", True),
        ("a secret b", f"a {MASK} c", False),
        ("a  b", f"a {MASK} b", False),
        ("x=1 y=2 x=1 y=2", f"x={MASK} y={MASK}", True),
        ("x=1 y=2", f"x={MASK} y={MASK} z=3", False),
        (f"{MASK} and new", f"{MASK} and {MASK}", True),
        ("<private>a</private> b", "[private] b", True),
        ("abab", f"ab{MASK}ab", False),
        ("same", "same", True),
        ("same", "sama", False),
    ],
)
def test_masked_text(five: Writing, text: str, masked: str, is_so: bool) -> None:
    raw = five.slices[3]
    assert is_masked(resealed(raw, text), resealed(raw, masked)) is is_so
    retitled = changed(resealed(raw, masked), "Entry 3", "Entry 9")
    assert not is_masked(resealed(raw, text), retitled)


# What was amended and redacted then


def test_an_amended_text_that_was_redacted_stays_amended(five: Writing) -> None:
    amended = changed(five.slices[3], "Body 3", "Body 3, a secret, another")
    once, twice = changed(amended, "secret", MASK), changed(amended, "a secret, another", MASK)
    accept(five, "amend", amended)
    old = header_of(five.slices[3])
    for seq, was, now in ((7, amended, once), (8, once, twice)):
        digests = {"was": slice_digest(was), "now": slice_digest(now)}
        five.write(seq, kind="redact", fields={"of": entry_id(3), "old": old, **digests})
    assert {state(five, now) for now in (amended, once, twice)} == {"amended"}
    assert state(five, changed(twice, "Body 3", "Body 9")) == "edited"
    five.slices[6] = changed(five.slices[6], "Body 6", "Body 9")
    assert state(five, twice) == "edited"


def test_redactions_in_a_ring_end(five: Writing) -> None:
    one, other = (changed(five.slices[3], "Body 3", text) for text in ("Body 8", "Body 9"))
    for seq, was, now in ((6, one, other), (7, other, one)):
        digests = {"was": slice_digest(was), "now": slice_digest(now)}
        five.write(seq, kind="redact", fields={"of": entry_id(3), **digests})
    assert state(five, one) == "edited"


def test_readers_are_calm_about_an_amended_text_that_was_redacted(tmp_path: Path) -> None:
    journal, receipts = book(tmp_path, "First body.", "Second body.")
    file, said = day(tmp_path, receipts[0]), []
    old = next(p.header for p in dayfile.pieces(file.read_bytes()) if p.header)
    for body in ("First, a secret.", f"First, {MASK}."):
        text = re.sub(r"(?m)^First.*$", body, file.read_text(), count=1)
        file.write_text(text)
        raw = next(p.raw for p in dayfile.pieces(file.read_bytes()) if p.header)
        said.append(slice_digest(raw))
    fields = [{"old": old, "new": said[0]}, {"old": old, "was": said[0], "now": said[1]}]
    for kind, one in zip(("amend", "redact"), fields, strict=True):
        journal.catalog.catch_up()
        assert [found.code for found in journal.findings()] == ["edited"]
        sealing = unmasked("Why.", {"of": receipts[0].id, **one}, kind=kind)
        journal.notebook.append_sealings([sealing])
    journal.catalog.catch_up()
    assert journal.findings() == []
    assert states(tmp_path)[receipts[0].id] == "amended"


# Who accepts may have been redacted


def leaky(journal: Journal, kind: str, fields: dict[str, object]) -> Receipt:
    body = f"The reason is {SECRET}."
    return journal.notebook.append_sealings([unmasked(body, fields, kind=kind)])[0]


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("kind", ["amend", "forget", "redact", "adopt"])
def test_what_a_redacted_entry_accepts_stays_accepted(
    tmp_path: Path, kind: str, *, last: bool
) -> None:
    root = tmp_path / "book"
    journal, receipts = book(root, "First body.", f"Second body: {SECRET[::-1]}.", "Third body.")
    target = receipts[1]
    file = day(root, target)
    data = file.read_bytes()
    whole = next(p.raw for p in dayfile.pieces(data) if p.values.get("id") == target.id)
    old = dayfile.parse(whole).header
    if kind == "amend":
        new = whole.replace(b"Second", b"Other")
    elif kind == "forget":
        new = stub_of(whole)
    elif kind == "redact":
        new = resealed(whole, f"Second body: {MASK}.")
    else:
        new = b"## 10:00 By hand\n\nTyped.\n"
    file.write_bytes(data + b"\n" + new if kind == "adopt" else data.replace(whole, new + b"\n"))
    if kind == "adopt":
        line = data.count(b"\n") + 2
        fields = {"of": f"h-{slice_digest(new)[7:19]}", "new": slice_digest(new)}
        fields["where"] = f"{target.file}:{line}"
    else:
        fields = {"of": target.id, "old": old, "new": slice_digest(new)}
        fields |= {"what": "purge"} if kind == "forget" else {}
    said = leaky(journal, kind, dict(fields))
    if not last:
        journal.append(Draft(body="Fifth body."))
    before = states(root)
    wanted = {"amend": "amended", "forget": "forgotten", "redact": "redacted"}.get(kind)
    of = str(fields["of"])
    assert before[of] == (wanted or "handwritten")
    redact(root, said.id)
    assert states(root)[said.id] == "redacted"
    assert states(root)[of] == before[of]
    assert unsound(root) == []
    assert elsewhere(root, tmp_path / "copy")[of] == before[of]
    if kind == "forget":
        assert journal.catalog.is_purged(target.id)
