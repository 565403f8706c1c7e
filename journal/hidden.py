"""Forgotten entries: what forget entries say, and what is shown of a purged one.

A forget entry (FORMAT 6) names an entry that is to be hidden, shown again, or gone for good. It
counts if its own seal holds, wherever it stands. The newest one decides, but nothing undoes a
purge: of a purged entry readers show its stub, whatever text stands there. Anybody may append an
entry of that kind, so a purge is one only if it names the digest of just this entry's stub; any
other that claims to be one hides the entry, and can be taken back.
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
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "HIDE", "KIND", "PURGE", "UNHIDE", "Forgetting", "Said", "base_id", "forgetting", "is_aside",
    "is_own_stub", "is_stub", "stub", "stub_digest", "stubbed", "told", "told_redacted",
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
    """What all forget entries say, and `also` what others do."""

    __slots__ = ("_also", "_by_target")

    def __init__(self, also: Said | None = None) -> None:
        self._by_target: dict[str, list[Forgetting]] = {}
        self._also = also

    def __bool__(self) -> bool:
        return bool(self._by_target or self._also)

    def add(self, one: Forgetting) -> None:
        """One more."""
        self._by_target.setdefault(one.of, []).append(one)

    def decided(self, entry_id: str, piece: Piece) -> str:
        """What is to become of the entry whose slice this is."""
        if self.may_be_purged(entry_id) and self.is_purged(entry_id, stub_digest(piece)):
            return PURGE
        return HIDE if self.hides(entry_id) else UNHIDE

    def hides(self, entry_id: str) -> bool:
        """Whether the newest one hides the entry, a purge that isn't one counting as that."""
        exact = [(one.by, HIDE if one.what == PURGE else one.what) for one in self.naming(entry_id)]
        return bool(exact) and max(exact)[1] == HIDE

    def may_be_purged(self, entry_id: str) -> bool:
        """Whether any entry says that it was purged."""
        return any(one.what == PURGE for one in self._about(entry_id))

    def is_purged(self, entry_id: str, stub_digest: str) -> bool:
        """Whether an entry says so that names this digest of its stub."""
        about = self._about(entry_id)
        return any(one.what == PURGE and one.new == stub_digest for one in about)

    def came_back(self, entry_id: str, piece: Piece) -> bool:
        """Whether the entry was purged, and this slice holds more than what was left of it."""
        if is_stub(piece) or not self.may_be_purged(entry_id):
            return False
        return self.decided(entry_id, piece) == PURGE

    def _about(self, entry_id: str) -> list[Forgetting]:
        found = self.naming(entry_id)
        if entry_id.startswith("h-") and (base := base_id(entry_id)) != entry_id:
            return found + [one for one in self.naming(base) if one.what == PURGE]
        return found

    def naming(self, target: str) -> list[Forgetting]:
        """What is said of this very id."""
        found = self._by_target.get(target, [])
        return found + self._also.naming(target) if self._also else found


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
    # Of a handwritten text nothing is left, and of any other a stub.
    if what == PURGE and (("new" in values or "old" in values) if _is_hand(of) else not new):
        what = HIDE
    return Forgetting(by, of, what if what in (UNHIDE, PURGE) else HIDE, new)


def is_aside(values: Mapping[str, Any]) -> bool:
    """Whether a header is of a record of what an agent was told: shown only when asked for."""
    return values.get("kind") == "event" and values.get("event") == "context"


def _is_hand(entry_id: str) -> bool:
    return entry_id.startswith("h-")


def base_id(entry_id: str) -> str:
    """The id without a twin's ending: handwritten entries that read alike are purged alike."""
    return entry_id[:_HAND] if entry_id.startswith("h-") else entry_id


def told(entry_id: str, file: str, line: int) -> tuple[str, str, int, str, str]:
    """What is said, as a `Finding` takes it, where the text of a purged entry is back."""
    fix = f"`journal forget {entry_id} --purge --reason TEXT` takes it out again"
    return "purged-text", file, line, "its text is back after it was purged", fix


def told_redacted(entry_id: str, file: str, line: int) -> tuple[str, str, int, str, str]:
    """What is said where the text from before a redaction is back; it may be shown."""
    fix = f"`journal redact apply {entry_id}` masks it again"
    return "redacted-text", file, line, "its text from before it was redacted is back", fix


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


def stub_digest(piece: Piece) -> str:
    """The slice digest of the stub that a purge leaves of the slice; "" of a handwritten one."""
    if not (piece.header and id_of(piece)):
        return ""
    return digest(stub(piece.clock, piece.values).rstrip(b"\n"))


def is_own_stub(piece: Piece) -> bool:
    """Whether the slice is, to the byte, what a purge leaves in this place."""
    return is_stub(piece) and digest(piece.raw.rstrip(b"\n")) == stub_digest(piece)
