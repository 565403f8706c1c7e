"""Entries hidden, shown again, and purged: no byte of their text stays, and the journal holds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import storms
from faults import code_saves, vim_saves
from strikes import (
    CANARY,
    WHY,
    book,
    day,
    elsewhere,
    holding,
    journal,
    purge,
    sound_without,
    states,
    unsound,
)

from journal import acceptance, api, dayfile, doctor, forgetting, repair, strike, trim
from journal.entry import Draft
from journal.errors import Conflict, JournalError, Refused, UsageError
from journal.notebook import Notebook
from journal.selection import Selection
from journal.strike import exchange, intent

TEXT = f"{CANARY} is the text"
NUMBER_ONE = "t-1"
OTHERS = ("First body.", "Second body.", "Third body.")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_wherever_it_stands_in_its_chain(tmp_path: Path, place: int) -> None:
    root = tmp_path / "book"
    bodies = [*OTHERS[:place], TEXT, *OTHERS[place:]]
    opened, receipts = book(root, *bodies)
    target = receipts[place]
    assert opened.recall("zwergflughörnchen").hits
    done = purge(root, target.id)
    assert [(one.planned.stroke.id, bool(one.receipt)) for one in done] == [(target.id, True)]
    sound_without(root, kept=OTHERS)
    assert states(root)[target.id] == "forgotten"
    assert target.id not in {row.id for row in opened.rows()}
    also = {row.id: row for row in opened.rows(Selection(forgotten="also"))}
    assert (also[target.id].title, also[target.id].digest) == ("", "")
    # Purged again: nothing more is said.
    again = purge(root, target.id)
    assert [one.receipt for one in again] == [None]
    assert len([s for s in also.values() if s.kind == "forget"]) == 1
    sound_without(root, kept=OTHERS)
    assert elsewhere(root, tmp_path / "copy")[target.id] == "forgotten"


def test_commands_afterwards(tmp_path: Path) -> None:
    _, receipts = book(tmp_path, "First body.", TEXT)
    wanted = receipts[1].id
    done = journal(tmp_path, "forget", wanted, "--purge", "--reason", WHY)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{wanted} is purged; its stub and the reason stay\n"
    for words, codes in (
        (["verify"], {0}), (["doctor"], {0}), (["list"], {0}), (["list", "--json"], {0}),
        (["recall", "zwergflughörnchen"], {0, 1}), (["show", wanted], {0}), (["tail"], {0}),
        (["show", wanted, "--json"], {0}),
    ):  # fmt: skip
        done = journal(tmp_path, *words)
        assert done.returncode in codes, (words, done)
        assert CANARY.lower() not in (done.stdout + done.stderr).lower()
    assert holding(tmp_path) == []


def test_a_token_still_names_it(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, *OTHERS)
    draft = Draft(body=TEXT, token=NUMBER_ONE)
    target = opened.append(draft)
    purge(tmp_path, target.id)
    for opened_ in (opened, api.open(str(tmp_path))):
        again = opened_.append(draft)
        assert (again.id, again.repeated) == (target.id, True)
    sound_without(tmp_path, kept=OTHERS)


def another_writer(root: Path) -> None:
    """From here on another machine writes in this folder."""
    shutil.rmtree(os.environ["XDG_STATE_HOME"])
    del root


def test_an_older_writers_spool_and_its_tokens(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, *OTHERS)
    draft = Draft(body=TEXT, token=NUMBER_ONE)
    target = opened.append(draft)
    another_writer(tmp_path)
    opened = api.open(str(tmp_path))
    other = opened.append(Draft(body="By another writer."))
    assert other.file != target.file
    purge(tmp_path, target.id)
    assert opened.append(draft).id == target.id
    sound_without(tmp_path, kept=[*OTHERS, "By another writer."])


def test_attachments_go_unless_another_entry_names_them(tmp_path: Path) -> None:
    opened, _ = book(tmp_path, *OTHERS)
    notebook = opened.notebook
    own = notebook.attach(f"{CANARY} attached".encode(), name="own.txt")
    shared = notebook.attach(b"shared by two", name="shared.txt")
    waiting = notebook.attach(b"named by what waits in the spool", name="waiting.txt")
    target = opened.append(
        Draft(body="see", fields={"attachments": [x.record() for x in (own, shared, waiting)]})
    )
    opened.append(Draft(body="too", fields={"attachments": [shared.record()]}))
    late = opened.append(Draft(body="late", fields={"attachments": [waiting.record()]}))
    file = day(tmp_path, late)
    file.write_bytes(file.read_bytes()[: file.read_bytes().rindex(b"\n## ") + 1])
    assert b"waiting.txt" in file.read_bytes()
    left = tmp_path / "journal/main/attachments/.4711.ab.new"
    left.write_text(f"{CANARY} half")
    os.utime(left, (1, 1))
    purge(tmp_path, target.id)
    names = {path.name for path in (tmp_path / "journal/main/attachments").iterdir()}
    assert names == {shared.digest[7:], waiting.digest[7:]}
    Notebook.open(str(tmp_path)).append(Draft(body="mends"))
    sound_without(tmp_path, kept=OTHERS)


def test_what_waits_in_the_spool_for_its_file(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    held = file.read_bytes()
    target = opened.append(Draft(body=TEXT))
    file.write_bytes(held)
    assert CANARY.encode() not in file.read_bytes()
    purge(tmp_path, target.id)
    sound_without(tmp_path, kept=["First body."])
    assert states(tmp_path)[target.id] == "forgotten"


def test_while_its_day_file_can_not_be_written(tmp_path: Path) -> None:
    opened, _ = book(tmp_path)
    first = opened.append(Draft(body="First body."))
    file = day(tmp_path, first)
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    target = opened.append(Draft(body=TEXT))
    assert "safe in the spool" in target.notices[0]
    purge(tmp_path, target.id)
    assert holding(tmp_path) == []
    file.rmdir()
    file.with_suffix(".away").rename(file)
    Notebook.open(str(tmp_path)).append(Draft(body="mends"))
    sound_without(tmp_path, kept=["mends"])
    assert states(tmp_path)[target.id] == "forgotten"


Hurt = Callable[[bytes, bytes], bytes]


def _crlf(data: bytes, _: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def _old_mac(data: bytes, _: bytes) -> bytes:
    return data.replace(b"\n", b"\r")


def _edited(data: bytes, _: bytes) -> bytes:
    return data.replace(b" is the text", b" was the text")


def _typed_below(data: bytes, _: bytes) -> bytes:
    return data.replace(b" is the text\n", f" is the text\n\nBelow: {CANARY}.\n".encode())


def _retitled(data: bytes, _: bytes) -> bytes:
    return data.replace(b"A title", b"Another title")


def _cut_in_body(data: bytes, raw: bytes) -> bytes:
    return data.replace(raw, raw[: raw.rindex(b" is the")] + b"\n\n")


def _cut_in_header(data: bytes, raw: bytes) -> bytes:
    return data.replace(raw, raw[: raw.index(b"\nseq:")] + b"\n\n")


def _cut_before_its_id(data: bytes, raw: bytes) -> bytes:
    return data.replace(raw, raw[: raw.index(b"\n\n```yaml")] + b"\n\n")


def _twice(data: bytes, raw: bytes) -> bytes:
    return data + b"\n" + raw


@pytest.mark.parametrize("trimmed", [False, True], ids=["spooled", "trimmed"])
@pytest.mark.parametrize(
    "hurt",
    [_crlf, _old_mac, _edited, _typed_below, _retitled, _cut_in_body, _cut_in_header,
     _cut_before_its_id, _twice],
)  # fmt: skip
def test_however_it_was_hurt(
    tmp_path: Path, hurt: Hurt, monkeypatch: pytest.MonkeyPatch, *, trimmed: bool
) -> None:
    opened, receipts = book(tmp_path, *OTHERS)
    target = opened.append(Draft(body=TEXT, title=f"A title {CANARY}"))
    raw = opened.notebook.raw(opened.find(target.id))
    if trimmed:
        monkeypatch.setattr(trim, "KEEP", 0)
        monkeypatch.setattr("journal.protocol.TRIM_AT", 1)
    opened.append(Draft(body="Fourth body."))
    opened.append(Draft(body="Fifth body."))
    if trimmed:
        assert CANARY not in next((tmp_path / ".journal/state/spool").iterdir()).read_text()
    file = day(tmp_path, receipts[0])
    before = file.read_bytes()
    file.write_bytes(hurt(before, raw))
    assert file.read_bytes() != before
    if trimmed and hurt is _cut_before_its_id:
        return  # nobody knows whose it was
    purge(tmp_path, target.id)
    if trimmed and hurt is _cut_in_header:
        assert holding(tmp_path) == []
        return  # nor where it stood in its chain, before and after
    sound_without(tmp_path, kept=["Fourth body.", "Fifth body."])
    assert states(tmp_path)[target.id] == "forgotten"


def test_parts_copies_and_set_aside(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    text = file.read_bytes()
    stem = file.name.removesuffix(".md")
    copy = file.with_name(f"{stem}.sync-conflict-20261121-101010-ABC.md")
    copy.write_bytes(text)
    part = file.with_name(f"{stem}.p2.md")
    raw = opened.notebook.raw(opened.find(receipts[1].id))
    part.write_bytes(raw)
    aside = tmp_path / ".journal/state/set-aside"
    aside.mkdir()
    (aside / f"20261120T101010-{file.name}").write_bytes(text.replace(b"\n", b"\r\n"))
    (aside / f".{file.name}.12.ab.new").write_bytes(text)
    spools = tmp_path / ".journal/state/spool"
    (spools / f".{next(spools.iterdir()).name}.4711.new").write_bytes(raw)
    purge(tmp_path, receipts[1].id)
    assert holding(tmp_path) == []
    assert len(list(aside.iterdir())) == 1
    part.unlink()
    copy.unlink()
    sound_without(tmp_path, kept=["First body.", "Third body."])


def test_in_another_writers_file(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path / "a", "First body.", TEXT)
    shutil.copytree(tmp_path / "a", tmp_path / "b", ignore=shutil.ignore_patterns(".journal"))
    copy = tmp_path / "b"
    there = api.open(str(copy))
    there.append(Draft(body="On another machine."))
    purge(copy, receipts[1].id)
    sound_without(copy, kept=["First body.", "On another machine."])
    del opened


def test_twins_go_together(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    hand = f"\n## 10:00 Typed\n\n{CANARY}\n"
    file = day(tmp_path, receipts[0])
    file.write_text(file.read_text() + hand + hand + "\n## 11:00 Other\n\nStays.\n")
    ids = [row.id for row in opened.rows() if row.id.startswith("h-")]
    assert sum(one.endswith("-2") for one in ids) == 1
    purge(tmp_path, next(one for one in ids if one.endswith("-2")))
    sound_without(tmp_path, kept=["First body.", "Stays."])


@pytest.mark.parametrize("text", [f"## 10:00 Typed\n\n{CANARY}\n\n", f"{CANARY} above\n\n"])
@pytest.mark.parametrize("adopted", [False, True])
def test_what_a_person_typed(tmp_path: Path, text: str, *, adopted: bool) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    if text.startswith("##"):
        file.write_text(file.read_text() + "\n" + text)
    else:
        file.write_text(file.read_text().replace("\n## ", f"\n{text}## ", 1))
    wanted = next(row.id for row in opened.rows() if row.id.startswith("h-"))
    if adopted:
        [verdict] = [one for one in opened.notebook.verify() if one.id == wanted]
        opened.notebook.append_many(acceptance.adopt([verdict]))
        assert any(one.pin for one in opened.notebook.verify())
    purge(tmp_path, wanted)
    sound_without(tmp_path, kept=["First body."])
    assert wanted not in states(tmp_path)
    assert not any(one.pin for one in opened.notebook.verify())


def test_an_entry_that_another_one_has_swallowed_is_told(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT)
    file = day(tmp_path, receipts[0])
    raw = opened.notebook.raw(opened.find(receipts[1].id)).decode()
    file.write_text(file.read_text().replace(raw, "# " + raw[3:]))
    done = journal(tmp_path, "forget", receipts[1].id, "--purge", "--reason", WHY)
    assert done.returncode == 0
    assert re.search(rf"{re.escape(receipts[0].file)}:\d+ ", done.stderr)


def test_an_editors_copy_is_told(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT)
    file = day(tmp_path, receipts[0])
    file.with_name(f".{file.name}.swp").write_bytes(b"b0VIM\0\0" + file.read_bytes())
    file.with_name(f"{file.name}~").write_bytes(file.read_bytes())
    done = purge(tmp_path, receipts[1].id)
    left = forgetting.left_behind(str(tmp_path), done)
    assert left == sorted(f"{receipts[0].file.rpartition('/')[0]}/{name}"
                          for name in (f".{file.name}.swp", f"{file.name}~"))  # fmt: skip
    del opened


def test_a_long_lived_journal_goes_on(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT)
    opened.recall("body")
    forgetting.purge(opened, [receipts[1].id], WHY)
    assert opened.append(Draft(body="Next.")).notices == ()
    other, _ = api.open(str(tmp_path)), None
    target = other.append(Draft(body=TEXT))
    assert opened.recall(CANARY).hits
    forgetting.purge(other, [target.id], WHY)
    assert not opened.recall(CANARY).hits
    assert opened.append(Draft(body="After.")).notices == ()
    sound_without(tmp_path, kept=["First body.", "Next.", "After."])


def test_while_others_append(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, *(f"{CANARY} {n}" for n in range(6)))
    writers = [storms.start(tmp_path, f"w{n}", 25) for n in range(4)]
    for receipt in receipts:
        purge(tmp_path, receipt.id)
    told = [process.communicate(timeout=120) for process in writers]
    assert {process.returncode for process in writers} == {0}
    acknowledged = {line.split()[0].decode() for out, _ in told for line in out.splitlines()}
    assert len(acknowledged) == 100
    assert acknowledged <= {row.id for row in opened.rows()}
    sound_without(tmp_path)


@pytest.mark.parametrize("how", ["vim", "code"])
def test_while_an_editor_saves(tmp_path: Path, how: str) -> None:
    """Each save adds a line; whatever was the last one saved is there, and nothing of the text."""
    _, receipts = book(tmp_path, *(f"{CANARY} {n}" for n in range(4)))
    file = day(tmp_path, receipts[0])
    stop, typed = threading.Event(), [0]

    def edit() -> None:
        while not stop.is_set():
            try:
                text = file.read_bytes()
            except FileNotFoundError:
                time.sleep(0.001)
                continue
            line = f"\n## 23:59 typed {typed[0]}\n\nline {typed[0]}\n".encode()
            if how == "vim":
                vim_saves(file, text + line)
            elif not code_saves(file, text + line, len(text)):
                continue
            typed[0] += 1
            time.sleep(0.03)

    editor = threading.Thread(target=edit)
    editor.start()
    for receipt in receipts:
        for _ in range(20):
            try:
                purge(tmp_path, receipt.id)
                break
            except Conflict:
                time.sleep(0.01)
    stop.set()
    editor.join()
    assert typed[0]
    notebook = Notebook.open(str(tmp_path))
    notebook.append(Draft(body="mends"))
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*.md*"))
    aside = tmp_path / ".journal/state/set-aside"
    everything += b"".join(path.read_bytes() for path in aside.iterdir())
    assert [n for n in range(typed[0]) if b"\nline %d\n" % n not in everything] == []
    for receipt in receipts:  # an editor may have saved what it had read before
        purge(tmp_path, receipt.id)
    sound_without(tmp_path)


# Hide and show


def test_hidden_shown_and_hidden_again(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", "Second body.")
    row = opened.catalog.named(receipts[1].id)
    first = forgetting.hide(opened, [row], WHY)
    assert first[0].by
    assert [r.id for r in opened.rows(Selection(kind="note"))] == [receipts[0].id]
    assert forgetting.hide(opened, [row], WHY)[0].by == ""
    assert forgetting.unhide(opened, [row], WHY)[0].by
    assert forgetting.unhide(opened, [row], WHY)[0].by == ""
    assert len(list(opened.rows(Selection(kind="note")))) == 2
    assert unsound(tmp_path) == []
    forgetting.hide(opened, [row], WHY)
    forgetting.purge(opened, [row.id], WHY)
    with pytest.raises(UsageError, match="was purged"):
        forgetting.unhide(opened, [row], WHY)
    assert [r.id for r in opened.rows(Selection(kind="note"))] == [receipts[0].id]
    assert unsound(tmp_path) == []


def test_the_record_itself_stays(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", "Second body.")
    by = forgetting.hide(opened, [opened.catalog.named(receipts[0].id)], WHY)[0].by
    before = day(tmp_path, receipts[0]).read_bytes()
    with pytest.raises(Refused, match="of kind forget"):
        purge(tmp_path, by)
    with pytest.raises(Refused, match="of kind forget"):
        purge(tmp_path, receipts[1].id, by)
    with pytest.raises(UsageError, match="no file or spool"):
        purge(tmp_path, receipts[1].id, "01KAJ2X7Q0M3C4V5B6N7Q8W9E0")
    assert day(tmp_path, receipts[0]).read_bytes() == before
    assert not strike.is_pending(str(tmp_path))
    done = journal(tmp_path, "forget", "01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "--reason", WHY)
    assert done.returncode == 2


def test_the_reason_is_rid_of_secrets(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", "Second body.")
    secret = "ghp_" + "Ab3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"
    done = forgetting.purge(opened, [receipts[0].id], f"the key {secret} was in it")
    said = opened.find(done[0].receipt.id).body  # type: ignore[union-attr]
    assert said.startswith("the key [redacted:")
    forgetting.hide(opened, [opened.catalog.named(receipts[1].id)], f"the key {secret} was in it")
    assert holding(tmp_path, secret) == []


def test_a_reason_that_the_policy_denies_stops_it_all(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    policy = tmp_path / "policy.yaml"
    policy.write_text("schema: journal/policy@1\ndefaults:\n  denylist: [Geheimprojekt]\n")
    before = day(tmp_path, receipts[0]).read_bytes()
    row = opened.catalog.named(receipts[0].id)
    with pytest.raises(Refused):
        forgetting.purge(opened, [row.id], "about Geheimprojekt")
    with pytest.raises(Refused):
        forgetting.hide(opened, [row], "about Geheimprojekt")
    assert day(tmp_path, receipts[0]).read_bytes() == before
    assert not strike.is_pending(str(tmp_path))
    assert holding(tmp_path / "journal", "Geheimprojekt") == []


@pytest.mark.parametrize("mode", ["none", "hash_only", "distilled_only"])
def test_in_a_namespace_that_keeps_little(tmp_path: Path, mode: str) -> None:
    opened, receipts = book(tmp_path, TEXT, "Second body.")
    policy = f"schema: journal/policy@1\ndefaults:\n  persist: {mode}\n"
    (tmp_path / "policy.yaml").write_text(policy)
    forgetting.hide(opened, [opened.catalog.named(receipts[1].id)], WHY)
    purge(tmp_path, receipts[0].id)
    assert [row.kind for row in opened.rows()] == ["forget", "forget"]
    assert (holding(tmp_path), unsound(tmp_path)) == ([], [])


def test_a_journal_that_is_off(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    toml = tmp_path / "journal.toml"
    toml.write_text(toml.read_text().replace("enabled = true", "") + "\nenabled = false\n")
    row = opened.catalog.named(receipts[0].id)
    for act in (
        lambda: forgetting.purge(opened, [row.id], WHY), lambda: forgetting.hide(opened, [row], WHY)
    ):  # fmt: skip
        with pytest.raises(UsageError, match="enabled = false"):
            act()


# Text that comes back


def back_in_file(root: Path, file: Path, before: bytes) -> None:
    del root
    file.write_bytes(before)


def back_by_sync(root: Path, file: Path, before: bytes) -> None:
    del root
    file.with_name(f"{file.name[:10]}.sync-conflict-20261121-101010-ABC.md").write_bytes(before)


@pytest.mark.parametrize("back", [back_in_file, back_by_sync])
def test_text_that_comes_back(tmp_path: Path, back: Callable[[Path, Path, bytes], None]) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    before = file.read_bytes()
    purge(tmp_path, receipts[1].id)
    after = file.read_bytes()
    back(tmp_path, file, before if back is back_by_sync else after.replace(
        next(p.raw for p in dayfile.pieces(after) if dayfile.is_stub(p)),
        next(p.raw for p in dayfile.pieces(before) if CANARY.encode() in p.raw)))  # fmt: skip
    assert holding(tmp_path) != []
    assert not opened.recall(CANARY).hits
    assert opened.find(receipts[1].id).body == ""
    for words in (["show", receipts[1].id], ["list", "--json"], ["recall", CANARY]):
        assert CANARY not in journal(tmp_path, *words).stdout
    found = [one for one in doctor.examine(str(tmp_path)).findings if one.code == "purged-text"]
    assert len(found) == 1
    assert receipts[1].id in found[0].message
    count = len(list(opened.rows(Selection(forgotten="also"))))
    done = journal(tmp_path, "forget", "--purge", receipts[1].id, "--reason", WHY)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(opened.rows(Selection(forgotten="also")))) == count
    for one in tmp_path.glob("journal/main/*/*sync*"):
        one.unlink()
    assert not [one for one in doctor.examine(str(tmp_path)).findings if one.code == "purged-text"]
    sound_without(tmp_path, kept=["First body.", "Third body."])


def test_an_old_buffer_saved_over_the_day(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    before = file.read_bytes()
    purge(tmp_path, receipts[1].id)
    file.write_bytes(before)  # the forget entry went with it, and is in the spool
    assert not opened.recall(CANARY).hits
    opened.append(Draft(body="puts back"))
    assert not opened.recall(CANARY).hits
    assert unsound(tmp_path) == []
    purge(tmp_path, receipts[1].id)
    assert len([r for r in opened.rows() if r.kind == "forget"]) == 1
    sound_without(tmp_path, kept=["First body.", "Third body."])


def test_a_handwritten_text_that_comes_back(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.")
    file = day(tmp_path, receipts[0])
    hand = f"\n## 10:00 Typed\n\n{CANARY}\n"
    file.write_text(file.read_text() + hand)
    wanted = next(row.id for row in opened.rows() if row.id.startswith("h-"))
    purge(tmp_path, wanted)
    file.write_text(file.read_text() + hand)
    assert not opened.recall(CANARY).hits
    assert [one.code for one in doctor.examine(str(tmp_path)).findings] == ["purged-text"]
    done = journal(tmp_path, "forget", "--purge", wanted, "--reason", WHY)
    assert done.returncode == 0, done
    assert len([r for r in opened.rows() if r.kind == "forget"]) == 1
    sound_without(tmp_path, kept=["First body."])


# Cut short


class Cut(BaseException):
    """The process ends here."""


def cut(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    def end(*_: object, **__: object) -> None:
        raise Cut

    where = strike if hasattr(strike, what) else exchange
    monkeypatch.setattr(where, what, end)


FINISHED = "finished a purge that had been cut short"


@pytest.mark.parametrize("where", ["_append", "_keep_tokens", "strike_day", "drop", "unlink"])
def test_the_next_one_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    opened, receipts = book(tmp_path, "First body.")
    own = opened.notebook.attach(f"{CANARY} attached".encode(), name="own.txt")
    target = opened.append(Draft(body=TEXT, fields={"attachments": [own.record()]}))
    with monkeypatch.context() as patch:
        cut(patch, where)
        with pytest.raises(Cut):
            purge(tmp_path, target.id)
    found = [one.code for one in doctor.examine(str(tmp_path)).findings]
    assert "striking" in found
    assert CANARY not in journal(tmp_path, "list").stdout or where == "_append"
    assert strike.is_pending(str(tmp_path)), "who only reads finishes nothing"
    assert Notebook.open(str(tmp_path)).append(Draft(body="next")).notices == (FINISHED,)
    assert not strike.is_pending(str(tmp_path))
    assert len([r for r in opened.rows() if r.kind == "forget"]) == 1
    sound_without(tmp_path, kept=["First body.", "next"])
    del receipts


def test_another_purge_finishes_it_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, f"{TEXT} too", "Fourth body.")
    with monkeypatch.context() as patch:
        cut(patch, "strike_day")
        with pytest.raises(Cut):
            purge(tmp_path, receipts[1].id)
    done = forgetting.purge(opened, [receipts[2].id], WHY)
    assert done[0].receipt
    assert FINISHED in done[0].receipt.notices
    assert len([r for r in opened.rows() if r.kind == "forget"]) == 2
    sound_without(tmp_path, kept=["First body.", "Fourth body."])


def test_cut_short_with_the_day_file_out_of_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    with monkeypatch.context() as patch:
        cut(patch, "swap")
        with pytest.raises(Cut):
            purge(tmp_path, receipts[1].id)
    noted = intent.read(str(tmp_path))
    assert noted
    ((path, kept),) = noted.files
    aside = tmp_path / ".journal/state/set-aside"
    aside.mkdir(exist_ok=True)
    day(tmp_path, receipts[0]).rename(aside / kept)
    assert path == receipts[0].file
    another_writer(tmp_path)  # the forget entry isn't in its spool, and said all the same
    Notebook.open(str(tmp_path)).append(Draft(body="next"))
    assert list(aside.iterdir()) == []
    assert len([r for r in api.open(str(tmp_path)).rows() if r.kind == "forget"]) == 1
    sound_without(tmp_path, kept=["First body.", "Third body.", "next"])


def test_what_can_not_be_finished_stops_no_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT)

    def fail(*_: object) -> None:
        raise JournalError("no room", kind="disk-full")

    with monkeypatch.context() as patch:
        patch.setattr(exchange, "strike_day", fail)
        with pytest.raises(JournalError, match="no room") as raised:
            purge(tmp_path, receipts[1].id)
        assert raised.value.kind == "disk-full"
        assert "is noted, and the next append finishes it" in raised.value.hint
        receipt = opened.append(Draft(body="next"))
        assert "can't be finished yet" in receipt.notices[0]
    assert CANARY not in journal(tmp_path, "list", "--json").stdout
    assert strike.is_pending(str(tmp_path))
    done = journal(tmp_path, "append", "again")
    assert done.returncode == 0, done
    assert FINISHED in done.stderr
    sound_without(tmp_path, kept=["First body.", "next"])


def test_after_a_repair_that_set_the_text_aside(tmp_path: Path) -> None:
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    file = day(tmp_path, receipts[0])
    raw = opened.notebook.raw(opened.find(receipts[1].id))
    file.write_bytes(file.read_bytes().replace(raw, raw[: raw.rindex(b" is the")] + b"\n\n"))
    assert repair.apply(str(tmp_path)).done
    assert any("set-aside" in path for path in holding(tmp_path))
    purge(tmp_path, receipts[1].id)
    sound_without(tmp_path, kept=["First body.", "Third body."])


# Git


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout.decode(errors="replace")


def all_objects(root: Path) -> bytes:
    words = ["git", "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(words, cwd=root, capture_output=True, check=True).stdout


def run(top: Path, commands: list[str]) -> subprocess.CompletedProcess[str]:
    """What a person does with the lines that a purge prints: all of them, pasted into a shell."""
    words = ["sh", "-c", "\n".join(commands)]
    return subprocess.run(words, cwd=top, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("where", ["", "notes/mine", "my notes/Zwerg 'ä'"])
def test_the_commands_for_git(tmp_path: Path, where: str) -> None:
    top = tmp_path / "repo"
    root = top / where
    root.mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    opened, receipts = book(root, "First body.")
    own = opened.notebook.attach(f"{CANARY} attached".encode(), name="own.txt")
    (top / "README").write_text("readme\n")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "one")
    target = opened.append(Draft(body=TEXT, fields={"attachments": [own.record()]}))
    git(top, "add", "-A")
    git(top, "commit", "-qm", "two")
    git(top, "tag", "-a", "-m", "annotated", "v1")
    git(top, "checkout", "-qb", "side")
    opened.append(Draft(body="On the side."))
    git(top, "commit", "-qam", "side")
    git(top, "checkout", "-q", "main")
    opened.append(Draft(body="On main."))
    git(top, "add", "-A")
    git(top, "commit", "-qm", "three")
    for number in (1, 2):
        (top / "README").write_text(f"stashed {number}\n")
        file = day(root, receipts[0])
        file.write_text(file.read_text() + f"\n## 23:00 stashed {number}\n\nBy hand {number}\n")
        git(top, "stash", "push", "-qm", f"work {number}")
    file.write_text(file.read_text() + f"\n## 23:30 staged\n\n{CANARY} typed and staged\n")
    git(top, "add", "-A")
    hand = next(row.id for row in opened.rows() if row.id.startswith("h-"))
    done = journal(root, "forget", target.id, hand, "--purge", "--reason", WHY, "--json")
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert told["left"] == []
    assert CANARY.encode() in all_objects(top)
    ran = run(top, told["history"])
    assert ran.returncode == 0, ran
    assert CANARY.encode() not in all_objects(top)
    git(top, "fsck", "--strict")
    assert git(top, "log", "--format=%s").split() == [
        "Strike",
        "journal",
        "entries",
        "three",
        "two",
        "one",
    ]
    assert git(top, "status", "--porcelain", "-uno") == ""
    assert git(top, "describe", "--tags", "v1").strip() == "v1"
    assert "On the side." in git(
        top, "show", f"side:{os.path.relpath(day(root, receipts[0]), top)}"
    )
    assert [line.split(": ")[-1] for line in git(top, "stash", "list").splitlines()] == [
        "work 2",
        "work 1",
    ]
    assert "By hand 1" in git(top, "stash", "show", "-p", "stash@{1}")
    assert sorted(git(top, "for-each-ref", "--format=%(refname)").split()) == [
        "refs/heads/main", "refs/heads/side", "refs/stash", "refs/tags/v1"]  # fmt: skip
    assert not list(top.glob(".git/journal-strike*"))
    sound_without(root, kept=["First body.", "On main."])
    again = journal(root, "forget", target.id, "--purge", "--reason", WHY, "--json")
    assert json.loads(again.stdout)["history"] == []


def test_an_older_commit_checked_out(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    opened, receipts = book(tmp_path, "First body.", TEXT, "Third body.")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    purge(tmp_path, receipts[1].id)
    git(tmp_path, "commit", "-qam", "purged")
    git(tmp_path, "checkout", "-q", "HEAD~1")
    assert states(tmp_path)[receipts[1].id] == "forgotten"
    assert unsound(tmp_path) == []
    for words in (("list", "--forgotten"), ("show", receipts[1].id), ("recall", CANARY)):
        assert CANARY not in journal(tmp_path, *words).stdout
    git(tmp_path, "checkout", "-qb", "old")
    opened.append(Draft(body="On the old branch."))
    assert unsound(tmp_path) == []
    purge(tmp_path, receipts[1].id)
    assert holding(tmp_path) == []
    assert unsound(tmp_path) == []
    git(tmp_path, "commit", "-qam", "again")
    git(tmp_path, "checkout", "-q", "main")
    sound_without(tmp_path, kept=["First body.", "Third body."])


def test_not_while_git_is_busy(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    _, receipts = book(tmp_path, TEXT)
    (tmp_path / ".git/MERGE_HEAD").write_text("0" * 40)
    with pytest.raises(Conflict, match="in the middle of something: merge"):
        purge(tmp_path, receipts[0].id)
    assert not strike.is_pending(str(tmp_path))


def test_a_session_that_lost_its_spool_is_told(tmp_path: Path) -> None:
    _, receipts = book(tmp_path, "First body.", TEXT)
    next((tmp_path / ".journal/state/spool").iterdir()).unlink()
    with pytest.raises(Conflict, match="spool lacks entries"):
        purge(tmp_path, receipts[1].id)
