"""States read again: from the body of a checkpoint, or its base's state and what changed since."""

from __future__ import annotations

from collections.abc import Container
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from journal import attach, dayfile
from journal.catalog.text import piece_of
from journal.checkpoints.reach import KIND
from journal.cjson import loads
from journal.daypath import home_of
from journal.errors import JournalError
from journal.files import Folder
from journal.finding import Finding
from journal.masking import WITHHELD

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row

STATE, BASE = "state", "base"
FULL, DELTA = "full", "delta"
CODE = "broken-checkpoint"


class Replay:
    """The states of checkpoints. What can't be used is told in `findings`, once each.

    A state that was given out is not kept: it is the caller's to change.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._states: dict[str, Any] = {}
        self._told: dict[str, Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        """What could not be used so far."""
        return list(self._told.values())

    def state(self, row: Row) -> tuple[Any, bool]:
        """The state of this checkpoint and True; None and False if it can't be had."""
        chain, whole = self._chain(row, self._states)
        if not whole:
            return None, False
        for one in reversed(chain):
            try:
                self._states[one.id] = self._replayed(one)
            except ValueError as error:
                self._tell(one, str(error))
                if one is not row:
                    self._tell(row, f"what it changes, {one.id}, can't be used")
                return None, False
        return self._states.pop(row.id), True

    def deltas(self, row: Row) -> int:
        """How many deltas in a row lead to the state of this checkpoint."""
        return sum(map(is_delta, self._chain(row, ())[0]))

    def _chain(self, row: Row, known: Container[str]) -> tuple[list[Row], bool]:
        """The checkpoint and those that it changes, back to a full one; whether all are there.

        Or back to one of the known ids.
        """
        chain = [row]
        while is_delta(chain[-1]) and chain[-1].id not in known:
            base = base_of(chain[-1])
            found = [one for one in self._journal.catalog.with_ids([base]) if one.kind == KIND]
            if not found or found[0].purged or found[0].id in {one.id for one in chain}:
                self._tell(row, f"there is no checkpoint {base or 'named'} that it could change")
                return chain, False
            chain.append(found[0])
        return chain, True

    def _replayed(self, row: Row) -> Any:
        if row.id in self._states:
            return self._states[row.id]
        value = self._held(row)
        if not is_delta(row):
            return value
        from journal.checkpoints.patches import applied

        return applied(self._states[base_of(row)], value)

    def _held(self, row: Row) -> Any:
        """The JSON that the checkpoint has; ValueError if there is none that can be used."""
        from journal.checkpoints.written import held

        if WITHHELD in row.fields:
            raise ValueError(f"its text was not kept: {row.fields.get('rule')}")
        piece = piece_of(self._journal.root, row)
        try:
            piece = piece or self._journal.look(row.id)[1]  # it may have moved meanwhile
        except JournalError as error:
            raise ValueError(f"its text is gone: {error}") from error
        if piece.state in (dayfile.EDITED, dayfile.TORN):
            raise ValueError("its text was changed since it was kept")
        if attach.FIELD in row.fields:
            return self._attached(row)
        return held(piece.body.decode(errors="replace"))

    def _attached(self, row: Row) -> Any:
        files = attach.of(row.fields[attach.FIELD])
        if not files:
            raise ValueError("it names no file")
        try:
            with Folder(self._journal.root, attach.folder(home_of(row.file))) as folder:
                data = folder.read(files[0].digest[7:])
        except (OSError, JournalError) as error:
            raise ValueError(f"its file can't be read: {error}") from error
        if f"sha256:{sha256(data).hexdigest()}" != files[0].digest:
            raise ValueError("its file was changed since it was kept")
        return loads(data.decode().strip())

    def _tell(self, row: Row, why: str) -> None:
        self._told.setdefault(
            row.id,
            Finding(
                CODE,
                row.file,
                row.line,
                f"the checkpoint {row.id} can't be used: {why}",
                "the one before it is; keep the state again with `journal session checkpoint`",
            ),
        )


def is_delta(row: Row) -> bool:
    """Whether the checkpoint says what changed, and not the whole state."""
    return row.fields.get(STATE) == DELTA


def base_of(row: Row) -> str:
    """The id of the checkpoint that a delta changes; empty if it names none."""
    base = row.fields.get(BASE)
    return base if isinstance(base, str) else ""
