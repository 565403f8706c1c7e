"""DECISIONS.md at the workspace's root: written anew from the entries, and never over an edit."""

import os
from contextlib import contextmanager
from dataclasses import dataclass

from journal import deciding
from journal.decisions import fold, page, record
from journal.errors import UsageError
from journal.files import Folder, close, lock, unlock
from journal.space import STATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.api import Journal

NAME = "DECISIONS.md"
_LOCK = "decisions.lock"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of the page: whether it changed, and why it was left alone, if it was.

    `left` is "edited" if a person changed it, "foreign" if it isn't the journal's at all.
    """

    path: str
    decisions: int
    changed: bool
    left: str = ""


def render(journal: "Journal") -> Rendered:
    """Write DECISIONS.md of the first namespace; one that is not as rendered stays as it is."""
    with _alone(journal.root), Folder(journal.root, "") as folder:
        every = deciding.rows(journal)
        texts = {row.id: piece.body.decode(errors="replace") for row, piece in journal.read(every)}
        text = page.page(every, lambda key: _shown(key, texts))
        number = len(fold(every).decisions)
        was = _read(folder)
        path = os.path.join(journal.root, NAME)
        if was == text:
            return Rendered(path, number, changed=False)
        if was is not None and not page.is_rendered(was):
            left = "edited" if page.was_rendered(was) else "foreign"
            return Rendered(path, number, changed=False, left=left)
        folder.replace(NAME, text.encode(errors="replace"))
        return Rendered(path, number, changed=True)


def refused(found: Rendered) -> UsageError:
    """The error that says why the page was left alone."""
    why = "was edited" if found.left == "edited" else "is not the journal's"
    return UsageError(
        f"{why}, and stays as it is", kind="edited-page", file=NAME,
        hint=f"keep what you need of it elsewhere (mv {NAME} notes.md), then render it anew",
    )  # fmt: skip


def _shown(key: str, texts: dict[str, str]) -> str:
    """The body of an entry; of an imported record without what the section says besides."""
    return record.content(texts.get(key, ""))


def _read(folder: Folder) -> str | None:
    """What stands there, its newlines as they were written: git may have made others of them."""
    try:
        data = folder.read(NAME)
    except FileNotFoundError:
        return None
    except IsADirectoryError as error:
        raise UsageError(
            "is a folder", kind="edited-page", file=NAME, hint="move it away: the page goes there"
        ) from error
    return data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _alone(root: str) -> "Iterator[None]":
    """While nobody else renders: what was read last must be what is written last."""
    with Folder(root, STATE, create=True) as state:
        fd = state.open(_LOCK, os.O_RDWR | os.O_CREAT)
    try:
        lock(fd)
        yield
    finally:
        unlock(fd)
        close(fd)
