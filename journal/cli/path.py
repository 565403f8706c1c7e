"""`journal path`: branch, switch, merge, abandon and compact paths; list, show and draw them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from journal import api
from journal.cli import actions, asking, options, output, progress
from journal.cli.complete import offer
from journal.cli.listing import count
from journal.cli.report import say
from journal.errors import UsageError
from journal.resuming import holds, unknown, which, writes_to
from journal.safe import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.conversations import Conversation
    from journal.entry import Draft, Receipt
    from journal.paths.verbs import Talk

_ACTIONS = {
    "branch": "begin a new path at an entry, and go on with it",
    "switch": "go on with another path",
    "list": "list a session's paths, the one with the newest entry first",
    "show": "show what became of a path, and its entries, newest first",
    "graph": "draw what follows what, newest first",
    "merge": "take a path's conclusions into another one",
    "abandon": "give a path up, and say why; it can still be found",
    "compact": "append a summary that stands for a path so far; nothing is taken away",
}
_READING = ("list", "show", "graph")
_ENTRIES = 20  # of `show`
_ROWS = 50  # of `graph`
_LEGEND = (
    "● what was said, ◎ where the session is now, ▸ branch, ◆ merge, ✗ abandoned, ■ summary,"
    " ◇ decision, □ task, ▪ checkpoint, ○ event. ┆ stands for entries of agents and tools between"
    " two that matter; --all and --json show each."
)
_NAMED = {"branch", "switch", "show", "merge", "abandon", "compact"}


def path_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    for name, action in found.items():
        if name in _NAMED:
            named = action.add_argument("name", metavar="NAME", help="the path")
            offer(named, "path")
        _common(action, writes=name not in _READING)
    _branch_options(found["branch"])
    _merge_options(found["merge"])
    found["abandon"].add_argument("--reason", required=True, metavar="TEXT", help="why")
    found["compact"].add_argument(
        "text", nargs="?", default="-", metavar="TEXT", help="the summary (default: standard input)"
    )
    found["list"].add_argument("--all", action="store_true", help="the paths of every session")
    show, graph = found["show"], found["graph"]
    graph.epilog = _LEGEND
    show.add_argument(
        "-n", type=count, metavar="N", help=f"its last N entries (default {_ENTRIES})"
    )
    show.add_argument("--all", action="store_true", help="all, also what a summary stands for")
    graph.add_argument("-n", type=count, metavar="N", help=f"the last N (default {_ROWS})")
    graph.add_argument("--all", action="store_true", help="every entry, forgotten ones too")
    only = graph.add_argument(
        "--path", action="append", metavar="PATH", help="only this one; may be repeated"
    )
    offer(only, "path")


def _common(action: argparse.ArgumentParser, *, writes: bool) -> None:
    words = "JOURNAL_SESSION" if writes else "JOURNAL_SESSION, else the nearest"
    session = action.add_argument(
        "--session", default="", metavar="NAME", help=f"whose paths (default: {words})"
    )
    offer(session, "session")
    space = action.add_argument(
        "--namespace", default="", metavar="NAME", help="where (default: the first)"
    )
    offer(space, "namespace")
    if writes:
        action.add_argument("--actor", default="", metavar="NAME", help="who does it")


def _branch_options(branch: argparse.ArgumentParser) -> None:
    branch.add_argument("text", nargs="?", default="", metavar="TEXT", help="why, or what for")
    at = branch.add_argument(
        "--from", dest="at", default="", metavar="ID",
        help="where it begins, on any path of any session (default: the current path's end)",
    )  # fmt: skip
    offer(at, "id")
    branch.add_argument("--stay", action="store_true", help="don't go on with it yet")


def _merge_options(merge: argparse.ArgumentParser) -> None:
    merge.add_argument(
        "--conclusion", action="append", required=True, metavar="TEXT",
        help="what is taken along; may be repeated",
    )  # fmt: skip
    takes = merge.add_argument(
        "--takes", nargs="+", action="extend", default=[], metavar="ID",
        help="the entries that say so (default: the path's last one)",
    )  # fmt: skip
    offer(takes, "id")
    into = merge.add_argument(
        "--into", default="", metavar="PATH", help="into which path (default: the current one)"
    )
    offer(into, "path")


def do_path(args: argparse.Namespace) -> int:
    """One action."""
    if args.action in _READING:
        with api.open(args.workspace, progress.reading) as journal:
            return _read(journal, args)
    with asking.opened(args.workspace) as journal:
        return _write(journal, args)


def _talk(journal: api.Journal, session: str, args: argparse.Namespace) -> Conversation:
    from journal.conversations import Conversation

    return Conversation(journal, session, args.namespace)


def _current(talk: Conversation) -> str:
    return _given(talk.session) or talk.current


def _given(session: str) -> str:
    """The path that the environment names, if it is this session's."""
    return options.inherited(session).get("path", "")


def _read(journal: api.Journal, args: argparse.Namespace) -> int:
    from journal.cli import path_output

    if args.action == "list" and args.all:
        journal.catalog.catch_up()
        found = [
            _talk(journal, one.session, argparse.Namespace(namespace=one.namespace))
            for one in journal.catalog.sessions(args.namespace)
        ]
        return path_output.every(found, as_json=args.json)
    talk = _talk(journal, which(journal, args.session, args.namespace), args)
    if args.action == "list":
        return path_output.listed(talk, _current(talk), as_json=args.json)
    if args.action == "show":
        limit = args.n if args.n is not None or args.all else _ENTRIES
        return path_output.shown(talk, args.name, limit, every=args.all, as_json=args.json)
    return _graph(talk, args)


