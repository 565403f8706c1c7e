"""The journal held alone: its lock, and what its writer knows, as an append has them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from journal import gitstate, space
from journal.anchor import anchor
from journal.errors import Conflict
from journal.files import Folder, close, lock, unlock
from journal.protocol import Session
from journal.space import Space


@contextmanager
def locked(root: str) -> Iterator[tuple[Folder, int]]:
    """`.journal` and the lock's descriptor, while nobody else writes; Conflict after 30 s."""
    with Folder(root, ".journal", create=True) as home:
        with home.inner("state", create=True) as state:
            fd = state.open("lock", os.O_RDWR | os.O_CREAT)
        try:
            lock(fd)
            yield home, fd
        finally:
            unlock(fd)
            close(fd)


@contextmanager
def session(place: Space) -> Iterator[Session]:
    """The lock, and what this machine's writer knows; Conflict if its spool lost entries."""
    with locked(place.root) as (home, lock_fd):
        told: list[str] = []
        if any(os.path.lexists(f"{place.root}/{note}") for note in (space.PENDING, space.PLACING)):
            from journal.packed import finish_locked

            told = finish_locked(place, home, lock_fd)
        held = Session(place, home, space.writer_of(place, lock_fd))
        held.notices += told
        try:
            if not held.know(None):
                raise Conflict(
                    "this machine's spool lacks entries that it had acknowledged",
                    kind="changed-on-disk",
                    hint="append an entry first: a new writer takes over then",
                )
            held.git = anchor(place.root)  # or it would not ask git which files it keeps
            yield held
        finally:
            held.close()


def not_amid(root: str, command: str = "the command") -> None:
    """Conflict while git is in the middle of something: it would bring old files back."""
    repo = gitstate.find(root)
    if repo and (what := repo.busy()):
        raise Conflict(
            f"git is in the middle of something: {what}",
            kind="git-busy",
            hint=f"finish or abort it, then run {command} again",
        )
