"""`journal dispute`."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import drafting, output
from journal.cli.listing import identify
from journal.disputes import dispute
from journal.errors import UsageError


def dispute_options(verb: argparse.ArgumentParser) -> None:
    """The options of `dispute`."""
    identify(verb)
    verb.add_argument("text", metavar="TEXT", help="what isn't so, and why; - is standard input")
    drafting.who(verb)


def do_dispute(args: argparse.Namespace) -> int:
    """Disagree with an entry."""
    with api.open(args.workspace) as journal:
        journal.catalog.catch_up()
        row = journal.catalog.named(args.id)
        if row.forgotten:
            raise UsageError(
                f"{output.short(row.id)} was forgotten: it says nothing any more",
                kind="entry-not-found", hint=f"journal show {output.short(row.id)}",
            )  # fmt: skip
        given = {"namespace": row.namespace, **drafting.given(args)}
        receipt = journal.append(dispute(row.id, drafting.text(args.text, "text"), **given))
    drafting.is_kept(receipt)
    if args.json:
        told = {"id": receipt.id, "at": receipt.at, "disputes": row.id}
        output.json({"schema": "journal/dispute@1", **told})
    elif receipt.stands:
        output.write(receipt.id)
    return 0
