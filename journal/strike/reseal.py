"""A slice without its secrets. Pure: a piece in, bytes out.

What is as it was sealed is sealed anew, with the same id, time, number and predecessor. What a
person wrote or changed is masked where it stands: it is not the journal's to seal.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from journal import seal
from journal.attach import FIELD
from journal.cjson import quote
from journal.dayfile import INTACT, Piece
from journal.errors import JournalError
from journal.header import TEXTS, known
from journal.intake import SAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.masking import Masking

_FENCE = b"```yaml entry"
_PLACE = ("id", "at", "seq", "prev")
_ACCEPTS = ("amend", "adopt", "forget", "redact")
_NUMBERS = ("id", "prev", "digest", "of", "old", "new", "now", "was")
_IS_NUMBER = re.compile(
    r"[0-7][0-9A-HJKMNP-TV-Z]{25}|h-[0-9a-f]{12}(-[0-9]+)?|([0-9]+:)?sha256:[0-9a-f]{64}"
)
_HEADING = re.compile(r"## \d\d:\d\d", re.ASCII)


def masked(piece: Piece, masking: Masking) -> bytes | None:
    """The slice without what `masking` finds in it; None if that is nothing."""
    if piece.state == INTACT and all(piece.values.get(key) for key in _PLACE):
        try:
            return _sealed_anew(piece, masking)
        except JournalError:  # of another version, with keys or kinds that this one can't write
            masking.found.clear()
    return _where_it_stands(piece.raw, masking)


def renamed(piece: Piece, names: Mapping[str, tuple[str, int]]) -> bytes:
    """The slice with other digests of attached files, by the old one, each with its bytes."""

    def swapped(text: bytes) -> bytes:
        for old, (new, _) in names.items():
            text = text.replace(old.encode(), new.encode())
        return text

    if piece.state != INTACT or not all(piece.values.get(key) for key in _PLACE):
        return swapped(piece.raw)
    draft = draft_of(piece)
    records = draft["fields"].get(FIELD)
    draft["fields"] |= {FIELD: [_renamed(one, names) for one in records]} if records else {}
    draft["body"] = swapped(draft["body"])
    return _sealed(piece, draft, swapped(piece.postscript))


def _renamed(record: Any, names: Mapping[str, tuple[str, int]]) -> Any:
    known = names.get(str(record.get("digest"))[7:]) if isinstance(record, dict) else None
    return {**record, "bytes": known[1], "digest": f"sha256:{known[0]}"} if known else record


def draft_of(piece: Piece) -> dict[str, Any]:
    """The draft that the entry was made from, as `seal.Sealing` takes it."""
    values = known(piece, "2000-01-01", lambda: UTC)
    draft: dict[str, Any] = {key: values[key] for key in TEXTS if key not in ("prev", "digest")}
    draft |= {key: values[key] for key in ("title", "tags", "meta", "fields")}
    return draft | {"tags": list(draft["tags"]), "body": piece.body}


def _sealed_anew(piece: Piece, masking: Masking) -> bytes | None:
    draft = draft_of(piece)
    fields = draft["fields"]
    # Ids and digests, by which other entries are verified.
    says = [key for key in fields if draft.get("kind") in _ACCEPTS and key in SAYS]
    draft["fields"] = {key: value for key, value in fields.items() if key not in says}
    masking.draft(draft)
    draft["fields"] = {key: fields[key] for key in says} | draft["fields"]
    below = masking.text(piece.postscript.decode(errors="surrogateescape"))
    if not masking.found:
        return None
    return _sealed(piece, draft, below.encode(errors="surrogateescape"))


def _sealed(piece: Piece, draft: dict[str, Any], below: bytes) -> bytes:
    values = piece.values
    sealing = seal.Sealing(draft)
    _, new = sealing.seal(values["id"], values["at"], "", values["seq"], values["prev"])
    return new + (b"\n" + below + b"\n" if below else b"")


def _where_it_stands(raw: bytes, masking: Masking) -> bytes | None:
    lines = raw.decode(errors="surrogateescape").split("\n")
    heading = _HEADING.match(lines[0])
    if not heading:  # text above the first entry
        whole = masking.text("\n".join(lines))
        return whole.encode(errors="surrogateescape") if masking.found else None
    lines[0] = heading[0] + masking.text(lines[0][heading.end() :])
    end = _header_end(lines)
    header = [_line(line, masking) for line in lines[1:end]]
    body = masking.text("\n".join(lines[end:])) if end < len(lines) else None
    if not masking.found:
        return None
    text = "\n".join([lines[0], *header, *([] if body is None else [body])])
    return text.encode(errors="surrogateescape")


def _header_end(lines: list[str]) -> int:
    """Where what isn't header begins: after the closing fence, or after the heading."""
    opening = next((n for n, line in enumerate(lines[1:], 1) if line.strip()), 0)
    if not lines[opening].encode(errors="replace").startswith(_FENCE):
        return 1
    closing = (n for n, line in enumerate(lines) if n > opening and line.startswith("```"))
    return next(closing, len(lines) - 1) + 1


def _line(line: str, masking: Masking) -> str:
    key, colon, value = line.partition(": ")
    if not colon:
        return masking.text(line)
    if key in _NUMBERS and _IS_NUMBER.fullmatch(value.strip()):
        return line
    new = str(masking.value(value, key))
    return line if new == value else f"{key}: {quote(new)}"
