"""Known items: commits are journaled without their titles, and looked for by them.

`python bench/known_item.py [COMMITS.jsonl.xz]`: a set that is nothing like LoCoMo, so that recall
isn't tuned to one. bench/README.md tells what is asked of whom.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean, median
from time import perf_counter
from typing import Any

from _recall_place import Draft, Journal, commits, filled, laboratory, say
from _recall_rivals import RIVALS, Document, Rival, installed, plain
from _recall_score import grid, reciprocal

from journal.errors import UsageError
from journal.selection import EVERYTHING

DEPTH = 50  # ranks below count as not found
WORDS = 30  # that a body must have more of
SEED = "known items"
Ask = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """A commit that is looked for: its title, and all commits with its very body."""

    id: str
    title: str
    same: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """An engine's answers to all titles, and seconds for each."""

    ranked: list[list[str]]
    seconds: list[float]

    def measures(self, items: Sequence[Item]) -> tuple[float, float]:
        """MRR and hit@10."""
        pairs = list(zip(items, self.ranked, strict=True))
        mrr = fmean(reciprocal(list(item.same), ranked) for item, ranked in pairs)
        return mrr, fmean(not item.same.isdisjoint(ranked[:10]) for item, ranked in pairs)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="COMMITS.jsonl[.xz]",
        help="{id, ts, author, tags, subject, body} a line; else the development data",
    )
    words.add_argument("--queries", type=int, default=2000, metavar="N", help="default 2,000")
    words.add_argument("--entries", type=int, metavar="N", help="the first so many commits only")
    words.add_argument("--misses", type=Path, metavar="FILE", help="write all titles, worst first")
    words.add_argument(
        "--fields",
        action="store_true",
        help="give everyone authors and tags, too, though tags were made of titles",
    )
    words.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the journal for next time")
    words.add_argument("--anew", action="store_true", help="make a kept index anew")
    options = words.parse_args()
    rows = commits(options.file)[: options.entries]
    items = chosen(rows, options.queries)
    if not items:
        sys.exit(f"bench: no commit with a body of more than {WORDS} words")
    with laboratory(options.keep) as folder:
        found = {
            "journal": _timed(
                _recall(rows, folder, fields=options.fields, anew=options.anew), items
            )
        }
        for name in ("fts5", "tantivy"):
            if installed(name):
                rival: Rival = RIVALS[name](_fresh(folder, name))
                found[rival.name] = _timed(_rival(rival, rows, fields=options.fields), items)
            else:
                say(f"{name} is left out: not installed (pip install {name})")
    print(f"{len(items):,} titles among {len(rows):,} commits\n\n{table(items, found)}")
    if options.misses:
        options.misses.write_text(misses(items, found), encoding="utf-8")


def chosen(rows: Sequence[Mapping[str, Any]], count: int) -> list[Item]:
    """So many commits with long bodies, always the same of the same file."""
    long = {str(row["id"]): row for row in rows if len(row["body"].split()) > WORDS}
    ids = Random(SEED).sample(sorted(long), min(count, len(long)))
    bodies: dict[str, set[str]] = {}
    for name, row in long.items():
        bodies.setdefault(row["body"].strip(), set()).add(name)
    return [
        Item(one, long[one]["subject"], frozenset(bodies[long[one]["body"].strip()])) for one in ids
    ]


def text(row: Mapping[str, Any]) -> str:
    """What is journaled: the body; the title only of those commits that have nothing else."""
    body = str(row["body"])
    return body if body.strip() else str(row["subject"])


def _recall(rows: Sequence[Mapping[str, Any]], folder: Path, *, fields: bool, anew: bool) -> Ask:
    kept = [row for row in rows if text(row).strip()]
    start = perf_counter()
    drafts = [
        Draft(body=text(row), at=row["ts"], actor=row["author"], tags=tuple(row["tags"]))
        if fields
        else Draft(body=text(row), at=row["ts"])
        for row in kept
    ]
    journal, ids = filled(folder / f"known-{'fields-' * fields}{len(rows)}", drafts)
    say(f"journal: {len(ids):,} entries after {perf_counter() - start:.0f} s")
    if anew:
        journal.reindex()
    journal.recall("ready")  # it makes the index
    say(f"journal: indexed after {perf_counter() - start:.0f} s")
    names = {entry: str(row["id"]) for entry, row in zip(ids, kept, strict=True)}
    return lambda title: [names[one] for one in _ids(journal, title)]


def _ids(journal: Journal, title: str) -> list[str]:
    try:
        return [hit.entry.id for hit in journal.recall(title, EVERYTHING, DEPTH).hits]
    except UsageError as error:  # a person would have to ask again
        say(f"bench: {title!r}: {error}")
        return []


def _rival(rival: Rival, rows: Sequence[Mapping[str, Any]], *, fields: bool) -> Ask:
    def said(row: Mapping[str, Any]) -> str:
        if not fields:
            return text(row)
        return f"{row['author']} {' '.join(row['tags'])}\n{text(row)}"

    rival.fill(Document(str(row["id"]), said(row)) for row in rows)
    return lambda title: rival.ask(plain(title), DEPTH)


def _fresh(folder: Path, name: str) -> Path:
    """A folder for a rival's index, which is made in seconds, and anew each time."""
    shutil.rmtree(folder / name, ignore_errors=True)
    return folder / name


def _timed(ask: Ask, items: Sequence[Item]) -> Found:
    ranked, seconds = [], []
    for item in items:
        start = perf_counter()
        ranked.append(ask(item.title))
        seconds.append(perf_counter() - start)
    return Found(ranked, seconds)


def table(items: Sequence[Item], found: Mapping[str, Found]) -> str:
    """MRR and hit@10 in percent, each also as this project's through the other's."""
    lines = [["engine", "MRR", "hit@10", "journal's MRR / its", "hit@10 / its", "ms, median"]]
    ours = found["journal"].measures(items)
    for name, each in found.items():
        measures = each.measures(items)
        ratios = [f"{a / b:.3f}" if b else "-" for a, b in zip(ours, measures, strict=True)]
        shown = [f"{100 * one:.1f}" for one in measures]
        lines.append([name, *shown, *ratios, f"{1000 * median(each.seconds):.1f}"])
    return grid(lines)


def misses(items: Sequence[Item], found: Mapping[str, Found]) -> str:
    """Each title with its rank by each engine, this project's worst first; - is not found."""
    far = DEPTH + 1

    def rank(item: Item, ranked: list[str]) -> int:
        return next((n for n, one in enumerate(ranked, 1) if one in item.same), far)

    lines = [
        ([rank(item, each.ranked[n]) for each in found.values()], item)
        for n, item in enumerate(items)
    ]
    # Of those equally bad, first those that another engine finds.
    lines.sort(key=lambda line: (-line[0][0], min(line[0]), line[1].id))
    shown = ["\t".join([*found, "id", "title"])]
    for ranks, item in lines:
        cells = ["-" if one == far else str(one) for one in ranks]
        shown.append("\t".join([*cells, item.id, item.title]))
    return "\n".join(shown) + "\n"


if __name__ == "__main__":
    main()
