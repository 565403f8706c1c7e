"""Checkpoints: what a session's state was, any JSON, kept as entries and read again.

A full one has the state itself; a delta has what changed since another one, its base, as an RFC
6902 JSON Patch against the state as it was stored. Nothing else is kept: `states` replays them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from journal.checkpoints.reach import checkpoints
from journal.errors import UsageError
from journal.paths import path_of
from journal.sessions import order

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.checkpoints.saving import Saved
    from journal.finding import Finding

__all__ = ["at", "checkpoints", "save", "states"]


def save(
    journal: Journal,
    session: str,
    state: Any,
    *,
    delta: bool = False,
    message: str = "",
    **given: Any,
) -> Saved:
    """Keep a state of the session: any JSON value.

    `delta`: only what changed since the checkpoint before; a full one where there is none, or so
    many in a row that reading them would take long, and `notices` says so. The same state again is
    a delta without changes: it says that at this place, too, the state was so. `message` is a
    text for people. `given`: other fields of `Draft`, such as `namespace`, `path` or `actor`.

    UsageError `bad-state` if it is no JSON, or isn't any more once secrets are masked.
    """
    from journal.checkpoints.saving import Saving

    return Saving(journal, session, given).save(state, message, delta=delta)


def states(
    journal: Journal,
    session: str,
    *,
    namespace: str = "",
    path: str = "",
    every: bool = False,
    findings: list[Finding] | None = None,
) -> Iterator[tuple[Row, Any]]:
    """Each checkpoint with its state, newest first, read as they are asked for.

    Along the path (the session's current one if ""), after the last reset unless `every`. One
    that can't be used (changed by hand, broken, its base gone) is left out, and `findings` gets
    to know. A state is the caller's own, to be changed at will.

    >>> row, state = next(states(journal, "api-design"))     # doctest: +SKIP
    """
    journal.catalog.catch_up()
    rows = checkpoints(journal, session, namespace or journal.default_namespace, path, every=every)
    yield from _replayed(journal, rows, findings)


def at(
    journal: Journal,
    session: str,
    entry: str = "",
    *,
    namespace: str = "",
    path: str = "",
    findings: list[Finding] | None = None,
) -> tuple[Row, Any]:
    """The latest checkpoint and its state; or what it was as of an entry, such as a checkpoint.

    `entry`: an id, or a unique part of it. UsageError `no-checkpoint` if there is none by then.
    """
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    rows: Iterator[Row]
    if entry:
        row = journal.catalog.named(entry)
        if (row.session, row.namespace) != (session, namespace):
            raise UsageError(
                f"{row.id} is no entry of the session {session}",
                hint="journal session restore NAME --state --at ID",
            )
        everything = checkpoints(journal, session, namespace, path_of(row), every=True)
        rows = (one for one in everything if order(one) <= order(row))
    else:
        rows = checkpoints(journal, session, namespace, path)
    found = next(_replayed(journal, rows, findings), None)
    if found is None:
        raise UsageError(
            f"the session {session} has no checkpoint" + (" by then" if entry else " here"),
            kind="no-checkpoint",
            hint=f"keep a state: `journal session checkpoint {session} state.json`",
        )
    return found


def _replayed(
    journal: Journal, rows: Iterator[Row], findings: list[Finding] | None
) -> Iterator[tuple[Row, Any]]:
    from journal.checkpoints.reading import Replay

    replay = Replay(journal)
    told = 0
    for row in rows:
        state, usable = replay.state(row)
        if findings is not None:
            findings += replay.findings[told:]
            told = len(replay.findings)
        if usable:
            yield row, state
