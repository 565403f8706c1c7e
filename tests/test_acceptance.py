"""What amend and adopt append, and what verify makes of it: pins held, lost, moved, released."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from journal import acceptance, seal
from journal.chain import Verdict, slice_digest
from journal.entry import Draft
from journal.errors import UsageError
from journal.notebook import Notebook
from tests.test_schemas import RIGHT, Sample, faults, sample
from tests.test_verify import (
    add,
    book,
    edit,
    file_of,
    fresh,
    git,
    odd,
    slice_of,
    verify,
    without_state,
)

__all__ = ["book", "sample"]
HAND = "\n## 20:00 By hand\n\nA thought.\n"


def amend(book: Notebook, wanted: str, reason: str = "so be it") -> Draft:
    again = Notebook.open(book.root)
    draft = acceptance.amend(again, acceptance.named(again.verify(), wanted), reason)
    again.append(draft)
    return draft


def adopt(book: Notebook, *wanted: str) -> list[Draft]:
    again = Notebook.open(book.root)
    verdicts = again.verify()
    drafts = acceptance.adopt([acceptance.named(verdicts, one) for one in wanted])
    again.append_many(drafts)
    return drafts


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def by_hand(root: Path) -> list[str]:
    return [one.id for one in verify(root) if one.state == "handwritten"]


def nothing(book: Notebook, wanted: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        amend(book, wanted)
    assert caught.value.kind == "nothing-to-amend"
    return caught.value


# Amend


def test_an_edited_body_is_amended_until_it_is_edited_again(book: Notebook) -> None:
    first, _ = add(book, 0), add(book, 1)
    header = seal.digest(slice_of(book, first).partition(b"\n```\n")[0] + b"\n```\n")
    edit(file_of(book, first), "paragraphs, number 0.", "sentences, number 0.")
    draft = amend(book, first.id[-8:])
    new = slice_digest(slice_of(book, first))
    assert (draft.kind, draft.fields) == ("amend", {"of": first.id, "old": header, "new": new})
    for root in (Path(book.root), without_state(book)):
        assert odd(root) == {first.id: "amended"}
    edit(file_of(book, first), "sentences, number 0.", "phrases, number 0.")
    assert odd(Path(book.root)) == {first.id: "edited"}
    amend(book, first.id)
    assert odd(Path(book.root)) == {first.id: "amended"}


def test_an_edited_header_keeps_its_successor_linked(book: Notebook) -> None:
    """Also where nobody has the old text: the successor names its digest."""
    first, second = add(book, 0), add(book, 1)
    clone = Notebook.open(str(without_state(book)))
    for one in (book, clone):
        edit(file_of(one, first), "Entry 0\n", "Entry zero\n")
        amend(one, first.id)
        assert odd(Path(one.root)) == {first.id: "amended"}, one.root
    assert second.id


def test_whitespace_and_a_cut_in_the_middle_of_a_file_are_amended(book: Notebook) -> None:
    first, second, _ = add(book, 0), add(book, 1), add(book, 2)
    edit(file_of(book, first), "paragraphs, number 0", "paragraphs,  number 0")
    edit(file_of(book, second), "\nIt has **two** paragraphs, number 1.\n", "")
    assert odd(Path(book.root)) == {first.id: "edited-whitespace", second.id: "torn"}
    amend(book, first.id)
    amend(book, second.id)
    assert odd(Path(book.root)) == dict.fromkeys((first.id, second.id), "amended")


def test_a_cut_at_the_end_of_the_file_is_for_the_next_append_to_mend(book: Notebook) -> None:
    first, second = add(book, 0), add(book, 1)
    edit(file_of(book, second), "\nIt has **two** paragraphs, number 1.\n", "")
    assert "the next append completes it" in str(nothing(book, second.id))
    add(book, 2)
    assert odd(Path(book.root)) == {}
    assert first.id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## 08:30:00 human", "# 08:30:00 human"),
        ("## 08:30:00 human", "He wrote: ## 08:30:00 human"),
        ("```yaml entry\nid: {1}", "```yaml\nid: {1}"),
    ],
)
def test_an_entry_without_heading_or_fence_is_amended_where_none_brings_it_back(
    book: Notebook, old: str, new: str
) -> None:
    _, lost, _ = add(book, 0), add(book, 1), add(book, 2)
    clone = Notebook.open(str(without_state(book)))
    for one in (book, clone):
        edit(file_of(one, lost), old.replace("{1}", lost.id), new.replace("{1}", lost.id))
    assert odd(Path(book.root)) == {lost.id: "edited"}
    assert "puts it back" in str(nothing(book, lost.id))
    amend(clone, lost.id)
    assert odd(Path(clone.root)) == {lost.id: "amended"}


def test_what_needs_no_amending_is_told_with_what_to_do_instead(book: Notebook) -> None:
    first, second, third = add(book, 0), add(book, 1), add(book, 2)
    path = file_of(book, first)
    write(path, HAND)
    [hand] = by_hand(Path(book.root))
    assert "--parent" in nothing(book, first.id).hint
    assert f"journal adopt {hand}" in nothing(book, hand).hint
    adopt(book, hand)
    assert "as it was adopted" in nothing(book, hand).hint
    data = path.read_bytes()
    path.write_bytes(data.replace(slice_of(book, second), b""))
    error = nothing(book, second.id)
    assert "journal repair" in error.hint
    assert (error.file, error.line) == (second.file, 0)
    path.write_bytes(data)
    edit(path, "number 2.", "number two.")
    amend(book, third.id)
    assert "already" in nothing(book, third.id).hint
    for wanted, kind in (("nowhere", "entry-not-found"), ("01", "ambiguous-id"), ("", "entry-not")):
        with pytest.raises(UsageError) as caught:
            amend(book, wanted)
        assert caught.value.kind.startswith(kind)


def test_an_edited_copy_beside_the_intact_entry_is_the_one_that_is_amended(book: Notebook) -> None:
    first, last = add(book, 0), add(book, 10)
    copy = slice_of(book, first).replace(b"number 0.", b"number 7.")
    write(file_of(book, last), "\n" + copy.decode())
    assert odd(Path(book.root)) == {first.id: "edited"}
    amend(book, first.id)
    assert odd(Path(book.root)) == {first.id: "amended"}


# Adopt


def pinned(root: Path) -> dict[str, tuple[str, str, int]]:
    """Of each pinned entry: its state, its file's date, its line."""
    return {
        one.id: (one.state, one.file.rpartition("/")[2][:10], one.line)
        for one in verify(root)
        if one.pin
    }


