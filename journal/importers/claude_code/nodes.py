"""A transcript's lines as light nodes: what the graph needs of each, and where the rest stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journal.conversation import said
from journal.importers.lines import Line, Torn
from journal.seal import sha256

KEPT = 8 << 20  # bytes at a file's beginning whose lines are kept as read, not read again
_LONGEST = 128  # characters of an id
AGENTS = frozenset(("Task", "Agent"))
# Lines that say nothing that anybody said, by their type.
SILENT = frozenset(
    "file-history-snapshot last-prompt mode permission-mode started result agent-setting"
    " worktree-state content-replacement attribution-snapshot".split()
)
TITLES = {
    "summary": "summary",
    "custom-title": "customTitle",
    "ai-title": "aiTitle",
    "agent-name": "agentName",
}
_SAID = ("message", "content", *TITLES.values(), "leafUuid", "prUrl", "attachment")
_QUIET_SYSTEM = frozenset(("turn_duration", "stop_hook_summary", "microcompact_boundary"))
_SPOKEN_ATTACHMENT = frozenset(
    "queued_command file directory mcp_resource hook_blocking_error hook_additional_context"
    " hook_error_during_execution hook_non_blocking_error hook_system_message".split()
)


@dataclass(slots=True, eq=False)
class Node:
    """One line that may become an entry, or part of one.

    `kind`: prompt, result, meta, answer, compact, boundary, system, attachment, title, queued,
    link, torn. `chain` names the sidechain that it is on; `agent` the one whose result it is.
    """

    id: str
    number: int
    offset: int
    kind: str
    parent: str = ""
    at: str = ""
    session: str = ""
    moment: datetime | None = None
    chain: str = ""
    agent: str = ""
    message: str = ""
    calls: tuple[tuple[str, str], ...] = ()  # tool_use id, and of an agent's call its prompt's key
    results: tuple[str, ...] = ()
    prompt: bool = False
    told: bool = False  # by an agent's progress, not by a line of its own
    text: str = ""
    value: dict[str, Any] | None = None
    entry: str = ""  # what names the entry that stands for it, once there is one
    above: Node | None = None
    below: list[Node] = field(default_factory=list)
    unit: Any = None


def text_of(value: object) -> str:
    """The value if it is a text."""
    return value if isinstance(value, str) else ""


def name_of(value: object) -> str:
    """The value if it is a line's id; a strange one is named by its digest."""
    name = text_of(value)
    if len(name) <= _LONGEST and name.isascii() and name.isprintable():
        return name
    return derived(name)


def chain_of(agent: str) -> str:
    """The name of an agent's sidechain, a path's; empty if there is no agent."""
    return f"agent-{said.session(agent)[:48].rstrip('.')}" if agent else ""


def map_of(value: object) -> dict[str, Any]:
    """The value if it is a map."""
    return value if isinstance(value, dict) else {}


def blocks_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of a line's message, whatever shape it has."""
    message = value.get("message")
    content = message.get("content") if isinstance(message, dict) else message
    if content is None:
        content = value.get("content")
    if isinstance(content, dict):
        content = [content]
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return []
    return [
        block if isinstance(block, dict) else {"type": "text", "text": text_of(block)}
        for block in content
    ]


def silent(value: dict[str, Any]) -> str:
    """What to call a line that becomes no entry; empty if it may become one, `?` if unknown."""
    kind = text_of(value.get("type"))
    if kind in _SPOKEN:
        return ""
    if kind in _MAYBE:
        return _MAYBE[kind](value)
    if kind in SILENT:
        return kind
    return "" if map_of(value.get("message")).get("role") in ("user", "assistant") else "?"


def _silent_progress(value: dict[str, Any]) -> str:
    data = map_of(value.get("data"))
    kind = text_of(data.get("type"))
    told = kind == "agent_progress" and map_of(data.get("message"))
    return "" if told else f"progress: {kind}"


def _silent_attachment(value: dict[str, Any]) -> str:
    kind = text_of(map_of(value.get("attachment")).get("type"))
    return "" if kind in _SPOKEN_ATTACHMENT else f"attachment: {kind}"


def _silent_system(value: dict[str, Any]) -> str:
    subtype = text_of(value.get("subtype"))
    if subtype == "compact_boundary":
        return ""
    said_there = (
        text_of(value.get("content")).strip() or value.get("error") or value.get("hookErrors")
    )
    if not said_there or subtype in _QUIET_SYSTEM - {"stop_hook_summary"}:
        return f"system: {subtype}".rstrip(": ")
    hook = not subtype and text_of(value.get("content")).startswith("Running ")
    return "system: hook" if hook else ""


