"""The records of one folder: which files are some, what each is called, which superseded which."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from journal import gitchanges
from journal.conversation import said
from journal.decisions import record
from journal.decisions.record import Record, Related
from journal.decisions.view import ACCEPTED, DEPRECATED, PROPOSED, SUPERSEDED
from journal.finding import Finding
from journal.importers.markdown import places as markdown_places
from journal.importers.markdown import text as markdown_text
from journal.safe import one_line
from journal.seal import sha256

_MOST = 4 << 20  # bytes: more is no decision record
_NUMBER = re.compile(r"(?:adr[-_]?)?0*(\d+)(?!\d)", re.IGNORECASE)
_NAMED = re.compile(r"(?:adr[-_ ]?)?\d+[-_ ]|adr[-_ ]", re.IGNORECASE)
_OTHERS = re.compile(r"(?:readme|index|changelog|contributing)", re.IGNORECASE)
_TEMPLATE = re.compile(r"template", re.IGNORECASE)
_BLANK_TITLE = re.compile(r"[\[{<].*[\]}>]$")
_SECTIONS = (
    "context", "decision", "consequences", "options", "context and problem statement",
    "considered options", "decision outcome", "issue", "assumptions", "constraints", "positions",
    "argument", "implications", "summary", "decision drivers",
)  # fmt: skip
_USUAL = frozenset(
    "adr adrs decisions decision architecture arch architectural design doc docs documentation"
    " records template templates packages src examples content".split()
)
_NAME_MOST = 64
_ENOUGH = 2  # of these sections


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the folder; `left` says why it is no record, if it is none."""

    name: str
    text: str
    record: Record
    changed: float
    left: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        """What it is called: its title, or its name in words."""
        return one_line(self.record.title) or re.sub(r"[-_]+", " ", self.name)


@dataclass(frozen=True, slots=True)
class Pair:
    """A record that superseded another, by their names; maybe only a part of it."""

    old: str
    new: str
    part: str = ""

    @property
    def id(self) -> str:
        """What the entry that tells of it is called."""
        return f"{self.old}#by={self.new}"


@dataclass
class Folder:
    """A folder's records by name, and what they say of each other."""

    path: str
    files: Mapping[str, Found | Finding] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)  # by the files' names

    @cached_property
    def session(self) -> str:
        """The folder's name: its repository's, or its project's, and its path in there."""
        here = os.path.realpath(self.path)
        top = gitchanges.top(here) or _project(here)
        named = os.path.relpath(here, os.path.dirname(top)).replace(os.sep, "-")
        if len(named) > _NAME_MOST:
            digest = sha256(named.encode(errors="replace")).hexdigest()[:8]
            named = f"{named[-(_NAME_MOST - 9) :].lstrip('-._')}-{digest}"
        return said.session(named) or "adr"

    @cached_property
    def _came(self) -> Mapping[str, int]:
        return gitchanges.came(self.path)

    def came(self, name: str) -> int:
        """When a record was first committed, Unix seconds; 0 if git doesn't say."""
        return next((at for file, at in self._came.items() if self.called.get(file) == name), 0)

    def read(self, file: str) -> Found | Finding:
        """A file of the folder, as it is now."""
        return _read(file, self.called.get(os.path.basename(file), _stem(file)))

    def pairs(self, name: str) -> list[Pair]:
        """What superseded a record, and what it superseded, as any of the folder's says."""
        return [pair for pair in self._pairs if name in (pair.old, pair.new)]

    def status(self, name: str) -> str:
        """A record's own status: what it had before it was superseded, if it was."""
        told = self._records[name].record.status or ACCEPTED
        if told != SUPERSEDED:
            return told
        news = [pair.new for pair in self._pairs if pair.old == name and not pair.part]
        is_told = any(self._records[new].record.status != PROPOSED for new in news)
        return ACCEPTED if is_told else DEPRECATED  # by what isn't here: then it is given up

    @cached_property
    def _records(self) -> dict[str, Found]:
        return {
            name: one for name, one in self.files.items() if isinstance(one, Found) and not one.left
        }

    @cached_property
    def _pairs(self) -> list[Pair]:
        found: dict[tuple[str, str], Pair] = {}
        for name, one in self._records.items():
            for related in one.record.superseded_by:
                self._add(found, name, self._target(related), related)
            for related in one.record.supersedes:
                self._add(found, self._target(related), name, related)
        return list(found.values())

    def _add(
        self, found: dict[tuple[str, str], Pair], old: str, new: str, related: Related
    ) -> None:
        if old and new and old != new and (new, old) not in found:
            found.setdefault((old, new), Pair(old, new, related.part))

    def _target(self, related: Related) -> str:
        """The record that is named; empty if it isn't here, or the number isn't one's alone."""
        if not related.target.startswith("#"):
            return related.target if related.target in self._records else ""
        number = related.target[1:]
        same = [one for one in self._records if _number(one) == number]
        return same[0] if len(same) == 1 else ""


