"""Forgotten entries: what forget entries say, and what is shown of a purged one.

A forget entry (FORMAT 6) names an entry that is to be hidden, shown again, or gone for good. It
counts if its own seal holds, wherever it stands. The newest one decides, but nothing undoes a
purge: of a purged entry readers show its stub, whatever text stands there.
"""

from __future__ import annotations

import re

from journal.cjson import dumps
from journal.dayfile import INTACT, Piece, is_stub, parse
from journal.header import id_of
from journal.ids import is_id
from journal.seal import digest, scalar

_LINK = re.compile(r"[0-9]+:sha256:[0-9a-f]{64}")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "HIDE", "KIND", "PURGE", "UNHIDE", "Forgetting", "Said", "base_id", "forgetting", "is_stub",
    "stub", "stubbed", "told",
]  # fmt: skip
KIND = "forget"
HIDE, UNHIDE, PURGE = "hide", "unhide", "purge"
_HAND = len("h-") + 12
_PLACE = ("id", "seq", "prev")


class Forgetting:
    """What a forget entry says: `what` becomes of the entry `of`; `by` is the id of who says so.

    `new` is the slice digest of what stands in the place of a purged entry.
    """

    __slots__ = ("by", "new", "of", "what")

    def __init__(self, by: str, of: str, what: str, new: str = "") -> None:
        self.by = by
        self.of = of
        self.what = what
        self.new = new


class Said:
    """What all forget entries say."""

    __slots__ = ("_by_target",)

    def __init__(self) -> None:
        self._by_target: dict[str, list[Forgetting]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_target)

    def add(self, one: Forgetting) -> None:
        """One more."""
        self._by_target.setdefault(one.of, []).append(one)

    def decided(self, entry_id: str) -> str:
        """What is to become of the entry."""
        about = self._about(entry_id)
        if any(one.what == PURGE for one in about):
            return PURGE
        exact = [(one.by, one.what) for one in about if one.of == entry_id]
        return max(exact)[1] if exact else UNHIDE

    def came_back(self, entry_id: str, piece: Piece) -> bool:
        """Whether the entry was purged, and this slice holds more than what was left of it."""
        about = [one for one in self._about(entry_id) if one.what == PURGE]
        if not about or is_stub(piece):
            return False
        here = digest(piece.raw.rstrip(b"\n"))
        return all(one.new != here for one in about)

    def _about(self, entry_id: str) -> list[Forgetting]:
        found = self._by_target.get(entry_id, [])
        if entry_id.startswith("h-") and (base := base_id(entry_id)) != entry_id:
            return found + [one for one in self._by_target.get(base, []) if one.what == PURGE]
        return found


def forgetting(piece: Piece, by: str) -> Forgetting | None:
    """What the slice of the entry `by` says, if it is a forget entry that counts."""
    values = piece.values
    if values.get("kind") != KIND or piece.state != INTACT:
        return None
    of = values.get("of")
    if not isinstance(of, str) or not of:
        return None
    new = values.get("new")
    new = new if isinstance(new, str) else ""
    what = values.get("what") or (PURGE if new else HIDE)
    return Forgetting(by, of, what if what in (UNHIDE, PURGE) else HIDE, new)


def base_id(entry_id: str) -> str:
    """The id without a twin's ending: handwritten entries that read alike are purged alike."""
    return entry_id[:_HAND] if entry_id.startswith("h-") else entry_id


def told(entry_id: str, file: str, line: int) -> tuple[str, str, int, str, str]:
    """What is said, as a `Finding` takes it, where the text of a purged entry is back."""
    fix = f"`journal forget --purge {entry_id}` takes it out again"
    return "purged-text", file, line, "its text is back after it was purged", fix


def stub(clock: str, values: dict[str, Any]) -> bytes:
    """The slice that stands in the place of a purged entry; of `values` only the place is used."""
    lines = "".join(f"{key}: {_plain(values[key])}\n" for key in _PLACE if key in values)
    seconds = clock if len(clock) == 8 else f"{clock}:00"
    return f"## {seconds}\n\n```yaml entry\n{lines}```\n".encode()


def _plain(value: Any) -> str:
    """The value as the journal writes it; whatever else somebody typed there, as JSON."""
    if not isinstance(value, str):
        return dumps(value)
    return value if is_id(value) or _LINK.fullmatch(value) else scalar(value)


def stubbed(piece: Piece) -> Piece:
    """What is shown of a purged entry whose slice this is: its stub, at the slice's place."""
    values = piece.values if id_of(piece) and piece.header else {}
    if not values:  # a handwritten one: its name is its text's
        return parse(f"## {piece.clock}\n".encode(), piece.offset)
    return parse(stub(piece.clock, values), piece.offset)
