"""`journal watch`: transcripts are imported as they grow."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from journal import clock, importers
from journal.cli import asking, output
from journal.cli.imports import common_options, options_of
from journal.cli.report import from_system, report, say
from journal.errors import JournalError, UsageError
from journal.importers.port import Importer
from journal.importing import Round
from journal.importing.brought import Brought
from journal.safe import one_line
from journal.watching import INTERVAL, Watching

# The first whose files a folder holds counts; where any name would do, they begin with such words.
_GUESSED = {
    "codex": (),
    "claude-code": (b'"sessionId"', b'"leafUuid"'),
    "markdown": (),
}
_LOOKED_AT = 20  # files
_BEGINNING = 1 << 16  # bytes
_SHOWN = 3  # findings of a round


def watch_options(verb: argparse.ArgumentParser) -> None:
    """The options of `watch`."""
    verb.add_argument(
        "source",
        metavar="SOURCE|PATH",
        help="claude-code, codex, another importer, or a file or folder",
    )
    verb.add_argument(
        "paths",
        nargs="*",
        default=[],
        metavar="PATH",
        help="where to look instead of the usual",
    )
    common_options(verb)
    verb.add_argument(
        "--interval",
        type=float,
        default=INTERVAL,
        metavar="SECONDS",
        help=f"between two looks (default: {INTERVAL})",
    )


def do_watch(args: argparse.Namespace) -> int:
    """Import what comes, until it is interrupted."""
    if not 0.05 <= args.interval <= 3600:
        raise UsageError("--interval wants 0.05 to 3600 seconds", kind="bad-value")
    source, given = _asked(args.source, args.paths)
    importer = importers.load(source)
    paths = given or list(importer.places()) or importers.paths(importer)
    with (
        asking.opened(args.workspace) as journal,
        Round(journal, importer, options_of(args, journal.timezone)) as importing,
    ):
        watching = Watching(importing, paths)
        with _until_told(watching):
            watching.follow(
                lambda brought: _tell(brought, as_json=args.json),
                lambda error: _fail(error, as_json=args.json),
                args.interval,
                lambda: _begin(source, paths, usual=not given),
            )
    return 0


def _begin(source: str, paths: Sequence[str], *, usual: bool) -> None:
    say(f"journal: watching {', '.join(map(one_line, paths))} ({source}); Ctrl-C ends it")
    missing = [path for path in paths if not os.path.exists(path)]
    # Of the usual places some are never there.
    for path in missing if not usual or len(missing) == len(paths) else ():
        say(f"journal: {one_line(path)} is not there yet")


def _asked(source: str, paths: Sequence[str]) -> tuple[str, list[str]]:
    """The importer and the paths; a path alone tells by its files which importer is meant."""
    if source in importers.names():
        return source, list(paths)
    if not os.path.exists(source):
        raise UsageError(
            f"{source!r} is no importer, and no file or folder",
            kind="no-file",
            hint=f"journal watch IMPORTER PATH: {', '.join(importers.names())}",
        )
    for name, marks in _GUESSED.items():
        if _holds(importers.load(name), source, marks):
            return name, [source, *paths]
    raise UsageError(
        "holds nothing that tells what it is",
        kind="no-file",
        file=source,
        hint="say which importer is meant: journal watch claude-code PATH",
    )


def _holds(importer: Importer, path: str, marks: Sequence[bytes]) -> bool:
    """Whether a path has files of an importer, one of the first of which holds one of the marks."""
    folder = path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
    files = list(map(os.path.abspath, importer.files(folder)))
    if folder != path:
        files = [file for file in files if file == os.path.abspath(path)]
    return bool(files) and (not marks or any(_has(file, marks) for file in files[:_LOOKED_AT]))


def _has(file: str, marks: Sequence[bytes]) -> bool:
    try:
        with open(file, "rb") as stream:
            beginning = stream.read(_BEGINNING)
    except OSError:
        return False
    return any(mark in beginning for mark in marks)


@contextmanager
def _until_told(watching: Watching) -> Iterator[None]:
    """While a signal ends the watching: the file that is being read is the last.

    A second signal does what it always does, for who can't wait.
    """
    usual: dict[int, Any] = {}

    def end(which: int, _: object) -> None:
        signal.signal(which, usual[which])
        watching.stop()

    for which in (signal.SIGINT, signal.SIGTERM):
        usual[which] = signal.signal(which, end)
    try:
        yield
    finally:
        for number, what in usual.items():
            signal.signal(number, what)


def _tell(brought: Brought, *, as_json: bool) -> None:
    if as_json:
        output.json({"schema": "journal/import@1", "dry_run": False, "from": []} | brought.record())
    elif brought.new:
        some = "1 entry" if brought.new == 1 else f"{brought.new:,} entries"
        some += f" from {brought.files:,} files" if brought.files > 1 else ""
        output.write(f"{clock.now().astimezone():%H:%M:%S}  {some}")
    output.flush()
    if not as_json:
        for finding in brought.findings[:_SHOWN]:
            say(f"journal: {one_line(str(finding))}")
        if (more := sum(brought.codes.values()) - _SHOWN) > 0:
            say(f"journal: and {more:,} more such findings")
    for notice in dict.fromkeys(brought.notices):
        say(f"journal: {notice}")


def _fail(error: JournalError | OSError, *, as_json: bool) -> None:
    report(from_system(error) if isinstance(error, OSError) else error, as_json=as_json)
    say("journal: it is tried again until it works; Ctrl-C ends it")
