"""Each fix on a real workspace: what it would do, what it does, and that no byte is ever lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shapes import faults
from test_doctor import CONFLICT, add, book, day_of, git, repository, root, slices, tree

from journal import clock, dayfile, doctor, editing, files, mend, repair, seal, space
from journal.catalog.database import Database
from journal.doctor.visit import Visit
from journal.entry import Draft
from journal.errors import Conflict, UsageError
from journal.mend import holding
from journal.notebook import Notebook

__all__ = ["book", "root"]  # fixtures


def states(root: Path) -> dict[str, str]:
    """The entries that are not intact or handwritten."""
    verdicts = Notebook.open(str(root)).verify()
    calm = ("intact", "handwritten")
    return {one.id: one.state for one in verdicts if one.state not in calm}


def fixes(root: Path) -> list[str]:
    return [one.fix for one in doctor.examine(str(root)).findings]


def apply(root: Path, *names: str) -> repair.Repair:
    return repair.apply(str(root), names)


def kept(root: Path) -> dict[str, bytes]:
    """What was set aside, by its name without the time."""
    folder = root / mend.ASIDE
    return {
        path.name.partition("-")[2]: path.read_bytes()
        for path in folder.iterdir()
        if "Z-" in path.name
    }


def told(root: Path, done: repair.Repair) -> str:
    """The body of the entry that tells of a repair."""
    entry = Notebook.open(str(root)).find(done.entry)
    assert (entry.kind, entry.role, entry.tags) == ("event", "system", ("repair",))
    return entry.body


def test_a_dry_run_changes_nothing(root: Path, journal_bin: Path) -> None:
    day = day_of(root)
    day.write_bytes(day.read_bytes()[:-9])
    (root / ".gitignore").write_text("")
    before = tree(root)
    done = subprocess.run(
        [journal_bin, "repair"], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "complete entry" in done.stdout
    assert "nothing was changed" in done.stdout
    assert tree(root) == before


def test_there_is_no_such_fix(root: Path) -> None:
    with pytest.raises(UsageError, match="no fix 'everything'"):
        repair.plan(str(root), ["everything"])


def test_nothing_to_mend_tells_nothing(root: Path) -> None:
    done = apply(root)
    assert (done.done, done.hindered, done.left, done.entry, done.exit_code) == ([], [], [], "", 0)
    assert len(list(Notebook.open(str(root)).entries())) == 3


def test_every_fix_that_a_finding_names_is_there() -> None:
    source = "".join(path.read_text() for path in (Path(doctor.__file__).parent).glob("*.py"))
    for name in repair.FIXES:
        assert f'"{name}"' in source


# Entries


def test_what_was_put_back_once_and_is_gone_again_comes_back(book: Notebook, root: Path) -> None:
    day, gone = day_of(root), slices(day_of(root))[1]
    for number in (4, 5):
        day.write_bytes(day.read_bytes().replace(gone.rstrip(b"\n"), b""))
        add(book, number)
    [(missing, state)] = states(root).items()
    assert state == "missing"
    done = apply(root, "put-back")
    assert [(step.entry, step.hindrance) for step in done.done] == [(missing, "")]
    assert states(root) == {}
    assert missing in told(root, done)
    assert gone.rstrip(b"\n") in day.read_bytes()
    add(book, 6)
    assert states(root) == {}
    assert apply(root).done == []


def test_what_is_put_back_goes_to_the_next_part_where_git_keeps_the_file(
    book: Notebook, root: Path
) -> None:
    day = day_of(root)
    add(book, 4)
    repository(root)
    last = slices(day)[-1]
    before = day.read_bytes().replace(last, b"Typed since.\n")
    day.write_bytes(before)
    assert list(states(root).values()) == ["missing"]
    apply(root, "put-back")
    assert states(root) == {}
    assert day.read_bytes() == before
    assert last in day.with_suffix(".p2.md").read_bytes()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_what_git_has_is_put_where_it_belongs(root: Path, which: int) -> None:
    repository(root)
    clone = root.with_name("clone")
    git(root.parent, "clone", "-q", str(root), str(clone))
    day = day_of(clone)
    whole = day.read_bytes() + b"\n## 23:00 Mine\n\nTyped since.\n"
    day.write_bytes(whole)
    changed = whole.replace(slices(day)[which], b"")
    day.write_bytes(changed)
    assert list(states(clone).values()) == ["missing"]
    done = apply(clone, "put-back")
    assert done.exit_code == 0
    assert states(clone) == {}
    assert day.read_bytes() == whole
    assert kept(clone) == {day.name: changed}


def test_a_day_file_that_git_has_comes_back_as_a_whole(root: Path) -> None:
    repository(root)
    clone = root.with_name("clone")
    git(root.parent, "clone", "-q", str(root), str(clone))
    day = day_of(clone)
    whole = day.read_bytes()
    day.unlink()
    assert list(states(clone).values()) == ["missing"] * 3
    apply(clone, "put-back")
    assert day.read_bytes() == whole


def forged(root: Path) -> bytes:
    """An entry that links well, and that this machine's spool knows nothing of."""
    link = dayfile.link_of(slices(day_of(root))[-1])
    assert link
    sealing = seal.Sealing({"body": b"I never wrote this."})
    at = f"{day_of(root).stem}T12:00:00.000000+00:00"
    _, piece = sealing.seal("01ZZZZZZZZZZZZZZZZZZZZZZZZ", at, "", 4, f"{link[0]}:{link[1]}")
    return piece


