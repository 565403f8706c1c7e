"""Decisions as a folder of records: one a file, statuses and links as they stand now.

A record that was imported keeps its file's name and its text; only its status and the links of
what superseded what are brought up to date. All others are written as adr-tools writes them, with
the decision's id in a comment; they keep the file that they have in the folder.
"""

import os
import re
from dataclasses import dataclass

from journal import attach, deciding
from journal.deciding import recordnames
from journal.decisions import PROPOSED, SUPERSEDED, Decision, View, fold, record
from journal.decisions.written import Near, Standing, again, new
from journal.errors import JournalError, UsageError
from journal.files import Folder
from journal.importers.adr import folder as adr
from journal.rendered import plain
from journal.reviewing.gating import gate
from journal.reviews import Request
from journal.seal import digest
from journal.verdicts import PLACEHOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row

_NUMBER = re.compile(r"\d+")
_LISTED = 3
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export, by what became of them; `stale` are records that no decision has."""

    folder: str
    written: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A record to be: its text, whether it is an imported one, and if so, whether all of it."""

    text: str
    came: bool = False
    whole: bool = True


def export(
    journal: "Journal", folder: str, namespace: str = "", *, replace: bool = False
) -> Exported:
    """Write a namespace's decisions as records into a folder, made if it isn't there.

    UsageError `file-exists` if a file is there that says otherwise, and `replace` isn't asked, or
    it came from there and what is known of it is less; then none is written.
    """
    if not folder.strip():
        raise UsageError(f"{folder!r} names no folder", kind="no-file", hint="a folder for records")
    whole = os.path.abspath(folder)
    there = adr.read_folder(whole)
    files = records(journal, namespace, there)
    space = namespace or journal.default_namespace
    what = {"deed": "decision-export", "folder": whole, "namespace": space, "replace": replace}
    targets = {name: digest(one.text.encode(errors="replace")) for name, one in files.items()}
    with gate(journal, Request("export", space, what, targets, "Export decision records")):
        return _export(whole, files, there, replace=replace)


def export_again(journal: "Journal", what: "Mapping[str, Any]") -> Exported:
    """Export what was asked for, and approved."""
    return export(journal, what["folder"], what["namespace"], replace=what["replace"])


def _export(
    whole: str, files: "Mapping[str, Told]", there: "adr.Folder", *, replace: bool
) -> Exported:
    os.makedirs(whole, exist_ok=True)
    with Folder(whole, "") as target:
        was = {name: _read(target, name) for name in files}
        same = [name for name, one in files.items() if _says(was[name]) == one.text]
        other = [name for name in files if was[name] is not None and name not in same]
        if lesser := [name for name in other if not _may_replace(files[name], was[name])]:
            raise _lesser(whole, lesser)
        if other and not replace:
            raise _there(whole, other)
        written = [name for name in files if name not in same]
        for name in written:
            target.replace(name, _as_it_was(files[name].text, was[name]))
    stale = tuple(name for name in recordnames.records(there) if name not in files)
    return Exported(whole, tuple(written), tuple(same), stale)


def records(
    journal: "Journal", namespace: str = "", there: "adr.Folder | None" = None
) -> dict[str, Told]:
    """Every decision's record, by its file's name, in the order of the decisions.

    `there`: the folder that they are for, in which some have their files already.
    """
    every = deciding.rows(journal, namespace)
    view = fold(every)
    by_id = {row.id: row for row in every}
    texts = {row.id: piece.body.decode(errors="replace") for row, piece in journal.read(every)}
    names = recordnames.names(view, there or adr.Folder(""))
    latest = _latest(every, view)
    found = {}
    for number, (key, one) in enumerate(view.decisions.items(), 1):
        standing = _standing(one, view, names)
        said = latest.get(key, key)
        text = texts.get(said, "")
        if recordnames.origin(one) and text:
            known = _whole(journal, by_id[said])
            text = again(text if known is None else known, standing, recordnames.meant(names))
            is_whole = known is not None or not by_id[said].fields.get("attachments")
            found[names[key]] = Told(_sound(text), came=True, whole=is_whole)
        else:
            found[names[key]] = Told(_sound(_new(number, one, standing, text, names)))
    return found


def _whole(journal: "Journal", row: "Row") -> str | None:
    """The whole of a text that was too long for its entry; None if it isn't kept, or is gone."""
    for one in attach.of(row.fields.get("attachments")):
        try:
            with Folder(journal.root, attach.folder(row.namespace)) as kept:
                data = kept.read(one.digest.partition(":")[2])
        except (OSError, JournalError):
            continue
        if digest(data) == one.digest:
            return data.decode(errors="replace")
    return None


def _sound(text: str) -> str:
    """As it is written: with plain newlines, and without what UTF-8 can't have."""
    return plain(text).encode(errors="replace").decode()


def _new(
    number: int, one: Decision, standing: Standing, text: str, names: "Mapping[str, str]"
) -> str:
    at = _NUMBER.match(names[one.id])
    title = f"{int(at[0]) if at else number}. {one.title}"
    return new(title, one.entry.at[:10], standing, record.content(text), one.id)


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


def _read(folder: Folder, name: str) -> bytes | None:
    try:
        return folder.read(name)
    except FileNotFoundError:
        return None


def _says(data: bytes | None) -> str | None:
    """What a file says, whatever ends its lines have; None if it isn't there, or is no text."""
    try:
        return None if data is None else plain(data.removeprefix(_BOM).decode())
    except UnicodeDecodeError:
        return None


def _may_replace(told: Told, was: bytes | None) -> bool:
    """Whether what would be lost is no more than a person may give up by `--replace`."""
    there = _says(was)
    if not told.came or there is None or was is None:
        return not told.came
    masked = set(PLACEHOLDER.findall(told.text)) - set(PLACEHOLDER.findall(there))
    return told.whole and b"\0" not in was and not masked


def _as_it_was(text: str, was: bytes | None) -> bytes:
    """The text with the mark at its beginning and the ends of lines that the file had."""
    data = text.encode()
    if was and was.count(b"\n") == was.count(b"\r\n") > 0:
        data = data.replace(b"\n", b"\r\n")
    return _BOM + data if was and was.startswith(_BOM) else data


def _there(folder: str, other: list[str]) -> UsageError:
    return UsageError(
        f"{_some(other)}: there already, and saying otherwise; nothing was written",
        kind="file-exists", file=folder,
        hint="--replace writes them anew; or take another folder",
    )  # fmt: skip


def _lesser(folder: str, names: list[str]) -> UsageError:
    return UsageError(
        f"{_some(names)}: there, and not known in full here: the text is no UTF-8, or has"
        " secrets, or the attachment that held all of it is gone; nothing was written",
        kind="file-exists", file=folder,
        hint="take another folder, or change its status there by hand",
    )  # fmt: skip


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
