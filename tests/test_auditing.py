"""The audit: who did what, with which verdict, on whose approval, as the entries tell it."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import readme
from test_schemas import faults

from journal import (
    acceptance,
    api,
    auditing,
    forgetting,
    redacting,
    reviewing,
    reviews,
    sealing,
)
from journal.api import Journal
from journal.auditing import Line, audit
from journal.cli.main import main
from journal.decisions import verbs as decisions
from journal.entry import Draft
from journal.errors import Refused
from journal.packing.bringing import bring
from journal.packing.exporting import Wanted, export
from journal.policy.gates import Approval
from journal.reviewing.gating import say
from journal.selection import Selection
from journal.workspace import init

SECRET = "ghp_" + "Ab3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"
MARKED = "review: [purge, decide, forget]"


@dataclass
class Book:
    """A workspace whose policy may change, and where agents may approve, as tests are."""

    root: Path
    key: str

    def policy(self, *lines: str) -> None:
        said = "".join(f"  {line}\n" for line in lines)
        text = f"schema: journal/policy@1\ndefaults:\n{said}" if lines else ""
        (self.root / "policy.yaml").write_text(text, encoding="utf-8")

    def open(self) -> Journal:
        return api.open(str(self.root))

    def lines(self, **more: str) -> list[Line]:
        with self.open() as journal:
            return list(audit(journal, **more).lines)  # type: ignore[arg-type]

    def line(self, **more: str) -> Line:
        (line,) = self.lines(**more)
        return line

    def append(self, body: str = "A text", **more: object) -> str:
        with self.open() as journal:
            return journal.append(Draft(body=body, **more)).id  # type: ignore[arg-type]

    def purge(self, entry_id: str) -> str:
        """Ask for a purge where it is marked: the review's id."""
        with self.open() as journal:
            with pytest.raises(Refused) as caught:
                forgetting.purge(journal, [entry_id], "not for the record")
            assert caught.value.kind == "gate-pending"
            return reviewing.pending(journal)[-1].id

    def approve(self, review: str, name: str = "ben", **more: str) -> None:
        with self.open() as journal:
            reviewing.approve(journal, review, name, **more)  # type: ignore[arg-type]


@pytest.fixture
def book(tmp_path: Path, isolated: Path) -> Book:
    readme.give_key(isolated / ".ssh")
    init(str(tmp_path / "book"))
    made = Book(tmp_path / "book", str(isolated / ".ssh" / "id_ed25519"))
    made.policy()
    return made


def replaced(file: Path, old: bytes, new: bytes) -> None:
    data = file.read_bytes()
    assert data.count(old) == 1
    file.write_bytes(data.replace(old, new))


def day(book: Book) -> Path:
    (file,) = (book.root / "journal").rglob("*.md")
    return file


# What is told


def test_each_verb_that_leaves_an_entry(book: Book) -> None:
    init(str(book.root.parent / "other"))
    with book.open() as journal:
        store = journal.notebook
        ids = [journal.append(Draft(body=f"Text {n}")).id for n in range(4)]
        dirty = store.append_sealings([sealing.Sealing({"body": SECRET.encode()})])[0].id
        forgetting.hide(journal, list(journal.catalog.with_ids([ids[0]])), "old")
        forgetting.unhide(journal, list(journal.catalog.with_ids([ids[0]])), "not so old")
        forgetting.purge(journal, [ids[1]], "gone")
        forgetting.purge(journal, [ids[2]], "Kept no longer: max_entries 3 (policy.yaml:4).")
        forgetting.purge(journal, [ids[3]], "Kept no longer: keep_days 30 (journal.toml).")
        redacting.apply(journal, [dirty])
        one = journal.append(decisions.decide("Use Whoosh", actor="anna"))
        journal.append(Draft(body="Aside", kind="branch", path="try", actor="anna"))
        journal.append(Draft(body="Back", kind="merge", fields={"merges": "try"}, role="user"))
        edited = journal.append(Draft(body="Before"))
        replaced(book.root / edited.file, b"Before", b"After!")
        (verdict,) = [v for v in store.verify() if v.id == edited.id]
        journal.append(acceptance.amend(store, verdict, "as it should be"))
        journal.append(Draft(body="Mended", kind="event", role="system", tags=("repair",)))
        with api.open(str(book.root.parent / "other")) as other:
            other.append(Draft(body="From afar"))
            pack = export(other, str(book.root.parent / "pack"), Wanted(zipped=False))
        bring(journal, pack.path)
        sealed = sealing.seal(journal, book.key).receipt
    told = [(line.verb, line.about) for line in book.lines()]
    assert told == [
        ("forget", (ids[0],)), ("unhide", (ids[0],)), ("purge", (ids[1],)),
        ("retention", (ids[2],)), ("prune", (ids[3],)), ("redact", (dirty,)), ("decide", ()),
        ("branch", ("try",)), ("merge", ("try",)), ("amend", (edited.id,)),
        ("repair", ()), ("pack", (pack.id,)), ("seal", ()),
    ]  # fmt: skip
    lines = book.lines()
    assert {line.verdict.status for line in lines} == {"not-gated"}
    assert all(line.done and line.verdict.says == line.id for line in lines)
    assert lines[-1].id == sealed.id
    assert [line.who for line in lines if line.verb in ("decide", "merge")] == ["anna", "user"]
    assert one.id in {line.id for line in lines}