def test_what_would_not_verify_is_not_put_back(root: Path) -> None:
    day = day_of(root)
    without = day.read_bytes() + b"\n## 23:00 Mine\n"
    day.write_bytes(day.read_bytes() + b"\n" + forged(root))
    repository(root)
    day.write_bytes(without)
    assert list(states(root).values()) == ["missing"]
    done = apply(root, "put-back")
    assert [step.hindrance for step in done.hindered] == ["the file would not verify then"]
    assert day.read_bytes() == without


def test_nothing_is_put_back_from_a_spool_of_another_machine(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(root, other)
    day = day_of(other)
    day.write_bytes(day.read_bytes().replace(slices(day)[1], b""))
    assert "missing" in states(other).values()
    done = apply(other, "put-back")
    assert [step.hindrance for step in done.hindered] == [
        "neither git nor this machine's own spool has it"
    ]
    assert done.exit_code == 1
    assert "put-back" not in fixes(other)


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("cut", [72, 100, -9])
def test_a_torn_entry_is_finished(root: Path, which: int, cut: int) -> None:
    day = day_of(root)
    whole = day.read_bytes()
    piece = slices(day)[which]
    torn = whole.replace(piece, piece.rstrip(b"\n")[:cut] + (b"\n\n" if which < 2 else b""))
    day.write_bytes(torn)
    assert list(states(root).values()) == ["torn"]
    done = apply(root, "finish-torn")
    assert done.exit_code == 0
    assert states(root) == {}
    assert day.read_bytes().startswith(whole)
    assert kept(root)[day.name] == torn
    assert hashlib.sha256(torn).hexdigest() in told(root, done)
    assert hashlib.sha256(whole).hexdigest() in told(root, done)


def test_several_torn_entries_of_one_file(root: Path) -> None:
    day = day_of(root)
    whole = day.read_bytes()
    for piece in slices(day)[:2]:
        day.write_bytes(day.read_bytes().replace(piece, piece.rstrip(b"\n")[:-9] + b"\n\n"))
    assert list(states(root).values()) == ["torn", "torn"]
    assert len(apply(root, "finish-torn").done) == 2
    assert day.read_bytes().startswith(whole)


def test_an_entry_of_which_only_the_end_is_left(root: Path) -> None:
    day = day_of(root)
    whole, last = day.read_bytes(), slices(day)[-1]
    day.write_bytes(whole.replace(last, last[-60:]))
    assert list(states(root).values()) == ["torn"]
    apply(root, "finish-torn")
    assert day.read_bytes().startswith(whole)


def test_a_checkout_with_other_line_ends_keeps_them(root: Path) -> None:
    day = day_of(root)
    whole = day.read_bytes().replace(b"\n", b"\r\n")
    day.write_bytes(whole[:-9])
    apply(root, "finish-torn")
    assert day.read_bytes().startswith(whole)


def test_a_torn_entry_whose_text_is_nowhere_stays_as_it_is(root: Path) -> None:
    day = day_of(root)
    piece = slices(day)[-1]
    torn = day.read_bytes().replace(piece, piece[: piece.index(b"digest: ") + 12])
    clone = root.with_name("clone")
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".journal"))
    day_of(clone).write_bytes(torn)
    done = apply(clone, "finish-torn")
    assert [step.hindrance for step in done.hindered] == ["its whole text is nowhere"]
    assert day_of(clone).read_bytes() == torn


def test_what_a_person_changed_is_left_to_a_person(root: Path) -> None:
    day = day_of(root)
    changed = day.read_bytes().replace(b"Two paragraphs, number 1", b"Nothing")
    day.write_bytes(changed)
    done = apply(root)
    assert (done.done, [one.code for one in done.left]) == ([], ["edited"])
    assert day.read_bytes() == changed


# Conflicts


def conflicting(root: Path) -> bytes:
    """The day file after a merge of two branches, each with entries of its own, was committed."""
    repository(root)
    notebook, day = Notebook.open(str(root)), day_of(root)
    git(root, "checkout", "-q", "-b", "other")
    base = day.read_bytes()
    add(notebook, 10)
    git(root, "commit", "-qam", "theirs")
    theirs = day.read_bytes()
    git(root, "checkout", "-q", "main")
    day.write_bytes(base)
    add(notebook, 11)
    part = day.with_suffix(".p2.md")
    ours = base + b"\n" + slices(part)[0]
    part.unlink()
    day.write_bytes(ours)
    git(root, "commit", "-qam", "ours")
    merged = subprocess.run(["git", "merge", "-q", "other"], cwd=root, check=False)
    assert merged.returncode
    git(root, "commit", "-qam", "merged, and nobody looked")
    assert theirs != ours
    return day.read_bytes()


