"""What imported packs brought: read by everything, believed as far as somebody vouches for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from catalogs import differences
from packings import bring, days, folders, pack, stage
from strikes import purge, redact, states, unsound

from journal import api, chain, dayfile, packed
from journal.catalog.row import Row
from journal.daypath import DayFile, day_files, is_pack
from journal.doctor import examine
from journal.editing import at_entry
from journal.entry import Draft
from journal.errors import Refused, UsageError
from journal.notebook import Notebook
from journal.selection import Selection
from journal.store import Store
from journal.verify import verify
from journal.workspace import init

HAND = "\n## 09:30 Typed\n\nBy hand.\n"
SECRET = "ghp_" + "Ab3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A workspace with an entry."""
    return book(tmp_path / "here", "Here.")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """Another one, with three."""
    return book(tmp_path / "there", "One.", "Two.", "Three.")


def book(root: Path, *bodies: str) -> Path:
    root.mkdir()
    init(str(root))
    write(root, *bodies)
    return root


def write(root: Path, *bodies: str) -> list[str]:
    notebook = Notebook.open(str(root))
    return [notebook.append(Draft(body=body, session="talk")).id for body in bodies]


def bodies(root: Path) -> list[str]:
    """All texts, as both ways of reading have them."""
    with api.open(str(root)) as journal:
        assert differences(root, journal) == []
        return sorted(entry.body.strip() for entry in journal.entries() if entry.kind != "event")


def ids(root: Path) -> dict[str, str]:
    """The ids by their texts."""
    with api.open(str(root)) as journal:
        return {
            entry.body.strip(): entry.id for entry in journal.entries(Selection(forgotten="also"))
        }


def row(root: Path, text: str) -> Row:
    with api.open(str(root)) as journal:
        return next(one for one in journal.rows() if one.id == ids(root)[text])


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def is_one_of(*texts: str) -> Callable[[dayfile.Piece], bool]:
    return lambda piece: piece.body.decode().strip() in texts


# Names


@pytest.mark.parametrize(
    ("path", "regular", "namespace", "writer", "part"),
    [
        ("pack.0123456789ab.anna-1/main/2026-11-22.bob-2.md", True, "main", "bob-2", 1),
        ("pack.0123456789ab.anna-1.2/main/2026-11-22.bob-2.p3.md", True, "main", "bob-2", 3),
        ("pack.0123456789ab.anna-1/main/2026-11-22.md", False, "main", "", 1),
        ("pack.0123456789ab.anna-1/main/notes.md", False, "main", "", 1),
    ],
)
def test_day_files_of_packs(
    path: str, regular: bool, namespace: str, writer: str, part: int
) -> None:
    day = DayFile(f"journal/{path}")
    assert (day.regular, day.namespace, day.writer, day.part) == (regular, namespace, writer, part)
    assert day.pack == day.home == path.partition("/")[0]


def test_an_own_day_file_is_of_no_pack() -> None:
    day = DayFile("journal/main/2026/2026-11-22.bob-2.md")
    assert (day.pack, day.home, day.namespace) == ("", "main", "main")


@pytest.mark.parametrize(
    "name", ["pack", "pack.", "pack.0123456789ab", "pack.0123456789AB.a", "pack.0123456789ab.a.1"]
)
def test_other_names_are_no_packs(name: str) -> None:
    assert not is_pack(name)


# Reading


def test_everything_reads_what_a_pack_brought(here: Path, there: Path) -> None:
    receipt = bring(there, here)
    assert bodies(here) == ["Here.", "One.", "Three.", "Two."]
    assert set(states(here).values()) == {"intact"}
    with api.open(str(here)) as journal:
        assert [hit.entry.head for hit in journal.recall("three").hits] == ["Three."]
        found = journal.find(ids(there)["Two."])
        assert (found.writer, found.namespace) == (Store(str(there)).config.writer, "main")
        assert found.source.file.startswith(f"journal/{folders(here)[0].name}/main/")
        assert journal.find(receipt.id).fields["pack"] == folders(here)[0].name.split(".")[1]
    assert not any(here.joinpath(".journal/state/incoming").iterdir())


def test_one_namespace_is_read_without_the_others(here: Path, there: Path) -> None:
    Notebook.open(str(there)).append(Draft(body="Work.", namespace="work"))
    bring(there, here)
    with api.open(str(here)) as journal:
        assert [entry.body.strip() for entry in journal.entries(Selection(namespace="work"))] == [
            "Work."
        ]
        assert differences(here, journal) == []
    assert [e.body for e in Store(str(here)).entries(Selection(namespace="work"))] == ["Work."]
    assert {day.namespace for day in day_files(str(here), "work")} == {"work"}


