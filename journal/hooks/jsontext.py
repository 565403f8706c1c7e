"""A JSON text changed where it has to be, and left alone everywhere else: order, spaces, numbers.

Positions are offsets into the text. Every change gives a new text, to be read again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_INDENTED = re.compile(r"\n([ \t]+)\S")


@dataclass(slots=True)
class Node:
    """A value, and where it stands; `inner` of an object by key, of an array by number."""

    start: int
    end: int = 0
    value: Any = None
    inner: dict[str, Node] = field(default_factory=dict)
    at: int = 0  # where its key begins, or itself


class Twice(ValueError):
    """A key stands twice in one object."""

    def __init__(self, key: str, at: int) -> None:
        super().__init__(f"the key {key!r} stands twice in one object")
        self.at = at


def parse(text: str) -> Node:
    """The text's value with positions; json.JSONDecodeError or Twice if it isn't sound."""
    value = json.loads(text)
    node = _node(text, _past(text, 0))
    node.value = value
    return node


def place_of(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _node(text: str, at: int) -> Node:
    node = Node(at, at=at)
    if text[at] == '"':
        node.value, node.end = scanstring(text, at + 1, True)
    elif text[at] in "{[":
        _container(text, node)
    else:
        found = _SCALAR.match(text, at)
        node.end = found.end() if found else at
        node.value = json.loads(text[at : node.end])
    return node


def _container(text: str, node: Node) -> None:
    is_object = text[node.start] == "{"
    at = _past(text, node.start + 1)
    while text[at] not in "}]":
        key, begins = str(len(node.inner)), at
        if is_object:
            key, at = scanstring(text, at + 1, True)
            if key in node.inner:
                raise Twice(key, begins)
            at = _past(text, _past(text, at) + 1)  # the colon
        inner = _node(text, at)
        inner.at = begins
        node.inner[key] = inner
        at = _past(text, inner.end)
        if text[at] == ",":
            at = _past(text, at + 1)
    node.end = at + 1
    every = node.inner.values()
    node.value = (
        {k: v.value for k, v in node.inner.items()} if is_object else [n.value for n in every]
    )


def unit(text: str) -> str:
    """What the text indents by; empty if it stands on one line."""
    if "\n" not in text.strip():
        return ""
    found = _INDENTED.search(text)
    return found[1] if found else "  "


def added(text: str, node: Node, value: Any, key: str = "") -> str:
    """The text with a value more at the end of the object or array."""
    step, here = unit(text), _margin(text, node.start)
    lead = f"{json.dumps(key, ensure_ascii=False)}: " if key else ""
    if node.inner:
        last = list(node.inner.values())[-1]
        begin = text.rfind("\n", 0, last.at)
        alone = begin >= node.start and not text[begin : last.at].strip()
        margin = text[begin + 1 : last.at] if alone else ""
        gap = f"\n{margin}" if alone else " "
        shown = _shown(value, step if alone else "", margin)
        return f"{text[: last.end]},{gap}{lead}{shown}{text[last.end :]}"
    if not step:
        return f"{text[: node.start + 1]}{lead}{_shown(value, '', '')}{text[node.end - 1 :]}"
    margin = here + step
    shown = f"\n{margin}{lead}{_shown(value, step, margin)}\n{here}"
    return text[: node.start + 1] + shown + text[node.end - 1 :]


def changed(text: str, node: Node, value: Any) -> str:
    """The text with another value in this one's place."""
    step = unit(text) if "\n" in text[node.start : node.end] else ""
    shown = _shown(value, step, _margin(text, node.start))
    return text[: node.start] + shown + text[node.end :]


def without(text: str, node: Node, key: str) -> str:
    """The text without this inner value, its key and its comma."""
    every = list(node.inner)
    number = every.index(key)
    gone = node.inner[key]
    if number + 1 < len(every):
        return text[: gone.at] + text[node.inner[every[number + 1]].at :]
    if number:
        return text[: node.inner[every[number - 1]].end] + text[gone.end :]
    return text[: node.start + 1] + text[node.end - 1 :]


def _margin(text: str, at: int) -> str:
    """What the line of an offset is indented by."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _shown(value: Any, step: str, margin: str) -> str:
    shown = json.dumps(value, ensure_ascii=False, indent=step or None)
    return shown.replace("\n", f"\n{margin}")