def test_a_conflict_that_was_committed_keeps_both_sides(root: Path) -> None:
    conflict = conflicting(root)
    assert conflict.count(b"<<<<<<<") >= 1
    clone = root.with_name("clone")
    git(root.parent, "clone", "-q", str(root), str(clone))
    day = day_of(clone)
    done = apply(clone, "conflict-markers")
    assert [step.fix for step in done.done] == ["conflict-markers"]
    assert states(clone) == {}
    assert b"number 10." in day.read_bytes()
    assert b"number 11." in day.read_bytes()
    assert b"<<<<<<<" not in day.read_bytes()
    assert len(slices(day)) == 5
    assert kept(clone)[day.name] == conflict
    assert "conflict-markers" not in fixes(clone)


def test_the_same_entry_on_both_sides_stays_once(root: Path) -> None:
    day = day_of(root)
    *above, last = slices(day)
    whole = day.read_bytes()
    twice = b"<<<<<<< a\n" + last + b"\n## 23:00 A\n=======\n" + last + b"\n## 23:01 B\n>>>>>>> b\n"
    day.write_bytes(whole.replace(last, twice))
    apply(root, "conflict-markers")
    assert states(root) == {}
    assert day.read_bytes().count(last.rstrip(b"\n")) == 1
    assert b"\n## 23:00 A\n" in day.read_bytes()
    assert b"\n## 23:01 B\n" in day.read_bytes()
    assert len(slices(day)) == len(above) + 4  # and the one that tells of it


def test_a_heading_after_a_marker_has_a_blank_line_above(root: Path) -> None:
    day = day_of(root).with_name("2026-01-01.md")
    sides = "<<<<<<< a\n## 16:00 Mine\n\nO\n=======\n## 17:00 Theirs\n\nP\n>>>>>>> b\n"
    day.write_text(f"## 09:00 A\n\na\n{sides}## 18:00 B\n\nb\n")
    apply(root, "conflict-markers")
    assert day.read_text() == (
        "## 09:00 A\n\na\n\n## 16:00 Mine\n\nO\n\n## 17:00 Theirs\n\nP\n\n## 18:00 B\n\nb\n"
    )


def test_a_conflict_in_what_a_person_typed_keeps_every_line(root: Path) -> None:
    day = day_of(root)
    typed = (
        "\n## 22:00 Mine\n\n<<<<<<< a\nTea.\n||||||| base\nWater.\n=======\nCoffee.\n>>>>>>> b\n"
    )
    with day.open("a") as file:
        file.write(typed + "\nEnd.\n")
    apply(root, "conflict-markers")
    assert "\n## 22:00 Mine\n\nTea.\nWater.\nCoffee.\n\nEnd.\n\n## " in day.read_text()


def test_a_conflict_inside_of_an_entry_is_left(root: Path) -> None:
    day = day_of(root)
    text = day.read_text().replace(
        "Two paragraphs, number 1.", "<<<<<<< a\nTwo.\n=======\nThree.\n>>>>>>> b"
    )
    day.write_text(text)
    done = apply(root, "conflict-markers")
    assert [step.hindrance for step in done.hindered] == [
        "no way to keep both sides leaves every entry whole"
    ]
    assert day.read_text() == text


def test_nothing_is_mended_while_git_merges(root: Path) -> None:
    day = day_of(root)
    repository(root)
    (root / ".git/MERGE_HEAD").write_text(git(root, "rev-parse", "HEAD"))
    with day.open("a") as file:
        file.write("\n" + CONFLICT)
    text = day.read_bytes()
    for done in (repair.plan(str(root)), apply(root)):
        assert [step.hindrance for step in done.hindered] == [
            "git is in the middle of something: merge"
        ]
        assert done.exit_code == 1
    assert day.read_bytes() == text
    with pytest.raises(Conflict, match="merge"):
        mend.make(str(root), mend.Change(str(day.relative_to(root)), "", b"x"), ["told"])


# Copies


def copy_of(day: Path) -> Path:
    return day.with_name(f"{day.stem}.sync-conflict-20261121-140322-ABCDEFG.md")


def test_a_copy_that_holds_nothing_new_is_set_aside(root: Path) -> None:
    day = day_of(root)
    copy = copy_of(day)
    data = day.read_bytes()[:-9]  # made while the last entry was being written
    copy.write_bytes(data)
    done = apply(root, "odd-name")
    assert not copy.exists()
    assert kept(root)[copy.name] == data
    assert copy.name in told(root, done)
    assert states(root) == {}


