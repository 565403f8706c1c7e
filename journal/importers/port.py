"""The port of the importers: what one gives, and what it may ask while it reads.

An importer is one file, found by the entry point group `journal.importers`. It turns files that
another program wrote into items, and never touches them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from journal.conversation.excerpt import Excerpt
from journal.entry import Draft
from journal.finding import Finding

THERE = "="


@dataclass(frozen=True, slots=True)
class Whole:
    """A text that an item shows only in part: `--full` keeps all of it beside the entry."""

    name: str
    text: str
    always: bool = False  # too long for any entry: kept whether asked for or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry to be, and where it comes from.

    `id` names it within its source, `parts` the other lines of the source that it stands for.
    `follows` is the id of what it answers or comes after, and becomes the entry's parent (`there`
    names an entry that is there already); `refers` are header fields that name other items'
    entries: they get those entries' ids. `line`: where it
    begins in its file, from 1.
    """

    id: str
    draft: Draft
    line: int = 0
    parts: tuple[str, ...] = ()
    follows: str = ""
    refers: Mapping[str, str] = field(default_factory=dict)
    wholes: tuple[Whole, ...] = ()


def there(entry: str) -> str:
    """A name, for `follows` and `refers`, of the entry that has this id."""
    return f"{THERE}{entry}"


@dataclass(frozen=True, slots=True)
class Captured:
    """What a hook has appended already: the entry's id, and when it was."""

    entry: str
    moment: datetime


@dataclass(slots=True, kw_only=True)
class Reading:
    """What an importer is told, and what it may ask and say, while it reads one file.

    `known(ids, session)` gives of some ids those that are in the journal, with their entries' ids;
    of that session, or of any if it is left out. `captured` gives what hooks appended of a session,
    by the key that they gave it, or by what `gone` makes of it where the text isn't kept whole.
    `own` says whether an entry of that id is in the journal, or was until it was purged.
    `clean` rids a text of secrets. `anchor` gives git's HEAD as an
    entry has it, for a folder, a branch and a time. `left` counts what was left out, by what it is.
    """

    known: Callable[..., Mapping[str, str]] = lambda *_, **__: {}
    captured: Callable[[str], Mapping[str, Sequence[Captured]]] = lambda _: {}
    gone: Callable[[str], str] = str
    own: Callable[[str], bool] = lambda _: False
    clean: Callable[[str], str] = str
    anchor: Callable[[str, str, datetime], str] = lambda _, branch, __: (
        branch and f"{branch}@{'0' * 12}"
    )
    left: dict[str, int] = field(default_factory=dict)
    user: str = "user"
    options: Mapping[str, str] = field(default_factory=dict)

    def leave(self, what: str, count: int = 1) -> None:
        """Count something that doesn't become an entry."""
        self.left[what] = self.left.get(what, 0) + count

    def excerpt(self, text: str, most: int) -> Excerpt:
        """A text as an entry shows it: all of it, or its beginning and its end."""
        from journal.conversation.excerpt import excerpt

        return excerpt(text, self.clean, most)


class Importer(Protocol):
    """One source of entries. `by_session`: its ids name something only within their session."""

    name: str
    by_session: bool

    def places(self) -> Sequence[str]:
        """Where the tool keeps its files on this machine."""

    def files(self, path: str) -> Sequence[str]:
        """The files of this source at `path` (one, or all in a folder), the earliest first."""

    def read(self, file: str, reading: Reading) -> Iterator[Item | Finding]:
        """What is new in a file, each item after those that it follows or refers to."""
