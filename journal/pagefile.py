"""The pages for readers at the workspace's root, written as often as wanted, never over an edit."""

import os
from contextlib import contextmanager

from journal.errors import UsageError
from journal.files import Folder, close, lock, unlock
from journal.rendered import COMMANDS, is_rendered, plain, was_rendered
from journal.space import STATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITTEN, SAME = "written", "same"
EDITED, FOREIGN = "edited", "foreign"  # and so left as it is
_LOCK = "pages.lock"


def put(root: str, name: str, text: "Callable[[], str]") -> str:
    """Write a page unless it says so already, or isn't as rendered; what became of it.

    That is "written", "same", "edited" if a person changed it, "foreign" if it isn't the journal's
    at all. `text` gives the page, as `rendered.Marked` makes it: asked while nobody else writes
    one, as what was read last must be what is written last. UsageError `edited-page` for a folder.
    """
    with _alone(root), Folder(root, "") as folder:
        page = text()
        was = _read(folder, name)
        if was == page:
            return SAME
        if was is not None and not is_rendered(was, COMMANDS[name]):
            return EDITED if was_rendered(was, COMMANDS[name]) else FOREIGN
        folder.replace(name, page.encode())
    return WRITTEN


def refused(name: str, became: str) -> UsageError:
    """The error that says why a page was left alone."""
    why = "was edited" if became == EDITED else "is not the journal's"
    return UsageError(
        f"{why}, and stays as it is", kind="edited-page", file=name,
        hint=f"keep what you need of it elsewhere (mv {name} notes.md),"
        f" then render it anew: {COMMANDS[name]}",
    )  # fmt: skip


def _read(folder: Folder, name: str) -> str | None:
    """What stands there; None if nothing does."""
    try:
        data = folder.read(name)
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise UsageError(
            "is a folder", kind="edited-page", file=name, hint="move it away: the page goes there"
        ) from error
    return plain(data.decode(errors="surrogateescape"))


@contextmanager
def _alone(root: str) -> "Iterator[None]":
    with Folder(root, STATE, create=True) as state:
        fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
    try:
        lock(fd)
        yield
    finally:
        unlock(fd)
        close(fd)
