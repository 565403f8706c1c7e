"""What the lines of an item say, or which entry of a hook's has it already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, BinaryIO

from journal.conversation import tools
from journal.importers.claude_code.bodies import Said, Writer
from journal.importers.claude_code.gather import Gathered, value_of
from journal.importers.claude_code.hooked import Hooked
from journal.importers.claude_code.nodes import Node, blocks_of, spoken, text_of
from journal.importers.port import Reading


@dataclass(slots=True)
class Telling:
    """The texts of one file's items. `stream` is the file, open."""

    reading: Reading
    found: Gathered
    stream: BinaryIO
    _writer: Writer = field(init=False)
    _hooked: Hooked = field(init=False)
    _purposes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set up what it asks."""
        self._writer = Writer(self.reading, self._purpose)
        self._hooked = Hooked(self.reading)

    def tell(self, new: list[Node], values: list[dict[str, Any]]) -> Said | str:
        """What the lines say, or the name of what a hook appended."""
        node, value, writer = new[0], values[0], self._writer
        if entry := self._hooked.whole(node, value):
            return entry
        if node.kind == "answer":
            self._learn(values)
            told = writer.answer(values, lambda text: self._hooked.said(node, text))
            return told if told.text.strip() else told.captured or told
        if node.kind == "prompt":
            return writer.prompt(value, by_agent=bool(node.chain))
        if new[-1].kind == "compact":
            return writer.compact(values[-1])
        return self._noted(node, value)

    def _noted(self, node: Node, value: dict[str, Any]) -> Said:
        """What neither a person nor the agent said, but for prompts that waited."""
        writer = self._writer
        if node.kind == "queued":
            return writer.prompt({"message": {"content": node.text}})
        if node.kind == "torn":
            return writer.torn(node.text)
        make = {
            "result": writer.result,
            "meta": writer.meta,
            "attachment": writer.attachment,
            "title": writer.title,
            "link": writer.link,
        }
        return make.get(node.kind, writer.system)(value)

    def _learn(self, values: list[dict[str, Any]]) -> None:
        for value in values:
            for block in blocks_of(value):
                if block.get("type") == "tool_use":
                    name = text_of(block.get("name"))
                    about = tools.about(name, block.get("input"))
                    self._purposes[text_of(block.get("id"))] = (name, about)

    def _purpose(self, call: str) -> tuple[str, str]:
        """The name and the purpose of a tool's call."""
        if call not in self._purposes and (node := self.found.calls.get(call)):
            self._learn([spoken(value_of(node, self.stream))])
        return self._purposes.get(call, ("", ""))
