"""Texts from before a redaction or purge: told of where they come back, and never brought back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from catalogs import differences
from strikes import SECRET, book, day, holding, journal, purge, redact, states, unmasked, unsound
from test_doctor import git

from journal import api, dayfile, doctor, repair
from journal.entry import Draft, Receipt
from journal.selection import Selection

TEXT = f"The token {SECRET} is in it."


def committed(root: Path, body: str = TEXT) -> Receipt:
    """A workspace in git whose second of three entries is to be struck; nothing is, yet."""
    opened, _ = book(root, "First body.")
    receipt = opened.notebook.append_sealings([unmasked(body)])[0]
    opened.append(Draft(body="Third body."))
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return receipt


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "more")


def cut(root: Path, receipt: Receipt) -> None:
    """Take the entry's slice out of its file."""
    file = day(root, receipt)
    data = file.read_bytes()
    (raw,) = (p.raw for p in dayfile.pieces(data) if p.values.get("id") == receipt.id)
    file.write_bytes(data.replace(raw, b""))


def clone(root: Path) -> Path:
    """What another machine has of it: the files and git, no spool."""
    other = root.with_name("clone")
    shutil.copytree(root, other, ignore=shutil.ignore_patterns(".journal"))
    return other


def codes(root: Path) -> list[str]:
    with api.open(str(root)) as opened:
        assert differences(root, opened) == []
        return [found.code for found in opened.findings()]


@pytest.mark.parametrize("edited", [False, True])
def test_a_checkout_of_the_text_from_before_is_told(tmp_path: Path, *, edited: bool) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    file = day(root, receipt)
    before = file.read_bytes()
    if edited:
        file.write_bytes(before.replace(b"is in it", b"was in it"))
    redact(root, receipt.id)
    assert codes(root) == ["edited"] * edited
    commit(root)
    git(root, "checkout", "HEAD~1", "--", "journal")
    assert file.read_bytes() == before  # the redact entry went, too: the spool has it
    assert codes(root) == ["redacted-text"]
    with api.open(str(root)) as opened:
        (found,) = opened.findings()
        line = opened.find(receipt.id).source.line
    assert (found.file, found.line) == (receipt.file, line)
    assert found.fix == f"`journal redact apply {receipt.id}` masks it again"
    told = [one for one in doctor.examine(str(root)).findings if one.code == "redacted-text"]
    assert [receipt.id in one.message for one in told] == [True]
    for words in (["list"], ["show", receipt.id], ["recall", "token"]):
        assert found.fix in journal(root, *words).stderr
    assert journal(root, "redact", "apply", receipt.id).returncode == 0
    assert (codes(root), holding(root, SECRET)) == ([], [])


def test_what_was_redacted_once_more_under_the_entry_is_calm(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text() + f"\nBelow it: {SECRET}\n")
    opened.append(Draft(body="Second body."))
    redact(tmp_path, receipts[0].id)
    assert (codes(tmp_path), unsound(tmp_path)) == ([], [])
    text = file.read_text().replace("Below it", "Further below")
    file.write_text(text)
    assert codes(tmp_path) == []


def test_a_redact_entry_that_was_edited_tells_nothing(tmp_path: Path) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    file = day(root, receipt)
    old = file.read_bytes()
    (was,) = (p.raw for p in dayfile.pieces(old) if p.values.get("id") == receipt.id)
    redact(root, receipt.id)
    data = file.read_bytes()
    (now,) = (p.raw for p in dayfile.pieces(data) if p.values.get("id") == receipt.id)
    file.write_bytes(data.replace(now, was))
    assert codes(root) == ["redacted-text"]
    file.write_bytes(file.read_bytes().replace(b"Masked: ", b"Asked: "))
    assert "redacted-text" not in codes(root)


def test_the_text_of_a_purged_entry_is_told_once(tmp_path: Path) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    redact(root, receipt.id)
    purge(root, receipt.id)
    git(root, "checkout", "HEAD", "--", "journal")
    assert codes(root) == ["purged-text"]


def test_an_attachment_of_a_purged_entry_that_came_back_is_told(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, "First body.")
    own = opened.notebook.attach(TEXT.encode(), name="own.txt")
    receipt = opened.append(Draft(body="Second body.", fields={"attachments": [own.record()]}))
    file = tmp_path / own.path("main")
    data = file.read_bytes()
    purge(tmp_path, receipt.id)
    assert not file.exists()
    file.write_bytes(data)
    os.utime(file, (0, 0))
    told = doctor.examine(str(tmp_path)).findings
    assert [(one.code, one.file) for one in told] == [("attachment-unnamed", own.path("main"))]


# Repair


def repaired(root: Path) -> list[str]:
    """Why what is gone was not put back."""
    return [step.hindrance for step in repair.apply(str(root), ["put-back"]).hindered]