@pytest.fixture
def hand(book: Notebook) -> str:
    """A journal of two entries on one day, a handwritten and adopted one after them."""
    path = file_of(book, add(book, 0))
    add(book, 1)
    write(path, HAND)
    [hand] = by_hand(Path(book.root))
    [draft] = adopt(book, hand)
    assert draft.fields["of"] == hand
    assert draft.fields["where"] == "journal/main/2026/2026-11-19.md:45"
    assert draft.fields["new"][7:19] == hand[2:]
    return hand


DAY = "journal/main/2026/2026-11-19.md"


def test_an_adopted_entry_stays_handwritten_and_a_change_is_found(
    book: Notebook, hand: str
) -> None:
    root = Path(book.root)
    assert pinned(root) == {hand: ("handwritten", "2026-11-19", 45)}
    add(book, 2)  # what is appended below it changes nothing
    assert odd(root) == {hand: "handwritten"}
    assert adopt(book, hand) == []
    edit(root / DAY, "A thought.", "A better thought.")
    for place in (root, without_state(book)):
        assert pinned(place) == {hand: ("edited", "2026-11-19", 45)}
    draft = amend(book, hand)
    assert draft.fields.keys() == {"of", "old", "new", "where"}
    [(after, state)] = pinned(root).items()
    assert after != hand
    assert state == ("handwritten", "2026-11-19", 45)
    edit(root / DAY, "A better thought.", "A thought.")  # back again is a change too
    assert pinned(root) == {after: ("edited", "2026-11-19", 45)}
    amend(book, after)
    assert pinned(root) == {hand: ("handwritten", "2026-11-19", 45)}


def test_an_adopted_entry_that_is_gone_is_missing_until_that_is_accepted(
    book: Notebook, hand: str
) -> None:
    path = Path(book.root) / DAY
    text = path.read_text()
    path.write_text(text.replace(HAND, ""))
    assert odd(Path(book.root)) == {hand: "missing"}
    draft = amend(book, hand)
    assert "new" not in draft.fields
    assert odd(Path(book.root)) == {}
    write(path, HAND)  # back again, it is a handwritten one like any other
    assert odd(Path(book.root)) == {hand: "handwritten"}
    assert pinned(Path(book.root)) == {}


