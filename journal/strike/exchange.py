"""Files rewritten without what is struck, and nothing lost that anybody saves meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from time import time

from journal import seal
from journal.errors import Conflict, JournalError
from journal.files import Folder
from journal.mend.exchange import free_name, recover, swap
from journal.mend.noted import ASIDE
from journal.space import CACHE
from journal.strike.places import names, read, read_strictly, still_named
from journal.strike.stroke import Strokes, in_day

_ROUNDS = 5
_REST = 60.0  # seconds after which a file that is written aside is no longer being written


def each_file(root: str, folder: str, change: Callable[[bytes], bytes]) -> None:
    """Change the journal's own files of a folder; what a killed write has left there goes."""
    with suppress(FileNotFoundError), Folder(root, folder) as here:
        for name in names(here):
            if _is_aside(name):
                here.remove(name)
                continue
            with suppress(IsADirectoryError):
                data = here.read(name)
                if (new := change(data)) != data:
                    here.replace(name, new)
        here.flush()


def forget_known(root: str) -> None:
    """The spools' caches know places and digests that are no more."""
    with suppress(FileNotFoundError), Folder(root, CACHE) as here:
        for name in names(here):
            if name.endswith(".known"):
                here.remove(name)


def strike_day(root: str, path: str, kept: str, strokes: Strokes) -> None:
    """One day file; an editor that saves it meanwhile is waited for, and never written over."""
    recovered(root, path, kept, strokes)
    for _ in range(_ROUNDS):
        data = read_strictly(root, path)
        new = in_day(data, strokes)
        if new == data:
            return
        try:
            swap(root, path, seal.digest(data), new, kept)
        except Conflict:
            recovered(root, path, kept, strokes)
            continue
        drop(root, kept)
        return
    raise still_named(path)


def recovered(root: str, path: str, kept: str, strokes: Strokes) -> None:
    """What an exchange that was cut short has set aside is back, or done with."""
    with suppress(FileNotFoundError), Folder(root, ASIDE) as aside:
        if kept not in names(aside):
            return
        if not os.path.lexists(f"{root}/{path}"):
            recover(root, path, kept)
            return
        held = aside.read(kept)
        if read(root, path) in (held, in_day(held, strokes)):
            drop(root, kept)
        else:  # somebody saved another text meanwhile: both stay, this one struck where it is
            aside.rename(kept, free_name(root, path))


def drop(root: str, kept: str) -> None:
    """What a file was is no longer needed."""
    with Folder(root, ASIDE) as aside:
        aside.remove(kept)
        aside.flush()


def unlink(root: str, path: str) -> None:
    """Remove an attachment, and copies of it that were never finished."""
    folder, _, name = path.rpartition("/")
    with suppress(FileNotFoundError), Folder(root, folder) as here:
        for other in names(here):
            if other == name or (_is_aside(other) and not _is_under_way(here, other)):
                here.remove(other)
        here.flush()


def _is_aside(name: str) -> bool:
    return name.startswith(".") and name.endswith(".new")


def _is_under_way(here: Folder, name: str) -> bool:
    with suppress(FileNotFoundError):
        return abs(time() - here.stat(name).st_mtime) < _REST
    return False


def throw_away(root: str) -> None:
    """Remove all that is derived: it comes back by itself, without what was struck.

    Conflict if it can't be removed.
    """
    from shutil import rmtree

    with suppress(OSError, JournalError):
        rmtree(f"{root}/{CACHE}")
    if os.path.lexists(f"{root}/{CACHE}"):
        raise Conflict(
            "is still there, and may hold what was struck",
            kind="changed-on-disk",
            file=CACHE,
            hint="delete it: it comes back by itself",
        )
