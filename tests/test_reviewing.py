"""Reviews of a journal: signed answers, deeds that fail, what stays when something is purged."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gated
import pytest
from gated import SECRET, Terminal, ids, policy, standing
from shapes import faults
from test_signing import key, line, openssh, put

from journal import api, forgetting, redacting, retention, reviewing, reviews, signing
from journal.cli import main
from journal.entry import Draft
from journal.errors import IntegrityError, JournalError, Refused, UsageError, WorkspaceError
from journal.policy.gates import Approval
from journal.reviewing.gating import say


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gated.made(tmp_path_factory.mktemp("reviewed") / "w")


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "w"))


@pytest.fixture
def journal(root: Path) -> Iterator[api.Journal]:
    """One whose policy marks decisions and purges, and lets agents approve."""
    policy(root, "review: [decide, purge]", agents_approve="true")
    with api.open(str(root)) as opened:
        yield opened


def asked(journal: api.Journal, title: str = "Use Z", **more: Any) -> reviews.Review:
    """A decision that waits for its review."""
    with pytest.raises(Refused, match="waits for a review"):
        journal.append(Draft(body="As agreed.", kind="decision", title=title, **more))
    return reviewing.pending(journal)[-1]


def cli(root: Path, *argv: str) -> int:
    return main.main([*argv, "--workspace", str(root)])


# What is asked for


def test_what_waits_is_a_text_that_a_person_reads(journal: api.Journal) -> None:
    one = asked(journal, parent=ids(Path(journal.root))["note"], actor="anna", role="planner")
    entry = journal.find(one.id)
    assert (entry.kind, entry.title, entry.actor, entry.role) == (
        "review", "Append a decision: Use Z", "anna", "planner",
    )  # fmt: skip
    assert "\n> As agreed.\n" in entry.body
    what = reviewing.asked(journal, one)
    assert what["what"]["draft"]["title"] == "Use Z"
    assert list(what["targets"]) == [ids(Path(journal.root))["note"]]


def test_the_deed_is_the_very_draft(journal: api.Journal) -> None:
    note = ids(Path(journal.root))["note"]
    one = asked(
        journal, tags=("search", "a b"), meta={"n": [1, {"x": None}]}, session="s", path="p",
        fields={"subject": "search", "evidence": [note]}, at="2026-01-02T03:04", token="t-1",  # noqa: S106
    )  # fmt: skip
    receipt = reviewing.approve(journal, one.id[-8:], "anna", reason="As agreed.").done
    entry = journal.find(receipt.id)
    assert (entry.body, entry.title, entry.tags) == ("As agreed.", "Use Z", ("search", "a b"))
    assert (entry.meta, entry.session, entry.path) == ({"n": [1, {"x": None}]}, "s", "p")
    assert entry.at.startswith("2026-01-02T03:04:00")
    assert entry.fields == {"subject": "search", "evidence": [note], "review": one.id}
    assert reviewing.telling(journal, one) == [entry.id]


def test_a_secret_is_masked_before_it_is_asked_for(journal: api.Journal) -> None:
    one = asked(journal, title=f"Rotate {SECRET}")
    assert SECRET not in journal.find(one.id).body
    receipt = reviewing.approve(journal, one.id, "anna").done
    assert "[redacted:" in journal.find(receipt.id).title


def test_what_was_masked_in_a_request_can_not_be_approved(journal: api.Journal) -> None:
    note = ids(Path(journal.root))["note"]
    with pytest.raises(Refused, match="waits"):
        forgetting.purge(journal, [note], f"It had {SECRET} in it.")
    (one,) = reviewing.pending(journal)
    assert SECRET not in journal.find(one.id).body
    with pytest.raises(IntegrityError, match="masked in what it asks for") as caught:
        reviewing.approve(journal, one.id, "anna")
    assert caught.value.kind == "not-as-asked"
    assert "refuse" in caught.value.hint


def test_what_is_too_large_can_only_be_confirmed(journal: api.Journal) -> None:
    with pytest.raises(Refused, match="too large") as caught:
        journal.append(Draft(body="x\n" * 400_000, kind="decision"))
    assert caught.value.kind == "gated"
    assert reviewing.pending(journal) == []


def test_a_text_that_the_policy_keeps_nowhere_stands_in_no_request(root: Path) -> None:
    policy(root, "review: [decide]", persist="hash_only")
    with api.open(str(root)) as journal, pytest.raises(Refused, match="at the terminal") as caught:
        journal.append(Draft(body="Hush.", kind="decision"))
    assert caught.value.kind == "gated"
    assert cli(root, "decide", "Hush") == 6
    done = Terminal(root, ["append", "Hush now.", "--kind", "decision"], "y")
    assert (done.asked, done.code) == (True, 0), done.seen
    assert "Hush" not in "".join(day.read_text("utf-8") for day in root.glob("journal/*/*/*.md"))


def test_what_the_policy_withholds_needs_no_review(root: Path) -> None:
    policy(root, "review: [append]", persist="none")
    assert cli(root, "append", "Nothing of it.") == 0
    with api.open(str(root)) as journal:
        assert reviewing.pending(journal) == []
        assert "Withheld: note" in [row.title for row in journal.rows(limit=2)]


def test_a_journal_that_is_switched_off_says_so(root: Path) -> None:
    policy(root, "review: [export]", agents_approve="true")
    config = (root / "journal.toml").read_text("utf-8")
    assert "enabled = true" in config
    off = config.replace("enabled = true", "enabled = false")
    (root / "journal.toml").write_text(off, encoding="utf-8")
    with api.open(str(root)) as journal, pytest.raises(WorkspaceError) as caught:
        gated.ACTS["export"].python(journal, root)
    assert caught.value.kind == "disabled"
    assert not (root / "adr").exists()


# Who answers


def keyed(root: Path, **more: str) -> None:
    policy(root, "review: [decide]", keys=f"{{anna: '{line(key())} anna@desk'}}", **more)


def test_a_signature_by_a_known_key_needs_no_terminal(root: Path, tmp_path: Path) -> None:
    keyed(root, agents="[anna]")
    file = put(tmp_path / "id", openssh(key()))
    with api.open(str(root)) as journal:
        one = asked(journal)
        answered = reviewing.approve(journal, one.id, "anna", reason="Yes.", key=file)
        assert answered.authenticated == signing.public(line(key())).fingerprint
        row = journal.find(answered.verdict)
        message = reviews.statement(
            journal.notebook.place.id, one.id, one.target, "approved", "anna"
        )
        signature = row.fields["signature"].encode()
        assert (
            signing.check(message, signature, reviews.SIGNED).fingerprint
            == (row.fields["authenticated"])
        )
        (now,) = reviewing.view(journal).reviews.values()
        assert (now.by, now.authenticated) == ("anna", answered.authenticated)


SIGNED = {  # who says to be whom, by whose key; whether that authenticates
    "another key": ("anna", 2), "another name": ("ben", 1),
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), SIGNED.values(), ids=list(SIGNED))
def test_any_other_signature_is_but_a_claim(
    root: Path, tmp_path: Path, name: str, number: int
) -> None:
    keyed(root)
    file = put(tmp_path / "id", openssh(key(number)))
    with api.open(str(root)) as journal:
        one = asked(journal)
        with pytest.raises(Refused, match=f"none that policy.yaml names for {name}"):
            reviewing.approve(journal, one.id, name, key=file)
    keyed(root, agents_approve="true")
    with api.open(str(root)) as journal:
        answered = reviewing.approve(journal, one.id, name, key=file)
        assert answered.authenticated == ""
        assert "authenticated" not in journal.find(answered.verdict).fields


@pytest.mark.parametrize("wrong", ["review", "target", "status", "name", "workspace"])
def test_a_signature_of_anything_else_is_refused(root: Path, tmp_path: Path, wrong: str) -> None:
    keyed(root, agents_approve="true")
    file = put(tmp_path / "id", openssh(key()))
    with api.open(str(root)) as journal:
        one = asked(journal)
        said = {
            "workspace": journal.notebook.place.id, "review": one.id, "target": one.target,
            "status": "approved", "name": "anna", wrong: "other",
        }  # fmt: skip
        signature = signing.sign(reviews.statement(**said), file, reviews.SIGNED)
        before = standing(root)
        with pytest.raises(IntegrityError) as caught:
            reviewing.approve(journal, one.id, "anna", signature=signature)
    assert caught.value.kind == "bad-signature"
    assert standing(root) == before


def test_refusing_wants_a_reason_and_somebody_who_may(root: Path) -> None:
    policy(root, "review: [decide]", approvers="[anna]", agents_approve="true")
    with api.open(str(root)) as journal:
        one = asked(journal)
        for name, reason, error in (("anna", " ", UsageError), ("ben", "No.", Refused)):
            with pytest.raises(error):
                reviewing.refuse(journal, one.id, name, reason)
        answered = reviewing.refuse(journal, one.id, "anna", "Not yet.")
        assert journal.find(answered.verdict).body == "Not yet."
        with pytest.raises(UsageError, match="was refused by anna already"):
            reviewing.approve(journal, one.id, "anna")


def test_no_name_is_no_answer(journal: api.Journal) -> None:
    one = asked(journal)
    with pytest.raises(UsageError, match="who answers"):
        reviewing.approve(journal, one.id, "  ")


def test_what_needs_no_review_any_more_is_not_approved(journal: api.Journal, root: Path) -> None:
    one = asked(journal)
    policy(root, "review: []")
    with pytest.raises(UsageError, match="needs no review any more") as caught:
        reviewing.approve(journal, one.id, "anna")
    assert caught.value.kind == "not-gated"
    assert reviewing.refuse(journal, one.id, "anna", "It is done.").verdict


def test_what_was_confirmed_at_the_terminal_is_over(root: Path) -> None:
    policy(root, "review: [decide]", agents_approve="true")
    assert Terminal(root, ["decide", "Use Z"], "y").code == 0
    with api.open(str(root)) as journal:
        (one,) = reviewing.view(journal).reviews.values()
        assert one.title == "Self-approved: Append a decision"  # and quotes nothing
        with pytest.raises(UsageError, match="already"):
            reviewing.approve(journal, one.id, "anna")


def test_a_watch_is_allowed_by_a_person_alone(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    policy(root, "review: [import]", agents_approve="true")
    assert cli(root, "watch", "jsonl", str(root), "--json") == 6
    error = json.loads(capfd.readouterr().err.splitlines()[-1])["error"]
    assert (error["kind"], "can be asked for" in error["hint"]) == ("gated", True)
    with api.open(str(root)) as journal:
        assert reviewing.pending(journal) == []


# What goes wrong


def test_a_deed_that_fails_says_so_and_can_be_approved_again(
    root: Path, journal: api.Journal
) -> None:
    note = ids(root)["note"]
    with pytest.raises(Refused, match="waits"):
        forgetting.purge(journal, [note], "Gone.")
    (one,) = reviewing.pending(journal)
    note_of_a_later_version = root / ".journal" / "state" / "striking"
    note_of_a_later_version.write_text('{"schema": "journal/striking@9"}', encoding="utf-8")
    with pytest.raises(JournalError) as caught:
        reviewing.approve(journal, one.id, "anna")
    (now,) = reviewing.pending(journal)
    assert (now.id, now.status) == (one.id, "failed")
    assert str(caught.value) in journal.find(now.steps[-1].id).body
    note_of_a_later_version.unlink()
    assert reviewing.approve(journal, one.id, "ben").done
    (now,) = reviewing.view(journal).reviews.values()
    assert (now.status, now.by) == ("approved", "ben")


def test_a_deed_that_was_cut_short_can_be_approved_once_more(journal: api.Journal) -> None:
    one = asked(journal)
    with journal.notebook.under(Approval("", ("review",))):  # as if it had been killed after that
        journal.notebook.record([reviews.verdict(one, "approved", "anna", "")])
    (now,) = reviewing.view(journal).reviews.values()
    assert now.status == "approved"
    assert reviewing.approve(journal, one.id, "anna").done
    assert len(reviewing.telling(journal, one)) == 1
    (now,) = reviewing.view(journal).reviews.values()
    assert [step.fields["status"] for step in now.steps] == [
        "pending", "approved", "failed", "approved",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="was approved by anna already"):
        reviewing.approve(journal, one.id, "anna")


def test_an_approval_ends_with_its_deed(journal: api.Journal) -> None:
    one = asked(journal)
    reviewing.approve(journal, one.id, "anna")
    assert journal.notebook.approval is None
    assert journal.approving is None
    assert asked(journal, "Use Q").id != one.id


def test_it_is_for_its_own_kind_alone(journal: api.Journal) -> None:
    with journal.notebook.under(Approval("01X", ("purge",))):
        for given in ({"kind": "decision"}, {"kind": "review"}, {"fields": {"review": "01X"}}):
            with pytest.raises((Refused, UsageError)):
                journal.notebook.append(Draft(body="In.", **given))


# What stays, and what goes


def test_hiding_a_review_changes_nothing(journal: api.Journal) -> None:
    one = asked(journal)
    refused = reviewing.refuse(journal, one.id, "anna", "No.").verdict
    journal.catalog.catch_up()
    forgetting.hide(journal, [journal.catalog.named(it) for it in (one.id, refused)], "Away.")
    (now,) = reviewing.view(journal).reviews.values()
    assert (now.status, now.by) == ("refused", "anna")


def test_what_was_typed_into_a_day_file_is_no_answer(journal: api.Journal, root: Path) -> None:
    one = asked(journal)
    day = next(file for file in root.glob("journal/main/*/*.md") if one.id in file.read_text())
    with day.open("a", encoding="utf-8") as file:
        file.write(
            f"\n## 23:59 Yes\n\n```yaml entry\nkind: review\nstatus: refused\nreview: {one.id}\n"
            "by: anna\n```\n\nNo.\n"
        )
    (now,) = reviewing.view(journal).reviews.values()
    assert (now.status, len(now.steps)) == ("pending", 1)


def test_a_purge_takes_what_asked_for_the_entry_along(journal: api.Journal, root: Path) -> None:
    policy(root, "review: [decide]", agents_approve="true")
    one = asked(journal, title="Sell the house")
    made = reviewing.approve(journal, one.id, "anna").done.id
    forgetting.purge(journal, [made], "Private.")
    texts = [file.read_bytes() for file in (root / "journal").rglob("*.md")]
    texts += [file.read_bytes() for file in (root / ".journal" / "state").rglob("*.log")]
    assert b"Sell the house" not in b"".join(texts)
    assert b"As agreed" not in b"".join(texts)


def test_verdicts_stay_and_retention_leaves_reviews_alone(journal: api.Journal, root: Path) -> None:
    policy(root, "review: [decide]", max_entries="1", agents_approve="true")
    one = asked(journal)
    refused = reviewing.refuse(journal, one.id, "anna", "No.").verdict
    due = {found.row.id for found in retention.due(journal)}
    assert due
    assert not due & {one.id, refused}
    with pytest.raises(Refused, match="of kind review"):
        forgetting.purge(journal, [refused], "Away.")
    assert forgetting.purge(journal, [one.id], "Away.")
    assert reviewing.view(journal).reviews == {}


def test_a_request_that_was_masked_later_can_not_be_approved(
    journal: api.Journal, root: Path
) -> None:
    policy(root, "review: [decide]", agents_approve="true", redaction="off")
    one = asked(journal, title=f"Rotate {SECRET}")
    policy(root, "review: [decide]", agents_approve="true")
    assert redacting.apply(journal, [one.id])
    with pytest.raises(IntegrityError, match="masked in what it asks for"):
        reviewing.approve(journal, one.id, "anna")


# The command line


def test_what_is_printed_is_what_its_schema_says(
    journal: api.Journal, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one, other = asked(journal), asked(journal, "Use Q")
    for argv, schema in (
        (["list"], "review-list"), (["show", one.id], "review-show"),
        (["approve", one.id, "--as", "anna"], "review-answer"),
        (["refuse", other.id, "--as", "anna", "--reason", "No."], "review-answer"),
        (["show", one.id], "review-show"), (["list", "--all"], "review-list"),
    ):  # fmt: skip
        assert cli(root, "review", *argv, "--json") == 0
        assert not faults(schema, json.loads(capfd.readouterr().out))


def test_show_says_what_has_changed(
    journal: api.Journal, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    note = ids(root)["note"]
    one = asked(journal, parent=note)
    assert cli(root, "review", "show", one.id) == 0
    assert "changed since" not in capfd.readouterr().err
    for day in root.glob("journal/main/*/*.md"):
        text = day.read_text("utf-8")
        day.write_text(text.replace("A note.", "A not."), encoding="utf-8")
    assert cli(root, "review", "show", one.id) == 0
    assert f"{note} has changed since" in capfd.readouterr().err
    assert cli(root, "review", "show", note) == 2
    assert "is no review" in capfd.readouterr().err


@pytest.mark.parametrize("columns", ["60", "80", "160"])
def test_lines_fit_a_terminal_and_say_who_asked_and_why(
    root: Path, columns: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    policy(root, "review: [decide]", agents_approve="true")
    title = "Use what is said in a title that takes more columns than there are: " + "x" * 100
    argv = ["append", "Use Z.", "--title", title, "--kind", "decision", "--actor", "bot"]
    assert cli(root, *argv) == 6
    with api.open(str(root)) as journal:
        (one,) = reviewing.pending(journal)
        reviewing.refuse(journal, one.id, "anna", "Not\nyet.")
    capfd.readouterr()
    assert cli(root, "review", "list", "--all") == 0
    assert cli(root, "audit", "--actor", "bot") == 0
    lines = capfd.readouterr().out.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert (" bot " in lines[0]) is (columns != "60")
    assert all(word in lines[0] for word in (one.id[-8:], "refused", "(by anna)"))
    assert cli(root, "review", "show", one.id) == 0
    assert "refused by anna: Not yet." in capfd.readouterr().out


def test_show_tells_what_an_entry_is_about(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    policy(root, "review: [purge]")
    with api.open(str(root)) as journal:
        note = journal.append(Draft(body="A note on plums.")).id
        with pytest.raises(Refused):
            forgetting.purge(journal, [note], "Mistaken.")
        (one,) = reviewing.pending(journal)
        assert "plums" not in journal.find(one.id).body
    assert cli(root, "review", "show", one.id) == 0
    assert "A note on plums." in capfd.readouterr().out


def test_of_two_answers_show_says_which_came_too_late(
    journal: api.Journal, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one = asked(journal)
    reviewing.refuse(journal, one.id, "anna", "No.")
    say(journal, reviews.verdict(one, reviews.APPROVED, "ben", "Yes."))  # on another machine
    assert cli(root, "review", "show", one.id) == 0
    first, second = capfd.readouterr().out.splitlines()[-2:]
    assert first.endswith("refused by anna: No.")
    assert "approved by ben: Yes.  (too late" in second
