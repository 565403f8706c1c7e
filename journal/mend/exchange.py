"""One file put in another's place, so that nothing is lost that anybody saves meanwhile.

An editor may save between any two steps. So what has the name is neither written over nor
unlinked: it is renamed, and only then looked at; and the new file gets a name that is free. For a
moment there is no file of that name; `recover` puts it back where that moment was the last.
"""

from __future__ import annotations

import os
from contextlib import suppress

from journal import attach, clock
from journal.errors import Conflict, JournalError
from journal.files import HANDLES, Folder, close, flush, write_all
from journal.mend.noted import ASIDE

_OURS = ("journal/", ".journal/")  # what the journal keeps for itself: 0600, whatever it was


def free_name(root: str, path: str) -> str:
    """A name for what a file was, in the folder of what is set aside."""
    when = clock.now().strftime("%Y%m%dT%H%M%S.%fZ")
    ending = os.path.basename(path).lstrip(".")
    name, number = f"{when}-{ending}", 1
    while os.path.lexists(f"{root}/{ASIDE}/{name}"):
        number += 1
        name = f"{when}.{number}-{ending}"
    return name


def swap(root: str, path: str, before: str, data: bytes | None, kept: str) -> None:
    """Make the file `data`, or no file; what it was is set aside as `kept`, if there is a `before`.

    Conflict if it is not `before`, also if that is seen only afterwards: then it is as it was.
    """
    folder, _, name = path.rpartition("/")
    with (
        Folder(root, folder, create=data is not None) as here,
        Folder(root, ASIDE, create=True) as aside,
    ):
        new = "" if data is None else _written(root, path, data, aside)
        try:
            if before:
                _take(here, name, aside, kept, before, path)
            if new:
                _give(here, name, aside, new, kept, path)
            if kept:
                _close_to_others(aside, kept)
        finally:
            if new:
                aside.remove(new)
            here.flush()
            aside.flush()


def take(root: str, path: str, before: str, kept: str) -> None:
    """Set the file aside; Conflict, and it is where it was, if it is not `before`."""
    swap(root, path, before, None, kept)


def recover(root: str, path: str, kept: str) -> bool:
    """Whether what was set aside has its name again, which nothing else had."""
    folder, _, name = path.rpartition("/")
    with Folder(root, folder, create=True) as here, Folder(root, ASIDE) as aside:
        return _back(aside, kept, here, name)


def sweep(root: str) -> None:
    """Remove what was written for a swap that was cut short; a note tells of it."""
    with Folder(root, ASIDE) as aside:
        for name in os.listdir(f"{root}/{ASIDE}"):
            if name.startswith(".") and name.endswith(".new"):
                aside.remove(name)


def changed(path: str) -> Conflict:
    """The error where a file is not as planned."""
    return Conflict(
        "was changed by another program meanwhile",
        kind="changed-on-disk",
        file=path,
        hint="run `journal repair` again",
    )


def _written(root: str, path: str, data: bytes, aside: Folder) -> str:
    """The name of a new file with these bytes, durable, and as readable as what it replaces."""
    name = f".{os.path.basename(path)}.{os.getpid()}.{os.urandom(4).hex()}.new"
    ours = path.startswith(_OURS)
    fd = _created(aside, name, 0o600 if ours else 0o666)
    try:
        write_all(fd, data)
        if not ours and hasattr(os, "fchmod") and os.path.lexists(f"{root}/{path}"):
            os.fchmod(fd, os.lstat(f"{root}/{path}").st_mode & 0o777)
        flush(fd)
    finally:
        close(fd)
    return name


def _take(here: Folder, name: str, aside: Folder, kept: str, before: str, path: str) -> None:
    try:
        if attach.digest_in(here, name) != before:
            raise changed(path)
        _rename(here, name, aside, kept)
    except FileNotFoundError as error:
        raise changed(path) from error
    try:
        now = attach.digest_in(aside, kept)
    except (OSError, JournalError):  # a link, or what may not be read
        now = ""
    if now != before:
        raise changed(path) if _back(aside, kept, here, name) else _saved(path, kept)


def _give(here: Folder, name: str, aside: Folder, new: str, kept: str, path: str) -> None:
    try:
        _link(aside, new, here, name)
    except FileExistsError as error:
        raise _saved(path, kept) from error
    except OSError:
        if kept:
            _back(aside, kept, here, name)
        raise


def _back(aside: Folder, kept: str, here: Folder, name: str) -> bool:
    """Whether what was set aside has its name again; it stays where it is if that is taken."""
    try:
        _link(aside, kept, here, name)
    except FileExistsError:
        return False
    here.flush()
    aside.remove(kept)
    return True


def _saved(path: str, kept: str) -> Conflict:
    where = f"; what it was before that is in {ASIDE}/{kept}" if kept else ""
    return Conflict(
        f"was saved by another program meanwhile, and stands so{where}",
        kind="changed-on-disk",
        file=path,
        hint="run `journal repair` again",
    )


def _link(above: Folder, name: str, below: Folder, to: str) -> None:
    """The file gets a second name; FileExistsError if anything has it. A copy without hard links.

    A copy is written in place, and one that is cut short is no loss: the first name stays.
    """
    try:
        if HANDLES:
            os.link(name, to, src_dir_fd=above.fd, dst_dir_fd=below.fd, follow_symlinks=False)
        else:
            os.link(f"{above.path}/{name}", f"{below.path}/{to}")
    except FileExistsError:
        raise
    except OSError:
        data, mode = above.read(name), above.stat(name).st_mode & 0o777
        fd = _created(below, to, mode)
        try:
            write_all(fd, data)
            flush(fd)
        finally:
            close(fd)


def _close_to_others(aside: Folder, kept: str) -> None:
    """What is set aside is this machine's own, as all of its state."""
    fd = aside.open(kept, os.O_RDONLY)
    try:
        if hasattr(os, "fchmod"):
            with suppress(PermissionError):  # another user's file: the doctor tells of it
                os.fchmod(fd, 0o600)
    finally:
        close(fd)


def _rename(above: Folder, name: str, below: Folder, to: str) -> None:
    if HANDLES:
        os.rename(name, to, src_dir_fd=above.fd, dst_dir_fd=below.fd)
    else:
        os.rename(f"{above.path}/{name}", f"{below.path}/{to}")


def _created(folder: Folder, name: str, mode: int) -> int:
    """A descriptor of a file that was not there before."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    if HANDLES:
        return os.open(name, flags, mode, dir_fd=folder.fd)
    return os.open(f"{folder.path}/{name}", flags, mode)
