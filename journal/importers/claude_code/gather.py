"""The first look at a transcript: its lines as light nodes, and what becomes no entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import stat
from pathlib import Path
from typing import Any, BinaryIO

from journal.clock import now
from journal.conversation import said
from journal.finding import Finding
from journal.importers.claude_code import nodes
from journal.importers.claude_code.nodes import Node, text_of
from journal.importers.lines import Line, Torn, again, lines

_CALM = 86_400  # seconds after which nobody will end a line any more


@dataclass(slots=True)
class Gathered:
    """What stands in one file.

    `through`: the lines that become no entry, with what they follow. `calls`: the line of each tool
    call. `callers`: a sidechain's tool call, where a line says it. `waiting` are queued prompts,
    `told` is the last line of each sidechain that an agent's progress told. `twice`: the last
    number that an id got which several lines have.
    """

    file: str
    session: str
    nodes: list[Node] = field(default_factory=list)
    named: dict[str, Node] = field(default_factory=dict)
    through: dict[str, str] = field(default_factory=dict)
    calls: dict[str, Node] = field(default_factory=dict)
    callers: dict[str, str] = field(default_factory=dict)
    silenced: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    waiting: list[Node] = field(default_factory=list)
    last: str = ""
    told: dict[str, str] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)
    twice: dict[str, int] = field(default_factory=dict)

    def silence(self, what: str) -> None:
        """Count a line that becomes no entry."""
        self.silenced[what] = self.silenced.get(what, 0) + 1

    def find(self, code: str, number: int, message: str, fix: str = "") -> None:
        """Note what is not as it should be."""
        self.findings.append(Finding(code, self.file, number, message, fix))


def gather(file: str) -> Gathered:
    """Read a file for its graph. OSError if that can't be."""
    found = Gathered(file, said.session(Path(file).stem))
    with open(file, "rb") as stream:
        for one in lines(file):
            if isinstance(one, Finding):
                found.findings.append(one)
            elif isinstance(one, Torn):
                _torn(found, one)
            else:
                _line(found, one, stream)
    for _ in found.waiting:  # what becomes of it will be seen
        found.silence("queue-operation: waiting")
    return found


def value_of(node: Node, stream: BinaryIO) -> dict[str, Any]:
    """A node's line, as kept or read again."""
    return node.value if node.value is not None else again(stream, node.offset)


def _torn(found: Gathered, torn: Torn) -> None:
    if torn.last and now().timestamp() - stat(found.file).st_mtime < _CALM:
        found.silence("unfinished last line")
        return
    if torn.last:
        found.find("torn-line", torn.number, "the last line is not whole")
    node = nodes.of_torn(torn, found.session)
    node.parent = found.last
    _add(found, node)


def _line(found: Gathered, line: Line, stream: BinaryIO) -> None:
    value = line.value
    if not found.nodes and isinstance(session := value.get("sessionId"), str):
        found.session = said.session(session) or found.session
    if what := nodes.silent(value):
        _silent(found, line, what)
        return
    node = nodes.of_line(line)
    node.session = said.session(node.session) if node.session else found.session
    if node.kind == "queued":
        _queued(found, node, text_of(value.get("operation")))
        return
    if node.told:
        _told(found, node, value)
    elif not value.get("uuid") and node.kind != "title":
        node.parent = node.parent or found.last
    _add(found, node, stream)


def _silent(found: Gathered, line: Line, what: str) -> None:
    value = line.value
    if what == "?":
        kind = text_of(value.get("type"))
        what = f"unknown: {kind}" if kind else "unknown"
        if kind not in found.strange:
            found.strange.add(kind)
            named = f"of type {kind!r}" if kind else "without a type"
            found.find("unknown-line", line.number, f"a line {named} is not imported")
    found.silence(what)
    if uuid := nodes.name_of(value.get("uuid")):
        found.through.setdefault(uuid, nodes.name_of(value.get("parentUuid")))


def _told(found: Gathered, node: Node, value: dict[str, Any]) -> None:
    """A line of a sidechain, in the words of its agent's progress: they come in their order."""
    node.parent = node.parent or found.told.get(node.chain, "")
    found.told[node.chain] = node.id
    if isinstance(caller := value.get("parentToolUseID"), str):
        found.callers.setdefault(node.chain, caller)
    if uuid := nodes.name_of(value.get("uuid")):
        found.through.setdefault(uuid, nodes.name_of(value.get("parentUuid")))


def _queued(found: Gathered, node: Node, operation: str) -> None:
    """A prompt that waits while the agent works, until it is taken, or taken back.

    One that is dequeued comes again as a prompt's line; one that is removed was told to the agent
    in the middle of its work, and stands here only.
    """
    if operation == "enqueue" and node.text.strip():
        node.parent = found.last
        found.waiting.append(node)
        return
    found.silence(f"queue-operation: {operation}")
    if operation == "remove" and found.waiting:
        _add(found, found.waiting.pop(0))
    elif operation in ("dequeue", "popAll"):
        taken = found.waiting[: 1 if operation == "dequeue" else None]
        del found.waiting[: len(taken)]
        for _ in taken:
            found.silence("queue-operation: enqueue")


def _add(found: Gathered, node: Node, stream: BinaryIO | None = None) -> None:
    first = found.named.get(node.id)
    if first is not None and stream and first.kind != "torn":
        position = stream.tell()
        one, other = value_of(first, stream), value_of(node, stream)
        stream.seek(position)
        if nodes.same(one, other):
            found.silence("a line that was there before")
            return
        node.id = nodes.renamed(node, other)
    name = node.id
    while node.id in found.named:
        found.twice[name] = found.twice.get(name, 1) + 1
        node.id = f"{name}+{found.twice[name]}"
    found.named[node.id] = node
    found.nodes.append(node)
    if not node.chain and node.kind not in ("title", "queued"):
        found.last = node.id
    for call, _ in node.calls:
        found.calls.setdefault(call, node)


def drop_told(found: Gathered, beside: Mapping[str, str]) -> None:
    """Forget what progress told of sidechains whose own lines are there, or in files `beside`."""
    own = {node.chain for node in found.nodes if node.chain and not node.told} | set(beside)
    gone = [node for node in found.nodes if node.told and node.chain in own]
    if not gone:
        return
    for node in gone:
        found.silence("progress: agent_progress")
        found.named.pop(node.id, None)
    found.nodes = [node for node in found.nodes if not (node.told and node.chain in own)]
    names = set(found.named)
    found.calls = {call: node for call, node in found.calls.items() if node.id in names}
