"""A pack made of this workspace's entries: all of them, or those that somebody wants.

Three looks: what the files say of each other, what of them goes, and then the pack is written. A
file's entries are in memory at a time, and of the others a few dozen bytes each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from journal import manifest, packs
from journal.clock import now
from journal.errors import UsageError
from journal.held import read
from journal.manifest import Manifest, Member
from journal.packing.attached import Attached
from journal.packing.choosing import plain, selection_of, up_to
from journal.packing.gathering import CLEAN, Gathered, Gathering, Ways, provisional
from journal.packing.leaving import Leaving
from journal.packing.outgoing import Outgoing
from journal.packing.scouting import Scout, ahead
from journal.packing.shelf import Shelf
from journal.packing.summing import summed
from journal.packing.survey import ordered, survey
from journal.packing.trusting import SIGNED
from journal.packing.whose import Owners
from journal.reviewing.gating import gate, is_marked
from journal.reviews import Request

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.daypath import DayFile
    from journal.packing.survey import Progress
    from journal.selection import Selection
    from journal.store import Store

_CHUNK = 1 << 20
_OWN = ("journal", ".journal")  # in a workspace
_SCHEMAS = ("header.json", "pack-entry.json", "pack-manifest.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be exported, and how. Without a selection it is everything.

    `zipped`: a zip, else a folder. `key`: the file of the key to sign with. `overwrite`: a pack
    that is there already goes.
    """

    selection: Selection | None = None
    zipped: bool = True
    key: str = ""
    overwrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The pack that was made. `files_left` are attachments that stayed, with the reason of each."""

    path: str
    id: str
    manifest: Manifest
    signed: bool = False
    files_left: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, object]:
        """As JSON shows it."""
        made = self.manifest
        return {
            "schema": "journal/pack-export@1",
            "path": self.path,
            "pack": self.id,
            "entries": made.entries,
            "bytes": sum(member.bytes for member in made.members),
            "members": len(made.members),
            "chains": len(made.parts),
            "since": made.since,
            "until": made.until,
            "masked": len(made.masked),
            "left_out": dict(made.left_out),
            "attachments_left": [
                {"file": file, "reason": why} for file, why in self.files_left.items()
            ],
            "signed": self.signed,
        }


def export(
    journal: Journal, target: str, wanted: Wanted, progress: Progress | None = None
) -> Exported:
    """Write the pack at `target`, which appears when it is whole.

    `progress` gets work done and work in all. UsageError `file-exists` if something is there,
    `bad-value` if it would lie among the journal's own files;
    Refused `gate-pending` if the policy wants a review first; whatever signing raises if it can't
    be signed. Then there is no pack.
    """
    target = os.path.abspath(target)
    _refuse_inside(journal.root, target)
    store = journal.notebook.store
    asked = wanted.selection.namespace if wanted.selection else ""
    if is_marked(journal, "export", *([asked] if asked else [])):
        wanted = replace(wanted, selection=up_to(wanted.selection, now()))
    outgoing = Outgoing(journal.notebook.intake)
    attached = Attached(journal.root, outgoing)
    with (
        packs.Writer(target, zipped=wanted.zipped, replace=wanted.overwrite) as writer,
        TemporaryFile(dir=os.path.dirname(target)) as texts,
        TemporaryFile(dir=os.path.dirname(target)) as lines,
        _helped(store, outgoing, wanted) as (scout, clerk),
    ):
        looked = survey(store, _share(progress, 0))
        leaving = Leaving(store, looked, wanted.selection)
        ways = Ways(leaving, outgoing, attached, Shelf(texts), lines, scout, clerk)
        found = Gathering(store, looked, ways).gather(_share(progress, 1))
        with gate(journal, _request(target, wanted, found, ways.shelf.digest)):
            ways.shelf.later(manifest.ENTRIES, lambda: _lines(lines))
            for path, data in _schemas().items():
                ways.shelf.put(path, [data])
            members = _written(ways.shelf, writer, _share(progress, 2))
            made = summed(store, wanted.selection, looked, found, members)
            raw = manifest.render(made)
            writer.finish(raw, _signed(raw, wanted.key))
    return Exported(
        path=target,
        id=manifest.pack_id(raw),
        manifest=made,
        signed=bool(wanted.key),
        files_left=attached.left,
    )


def _refuse_inside(root: str, target: str) -> None:
    """UsageError if the target lies where day files are looked for, or what belongs to them."""
    where = os.path.join(os.path.realpath(os.path.dirname(target)), os.path.basename(target))
    for name in _OWN:
        own = os.path.join(os.path.realpath(root), name)
        if os.path.commonpath([own, where]) == own:
            raise UsageError(
                f"lies in {name}/, where the journal keeps its own files", kind="bad-value",
                file=target, hint="export to another folder",
            )  # fmt: skip


def again(journal: Journal, what: Mapping[str, Any]) -> Exported:
    """Export what was asked for, and approved."""
    wanted = Wanted(
        selection=selection_of(what["selection"]),
        zipped=what["zipped"],
        key=what["key"],
        overwrite=what["overwrite"],
    )
    return export(journal, what["path"], wanted)


def _request(target: str, wanted: Wanted, found: Gathered, digest: str) -> Request:
    """What is asked for where the policy marks exports: these very bytes."""
    what = {
        "path": target,
        "zipped": wanted.zipped,
        "key": wanted.key,
        "overwrite": wanted.overwrite,
        "selection": plain(wanted.selection),
    }
    spaces = sorted(set(found.parts.values())) or [""]
    count = found.entries
    title = f"Export a pack of {count:,} {'entry' if count == 1 else 'entries'}"
    return Request("export", spaces[0], what, {"pack": digest}, title, others=tuple(spaces[1:]))


@contextmanager
def _helped(store: Store, outgoing: Outgoing, wanted: Wanted) -> Iterator[tuple[Scout, Scout]]:
    """Who looks for secrets ahead, and who writes down entries, if all are wanted."""
    files = ordered(store)

    def clean(day: DayFile, data: bytes) -> bytes:
        return CLEAN if outgoing.is_clean(data, day.namespace) else b"-"

    owners = Owners(store)

    def lines(day: DayFile, data: bytes) -> bytes:
        part = provisional(owners.of(day), day.namespace)
        return b"".join(packs.line(held, part) for held in read(data, owners.day(day)))

    own = [day for day in files if not day.pack and not wanted.selection]
    with ahead(store, files, clean) as scout, ahead(store, own, lines) as clerk:
        yield scout, clerk


def _share(progress: Progress | None, look: int) -> Progress | None:
    """The progress of one of three looks, weighed by how long they take."""
    if progress is None:
        return None
    before, weight = ((0, 1), (1, 6), (7, 3))[look]

    def told(done: int, total: int) -> None:
        progress(before * total + weight * done, 10 * total)

    return told


def _written(shelf: Shelf, writer: packs.Writer, progress: Progress | None) -> list[Member]:
    members = []
    for member in shelf.write(writer):
        members.append(member)
        if progress:
            progress(len(members), len(shelf))
    return members


def _schemas() -> dict[str, bytes]:
    """What programs read a pack by, by paths in it; none where the package came without them."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for folder in (f"{here}/schemas", f"{os.path.dirname(here)}/schemas"):  # installed, or a clone
        there = [name for name in _SCHEMAS if os.path.exists(f"{folder}/{name}")]
        if there:
            return {f"schemas/{name}": _text(f"{folder}/{name}") for name in there}
    return {}


def _text(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read().replace(b"\r\n", b"\n")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _signed(raw: bytes, key: str) -> bytes | None:
    if not key:
        return None
    from journal import signing

    return signing.sign(raw, key, SIGNED)
