"""How fast recall is beside SQLite's FTS5, tantivy and ripgrep, over the same entries.

What is compared: every engine indexes the same texts with their times, tags and kinds, and gives
the ten best entries with their ids. The journal gives each hit's whole entry and a snippet, and how
many there are; FTS5 (porter, contents stored, `ORDER BY rank LIMIT 10`) the ids and a snippet, and
how many there are by a `count(*)`, which "uncounted" leaves out;
tantivy (en_stem, text not stored) the ids alone; ripgrep counts the lines with the words in the day
files, unranked. "engine" is the journal's index alone: the journal looks before each question
whether day files changed, and the others never do. A plain question is asked of the journal as
typed, of the others without its stop words. Ratios are this project's time through the other's, so
that below 1 this one is faster. Warm is in this process, with everything open, A B C A B C … for
each question; cold is a whole process each, for the first question of each sort. tantivy takes part
where it is installed: pip install tantivy.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import geometric_mean, median

from _measure import Run, interleaved, process, timed
from _place import day_files, development_data, file_system
from _recall_indexes import Bench, drafts, ready
from _recall_place import Journal, laboratory, say
from _recall_questions import SORTS, Asked, chosen
from _recall_rivals import Fts5, Question
from _recall_score import grid

from journal.recall.engine import Engine, Query
from journal.recall.shelf import engine
from journal.selection import Selection

Times = Sequence[Mapping[str, float]]  # of each question, by program, in seconds
Pair = tuple[str, str]  # whose time is divided by whose

LIMIT = 10
A_DAY = 200
"""Entries of a busy day, as several agents leave them."""


def main() -> None:
    first, _, rest = (__doc__ or "").partition("\n\n")
    words = argparse.ArgumentParser(
        description=first, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument(
        "--entries",
        type=int,
        nargs="+",
        default=[10_000, 100_000],
        metavar="N",
        help="how many, one run for each (default 10000 100000)",
    )
    words.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="keep journals and indexes there, and use them again",
    )
    words.add_argument("--anew", action="store_true", help="make kept indexes anew, and time that")
    words.add_argument("--questions", type=int, default=3, metavar="N", help="of each sort (3)")
    words.add_argument("--rounds", type=int, default=7, metavar="N", help="warm runs of each (7)")
    words.add_argument(
        "--cold", type=int, default=3, metavar="N", help="cold runs of each (3); 0 leaves them out"
    )
    words.add_argument(
        "--sorts",
        nargs="+",
        choices=SORTS,
        default=SORTS,
        metavar="SORT",
        help=f"only these, of {', '.join(SORTS)}",
    )
    words.add_argument("--each", action="store_true", help="a line for each question, not sort")
    words.add_argument(
        "--days",
        type=int,
        metavar="N",
        help=f"entries on so many days, one after the other ({A_DAY} a day); 0 for their own dates",
    )
    words.add_argument(
        "--mixed",
        action="store_true",
        help="made-up entries, even where the real commits are at hand",
    )
    options = words.parse_args()
    print(machine(options.keep))
    with laboratory(options.keep) as folder:
        for entries in options.entries:
            measured(folder, entries, options)
    print(f"\nload at the end: {os.getloadavg()[0]:.1f}")


def machine(folder: Path | None) -> str:
    """What the figures depend on."""
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors,"
        f" {file_system((folder or Path()).resolve()) or 'unknown file system'},"
        f" load {os.getloadavg()[0]:.1f}"
    )


def measured(folder: Path, entries: int, options: argparse.Namespace) -> None:
    """All tables of a size."""
    real = development_data() is not None and not options.mixed
    count = max(1, entries // A_DAY) if options.days is None else options.days
    found = drafts(entries, real=real, days=count)
    days = f"-{count}-days" if count else ""
    place = folder / f"{'commits' if real else 'mixed'}-{entries}{days}"
    bench = ready(place, found, anew=options.anew)
    size = sum(len(one.text.encode()) for one in bench.documents)
    kind = "real commits" if real else "made-up entries"
    files = len(day_files(bench.root))
    print(f"\n## {entries:,} entries, {kind}, {files:,} days, {size / 1e6:.1f} MB of text\n")
    print(grid(indexing(bench, size)), flush=True)
    every = chosen(bench.documents, options.questions)
    asked = [one for one in every if one.sort in options.sorts]
    print(f"\n{grid(warm(bench, asked, options.rounds, each=options.each))}", flush=True)
    if options.cold:
        firsts = [next(one for one in asked if one.sort == sort) for sort in sorts(asked)]
        print(f"\n{grid(cold(bench, firsts, options.cold))}", flush=True)
    bench.journal.close()


def sorts(asked: Sequence[Asked]) -> list[str]:
    """The sorts that there are questions of."""
    return [sort for sort in SORTS if any(one.sort == sort for one in asked)]


def indexing(bench: Bench, size: int) -> list[list[str]]:
    """How fast each index was made, and how large it is."""
    lines = [
        ["index", "entries/s", "entries/s of CPU", "MB/s", "index/text", "journal's time / its"]
    ]
    ours = bench.made["journal"]
    count = len(bench.documents)
    for name, made in bench.made.items():
        lines.append([
            name, f"{count / made.wall:,.0f}", f"{count / made.cpu:,.0f}",
            f"{size / made.wall / 1e6:.1f}", f"{made.size / size:.2f}x",
            f"{ours.wall / made.wall:.2f}x",
        ])  # fmt: skip
    return lines


def warm(bench: Bench, asked: Sequence[Asked], rounds: int, *, each: bool) -> list[list[str]]:
    """Times with everything open, a line for each sort or question, and for all of them."""
    alone = engine(str(bench.root), bench.journal.catalog, None)
    names = ["journal", "engine", "FTS5", "uncounted", *(rival.name for rival in bench.others)]
    pairs = [(mine, other) for other in names[2:] for mine in names[:2]]
    times: list[dict[str, float]] = []
    for one in asked:
        query = Query(one.text, _selection(one.question), LIMIT)
        calls: dict[str, Callable[[], Sequence[object]]] = {
            "journal": partial(_whole, bench.journal, query),
            "engine": partial(_hits, alone, query),
            "FTS5": partial(_counted, bench.fts5, one.question),
            "uncounted": partial(bench.fts5.ask, one.question, LIMIT),
        }
        calls |= {each.name: partial(each.ask, one.question, LIMIT) for each in bench.others}
        for name, call in calls.items():
            if not call():
                say(f"bench: {name} finds nothing for {one.sort}: {one.text}")
        times.append(_medians({name: partial(timed, call) for name, call in calls.items()}, rounds))
    groups = [(one.sort, [n]) for n, one in enumerate(asked)]
    if not each:
        groups = [
            (sort, [n for n, one in enumerate(asked) if one.sort == sort]) for sort in sorts(asked)
        ]
    lines = [["warm, ms", *names, *map("/".join, pairs), "question"]]
    for sort, numbers in groups:
        shown = asked[numbers[0]]
        told = " ".join([shown.text, *shown.options])
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        lines.append([*_line(sort, [times[n] for n in numbers], names, pairs), told + more])
    return lines + [[*line, ""] for line in _overall(times, names, pairs)]


def _whole(journal: Journal, query: Query) -> Sequence[object]:
    return journal.recall(query.text, query.selection, query.limit).hits


def _hits(alone: Engine, query: Query) -> Sequence[object]:
    return alone.recall(query).hits


def _counted(fts5: Fts5, question: Question) -> Sequence[object]:
    """The best, and how many there are, as the journal tells."""
    found = fts5.ask(question, LIMIT)
    fts5.count(question)
    return found


def _selection(question: Question) -> Selection:
    return Selection(
        kind=question.kind,
        tags=(question.tag,) if question.tag else (),
        since=_moment(question.since),
        until=_moment(question.until),
    )


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _medians(jobs: dict[str, Callable[[], Run]], rounds: int) -> dict[str, float]:
    return {name: found.wall for name, found in interleaved(jobs, rounds).items()}


def cold(bench: Bench, asked: Sequence[Asked], rounds: int) -> list[list[str]]:
    """Times of whole processes, a line for each sort."""
    out = str(bench.root.parent / "out")
    times: list[dict[str, float]] = []
    names: list[str] = []
    for one in asked:
        jobs: dict[str, Callable[[], Run]] = {
            name: partial(process, command, bench.commands.env, stdout=out, stderr=os.devnull)
            for name, command in bench.commands.of(one, LIMIT).items()
        }
        times.append(_medians(jobs, rounds))
        names = list(jobs)
    if "rg" not in names:
        print("ripgrep is left out: no rg on the PATH")
    pairs = [("journal", other) for other in names[1:]]
    lines = [["cold, ms", *names, *map("/".join, pairs)]]
    lines += [_line(one.sort, [times[n]], names, pairs) for n, one in enumerate(asked)]
    return lines + _overall(times, names, pairs)


def _line(what: str, times: Times, names: Sequence[str], pairs: Sequence[Pair]) -> list[str]:
    """Medians over the questions, and the geometric means of their ratios."""
    shown = [f"{1000 * median(one[name] for one in times):.2f}" for name in names]
    return [what, *shown, *_ratios(times, pairs)]


def _ratios(times: Times, pairs: Sequence[Pair]) -> list[str]:
    means = (geometric_mean(one[mine] / one[other] for one in times) for mine, other in pairs)
    return [f"{mean:.2f}x" for mean in means]


def _overall(times: Times, names: Sequence[str], pairs: Sequence[Pair]) -> list[list[str]]:
    """All questions alike: median, worst, their sum, the geometric mean of the ratios."""
    lines = []
    folds: dict[str, Callable[[Sequence[float]], float]] = {
        "median of all": median, "worst": max, "sum": math.fsum
    }  # fmt: skip
    for what, fold in folds.items():
        total = {name: 1000 * fold([one[name] for one in times]) for name in names}
        ratios = [f"{total[mine] / total[other]:.2f}x" for mine, other in pairs]
        lines.append([what, *(f"{total[name]:.2f}" for name in names), *ratios])
    lines.append(["geometric mean of ratios", *[""] * len(names), *_ratios(times, pairs)])
    return lines


if __name__ == "__main__":
    main()
