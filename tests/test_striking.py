"""Purges and redactions that meet trouble: damaged notes, editors, forged texts, other entries."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from strikes import (
    CANARY,
    SECRET,
    WHY,
    book,
    day,
    holding,
    purge,
    redact,
    sound_without,
    states,
    unmasked,
    unsound,
)

from journal import api, dayfile, forgetting, redacting, strike
from journal.chain import slice_digest
from journal.entry import Draft
from journal.errors import JournalError, Refused, UsageError, WorkspaceError
from journal.forgetting import Done
from journal.notebook import Notebook
from journal.redaction import scrub
from journal.seal import Sealing
from journal.strike import exchange, intent
from journal.strike.stroke import stub_of

TEXT = f"{CANARY} is the text"
LEAK = f"The token {SECRET} is in it."


class Cut(BaseException):
    """The process ends here."""


def cut_purge(root: Path, monkeypatch: pytest.MonkeyPatch, where: str, *ids: str) -> None:
    """A purge that is cut short there; for `redact` without ids a redaction."""

    def end(*_: object, **__: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(strike if hasattr(strike, where) else exchange, where, end)
        with pytest.raises(Cut):
            purge(root, *ids) if ids else redact(root)


# The note


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _newer(data: bytes) -> bytes:
    return json.dumps(json.loads(data) | {"schema": "journal/striking@2"}).encode()


@pytest.mark.parametrize("hurt", [_cut, _newer, None])
def test_a_note_that_can_not_be_read_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hurt: object
) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    cut_purge(tmp_path, monkeypatch, "swap", receipts[1].id)
    note = tmp_path / ".journal/state/striking"
    whole = note.read_bytes()
    assert json.loads(whole)["schema"] == "journal/striking@1"
    kept = json.loads(whole)["files"][0][1]
    aside = tmp_path / ".journal/state/set-aside"
    aside.mkdir(exist_ok=True)
    file = day(tmp_path, receipts[0])
    file.rename(aside / kept)  # as far as swap had come
    if hurt:
        note.write_bytes(hurt(whole))  # type: ignore[operator]
    else:
        note.unlink()
        note.mkdir()  # what is there can't be read
    receipt = opened.append(Draft(body="next"))
    assert any("striking" in told and "can't be finished" in told for told in receipt.notices)
    with pytest.raises(WorkspaceError) as raised:
        purge(tmp_path, receipts[0].id)
    assert (raised.value.kind, raised.value.file) == ("state-damaged", ".journal/state/striking")
    assert raised.value.hint
    assert strike.is_pending(str(tmp_path))
    assert (aside / kept).exists()
    note.rmdir() if hurt is None else note.unlink()
    note.write_bytes(whole)
    opened.append(Draft(body="finishes"))
    assert not strike.is_pending(str(tmp_path))
    sound_without(tmp_path, kept=["First body.", "Third body.", "next", "finishes"])


def test_no_note_is_nothing(tmp_path: Path) -> None:
    book(tmp_path, "First body.")
    assert intent.read(str(tmp_path)) is None


def test_how_far_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, receipts = book(tmp_path, *(f"{CANARY} {n}" for n in range(5)))
    monkeypatch.setattr(forgetting, "MOST", 2)
    real, asked = exchange.strike_day, [0]

    def fail(*words: object) -> None:
        asked[0] += 1
        if asked[0] > 1:
            raise PermissionError(13, "Permission denied", f"{tmp_path}/journal/main")
        real(*words)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "strike_day", fail)
        with pytest.raises(JournalError) as raised:
            purge(tmp_path, *(receipt.id for receipt in receipts))
    assert raised.value.message == "journal/main: can't be finished now: Permission denied"
    assert "the next append finishes it" in raised.value.hint
    assert "2 of 5 entries were done before" in raised.value.hint
    Notebook.open(str(tmp_path)).append(Draft(body="next"))
    left = holding(tmp_path / "journal")
    assert len(left) == 1
    assert (tmp_path / "journal" / left[0]).read_text().count(CANARY) == 1
    purge(tmp_path, receipts[4].id)
    sound_without(tmp_path)


def test_an_interrupt_passes_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, receipts = book(tmp_path, TEXT)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "strike_day", stop)
        with pytest.raises(KeyboardInterrupt) as raised:
            purge(tmp_path, receipts[0].id)
    assert "the next append finishes it" in raised.value.__notes__[0]


def test_all_are_looked_at_before_the_first_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, receipts = book(tmp_path, *(f"{CANARY} {n}" for n in range(5)))
    by = forgetting.hide(opened, [opened.catalog.named(receipts[0].id)], WHY)[0].by
    monkeypatch.setattr(forgetting, "MOST", 2)
    monkeypatch.setattr(redacting, "MOST", 2)
    before = day(tmp_path, receipts[0]).read_bytes()
    ids = [receipt.id for receipt in receipts]
    with pytest.raises(Refused, match="of kind forget"):
        purge(tmp_path, *ids, by)
    with pytest.raises(UsageError, match="no file or spool"):
        purge(tmp_path, *ids, "01KAJ2X7Q0M3C4V5B6N7Q8W9E0")
    with pytest.raises(UsageError, match="no file or spool"):
        redact(tmp_path, *ids, "01KAJ2X7Q0M3C4V5B6N7Q8W9E0")
    assert day(tmp_path, receipts[0]).read_bytes() == before
    seen: list[tuple[int, int]] = []
    forgetting.purge(opened, ids, WHY, progress=lambda *how: seen.append(how))
    assert seen == [(2, 5), (4, 5), (5, 5)]


# Editors, while a redaction is under way


def saving(
    monkeypatch: pytest.MonkeyPatch, file: Path, times: int, leak: str = SECRET
) -> list[int]:
    """From here on an editor saves its buffer, changed, each time before the day file is struck."""
    real, saved = exchange.strike_day, [0]

    def save(*words: object) -> None:
        if saved[0] < times:
            saved[0] += 1
            text = file.read_text()
            head, mark, tail = text.partition("is in it.")
            text = f"{head}{leak} {mark} {saved[0]}{tail}"
            file.write_text(text)
        real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(exchange, "strike_day", save)
    return saved


def test_what_an_editor_saves_meanwhile_is_masked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, _ = book(tmp_path, "First body.")
    receipt = opened.notebook.append_sealings([unmasked(LEAK)])[0]
    with monkeypatch.context() as patch:
        saved = saving(patch, day(tmp_path, receipt), 1)
        done = redact(tmp_path, receipt.id)
    assert saved == [1]
    assert holding(tmp_path, SECRET) == []
    assert [len(one.planned.stroke.instead) for one in done] == [2]
    assert [one.left for one in done] == [()]
    assert states(tmp_path)[receipt.id] == "edited"  # by whoever saved it
    fields = opened.find(done[0].receipt.id).fields  # type: ignore[union-attr]
    assert {"was", "now"} <= set(fields)
    assert fields["was"] != fields["now"]


def test_what_still_stands_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _ = book(tmp_path, "First body.")
    receipt = opened.notebook.append_sealings([unmasked(LEAK)])[0]
    with monkeypatch.context() as patch:
        saving(patch, day(tmp_path, receipt), 99)
        done = redact(tmp_path, receipt.id)
    (left,) = forgetting.left_behind(str(tmp_path), done)
    path, _, line = left.rpartition(":")
    assert path == receipt.file
    assert receipt.id in "".join(day(tmp_path, receipt).read_text().splitlines()[int(line) :][:6])
    redact(tmp_path)
    assert holding(tmp_path, SECRET) == []


def test_a_redaction_that_was_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _ = book(tmp_path, "First body.")
    receipt = opened.notebook.append_sealings([unmasked(LEAK)])[0]
    cut_purge(tmp_path, monkeypatch, "strike_day")
    (told,) = opened.append(Draft(body="next")).notices
    assert "`journal redact scan`" in told
    sound_without(tmp_path, SECRET, kept=["First body.", "next"])
    assert states(tmp_path)[receipt.id] == "redacted"


# Forged and unsound


def test_a_purge_that_nobody_vouches_for_any_more_is_told_again(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    before = opened.notebook.raw(opened.find(receipts[1].id))
    purge(tmp_path, receipts[1].id)
    stub = strike_stub(file)
    forged = file.read_bytes().replace(stub, before).replace(WHY.encode(), b"not my reason")
    file.write_bytes(forged)  # the text is back, and the entry that told of it was changed
    (done,) = purge(tmp_path, receipts[1].id)
    assert done.receipt
    assert states(tmp_path)[receipts[1].id] == "forgotten"
    assert holding(tmp_path) == []
    assert purge(tmp_path, receipts[1].id)[0].receipt is None


@pytest.mark.parametrize("text_stays", [True, False])
def test_a_forged_purge_spares_no_record_of_a_real_one(tmp_path: Path, *, text_stays: bool) -> None:
    """It bears a seal of its own, but is in no chain: verify doesn't count it."""
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file, target = day(tmp_path, receipts[0]), receipts[1].id
    raw = opened.notebook.raw(opened.find(target))
    stub = stub_of(dayfile.parse(raw))
    forged = Sealing(
        {
            "kind": "forget", "body": b"forged",
            "fields": {"of": target, "what": "purge", "new": slice_digest(stub)},
        }
    )  # fmt: skip
    last = receipts[-1]
    _, data = forged.seal(f"{last.id[:-3]}ZZZ", last.at, "", 99, f"98:{'sha256:' + 'a' * 64}")
    text = file.read_bytes() if text_stays else file.read_bytes().replace(raw.rstrip(b"\n"), stub)
    file.write_bytes(text + b"\n" + data)
    (done,) = purge(tmp_path, target)
    assert done.receipt
    assert states(tmp_path)[target] == "forgotten"
    assert holding(tmp_path) == []


