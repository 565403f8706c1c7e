"""The text of entries: what a transcript's lines say, as Markdown that a person reads with ease."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from journal.conversation import said, tools
from journal.conversation.excerpt import MOST, OUTPUT
from journal.importers.claude_code import commands
from journal.importers.claude_code.nodes import TITLES, blocks_of, map_of, text_of
from journal.importers.port import Reading, Whole

AGENT = "claude-code"  # also the importer's name
_INPUT = 8192  # bytes of one input of a tool that an entry shows
_CAVEAT = "<local-command-caveat>"
_REFUSED = "The user doesn't want to proceed"
_SKILL = "Base directory for this skill: "
_INTERRUPTED = "[Request interrupted by user"
# What the tool itself puts around what it tells the agent.
_ASIDES = ("<system-reminder", "<ide_", "<new-diagnostics", "<user-prompt-submit-hook")


@dataclass(slots=True)
class Said:
    """What an entry says: its text, title, kind and role, and who."""

    text: str
    title: str = ""
    kind: str = "message"
    role: str = "user"
    actor: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    wholes: list[Whole] = field(default_factory=list)
    captured: str = ""  # the entry that has what is left out here


@dataclass(slots=True)
class Writer:
    """Makes texts of lines. `purpose` tells what a tool's call was for."""

    reading: Reading
    purpose: Callable[[str], tuple[str, str]] = lambda _: ("", "")

    def prompt(self, value: Mapping[str, Any], *, by_agent: bool = False) -> Said:
        """What a person asked, or an agent of another one."""
        texts = [self._block(block) for block in blocks_of(dict(value))]
        text = "\n\n".join(filter(None, texts))
        actor = AGENT if by_agent else self.reading.user
        if found := self._command(text):
            return found
        if text.startswith(_INTERRUPTED):
            return Said(text, "Interrupted", kind="event", actor=actor)
        return self._bounded(Said(text, said.title(text) or _bare(text), actor=actor))

    def meta(self, value: Mapping[str, Any]) -> Said:
        """What the tool tells the agent in the person's place."""
        text = "\n\n".join(filter(None, map(self._block, blocks_of(dict(value)))))
        if text.startswith(_CAVEAT):
            return Said("")
        told = Said("", said.title(text) or _bare(text), role="system", actor=AGENT)
        if text.startswith(_SKILL):
            folder = text[len(_SKILL) :].partition("\n")[0].strip()
            told.title = f"Skill: {folder.replace(chr(92), '/').rpartition('/')[2]}"
        told.text = self._excerpt(told, text, "note.md")
        return told

    def answer(self, lines: list[dict[str, Any]], captured: Callable[[str], str]) -> Said:
        """An API message of one line or several; without its text, if that was captured."""
        blocks = [block for value in lines for block in blocks_of(value)]
        told = Said("", role="assistant", actor=AGENT)
        texts = {at: self._block(one) for at, one in enumerate(blocks) if one.get("type") == "text"}
        texts = {at: text for at, text in texts.items() if text}
        told.captured, without = _captured(texts, captured)
        parts = [self._part(told, block) for at, block in enumerate(blocks) if at not in without]
        told.text = "\n\n".join(filter(None, parts))
        text = "\n\n".join(text for at, text in texts.items() if at not in without)
        told.title = _answer_title(text, blocks)
        model = text_of(map_of(lines[0].get("message")).get("model"))
        if model and model != "<synthetic>":
            told.fields["model"] = model
        if any(value.get("isApiErrorMessage") for value in lines):
            told.kind = "event"
        return self._bounded(told)

    def result(self, value: Mapping[str, Any]) -> Said:
        """What tools gave back, each under its call's name if there are several."""
        told = Said("", role="tool", actor=AGENT)
        blocks = blocks_of(dict(value))
        results = [block for block in blocks if block.get("type") == "tool_result"]
        parts = []
        for block in blocks:
            if block.get("type") != "tool_result":
                parts.append(self._block(block))
                continue
            name, about = self.purpose(text_of(block.get("tool_use_id")))
            shown = self._result(told, block, name)
            parts.append(f"**{about}**\n\n{shown}" if len(results) > 1 and shown else shown)
            told.title = told.title or about
            if name:
                told.fields["tool"] = name
        told.text = "\n\n".join(filter(None, parts))
        told.title = told.title or "Tool result"
        if any(block.get("is_error") is True for block in results):
            told.title += " (refused)" if _REFUSED in told.text else " (failed)"
        return self._bounded(told)

    def compact(self, value: Mapping[str, Any]) -> Said:
        """What stands for a conversation that was compacted."""
        text = "\n\n".join(filter(None, map(self._block, blocks_of(dict(value)))))
        return self._bounded(Said(text, "Compacted: what was before", "summary", "", AGENT))

    def system(self, value: Mapping[str, Any]) -> Said:
        """What the tool reports: an error, a command's output, a hook's."""
        subtype = text_of(value.get("subtype"))
        text = tools.plain(text_of(value.get("content"))).strip()
        if found := self._command(text):
            return found
        if subtype == "away_summary":
            return self._bounded(Said(text, said.title(text), "summary", "", AGENT))
        if subtype == "compact_boundary":
            return Said(text or "Conversation compacted", "Compacted", "event", "", AGENT)
        errors = filter(None, [_content(value.get("hookErrors")).strip()])
        if problem := _problem(value.get("error")):
            text = f"{text}\n\n{problem}".strip()
        text = "\n\n".join(filter(None, [text, *map(tools.fence, errors)]))
        label = subtype.replace("_", " ").capitalize() or "System"
        if not text or text == label:
            return Said("")
        title = f"{label.replace('Api', 'API')}: {said.title(text, 60)}".rstrip(": ")
        told = Said("", title, "event", "system", AGENT)
        told.text = self._excerpt(told, text, "event.md")
        return told

    def attachment(self, value: Mapping[str, Any]) -> Said:
        """What was put before the agent beside the prompts."""
        given = map_of(value.get("attachment"))
        kind = text_of(given.get("type"))
        if kind == "queued_command":
            return self.prompt({"message": {"content": given.get("prompt")}})
        path = (
            text_of(given.get("filename"))
            or text_of(given.get("path"))
            or text_of(given.get("uri"))
        )
        text = _content(given.get("content")) or _problem(given.get("blockingError"))
        label = kind.replace("_", " ").capitalize()
        title = f"{label}: {text_of(given.get('hookName')) or path}".rstrip(": ")
        told = Said("", title, "event", "system", AGENT)
        body = self._excerpt(told, text, "attached.txt")
        told.text = f"**{label}** {f'`{path}`' if path else ''}".rstrip() if body or path else ""
        told.text += f"\n\n{tools.fence(body)}" if body else ""
        return told

    def title(self, value: Mapping[str, Any]) -> Said:
        """What a conversation was called."""
        text = text_of(value.get(TITLES.get(text_of(value.get("type")), "")))
        return self._bounded(Said(text, said.title(text) or _bare(text), "summary", "", AGENT))

    def link(self, value: Mapping[str, Any]) -> Said:
        """A pull request that the session made."""
        url = text_of(value.get("prUrl"))
        number = value.get("prNumber")
        name = f"Pull request #{number}" if isinstance(number, int) else "Pull request"
        place = text_of(value.get("prRepository"))
        text = f"{name}{f' of {place}' if place else ''}: <{url}>" if url else ""
        return Said(text, name, "event", "system", AGENT)

    def torn(self, text: str) -> Said:
        """A line that is no JSON."""
        told = Said("", "Unreadable line", "event", "system", AGENT)
        told.text = tools.fence(self._excerpt(told, text, "line.txt"))
        return told

    def _block(self, block: Mapping[str, Any]) -> str:
        """A block that is neither thinking nor a tool's."""
        kind = block.get("type")
        if kind == "text":
            text = text_of(block.get("text")).strip("\n")
            if text.startswith(_ASIDES) and text.endswith(">"):
                return tools.quote(text)
            return text if text.strip() else ""
        if kind in ("image", "document"):
            self.reading.leave(str(kind))
            return _binary(str(kind), map_of(block.get("source")))
        if kind == "tool_reference":
            return f"`{text_of(block.get('tool_name'))}`"
        return "" if kind in ("redacted_thinking", None) else _unknown(block)

    def _part(self, told: Said, block: dict[str, Any]) -> str:
        """A block of an answer."""
        kind = block.get("type")
        if kind == "thinking":
            thought = text_of(block.get("thinking")).strip()
            return f"*Thinking*\n\n{tools.quote(thought)}" if thought else ""
        if kind in ("tool_use", "server_tool_use", "mcp_tool_use"):
            name = text_of(block.get("name")) or "tool"
            most = MOST if name in ("Task", "Agent", "ExitPlanMode") else _INPUT
            given = tools.cut(
                block.get("input"),
                lambda text: self._excerpt(told, text, f"{name}.txt", most),
                most // 4,
            )
            return tools.call(name, given)
        if text_of(kind).endswith("_tool_result"):
            return tools.result(_content(block.get("content")))
        return self._block(block)

    def _result(self, told: Said, block: Mapping[str, Any], name: str) -> str:
        content = block.get("content")
        texts, others = [], []
        for part in content if isinstance(content, list) else [content]:
            if isinstance(part, str):
                texts.append(part)
            elif isinstance(part, dict) and part.get("type") == "text":
                texts.append(text_of(part.get("text")))
            elif isinstance(part, dict):
                others.append(self._block(part))
        text = self._excerpt(told, tools.plain("\n\n".join(texts)), f"{name or 'tool'}.txt")
        shown = tools.result(text, failed=block.get("is_error") is True)
        return "\n\n".join(filter(None, [shown, *others]))

    def _command(self, text: str) -> Said | None:
        """A line that is a command of the tool's own, its output, or a note of what it did."""
        found = commands.tagged(text) if text.startswith("<") else None
        if found is None:
            return None
        actor = AGENT if found.kind == "event" else self.reading.user
        told = Said("", found.title, found.kind, found.role, actor)
        told.text = found.text
        if found.role == "tool":
            told.text = tools.result(self._excerpt(told, found.text, "output.txt"))
        return self._bounded(told)

    def _excerpt(self, told: Said, text: str, name: str, most: int = OUTPUT) -> str:
        shown = self.reading.excerpt(text, most)
        if shown.whole:
            told.wholes.append(Whole(name, shown.whole))
        return shown.shown

    def _bounded(self, told: Said) -> Said:
        if len(told.text) > MOST // 4:
            shown = self.reading.excerpt(told.text, MOST)
            if shown.whole:
                told.wholes.append(Whole("text.md", shown.whole, always=True))
            told.text = shown.shown
        return told