def test_what_is_withheld_is_told_and_what_was_imported_is_not(book: Book) -> None:
    book.policy("persist: none")
    book.append("A secret talk", kind="message")
    assert (book.line().verb, book.line().about) == ("withheld", ("message",))
    book.policy()
    book.append("Of an agent", kind="merge", fields={"merges": "agent-1", "source": "codex:a:1"})
    book.append("A talk", kind="message")
    assert [line.verb for line in book.lines()] == ["withheld"]


def test_by_time_name_verb_and_namespace(book: Book) -> None:
    with book.open() as journal:
        for actor, at in (("anna", "2026-11-19T10:00"), ("ben", "2026-11-20T10:00")):
            journal.append(decisions.decide(f"Of {actor}", actor=actor, at=at))
        journal.append(Draft(body="x", kind="branch", path="try", namespace="side", actor="ben"))
        every = audit(journal).lines
        assert len(every) == 3
        moments = sorted(line.moment for line in every)
        assert [line.moment for line in every] == moments
        since = journal.catalog.with_ids([every[1].id]).pop().moment
        assert audit(journal, Selection(since=since)).lines == every[1:]
        assert audit(journal, Selection(until=since)).lines == every[:1]
        assert audit(journal, Selection(namespace="side")).lines == every[2:]
        assert audit(journal, name="anna").lines == every[:1]
        assert audit(journal, name="ben", verb="branch").lines == every[2:]
        assert audit(journal, name=every[0].writer).lines == every
        assert audit(journal, name="nobody").lines == ()


# On whose approval


def test_a_review_on_its_way(book: Book) -> None:
    victim = book.append()
    book.policy(MARKED, "agents_approve: true")
    review = book.purge(victim)
    line = book.line()
    assert (line.id, line.verb, line.about, line.done) == (review, "purge", (victim,), False)
    assert (line.verdict.status, line.verdict.words) == ("pending", "pending")
    book.approve(review)
    line = book.line()
    assert (line.verb, line.about, line.done, line.review) == ("purge", (victim,), True, review)
    assert line.verdict.words == "approved by ben (claimed)"
    assert line.verdict.trouble == ()
    assert line.verdict.says not in (line.id, review)
    with book.open() as journal:
        assert journal.find(line.verdict.says).fields["by"] == "ben"
    assert book.lines(name="ben") == [line]


def test_a_signed_approval_is_authenticated_by_the_keys_as_they_are_now(book: Book) -> None:
    victim = book.append()
    keys = f"keys: {{ben: '{readme.PUBLIC_KEY} ben@home'}}"
    book.policy(MARKED, keys)
    review = book.purge(victim)
    book.approve(review, key=book.key)
    verdict = book.line().verdict
    assert verdict.fingerprint.startswith("SHA256:")
    assert verdict.words == f"approved by ben (authenticated: {verdict.fingerprint})"
    book.policy()
    verdict = book.line().verdict
    assert verdict.fingerprint == ""
    assert "doesn't name for ben" in verdict.words


def test_a_refusal_and_what_is_approved_and_not_done(book: Book) -> None:
    one, other = book.append("one"), book.append("other")
    book.policy(MARKED, "agents_approve: true")
    first = book.purge(one)
    with book.open() as journal:
        reviewing.refuse(journal, first, "ben", "not yet")
    assert book.line().verdict.words == "refused by ben (claimed)"
    second = book.purge(other)
    book.approve(second)
    (deed,) = [line for line in book.lines() if line.done]
    _take_out(day(book), deed.id)
    lost = [line for line in book.lines() if line.review == second]
    assert [line.done for line in lost] == [False]
    assert "nothing shows that it was done" in lost[0].verdict.words


