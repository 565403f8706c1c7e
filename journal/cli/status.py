"""`journal status`: how the workspace is doing, at a glance."""

from __future__ import annotations

import argparse
import os

from journal import api
from journal.cli import output
from journal.cli.hook import NO_TEXT, RETRY, program, state_line, what_waits
from journal.safe import one_line
from journal.status import Status, status

_WIDTH = 10


def status_options(verb: argparse.ArgumentParser) -> None:
    """None of its own."""
    del verb


def do_status(args: argparse.Namespace) -> int:
    """Workspace, writer, entries, hooks, and what could not be captured; 0."""
    with api.open(args.workspace) as journal:
        found = status(journal, os.getcwd(), program())
    if args.json:
        output.json({"schema": "journal/status@1", **found.record()})
        return 0
    _tell(found)
    return 0


def _tell(found: Status) -> None:
    off = "" if found.enabled else output.style("  switched off in journal.toml", "yellow")
    _line("workspace", one_line(found.root) + off)
    _line("writer", one_line(found.writer) or "none yet")
    many = f"{found.entries:,} ({found.today:,} today)"
    _line("entries", many if found.entries else "none yet")
    if found.last:
        _line("last", output.row(found.last))
    for number, hooked in enumerate(found.hooks):
        _line("hooks" if not number else "", state_line(hooked.outcome))
        for note in hooked.outcome.notes:
            _line("", output.style(one_line(note), "dim"))
        if hooked.last:
            _line("", output.style(f"last capture {one_line(hooked.last.at[:19])}", "dim"))
    if not found.hooks:
        _line("hooks", "none; `journal hook install claude-code` captures as you talk")
    if found.letters:
        _line("letters", output.style(what_waits(found.letters), "red"))
        kept = any(one.draft for one in found.letters)
        todo = RETRY if kept else NO_TEXT
        _line("", output.style(todo, "dim"))


def _line(name: str, text: str) -> None:
    output.write(f"{output.style(output.pad(name, _WIDTH), 'dim')}  {text}")
