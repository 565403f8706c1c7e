"""`journal list`, `show` and `tail`, and the filters that other verbs share."""

from __future__ import annotations

import argparse
from time import sleep

from journal import api
from journal.cli import output, progress
from journal.cli.complete import offer
from journal.errors import UsageError
from journal.names import KINDS
from journal.selection import Selection

_LAST = 10  # of tail
_MOST = 1_000_000_000  # entries: more than there are
_PAUSE = 0.2  # seconds between two looks of tail -f

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from journal.catalog.row import Row
    from journal.dayfile import Piece


def filters(verb: argparse.ArgumentParser) -> None:
    """The options that choose among entries."""
    verb.add_argument(
        "--since", default="", metavar="TIME", help="2026-11-21, yesterday, -7d, 'last week', …"
    )
    verb.add_argument(
        "--until", default="", metavar="TIME", help="up to and with that day, or up to that time"
    )
    for name in ("kind", "role", "actor", "session", "path", "namespace"):
        action = verb.add_argument(
            f"--{name}", default="", metavar=name.upper(), help=f"only of this {name}"
        )
        offer(action, name)
    tag = verb.add_argument(
        "--tag",
        action="append",
        metavar="TAG",
        help="only with this tag; repeated: with all of them",
    )
    offer(tag, "tag")
    verb.add_argument(
        "--git-branch", default="", metavar="BRANCH", help="only written on this git branch"
    )
    hidden = verb.add_mutually_exclusive_group()
    hidden.add_argument(
        "--forgotten", action="store_true", help="only what was forgotten, which is hidden else"
    )
    hidden.add_argument(
        "--all", action="store_true", help="also what was forgotten, and what `context` recorded"
    )
    verb.add_argument("-n", type=count, default=None, metavar="N", help="at most N")


def identify(verb: argparse.ArgumentParser) -> None:
    """The argument that names an entry."""
    words = "its id, or any unique beginning or ending of it"
    offer(verb.add_argument("id", metavar="ID", help=words), "id")


def count(text: str) -> int:
    """A number from 0 on, as an option's value."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return min(int(text), _MOST)


def list_options(verb: argparse.ArgumentParser) -> None:
    """The options of `list`."""
    filters(verb)
    verb.add_argument("--reverse", action="store_true", help="oldest of them first")


def tail_options(verb: argparse.ArgumentParser) -> None:
    """The options of `tail`."""
    filters(verb)
    verb.add_argument(
        "-f", "--follow", action="store_true", help="go on with what comes, until interrupted"
    )


def show_options(verb: argparse.ArgumentParser) -> None:
    """The options of `show`."""
    identify(verb)
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--body", action="store_true", help="the body alone, byte for byte")
    how.add_argument("--raw", action="store_true", help="the slice as it stands in the file")


def selection(args: argparse.Namespace, journal: api.Journal) -> Selection:
    """The filters that were given."""
    kind = _kind(args.kind, journal) if args.kind else ""
    since, until = times(args, journal)
    return Selection(
        since=since, until=until, kind=kind, role=args.role, actor=args.actor,
        tags=tuple(args.tag or ()), session=args.session, path=args.path,
        namespace=args.namespace, git_branch=args.git_branch,
        forgotten="only" if args.forgotten else "also" if args.all else "",
    )  # fmt: skip


def times(
    args: argparse.Namespace, journal: api.Journal
) -> tuple[datetime | None, datetime | None]:
    """What `--since` and `--until` mean, the latter exclusive; UsageError `bad-time`."""
    if not args.since and not args.until:
        return None, None
    from journal import clock

    zone, now = clock.zone(journal.timezone), clock.now()
    try:
        since = clock.parse_since(args.since, zone, now) if args.since else None
        return since, clock.parse_until(args.until, zone, now) if args.until else None
    except ValueError as error:
        hint = "for example: --since -7d"
        raise UsageError(str(error), kind="bad-time", hint=hint) from error


def _kind(wanted: str, journal: api.Journal) -> str:
    """The kind that is meant; UsageError if no entry can be of it."""
    if wanted.lower() in KINDS:
        return wanted.lower()
    if wanted in journal.kinds():  # of a later version, or typed by hand
        return wanted
    raise UsageError(
        f"no entry is of the kind {wanted!r}", kind="unknown-kind", hint=", ".join(sorted(KINDS))
    )


def do_list(args: argparse.Namespace) -> int:
    """Entries, newest first."""
    journal = api.open(args.workspace, progress.reading)
    wanted = selection(args, journal)
    rows: Iterable[Row] = journal.rows(wanted, args.n)
    if args.reverse:
        rows = list(rows)[::-1]
    if args.json:
        total = journal.catalog.count(wanted)
        shown = [row.record() for row in rows]
        output.json({"schema": "journal/list@1", "entries": shown, "total": total})
    else:
        output.rows(rows)
    output.findings(journal.findings())
    return 0


def do_tail(args: argparse.Namespace) -> int:
    """The last entries, oldest of them first, and then what comes."""
    journal = api.open(args.workspace, progress.reading)
    wanted = selection(args, journal)
    journal.catalog.catch_up()
    new = journal.follow(wanted) if args.follow else None
    last = list(journal.catalog.rows(wanted, _LAST if args.n is None else args.n))[::-1]
    _tell(journal, last, as_json=args.json)
    output.findings(journal.findings())
    shown = {row.id for row in last}  # it may hold what came since `new` was made
    while new:
        if rows := [row for row in new.look() if row.id not in shown]:
            _tell(journal, rows, as_json=args.json)
        shown = set()
        sleep(_PAUSE)
    return 0


def _tell(journal: api.Journal, rows: list[Row], *, as_json: bool) -> None:
    """Entries as lines; in JSON with their texts, an object a line."""
    if as_json:
        for row, piece in journal.read(rows):
            output.json({"schema": "journal/tail@1", "entry": _whole(row, piece)})
    else:
        output.rows(rows)
    output.flush()


def do_show(args: argparse.Namespace) -> int:
    """One entry."""
    journal = api.open(args.workspace, progress.reading)
    row, piece = journal.look(args.id)
    forgotten = journal.catalog.forgotten(row.id) if row.forgotten else None
    if args.raw:
        output.write_bytes(piece.raw)
    elif args.body:
        output.write_bytes(piece.body)
    elif args.json:
        by: dict[str, Any] = {"forgotten": forgotten.record()} if forgotten else {}
        if now := _git_now(journal, row):
            by["git_now"] = now
        output.json({"schema": "journal/show@1", "entry": _whole(row, piece)} | by)
    else:
        if forgotten:
            output.write(output.forgotten(row, forgotten))
        output.write(output.entry_head(row, _git_now(journal, row)) + "\n")
        texts = (piece.body, piece.postscript)
        output.body(*(text.decode(errors="replace") for text in texts))
        here = (row.file, row.line)
        output.findings(f for f in journal.findings() if (f.file, f.line) == here)
    return 0


def _git_now(journal: api.Journal, row: Row) -> str:
    """What git has made of the commit that the entry is anchored to; mostly nothing."""
    if not row.git:
        return ""
    from journal import rewrites

    told = journal.catalog.tagged("event", rewrites.TAG)
    return rewrites.fold(told).anchored(row.git) if told else ""


def _whole(row: Row, piece: Piece) -> dict[str, Any]:
    shown = row.record() | {"body": piece.body.decode(errors="replace")}
    if piece.postscript:
        shown["postscript"] = piece.postscript.decode(errors="replace")
    return shown
