"""Seals: what was signed still stands there, or it is told what doesn't."""

import base64
import contextlib
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import readme
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from test_schemas import faults

from journal import acceptance, api, dayfile, forgetting, redacting, sealing, signing
from journal.api import Journal
from journal.cli.main import main
from journal.entry import Draft
from journal.errors import IntegrityError, UsageError
from journal.packing.bringing import bring
from journal.packing.exporting import Wanted, export
from journal.sealing import note
from journal.selection import Selection
from journal.workspace import init

SECRET = "ghp_" + "Ab3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"
KEY = ".ssh/id_ed25519"


@pytest.fixture
def key(isolated: Path) -> str:
    readme.give_key(isolated / ".ssh")
    return str(isolated / KEY)


@dataclass
class Book:
    """A workspace with entries, open, and a seal of these."""

    root: Path
    journal: Journal
    ids: list[str]
    key: str
    note: str = ""

    def seal(self) -> str:
        self.note = sealing.seal(self.journal, self.key, "anna").note
        return self.note

    def check(self) -> sealing.Checkpoint:
        return sealing.extends(api.notebook(str(self.root)), self.note.encode())

    def copy(self) -> "Book":
        """It as another machine has it: without spool and cache."""
        other = self.root.with_name("copy")
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.root, other, ignore=shutil.ignore_patterns(".journal", ".git"))
        return Book(other, api.open(str(other)), self.ids, self.key, self.note)

    def files(self) -> list[Path]:
        return sorted((self.root / "journal").rglob("*.md"))


@pytest.fixture
def book(tmp_path: Path, key: str) -> Iterator[Book]:
    init(str(tmp_path / "book"))
    with api.open(str(tmp_path / "book")) as journal:
        ids = [journal.append(Draft(body=f"Entry {n}", title=f"N{n}")).id for n in range(4)]
        yield Book(tmp_path / "book", journal, ids, key)


def states(found: sealing.Checkpoint) -> list[str]:
    return [one.state for one in found.heads]


def strike_out(file: Path, entry_id: str) -> bytes:
    """Take an entry's slice out of its file."""
    data = file.read_bytes()
    (piece,) = [one for one in dayfile.pieces(data) if f"id: {entry_id}\n".encode() in one.raw]
    file.write_bytes(data.replace(piece.raw, b""))
    return piece.raw


# The note


def test_a_seal_is_a_signed_note_that_a_person_can_read(book: Book) -> None:
    made = sealing.seal(book.journal, book.key, "anna")
    text, _, below = made.note.rpartition("\n\n")
    row, piece = book.journal.look(book.ids[-1])
    assert text.split("\n") == [
        "journal/seal@1",
        f"workspace {book.journal.notebook.store.config.id}",
        f"made {made.seal.made}",
        "entries 4",
        f"main {row.writer} 4 {piece.header}",
    ]
    assert [line.split(" ")[:2] for line in below.splitlines()] == [["—", "anna"]] * 2
    entry = book.journal.find(made.receipt.id)
    assert (entry.body, entry.kind, entry.fields["event"]) == (made.note, "event", "sealed")


