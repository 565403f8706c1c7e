"""What importing transcripts costs, beside jq reading the same files; and `journal watch`.

`python bench/importing.py [--quick] [--gigabyte]`: it installs this tree into a virtual environment
of its own and prints ratios. bench/README.md tells what each row means.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from statistics import quantiles
from threading import Thread
from time import perf_counter, sleep

from _measure import Row, Run, Summary, interleaved, peak, process, table
from _place import Place
from _transcripts import SOURCES, grown, replicated, transcripts, unpacked

RATE = 50  # messages a second
SAID = re.compile(rb"^message number (\d+),", re.MULTILINE)


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--quick", action="store_true", help="a tenth of the size, one run")
    words.add_argument("--gigabyte", action="store_true", help="part 2 with 100 MB, 300 MB, 1 GB")
    words.add_argument("--only", default="123", metavar="PARTS", help="for example 13")
    options = words.parse_args()
    parts: list[Callable[[Bench], list[Row]]] = [importing, memory, watching]
    with Place() as place:
        print(place.machine(), flush=True)
        originals = unpacked(place.folder / "originals")
        if originals is None:
            print("no transcripts: name the folder of transcripts-dev.tar.xz in JOURNAL_DEV_DATA")
            return
        bench = Bench(place, originals, options.quick, options.gigabyte)
        rows = []
        for number, part in enumerate(parts, 1):
            if str(number) in options.only:
                start = perf_counter()
                rows += part(bench)
                print(f"part {number} took {perf_counter() - start:.0f} s", file=sys.stderr)
        print(f"\n{table(rows)}\n\nload at the end: {os.getloadavg()[0]:.1f}")


@dataclass(frozen=True, slots=True)
class Bench:
    """Where it runs, and what of."""

    place: Place
    originals: Path
    quick: bool
    gigabyte: bool

    def tree(self, source: str, megabytes: int) -> tuple[Path, int]:
        """A folder with that much of a source, and its bytes; the last one is removed."""
        to = self.place.folder / "tree"
        shutil.rmtree(to, ignore_errors=True)
        return to, replicated(self.originals / SOURCES[source], to, megabytes * 1_000_000)

    def command(self, source: str, *paths: Path) -> list[str]:
        """An import, on one processor where the system can hold it there."""
        return [*one_core(), self.place.journal, "import", source, "--json", *map(str, paths)]


def one_core() -> list[str]:
    """What stands before a command to keep it on one processor."""
    taskset = shutil.which("taskset")
    if not taskset:
        return []
    return [taskset, "-c", str(max(os.sched_getaffinity(0)))]


def importing(bench: Bench) -> list[Row]:
    """1: an import of everything, again with nothing new, and again without the cache."""
    rows = []
    for source in SOURCES:
        rows += _imported(bench, source, 20 if bench.quick else 200)
    return rows


def _imported(bench: Bench, source: str, megabytes: int) -> list[Row]:
    place = bench.place
    tree, size = bench.tree(source, megabytes)
    said = str(place.folder / "said.json")
    serial, made = count(), list[Path]()

    def told(*, new: bool) -> None:
        brought = json.loads(Path(said).read_text(encoding="utf-8"))
        assert bool(brought["new"]) is new, (source, brought["new"])
        assert not brought["refused"], brought["findings"][:3]

    def run(*, new: bool) -> Run:
        os.chdir(made[-1])
        found = process(bench.command(source, tree), place.env, stdout=said)
        told(new=new)
        return found

    def first() -> Run:
        while made:
            place.remove(made.pop())
        made.append(place.workspace(f"import-{next(serial)}"))
        return run(new=True)

    def uncached() -> Run:
        shutil.rmtree(made[-1] / ".journal" / "cache")
        return run(new=False)

    jobs = {"import": first} | _jq(place, tree)
    found = interleaved(jobs, 1 if bench.quick else 3, warm_up=0)
    again = interleaved(
        {"again": partial(run, new=False), "uncached": uncached}, 1 if bench.quick else 3
    )
    (listed,) = [
        json.loads(one) for one in place.run(made[-1], "list", "-n", "1", "--json").splitlines()
    ]
    place.remove(made.pop())
    what = f"1 {source}, {size / 1e6:,.0f} MB, {listed['total']:,} entries"
    return [
        *_rates(what, size, found["import"], found.get("jq"), "≥ 20 MB/s"),
        *_rates(f"1 {source}, nothing new", size, again["again"], found.get("jq"))[:1],
        *_rates(f"1 {source}, nothing new, no cache", size, again["uncached"], found.get("jq"))[:1],
    ]


def _jq(place: Place, tree: Path) -> dict[str, Callable[[], Run]]:
    jq = shutil.which("jq")
    if not jq:
        print("jq is left out: it is not on the PATH")
        return {}
    command = [*one_core(), jq, "-c", ".", *map(str, transcripts(tree))]
    return {"jq": partial(process, command, place.env)}


def _rates(what: str, size: int, mine: Summary, jq: Summary | None, goal: str = "") -> list[Row]:
    rows = []
    for kind in ("wall", "least", "cpu"):
        named = {"wall": "median", "least": "least", "cpu": "CPU"}[kind]
        own = getattr(mine, kind)
        beside, ratio = "no jq", ""
        if jq:
            beside = f"{size / 1e6 / getattr(jq, kind):,.1f} MB/s"
            ratio = f"{own / getattr(jq, kind):.2f}x"
        rows.append(Row(f"{what}, {named}", f"{size / 1e6 / own:,.1f} MB/s", beside, ratio, goal))
        goal = ""
    return rows


def memory(bench: Bench) -> list[Row]:
    """2: the peak of an import's memory over trees of several sizes."""
    sizes = (100, 300, 1000) if bench.gigabyte else (5, 15) if bench.quick else (30, 90)
    place, rows, least = bench.place, list[Row](), 0.0
    for source in SOURCES:
        for megabytes in sizes:
            tree, size = bench.tree(source, megabytes)
            root = place.workspace("memory")
            os.chdir(root)
            most = peak(place.python, bench.command(source, tree), place.env) / 1e6
            least = most if megabytes == sizes[0] else least
            place.remove(root)
            what = (
                f"2 {source}, peak memory, {size / 1e6:,.0f} MB in {len(transcripts(tree)):,} files"
            )
            rows.append(Row(what, f"{most:,.0f} MB", "", f"{most / least:.2f}x", "flat"))
    return rows


