"""`journal session restore`, `checkpoint` and `prune`: what was said, and states that are kept."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from journal import api, resuming
from journal.cli import asking, leftovers, options, output, progress
from journal.cli.complete import offer
from journal.cli.fast import file_body
from journal.cli.listing import count
from journal.cli.report import say
from journal.errors import UsageError
from journal.safe import one_line, safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.catalog.row import Row
    from journal.checkpoints.pruning import Prunable
    from journal.checkpoints.saving import Saved

KEEP_CHECKPOINTS, KEEP_DAYS = 24, 30


def restore_options(action: argparse.ArgumentParser) -> None:
    """The options of `restore`."""
    _of_session(action)
    offer(_path(action, "whose line (default: the current path)"), "path")
    bounds = (
        ("messages", "at most N messages, the newest"),
        ("bytes", "at most N bytes of text in UTF-8"),
        ("tokens", "at most about N tokens: a quarter of the bytes, and 4 a message"),
    )
    for name, words in bounds:
        action.add_argument(f"--max-{name}", type=count, metavar="N", help=words)
    action.add_argument(
        "--all", action="store_true", help="from the beginning, and what was compacted too"
    )
    action.add_argument(
        "--state", action="store_true", help="the state that the latest checkpoint kept, as JSON"
    )
    at = action.add_argument(
        "--at", default="", metavar="ID", help="with --state: as it was as of this entry"
    )
    offer(at, "id")


def _of_session(action: argparse.ArgumentParser) -> None:
    words = f"the session (default: {options.SESSION_IN})"
    offer(action.add_argument("name", nargs="?", default="", metavar="NAME", help=words), "session")
    _common(action)


def _common(action: argparse.ArgumentParser) -> None:
    words = f"which (default: {options.SESSION_IN})"
    named = action.add_argument("--session", default="", metavar="NAME", help=words)
    offer(named, "session")
    words = "which of the workspace's journals (default: the first)"
    found = action.add_argument("--namespace", default="", metavar="NAME", help=words)
    offer(found, "namespace")


def _path(action: argparse.ArgumentParser, words: str) -> argparse.Action:
    return action.add_argument("--path", default="", metavar="NAME", help=words)


def do_restore(args: argparse.Namespace) -> int:
    """The conversation in order, or the state that a checkpoint kept."""
    from journal.cli import restore_output
    from journal.restore import Budget, restore

    if args.at and not args.state:
        raise UsageError("--at goes with --state", hint="journal session restore --state --at ID")
    with api.open(args.workspace, progress.reading) as journal:
        session = resuming.which(journal, _name(args), args.namespace)
        path = args.path or _inherited_path(session)
        if args.state:
            return _state(journal, session, path, args)
        budget = Budget(args.max_messages, args.max_bytes, args.max_tokens)
        found = restore(
            journal, session, namespace=args.namespace, path=path, budget=budget, every=args.all
        )
        if args.json:
            from journal.checkpoints.reach import checkpoints

            rows = checkpoints(journal, session, found.namespace, found.path, every=args.all)
            latest = next(rows, None)
            output.json(restore_output.record(found, latest.id if latest else ""))
        else:
            restore_output.dialogue(found)
        output.findings(journal.findings())
    return 0


def _name(args: argparse.Namespace) -> str:
    """The session that is named, in whichever way."""
    if args.name and args.session and args.name != args.session:
        raise UsageError("give NAME or --session, not both", hint="leave one of them out")
    return str(args.name or args.session)


def _inherited_path(session: str) -> str:
    """The path that the environment names, if it is this session's."""
    return options.inherited(session).get("path", "")


def _state(journal: api.Journal, session: str, path: str, args: argparse.Namespace) -> int:
    from journal import checkpoints
    from journal.checkpoints.written import pretty
    from journal.finding import Finding

    broken: list[Finding] = []
    try:
        row, state = checkpoints.at(
            journal, session, args.at, namespace=args.namespace, path=path, findings=broken
        )
    finally:
        output.findings(broken)
    if args.json:
        output.json(
            {
                "schema": "journal/session-state@1", "session": session,
                "namespace": row.namespace, "path": row.path or "main", "checkpoint": row.id,
                "at": row.at, "state": state,
            }
        )  # fmt: skip
    else:
        text = pretty(state)
        output.write(safe_text(text) if output.is_terminal() else text)
    return 0


def checkpoint_options(action: argparse.ArgumentParser) -> None:
    """The options of `checkpoint`."""
    words = action.add_argument(
        "paths",  # by this name the command line takes them wherever they stand
        nargs="*",
        metavar="[NAME] [FILE]",
        help=f"the session (default: {options.SESSION_IN}), and a file of JSON (default: -, which"
        " is standard input)",
    )
    offer(words, "session")
    _common(action)
    offer(_path(action, "the line that it belongs to (default: the current path)"), "path")
    action.add_argument("--actor", default="", metavar="NAME", help="which person or program")
    action.add_argument(
        "--delta", action="store_true", help="only what changed since the checkpoint before"
    )
    action.add_argument("--message", default="", metavar="TEXT", help="what to say of it")


