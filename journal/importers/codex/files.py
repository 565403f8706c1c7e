"""Where codex keeps its files, which of a folder's files are its own, and whose sessions they are.

`sessions/2026/02/03/rollout-<time>-<uuid>.jsonl`, `archived_sessions/`, and `history.jsonl`, which
holds only prompts, but those of sessions whose rollouts are gone, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from journal.conversation import said
from journal.finding import Finding
from journal.importers.codex.bits import parts
from journal.importers.lines import Line, lines

_UUID = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$")
_FIRST = 20  # lines among which a rollout says whose it is


def places() -> list[str]:
    """Where codex keeps its files on this machine."""
    home = os.environ.get("CODEX_HOME") or os.path.join(os.path.expanduser("~"), ".codex")
    return [os.path.join(home, name) for name in ("sessions", "archived_sessions", "history.jsonl")]


def files(path: str) -> list[str]:
    """The rollouts at a path, the earliest first, and then the histories."""
    if os.path.isfile(path):
        return [path]
    found = [file for file in _walk(path) if _is_rollout(file) or _holds(file)]
    return sorted(found, key=_order)


def is_history(file: str) -> bool:
    """Whether the file is a history of prompts: its name tells, or else its first line."""
    if _is_rollout(file):
        return False
    value = _first(file)
    return "text" in value and "session_id" in value and "payload" not in value


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session a rollout tells: its name, and what it was forked from, if anything.

    `by_agent`: its prompts come from another agent.
    """

    name: str
    forked: str = ""
    by_agent: bool = False


def session(file: str) -> Session:
    """The session of a rollout, by the file's name or by what its first lines say."""
    named = _UUID.search(os.path.basename(file))
    own, forked, by_agent = named[1] if named else "", "", False
    for at, line in enumerate(lines(file)):
        kind, payload = parts(line.value) if isinstance(line, Line) else ("", {})
        if at >= _FIRST or kind not in ("session_meta", "turn_context", ""):
            break
        if kind != "session_meta":
            continue
        found = _text(payload, "id") or own
        own = own or found
        forked = forked or _text(payload, "forked_from_id") or (found if found != own else "")
        if found == own:
            by_agent = _is_by_agent(payload)
    return Session(said.session(own or PurePath(file).stem) or "codex", forked, by_agent)


def _is_by_agent(payload: dict[str, Any]) -> bool:
    source = payload.get("source")
    return payload.get("thread_source") == "subagent" or (
        isinstance(source, dict) and any(str(key).startswith("sub") for key in source)
    )


def _text(payload: dict[str, Any], key: str) -> str:
    found = payload.get(key)
    return found if isinstance(found, str) else ""


def rollouts(file: str) -> dict[str, str]:
    """The rollouts that lie where this file's do, by their sessions."""
    found: dict[str, str] = {}
    for folder in _beside(file):
        for one in _walk(folder) if folder != os.path.dirname(file) else _list(folder):
            if named := _UUID.search(os.path.basename(one)):
                found.setdefault(named[1], one)
    return found


def _beside(file: str) -> list[str]:
    """The folder of a file, and codex's own folders there or above it."""
    here = os.path.dirname(file)
    above = [here, *map(str, PurePath(os.path.abspath(file)).parents)][:6]
    kept = [os.path.join(up, name) for up in above for name in ("sessions", "archived_sessions")]
    return [here, *filter(os.path.isdir, kept)]


def _walk(folder: str) -> Iterator[str]:
    for place, inner, names in os.walk(folder):
        inner.sort()
        found = (os.path.join(place, name) for name in names if name.endswith(".jsonl"))
        yield from filter(os.path.isfile, found)  # a fifo would be waited for


def _list(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return
    yield from (os.path.join(folder, name) for name in names if name.endswith(".jsonl"))


def _is_rollout(file: str) -> bool:
    return "rollout-" in os.path.basename(file)


def _holds(file: str) -> bool:
    """Whether a file of another name is one of codex's."""
    value = _first(file)
    kind, _ = parts(value)
    return kind == "session_meta" or ("text" in value and "session_id" in value)


def _first(file: str) -> dict[str, object]:
    try:
        for line in lines(file):
            if not isinstance(line, Finding):
                return line.value if isinstance(line, Line) else {}
    except OSError:
        pass
    return {}


def _order(file: str) -> tuple[bool, str, str]:
    name = os.path.basename(file)
    begun = name[name.find("rollout-") :] if _is_rollout(file) else "~"
    return ("history" in name, begun, file)