def test_what_a_copy_alone_holds_gets_a_proper_name(book: Notebook, root: Path) -> None:
    day = day_of(root)
    copy = copy_of(day)
    add(book, 7)
    with day.open("a") as file:
        file.write("\n## 23:10 By hand\n\nText.\n")
    *rest, sealed, hand = slices(day)
    copy.write_bytes(day.read_bytes())
    day.write_bytes(day.read_bytes().replace(sealed + hand, b""))
    done = apply(root, "odd-name")
    assert [step.hindrance for step in done.hindered] == []
    part = day_of_part(root, day.name.replace(".md", ".p2.md"))
    assert slices(part) == [sealed, hand]
    assert not copy.exists()
    assert states(root) == {}
    assert len(rest) == 3


def test_nothing_is_written_into_another_writers_files(book: Notebook, root: Path) -> None:
    """Only that writer appends to them (FORMAT 3): a clone uses its own."""
    day = day_of(root)
    sealed = slices(day)[-1]
    clone = root.with_name("clone")
    shutil.copytree(root, clone, ignore=shutil.ignore_patterns(".journal"))
    typed = copy_of(clone / day.relative_to(root))
    typed.write_bytes(day.read_bytes() + b"\n## 23:10 By hand\n\nText.\n")
    own = "append an entry, then repair again"
    assert [step.hindrance[-len(own) :] for step in repair.plan(str(clone)).hindered] == [own]
    Notebook.open(str(clone)).append(Draft(body="The clone's own."))
    mine = str(Visit(str(clone)).mine)
    assert mine != book.store.config.writer
    other = day.with_name("2026-01-01.md").relative_to(root)
    (clone / other).write_bytes(b"")
    foreign = copy_of(clone / day.relative_to(root)).with_name(f"{day.stem} 2.md")
    theirs = (clone / day.relative_to(root)).read_bytes()
    (clone / day.relative_to(root)).write_bytes(theirs.replace(sealed, b""))
    foreign.write_bytes(sealed)
    typed.write_bytes(b"## 23:10 By hand\n\nText.\n")
    before = {path.name for path in day.parent.iterdir()}
    done = apply(clone, "odd-name")
    assert [step.file for step in done.hindered] == [str(foreign.relative_to(clone))]
    assert mine in done.hindered[0].hindrance
    assert foreign.read_bytes() == sealed
    [step] = done.done
    assert step.changes[0].path.startswith(f"journal/main/{day.parent.name}/{day.stem}.{mine}.")
    assert slices(clone / step.changes[0].path) == [b"## 23:10 By hand\n\nText.\n"]
    assert f"writer: {mine}\n" in (clone / step.changes[0].path).read_text()
    made = {path.name for path in (clone / day.relative_to(root)).parent.iterdir()} - before
    assert all(mine in name for name in made - {foreign.name, other.name})


def test_a_forged_entry_gets_no_proper_name(root: Path) -> None:
    copy, mine = copy_of(day_of(root)), Visit(str(root)).mine
    piece = forged(root)
    copy.write_bytes(piece)
    assert list(states(root).values()) == ["alien"]
    done = apply(root, "odd-name")
    assert [step.hindrance for step in done.hindered] == [
        f"what it alone holds would not verify in a file of writer {mine}, this folder's"
    ]
    assert copy.read_bytes() == piece


def day_of_part(root: Path, name: str) -> Path:
    [part] = (root / "journal").rglob(name)
    return part


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"Two paragraphs, number 1", b"Nothing"),
        lambda data: data + b"\nA postscript.\n",
    ],
    ids=["edited", "postscript"],
)
def test_a_copy_with_other_text_is_left(root: Path, change: Callable[[bytes], bytes]) -> None:
    copy = copy_of(day_of(root))
    data = change(day_of(root).read_bytes())
    copy.write_bytes(data)
    done = apply(root, "odd-name")
    assert done.hindered
    assert copy.read_bytes() == data
    assert done.exit_code == 1


# The rest


def test_the_rest_of_the_house(root: Path) -> None:
    repository(root)
    aside = root / "journal/main/.2026-01-01.md.4711.new"
    aside.write_text("half")
    os.utime(aside, (1, 1))
    (root / ".gitattributes").write_text("*.md merge=union")
    (root / "journal/.gitattributes").write_text("*.md merge=union\n# ours\n*.png -diff text\n")
    (root / ".gitignore").write_text("x")
    (root / ".journal/cache/x.known").write_text("torn")
    (root / ".journal/cache/x.known").chmod(0o600)
    (root / ".journal").chmod(0o755)
    writer = Notebook.open(str(root)).append(Draft(body="One more.")).file
    done = apply(root)
    assert done.hindered == []
    assert fixes(root) == []
    assert (root / ".gitattributes").read_text() == "*.md merge=union\njournal/** -text !merge\n"
    assert (root / "journal/.gitattributes").read_text() == "# ours\n*.png -diff text\n"
    assert (root / ".gitignore").read_text() == "x\n.journal/\n"
    assert (root / ".journal").stat().st_mode & 0o777 == 0o700
    assert {".2026-01-01.md.4711.new".lstrip("."), "gitignore"} <= kept(root).keys()
    assert kept(root)["2026-01-01.md.4711.new"] == b"half"
    modes = [path.stat().st_mode & 0o777 for path in (root / mend.ASIDE).iterdir()]
    assert modes == [0o600] * 4
    assert not (root / ".journal/cache/x.known").exists()
    assert told(root, done).count("\n- ") == 6
    assert Notebook.open(str(root)).append(Draft(body="And on.")).file == writer  # still the same
    assert apply(root).done == []


