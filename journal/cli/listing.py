"""`journal list` and `show`, and the filters that other verbs share."""

from __future__ import annotations

import argparse
from itertools import islice

from journal import clock
from journal.cli import output
from journal.entry import Entry
from journal.errors import UsageError
from journal.notebook import Notebook
from journal.selection import Selection


def filters(verb: argparse.ArgumentParser) -> None:
    """The options that choose among entries."""
    verb.add_argument(
        "--since", default="", metavar="TIME", help="2026-11-21, yesterday, -7d, 'last week', …"
    )
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    for name in ("kind", "role", "actor", "session", "path", "namespace"):
        verb.add_argument(
            f"--{name}", default="", metavar=name.upper(), help=f"only of this {name}"
        )
    verb.add_argument(
        "--tag",
        action="append",
        metavar="TAG",
        help="only with this tag; repeated: with all of them",
    )
    verb.add_argument(
        "--git-branch", default="", metavar="BRANCH", help="only written on this git branch"
    )
    verb.add_argument("-n", type=_count, default=None, metavar="N", help="at most N")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)


def list_options(verb: argparse.ArgumentParser) -> None:
    """The options of `list`."""
    filters(verb)
    verb.add_argument("--reverse", action="store_true", help="oldest of them first")


def show_options(verb: argparse.ArgumentParser) -> None:
    """The options of `show`."""
    verb.add_argument("id", metavar="ID", help="its id, or any unique beginning or ending of it")
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--body", action="store_true", help="the body alone, byte for byte")
    how.add_argument("--raw", action="store_true", help="the slice as it stands in the file")


def selection(args: argparse.Namespace, notebook: Notebook) -> Selection:
    """The filters that were given."""
    zone, now = notebook.store.zone, clock.now()
    try:
        since = clock.parse_since(args.since, zone, now) if args.since else None
        until = clock.parse_until(args.until, zone, now) if args.until else None
    except ValueError as error:
        raise UsageError(str(error), kind="bad-time", hint="for example: --since -7d") from error
    return Selection(
        since=since, until=until, kind=args.kind, role=args.role, actor=args.actor,
        tags=tuple(args.tag or ()), session=args.session, path=args.path,
        namespace=args.namespace, git_branch=args.git_branch,
    )  # fmt: skip


def do_list(args: argparse.Namespace) -> int:
    """Entries, newest first."""
    notebook = Notebook.open(args.workspace)
    found = notebook.entries(selection(args, notebook))
    if args.reverse or args.json:
        entries = list(islice(found, args.n))
        cut = args.n is not None and next(found, None) is not None
        if args.reverse:
            entries.reverse()
        if args.json:
            _list_json(entries, cut)
        else:
            output.rows(entries)
    else:
        output.rows(islice(found, args.n))
    output.findings(notebook.findings)
    return 0


def _list_json(entries: list[Entry], cut: bool) -> None:
    shown = [entry.record() for entry in entries]
    output.json(
        {"schema": "journal/list@1", "entries": shown, "total": None if cut else len(shown)}
    )


def do_show(args: argparse.Namespace) -> int:
    """One entry."""
    notebook = Notebook.open(args.workspace)
    entry = notebook.find(args.id)
    if args.raw:
        output.write_bytes(notebook.raw(entry))
    elif args.body:
        output.write_bytes(entry.body.encode())
    elif args.json:
        output.json({"schema": "journal/show@1", "entry": entry.record(body=True)})
    else:
        output.write(output.entry_head(entry) + "\n")
        output.body(entry)
        here = (entry.source.file, entry.source.line)
        output.findings(f for f in notebook.findings if (f.file, f.line) == here)
    return 0
