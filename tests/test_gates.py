"""Who may do what: every verb that a policy can mark, at a terminal and without, and ways round."""

import getpass
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import gated
import pytest
from gated import ACTS, Act, Terminal, ids, mark, policy, reviews, standing

from journal import api, reviewing
from journal.cli import main
from journal.entry import Draft
from journal.errors import Conflict, JournalError, Refused, UsageError
from journal.intake import Intake
from journal.policy.gates import Approval

BY_NAME = pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gated.made(tmp_path_factory.mktemp("gated") / "w")


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    """A workspace of its own; a copy has a writer of its own."""
    return Path(shutil.copytree(template, tmp_path / "w"))


def cli(root: Path, *argv: str) -> int:
    return main.main([*argv, "--workspace", str(root)])


# Nobody at a terminal: it is asked for, and not done


@BY_NAME
def test_without_a_mark_it_is_done(root: Path, act: Act) -> None:
    policy(root, "review: []", **dict(act.more))
    before = standing(root)
    assert cli(root, *act.argv(root)) == 0
    assert standing(root) != before
    assert reviews(root) == []
    assert "review:" not in "".join(map(_text, root.glob("journal/main/*/*.md")))


def _text(file: Path) -> str:
    return file.read_text("utf-8")


@BY_NAME
def test_by_the_command_line_it_waits(
    root: Path, act: Act, capfd: pytest.CaptureFixture[str]
) -> None:
    mark(root, act)
    argv = act.argv(root)
    before = standing(root)
    assert cli(root, *argv, "--json") == 6
    error = json.loads(capfd.readouterr().err.splitlines()[-1])["error"]
    assert error["kind"] == "gate-pending"
    assert standing(root) == before
    (one,) = reviews(root)
    assert (one.status, one.verb) == ("pending", act.verb or act.word)
    assert one.id[-8:] in error["hint"]
    assert cli(root, *argv, "--json") == 6  # again: the same review is told
    assert one.id[-8:] in capfd.readouterr().err
    assert len(reviews(root)) == 1


@BY_NAME
def test_by_python_it_waits(root: Path, act: Act) -> None:
    mark(root, act)
    act.argv(root)
    before = standing(root)
    with api.open(str(root)) as journal:
        journal.confirm = lambda _: True  # nobody sits there, whatever is said
        with pytest.raises(Refused, match="waits for a review") as caught:
            act.python(journal, root)
    assert caught.value.kind == "gate-pending"
    assert standing(root) == before
    assert [one.status for one in reviews(root)] == ["pending"]


# Somebody approves


