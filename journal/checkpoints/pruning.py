"""Checkpoints that are kept no longer: all but the last of a session, and those of late."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal import retention
from journal.checkpoints.reach import KIND
from journal.checkpoints.reading import base_of, is_delta
from journal.errors import UsageError
from journal.retention import Due
from journal.selection import Selection
from journal.sessions import order
from journal.space import CONFIG
from journal.workspace import read_config

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.forgetting import Done, Progress

_MOST = 1 << 62


@dataclass(frozen=True, slots=True)
class Setting:
    """A number, and who says so: an option, a variable of the environment, a line, or nobody."""

    value: int
    by: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many checkpoints of a session are kept, the last ones, and for how many days all are."""

    checkpoints: Setting
    days: Setting

    @property
    def rule(self) -> str:
        """Why a checkpoint goes, in words."""
        return (
            f"not among the last {self.checkpoints.value} checkpoints of its session"
            f" ({self.checkpoints.by}), and older than {self.days.value} days ({self.days.by})"
        )


@dataclass(frozen=True, slots=True)
class Prunable:
    """What is to be purged, oldest first; `kept` counts what stays.

    `typed`: how many of these only because a person wrote in them; `needed`: only because what
    stays is read by them.
    """

    due: tuple[Due, ...]
    kept: int
    typed: int
    needed: int


def keeping(
    root: str,
    checkpoints: int | None = None,
    days: int | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Keeping:
    """What to keep: as given, else by the environment, else by journal.toml, else 24 and 30 days.

    UsageError `bad-value` for a variable that is no number from 0 on, WorkspaceError for a line.
    """
    config = read_config(root)

    def setting(given: int | None, option: str, key: str, value: int) -> Setting:
        if given is not None:
            return Setting(given, option)
        variable = f"JOURNAL_{key.upper()}"
        if text := environment.get(variable, "").strip():
            return Setting(_number(text, variable), variable)
        line = config.said.get(key)
        return Setting(value, f"{key}, {CONFIG}:{line}" if line else f"{key}, the default")

    return Keeping(
        setting(checkpoints, "--keep", "keep_checkpoints", config.keep_checkpoints),
        setting(days, "--days", "keep_days", config.keep_days),
    )


def _number(text: str, variable: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < _MOST:
        return int(text)
    raise UsageError(
        f"{variable} is {text!r}, and must be a number from 0 on",
        kind="bad-value",
        hint=f"export {variable}=24, or unset it",
    )


def due(journal: Journal, keeping: Keeping, session: str = "", namespace: str = "") -> Prunable:
    """What of a session, or of all, is to be purged.

    Never what a person wrote by hand, in a checkpoint or under it, nor what a delta that stays
    needs to be read.
    """
    journal.catalog.catch_up()
    chosen = Selection(kind=KIND, session=session, namespace=namespace, forgotten="also")
    sessions: dict[tuple[str, str], list[Row]] = {}
    for row in journal.catalog.rows(chosen):
        if row.digest and row.session:
            sessions.setdefault((row.namespace, row.session), []).append(row)
    gone = [row for rows in sessions.values() for row in _over(rows, keeping)]
    typed = retention.typed_in(journal, gone)
    every = {row.id: row for rows in sessions.values() for row in rows}
    meant = every.keys() - {row.id for row in gone} | typed
    stay = _with_bases(meant, every)
    owed = sorted((row for row in gone if row.id not in stay), key=lambda row: (row.at, row.id))
    rule = keeping.rule
    due = tuple(Due(row, rule) for row in owed)
    return Prunable(due, len(stay), len(typed), len(stay) - len(meant))


def _over(rows: list[Row], keeping: Keeping) -> list[Row]:
    """Those of a session that are neither among the last ones nor of late."""
    oldest = retention.oldest(keeping.days.value)
    ordered = sorted(rows, key=order, reverse=True)
    shown = [row for row in ordered if not row.forgotten]
    last = {row.id for row in shown[: keeping.checkpoints.value]}
    return [row for row in ordered if row.id not in last and row.moment < oldest]


def _with_bases(ids: Iterable[str], every: Mapping[str, Row]) -> set[str]:
    """These, and what their deltas change, back to full ones."""
    found: set[str] = set()
    for one in ids:
        name = one
        while name in every and name not in found:
            found.add(name)
            name = base_of(every[name]) if is_delta(every[name]) else ""
    return found


def prune(
    journal: Journal, wanted: Iterable[Due], *, progress: Progress | None = None
) -> list[Done]:
    """Purge them, each with an entry that says why; what was done.

    Where a person has written in one since, it stays, and is not among what was done.
    """
    return retention.prune(journal, wanted, progress=progress)
