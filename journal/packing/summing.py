"""What a pack says of itself once all of it is gathered: its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from journal.manifest import Manifest, Member, Part
from journal.packing.choosing import said

if TYPE_CHECKING:
    from journal.packing.gathering import Gathered
    from journal.packing.survey import Survey
    from journal.packing.whose import Whose
    from journal.selection import Selection
    from journal.store import Store


def summed(
    store: Store,
    selection: Selection | None,
    looked: Survey,
    found: Gathered,
    members: list[Member],
) -> Manifest:
    """The manifest of what was gathered and written; `members` as `Writer` counted them."""
    config = store.config
    chains = sorted(found.parts, key=lambda one: (found.parts[one], one.workspace, one.writer))
    numbers = {whose: number for number, whose in enumerate(chains)}
    return Manifest(
        workspace=config.id,
        writer=config.writer,
        timezone=config.timezone,
        selection=said(selection),
        entries=found.entries,
        since=min(found.dates, default=""),
        until=max(found.dates, default=""),
        parts=tuple(_part(looked, found, whose) for whose in chains),
        members=tuple(_of_part(member, found, numbers) for member in members),
        masked=tuple(found.masked),
        left_out={why: count for why, count in sorted(found.left_out.items()) if count},
    )


def _of_part(member: Member, found: Gathered, numbers: Mapping[Whose, int]) -> Member:
    if member.path not in found.members:
        return member
    whose, entries = found.members[member.path]
    return replace(member, entries=entries, part=numbers[whose])


def _part(looked: Survey, found: Gathered, whose: Whose) -> Part:
    tally = found.tallies[whose]
    return Part(
        whose.workspace, whose.writer, whose.namespace, found.parts[whose], tally.entries,
        tally.first, tally.last, looked.head(whose), tally.gaps(),
    )  # fmt: skip