def test_a_redacted_entry_comes_back_only_as_it_is_now(tmp_path: Path) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    redact(root, receipt.id)
    early = clone(root)
    cut(early, receipt)
    assert states(early)[receipt.id] == "missing"
    assert [why for why in repaired(early) if "from before it was redacted" in why]
    assert (holding(early, SECRET), states(early)[receipt.id]) == ([], "missing")
    assert "put-back" not in [f.fix for f in doctor.examine(str(early)).findings if "missing"]
    shutil.rmtree(early)
    commit(root)
    late = clone(root)
    cut(late, receipt)
    assert repaired(late) == []
    assert (holding(late, SECRET), states(late)[receipt.id]) == ([], "redacted")


def test_of_a_purged_entry_the_stub_comes_back(tmp_path: Path) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    purge(root, receipt.id)
    other = clone(root)
    cut(other, receipt)
    assert states(other)[receipt.id] == "missing"
    assert repaired(other) == []
    assert (holding(other, SECRET), states(other)[receipt.id]) == ([], "forgotten")


def test_a_spool_that_knows_nothing_of_the_redaction_puts_nothing_back(tmp_path: Path) -> None:
    root = tmp_path / "book"
    receipt = committed(root)
    other = clone(root)
    redact(other, receipt.id)
    for file in (other / "journal").rglob("*.md"):  # synced here, where the spool has the secret
        target = root / file.relative_to(other)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    assert (unsound(root), states(root)[receipt.id]) == ([], "redacted")
    cut(root, receipt)
    assert states(root)[receipt.id] == "missing"
    assert [why for why in repaired(root) if "from before it was redacted" in why]
    assert SECRET.encode() not in day(root, receipt).read_bytes()


def test_a_torn_entry_is_not_finished_with_its_text_from_before(tmp_path: Path) -> None:
    root = tmp_path / "book"
    opened, _ = book(root, "First body.")
    receipt = opened.notebook.append_sealings([unmasked(f"Long. {TEXT}")])[0]
    git(root, "init", "-q", "-b", "main")
    commit(root)
    redact(root, receipt.id)
    other = clone(root)
    file = day(other, receipt)
    data = file.read_bytes()
    (raw,) = (p.raw for p in dayfile.pieces(data) if p.values.get("id") == receipt.id)
    start = raw[: raw.index(b"\nseq: ")]
    file.write_bytes(data.replace(raw, start + b"\n\n"))
    repair.apply(str(other), ["finish-torn", "put-back"])
    assert holding(other, SECRET) == []


# Purges that are none


def forged(root: Path, of: str, **fields: str) -> None:
    with api.open(str(root)) as opened:
        draft = Draft(body="Why.", kind="forget", fields={"of": of, **fields})
        own = opened.notebook.intake.own
        from journal.notebook import given
        from journal.seal import Sealing

        opened.notebook.append_sealings([Sealing(own(given(draft, opened.notebook.store)))])


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "purge"},
        {"new": "sha256:" + "0" * 64},
        {"what": "purge", "new": "x", "old": "y"},
    ],
)
@pytest.mark.parametrize("hand", [False, True])
def test_a_purge_of_nothing_that_stands_there_can_be_taken_back(
    tmp_path: Path, fields: dict[str, str], *, hand: bool
) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text() + "\n## 10:00 By hand\n\nFirst typed.\n")
    wanted = next(r.id for r in opened.rows() if r.sealed is not hand)
    is_purge = hand and "new" not in fields
    forged(tmp_path, wanted, **fields)
    hidden = list(opened.rows(Selection(forgotten="only")))
    assert [(row.id, row.purged) for row in hidden] == [(wanted, is_purge)]
    assert ("First" in opened.find(wanted).body) is not is_purge
    assert opened.catalog.is_purged(wanted) is is_purge
    assert differences(tmp_path, opened) == []
    forged(tmp_path, wanted, what="unhide")
    assert (wanted in {row.id for row in opened.rows()}) is not is_purge
    assert differences(tmp_path, opened) == []


def test_a_stub_is_read_again_when_only_another_purge_is_left(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", "Second body.")
    purge(tmp_path, receipts[0].id)
    assert opened.catalog.is_purged(receipts[0].id)
    said = next(r for r in opened.rows(Selection(kind="forget")))
    forged(tmp_path, receipts[0].id, new="sha256:" + "0" * 64)
    assert opened.catalog.is_purged(receipts[0].id)
    assert differences(tmp_path, opened) == []
    file = tmp_path / said.file
    file.write_bytes(file.read_bytes().replace(b"not for the record", b"for the record"))
    shutil.rmtree(tmp_path / ".journal/state/spool")
    opened.catalog.catch_up()
    assert not opened.catalog.is_purged(receipts[0].id)
    assert differences(tmp_path, opened) == []
