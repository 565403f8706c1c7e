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
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


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
        why = (
            f"what it alone holds would not verify in a file of writer {visit.mine}, this folder's"
        )
        if not visit.mine:
            why = "this folder has no writer of its own yet: append an entry, then repair again"
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
    """The next part that is free of this writer's own file of that day; empty if none is meant.

    Never of the writer's whose file was copied: only that one appends to it (FORMAT 3).
    """
    folder, _, name = copy.path.rpartition("/")
    found = _DATE.match(name)
    if not visit.mine or not found or found[0][:4] != os.path.basename(folder):
        return ""
    is_first = visit.mine == visit.store.config.writer
    stem = f"{folder}/{found[0]}" + ("" if is_first else f".{visit.mine}")
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
