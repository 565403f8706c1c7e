"""What hooks have appended of a session already: each of it stands for one thing of the source."""

from __future__ import annotations

from datetime import datetime

from journal import origin
from journal.conversation import said
from journal.importers.port import Captured, Reading, there
from journal.importers.times import moment

_NEAR = 120  # seconds between a text that a hook saw and the same text in the source
_KEY = len(said.key(""))


class Taken:
    """The captures of one session that were not yet found again in its source; false if none."""

    def __init__(self, reading: Reading, session: str) -> None:
        self._left: dict[str, list[Captured]] = {}
        for key, found in reading.captured(session).items():
            # The second time of the same text may have a number after the key.
            kept = key[:_KEY] if key.startswith(origin.SAID) else key
            self._left.setdefault(kept, []).extend(found)
        self._gone = reading.gone
        self._has_gone = any(key.startswith(origin.GONE) for key in self._left)

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self, key: str, at: str) -> str:
        """The name of the entry that has this already, else ""; each is found only once.

        A text counts if it was captured near that time, anything else whenever that was: so does
        a text that isn't kept whole, of which only a purge's time may be known.
        """
        when = moment(at)
        if when is None:
            return ""
        near = _NEAR if key.startswith(origin.SAID) else None
        found = self._took(key, when, near)
        if not found and self._has_gone and origin.is_derived(key):
            found = self._took(self._gone(key), when, None)
        return found

    def _took(self, key: str, when: datetime, near: float | None) -> str:
        left = self._left.get(key)
        if not left:
            return ""
        nearest = min(left, key=lambda one: _apart(one, when))
        if near is not None and _apart(nearest, when) > near:
            return ""
        left.remove(nearest)
        return there(nearest.entry)


def _apart(one: Captured, when: datetime) -> float:
    return abs((one.moment - when).total_seconds())
