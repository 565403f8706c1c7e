"""The same entries in everybody's index, each made once and timed while it is made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from _corpus import mixed, text
from _measure import timed
from _place import development_data
from _recall_cold import Commands
from _recall_place import Draft, Journal, filled, say
from _recall_rivals import Document, Fts5, Rival, Tantivy, installed
from append import commits

CACHE = Path(".journal", "cache")
COMMITS = 50_000
FIRST = datetime(2024, 1, 1, tzinfo=UTC)  # of the days that are chosen


@dataclass(frozen=True, slots=True)
class Made:
    """What an index took: seconds by the clock and of processor time, and its bytes."""

    wall: float
    cpu: float
    size: int


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything filled with the same entries."""

    journal: Journal
    root: Path
    fts5: Fts5
    others: list[Rival]
    documents: list[Document]
    made: dict[str, Made]
    commands: Commands


def drafts(entries: int, *, real: bool, days: int | None = None) -> list[dict[str, Any]]:
    """So many, by time: real commits, from all years; over and over, an hour apart, if few.

    Every tenth of the commits is a decision, so that there is a kind to ask for.
    """
    data = development_data()
    if not real or data is None:
        found = mixed(entries)
    else:
        rows = commits(data, COMMITS)
        step = max(1.0, len(rows) / entries)
        found = []
        for n in range(entries):
            row = rows[int(n * step) % len(rows)]
            at = datetime.fromisoformat(str(row["at"])) + timedelta(hours=n // len(rows))
            kind = "decision" if n % 10 == 3 else "note"
            found.append(row | {"at": at.isoformat(), "kind": kind})
    found.sort(key=lambda draft: datetime.fromisoformat(str(draft["at"])))
    if days:
        apart = timedelta(days=days) / entries
        found = [one | {"at": (FIRST + n * apart).isoformat()} for n, one in enumerate(found)]
    return found


def ready(place: Path, found: Sequence[Mapping[str, Any]], *, anew: bool) -> Bench:
    """The journal and the rivals, filled; what is there already is used again."""
    start = perf_counter()
    place.mkdir(parents=True, exist_ok=True)
    root = place / "journal"
    journal, ids = filled(
        root, [Draft(**{**one, "tags": tuple(one.get("tags", ()))}) for one in found]
    )
    say(f"journaled: {len(ids):,} entries after {perf_counter() - start:.0f} s")
    documents = [
        Document(
            entry, text(dict(one)), str(one.get("kind", "note")), tuple(one.get("tags", ())),
            int(datetime.fromisoformat(str(one["at"])).timestamp()),
        )
        for entry, one in zip(ids, found, strict=True)
    ]  # fmt: skip
    figures = place / "made.json"
    made: dict[str, Made] = {}
    if figures.exists() and not anew:
        kept = json.loads(figures.read_text(encoding="utf-8"))
        made = {name: Made(**one) for name, one in kept.items()}
    if "journal" not in made:
        made |= _indexed(journal, root)
    rivals: list[Any] = []  # Fts5 always is the first
    for kind in (Fts5, Tantivy):
        if not installed(kind.name):
            print(f"{kind.name} is left out: not installed (pip install {kind.name})")
            continue
        own = place / kind.name
        if kind.name not in made:
            shutil.rmtree(own, ignore_errors=True)
        rival = kind(own)
        if kind.name not in made:
            run = timed(partial(rival.fill, documents))
            made[kind.name] = Made(run.wall, run.cpu, _size(own))
        rivals.append(rival)
        say(f"{kind.name}: ready after {perf_counter() - start:.0f} s")
    figures.write_text(json.dumps({n: asdict(one) for n, one in made.items()}), encoding="utf-8")
    tantivy = place / Tantivy.name if len(rivals) > 1 else None
    commands = Commands(root, place / Fts5.name / "fts5.db", tantivy)
    fts5, *others = rivals
    return Bench(journal, root, fts5, others, documents, made, commands)


def _indexed(journal: Journal, root: Path) -> dict[str, Made]:
    """The catalog and the index made anew."""
    journal.close()
    shutil.rmtree(root / CACHE, ignore_errors=True)
    listed = timed(journal.catalog.catch_up)
    catalog = _size(root / CACHE)
    indexed = timed(partial(journal.recall, "ready"))
    return {
        "journal": Made(indexed.wall, indexed.cpu, _size(root / CACHE / "index")),
        "journal's catalog": Made(listed.wall, listed.cpu, catalog),
    }


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
