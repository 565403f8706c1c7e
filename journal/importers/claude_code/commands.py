"""Lines that are no prompts: the tool's own commands, what they put out, notes of tasks' ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from journal.conversation import said, tools

_TAG = re.compile(r"<([a-z][a-z0-9_-]*)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """What such a line says; the text of a tool's is not fenced yet."""

    text: str
    title: str
    kind: str = "message"
    role: str = "user"


def tagged(text: str) -> Command | None:
    """What a text of the tool's own tags says; None if it has none of those."""
    tags = {match[1]: match[2] for match in _TAG.finditer(text)}
    if "command-name" in tags:
        command = f"{tags['command-name'].strip()} {tags.get('command-args', '').strip()}".strip()
        return Command(command, _title(command))
    if "bash-input" in tags:
        command = tags["bash-input"].strip()
        return Command(tools.fence(command, "sh") if command else "", f"! {_title(command)}")
    names = [name for name in tags if name.endswith(("-stdout", "-stderr"))]
    if names:
        output = "\n".join(filter(None, [tools.plain(tags[name]).strip() for name in names]))
        return Command(output, f"Output: {said.title(output)}".rstrip(": "), role="tool")
    return _notification(tags)


def _notification(tags: Mapping[str, str]) -> Command | None:
    """That a task in the background ended."""
    if "task-notification" not in tags:
        return None
    note = tags["task-notification"]
    inner = {match[1]: match[2].strip() for match in _TAG.finditer(note)}
    summary = inner.pop("summary", "") or f"Task {inner.get('status', 'ended')}"
    result = inner.pop("result", "")
    rest = "\n".join([f"- {name}: {text}" for name, text in inner.items()])
    body = "\n\n".join(filter(None, [summary, rest, result])) if inner else note.strip()
    return Command(body, said.title(summary), "event", "system")


def _title(command: str) -> str:
    return said.title(command) or " ".join(command.split())[:80]
