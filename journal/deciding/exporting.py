"""Decisions as a folder of records: one a file, statuses and links as they stand now.

A record that was imported keeps its file's name and its text; only its status and the links of
what superseded what are brought up to date. All others are written as adr-tools writes them.
"""

import os
import re
from dataclasses import dataclass

from journal import deciding
from journal.decisions import PROPOSED, SUPERSEDED, Decision, View, fold, record
from journal.decisions.written import Near, Standing, again, new, slug
from journal.errors import UsageError
from journal.files import Folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.api import Journal
    from journal.catalog.row import Row

_NUMBER = re.compile(r"\d+")
_FROM = "adr:"
_LISTED = 3


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export, by what became of them."""

    folder: str
    written: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


def export(
    journal: "Journal", folder: str, namespace: str = "", *, replace: bool = False
) -> Exported:
    """Write a namespace's decisions as records into a folder, made if it isn't there.

    UsageError if a file is there that says otherwise, and `replace` isn't asked; then none is
    written.
    """
    files = records(journal, namespace)
    whole = os.path.abspath(folder)
    os.makedirs(whole, exist_ok=True)
    with Folder(whole, "") as target:
        was = {name: _read(target, name) for name in files}
        same = [name for name, text in files.items() if was[name] == text.encode(errors="replace")]
        other = [name for name in files if was[name] is not None and name not in same]
        if other and not replace:
            raise _there(whole, other)
        written = [name for name in files if name not in same]
        for name in written:
            target.replace(name, files[name].encode(errors="replace"))
    return Exported(whole, tuple(written), tuple(same))


def records(journal: "Journal", namespace: str = "") -> dict[str, str]:
    """The text of every decision's record, by its file's name, in the order of the decisions."""
    every = deciding.rows(journal, namespace)
    view = fold(every)
    texts = {row.id: piece.body.decode(errors="replace") for row, piece in journal.read(every)}
    names = _names(view)
    latest = _latest(every, view)
    found = {}
    for number, (key, one) in enumerate(view.decisions.items(), 1):
        standing = _standing(one, view, names)
        text = texts.get(latest.get(key, key), "")
        if _origin(one) and text:
            found[names[key]] = again(text, standing, _named(names))
        else:
            found[names[key]] = _new(number, one, standing, text, names)
    return found


def _new(
    number: int, one: Decision, standing: Standing, text: str, names: "Mapping[str, str]"
) -> str:
    at = _NUMBER.match(names[one.id])
    title = f"{int(at[0]) if at else number}. {one.title}"
    return new(title, one.entry.at[:10], standing, record.content(text))


def _origin(one: Decision) -> str:
    """The name of the record that a decision was imported from; empty if it wasn't."""
    source = one.entry.fields.get("source", "")
    if not isinstance(source, str) or not source.startswith(_FROM):
        return ""
    name = source.rpartition(":")[2]
    return name if name and "/" not in name and not name.startswith(".") else ""


def _names(view: View) -> dict[str, str]:
    """The file of each decision: its own from before, else its number and its title."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key, one in view.decisions.items():
        name = f"{_origin(one)}.md"
        if name != ".md" and name.casefold() not in taken:
            names[key] = name
            taken.add(name.casefold())
    numbers = [int(at[0]) for name in names.values() if (at := _NUMBER.match(name))]
    last = max((it for it in numbers if it < 10_000), default=0)  # 20260203 is a date
    for key, one in view.decisions.items():
        if key not in names:
            last += 1
            names[key] = f"{last:04}-{slug(one.title)}.md"
    return {key: names[key] for key in view.decisions}


def _latest(every: "list[Row]", view: View) -> dict[str, str]:
    """Of each imported record the entry that has its text as it was last."""
    found: dict[str, str] = {}
    for row in every:
        source = row.fields.get("source", "")
        about = row.fields.get("decision", "")
        if isinstance(source, str) and "#~" in source and about in view.decisions:
            found[str(about)] = row.id
    return found


def _standing(one: Decision, view: View, names: "Mapping[str, str]") -> Standing:
    def near(key: str, part: str = "") -> Near:
        other = view.decisions.get(key)
        return Near(names[key], other.title if other else key, part)

    by = [near(one.superseded_by)] if one.superseded_by else []
    by += [near(key, part) for key, part in one.parts if key in names]
    takes = [
        near(key)
        for key in one.supersedes
        if key in names and (view.decisions[key].superseded_by == one.id or one.status == PROPOSED)
    ]
    takes += [
        near(key, part)
        for key, other in view.decisions.items()
        for who, part in other.parts
        if who == one.id and other.superseded_by != one.id
    ]
    status = one.status
    if status == SUPERSEDED:
        status = "accepted"
    return Standing(status, tuple(takes), tuple(by))


def _named(names: "Mapping[str, str]") -> "_Names":
    return _Names({os.path.splitext(name)[0]: name for name in names.values()})


class _Names:
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


def _read(folder: Folder, name: str) -> bytes | None:
    try:
        return folder.read(name).replace(b"\r\n", b"\n")
    except FileNotFoundError:
        return None


def _there(folder: str, other: list[str]) -> UsageError:
    named = ", ".join(other[:_LISTED])
    more = f" and {len(other) - _LISTED:,} more" if len(other) > _LISTED else ""
    return UsageError(
        f"{named}{more}: there already, and saying otherwise; nothing was written",
        kind="file-exists", file=folder,
        hint="--replace writes them anew; or take another folder",
    )  # fmt: skip
