"""Packs that are exported by themselves, at the end of a session or of a run, into `outbox/`."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from journal.clock import now, zone
from journal.errors import JournalError, Refused
from journal.files import Folder
from journal.packing.exporting import Exported, Wanted, export
from journal.policyfile import read_policy
from journal.reviewing.gating import is_marked
from journal.selection import Selection

if TYPE_CHECKING:
    from journal.api import Journal

OUTBOX = "outbox"
_OURS = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{12}\.zip", re.ASCII)


def depart(journal: Journal, namespace: str = "") -> list[str]:
    """Export the namespace if its policy says so; lines for stderr. Never raises."""
    namespace = namespace or journal.default_namespace
    try:
        wanted = read_policy(journal.root).limits(namespace).auto_export
        if not wanted or not journal.notebook.enabled:
            return []
        exported = send(journal, namespace)
        keep = 0 if isinstance(wanted, bool) else int(wanted.get("keep", 0))
        return [*_told(exported), *(_trimmed(journal.root, keep) if keep else ())]
    except (JournalError, OSError) as error:
        return [f"auto_export: nothing was exported: {_why(error)}"]


def send(journal: Journal, namespace: str) -> Exported:
    """All entries of the namespace as a pack `outbox/<day>-<pack's id>.zip`.

    The same pack again stays as it is. Refused where exports need a review: nobody is there to ask.
    """
    if is_marked(journal, "export", namespace):
        raise Refused("the policy wants a review of exports", kind="gated")
    with Folder(journal.root, OUTBOX, create=True) as box:
        aside = f".{os.getpid()}.{os.urandom(4).hex()}.zip"
        try:
            made = export(
                journal, f"{box.path}/{aside}", Wanted(selection=_all(journal, namespace))
            )
            day = now().astimezone(zone(journal.timezone)).date()
            name = next((one for one in _packs(box) if one.endswith(f"-{made.id}.zip")), "")
            if not name:
                name = f"{day}-{made.id}.zip"
                box.rename(aside, name)
                box.flush()
        finally:
            box.remove(aside)
    return Exported(
        path=f"{OUTBOX}/{name}", id=made.id, manifest=made.manifest, files_left=made.files_left
    )


def _all(journal: Journal, namespace: str) -> Selection | None:
    """All of a namespace; no selection at all if there is no other one."""
    store = journal.notebook.store
    there = {day.namespace for day in store.files()} | {one.namespace for one in store.spooled()}
    return None if there <= {namespace} else Selection(namespace=namespace)


def _told(exported: Exported) -> list[str]:
    return [
        f"auto_export: {file} is not in {exported.path}: {why}"
        for file, why in exported.files_left.items()
    ]


def _packs(box: Folder) -> list[str]:
    """The packs that were made here, the oldest first."""
    found = {name: box.stat(name) for name in os.listdir(box.path) if _OURS.fullmatch(name)}
    files = [name for name, one in found.items() if stat.S_ISREG(one.st_mode)]
    return sorted(files, key=lambda name: (name[:10], found[name].st_mtime_ns, name))


def _trimmed(root: str, keep: int) -> list[str]:
    """Remove all but the newest; nothing is ever touched that has another kind of name."""
    try:
        with Folder(root, OUTBOX) as box:
            for name in _packs(box)[:-keep]:
                box.remove(name)
    except (JournalError, OSError) as error:
        return [f"auto_export: older packs stay in {OUTBOX}/: {_why(error)}"]
    return []


def _why(error: JournalError | OSError) -> str:
    if isinstance(error, JournalError):
        return error.message
    return error.strerror or str(error)
