"""What a hook costs the agent that waits for it: `python bench/hook.py [--quick]`.

`journal hook run claude-code`, 1,000 times by 8 processes at once, and then one after the other;
between any two a `python -c pass` by the same process, so that a busy moment hits both. Payloads
are of the official shapes: prompts, answers, tool results short and long. At the end all of them
have to be there, and no dead letter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _measure import Row, Run, milliseconds, process, table
from _place import Place

SESSION = "5b1d3f2e-6a70-4c1e-9d54-2f0a7c9be1{:02x}"
AGED = 3000  # entries that the workspace has before


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="fewer runs")
    options = words.parse_args()
    with Place() as place:
        print(place.machine(), flush=True)
        root = _aged(place)
        os.chdir(root)
        count = 200 if options.quick else 1000
        rows = _fired(place, root, count, 8)
        rows += _fired(place, root, count // 5, 1, first=count)
        _check(place, root, count + count // 5)
        head = ("what", "hook", "python -c pass", "ratio", "goal")
        print(f"\n{table(rows, head)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


def _aged(place: Place) -> Path:
    root = place.workspace("aged")
    drafts = place.folder / "drafts.jsonl"
    text = (Path(__file__).resolve().parent / "messages.jsonl").read_text(encoding="utf-8")
    mix = text.splitlines()
    lines = "".join(f"{mix[number % len(mix)]}\n" for number in range(AGED))
    drafts.write_text(lines, encoding="utf-8")
    place.run(root, "append", "--batch", stdin=drafts)
    return root


def payload(root: Path, number: int) -> dict[str, object]:
    """What an agent sends: of five hooks one is a prompt, one an answer, three are of tools."""
    common: dict[str, object] = {
        "session_id": SESSION.format(number % 8), "cwd": str(root), "permission_mode": "default",
        "transcript_path": f"{root}/../transcript.jsonl",
    }  # fmt: skip
    if number % 5 == 0:
        text = f"Prompt {number}: please look at the tests of the parser.\n\n" + "More of it. " * 40
        return {**common, "hook_event_name": "UserPromptSubmit", "prompt": text}
    if number % 5 == 1:
        text = f"Answer {number}.\n\n" + "- a point\n" * 60 + "```py\nprint(1)\n```\n"
        return {**common, "hook_event_name": "Stop", "last_assistant_message": text}
    output = f"run {number}\n" + "tests/test_x.py ......... passed\n" * (
        20 if number % 5 < 4 else 2000
    )
    return {
        **common, "hook_event_name": "PostToolUse", "tool_name": "Bash",
        "tool_use_id": f"toolu_01D7FLrfh4GYq7yT1{number:07}",
        "tool_input": {"command": f"pytest -q tests/test_{number}.py", "description": "Run tests"},
        "tool_response": {"stdout": output, "stderr": "", "interrupted": False},
    }  # fmt: skip


def _fired(place: Place, root: Path, count: int, at_once: int, first: int = 0) -> list[Row]:
    hook = [place.journal, "hook", "run", "claude-code", "--workspace", str(root)]
    bare = [place.python, "-c", "pass"]
    for number in range(first, first + count):
        text = json.dumps(payload(root, number))
        (place.folder / f"{number}.json").write_text(text, encoding="utf-8")

    def one(number: int) -> tuple[Run, Run]:
        other = process(bare, place.env)
        stdin = str(place.folder / f"{number}.json")
        return process(hook, place.env, stdin=stdin), other

    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(one, range(first, first + count)))
    mine, others = [pair[0] for pair in found], [pair[1] for pair in found]
    who = f"{at_once} at once" if at_once > 1 else "one alone"
    figures: list[tuple[str, Callable[[list[Run]], float]]] = [
        ("p50", lambda runs: _part(runs, 0.5)),
        ("p95", lambda runs: _part(runs, 0.95)),
        ("CPU, p50", lambda runs: sorted(run.cpu for run in runs)[len(runs) // 2]),
    ]
    rows = []
    for name, figure in figures:
        a, b = figure(mine), figure(others)
        rows.append(Row(f"{who}, {name}", milliseconds(a), milliseconds(b), f"{a / b:.2f}x"))
    added = [figures[at][1](mine) - figures[at][1](others) for at in (0, 1)]
    rows.append(Row(f"{who}, added at p50", milliseconds(added[0])))
    rows.append(Row(f"{who}, added at p95", milliseconds(added[1]), goal="≤ 60 ms"))
    return rows


def _part(runs: list[Run], share: float) -> float:
    walls = sorted(run.wall for run in runs)
    return walls[min(len(walls) - 1, int(len(walls) * share))]


def _check(place: Place, root: Path, count: int) -> None:
    """Every payload became an entry, once."""
    told = json.loads(place.run(root, "list", "--json", "-n", "1"))["total"]
    dead = root / ".journal/state/dead"
    left = os.listdir(dead) if dead.is_dir() else []
    if told != AGED + count or left:
        sys.exit(f"bench: {told - AGED} of {count} entries are there, {len(left)} letters wait")


if __name__ == "__main__":
    main()