def test_an_adopted_entry_in_another_file_is_misplaced(book: Notebook, hand: str) -> None:
    other = file_of(book, add(book, 10))
    path = Path(book.root) / DAY
    path.write_text(path.read_text().replace(HAND, ""))
    write(other, HAND)
    assert pinned(Path(book.root)) == {hand: ("misplaced", "2026-11-20", 28)}
    amend(book, hand)
    assert pinned(Path(book.root)) == {}
    adopt(book, hand)
    assert pinned(Path(book.root)) == {hand: ("handwritten", "2026-11-20", 28)}


def test_of_several_entries_the_changed_one_is_named(book: Notebook, hand: str) -> None:
    path = Path(book.root) / DAY
    write(path, "\n## 21:00 Another\n\nUntouched.\n\n## 21:30 A third\n\nNot adopted.\n")
    one, other = (one for one in by_hand(Path(book.root)) if one != hand)
    adopt(book, one)
    edit(path, "A thought.", "A thought, and two lines\n\nmore.")
    found = {one.id: one.state for one in verify(Path(book.root)) if one.state != "intact"}
    assert found == {hand: "edited", one: "handwritten", other: "handwritten"}
    assert set(pinned(Path(book.root))) == {hand, one}


def test_twins_are_pinned_one_by_one(book: Notebook) -> None:
    path = file_of(book, add(book, 0))
    write(path, HAND + HAND)
    one, other = by_hand(Path(book.root))
    assert other == f"{one}-2"
    adopt(book, one, other)
    assert set(pinned(Path(book.root)).values()) == {
        ("handwritten", "2026-11-19", 28), ("handwritten", "2026-11-19", 32)
    }  # fmt: skip
    text = path.read_text()
    path.write_text(text.replace(HAND, "", 1))
    assert odd(Path(book.root)) == {one: "handwritten", other: "missing"}


def test_git_shows_what_an_adopted_entry_was_and_may_have_taken_it(
    book: Notebook, hand: str
) -> None:
    root = Path(book.root)
    git(root, "init", "-qb", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "adopted")
    edit(root / DAY, "A thought.", "A better thought.")
    [one] = [one for one in verify(root) if one.id == hand]
    assert "-A thought.\n+A better thought." in one.diff
    (root / DAY).write_text((root / DAY).read_text().replace("## 20:00", "### 20:00"))
    assert odd(root)[hand] == "missing"
    git(root, "checkout", "-q", DAY)
    (root / DAY).write_text((root / DAY).read_text().replace(HAND, ""))
    assert odd(root)[hand] == "missing"
    git(root, "add", "-A")
    assert odd(root)[hand] == "elsewhere"


def test_only_what_is_handwritten_can_be_adopted(book: Notebook) -> None:
    first, second = add(book, 0), add(book, 1)
    edit(file_of(book, first), "number 0.", "number zero.")
    for one, hint in ((first, "journal amend"), (second, "only what a person typed")):
        with pytest.raises(UsageError, match="is not handwritten") as caught:
            adopt(book, one.id)
        assert caught.value.kind == "nothing-to-adopt"
        assert hint in caught.value.hint


def test_an_adoption_that_was_changed_pins_nothing(book: Notebook, hand: str) -> None:
    path = Path(book.root) / DAY
    [newest] = [one for one in book.entries() if one.kind == "adopt"]
    edit(Path(book.root) / newest.source.file, acceptance.ADOPTED_AS_IT_STANDS, "As it stood.")
    edit(path, "A thought.", "A better thought.")
    assert pinned(Path(book.root)) == {}
    assert "handwritten" in odd(Path(book.root)).values()
    assert hand


def test_a_pin_of_a_file_that_can_be_none_is_no_pin(book: Notebook) -> None:
    add(book, 0)
    for where in ("../../etc/passwd:1", "journal/main/2026/2026-11-19.md", "x", "a/b/c/d:x", 7):
        fields = {"of": "h-0123456789ab", "new": slice_digest(b"x"), "where": where}
        book.append(Draft(body="x", kind="adopt", fields=fields))
    assert odd(Path(book.root)) == {}


# Ids of handwritten entries: verify's are those of list


def listed(root: Path) -> set[tuple[str, str, int]]:
    entries = Notebook.open(str(root)).entries()
    return {(one.id, one.source.file, one.source.line) for one in entries}


def verified(verdicts: Sequence[Verdict]) -> set[tuple[str, str, int]]:
    return {(one.id, one.file, one.line) for one in verdicts}


