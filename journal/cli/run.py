"""`journal run`: a command recorded as a conversation."""

from __future__ import annotations

import argparse
import os
import sys

from journal import space
from journal.cli import arriving, options, output
from journal.cli.report import say
from journal.clock import now
from journal.conversation import said
from journal.errors import UsageError
from journal.names import NAME, SLUG, is_name, is_slug
from journal.recording import pen
from journal.recording.round import Outcome, record

SESSION = options.SESSION_IN


def run_options(verb: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    verb.add_argument(
        "--session", metavar="NAME", help=f"(default: {SESSION}, else the command and the time)"
    )
    verb.add_argument("--namespace", metavar="NAME", default="", help="(default: the first)")
    verb.add_argument(
        "--title", metavar="TEXT", default="", help="of the entry that it begins with"
    )
    verb.add_argument(
        "--no-input", action="store_true", help="record no keys, only what is printed"
    )
    verb.add_argument(
        "--full", action="store_true", help="attach what is shown only in part: long output"
    )
    verb.add_argument(
        "command", nargs=argparse.REMAINDER, metavar="-- COMMAND …", help="what to run"
    )


def do_run(args: argparse.Namespace) -> int:
    """Run a command, and record it."""
    words = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not words:
        raise UsageError("there is no command to run", hint="journal run -- python3 -q")
    root, namespace = space.find(args.workspace), _namespace(args.namespace)
    recording = pen.Recording(
        root=root,
        words=tuple(words),
        session=_session(args.session, words[0]),
        namespace=namespace,
        title=args.title,
        keys=not args.no_input,
        full=args.full,
    )
    arriving.arrive_at(root, namespace)
    sys.stdout.flush()
    # With --json stdout has one object and nothing else, so what the command prints is elsewhere.
    outcome = record(recording, 2 if args.json else 1)
    if args.json:
        output.json(_record(recording, outcome))
    _tell(outcome)
    if not outcome.recorded["disabled"]:
        arriving.depart_from(root, namespace)
        arriving.render(root)
    return outcome.exit


def _session(given: str | None, word: str) -> str:
    name = given if given is not None else os.environ.get(SESSION, "")
    if name or given is not None:
        if not is_name(name):
            where = "--session" if given is not None else SESSION
            raise UsageError(f"{where}: {name!r} is no name", kind="bad-name", hint=NAME)
        return name
    command = said.session(os.path.basename(word))[:32].rstrip(".") or "run"
    return f"{command}-{now().astimezone():%Y%m%d-%H%M%S}-{os.urandom(2).hex()}"


def _namespace(given: str) -> str:
    if given and not is_slug(given):
        raise UsageError(f"--namespace: {given!r} is no name", kind="bad-name", hint=SLUG)
    return given


def _record(recording: pen.Recording, outcome: Outcome) -> dict[str, object]:
    return {
        "schema": "journal/run@1",
        "command": [os.fsencode(word).decode(errors="replace") for word in recording.words],
        "session": recording.session,
        "namespace": recording.namespace,
        "exit": outcome.exit,
        "signal": outcome.signal,
        **outcome.recorded,
    }


def _tell(outcome: Outcome) -> None:
    """What the recording has to say on stderr: only what went otherwise than asked."""
    found = outcome.recorded
    for notice in found["notices"]:
        say(f"journal: {notice}")
    if found["disabled"]:
        say(f"journal: {pen.DISABLED}")
    for trouble in found["trouble"]:
        say(f"journal: {trouble}")
    if found["failed"]:
        kept = found["waiting"]
        what = "1 entry" if found["failed"] == 1 else f"{found['failed']:,} entries"
        where = "it waits" if kept == 1 else f"{kept:,} wait"
        say(
            f"journal: {what} could not be appended"
            + (f"; {where} in the dead letters" * bool(kept))
        )
        say("  `journal status` shows them" if kept else "  `journal doctor` may tell why")
