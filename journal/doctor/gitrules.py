"""What git's own rules do to a journal: attributes that change day files, what is ignored."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, SubprocessError, run

from journal import anchor
from journal.doctor.visit import Visit
from journal.finding import Finding

CHECKED = ("text", "merge", "filter", "ident", "working-tree-encoding")
_NEUTRAL = ("unspecified", "unset")
PLAIN = "journal/** -text"
IGNORED = ".journal/"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of git's attributes: where it is, its pattern, what it gives."""

    file: str
    line: int
    words: tuple[str, ...]


def attributes(visit: Visit) -> Iterator[Finding]:
    """Attributes by which git would merge entries line by line or convert their bytes."""
    if visit.repo is None:
        if PLAIN not in _lines(f"{visit.root}/.gitattributes"):
            yield Finding("attributes", ".gitattributes", 0, f"lacks `{PLAIN}`", "attributes")
        return
    for name, value in sorted(wrong(visit).items()):
        yield _blame(visit, name, value)


def wrong(visit: Visit) -> dict[str, str]:
    """The attributes of day files that are not as they should be, and their values."""
    given: dict[str, str] = {}
    folders = {os.path.dirname(day.path) for day in visit.days} or {"journal/main/2026"}
    paths = b"".join(b"%s/2026-01-01.md\0" % os.fsencode(f) for f in sorted(folders))
    told = git(visit, "check-attr", "-z", "--stdin", *CHECKED, given=paths).split(b"\0")
    for name, value in zip(told[1::3], told[2::3], strict=False):
        if is_wrong(name.decode(), value.decode(errors="replace")):
            given.setdefault(name.decode(), value.decode(errors="replace"))
    return given


def is_wrong(name: str, value: str) -> bool:
    """Whether an attribute of this value does harm to day files."""
    if name == "text":
        return value != "unset"
    if name == "merge":
        return value == "union"
    return value not in _NEUTRAL


def _blame(visit: Visit, name: str, value: str) -> Finding:
    """The finding, at the line that gives the attribute, if a line does."""
    what = {"merge": "git merges entries line by line and tears them: merge=union"}.get(
        name, f"git may convert day files: {name} is {value}"
    )
    found = [rule for rule in rules(visit) if any(_gives(word, name, value) for word in rule.words)]
    if not found:
        return Finding("attributes", ".gitattributes", 0, what, "attributes")
    last = found[-1]
    above_all = last.file.endswith("info/attributes")
    return Finding("attributes", last.file, last.line, what, "" if above_all else "attributes")


def _gives(word: str, name: str, value: str) -> bool:
    shown = {"set": name, "unset": f"-{name}"}.get(value, f"{name}={value}")
    return word == shown or (word == "binary" and name == "text" and value == "unset")


def rules(visit: Visit) -> list[Rule]:
    """The lines of attributes that may count for day files, the weakest first."""
    files = list(attribute_files(visit))
    return [
        Rule(_shown(visit, file), number, tuple(line.split()[1:]))
        for file in files
        for number, line in enumerate(_lines(file), 1)
        if line and not line.startswith("#")
    ]


def attribute_files(visit: Visit) -> Iterator[str]:
    """Where attributes of day files may stand: folders above, these, and git's own file."""
    top = visit.repo.root if visit.repo else visit.root
    here = os.path.realpath(visit.root)
    above = []
    while True:
        above.append(f"{here}/.gitattributes")
        if here == top or here == os.path.dirname(here):
            break
        here = os.path.dirname(here)
    yield from reversed(above)
    root = os.path.realpath(visit.root)
    for folder in nested(visit):
        yield f"{root}/{folder}/.gitattributes"
    if visit.repo:
        common = git(visit, "rev-parse", "--git-common-dir").decode(errors="replace").strip()
        yield os.path.join(root, common, "info", "attributes")


def nested(visit: Visit) -> list[str]:
    """The folders from `journal` down to day files."""
    found = {"journal"}
    for day in visit.days:
        year = os.path.dirname(day.path)
        found |= {year, os.path.dirname(year)}
    return sorted(found)


def _shown(visit: Visit, path: str) -> str:
    root = os.path.realpath(visit.root)
    if path.startswith(f"{root}/"):
        return path[len(root) + 1 :]
    return (
        os.path.normpath(path) if path.endswith("info/attributes") else os.path.relpath(path, root)
    )


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return [line.strip() for line in file.read().split("\n")]
    except OSError:
        return []


def ignores(visit: Visit) -> Iterator[Finding]:
    """`.journal/` that git would keep, or day files that it wouldn't."""
    if visit.repo is None:
        if IGNORED not in _lines(f"{visit.root}/.gitignore"):
            yield Finding("not-ignored", ".gitignore", 0, f"lacks `{IGNORED}`", "ignore")
        return
    if not _ignored(visit, ".journal/state/lock"):
        message = "git would keep .journal/, which is this machine's own"
        yield Finding("not-ignored", ".gitignore", 0, message, "ignore")
    if git(visit, "ls-files", "-z", "--", ".journal"):
        yield Finding("tracked-state", ".journal", 0, "git keeps what is this machine's own")
    newest = visit.days[-1].path if visit.days else "journal/main/2026/2026-01-01.md"
    if rule := _ignored(visit, newest):
        file, line = rule
        yield Finding("ignored-days", file, line, f"git ignores day files, such as {newest}")


def _ignored(visit: Visit, path: str) -> tuple[str, int] | None:
    """The file and line by which git ignores a path; None if it doesn't."""
    told = git(visit, "check-ignore", "-v", "--no-index", "--", path).decode(errors="replace")
    found = re.match(r"(.*?):(\d+):([^\t]*)\t", told)
    if not found or found[3].startswith("!"):
        return None
    full = os.path.join(visit.repo.root if visit.repo else visit.root, found[1])
    return os.path.relpath(full, os.path.realpath(visit.root)), int(found[2])


def under_way(visit: Visit) -> Iterator[Finding]:
    """A merge, a rebase or the like that isn't finished."""
    if visit.busy:
        yield Finding("git-busy", ".", 0, f"git is in the middle of something: {visit.busy}")


def git(visit: Visit, *words: str, given: bytes = b"") -> bytes:
    """What git answers in the workspace's folder; nothing when it fails."""
    if visit.repo is None:
        return b""
    env = anchor.environment((visit.repo.root, visit.repo.git_dir, True))
    command = ["git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *words]
    try:
        done = run(
            command, cwd=visit.root, env=env, input=given, stdout=PIPE, stderr=DEVNULL,
            timeout=60, check=False,
        )  # fmt: skip
    except (OSError, SubprocessError):
        return b""
    return done.stdout
