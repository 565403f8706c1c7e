"""`journal audit`: who did what, with which verdict, on whose approval."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import output, progress
from journal.cli.complete import offer
from journal.cli.report import say
from journal.errors import UsageError
from journal.safe import columns, one_line
from journal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.auditing import Line

_WHO, _VERB, _SHOWN, _NARROW, _LEAST = 14, 10, 3, 72, 8
_LOOKS = {"approved": "green", "self-approved": "green", "pending": "yellow", "not-gated": "dim"}


def audit_options(verb: argparse.ArgumentParser) -> None:
    """The options of `audit`."""
    from journal.auditing import VERBS

    verb.add_argument(
        "--since", default="", metavar="TIME", help="2026-11-21, yesterday, -7d, 'last week', …"
    )
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    who = verb.add_argument(
        "--actor", default="", metavar="NAME",
        help="only what this one did or approved: an actor, a role, a writer",
    )  # fmt: skip
    offer(who, "actor")
    verb.add_argument(
        "--verb", dest="deed", default="", metavar="VERB", help=f"only this: {', '.join(VERBS)}"
    )
    space = verb.add_argument(
        "--namespace", default="", metavar="NAME", help="where (default: everywhere)"
    )
    offer(space, "namespace")


def do_audit(args: argparse.Namespace) -> int:
    """A line for each deed, the newest last."""
    from journal.auditing import VERBS, audit
    from journal.cli.listing import times

    if args.deed and args.deed not in VERBS:
        raise UsageError(
            f"an audit tells of no verb {args.deed!r}", kind="no-such-verb", hint=", ".join(VERBS)
        )
    with api.open(args.workspace, progress.reading) as journal:
        since, until = times(args, journal)
        wanted = Selection(since=since, until=until, namespace=args.namespace)
        found = audit(journal, wanted, name=args.actor, verb=args.deed)
        findings = journal.findings()
    if args.json:
        lines = [line.record() for line in found.lines]
        output.json({"schema": "journal/audit@1", "lines": lines, "strange": list(found.strange)})
    else:
        for line in found.lines:
            output.write(_line(line))
        if not found.lines and output.is_terminal():
            output.write("nothing was done that an audit tells of")
    if found.strange:
        some = ", ".join(map(output.short, found.strange[:_SHOWN]))
        say(f"journal: {len(found.strange)} steps of reviews that are not here: {some}")
    output.findings(findings)
    return 0


def _line(line: Line) -> str:
    """When, the entry, the verb, who, what, and the verdict with the entry that says so."""
    verdict = line.verdict
    look = "red" if verdict.trouble else _LOOKS.get(verdict.status, "red")
    words = one_line(verdict.words)
    if verdict.says != line.id:
        words += f" [{output.short(verdict.says)}]"
    if line.workspace:
        words += f", in {one_line(line.workspace)}"
    wide = output.width()
    when = one_line(line.at[:16].replace("T", " "))
    cells = [
        (when[5:] if 0 < wide < _NARROW else when, "dim"),
        (output.short(line.id), "yellow"),
        (output.pad(one_line(line.verb, _VERB), _VERB), "cyan"),
        (output.pad(one_line(line.who, _WHO), _WHO), ""),
    ]
    lead = sum(columns(text) + 2 for text, _ in cells)
    what = one_line(_what(line), max(_LEAST, wide - lead) if wide else None)
    cells += [(what, "")] if what else []
    lead += columns(what) + 2 * bool(what)
    # A person reads a verdict that doesn't fit on a line of its own.
    gap = "\n    " if 0 < wide < lead + columns(words) else "  "
    return "  ".join(output.style(*cell) for cell in cells) + gap + output.style(words, look)


def _what(line: Line) -> str:
    """What it was done to: ids as people type them, other names as they are."""
    from journal.ids import is_id

    named = [output.short(one) if is_id(one) else one for one in line.about]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return ", ".join(named[:_SHOWN]) + more or line.title
