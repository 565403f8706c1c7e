"""What was purged or redacted and stands there again; and what was cut short of that."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from journal.doctor.visit import Visit
from journal.finding import Finding
from journal.selection import Selection
from journal.space import PENDING, PLACING
from journal.strike import is_pending

_STRIKES = re.compile(rb"^(?:what: purge|kind: redact|kind: forget)$", re.MULTILINE)
_CODES = ("purged-text", "redacted-text")


def came_back(visit: Visit) -> Iterator[Finding]:
    """Texts that git, an editor or a sync brought back.

    Nobody shows those that were purged; those from before a redaction are shown.
    """
    store = visit.store
    texts = [store.content(day.path) or b"" for day in visit.days]
    texts += [record.slice for record in store.spooled()]
    if not any(_STRIKES.search(text) for text in texts):
        return
    for _ in store.entries(Selection(forgotten="also")):
        pass
    for found in store.reading.findings:
        if found.code in _CODES:
            yield Finding(found.code, found.file, found.line, f"{_named(found)}: {found.message}")


def _named(found: Finding) -> str:
    """The entry that a reader's finding is about: its fix names it."""
    words = found.fix.split("`")[1].split()
    return words[2 if found.code == "purged-text" else 3]


def under_way(visit: Visit) -> Iterator[Finding]:
    """A purge, a redaction or an import that nobody finished."""
    if is_pending(visit.root):
        yield Finding("striking", PENDING, 0, "a purge or redaction was cut short")
    if os.path.lexists(f"{visit.root}/{PLACING}"):
        yield Finding("placing", PLACING, 0, "an import was cut short")
