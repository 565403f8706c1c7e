"""Where an entry's references lead, and which entries refer to it.

A wikilink names, in this order: an entry by its id, or by a beginning or an ending of it that has 8
characters at least; a day (`[[2026-11-21]]`); the entries with that title, case aside. Each entry
that a reference could mean has it among its backlinks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import Any, Protocol

from journal import dayfile, markdown
from journal.catalog.catalog import Catalog
from journal.catalog.text import content
from journal.entry import Entry
from journal.source import Source

_LEAST = 8
_PIECE = re.compile(rf"[0-9A-Za-z-]{{{_LEAST},}}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# The heading and the block under it (FORMAT 4); of a torn block what is there.
_HEADER = re.compile(
    rb"## [0-9][0-9]:[0-9][0-9].*(?:\n|\Z)"
    rb"(?:(?:[ \t]*\n)*```yaml entry[ \t]*\n(?:(?:.*\n)*?```[ \t]*(?:\n|\Z))?)?"
)


class Named(Protocol):
    """What of an entry a link shows."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its title, maybe empty."""

    @property
    def head(self) -> str:
        """The first line of its body."""

    @property
    def file(self) -> str:
        """The file where it stands, relative to the workspace."""

    @property
    def line(self) -> int:
        """The line of its heading, 0 while only a spool has it."""


class Lookup(Protocol):
    """Finds entries by how they are named and what they refer to."""

    def named(self, piece: str) -> Iterable[Named]:
        """The entries whose id begins or ends so, in either case."""

    def titled(self, title: str) -> Iterable[Named]:
        """The entries whose folded title is this."""

    def children(self, entry_id: str) -> Iterable[Named]:
        """The entries whose parent this is."""

    def referring(self, kind: str, target: str) -> Iterable[tuple[Named, int]]:
        """The entries whose body refers so to this folded target, and the line of the body."""

    def raw(self, one: Named) -> bytes:
        """The slice of an entry that it gave, as it stands in the file."""


@dataclass(frozen=True, slots=True)
class Link:
    """One reference: its kind ("parent", "tag", "wikilink", "entry"; of a backlink also "child").

    `entries` are those it may mean, more than one if that is ambiguous; of a backlink, the one
    entry that refers. `day` is the date that it means. `source` is where the reference stands, line
    0 while its entry is only in the spool.
    """

    kind: str
    target: str
    source: Source
    entries: tuple[Named, ...] = ()
    day: str = ""
    label: str = ""

    def record(self) -> dict[str, Any]:
        """The link as JSON shows it."""
        shown: dict[str, Any] = {"kind": self.kind, "target": self.target}
        shown |= {key: value for key in ("label", "day") if (value := getattr(self, key))}
        shown["entries"] = [
            {"id": one.id, "title": one.title, "file": one.file, "line": one.line}
            for one in self.entries
        ]
        return shown | {"file": self.source.file, "line": self.source.line}


@dataclass(frozen=True, slots=True)
class Links:
    """What an entry refers to, and what refers to it."""

    out: tuple[Link, ...]
    back: tuple[Link, ...]


def links(lookup: Lookup, entry: Entry) -> Links:
    """Where an entry's references lead, and the references that lead to it."""
    return Links(tuple(_out(lookup, entry)), tuple(_back(lookup, entry)))


def _out(lookup: Lookup, entry: Entry) -> Iterator[Link]:
    if entry.parent:
        yield Link("parent", entry.parent, entry.source, resolve(lookup, "entry", entry.parent)[0])
    found = markdown.references(entry.body)
    here = next((e for e in lookup.named(entry.id) if e.id == entry.id), None) if found else None
    start = body_line(here.line, lookup.raw(here)) if here else 0
    seen = set()
    for one in found:
        mark = (one.kind, markdown.folded(one.target), one.line)
        if mark not in seen:
            seen.add(mark)
            entries, day = resolve(lookup, one.kind, one.target)
            where = _at(entry.source.file, start, one.line)
            yield Link(one.kind, one.target, where, entries, day, one.label)


def resolve(lookup: Lookup, kind: str, target: str) -> tuple[tuple[Named, ...], str]:
    """The entries that a reference may mean, or else the day."""
    if kind == "tag":
        return (), ""
    named = _in_order(lookup.named(target))
    whole = tuple(one for one in named if one.id == target)
    if whole or kind == "entry":
        return whole, ""
    if named and _PIECE.fullmatch(target):
        return named, ""
    if _DAY.fullmatch(target) and _is_date(target):
        return (), target
    return _in_order(lookup.titled(markdown.folded(target))), ""


def _in_order(found: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(found, key=lambda one: one.id))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _back(lookup: Lookup, entry: Entry) -> Iterator[Link]:
    for child in _in_order(lookup.children(entry.id)):
        yield Link("child", entry.id, Source(child.file, child.line), (child,))
    starts: dict[str, int] = {}
    seen = set()
    for kind, target in _names(entry):
        found = list(lookup.referring(kind, markdown.folded(target)))
        if found and any(e.id == entry.id for e in resolve(lookup, kind, target)[0]):
            for one, line in sorted(found, key=lambda pair: (pair[0].id, pair[1])):
                mark = (one.id, kind, line)
                if one.id != entry.id and mark not in seen:
                    seen.add(mark)
                    if one.id not in starts:
                        starts[one.id] = body_line(one.line, lookup.raw(one))
                    yield Link(kind, target, _at(one.file, starts[one.id], line), (one,))


def _names(entry: Entry) -> Iterator[tuple[str, str]]:
    """How other entries may refer to this one."""
    yield "entry", entry.id
    if entry.title:
        yield "wikilink", entry.title
    yield "wikilink", entry.id
    for length in range(_LEAST, len(entry.id)):
        yield "wikilink", entry.id[:length]
        yield "wikilink", entry.id[-length:]


def _at(file: str, start: int, line: int) -> Source:
    return Source(file, start + line - 1 if start else 0)


def body_line(line: int, raw: bytes) -> int:
    """The line of its file where the body of an entry begins; 0 if the entry is in no file."""
    if not line or not raw:
        return 0
    header = _HEADER.match(raw)
    end = header.end() if header else 0
    body = dayfile.parse(raw).body if header else b""
    return line + raw.count(b"\n", 0, end) + _blank(raw[end:]) - _blank(body)


def _blank(text: bytes) -> int:
    return len(text) - len(text.lstrip(b"\n"))


class CatalogLookup:
    """A lookup that asks the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._content = cache(partial(content, catalog.root))

    def named(self, piece: str) -> Iterable[Named]:
        """The entries whose id begins or ends so, in either case."""
        return self._catalog.alike(piece)

    def titled(self, title: str) -> Iterable[Named]:
        """The entries whose folded title is this."""
        return [
            row for one in self._titles.get(title, ()) for row in self._catalog.having("title", one)
        ]

    @cached_property
    def _titles(self) -> dict[str, list[str]]:
        titles: dict[str, list[str]] = {}
        for title in self._catalog.values("title"):
            titles.setdefault(markdown.folded(title), []).append(title)
        return titles

    def children(self, entry_id: str) -> Iterable[Named]:
        """The entries whose parent this is."""
        return self._catalog.having("parent", entry_id)

    def referring(self, kind: str, target: str) -> Iterable[tuple[Named, int]]:
        """The entries whose body refers so to this folded target, and the line of the body."""
        return [(row, line) for line, row in self._catalog.referring(kind, target)]

    def raw(self, one: Any) -> bytes:
        """The slice of an entry that it gave, as it stands in the file."""
        content = self._content(one.file)
        return content[one.offset : one.offset + one.size]
