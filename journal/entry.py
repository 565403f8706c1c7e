"""What goes in and what comes out: a caller gives a Draft, a day file holds an Entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from journal.shown import head_of, record
from journal.source import Source

_NOWHERE = Source("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry to be: only the body is needed. What the journal sets itself can't be given.

    `at` is when it happened, if not now; `fields` are header keys of the entry's kind, such as
    `status`; `token` makes a retry harmless: the same token twice is one entry.
    """

    body: str | bytes
    title: str = ""
    kind: str = "note"
    role: str = ""
    actor: str = ""
    session: str = ""
    path: str = ""
    parent: str = ""
    namespace: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | str | None = None
    git: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as read, sealed or handwritten.

    `at` is the header's text, `moment` its instant. `fields` holds the header's other keys, in
    their order. `postscript` is what somebody typed under the sealed body. `turn` counts the
    entries of its session from 1; 0 outside of one, and before there were turns.
    """

    id: str
    at: str
    moment: datetime
    kind: str
    title: str
    role: str = ""
    actor: str = ""
    session: str = ""
    path: str = ""
    parent: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    git: str = ""
    token: str = ""
    turn: int = 0
    seq: int = 0
    prev: str = ""
    digest: str = ""
    namespace: str = ""
    writer: str = ""
    body: str = ""
    postscript: str = ""
    source: Source = _NOWHERE

    @property
    def sealed(self) -> bool:
        """Whether the journal wrote it, rather than a person's hand."""
        return bool(self.digest)

    @property
    def head(self) -> str:
        """The first line of the body that isn't blank."""
        return head_of(self.body)

    @property
    def microseconds(self) -> int:
        """The moment since the beginning of 1970, UTC."""
        from journal.header import microseconds

        return microseconds(self.moment)

    @property
    def order(self) -> tuple[datetime, str, int, str]:
        """Where it belongs among entries of all writers."""
        return (self.moment, self.writer, self.seq, self.id)

    def record(self, *, body: bool = False) -> dict[str, Any]:
        """The entry as JSON shows it: the header's keys, then title, file and line."""
        shown = record(self)
        if body:
            shown["body"] = self.body
            if self.postscript:
                shown["postscript"] = self.postscript
        return shown


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an append promises; `durable` only once it would survive a power cut.

    `line` is 0 while the entry waits in the spool. A disabled journal gives an empty id. `withheld`
    is the policy's rule if the text was not kept; `redacted` names the rules of what was masked.
    """

    id: str
    at: str
    file: str
    line: int
    seq: int
    digest: str
    durable: bool
    repeated: bool = False
    notices: tuple[str, ...] = ()
    withheld: str = ""
    redacted: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether there is an entry of the draft's kind and fields, be it without its text."""
        return bool(self.id) and (not self.withheld or "hash_only" in self.withheld)
