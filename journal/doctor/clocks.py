"""Clocks that were set back or ahead, by what the entries' ids and times say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from journal import ids
from journal.doctor.visit import Visit
from journal.finding import Finding

TOLERANCE = 5.0  # seconds
AHEAD = 60.0
_ENTRY = re.compile(rb"^id: ([0-7][0-9A-HJKMNP-TV-Z]{25})\nat: ([^\n]+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When an entry says it was, and where it stands."""

    id: str
    at: str
    file: str
    offset: int

    @property
    def made(self) -> float:
        """When its id was made, in Unix seconds."""
        return (ids.decode(self.id) >> 80) / 1000

    @property
    def moment(self) -> float:
        """Its `at`, in Unix seconds; that of its id where it can't be read."""
        try:
            moment = datetime.fromisoformat(self.at)
        except ValueError:
            return self.made
        return moment.timestamp() if moment.tzinfo else self.made


def _chains(visit: Visit) -> list[list[Stamp]]:
    """The entries of each chain in its order, which is that of the ids."""
    found: dict[tuple[str, str], list[Stamp]] = defaultdict(list)
    for day in visit.days:
        if day.regular:
            for match in _ENTRY.finditer(visit.store.content(day.path) or b""):
                entry_id, at = match[1].decode(), match[2].decode(errors="replace")
                found[day.writer, day.namespace].append(
                    Stamp(entry_id, at, day.path, match.start())
                )
    return [sorted(stamps) for stamps in found.values()]


def steps(visit: Visit) -> Iterator[Finding]:
    """Places where a clock was set back: the id counts on from the last, the time is earlier.

    A time that somebody gave (`--at`) comes with an id of its own time, so it is no step.
    """
    for stamps in _chains(visit):
        for before, here in pairwise(stamps):
            if before.id[:10] != here.id[:10] or here.moment > before.moment - TOLERANCE:
                continue
            if abs(before.moment - before.made) < TOLERANCE:
                back = before.moment - here.moment
                message = f"{here.id}: the clock had been set back by {_spell(back)}"
                yield Finding("clock-step", here.file, _line(visit, here), message)


def ahead(visit: Visit) -> Iterator[Finding]:
    """Entries that were made in the future: the clock is behind now, or was ahead then."""
    latest = ids.encode(int((visit.now + AHEAD) * 1000) << 80)
    for stamps in _chains(visit):
        found = [stamp for stamp in stamps if stamp.id > latest]
        if found:
            first, by = found[0], found[-1].made - visit.now
            some = "it was" if len(found) == 1 else f"it and {len(found) - 1} more were"
            message = f"{first.id}: {some} made up to {_spell(by)} in the future"
            yield Finding("clock-ahead", first.file, _line(visit, first), message)


def _line(visit: Visit, stamp: Stamp) -> int:
    """The line of the entry's heading."""
    data = visit.store.content(stamp.file) or b""
    return data.count(b"\n", 0, max(data.rfind(b"\n## ", 0, stamp.offset), 0)) + 2


def _spell(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
