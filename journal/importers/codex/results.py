"""What tools gave codex, in all the shapes that it was kept in, as text; and blocks of content."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from journal.cjson import dumps, loads

_HEAD = re.compile(
    r"(?:Chunk ID: \S+\n)?(?:Exit code: (-?\d+)\n)?Wall time: [\d.]+ ?s\w*\n"
    r"(?:Process exited with code (-?\d+)\n)?(Process running with session ID \d+\n)?"
    r"(?:Original token count: \d+\n)?(?:Total output lines: \d+\n)?Output:\n?"
)
_REFUSED = ("exec command rejected by user", "apply_patch verification failed", "err: ")


def result(payload: dict[str, Any], leave: Callable[[str], None]) -> tuple[str, bool]:
    """A result's text, and whether it tells of a failure."""
    output = payload.get("output", payload.get("tools"))
    failed = False
    if isinstance(output, dict):
        failed = output.get("success") is False
        output = output.get("content_items") or output.get("content", output)
    text = _plain(output, leave)
    code = 0
    if text.startswith('{"') and text.rstrip().endswith("}"):
        text, code = _wrapped(text)
    if head := _HEAD.match(text):
        code = int(head[1] or head[2] or 0)
        text = (head[3] or "") + text[head.end() :]
    return text, failed or code != 0 or text.startswith(_REFUSED)


def blocks(content: object, leave: Callable[[str], None]) -> str:
    """The texts of blocks of content; an image becomes a line that says what it was."""
    if isinstance(content, str):
        return content
    shown: list[str] = []
    for block in content if isinstance(content, list) else ():
        if isinstance(block, str):
            shown.append(block)
        elif isinstance(block, dict):
            shown.append(_block(block, leave))
    return "\n\n".join(text for text in shown if text.strip())


def _block(block: dict[str, Any], leave: Callable[[str], None]) -> str:
    text = block.get("text")
    if isinstance(text, str):
        return text
    if "image_url" in block or "image" in str(block.get("type")):
        leave("image")
        return _image(block.get("image_url"))
    leave(f"block: {block.get('type')}")
    return ""


def _image(url: object) -> str:
    if isinstance(url, dict):
        url = url.get("url") or url.get("path")
    text = url if isinstance(url, str) else ""
    if text.startswith("data:"):
        head, _, data = text.partition(",")
        size = len(data.rstrip("=")) * 3 // 4
        return f"[image, {head[5:].partition(';')[0] or 'unknown'}, {size:,} bytes]"
    return f"[image, {' '.join(text.split())[:500]}]" if text else "[image]"


def _plain(output: object, leave: Callable[[str], None]) -> str:
    if isinstance(output, str):
        return output
    if isinstance(output, list) and all(
        isinstance(one, dict) and str(one.get("type")).startswith("input_") for one in output
    ):
        return blocks(output, leave)
    return "" if output is None else _json(output)


def _json(value: object) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def _wrapped(text: str) -> tuple[str, int]:
    """What a shell's result is that was kept as JSON, `{output, metadata: {exit_code}}`."""
    try:
        value = loads(text)
    except (ValueError, RecursionError):
        return text, 0
    if not isinstance(value, dict) or not isinstance(value.get("output"), str):
        return text, 0
    metadata = value.get("metadata")
    code = metadata.get("exit_code") if isinstance(metadata, dict) else 0
    return value["output"], code if isinstance(code, int) else 0
