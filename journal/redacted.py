"""Redacted entries: whether the text that stands there is the one from before.

Nothing is hidden for it, for anybody may say that something was redacted; it is only told.
"""

from __future__ import annotations

from journal.dayfile import INTACT, Piece, digest

KIND = "redact"


class Redacted:
    """What all redact entries say that count, those whose own seals hold; and `also` others."""

    __slots__ = ("_also", "_by_target")

    def __init__(self, also: Redacted | None = None) -> None:
        self._by_target: dict[str, list[tuple[str, str, str]]] = {}
        self._also = also

    def learn(self, piece: Piece) -> str:
        """Note what a slice says, if it is a redact entry that counts; the id that it is about."""
        values = piece.values
        if values.get("kind") != KIND or piece.state != INTACT:
            return ""
        of, old, was, new = (_text(values.get(key)) for key in ("of", "old", "was", "new"))
        if of and (old or was):
            self._by_target.setdefault(of, []).append((old, was, new))
        return of

    def came_back(self, entry_id: str, piece: Piece) -> bool:
        """Whether the entry was redacted, and this is its slice as it was before."""
        if self._also and self._also.came_back(entry_id, piece):
            return True
        said = self._by_target.get(entry_id)
        if not said:
            return False
        now = digest(piece.raw.rstrip(b"\n"))
        bare = digest(_bare(piece).rstrip(b"\n"))
        if any(new in (now, bare) for _, _, new in said):
            return False  # the secret was in what stood under it: the seal is as it was
        is_sealed = piece.state == INTACT
        return any(now == was or (is_sealed and piece.header == old) for old, was, _ in said)


def _bare(piece: Piece) -> bytes:
    """The slice without what stands under the sealed body."""
    below = piece.postscript
    return piece.raw[: piece.raw.rfind(below)] if below else piece.raw


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
