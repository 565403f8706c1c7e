"""What the policy lets go of: entries too old, or more than it keeps. Only when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from journal import clock
from journal.forgetting import Done, purge
from journal.policy.admission import FILE, RECORD
from journal.policyfile import read_policy
from journal.selection import Selection

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.policy.limits import Limits


@dataclass(frozen=True, slots=True)
class Due:
    """An entry that the policy keeps no longer, and by which rule."""

    row: Row
    rule: str


def due(journal: Journal) -> list[Due]:
    """What is to be purged by the policy as it is now, oldest first.

    Never what a person wrote by hand, nor what is needed to verify other entries.
    """
    policy = read_policy(journal.root)
    journal.catalog.catch_up()
    found = [
        one
        for namespace in sorted(journal.catalog.values("namespace"))
        for one in _due_in(journal, namespace, policy.limits(namespace))
    ]
    return sorted(found, key=lambda one: (one.row.at, one.row.id))


def _due_in(journal: Journal, namespace: str, limits: Limits) -> Iterator[Due]:
    if not (limits.retention_days or limits.max_entries or limits.max_facts):
        return
    oldest = clock.now() - timedelta(days=limits.retention_days)
    chosen = Selection(namespace=namespace, forgotten="also")
    entries = facts = 0
    for row in journal.rows(chosen):
        if not _may_go(row):
            continue
        entries += 1
        facts += row.kind == "fact"
        for key, is_over in (
            ("retention_days", bool(limits.retention_days) and row.moment < oldest),
            ("max_entries", 0 < limits.max_entries < entries),
            ("max_facts", row.kind == "fact" and 0 < limits.max_facts < facts),
        ):
            if is_over:
                yield Due(row, f"{key} {limits.value(key)} ({FILE}:{limits.line(key)})")
                break


def _may_go(row: Row) -> bool:
    return bool(row.digest) and row.kind not in RECORD


def run(journal: Journal, wanted: list[Due]) -> list[Done]:
    """Purge what is due, each group by its rule; what was done."""
    by_rule: dict[str, list[str]] = {}
    for one in wanted:
        by_rule.setdefault(one.rule, []).append(one.row.id)
    done: list[Done] = []
    for rule, ids in by_rule.items():
        done += purge(journal, ids, f"Kept no longer: {rule}.")
    return done
