"""`journal session`: start, end, list, show and reset; restore, checkpoint and prune lie beside."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from journal import api
from journal.anchor import anchor
from journal.cli import actions, arriving, asking, output, progress, session_output
from journal.cli.complete import offer
from journal.cli.listing import count
from journal.cli.report import say
from journal.cli.session_output import entries, when
from journal.errors import UsageError
from journal.resuming import (
    branch_of,
    holds,
    open_sessions,
    standing,
    stands,
    unknown,
    which,
    writes_to,
)
from journal.resuming.beginning import begin, begin_anew, finish, go_on
from journal.safe import safe_text
from journal.sessions import RESUMED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from journal.catalog.row import Row
    from journal.entry import Receipt
    from journal.resuming.beginning import Begun
    from journal.sessions import Session

_ACTIONS = {
    "start": "begin a session, or go on with one, and print its name",
    "end": "end a session, with what there is to say at its end",
    "list": "list sessions, the one that spoke last first",
    "show": "show how a session stands, and its last turns",
    "reset": "let a session begin anew: what was said stays, but isn't restored any more",
    "restore": "give the messages of a session back, in order, for any model",
    "checkpoint": "keep a state of a session: any JSON, whole or as a difference",
    "prune": "purge the states of sessions that nobody needs any more",
}
_BESIDE = ("restore", "checkpoint", "prune")
_MOST = 20  # sessions of `list`
_TURNS = 10  # of `show`
_READ = 1 << 20


def session_options(verb: argparse.ArgumentParser) -> None:
    """The actions, each with its options."""
    found = actions.add(verb, _ACTIONS)
    _start_options(found["start"])
    for name, words in (("end", "what there is to say"), ("reset", "why")):
        offer(found[name].add_argument("name", nargs="?", default="", metavar="NAME"), "session")
        found[name].add_argument(
            "--message", default="", metavar="TEXT", help=f"{words}; - reads standard input"
        )
        _named(found[name])
        _written(found[name])
    some = found["list"]
    some.add_argument("--all", action="store_true", help=f"every session, not only {_MOST}")
    some.add_argument("-n", type=count, default=_MOST, metavar="N", help="at most N")
    _spaced(some, "only of this namespace")
    one = found["show"]
    offer(one.add_argument("name", nargs="?", default="", metavar="NAME"), "session")
    one.add_argument("-n", type=count, default=_TURNS, metavar="N", help="its last N turns")
    one.add_argument("--all", action="store_true", help="every turn")
    offer(one.add_argument("--path", default="", metavar="PATH", help="only turns on it"), "path")
    _named(one)
    for name in _BESIDE:
        getattr(_beside(), f"{name}_options")(found[name])


def _start_options(start: argparse.ArgumentParser) -> None:
    start.add_argument(
        "name", nargs="?", default="", metavar="NAME", help="(default: git's branch and the day)"
    )
    how = start.add_mutually_exclusive_group()
    how.add_argument(
        "--resume",
        action="store_true",
        help="go on with that session, ended or not; without NAME with an open one: the newest on"
        " git's branch, else the newest",
    )
    how.add_argument(
        "--new", action="store_true", help="begin a new one, and ask nothing about open ones"
    )
    _written(start)
    _spaced(start, "(default: the first)")


def _named(action: argparse.ArgumentParser) -> None:
    option = action.add_argument(
        "--session", default="", metavar="NAME", help="which (default: JOURNAL_SESSION)"
    )
    offer(option, "session")
    _spaced(action, "(default: the first)")


def _written(action: argparse.ArgumentParser) -> None:
    action.add_argument("--actor", default="", metavar="NAME", help="who does it")


def _spaced(action: argparse.ArgumentParser, words: str) -> None:
    offer(action.add_argument("--namespace", default="", metavar="NAME", help=words), "namespace")


def _beside() -> ModuleType:
    from journal.cli import checkpoint

    return checkpoint


def do_session(args: argparse.Namespace) -> int:
    """One action."""
    if args.action in _BESIDE:
        code: int = getattr(_beside(), f"do_{args.action}")(args)
        return code
    if args.action in ("list", "show"):
        with api.open(args.workspace, progress.reading) as journal:
            return (
                session_output.listed(journal, args)
                if args.action == "list"
                else _show(journal, args)
            )
    with asking.opened(args.workspace) as journal:
        if args.action == "start":
            arriving.arrive(journal, args.namespace)
            return _start(journal, args)
        return _end(journal, args) if args.action == "end" else _reset(journal, args)


def _show(journal: api.Journal, args: argparse.Namespace) -> int:
    name = which(journal, _one(args), args.namespace)
    standing = stands(journal, name, args.namespace)
    if not standing:
        raise unknown(journal, name, args.namespace)
    return session_output.shown(journal, standing, args)


def _one(args: argparse.Namespace) -> str:
    """The session that is named, be it by a word or by the option."""
    if args.name and args.session and args.name != args.session:
        raise UsageError("give NAME or --session, not both", hint="leave one of them out")
    return str(args.name or args.session)


def _start(journal: api.Journal, args: argparse.Namespace) -> int:
    given = {"namespace": args.namespace, "actor": args.actor}
    if args.resume:
        begun = go_on(journal, args.name, **given)
    elif wanted := "" if args.name or args.new else _offered(journal, args):
        begun = go_on(journal, wanted, **given)
    else:
        if args.name and args.new and stands(journal, args.name, args.namespace):
            message = f"there is a session {args.name} already"
            raise UsageError(message, kind="session-exists", hint="take another name, or no --new")
        begun = begin(journal, args.name, **given)
    _notice(journal, begun.receipt)
    if args.json:
        output.json({"schema": "journal/session-start@1", **_record(journal, begun)})
        return 0
    _tell(journal, begun, quiet=args.new or _asks(args))  # who was asked knows of the others
    output.write(begun.session)
    return 0


def _offered(journal: api.Journal, args: argparse.Namespace) -> str:
    """The open session that the person at the terminal wants to go on with; "" for a new one."""
    if not _asks(args):
        return ""
    found = open_sessions(journal, args.namespace)
    if not found:
        return ""
    name = found[0].name
    last = next(journal.catalog.turns(found[0].namespace, name, limit=1))
    spoke = f"last entry {when(last)}{_elsewhere(journal, last)}{_more(found)}"
    sys.stderr.write(safe_text(f"go on with {name} ({spoke})? [Y/n] "))
    sys.stderr.flush()
    answer = sys.stdin.readline()
    return name if answer.strip().lower() in ("", "y", "yes") and answer else ""


def _asks(args: argparse.Namespace) -> bool:
    """Whether there is somebody who can be asked."""
    return not (args.json or args.name) and sys.stdin.isatty() and sys.stderr.isatty()


def _more(found: Sequence[Session]) -> str:
    """That others are open beside the first."""
    others = len(found) - 1
    return f"; {others:,} more {'is' if others == 1 else 'are'} open" if others else ""


def _elsewhere(journal: api.Journal, last: Row) -> str:
    """The branch that an entry was written on, if git is on another one now."""
    branch = branch_of(last.git)
    return f", on {branch}" if branch and branch != branch_of(anchor(journal.root)) else ""


def _last(journal: api.Journal, one: Session) -> str:
    """When an open session spoke last, as its entry's own clock said."""
    return next((row.at for row in journal.catalog.turns(one.namespace, one.name, limit=1)), "")


