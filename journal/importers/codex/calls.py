"""The calls of codex's tools: which tool, what it was given, and what for in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from journal.cjson import loads
from journal.conversation import tools

_PATCHED = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)
_INTO = re.compile(r"cd (?:'[^']*'|\"[^\"]*\"|[^\s;&|]+) *(?:&&|;) *")


def asked(kind: str, payload: Mapping[str, Any]) -> tuple[str, object]:
    """The tool that an item of this kind calls, and what it is given."""
    given = payload.get("arguments", payload.get("input"))
    if kind in ("function_call", "custom_tool_call"):
        name, where = _text(payload, "name") or "tool", _text(payload, "namespace")
        tool = f"{where}.{name.lstrip('_')}" if where else name
        return tool, _loaded(given) if kind == "function_call" else given
    if kind == "image_generation_call":
        return "image_generation", {"prompt": _text(payload, "revised_prompt")}
    action = payload.get("action")
    return kind.removesuffix("_call"), given if action is None else _action(action)


def purpose(tool: str, given: object) -> str:
    """The call in one line: `shell: npm test`, `apply_patch: src/app.ts`."""
    if not isinstance(given, str | dict):
        return tools.about(tool, None)
    patch = given if isinstance(given, str) else given.get("input") or given.get("patch")
    if tool == "apply_patch" and isinstance(patch, str):
        return tools.about(tool, _patched(patch))
    if isinstance(given, str):
        return tools.about(tool, given)
    if tool == "write_stdin":
        return tools.about(tool, _text(given, "chars") or f"session {given.get('session_id')}")
    command = given.get("command", given.get("cmd"))
    if isinstance(command, list) and len(command) > 2 and str(command[-2]).lower() == "-command":
        given = {**given, "command": command[-1]}
    line = tools.command_of(given)
    into = _INTO.match(line)
    if into and line[into.end() :].strip():
        return tools.about(tool, {**given, "command": line[into.end() :]})
    return tools.about(tool, given)


def _patched(patch: str) -> str:
    """The files that a patch changes."""
    names = ["/".join(path.strip().split("/")[-3:]) for path in _PATCHED.findall(patch)]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else ""


def _action(action: object) -> object:
    """What a search or a shell was asked to do, without what says nothing."""
    if not isinstance(action, dict):
        return action
    several = action.get("queries")
    queries = [q for q in several if isinstance(q, str)] if isinstance(several, list) else []
    query = action.get("query") or ", ".join(queries)
    kept = {k: v for k, v in action.items() if k not in ("type", "query", "queries") and v}
    if "working_directory" in kept:
        kept["workdir"] = kept.pop("working_directory")
    return {**kept, "query": query} if query else kept


def _loaded(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return loads(given)
    except ValueError:
        return given


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
