"""Which packs were imported, what their manifests say, and whether anybody vouches for them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import seal
from journal.dayfile import INTACT, Piece, pieces
from journal.dayfile import parse as parse_slice
from journal.daypath import IMPORTED, MANIFEST, is_pack, names_in
from journal.errors import JournalError
from journal.files import Folder
from journal.manifest import MOST_BYTES, Manifest, parse

if TYPE_CHECKING:
    from journal.store import Store

FOLDER = "pack."  # what such a folder's name begins with
UNVOUCHED = "unvouched-pack"  # the finding where nobody vouches for one
MARK = b"\nevent: pack-imported\n"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where entries came from: the folder in `journal/`, its manifest and that one's digest.

    `manifest` is None if nobody vouches for it, or it can't be read: then `trouble` says so.
    """

    folder: str
    digest: str
    manifest: Manifest | None
    vouched: bool
    trouble: str = ""

    @property
    def path(self) -> str:
        """The manifest's place, relative to the workspace."""
        return f"journal/{self.folder}/{MANIFEST}"


def folders(root: str) -> list[str]:
    """The names of the folders in `journal/` that imported packs brought."""
    return sorted(filter(is_pack, names_in(root, "journal", [])))


def origins(root: str, vouched: Container[str]) -> list[Origin]:
    """The imported packs; `vouched` are the digests (`sha256:…`) of manifests that count."""
    return [_origin(root, name, vouched) for name in folders(root)]


def vouched(store: Store) -> set[str]:
    """The digests of the manifests for which an entry of this workspace vouches.

    No pack's folder holds such an entry, and none counts that isn't what a spool here knows.
    `verify` looks closer: whether it holds in its chain, too.
    """
    from journal.packed.placing import noted

    there: list[Piece] = []
    for day in store.files():
        if not day.pack and MARK in (data := store.content(day.path) or b""):
            there += pieces(data)
    records = [record for record in store.spooled() if MARK in record.slice]
    sealed = {record.id: seal.digest(record.header) for record in records}
    changed = {
        one
        for piece in there
        if (one := str(piece.values.get("id"))) in sealed and piece.header != sealed[one]
    }
    there += [parse_slice(record.slice) for record in records]
    sound = [piece for piece in there if piece.values.get("id") not in changed]
    return {noted(store.root), *map(vouched_by, sound)} - {""}


def vouched_by(piece: Piece) -> str:
    """The digest of the manifest that the entry of this slice vouches for; empty if of none."""
    values = piece.values
    if piece.state != INTACT or (values.get("kind"), values.get("event")) != ("event", IMPORTED):
        return ""
    return str(values.get("manifest") or "")


def _origin(root: str, name: str, vouched: Container[str]) -> Origin:
    try:
        with Folder(root, f"journal/{name}") as folder:
            if folder.stat(MANIFEST).st_size > MOST_BYTES:
                return Origin(name, "", None, vouched=False, trouble="its manifest is too large")
            raw = folder.read(MANIFEST)
    except FileNotFoundError:
        return Origin(name, "", None, vouched=False, trouble="its manifest is gone")
    except (OSError, JournalError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Origin(name, "", None, vouched=False, trouble=f"its manifest can't be read: {why}")
    digest = seal.digest(raw)
    if digest not in vouched:
        said = "no sound entry of this workspace vouches for its manifest"
        return Origin(name, digest, None, vouched=False, trouble=said)
    try:
        return Origin(name, digest, parse(raw), vouched=True)
    except JournalError as error:
        said = f"its manifest can't be understood: {error.message}"
        return Origin(name, digest, None, vouched=False, trouble=said)
