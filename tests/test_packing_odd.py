"""Exports of what somebody changed in odd ways, and to odd places."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchanges import api_draft, code, pack_of, workspace

from journal import acceptance, api, attach, forgetting, packs
from journal.api import Journal
from journal.cli import main
from journal.errors import UsageError
from journal.manifest import Manifest
from journal.packing.bringing import bring
from journal.packing.exporting import Wanted, export
from journal.packing.outbox import OUTBOX, depart

_DIGEST = f"sha256:{'1' * 64}"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "home", "First.", "Second.", "Third.", "Fourth.") as journal:
        yield journal


def sound(pack: Path) -> Manifest:
    with packs.open(str(pack)) as opened:
        found = packs.check(opened)
        assert (found.findings, found.code) == ((), 0)
        return opened.manifest


def amended(journal: Journal, of: str, to: str) -> None:
    """The third entry's header with another line, which somebody accepts."""
    [file] = Path(journal.root).glob("journal/*/*/*.md")
    parts = file.read_text().split("\n## ")
    lines = parts[3].split("\n")
    number = next(n for n, line in enumerate(lines) if line.startswith(f"{of}: "))
    lines[number : number + 1] = [f"{of}: {to}"] if to else []
    parts[3] = "\n".join(lines)
    file.write_text("\n## ".join(parts))
    [verdict] = [one for one in journal.notebook.verify() if one.state == "edited"]
    journal.append(acceptance.amend(journal.notebook, verdict, "meant"))


@pytest.mark.parametrize(
    "prev",
    ["", "garbage", "5", "0:x", f"0:{_DIGEST}", "2:sha256:zz", "1:sha512:aa", "é:sha256:00",
     f"2:{_DIGEST}", f"99:{_DIGEST}", f"{'9' * 18}:{_DIGEST}", f"{'9' * 30}:{_DIGEST}"],
)  # fmt: skip
def test_an_amended_entry_may_follow_anything(tmp_path: Path, home: Journal, prev: str) -> None:
    amended(home, "prev", prev)
    manifest = sound(pack_of(home, tmp_path / "pack.zip"))
    assert (manifest.entries, manifest.left_out) == (5, {})
    with workspace(tmp_path / "other") as other:
        assert bring(other, str(tmp_path / "pack.zip")).new == 5
        # Without the spool that knows the second entry, what contradicts it counts.
        assert (code(home), code(other)) == (0, int(prev.startswith("2:")))


@pytest.mark.parametrize(
    ("seq", "entries"),
    [
        ("", 5),
        ("0", 5),
        ("-5", 5),
        ('"x"', 5),
        ("99", 5),
        (str(10**16), 5),
        ("9" * 30, 5),
        ("2", 4),
    ],
)
def test_an_amended_entry_may_have_any_number(
    tmp_path: Path, home: Journal, seq: str, entries: int
) -> None:
    amended(home, "seq", seq)
    manifest = sound(pack_of(home, tmp_path / "pack.zip"))
    left = {"unsound": 1} if entries == 4 else {}  # its number is another one's
    assert (manifest.entries, manifest.left_out) == (entries, left)
    with workspace(tmp_path / "other") as other:
        assert bring(other, str(tmp_path / "pack.zip")).new == entries
        assert code(other) == 0
        sound(pack_of(other, tmp_path / "again.zip"))


def test_what_packs_brought_keeps_nothing_of_ours_here(tmp_path: Path, home: Journal) -> None:
    """Their forget entries don't hide what was written here, so they don't leave it out either."""
    ours = pack_of(home, tmp_path / "ours.zip")
    with workspace(tmp_path / "other") as other:
        bring(other, str(ours))
        rows = {row.seq: row for row in other.rows() if row.kind == "note"}
        forgetting.hide(other, [rows[1]], "not for us")
        forgetting.purge(other, [rows[2].id], "not for us")
        other.append(api_draft("Theirs."))
        bring(home, str(pack_of(other, tmp_path / "theirs.zip")))
        assert sound(pack_of(other, tmp_path / "left.zip")).left_out == {"forgotten": 2}
    manifest = sound(pack_of(home, tmp_path / "pack.zip"))
    assert manifest.left_out == {}
    own = [part for part in manifest.parts if part.workspace == manifest.workspace]
    assert sum(part.entries for part in own) == 5


