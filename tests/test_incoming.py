"""Secrets in packs: masked on the way in, so that not a byte of them comes below the workspace."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from exchanges import api_draft, bodies, code, pack_of, unsound, workspace
from strikes import SECRET, states

from journal import api, forgetting, redacting, reviewing
from journal.api import Journal
from journal.cli import main
from journal.errors import JournalError, Refused
from journal.packing import quarantine
from journal.packing.bringing import bring
from journal.selection import Selection

OTHER = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"
NAMED, IN_ENV = "Zwergfledermaus-4711", "Habichtskauz-0815-xyz"
CANARIES = [NAMED, IN_ENV, SECRET]
HAND = f"\n## 09:00 By hand\n\nTyped: {NAMED}.\n"


def everything(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a workspace, and what zips among them hold."""
    for path in sorted(root.rglob("*")):
        yield str(path), os.fsencode(path.name)
        if path.is_file() and path.name not in (".env", "known-values"):
            data = path.read_bytes()
            yield str(path), data
            if path.suffix == ".zip":
                with zipfile.ZipFile(io.BytesIO(data)) as found:
                    yield from ((f"{path}/{name}", found.read(name)) for name in found.namelist())


def leaks(root: Path) -> list[str]:
    """Where a byte of a canary is, as text, in UTF-16 or in hex."""
    marks = [
        mark
        for one in CANARIES
        for mark in (one.encode(), one.encode("utf-16-le"), one.encode().hex().encode())
    ]
    return [name for name, data in everything(root) if any(mark in data for mark in marks)]


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Journal]:
    """A workspace that knows what is secret."""
    workspace(tmp_path / "ours", "Ours alone.").close()
    root = tmp_path / "ours"
    (root / ".env").write_text(f"SERVICE_TOKEN={IN_ENV}\n")
    name = tmp_path / "value"
    name.write_text(NAMED)
    words = ["redact", "value", "add", "bat", "--workspace", str(root)]
    with name.open() as given, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", given)
        assert main.main(words) == 0
    with api.open(str(root)) as journal:
        yield journal


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Journal]:
    """One that does not: its entries hold it, wherever an entry can."""
    with workspace(tmp_path / "theirs", "First.", f"The key is {NAMED}, isn't it?") as journal:
        journal.append(api_draft("Third.", title=f"about {IN_ENV}", tags=["a"]))
        journal.append(api_draft("Fourth.", fields={"note": NAMED}, meta={"x": {"y": IN_ENV}}))
        record = journal.notebook.attach(f"k={NAMED}\n".encode() * 3, name="k.txt").record()
        link = f"see ../attachments/{str(record['digest'])[7:]}"
        journal.append(api_draft(link, fields={"attachments": [record]}))
        journal.append(api_draft("Last."))
        day = next(Path(journal.root).glob("journal/main/*/*.md"))
        day.write_text(day.read_text() + HAND)
        yield journal


def redacts(journal: Journal) -> list[str]:
    """The entries that some was masked of, sorted."""
    rows = journal.rows(Selection(kind="redact", forgotten="also"))
    return sorted(str(row.fields["of"]) for row in rows)


@pytest.mark.parametrize("zipped", [True, False])
def test_not_a_byte_of_a_secret_comes(
    tmp_path: Path, ours: Journal, theirs: Journal, zipped: bool
) -> None:
    pack = pack_of(theirs, tmp_path / "team.zip", zipped=zipped)
    brought = bring(ours, str(pack))
    assert (brought.new, len(brought.masked), brought.attachments) == (7, 5, 1)
    root = Path(ours.root)
    assert leaks(root) == []
    assert unsound(ours) == []
    assert code(ours) == 0
    assert ours.findings() == []
    found = states(root)
    masked = redacts(ours)
    assert len(masked) == 5
    sealed = [one for one in masked if not one.startswith("h-")]
    assert [found[one] for one in sealed] == ["redacted"] * 4
    [hand] = [one for one in masked if one.startswith("h-")]
    assert hand not in found  # it has another id now
    assert "First." in bodies(ours)
    assert any("[redacted:known-value:" in body for body in bodies(ours))
    [kept] = (root / brought.folder / "attachments").iterdir()
    assert sha256(kept.read_bytes()).hexdigest() == kept.name
    [see] = [entry for entry in ours.entries() if entry.body.startswith("see ")]
    assert kept.name in see.body
    assert see.fields["attachments"][0]["digest"] == f"sha256:{kept.name}"
    assert see.fields["attachments"][0]["bytes"] == kept.stat().st_size
    assert list(redacting.scan(ours)) == []
    assert (root / brought.folder / "manifest.json").read_bytes()
    again = bring(ours, str(pack))
    assert (again.new, again.known, again.conflicting, again.entry) == (0, 7, 0, "")
    assert leaks(root) == []


