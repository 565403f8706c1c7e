"""What a letter holds may have come by an import meanwhile: each entry stands for one letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from journal import dayfile, origin

_NEAR = 120  # seconds between what a hook saw and the same in the agent's own file
_CAPTURED = ("said-", "prompt-", "tool-", "event-")


class Imported:
    """The imported entries that no letter was found among yet. `texts`: all that a day may hold."""

    def __init__(self, texts: Callable[[str], Iterable[bytes]]) -> None:
        self._texts = texts
        self._left: dict[tuple[str, str], dict[str, dayfile.Piece]] = {}

    def take(self, draft: dict[str, Any]) -> bool:
        """Whether an import has brought what the draft says, and no other draft said it."""
        head, _ = origin.split((draft.get("fields") or {}).get(origin.SOURCE))
        if draft.get("kind") == "event" or not head:
            return False
        date = str(draft.get("at"))[:10]
        if (head, date) not in self._left:
            # By id: what was appended just now stands in a spool, too.
            found = _of(head, self._texts(date))
            self._left[head, date] = {str(piece.values.get("id")): piece for piece in found}
        left = self._left[head, date]
        same = next((name for name, piece in left.items() if _is_same(piece, draft)), "")
        return bool(same and left.pop(same))


def _of(head: str, texts: Iterable[bytes]) -> Iterator[dayfile.Piece]:
    """What was imported of a session."""
    for data in texts:
        if f"\nsource: {head}:".encode() not in data:
            continue
        for piece in dayfile.pieces(data):
            came, name = origin.split(piece.values.get(origin.SOURCE))
            if came == head and not name.startswith(_CAPTURED):
                yield piece


def _is_same(piece: dayfile.Piece, draft: dict[str, Any]) -> bool:
    values = piece.values
    if values.get("role") != draft.get("role") or not _near(values, draft):
        return False
    if draft.get("role") == "tool":  # told in other words; the call is the same
        return piece.title.startswith(str(draft.get("title") or "\n"))
    said, shown = draft["body"].strip(), piece.body.strip()
    return b"\n\n" + said + b"\n\n" in b"\n\n" + shown + b"\n\n"


def _near(values: dict[str, Any], draft: dict[str, Any]) -> bool:
    try:
        one, other = (datetime.fromisoformat(str(each.get("at"))) for each in (values, draft))
        return abs((one - other).total_seconds()) <= _NEAR
    except (TypeError, ValueError):
        return False