def test_what_packs_brought_accepts_nothing_of_ours(tmp_path: Path, home: Journal) -> None:
    """An amend entry of theirs vouches for no change of what was written here."""
    ours = pack_of(home, tmp_path / "ours.zip")
    [file] = Path(home.root).glob("journal/*/*/*.md")
    with workspace(tmp_path / "other") as other:
        bring(other, str(ours))
        [there] = Path(other.root).glob("journal/pack.*/main/*.md")
        there.write_bytes(there.read_bytes().replace(b"Second.", b"2nd."))
        [verdict] = [one for one in other.notebook.verify() if one.state == "edited"]
        other.append(acceptance.amend(other.notebook, verdict, "meant"))
        bring(home, str(pack_of(other, tmp_path / "theirs.zip")))
    file.write_bytes(file.read_bytes().replace(b"Second.", b"2nd."))
    assert [one.state for one in home.notebook.verify()].count("edited") == 1
    assert sound(pack_of(home, tmp_path / "pack.zip")).left_out == {"unsound": 1}


@pytest.mark.parametrize("place", ["journal/x", "journal", "journal/main/x", ".journal/x", "to/x"])
def test_no_pack_lies_among_the_day_files(home: Journal, place: str) -> None:
    os.symlink("journal", f"{home.root}/to")
    with pytest.raises(UsageError) as error:
        export(home, f"{home.root}/{place}", Wanted(zipped=False))
    assert error.value.kind == "bad-value"
    assert sorted(os.listdir(f"{home.root}/journal")) == ["main"]


def test_a_folder_takes_the_place_of_a_zip_and_back(tmp_path: Path, home: Journal) -> None:
    target = tmp_path / "pack"
    for zipped in (True, False, False, True):
        export(home, str(target), Wanted(zipped=zipped, overwrite=True))
        sound(target)
        assert target.is_file() == zipped
        assert sorted(os.listdir(tmp_path)) == ["home", "pack"]


def boxed(journal: Journal, policy: str) -> Journal:
    (Path(journal.root) / "policy.yaml").write_text(f"defaults:\n  auto_export: {policy}\n")
    journal.close()
    return api.open(journal.root)


def test_the_outbox_gets_no_other_namespace(home: Journal) -> None:
    """One that journal.toml doesn't name is none the less another one."""
    journal = boxed(home, "true")
    assert depart(journal) == []
    [first] = (Path(home.root) / OUTBOX).iterdir()
    assert sound(first).selection == {}
    first.unlink()
    journal.append(api_draft("Mine alone.", namespace="private"))
    assert depart(journal, "main") == []
    [pack] = (Path(home.root) / OUTBOX).iterdir()
    assert [part.namespace for part in sound(pack).parts] == ["main"]
    assert b"Mine alone" not in pack.read_bytes()
    with packs.open(str(pack)) as opened:
        assert all(b"Mine alone" not in opened.read(path) for path in opened.members)
    journal.close()


def test_a_folder_in_the_outbox_is_no_pack_of_ours(home: Journal) -> None:
    journal = boxed(home, "{keep: 1}")
    box = Path(home.root) / OUTBOX
    (box / "2026-01-01-aaaaaaaaaaaa.zip").mkdir(parents=True)
    for number in range(2):
        journal.append(api_draft(f"Number {number}."))
        assert depart(journal) == []
        assert len(list(box.iterdir())) == 2
    journal.close()


def test_the_outbox_says_in_words_why_not(home: Journal) -> None:
    journal = boxed(home, "true")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    try:
        told = depart(journal)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert told == ["auto_export: nothing was exported: File too large"]
    assert list((Path(home.root) / OUTBOX).iterdir()) == []
    journal.close()


def test_diff_names_what_has_no_title(
    tmp_path: Path,
    home: Journal,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = pack_of(home, tmp_path / "pack.zip")
    with workspace(tmp_path / "other") as other:
        monkeypatch.chdir(other.root)
    assert main.main(["pack", "diff", str(pack)]) == 0
    said = capfd.readouterr().out.splitlines()
    assert [line.split("  ")[-1] for line in said[:2]] == ["First.", "Second."]


def test_what_a_pack_left_out_is_not_lost(tmp_path: Path, home: Journal) -> None:
    for name in ("kept", "gone"):
        one = attach.keep(home.root, "main", name.encode(), name)
        home.append(api_draft(f"See {name}.", fields={attach.FIELD: [one.record()]}))
        if name == "gone":
            os.unlink(f"{home.root}/{one.path('main')}")
    pack = pack_of(home, tmp_path / "pack.zip")
    assert sound(pack).left_out == {"attachments": 1}
    with workspace(tmp_path / "other") as other:
        assert bring(other, str(pack)).attachments == 1
        assert code(other) == 0
        [file] = Path(other.root).glob("journal/pack.*/attachments/*")
        file.unlink()
        assert [one.state for one in other.notebook.verify()].count("missing") == 1