def read_folder(path: str) -> Folder:
    """The records that lie in a folder, not below it.

    Of two files whose names differ only after the dot, the one that isn't `.md` keeps its ending.
    """
    files: dict[str, Found | Finding] = {}
    called: dict[str, str] = {}
    try:
        listed = sorted(os.listdir(path), key=lambda name: (not name.endswith(".md"), name))
    except OSError:
        listed = []
    for name in listed:
        if name.lower().endswith(markdown_places.ENDINGS) and not name.startswith("."):
            called[name] = name if _stem(name) in files else _stem(name)
            files[called[name]] = _read(os.path.join(path, name), called[name])
    return Folder(path, dict(sorted(files.items())), called)


def _project(folder: str) -> str:
    """The nearest folder above that isn't called as any project may call it."""
    here = folder
    while os.path.basename(here).casefold() in _USUAL and os.path.dirname(here) != here:
        here = os.path.dirname(here)
    return here


def _stem(file: str) -> str:
    return os.path.splitext(os.path.basename(file))[0]


def _number(name: str) -> str:
    found = _NUMBER.match(name)
    return found[1] if found else ""


def _read(file: str, name: str) -> Found | Finding:
    try:
        if os.path.exists(file) and not os.path.isfile(file):  # a pipe would wait for ever
            return Finding("unreadable", file, 0, "the record can't be read: it is no file")
        if os.path.getsize(file) > _MOST:
            words = f"it has over {_MOST:,} bytes"
            return Finding("unreadable", file, 0, f"the record can't be read: {words}")
        with open(file, "rb") as source:
            data = source.read()
            changed = os.fstat(source.fileno()).st_mtime
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return Finding("unreadable", file, 0, f"the record can't be read: {why}")
    page = markdown_text.page(file, data)
    if isinstance(page, Finding):
        return page
    text = data.decode("utf-8-sig", errors="replace").replace("\0", "\u2400")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    told = record.parse(text)
    findings = list(page.findings)
    if name != _stem(file):
        findings.append(_same_name(file, name))
    return Found(name, text, told, changed, _left(name, text, told), tuple(findings))


def _same_name(file: str, name: str) -> Finding:
    words = f"another record is called {_stem(file)}, too: this one is known as {name}"
    return Finding("same-name", file, 0, words, "rename one of the two")


def _left(name: str, text: str, told: Record) -> str:
    """Why a file is no decision record; empty if it is one."""
    if not text.strip():
        return "empty file"
    if _TEMPLATE.search(name) or _BLANK_TITLE.match(told.title):
        return "template"
    sections = len(set(told.headings) & set(_SECTIONS))
    is_named = bool(_NAMED.match(name)) and bool(told.headings or told.status)
    if told.status or sections >= _ENOUGH or (is_named and not _OTHERS.match(name)):
        return ""
    return "no decision record"
