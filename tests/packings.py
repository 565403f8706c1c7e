"""What the tests of imported packs share: a workspace's entries, brought into another one by hand.

By hand, so that what is tested is what reads such folders, and not what exports and imports.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from journal import dayfile, packed
from journal.attach import FIELD, of
from journal.dayfile import Piece
from journal.daypath import home_of
from journal.entry import Draft
from journal.files import Folder
from journal.manifest import Manifest, Masked, Member, Part, pack_id, render
from journal.notebook import Notebook
from journal.receipt import Receipt
from journal.store import Store

Keep = Callable[[Piece], bool]


def everything(_: Piece) -> bool:
    """Nothing is left out."""
    return True


def pack(
    source: Path, keep: Keep = everything, instead: Mapping[str, bytes] | None = None
) -> tuple[bytes, dict[str, bytes]]:
    """The manifest of a pack of these entries, and its day files as an import places them.

    `instead`: slices that are masked, by the id of the entry.
    """
    store, instead = Store(str(source)), instead or {}
    slices: dict[str, list[Piece]] = defaultdict(list)
    chains: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    heads: dict[tuple[str, str], tuple[int, str]] = {}
    files: dict[str, bytes] = {}
    members, masked = [], []
    for day in sorted(store.files(), key=lambda day: day.path):
        data = store.content(day.path) or b""
        writer = day.writer or store.config.writer
        chain = chains[writer, day.namespace]
        for piece in dayfile.pieces(data):
            if link := dayfile.link_of(piece.raw):
                heads[writer, day.namespace] = max(
                    heads.get((writer, day.namespace), (0, "")), link
                )
            if not keep(piece):
                continue
            new = instead.get(str(piece.values.get("id")), piece.raw)
            if new != piece.raw:
                masked.append(
                    Masked(str(piece.values["id"]), piece.header, dayfile.parse(new).header)
                )
            slices[day.path].append(dayfile.parse(new))
            chain.append(dayfile.parse(new))
        if not slices[day.path]:
            continue
        head = dayfile.split(data).preamble
        text = head + b"\n".join(piece.raw.rstrip(b"\n") + b"\n" for piece in slices[day.path])
        part = list(chains).index((writer, day.namespace))
        digest = sha256(text).hexdigest()
        members.append(Member(day.path, len(text), digest, len(slices[day.path]), part))
        files[f"{day.namespace}/{day.date}.{writer}.md"] = text
    parts = tuple(
        _part(store, name, chain, heads.get(name, (0, ""))) for name, chain in chains.items()
    )
    dates = sorted(Path(member.path).name[:10] for member in members)
    manifest = Manifest(
        workspace=store.config.id, writer=store.config.writer, timezone=store.config.timezone,
        entries=sum(part.entries for part in parts), since=dates[0], until=dates[-1], parts=parts,
        members=(*members, Member("entries.jsonl", 0, sha256(b"").hexdigest())),
        masked=tuple(masked),
    )  # fmt: skip
    return render(manifest), files


def _part(store: Store, name: tuple[str, str], chain: list[Piece], head: tuple[int, str]) -> Part:
    writer, namespace = name
    links = [link for piece in chain if (link := dayfile.link_of(piece.raw))]
    there = {f"{seq}:{digest}" for seq, digest in links}
    named = {str(piece.values["prev"]) for piece in chain if "prev" in piece.values}
    gaps = sorted(
        (one for one in named - there if one[:2] != "0:"),
        key=lambda one: int(one.partition(":")[0]),
    )
    numbers = [seq for seq, _ in links] or [0]
    return Part(
        store.config.id, writer, namespace, namespace, len(chain), min(numbers), max(numbers),
        f"{head[0]}:{head[1]}" if head[0] else "", tuple(gaps),
    )  # fmt: skip


def stage(
    root: Path, manifest: bytes, files: Mapping[str, bytes], source: Path | None = None
) -> tuple[str, str, Draft]:
    """What `packed.place` takes: the folder made ready, its name, and the entry."""
    identity = pack_id(manifest)
    staged = root / ".journal/state/incoming" / identity
    shutil.rmtree(staged, ignore_errors=True)
    with Folder(str(root), f".journal/state/incoming/{identity}", create=True):
        pass
    (staged / "manifest.json").write_bytes(manifest)
    for name, text in files.items():
        (staged / name).parent.mkdir(mode=0o700, exist_ok=True)
        (staged / name).write_bytes(text)
        for piece in dayfile.pieces(text) if source else ():
            for one in of(piece.values.get(FIELD)):
                (staged / "attachments").mkdir(mode=0o700, exist_ok=True)
                there = source / one.path(home_of(f"journal/{name}"))
                shutil.copy(there, staged / "attachments" / one.digest[7:])
    for path in staged.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    fields = {
        "event": packed.IMPORTED, "pack": identity,
        "manifest": f"sha256:{sha256(manifest).hexdigest()}",
    }  # fmt: skip
    draft = Draft(body="Imported a pack.", kind="event", title="Imported", fields=fields)
    return str(staged), f"pack.{identity}", draft


def bring(
    source: Path, root: Path, keep: Keep = everything, **more: Mapping[str, bytes]
) -> Receipt:
    """Import a workspace's entries into another one."""
    manifest, files = pack(source, keep, **more)
    notebook = Notebook.open(str(root))
    return packed.place(notebook, *stage(root, manifest, files, source))


def folders(root: Path) -> list[Path]:
    """The folders that packs brought."""
    return [root / "journal" / name for name in packed.folders(str(root))]


def days(root: Path) -> list[Path]:
    """The day files that packs brought."""
    return sorted(path for folder in folders(root) for path in folder.glob("*/*.md"))