def _graph(talk: Conversation, args: argparse.Namespace) -> int:
    from journal.cli.path_graph import Drawing
    from journal.paths.verbs import Talk

    for name in args.path or ():
        if talk.last(name) is None and not args.all:  # all: forgotten entries have paths too
            Talk(talk.namespace, talk.session, talk.view().of(talk.namespace, talk.session)).path(
                name
            )
    limit = args.n if args.n is not None or args.all else _ROWS
    drawing = Drawing(talk, _current(talk), tuple(args.path or ()), every=args.all)
    return drawing.show(limit, as_json=args.json)


def _write(journal: api.Journal, args: argparse.Namespace) -> int:
    from journal.paths.verbs import Talk

    found = _talk(journal, writes_to(args.session), args)
    paths = found.view().of(found.namespace, found.session)
    if not paths:
        raise unknown(journal, found.session, found.namespace)
    talk = Talk(found.namespace, found.session, paths, _current(found), args.actor)
    acts: dict[str, Callable[[Conversation, Talk, argparse.Namespace], Draft | None]] = {
        "branch": _branch, "switch": _switch, "merge": _merge, "abandon": _abandon,
        "compact": _compact,
    }  # fmt: skip
    draft = acts[args.action](found, talk, args)
    return _done(journal, talk, args, draft)


def _branch(found: Conversation, talk: Talk, args: argparse.Namespace) -> Draft:
    from journal.paths import verbs

    at = found.last(talk.current) or found.last("main") if not args.at else None
    if args.at:
        at = found.journal.catalog.named(args.at)
    if at is None:  # nothing is on the current path yet, nor on main
        at = next(found.journal.catalog.turns(talk.namespace, talk.session, limit=1))
    return verbs.branch(talk, args.name, at, args.text, stay=args.stay)


def _switch(_: Conversation, talk: Talk, args: argparse.Namespace) -> Draft | None:
    from journal.paths import verbs

    return verbs.switch(talk, args.name)


def _merge(found: Conversation, talk: Talk, args: argparse.Namespace) -> Draft:
    from journal.paths import verbs

    takes = [found.journal.catalog.named(one).id for one in args.takes]
    return verbs.merge(talk, args.name, args.conclusion, takes, args.into)


def _abandon(_: Conversation, talk: Talk, args: argparse.Namespace) -> Draft:
    from journal.paths import verbs

    return verbs.abandon(talk, args.name, args.reason)


def _compact(_: Conversation, talk: Talk, args: argparse.Namespace) -> Draft:
    from journal.paths import verbs

    path = talk.path(args.name)
    covered = verbs.Covered(path.first, path.last, path.entries)
    verbs.compact(talk, args.name, "-", covered)  # whether it may be, before a text is typed
    return verbs.compact(talk, args.name, _text(args.text), covered)


def _text(given: str) -> str:
    if given != "-":
        return given
    if sys.stdin.isatty():
        raise UsageError(
            "there is no summary", kind="nothing-to-append", hint="give it as TEXT, or pipe it in"
        )
    from journal.seal import MAX_BODY

    return sys.stdin.buffer.read(MAX_BODY + 1).decode(errors="surrogateescape")


def _holds(journal: api.Journal, receipt: Receipt, action: str) -> bool:
    """Whether the entry does what it was to do; a summary without its text stands for nothing."""
    return holds(journal, receipt) and not (receipt.withheld and action == "compact")


def _done(journal: api.Journal, talk: Talk, args: argparse.Namespace, draft: Draft | None) -> int:
    """Append it, and say where the session is now."""
    receipt = journal.append(draft) if draft else None
    kept = receipt is not None and _holds(journal, receipt, args.action)
    switched = draft.fields.get("switched", "") if draft and kept else ""
    current = str(switched) or talk.current
    if receipt and not receipt.id:
        say("journal: nothing appended: enabled = false in journal.toml")
    for notice in receipt.notices if receipt else ():
        say(f"journal: {notice}")
    given = _given(talk.session)
    is_overridden = bool(given and switched and given != switched)
    if is_overridden:
        say(f"journal: {options.PATH_IN}={given} still holds here: unset {options.PATH_IN}")
    if args.json:
        told = {
            "action": args.action, "namespace": talk.namespace, "session": talk.session,
            "path": args.name, "current_path": current, "id": receipt.id if receipt else "",
            "at": receipt.at if receipt else "",
        }  # fmt: skip
        output.json({"schema": "journal/path@1", **told})
    elif receipt and not kept:
        say(f"journal: so {current} is still the current path, and nothing else has changed")
    else:
        said = one_line(draft.title if draft else f"Already on {current}")
        if args.action == "branch":
            said = said.removesuffix(f": {args.text.strip()}")  # they know why
        says = switched and args.action != "switch" and not is_overridden
        output.write(f"{said.removesuffix('.')}; now on {current}" if says else said)
    return 0