def test_twins_in_two_shards_and_copies_have_the_ids_that_list_shows(tmp_path: Path) -> None:
    book = fresh(tmp_path / "ws")
    root = Path(book.root)
    add(book, 0)
    folder = root / "journal/main/2026"
    write(folder / "2026-11-19.md", HAND + HAND)
    write(folder / "2026-11-19.ben-81d04e.md", HAND)
    write(folder / "2026-11-20.md", HAND)
    shutil.copy(folder / "2026-11-19.md", folder / "2026-11-19 (copy).md")
    other = root / "journal/alpha/2026"
    other.mkdir(parents=True)
    write(other / "2026-11-19.md", HAND)
    assert verified(verify(root)) == listed(root)
    assert len({one.id for one in verify(root) if "2026-11-19" in one.file}) == 5


# What the commands print


def test_what_amend_adopt_and_edit_print(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "journal/main/2026/2026-11-17.md"
    for words in (("adopt", path), ("adopt", "2026-11-17"), ("adopt", "--all"), ("adopt", "today")):
        done = sample.json(*words)
        assert not faults("adopt", done)
        assert done["adopted" if words == ("adopt", path) else "already"] or words[1] == "today"
    edit(sample.root / path, "first\none", "first,\none")
    [one] = [one for one in sample.json("verify")["entries"] if one["state"] == "edited"]
    told = sample.json("amend", one["id"], "--reason", "a comma")
    assert not faults("amend", told)
    assert (told["id"], told["line"]) == (one["id"], one["line"])
    found = sample.json("verify")
    assert found["counts"]["amended"] == 1
    assert not faults("verify", found)
    monkeypatch.setenv("EDITOR", "true")
    for days in ((), ("2026-11-17",)):
        assert not faults("edit", sample.json("edit", *days))


def test_a_disabled_journal_accepts_nothing_and_says_so(sample: Sample) -> None:
    path = sample.root / "journal/main/2026/2026-11-17.md"
    edit(path, "first\none", "first,\none")
    [one] = [one for one in sample.json("verify")["entries"] if one["state"] == "edited"]
    config = sample.root / "journal.toml"
    config.write_text(config.read_text().replace("enabled = true", "enabled = false"))
    told = sample.json("amend", one["id"], "--reason", "x")
    assert not faults("amend", told)
    assert told["disabled"]
    told = sample.json("adopt", "--all")
    assert not faults("adopt", told)
    assert told["disabled"]
    assert sample.json("verify")["counts"]["edited"] == 1


WRONG = [
    ("amend", "01M7PX0NCFWK06PM66RSN4RVYX", "--reason", "x"),
    ("amend", "nowhere", "--reason", "x"),
    ("amend", "01M7PX0NCFWK06PM66RSN4RVYX"),
    ("adopt",),
    ("adopt", "--all", "today"),
    ("adopt", "nowhere.md"),
    ("adopt", "01M7PX0NCFWK06PM66RSN4RVYX"),
    ("edit", "01M7PX0NCFWK06PM66RSN4RVYX"),
    ("edit", "--namespace", "../up"),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_what_a_failure_prints(sample: Sample, words: tuple[str, ...]) -> None:
    before = set((sample.root / "journal").rglob("*"))
    done = sample.run(*words, "--json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert not faults("error", json.loads(done.stderr))
    assert set((sample.root / "journal").rglob("*")) == before


def test_the_schemas_take_nothing_else() -> None:
    receipt = RIGHT["receipt"]
    accepted = {
        "id": receipt["id"], "state": "edited", "file": receipt["file"], "line": 3,
        "old": receipt["digest"], "new": receipt["digest"], "receipt": receipt,
    }  # fmt: skip
    right = {
        "amend": {"schema": "journal/amend@1", **accepted},
        "adopt": {"schema": "journal/adopt@1", "adopted": [accepted], "already": ["h-0"]},
        "edit": {
            "schema": "journal/edit@1", "file": receipt["file"], "line": 1, "date": "2026-11-21",
            "changed": True, "new": [], "entries": [RIGHT["verify"]["entries"][0]],
            "counts": {"edited": 1},
        },
    }  # fmt: skip
    for name, value in right.items():
        assert not faults(name, value)
        assert faults(name, {**value, "extra": 1})
        for key in value.keys() - {"old", "new"}:
            assert faults(name, {k: v for k, v in value.items() if k != key}), key
