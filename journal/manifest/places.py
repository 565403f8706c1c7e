"""Which files a pack may hold, where each comes, and what a day file's path says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from journal.manifest.values import ENTRIES, NAME, SIGNATURE
from journal.names import is_slug

_LAST = {NAME: 1, SIGNATURE: 2}

_SLUG = "[a-z0-9][a-z0-9-]{0,31}"
_DAY = re.compile(
    rf"journal/({_SLUG})/([0-9]{{4}})/(\2-[0-9]{{2}}-[0-9]{{2}})"
    rf"(?:\.(?!p[0-9]+\.)({_SLUG}))?(?:\.p(?:[2-9]|[1-9][0-9]{{1,5}}))?\.md"
)
_ATTACHMENT = re.compile(rf"journal/({_SLUG})/attachments/[0-9a-f]{{64}}")
_SCHEMA_FILE = re.compile(r"schemas/[a-z][a-z0-9-]{0,63}\.json")


@dataclass(frozen=True, slots=True)
class Place:
    """What a day file's path says: its namespace in the pack, its day, and whose it is.

    `writer` is empty where the name has none: it is the manifest's.
    """

    namespace: str
    date: str
    writer: str


def place_of(path: str) -> Place | None:
    """The place of a day file in a pack; None if the path isn't that of one."""
    found = _DAY.fullmatch(path)
    if not found or not is_slug(found[1]) or (found[4] and not is_slug(found[4])):
        return None
    try:
        date.fromisoformat(found[3])
    except ValueError:
        return None
    return Place(found[1], found[3], found[4] or "")


def is_member(path: str) -> bool:
    """Whether a pack may hold a file of this path, manifest and signature included."""
    if path == ENTRIES or path in _LAST or _SCHEMA_FILE.fullmatch(path):
        return True
    attached = _ATTACHMENT.fullmatch(path)
    return is_slug(attached[1]) if attached else place_of(path) is not None


def order(path: str) -> tuple[int, str]:
    """Where a file comes in a pack: by its path, but manifest and signature last."""
    return _LAST.get(path, 0), path
