"""`journal dispute`."""

from __future__ import annotations

import argparse

from journal.cli import asking, drafting, output
from journal.cli.listing import identify
from journal.disputes import dispute
from journal.named import check_said


def dispute_options(verb: argparse.ArgumentParser) -> None:
    """The options of `dispute`."""
    identify(verb)
    verb.add_argument("text", metavar="TEXT", help="what isn't so, and why; - is standard input")
    drafting.who(verb)


def do_dispute(args: argparse.Namespace) -> int:
    """Disagree with an entry."""
    with asking.opened(args.workspace) as journal:
        journal.catalog.catch_up()
        row = journal.catalog.named(args.id)
        check_said(row)
        given = {"namespace": row.namespace, **drafting.given(args)}
        receipt = journal.append(dispute(row.id, drafting.text(args.text, "text"), **given))
    drafting.is_kept(receipt)
    if args.json:
        told = {"id": receipt.id, "at": receipt.at, "kept": receipt.stands, "disputes": row.id}
        output.json({"schema": "journal/dispute@1", **told})
    elif receipt.stands:
        output.write(receipt.id)
    return 0
