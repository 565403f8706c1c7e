"""What an agent tells its hooks, as the draft of an entry. Cheap: it runs while the agent waits.

Claude Code and Codex send nearly the same: an object with `hook_event_name`, `session_id`, `cwd`,
`transcript_path` and what the event is about (code.claude.com/docs/en/hooks,
developers.openai.com/codex/hooks). An agent's text is taken as it is; a field that is missing, or
of another type than documented, is taken for empty.

No draft has a token: to look for one costs more time than all the rest, and agents don't try again.
"""

from journal import origin
from journal.anchor import anchor
from journal.conversation import said
from journal.conversation.excerpt import MOST, excerpt
from journal.seal import NO_ANCHOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Clean = Callable[[str], str]
    Draft = dict[str, object]
    Payload = dict[str, object]

AGENTS = ("claude-code", "codex")
MESSAGES = ("UserPromptSubmit", "PostToolUse", "PostToolUseFailure", "Stop", "SubagentStop")
WHOLE = "whole"  # in a draft: the text that its body shows only in part
EVENTS = (*MESSAGES, "SessionStart", "SessionEnd", "PreCompact", "StopFailure")
_STARTS = {
    "startup": "Session started",
    "resume": "Session resumed",
    "clear": "Session started anew, the context cleared",
    "compact": "Session goes on after a compaction",
    "fork": "Session forked from another",
}


def event_of(payload: "Payload") -> str:
    """The event's name; empty if it is none that becomes an entry."""
    event = payload.get("hook_event_name")
    return str(event) if event in EVENTS else ""


def text(payload: "Payload", *keys: str) -> str:
    """The first of these that is a text with something in it."""
    for key in keys:
        value = payload.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def draft(agent: str, payload: "Payload", moment: int, clean: "Clean") -> "Draft | None":
    """The draft of what happened; None if there is nothing to keep.

    `moment`: when, in nanoseconds; `clean` rids a text of secrets before it is cut. What is longer
    than an entry is its `WHOLE`: to be taken out, and kept beside it.
    """
    made = _MAKERS[event_of(payload)](payload, clean)
    if made is None or not made["body"]:
        return None
    made["body"] = str(made["body"]).encode()
    name = str(made.pop("name", "") or f"event-{moment}")
    session = said.session(text(payload, "session_id"))
    source = origin.of(agent, session or "-", name)
    fields: Draft = {origin.SOURCE: source, **made.pop("fields", {})}  # type: ignore[dict-item]
    if model := text(payload, "model"):
        fields["model"] = model
    agent_id = text(payload, "agent_id")
    cwd = text(payload, "cwd")
    made = {"actor": agent, **made, "fields": fields}
    made["session"] = session
    made["path"] = _path_of(agent_id) if agent_id else "main"
    made["git"] = (cwd and anchor(cwd)) or NO_ANCHOR
    return made


def _prompt(payload: "Payload", clean: "Clean") -> "Draft":
    given = text(payload, "prompt")
    told = excerpt(given, clean, MOST)
    made: Draft = {"kind": "message", "role": "user", "actor": "user", "body": told.shown}
    made[WHOLE] = told.whole
    prompt_id = text(payload, "prompt_id")
    made["name"] = f"prompt-{prompt_id}" if _is_id(prompt_id) else said.key(given)
    made["title"] = said.title(given) or "Prompt"
    return made


def _answer(payload: "Payload", clean: "Clean") -> "Draft":
    given = payload.get("last_assistant_message")
    if not isinstance(given, str):  # older versions don't say it
        from journal.hooks.transcript import last_answer

        given = last_answer(text(payload, "agent_transcript_path", "transcript_path"))
    told = excerpt(given if given.strip() else "", clean, MOST)
    made: Draft = {"kind": "message", "role": "assistant", "body": told.shown, WHOLE: told.whole}
    made["name"] = said.key(given)
    made["title"] = said.title(given) or "Answer"
    return made


def _tool(payload: "Payload", clean: "Clean") -> "Draft":
    from journal.conversation import tools
    from journal.hooks.toolresult import shortened, text_of

    name, given = text(payload, "tool_name") or "tool", payload.get("tool_input")
    failed = event_of(payload) == "PostToolUseFailure"
    result = text(payload, "error") if failed else text_of(payload.get("tool_response"))
    call = tools.call(name, shortened(given, clean))
    parts = [call, tools.result(excerpt(result, clean).shown, failed=failed)]
    call_id = text(payload, "tool_use_id")
    agent_id = _came_back(payload.get("tool_response"))
    fields: Draft = {"tool": " ".join(name.split())}
    return {
        "kind": "merge" if agent_id else "message",
        "role": "tool",
        "title": tools.about(name, given),
        "fields": {**fields, "merges": _path_of(agent_id)} if agent_id else fields,
        "body": "\n\n".join(filter(None, parts)),
        "name": f"tool-{call_id}" if _is_id(call_id) else said.key("\n\n".join(parts)),
    }


def _came_back(response: object) -> str:
    """The agent that a call was handed to, if this is what it gave back; empty if it goes on."""
    if not isinstance(response, dict) or response.get("isAsync") is True:
        return ""
    return text(response, "agentId")


def _path_of(agent_id: str) -> str:
    """The path of what was handed to an agent, as the importer names it."""
    return f"agent-{said.session(agent_id)[:48].rstrip('.')}"


def _started(payload: "Payload", _: "Clean") -> "Draft":
    why = text(payload, "source")
    return _event(payload, _STARTS.get(why, "Session started"), why)


def _ended(payload: "Payload", _: "Clean") -> "Draft":
    return _event(payload, "Session ended", text(payload, "reason"))


def _compacting(payload: "Payload", _: "Clean") -> "Draft":
    made = _event(payload, "Context is being compacted", text(payload, "trigger"))
    if wish := text(payload, "custom_instructions"):
        made["body"] = f"{made['body']}\n\n{excerpt(wish, _).shown}"
    return made


def _broke_off(payload: "Payload", _: "Clean") -> "Draft":
    why = text(payload, "error")
    made = _event(payload, f"API error: {why}" if why else "API error", why)
    if more := text(payload, "error_details", "last_assistant_message"):
        made["body"] = f"{made['body']}\n\n{excerpt(more, _).shown}"
    return made


def _event(payload: "Payload", title: str, why: str) -> "Draft":
    where = text(payload, "cwd")
    body = title + (f" in `{where}`" if where else "") + (f" ({why})" if why else "") + "."
    fields: Draft = {"event": event_of(payload)}
    if why:
        fields["reason"] = why
    return {"kind": "event", "role": "system", "title": title, "body": body, "fields": fields}


def _is_id(value: str) -> bool:
    """Whether a header's line can hold it as part of a name."""
    return 0 < len(value) <= 128 and value.isprintable() and not value.count(" ")


_MAKERS: "dict[str, Callable[[Payload, Clean], Draft | None]]" = {
    "UserPromptSubmit": _prompt,
    "PostToolUse": _tool,
    "PostToolUseFailure": _tool,
    "Stop": _answer,
    "SubagentStop": _answer,
    "SessionStart": _started,
    "SessionEnd": _ended,
    "PreCompact": _compacting,
    "StopFailure": _broke_off,
    "": lambda _, __: None,
}
