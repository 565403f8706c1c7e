"""`journal stats`: a year at a glance, and how many entries each kind, actor and session has."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import heat, output, progress
from journal.cli.complete import offer
from journal.preamble import long_date
from journal.safe import columns, one_line
from journal.stats import Stats, stats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST = 8  # rows of a table
_NARROWEST = 27  # columns of a table, with the gap after it
_WIDEST = 40
_USUAL = 80
_WIDEST_PAGE = 168
_GAP = 3
_BAR, _LONGEST_BAR = 6, 20  # columns of a bar, at least and at most


def stats_options(verb: argparse.ArgumentParser) -> None:
    """Which time, and whose."""
    when = verb.add_mutually_exclusive_group()
    when.add_argument(
        "--since",
        default="",
        metavar="TIME",
        help="from that day on: 2026-11-21, -90d, 'last year'",
    )
    when.add_argument("--year", type=_year, default=0, metavar="YEAR", help="a year: 2026")
    space = verb.add_argument(
        "--namespace", default="", metavar="NAMESPACE", help="only of this namespace"
    )
    offer(space, "namespace")


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 9999):
        raise argparse.ArgumentTypeError(f"{text!r} is no year, such as 2026")
    return int(text)


def do_stats(args: argparse.Namespace) -> int:
    """The counts; 0 whatever they are."""
    with api.open(args.workspace, progress.reading) as journal:
        found = stats(journal, since=args.since, year=args.year, namespace=args.namespace)
        odd = journal.findings()
    if args.json:
        output.json({"schema": "journal/stats@1", **found.record()})
        return 0
    _tell(found)
    output.findings(odd)
    return 0


def _tell(found: Stats) -> None:
    wide = min(output.width() or _USUAL, _WIDEST_PAGE)
    for line in _summary(found, wide):
        output.write(line)
    if found.entries:
        for line in heat.years(found, wide):
            output.write(line.rstrip())
        output.write("")
        for line in _tables(found, wide):
            output.write(line.rstrip())


def _summary(found: Stats, wide: int) -> list[str]:
    """How many entries, on how many days; the busiest of these, and the most in a row."""
    many = _many(found.entries, "entry", "entries")
    head = f"{output.style(many, 'bold')} {_span(found, wide)}"
    if not found.entries:
        return [f"{output.style('no entries', 'bold')} {_span(found, wide)}"]
    days = _many(len(found.days), "day", "days")
    run = f"{found.streak:,} of them in a row" if found.streak > 1 else ""
    together = found.streak == len(found.days) > 1
    facts = [f"on {days} in a row"] if together else [f"on {days}", run]
    facts.append(f"the most on {_day(found.busiest)}: {found.days[found.busiest]:,}")
    told = ", ".join(filter(None, facts))
    return [head, output.style(one_line(told, wide), "dim"), ""]


def _span(found: Stats, wide: int) -> str:
    whose = f" in {one_line(found.namespace, max(8, wide // 4))}" if found.namespace else ""
    if (found.since[5:], found.until[5:]) == ("01-01", "12-31"):
        return f"in {found.since[:4]}{whose}"
    return f"from {_day(found.since)} to {_day(found.until)}{whose}"


def _day(day: str) -> str:
    """`21 November 2026`."""
    return long_date(day).partition(", ")[2]


def _many(number: int, one: str, more: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {more}"


def _tables(found: Stats, wide: int) -> list[str]:
    """Kinds, actors, sessions and the last days, side by side as far as they fit."""
    sessions = {one.name: one.entries for one in reversed(found.sessions)}
    every = [
        ("kinds", found.kinds, "cyan"),
        ("actors", {key or "(nobody named)": many for key, many in found.actors.items()}, ""),
        ("sessions", dict(reversed(sessions.items())), "bold"),
        ("last days", dict(list(found.days.items())[: -_MOST - 1 : -1]), "dim"),
    ]
    shown = [one for one in every if one[1]]
    across = max(1, min(len(shown), wide // _NARROWEST))
    if len(shown) % across and len(shown) > across:
        across -= (len(shown) - 1) % across == 0  # no table alone in the last row
    each = min(_WIDEST, (wide + _GAP) // across - _GAP)
    lines: list[str] = []
    for at in range(0, len(shown), across):
        blocks = [_table(*one, each) for one in shown[at : at + across]]
        lines += ["", *_beside(blocks, each)] if lines else _beside(blocks, each)
    return lines


def _beside(blocks: Sequence[list[tuple[str, int]]], each: int) -> Iterable[str]:
    """Blocks of lines, each with the columns it takes, next to one another."""
    for number in range(max(map(len, blocks))):
        cells = []
        for block in blocks:
            text, used = block[number] if number < len(block) else ("", 0)
            cells.append(text + " " * (each - used))
        yield (" " * _GAP).join(cells)


def _table(name: str, counts: Mapping[str, int], look: str, wide: int) -> list[tuple[str, int]]:
    """A heading and a row for each: what, a bar, how many; and what is left of many."""
    rows = list(counts.items())[:_MOST]
    most = max(many for _, many in rows)
    figures = len(f"{most:,}")
    shown = [one_line(key, wide - figures - _BAR - 2) for key, _ in rows]
    label = max(map(columns, shown))
    room = min(_LONGEST_BAR, wide - label - figures - 2)
    title = f"{name}" if len(counts) <= _MOST else f"{name} ({len(counts):,})"
    lines = [(output.style(title, "bold"), columns(title))]
    for text, (_, many) in zip(shown, rows, strict=True):
        cell = output.style(text, look) + " " * (label - columns(text))
        bar = _bar(many, most, room)
        cells = f"{cell} {many:>{figures},} {output.style(bar, 'green')}"
        lines.append((cells, label + figures + 2 + len(bar)))
    return lines


def _bar(many: int, most: int, room: int) -> str:
    """A bar whose length is the share of the most, in half columns; never nothing."""
    full, half = divmod(max(1, round(many * room * 2 / most)), 2)
    return "━" * full + "╸" * half
