"""A pack's manifest: what the pack holds, and what it left out. Pure: bytes in, values out.

It is written in one way only, so that one reader can't see in it what another one doesn't: whatever
is not to the byte what `render` writes is refused. So reading it needs no JSON parser, and takes
memory and time by its length alone.
"""

from journal.manifest.places import Place, is_member, order, place_of
from journal.manifest.reading import parse
from journal.manifest.values import (
    ENTRIES,
    MOST_BYTES,
    MOST_MEMBERS,
    MOST_TOTAL,
    NAME,
    SCHEMA,
    SIGNATURE,
    Manifest,
    Masked,
    Member,
    Part,
    by_number,
)
from journal.manifest.writing import pack_id, render

__all__ = [
    "ENTRIES", "MOST_BYTES", "MOST_MEMBERS", "MOST_TOTAL", "NAME", "SCHEMA", "SIGNATURE",
    "Manifest", "Masked", "Member", "Part", "Place", "by_number", "is_member", "order",
    "pack_id", "parse", "place_of", "render",
]  # fmt: skip
