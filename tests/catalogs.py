"""What the catalog's tests share: what its answers must be, and ways to hurt its files."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from journal import dayfile
from journal.api import Journal
from journal.catalog import asked, update
from journal.catalog.row import Row
from journal.cjson import dumps
from journal.entry import Entry
from journal.errors import UsageError
from journal.hidden import PURGE, base_id, forgetting
from journal.notebook import find
from journal.selection import Selection
from journal.store import Store
from journal.workspace import init

BACK = ("purged-text", "redacted-text")
HAND = "## 10:00 Typed\n\nBy hand, see [[Plan]] #idea\n"


def workspace(root: Path, zone: str = "UTC") -> Path:
    """A workspace in that time zone."""
    init(str(root))
    change_toml(root, "timezone", zone)
    return root


def change_toml(root: Path, key: str, value: str) -> None:
    """Give a key of journal.toml another value."""
    file = root / "journal.toml"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(f'{key} = "{value}"\n' if x.startswith(key) else x for x in lines))


def write(root: Path, name: str, text: str | bytes, namespace: str = "main") -> Path:
    """A day file, or another `.md` beside it."""
    file = root / "journal" / namespace / name[:4] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def expected(
    root: Path, forgotten: Literal["", "also", "only"] = ""
) -> tuple[list[Entry], list[tuple[str, str, int]]]:
    """Every entry that the files and the spools have, newest first, and the findings."""
    store = Store(str(root))
    every = list(store.entries(Selection(forgotten="also")))
    # The store looks for a spool's entry among those of its day only.
    placed = {entry.id for entry in every if entry.source.line}
    asked = every if forgotten == "also" else store.entries(Selection(forgotten=forgotten))
    entries = [entry for entry in asked if entry.source.line or entry.id not in placed]
    found = sorted(
        (f.code, f.file, f.line)
        for f in store.reading.findings
        if f.line or f.code not in BACK or not any(name in f.fix for name in placed)
    )
    return sorted(entries, key=place, reverse=True), found


def place(entry: Entry | Row) -> tuple[object, ...]:
    """Where it belongs, told apart from what has the same place."""
    source = entry.source
    return (entry.moment, entry.writer, entry.seq, entry.id, entry.digest, source.file, source.line)


def shown(entry: Entry | Row) -> tuple[object, ...]:
    """All that must be equal, but for the text."""
    source = entry.source
    where = (source.file, source.line, source.offset if source.line else 0)
    return dumps(entry.record()), entry.head, where, entry.moment, dumps(dict(entry.meta))


def differences(root: Path, journal: Journal) -> list[str]:
    """Where the catalog's answers are not those of the files themselves; empty if nowhere."""
    wrong = _differences(root, journal, "") + _differences(root, journal, "also")
    hidden = {entry.id for entry in expected(root, "only")[0]}
    told = {row.id for row in journal.rows(Selection(forgotten="only")) if row.forgotten}
    for row in journal.rows(Selection(forgotten="also")):
        # Of a purge that only a spool knows there is no row to tell of it.
        names = {row.id, base_id(row.id)}
        in_spool = row.forgotten and not names.isdisjoint(purged_in_spools(root))
        is_told = journal.catalog.forgotten(row.id) or in_spool
        if (row.id in hidden) != bool(is_told):
            wrong.append(f"{row.id}: who forgot it?")
    return wrong if hidden == told else [*wrong, f"hidden are {told}, not {hidden}"]


def purged_in_spools(root: Path) -> set[str]:
    """The ids of entries that some spool knows to be purged."""
    said = (forgetting(dayfile.parse(one.slice), one.id) for one in Store(str(root)).spooled())
    return {one.of for one in said if one and one.what == PURGE}


