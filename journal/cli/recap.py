"""`journal recap`."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import output, progress
from journal.cli.complete import offer
from journal.selection import Selection


def recap_options(verb: argparse.ArgumentParser) -> None:
    """The options of `recap`."""
    verb.add_argument(
        "--since", default="", metavar="TIME",
        help="2026-11-21, yesterday, -7d, … (default: the week that ends with the newest entry)",
    )  # fmt: skip
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    for name, words in (
        ("actor", "only what this one did: an actor, or a role where no actor is named"),
        ("session", "only in this session, whenever it was"),
        ("namespace", "which of the workspace's journals (default: the first)"),
    ):
        offer(verb.add_argument(f"--{name}", default="", metavar="NAME", help=words), name)
    verb.add_argument("--all", action="store_true", help="each line, also of many alike")


def do_recap(args: argparse.Namespace) -> int:
    """An account of who did what, on stdout."""
    from journal.cli.listing import times
    from journal.recapping import recap

    with api.open(args.workspace, progress.reading) as journal:
        since, until = times(args, journal)
        found = recap(
            journal,
            Selection(
                since=since, until=until, actor=args.actor, session=args.session,
                namespace=args.namespace,
            ),
        )  # fmt: skip
        findings = journal.findings()
    if args.json:
        output.json({"schema": "journal/recap@1", **found.record()})
    elif output.is_terminal():
        output.body(found.text(every=args.all), "")
    else:
        output.write(found.text(every=args.all).removesuffix("\n"))
    output.findings(findings)
    return 0
