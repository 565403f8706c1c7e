"""Handwritten entries that were adopted: whether their text still stands where it was pinned.

A pin is made by an `adopt`, or by the `amend` that follows a pinned text through a change; an amend
also ends the pin that it names as `old`, and makes none if it has no `new`. What one pin has become
is guessed (nobody kept its text but git), what it no longer is is certain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from journal import dayfile
from journal.chain import Past, Verdict, slice_digest
from journal.held import Held
from journal.hidden import PURGE, base_id
from journal.verdicts import diff

ADOPTED = "adopted, and unchanged since"
_FILE = re.compile(r"journal/(?:[a-z0-9][a-z0-9-]{0,31}/[0-9]{4}|pack\.[^/]+/[^/]+)/[^/]+\.md")


@dataclass(frozen=True, slots=True)
class Pin:
    """A handwritten text, by its slice digest, in a file; `line` is where it stood then."""

    id: str
    file: str
    digest: str
    line: int


def live(accepting: Iterable[Held]) -> list[Pin]:
    """The pins that hold, in the order they were made; `accepting` are intact entries."""
    pins: dict[tuple[str, str, str], Pin] = {}
    for held in sorted(accepting, key=lambda held: held.id):
        if held.kind not in ("adopt", "amend", "forget", "redact"):
            continue
        values = dayfile.parse(held.raw).values
        if held.kind in ("forget", "redact"):
            _struck(pins, values)
            continue
        file, _, line = str(values.get("where", "")).rpartition(":")
        if not _FILE.fullmatch(file) or not line.isdecimal():
            continue
        of = str(values.get("of", ""))
        if held.kind == "amend":
            pins.pop((of, file, str(values.get("old", ""))), None)
        if new := str(values.get("new", "")):
            entry_id = of if held.kind == "adopt" else hand_id(new)
            pins[entry_id, file, new] = Pin(entry_id, file, new, int(line))
    return list(pins.values())


def _struck(pins: dict[tuple[str, str, str], Pin], values: dict[str, Any]) -> None:
    """A pinned text that was purged is pinned no more; one that was redacted, as it reads now."""
    of, now = str(values.get("of", "")), str(values.get("now", ""))
    if not of.startswith("h-") or (not now and values.get("what") != PURGE):
        return
    for key, pin in list(pins.items()):
        if base_id(pin.id) == base_id(of):
            del pins[key]
            if now:
                again = replace(pin, id=hand_id(now), digest=now)
                pins[again.id, again.file, now] = again


def hand_id(digest: str) -> str:
    """The id of a handwritten text of this slice digest, its first of the day."""
    return f"h-{digest[7:19]}"


class Pins:
    """The pins of a workspace, laid against the handwritten entries that its files hold."""

    def __init__(self, accepting: Iterable[Held], entries: Iterable[Held], past: Past) -> None:
        self.past = past
        self.pins = live(accepting)
        self.by_hand: list[tuple[Held, str]] = []
        if self.pins:
            hands = (held for held in entries if not held.header)
            self.by_hand = [(held, slice_digest(held.raw)) for held in hands]

    def settle(self, found: dict[Held, Verdict]) -> list[Verdict]:
        """Mark in `found` what is pinned and what became of a pin; verdicts on the rest."""
        standing = Counter((held.day.path, digest) for held, digest in self.by_hand)
        wanted, lost = set(), []
        for pin in self.pins:
            wanted.add((pin.file, pin.digest))
            if standing[pin.file, pin.digest]:
                standing[pin.file, pin.digest] -= 1
            else:
                lost.append(pin)
        free: dict[Held, str] = {}
        for held, digest in self.by_hand:
            if (verdict := found.get(held)) is None or verdict.state != "handwritten":
                continue
            if (held.day.path, digest) in wanted:
                found[held] = replace(verdict, message=ADOPTED, pin=held.day.path)
            else:
                free[held] = digest
        return [one for pin in lost for one in self._lost(pin, free, found)]

    def _lost(self, pin: Pin, free: dict[Held, str], found: dict[Held, Verdict]) -> list[Verdict]:
        old = self.past.pinned(pin.file, pin.digest)
        moved = [held for held, digest in free.items() if digest == pin.digest]
        there = [held for held in free if held.day.path == pin.file]
        if not moved and not there:
            return [self._gone(pin)]
        if moved:
            held, state, why = moved[0], "misplaced", f"it was adopted in {pin.file}"
        else:
            held = min(there, key=lambda held: _distance(held, pin, old))
            state, why = "edited", "it was adopted, and its text has changed since"
        shown = diff(old.rstrip(b"\n"), held.raw.rstrip(b"\n")) if old and not moved else ""
        new = "" if moved else free[held]
        path, line = held.day.path, held.line
        found[held] = Verdict(pin.id, state, path, line, why, shown, pin.digest, new, pin.file)
        del free[held]
        return []

    def _gone(self, pin: Pin) -> Verdict:
        state, why = "missing", "it was adopted, and is gone from its file"
        if self.past.is_gits(pin.file):
            state, why = "elsewhere", "it was adopted, and git took it: the file is as git has it"
        return Verdict(pin.id, state, pin.file, 0, why, old=pin.digest, pin=pin.file)


def _distance(held: Held, pin: Pin, old: bytes | None) -> tuple[bool, int]:
    heading = held.raw.partition(b"\n")[0]
    return bool(old) and heading != (old or b"").partition(b"\n")[0], abs(held.line - pin.line)
