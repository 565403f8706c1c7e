"""Packs are written the same each time, opened without trust, and checked to the last bit."""

from __future__ import annotations

import json
import os
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from strategies import drafts

from journal import acceptance, api, attach, held, packs, seal
from journal.chain import slice_digest
from journal.daypath import DayFile, day_files
from journal.entry import Draft
from journal.errors import IntegrityError, JournalError, UsageError
from journal.held import Day, Held
from journal.manifest import MOST_BYTES, Manifest, Masked, Member, Part, order, parse, render
from journal.packs import lines, slices
from journal.workspace import init

AT = "2026-11-{:02}T09:{:02}:00+01:00"
Choose = Callable[[Held], bool]


# A small exporter: the tests' own, so that packs stand by themselves.


class Made:
    """What a test's pack is to hold: texts by path, and the manifest that fits them."""

    def __init__(self, root: Path, choose: Choose = lambda _: True) -> None:
        journal = api.open(str(root))
        self.config = journal.notebook.store.config
        self.texts: dict[str, bytes] = {}
        self.tallies: dict[str, packs.Tally] = {}
        self.heads: dict[str, str] = {}
        self.counts: dict[str, tuple[str, int]] = {}
        self.lines: list[bytes] = []
        self.masked: tuple[Masked, ...] = ()
        self.left_out: Mapping[str, int] = {}
        for day in sorted(day_files(str(root)), key=lambda day: day.path):
            self._day(day, (root / day.path).read_bytes(), choose)
        for file in sorted(root.glob("journal/*/attachments/*")):
            self.texts[file.relative_to(root).as_posix()] = file.read_bytes()
        self.texts["entries.jsonl"] = b"".join(self.lines)
        self.texts["schemas/header.json"] = (ROOT / "schemas" / "header.json").read_bytes()

    def part(self, namespace: str) -> Part:
        """The one writer's part in a namespace, as far as it was counted."""
        tally = self.tallies[namespace]
        entries = sum(count for at, count in self.counts.values() if at == namespace)
        return Part(
            self.config.id, self.config.writer, namespace, namespace, entries, tally.first,
            tally.last, self.heads.get(namespace, ""), tally.gaps(),
        )  # fmt: skip

    def _day(self, day: DayFile, data: bytes, choose: Choose) -> None:
        namespace = day.namespace
        genesis = seal.genesis(self.config.id, self.config.writer, namespace).partition(":")[2]
        chain = held.Chain(self.config.writer, namespace, genesis)
        tally = self.tallies.setdefault(namespace, packs.Tally(chain))
        where = Day(day.path, day.date, chain)
        every = held.read(data, where)
        for one in every:
            if one.header:
                self.heads[namespace] = f"{one.seq}:{one.header}"
        kept = [one for one in every if choose(one)]
        if len(kept) < len(every):
            data = data[: data.find(b"\n## ") + 1] + b"".join(one.raw for one in kept)
            kept = held.read(data, where)
        if not kept:
            return
        self.texts[day.path] = data
        self.counts[day.path] = (namespace, len(kept))
        provisional = Part(self.config.id, self.config.writer, namespace, namespace, 0, 0, 0, "")
        for one in kept:
            tally.take(one)
            self.lines.append(packs.line(one, provisional))

    def manifest(self, members: list[Member]) -> Manifest:
        """The manifest of these members."""
        names = sorted(self.tallies)
        days = [path[-13:-3] for path in self.counts]
        counted = [
            replace(
                one, entries=self.counts[one.path][1], part=names.index(self.counts[one.path][0])
            )
            if one.path in self.counts
            else one
            for one in members
        ]
        return Manifest(
            workspace=self.config.id, writer=self.config.writer, timezone=self.config.timezone,
            entries=sum(count for _, count in self.counts.values()), since=min(days, default=""),
            until=max(days, default=""), parts=tuple(self.part(name) for name in names),
            members=tuple(counted), masked=self.masked, left_out=self.left_out,
        )  # fmt: skip

    def write(self, target: Path, *, zipped: bool, signature: bytes | None = None) -> Path:
        """The pack, at this place."""
        with packs.Writer(str(target), zipped=zipped) as writer:
            members = [
                writer.add(path, [self.texts[path]]) for path in sorted(self.texts, key=order)
            ]
            writer.finish(render(self.manifest(members)), signature)
        return target