def test_attributes_of_a_folder_above_are_overruled(root: Path) -> None:
    git(root.parent, "init", "-q")
    (root.parent / ".gitattributes").write_text("*.md merge=union\n")
    apply(root, "attributes")
    assert (root / ".gitattributes").read_text().endswith("\njournal/** -text !merge\n")
    assert (root.parent / ".gitattributes").read_text() == "*.md merge=union\n"
    assert fixes(root) == []


def test_a_file_that_changed_since_is_left_alone(root: Path) -> None:
    day = str(day_of(root).relative_to(root))
    change = mend.Change(day, mend.digest(str(root), day), b"new")
    text = day_of(root).read_bytes() + b"Typed meanwhile.\n"
    day_of(root).write_bytes(text)
    with pytest.raises(Conflict, match="changed by another program"):
        mend.make(str(root), change, ["told"])
    assert day_of(root).read_bytes() == text
    assert mend.notes(str(root)) == []


KILLED = """
import os, signal, sys
from journal import files, mend, repair
from journal.files import Folder
at = int(sys.argv[2])
def dying(name, real):
    def call(*given, **more):
        global at
        at -= 1
        if at == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **more)
    return call
for name in ("write", "fsync", "fdatasync", "replace", "rename", "link", "unlink"):
    setattr(os, name, dying(name, getattr(os, name)))
repair.apply(sys.argv[1])
"""


def test_a_repair_that_is_killed_anywhere_loses_nothing(root: Path, tmp_path: Path) -> None:
    day = day_of(root)
    whole, copy = day.read_bytes(), copy_of(day)
    hand = b"\n## 23:10 Only here\n\nBy hand.\n"
    torn = whole[:-9]
    at, survived = 1, 0
    while not survived:
        here = tmp_path / f"at-{at}"
        shutil.copytree(root, here)
        Notebook.open(str(here)).append(Draft(body="Of this copy's own writer."))
        own = max((here / "journal").rglob("*.md"), key=lambda path: path.stat().st_mtime_ns)
        sealed = own.read_bytes()
        own.write_bytes(sealed[:-9])
        (here / copy.relative_to(root)).write_bytes(torn + hand)
        (here / day.relative_to(root)).write_bytes(torn)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(here), str(at)], capture_output=True, check=False
        )
        assert done.returncode in (0, -9), done.stderr
        survived = done.returncode == 0
        everything = [path.read_bytes() for path in here.rglob("*") if path.is_file()]
        for text in (sealed[:-9], torn, torn + hand):
            assert text in everything, at
        again = apply(here)
        assert states(here) == {}, at
        assert own.read_bytes().startswith(sealed), at
        texts = b"".join(path.read_bytes() for path in (here / "journal").rglob("*.md"))
        assert texts.count(hand.strip(b"\n")) == 1, at
        assert texts.count(b"\n## 23:10 Only here") == 1
        assert not (here / copy.relative_to(root)).exists()
        bodies = [e.body for e in Notebook.open(str(here)).entries() if "repair" in e.tags]
        assert any("Only here" in body or "odd-name" in body for body in bodies), at
        assert mend.notes(str(here)) == []
        assert again.exit_code == 0
        shutil.rmtree(here)
        at += 3
    assert at > 20


