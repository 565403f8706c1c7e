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
# `journal/pack.<the pack's id>.<who imported it>[.N]/`: the dots keep it from being a namespace.
_PACK = re.compile(
    r"pack\.([0-9a-f]{12})\.([a-z0-9][a-z0-9-]{0,31})(?:\.(?:[2-9]|[1-9]\d+))?", re.ASCII
)

# What else lies in such a folder: the pack's manifest as it came, and slices of it that are kept
# aside, as their ids have another text here.
MANIFEST, CONFLICTS = "manifest.json", "conflicts.md"
MANIFESTS = (MANIFEST, f"{MANIFEST}.sig")
IMPORTED = "pack-imported"  # the `event` of the entry that tells of it


class DayFile:
    """A file of a day: whose it is (empty: the first writer's) and which part.

    `regular`: its name is a day file's. The date of any other is what its name begins with, or the
    first of its folder's year. `pack`: the name of the folder of what an imported pack brought, if
    it lies in one; `home`: what lies in `journal/` and has the file in it, and its attachments.
    """

    __slots__ = ("date", "home", "namespace", "pack", "part", "path", "regular", "writer")

    def __init__(self, path: str) -> None:
        self.path = path
        _, self.home, inner, name = path.split("/")
        self.pack = self.home if is_pack(self.home) else ""
        self.namespace = inner if self.pack else self.home
        found, dated = _NAME.fullmatch(name), _DATED.match(name)
        year = inner if not self.pack else name[:4]
        # What a pack brought is never of this workspace's first writer: a name says whose it is.
        self.regular = bool(found and name.startswith(year) and (found[2] or not self.pack))
        self.date = dated[0] if dated else f"{year if year.isdigit() else '0001'}-01-01"
        self.writer = ""
        self.part = 1
        if found and self.regular:
            self.writer = found[2] or ""
            self.part = int(found[3] or 1)


def is_pack(name: str) -> bool:
    """Whether the name, of a folder in `journal/`, is one of what an imported pack brought."""
    return name.startswith("pack.") and _PACK.fullmatch(name) is not None


def lies_in_pack(path: str) -> bool:
    """Whether a file lies in the folder of what an imported pack brought."""
    return path.startswith("journal/pack.") and is_pack(home_of(path))


def namespace_of(path: str) -> str:
    """The namespace of a day file, or of what lies where one may lie."""
    _, home, inner, *_ = path.split("/")
    return inner if is_pack(home) else home


def home_of(path: str) -> str:
    """Where the attachments of a day file's entries lie, below `journal/`."""
    return path.split("/")[1]


def day_files(root: str, namespace: str = "", closed: list[str] | None = None) -> list[DayFile]:
    """Every day file, the newest day first; folders that can't be read are added to `closed`."""
    closed = [] if closed is None else closed
    found = [
        DayFile(f"{folder}/{name}")
        for folder in folders(root, namespace, closed)
        for name in names_in(root, folder, closed)
        if is_day_name(name)
    ]
    return sorted(found, key=_order, reverse=True)


def _order(day: DayFile) -> tuple[str, str, str]:
    return day.date, day.namespace, day.path


def folders(root: str, namespace: str = "", closed: list[str] | None = None) -> Iterator[str]:
    """The folders that hold day files: one a namespace and year, relative to the workspace.

    Then those that imported packs brought, one a pack and namespace. Folders above them that can't
    be read are added to `closed`.
    """
    closed = [] if closed is None else closed
    there = names_in(root, "journal", closed)
    for space in [namespace] if namespace else there:
        if is_slug(space):
            for year in names_in(root, f"journal/{space}", closed):
                if len(year) == 4 and year.isdigit():
                    yield f"journal/{space}/{year}"
    for pack in filter(is_pack, there):
        for space in names_in(root, f"journal/{pack}", closed):
            if is_slug(space) and namespace in ("", space):
                yield f"journal/{pack}/{space}"


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
