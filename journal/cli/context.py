"""`journal context`."""

from __future__ import annotations

import argparse
import os

from journal import api
from journal.cli import options, output, progress
from journal.cli.complete import offer
from journal.cli.report import say
from journal.context import MAX_BYTES, Context, compose, record

_LEAST = 512  # bytes: less has no room for headings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def context_options(verb: argparse.ArgumentParser) -> None:
    """The options of `context`."""
    session = "the session (else JOURNAL_SESSION, else the one nearest to git's HEAD)"
    offer(verb.add_argument("--session", default="", metavar="NAME", help=session), "session")
    path = "its line of conversation (else JOURNAL_PATH, else its current one)"
    offer(verb.add_argument("--path", default="", metavar="NAME", help=path), "path")
    verb.add_argument(
        "--query", default="", metavar="TEXT",
        help="what recall finds for this, too; that takes a moment longer",
    )  # fmt: skip
    verb.add_argument(
        "--max-bytes", type=_bytes, default=MAX_BYTES, metavar="N",
        help=f"at most N bytes of text (default {MAX_BYTES:,})",
    )  # fmt: skip
    namespace = "which of the workspace's journals (default: the first)"
    offer(verb.add_argument("--namespace", default="", metavar="NAME", help=namespace), "namespace")
    verb.add_argument(
        "--record", action="store_true",
        help="append an entry that says what was told; `journal list --all` shows it",
    )  # fmt: skip


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    if int(text) < _LEAST:
        raise argparse.ArgumentTypeError(f"{text} bytes have no room for it: {_LEAST} at least")
    return int(text)


def do_context(args: argparse.Namespace) -> int:
    """What an agent should be told now, on stdout, whatever there is."""
    journal = api.open(args.workspace, progress.reading)
    session, path = _conversation(journal, args)
    context = compose(
        journal, session=session, namespace=args.namespace, path=path, query=args.query,
        max_bytes=args.max_bytes,
    )  # fmt: skip
    recorded = _recorded(journal, context) if args.record else ""
    if args.json:
        told: dict[str, Any] = {"schema": "journal/context@1", **context.record()}
        output.json(told | ({"recorded": recorded} if args.record else {}))
    else:
        output.write(context.text().removesuffix("\n"))
    output.findings([*journal.findings(), *context.notices])
    return 0


def _conversation(journal: api.Journal, args: argparse.Namespace) -> tuple[str, str]:
    """The session and the path that are asked for; empty is whatever there is.

    The environment's path is one of the environment's session.
    """
    env = os.environ.get(options.SESSION_IN, "")
    path = os.environ.get(options.PATH_IN, "") if args.session in ("", env) else ""
    if not (args.session or env):
        return "", args.path or path
    from journal.resuming import which

    return which(journal, args.session, args.namespace), args.path or path


def _recorded(journal: api.Journal, context: Context) -> str:
    """The id of the entry that says what was told, and a word of it on stderr."""
    receipt = record(journal, context)
    if receipt.id:
        say(f"journal: recorded as {receipt.id}")
    else:
        say("journal: not recorded: the journal is switched off")
    for notice in receipt.notices:
        say(f"journal: {notice}")
    return receipt.id