def _take_out(file: Path, entry_id: str) -> None:
    """As from another machine: no spool has it either."""
    from journal import dayfile

    data = file.read_bytes()
    (raw,) = [one.raw for one in dayfile.pieces(data) if f"id: {entry_id}\n".encode() in one.raw]
    file.write_bytes(data.replace(raw, b""))
    for spool in file.parents[3].joinpath(".journal/state/spool").glob("*.log"):
        spool.unlink()


def test_what_was_edited_is_told(book: Book) -> None:
    victim = book.append()
    book.policy(MARKED, "agents_approve: true")
    review = book.purge(victim)
    book.approve(review, reason="As agreed on Monday")
    replaced(day(book), b"As agreed on Monday", b"As agreed on Friday")
    line = book.line()
    assert line.verdict.trouble == (f"{line.verdict.says} is edited",)
    replaced(day(book), b"As agreed on Friday", b"As agreed on Monday")
    assert book.line().verdict.trouble == ()


def test_a_forged_signature_is_told(book: Book) -> None:
    victim = book.append()
    book.policy(MARKED, f"keys: {{ben: '{readme.PUBLIC_KEY}'}}")
    review = book.purge(victim)
    book.approve(review, key=book.key)
    with book.open() as journal:
        said = journal.find(book.line().verdict.says)
    # The same answer in another name: the signature is of ben's, whoever claims it.
    replaced(day(book), f"by: {said.fields['by']}".encode(), b"by: eve")
    words = book.line().verdict.words
    assert "approved by eve (claimed)" in words
    assert "the signature does not hold" in words


def test_a_person_s_hand_approves_nothing(book: Book) -> None:
    victim = book.append()
    book.policy(MARKED)
    review = book.purge(victim)
    typed = (
        "\n## 23:59 Approved\n\n```yaml entry\nkind: review\nverb: purge\nstatus: approved\n"
        f"review: {review}\nby: anna\n```\n\nYes.\n"
    )
    with day(book).open("a", encoding="utf-8") as file:
        file.write(typed)
    assert book.line().verdict.status == "pending"


def test_a_decision_typed_by_hand_is_told_as_one(book: Book) -> None:
    book.append()
    book.policy(MARKED)
    with day(book).open("a", encoding="utf-8") as file:
        for kind in ("decision", "forget", "amend", "redact"):  # of which only the first counts
            file.write(f"\n## 23:59 Mine\n\n```yaml entry\nkind: {kind}\n```\n\nIn {kind}.\n")
        file.write("\n## 23:59 Forged\n\n```yaml entry\nkind: merge\nreview: x\n```\n\nIn.\n")
    told = book.lines()
    assert {line.verb for line in told} == {"decide", "merge"}
    words = "not gated; it was typed by hand"
    assert {line.verdict.words for line in told} == {words}


def test_what_names_a_review_that_is_not_here(book: Book) -> None:
    victim = book.append()
    book.policy(MARKED, "agents_approve: true")
    review = book.purge(victim)
    book.approve(review)
    _take_out(day(book), review)
    with book.open() as journal:
        found = audit(journal)
    (line,) = found.lines
    assert (line.verb, line.verdict.words) == ("purge", "its review is not here")
    assert len(found.strange) == 1


def test_an_approval_is_for_what_was_asked(book: Book) -> None:
    """An entry that borrows a review of something else: by hand of who can write the files."""
    one, other = book.append("one"), book.append("other")
    book.policy(MARKED, "agents_approve: true")
    review = book.purge(one)
    book.approve(review)
    with book.open() as journal:
        fields = {"of": other, "what": "hide", "review": review}
        draft = {"body": b"Borrowed", "kind": "forget", "fields": fields}
        journal.notebook.append_sealings([sealing.Sealing(draft)])
    (line,) = [line for line in book.lines() if line.about == (other,)]
    assert line.verdict.trouble == ("that is not what was asked for",)