@BY_NAME
def test_what_was_approved_is_done_and_names_its_review(
    root: Path, act: Act, capfd: pytest.CaptureFixture[str]
) -> None:
    mark(root, act, agents_approve="true")
    before, argv = standing(root), act.argv(root)
    assert cli(root, *argv) == 6
    (one,) = reviews(root)
    capfd.readouterr()
    assert cli(root, "review", "approve", one.id, "--as", "anna", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    after = standing(root)
    assert after != before
    (now,) = reviews(root)
    assert (now.by, now.authenticated) == ("anna", "")
    if told["entries"]:
        assert now.status == "approved"
        with api.open(str(root)) as journal:
            fields = [journal.find(entry).fields["review"] for entry in told["entries"]]
        assert set(fields) == {one.id}
    else:
        assert now.status == "done"
    assert cli(root, "review", "approve", one.id, "--as", "anna") == 2  # once
    assert standing(root) == after
    assert cli(root, "verify") in (0, 1)


@BY_NAME
def test_what_was_refused_is_not_done_and_can_be_asked_for_anew(root: Path, act: Act) -> None:
    mark(root, act, agents_approve="true")
    argv = act.argv(root)
    assert cli(root, *argv) == 6
    before = standing(root)
    (one,) = reviews(root)
    assert cli(root, "review", "refuse", one.id, "--as", "anna", "--reason", "No.") == 0
    assert cli(root, "review", "approve", one.id, "--as", "ben") == 2
    assert cli(root, *argv) == 6
    assert standing(root) == before
    assert [one.status for one in reviews(root)] == ["refused", "pending"]


# At the terminal


@BY_NAME
def test_whoever_sits_at_the_terminal_confirms(root: Path, act: Act) -> None:
    mark(root, act)
    argv = act.argv(root)
    before = standing(root)
    no = Terminal(root, argv, "n")
    assert (no.asked, no.code) == (True, 6), no.seen
    assert "not confirmed" in no.seen
    assert standing(root) == before
    assert reviews(root) == []
    yes = Terminal(root, argv, "y")
    assert (yes.asked, yes.code) == (True, 0), yes.seen
    assert standing(root) != before
    (one,) = reviews(root)
    assert (one.is_self, one.by, one.verb) == (True, getpass.getuser(), act.verb or act.word)
    assert one.status in ("approved", "done")


WHO = getpass.getuser()
CASES = {  # what the policy says besides: whether who sits at the terminal is asked at all
    "nothing": ({}, True),
    "an approver": ({"approvers": f"[{WHO}, ben]"}, True),
    "no approver": ({"approvers": "[ben]"}, False),
    "four eyes": ({"four_eyes": "true"}, False),
    "an agent": ({"agents": f"[{WHO}]"}, False),
    "agents approve": ({"agents_approve": "true"}, True),
}


@pytest.mark.parametrize(("more", "asks"), CASES.values(), ids=list(CASES))
def test_who_is_asked_at_the_terminal(root: Path, more: dict[str, str], asks: bool) -> None:
    mark(root, ACTS["purge"], **more)
    before = standing(root)
    found = Terminal(root, ACTS["purge"].argv(root), "y")
    assert found.asked is asks
    assert found.code == (0 if asks else 6), found.seen
    assert (standing(root) != before) is asks


def test_an_agent_at_a_terminal_of_its_own_is_one_by_its_name(root: Path) -> None:
    mark(root, ACTS["decide"], agents="[claude-code]")
    found = Terminal(root, ["decide", "Use Z", "--actor", "claude-code"], "y")
    assert (found.asked, found.code) == (False, 6), found.seen
    (one,) = reviews(root)
    assert one.entry.actor == "claude-code"
    found = Terminal(root, ["review", "approve", one.id, "--as", "claude-code"])
    assert (found.code, "is an agent" in found.seen) == (6, True)
    assert Terminal(root, ["review", "approve", one.id, "--as", "anna"]).code == 0


def answers(root: Path, name: str, *, terminal: bool) -> int:
    (one,) = reviews(root)
    argv = ["review", "approve", one.id, "--as", name]
    return Terminal(root, argv).code if terminal else cli(root, *argv)


APPROVING = [  # what the policy says, who approves, at a terminal; whether they may
    ({}, "anna", True, True),
    ({}, "anna", False, False),
    ({"agents_approve": "true"}, "anna", False, True),
    ({"agents": "[bot]"}, "bot", True, False),
    ({"agents": "[bot]", "agents_approve": "true"}, "bot", False, True),
    ({"approvers": "[anna]"}, "anna", True, True),
    ({"approvers": "[anna]"}, "ben", True, False),
    ({"approvers": "[anna]", "agents_approve": "true"}, "ben", False, False),
    ({"four_eyes": "true"}, "anna", True, True),
    ({"four_eyes": "true"}, "carl", True, False),
    ({"four_eyes": "true"}, "planner", True, False),
    ({"four_eyes": "true"}, WHO, True, False),
    ({"four_eyes": "true", "approvers": "[carl]"}, "carl", True, False),
]


@pytest.mark.parametrize(("more", "name", "terminal", "may"), APPROVING)
def test_who_may_approve(
    root: Path, more: dict[str, str], name: str, terminal: bool, may: bool
) -> None:
    mark(root, ACTS["decide"], **more)
    assert cli(root, "decide", "Use Z", "--actor", "carl", "--role", "planner") == 6
    before = standing(root)
    assert answers(root, name, terminal=terminal) == (0 if may else 6)
    assert (standing(root) != before) is may
    (one,) = reviews(root)
    assert one.status == ("approved" if may else "pending")


def test_who_asked_is_known_by_the_writers_name_too(root: Path) -> None:
    mark(root, ACTS["purge"], four_eyes="true")
    assert cli(root, *ACTS["purge"].argv(root)) == 6
    (one,) = reviews(root)
    with api.open(str(root)) as journal:
        writer = journal.look(one.id)[0].writer
    for name in (writer, writer.rpartition("-")[0]):
        assert Terminal(root, ["review", "approve", one.id, "--as", name]).code == 6
    assert Terminal(root, ["review", "approve", one.id, "--as", "somebody-else"]).code == 0


# No way round

FORGED = [
    {"kind": "decision", "title": "Mine"},
    {"kind": "amend", "fields": {"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC"}},
    {"kind": "adopt", "fields": {"of": "h-0123456789ab"}},
    {"kind": "forget", "fields": {"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC", "what": "hide"}},
    {"kind": "forget", "fields": {"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC"}},
    {"kind": "redact", "fields": {"of": "01M7ZD1NNM3NY7KDXE1V6ZFEYC"}},
    {"kind": "merge"}, {"kind": "branch"}, {"kind": "abandon"}, {"kind": "compact"},
    {"kind": "note"}, {"kind": "event", "fields": {"withheld": "note", "rule": "x"}},
    {"kind": "note", "fields": {"body-digest": "sha256:0"}},
]  # fmt: skip
ALL = "forget, redact, amend, adopt, decide, merge, branch, abandon, compact, append"
PYTHON: dict[str, Callable[[api.Journal, Draft], object]] = {
    "notebook.append": lambda journal, draft: journal.notebook.append(draft),
    "append_many": lambda journal, draft: journal.notebook.append_many([draft]),
    "prepare": lambda journal, draft: journal.notebook.prepare(draft),
    "memory": lambda journal, draft: api.Memory(journal.notebook).notebook.append(draft),
    "under nothing": lambda journal, draft: _under(journal, Approval("01X", ()), draft),
}


def _under(journal: api.Journal, approval: Approval, draft: Draft) -> object:
    with journal.notebook.under(approval):
        return journal.notebook.append(draft)


@pytest.mark.parametrize("given", FORGED, ids=lambda it: str(it["kind"]))
@pytest.mark.parametrize("way", PYTHON.values(), ids=list(PYTHON))
def test_no_draft_goes_round_by_python(
    root: Path, way: Callable[[api.Journal, Draft], object], given: dict[str, Any]
) -> None:
    policy(root, f"review: [{ALL}]")
    before = standing(root)
    with api.open(str(root)) as journal, pytest.raises(Refused, match="needs a review") as caught:
        way(journal, Draft(body="In.", **given))
    assert caught.value.kind == "gated"
    assert standing(root) == before


@pytest.mark.parametrize("given", FORGED, ids=lambda it: str(it["kind"]))
def test_no_draft_goes_round_by_a_batch(
    root: Path, given: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    policy(root, f"review: [{ALL}]")
    before = standing(root)
    lines = root / "drafts.jsonl"
    lines.write_text(json.dumps({"body": "In.", **given}) + "\n", encoding="utf-8")
    assert cli(root, "append", "--batch", "--file", str(lines)) == 6
    assert json.loads(capfd.readouterr().out)["error"]["kind"] == "gated"
    assert standing(root) == before


@pytest.mark.parametrize("given", FORGED[:-2], ids=lambda it: str(it["kind"]))
def test_a_draft_by_front_matter_only_asks(
    root: Path, tmp_path: Path, given: dict[str, Any]
) -> None:
    policy(root, f"review: [{ALL}]")
    before = standing(root)
    fields = "".join(f"{key}: {said}\n" for key, said in given.get("fields", {}).items())
    file = tmp_path / "draft.md"
    file.write_text(f"---\nkind: {given['kind']}\n{fields}---\nIn.\n", encoding="utf-8")
    assert cli(root, "append", "--front-matter", "--file", str(file)) == 6
    assert standing(root) == before
    assert [one.status for one in reviews(root)] == ["pending"]


def test_an_attached_file_does_not_stay(root: Path) -> None:
    policy(root, "review: [append]")
    assert cli(root, "append", "With a file.", "--attach", str(root / "note.md")) == 6
    assert not (root / "journal" / "main" / "attachments").exists()


@pytest.mark.parametrize("text", ["review: []", f"review: [{ALL}]", "persist: none", "roles: [x]"])
def test_nobody_but_the_journal_says_that_something_was_reviewed(root: Path, text: str) -> None:
    policy(root, text)
    note = ids(root)["note"]
    claims = [
        Draft(body="Yes.", kind="review", fields={"status": "approved", "review": note}),
        Draft(body="Yes.", kind="review"),
        Draft(body="Yes.", fields={"review": note}),
    ]
    count = len(reviews(root))
    with api.open(str(root)) as journal:
        ways = (journal.append, journal.notebook.append, lambda it: journal.notebook.record([it]))
        for way, one in product(ways, claims):
            with suppress(UsageError):  # or it is withheld, and that alone is told
                assert way(one) is None or text[:2] in ("pe", "ro"), (way, one)
    assert len(reviews(root)) == count
    assert f"review: {note}" not in "".join(map(_text, root.glob("journal/main/*/*.md")))


def test_importers_bring_no_decision_round_the_gate(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    policy(root, "review: [decide]")
    (root / "adr").mkdir()
    (root / "adr" / "0001-use-z.md").write_text(
        "# 1. Use Z\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n", encoding="utf-8"
    )
    before = standing(root)
    assert cli(root, "import", "adr", str(root / "adr")) == 0
    out = capfd.readouterr().out
    assert "1 could not become entries" in out
    assert "needs a review" in out
    assert cli(root, "decision", "import", str(root / "adr")) == 0
    assert standing(root) == before


def test_a_decision_in_another_namespace_is_that_ones_matter(root: Path) -> None:
    (root / "policy.yaml").write_text(
        "defaults: {review: [decide]}\nnamespaces: {work: {review: []}}\n", encoding="utf-8"
    )
    assert cli(root, "decide", "Use Z", "--namespace", "work") == 0
    assert cli(root, "decide", "Use Z") == 6


@pytest.mark.parametrize("kind", ["forget", "amend", "adopt", "redact"])
def test_no_other_namespace_is_a_way_round(root: Path, kind: str) -> None:
    """What is said there of an entry counts, wherever that entry is."""
    marks = "review: [forget, amend, adopt, redact]"
    text = f"defaults:\n  {marks}\nnamespaces:\n  scratch:\n    review: []\n"
    (root / "policy.yaml").write_text(text, encoding="utf-8")
    before = standing(root)
    fields = {"of": ids(root)["note"]} | ({"what": "hide"} if kind == "forget" else {})
    with api.open(str(root)) as journal:
        draft = Draft(body="In.", kind=kind, namespace="scratch", fields=fields)
        for way, told in ((journal.notebook.append, "gated"), (journal.append, "gate-pending")):
            with pytest.raises(Refused) as caught:
                way(draft)
            assert caught.value.kind == told
        (one,) = reviewing.pending(journal)
        assert reviewing.asked(journal, one)["others"] == ["main"]
        with pytest.raises(Refused, match="without a terminal"):  # the rules of main hold
            reviewing.refuse(journal, one.id, "bot", "No.")
    assert standing(root) == before
    with api.open(str(root)) as journal:
        own = journal.append(Draft(body="A draft.", namespace="scratch")).id
    assert cli(root, "forget", own, "--reason", "Mine.") == 0  # that is its own namespace's matter


def test_where_decisions_are_marked_nobody_pins_one_by_hand(root: Path) -> None:
    policy(root, "review: [decide]")
    before = standing(root)
    with api.open(str(root)) as journal, pytest.raises(Refused, match="review decide"):
        journal.notebook.append(Draft(body="In.", kind="adopt", fields={"of": "h-0123456789ab"}))
    assert standing(root) == before
    assert cli(root, *ACTS["adopt"].argv(root)) == 0  # which pins a note


@pytest.mark.parametrize("name", ["Bot", "bot ", " BOT", "ｂｏｔ", "b\u200bot"])
def test_an_agent_is_one_however_its_name_is_written(root: Path, name: str) -> None:
    mark(root, ACTS["purge"], agents="[bot]")
    assert cli(root, *ACTS["purge"].argv(root)) == 6
    (one,) = reviews(root)
    seen = Terminal(root, ["review", "approve", one.id, "--as", name])
    assert (seen.code, "is an agent" in seen.seen) == (6, True), seen.seen


def test_who_asked_is_the_same_however_the_name_is_written(root: Path) -> None:
    policy(root, "review: [decide]", four_eyes="true", agents_approve="true")
    assert cli(root, "append", "Use Z.", "--kind", "decision", "--actor", "anna") == 6
    (one,) = reviews(root)
    for name in ("anna", "Anna", "anna ", "ANNA\u200b"):
        assert cli(root, "review", "approve", one.id, "--as", name) == 6, name
    assert cli(root, "review", "approve", one.id, "--as", "ben") == 0


def test_explain_says_what_waits_for_a_review(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    policy(root, "review: [decide]")
    assert cli(root, "policy", "explain", "Use Z.") == 0
    assert "allowed" not in capfd.readouterr().out
    assert cli(root, "policy", "explain", "Use Z.", "--kind", "decision") == 0
    assert "only once somebody allowed it: review decide (policy.yaml:2)" in capfd.readouterr().out
    assert cli(root, "policy", "explain", "Use Z.", "--kind", "decision", "--json") == 0
    assert json.loads(capfd.readouterr().out)["review"] == "review decide (policy.yaml:2)"


def test_what_touches_several_namespaces_wants_the_rules_of_all(root: Path) -> None:
    with api.open(str(root)) as journal:
        work = journal.append(Draft(body="At work.", namespace="work")).id
    (root / "policy.yaml").write_text(
        "namespaces:\n  work: {review: [purge], approvers: [boss], agents_approve: true}\n",
        encoding="utf-8",
    )
    before = standing(root)
    note = ids(root)["note"]
    assert cli(root, "forget", note, work, "--purge", "--reason", "Gone.") == 6
    (one,) = reviews(root)
    assert cli(root, "review", "approve", one.id, "--as", "anna") == 6
    assert standing(root) == before
    assert cli(root, "review", "approve", one.id, "--as", "boss") == 0


def test_a_hook_keeps_what_may_not_come_in(root: Path) -> None:
    policy(root, "review: [append]")
    payload = {"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt": "Hello."}
    before = standing(root)
    import subprocess
    import sys

    subprocess.run(
        [sys.executable, "-m", "journal", "hook", "run", "claude-code", "--workspace", str(root)],
        input=json.dumps(payload), text=True, check=True, cwd=root,
    )  # fmt: skip
    assert standing(root) == before
    (letter,) = (root / ".journal" / "state" / "dead").iterdir()
    told = json.loads(letter.read_text("utf-8"))
    assert (told["error"]["kind"], told["draft"]["body"]) == ("gated", "Hello.")
    policy(root, "review: []")
    assert cli(root, "hook", "letters", "--retry") == 0
    assert standing(root) != before


# Bound to the target


def test_what_changed_since_is_not_done(root: Path) -> None:
    policy(root, "review: [purge]", agents_approve="true")
    note = ids(root)["note"]
    assert cli(root, "forget", note, "--purge", "--reason", "Gone.") == 6
    day = next(one for one in root.glob("journal/main/*/*.md") if f"id: {note}\n" in _text(one))
    day.write_text(_text(day).replace("A note.", "A note!"), encoding="utf-8")
    (one,) = reviews(root)
    before = standing(root)
    with api.open(str(root)) as journal, pytest.raises(Conflict) as caught:
        reviewing.approve(journal, one.id, "anna")
    assert caught.value.kind == "target-changed"
    assert standing(root) == before
    day.write_text(_text(day).replace("A note!", "A note."), encoding="utf-8")
    assert cli(root, "review", "approve", one.id, "--as", "anna") == 0


def test_a_file_that_grew_is_not_imported(root: Path) -> None:
    mark(root, ACTS["import"], agents_approve="true")
    assert cli(root, *ACTS["import"].argv(root)) == 6
    with (root / "note.md").open("a", encoding="utf-8") as file:
        file.write("\nAnd more.\n")
    (one,) = reviews(root)
    before = standing(root)
    assert cli(root, "review", "approve", one.id, "--as", "anna") == 7
    assert standing(root) == before


def test_a_request_that_somebody_edited_is_not_done(root: Path) -> None:
    mark(root, ACTS["decide"], agents_approve="true")
    assert cli(root, "decide", "Use Z") == 6
    (one,) = reviews(root)
    before = standing(root)
    days = root.glob("journal/main/*/*.md")
    day = next(file for file in days if f"id: {one.id}\n" in _text(file))
    day.write_text(_text(day).replace("Use Z", "Use Q"), encoding="utf-8")
    with api.open(str(root)) as journal, pytest.raises(JournalError) as caught:
        reviewing.approve(journal, one.id, "anna")
    assert caught.value.kind == "not-as-asked"
    assert standing(root) == before


def test_the_intake_alone_holds_it_back(root: Path) -> None:
    policy(root, "review: [decide]")
    with api.open(str(root)) as journal:
        held = Intake(str(root), journal.notebook.place.policy, "main", None)
    with pytest.raises(Refused, match="needs a review"):
        held.admit({"kind": "decision", "body": b"In."})
    with pytest.raises(Refused, match="needs a review"):
        held.own({"kind": "decision", "body": b"In."})