_SPOKEN = frozenset(("user", "assistant", "pr-link", "queue-operation", *TITLES))
_MAYBE = {
    "progress": _silent_progress,
    "system": _silent_system,
    "attachment": _silent_attachment,
}


def spoken(value: dict[str, Any]) -> dict[str, Any]:
    """The line itself; of an agent's progress the agent's line, with what the outer line knows."""
    if value.get("type") != "progress":
        return value
    inner = map_of(map_of(value.get("data")).get("message"))
    outer = {key: value.get(key) for key in ("cwd", "sessionId", "gitBranch", "timestamp")}
    return {**outer, **inner, "isSidechain": True}


def of_torn(torn: Torn, session: str) -> Node:
    """The node of text that is no JSON."""
    name = derived("torn", session, torn.text)
    return Node(name, torn.number, torn.offset, "torn", session=session, text=torn.text)


def of_line(line: Line) -> Node:
    """The node of a line that isn't silent."""
    outer = line.value
    value = spoken(outer)
    node = Node(
        name_of(value.get("uuid")),
        line.number,
        line.offset,
        "",
        name_of(value.get("parentUuid")),
        text_of(value.get("timestamp")),
        text_of(value.get("sessionId")),
        told=outer is not value,
    )
    if value.get("isSidechain") is True:
        agent = value.get("agentId") or map_of(outer.get("data")).get("agentId")
        node.chain = chain_of(text_of(agent)) or "side"
    _classify(node, value)
    if not node.id:
        node.id = derived(node.kind, node.session, node.at, repr(_said(value)))
    if line.offset < KEPT:
        outer.pop("toolUseResult", None)
        node.value = outer
    return node


def derived(*words: str) -> str:
    """An id for what has none, made from its text: the same in every copy of a file."""
    text = "\n".join(words).encode(errors="replace")
    return f"~{sha256(text).hexdigest()[:20]}"


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two lines say the same."""
    return _said(spoken(one)) == _said(spoken(other))


def renamed(node: Node, value: dict[str, Any]) -> str:
    """An id for a line that says something else than an earlier one of its name."""
    return f"{node.id}#{derived(repr(_said(spoken(value))))}"


def _said(value: dict[str, Any]) -> object:
    return [value.get(key) for key in _SAID]


def _classify(node: Node, value: dict[str, Any]) -> None:
    kind = text_of(value.get("type"))
    if kind == "assistant" or (
        kind != "user" and map_of(value.get("message")).get("role") == "assistant"
    ):
        _answer(node, value)
    elif kind == "system":
        node.kind = "system"
        if value.get("subtype") == "compact_boundary":
            node.kind = "boundary"
            node.parent = node.parent or name_of(value.get("logicalParentUuid"))
    elif kind in TITLES:
        node.kind, node.parent = "title", name_of(value.get("leafUuid"))
    elif kind == "attachment":
        node.kind = "attachment"
        given = map_of(value.get("attachment"))
        if given.get("type") == "queued_command":
            node.text = "\n\n".join(map(block_text, blocks_of({"content": given.get("prompt")})))
    elif kind == "pr-link":
        node.kind = "link"
    elif kind == "queue-operation":
        node.kind = "queued"
        node.text = "\n\n".join(block_text(block) for block in blocks_of(value))
    else:
        _prompt(node, value)


def block_text(block: dict[str, Any]) -> str:
    """The text of a text block."""
    return text_of(block.get("text"))


def _answer(node: Node, value: dict[str, Any]) -> None:
    node.kind = "answer"
    node.message = text_of(map_of(value.get("message")).get("id"))
    calls = []
    for block in blocks_of(value):
        if block.get("type") == "tool_use" and isinstance(block.get("id"), str):
            task = text_of(block.get("name")) in AGENTS
            prompt = text_of(map_of(block.get("input")).get("prompt")) if task else ""
            calls.append((block["id"], said.key(prompt) if prompt else ""))
    node.calls = tuple(calls)


def _prompt(node: Node, value: dict[str, Any]) -> None:
    blocks = blocks_of(value)
    node.results = tuple(
        text_of(block.get("tool_use_id")) for block in blocks if block.get("type") == "tool_result"
    )
    if node.results:
        node.kind = "result"
        node.agent = chain_of(text_of(map_of(value.get("toolUseResult")).get("agentId")))
    elif value.get("isCompactSummary"):
        node.kind = "compact"
    elif value.get("isMeta"):
        node.kind = "meta"
    else:
        node.kind, node.prompt = "prompt", True
        if node.chain and not node.parent:
            node.text = said.key("\n\n".join(map(block_text, blocks)))