def do_checkpoint(args: argparse.Namespace) -> int:
    """Keep a state."""
    from journal import checkpoints
    from journal.checkpoints.given import state_of

    with api.open(args.workspace, progress.reading) as journal:
        session, file = _words(journal, args.paths, args)
        data, name = _read(file)
        given = {key: getattr(args, key) for key in ("namespace", "path", "actor")}
        given["path"] = given["path"] or _inherited_path(session)
        saved = checkpoints.save(
            journal, session, state_of(data, name), delta=args.delta, message=args.message, **given
        )
    _tell_saved(saved, session, as_json=args.json)
    return 0


def _words(journal: api.Journal, words: Sequence[str], args: argparse.Namespace) -> tuple[str, str]:
    """The session and the file that are meant; one word alone may be either."""
    if len(words) > 2 - bool(args.session):
        raise UsageError("too many words", hint="journal session checkpoint NAME state.json")
    name, file = (*words, "", "")[:2]
    if not file and (args.session or _is_file(journal, name, args.namespace)):
        name, file = args.session, name
    return resuming.writes_to(name), file or "-"


def _is_file(journal: api.Journal, word: str, namespace: str) -> bool:
    """Whether a word names a file; what names neither that nor a session is told."""
    if word in ("", "-"):
        return word == "-"
    journal.catalog.catch_up()
    if any(journal.catalog.turns(namespace or journal.default_namespace, word, limit=1)):
        return False
    if os.path.isfile(word) or word.endswith(".json"):
        return True
    say(f"journal: {one_line(word)} is no file, and no session yet: it begins here")
    return False


def _read(file: str) -> tuple[bytes, str]:
    """A file's bytes, and what to call it."""
    if file != "-":
        return file_body(file), file
    if sys.stdin.isatty():
        raise UsageError(
            "there is no state to keep",
            kind="nothing-to-append",
            hint="name a file of JSON, or give it on standard input",
        )
    return sys.stdin.buffer.read(), "standard input"


def _tell_saved(saved: Saved, session: str, *, as_json: bool) -> None:
    for notice in saved.notices:
        say(f"journal: {notice}")
    if not saved.id:
        say("journal: nothing appended: enabled = false in journal.toml")
    if saved.withheld:
        say(f"journal: the state was not kept: {saved.withheld}")
    if not as_json:
        if saved.id:
            output.write(saved.id)
        return
    keys = ("id", "at", "file", "line", "seq", "digest", "durable", "state", "base", "changes")
    shown = {key: getattr(saved, key) for key in keys}
    shown |= {"withheld": saved.withheld, "redacted": list(saved.redacted)}
    output.json({"schema": "journal/session-checkpoint@1", "session": session, **shown})


def prune_options(action: argparse.ArgumentParser) -> None:
    """The options of `prune`."""
    _of_session(action)
    action.add_argument("--all", action="store_true", help="of every session")
    action.add_argument(
        "--keep", type=count, metavar="N",
        help=f"the last N of a session stay (JOURNAL_KEEP_CHECKPOINTS, else {KEEP_CHECKPOINTS})",
    )  # fmt: skip
    action.add_argument(
        "--days", type=count, metavar="N",
        help=f"those of the last N days stay (JOURNAL_KEEP_DAYS, else {KEEP_DAYS})",
    )  # fmt: skip
    action.add_argument("--dry-run", action="store_true", help="only say what would go")


def do_prune(args: argparse.Namespace) -> int:
    """Purge old checkpoints."""
    from journal.checkpoints import pruning

    name = _name(args)
    if name and args.all:
        raise UsageError("give a session or --all, not both", hint="leave one of them out")
    session = "" if args.all else resuming.writes_to(name)
    with asking.opened(args.workspace, progress.reading) as journal:
        namespace = args.namespace or ("" if args.all else journal.default_namespace)
        keeping = pruning.keeping(journal.root, args.keep, args.days)
        found = pruning.due(journal, keeping, session, namespace)
        done = []
        if not args.dry_run:
            done = pruning.prune(journal, found.due, progress=progress.Bar("Purging"))
        left, commands = leftovers.reached(journal, done)
    gone = {one.planned.stroke.id for one in done}  # somebody may have written in one meanwhile
    wanted = [one.row for one in found.due if args.dry_run or one.row.id in gone]
    kept = found.kept + len(found.due) - len(wanted)
    if args.json:
        output.json(
            {
                "schema": "journal/session-prune@1", "dry_run": args.dry_run, "session": session,
                "keep": keeping.checkpoints.value, "days": keeping.days.value,
                "purged": [
                    {"id": row.id, "at": row.at, "session": row.session} for row in wanted
                ],
                "kept": kept, "needed": found.needed, "typed": found.typed,
                "left": left, "history": commands,
            }
        )  # fmt: skip
        return 0
    _tell_pruned(wanted, kept, dry=args.dry_run)
    _tell_why(found)
    leftovers.warn(left, commands)
    return 0


def _tell_pruned(wanted: Sequence[Row], kept: int, *, dry: bool) -> None:
    for row in wanted:
        output.write(output.row(row))
    many = "1 checkpoint" if len(wanted) == 1 else f"{len(wanted):,} checkpoints"
    stay = "1 stays" if kept == 1 else f"{kept:,} stay"
    output.write(f"{many} {'would be purged' if dry else 'purged'}, {stay}")


def _tell_why(found: Prunable) -> None:
    """Why more stay than were asked for, on stderr."""
    if found.needed:
        say(f"journal: {found.needed:,} of them only because later deltas are read by them")
    if found.typed:
        say(f"journal: {found.typed:,} of them only because somebody wrote in or under them")
