"""This machine's side: state, spools, identities, the file system, the disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from journal import dayfile, space, spool
from journal.cjson import loads
from journal.doctor.visit import Visit, listed
from journal.errors import JournalError
from journal.files import Folder
from journal.finding import Finding
from journal.known import Known, from_cache
from journal.spool import from_records, scan

LEAST_FREE = 100 << 20
_NETWORK = frozenset(
    "nfs nfs4 cifs smb smb2 smb3 smbfs ncpfs 9p afs ceph glusterfs lustre gfs2 ocfs2 beegfs davfs"
    " orangefs vboxsf virtiofs prl_fs drvfs fuse.sshfs fuse.rclone fuse.s3fs fuse.gcsfuse"
    " fuse.glusterfs fuse.davfs2 fuse.vmhgfs-fuse".split()
)
_SYNCED = re.compile(
    r"(Dropbox(?: \(.*\))?|OneDrive(?: ?-.*)?|Google ?Drive|iCloud ?Drive|com~apple~CloudDocs"
    r"|Nextcloud|ownCloud|pCloud ?Drive|MEGA|Box Sync|SynologyDrive)",
    re.IGNORECASE,
)
_MARKS = {".stfolder": "Syncthing", ".dropbox": "Dropbox", ".sync": "Resilio Sync"}


def state(visit: Visit) -> Iterator[Finding]:
    """State that is gone although this machine has written here."""
    if os.path.isfile(f"{visit.root}/{space.STATE}/lock") or visit.config is None:
        return
    here = os.stat(visit.root).st_ino
    for name, known in _identities(visit):
        if name == f"{here}.json":
            writer = known.get("writer", "")
            message = f"writer {writer} has written here, and its state is gone; what was"
            yield Finding(
                "state-missing", space.STATE, 0, f"{message} acknowledged and in no file is lost"
            )


def _identities(visit: Visit) -> list[tuple[str, dict[str, object]]]:
    """The writers that this machine has had in folders of this workspace, with their files."""
    folder = f"{space.state_home()}/{visit.config.id}" if visit.config else ""
    found: list[tuple[str, dict[str, object]]] = []
    for name in listed(folder):
        try:
            with open(f"{folder}/{name}", "rb") as file:
                known = loads(file.read(4096).decode())
        except (OSError, ValueError):
            continue
        if isinstance(known, dict):
            found.append((name, known))
    return found


def identities(visit: Visit) -> Iterator[Finding]:
    """Another writer of this machine's that was in this very place, or has the same name."""
    here = os.path.realpath(visit.root)
    for _, known in _identities(visit):
        writer, root = str(known.get("writer", "")), str(known.get("root", ""))
        if not visit.mine or not root:
            continue
        if writer == visit.mine and os.path.realpath(root) != here and os.path.isdir(root):
            message = f"writer {writer} also writes in {root}"
            yield Finding("two-identities", ".", 0, message)
        elif writer != visit.mine and os.path.realpath(root) == here:
            message = f"this machine was writer {writer} here before it became {visit.mine}"
            yield Finding("two-identities", ".", 0, message)


def spools(visit: Visit) -> Iterator[Finding]:
    """Spools that are torn, that lost entries, or that are another machine's."""
    own = {str(known.get("writer")) for _, known in _identities(visit)}
    for name in listed(f"{visit.root}/{spool.FOLDER}"):
        path, writer = f"{spool.FOLDER}/{name}", name.removesuffix(".log")
        data = visit.store.content(path) if name.endswith(".log") else None
        if data is None:
            continue
        records, torn = scan(data)
        if torn:
            line = data.count(b"\n", 0, _torn_at(data, records)) + 1
            yield Finding("torn-spool", path, line, f"{torn:,} bytes of a write that was cut short")
        if writer == visit.mine and (lost := _lost(visit, from_records(records))):
            yield Finding("lost-spool", path, 0, lost)
        if writer not in own and visit.config:
            message = f"the spool of {writer}: another machine's, or an earlier writer of this"
            yield Finding("foreign-spool", path, 0, message)


def _torn_at(data: bytes, records: list[spool.Record]) -> int:
    """Where the first torn record begins."""
    at = 0
    for record in records:
        line = data.rfind(b"\n", 0, record.start - 1) + 1
        if data[at:line].strip(b"\n"):
            break
        at = record.end + 1
    while data[at : at + 1] == b"\n":
        at += 1
    return at


def _lost(visit: Visit, known: Known) -> str:
    """What cache or day files know that the spool once knew too; empty if nothing."""
    highest = {name: seq for name, (seq, _) in known.heads.items()}
    try:
        with Folder(visit.root, space.CACHE) as folder:
            cached = from_cache(folder.read(f"{visit.mine}.known"))
    except (OSError, JournalError, ValueError, TypeError, LookupError):
        cached = None
    later = {name: seq for name, (seq, _) in cached.heads.items()} if cached else _in_files(visit)
    for name, seq in later.items():
        if seq > highest.get(name, 0):
            return f"it ends at number {highest.get(name, 0)} of {name}; {seq} was acknowledged"
    return ""


def _in_files(visit: Visit) -> dict[str, int]:
    """The highest number in each namespace's newest file of this writer."""
    first = visit.config.writer if visit.config else ""
    newest = {
        day.namespace: day.path
        for day in visit.days
        if day.regular and (day.writer or first) == visit.mine
    }
    return {
        namespace: max(
            (
                link[0]
                for _, raw in dayfile.split(visit.store.content(path) or b"").slices
                if (link := dayfile.link_of(raw))
            ),
            default=0,
        )
        for namespace, path in newest.items()
    }


def file_system(visit: Visit) -> Iterator[Finding]:
    """A workspace on a file system that other machines write too."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            kind = kind_of(os.path.realpath(visit.root), file.read())
    except OSError:
        return
    if kind in _NETWORK:
        yield Finding(
            "network-files", ".", 0, f"the workspace lies on a network file system: {kind}"
        )


def kind_of(path: str, mounts: str) -> str:
    """The kind of the file system that holds a path, by the text of mountinfo."""
    best, kind = "", ""
    for line in mounts.split("\n"):
        fields, _, about = line.partition(" - ")
        words = fields.split(" ")
        if len(words) < 5 or not about:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), words[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, about.split(" ")[0]
    return kind


def synced(visit: Visit) -> Iterator[Finding]:
    """A workspace inside of a folder that a program keeps the same on several machines."""
    here = os.path.realpath(visit.root)
    who = ""
    while not who and here != os.path.dirname(here):
        found = _SYNCED.fullmatch(os.path.basename(here))
        marked = (name for mark, name in _MARKS.items() if os.path.isdir(f"{here}/{mark}"))
        who = found[1] if found else next(marked, "")
        if not who:
            here = os.path.dirname(here)
    if who:
        yield Finding("synced-folder", ".", 0, f"{here} is synchronised by {who}")


def disk(visit: Visit) -> Iterator[Finding]:
    """Hardly any space left."""
    if hasattr(os, "statvfs"):
        known = os.statvfs(visit.root)
        free = known.f_bavail * known.f_frsize
        if free < LEAST_FREE:
            yield Finding("disk-low", ".", 0, f"{free >> 20} MB are free")
