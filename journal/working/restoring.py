"""How a memory comes back: from its state file, else a checkpoint, else the session's entries.

A state only says what was in memory and in which order. Every text is read from the journal, and
what came to the session after the state was kept follows: so an old state is as good as a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from journal import checkpoints, credentials
from journal.errors import JournalError
from journal.finding import Finding
from journal.working.rebuilding import Rebuilding
from journal.working.state import FAMILY, BrokenState, read_state
from journal.working.walk import last_reset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.api import Journal
    from journal.working.holding import Bounds, Holding, Place
    from journal.working.state import Owner, State
    from journal.working.statefile import StateFile

STATE, CHECKPOINT, SESSION, NOTHING = "state", "checkpoint", "session", "nothing"
_TRIED = 24  # checkpoints
_NO_STATE, _BROKEN, _RESET = "no-state", "broken-state", "before-reset"


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a memory came back from: "state", "checkpoint", "session", or "nothing" was there.

    `notes` say why what comes before it was not used, and what of it could not be had.
    """

    source: str
    notes: tuple[Finding, ...] = ()


def restore(
    journal: Journal, owner: Owner, file: StateFile, bounds: Bounds
) -> tuple[Holding, Restored]:
    """What memory holds when it is opened, and where that is from."""
    journal.catalog.catch_up()
    notes: list[Finding] = []
    rebuilding = Rebuilding(journal, owner, bounds, _key(journal.root), notes)
    reset = last_reset(journal, owner)
    for source, where, state in _states(journal, owner, file, notes):
        if _is_past(state, reset):
            why = "it is from before the session was reset, and nothing of that comes back"
            notes.append(Finding(_RESET, *where, why))
            continue
        return rebuilding.holding(state, where), Restored(source, tuple(notes))
    holding = rebuilding.holding()
    found = holding.messages or holding.tombstones
    return holding, Restored(SESSION if found else NOTHING, tuple(notes))


def _key(root: str) -> bytes:
    """The key of the marks; empty if there is none yet, or it is damaged."""
    try:
        return credentials.key(root, create=False)
    except JournalError:
        return b""


def _is_past(state: State, reset: Place) -> bool:
    turns = [one.turn for one in (*state.messages, *state.tombstones)]
    return max(state.horizon[0], *turns, 0) < reset[0]


def _states(
    journal: Journal, owner: Owner, file: StateFile, notes: list[Finding]
) -> Iterator[tuple[str, tuple[str, int], State]]:
    """The states that can be used, the best one first, each with what it is and where it stands."""
    where = (file.shown, 0)
    try:
        value = file.read()
        if value is None:
            notes.append(Finding(_NO_STATE, *where, "there is no state file"))
        else:
            yield STATE, where, read_state(value, owner)
    except BrokenState as error:
        fix = "it is written anew as memory changes"
        notes.append(Finding(_BROKEN, *where, f"the state can't be used: {error}", fix))
    yield from _from_checkpoints(journal, owner, notes)


def _from_checkpoints(
    journal: Journal, owner: Owner, notes: list[Finding]
) -> Iterator[tuple[str, tuple[str, int], State]]:
    found = checkpoints.states(journal, owner.session, namespace=owner.namespace, findings=notes)
    some = False
    for row, value in islice(found, _TRIED):
        schema = value.get("schema") if isinstance(value, dict) else None
        if not isinstance(schema, str) or not schema.startswith(FAMILY):
            continue  # a state of something else
        some = True
        where = (row.file, row.line)
        try:
            yield CHECKPOINT, where, read_state(value, owner)
        except BrokenState as error:
            what = f"the checkpoint {row.id} can't be used: {error}"
            notes.append(Finding(_BROKEN, *where, what, "`memory.checkpoint()` saves a new one"))
    if not some:
        what = f"the session {owner.session} has no checkpoint of a working memory"
        notes.append(Finding(_NO_STATE, f"journal/{owner.namespace}", 0, what))
