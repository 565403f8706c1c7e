"""Redaction on the way out: slices without what the rules, as they are now, find in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import dayfile
from journal.chain import slice_digest
from journal.cjson import loads
from journal.dayfile import INTACT, UNSEALED
from journal.held import Day, Held, read
from journal.manifest import Masked
from journal.portions import Portions
from journal.strike.reseal import masked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.intake import Intake

_AT_ONCE = 1 << 19  # bytes looked through together
_META = re.compile(rb"\nmeta: ([^\n]*)")


@dataclass(frozen=True, slots=True)
class Cleared:
    """What becomes of a slice: its bytes without secrets, empty if it can't go at all."""

    raw: bytes
    note: Masked | None = None


class Outgoing:
    """What rids the slices of one workspace of their secrets."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def is_clean(self, data: bytes, namespace: str) -> bool:
        """Whether a day file holds no secret: its entries looked through together.

        False as well if that can't be told so.
        """
        if self._intake.rules(namespace).own:  # patterns that may ask where a text begins or ends
            return False
        return all(
            self._intake.is_clean(text.decode(errors="surrogateescape"), namespace)
            for part in _portions(data)
            for text in (part, _meta(part))
            if text
        )

    def head(self, head: bytes, namespace: str) -> bytes:
        """What stands above a file's entries, without secrets."""
        if self._intake.is_clean(head.decode(errors="surrogateescape"), namespace):
            return head
        text = self._intake.masking(namespace).text(head.decode(errors="surrogateescape"))
        return text.encode(errors="surrogateescape")

    def cleared(self, entries: Sequence[Held], namespace: str) -> dict[int, Cleared]:
        """What becomes of those that hold something, by their place among the entries."""
        return {
            number: found
            for number, held in enumerate(entries)
            if not self.is_clean(held.raw, namespace) and (found := self._clear(held, namespace))
        }

    def holds_secret(self, chunks: Iterable[bytes], namespace: str) -> bool:
        """Whether a file's text does."""
        portions = Portions(chunks, self._intake.masking(namespace))
        for _ in portions:
            pass
        return bool(portions.found)

    def _clear(self, held: Held, namespace: str) -> Cleared | None:
        piece = dayfile.slice_at(held.raw, 0)
        new = masked(piece, self._intake.masking(namespace))
        if new is None:  # a header's digests and numbers are none of anybody's
            return None
        if held.state == UNSEALED:
            return Cleared(new, Masked(held.id, slice_digest(held.raw), slice_digest(new)))
        again = dayfile.parse(new)
        if held.state != INTACT or again.state != INTACT:
            return Cleared(b"")  # what accepts it as it stands would not accept it masked
        if again.header == held.header:  # it was in what stands under the sealed text
            return Cleared(new)
        return Cleared(new, Masked(held.id, held.header, again.header))


def _portions(data: bytes) -> Iterator[bytes]:
    """The text in portions that begin and end where entries do."""
    start = 0
    while start < len(data):
        end = data.find(b"\n## ", start + _AT_ONCE) + 1 or len(data)
        while end < len(data) and not dayfile.BOUNDARY.match(data, end):
            end = data.find(b"\n## ", end) + 1 or len(data)
        yield data[start:end]
        start = end


def _meta(data: bytes) -> bytes:
    """What stands in the `meta` of headers, each value beside its key: that speaks for a secret."""
    found: list[str] = []
    for one in _META.finditer(data):
        try:
            _flatten(loads(one[1].decode()), "", found)
        except ValueError:
            found.append(one[1].decode(errors="surrogateescape"))
    return "\n".join(found).encode(errors="surrogateescape")


def _flatten(value: object, under: str, found: list[str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, key, found)
    elif isinstance(value, list):
        for inner in value:
            _flatten(inner, under, found)
    elif value is not None and not isinstance(value, bool):
        found.append(f"{under}: {value}")


def reread(raw: bytes, day: Day) -> Held:
    """The entry that a slice is, by itself."""
    return read(raw, day)[0]