SAVING = """
import os, shutil, sys, time
from pathlib import Path
from journal import mend, repair
from journal.errors import JournalError
origin, place, target, fix, how = sys.argv[1:]
names = ("open", "read", "write", "fsync", "fdatasync", "replace", "rename", "link", "unlink")
real = {name: getattr(os, name) for name in names}
at, armed, saved = 0, False, False
def save(path, line):
    if how == "in place":
        fd = real["open"](path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        real["write"](fd, line)
        os.close(fd)
    else:
        fd = real["open"](path + ".swp", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        real["write"](fd, text + line)
        os.close(fd)
        real["replace"](path + ".swp", path)
def saving(name):
    def call(*given, **more):
        global at, armed, saved
        at -= armed
        if armed and at == 0:
            armed, saved = False, True
            save(str(here / target), b"Typed meanwhile.\\n")
        return real[name](*given, **more)
    return call
def make(*given):
    global armed
    armed = True
    try:
        return made(*given)
    finally:
        armed = False
text = Path(origin, target).read_bytes()
made, mend.make = mend.make, make
for name in names:
    setattr(os, name, saving(name))
which, ends = 0, set()
while which == 0 or saved:
    which += 1
    at, saved, here = which, False, Path(place, str(which))
    shutil.copytree(origin, here)
    done = repair.apply(str(here), [fix])
    ends.add(bool(done.hindered))
    parts = [*(here / "journal").rglob("*"), *(here / mend.ASIDE).rglob("*")]
    found = b"".join(one.read_bytes() for one in parts if one.is_file())
    assert b"Typed meanwhile." in found or not saved, which
    for line in text.splitlines():
        assert line in found or line[:7] in (b"<<<<<<<", b"=======", b">>>>>>>"), (which, line)
    shutil.rmtree(here)
print(which, len(ends))
"""


