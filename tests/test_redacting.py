"""Secrets that older entries hold: found, masked wherever they lie, and found no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from strikes import (
    SECRET,
    book,
    day,
    elsewhere,
    holding,
    journal,
    redact,
    sound_without,
    states,
    unmasked,
    unsound,
)

from journal import acceptance, api, redacting, trim
from journal.api import Journal
from journal.entry import Draft, Receipt
from journal.notebook import Notebook
from journal.selection import Selection

TEXT = f"The token {SECRET} is in it."
MASKED = "The token [redacted:github-"


def leaky(root: Path, *more: str) -> tuple[Journal, Receipt]:
    """A workspace of an older version: nobody masked what its second entry holds."""
    opened, _ = book(root, "First body.")
    sealing = unmasked(
        TEXT, {"why": SECRET}, title=f"About {SECRET}", tags=[SECRET], session=SECRET,
        token=f"t-{SECRET}", meta={"a": [SECRET]},
    )  # fmt: skip
    receipt = opened.notebook.append_sealings([sealing])[0]
    for body in more:
        opened.append(Draft(body=body))
    return opened, receipt


def found(root: Path) -> list[tuple[str, dict[str, int]]]:
    with api.open(str(root)) as opened:
        return [(held.id, held.rules) for held in redacting.scan(opened)]


@pytest.mark.parametrize("more", [(), ("Third body.", "Fourth body.")], ids=["newest", "middle"])
def test_found_masked_and_found_no_more(tmp_path: Path, more: tuple[str, ...]) -> None:
    root = tmp_path / "book"
    opened, receipt = leaky(root, *more)
    assert opened.recall("token").total == 1
    (one,) = found(root)
    assert one[0] == receipt.id
    assert sum(one[1].values()) == 7
    done = redact(root)
    assert [x.planned.rules for x in done] == [tuple(one[1])]
    assert found(root) == []
    entry = opened.find(receipt.id)
    assert entry.body.startswith(MASKED)
    assert entry.title.startswith("About [redacted:github-")
    assert (entry.at, entry.seq) == (receipt.at, receipt.seq)
    assert states(root)[receipt.id] == "redacted"
    assert receipt.id in {row.id for row in opened.rows()}
    assert receipt.id in {hit.entry.id for hit in opened.recall("token is in it").hits}
    sound_without(root, SECRET, kept=["First body.", *more])
    assert redact(root, receipt.id) == []
    assert len(list(opened.rows(Selection(kind="redact")))) == 1
    again = opened.notebook.append_sealings([unmasked(TEXT, token=f"t-{SECRET}")])[0]
    assert (again.id, again.repeated) == (receipt.id, True)
    assert elsewhere(root, tmp_path / "copy")[receipt.id] == "redacted"


def test_commands(tmp_path: Path) -> None:
    _, receipt = leaky(tmp_path, "Third body.")
    done = journal(tmp_path, "redact", "scan", "--json")
    assert done.returncode == 1
    assert [one["id"] for one in json.loads(done.stdout)["found"]] == [receipt.id]
    done = journal(tmp_path, "redact", "apply", "--all", "--reason", "leaked")
    assert (done.returncode, done.stderr) == (0, "")
    assert SECRET not in done.stdout
    assert journal(tmp_path, "redact", "scan").returncode == 0
    done = journal(tmp_path, "redact", "apply", "--all")
    assert (done.returncode, done.stdout) == (0, "nothing to mask\n")
    assert journal(tmp_path, "verify").returncode == 0
    assert journal(tmp_path, "doctor").returncode == 0
    assert SECRET not in journal(tmp_path, "show", receipt.id).stdout
    sound_without(tmp_path, SECRET, kept=["First body.", "Third body."])


@pytest.mark.parametrize("trimmed", [False, True])
@pytest.mark.parametrize("hurt", ["crlf", "below", "edited", "retitled"])
def test_however_it_was_hurt(
    tmp_path: Path, hurt: str, monkeypatch: pytest.MonkeyPatch, *, trimmed: bool
) -> None:
    opened, receipt = leaky(tmp_path)
    if trimmed:
        monkeypatch.setattr(trim, "KEEP", 0)
        monkeypatch.setattr("journal.protocol.TRIM_AT", 1)
    opened.append(Draft(body="Third body."))
    opened.append(Draft(body="Fourth body."))
    file = day(tmp_path, receipt)
    text = file.read_bytes()
    file.write_bytes(
        {
            "crlf": text.replace(b"\n", b"\r\n"),
            "below": text.replace(b"is in it.\n", f"is in it.\n\nBelow: {SECRET}\n".encode()),
            "edited": text.replace(b"is in it.", b"was in it."),
            "retitled": text.replace(b"About", b"On"),
        }[hurt]
    )
    before = states(tmp_path)[receipt.id]
    redact(tmp_path)
    assert (holding(tmp_path, SECRET), found(tmp_path)) == ([], [])
    now = states(tmp_path)
    assert set(now.values()) - {now[receipt.id]} == {"intact"}, now
    assert now[receipt.id] == ("edited" if before == "edited" else "redacted")
    if hurt == "below":
        # What is typed under it later changes nothing.
        file.write_text(file.read_text().replace("Below: ", "Typed later. Below: "))
        assert states(tmp_path)[receipt.id] == "redacted"
    if before != "edited":
        sound_without(tmp_path, SECRET, kept=["First body.", "Third body.", "Fourth body."])


@pytest.mark.parametrize("adopted", [False, True])
def test_what_a_person_typed(tmp_path: Path, *, adopted: bool) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text() + f"\n## 10:00 Typed\n\nkey {SECRET}\n\nMore.\n")
    (wanted,) = [row.id for row in opened.rows() if row.id.startswith("h-")]
    if adopted:
        verdicts = [one for one in opened.notebook.verify() if one.id == wanted]
        opened.notebook.append_many(acceptance.adopt(verdicts))
    redact(tmp_path, wanted)
    assert "key [redacted:" in file.read_text()
    assert "More." in file.read_text()
    assert [one.state for one in opened.notebook.verify() if one.pin] == ["handwritten"] * adopted
    sound_without(tmp_path, SECRET, kept=["First body."])


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    opened, receipt = leaky(tmp_path)
    other = opened.notebook.append_sealings([unmasked(f"another {SECRET}")])[0]
    assert {one for one, _ in found(tmp_path)} == {receipt.id, other.id}
    redact(tmp_path, other.id)
    assert [one for one, _ in found(tmp_path)] == [receipt.id]
    assert opened.find(receipt.id).body == TEXT
    assert unsound(tmp_path) == []


def test_since_and_attachments(tmp_path: Path) -> None:
    opened, receipt = leaky(tmp_path)
    folder = tmp_path / "journal/main/attachments"
    folder.mkdir()
    (folder / ("a" * 64)).write_text(f"key {SECRET}\n")
    assert [one for one, _ in found(tmp_path)] == [receipt.id, ""]
    early = opened.find(receipt.id).moment
    assert [h.id for h in redacting.scan(opened, early)] == [receipt.id]
    later = opened.append(Draft(body="later")).id
    assert [h.id for h in redacting.scan(opened, opened.find(later).moment)] == []


def test_what_waits_in_the_spool(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    held = file.read_bytes()
    target = opened.notebook.append_sealings([unmasked(TEXT)])[0]
    file.write_bytes(held)
    assert [one for one, _ in found(tmp_path)] == [target.id]
    redact(tmp_path, target.id)
    assert Notebook.open(str(tmp_path)).find(target.id).body.startswith(MASKED)
    sound_without(tmp_path, SECRET, kept=["First body."])


def test_a_text_that_comes_back_is_found_again(tmp_path: Path) -> None:
    opened, receipt = leaky(tmp_path, "Third body.")
    file = day(tmp_path, receipt)
    before = opened.notebook.raw(opened.find(receipt.id))
    redact(tmp_path)
    after = opened.notebook.raw(opened.find(receipt.id))
    file.write_bytes(file.read_bytes().replace(after, before))
    assert states(tmp_path)[receipt.id] == "redacted"
    assert [one for one, _ in found(tmp_path)] == [receipt.id]
    redact(tmp_path)
    sound_without(tmp_path, SECRET, kept=["First body.", "Third body."])


def test_the_reason_is_kept_without_secrets(tmp_path: Path) -> None:
    opened, receipt = leaky(tmp_path)
    done = redacting.apply(opened, [receipt.id], f"it leaked: {SECRET}")
    said = opened.find(done[0].receipt.id).body  # type: ignore[union-attr]
    assert said.startswith("it leaked: [redacted:github-")
    assert "Masked: github-" in said
    assert holding(tmp_path, SECRET) == []


@pytest.mark.parametrize("form", ["# Friday {}", "---\nnote: {}\n---\n\n# Friday"])
def test_a_title_and_front_matter_are_looked_at_too(tmp_path: Path, form: str) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = tmp_path / receipts[0].file
    text = file.read_text()
    file.write_text(form.format(SECRET) + "\n\n" + text[text.index("## ") :])
    (held,) = redacting.scan(opened)
    assert (held.id, held.file, held.line) == ("", receipts[0].file, 1)
    assert held.rules == {"github-token": 1}
