"""Importing packs: what is new comes, once, all of it or nothing, and says where it is from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import exchanges
import pytest
from exchanges import api_draft, bodies, pack_of, unsound, workspace
from test_schemas import faults

from journal import api, forgetting, packed, packs, redacting
from journal.api import Journal
from journal.cli import main
from journal.errors import IntegrityError, JournalError, Refused, UsageError
from journal.packing import quarantine
from journal.packing.bringing import bring
from journal.packing.matching import CONFLICTING, NEW, SAME, matches
from journal.selection import Selection

OTHER = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "ours", "Ours alone.") as journal:
        yield journal


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "theirs", "First.", "Second.", "Third.") as journal:
        yield journal


def records(journal: Journal) -> list[dict[str, object]]:
    """The fields of the entries that tell of imports, the newest first."""
    rows = journal.rows(Selection(kind="event"))
    return [dict(row.fields) for row in rows if row.fields.get("event") == packed.IMPORTED]


@pytest.mark.parametrize("zipped", [True, False])
def test_what_is_new_comes_once(
    tmp_path: Path, ours: Journal, theirs: Journal, zipped: bool
) -> None:
    pack = pack_of(theirs, tmp_path / "team.zip", zipped=zipped)
    brought = bring(ours, str(pack))
    assert (brought.new, brought.known, brought.conflicting) == (3, 0, 0)
    assert bodies(ours) == ["First.", "Ours alone.", "Second.", "Third."]
    assert unsound(ours) == []
    assert ours.findings() == []
    [said] = records(ours)
    assert said["pack"] == brought.pack == brought.manifest[7:19]
    assert (said["entries"], said["conflicts"]) == (3, 0)
    assert said["workspace"] == theirs.notebook.place.id
    assert brought.folder.startswith(f"journal/pack.{brought.pack}.")
    before = exchanges.tree(Path(ours.root))
    again = bring(ours, str(pack))
    assert (again.new, again.known, again.entry) == (0, 3, "")
    assert exchanges.tree(Path(ours.root)) == before


def test_nothing_is_left_in_quarantine(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    bring(ours, str(pack_of(theirs, tmp_path / "team.zip")))
    assert os.listdir(f"{ours.root}/{quarantine.INCOMING}") == []


def test_a_dry_run_says_the_same_and_writes_nothing(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    before = exchanges.tree(Path(ours.root))
    dry = bring(ours, pack, dry_run=True)
    assert exchanges.tree(Path(ours.root)) == before
    wet = bring(ours, pack)
    assert dry.entry == dry.folder == ""
    for key in ("new", "known", "conflicting", "namespaces", "pack", "writers", "unknown"):
        assert getattr(dry, key) == getattr(wet, key), key


def test_only_what_is_new_of_a_later_pack_comes(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))
    theirs.append(api_draft("Fourth."))
    later = bring(ours, str(pack_of(theirs, tmp_path / "2.zip")))
    assert (later.new, later.known) == (1, 3)
    text = b"".join(path.read_bytes() for path in Path(ours.root, later.folder).rglob("*.md"))
    assert b"Fourth." in text
    assert b"Third." not in text
    assert unsound(ours) == []


def test_a_filtered_pack_brings_gaps_and_the_rest_comes_later(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    for number in range(3):
        theirs.append(api_draft(f"spike {number}", session="spike"))
        theirs.append(api_draft(f"other {number}"))
    some = bring(ours, str(pack_of(theirs, tmp_path / "some.zip", session="spike")))
    assert some.new == 3
    assert unsound(ours) == []
    rest = bring(ours, str(pack_of(theirs, tmp_path / "all.zip")))
    assert (rest.new, rest.known) == (6, 3)
    assert unsound(ours) == []
    assert exchanges.headers(theirs) <= exchanges.headers(ours)


def test_another_namespace_takes_it(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    brought = bring(ours, pack, as_namespace="team")
    assert brought.namespaces == {"team": 3}
    assert {row.namespace for row in ours.rows(Selection(namespace="team"))} == {"team"}
    assert ours.count(Selection(namespace="team")) == 3
    assert unsound(ours) == []
    again = bring(ours, pack, as_namespace="team")
    assert (again.new, again.known) == (0, 3)


def test_several_namespaces_want_no_one_name(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    theirs.append(api_draft("At work.", namespace="work"))
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    with pytest.raises(UsageError) as caught:
        bring(ours, pack, as_namespace="team")
    assert "main, work" in caught.value.message
    assert bring(ours, pack).namespaces == {"main": 3, "work": 1}
    assert unsound(ours) == []


def test_attachments_come_along(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    record = theirs.notebook.attach(b"the numbers", name="n.csv").record()
    theirs.append(api_draft("see n.csv", fields={"attachments": [record]}))
    brought = bring(ours, str(pack_of(theirs, tmp_path / "team.zip")))
    assert brought.attachments == 1
    kept = Path(ours.root, brought.folder, "attachments", str(record["digest"])[7:])
    assert kept.read_bytes() == b"the numbers"
    assert unsound(ours) == []


def test_handwritten_entries_come_once_each(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    day = next(Path(theirs.root).glob("journal/main/*/*.md"))
    hand = "\n## 09:00 By hand\n\nTyped.\n"
    day.write_text(day.read_text() + hand + hand)
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    assert bring(ours, pack).new == 5
    assert bodies(ours).count("Typed.") == 2
    assert bring(ours, pack).new == 0
    day.write_text(day.read_text() + hand)
    day.write_text(day.read_text() + hand.replace("Typed", "Typed later"))
    assert bring(ours, str(pack_of(theirs, tmp_path / "more.zip"))).new == 1
    assert bodies(ours).count("Typed.") == 2
    assert bodies(ours).count("Typed later.") == 1


def test_text_above_the_first_entry_comes(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    day = next(Path(theirs.root).glob("journal/main/*/*.md"))
    text = day.read_text()
    first = text.index("\n## ") + 1
    day.write_text(f"{text[:first]}Thought before breakfast.\n\n{text[first:]}")
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    assert bring(ours, pack).new == 4
    assert "Thought before breakfast." in bodies(ours)
    assert bring(ours, pack).new == 0
    assert unsound(ours) == []


def test_their_own_entries_come_back_as_known(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))
    back = bring(theirs, str(pack_of(ours, tmp_path / "2.zip", zipped=False)))
    assert (back.new, back.known) == (2, 3)  # what is ours, and that we imported
    assert bodies(theirs) == bodies(ours)
    assert unsound(theirs) == []


def test_records_of_imports_alone_are_no_news(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    ours_too = bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))
    assert ours_too.new == 3
    bring(theirs, str(pack_of(ours, tmp_path / "2.zip")))
    brought = bring(ours, str(pack_of(theirs, tmp_path / "3.zip")))
    assert (brought.new, brought.aside, brought.entry) == (0, 1, "")


def conflicting(tmp_path: Path, ours: Journal) -> tuple[Path, str]:
    """A pack in which the id of our first entry has another text."""
    mine = next(ours.rows()).id
    with workspace(tmp_path / "forger") as forger:
        exchanges.sealed(forger, [(OTHER, "Fine."), (mine, "Not ours."), (OTHER[:-1] + "9", "Ok")])
        return pack_of(forger, tmp_path / "forged.zip"), mine


def test_a_conflict_is_kept_and_told(
    tmp_path: Path, ours: Journal, capfd: pytest.CaptureFixture[str]
) -> None:
    pack, mine = conflicting(tmp_path, ours)
    brought = bring(ours, str(pack))
    assert (brought.new, brought.conflicting) == (2, 1)
    [one] = brought.conflicts
    assert one.id == mine
    [row] = ours.catalog.with_ids([mine])
    assert (one.here.file, one.here.line) == (row.file, row.line)
    assert one.pack.file == "journal/main/2026/2026-11-02.md"
    assert one.here.digest != one.pack.digest
    kept = Path(ours.root, brought.folder, "conflicts.md").read_bytes()
    assert b"Not ours." in kept
    assert "Not ours." not in bodies(ours)
    assert "Ours alone." in bodies(ours)
    assert unsound(ours) == []
    again = bring(ours, str(pack))
    assert (again.new, again.conflicting, again.entry) == (0, 1, "")
    put(ours, pack)
    status, out, err = run(ours, capfd, "inbox", "--json")
    assert status == 0
    assert faults("inbox", json.loads(out)) == []
    assert f"{mine} stands for another text: here {row.file}:{row.line}" in err
    for option in ("new", "known"):
        assert option in json.loads(out)["packs"][0]["import"]


def test_a_purged_entry_never_comes_back(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    pack = str(pack_of(theirs, tmp_path / "1.zip"))
    bring(ours, pack)
    second = next(row for row in ours.rows() if row.head == "Second.")
    forgetting.purge(ours, [second.id], "not for us")
    assert bring(ours, pack).new == 0
    theirs.append(api_draft("Fourth."))
    assert bring(ours, str(pack_of(theirs, tmp_path / "2.zip"))).new == 1
    assert "Second." not in bodies(ours)
    for path in Path(ours.root).rglob("*"):
        assert not path.is_file() or b"Second." not in path.read_bytes(), path
    assert unsound(ours) == []


def test_what_was_purged_there_before_it_came_stays_away(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    early = str(pack_of(theirs, tmp_path / "early.zip"))
    second = next(row for row in theirs.rows() if row.head == "Second.")
    forgetting.purge(theirs, [second.id], "a mistake")
    bring(ours, str(pack_of(theirs, tmp_path / "late.zip")))
    assert unsound(ours) == []
    brought = bring(ours, early)
    assert (brought.new, brought.known) == (0, 3)
    assert "Second." not in bodies(ours)


def test_a_hidden_entry_stays_hidden(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    pack = str(pack_of(theirs, tmp_path / "1.zip"))
    bring(ours, pack)
    second = next(row for row in ours.rows() if row.head == "Second.")
    forgetting.hide(ours, [second], "seen enough")
    assert bring(ours, pack).new == 0
    assert "Second." not in bodies(ours)


def test_what_was_redacted_here_or_there_is_no_conflict(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    import strikes

    secret = strikes.SECRET
    theirs.notebook.append_sealings([strikes.unmasked(f"the key is {secret}", {})])
    pack = str(pack_of(theirs, tmp_path / "masked.zip"))  # masked on its way out
    bring(ours, pack)
    assert secret not in "\n".join(bodies(ours))
    assert unsound(ours) == []
    found = next(row for row in theirs.rows() if row.head.startswith("the key"))
    redacting.apply(theirs, [found.id])
    later = bring(ours, str(pack_of(theirs, tmp_path / "redacted.zip")))
    assert later.conflicting == 0
    assert later.new == 1  # the entry that tells of it
    assert unsound(ours) == []
    back = bring(theirs, str(pack_of(ours, tmp_path / "back.zip")))
    assert back.conflicting == 0
    assert unsound(theirs) == []


def test_nobody_else_speaks_for_our_writers(tmp_path: Path, ours: Journal) -> None:
    with workspace(tmp_path / "forger", "Forged.") as forger:
        old = (Path(forger.root) / "journal.toml").read_text()
        writer = ours.notebook.store.config.writer
        theirs = forger.notebook.store.config.writer
        (Path(forger.root) / "journal.toml").write_text(old.replace(theirs, writer))
    with api.open(str(tmp_path / "forger")) as forger:
        exchanges.sealed(forger, [(OTHER, "Forged.")])
        for path in Path(forger.root).glob("journal/main/*/*.md"):
            if "2026-11-02" not in path.name:
                path.unlink()
        shutil.rmtree(f"{forger.root}/.journal")
        pack = pack_of(forger, tmp_path / "forged.zip")
    before = exchanges.tree(Path(ours.root))
    with pytest.raises(IntegrityError) as caught:
        bring(ours, str(pack))
    assert caught.value.kind == "foreign-writer"
    assert exchanges.tree(Path(ours.root)) == before


def test_nobody_else_continues_this_machines_chain(tmp_path: Path, ours: Journal) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ours.root, copy, ignore=shutil.ignore_patterns(".journal"))
    with api.open(str(copy)) as other:
        day = next(copy.glob("journal/main/*/*.md"))
        text = day.read_bytes()
        day.unlink()
        exchanges.sealed(other, [(OTHER[:-1] + str(n), f"forged {n}") for n in range(4)])
        assert text
        pack = pack_of(other, tmp_path / "forged.zip")
    with pytest.raises(IntegrityError) as caught:
        bring(ours, str(pack))
    assert caught.value.kind == "foreign-writer"
    assert "entry 4" in caught.value.message


def liars(journal: Journal, folder: Path, count: int) -> Path:
    """A pack that claims to be of that workspace, and has other texts."""
    shutil.copytree(journal.root, folder, ignore=shutil.ignore_patterns(".journal"))
    with api.open(str(folder)) as liar:
        next(folder.glob("journal/main/*/*.md")).unlink()
        exchanges.sealed(liar, [(OTHER[:-1] + str(n), f"never said {n}") for n in range(count)])
        return pack_of(liar, folder.with_suffix(".zip"))


def test_a_number_that_an_entry_of_ours_has_is_a_conflict(tmp_path: Path, ours: Journal) -> None:
    mine = next(row for row in ours.rows() if row.seq == 1)
    brought = bring(ours, str(liars(ours, tmp_path / "copy", 1)))
    assert (brought.new, brought.conflicting) == (0, 1)
    assert (brought.conflicts[0].here.file, brought.conflicts[0].here.line) == (
        mine.file,
        mine.line,
    )
    assert unsound(ours) == []


@pytest.mark.parametrize("first", ["true", "false"])
def test_nobody_keeps_another_workspaces_entries_away_by_their_numbers(
    tmp_path: Path, ours: Journal, theirs: Journal, first: str
) -> None:
    packs = [pack_of(theirs, tmp_path / "1.zip"), liars(theirs, tmp_path / "copy", 4)]
    for pack in packs if first == "true" else reversed(packs):
        assert bring(ours, str(pack)).conflicting == 0
    assert {"First.", "Second.", "never said 0", "never said 3"} <= set(bodies(ours))
    assert "forked" in {line.split()[0] for line in unsound(ours)}  # nobody knows which is true


def test_what_nobody_vouches_for_any_more_is_imported_again(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    pack = str(pack_of(theirs, tmp_path / "1.zip"))
    bring(ours, pack)
    for day in Path(ours.root).glob("journal/main/*/*.md"):
        day.write_text(day.read_text().replace("Imported 3 entries", "Imported 9 entries"))
    assert [line.split()[0] for line in unsound(ours)].count("alien") == 3
    assert bring(ours, pack).new == 3
    assert {line.split()[0] for line in unsound(ours)} == {"edited"}  # the entry that told of it
    assert bring(ours, pack).new == 0
    assert bodies(ours).count("First.") == 1


def test_a_corrupt_pack_leaves_nothing(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    pack = pack_of(theirs, tmp_path / "team", zipped=False)
    day = next(pack.rglob("2026*.md"))
    day.write_bytes(day.read_bytes().replace(b"Second.", b"second."))
    before = exchanges.tree(Path(ours.root))
    with pytest.raises(IntegrityError) as caught:
        bring(ours, str(pack))
    assert caught.value.kind == "pack-corrupt"
    assert exchanges.tree(Path(ours.root)) == before


def test_a_journal_that_is_off_imports_nothing(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    toml = Path(ours.root, "journal.toml")
    toml.write_text(toml.read_text().replace("enabled = true", "enabled = false"))
    with pytest.raises(JournalError) as caught:
        bring(ours, pack)
    assert caught.value.kind == "disabled"


def test_the_comparison_by_itself(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))
    theirs.append(api_draft("Fourth."))
    with packs.open(str(pack_of(theirs, tmp_path / "2.zip"))) as pack:
        assert [one.what for one in matches(ours, pack)] == [SAME, SAME, SAME, NEW]
    forged, mine = conflicting(tmp_path, ours)
    with packs.open(str(forged)) as pack:
        found = {one.held.id: one for one in matches(ours, pack)}
        assert found[mine].what == CONFLICTING
        assert found[mine].here
        assert {one.what for key, one in found.items() if key != mine} == {NEW}


def review_policy(journal: Journal, more: str = "") -> None:
    text = f"schema: journal/policy@1\ndefaults:\n  review: [pack]\n{more}"
    Path(journal.root, "policy.yaml").write_text(text)


def test_unknown_writers_wait_for_a_review(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    from journal import reviewing

    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    review_policy(ours, "  agents_approve: true\n")
    with pytest.raises(Refused) as caught:
        bring(ours, pack)
    assert caught.value.kind == "gate-pending"
    assert bodies(ours) == ["Ours alone."] or len(bodies(ours)) == 2  # and that it was asked for
    with pytest.raises(Refused):
        bring(ours, pack)
    [waiting] = reviewing.pending(ours)
    assert "of unknown writers" in waiting.title
    os.unlink(pack)  # it is kept
    answered = reviewing.approve(ours, waiting.id, "anna", reason="From the team.")
    assert answered.done.new == 3
    assert "First." in bodies(ours)
    assert unsound(ours) == []
    [said] = records(ours)
    assert said["review"] == waiting.id
    theirs.append(api_draft("Fourth."))
    with pytest.raises(Refused):  # its writer is known by now, but not who made this pack
        bring(ours, str(pack_of(theirs, tmp_path / "2.zip")))
    [waiting] = reviewing.pending(ours)
    assert "of writers that no key vouches for" in waiting.title


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        ("persist: none", "persist none"),
        ("persist: summary_only", "persist summary_only"),
        ("persist: hash_only", "persist hash_only"),
        ("denylist: ['Sec.nd']", "denylist pattern 1"),
        ("actors: [anna]", "actor not allowed"),
    ],
)
def test_what_the_policy_would_not_keep_does_not_come(
    tmp_path: Path, ours: Journal, theirs: Journal, policy: str, rule: str
) -> None:
    pack = str(pack_of(theirs, tmp_path / "team.zip"))
    text = f"schema: journal/policy@1\nnamespaces:\n  team:\n    {policy}\n"
    Path(ours.root, "policy.yaml").write_text(text)
    before = exchanges.tree(Path(ours.root))
    for dry_run in (True, False):
        with pytest.raises(Refused) as caught:
            bring(ours, pack, "team", dry_run=dry_run)
        assert rule in caught.value.message
        assert "2026" in caught.value.message
    assert exchanges.tree(Path(ours.root)) == before
    assert bring(ours, pack).new == 3  # in main it may be kept


def test_a_pack_is_no_way_around_a_gate(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    from journal import reviewing

    bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))  # so its writer is known
    first = next(row for row in theirs.rows() if row.head == "First.")
    forgetting.hide(theirs, [first], "seen enough")
    pack = str(pack_of(theirs, tmp_path / "2.zip"))
    text = "schema: journal/policy@1\ndefaults:\n  review: [forget]\n  agents_approve: true\n"
    Path(ours.root, "policy.yaml").write_text(text)
    with pytest.raises(Refused) as caught:
        bring(ours, pack)
    assert caught.value.kind == "gate-pending"
    assert "First." in bodies(ours)
    [waiting] = reviewing.pending(ours)
    assert waiting.verb == "forget"
    assert "unknown" not in waiting.title
    assert reviewing.approve(ours, waiting.id, "anna").done.new == 1
    assert "First." not in bodies(ours)
    assert unsound(ours) == []


def test_a_decision_in_a_pack_wants_the_review_that_one_here_does(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    text = "schema: journal/policy@1\nnamespaces:\n  main:\n    review: [decide]\n"
    Path(ours.root, "policy.yaml").write_text(text)
    assert bring(ours, str(pack_of(theirs, tmp_path / "1.zip"))).new == 3
    theirs.append(api_draft("We use tabs.", kind="decision", title="Tabs"))
    pack = str(pack_of(theirs, tmp_path / "2.zip"))
    for as_namespace in ("", "elsewhere"):
        with pytest.raises(Refused) as caught:
            bring(ours, pack, as_namespace)
        assert caught.value.kind == "gate-pending", as_namespace


def test_what_is_secret_only_here_is_masked(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    text = "schema: journal/policy@1\ndefaults:\n  redaction: {staff-number: 'E-[0-9]{6}'}\n"
    theirs.append(api_draft("Ask E-123456 about it."))
    Path(ours.root, "policy.yaml").write_text(text)
    brought = bring(ours, str(pack_of(theirs, tmp_path / "1.zip")))
    assert any("1 entry held a secret, which is masked" in one for one in brought.notices)
    assert [one.id for one in redacting.scan(ours) if one.id] == []


def test_what_waits_for_no_review_any_more_is_thrown_away(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    from journal import reviewing

    first = str(pack_of(theirs, tmp_path / "1.zip"))
    theirs.append(api_draft("Fourth."))
    second = str(pack_of(theirs, tmp_path / "2.zip"))
    review_policy(ours, "  agents_approve: true\n")
    for pack in (first, second):
        with pytest.raises(Refused):
            bring(ours, pack)
    assert len(os.listdir(f"{ours.root}/{quarantine.INCOMING}")) == 2
    [one, other] = reviewing.pending(ours)
    reviewing.refuse(ours, one.id, "anna", "no")
    assert reviewing.approve(ours, other.id, "anna").done.new == 4
    assert os.listdir(f"{ours.root}/{quarantine.INCOMING}") == []


def key_in(tmp_path: Path) -> tuple[str, str]:
    """A key of its own, and its public line."""
    if not shutil.which("ssh-keygen"):
        pytest.skip("ssh-keygen is not installed")
    key = tmp_path / "key"
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", str(key)]
    subprocess.run(words, check=True)
    return str(key), (tmp_path / "key.pub").read_text().strip()


def signed(journal: Journal, target: Path, key: str) -> Path:
    from journal.packing.exporting import Wanted, export

    export(journal, str(target), Wanted(key=key))
    return target


def test_a_key_that_the_policy_names_spares_the_review(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    key, public = key_in(tmp_path)
    pack = str(signed(theirs, tmp_path / "team.zip", key))
    review_policy(ours)
    with pytest.raises(Refused):
        bring(ours, pack)
    review_policy(ours, f"  keys: {{anna: '{public}'}}\n")
    brought = bring(ours, pack)
    assert (brought.new, brought.signed_by) == (3, "anna")
    assert records(ours)[0]["signer"] == brought.signer
    assert Path(ours.root, brought.folder, "manifest.json.sig").is_file()


def test_such_a_key_spares_no_other_review(tmp_path: Path, ours: Journal, theirs: Journal) -> None:
    key, public = key_in(tmp_path)
    theirs.append(api_draft("We use tabs.", kind="decision", title="Tabs"))
    pack = str(signed(theirs, tmp_path / "team.zip", key))
    named = f"  keys: {{anna: '{public}'}}\n"
    text = f"schema: journal/policy@1\ndefaults:\n  review: [pack, decide]\n{named}"
    Path(ours.root, "policy.yaml").write_text(text)
    with pytest.raises(Refused) as caught:
        bring(ours, pack)
    assert caught.value.kind == "gate-pending"
    from journal import reviewing

    [waiting] = reviewing.pending(ours)
    assert waiting.verb == "decide"
    assert "unknown" not in waiting.title
    Path(ours.root, "policy.yaml").write_text(text.replace("pack, decide", "pack"))
    assert bring(ours, pack).new == 4


def test_a_signature_of_another_text_is_refused(
    tmp_path: Path, ours: Journal, theirs: Journal
) -> None:
    key, _ = key_in(tmp_path)
    one = tmp_path / "one"
    from journal.packing.exporting import Wanted, export

    export(theirs, str(one), Wanted(key=key, zipped=False))
    theirs.append(api_draft("Fourth."))
    two = pack_of(theirs, tmp_path / "two", zipped=False)
    shutil.copy(one / "manifest.json.sig", two / "manifest.json.sig")
    with pytest.raises(IntegrityError) as caught:
        bring(ours, str(two))
    assert caught.value.kind == "bad-signature"


# The inbox


def put(journal: Journal, pack: Path) -> Path:
    box = Path(journal.root, "inbox")
    box.mkdir(exist_ok=True)
    return pack.rename(box / pack.name)


def inbox_of(journal: Journal) -> list[str]:
    """What lies in the inbox, by path."""
    box = Path(journal.root, "inbox")
    return sorted(str(one.relative_to(box)) for one in box.rglob("*") if one.is_file())


def run(journal: Journal, capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main.main([*words, "--workspace", journal.root])
    out, err = capfd.readouterr()
    return status, out, err


def test_the_inbox(
    tmp_path: Path, ours: Journal, theirs: Journal, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(ours, capfd, "inbox") == (0, "inbox/ has no pack\n", "")
    put(ours, pack_of(theirs, tmp_path / "b.zip"))
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    put(ours, tmp_path / "bad.zip")
    theirs.append(api_draft("Fourth."))
    folder = put(ours, pack_of(theirs, tmp_path / "c", zipped=False))
    os.symlink(tmp_path, folder.parent / "link.zip")
    (folder.parent / "notes.txt").write_text("no pack")
    status, out, _ = run(ours, capfd, "inbox", "--dry-run")
    assert status == 5
    assert "3 entries would come" in out
    assert "b.zip" in inbox_of(ours)
    status, out, _ = run(ours, capfd, "inbox", "--json")
    assert status == 5
    shown = json.loads(out)
    assert faults("inbox", shown) == []
    became = {one["name"]: (one["became"], one["moved"]) for one in shown["packs"]}
    assert became == {
        "b.zip": ("imported", "inbox/done/b.zip"),
        "bad.zip": ("refused", "inbox/refused/bad.zip"),
        "c": ("imported", "inbox/done/c"),
        "link.zip": ("refused", "inbox/refused/link.zip"),
    }
    left = inbox_of(ours)
    assert {"done/b.zip", "refused/bad.zip", "refused/bad.zip.reason.txt", "notes.txt"} <= {*left}
    reason = Path(ours.root, "inbox/refused/bad.zip.reason.txt").read_text()
    assert "bad.zip" in reason
    assert "Fourth." in bodies(ours)
    put(ours, pack_of(theirs, tmp_path / "b.zip"))
    status, out, _ = run(ours, capfd, "inbox")
    assert status == 0
    assert "nothing new, 4 entries known already" in out
    assert "inbox/done/b-2.zip" in out


def test_what_waits_for_a_review_stays_in_the_inbox(
    tmp_path: Path, ours: Journal, theirs: Journal, capfd: pytest.CaptureFixture[str]
) -> None:
    from journal import reviewing

    review_policy(ours, "  agents_approve: true\n")
    put(ours, pack_of(theirs, tmp_path / "b.zip"))
    status, out, _ = run(ours, capfd, "inbox")
    assert status == 6
    assert "b.zip: pending" in out
    assert inbox_of(ours) == ["b.zip"]
    [waiting] = reviewing.pending(ours)
    reviewing.approve(ours, waiting.id, "anna")
    status, out, _ = run(ours, capfd, "inbox")
    assert status == 0
    assert inbox_of(ours) == ["done/b.zip"]


def test_an_inbox_that_leads_elsewhere_is_left_alone(
    tmp_path: Path, ours: Journal, theirs: Journal, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    pack_of(theirs, outside / "b.zip")
    os.symlink(outside, Path(ours.root, "inbox"))
    status, _, err = run(ours, capfd, "inbox")
    assert status == 3
    assert "inbox" in err
    assert os.listdir(outside) == ["b.zip"]


@pytest.mark.parametrize("says_so", [True, False])
def test_a_session_starts_with_the_inbox(
    tmp_path: Path,
    ours: Journal,
    theirs: Journal,
    capfd: pytest.CaptureFixture[str],
    says_so: bool,
) -> None:
    text = f"schema: journal/policy@1\ndefaults:\n  auto_import: {str(says_so).lower()}\n"
    Path(ours.root, "policy.yaml").write_text(text)
    put(ours, pack_of(theirs, tmp_path / "b.zip"))
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    put(ours, tmp_path / "bad.zip")
    status, out, err = run(ours, capfd, "session", "start", "s1")
    assert (status, out) == (0, "s1\n")
    assert ("First." in bodies(ours)) is says_so
    assert ("inbox/b.zip: imported, 3 new entries" in err) is says_so
    assert ("inbox/bad.zip: refused" in err) is says_so


def test_a_run_begins_with_the_inbox_and_ends_with_the_page(
    tmp_path: Path, ours: Journal, theirs: Journal, journal_bin: Path
) -> None:
    text = "schema: journal/policy@1\ndefaults:\n  auto_import: true\n"
    Path(ours.root, "policy.yaml").write_text(text)
    put(ours, pack_of(theirs, tmp_path / "b.zip"))
    words = [str(journal_bin), "run", "--workspace", ours.root, "--", "true"]
    done = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert b"inbox/b.zip: imported" in done.stderr
    assert "First." in bodies(ours)
    page = Path(ours.root, "STATUS.md")
    assert page.read_text().startswith("# Status on ")
    page.write_text("mine\n")
    done = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
    assert b"STATUS.md stays as it is" in done.stderr
    assert page.read_text() == "mine\n"
