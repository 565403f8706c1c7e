"""What finding entries again costs, beside ripgrep, jrnl and a bare FTS5 table.

`python bench/catalog.py [--quick] [--commits]`: it installs this tree into a virtual environment of
its own, fills a workspace, and prints ratios. bench/README.md tells what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from _corpus import PLANTED, Draft, Search, mixed, plant, searches
from _measure import (
    Row,
    Run,
    compared,
    interleaved,
    milliseconds,
    process,
    table,
    timed,
)
from _place import Place, day_files, development_data, jsonl
from _programs import REBUILD
from _rivals import JRNL, Rivals
from append import commits, messages

COUNTS = ("query", "journal, entries", "FTS5, entries", "rg, lines in files", "hold just that")
NEW = 1000  # entries that are caught up on


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="10,000 entries, and fewer runs")
    words.add_argument("--entries", type=int, metavar="N", help="so many entries")
    words.add_argument("--commits", action="store_true", help="real commits instead of the mix")
    words.add_argument("--only", default="1234", metavar="PARTS", help="for example 13")
    options = words.parse_args()
    parts: list[Callable[[Bench], list[Row]]] = [rebuilding, listing, recalling, catching_up]
    with Place() as place:
        print(place.machine(), flush=True)
        entries = options.entries or (10_000 if options.quick else 100_000)
        bench = Bench.of(place, _drafts(entries, real=options.commits), quick=options.quick)
        rows = []
        for number, part in enumerate(parts, 1):
            if str(number) in options.only:
                start = perf_counter()
                rows += part(bench)
                print(f"part {number} took {perf_counter() - start:.0f} s", file=sys.stderr)
        print(f"\n{table(rows)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


def _drafts(entries: int, *, real: bool) -> list[Draft]:
    if not real:
        drafts = mixed(entries)
    elif data := development_data():
        drafts = [draft for draft in commits(data, entries // 2) for _ in range(2)]
    else:
        sys.exit("bench: no data; name the folder of commits-dev.jsonl.xz in JOURNAL_DEV_DATA")
    plant(drafts)
    return drafts


@dataclass(frozen=True, slots=True)
class Bench:
    """A workspace full of entries, and everything that is measured beside it."""

    place: Place
    rivals: Rivals
    root: Path
    source: Path  # the drafts
    drafts: list[Draft]
    receipts: list[str]  # their ids
    quick: bool

    @classmethod
    def of(cls, place: Place, drafts: list[Draft], *, quick: bool) -> Bench:
        """Everything filled, and caught up on."""
        start = perf_counter()
        root = place.workspace("catalog")
        source = jsonl(place.folder / "drafts.jsonl", drafts)
        answers = [json.loads(line) for line in _append(place, root, source)]
        bench = cls(
            place, Rivals.of(place, drafts), root, source, drafts,
            [answer["id"] for answer in answers], quick,
        )  # fmt: skip
        os.chdir(root)
        days = day_files(root)
        size = sum(file.stat().st_size for file in days) / 1e6
        print(f"{len(drafts):,} entries in {len(days):,} days, {size:.0f} MB", flush=True)
        process(bench.rivals.insert(bench.rivals.table, source), place.env)
        assert bench.rivals.hits(PLANTED) == 1
        process([place.journal, "recall", PLANTED], place.env)
        print(f"making ready took {perf_counter() - start:.0f} s", file=sys.stderr)
        return bench

    @property
    def bare(self) -> Callable[[], Run]:
        """The least that a Python program with the same needs could cost."""
        return partial(process, [self.place.python, "-c", "import json, sqlite3"], self.place.env)

    def journal(self, *words: str) -> Callable[[], Run]:
        """A verb as a process."""
        return partial(process, [self.place.journal, *words], self.place.env)

    def told(self, *words: str) -> list[dict[str, Any]]:
        """What a verb prints as JSON."""
        lines = self.place.run(self.root, *words, "--json").splitlines()
        return [json.loads(line) for line in lines]

    def rounds(self, full: int) -> int:
        """How often something is run."""
        return max(1, full // 4) if self.quick else full


def _append(place: Place, root: Path, source: Path) -> list[bytes]:
    receipts = place.run(root, "append", "--batch", stdin=source)
    assert b'"error"' not in receipts
    return receipts.splitlines()


def rebuilding(bench: Bench) -> list[Row]:
    """1: everything made anew."""
    place, entries = bench.place, len(bench.drafts)
    report = str(place.folder / "report")

    def rebuild(what: str) -> Run:
        command = [place.python, "-c", REBUILD, what, str(bench.root), PLANTED]
        process(command, place.env, stdout=report)
        return inside()

    def inside() -> Run:
        wall, cpu, found = Path(report).read_text(encoding="utf-8").split()
        assert int(found) == entries, f"{found} of {entries} entries"
        return Run(float(wall), float(cpu))

    def insert() -> Run:
        fresh = place.folder / "fresh.db"
        fresh.unlink(missing_ok=True)
        return process(bench.rivals.insert(fresh, bench.source), place.env, stdout=report)

    found = interleaved(
        {
            "bytes": partial(timed, lambda: [file.read_bytes() for file in day_files(bench.root)]),
            "catalog": partial(rebuild, "catalog"),
            "reindex": bench.journal("reindex"),
            "index": partial(rebuild, "index"),
            "FTS5": insert,
            "FTS5 inside": inside,
        },
        bench.rounds(3), warm_up=0,
    )  # fmt: skip
    rows = [Row("1 reading the bytes", "", milliseconds(found["bytes"].wall))]
    for name, other in {
        "catalog": "FTS5 inside",
        "index": "FTS5 inside",
        "reindex": "FTS5",
    }.items():
        mine, goal = found[name], "≥ 20,000/s" if name == "catalog" else ""
        rows += [
            Row(f"1 {name}, entries a second, median", f"{entries / mine.wall:,.0f}/s", goal=goal),
            Row(f"1 {name}, entries a second, least", f"{entries / mine.least:,.0f}/s"),
            compared(f"1 {name}, FTS5 insert", mine, found[other]),
            compared(f"1 {name}, reading the bytes", mine, found["bytes"]),
        ]
    return rows


def listing(bench: Bench) -> list[Row]:
    """2: `list`, `show` and `tail` as processes."""
    middle = len(bench.drafts) // 2
    entry_id = bench.receipts[middle]
    _check_listing(bench, middle)
    jobs: dict[str, Callable[[], Run]] = {
        "Python": bench.bare,
        "list -n 20": bench.journal("list", "-n", "20"),
        "show ID": bench.journal("show", entry_id),
        "tail -n 20": bench.journal("tail", "-n", "20"),
    }
    found = interleaved(jobs, bench.rounds(24))
    rows = [
        compared(f"2 {name}, Python", found[name], found["Python"], "≤ 3x")
        for name in list(jobs)[1:]
    ]
    if not bench.rivals.jrnl:
        return [*rows, Row("2 list -n 20, jrnl", "", "not installed")]
    jrnl = _rival(bench, [*bench.rivals.jrnl, "-n", "20"])
    found = interleaved({"mine": jobs["list -n 20"], "jrnl": jrnl}, bench.rounds(8))
    return [*rows, compared(f"2 list -n 20, {JRNL}", found["mine"], found["jrnl"])]


def _check_listing(bench: Bench, middle: int) -> None:
    """What is timed is right: as many as there are, the newest, the very entry."""
    (listed,) = bench.told("list", "-n", "20")
    assert listed["total"] == len(bench.drafts), listed["total"]
    newest = _ids(listed["entries"])
    moments = [datetime.fromisoformat(str(draft["at"])) for draft in bench.drafts]
    shown = [datetime.fromisoformat(entry["at"]) for entry in listed["entries"]]
    assert shown == sorted(moments)[:-21:-1], shown
    tail = [line["entry"] for line in bench.told("tail", "-n", "20")]
    assert _ids(tail)[::-1] == newest, tail
    (one,) = bench.told("show", bench.receipts[middle])
    body = one["entry"]["body"]
    assert body.strip() == str(bench.drafts[middle]["body"]).strip(), body


def _ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def recalling(bench: Bench) -> list[Row]:
    """3: `recall` as processes."""
    (answer,) = bench.told("recall", PLANTED)
    assert _ids(answer["hits"]) == [bench.receipts[len(bench.drafts) // 3]], answer
    assert answer["engine"] == "whoosh", answer
    asked = searches(bench.drafts)
    found_by = [_counted(bench, each) for each in asked]
    print(f"\n{table(found_by, COUNTS)}\n", flush=True)
    said, rows = bench.place.folder / "said", []
    for each in asked:
        command = [bench.place.journal, "recall", each.query]
        mine = partial(process, command, bench.place.env, stderr=str(said))
        jobs: dict[str, Callable[[], Run]] = {"mine": mine}
        for name, command in bench.rivals.search(each).items():
            if name != JRNL or each.name == "rare" or not bench.quick:
                jobs[name] = _rival(bench, command)
        found = interleaved(jobs, bench.rounds(8))
        print(said.read_text(encoding="utf-8"), end="", file=sys.stderr)
        rows += [
            compared(f"3 {each.name}, {name}", found["mine"], found[name])
            for name in list(jobs)[1:]
        ]
    return rows


def _rival(bench: Bench, command: list[str]) -> Callable[[], Run]:
    """Another program as a process; its output goes to a file, as rg stops early without one."""
    return partial(process, command, bench.place.env, stdout=_out(bench), stderr=os.devnull)


def _out(bench: Bench) -> str:
    return str(bench.place.folder / "out")


def _counted(bench: Bench, asked: Search) -> Row:
    """A query, and how much of it everyone found."""
    (answer,) = bench.told("recall", asked.query)
    total, table_has = answer["total"], bench.rivals.hits(asked.query)
    assert answer["hits"]
    assert total >= asked.entries, f"{asked.query}: {total} of {asked.entries}"
    assert table_has, asked.query
    what = f"{asked.name}: {asked.query}"
    return Row(
        what, f"{total:,}", f"{table_has:,}", bench.rivals.lines(asked), f"{asked.entries:,}"
    )


def catching_up(bench: Bench) -> list[Row]:
    """4: the first command after new entries, beside the same with nothing new."""
    place, serial, mix = bench.place, count(), messages()
    caught_up = place.folder / "caught-up.db"
    caught_up.write_bytes(bench.rivals.table.read_bytes())
    state: dict[str, Any] = {"entries": len(bench.drafts), "word": ""}
    new = place.folder / "new.jsonl"

    def added(some: int, *words: str) -> Run:
        process([place.journal, "recall", PLANTED], place.env)  # so that only these are new
        word = f"zanzibar{next(serial)}"
        drafts = [mix[number % len(mix)] for number in range(some - 1)]
        jsonl(new, [*drafts, {"title": f"About {word}", "body": f"The newest is {word}."}])
        _append(place, bench.root, new)
        state["entries"] += some
        state["word"] = word
        return told(*words)

    def told(*words: str) -> Run:
        asked = [state["word"]] if words == ("recall",) else []
        command = [place.journal, *words, *asked]
        run = process(command, place.env, stdout=_out(bench))
        assert state["word"] in Path(_out(bench)).read_text(encoding="utf-8"), command
        return run

    def insert() -> Run:
        jsonl(new, [mix[number % len(mix)] for number in range(NEW)])
        return process(bench.rivals.insert(caught_up, new), place.env)

    verbs = {"list -n 20": ("list", "-n", "20"), "recall": ("recall",)}
    jobs: dict[str, Callable[[], Run]] = {"Python": bench.bare, "FTS5": insert}
    for name, words in verbs.items():
        for some in (NEW, 1):
            jobs[f"{name} {some}"] = partial(added, some, *words)
        jobs[name] = partial(told, *words)
    found = interleaved(jobs, bench.rounds(12))
    (listed,) = bench.told("list", "-n", "1")
    assert listed["total"] == state["entries"], listed["total"]
    inserted = found["FTS5"] - found["Python"]
    rows = []
    for name in verbs:
        for some in (NEW, 1):
            what, after = f"4 {name}, {some:,} new", found[f"{name} {some}"]
            rows.append(compared(f"{what}, nothing new", after, found[name]))
            if some == NEW:
                cost = after - found[name]
                rows.append(compared(f"{what}: what they cost, FTS5 insert", cost, inserted))
    return rows


if __name__ == "__main__":
    main()