def test_an_export_carries_it_on(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    early = str(pack_of(theirs, tmp_path / "early.zip"))
    bring(ours, early)
    with workspace(tmp_path / "third", "Third one's.") as third:
        brought = bring(third, str(pack_of(ours, tmp_path / "on.zip")))
        assert brought.conflicting == 0
        assert unsound(third) == []
        assert leaks(Path(third.root)) == []
        back = bring(third, early)  # what ours masked of it nobody here takes for theirs
        assert (back.new, back.conflicting) == (1, 4)
        assert unsound(third) == []
    there = bring(theirs, str(tmp_path / "on.zip"))
    assert there.conflicting == 0
    assert unsound(theirs) == []


def test_the_inbox_keeps_no_pack_with_a_secret(
    ours: Journal, theirs: Journal, capfd: pytest.CaptureFixture[str]
) -> None:
    box = Path(ours.root, "inbox")
    box.mkdir()
    pack_of(theirs, box / "a.zip")
    pack_of(theirs, box / "b", zipped=False)
    assert main.main(["inbox", "--workspace", ours.root]) == 0
    said = capfd.readouterr()
    assert "it held secrets, so it was taken away" in said.err
    assert "5 entries held secrets, which are masked" in said.err
    assert leaks(Path(ours.root)) == []
    assert unsound(ours) == []
    assert not any(path.is_file() for path in box.rglob("*"))


def waiting(ours: Journal, pack: str, review: str = "[pack]") -> str:
    """The id of the review that an import of the pack asks for."""
    text = f"schema: journal/policy@1\ndefaults:\n  review: {review}\n  agents_approve: true\n"
    Path(ours.root, "policy.yaml").write_text(text)
    with pytest.raises(Refused) as caught:
        bring(ours, pack)
    assert caught.value.kind == "gate-pending"
    [one] = reviewing.pending(ours)
    return one.id


@pytest.mark.parametrize("review", ["[pack]", "[pack, redact]"])
def test_a_pack_that_waits_holds_no_secret(
    tmp_path: Path, ours: Journal, theirs: Journal, review: str
) -> None:
    pack = pack_of(theirs, tmp_path / "team.zip")
    asked = waiting(ours, str(pack), review)
    assert leaks(Path(ours.root)) == []
    pack.rename(tmp_path / "elsewhere.zip")  # it is kept
    assert reviewing.approve(ours, asked, "anna").done.new == 7
    assert leaks(Path(ours.root)) == []
    assert unsound(ours) == []
    assert len(redacts(ours)) == 5
    assert os.listdir(f"{ours.root}/{quarantine.INCOMING}") == []
    [said] = [row for row in ours.rows(Selection(kind="event")) if row.fields.get("pack")]
    assert said.fields["review"] == asked
    again = bring(ours, str(tmp_path / "elsewhere.zip"))
    assert (again.new, again.known) == (0, 7)


def test_what_was_changed_while_it_waited_does_not_come(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    asked = waiting(ours, str(pack_of(theirs, tmp_path / "team.zip")))
    [day] = Path(ours.root, quarantine.INCOMING).rglob("2026*.md")
    day.write_bytes(day.read_bytes().replace(b"First.", b"first."))
    with pytest.raises(JournalError) as caught:
        reviewing.approve(ours, asked, "anna")
    assert caught.value.kind == "pack-corrupt"
    assert "first." not in bodies(ours)
    assert os.listdir(f"{ours.root}/{quarantine.INCOMING}") == []


def test_a_marked_redaction_holds_back_no_masking(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    Path(ours.root, "policy.yaml").write_text(
        "schema: journal/policy@1\ndefaults:\n  review: [redact]\n"
    )
    assert bring(ours, str(pack_of(theirs, tmp_path / "team.zip"))).new == 7
    assert leaks(Path(ours.root)) == []
    assert unsound(ours) == []


def test_the_denylist_comes_before_redaction(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    pack = pack_of(theirs, tmp_path / "team.zip")
    text = f"schema: journal/policy@1\ndefaults:\n  denylist: ['{NAMED[:9]}']\n"
    Path(ours.root, "policy.yaml").write_text(text)
    with pytest.raises(Refused) as caught:
        bring(ours, str(pack))
    assert "denylist" in caught.value.message
    assert leaks(Path(ours.root)) == [str(Path(ours.root, "policy.yaml"))] * (NAMED in text)


def test_a_conflict_is_kept_without_its_secret(tmp_path: Path, ours: Journal) -> None:
    import exchanges

    mine = next(ours.rows()).id
    with workspace(tmp_path / "forger") as forger:
        exchanges.sealed(forger, [(mine, f"Not ours: {NAMED}."), (OTHER, "Next.")])
        brought = bring(ours, str(pack_of(forger, tmp_path / "forged.zip")))
        assert (brought.new, brought.conflicting, len(brought.masked)) == (1, 1, 0)
    assert b"Not ours: [redacted" in Path(ours.root, brought.folder, "conflicts.md").read_bytes()
    assert leaks(Path(ours.root)) == []
    assert unsound(ours) == []
    again = bring(ours, str(tmp_path / "forged.zip"))
    assert (again.conflicting, again.kept, again.entry) == (1, 1, "")


def test_what_became_secret_later_is_known_all_the_same(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    text = "schema: journal/policy@1\ndefaults:\n  redaction: {staff-number: 'E-[0-9]{6}'}\n"
    theirs.append(api_draft("Ask E-123456 about it."))
    day = next(Path(theirs.root).glob("journal/main/*/*.md"))
    day.write_text(day.read_text() + "\n## 10:00 More\n\nBy hand: E-654321.\n")
    pack = str(pack_of(theirs, tmp_path / "1.zip"))
    assert bring(ours, pack).new == 9
    Path(ours.root, "policy.yaml").write_text(text)
    with api.open(ours.root) as later:
        again = bring(later, pack)
        assert (again.new, again.known, again.conflicting) == (0, 9, 0)
        theirs.append(api_draft("Fifth."))
        more = bring(later, str(pack_of(theirs, tmp_path / "2.zip")))
        assert (more.new, more.conflicting, len(more.masked)) == (1, 0, 0)
        assert unsound(later) == []


def test_what_was_purged_by_hand_stays_away_masked_or_not(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    pack = str(pack_of(theirs, tmp_path / "1.zip"))
    bring(ours, pack)
    [typed] = [row for row in ours.rows() if "Typed" in row.head]
    forgetting.purge(ours, [typed.id], "not for us")
    again = bring(ours, pack)
    assert (again.new, again.known) == (0, 7)
    assert unsound(ours) == []


def test_a_manifest_that_says_a_secret_is_refused(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    theirs.append(api_draft("Sixth.", session=NAMED.lower()))
    theirs.append(api_draft("Seventh.", actor=NAMED))
    pack = pack_of(theirs, tmp_path / "team.zip", actor=NAMED)
    with pytest.raises(Refused) as caught:
        bring(ours, str(pack))
    assert "manifest" in caught.value.message
    assert leaks(Path(ours.root)) == []


def test_a_dry_run_tells_of_it_and_writes_nothing(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    brought = bring(ours, str(pack_of(theirs, tmp_path / "team.zip")), dry_run=True)
    assert (brought.new, brought.record()["masked"], brought.entry) == (7, 5, "")
    assert leaks(Path(ours.root)) == []
    assert bodies(ours) == ["Ours alone."]
