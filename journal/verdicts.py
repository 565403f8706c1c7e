"""How a verdict on one entry is made: what stands there held against what was sealed."""

from __future__ import annotations

from difflib import unified_diff

from journal import dayfile
from journal.chain import Verdict, slice_digest
from journal.dayfile import EDITED, TORN
from journal.held import Acknowledged, Held


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


def resembles(held: Held, promised: Acknowledged) -> bool:
    """Whether the entry is what became of the promised one, rather than another altogether."""
    return dayfile.parse(promised.text).body == dayfile.parse(held.raw).body


def diff(old: bytes, now: bytes) -> str:
    """What changed, line by line."""
    before, after = (text.decode(errors="replace").split("\n") for text in (old, now))
    return "\n".join(unified_diff(before, after, "sealed", "now", lineterm="", n=1))
