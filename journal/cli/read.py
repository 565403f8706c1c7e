"""`journal day` and `verify`."""

from __future__ import annotations

import argparse
from datetime import timedelta

from journal import api, clock
from journal.chain import STATES, counts, exit_code
from journal.cli import output, progress
from journal.entry import Entry
from journal.errors import UsageError
from journal.notebook import Notebook
from journal.selection import Selection
from journal.status import verified


def day_options(verb: argparse.ArgumentParser) -> None:
    """The options of `day`."""
    verb.add_argument(
        "date", nargs="?", metavar="DATE", help="2026-11-21, yesterday, … (default: today)"
    )
    verb.add_argument("--namespace", default="", metavar="NAMESPACE", help="only of this namespace")


def verify_options(verb: argparse.ArgumentParser) -> None:
    """The options of `verify`."""
    verb.add_argument(
        "--all", action="store_true", help="also name handwritten and amended entries"
    )


def do_day(args: argparse.Namespace) -> int:
    """All entries of one day, in order."""
    journal = api.open(args.workspace, progress.reading)
    zone, now = clock.zone(journal.timezone), clock.now()
    words = args.date or "today"
    try:
        since, until = clock.parse_since(words, zone, now), clock.parse_until(words, zone, now)
    except ValueError as error:
        raise UsageError(
            str(error), kind="bad-time", hint="for example: journal day yesterday"
        ) from error
    date = clock.day_key(since, zone)
    if until > since and clock.day_key(until - timedelta(seconds=1), zone) != date:
        raise UsageError(
            f"{words!r} is more than a day",
            kind="bad-time",
            hint=f"journal list --reverse --since {words!r} --until {words!r}",
        )
    wanted = Selection(since=since, until=until, namespace=args.namespace)
    entries = list(journal.entries(wanted, oldest=True))
    if args.json:
        shown = [entry.record(body=True) for entry in entries]
        output.json(
            {"schema": "journal/day@1", "date": date, "entries": shown, "total": len(shown)}
        )
        return 0
    _show_day(date, entries)
    output.findings(journal.findings())
    return 0


def _show_day(date: str, entries: list[Entry]) -> None:
    from journal.preamble import long_date

    output.write(output.style(long_date(date), "bold"))
    if not entries:
        output.write("no entries")
    for entry in entries:
        output.write("\n" + output.entry_head(entry) + "\n")
        output.body(entry.body, entry.postscript)


def do_verify(args: argparse.Namespace) -> int:
    """The state of every entry; 0 nobody changed it, 1 somebody did, 5 the chain is broken."""
    notebook = Notebook.open(args.workspace)
    seen = verified.files(notebook.root)
    verdicts = notebook.verify()
    code = exit_code(verdicts)
    unread = [finding for finding in notebook.findings if finding.code == "unreadable"]
    if unread:
        code = code or 1  # what can't be read can't be vouched for
    verified.note(notebook.root, seen, counts(verdicts), code)
    odd = [verdict for verdict in verdicts if verdict.state != "intact"]
    if args.json:
        shown = [verdict.record() for verdict in odd]
        answer = {"schema": "journal/verify@1", "entries": shown, "counts": counts(verdicts)}
        output.json(answer | ({"unreadable": [f.file for f in unread]} if unread else {}))
        return code
    for verdict in odd:
        if STATES[verdict.state] or args.all:
            output.verdict(verdict)
    output.tally(counts(verdicts))
    output.findings(notebook.findings)
    return code
