"""Our hooks among those of others, in the text of a settings file. Pure.

Both agents keep them alike: `hooks`, an event, groups (with a matcher, or without), commands.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from journal.hooks import jsontext
from journal.hooks.jsontext import Node

HOOKS = "hooks"


@dataclass(frozen=True, slots=True)
class Ours:
    """A command of ours: the event, where in the text, the program and the workspace it names."""

    event: str
    group: str
    number: str
    value: Mapping[str, Any]
    program: str
    root: str


class NotHooks(ValueError):
    """Something else stands where hooks belong."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.at = at


def found(node: Node, agent: str) -> list[Ours]:
    """Our commands in the settings, in their order; NotHooks if hooks aren't as documented."""
    return list(_found(node, agent))


def _found(node: Node, agent: str) -> Iterator[Ours]:
    hooks = node.inner.get(HOOKS)
    if hooks is None:
        return
    if not isinstance(hooks.value, dict):
        raise NotHooks("hooks is no object", hooks.start)
    for event, groups in hooks.inner.items():
        if not isinstance(groups.value, list):
            raise NotHooks(f"hooks.{event} is no list", groups.start)
        for number, group in groups.inner.items():
            commands = group.inner.get(HOOKS)
            for place, one in (commands.inner if commands else {}).items():
                if names := _names(one.value, agent):
                    yield Ours(event, number, place, one.value, *names)


def _names(value: object, agent: str) -> tuple[str, str] | None:
    """Program and workspace of a command of ours; None if it is somebody else's."""
    command = value.get("command") if isinstance(value, dict) else None
    try:
        words = shlex.split(command) if isinstance(command, str) else []
    except ValueError:
        return None
    if words[1:4] != ["hook", "run", agent] or "journal" not in words[0].replace("\\", "/"):
        return None
    at = words.index("--workspace") + 1 if "--workspace" in words else len(words)
    return words[0], words[at] if at < len(words) else ""


def installed(text: str, agent: str, wanted: Mapping[str, Mapping[str, Any]]) -> str:
    """The text with each event's command in it once; what is there of ours becomes it, in place."""
    for event, value in wanted.items():
        node = jsontext.parse(text)
        mine = [one for one in found(node, agent) if one.event == event]
        if not mine:
            text = _added(text, node, event, value)
        elif mine[0].value != value:
            text = jsontext.changed(text, _place(node, mine[0]), dict(value))
        for one in reversed(mine[1:]):
            text = _taken(text, one)
    return text


def _added(text: str, node: Node, event: str, value: Mapping[str, Any]) -> str:
    # At the end: Codex knows the hooks that a person trusted by their place in the list.
    group = {HOOKS: [dict(value)]}
    hooks = node.inner.get(HOOKS)
    if hooks is None:
        return jsontext.added(text, node, {event: [group]}, HOOKS)
    groups = hooks.inner.get(event)
    if groups is None:
        return jsontext.added(text, hooks, [group], event)
    return jsontext.added(text, groups, group)


def _place(node: Node, one: Ours) -> Node:
    return node.inner[HOOKS].inner[one.event].inner[one.group].inner[HOOKS].inner[one.number]


def removed(text: str, agent: str, before: object = None) -> str:
    """The text without our commands, and without what held nothing else.

    `before`: the settings as they were before us; what was empty there stays.
    """
    while mine := found(jsontext.parse(text), agent):
        text = _taken(text, mine[-1], before)
    return text


def _taken(text: str, one: Ours, before: object = None) -> str:
    """The text without one command, and the group, event and hooks that are empty then."""
    node = jsontext.parse(text)
    steps = [HOOKS, one.event, one.group, HOOKS, one.number]
    while steps:
        above = node
        for step in steps[:-1]:
            above = above.inner[step]
        is_shell = len(above.inner) == 1 or (len(steps) == 4 and _is_bare(above))
        if not is_shell or len(steps) == 1 or _was_empty(before, steps[:-1]):
            return jsontext.without(text, above, steps[-1])
        steps.pop()
    return text


def _is_bare(group: Node) -> bool:
    """Whether a group holds nothing but commands and whom they are for."""
    return set(group.inner) <= {HOOKS, "matcher"}


def _was_empty(before: object, steps: list[str]) -> bool:
    for step in steps:
        if not isinstance(before, dict) or step not in before:
            return False
        before = before[step]
    return before in ({}, [])