def test_what_a_pack_brought_is_told_and_allows_nothing_here(book: Book, tmp_path: Path) -> None:
    victim = book.append()
    keys = f"keys: {{ben: '{readme.PUBLIC_KEY}'}}"
    book.policy(MARKED, "agents_approve: true", keys)
    mine = book.purge(victim)
    init(str(tmp_path / "afar"))
    afar = Book(tmp_path / "afar", book.key)
    theirs = afar.append("Theirs")
    afar.policy(MARKED, keys)
    review = afar.purge(theirs)
    afar.approve(review, key=book.key)
    with afar.open() as journal:
        # And one that would approve what is asked for here, earlier than anybody else.
        claim = reviews.Request("purge", "main", {}, {}, "x")
        draft = replace(reviews.self_approved(claim, "eve", "Done."), at="2001-01-01T00:00")
        fields = {**draft.fields, "review": mine}
        draft = replace(draft, fields=fields)
        with journal.notebook.under(Approval("", (reviews.KIND,))):
            journal.notebook.record([draft])
        pack = export(journal, str(tmp_path / "pack"), Wanted(zipped=False))
        workspace = journal.notebook.store.config.id
    book.policy(keys)  # a gate of its own would ask for a review of such a pack
    with book.open() as journal:
        bring(journal, pack.path)
    (line,) = [one for one in book.lines(verb="purge") if not one.workspace]
    assert (line.id, line.verdict.status) == (mine, "pending")
    (line,) = [one for one in book.lines() if one.workspace]
    assert (line.workspace, line.about, line.verdict.by) == (workspace, (theirs,), "ben")
    assert line.verdict.fingerprint.startswith("SHA256:")
    assert line.verdict.trouble == ()


def test_what_is_gated_and_leaves_an_entry_of_its_own(book: Book) -> None:
    book.policy("review: [decide]", "agents_approve: true")
    with book.open() as journal:
        with pytest.raises(Refused):
            journal.append(decisions.decide("Use Whoosh", actor="anna"))
        (review,) = reviewing.pending(journal)
    book.approve(review.id)
    line = book.line()
    assert (line.verb, line.who, line.verdict.by) == ("decide", "anna", "ben")
    assert (line.verdict.asked, line.verdict.trouble) == ("anna", ())


def test_what_was_confirmed_at_the_terminal(book: Book) -> None:
    """Said as the gate says it; tests/test_gates.py has the terminal."""
    victims = [book.append("one"), book.append("other")]
    with book.open() as journal:
        request = reviews.Request("purge", "main", {}, {}, "Purge 2 entries")
        first, second = (
            say(journal, reviews.self_approved(request, "anna", "Purge 2 entries.")).id
            for _ in range(2)
        )
        with journal.notebook.under(Approval(first, ("purge",))):
            forgetting.purge(journal, victims, "not for the record")
    lines = book.lines()
    assert {line.about for line in lines if line.done} == {(one,) for one in victims}
    done = [line.verdict for line in lines if line.done]
    assert {(one.words, one.says) for one in done} == {("self-approved by anna", first)}
    (lost,) = [line for line in lines if not line.done]
    assert lost.id == second
    assert lost.verdict.words == "self-approved by anna; nothing shows that it was done"


# The command line


def test_text_and_json(book: Book, capfd: pytest.CaptureFixture[str]) -> None:
    call = ["--workspace", str(book.root), "audit"]
    assert main(call) == 0
    assert capfd.readouterr().out == ""
    victim = book.append()
    book.policy(MARKED, "agents_approve: true")
    review = book.purge(victim)
    book.approve(review)
    assert main(call) == 0
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    assert f"{victim[-8:]}  approved by ben (claimed) [" in out
    assert main([*call, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert not faults("audit", found)
    assert found["lines"][0]["about"] == [victim]
    assert main([*call, "--verb", "purge", "--actor", "ben", "--since", "2000-01-01"]) == 0
    assert capfd.readouterr().out == out
    assert main([*call, "--verb", "merge"]) == 0
    assert capfd.readouterr().out == ""
    assert main([*call, "--verb", "sing"]) == 2
    assert "purge" in capfd.readouterr().err


def test_a_policy_that_can_t_be_read_stops_it(
    book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    (book.root / "policy.yaml").write_text("- what", encoding="utf-8")
    assert main(["--workspace", str(book.root), "audit"]) == 3
    assert "policy.yaml" in capfd.readouterr().err


def test_hostile_words_stay_words(book: Book, capfd: pytest.CaptureFixture[str]) -> None:
    with book.open() as journal:
        journal.append(decisions.decide("Clear \x1b[2J the screen", actor="e\u202eve"))
    assert main(["--workspace", str(book.root), "audit"]) == 0
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_the_verbs_that_it_takes_are_those_that_it_tells() -> None:
    from journal.policy.keys import VERBS

    assert set(auditing.VERBS) > {"purge", "redact", "amend", "pack", "seal", "withheld"}
    assert set(VERBS) - set(auditing.VERBS) <= {"restore", "sync"}
