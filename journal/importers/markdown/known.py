"""What of a note is in the journal already: by digests of its units and of what they begin with."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from journal.importers.markdown.units import Unit

_DIGITS = 12
_EVERY_LINE = 65_536  # characters of a unit whose beginnings are looked for at every line


@dataclass(frozen=True, slots=True)
class New:
    """A unit that isn't all known: the id of its text, and from where on it is new."""

    unit: Unit
    id: str
    start: int


def new(
    name: str,
    text: str,
    units: Sequence[Unit],
    before: Sequence[Unit],
    known: Callable[[Iterable[str]], Mapping[str, str]],
) -> list[New | None]:
    """For each unit what of it is new; None if nothing is. `known` is asked once.

    `before`: the units of the note's beginning from when it was short, and so cut less.
    """
    lines = [_lines(text, unit.start, unit.end) for unit in units]
    digests = [given[-1][1] if given else "" for given in lines]
    twice = Counter[str]()
    ids = [_numbered(name, digest, twice) for digest in digests]
    # A beginning has a number of its own: those of the units that are there now are theirs.
    beginnings = [
        (unit.start, upto, _numbered(name, digest, twice))
        for unit, given in zip(units, lines, strict=True)
        for upto, digest in given[:-1]
    ]
    ends = {unit.start: unit.end for unit in units}
    beginnings += [
        (was.start, upto, _numbered(name, digest, twice))
        for was in before
        for upto, digest in _lines(text, was.start, was.end)
        if upto > ends.get(was.start, was.start)
    ]
    found = known([*ids, *(it[2] for it in beginnings)])
    begin = [unit.start for unit in units]
    starts = begin.copy()
    for start, upto, own in beginnings if found else ():
        if own in found:
            for at in range(bisect_left(begin, start), bisect_left(begin, upto)):
                starts[at] = max(starts[at], min(upto, units[at].end))
    return [
        New(unit, own, start) if own not in found and text[start : unit.end].strip() else None
        for unit, own, start in zip(units, ids, starts, strict=True)
    ]


def _numbered(name: str, digest: str, twice: Counter[str]) -> str:
    twice[digest] += 1
    number = f"-{twice[digest]}" if twice[digest] > 1 else ""
    return f"{name}#~{digest}{number}"


def _lines(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Where each line that isn't blank ends, and the digest from the start up to there.

    Blanks before and behind don't count: they change when something is added.
    """
    found = []
    hashing = sha256()
    every = end - start <= _EVERY_LINE
    taken = start + len(text[start:end]) - len(text[start:end].lstrip())
    at = taken
    while at < end:
        newline = text.find("\n", at, end)
        upto = end if newline < 0 else newline + 1
        filled = len(text[at:upto].rstrip())
        if filled and (every or upto == end or text[upto : upto + 1] == "\n"):
            hashing.update(text[taken : at + filled].encode())
            taken = at + filled
            found.append((upto, hashing.hexdigest()[:_DIGITS]))
        at = upto
    if taken < len(text[start:end].rstrip()) + start:
        hashing.update(text[taken:end].rstrip().encode())
        found.append((end, hashing.hexdigest()[:_DIGITS]))
    return found
