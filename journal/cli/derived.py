"""`journal reindex` and `completion`: what is made from the files and may be thrown away."""

from __future__ import annotations

import argparse

from journal import api
from journal.cli import output, progress
from journal.errors import EngineError

_SHELLS = ("bash", "zsh", "fish")


def reindex_options(_: argparse.ArgumentParser) -> None:
    """The options of `reindex`: none of its own."""


def do_reindex(args: argparse.Namespace) -> int:
    """Make catalog and index anew."""
    journal = api.open(args.workspace, progress.reading)
    journal.reindex()
    if journal.catalog.memory:
        raise EngineError(
            f"the catalog can't be written: {journal.catalog.trouble}",
            kind="not-written",
            hint="see what .journal/cache is, and its permissions; reading goes on, more slowly",
        )
    entries, files = journal.catalog.count(), journal.catalog.files
    findings = journal.findings()
    if args.json:
        output.json({"schema": "journal/reindex@1", "entries": entries, "files": files})
    else:
        output.write(f"{entries:,} entries in {files:,} day files")
    output.findings(findings)
    return 0


def completion_options(verb: argparse.ArgumentParser) -> None:
    """The options of `completion`."""
    verb.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))


def do_completion(args: argparse.Namespace) -> int:
    """Print the shell's part."""
    from argcomplete.shell_integration import shellcode

    code = shellcode(["journal"], shell=args.shell)
    if args.json:
        output.json({"schema": "journal/completion@1", "shell": args.shell, "code": code})
    else:
        output.write(code)
    return 0
