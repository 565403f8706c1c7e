"""Codex: its rollouts, one a session, and its history of prompts.

Its lines have no ids: an item's is the number of its line, which stays what it is while the file
grows; an item of several lines has the first one's, the others are its parts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from journal.finding import Finding
from journal.importers.codex import files as kept
from journal.importers.codex import history
from journal.importers.codex.bits import Leave, Lines
from journal.importers.codex.forks import Copied
from journal.importers.codex.items import Items
from journal.importers.codex.turns import Group, Turns
from journal.importers.lines import no_lines
from journal.importers.port import Item, Reading

_HELD = 16 << 20  # bytes of a file whose groups are held; a longer one is read twice


class Codex:
    """The importer."""

    name = "codex"
    by_session = True

    def places(self) -> Sequence[str]:
        """Codex's own folders, and its history."""
        return kept.places()

    def files(self, path: str) -> Sequence[str]:
        """Rollouts first, in the order of their beginning; then histories."""
        return kept.files(path)

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What is new of a rollout, or of a history's sessions that have no rollout."""
        try:
            if foreign := no_lines(file):
                yield foreign
            elif kept.is_history(file):
                yield from history.read(file, reading)
            else:
                yield from _rollout(file, reading)
        except OSError as error:
            why = error.strerror or str(error)
            yield Finding("unreadable", file, 0, f"can't be read: {why}", "make it readable")


IMPORTER = Codex()


def _rollout(file: str, reading: Reading) -> Iterator[Item | Finding]:
    session = kept.session(file)
    origin = kept.rollouts(file).get(session.forked, "") if session.forked else ""
    held = os.stat(file).st_size <= _HELD

    def groups(leave: Leave) -> Iterable[Group | Finding]:
        copied = Copied(origin) if origin else None
        return Turns(leave).of(Lines(file, leave, copied))

    found = list(groups(reading.leave)) if held else groups(_unsaid)
    names = [bit.id for group in found if isinstance(group, Group) for bit in group.bits]
    known = reading.known(dict.fromkeys(names), session.name) if names else {}
    items = Items(session, reading, known)
    for one in found if held else groups(reading.leave):
        if isinstance(one, Finding):
            yield one
        else:
            yield from items.of(one)


def _unsaid(_: str) -> None:
    """The first of two readings counts nothing."""