def test_a_program_for_signed_notes_takes_it(book: Book) -> None:
    """As C2SP's signed-note says it, read by nothing of the journal's own."""
    text, below = book.seal().encode().rsplit(b"\n\n", 1)
    public = base64.b64decode(readme.PUBLIC_KEY.split()[1])[-32:]
    wanted = hashlib.sha256(b"anna\n\x01" + public).digest()[:4]
    known = []
    for line in below.decode().splitlines():
        found = re.fullmatch("— ([^ +]+) ([A-Za-z0-9+/]+=*)", line)
        assert found
        payload = base64.b64decode(found[2])
        if (found[1], payload[:4]) == ("anna", wanted):
            known.append(payload[4:])
    (signature,) = known
    Ed25519PublicKey.from_public_bytes(public).verify(signature, text + b"\n")
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="there is no ssh-keygen here")
def test_ssh_keygen_takes_it_too(book: Book, tmp_path: Path) -> None:
    text, below = book.seal().encode().rsplit(b"\n\n", 1)
    payload = base64.b64decode(below.splitlines()[-1].split()[-1])
    (tmp_path / "sig").write_bytes(signing.sshsig.armor(payload[4:]))
    (tmp_path / "allowed").write_text(f"anna {readme.PUBLIC_KEY}\n", encoding="ascii")
    call = "ssh-keygen -Y verify -f allowed -I anna -n journal-seal -s sig".split()
    done = subprocess.run(call, input=text + b"\n", cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_byte_of_a_note_can_be_changed(book: Book) -> None:
    """But of the line of Ed25519's own: in another name, or of another key, it is nobody's here."""
    data = book.seal().encode()
    sealed = note.read(data)
    begins = data.rindex(b"\n\n") + 2
    nobodys = range(begins + 4, begins + 4 + len("anna ") + 6)  # the name, and the key's four bytes
    for at in range(len(data)):
        for bit in (1, 0x20):
            changed = bytearray(data)
            changed[at] ^= bit
            if at in nobodys:
                with contextlib.suppress(IntegrityError):
                    assert note.read(bytes(changed)) == sealed
                continue
            with pytest.raises(IntegrityError) as caught:
                note.read(bytes(changed))
            assert caught.value.kind in ("bad-checkpoint", "bad-signature")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", b"journal/seal@1\n\n\xe2\x80\x94 anna AAAAAAAAAA==\n", b"\xff\n\n\xff\n",
        b"journal/seal@1\nworkspace x\nmade y\nentries 1\n\n\xe2\x80\x94 anna AAAAAAAAAA==\n",
        b"a\n\n" + b"\xe2\x80\x94 anna AAAAAAAAAA==\n" * 200, b"x" * (2 << 20),
    ],
)  # fmt: skip
def test_what_is_no_seal(data: bytes) -> None:
    with pytest.raises(IntegrityError) as caught:
        note.read(data)
    assert caught.value.kind == "bad-checkpoint"
    assert caught.value.hint


def test_signatures_of_others_may_stand_below(book: Book, key: str) -> None:
    """A witness adds a line; what is not known is passed over, what is known has to hold."""
    made = book.seal()
    seal = note.parse(f"{made.rpartition(chr(10) * 2)[0]}\n")
    also = note.sign(seal, key, "ben").rpartition("\n\n")[2]
    both = note.read((made + also).encode())
    assert [name for name, _ in both.signers] == ["anna", "ben"]
    assert note.read((made + "— log.example/1 " + "AAAA" * 25 + "\n").encode()).signers
    with pytest.raises(IntegrityError):
        note.read((made + also.replace("ben", "eve")).encode())


@pytest.mark.parametrize("name", ["a b", "a+b", "\u2028", "a\u00a0b", "x" * 65, "a\tb", "a\x1bb"])
def test_names_that_a_note_can_t_hold(book: Book, name: str) -> None:
    before = book.journal.count()
    with pytest.raises(UsageError) as caught:
        sealing.seal(book.journal, book.key, name)
    assert caught.value.kind == "bad-name"
    assert book.journal.count() == before


# What a journal may do


def test_a_journal_that_goes_on_extends_its_seal(book: Book) -> None:
    book.seal()
    for n in range(3):
        book.journal.append(Draft(body=f"Later {n}"))
    found = book.check()
    assert (found.code, states(found), found.seal.entries) == (0, ["intact"], 4)
    assert book.copy().check().code == 0