def test_a_session_counts_on_from_what_a_pack_brought(here: Path, there: Path) -> None:
    write(here, "Again.")
    bring(there, here)
    new = write(here, "After.")[0]
    with api.open(str(here)) as journal:
        assert journal.find(new).turn == 4
    shutil.rmtree(here / ".journal/cache")
    new = write(here, "After that.")[0]
    with api.open(str(here)) as journal:
        assert journal.find(new).turn == 5


def test_handwritten_entries_come_along(here: Path, there: Path) -> None:
    day = next((there / "journal").rglob("*.md"))
    day.write_text(day.read_text() + HAND + HAND)
    bring(there, here)
    assert bodies(here).count("By hand.") == 2
    assert sorted(states(here).values()).count("handwritten") == 2


def test_the_same_text_typed_here_counts_once(here: Path, there: Path) -> None:
    for root in (here, there):
        day = next((root / "journal").rglob("*.md"))
        day.write_text(day.read_text() + HAND)
    bring(there, here)
    assert bodies(here).count("By hand.") == 1
    assert sorted(states(here).values()).count("handwritten") == 1


def test_two_who_imported_the_same_have_it_once(here: Path, there: Path) -> None:
    day = next((there / "journal").rglob("*.md"))
    day.write_text(day.read_text() + HAND + HAND)
    bring(there, here)
    first = folders(here)[0]
    shutil.copytree(first, first.with_name(f"{first.name.rpartition('.')[0]}.other-1"))
    assert len(folders(here)) == 2
    assert bodies(here) == ["By hand.", "By hand.", "Here.", "One.", "Three.", "Two."]
    assert len(states(here)) == 7
    assert unsound(here) == []


