"""How files are kept: links, leftovers, permissions, owners, the cache."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator

from journal import space
from journal.cjson import loads
from journal.daypath import is_pack
from journal.doctor.visit import Visit, listed
from journal.finding import Finding
from journal.known import from_cache
from journal.recall.manifest import decode

FIX = "permissions"
LOCK = f"{space.STATE}/lock"
REST = 60.0  # seconds after which a file that is written aside is no longer being written
# In the workspace's own folder, where a person's files are, only what init's files are written as.
_OURS = re.compile(
    r"\.(journal\.toml|policy\.yaml|\.gitignore|\.gitattributes)\.\d+\.new"
).fullmatch
_SQLITE = b"SQLite format 3\0"


def walk(root: str, below: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and folder below a folder, itself included: path and what is known of it."""
    try:
        st = os.lstat(f"{root}/{below}")
    except OSError:
        return
    yield below, st
    if stat.S_ISDIR(st.st_mode):
        for name in listed(f"{root}/{below}"):
            yield from walk(root, f"{below}/{name}")


def links(visit: Visit) -> Iterator[Finding]:
    """Links and other things where a folder or a file of the journal's should be.

    What lies in the cache is told of by `cache`, which knows that it may go.
    """
    for path, st in (*walk(visit.root, "journal"), *walk(visit.root, ".journal")):
        if path.startswith(f"{space.CACHE}/"):
            continue
        wanted = _wanted(path)
        if stat.S_ISLNK(st.st_mode):
            yield Finding("link", path, 0, f"a link, where a {wanted or 'file'} should be")
        elif wanted == "folder" and not stat.S_ISDIR(st.st_mode):
            yield Finding("link", path, 0, "no folder, where one should be")
        elif wanted == "file" and not stat.S_ISREG(st.st_mode):
            yield Finding("link", path, 0, "no file, where one should be")


def _wanted(path: str) -> str:
    """What belongs there: a folder, a file, or nobody knows."""
    if path in ("journal", ".journal", space.STATE, space.CACHE, f"{space.STATE}/spool"):
        return "folder"
    parts = path.split("/")
    if parts[0] == "journal" and len(parts) == 2 and ("." not in parts[1] or is_pack(parts[1])):
        return "folder"
    if parts[0] == "journal" and len(parts) == 4 and parts[3].endswith(".md"):
        return "file"
    return "file" if path == LOCK else ""


def leftovers(visit: Visit) -> Iterator[Finding]:
    """Files that were written aside and never put in their place: a write was cut short."""
    top = (found for name in listed(visit.root) if _OURS(name) for found in walk(visit.root, name))
    for path, st in (*top, *walk(visit.root, "journal"), *walk(visit.root, ".journal")):
        if is_aside(os.path.basename(path)) and visit.now - st.st_mtime > REST:
            yield Finding("leftover", path, 0, "left by a write that was cut short", "leftovers")


def is_aside(name: str) -> bool:
    """Whether the journal names a file so that it writes aside."""
    parts = name.split(".")
    inner = parts[1:-1]
    return not parts[0] and parts[-1] == "new" and any(part.isdigit() for part in inner)


def private(visit: Visit) -> Iterator[Finding]:
    """What is this machine's own and others may read or change."""
    if os.name == "nt":
        return
    for path, st in walk(visit.root, ".journal"):
        # Not the lock: it is empty, and a writer's identity counts on its change time.
        if path != LOCK and not stat.S_ISLNK(st.st_mode) and st.st_mode & 0o077:
            mode = f"{stat.S_IMODE(st.st_mode):04o}, not {right_mode(st):04o}"
            yield Finding("permissions", path, 0, f"others may use it: {mode}", FIX)


def right_mode(st: os.stat_result) -> int:
    """The permissions that the journal gives a new folder or file."""
    return 0o700 if stat.S_ISDIR(st.st_mode) else 0o600


