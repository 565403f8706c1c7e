"""When the lines of a transcript were, also those that say it badly, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from os import stat

from journal.importers.claude_code.gather import Gathered
from journal.importers.claude_code.nodes import Node
from journal.importers.times import moment


def set_times(found: Gathered) -> None:
    """Give each node its moment; where it was guessed a finding says so, one a file."""
    last: datetime | None = None
    missing: list[Node] = []
    bad: list[Node] = []
    for node in found.nodes:
        node.moment = moment(node.at)
        if node.moment is None:
            (bad if node.at else missing).append(node)
            above = found.named.get(node.parent)
            node.moment = above.moment if above and above.moment else last
        else:
            last = node.moment
    changed = datetime.fromtimestamp(stat(found.file).st_mtime, UTC)
    for node in bad + missing:
        node.at = ""
        node.moment = node.moment or _first(found) or changed
    missing = [node for node in missing if node.kind not in ("title", "torn")]
    _tell(found, "no-time", missing, "without a time")
    _tell(found, "bad-time", bad, "whose time can't be read")


def _first(found: Gathered) -> datetime | None:
    return next((node.moment for node in found.nodes if node.at and node.moment), None)


def _tell(found: Gathered, code: str, nodes: list[Node], what: str) -> None:
    if nodes:
        lines = f"{len(nodes):,} lines" if len(nodes) > 1 else "a line"
        found.find(
            code,
            nodes[0].number,
            f"{lines} {what}; that of the line before it is taken",
        )