def test_accepted_changes_extend_it(book: Book) -> None:
    journal = book.journal
    store = journal.notebook
    dirty = store.append_sealings([sealing.Sealing(given_raw(f"the key is {SECRET}"))])[0].id
    edited = journal.append(Draft(body="To be edited")).id
    last = store.append_sealings([sealing.Sealing(given_raw(f"again {SECRET}"))])[0].id
    book.seal()
    forgetting.purge(journal, [book.ids[1]], "not for the record")
    forgetting.hide(journal, list(journal.catalog.with_ids([book.ids[2]])), "old")
    redacting.apply(journal, [dirty, last])
    (file,) = book.files()
    file.write_bytes(file.read_bytes().replace(b"To be edited", b"Was edited"))
    (verdict,) = [one for one in journal.notebook.verify() if one.id == edited]
    journal.append(acceptance.amend(journal.notebook, verdict, "as it should be"))
    assert book.check().code == 0
    assert book.copy().check().code == 0
    # The chain's head itself was masked: the seal has its digest from before.
    assert states(book.check()) == ["redacted"]


def given_raw(body: str) -> dict[str, object]:
    """A draft that no rule has seen."""
    return {"body": body.encode(), "kind": "note"}


def test_two_writers_have_two_lines(book: Book) -> None:
    other = book.copy()
    other.journal.append(Draft(body="From elsewhere"))
    other.seal()
    heads = note.read(other.note.encode()).seal.heads
    assert [head.seq for head in heads] == [4, 1] or [head.seq for head in heads] == [1, 4]
    assert len({head.writer for head in heads}) == 2
    assert other.check().code == 0
    # This workspace never had what the other writer wrote.
    book.note = other.note
    found = book.check()
    assert (found.code, sorted(states(found))) == (1, ["intact", "missing"])


def test_a_chain_that_branched_has_several_heads(tmp_path: Path, key: str) -> None:
    root = tmp_path / "book"
    init(str(root))

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    journal = api.open(str(root))
    ids = [journal.append(Draft(body="first")).id]
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "side")
    ids.append(journal.append(Draft(body="aside")).id)
    git("add", "-A")
    git("commit", "-qm", "two")
    git("checkout", "-q", "main")
    ids.append(journal.append(Draft(body="on main")).id)
    git("add", "-A")
    git("commit", "-qm", "three")
    git("merge", "-q", "-m", "both", "side")
    book = Book(root, journal, ids, key)
    book.seal()
    heads = note.read(book.note.encode()).seal.heads
    assert [head.seq for head in heads] == [2, 3]
    assert book.check().code == 0
    # What no later entry names is sealed by a line of its own.
    copy = book.copy()
    for file in copy.files():
        if ids[1].encode() in file.read_bytes():
            strike_out(file, ids[1])
    found = copy.check()
    assert sorted(states(found)) == ["intact", "missing"]


def test_a_seal_of_another_branch_says_where_to_look(tmp_path: Path, key: str) -> None:
    root = tmp_path / "w"
    init(str(root))

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    with api.open(str(root)) as journal:
        journal.append(Draft(body="one"))
        git("add", "-A")
        git("commit", "-qm", "one")
        git("checkout", "-qb", "side")
        journal.append(Draft(body="two"))
        kept = sealing.seal(journal, key, "anna").note.encode()
    git("add", "-A")
    git("commit", "-qm", "two")
    git("checkout", "-q", "main")
    (gone,) = sealing.extends(api.notebook(str(root)), kept).heads
    assert (gone.state, "on another branch: check it out" in gone.message) == ("missing", True)
    git("checkout", "-q", "side")
    assert sealing.extends(api.notebook(str(root)), kept).code == 0


def test_what_waits_in_the_spool_is_sealed(book: Book) -> None:
    place = book.journal.notebook.place
    place.waits = True
    book.journal.notebook._space = place
    waiting = book.journal.append(Draft(body="acknowledged only"))
    (file,) = book.files()
    assert waiting.id.encode() not in file.read_bytes()
    links, _ = sealing._links(api.notebook(str(book.root)))
    assert [head.seq for head in links.heads()] == [5]


