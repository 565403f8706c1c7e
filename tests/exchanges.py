"""What the tests of packs between workspaces share: workspaces, packs, what they agree on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from journal import api, chain, dayfile, packed, seal
from journal.api import Journal
from journal.daypath import day_files
from journal.packing.exporting import Wanted, export
from journal.preamble import preamble
from journal.selection import Selection
from journal.workspace import init


def workspace(root: Path, *bodies: str) -> Journal:
    """A new workspace with these entries, open."""
    init(str(root))
    journal = api.open(str(root))
    for body in bodies:
        journal.append(api_draft(body))
    return journal


def api_draft(body: str, **more: object) -> object:
    """A draft of that text."""
    from journal.entry import Draft

    return Draft(body=body, **more)  # type: ignore[arg-type]


def pack_of(journal: Journal, target: Path, *, zipped: bool = True, **only: str) -> Path:
    """A pack of what is in a workspace, or of what the filter takes."""
    selection = Selection(**only) if only else None  # type: ignore[arg-type]
    export(journal, str(target), Wanted(selection=selection, zipped=zipped))
    return target


def sealed(journal: Journal, entries: Sequence[tuple[str, str]], date: str = "2026-11-02") -> None:
    """Write entries of these ids and bodies as the workspace's first writer would have, in a file.

    The ids may be those of others: no clock gives them.
    """
    config = journal.notebook.store.config
    prev = seal.genesis(config.id, config.writer, "main")
    text = preamble(date, "main", config.timezone, config.writer)
    for seq, (entry_id, body) in enumerate(entries, 1):
        sealing = seal.Sealing({"body": body.encode(), "namespace": "main"})
        header, raw = sealing.seal(entry_id, f"{date}T10:00:0{seq}.000000+00:00", "", seq, prev)
        prev = f"{seq}:{seal.digest(header)}"
        text += raw + b"\n"
    folder = Path(journal.root) / "journal" / "main" / date[:4]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{date}.md").write_bytes(text)


def bodies(journal: Journal) -> list[str]:
    """The texts of the entries that are no record of an import, sorted."""
    return sorted(
        entry.body.strip()
        for entry in journal.entries()
        if entry.fields.get("event") != packed.IMPORTED
    )


def headers(journal: Journal) -> set[tuple[str, str]]:
    """Every sealed slice in the files but records of imports, by id and header digest."""
    found = set()
    for day in day_files(journal.root):
        for piece in dayfile.pieces(journal.notebook.store.content(day.path) or b""):
            if piece.header and piece.values.get("event") != packed.IMPORTED:
                found.add((str(piece.values["id"]), piece.header))
    return found


def code(journal: Journal) -> int:
    """What `journal verify` exits with."""
    return chain.exit_code(journal.notebook.verify())


def unsound(journal: Journal) -> list[str]:
    """What verify finds wrong."""
    return [
        f"{one.state} {one.id} {one.file}:{one.line} {one.message}"
        for one in journal.notebook.verify()
        if chain.STATES[one.state]
    ]


def tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder, but locks and what is derived."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and ".journal/cache" not in str(path)
        and not path.name.endswith((".lock", "/lock"))
        and path.name != "lock"
    }
