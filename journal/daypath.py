"""Which day files there are, whose each one is, and which part (FORMAT 3)."""

from __future__ import annotations

import os
import re

from journal.names import is_slug

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:\.(?!p\d+\.)([a-z0-9][a-z0-9-]{0,31}))?(?:\.p([2-9]|[1-9]\d+))?\.md",
    re.ASCII,
)
_DATED = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class DayFile:
    """A file of a day: whose it is (empty: the first writer's) and which part.

    `regular`: its name is a day file's. The date of any other is what its name begins with, or the
    first of its folder's year.
    """

    __slots__ = ("date", "namespace", "part", "path", "regular", "writer")

    def __init__(self, path: str) -> None:
        self.path = path
        _, self.namespace, year, name = path.split("/")
        found, dated = _NAME.fullmatch(name), _DATED.match(name)
        self.regular = bool(found and name.startswith(year))
        self.date = dated[0] if dated else f"{year}-01-01"
        self.writer = ""
        self.part = 1
        if found and self.regular:
            self.writer = found[2] or ""
            self.part = int(found[3] or 1)


def day_files(root: str, namespace: str = "", closed: list[str] | None = None) -> list[DayFile]:
    """Every day file, the newest day first; folders that can't be read are added to `closed`."""
    closed = [] if closed is None else closed
    found = [
        DayFile(f"{folder}/{name}")
        for folder in folders(root, namespace, closed)
        for name in names_in(root, folder, closed)
        if is_day_name(name)
    ]
    return sorted(found, key=lambda day: (day.date, day.namespace, day.path), reverse=True)


def folders(root: str, namespace: str = "", closed: list[str] | None = None) -> Iterator[str]:
    """The folders that hold day files: one a namespace and year, relative to the workspace.

    Those above them that can't be read are added to `closed`.
    """
    closed = [] if closed is None else closed
    for space in [namespace] if namespace else names_in(root, "journal", closed):
        if is_slug(space):
            for year in names_in(root, f"journal/{space}", closed):
                if len(year) == 4 and year.isdigit():
                    yield f"journal/{space}/{year}"


def is_day_name(name: str) -> bool:
    """Whether readers take the file for one with entries."""
    return name.endswith(".md") and not name.startswith(".")


def names_in(root: str, folder: str, closed: list[str]) -> list[str]:
    """What lies in the folder; nothing if there is none, or if it is `closed` from now on."""
    try:
        return os.listdir(f"{root}/{folder}")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        closed.append(folder)
        return []
