"""What was purged and stands there again; a purge or redaction that was cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator

from journal.doctor.visit import Visit
from journal.finding import Finding
from journal.selection import Selection
from journal.space import PENDING
from journal.strike import is_pending

_PURGES = re.compile(rb"^what: purge$", re.MULTILINE)
_CODE = "purged-text"


def came_back(visit: Visit) -> Iterator[Finding]:
    """Texts that were purged, and that git, an editor or a sync brought back; nobody shows them."""
    store = visit.store
    texts = [store.content(day.path) or b"" for day in visit.days]
    texts += [record.slice for record in store.spooled()]
    if not any(_PURGES.search(text) for text in texts):
        return
    for _ in store.entries(Selection(forgotten="also")):
        pass
    for found in store.reading.findings:
        if found.code == _CODE:
            yield Finding(_CODE, found.file, found.line, f"{_named(found)}: {found.message}")


def _named(found: Finding) -> str:
    """The entry that a reader's finding is about: its fix names it."""
    return found.fix.split("`")[1].rpartition(" ")[2]


def under_way(visit: Visit) -> Iterator[Finding]:
    """A purge or redaction that nobody finished."""
    if is_pending(visit.root):
        yield Finding("striking", PENDING, 0, "a purge or redaction was cut short")
