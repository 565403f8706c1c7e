"""What it costs to come back to a conversation, beside `journal list -n 1` on the same journal.

`python bench/conversations.py [--quick] [--one]`: 100,000 entries on 200 paths, in 10 sessions, or
in one with `--one`. `session restore`, `path graph` and `context` are whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from _measure import Row, Run, compared, interleaved, process, table
from _place import Place

FILL = """
import json, random, sys
from datetime import UTC, datetime, timedelta
from journal import api
from journal.entry import Draft

root, source, entries, sessions, paths = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
mix = [json.loads(line) for line in open(source, encoding="utf-8")]
chance = random.Random(7)
book = api.open(root).notebook
at = datetime(2026, 1, 1, 6, tzinfo=UTC)
step = timedelta(days=200) / entries
roles = {"user": "user", "assistant": "assistant"}

def draft(number, session, path, **more):
    given = mix[number % len(mix)]
    role = ("user", "assistant", "tool")[number % 3]
    kind = "message" if number % 50 else "decision"
    fields = {"status": "accepted"} if kind == "decision" else {}
    return Draft(**{"body": given["body"], "title": given.get("title", ""), "kind": kind,
        "role": role, "actor": "bench", "session": session, "path": path, "fields": fields,
        "at": at + number * step, **more})

each, number = entries // sessions, 0
for one in range(sessions):
    session = f"session-{one:02d}"
    lines = {"main": ""}  # path: its newest entry
    open_paths = ["main"]
    begin = max(1, each // max(1, paths // sessions))
    done = 0
    while done < each:
        path = open_paths[-1] if done % 7 else chance.choice(open_paths)
        size = min(begin // 2 or 1, each - done)
        drafts = [draft(number + n, session, path) for n in range(size)]
        receipts = book.append_many(drafts)
        number, done = number + size, done + size
        lines[path] = receipts[-1].id
        if done < each and len(lines) < paths // sessions:
            name = f"try-{len(lines)}"
            lines[name] = book.append(Draft(kind="branch", title=f"Branched {name}", path=name,
                body="Another way.", session=session, parent=receipts[size // 2].id,
                fields={"switched": name}, at=at + number * step)).id
            open_paths.append(name)
            number, done = number + 1, done + 1
        if len(open_paths) > 4 and done < each:
            gone = open_paths.pop(1)
            merged = chance.random() < 0.6
            into = open_paths[-1]
            said = {"kind": "merge", "path": into, "fields": {"merges": gone, "takes": lines[gone]}}
            if not merged:
                said = {"kind": "abandon", "path": gone, "fields": {}}
            book.append(Draft(body="It came to this.", title=f"{said['kind']} {gone}",
                session=session, at=at + number * step, **said))
            number, done = number + 1, done + 1
print(number, len(lines) * sessions)
"""


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="10,000 entries, and fewer runs")
    words.add_argument("--one", action="store_true", help="all of them in one session")
    options = words.parse_args()
    entries = 10_000 if options.quick else 100_000
    with Place() as place:
        print(place.machine(), flush=True)
        root = _filled(place, entries, 1 if options.one else 10)
        rows = _rows(place, 5 if options.quick else 20)
        _check(place, root)
        print(f"\n{table(rows)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


def _filled(place: Place, entries: int, sessions: int) -> Path:
    start = perf_counter()
    root = place.workspace("talks")
    mix = Path(__file__).resolve().parent / "messages.jsonl"
    report = str(place.folder / "report")
    counts = [str(count) for count in (entries, sessions, 200)]
    process([place.python, "-c", FILL, str(root), str(mix), *counts], place.env, stdout=report)
    number, paths = Path(report).read_text(encoding="utf-8").split()
    os.chdir(root)
    process([place.journal, "list", "-n", "1"], place.env)
    print(f"{int(number):,} entries, {paths} paths, {sessions} sessions", flush=True)
    print(f"making ready took {perf_counter() - start:.0f} s", file=sys.stderr)
    return root


def _rows(place: Place, rounds: int) -> list[Row]:
    base = ("list", "-n", "1")
    verbs = [
        ("session", "restore", "session-00", "--max-tokens", "8000", "--json"),
        ("session", "restore", "session-00", "--max-messages", "500", "--json"),
        ("session", "show", "session-00"),
        ("session", "list"),
        ("path", "list", "--session", "session-00"),
        ("path", "graph", "-n", "50", "--session", "session-00"),
        ("context", "--session", "session-00"),
        ("context",),
    ]
    jobs: dict[tuple[str, ...], Callable[[], Run]] = {
        verb: partial(process, [place.journal, *verb], place.env) for verb in (base, *verbs)
    }
    found = interleaved({" ".join(verb): job for verb, job in jobs.items()}, rounds)
    other = found[" ".join(base)]
    return [compared(" ".join(verb), found[" ".join(verb)], other, "≤ 3x") for verb in verbs]


def _check(place: Place, root: Path) -> None:
    """What was timed is what it should be."""
    told = json.loads(place.run(root, "session", "restore", "session-00", "--json"))
    assert len(told["messages"]) > 100
    graph = json.loads(
        place.run(root, "path", "graph", "-n", "50", "--session", "session-00", "--json")
    )
    assert len(graph["rows"]) == 50
    assert place.run(root, "context").count(b"\n") > 20


if __name__ == "__main__":
    main()
