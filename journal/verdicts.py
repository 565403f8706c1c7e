"""How a verdict on one entry is made: what stands there held against what was sealed."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import Any

from journal import dayfile
from journal.chain import Verdict, slice_digest
from journal.cjson import dumps
from journal.dayfile import EDITED, INTACT, TORN, Piece
from journal.held import Acknowledged, Held

PLACEHOLDER = re.compile(
    r"\[redacted:[a-z0-9-]+:[0-9a-f]{4}\]|\[private\]|redacted-[a-z0-9-]+-[0-9a-f]{4}"
)
_RESEALED = ("title", "len", "digest", "closes")  # the title is in the heading, too


def plain(held: Held, state: str, message: str = "") -> Verdict:
    """The entry is in this state where it stands."""
    new = "" if held.header and state != TORN else slice_digest(held.raw)
    return Verdict(held.id, state, held.day.path, held.line, message, new=new)


def compared(held: Held, entry_id: str, old: bytes | None, why: str, header: str = "") -> Verdict:
    """The entry is not what it was: the state says how, `header` is its sealed one if known."""
    path, line, new = held.day.path, held.line, slice_digest(held.raw)
    if old is None:
        return Verdict(entry_id, EDITED, path, line, why, old=header, new=new)
    old, now = old.rstrip(b"\n"), held.raw.rstrip(b"\n")
    state, message = EDITED, why
    if old != now and old.startswith(now):
        state, message = TORN, "the rest of it is gone"
    elif old.split() == now.split():
        state = "edited-whitespace"
    return Verdict(entry_id, state, path, line, message, diff(old, now), header, new)


def brought(held: Held, masked: set[tuple[str, str, str]]) -> Verdict | None:
    """Of an entry that a pack brought, where it is judged by what the pack is, or says of it.

    `masked`: folder, id and header of what was masked on its way here.
    """
    if held.header and not held.day.chain.believed:
        return plain(held, "alien", "no sound entry here vouches for the pack that brought it")
    if held.state == INTACT and (held.day.brought, held.id, held.header) in masked:
        return plain(held, "redacted", "it was masked before it came here")
    return None


def absent(promised: Acknowledged, *, taken: bool) -> Verdict:
    """Of an entry that no slice stands for; `taken`: by git."""
    if taken:
        state, message = "elsewhere", "git has it, in another branch, the reflog or a stash"
    elif promised.gone:
        state, message = "missing", "it was put back once and is gone again"
    elif promised.placed:
        state, message = "missing", "it is gone from its file"
    else:
        state, message = "spooled", "acknowledged, and not yet in its file"
    return Verdict(promised.id, state, promised.file, 0, message)


def resembles(held: Held, promised: Acknowledged) -> bool:
    """Whether the entry is what became of the promised one, rather than another altogether."""
    return dayfile.parse(promised.text).body == dayfile.parse(held.raw).body


def diff(old: bytes, now: bytes) -> str:
    """What changed, line by line."""
    before, after = (text.decode(errors="replace").split("\n") for text in (old, now))
    return "\n".join(unified_diff(before, after, "sealed", "now", lineterm="", n=1))


def is_masked(old: bytes, now: bytes) -> bool:
    """Whether a sealed slice says what it said, but for placeholders; what is under it aside."""
    before, after = dayfile.parse(old), dayfile.parse(now)
    if before.clock != after.clock:
        return False
    pairs = zip(_texts(before), _texts(after), strict=True)
    return all(_fits(text, masked) for text, masked in pairs)


def _texts(piece: Piece) -> tuple[str, str, str]:
    kept: dict[str, Any] = {
        key: value for key, value in piece.values.items() if key not in _RESEALED
    }
    return piece.title, dumps(kept), piece.body.decode(errors="surrogateescape").strip("\n")


def _fits(text: str, masked: str) -> bool:
    """Whether placeholders stand for whatever of `text` is not in `masked`."""
    first, *rest = PLACEHOLDER.split(masked)
    if not rest:
        return text == masked
    *middle, last = rest
    at, end = len(first), len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return False
    for part in middle:  # what stands between two of them, wherever it comes first
        at = text.find(part, at + 1, end)
        if at < 0:
            return False
        at += len(part)
    return at < end
