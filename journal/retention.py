"""What the policy lets go of: entries too old, or more than it keeps. Only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from journal import clock
from journal.daypath import IMPORTED
from journal.forgetting import Done, Progress, purge
from journal.policy.admission import FILE, RECORD
from journal.policyfile import read_policy
from journal.reviewing.entries import gate_entries
from journal.selection import Selection
from journal.strike.places import Place
from journal.strike.plan import is_typed_in

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.policy.limits import Limits


@dataclass(frozen=True, slots=True)
class Due:
    """An entry that the policy keeps no longer, and by which rule."""

    row: Row
    rule: str


class Owed(list[Due]):
    """What is to be purged, oldest first; `kept`: what would be, had nobody written in it."""

    def __init__(self, wanted: Iterable[Due], kept: Iterable[Due] = ()) -> None:
        super().__init__(wanted)
        self.kept = list(kept)


def due(journal: Journal) -> Owed:
    """What is to be purged by the policy as it is now.

    Never what a person wrote, by hand, under an entry or in it, nor what is needed to verify other
    entries.
    """
    policy = read_policy(journal.root)
    journal.catalog.catch_up()
    found = {
        one.row.id: one
        for namespace in sorted(journal.catalog.values("namespace"))
        for one in _due_in(journal, namespace, policy.limits(namespace))
    }
    ordered = sorted(found.values(), key=lambda one: (one.row.at, one.row.id))
    typed = typed_in(journal, (one.row for one in ordered))
    return Owed(
        (one for one in ordered if one.row.id not in typed),
        (one for one in ordered if one.row.id in typed),
    )


def typed_in(journal: Journal, rows: Iterable[Row]) -> set[str]:
    """The ids of those that a person wrote in, or under: nothing purges them by itself."""
    return {
        row.id
        for row, piece in journal.read(rows)
        if is_typed_in(Place(row.file, row.line, piece, regular=True))
    }


def oldest(days: int) -> datetime:
    """The moment that lies so many days back; the first of all if there is none."""
    try:
        return clock.now() - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _due_in(journal: Journal, namespace: str, limits: Limits) -> Iterator[Due]:
    if not (limits.retention_days or limits.max_entries or limits.max_facts):
        return
    since = oldest(limits.retention_days)
    chosen = Selection(namespace=namespace, forgotten="also")
    entries = facts = 0
    for row in journal.rows(chosen):
        if not _may_go(row):
            continue
        entries += 1
        facts += row.kind == "fact"
        for key, is_over in (
            ("retention_days", bool(limits.retention_days) and row.moment < since),
            ("max_entries", 0 < limits.max_entries < entries),
            ("max_facts", row.kind == "fact" and 0 < limits.max_facts < facts),
        ):
            if is_over:
                yield Due(row, f"{key} {limits.value(key)} ({FILE}:{limits.line(key)})")
                break


def _may_go(row: Row) -> bool:
    is_record = row.kind in (*RECORD, "review") or row.fields.get("event") == IMPORTED
    return bool(row.digest) and not is_record


def run(journal: Journal, wanted: Iterable[Due], *, progress: Progress | None = None) -> list[Done]:
    """Purge what is due, each with its rule; what was done.

    Where a person has written in an entry since, it stays, and is not among what was done.
    """
    reasons = {one.row.id: f"Kept no longer: {one.rule}." for one in wanted}
    return _run(journal, "retention", reasons, progress)


def prune(
    journal: Journal, wanted: Iterable[Due], *, progress: Progress | None = None
) -> list[Done]:
    """The same for old checkpoints, which is a verb of its own to the policy."""
    reasons = {one.row.id: f"Kept no longer: {one.rule}." for one in wanted}
    return _run(journal, "prune", reasons, progress)


def _run(
    journal: Journal, verb: str, reasons: dict[str, str], progress: Progress | None
) -> list[Done]:
    ids = list(reasons)
    with gate_entries(journal, verb, ids, {"reasons": reasons}, "Purge, as kept no longer,"):
        return purge(journal, ids, reasons, progress=progress, spares=True)


def again(journal: Journal, what: Mapping[str, Any]) -> list[Done]:
    """Purge what was asked for as kept no longer, and approved."""
    return _run(journal, "retention", what["reasons"], None)


def prune_again(journal: Journal, what: Mapping[str, Any]) -> list[Done]:
    """The same for checkpoints."""
    return _run(journal, "prune", what["reasons"], None)
