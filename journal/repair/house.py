"""Fixes around the day files: permissions, leftovers, the cache, what git is told."""

from __future__ import annotations

import os

from journal import seal
from journal.catalog.database import NAME, Database
from journal.doctor import gitrules, keeping
from journal.doctor.visit import Visit
from journal.files import Folder
from journal.mend import Change, digest, locked, noted, read
from journal.repair.step import Step


def permissions(visit: Visit) -> list[Step]:
    """What others can use gets the permissions that the journal gives."""
    found = [finding.file for finding in keeping.private(visit)]
    found += [path for paths in keeping.exposed(visit.root) for path in paths]
    steps = []
    for path in dict.fromkeys(found):
        try:
            mode = keeping.right_mode(os.lstat(f"{visit.root}/{path}"))
        except FileNotFoundError:
            continue  # it went meanwhile
        steps.append(Step("permissions", path, 0, f"set permissions to {mode:04o}", mode=mode))
    return steps


def leftovers(visit: Visit) -> list[Step]:
    """Files written aside by what was cut short are set aside."""
    return [_aside(visit.root, found.file) for found in keeping.leftovers(visit)]


def _aside(root: str, path: str) -> Step:
    if before := digest(root, path):
        return Step("leftovers", path, 0, "set it aside", (Change(path, before, None),))
    return Step("leftovers", path, 0, "", hindrance="it can't be read: remove it by hand")


def cache(visit: Visit) -> list[Step]:
    """What is broken of the cache goes: it comes back by itself."""
    action = "remove it: it comes back by itself"
    broken = [found.file for found in keeping.cache(visit) if found.fix]
    return [Step("cache", path, 0, action, derived=True) for path in broken]


def drop(root: str, path: str, told: str) -> None:
    """Remove a file of the cache if it is broken still, while nobody writes to the cache."""
    folder, _, name = path.rpartition("/")
    database = Database(root)
    lock = database.lock()
    try:
        with locked(root), Folder(root, folder) as here:
            if not keeping.broken(f"{root}/{path}"):
                return
            with noted.doing(root, noted.Note((told,))):
                if name == NAME:
                    database.discard()
                else:
                    here.remove(name)
    finally:
        database.unlock(lock)


def ignore(visit: Visit) -> list[Step]:
    """`.journal/` is ignored by git."""
    if not any(found.fix == "ignore" for found in gitrules.ignores(visit)):
        return []
    change = _with_line(visit, ".gitignore", gitrules.IGNORED)
    return [Step("ignore", ".gitignore", 0, f"add the line `{gitrules.IGNORED}`", (change,))]


def attributes(visit: Visit) -> list[Step]:
    """Git leaves day files as they are."""
    wanted = [found for found in gitrules.attributes(visit) if found.fix == "attributes"]
    if not wanted:
        return []
    below: dict[str, set[int]] = {}
    for found in wanted:
        if found.file.startswith("journal/"):
            below.setdefault(found.file, set()).add(found.line)
    steps = [_cleaned(visit, path, lines) for path, lines in sorted(below.items())]
    if any(found.file not in below for found in wanted):
        given = gitrules.wrong(visit)
        words = [name for name in given if name != "text"]
        line = " ".join([gitrules.PLAIN, *(f"!{name}" for name in words)])
        change = _with_line(visit, ".gitattributes", line)
        steps.append(Step("attributes", ".gitattributes", 0, f"add the line `{line}`", (change,)))
    return steps


def _with_line(visit: Visit, path: str, line: str) -> Change:
    """The file with one more line, which counts more than those above it; ours of old goes."""
    data = read(visit.root, path)
    kept = [one for one in (data or b"").split(b"\n") if not _is_ours(one, line)]
    text = b"\n".join(kept)
    lead = b"" if not text or text.endswith(b"\n") else b"\n"
    return Change(
        path, "" if data is None else seal.digest(data), text + lead + line.encode() + b"\n"
    )


def _is_ours(held: bytes, line: str) -> bool:
    """Whether a line of the file is taken over by the one to be added."""
    words, pattern = held.split(), line.split(maxsplit=1)[0].encode()
    if words[:1] != [pattern]:
        return False
    return all(word in (b"-text", b"merge=union") or word[:1] == b"!" for word in words[1:])


def _cleaned(visit: Visit, path: str, harmful: set[int]) -> Step:
    """A file of attributes beside day files, these lines without the words that do harm."""
    data = read(visit.root, path) or b""
    lines = [
        _without_harm(line) if number in harmful else line
        for number, line in enumerate(data.split(b"\n"), 1)
    ]
    text = b"\n".join(line for line in lines if line is not None)
    change = Change(path, seal.digest(data), text)
    return Step(
        "attributes", path, min(harmful), "take out what merges or converts day files", (change,)
    )


def _without_harm(line: bytes) -> bytes | None:
    """The line without what does harm; None if nothing is left that it gives."""
    pattern, *words = line.split()
    kept = [word for word in words if not _harms(word.decode(errors="replace"))]
    return b" ".join([pattern, *kept]) if kept else None


def _harms(word: str) -> bool:
    if word[:1] in "-!":
        return False
    name, _, value = word.partition("=")
    return name in gitrules.CHECKED and gitrules.is_wrong(name, value or "set")
