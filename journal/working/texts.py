"""From entries to messages: what of an entry memory holds, and under which role a model gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.errors import JournalError
from journal.masking import WITHHELD
from journal.safe import one_line
from journal.seal import digest
from journal.shown import head_of
from journal.working.holding import Message

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.catalog.text import Slices
    from journal.entry import Entry

MODEL_ROLES = frozenset(("assistant", "system"))
USER = "user"  # what every other role is to a model
_SPOKEN = frozenset(("message", "note", "summary"))  # of the others the title says what they are
_TITLE = 80


def titled(title: str) -> str:
    """A title or a first line as a tombstone has it."""
    return one_line(title, _TITLE)


def entry_at(journal: Journal, slices: Slices, row: Row) -> Entry | None:
    """The row's entry, whole; None if its text has gone since."""
    entry = slices.entry(row)
    if entry is None:
        try:
            return journal.find(row.id)
        except JournalError:
            return None
    return entry


def content_of(entry: Entry) -> str:
    """What memory holds of an entry: its body, and where that says what it is, its title."""
    content = entry.body
    plain = entry.kind in _SPOKEN or is_withheld(entry)
    if not plain and entry.title and entry.title not in content:
        content = f"{entry.title}\n\n{content}"
    if under := entry.postscript.strip("\n"):
        content = f"{content.rstrip()}\n\n(written under it) {under}"
    return content


def message_of(first: Row, entry: Entry, turn: int = 0, role: str = "") -> Message:
    """The message that began as the row's entry, with the text of another, or of the same.

    `turn` and `role` are for what the policy withheld: its record is in no session, and nobody's.
    """
    rule = entry.fields.get("rule") if is_withheld(entry) else ""
    return Message(
        first.id, first.role or role, content_of(entry), entry.id, body_digest(entry),
        titled(entry.title or head_of(entry.body)), first.turn or turn, first.microseconds,
        str(rule or ""),
    )  # fmt: skip


def is_withheld(entry: Entry | Row) -> bool:
    """Whether it only says that the policy kept no text."""
    return WITHHELD in entry.fields


def body_digest(entry: Entry) -> str:
    """The digest of the body as it stands there now."""
    return digest(entry.body.encode())


def replaces(row: Row) -> str:
    """The id of the message whose newer text this entry is; empty if it is none."""
    found = row.fields.get("replaces")
    return found if isinstance(found, str) else ""


def stands_for(row: Row) -> frozenset[str]:
    """The ids of the messages that a memory's summary stands for."""
    found = row.fields.get("stands-for")
    return (
        frozenset(one for one in found if isinstance(one, str))
        if isinstance(found, list)
        else (frozenset())
    )
