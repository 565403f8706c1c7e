"""Exporting packs: what goes, what stays, and that nothing leaves that is secret or unsound."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from exchanges import api_draft, pack_of, workspace
from hypothesis import given
from hypothesis import strategies as st
from strikes import SECRET, unmasked
from test_schemas import faults

from journal import acceptance, api, attach, forgetting, packs, redacting
from journal.api import Journal
from journal.cli import main
from journal.errors import Conflict, JournalError, Refused
from journal.held import Chain, Day, Held
from journal.manifest import ENTRIES, Manifest, Part
from journal.packing import scouting
from journal.packing.bringing import bring
from journal.packing.choosing import plain, said, selection_of
from journal.packing.exporting import Exported, Wanted, export
from journal.packing.inbox import take_in
from journal.packing.matching import matches
from journal.packing.outbox import OUTBOX, depart
from journal.reviewing import approve, pending
from journal.selection import Selection

MASK = b"[redacted:"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "home", "First.", "Second.", "Third.") as journal:
        yield journal


def made(journal: Journal, target: Path, **given: object) -> Exported:
    return export(journal, str(target), Wanted(**given))  # type: ignore[arg-type]


def sound(pack: Path) -> Manifest:
    """The manifest of a pack that holds together."""
    with packs.open(str(pack)) as opened:
        found = packs.check(opened)
        assert (found.findings, found.code) == ((), 0)
        assert found.entries == opened.manifest.entries
        return opened.manifest


def content(pack: Path) -> dict[str, bytes]:
    """Every member of it."""
    with packs.open(str(pack)) as opened:
        return {member.path: opened.read(member.path) for member in opened.manifest.members}


def days(journal: Journal) -> dict[str, bytes]:
    found = Path(journal.root).glob("journal/*/*/*.md")
    return {str(file.relative_to(journal.root)): file.read_bytes() for file in found}


def listed(pack: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in content(pack)[ENTRIES].splitlines()]


def the_day(journal: Journal) -> Path:
    [file] = Path(journal.root).glob("journal/*/*/*.md")
    return file


def amended(journal: Journal) -> None:
    """Every entry accepted as somebody changed it."""
    for verdict in journal.notebook.verify():
        if verdict.state == "edited":
            journal.append(acceptance.amend(journal.notebook, verdict, "meant"))


def marked(journal: Journal, text: str) -> Journal:
    """The journal again, under this policy."""
    (Path(journal.root) / "policy.yaml").write_text(f"defaults:\n  {text}\n")
    journal.close()
    return api.open(journal.root)


@pytest.mark.parametrize("zipped", [True, False])
def test_unfiltered_it_is_the_day_files(tmp_path: Path, home: Journal, *, zipped: bool) -> None:
    home.append(api_draft("Elsewhere.", namespace="other"))
    target = tmp_path / "pack"
    done = made(home, target, zipped=zipped)
    manifest = sound(target)
    assert done.manifest == manifest
    assert (manifest.entries, manifest.left_out, manifest.masked) == (4, {}, ())
    assert {path: raw for path, raw in content(target).items() if path.endswith(".md")} == days(
        home
    )
    assert [part.at for part in manifest.parts] == ["main", "other"]
    assert [(part.first, part.last, part.gaps) for part in manifest.parts] == [
        (1, 3, ()),
        (1, 1, ()),
    ]
    assert [one["body"] for one in listed(target)] == ["First.", "Second.", "Third.", "Elsewhere."]
    assert home.root.encode() not in b"".join(content(target).values())


def test_the_same_entries_are_the_same_bytes(
    tmp_path: Path, home: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (tmp_path / f"{name}.zip" for name in "abc")
    made(home, one)
    copy = tmp_path / "copy"
    shutil.copytree(home.root, copy, ignore=shutil.ignore_patterns(".journal"))
    with api.open(str(copy)) as journal:
        made(journal, two)
    monkeypatch.setattr(scouting, "SMALLEST", 0)
    four = tmp_path / "d.zip"
    made(home, four)
    assert one.read_bytes() == four.read_bytes()
    waiting = threading.Event()
    beside = threading.Thread(target=waiting.wait)  # with threads no process goes ahead
    beside.start()
    try:
        made(home, three)
    finally:
        waiting.set()
        beside.join()
    assert one.read_bytes() == two.read_bytes() == three.read_bytes()


def test_the_empty_journal(tmp_path: Path) -> None:
    with workspace(tmp_path / "home") as journal:
        made(journal, tmp_path / "pack.zip")
    manifest = sound(tmp_path / "pack.zip")
    assert (manifest.entries, manifest.since, manifest.parts) == (0, "", ())


def test_nothing_is_written_over(tmp_path: Path, home: Journal) -> None:
    target = tmp_path / "pack.zip"
    target.write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(JournalError) as error:
            made(home, target, overwrite=overwrite)
        assert error.value.kind == "file-exists"
    assert sorted(os.listdir(tmp_path)) == ["home", "pack.zip"]
    assert target.read_text() == "mine"


def test_a_filter_leaves_gaps(tmp_path: Path, home: Journal) -> None:
    home.append(api_draft("Fourth.", session="talk"))
    home.append(api_draft("Fifth."))
    home.append(api_draft("Sixth.", session="talk"))
    target = pack_of(home, tmp_path / "pack.zip", session="talk")
    manifest = sound(target)
    assert [one["body"] for one in listed(target)] == ["Fourth.", "Sixth."]
    assert manifest.left_out == {"not-chosen": 4}
    assert manifest.selection == {"session": "talk"}
    [part] = manifest.parts
    assert (part.first, part.last, part.head.split(":")[0]) == (4, 6, "6")
    assert [gap.split(":")[0] for gap in part.gaps] == ["3", "5"]


def test_a_filter_takes_what_accepts_along(tmp_path: Path, home: Journal) -> None:
    kept = home.append(api_draft("Mine.", session="talk"))
    file = the_day(home)
    text = file.read_bytes()
    file.write_bytes(text.replace(b"Mine.", b"Mine, changed.").replace(b"First.", b"1st."))
    amended(home)
    target = pack_of(home, tmp_path / "pack.zip", session="talk")
    manifest = sound(target)
    shown = listed(target)
    assert [one["kind"] for one in shown] == ["note", "amend"]
    assert shown[0]["body"] == "Mine, changed."
    assert shown[1]["of"] == kept.id
    assert manifest.left_out == {"not-chosen": 4}
    assert sound(pack_of(home, tmp_path / "all.zip")).left_out == {}


def test_forgotten_entries_stay(tmp_path: Path, home: Journal) -> None:
    rows = {row.seq: row for row in home.rows()}
    forgetting.hide(home, [rows[1]], "private")
    forgetting.purge(home, [rows[2].id], "wrong")
    target = tmp_path / "pack.zip"
    made(home, target)
    assert sound(target).left_out == {"forgotten": 2}
    whole = b"".join(content(target).values())
    assert b"First." not in whole
    assert b"Second." not in whole
    assert [one["kind"] for one in listed(target)] == ["note", "forget", "forget"]
    assert f"\nid: {rows[2].id}\n".encode() not in whole


def test_what_somebody_changed_stays(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    file.write_bytes(file.read_bytes().replace(b"Second.", b"2nd."))
    made(home, tmp_path / "body.zip")
    assert sound(tmp_path / "body.zip").left_out == {"unsound": 1}
    assert [one["body"] for one in listed(tmp_path / "body.zip")] == ["First.", "Third."]


def test_a_changed_header_stays_as_verify_finds_it(tmp_path: Path, home: Journal) -> None:
    shutil.rmtree(Path(home.root) / ".journal")  # no spool remembers
    file = the_day(home)
    file.write_bytes(file.read_bytes().replace(b"kind: note", b"kind: fact", 1))
    home.close()
    with api.open(home.root) as journal:
        made(journal, tmp_path / "pack.zip")
        wrong = [one for one in journal.notebook.verify() if one.state != "intact"]
    assert sound(tmp_path / "pack.zip").left_out == {"unsound": len(wrong)}
    assert 0 < len(wrong) < 3


def test_a_copy_counts_for_nothing(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    shutil.copy(file, file.with_name(f"{file.stem}.sync-conflict-1.md"))
    made(home, tmp_path / "pack.zip")
    manifest = sound(tmp_path / "pack.zip")
    assert (manifest.entries, manifest.left_out) == (3, {})


def test_what_only_a_spool_has_goes_too(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    text = file.read_bytes()
    made(home, tmp_path / "before.zip")
    cut = text.index(b"\n## ", text.index(b"Second.")) + 1
    for left in (text[:cut], None):
        file.unlink() if left is None else file.write_bytes(left)
        target = tmp_path / f"{len(left or b'')}.zip"
        made(home, target)
        assert content(target) == content(tmp_path / "before.zip")


def test_what_comes_meanwhile_is_for_the_next_pack(tmp_path: Path, home: Journal) -> None:
    def append(done: int, total: int) -> None:
        del total
        if done:
            home.append(api_draft("Meanwhile."))

    export(home, str(tmp_path / "pack.zip"), Wanted(), append)
    assert home.count() > 5
    assert sound(tmp_path / "pack.zip").entries == 4  # the first came before spools were read


def test_handwritten_entries_keep_their_numbers(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    with file.open("a") as day:
        day.write("\n## 11:00 Same\n\nText.\n\n## 11:00 Same\n\nText.\n\n## 11:00 Same\n\nText.\n")
    ids = sorted(row.id for row in home.rows() if row.id.startswith("h-"))
    made(home, tmp_path / "all.zip")
    assert sorted(str(one["id"]) for one in listed(tmp_path / "all.zip"))[3:] == ids
    home.catalog.catch_up()
    forgetting.hide(home, [row for row in home.rows() if row.id == ids[0]], "once")
    made(home, tmp_path / "two.zip")
    assert sound(tmp_path / "two.zip").left_out == {"forgotten": 1}
    assert sorted(str(one["id"]) for one in listed(tmp_path / "two.zip"))[4:] == ids[:2]


# Redaction


def leaky(root: Path) -> Journal:
    """A workspace of an older version: nobody masked what its second entry holds."""
    journal = workspace(root, "First.")
    journal.notebook.append_sealings([unmasked(f"It is {SECRET}.", meta={"a": [SECRET]})])
    journal.append(api_draft("Third."))
    return journal


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("zipped", [True, False])
def test_secrets_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, zipped: bool, ahead: bool
) -> None:
    monkeypatch.setattr(scouting, "SMALLEST", 0 if ahead else 1 << 40)
    with leaky(tmp_path / "home") as journal:
        before = days(journal)
        made(journal, tmp_path / "pack", zipped=zipped)
        assert days(journal) == before
        row = next(row for row in journal.rows() if row.seq == 2)
    whole = content(tmp_path / "pack")
    assert SECRET.encode() not in b"".join(whole.values())
    assert MASK in whole[ENTRIES]
    manifest = sound(tmp_path / "pack")
    [masked] = manifest.masked
    assert masked.id == row.id
    assert manifest.left_out == {}
    assert manifest.parts[0].gaps == (f"2:{masked.old}",)
    with workspace(tmp_path / "there") as there:
        assert bring(there, str(tmp_path / "pack")).new == 3
        assert {one.state for one in there.notebook.verify()} == {"intact", "redacted"}


def test_a_secret_typed_by_hand(tmp_path: Path, home: Journal) -> None:
    with the_day(home).open("a") as day:
        day.write(f"\nA line under the third: {SECRET}\n\n## 11:00 Typed\n\n{SECRET}\n")
    made(home, tmp_path / "pack.zip")
    manifest = sound(tmp_path / "pack.zip")
    assert SECRET.encode() not in b"".join(content(tmp_path / "pack.zip").values())
    [masked] = manifest.masked
    assert masked.id.startswith("h-")
    assert manifest.entries == 4


def test_a_secret_above_all_entries(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    file.write_bytes(file.read_bytes().replace(b"\n# ", f"\n# {SECRET} ".encode(), 1))
    made(home, tmp_path / "pack.zip")
    assert sound(tmp_path / "pack.zip").entries == 3
    assert SECRET.encode() not in b"".join(content(tmp_path / "pack.zip").values())


def test_a_secret_in_what_was_accepted_stays(tmp_path: Path, home: Journal) -> None:
    file = the_day(home)
    file.write_bytes(file.read_bytes().replace(b"Second.", SECRET.encode()))
    amended(home)
    made(home, tmp_path / "pack.zip")
    assert sound(tmp_path / "pack.zip").left_out == {"unsound": 1}
    assert SECRET.encode() not in b"".join(content(tmp_path / "pack.zip").values())


def test_an_entry_that_was_redacted_here(tmp_path: Path) -> None:
    with leaky(tmp_path / "home") as journal:
        redacting.apply(journal, [row.id for row in journal.rows() if row.seq == 2], "leaked")
        made(journal, tmp_path / "pack.zip")
    manifest = sound(tmp_path / "pack.zip")
    assert (manifest.left_out, manifest.masked) == ({}, ())


def test_a_pattern_of_the_policys_own(tmp_path: Path, home: Journal) -> None:
    journal = marked(home, "redaction: {house: Second}")
    made(journal, tmp_path / "pack.zip")
    journal.close()
    assert sound(tmp_path / "pack.zip").masked
    assert b"Second" not in b"".join(content(tmp_path / "pack.zip").values())


def test_attachments_go_unless_they_hold_a_secret(tmp_path: Path, home: Journal) -> None:
    texts = {"plain.txt": "All is well.", "leak.txt": f"key {SECRET}", "gone.txt": "Away."}
    kept = {
        name: attach.keep(home.root, "main", text.encode(), name) for name, text in texts.items()
    }
    for one in kept.values():
        fields = {attach.FIELD: [one.record()]}
        home.notebook.append_sealings([unmasked(f"See {one.name}.", fields)])
    os.unlink(f"{home.root}/{kept['gone.txt'].path('main')}")
    done = made(home, tmp_path / "pack.zip")
    assert {Path(file).name: why for file, why in done.files_left.items()} == {
        kept["leak.txt"].digest[7:]: "it holds a secret",
        kept["gone.txt"].digest[7:]: "it is gone",
    }
    with packs.open(str(tmp_path / "pack.zip")) as pack:
        assert pack.manifest.left_out == {"attachments": 2}
        assert packs.check(pack).code < 5
        there = [path for path in pack.members if "/attachments/" in path]
        assert there == [kept["plain.txt"].path("main")]
        assert pack.read(there[0]) == b"All is well."


# What packs brought goes on


def test_what_was_imported_goes_on_as_it_was(tmp_path: Path, home: Journal) -> None:
    with leaky(tmp_path / "leaky") as leak, workspace(tmp_path / "second", "Own.") as second:
        for number, source in enumerate((leak, home)):
            assert bring(second, str(pack_of(source, tmp_path / f"{number}.zip"))).new == 3
        target = pack_of(second, tmp_path / "on.zip")
        manifest = sound(target)
        ids = [one.notebook.place.id for one in (leak, home, second)]
        assert {part.workspace for part in manifest.parts} == set(ids)
        assert len(manifest.masked) == 1
        with workspace(tmp_path / "third") as third:
            assert bring(third, str(target)).conflicting == 0
            made(third, tmp_path / "again.zip")
            with packs.open(str(tmp_path / "0.zip")) as pack:
                assert {one.what for one in matches(third, pack)} == {"same"}
        assert bring(leak, str(target)).conflicting == 0
    again = sound(tmp_path / "again.zip")
    assert {(p.workspace, p.writer, p.first, p.last) for p in manifest.parts} <= {
        (p.workspace, p.writer, p.first, p.last) for p in again.parts
    }


# The commands


def run(*words: str) -> int:
    return main.main(["pack", *words])


@pytest.fixture
def there(home: Journal, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home.root)
    return Path(home.root)


def test_commands(there: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("export", "--dir", "../pack", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert faults("pack-export", told) == []
    assert (told["path"], told["entries"]) == ("../pack", 3)
    assert run("show", "../pack", "--json") == 0
    shown = json.loads(capfd.readouterr().out)
    assert faults("pack-show", shown) == []
    assert shown["pack"] == told["pack"]
    assert run("verify", "../pack", "--json") == 0
    verified = json.loads(capfd.readouterr().out)
    assert faults("pack-verify", verified) == []
    assert verified["counts"] == {"intact": 3}
    assert run("diff", "../pack", "--json") == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [faults("pack-diff", line) for line in lines] == [[]] * 4
    assert lines[-1]["counts"] == {"new": 0, "same": 3, "conflicting": 0}
    assert faults("pack-diff", {"schema": "journal/pack-diff@1"}) != []
    for action in ("show", "verify", "diff", "import"):
        assert run(action, "../pack") == 0
    assert "pack " in capfd.readouterr().out
    assert run("export", "--dir", "../pack") == 2
    assert run("export", "--dir", "../pack", "--replace") == 0
    assert run("export", "--zip", "../none.zip", "--session", "nobody") == 0
    assert sound(there.parent / "none.zip").entries == 0


def test_verify_names_what_was_changed(there: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run("export", "--dir", "../pack")
    [file] = (there.parent / "pack").glob("journal/*/*/*.md")
    file.write_bytes(file.read_bytes().replace(b"Second.", b"Sec0nd."))
    capfd.readouterr()
    assert run("verify", "../pack") == 5
    said = capfd.readouterr().out
    assert "not sound" in said
    assert said.count("\n  get the pack anew from where it was exported\n") == 1
    assert run("import", "../pack") == 5
    assert run("verify", "../nothing") == 2


@pytest.mark.parametrize("gated", [False, True])
def test_what_policy_would_never_keep_does_not_stay_in_the_inbox(
    tmp_path: Path, home: Journal, gated: bool
) -> None:
    box = Path(home.root, "inbox")
    box.mkdir()
    with workspace(tmp_path / "other", "Theirs.") as other:
        pack_of(other, box / "other.zip")
    said = "review: [pack]" if gated else "denylist: ['Theirs']"
    Path(home.root, "policy.yaml").write_text(f"defaults:\n  {said}\n")
    [seen] = take_in(home, dry_run=True)
    [taken] = take_in(home)
    assert taken.error is not None
    assert taken.error.code == 6
    if gated:
        assert (taken.became, taken.moved) == ("pending", "")
        assert (box / "other.zip").exists()
        return
    assert (seen.became, taken.became) == ("refused", "refused")
    assert (seen.moved, taken.moved) == ("", "inbox/refused/other.zip")
    reason = (box / "refused" / "other.zip.reason.txt").read_text()
    assert "denylist pattern 1" in reason
    assert "journal policy show" in reason
    assert take_in(home) == []


def test_a_link_in_the_inbox_is_named_like_the_rest(tmp_path: Path, home: Journal) -> None:
    box = Path(home.root, "inbox")
    box.mkdir()
    (box / "l.zip").symlink_to(tmp_path)
    take_in(home)
    assert "inbox/l.zip: is a link" in (box / "refused" / "l.zip.reason.txt").read_text()


def test_diff_says_what_is_new(
    tmp_path: Path, there: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with workspace(tmp_path / "other", "Theirs.") as other:
        pack_of(other, tmp_path / "other.zip")
    assert run("diff", "../other.zip") == 0
    out = capfd.readouterr().out
    assert out.startswith("+ ")
    assert out.endswith("1 new, 0 same, 0 conflicting\n")
    assert there.exists()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    if not shutil.which("ssh-keygen"):
        pytest.skip("no ssh-keygen here")
    file = tmp_path / "key"
    call = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna", "-f", str(file)]
    subprocess.run(call, check=True)
    return file


def test_signed(tmp_path: Path, there: Path, key: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("export", "--dir", "../pack", "--sign", str(key)) == 0
    assert run("verify", "../pack", "--key", str(key)) == 0
    assert run("verify", "../pack", "--key", "../nothing") == 2
    assert "../nothing" in capfd.readouterr().err
    assert run("verify", "../pack", "--key", f"{key}.pub") == 0
    assert "signed by a key that no policy here names: SHA256:" in capfd.readouterr().out
    public = " ".join(Path(f"{key}.pub").read_text().split()[:2])
    (there / "policy.yaml").write_text(f"defaults:\n  keys:\n    anna: {public}\n")
    assert run("verify", "../pack", "--json") == 0
    assert json.loads(capfd.readouterr().out)["signed_by"] == "anna"
    checked = subprocess.run(
        ["ssh-keygen", "-Y", "check-novalidate", "-n", "journal-pack", "-s",
         str(tmp_path / "pack" / "manifest.json.sig")],
        stdin=(tmp_path / "pack" / "manifest.json").open("rb"), capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0
    assert run("export", "--dir", "../bare") == 0
    assert run("verify", "../bare", "--key", f"{key}.pub") == 5
    shutil.copy(tmp_path / "pack" / "manifest.json.sig", tmp_path / "bare" / "manifest.json.sig")
    manifest = tmp_path / "bare" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"UTC"', b'"GMT"'))
    capfd.readouterr()
    if b"GMT" in manifest.read_bytes():
        assert run("verify", "../bare") == 5
        assert "bad-signature" in capfd.readouterr().out
    with pytest.raises(JournalError), api.open(str(there)) as journal:
        made(journal, tmp_path / "no.zip", key=str(tmp_path / "nothing"))
    assert not (tmp_path / "no.zip").exists()


# By itself, and only if somebody allows it


def test_the_outbox_keeps_the_newest(home: Journal) -> None:
    assert depart(home) == []
    assert not (Path(home.root) / OUTBOX).exists()
    journal = marked(home, "auto_export: {keep: 2}")
    box = Path(home.root) / OUTBOX
    seen = []
    for number in range(4):
        journal.append(api_draft(f"Number {number}."))
        assert depart(journal) == []
        seen += [name for name in sorted(os.listdir(box)) if name not in seen]
        if not number:
            (box / "mine.zip").write_text("mine")
    assert depart(journal) == []
    assert len(seen) == 5
    assert {"mine.zip", seen[-1]} < set(os.listdir(box))
    assert len(os.listdir(box)) == 3
    assert sound(box / seen[-1]).entries == 7
    journal.close()


def test_the_session_ends_whatever_becomes_of_the_pack(
    home: Journal, there: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (there / "policy.yaml").write_text("defaults:\n  auto_export: true\n")
    for name in ("one", "two"):
        assert main.main(["session", "start", name]) == 0
        assert main.main(["session", "end", name]) == 0
    assert len(list((there / OUTBOX).glob("*.zip"))) == 2
    shutil.rmtree(there / OUTBOX)
    (there / OUTBOX).write_text("in the way")
    capfd.readouterr()
    assert main.main(["session", "start", "three"]) == 0
    assert main.main(["session", "end", "three"]) == 0
    assert "auto_export: nothing was exported" in capfd.readouterr().err
    assert home.count(Selection(kind="session")) == 6


def test_an_export_waits_for_a_review(tmp_path: Path, home: Journal) -> None:
    journal = marked(home, "review: [export]\n  agents_approve: true")
    target = tmp_path / "pack.zip"
    with pytest.raises(Refused) as error:
        made(journal, target)
    assert error.value.kind == "gate-pending"
    assert depart(journal) == []
    assert not target.exists()
    journal.append(api_draft("Later."))
    [review] = pending(journal)
    approve(journal, review.id, "anna", reason="fine")
    assert [one["body"] for one in listed(target)] == ["First.", "Second.", "Third."]
    with pytest.raises(Refused):
        made(journal, tmp_path / "second.zip")
    [review] = pending(journal)
    forgetting.hide(journal, [next(row for row in journal.rows() if row.seq == 2)], "private")
    with pytest.raises(Conflict) as changed:
        approve(journal, review.id, "anna", reason="fine")
    assert changed.value.kind == "target-changed"
    assert not (tmp_path / "second.zip").exists()
    journal.close()


# Values


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300), st.integers(0, 3)), max_size=60)
)
def test_a_tally_is_a_dictionary(entries: list[tuple[int, int, int]]) -> None:
    def header(seq: int, salt: int = 0) -> str:
        return f"sha256:{seq * 4 + salt:064x}"

    day = Day("a.md", "2026-11-20", Chain("anna", "main", header(0)))
    tally, known = packs.Tally(day.chain), dict[int, str]()
    named, crowded = set(), set[int]()
    for seq, before, salt in entries:
        held = Held(
            "a", seq, before, header(before, salt), header(seq), "", "", "", b"", b"", day, 1
        )
        assert tally.take(held) is (before < seq if before else not salt)
        if salt == 2:
            tally.take(replace(held, header=header(seq, 1)))
            crowded.add(seq)
        known[seq] = header(seq)
        named.add((before, header(before, salt)))
    gaps = [f"{n}:{digest}" for n, digest in sorted(named) if known.get(n) != digest]
    assert list(tally.gaps()) == [gap for gap in gaps if not gap.startswith("0:")]
    assert all(tally.header(seq) == known.get(seq, "") for seq in range(301))
    newest = max(known, default=0)
    assert (tally.first, tally.last) == (min(known, default=0), newest)
    assert tally.head == (f"{newest}:{known[newest]}" if known else "")
    assert tally.crowded == crowded


def test_a_selection_is_told_and_understood() -> None:
    given: Mapping[str, object] = {"namespace": "main", "tags": ("a", "b"), "kind": "note"}
    selection = Selection(**given)  # type: ignore[arg-type]
    again = selection_of(plain(selection))
    assert again is not None
    assert plain(again) == plain(selection)
    assert said(selection) == {"namespace": "main", "tags": "a, b", "kind": "note"}
    assert (said(None), selection_of({})) == ({}, None)
    assert Part("", "", "", "", 0, 0, 0, "").gaps == ()


@given(
    st.lists(st.sampled_from(["a", "\n", "```", "## 10:00 x", "<!--", "  "]), min_size=1).map(
        "\n".join
    )
)
def test_any_body_comes_through_a_filter(body: str) -> None:
    if not body.strip():
        return
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder) / "home") as journal:
        for session in ("", "talk", "", "talk", ""):
            journal.append(api_draft(body, session=session))
        target = pack_of(journal, Path(folder) / "pack.zip", session="talk")
        sound(target)
        assert [one["body"] for one in listed(target)] == [body, body]