def test_a_pack_of_the_same_workspace_is_the_same_chain(tmp_path: Path, there: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(there, clone, ignore=shutil.ignore_patterns(".journal"))
    write(there, "Four.", "Five.")
    bring(there, clone, is_one_of("Four.", "Five."))
    assert bodies(clone) == ["Five.", "Four.", "One.", "Three.", "Two."]
    assert unsound(clone) == []
    change(days(clone)[0], "Four.", "Five!")
    assert states(clone)[ids(there)["Four."]] == "edited"


# Believing


def test_nobody_vouches(here: Path, there: Path) -> None:
    bring(there, here)
    for file in (here / "journal").glob("main/*/*.md"):
        file.unlink()
    shutil.rmtree(here / ".journal/state/spool")
    store = Store(str(here))
    assert {verdict.state for verdict in verify(store)} == {"alien"}
    assert [found.code for found in store.reading.findings] == [packed.UNVOUCHED]
    assert bodies(here) == ["One.", "Three.", "Two."]
    assert packed.UNVOUCHED in {found.code for found in examine(str(here)).findings}


def test_an_entry_that_was_edited_vouches_for_nothing(here: Path, there: Path) -> None:
    bring(there, here)
    own = next((here / "journal").glob("main/*/*.md"))
    change(own, "Imported a pack.", "Imported no pack")
    assert states(here)[ids(there)["Two."]] == "alien"


def test_a_copy_that_nobody_vouches_for_harms_nothing(here: Path, there: Path) -> None:
    bring(there, here)
    first = folders(here)[0]
    for name in ("pack.000000000000.a-1", "pack.ffffffffffff.a-1"):
        shutil.copytree(first, first.with_name(name))
        (first.with_name(name) / "manifest.json").write_text("{}")
    assert set(states(here).values()) == {"intact"}
    assert bodies(here) == ["Here.", "One.", "Three.", "Two."]


def test_another_manifest_is_not_vouched_for(here: Path, there: Path) -> None:
    bring(there, here)
    manifest = folders(here)[0] / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert [line.split()[0] for line in unsound(here)] == ["alien"] * 3
    manifest.unlink()
    assert [line.split()[0] for line in unsound(here)] == ["alien"] * 3


def test_nobody_else_says_that_a_pack_was_imported(here: Path) -> None:
    fields = {"event": packed.IMPORTED, "manifest": "sha256:" + "0" * 64}
    with pytest.raises(UsageError, match="only an import"):
        Notebook.open(str(here)).append(Draft(body="Ours.", kind="event", fields=fields))


def test_what_a_pack_brought_was_edited(here: Path, there: Path) -> None:
    bring(there, here)
    change(days(here)[0], "Two.", "Toe.")
    assert states(here)[ids(there)["Two."]] == "edited"
    assert len(unsound(here)) == 1


def test_the_manifest_knows_the_last_header(here: Path, there: Path) -> None:
    bring(there, here)
    change(days(here)[0], "turn: 3", "turn: 4")
    assert [line.split()[:2] for line in unsound(here)] == [["edited", ids(there)["Three."]]]


def test_the_last_is_gone(here: Path, there: Path) -> None:
    bring(there, here)
    day = days(here)[0]
    _, raw = dayfile.split(day.read_bytes()).slices[-1]
    day.write_bytes(day.read_bytes().removesuffix(raw))
    (said,) = unsound(here)
    assert said.startswith("missing ")
    assert "number 3 of" in said
    assert said.split()[2].startswith(f"journal/{folders(here)[0].name}/main/")
    day.unlink()
    assert len(unsound(here)) == 1
    assert {found.code for found in examine(str(here)).findings} >= {"missing"}


def test_a_gap_is_no_break(here: Path, there: Path) -> None:
    bring(there, here, is_one_of("One.", "Three."))
    assert bodies(here) == ["Here.", "One.", "Three."]
    assert unsound(here) == []


def test_what_lacks_its_predecessor_is_broken(here: Path, there: Path) -> None:
    bring(there, here)
    day = days(here)[0]
    _, raw = dayfile.split(day.read_bytes()).slices[1]
    day.write_bytes(day.read_bytes().replace(raw, b""))
    assert [line.split()[:2] for line in unsound(here)] == [["broken", ids(there)["Three."]]]


def test_gaps_excuse_nothing_of_ones_own(tmp_path: Path, there: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(there, clone, ignore=shutil.ignore_patterns(".journal"))
    bring(there, clone, is_one_of("Three."))  # its gap is entry 2
    for own in (clone / "journal").glob("main/*/*.md"):
        for _, raw in dayfile.split(own.read_bytes()).slices:
            if b"Two." in raw:
                own.write_bytes(own.read_bytes().replace(raw, b""))
    assert [line.split()[:2] for line in unsound(clone)] == [["broken", ids(there)["Three."]]]


def test_masked_on_the_way_is_redacted(here: Path, there: Path) -> None:
    draft = Draft(body=f"The key is {SECRET}.", session="talk")
    with api.open(str(there)) as journal:
        journal.append(draft)
    two = ids(there)["Two."]
    raw = next(
        piece.raw for day in (there / "journal").rglob("*.md")
        for piece in dayfile.pieces(day.read_bytes()) if piece.values.get("id") == two
    )  # fmt: skip
    piece = dayfile.parse(raw)
    body = b"[redacted:key:1234]\n"
    new = raw.replace(b"Two.\n", body).replace(
        piece.values["digest"].encode(), dayfile.digest(body).encode()
    )
    new = new.replace(b"len: %d\n" % piece.values["len"], b"len: %d\n" % len(body))
    if dayfile.parse(new).state != dayfile.INTACT:
        pytest.fail("the slice was not sealed anew")
    bring(there, here, instead={two: new})
    assert states(here)[two] == "redacted"
    assert unsound(here) == []


def test_masked_and_as_it_was(tmp_path: Path, there: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(there, clone, ignore=shutil.ignore_patterns(".journal"))
    test = tmp_path / "masked"
    shutil.copytree(there, test)
    three = ids(there)["Three."]
    raw = next(
        piece.raw for day in (there / "journal").rglob("*.md")
        for piece in dayfile.pieces(day.read_bytes()) if piece.values.get("id") == three
    )  # fmt: skip
    piece = dayfile.parse(raw)
    body = b"[redacted:key:1234]"
    new = raw.replace(b"Three.", body).replace(
        piece.values["digest"].encode(), dayfile.digest(body).encode()
    ).replace(b"len: %d\n" % piece.values["len"], b"len: %d\n" % len(body))  # fmt: skip
    bring(there, clone, is_one_of("Three."), instead={three: new})
    assert unsound(clone) == []
    assert states(clone)[three] == "intact"


def test_what_follows_a_conflict_is_not_broken(here: Path, there: Path) -> None:
    manifest, files = pack(there)
    ((name, text),) = files.items()
    _, raw = dayfile.split(text).slices[1]
    staged, folder, draft = stage(here, manifest, {name: text.replace(raw, b"")})
    (Path(staged) / "conflicts.md").write_bytes(raw)
    packed.place(Notebook.open(str(here)), staged, folder, draft)
    assert unsound(here) == []
    assert "Two." not in bodies(here)


# What others say of one's own


def hostile(there: Path, kind: str, **fields: str) -> None:
    notebook = Notebook.open(str(there))
    from journal.seal import Sealing

    draft = {"kind": kind, "body": b"Hostile.", "fields": fields}
    notebook.append_sealings([Sealing(draft)])


@pytest.mark.parametrize("what", ["hide", "purge"])
def test_a_pack_hides_nothing_of_ones_own(here: Path, there: Path, what: str) -> None:
    mine, theirs = ids(here)["Here."], ids(there)["One."]
    for root, one in ((here, mine), (there, theirs)):
        piece = next(
            piece for day in (root / "journal").rglob("*.md")
            for piece in dayfile.pieces(day.read_bytes()) if piece.values.get("id") == one
        )  # fmt: skip
        from journal.hidden import stub_digest

        more = {"old": piece.header, "new": stub_digest(piece)} if what == "purge" else {}
        hostile(there, "forget", of=one, what=what, **more)
    with api.open(str(here)) as journal:
        journal.catalog.catch_up()
    bring(there, here)
    found = bodies(here)
    assert "Here." in found
    assert "One." not in found
    assert states(here)[mine] == "intact"
    with api.open(str(here)) as journal:
        assert b"\nHere.\n" in journal.notebook.raw(journal.find(mine))
        journal.reindex()
        assert differences(here, journal) == []


def test_a_pack_accepts_nothing_of_ones_own(here: Path, there: Path) -> None:
    mine = ids(here)["Here."]
    own = next((here / "journal").rglob("*.md"))
    piece = dayfile.pieces(own.read_bytes())[0]
    changed = piece.raw.replace(b"Here.", b"Gone.")
    hostile(there, "amend", of=mine, old=piece.header, new=chain.slice_digest(changed))
    bring(there, here)
    assert unsound(here) == []
    change(own, "Here.", "Gone.")
    assert states(here)[mine] == "edited"
    with api.open(str(here)) as journal:
        assert "edited" in {found.code for found in journal.findings()}


# What is done to what came


def test_purged_here(here: Path, there: Path) -> None:
    with api.open(str(there)) as journal:
        kept = journal.notebook.attach(b"A file.", name="a.txt")
        journal.append(Draft(body="Attached.", fields={"attachments": [kept.record()]}))
    bring(there, here)
    assert unsound(here) == []
    attached = folders(here)[0] / "attachments" / kept.digest[7:]
    assert attached.exists()
    gone = [ids(here)[text] for text in ("Two.", "Attached.")]
    purge(here, *gone)
    assert not attached.exists()
    assert set(bodies(here)) == {"Here.", "One.", "Three.", "not for the record"}
    assert unsound(here) == []
    assert b"Two." not in b"".join(path.read_bytes() for path in days(here))
    assert {state for one, state in states(here).items() if one in gone} == {"forgotten"}


def test_an_attachment_that_is_gone_or_changed(here: Path, there: Path) -> None:
    with api.open(str(there)) as journal:
        kept = journal.notebook.attach(b"A file.", name="a.txt")
        new = journal.append(Draft(body="Attached.", fields={"attachments": [kept.record()]}))
    bring(there, here)
    attached = folders(here)[0] / "attachments" / kept.digest[7:]
    attached.write_bytes(b"Another.")
    assert states(here)[new.id] == "edited"
    attached.unlink()
    assert states(here)[new.id] == "missing"


def test_a_conflict_is_purged_with_the_entry(here: Path, there: Path) -> None:
    manifest, files = pack(there)
    staged, folder, draft = stage(here, manifest, files)
    ((_, text),) = files.items()
    _, raw = dayfile.split(text).slices[1]
    (Path(staged) / "conflicts.md").write_bytes(raw.replace(b"Two.", b"Toe."))
    packed.place(Notebook.open(str(here)), staged, folder, draft)
    done = purge(here, ids(here)["Two."])
    assert b"Toe." not in (folders(here)[0] / "conflicts.md").read_bytes()
    assert not any(done[0].left)
    assert unsound(here) == []


def test_masked_here(here: Path, there: Path) -> None:
    from strikes import unmasked

    Notebook.open(str(there)).append_sealings([unmasked(f"A key: {SECRET}", {})])
    write(there, "After it.")
    bring(there, here)
    assert redact(here)
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in days(here))
    assert unsound(here) == []
    assert "redacted" in states(here).values()


def test_who_vouches_is_not_purged(here: Path, there: Path) -> None:
    receipt = bring(there, here)
    with pytest.raises(Refused, match="tells of an import"):
        purge(here, receipt.id)


def test_nobody_edits_it(here: Path, there: Path) -> None:
    bring(there, here)
    notebook = Notebook.open(str(here))
    with pytest.raises(UsageError, match="imported pack brought"):
        at_entry(notebook, notebook.find(ids(there)["Two."]))


def test_the_doctor_finds_nothing(here: Path, there: Path) -> None:
    before = {found.code for found in examine(str(here)).findings}
    bring(there, here)
    assert {found.code for found in examine(str(here)).findings} <= before


# Placing


def test_a_name_that_is_taken(here: Path, there: Path) -> None:
    bring(there, here)
    bring(there, here)
    assert [folder.name.count(".") for folder in folders(here)] == [2, 3]
    assert bodies(here) == ["Here.", "One.", "Three.", "Two."]
    assert unsound(here) == []


@pytest.mark.parametrize("renamed", [False, True])
def test_cut_short(here: Path, there: Path, renamed: bool) -> None:
    from journal.packed import placing

    notebook = Notebook.open(str(here))
    staged, name, draft = stage(here, *pack(there))
    inside = placing._inside(str(here), staged)
    folder = f"journal/{name}.{Store(str(here)).config.writer}"
    made = placing._record(notebook, draft, name)
    placing._write(
        str(here), placing.Note(inside, folder, placing._manifest(str(here), inside), (made,))
    )
    if renamed:
        placing._rename(str(here), inside, folder)
    # Readers change nothing; what has its place is believed.
    assert len(bodies(here)) == (4 if renamed else 1)
    assert unsound(here) == []
    assert {found.code for found in examine(str(here)).findings} >= {"placing"}
    receipt = notebook.append(Draft(body="Next."))
    assert receipt.notices == ("finished an import that had been cut short",)
    assert len(bodies(here)) == 5
    assert unsound(here) == []
    assert packed.settle(notebook) == []
    with api.open(str(here)) as journal:
        told = list(journal.rows(Selection(kind="event")))
    assert len(told) == 1


def test_cut_short_after_the_entry(here: Path, there: Path) -> None:
    from journal.packed import placing

    bring(there, here)
    (folder,) = folders(here)
    with api.open(str(here)) as journal:
        (told,) = journal.rows(Selection(kind="event"))
    draft = {"kind": "event", "body": b"Imported a pack.", "token": told.token}
    digest = str(told.fields["manifest"])
    note = placing.Note(".journal/state/incoming/x", f"journal/{folder.name}", digest, (draft,))
    placing._write(str(here), note)
    assert packed.settle(Notebook.open(str(here))) == ["finished an import that had been cut short"]
    with api.open(str(here)) as journal:
        assert len(list(journal.rows(Selection(kind="event")))) == 1


def test_what_was_ready_is_gone(here: Path, there: Path) -> None:
    from journal.packed import placing

    notebook = Notebook.open(str(here))
    staged, name, draft = stage(here, *pack(there))
    made = placing._record(notebook, draft, name)
    inside = placing._inside(str(here), staged)
    placing._write(str(here), placing.Note(inside, f"journal/{name}.x", "sha256:0", (made,)))
    shutil.rmtree(staged)
    (said,) = notebook.append(Draft(body="Next.")).notices
    assert "import it once more" in said
    assert notebook.append(Draft(body="Again.")).notices == ()


def test_a_note_that_is_none_stays(here: Path) -> None:
    note = here / ".journal/state/placing"
    note.write_text('{"schema": "journal/placing@2"}')
    receipt = Notebook.open(str(here)).append(Draft(body="Next."))
    assert "can't be finished yet" in receipt.notices[0]
    assert note.exists()


def test_a_link_is_not_placed(here: Path, there: Path) -> None:
    staged, name, draft = stage(here, *pack(there))
    (Path(staged) / "main" / "x.md").symlink_to("/etc/passwd")
    with pytest.raises(Exception, match="link"):
        packed.place(Notebook.open(str(here)), staged, name, draft)
    assert folders(here) == []
    assert bodies(here) == ["Here."]
