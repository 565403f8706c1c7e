"""Where notes lie: the files of a folder, and what a file is called within its vault.

A file's name must not depend on how it was reached: the folder imported here or from elsewhere, a
part of it, one file. So it is relative to the vault's own root, which the disk tells:

- the nearest folder above the file that holds `.obsidian`, `logseq/config.edn`, `.git` or
  `journal.toml` (but not the user's home, which some keep in git);
- else the folder around one called `memory`, `journals` or `pages`, as OpenClaw and Logseq have;
- else the file's own folder, or the first above it that isn't called after a year, month or day.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from journal.importers.markdown import dates as markdown_dates

ENDINGS = (".md", ".markdown")
_MARKERS = (".obsidian", "logseq/config.edn", ".git", "journal.toml")
_PARTS = frozenset(("memory", "journals", "pages"))
_CALENDAR = re.compile(r"\d{1,4}([-_. ].*)?")
_SKIPPED = frozenset(("node_modules", "__pycache__"))
_OF_LOGSEQ = frozenset(("bak", "version-files"))  # copies of pages, under logseq/


def files(path: str) -> list[str]:
    """The notes at `path`, one or all in the folder, by their date, then by their path.

    Left out: what is hidden, copies that tools keep, and the day files of journals.
    """
    root.cache_clear()
    try:
        if _is_ours(os.path.realpath(path)):
            return []
        if not os.path.isdir(path):
            return [path] if _is_note(path, os.stat(path)) else []
    except (OSError, ValueError):
        return []
    return [file for _, file in sorted(_walk(path))]


def named(file: str) -> tuple[str, str]:
    """The vault's root and the file's name within it: `/`, composed letters, valid Unicode."""
    folder = os.path.realpath(os.path.dirname(os.path.abspath(file)))
    top = root(folder)
    inner = os.path.relpath(os.path.join(folder, os.path.basename(file)), top)
    return _valid(os.path.basename(top)), _valid(inner.replace(os.sep, "/"))


@lru_cache(4096)
def root(folder: str) -> str:
    """The root of the vault that a folder belongs to."""
    above = list(_above(folder))
    home = os.path.realpath(os.path.expanduser("~"))
    for here in above:
        if here != home and any(os.path.exists(os.path.join(here, it)) for it in _MARKERS):
            return here
    for here in above:
        if os.path.basename(here).lower() in _PARTS:
            return os.path.dirname(here)
    return next((it for it in above if not _CALENDAR.fullmatch(os.path.basename(it))), folder)


def is_logseq(name: str) -> bool:
    """Whether a file of that name is one of Logseq's, and so an outline."""
    return name.startswith(("journals/", "pages/")) or "/journals/" in name or "/pages/" in name


def _above(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _is_ours(path: str) -> bool:
    """Whether a path is in the folder of a workspace's day files."""
    return any(
        os.path.basename(here) == "journal" and _is_workspace(os.path.dirname(here))
        for here in _above(path)
    )


def _is_workspace(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "journal.toml"))


def _is_note(path: str, status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and path.lower().endswith(ENDINGS)


def _walk(top: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The notes under a folder, each with what it is sorted by; every folder once."""
    seen: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                listed = list(entries)
        except OSError:
            continue
        for entry in listed:
            try:
                if entry.is_dir():
                    if not _is_skipped(folder, entry.name):
                        waiting.append(entry.path)
                elif not entry.name.startswith(".") and _is_note(entry.name, entry.stat()):
                    yield (_day(entry), entry.path), entry.path
            except OSError:
                continue


def _is_skipped(folder: str, name: str) -> bool:
    return (
        name.startswith(".")
        or name in _SKIPPED
        or (name in _OF_LOGSEQ and os.path.basename(folder) == "logseq")
        or (name == "journal" and _is_workspace(folder))
    )


def _day(entry: os.DirEntry[str]) -> str:
    path = os.path.splitext(entry.path)[0].replace(os.sep, "/")
    if day := markdown_dates.of_name(path).day:
        return day.isoformat()
    moment = markdown_dates.of_file(entry.stat().st_mtime)
    return moment.date().isoformat() if moment else ""


def _valid(text: str) -> str:
    text = os.fsencode(text).decode("utf-8", errors="replace")
    return unicodedata.normalize("NFC", text)
