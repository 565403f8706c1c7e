"""The fix for odd names: what a copy alone holds gets a proper name, the copy is set aside."""

from __future__ import annotations

import os
import re

from journal import seal
from journal.dayfile import INTACT, UNSEALED, Piece
from journal.daypath import DayFile
from journal.doctor.pages import news
from journal.doctor.visit import Visit
from journal.mend import Change, read
from journal.preamble import preamble
from journal.repair.pages import is_sound
from journal.repair.step import Step

_ID = re.compile(rb"^id: ([0-9A-Z]{26})$", re.MULTILINE)
_STEM = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\.(?!p\d+\b|sync-conflict)([a-z0-9][a-z0-9-]{0,31})(?=\.))?", re.ASCII
)


def odd_name(visit: Visit) -> list[Step]:
    """One step for each file with an odd name."""
    return [_one(visit, day) for day in visit.days if not day.regular]


def _one(visit: Visit, copy: DayFile) -> Step:
    raw = read(visit.root, copy.path)
    if raw is None:
        return Step("odd-name", copy.path, 0, "", hindrance="it can't be read")
    gone = Change(copy.path, seal.digest(raw), None)
    new = news(visit, copy)
    if not new:
        return Step("odd-name", copy.path, 0, "set the copy aside: it holds nothing new", (gone,))
    line = visit.line_of(copy.path, new[0].offset)
    if any(piece.state not in (INTACT, UNSEALED) or piece.trouble for piece in new):
        why = "some of what it alone holds is not whole"
        return Step("odd-name", copy.path, line, "", hindrance=why)
    if _ids(visit, copy) & {str(piece.values.get("id", "")) for piece in new if piece.header}:
        why = "it has other text in or under entries that are there already"
        return Step("odd-name", copy.path, line, "", hindrance=why)
    target = _proper(visit, copy)
    text = _page(visit, target, new)
    if not target or not is_sound(visit, target, text, lost=copy.path):
        why = "what it alone holds would not verify under a proper name"
        return Step("odd-name", copy.path, line, "", hindrance=why)
    some = "1 entry" if len(new) == 1 else f"{len(new)} entries"
    action = f"move {some} to {target} and set the copy aside"
    return Step("odd-name", copy.path, line, action, (Change(target, "", text), gone))


def _ids(visit: Visit, copy: DayFile) -> set[str]:
    """The sealed entries that regular files of the copy's namespace hold, whole or not."""
    regular = (day for day in visit.days if day.regular and day.namespace == copy.namespace)
    texts = (visit.store.content(day.path) or b"" for day in regular)
    return {found.decode() for text in texts for found in _ID.findall(text)}


def _proper(visit: Visit, copy: DayFile) -> str:
    """The next part that is free of the day file that this is a copy of; empty if none is meant."""
    folder, _, name = copy.path.rpartition("/")
    found = _STEM.match(name)
    if not found or found[1][:4] != os.path.basename(folder):
        return ""
    stem = f"{folder}/{found[1]}" + (f".{found[2]}" if found[2] else "")
    taken = {day.path for day in visit.days} | {one.path for one in visit.records.values()}
    if f"{stem}.md" not in taken:
        return f"{stem}.md"
    part = 2
    while f"{stem}.p{part}.md" in taken:
        part += 1
    return f"{stem}.p{part}.md"


def _page(visit: Visit, target: str, new: list[Piece]) -> bytes:
    """A day file with these entries as they stand."""
    if not target:
        return b""
    day = DayFile(target)
    config = visit.store.config
    head = preamble(day.date, day.namespace, config.timezone, day.writer or config.writer)
    return head + b"\n".join(piece.raw.strip(b"\n") + b"\n" for piece in new)
