"""Timing for the benchmarks: whole processes, interleaved runs, medians and minima, one table."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds by the clock, and seconds of processor time, user and system."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Many runs of one thing: medians and the least, in seconds."""

    wall: float
    least: float
    cpu: float

    def __add__(self, other: Summary) -> Summary:
        return Summary(self.wall + other.wall, self.least + other.least, self.cpu + other.cpu)

    def __sub__(self, other: Summary) -> Summary:
        return Summary(self.wall - other.wall, self.least - other.least, self.cpu - other.cpu)


NOTHING = Summary(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what, this project's figure, the other's, their ratio, the goal."""

    what: str
    mine: str
    other: str = ""
    ratio: str = ""
    goal: str = ""


def process(
    command: Sequence[str],
    env: dict[str, str],
    stdin: str = os.devnull,
    stdout: str = os.devnull,
    stderr: str | None = None,
) -> Run:
    """Run a program from its start to its end; its standard streams are files.

    What it says on standard error is shown, unless that is given a file too.

    posix_spawn and wait4 rather than `subprocess`, whose own work would be timed with it.
    """
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    if stderr:
        streams.append(
            (os.POSIX_SPAWN_OPEN, 2, stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        )
    start = perf_counter()
    pid = os.posix_spawn(command[0], list(command), env, file_actions=streams)
    _, status, usage = os.wait4(pid, 0)
    wall = perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code:
        sys.exit(f"bench: exit code {code} of: {' '.join(command)[:200]}")
    return Run(wall, usage.ru_utime + usage.ru_stime)


def interleaved(
    jobs: dict[str, Callable[[], Run]], rounds: int, warm_up: int = 1
) -> dict[str, Summary]:
    """The summary of each job, run A B A B …, so that a busy moment of the machine hits all."""
    runs: dict[str, list[Run]] = {name: [] for name in jobs}
    for number in range(warm_up + rounds):
        for name, job in jobs.items():
            run = job()
            if number >= warm_up:
                runs[name].append(run)
    return {name: summary(found) for name, found in runs.items()}


def summary(runs: Sequence[Run]) -> Summary:
    """Medians and the least of the runs."""
    walls = [run.wall for run in runs]
    cpu = statistics.median(run.cpu for run in runs)
    return Summary(statistics.median(walls), min(walls), cpu)


def timed(work: Callable[[], object]) -> Run:
    """One call in this process."""
    start, cpu = perf_counter(), process_time()
    work()
    return Run(perf_counter() - start, process_time() - cpu)


# The peak of a program's memory; of a child of the benchmark itself it would count that's memory.
_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


def peak(python: str, command: Sequence[str], env: dict[str, str]) -> int:
    """Bytes of memory that a program takes at most, in the current folder."""
    words = [python, "-c", _PEAK, *command]
    done = subprocess.run(words, env=env, stdout=subprocess.PIPE, check=True)
    return int(done.stdout) * _UNIT


def milliseconds(seconds: float) -> str:
    """Seconds as `12.3 ms`."""
    return f"{seconds * 1000:,.1f} ms"


def against(name: str, mine: Summary, other: Summary, goal: str = "") -> list[Row]:
    """The rows of a ratio that should be small: medians, minima and processor time."""
    pairs = (
        ("median", mine.wall, other.wall, goal),
        ("least", mine.least, other.least, ""),
        ("CPU", mine.cpu, other.cpu, ""),
    )
    return [
        Row(f"{name}, {kind}", milliseconds(a), milliseconds(b), f"{a / b:.2f}x", wanted)
        for kind, a, b, wanted in pairs
    ]


def compared(what: str, mine: Summary, other: Summary, goal: str = "") -> Row:
    """One row: medians, and the ratios of the medians, of the least, and of processor time."""
    pairs = ((mine.wall, other.wall), (mine.least, other.least), (mine.cpu, other.cpu))
    ratios = " ".join(_ratio(a, b) for a, b in pairs)
    return Row(what, milliseconds(mine.wall), milliseconds(other.wall), ratios, goal)


def _ratio(mine: float, other: float) -> str:
    if mine <= 0 or other <= 0:  # a difference, lost in the noise
        return "-"
    return f"{mine / other:.2f}x" if mine < 10 * other else f"{mine / other:,.0f}x"


HEAD = ("what", "journal", "beside", "ratio", "goal")


def table(rows: Sequence[Row], head: tuple[str, ...] = HEAD) -> str:
    """The rows as a Markdown table, its columns aligned."""
    lines: list[tuple[str, ...]] = [head]
    lines += [(row.what, row.mine, row.other, row.ratio, row.goal) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    lines.insert(1, ("-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])))
    shown = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        shown.append(f"| {' | '.join(cells)} |")
    return "\n".join(shown)