@pytest.mark.parametrize("how", ["in place", "renamed over"])
@pytest.mark.parametrize("fix", ["conflict-markers", "odd-name"])
def test_what_is_saved_between_any_two_steps_is_kept(
    root: Path, tmp_path: Path, fix: str, how: str
) -> None:
    day = day_of(root)
    target = copy_of(day)
    if fix == "odd-name":
        shutil.copy(day, target)
    else:
        target = day.with_name("2026-01-01.md")
        target.write_text(f"## 09:00 A\n\na\n\n{CONFLICT}")
    done = subprocess.run(
        [sys.executable, "-c", SAVING, str(root), str(tmp_path / "at"),
         str(target.relative_to(root)), fix, how],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    steps, ends = map(int, done.stdout.split())
    assert steps > 30
    assert ends == 2  # some saves stood in the way, some came before or after


TYPING = """
import os, sys, time
path, stop, number = sys.argv[1], sys.argv[2], 0
while not os.path.exists(stop):
    with open(path, "ab", buffering=0) as file:
        file.write(b"typed %d\\n" % number)
    number += 1
    time.sleep(0.0005 * (number % 5))
print(number)
"""


def test_what_is_typed_while_a_file_is_mended_again_and_again_is_kept(
    root: Path, tmp_path: Path
) -> None:
    path, stop = root / "journal/main/2026/2026-01-01.md", tmp_path / "stop"
    where = str(path.relative_to(root))
    words = [sys.executable, "-c", TYPING, str(path), str(stop)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as typist:
        made = refused = 0
        while made < 40 or not refused:
            change = mend.Change(where, mend.digest(str(root), where), b"mended %d\n" % made)
            try:
                mend.make(str(root), change, ["x: told"])
                made += 1
            except Conflict:
                refused += 1
        stop.touch()
        typed = int(typist.communicate()[0])
    held = path.read_bytes() + b"".join(kept_now(root))
    lines = held.split(b"\n")
    assert [n for n in range(typed) if b"typed %d" % n not in lines] == []
    assert typed > 10


def kept_now(root: Path) -> list[bytes]:
    return [one.read_bytes() for one in (root / mend.ASIDE).iterdir() if "Z" in one.name]


@pytest.mark.parametrize("again", [False, True])
def test_what_was_saved_at_the_last_moment_is_put_back_or_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    day, rename = day_of(root), os.rename
    where, before = str(day.relative_to(root)), day.read_bytes()

    def saved(name: str, to: str, **more: int) -> None:
        day.write_bytes(before + b"Typed.\n")
        rename(name, to, **more)
        if again:
            day.write_bytes(before + b"Typed again.\n")

    monkeypatch.setattr(os, "rename", saved)
    with pytest.raises(Conflict, match=r"changed by|was saved by") as caught:
        mend.make(str(root), mend.Change(where, seal.digest(before), b"new"), ["told"])
    assert day.read_bytes() == before + (b"Typed again.\n" if again else b"Typed.\n")
    assert kept_now(root) == [before + b"Typed.\n"] * again
    assert (mend.ASIDE in caught.value.message) == again
    assert mend.notes(str(root)) == []


def test_what_could_not_be_put_back_is_not_told_as_done(root: Path) -> None:
    assert mend.put_back(str(root), {"0" * 26: "told"}) == {}
    assert mend.notes(str(root)) == []


CUT_SHORT = """
import os, signal, sys
from journal import repair
name, when = sys.argv[2:]
real = getattr(os, name)
def call(*given, **more):
    if when == "after":
        real(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, name, call)
repair.apply(sys.argv[1], ["conflict-markers"])
"""


@pytest.mark.parametrize(
    ("name", "when", "is_done", "is_there"),
    [
        ("rename", "before", False, True),
        ("rename", "after", False, False),
        ("link", "before", False, False),
        ("link", "after", True, True),
    ],
)
def test_a_repair_that_was_cut_short_tells_only_what_it_did(
    root: Path, name: str, when: str, is_done: bool, is_there: bool
) -> None:
    day = root / "journal/main/2026/2026-01-01.md"
    text = f"## 09:00 A\n\na\n\n{CONFLICT}"
    day.write_text(text)
    words = [sys.executable, "-c", CUT_SHORT, str(root), name, when]
    assert subprocess.run(words, check=False).returncode == -9
    assert day.exists() == is_there
    if is_there and not is_done:
        day.write_text("## 09:00 A\n\na\n")  # a person settles it
    done = apply(root, "conflict-markers")
    body = told(root, done)
    assert ("begun, and not seen done: conflict-markers" in body) == (not is_done)
    assert (f", is {mend.digest(str(root), str(day.relative_to(root)))}" in body) == (
        is_done or not is_there
    )
    assert (", would be sha256:" in body) == (not is_done)
    assert ("## 11:00 Theirs" in day.read_text()) == (is_done or not is_there)
    assert (text.encode() in kept(root).values()) == (is_done or not is_there)
    assert not [one for one in (root / mend.ASIDE).iterdir() if one.name.endswith(".new")]


def test_two_files_of_one_name_set_aside_at_the_same_moment(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    for text in (b"one", b"two"):
        path = root / "journal/main/.x.1.new"
        path.write_bytes(text)
        os.utime(path, (1, 1))
        assert apply(root, "leftovers").kept
    assert sorted(kept_now(root)) == [b"one", b"two"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_file_of_everybodys_stays_everybodys(root: Path) -> None:
    (root / ".gitattributes").write_text("x y\n")
    (root / ".gitattributes").chmod(0o644)
    (root / ".gitignore").unlink()
    old = os.umask(0o027)
    try:
        assert len(apply(root, "attributes", "ignore").done) == 2
    finally:
        os.umask(old)
    assert (root / ".gitattributes").stat().st_mode & 0o777 == 0o644
    assert (root / ".gitignore").stat().st_mode & 0o777 == 0o640


def test_a_broken_catalog_is_removed_and_not_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = root / ".journal/cache"
    (cache / "catalog.db").write_bytes(b"no database at all")
    (cache / "catalog.db").chmod(0o600)
    database = Database(str(root))
    lock = database.lock()
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.05)
    [step] = apply(root, "cache").hindered  # somebody is writing to it
    assert "lock" in step.hindrance
    assert (cache / "catalog.db").exists()
    database.unlock(lock)
    done = apply(root, "cache")
    assert (len(done.done), done.kept) == (1, [])
    assert not (cache / "catalog.db").exists()
    assert kept_now(root) == []
    assert "cache .journal/cache/catalog.db: remove it" in told(root, done)


def test_a_line_that_is_there_twice_is_not_lost(root: Path) -> None:
    day = day_of(root)
    last, twice = slices(day)[-1], b"\n## 23:00 Took a pill\n\nOne pill.\n"
    conflict = (
        b"<<<<<<< a\n" + last + twice + b"\n## 23:05 A\n=======\n" + last + twice + twice
        + b"\n## 23:06 B\n>>>>>>> b\n"
    )  # fmt: skip
    day.write_bytes(day.read_bytes().replace(last, conflict))
    before = day.read_bytes()
    [step] = apply(root, "conflict-markers").hindered
    assert "keep both sides" in step.hindrance
    assert day.read_bytes() == before
    day.write_bytes(before.replace(twice + twice, twice))
    assert apply(root, "conflict-markers").hindered == []
    assert day.read_bytes().count(b"One pill.") == 1


def test_an_attachment_that_is_gone_is_not_put_back_from_the_spool(
    book: Notebook, root: Path
) -> None:
    one = book.attach(b"content", name="a.txt")
    receipt = add(book, 7, fields={"attachments": [one.record()]})
    (root / one.path("main")).unlink()
    done = apply(root)
    assert done.done == []
    assert [(it.code, it.line) for it in done.left] == [("attachment-missing", receipt.line)]


def test_a_spool_that_lost_entries_is_told_in_the_same_words(root: Path) -> None:
    [spool] = (root / ".journal/state/spool").iterdir()
    data = spool.read_bytes()
    spool.write_bytes(data[: data.index(b"\n{", 10)])
    place = space.open_space(str(root), int(clock.now().timestamp()))
    book = Notebook.open(str(root))
    said = set()
    for ask in (
        lambda: mend.put_back(str(root), {"x": "told"}),
        lambda: editing.at_day(book, day_of(root).stem),
    ):
        with pytest.raises(Conflict) as caught:
            ask()
        said.add((caught.value.message, caught.value.hint, caught.value.kind))
    assert len(said) == 1
    assert mend.notes(place.root) == []


def test_whoever_holds_the_journal_can_ask_git(root: Path) -> None:
    repository(root)
    place = space.open_space(str(root), int(clock.now().timestamp()))
    with holding.session(place) as session:
        assert session.repo() is not None


def test_what_repair_prints(root: Path, journal_bin: Path) -> None:
    day = day_of(root)
    day.write_bytes(day.read_bytes()[:-9])
    shutil.copy(day, copy_of(day))
    with copy_of(day).open("a") as file:
        file.write("Not as it was.\n")
    codes = []
    for words in (["repair"], ["repair", "--apply"], ["repair"], ["repair", "ignore", "--apply"]):
        done = subprocess.run(
            [journal_bin, *words, "--json"], cwd=root, capture_output=True, check=False
        )
        answer = json.loads(done.stdout)
        assert not faults("repair", answer)
        codes.append(done.returncode)
        assert answer["applied"] == ("--apply" in words)
    assert codes == [1, 1, 1, 0]
    done = subprocess.run(
        [journal_bin, "repair", "nothing", "--json"], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert not faults("error", json.loads(done.stderr))
    assert re.search(rb"fixes: attributes, cache", done.stderr)


def said(root: Path, journal_bin: Path, *words: str) -> tuple[int, str]:
    """The exit code and the last line of a repair."""
    done = subprocess.run(
        [journal_bin, "repair", *words], cwd=root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()[-1]


def test_what_could_not_be_done_is_counted(root: Path, journal_bin: Path) -> None:
    day = day_of(root)
    day.with_name(f"{day.stem} 2.md").write_bytes(forged(root))
    assert said(root, journal_bin, "odd-name") == (1, "1 step can not be done")
    assert said(root, journal_bin, "odd-name", "--apply") == (1, "1 step could not be done")
    (root / ".gitignore").write_text("")
    code, last = said(root, journal_bin, "--apply")
    assert (code, last.startswith("1 step done, told by entry ")) == (1, True)
    assert last.endswith("; 1 step could not be done")


def test_what_is_left_for_a_person_is_exit_1(root: Path, journal_bin: Path) -> None:
    day = day_of(root)
    day.unlink()
    day.mkdir(mode=0o700)
    shutil.rmtree(root / ".journal/state/spool")
    assert doctor.examine(str(root)).exit_code
    assert said(root, journal_bin) == (1, "nothing that a fix could mend")
    day.rmdir()


def test_what_is_only_worth_knowing_is_exit_0(root: Path, journal_bin: Path) -> None:
    (root / ".stfolder").mkdir()
    assert [one.code for one in repair.plan(str(root)).left] == ["synced-folder"]
    assert said(root, journal_bin) == (0, "nothing that a fix could mend")


def test_a_journal_that_is_switched_off_keeps_the_notes(root: Path) -> None:
    config = root / "journal.toml"
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    day = day_of(root)
    day.write_bytes(day.read_bytes()[:-9])
    done = apply(root, "finish-torn")
    assert (done.entry, len(done.done)) == ("", 1)
    assert "finish-torn" in mend.notes(str(root))[0].lines()[0]
    config.write_text(config.read_text().replace("enabled = false", "enabled = true"))
    done = apply(root)
    assert "finish-torn" in told(root, done)
    assert mend.notes(str(root)) == []


def test_a_link_is_neither_followed_nor_taken_away(root: Path) -> None:
    day = day_of(root)
    link = day.with_name(f"{day.stem} 2.md")
    link.symlink_to(day)
    done = apply(root)
    assert [(step.fix, step.hindrance) for step in done.hindered] == [
        ("odd-name", "it can't be read")
    ]
    assert link.is_symlink()


def test_what_cannot_be_read_is_never_written_over(root: Path) -> None:
    path = root / "journal/main/2026/2026-01-01.md"
    path.mkdir(parents=True)
    change = mend.Change(str(path.relative_to(root)), "", b"new")
    with pytest.raises(Conflict):
        mend.make(str(root), change, ["told"])
    assert path.is_dir()


def test_appends_go_on_while_a_file_is_mended(root: Path, journal_bin: Path) -> None:
    day = day_of(root)
    whole = day.read_bytes()
    torn = whole.replace(slices(day)[0], slices(day)[0].rstrip(b"\n")[:-9] + b"\n\n")
    day.write_bytes(torn)
    words = [str(journal_bin), "--workspace", str(root), "append", "--batch"]
    lines = b"".join(b'{"body": "line %d"}\n' % number for number in range(300))
    writers = [subprocess.Popen(words, stdin=-1, stdout=-1) for _ in range(2)]
    for writer in writers:
        assert writer.stdin
        for line in lines.splitlines(keepends=True):
            writer.stdin.write(line)
        writer.stdin.flush()
    while not (done := apply(root, "finish-torn")).done or done.hindered:
        [step] = done.hindered
        assert "meanwhile" in step.hindrance
    acknowledged = b"".join(writer.communicate()[0] for writer in writers)
    assert acknowledged.count(b'"durable": true') == 600
    assert states(root) == {}
    assert len(list(Notebook.open(str(root)).entries())) == 604
