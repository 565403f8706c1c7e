"""`journal day` and `verify`."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from journal import api, clock
from journal.chain import STATES, counts, exit_code
from journal.cli import output, progress
from journal.entry import Entry
from journal.errors import UsageError
from journal.notebook import Notebook
from journal.safe import one_line
from journal.selection import Selection
from journal.status import verified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.sealing import Checkpoint


_UNKNOWN = "no key that policy.yaml names"


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
    verb.add_argument(
        "--checkpoint", default="", metavar="FILE",
        help="also whether the journal still extends what `journal seal` wrote; - reads stdin",
    )  # fmt: skip
    verb.add_argument(
        "--key", default="", metavar="FILE", help="whose key must have signed it: a .pub file"
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
    checkpoint = _checkpoint(notebook, args)
    verdicts = checkpoint.verdicts if checkpoint else notebook.verify()
    code = exit_code(verdicts)
    unread = [finding for finding in notebook.findings if finding.code == "unreadable"]
    if unread:
        code = code or 1  # what can't be read can't be vouched for
    verified.note(notebook.root, seen, counts(verdicts), code)
    code = max(code, checkpoint.code if checkpoint else 0)
    odd = [verdict for verdict in verdicts if verdict.state != "intact"]
    if args.json:
        shown = [verdict.record() for verdict in odd]
        answer = {"schema": "journal/verify@1", "entries": shown, "counts": counts(verdicts)}
        answer |= {"unreadable": [f.file for f in unread]} if unread else {}
        output.json(answer | ({"checkpoint": checkpoint.record()} if checkpoint else {}))
        return code
    for verdict in odd:
        if STATES[verdict.state] or args.all:
            output.verdict(verdict)
    output.tally(counts(verdicts))
    if checkpoint:
        _show_checkpoint(checkpoint)
    output.findings(notebook.findings)
    return code


def _checkpoint(notebook: Notebook, args: argparse.Namespace) -> Checkpoint | None:
    if not args.checkpoint:
        if args.key:
            raise UsageError("--key wants --checkpoint FILE", hint="journal verify --help")
        return None
    from journal import sealing

    try:
        if args.checkpoint == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(args.checkpoint, "rb") as file:
                data = file.read()
    except OSError as error:
        raise UsageError(
            f"can't be read: {error.strerror}", kind="no-file", file=args.checkpoint,
            hint="`journal seal --key KEY --out FILE` writes one",
        )  from error  # fmt: skip
    return sealing.extends(notebook, data, args.key)


def _show_checkpoint(checkpoint: Checkpoint) -> None:
    for one in checkpoint.heads:
        if one.code:
            where = f"{one.head.namespace} {one.head.writer} {one.head.seq}"
            output.write(f"{output.style(output.pad(one.state, 11), 'red')} {one_line(where)}")
            output.write(f"            {one_line(one.message)}")
    seal = checkpoint.seal
    does = "extends" if not checkpoint.code else "does NOT extend"
    many = "1 entry" if seal.entries == 1 else f"{seal.entries:,} entries"
    look = "red" if checkpoint.code else "green"
    output.write(output.style(f"{does} the seal of {one_line(seal.made)}: {many}", look))
    for who in checkpoint.signatures:
        known = f"policy.yaml has it as {who.known}'s" if who.known else _UNKNOWN
        output.write(
            f"signed by {one_line(who.name)} ({who.signer.fingerprint}: {one_line(known)})"
        )