def test_what_packs_brought_is_sealed_too(book: Book, tmp_path: Path) -> None:
    init(str(tmp_path / "source"))
    with api.open(str(tmp_path / "source")) as source:
        for n in range(6):
            source.append(Draft(body=f"From afar {n}", session="odd" if n % 2 else "even"))
        some = Wanted(selection=Selection(session="odd"), zipped=False)
        export(source, str(tmp_path / "some"), some)
        export(source, str(tmp_path / "all"), Wanted(zipped=False))
        workspace = source.notebook.store.config.id
    bring(book.journal, str(tmp_path / "some"))
    first = note.read(book.seal().encode()).seal
    # Its gaps make three ends of one chain, each with the workspace it is of.
    assert [(head.workspace, head.seq) for head in first.heads[1:]] == [
        (workspace, seq) for seq in (2, 4, 6)
    ]
    assert book.check().code == 0
    early = book.note
    bring(book.journal, str(tmp_path / "all"))
    assert book.check().code == 0
    second = note.read(book.seal().encode()).seal
    assert [head.seq for head in second.heads if head.workspace] == [6]
    assert second.entries == first.entries + 5  # three, and what tells of import and seal
    assert book.check().code == 0
    # What came later is missed by the later seal alone, though a gap would allow that it is gone.
    copy = book.copy()
    (later,) = [
        folder
        for folder in (copy.root / "journal").glob("pack.*")
        if b"From afar 0" in b"".join(file.read_bytes() for file in folder.rglob("*.md"))
    ]
    shutil.rmtree(later)
    assert copy.check().code == 1
    copy.note = early
    assert copy.check().code == 0
    for folder in (copy.root / "journal").glob("pack.*"):
        shutil.rmtree(folder)
    assert copy.check().code == 1


# What it may not do


def test_a_cut_end_is_seen_where_verify_sees_nothing(book: Book) -> None:
    book.seal()
    copy = book.copy()
    (file,) = copy.files()
    sealed = copy.journal.find(next(iter(copy.journal.rows())).id).id
    strike_out(file, sealed)
    strike_out(file, book.ids[-1])
    found = copy.check()
    assert {verdict.state for verdict in found.verdicts} == {"intact"}
    assert (found.code, states(found)) == (1, ["missing"])
    assert "number 4" in found.heads[0].message


@pytest.mark.parametrize("which", range(4))
def test_each_entry_counts(book: Book, which: int) -> None:
    book.seal()
    copy = book.copy()
    strike_out(copy.files()[0], book.ids[which])
    found = copy.check()
    assert found.code == 1
    assert f"number {which + 1}" in found.heads[0].message


@pytest.mark.parametrize("which", range(4))
def test_an_edit_counts(book: Book, which: int) -> None:
    book.seal()
    copy = book.copy()
    (file,) = copy.files()
    file.write_bytes(file.read_bytes().replace(b"Entry %d" % which, b"Entrx %d" % which))
    found = copy.check()
    assert (found.code, states(found)) == (1, ["edited"])
    assert book.ids[which] in found.heads[0].message


def test_another_history_is_worse_than_a_missing_one(book: Book) -> None:
    """The same writer, put back to before it wrote entry 4, and made to write another one."""
    inside = book.root / ".journal"
    (file,) = book.files()
    strike_out(file, book.ids[3])
    (spool,) = (inside / "state" / "spool").glob("*.log")
    at = spool.read_bytes().index(b"\nid: " + book.ids[3].encode())
    full = spool.read_bytes()
    shutil.rmtree(inside / "cache")
    book.journal.close()
    kept = full[: full.rindex(b"\n{", 0, at) + 1]
    with spool.open("r+b") as out:
        out.truncate(len(kept))
    before = book.root.with_name("before")
    shutil.copytree(book.root, before)
    with api.open(str(book.root)) as journal:
        one = journal.append(Draft(body="one history"))
        book.journal = journal
        book.seal()
    strike_out(file, one.id)
    for changed in ("journal", ".journal/state/spool"):
        for old in (path for path in (before / changed).rglob("*") if path.is_file()):
            new = book.root / changed / old.relative_to(before / changed)
            with new.open("r+b") as out:
                out.truncate(0)
                out.write(old.read_bytes())
    shutil.rmtree(inside / "cache")
    with api.open(str(book.root)) as journal:
        two = journal.append(Draft(body="another history"))
    assert (one.seq, two.seq) == (4, 4)
    found = book.check()
    assert (found.code, states(found)) == (5, ["broken"])


