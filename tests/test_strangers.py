"""Nobody says anything of what another workspace's packs brought, nor keeps it away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from exchanges import api_draft, bodies, pack_of, workspace

from journal import api, packs, seal
from journal.api import Journal
from journal.chain import slice_digest
from journal.dayfile import slice_at
from journal.hidden import stub_digest
from journal.manifest import ENTRIES, Manifest, Masked, Part, order, render
from journal.packing.bringing import bring
from journal.preamble import preamble

NOWHERE = "01KAZZZZZZZZZZZZZZZZZZZZZX"  # the stranger's workspace
DATE = "2026-10-20"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "ours", "Ours alone.") as journal:
        yield journal


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Journal]:
    with workspace(tmp_path / "theirs", "First.", "Second.", "Third.") as journal:
        yield journal


def stranger(of: Path, target: Path, way: str) -> Path:
    """A sound pack that says something in that way of what is in the pack `of`."""
    with packs.open(str(of)) as pack:
        (theirs,) = pack.manifest.parts
        every = [
            held
            for member in pack.manifest.members if member.part >= 0
            for held in packs.entries_of(pack, member.path)
        ]  # fmt: skip
    victim = every[1]
    hand = next(held for held in every if not held.header)
    fields = {"of": victim.id, "old": victim.header}
    text = b"## 10:00 The stranger's\n\nBy the stranger.\n"
    date = DATE
    part, masked = Part(NOWHERE, "stranger", "main", "main", 0, 0, 0, ""), []
    if way in ("head", "masked", "number"):  # it says that it is of their workspace
        part = replace(theirs, head="3:sha256:" + "0" * 64 if way == "head" else "", gaps=())
    if way == "masked":
        masked = [Masked(victim.id, "sha256:" + "7" * 64, victim.header)]
        text, date = victim.raw + text, victim.date
    elif way == "masked by hand":
        masked = [Masked("", slice_digest(hand.raw), slice_digest(text))]
    elif way == "number":
        text = _entry(part.writer, "note", {}, 4, f"{every[2].seq}:{every[2].header}")
    elif way != "head":
        if way == "hide":
            fields = {"of": victim.id, "what": "hide"}
        elif way.startswith("purge"):
            fields |= {"what": "purge", "new": stub_digest(slice_at(victim.raw, 0))}
        else:
            fields |= {"new": "sha256:" + "5" * 64}
        kind = "forget" if way == "hide" or way.startswith("purge") else way
        first = seal.genesis(NOWHERE, "stranger", "main")
        text = _entry("stranger", kind, fields, 1, first)
    above = preamble(date, "main", "UTC", part.writer)
    return _pack(target, part, {f"journal/main/{date[:4]}/{date}.md": above + text}, masked)


def _entry(writer: str, kind: str, fields: dict[str, str], seq: int, prev: str) -> bytes:
    sealing = seal.Sealing(
        {"body": b"By the stranger.", "namespace": "main", "kind": kind, "fields": fields}
    )
    entry_id = "01ZZ" + writer[:1].upper().replace("O", "X") * 22
    return sealing.seal("7" + entry_id[1:], f"{DATE}T10:00:00.000000+00:00", "", seq, prev)[1]


def _pack(target: Path, part: Part, days: dict[str, bytes], masked: list[Masked]) -> Path:
    from journal import held
    from journal.held import Day

    ((path, text),) = days.items()
    date = Path(path).stem
    tally = packs.Tally(packs.chain_of(part))
    lines = []
    for one in held.read(text, Day(path, date, packs.chain_of(part))):
        tally.take(one)
        lines.append(packs.line(one, part))
        masked = [replace(it, id=it.id or one.id) for it in masked]
    part = replace(
        part, entries=len(lines), first=tally.first, last=tally.last, gaps=tally.gaps(),
        head=part.head or (f"{tally.last}:{tally.header(tally.last)}" if tally.last else ""),
    )  # fmt: skip
    texts = {path: text, ENTRIES: b"".join(lines)}
    with packs.Writer(str(target), zipped=True) as writer:
        members = [writer.add(name, [texts[name]]) for name in sorted(texts, key=order)]
        members = [
            replace(one, entries=len(lines), part=0) if one.path == path else one for one in members
        ]
        made = Manifest(
            workspace=part.workspace, writer=part.writer, timezone="UTC", selection={},
            entries=len(lines), since=date, until=date, parts=(part,), members=tuple(members),
            masked=tuple(masked), left_out={},
        )  # fmt: skip
        writer.finish(render(made))
    return target


WAYS = (
    "hide", "purge", "purged before", "amend", "redact", "masked", "masked by hand", "head",
    "number",
)  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_pack_says_nothing_of_what_another_workspaces_pack_brought(
    tmp_path: Path, ours: Journal, theirs: Journal, way: str
) -> None:
    """With a stranger's pack between theirs all of theirs is as it is without."""
    day = next(Path(theirs.root).glob("journal/main/*/*.md"))
    with day.open("a") as file:
        file.write("\n## 23:59 Plan\n\nShip on Monday.\n")
    sent = [pack_of(theirs, tmp_path / "1.zip")]
    theirs.append(api_draft("Fourth."))
    sent.append(pack_of(theirs, tmp_path / "2.zip"))
    hostile = stranger(sent[0], tmp_path / "stranger.zip", way)
    at = 0 if "before" in way or "by hand" in way else 1
    told = []
    for name, every in {"with": [*sent[:at], hostile, *sent[at:]], "without": sent}.items():
        root = tmp_path / name
        shutil.copytree(ours.root, root)
        with api.open(str(root)) as journal:
            for pack in every:
                assert bring(journal, str(pack)).conflicting == 0
            texts = {text for text in bodies(journal) if "stranger" not in text}
            slow = {entry.id for entry in journal.notebook.store.entries()} & ids_of(theirs)
            states = {
                one.id: one.state for one in journal.notebook.verify() if one.id in ids_of(theirs)
            }
            told.append((texts, slow, states))
    if way == "number":  # of two with one number nobody knows here which is the true one
        told[0][2].update({one: "intact" for one, was in told[0][2].items() if was == "forked"})
    assert told[0] == told[1]
    assert {"First.", "Second.", "Fourth.", "Ship on Monday."} <= told[0][0]


def ids_of(journal: Journal) -> set[str]:
    """The ids of what is in a workspace."""
    return {entry.id for entry in journal.notebook.store.entries()}
