"""Claude Code's transcripts: a session a file of JSON lines, its subagents' beside it.

A file is read twice at most: once for its graph, and of a large one those lines again that become
entries. So memory holds a node a line, and never the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from journal.finding import Finding
from journal.importers.claude_code.bodies import AGENT
from journal.importers.claude_code.transcript import Transcript
from journal.importers.lines import no_lines
from journal.importers.port import Item, Reading
from journal.importers.times import moment

_TIME = re.compile(rb'"timestamp"\s*:\s*"([^"\\]{10,40})"')
_BEGINNING, _MORE = 1 << 14, 1 << 18  # bytes
_NEVER = float("inf")


class ClaudeCode:
    """The importer of `~/.claude/projects`."""

    name = AGENT
    by_session = False

    def places(self) -> Sequence[str]:
        """The folders of projects on this machine."""
        home = os.path.expanduser("~")
        roots = [os.path.join(home, ".claude"), os.path.join(home, ".config", "claude")]
        if chosen := os.environ.get("CLAUDE_CONFIG_DIR"):
            roots = [part.strip() for part in chosen.split(",") if part.strip()]
        return [os.path.join(root, "projects") for root in roots]

    def files(self, path: str) -> Sequence[str]:
        """The transcripts at a path, the earliest first; a session's before its subagents'."""
        if os.path.isfile(path):
            return [path]
        projects = os.path.join(path, "projects")
        top = projects if os.path.isdir(projects) else path
        found = [
            os.path.join(folder, name)
            for folder, _, names in os.walk(top)
            for name in names
            if name.endswith(".jsonl")
        ]
        found = [file for file in found if os.path.isfile(file)]  # a fifo would be waited for
        return sorted(found, key=lambda file: (_began(file), file))

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What is new in a transcript, in the order of the conversation. OSError if unreadable."""
        if foreign := no_lines(file):
            yield foreign
            return
        yield from Transcript(file, reading).items()


def _began(file: str) -> float:
    """When the first line that says so was written, in seconds; the last of all if none does."""
    try:
        with open(file, "rb") as stream:
            first = _TIME.search(stream.read(_BEGINNING)) or _TIME.search(stream.read(_MORE))
    except OSError:
        return _NEVER
    at = moment(first[1].decode(errors="replace")) if first else None
    return at.timestamp() if at else _NEVER


IMPORTER = ClaudeCode()
