"""What hooks appended as it happened: each is taken once, by the line that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journal.conversation import said
from journal.importers.claude_code.nodes import Node, block_text, blocks_of, text_of
from journal.importers.port import Reading
from journal.importers.taken import Taken


@dataclass(slots=True)
class Hooked:
    """The captured entries of the sessions of one file that no line has taken yet."""

    reading: Reading
    _taken: dict[str, Taken | None] = field(default_factory=dict)

    def whole(self, node: Node, value: Mapping[str, Any]) -> str:
        """The name of what a hook appended of a prompt or a result; empty if there is none."""
        if node.kind == "prompt" and not node.chain:  # what an agent is asked, no hook says
            prompt = text_of(value.get("promptId"))
            text = "\n\n".join(filter(None, map(block_text, blocks_of(dict(value)))))
            return (prompt and self._take(node, f"prompt-{prompt}")) or self.said(node, text)
        if node.kind == "result" and len(node.results) == 1:
            return self._take(node, f"tool-{node.results[0]}")
        return ""

    def said(self, node: Node, text: str) -> str:
        """The name of that text's entry, if a hook appended it at about that time."""
        return self._take(node, said.key(text)) if self._of(node) is not None else ""

    def _take(self, node: Node, key: str) -> str:
        """The name of what a hook appended, if no line has taken it."""
        taken = self._of(node)
        if taken is None or node.moment is None:
            return ""
        return taken.take(key, node.moment.isoformat())

    def _of(self, node: Node) -> Taken | None:
        if node.session not in self._taken:
            self._taken[node.session] = Taken(self.reading, node.session) or None
        return self._taken[node.session]