def watching(bench: Bench) -> list[Row]:
    """3: `journal watch` while 50 messages a second are written, to a new file and a large one."""
    if not Path("/proc/self/stat").exists():
        return [Row("3 watch", "", "no /proc")]
    rows = []
    for megabytes in (0, 2 if bench.quick else 20):
        rows += _watched(bench, megabytes, 10 if bench.quick else 60)
    return rows


def _watched(bench: Bench, megabytes: int, seconds: int) -> list[Row]:
    place = bench.place
    root, session = place.workspace("watch"), "0b5e7a10-0000-4000-8000-000000000000"
    folder = place.folder / "watched"
    folder.mkdir()
    file = folder / f"{session}.jsonl"
    file.touch()
    if megabytes:
        grown(bench.originals / SOURCES["claude-code"], file, session, megabytes * 1_000_000)
        place.run(root, "import", "claude-code", str(folder))
    with _running(place, root, folder) as watch:
        sleep(2)
        before, start = _processor(watch.pid), perf_counter()
        delays = _delays(file, root, session, seconds)
        share = (_processor(watch.pid) - before) / (perf_counter() - start)
        resident = _resident(watch.pid)
    assert watch.returncode == 0, watch.returncode
    place.remove(root)
    shutil.rmtree(folder)
    cuts = quantiles(delays, n=100)
    what = f"3 watch, {RATE} a second into {megabytes} MB, {len(delays):,} messages"
    return [
        Row(f"{what}: delay p50", f"{cuts[49]:.2f} s"),
        Row(f"{what}: delay p95", f"{cuts[94]:.2f} s"),
        Row(f"{what}: of one processor", f"{share:.0%}"),
        Row(f"{what}: memory", f"{resident / 1e6:,.0f} MB"),
    ]


@contextmanager
def _running(place: Place, root: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The watch, from when it says that it watches to its end."""
    watch = subprocess.Popen(
        [place.journal, "watch", "claude-code", str(folder)],
        cwd=root, env=place.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert watch.stderr
        assert "watching" in watch.stderr.readline()
        yield watch
    finally:
        watch.terminate()
        watch.wait()


def _delays(file: Path, root: Path, session: str, seconds: int) -> list[float]:
    """Of each message the seconds from its line's being written to its being in its day file."""
    wanted, day = seconds * RATE, root / "journal" / "main" / "2031" / "2031-05-01.md"
    written: dict[int, float] = {}
    found: dict[int, float] = {}
    writer = Thread(target=_write, args=(file, session, wanted, written))
    writer.start()
    end, size = perf_counter() + seconds + 120, 0
    while len(found) < wanted:
        assert perf_counter() < end, f"{len(found)} of {wanted} messages came"
        sleep(0.005)
        if not day.exists() or day.stat().st_size == size:
            continue
        data, now = day.read_bytes(), perf_counter()
        for number in SAID.findall(data[max(0, size - 4096) :]):
            found.setdefault(int(number), now)
        size = len(data)
    writer.join()
    return [found[number] - written[number] for number in range(wanted)]


def _write(file: Path, session: str, messages: int, written: dict[int, float]) -> None:
    start = perf_counter()
    with file.open("ab", buffering=0) as stream:
        for number in range(messages):
            sleep(max(0.0, start + number / RATE - perf_counter()))
            data = _line(number, session)
            written[number] = perf_counter()
            stream.write(data)


def _line(number: int, session: str) -> bytes:
    """A prompt or an answer, as Claude Code writes it."""
    text = f"message number {number}, which says about as much as people and agents say at once"
    role = "assistant" if number % 2 else "user"
    message: dict[str, object] = {"role": role, "content": text}
    if number % 2:
        message |= {"id": f"msg_{number}", "content": [{"type": "text", "text": text}]}
    uuid = "0b5e7a10-0000-4000-9000-{:012x}"
    minute, second, left = number // 3000, number // 50 % 60, number % 50 * 20
    value = {
        "parentUuid": uuid.format(number - 1) if number else None, "isSidechain": False,
        "userType": "external", "cwd": "/project", "sessionId": session, "version": "2.1.29",
        "gitBranch": "main", "type": role, "message": message, "uuid": uuid.format(number),
        "timestamp": f"2031-05-01T10:{minute:02d}:{second:02d}.{left:03d}Z",
    }  # fmt: skip
    return json.dumps(value).encode() + b"\n"


def _processor(pid: int) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    """Bytes of memory of a process."""
    fields = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
