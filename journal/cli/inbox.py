"""`journal inbox`: packs that were put into `inbox/` are imported."""

from __future__ import annotations

import argparse

from journal.cli import asking, inbox_output
from journal.cli.progress import Bar
from journal.packing import inbox


def inbox_options(verb: argparse.ArgumentParser) -> None:
    """The options of `inbox`."""
    verb.add_argument(
        "--dry-run", action="store_true", help="say what would come; write and move nothing"
    )


def do_inbox(args: argparse.Namespace) -> int:
    """Import the inbox."""
    bar = Bar("Importing")
    with asking.opened(args.workspace) as journal:
        try:
            found = inbox.take_in(journal, dry_run=args.dry_run, progress=bar)
        finally:
            bar.clear()
    inbox_output.taken_in(found, dry_run=args.dry_run, as_json=args.json)
    codes = [one.error.code for one in found if one.error]
    return max(codes, default=0)