def _differences(root: Path, journal: Journal, which: Literal["", "also"]) -> list[str]:
    entries, findings = expected(root, which)
    rows = list(journal.rows(Selection(forgotten=which)))
    wrong = []
    if [row.microseconds for row in rows] != sorted((r.microseconds for r in rows), reverse=True):
        wrong.append("the rows are in disorder")
    rows.sort(key=place, reverse=True)
    want, got = [shown(entry) for entry in entries], [shown(row) for row in rows]
    wanted, told_of = set(want), set(got)
    wrong += [f"not in the catalog: {one}" for one in want if one not in told_of]
    wrong += [f"only in the catalog: {one}" for one in got if one not in wanted]
    if len(got) != len(want):
        wrong.append(f"{len(got)} rows for {len(want)} entries")
    told = sorted((f.code, f.file, f.line) for f in journal.findings())
    if told != findings:
        wrong.append(f"findings {told}, not {findings}")
    texts = {row.number: piece for row, piece in journal.read(rows)}
    for row, entry in zip(rows, entries, strict=False):
        piece = texts.get(row.number)
        if not piece or piece.body.decode(errors="replace") != entry.body:
            wrong.append(f"{row.id}: not its body")
        elif piece.postscript.decode(errors="replace") != entry.postscript:
            wrong.append(f"{row.id}: not its postscript")
    return wrong


def wrong_names(root: Path, journal: Journal, chance: random.Random) -> Iterator[str]:
    """Pieces of ids by which the catalog finds another entry than there is."""
    entries, _ = expected(root, "also")
    ids = sorted({entry.id for entry in entries})
    for one in chance.sample(ids, min(4, len(ids))):
        size = chance.randint(1, len(one))
        for piece in (one, one[:size], one[-size:], one[-8:].lower(), f"{one}x"):
            want = _found(lambda wanted: find(iter(entries), wanted), piece)
            if (got := _found(journal.find, piece)) != want:
                yield f"{piece}: {got}, not {want}"


def _found(look: Callable[[str], Entry], wanted: str) -> str:
    try:
        return look(wanted).id
    except UsageError as error:
        return error.kind


def selections(entries: list[Entry], chance: random.Random) -> Iterator[Selection]:
    """Selections that take some of these entries, one of each kind, and some of several."""
    for entry in chance.sample(entries, min(3, len(entries))):
        yield Selection(since=entry.moment)
        yield Selection(until=entry.moment, namespace=entry.namespace)
        for name in ("kind", "role", "actor", "session", "path", "namespace"):
            yield Selection(**{name: getattr(entry, name)})
        yield Selection(git_branch=entry.git.rpartition("@")[0], tags=entry.tags[:1])
        yield Selection(tags=("Idea",), kind=entry.kind)
        yield Selection(tags=(*entry.tags, "idea"))
        yield Selection(kind=entry.kind, forgotten="also")
        yield Selection(session=entry.session, forgotten="only")


def wrong_selections(root: Path, journal: Journal, chance: random.Random) -> Iterator[str]:
    """Selections by which the catalog takes other entries than the selection itself does."""
    entries: dict[str, list[Entry]] = {}
    for which in ("", "also", "only"):
        entries[which] = expected(root, which)[0]
    for selection in selections(entries["also"], chance):
        want = sorted(map(shown, filter(selection.takes, entries[selection.forgotten])))
        got = sorted(map(shown, journal.rows(selection)))
        if want != got or journal.count(selection) != len(want):
            asked = {name: getattr(selection, name) for name in selection.__slots__}
            yield f"{asked}: {len(got)} and not {len(want)}"


@contextmanager
def changed(place: object, **values: object) -> Iterator[None]:
    """Other constants for a while: smaller portions, smaller pages, a trim at every append."""
    before = {name: getattr(place, name) for name in values}
    try:
        for name, value in values.items():
            setattr(place, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(place, name, value)


@contextmanager
def small() -> Iterator[None]:
    """Portions of three entries and pages of two."""
    with changed(update, _PORTION=3), changed(asked, _PAGE=2):
        yield


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(max(path.stat().st_size, 5000)))


def some_noise(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 3, len(data), max(1, len(data) // 7)):
        data[at] ^= 0x55
    path.write_bytes(data)


def folder(path: Path) -> None:
    remove(path)
    path.mkdir()
    (path / "within").write_text("x")


def fifo(path: Path) -> None:
    remove(path)
    os.mkfifo(path)


def link(path: Path) -> None:
    target = path.with_name("target")
    shutil.copy(path, target)
    remove(path)
    path.symlink_to(target)


def dangling(path: Path) -> None:
    remove(path)
    path.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "noise": noise, "some noise": some_noise, "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2), "removed": remove,
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x" * 4096),
    "folder": folder, "fifo": fifo, "link": link, "dangling": dangling,
    "open to all": lambda path: path.chmod(0o666), "shut": lambda path: path.chmod(0),
}  # fmt: skip