def _tell(journal: api.Journal, begun: Begun, *, quiet: bool) -> None:
    """What stderr has to say of it: only what isn't a plain new session."""
    before = begun.before
    if begun.event == RESUMED and before:
        many = entries(before.session.entries)
        how = f"goes on: {many}, the last {when(before.last)}"
        if before.ended:
            how = f"had ended {when(before.ended)}, and {how}"
        say(f"journal: {begun.session} {how}")
    elif before:
        many = entries(before.session.entries)
        say(f"journal: {begun.session} has {many} already, from {when(before.first)} on")
    for one in begun.open[:1] if not quiet else ():
        if other := standing(journal, one.name, one.namespace):
            say(
                f"journal: {one.name} is open since {when(other.first)}, last entry"
                f" {when(other.last)}{_elsewhere(journal, other.last)}{_more(begun.open)};"
                f" this is a new one: {begun.session}"
            )
            say(f"  to go on with that instead: journal session start --resume {one.name}")


def _record(journal: api.Journal, begun: Begun) -> dict[str, Any]:
    return {
        "session": begun.session,
        "namespace": begun.namespace,
        "event": begun.event,
        "id": begun.receipt.id,
        "at": begun.receipt.at,
        "entries": begun.before.session.entries if begun.before else 0,
        "open": [{"session": one.name, "last": _last(journal, one)} for one in begun.open],
    }


def _end(journal: api.Journal, args: argparse.Namespace) -> int:
    name = writes_to(_one(args))
    given = {"namespace": args.namespace, "actor": args.actor}
    receipt, before = finish(journal, name, _text(args.message), **given)
    kept = _notice(journal, receipt)
    arriving.depart(journal, args.namespace)
    if args.json:
        output.json({"schema": "journal/session-end@1", **_done(before.session, receipt)})
        return 0
    if not kept:
        say(f"journal: so {name} goes on: no entry says that it ended")
        return 0
    since = f"since {when(before.first)}"
    output.write(f"{name} has ended: {entries(before.session.entries)} {since}")
    return 0


def _reset(journal: api.Journal, args: argparse.Namespace) -> int:
    name = writes_to(_one(args))
    given = {"namespace": args.namespace, "actor": args.actor}
    receipt, before = begin_anew(journal, name, _text(args.message), **given)
    kept = _notice(journal, receipt)
    if args.json:
        output.json({"schema": "journal/session-reset@1", **_done(before.session, receipt)})
        return 0
    if not kept:
        say(f"journal: so {name} goes on as it was: no entry says that it begins anew")
        return 0
    many = entries(before.session.entries)
    output.write(f"{name} begins anew: what was before ({many}) stays, and is restored no more")
    return 0


def _done(before: Session, receipt: Receipt) -> dict[str, Any]:
    return {
        "session": before.name, "namespace": before.namespace, "id": receipt.id, "at": receipt.at,
        "entries": before.entries,
    }  # fmt: skip


def _text(given: str) -> str:
    if given != "-":
        return given
    return sys.stdin.buffer.read(_READ + 1).decode(errors="surrogateescape")


def _notice(journal: api.Journal, receipt: Receipt) -> bool:
    """Say what was not as asked with the entry; whether it says what it was to say."""
    for notice in receipt.notices:
        say(f"journal: {notice}")
    if not receipt.id:
        say("journal: nothing appended: enabled = false in journal.toml")
    return holds(journal, receipt)
