"""What decisions, tasks and status cost beside `journal list -n 1` on the same journal.

`python bench/subjects.py [--quick]`: 100,000 entries, 5,000 tasks and 500 decisions among them.
Whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

from _corpus import Draft, mixed
from _measure import Row, compared, interleaved, process, table
from _place import Place, jsonl

TASKS, DECISIONS = 20, 200  # one entry in so many is one


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="10,000 entries, and fewer runs")
    options = words.parse_args()
    entries = 10_000 if options.quick else 100_000
    with Place() as place:
        print(place.machine(), flush=True)
        root = _filled(place, entries)
        rows = _rows(place, 5 if options.quick else 20)
        _check(place, root, entries)
        print(f"\n{table(rows)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


def _filled(place: Place, entries: int) -> Path:
    start = perf_counter()
    root = place.workspace("subjects")
    drafts = [_subject(number, draft) for number, draft in enumerate(mixed(entries))]
    place.run(root, "append", "--batch", stdin=jsonl(place.folder / "drafts.jsonl", drafts))
    listed = json.loads(place.run(root, "list", "--kind", "task", "--json"))["entries"]
    changes = [_change(number, one["id"]) for number, one in enumerate(listed) if number % 2]
    place.run(root, "append", "--batch", stdin=jsonl(place.folder / "changes.jsonl", changes))
    os.chdir(root)
    process([place.journal, "list", "-n", "1"], place.env)
    print(f"making ready took {perf_counter() - start:.0f} s", file=sys.stderr)
    return root


def _subject(number: int, draft: Draft) -> Draft:
    """Every so many-th entry a task, or a decision."""
    if number % DECISIONS == 1:
        return draft | {"kind": "decision", "status": "accepted", "title": f"Decision {number}"}
    if number % TASKS == 2:
        return draft | {"kind": "task", "title": f"Task {number}"}
    return draft | {"kind": "message"}


def _change(number: int, task: str) -> Draft:
    """What became of a task."""
    status = ("done", "started", "dropped")[number // 2 % 3]
    return {"kind": "task", "task": task, "status": status, "body": f"It is {status} now."}


def _rows(place: Place, rounds: int) -> list[Row]:
    base = ("list", "-n", "1")
    verbs = [
        ("status",),
        ("task", "ready"),
        ("task", "list"),
        ("decision", "list"),
        ("decision", "list", "--as-of", "2024-09-01"),
        ("context",),
        ("recap",),
        ("stats",),
    ]
    jobs = {
        " ".join(verb): partial(process, [place.journal, *verb], place.env)
        for verb in (base, *verbs)
    }
    found = interleaved(jobs, rounds)
    other = found[" ".join(base)]
    goal = {"status", "task ready", "decision list --as-of 2024-09-01"}
    return [
        compared(name, found[name], other, "≤ 3x" if name in goal else "")
        for name in list(jobs)[1:]
    ]


def _check(place: Place, root: Path, entries: int) -> None:
    """What was timed is what it should be."""
    told = json.loads(place.run(root, "decision", "list", "--all", "--json"))
    assert told["total"] == entries // DECISIONS, told["total"]
    assert json.loads(place.run(root, "task", "ready", "--json"))["tasks"]


if __name__ == "__main__":
    main()
