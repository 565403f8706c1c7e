"""The times of a file's lines: each its own, or that of the line before it; and what is odd."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from journal.finding import Finding


class Times:
    """Gives each line of a file its time, and counts the lines whose times are no good."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._last = ""
        self._moment: datetime | None = None
        self._odd: dict[str, tuple[int, int]] = {}  # by code: the first line, how many

    @property
    def before(self) -> str:
        """The time of the line before, or the file's own."""
        return self._last or _changed(self._file)

    def of(self, at: object, line: int) -> str:
        """The time as it stands in the line, if it is one."""
        found = moment(at) if isinstance(at, str) else None
        if found is None:
            self._count("bad-time" if at else "no-time", line)
            return self.before
        if self._moment and found < self._moment:
            self._count("time-backwards", line)
        self._moment, self._last = found, str(at)
        return self._last

    def findings(self) -> Iterator[Finding]:
        """What was odd, one for each kind, at the first line of it."""
        for code, (line, count) in self._odd.items():
            yield Finding(code, self._file, line, _SAID[code].format(_lines(count)))

    def _count(self, code: str, line: int) -> None:
        first, count = self._odd.get(code, (line, 0))
        self._odd[code] = first, count + 1


_SAID = {
    "no-time": "{} without a time: that of the line before is taken",
    "bad-time": "{} with a time that can't be read: that of the line before is taken",
    "time-backwards": "{} earlier than the line before",
}


def moment(text: str) -> datetime | None:
    """The instant of an ISO time, UTC if it names no zone; None if it is none."""
    if len(text) < 16 or text[4] != "-" or text[10] not in "Tt ":
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _changed(file: str) -> str:
    """When the file was last written, as an ISO time."""
    try:
        return datetime.fromtimestamp(os.stat(file).st_mtime, UTC).isoformat()
    except (OSError, ValueError, OverflowError):
        return "1970-01-01T00:00:00+00:00"


def _lines(count: int) -> str:
    return f"{count:,} lines" if count > 1 else "a line"
