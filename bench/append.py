"""What an append costs, beside the least that could do: `python bench/append.py [--quick]`.

It installs this tree into a virtual environment of its own, in a temporary folder on a disk, and
prints ratios. bench/README.md tells what each row means. The messages are bench/messages.jsonl and
stay as they are, so that figures of different versions can be compared.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from _measure import NOTHING, Row, Run, Summary, against, interleaved, process, table, timed
from _place import Place, day_files, development_data, jsonl
from _programs import BARE, BARE_WRITER, COPY, IN_PROCESS, WRITER

HERE = Path(__file__).resolve().parent
AS_ARGUMENT = 1000  # bytes; longer bodies come by standard input, as a program would send them


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="fewer runs and entries")
    words.add_argument("--only", default="123456", metavar="PARTS", help="for example 13")
    options = words.parse_args()
    parts: list[Callable[[Place, bool], list[Row]]] = [
        one_process, beside_jrnl, one_day, real_commits, eight_writers, reading,
    ]  # fmt: skip
    with Place() as place:
        print(place.machine(), flush=True)
        rows = []
        for number, part in enumerate(parts, 1):
            if str(number) in options.only:
                start = perf_counter()
                rows += part(place, options.quick)
                print(f"part {number} took {perf_counter() - start:.0f} s", file=sys.stderr)
        print(f"\n{table(rows)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


def messages() -> list[dict[str, object]]:
    """The fixed mix of messages, as drafts."""
    text = (HERE / "messages.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _aged(place: Place, name: str, entries: int) -> Path:
    """A workspace in use: some thousand entries of the mix."""
    root = place.workspace(name)
    mix = messages()
    drafts = [mix[number % len(mix)] for number in range(entries)]
    place.run(root, "append", "--batch", stdin=jsonl(place.folder / f"{name}.jsonl", drafts))
    os.chdir(root)
    return root


def _words(draft: dict[str, object]) -> list[str]:
    """The options that a caller gives with a message."""
    words = []
    for key in ("role", "title", "session", "kind"):
        if key in draft:
            words += [f"--{key}", str(draft[key])]
    for tag in draft.get("tags", ()):  # type: ignore[attr-defined]
        words += ["--tag", tag]
    return words


def _appends(
    place: Place, draft: dict[str, object], number: int, other: list[str], *, pipe: bool = False
) -> dict[str, Callable[[], Run]]:
    """This project's append of a message, and the other command's."""
    body = str(draft["body"])
    mine = [place.journal, "append", *_words(draft)]
    stdin = place.folder / f"message-{number}"
    stdin.write_text(body, encoding="utf-8")
    if pipe or body.startswith("-") or len(body.encode()) > AS_ARGUMENT:
        source = str(stdin)
        return {
            "mine": partial(process, mine, place.env, source),
            "other": partial(process, other, place.env, source),
        }
    return {
        "mine": partial(process, [*mine, body], place.env),
        "other": partial(process, [*other, body], place.env),
    }


def one_process(place: Place, quick: bool) -> list[Row]:
    """1: a process for each message, beside a Python that writes it and calls fsync."""
    root = _aged(place, "one", 3000)
    bare = [place.python, "-c", BARE, str(place.folder / "bare.txt")]
    mine = other = NOTHING
    mix = messages()
    for number, draft in enumerate(mix):
        found = interleaved(_appends(place, draft, number, bare), 3 if quick else 21)
        mine, other = mine + found["mine"], other + found["other"]
    place.remove(root)
    return against("1 append, one process", _mean(mine, len(mix)), _mean(other, len(mix)), "≤ 1.5x")


def _mean(total: Summary, count: int) -> Summary:
    return Summary(total.wall / count, total.least / count, total.cpu / count)


def beside_jrnl(place: Place, quick: bool) -> list[Row]:
    """2: the same beside jrnl, both with a journal of 10,000 entries."""
    jrnl = place.jrnl(10_000)
    if jrnl is None:
        return [Row("2 append, jrnl", "", "not installed")]
    root = _aged(place, "two", 10_000)
    mine = other = NOTHING
    mix = messages()[5 :: 30 if quick else 6]
    for number, draft in enumerate(mix):
        found = interleaved(_appends(place, draft, number, jrnl, pipe=True), 2 if quick else 3)
        mine, other = mine + found["mine"], other + found["other"]
    place.remove(root)
    return [
        Row("2 append, jrnl beside it, median", f"{mine.wall / len(mix) * 1000:,.1f} ms",
            f"{other.wall / len(mix) * 1000:,.1f} ms", f"{other.wall / mine.wall:.0f}x faster",
            "≥ 15x faster"),
        Row("2 append, jrnl beside it, least", f"{mine.least / len(mix) * 1000:,.1f} ms",
            f"{other.least / len(mix) * 1000:,.1f} ms", f"{other.least / mine.least:.0f}x faster"),
    ]  # fmt: skip


def one_day(place: Place, quick: bool) -> list[Row]:
    """3: many entries into one day, by one process; beside a Python that writes the same bytes."""
    mix = messages()
    count = 12_000 if quick else 48_000
    short: list[dict[str, object]] = [
        {"body": f"Line {number}: the job went on, nothing to report.", "role": "tool"}
        for number in range(count)
    ]
    real = [mix[number % len(mix)] for number in range(count)]
    rows = []
    for name, drafts in (("short lines", short), ("the mix", real)):
        source = jsonl(place.folder / "batch.jsonl", drafts)
        found = _batches(place, source, 2 if quick else 3)
        mine, other = found["mine"], found["other"]
        pairs = (
            ("median", mine.wall, other.wall, "≥ 20,000/s"),
            ("least", mine.least, other.least, ""),
            ("CPU", mine.cpu, other.cpu, ""),
        )
        rows += [
            Row(f"3 batch, one day, {name}, {kind}", f"{count / a:,.0f}/s", f"{count / b:,.0f}/s",
                f"{a / b:.1f}x", goal)
            for kind, a, b, goal in pairs
        ]  # fmt: skip
    return rows


def _batches(place: Place, source: Path, rounds: int) -> dict[str, Summary]:
    """A batch into a new workspace, and a copy of the bytes that it wrote."""
    made: list[Path] = []

    def append() -> Run:
        while made:
            place.remove(made.pop())
        made.append(place.workspace("batch"))
        os.chdir(made[0])
        receipts = place.folder / "receipts"
        run = process([place.journal, "append", "--batch"], place.env, str(source), str(receipts))
        assert b'"error"' not in receipts.read_bytes()
        return run

    def copy() -> Run:
        target = place.folder / "copy.md"
        target.unlink(missing_ok=True)
        days = map(str, day_files(made[0]))
        return process([place.python, "-c", COPY, str(target), *days], place.env)

    found = interleaved({"mine": append, "other": copy}, rounds, warm_up=0)
    place.remove(made.pop())
    return found


def commits(data: Path, most: int) -> list[dict[str, object]]:
    """Real commits as drafts; one without a body has its subject as body."""
    drafts: list[dict[str, object]] = []
    with lzma.open(data / "commits-dev.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            draft = {"at": one["ts"], "actor": one["author"], "tags": one["tags"]}
            body = one["body"] if one["body"].strip() else one["subject"]
            drafts.append(draft | {"title": one["subject"], "body": body})
            if len(drafts) == most:
                break
    return drafts


def real_commits(place: Place, quick: bool) -> list[Row]:
    """4: 50,000 commits over 36 years, beside creating the same day files bare."""
    data = development_data()
    if data is None:
        return [Row("4 batch, real commits", "", "no data")]
    drafts = commits(data, 5_000 if quick else 50_000)
    source = jsonl(place.folder / "commits.jsonl", drafts)
    contents: dict[str, bytes] = {}
    made: list[Path] = []

    def append() -> Run:
        while made:
            place.remove(made.pop())
        made.append(place.workspace("commits"))
        os.chdir(made[0])
        run = process([place.journal, "append", "--batch"], place.env, str(source))
        for file in day_files(made[0]):
            contents[str(file.relative_to(made[0]))] = file.read_bytes()
        return run

    def create() -> Run:
        target = place.folder / "created"
        target.mkdir()
        run = timed(partial(_create, target, contents))
        place.remove(target)
        return run

    found = interleaved({"mine": append, "other": create}, 1 if quick else 2, warm_up=0)
    place.remove(made.pop())
    mine, other = found["mine"], found["other"]
    size = sum(map(len, contents.values())) / 1e6
    rows = against(f"4 {len(drafts):,} commits, {len(contents):,} days, {size:.0f} MB", mine, other)
    return [*rows, Row("4 commits a second", f"{len(drafts) / mine.wall:,.0f}/s")]


def _create(target: Path, contents: dict[str, bytes]) -> None:
    for name, data in contents.items():
        path = f"{target}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def eight_writers(place: Place, quick: bool) -> list[Row]:
    """5: durable appends a second, of eight processes together."""
    root = _aged(place, "eight", 3000)
    text = str(max(messages()[:20], key=lambda draft: len(str(draft["body"])))["body"])
    seconds, rounds = (1.0, 2) if quick else (4.0, 3)
    mine, other = [], []
    for _ in range(rounds):
        mine.append(_together(place, WRITER, seconds, str(root), text))
        other.append(_together(place, BARE_WRITER, seconds, str(place.folder / "bare.log"), text))
    verdict = json.loads(place.run(root, "verify", "--json"))
    assert set(verdict["counts"]) == {"intact"}, verdict["counts"]
    place.remove(root)
    a, b = median(mine), median(other)
    what = "5 eight writers, durable appends"
    return [
        Row(f"{what}, median", f"{a:,.0f}/s", f"{b:,.0f}/s", f"{b / a:.2f}x"),
        Row(f"{what}, best", f"{max(mine):,.0f}/s", f"{max(other):,.0f}/s",
            f"{max(other) / max(mine):.2f}x"),
    ]  # fmt: skip


def _together(place: Place, program: str, seconds: float, target: str, text: str) -> float:
    """How many a second, all eight together; they begin when they have all started."""
    signal = place.folder / "go"
    command = [place.python, "-c", program, str(signal), str(seconds), target, text]
    writers = [subprocess.Popen(command, env=place.env, stdout=subprocess.PIPE) for _ in range(8)]
    sleep(1.0)
    signal.touch()
    counts = [int(writer.communicate()[0]) for writer in writers]
    signal.unlink()
    return sum(counts) / seconds


def reading(place: Place, quick: bool) -> list[Row]:
    """6: reading and verifying a large journal, beside reading its bytes."""
    count = 10_000 if quick else 100_000
    root = place.workspace("read")
    mix = messages()
    drafts = [
        mix[number % len(mix)]
        | {"at": f"{2001 + number // 10_000}-{number // 500 % 12 + 1:02d}-15T12:00Z"}
        for number in range(count)
    ]
    place.run(root, "append", "--batch", stdin=jsonl(place.folder / "read.jsonl", drafts))
    os.chdir(root)
    jobs: dict[str, Callable[[], Run]] = {
        "bytes": partial(timed, lambda: [file.read_bytes() for file in day_files(root)]),
        "list --json": partial(process, [place.journal, "list", "--json"], place.env),
        "Store.entries": partial(_inside, place, root, "entries", count),
        "Notebook.verify": partial(_inside, place, root, "verify", count),
        "verify": partial(process, [place.journal, "verify"], place.env),
    }
    found = interleaved(jobs, 1 if quick else 3, warm_up=1)
    size = sum(file.stat().st_size for file in day_files(root)) / 1e6
    place.remove(root)
    rows = [Row(f"6 reading the bytes, {size:.0f} MB", "", f"{found['bytes'].wall * 1000:,.1f} ms")]
    for name in list(jobs)[1:]:
        for kind, seconds, bare in (
            ("median", found[name].wall, found["bytes"].wall),
            ("CPU", found[name].cpu, found["bytes"].cpu),
        ):
            what = f"6 {name}, {count:,} entries, {kind}"
            figure = f"{seconds:.2f} s, {count / seconds:,.0f}/s"
            rows.append(Row(what, figure, "", f"{seconds / bare:.0f}x"))
    return rows


def _inside(place: Place, root: Path, what: str, count: int) -> Run:
    """Seconds as a process tells them that has everything imported."""
    command = [place.python, "-c", IN_PROCESS, str(root), what]
    done = subprocess.run(command, env=place.env, stdout=subprocess.PIPE, check=True)
    wall, cpu, read = done.stdout.split()
    assert int(read) == count, f"{read!r} of {count} entries"
    return Run(float(wall), float(cpu))


if __name__ == "__main__":
    main()