ULID = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"
LINK = f"2:{seal.digest(b'x')}"
HAND = "\n## 23:00 Typed\n\nby hand ☃\n\n## 23:00 Typed\n\nby hand ☃\n"


def workspace(root: Path, entries: int = 12) -> Path:
    """A workspace with entries of three days, texts by hand, an attachment, two namespaces."""
    init(str(root))
    with api.open(str(root)) as journal:
        for number in range(entries):
            at = AT.format(20 + number * 3 // entries, number)
            body = f"Entry {number}: naïve ✓\n\n```\nopen" if number % 4 == 1 else f"Text {number}"
            journal.append(Draft(body=body, at=at, title=f"T{number}", tags=("a", "b")))
        file = attach.keep(str(root), "main", b"attached", "file.txt")
        fields = {"attachments": [file.record()]}
        journal.append(Draft(body="with a file", fields=fields, at=AT.format(22, 55)))
        journal.append(Draft(body="another", namespace="other", at=AT.format(21, 5)))
        day = day_of(root, 21)
        day.write_bytes(day.read_bytes() + HAND.encode())
    return root


def day_of(root: Path, day: int) -> Path:
    return next(root.glob(f"journal/main/*/2026-11-{day}.md"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield workspace(tmp_path_factory.mktemp("home") / "w")


@pytest.fixture(scope="module")
def zipped(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Made(home).write(tmp_path_factory.mktemp("zip") / "a.zip", zipped=True)


@pytest.fixture(scope="module")
def folder(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Made(home).write(tmp_path_factory.mktemp("dir") / "a", zipped=False)


@pytest.fixture
def mine(folder: Path, tmp_path: Path) -> Path:
    """A copy of the folder, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "mine"))


def files(path: Path) -> dict[str, bytes]:
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in path.rglob("*")
        if file.is_file()
    }


def check(path: Path) -> packs.Checked:
    with packs.open(str(path)) as pack:
        return packs.check(pack)


def remade(path: Path, change: Callable[[Manifest], Manifest] = lambda it: it) -> None:
    """Give a spoilt folder a manifest that fits its bytes again."""
    manifest = parse((path / "manifest.json").read_bytes())
    members = tuple(
        replace(one, bytes=len(data), sha256=seal.digest(data)[7:])
        for one in manifest.members
        if (path / one.path).exists()
        for data in [(path / one.path).read_bytes()]
    )
    (path / "manifest.json").write_bytes(render(change(replace(manifest, members=members))))


def more(count: int) -> Callable[[Manifest], Manifest]:
    """As if the first day had so many entries more."""

    def change(manifest: Manifest) -> Manifest:
        members = tuple(
            replace(one, entries=one.entries + count) if one.path.endswith("-20.md") else one
            for one in manifest.members
        )
        first, *rest = manifest.parts
        parts = (replace(first, entries=first.entries + count), *rest)
        return replace(manifest, members=members, parts=parts, entries=manifest.entries + count)

    return change


def relisted(path: Path) -> None:
    """Give it an entries.jsonl, too, that says what its entries say."""
    remade(path)
    with packs.open(str(path)) as pack:
        twins = packs.Twins()
        lines = [
            packs.line(one, pack.manifest.parts[member.part])
            for member in pack.manifest.members
            if member.part >= 0
            for one in packs.entries_of(pack, member.path, twins)
        ]
    (path / "entries.jsonl").write_bytes(b"".join(lines))
    remade(path)


# Writing


def test_the_same_entries_are_the_same_bytes(home: Path, zipped: Path, folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        again = Made(home)
        one, other = again.write(zipped.parent / "b.zip", zipped=True), zipped
        assert one.read_bytes() == other.read_bytes()
        assert files(again.write(folder.parent / "b", zipped=False)) == files(folder)
    with zipfile.ZipFile(zipped) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files(folder)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o100600}


def test_day_files_are_in_it_as_they_are(home: Path, folder: Path) -> None:
    there = files(folder)
    days = day_files(str(home))
    assert len(days) == 4
    for day in days:
        assert there[day.path] == (home / day.path).read_bytes()


def test_nobody_else_can_read_it(folder: Path, zipped: Path) -> None:
    old = os.umask(0)
    try:
        assert stat.S_IMODE(zipped.stat().st_mode) == 0o600
        for one in folder.rglob("*"):
            assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600), one
    finally:
        os.umask(old)


def test_entries_jsonl_is_for_programs(home: Path, folder: Path) -> None:
    schemas = {
        name: json.loads((ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("entry", "pack-entry")
    }
    registry: Registry[object] = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    )
    validator = Draft202012Validator(schemas["pack-entry"], registry=registry)
    raw = (folder / "entries.jsonl").read_bytes()
    lines = [json.loads(line) for line in raw.splitlines()]
    for line in lines:
        validator.validate(line)
    assert raw.isascii()
    with api.open(str(home)) as journal:
        shown = {entry.id: entry.record(body=True) for entry in journal.entries()}
    assert len(lines) == len(shown) == 16
    for line in lines:
        expected = shown[line["id"]]
        if line["id"].startswith("h-"):
            assert line["at"] == "2026-11-21T23:00:00"
            line["at"] = expected["at"]
        else:
            assert line.pop("header")
        assert line == expected
    assert {line["id"][-2:] for line in lines if line["id"].startswith("h-")} >= {"-2"}


def test_nothing_is_written_over(tmp_path: Path, home: Path) -> None:
    made = Made(home)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a").write_text("mine")
    for replaced in (False, True):
        for name, is_zip in (("notes.txt", True), ("notes", False), ("notes", True)):
            with pytest.raises(UsageError) as caught:
                packs.Writer(str(tmp_path / name), zipped=is_zip, replace=replaced)
            assert caught.value.kind == "file-exists"
    assert files(tmp_path) == {"notes.txt": b"mine", "notes/a": b"mine"}
    for name, is_zip in (("a.zip", True), ("a", False)):
        made.write(tmp_path / name, zipped=is_zip)
        with pytest.raises(UsageError):
            packs.Writer(str(tmp_path / name), zipped=is_zip)
        with packs.Writer(str(tmp_path / name), zipped=is_zip, replace=True) as writer:
            entries = writer.add("entries.jsonl", [])
            empty = replace(made.manifest([]), entries=0, parts=(), since="", until="")
            writer.finish(render(replace(empty, members=(entries,))))
        assert check(tmp_path / name).entries == 0
    assert sorted(os.listdir(tmp_path)) == ["a", "a.zip", "notes", "notes.txt"]


@pytest.mark.parametrize("is_zip", [True, False])
def test_what_is_not_finished_is_gone(tmp_path: Path, is_zip: bool) -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise OSError(28, "No space left on device")

    with (
        pytest.raises(OSError, match="space"),
        packs.Writer(str(tmp_path / "a"), zipped=is_zip) as writer,
    ):
        writer.add("entries.jsonl", broken())
    with packs.Writer(str(tmp_path / "a"), zipped=is_zip) as writer:
        writer.add("entries.jsonl", [b"x"])
        for wrong in ("../x", "entries.jsonl", "a.md"):
            with pytest.raises(ValueError, match="come after"):
                writer.add(wrong, [])
    assert os.listdir(tmp_path) == []
    with pytest.raises(UsageError) as caught:
        packs.Writer(str(tmp_path / "no" / "a"), zipped=is_zip)
    assert caught.value.kind == "no-folder"


def test_a_manifest_that_nobody_could_read_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError) as caught,
        packs.Writer(str(tmp_path / "a.zip"), zipped=True) as writer,
    ):
        writer.finish(bytes(MOST_BYTES + 1))
    assert "export less at once" in caught.value.hint
    assert os.listdir(tmp_path) == []


def test_what_would_be_a_bomb_is_stored(tmp_path: Path, home: Path) -> None:
    made = Made(home)
    data = bytes(3 << 20)
    made.texts[f"journal/main/attachments/{seal.digest(data)[7:]}"] = data
    path = made.write(tmp_path / "a.zip", zipped=True)
    assert path.stat().st_size > len(data)
    assert check(path).code == 0
    assert zipfile.ZipFile(path).testzip() is None


# Opening and checking


@pytest.mark.parametrize("name", ["zipped", "folder"])
def test_a_pack_holds_together(name: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(name)
    done: list[tuple[int, int]] = []
    with packs.open(str(path)) as pack:
        found = packs.check(pack, lambda at, of: done.append((at, of)))
        assert pack.id == seal.digest(pack.raw)[7:19]
        assert pack.signature is None
        assert pack.read("entries.jsonl").count(b"\n") == 16
    assert found == packs.Checked((), 0, 16, {"intact": 14, "handwritten": 2})
    assert done == sorted(done)
    assert done[-1][0] == done[-1][1] > 0


def test_a_signature_lies_beside_it(tmp_path: Path, home: Path) -> None:
    for is_zip in (True, False):
        path = Made(home).write(tmp_path / f"{is_zip}", zipped=is_zip, signature=b"signed\n")
        with packs.open(str(path)) as pack:
            assert pack.signature == b"signed\n"


def test_a_filtered_pack_has_gaps_and_no_breaks(tmp_path: Path, home: Path) -> None:
    made = Made(home, lambda one: one.seq % 3 != 2)
    path = made.write(tmp_path / "a.zip", zipped=True)
    with packs.open(str(path)) as pack:
        assert [gap.partition(":")[0] for gap in pack.manifest.parts[0].gaps] == [
            "2",
            "5",
            "8",
            "11",
        ]
    found = check(path)
    assert (found.code, found.findings) == (0, ())


def test_what_follows_nothing_in_it_is_broken(tmp_path: Path, home: Path) -> None:
    path = Made(home, lambda one: one.seq != 5).write(tmp_path / "a", zipped=False)

    def without(manifest: Manifest) -> Manifest:
        first, *rest = manifest.parts
        return replace(manifest, parts=(replace(first, gaps=()), *rest))

    remade(path, without)
    found = check(path)
    assert found.code == 5
    assert {one.code for one in found.findings} == {"wrong-manifest", "broken"}
    assert found.states["broken"] == 1


def test_a_gap_that_none_needs_is_told(mine: Path) -> None:
    def with_gap(manifest: Manifest) -> Manifest:
        first, *rest = manifest.parts
        return replace(manifest, parts=(replace(first, gaps=(f"3:{seal.digest(b'x')}",)), *rest))

    remade(mine, with_gap)
    found = check(mine)
    assert found.code == 5
    assert found.findings[0].code == "wrong-manifest"


def sealed_anew(raw: bytes, body: str) -> bytes:
    """A forger's slice: another body under the same id, number and predecessor."""
    one = held.read(
        raw, Day("journal/main/2026/2026-11-20.md", "2026-11-20", held.Chain("", "", ""))
    )[0]
    sealing = seal.Sealing({"body": body.encode(), "title": "T"})
    at = raw.partition(b"\nat: ")[2][:32].decode()
    return sealing.seal(one.id, at, "", one.seq, f"{one.before}:{one.prev}")[1] + b"\n"


def replaced(path: Path, number: int, change: Callable[[bytes], bytes]) -> Held:
    """Change the slice of the entry of this number in a folder; the entry as it was."""
    day = path / "journal/main/2026/2026-11-20.md"
    data = day.read_bytes()
    chain = held.Chain("", "", "")
    one = next(
        one
        for one in held.read(data, Day("journal/main/2026/2026-11-20.md", "2026-11-20", chain))
        if one.seq == number
    )
    day.write_bytes(data.replace(one.raw, change(one.raw)))
    return one


def test_a_forged_entry_is_told_of_by_the_next(mine: Path) -> None:
    one = replaced(mine, 2, lambda raw: sealed_anew(raw, "forged"))
    remade(mine)
    found = check(mine)
    assert found.code == 5
    assert [(it.code, one.id in it.message) for it in found.findings] == [("changed-entry", True)]
    relisted(mine)
    found = check(mine)
    assert found.code == 5
    assert {it.code for it in found.findings} == {"wrong-manifest", "edited", "broken"}

    def with_gap(manifest: Manifest) -> Manifest:
        first, *rest = manifest.parts
        return replace(manifest, parts=(replace(first, gaps=(f"2:{one.header}",)), *rest))

    remade(mine, with_gap)
    found = check(mine)
    assert [(it.code, one.id in it.message) for it in found.findings] == [("edited", True)]
    assert found.code == 1


def test_a_forged_last_entry_is_told_of_by_the_head(mine: Path) -> None:
    day = mine / "journal/other/2026/2026-11-21.md"
    data = day.read_bytes()
    raw = data[data.index(b"## ") :]
    day.write_bytes(data.replace(raw, sealed_anew(raw, "forged")))
    relisted(mine)
    assert [it.code for it in check(mine).findings] == ["edited"]


def test_what_was_masked_on_the_way_out_counts_as_redacted(mine: Path) -> None:
    one = replaced(mine, 2, lambda raw: sealed_anew(raw, "[redacted:jwt:0000]"))
    two = replaced(mine, 3, lambda raw: raw)
    new = mine / "journal/main/2026/2026-11-20.md"
    now = next(
        it.header
        for it in held.read(new.read_bytes(), Day("journal/x/y.md", "", held.Chain("", "", "")))
        if it.id == one.id
    )
    relisted(mine)

    def masked(manifest: Manifest) -> Manifest:
        first, *rest = manifest.parts
        return replace(
            manifest,
            parts=(replace(first, gaps=(f"2:{one.header}",)), *rest),
            masked=(Masked(one.id, one.header, now),),
        )

    remade(mine, masked)
    found = check(mine)
    assert (found.code, found.findings) == (0, ())
    assert found.states["redacted"] == 1

    def another(manifest: Manifest) -> Manifest:
        return replace(masked(manifest), masked=(Masked(two.id, one.header, now),))

    remade(mine, another)
    found = check(mine)
    assert found.code == 5
    assert found.findings[0].code == "wrong-manifest"


def test_a_masked_text_by_hand_counts(mine: Path) -> None:
    with packs.open(str(mine)) as pack:
        hand = next(
            one
            for one in packs.entries_of(pack, "journal/main/2026/2026-11-21.md")
            if one.state == "handwritten"
        )
    note = Masked("h-0123456789ab", seal.digest(b"old"), slice_digest(hand.raw))
    remade(mine, lambda manifest: replace(manifest, masked=(note,)))
    assert check(mine).code == 0
    remade(mine, lambda manifest: replace(manifest, masked=(replace(note, new=note.old),)))
    assert check(mine).code == 5


def test_an_amended_entry_is_taken_with_the_entry_that_says_so(tmp_path: Path) -> None:
    root = workspace(tmp_path / "w")
    day = day_of(root, 20)
    day.write_bytes(day.read_bytes().replace(b"Text 2\n", b"Text two\n"))
    with api.open(str(root)) as journal:
        verdicts = journal.notebook.verify()
        edited = next(one for one in verdicts if one.state == "edited")
        journal.append(acceptance.amend(journal.notebook, edited, "a better word"))
    found = check(Made(root).write(tmp_path / "a.zip", zipped=True))
    assert (found.code, found.findings) == (0, ())
    assert found.states["amended"] == 1
    without = Made(root, lambda one: one.kind != "amend")
    found = check(without.write(tmp_path / "b.zip", zipped=True))
    assert found.code == 1
    assert [(it.code, edited.id in it.message) for it in found.findings] == [("edited", True)]


def test_one_id_has_one_text(mine: Path) -> None:
    day = mine / "journal/main/2026/2026-11-20.md"
    data = day.read_bytes()
    last = data[data.rindex(b"\n## ") + 1 :]

    day.write_bytes(data + b"\n" + last)
    remade(mine, more(1))
    relisted(mine)
    assert check(mine).code == 0, "git merged it twice"
    day.write_bytes(data + b"\n" + sealed_anew(last, "another"))
    relisted(mine)
    found = check(mine)
    assert found.code == 5
    assert found.states["forked"] == 2


def test_an_attachment_that_is_gone_is_told(mine: Path) -> None:
    file = next(mine.glob("journal/main/attachments/*"))
    file.unlink()
    remade(mine)
    found = check(mine)
    assert [it.code for it in found.findings] == ["missing-attachment"]
    assert found.code == 1
    remade(mine, lambda manifest: replace(manifest, left_out={"attachments": 1}))
    assert check(mine).code == 0


def test_an_entry_of_another_day_is_misplaced(tmp_path: Path, home: Path) -> None:
    made = Made(home)
    old, new = "journal/main/2026/2026-11-22.md", "journal/main/2026/2026-11-23.md"
    made.texts[new] = made.texts.pop(old)
    made.counts[new] = made.counts.pop(old)
    path = made.write(tmp_path / "a", zipped=False)
    relisted(path)
    found = check(path)
    assert found.code == 1
    assert {it.code for it in found.findings} == {"misplaced"}


def test_what_is_wrong_is_told_only_so_often(mine: Path) -> None:
    day = mine / "journal/main/2026/2026-11-20.md"
    day.write_bytes(day.read_bytes() + b"\n## 10:00 x\n" * 1_500)
    remade(mine)
    assert [it.code for it in check(mine).findings] == ["wrong-manifest"]
    remade(mine, more(1_500))
    found = check(mine)
    assert found.code == 5
    assert len(found.findings) == 201


PIECES = st.sampled_from(
    [b"## 10:00", b"\n", b"\r\n", b"\r", b"## 1", b"0:0", b"0 x", b"---", b"# T", b"\n## 10:00 y\n"]
)


@given(st.lists(PIECES, max_size=60), st.integers(1, 30))
def test_portions_are_the_file_cut_where_entries_begin(parts: list[bytes], size: int) -> None:
    data = b"".join(parts)
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    found = list(slices.portions(chunks))
    assert b"".join(found) == seal.normal(data)
    day = Day("journal/x/y.md", "2026-11-20", held.Chain("", "", ""))
    twins: Counter[str] = Counter()
    apart = [one.raw for portion in found for one in held.read(portion, day, twins)]
    assert apart == [one.raw for one in held.read(seal.normal(data), day)]


@given(drafts())
def test_a_line_is_the_same_by_the_quick_way(draft: Draft) -> None:
    chain = held.Chain("anna", "main", "")
    day = Day("journal/main/2026/2026-11-21.md", "2026-11-21", chain)
    part = Part("w", "anna", "main", "here", 0, 0, 0, "")
    sealing = seal.Sealing({**asdict(draft), "body": str(draft.body).encode()}, checked=True)
    sealing.turn = 7
    _, raw = sealing.seal(ULID, "2026-11-21T14:03:22.123456+01:00", "m@" + "0" * 12, 3, LINK)
    for text in (raw, raw + b"\nbelow\n", raw.replace(b"kind: ", b"knd: ", 1)):
        for one in held.read(text, day):
            quick, careful = lines.quick(one, part), lines.careful(one, part)
            assert quick is None or list(quick.items()) == list(careful.items())
            assert json.loads(packs.line(one, part)) == careful


def test_an_entry_too_large_is_refused(mine: Path) -> None:
    day = mine / "journal/main/2026/2026-11-20.md"
    day.write_bytes(day.read_bytes() + b"\n## 10:00 x\n" + b"a" * (packs.MOST_ENTRY + 1))
    remade(mine)
    found = check(mine)
    assert found.code == 5
    assert f"over {packs.MOST_ENTRY:,} bytes" in found.findings[0].message


# Taking it out


@pytest.mark.parametrize("name", ["zipped", "folder"])
def test_it_is_unpacked_as_it_is(
    name: str, request: pytest.FixtureRequest, folder: Path, tmp_path: Path
) -> None:
    with packs.open(str(request.getfixturevalue(name))) as pack:
        packs.unpack(pack, str(tmp_path / "out"))
        with pytest.raises(UsageError) as caught:
            packs.unpack(pack, str(tmp_path / "out"))
    assert caught.value.kind == "file-exists"
    assert files(tmp_path / "out") == files(folder)
    for one in (tmp_path / "out").rglob("*"):
        assert stat.S_IMODE(one.stat().st_mode) == (0o700 if one.is_dir() else 0o600)


def test_of_a_changed_pack_nothing_is_unpacked(mine: Path, tmp_path: Path) -> None:
    file = mine / "schemas" / "header.json"
    data = file.read_bytes()
    file.write_bytes(b" " * len(data))
    with packs.open(str(mine)) as pack, pytest.raises(IntegrityError) as caught:
        packs.unpack(pack, str(tmp_path / "out"))
    assert caught.value.kind == "pack-corrupt"
    assert sorted(os.listdir(tmp_path)) == ["mine"]


def test_what_is_no_pack_is_said(tmp_path: Path, home: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("hello")
    os.mkfifo(tmp_path / "pipe")
    for name, kind in (
        ("nothing", "no-file"), ("empty", "pack-corrupt"), ("text", "pack-corrupt"),
        ("pipe", "pack-corrupt"), ("no\0name", "no-file"),
    ):  # fmt: skip
        with pytest.raises(JournalError) as caught, packs.open(f"{tmp_path}/{name}"):
            pass
        assert caught.value.kind == kind, name
        assert caught.value.hint
    with pytest.raises(IntegrityError), packs.open(str(home)):
        pass


# Every bit


def spans(data: bytes) -> list[tuple[str, int, int]]:
    """The sealed bytes of each entry of a day file: its id, where they begin and end.

    The line that closes a fence is one of them, but not the newline after that.
    """
    found = []
    for one in held.read(data, Day("journal/x/y.md", "2026-11-20", held.Chain("", "", ""))):
        begin = data.index(one.raw)
        size = len(one.raw.rstrip(b"\n")) + (b"\ncloses: " not in one.raw)
        found.append((one.id, begin, begin + size))
    return found


class Flips:
    """A pack of one day of fifty entries, in which one bit at a time is flipped."""

    def __init__(self, place: Path) -> None:
        root = place / "w"
        init(str(root))
        with api.open(str(root)) as journal:
            at = "2026-11-20T09:00:00+01:00"
            bodies = [f"Entry {n}" if n % 3 else f"```\nopen {n}" for n in range(50)]
            for body in bodies:
                journal.append(Draft(body=body, at=at, title="t", tags=("x",)))
        self.path = Made(root).write(place / "a", zipped=False)
        self.day = self.path / "journal/main/2026/2026-11-20.md"
        self.data = self.day.read_bytes()
        self.spans = spans(self.data)

    def told(self, file: Path, at: int, bit: int) -> packs.Checked | JournalError:
        """What is said of the pack with this bit of the file flipped."""
        data = file.read_bytes()
        flipped = bytearray(data)
        flipped[at] ^= 1 << bit
        file.write_bytes(flipped)
        try:
            return check(self.path)
        except JournalError as error:
            return error
        finally:
            file.write_bytes(data)

    def pinned(self, entry_id: str, at: int, bit: int) -> str:
        """What is wrong with what is said of a flipped bit of an entry; empty if nothing is."""
        found = self.told(self.day, at, bit)
        if not isinstance(found, packs.Checked) or found.code != 5:
            return f"byte {at} bit {bit}: {found}"
        about = [
            it.message
            for it in found.findings
            if it.code in ("changed-entry", "missing-entry", "changed-below")
            and it.file == self.day_path
        ]
        # An id may become the one beside it: then both are told.
        right = len(about) in (1, 2) and any(entry_id in it for it in about)
        member = any(it.code == "changed-member" for it in found.findings)
        return "" if right and member else f"byte {at} bit {bit}: {found.findings}"

    @property
    def day_path(self) -> str:
        return self.day.relative_to(self.path).as_posix()


@pytest.fixture(scope="module")
def flips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flips]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield Flips(tmp_path_factory.mktemp("flips"))


def test_a_flipped_bit_is_pinned_to_its_entry(flips: Flips) -> None:
    wrong = []
    for number, (entry_id, begin, end) in enumerate(flips.spans):
        step = 97
        wrong += [flips.pinned(entry_id, at, at % 8) for at in range(begin + number, end, step)]
    assert [one for one in wrong if one] == []


@pytest.mark.soak
def test_every_flipped_bit_is_pinned_to_its_entry(flips: Flips) -> None:
    wrong = [
        flips.pinned(entry_id, at, bit)
        for entry_id, begin, end in flips.spans
        for at in range(begin, end)
        for bit in range(8)
    ]
    assert [one for one in wrong if one] == []


def unseen(flips: Flips, file: Path, at: int, bit: int) -> bool:
    """Whether nobody would notice: not even by another name of the pack."""
    found = flips.told(file, at, bit)
    if isinstance(found, JournalError):
        return False
    return found.code == 0 and file.name != "manifest.json"


def test_any_other_flipped_byte_is_found(flips: Flips) -> None:
    for file in sorted(path for path in flips.path.rglob("*") if path.is_file()):
        size = len(file.read_bytes())
        for at in range(0, size, max(1, size // 12)):
            assert not unseen(flips, file, at, at % 8), (file, at)


@pytest.mark.soak
def test_every_other_flipped_byte_is_found(flips: Flips) -> None:
    for file in sorted(path for path in flips.path.rglob("*") if path.is_file()):
        for at in range(len(file.read_bytes())):
            assert not unseen(flips, file, at, at % 8), (file, at)