def strike_stub(file: Path) -> bytes:
    """The one stub of the file."""
    return next(p.raw for p in dayfile.pieces(file.read_bytes()) if dayfile.is_stub(p))


def test_a_forged_stub_makes_no_record_purgeable(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", "Second body.")
    by = forgetting.hide(opened, [opened.catalog.named(receipts[0].id)], WHY)[0].by
    file = day(tmp_path, receipts[0])
    raw = opened.notebook.raw(opened.find(by)).decode()
    head, _, tail = raw.partition("```yaml entry\n")
    place = [line for line in tail.splitlines() if line[:4] in ("id: ", "seq:", "prev")]
    clock = head[:11]
    stub = "\n".join([clock, "", "```yaml entry", *place, "```", ""])
    file.write_text(file.read_text().replace(raw.rstrip("\n"), stub.rstrip("\n")))
    before = file.read_bytes()
    with pytest.raises(Refused, match="of kind forget"):
        purge(tmp_path, by)
    assert file.read_bytes() == before


def test_a_forged_stub_is_no_place_in_the_chain(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    raw = opened.notebook.raw(opened.find(receipts[1].id)).decode()
    stub = f"## 10:00:00\n\n```yaml entry\nid: {receipts[1].id}\nseq: 77\nprev: 1:x\n```\n"
    file.write_text(file.read_text() + "\n" + stub)
    purge(tmp_path, receipts[1].id)
    text = file.read_text()
    assert "seq: 77" not in text
    assert CANARY not in text
    assert raw.splitlines()[0][:11] in text
    assert text.count(f"id: {receipts[1].id}") == 2
    assert states(tmp_path)[receipts[1].id] == "forgotten"


# Attachments


def test_an_attachment_that_another_entry_came_to_name_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, _ = book(tmp_path, "First body.")
    file = opened.notebook.attach(b"wanted by two", name="a.txt")
    target = opened.append(Draft(body=TEXT, fields={"attachments": [file.record()]}))
    cut_purge(tmp_path, monkeypatch, "unlink", target.id)
    note = (tmp_path / ".journal/state/striking").read_bytes()
    (
        tmp_path / ".journal/state/striking"
    ).unlink()  # as an append of another machine's would see it
    late = opened.append(Draft(body="late", fields={"attachments": [file.record()]}))
    (tmp_path / ".journal/state/striking").write_bytes(note)
    opened.append(Draft(body="finishes"))
    assert not strike.is_pending(str(tmp_path))
    assert (tmp_path / file.path("main")).exists()
    assert states(tmp_path)[late.id] == "intact"
    sound_without(tmp_path, kept=["late", "finishes"])


# What is left in other places


def test_copies_in_other_folders_are_told(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT)
    file = day(tmp_path, receipts[0])
    text = file.read_bytes()
    deep = tmp_path / "journal/main/old/2025"
    deep.mkdir(parents=True)
    for path in (tmp_path / "journal/main/copy.md", deep / "x.md", tmp_path / "journal/y.md"):
        path.write_bytes(text)
    (deep / "export.json").write_text(f'[{{"title": "a", "id": "{receipts[1].id}"}}]')
    (deep / "nothing.md").write_text("of: nothing\n")
    (tmp_path / "journal/main/attachments").mkdir()
    (tmp_path / "journal/main/attachments/a.md").write_bytes(text)
    done = purge(tmp_path, receipts[1].id)
    assert forgetting.left_behind(str(tmp_path), done) == [
        "journal/main/copy.md", "journal/main/old/2025/export.json:1",
        "journal/main/old/2025/x.md", "journal/y.md",
    ]  # fmt: skip
    # A copy of the file as it is now holds a stub, and the entry that tells of it.
    (deep / "x.md").write_bytes(file.read_bytes())
    assert "journal/main/old/2025/x.md" not in forgetting.left_behind(str(tmp_path), done)
    del opened


# What a redaction leaves as it is


def test_text_above_the_first_entry_is_masked_whole(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    above = f"key {SECRET} above\nand {SECRET} below\n\n"
    file.write_text(file.read_text().replace("\n## ", f"\n{above}## ", 1))
    assert len([held for held in redacting.scan(opened) if held.id]) == 1
    redact(tmp_path)
    assert list(redacting.scan(opened)) == []
    assert file.read_text().count("[redacted:github-") == 2
    sound_without(tmp_path, SECRET, kept=["First body."])


def test_what_names_a_slice_stays_in_the_record_whatever_it_looks_like(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, "First body.")
    new = f"sha256:{SECRET}"
    assert scrub(f"new: {new}").findings
    draft = {"kind": "forget", "body": SECRET.encode(), "fields": {"of": "x", "new": new}}
    own = opened.notebook.intake.own(draft)
    assert own["fields"] == {"of": "x", "new": new}
    assert SECRET.encode() not in own["body"]  # type: ignore[operator]


# Git's history


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout.decode(errors="replace")


def objects(root: Path) -> bytes:
    words = ["git", "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(words, cwd=root, capture_output=True, check=True).stdout


def commands(root: Path, done: list[Done]) -> list[str]:
    return forgetting.in_history(str(root), done)


def run(root: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    """All lines, pasted into a shell."""
    words = ["sh", "-c", "\n".join(lines)]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)


def committed(root: Path, *bodies: str) -> list[str]:
    """A workspace in git with these entries, and one that leaks; the ids."""
    root.mkdir(exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    opened, receipts = book(root, *bodies)
    leak = opened.notebook.append_sealings([unmasked(LEAK)])[0]
    (root / "README").write_text("readme\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "one")
    return [*(receipt.id for receipt in receipts), leak.id]


def test_the_newest_commands_do_it_all(tmp_path: Path) -> None:
    first, second, leak = committed(tmp_path, f"{CANARY} first", f"{CANARY} second")
    assert commands(tmp_path, redact(tmp_path, leak)) != []
    assert commands(tmp_path, purge(tmp_path, first)) != []
    git(tmp_path, "commit", "-qam", "purged")
    lines = commands(tmp_path, purge(tmp_path, second))
    ran = run(tmp_path, lines)
    assert ran.returncode == 0, ran
    for mark in (CANARY, SECRET):
        assert mark.encode() not in objects(tmp_path), mark
    git(tmp_path, "fsck", "--strict")
    assert unsound(tmp_path) == []


def test_a_lost_list_is_made_again_from_what_files_tell(tmp_path: Path) -> None:
    first, second, leak = committed(tmp_path, f"{CANARY} first", f"{CANARY} second")
    commands(tmp_path, purge(tmp_path, first))
    commands(tmp_path, redact(tmp_path, leak))
    (tmp_path / ".git/journal-strike.sed").unlink()
    ran = run(tmp_path, commands(tmp_path, purge(tmp_path, second)))
    assert ran.returncode == 0, ran
    for mark in (CANARY, SECRET):
        assert mark.encode() not in objects(tmp_path), mark
    assert unsound(tmp_path) == []


@pytest.mark.parametrize("staged", [False, True])
def test_other_changes_stop_it_before_anything_is_lost(tmp_path: Path, *, staged: bool) -> None:
    first, _ = committed(tmp_path, TEXT)
    (tmp_path / "README").write_text("changed\n")
    if staged:
        git(tmp_path, "add", "README")
    lines = commands(tmp_path, purge(tmp_path, first))
    assert lines[0].startswith("# commit or stash this first")
    assert lines[0].endswith(": README")
    ran = run(tmp_path, lines)
    assert ran.returncode != 0
    assert "commit (initial): one" in git(tmp_path, "reflog")
    assert (tmp_path / "README").read_text() == "changed\n"
    assert CANARY.encode() in objects(tmp_path)
    assert (tmp_path / ".git/journal-strike.sed").exists()
    git(tmp_path, "commit", "-qam", "readme")
    ran = run(tmp_path, commands(tmp_path, purge(tmp_path, first)))
    assert ran.returncode == 0, ran
    assert CANARY.encode() not in objects(tmp_path)


def test_a_detached_head(tmp_path: Path) -> None:
    first, _ = committed(tmp_path, "First body.")
    git(tmp_path, "checkout", "-q", "--detach")
    opened = api.open(str(tmp_path))
    target = opened.append(Draft(body=TEXT))
    git(tmp_path, "commit", "-qam", "on no branch")
    lines = commands(tmp_path, purge(tmp_path, target.id))
    ran = run(tmp_path, lines)
    assert ran.returncode == 0, ran
    assert CANARY.encode() not in objects(tmp_path)
    assert git(tmp_path, "log", "--format=%s").splitlines()[1] == "on no branch"
    del first


def test_other_work_trees_are_named(tmp_path: Path) -> None:
    top, other = tmp_path / "repo", tmp_path / "other tree"
    first, _ = committed(top, TEXT)
    git(top, "worktree", "add", "-q", str(other), "-b", "side")
    lines = commands(top, purge(top, first))
    (told,) = [line for line in lines if line.startswith("#")]
    assert told.endswith(f": '{os.path.realpath(other)}'")