def test_a_broken_chain_is_not_sealed(book: Book) -> None:
    copy = book.copy()
    strike_out(copy.files()[0], book.ids[1])
    with pytest.raises(IntegrityError) as caught:
        copy.seal()
    assert caught.value.kind == "unsound"


def test_what_does_not_verify_is_not_sealed_and_told(
    book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    (file,) = book.files()
    file.write_bytes(file.read_bytes().replace(b"Entry 1", b"Entrx 1"))
    assert main(["--workspace", str(book.root), "seal", "--key", book.key]) == 0
    out, err = capfd.readouterr()
    assert "1 entry doesn't verify" in err
    book.note = out
    assert book.check().code == 1


def test_an_empty_journal_has_nothing_to_seal(tmp_path: Path, key: str) -> None:
    init(str(tmp_path))
    with api.open(str(tmp_path)) as journal, pytest.raises(UsageError) as caught:
        sealing.seal(journal, key)
    assert caught.value.kind == "no-entries"


_OPS = st.lists(st.sampled_from("append append purge hide redact dirty".split()), max_size=8)


@settings(max_examples=15)
@given(before=_OPS, after=_OPS, gone=st.integers(0, 100))
def test_whatever_happens_it_extends_until_something_goes(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str], gone: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    readme.give_key(folder / ".ssh")
    init(str(folder / "book"))
    with api.open(str(folder / "book")) as journal:
        book = Book(folder / "book", journal, [journal.append(Draft(body="x")).id], "")
        book.key = str(folder / KEY)
        _do(book, before)
        book.seal()
        sealed = [row.id for row in journal.rows(oldest=True)][:-1]
        _do(book, after)
        assert book.check().code == 0
        assert book.copy().check().code == 0
    # What is taken out of all files is missed, whichever sealed entry it was.
    copy = book.copy()
    victim = sealed[gone % len(sealed)]
    for file in copy.files():
        if f"id: {victim}\n".encode() in file.read_bytes():
            strike_out(file, victim)
    assert copy.check().code > 0


def _do(book: Book, ops: list[str]) -> None:
    """Some of what a journal may live through."""
    for op in ops:
        rows = [row for row in book.journal.rows() if row.kind == "note" and not row.forgotten]
        if op == "append":
            book.ids.append(book.journal.append(Draft(body=f"more {len(book.ids)}")).id)
        elif op == "dirty":
            made = book.journal.notebook.append_sealings([sealing.Sealing(given_raw(SECRET))])
            book.ids.append(made[0].id)
        elif op == "purge" and rows:
            forgetting.purge(book.journal, [rows[-1].id], "gone")
        elif op == "hide" and rows:
            forgetting.hide(book.journal, [rows[-1]], "aside")
        elif op == "redact":
            found = [held.id for held in redacting.scan(book.journal) if held.id]
            if found:
                redacting.apply(book.journal, found)


# Who signed it


def test_whose_key_it_is_policy_yaml_says(book: Book, key: str, tmp_path: Path) -> None:
    book.seal()
    (one,) = book.check().signatures
    assert (one.name, one.known) == ("anna", "")
    policy = book.root / "policy.yaml"
    said = "schema: journal/policy@1\ndefaults:\n  keys: {%s: '%s anna@home'}\n"
    policy.write_text(said % ("anna-b", readme.PUBLIC_KEY), encoding="utf-8")
    (one,) = book.check().signatures
    assert (one.name, one.known) == ("anna", "anna-b")
    assert sealing.seal(api.open(str(book.root)), key).name == "anna-b"
    other = other_key(tmp_path)
    policy.write_text(said % ("anna", signing.public(other).key), encoding="utf-8")
    with pytest.raises(IntegrityError) as caught:
        book.check()
    assert caught.value.kind == "other-key"


def other_key(folder: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(b"\7" * 32).public_key().public_bytes_raw()
    line = signing.sshsig.Key("ssh-ed25519", public).signer.key
    (folder / "other.pub").write_text(f"{line}\n", encoding="ascii")
    return line


def test_the_key_that_must_have_signed(book: Book, tmp_path: Path) -> None:
    book.seal()
    notebook = book.journal.notebook
    assert sealing.extends(notebook, book.note.encode(), f"{book.key}.pub").code == 0
    other_key(tmp_path)
    with pytest.raises(IntegrityError) as caught:
        sealing.extends(notebook, book.note.encode(), str(tmp_path / "other.pub"))
    assert caught.value.kind == "other-key"


def test_a_seal_of_another_workspace(book: Book, tmp_path: Path) -> None:
    book.seal()
    init(str(tmp_path / "other"))
    with pytest.raises(IntegrityError) as caught:
        sealing.extends(api.notebook(str(tmp_path / "other")), book.note.encode())
    assert caught.value.kind == "other-workspace"


# The command line


def run(book: Book, *words: str) -> int:
    return main(["--workspace", str(book.root), *words])


def test_seal_and_verify_by_hand(book: Book, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(book, "seal", "--key", book.key, "--name", "anna") == 0
    out, err = capfd.readouterr()
    assert out.startswith("journal/seal@1\n")
    assert err == ""
    file = book.root / "seal.txt"
    file.write_text(out, encoding="utf-8")
    assert run(book, "verify", "--checkpoint", str(file)) == 0
    shown = capfd.readouterr().out
    assert "extends the seal of " in shown
    assert "signed by anna (SHA256:" in shown
    assert run(book, "seal", "--key", book.key, "--out", str(book.root / "b.txt")) == 0
    assert "b.txt: 5 entries, sealed by" in capfd.readouterr().out
    before = book.journal.count()
    assert run(book, "seal", "--key", book.key, "--out", str(book.root / "b.txt")) == 2
    assert "is there already" in capfd.readouterr().err
    assert book.journal.count() == before


def test_exit_codes_and_json(book: Book, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(book, "seal", "--key", book.key, "--json") == 0
    made = json.loads(capfd.readouterr().out)
    assert not faults("seal", made)
    copy = book.copy()
    file = book.root / "seal.txt"
    file.write_text(made["note"], encoding="utf-8")
    assert run(copy, "verify", "--checkpoint", str(file), "--json") == 0
    found = json.loads(capfd.readouterr().out)
    assert not faults("verify", found)
    assert found["checkpoint"]["extended"] is True
    strike_out(copy.files()[0], made["id"])
    strike_out(copy.files()[0], book.ids[-1])
    assert run(copy, "verify") == 0
    assert run(copy, "verify", "--checkpoint", str(file)) == 1
    assert "does NOT extend" in capfd.readouterr().out
    assert run(copy, "verify", "--checkpoint", str(file), "--json") == 1
    found = json.loads(capfd.readouterr().out)
    assert not faults("verify", found)
    assert found["checkpoint"]["heads"][0]["state"] == "missing"
    file.write_text(made["note"].replace("entries 4", "entries 3"), encoding="utf-8")
    assert run(copy, "verify", "--checkpoint", str(file)) == 5
    assert "does not hold" in capfd.readouterr().err
    assert run(copy, "verify", "--checkpoint", str(book.root / "none")) == 2
    assert run(copy, "verify", "--key", str(file)) == 2


def test_a_journal_that_is_switched_off_is_sealed_without_an_entry(
    book: Book, capfd: pytest.CaptureFixture[str]
) -> None:
    toml = book.root / "journal.toml"
    text = toml.read_text("utf-8").replace("enabled = true", "enabled = false")
    toml.write_text(text, encoding="utf-8")
    assert run(book, "seal", "--key", book.key, "--json") == 0
    out, err = capfd.readouterr()
    made = json.loads(out)
    assert (made["id"], not faults("seal", made)) == ("", True)
    assert "nothing appended" in err