def _captured(texts: dict[int, str], captured: Callable[[str], str]) -> tuple[str, list[int]]:
    """Which texts of a message a hook appended, all or the last alone, and their entry's name.

    The agent tells its hooks of the last message, and what that is varies with its version.
    """
    for some, between in ((list(texts), "\n\n"), (list(texts), "\n"), (list(texts)[-1:], "")):
        if some and (entry := captured(between.join(texts[at] for at in some))):
            return entry, some
    return "", []


def _answer_title(text: str, blocks: list[dict[str, Any]]) -> str:
    if title := said.title(text):
        return title
    calls = [block for block in blocks if block.get("type") == "tool_use"]
    if calls:
        more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        return tools.about(text_of(calls[0].get("name")), calls[0].get("input")) + more
    thoughts = [text_of(block.get("thinking")) for block in blocks]
    thought = next((title for title in map(said.title, thoughts) if title), "")
    return f"Thinking: {thought}" if thought else _bare(text) or "Answer"


def _bare(text: str) -> str:
    """A title for a text without a letter."""
    return " ".join(text.split())[:80]


def _content(content: object) -> str:
    """Any content as one text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(filter(None, map(_content, content)))
    if isinstance(content, dict):
        inner = content.get("text", content.get("content", content.get("file")))
        return _content(inner) if inner is not None else ""
    return ""


def _problem(error: object) -> str:
    """What went wrong, of an error in whatever shape."""
    if isinstance(error, str):
        return tools.fence(error) if error.strip() else ""
    if not isinstance(error, dict) or not error:
        return ""
    for key in ("blockingError", "message", "error"):
        if text := error.get(key):
            return text if isinstance(text, str) else _problem(text)
    return _unknown(error)


def _binary(kind: str, source: Mapping[str, Any]) -> str:
    data = text_of(source.get("data"))
    what = [kind, text_of(source.get("media_type"))]
    if data:
        what.append(f"{len(data.rstrip('=')) * 3 // 4:,} bytes")
    elif url := text_of(source.get("url")):
        what.append(url)
    return f"[{', '.join(filter(None, what))}]"


def _unknown(block: Mapping[str, Any]) -> str:
    """A block of a kind that isn't known, as it is."""
    shown = {key: value for key, value in block.items() if key != "signature"}
    return tools.call(
        text_of(block.get("type")) or "block", {k: v for k, v in shown.items() if k != "type"}
    )
