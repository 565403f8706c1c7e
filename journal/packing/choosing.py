"""A selection as texts: as a manifest tells of it, and as a request keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from journal.selection import Selection

_NAMES = ("namespace", "session", "path", "kind", "role", "actor", "git_branch")
_TIMES = ("since", "until")


def plain(selection: Selection | None) -> dict[str, Any]:
    """What is set, as plain JSON."""
    if selection is None:
        return {}
    found: dict[str, Any] = {key: getattr(selection, key) for key in _NAMES}
    found |= {key: at.isoformat() for key in _TIMES if (at := getattr(selection, key))}
    return {key: value for key, value in {**found, "tags": [*selection.tags]}.items() if value}


def said(selection: Selection | None) -> dict[str, str]:
    """The same in texts alone."""
    return {
        key.replace("_", "-"): value if isinstance(value, str) else ", ".join(value)
        for key, value in plain(selection).items()
    }


def selection_of(given: Mapping[str, Any]) -> Selection | None:
    """The selection that `plain` told."""
    if not given:
        return None
    since, until = (datetime.fromisoformat(given[key]) if key in given else None for key in _TIMES)
    names = {key: str(given[key]) for key in _NAMES if key in given}
    return Selection(since=since, until=until, tags=tuple(given.get("tags", ())), **names)  # type: ignore[arg-type]


def up_to(selection: Selection | None, now: datetime) -> Selection:
    """The selection as far as now: what comes while a review waits is not what was asked for."""
    given = {key: getattr(selection or Selection(), key) for key in Selection.__slots__}
    return Selection(**{**given, "until": given["until"] or now})
