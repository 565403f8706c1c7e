"""The inbox: packs that somebody put into `inbox/` are imported, one after the other.

Each ends in `inbox/done/` or, with the reason beside it, in `inbox/refused/`. What waits for a
review, is still being written, or could not be imported just now stays where it is. A pack in which
secrets were masked is taken away once it is imported: all else that it held is in the journal.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Any

from journal import clock
from journal.errors import FormatError, IntegrityError, JournalError, Refused, UsageError
from journal.files import HANDLES, Folder
from journal.importing.writing import switched_off
from journal.packing.bringing import bring
from journal.policyfile import read_policy
from journal.safe import one_line, safe_text

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.packing.bringing import Progress
    from journal.packing.brought import Brought

INBOX = "inbox"
DONE, REFUSED = "done", "refused"
IMPORTED, KNOWN, PENDING, GROWING, FAILED = "imported", "known", "pending", "growing", "failed"
_FRESH = 2.0  # seconds since something changed: it may be being written still
_PAUSE = 0.25  # between the two looks at what is that fresh
_REASON = ".reason.txt"
_LONGEST = 200  # bytes of a name, so that there is room for an ending
_Look = tuple[int, int, int]  # how many files, their bytes, the latest change


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a pack in the inbox; `moved` is where it lies now, empty if it stays there.

    `became` is IMPORTED, KNOWN (nothing of it was new), REFUSED, PENDING (a review was asked for),
    GROWING or FAILED (it can be tried again).
    """

    name: str
    became: str
    moved: str = ""
    brought: Brought | None = None
    error: JournalError | None = None

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        error = self.error.record()["error"] if self.error else None
        return {
            "name": self.name,
            "became": self.became,
            "moved": self.moved,
            "import": self.brought.record() if self.brought else None,
            "error": error,
        }


def take_in(
    journal: Journal, *, dry_run: bool = False, progress: Progress | None = None
) -> list[Outcome]:
    """Import whatever lies in the inbox, in the order of names; what became of each.

    WorkspaceError if the journal is switched off, or the inbox leads out of the workspace.
    """
    if not journal.notebook.enabled:
        raise switched_off()
    try:
        with Folder(journal.root, INBOX) as box:
            growing = _growing(box)
            return [
                Outcome(name, GROWING)
                if name in growing
                else _one(journal, box, name, dry_run, progress)
                for name in _names(box)
            ]
    except FileNotFoundError:
        return []


def arrive(journal: Journal, namespace: str = "") -> list[str]:
    """Import the inbox if the policy of the namespace says so; lines for stderr. Never raises."""
    try:
        with Folder(journal.root, INBOX) as box:
            if not _names(box) or not journal.notebook.enabled:
                return []
        if not read_policy(journal.root).limits(namespace or journal.default_namespace).auto_import:
            return []
        return [line for one in take_in(journal) for line in told(one)]
    except FileNotFoundError:
        return []
    except (JournalError, OSError) as error:
        said = error.message if isinstance(error, JournalError) else str(error)
        return [f"{INBOX}/ was not imported: {said}"]


def told(one: Outcome) -> Iterator[str]:
    """What became of a pack, in a line; then what else there is to say."""
    name = f"{INBOX}/{one_line(one.name)}"
    if one.brought and one.became == IMPORTED:
        count = one.brought.new
        yield f"{name}: imported, {count:,} new {'entry' if count == 1 else 'entries'}"
        yield from one.brought.notices
    elif one.error:
        yield f"{name}: {one.became}: {one_line(one.error.message)}"
    elif one.became == GROWING:
        yield f"{name}: it is still being written, and stays for now"


def _names(box: Folder) -> list[str]:
    """What may be a pack: zips and folders, or links to such, which are refused."""
    return sorted(
        name for name in os.listdir(box.fd if HANDLES else box.path) if _may_be_pack(box, name)
    )


def _may_be_pack(box: Folder, name: str) -> bool:
    if name.startswith(".") or name in (DONE, REFUSED):
        return False
    try:
        mode = box.stat(name).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) or name.lower().endswith(".zip") or stat.S_ISLNK(mode)


def _growing(box: Folder) -> set[str]:
    """What changes while one looks at it."""
    latest = clock.now().timestamp() - _FRESH
    fresh = {name: look for name in _names(box) if (look := _look(box, name))[2] > latest * 1e9}
    if not fresh:
        return set()
    sleep(_PAUSE)
    return {name for name, look in fresh.items() if _look(box, name) != look}


def _look(box: Folder, name: str) -> _Look:
    count = size = changed = 0
    for found in _below(f"{box.path}/{name}"):
        count, size = count + 1, size + found.st_size
        changed = max(changed, found.st_mtime_ns)
    return count, size, changed