def shared(visit: Visit) -> Iterator[Finding]:
    """Day files that others can really get at: the folders above let them through.

    A git checkout makes files as the umask has it; one line for all of them is enough.
    """
    changed, read = exposed(visit.root)
    if changed:
        some = "1 file or folder" if len(changed) == 1 else f"{len(changed)} files and folders"
        yield Finding("permissions", changed[0], 0, f"others can change {some}, this first", FIX)
    elif read:
        some = "1 file" if len(read) == 1 else f"{len(read)} files"
        yield Finding("readable", read[0], 0, f"others can read {some}, this first", FIX)


def exposed(root: str) -> tuple[list[str], list[str]]:
    """What others can change below `journal/`, and the files that they can read."""
    if os.name == "nt":
        return [], []
    through = {"": _through_above(root)}
    changed, read = [], []
    for path, st in walk(root, "journal"):
        if stat.S_ISLNK(st.st_mode):
            continue
        way = through.get(os.path.dirname(path), 0)
        who = (0o070 if way & 0o010 else 0) | (0o007 if way & 0o001 else 0)
        if stat.S_ISDIR(st.st_mode):
            through[path] = way & st.st_mode
        elif st.st_mode & who & 0o044:
            read.append(path)
        if st.st_mode & who & 0o022 and not st.st_mode & stat.S_ISVTX:
            changed.append(path)
    return changed, read


def _through_above(root: str) -> int:
    """Whether the workspace and the folders above it let a group or others pass."""
    here, way = os.path.realpath(root), 0o011
    while way:
        way &= os.stat(here).st_mode
        above = os.path.dirname(here)
        if above == here:
            break
        here = above
    return way


def owners(visit: Visit) -> Iterator[Finding]:
    """What belongs to somebody else."""
    if not hasattr(os, "geteuid"):
        return
    me = os.geteuid()
    for path, st in (*walk(visit.root, "journal"), *walk(visit.root, ".journal")):
        if st.st_uid != me:
            yield Finding("owner", path, 0, f"it belongs to user {st.st_uid}, and you are {me}")


def cache(visit: Visit) -> Iterator[Finding]:
    """A cache that can't be written, and files in it that can't be what they should be."""
    folder = f"{visit.root}/{space.CACHE}"
    if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("cache", space.CACHE, 0, "it can't be written: everything takes longer")
    for path, st in walk(visit.root, space.CACHE):
        if path != space.CACHE and (why := broken(f"{visit.root}/{path}")):
            yield Finding("cache", path, 0, why, "" if stat.S_ISDIR(st.st_mode) else "cache")


def broken(path: str) -> str:
    """Why a file of the cache can't be used; empty if it can, or nobody here knows it."""
    name = os.path.basename(path)
    _, has_ending, ending = name.rpartition(".")
    is_sound = _KNOWN.get(name) or _KNOWN.get(ending)
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            is_folder = stat.S_ISDIR(mode) and not has_ending
            what = "a link" if stat.S_ISLNK(mode) else "no file"
            return "" if is_folder else f"{what}, where a file should be"
        if is_sound is None:
            return ""
        with open(path, "rb") as file:
            return "" if is_sound(file.read(1 << 20)) else "torn, or written by something else"
    except FileNotFoundError:
        return ""  # it went meanwhile
    except OSError as error:
        return f"can't be read: {error.strerror}"
    except (ValueError, TypeError, LookupError):
        return "can't be understood"


def _is_object(data: bytes) -> bool:
    return isinstance(loads(data.decode()), dict)


def _is_database(data: bytes) -> bool:
    return not data or data.startswith(_SQLITE)


# What the beginning of a file of the cache must be, by the ending of its name.
_KNOWN: dict[str, Callable[[bytes], bool]] = {
    "known": lambda data: from_cache(data) is not None,
    "json": _is_object,
    "manifest.json": lambda data: decode(data) is not None,  # of recall's index
    "db": _is_database,
    "sqlite": _is_database,
}
