"""What in a manifest contradicts itself, or names what nothing may be named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from journal.ids import is_id
from journal.manifest.places import is_member, order, place_of
from journal.manifest.values import (
    ENTRIES,
    MOST_ENTRIES,
    MOST_TOTAL,
    NAME,
    SIGNATURE,
    Manifest,
    Member,
    Part,
    by_number,
)
from journal.names import is_slug


def troubles(manifest: Manifest) -> Iterator[str]:
    """A sentence for each."""
    yield from _in_names(manifest)
    paths = [order(member.path) for member in manifest.members]
    if any(one >= other for one, other in pairwise(paths)):
        yield "its members are not in their order, or one stands there twice"
    if ENTRIES not in {member.path for member in manifest.members}:
        yield f"it names no {ENTRIES}"
    if sum(member.bytes for member in manifest.members) > MOST_TOTAL:
        yield f"its members are more than {MOST_TOTAL:,} bytes"
    masked = [(one.id, one.old, one.new) for one in manifest.masked]
    if any(one >= other for one, other in pairwise(masked)):
        yield "its masked slices are not in their order, or one stands there twice"
    counted = Counter[int]()
    for member in manifest.members:
        yield from _in_member(manifest, member)
        counted[member.part] += member.entries
    yield from _in_counts(manifest, counted)
    for part in manifest.parts:
        yield from _in_part(part)


def _in_names(manifest: Manifest) -> Iterator[str]:
    slugs = {manifest.writer}
    ids = {manifest.workspace}
    for part in manifest.parts:
        slugs |= {part.writer, part.namespace, part.at}
        ids.add(part.workspace)
    bad = sorted(name for name in slugs if not is_slug(name))
    yield from (f"{name!r} names no writer and no namespace" for name in bad)
    yield from (f"{name!r} is no workspace's id" for name in ids if not is_id(name))
    chains = Counter((part.workspace, part.writer, part.namespace) for part in manifest.parts)
    yield from (f"two parts are of one chain: {chain}" for chain, n in chains.items() if n > 1)


def _in_member(manifest: Manifest, member: Member) -> Iterator[str]:
    path = member.path
    place = place_of(path)
    if not is_member(path) or path in (NAME, SIGNATURE):
        yield f"{path!r} is not what a pack holds"
    elif not place:
        if member.entries or member.part != -1:
            yield f"{path} is no day file, and has entries"
        if "/attachments/" in path and not path.endswith(f"/{member.sha256}"):
            yield f"{path} is not named by the digest of its bytes"
    elif not 0 <= member.part < len(manifest.parts):
        yield f"{path} belongs to none of its parts"
    else:
        part = manifest.parts[member.part]
        own = (manifest.workspace, place.namespace) == (part.workspace, part.namespace)
        writer = place.writer or manifest.writer
        if (place.namespace, writer) != (part.at, part.writer) or not (place.writer or own):
            yield f"{path} can't be its part's: that is {part.writer}'s in {part.at}"


def _in_counts(manifest: Manifest, counted: Counter[int]) -> Iterator[str]:
    if manifest.entries != sum(counted.values()) or manifest.entries > MOST_ENTRIES:
        yield f"{manifest.entries:,} entries are not what its members have"
    for number, part in enumerate(manifest.parts):
        if part.entries != counted[number]:
            yield f"{part.entries:,} entries are not what the members of part {number} have"
    days = [place.date for one in manifest.members if (place := place_of(one.path))]
    if (manifest.since, manifest.until) != (min(days, default=""), max(days, default="")):
        yield f"{manifest.since!r} to {manifest.until!r} are not the days that it holds"
    if 0 in manifest.left_out.values():
        yield "it left out nothing for a reason"


def _in_part(part: Part) -> Iterator[str]:
    gaps = [by_number(gap) for gap in part.gaps]
    if any(one >= other for one, other in pairwise(gaps)):
        yield "gaps are not in their order, or one stands there twice"
    if part.first > part.last or bool(part.first) != bool(part.last):
        yield f"{part.first} to {part.last} are no numbers of a chain"
    if (part.last and not part.head) or part.last > int(part.head.partition(":")[0] or 0):
        yield f"the head of {part.writer}'s chain in {part.at} is older than its entry {part.last}"