def _below(path: str) -> Iterator[os.stat_result]:
    try:
        yield os.lstat(path)
        if os.path.isdir(path) and not os.path.islink(path):
            for above, folders, files in os.walk(path):
                for name in (*folders, *files):
                    yield os.lstat(f"{above}/{name}")
    except OSError:
        return  # it goes away, or comes: the second look tells


def _one(
    journal: Journal, box: Folder, name: str, dry_run: bool, progress: Progress | None
) -> Outcome:
    try:
        _is_itself(box, name)
        brought = bring(journal, f"{box.path}/{name}", dry_run=dry_run, progress=progress)
    except (JournalError, OSError) as error:
        return _not_taken(box, name, _error(error), dry_run)
    if dry_run:
        moved = ""
    elif brought.held_secrets:
        moved = _take_away(box, name, brought)
    else:
        moved, why = _moved(box, name, DONE)
        brought.notices += [f"{name} stays in {INBOX}/: {why}"] if why else []
    return Outcome(name, IMPORTED if brought.is_news else KNOWN, moved, brought)


def _not_taken(box: Folder, name: str, error: JournalError, dry_run: bool) -> Outcome:
    """What became of a pack that was not imported: refused, where trying again won't help."""
    if error.kind == "gate-pending":
        return Outcome(name, PENDING, error=error)
    if not _is_for_good(error):
        return Outcome(name, FAILED, error=error)
    error.file = error.file.replace(f"{box.path}/", f"{INBOX}/")
    moved, why = ("", "") if dry_run else _moved(box, name, REFUSED, error)
    if why:
        error.hint += f"; it stays in {INBOX}/: {why}" if error.hint else why
    return Outcome(name, REFUSED, moved, error=error)


def _is_for_good(error: JournalError) -> bool:
    """Whether it is the pack's fault, or the policy keeps it out."""
    if isinstance(error, (IntegrityError, FormatError, UsageError)):
        return error.kind != "no-file"  # it can't be read, or somebody took it away
    return error.kind == Refused.default_kind


def _is_itself(box: Folder, name: str) -> None:
    """IntegrityError if it is a link: what it leads to was not put here."""
    if stat.S_ISLNK(box.stat(name).st_mode):
        raise IntegrityError(
            "is a link", kind="pack-corrupt", file=f"{INBOX}/{name}",
            hint="put the pack itself into inbox/",
        )  # fmt: skip


def _error(error: JournalError | OSError) -> JournalError:
    if isinstance(error, JournalError):
        return error
    return JournalError(error.strerror or str(error), kind="system")


def _moved(box: Folder, name: str, to: str, reason: JournalError | None = None) -> tuple[str, str]:
    """Where it lies now, and why not there: that is no reason to leave the next pack alone."""
    moved = ""
    try:
        moved = _move(box, name, to)
        if reason:
            _explain(box, moved, reason)
    except (JournalError, OSError) as error:
        return moved, _error(error).message
    return moved, ""


def _move(box: Folder, name: str, to: str) -> str:
    """Put it into a folder of the inbox under a free name; where it lies then."""
    with box.inner(to, create=True) as there:
        free = _free(there, name)
        if HANDLES:
            os.rename(name, free, src_dir_fd=box.fd, dst_dir_fd=there.fd)
        else:
            os.rename(f"{box.path}/{name}", f"{there.path}/{free}")
        there.flush()
    box.flush()
    return f"{INBOX}/{to}/{free}"


def _take_away(box: Folder, name: str, brought: Brought) -> str:
    """Delete a pack that holds what may not lie here; where it lies still, if that fails."""
    try:
        if stat.S_ISDIR(box.stat(name).st_mode):
            shutil.rmtree(f"{box.path}/{name}")
        else:
            box.remove(name)
        box.flush()
    except OSError as error:
        why = error.strerror or str(error)
        brought.notices.append(f"it holds secrets, and can't be taken away: {why}")
        return f"{INBOX}/{name}"
    brought.notices.append("it held secrets, so it was taken away; all else of it is here")
    return ""


def _free(folder: Folder, name: str) -> str:
    stem, dot, ending = name.rpartition(".") if name.lower().endswith(".zip") else (name, "", "")
    free, number = name, 1
    while _is_there(folder, free):
        number += 1
        kept = os.fsdecode(os.fsencode(stem)[:_LONGEST])
        free = f"{kept}-{number}{dot}{ending}"
    return free


def _is_there(folder: Folder, name: str) -> bool:
    try:
        folder.stat(name)
    except FileNotFoundError:
        return False
    return True


def _explain(box: Folder, moved: str, error: JournalError) -> None:
    """The reason, in a file beside what was refused."""
    name = os.fsdecode(os.fsencode(moved.rpartition("/")[2])[:_LONGEST]) + _REASON
    hint = f"{error.hint}\n" if error.hint else ""
    with box.inner(REFUSED) as there:
        there.replace(name, safe_text(f"{error.message}\n{hint}").encode(errors="replace"))
