"""What files decisions have as records in a folder, and which are of no decision."""

import os
import re

from journal.decisions import record
from journal.decisions.written import slug
from journal.importers.adr import folder as adr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from journal.decisions import Decision, View

_NUMBER = re.compile(r"\d+")
_SLUG = re.compile(r"\d+-(.+)\.md")
_FROM = "adr:"


def origin(one: "Decision") -> str:
    """The name of the record that a decision was imported from; empty if it wasn't."""
    source = one.entry.fields.get("source", "")
    if not isinstance(source, str) or not source.startswith(_FROM):
        return ""
    name = source.rpartition(":")[2]
    return name if name and "/" not in name and not name.startswith(".") else ""


def names(view: "View", there: adr.Folder) -> dict[str, str]:
    """The file of each decision: the one that it came from or has, else a number and its title."""
    found: dict[str, str] = {}
    taken: set[str] = set()

    def take(key: str, name: str) -> None:
        if name and name.casefold() not in taken:
            found[key] = name
            taken.add(name.casefold())

    here = {known: name for name, known in there.called.items()}
    for key, one in view.decisions.items():
        name = origin(one)
        take(key, here.get(name, name if name.endswith(".markdown") else name and f"{name}.md"))
    has = records(there)
    own = {decision: name for name, one in has.items() if (decision := record.own(one.text))}
    rest = [key for key in view.decisions if key not in found]
    for key in rest:
        take(key, own.get(key, ""))
    for key in rest:
        for name in _alike(view.decisions[key], has):
            if key not in found:
                take(key, name)
    numbered = [*found.values(), *there.called]
    numbers = [int(at[0]) for name in numbered if (at := _NUMBER.match(name))]
    last = max((it for it in numbers if it < 10_000), default=0)  # 20260203 is a date
    for key, one in view.decisions.items():
        if key not in found:
            last += 1
            found[key] = f"{last:04}-{slug(one.title)}.md"
    return {key: found[key] for key in view.decisions}


def records(there: adr.Folder) -> "dict[str, adr.Found]":
    """The records of a folder by their files' names."""
    every = ((name, there.files[known]) for name, known in there.called.items())
    return {name: one for name, one in every if isinstance(one, adr.Found) and not one.left}


def _alike(one: "Decision", has: "Mapping[str, adr.Found]") -> "Sequence[str]":
    """The files without an id that are called as a decision, and are of its day or of none."""
    return [
        name
        for name, it in has.items()
        if (at := _SLUG.fullmatch(name))
        and at[1] == slug(one.title)
        and it.record.date in ("", one.entry.at[:10])
        and not record.own(it.text)
    ]


def meant(files: "Mapping[str, str]") -> "Names":
    """By what names texts mean these files, of each decision one."""
    return Names({os.path.splitext(name)[0]: name for name in files.values()})


class Names:
    """The file that a record's text means by a name or by `#` and a number."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    def __call__(self, target: str) -> str:
        """The file's name; empty if none is meant, or several could be."""
        if not target.startswith("#"):
            return self._files.get(target, "")
        same = [
            file
            for stem, file in self._files.items()
            if (at := _NUMBER.search(stem)) and at[0].lstrip("0") == target[1:]
        ]
        return same[0] if len(same) == 1 else ""
