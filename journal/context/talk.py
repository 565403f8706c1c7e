"""What was said last in a conversation: its latest summary, and its latest turns."""

from dataclasses import replace
from itertools import islice

from journal.catalog.text import Slices
from journal.context import wording
from journal.context.page import Line, Section, size
from journal.conversations import Conversation
from journal.paths import path_of
from journal.resuming import nearest
from journal.sessions import KIND, RESET, event_of, order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.context.told import Place
    from journal.context.wording import Mark

SUMMARIES = ("compact", "summary")
SAID = frozenset((*SUMMARIES, *"message note decision fact merge abandon task".split()))
_LOOKED_AT = 400  # entries, most of which may be events
_TURN, _SUMMARY = 16, 6  # one takes at most that part of the room, and
_LEAST = 300  # bytes at least
_TRIED = 3  # sessions that may be the one before
_SILENT = "Nothing was said in it yet."
_ANEW = "Nothing was said in it since it began anew."


def of_talk(
    journal: "Journal", place: "Place", room: int, marks: "Mapping[str, Mark]"
) -> list[Section]:
    """The sections about the session, which there must be; `marks` by the ids of entries.

    Where nothing was said in it yet, there follow those about the session before it, if it has not
    begun anew on purpose.
    """
    found = _about(journal, place, room, marks)
    if not _is_silent(found):
        return found
    if any(event_of(row) == RESET for row in _told(journal, place, KIND)):
        return [replace(found[0], note=f"On its path {wording.code(place.path)}. {_ANEW}")]
    before = _before(journal, place, room, marks)
    return [replace(found[0], note=f"On its path {wording.code(place.path)}. {_SILENT}"), *before]


def _is_silent(sections: list[Section]) -> bool:
    """Whether nothing was said in the session that these are about."""
    return len(sections) == 1 and not sections[0].lines


def _before(
    journal: "Journal", place: "Place", room: int, marks: "Mapping[str, Mark]"
) -> list[Section]:
    """The sections about the nearest other session in which something was said."""
    silent = {place.session}
    for _ in range(_TRIED):
        near = nearest(journal, place.namespace, place.directory, but=silent)
        if near is None:
            break
        current = journal.catalog.current(near.namespace, near.session)
        other = replace(place, session=near.session, path=current, why=near.why, anchor=near.anchor)
        found = _about(journal, other, room, marks)
        if not _is_silent(found):
            title = f"Before it: session {wording.code(near.session)}"
            return [replace(found[0], name="before", title=title), *found[1:]]
        silent.add(near.session)
    return []


def _about(
    journal: "Journal", place: "Place", room: int, marks: "Mapping[str, Mark]"
) -> list[Section]:
    """The sections about one session."""
    with Slices(journal.root) as slices:
        read = _Reading(journal, slices, marks)
        rows = Conversation(journal, place.session, place.namespace).line(place.path)
        summary, lines, left = _read(islice(rows, _LOOKED_AT), read, room)
        if summary is None and left:
            summary = _summary(journal, place)
        most = max(room // _SUMMARY, _LEAST)
        summed = [read.line(summary, most)] if summary else []
    about = f"On its path {wording.code(place.path)}."
    if place.why:
        about += f" It is {wording.plain(place.why)}."
    if not summed:
        about += " Nobody summed it up yet."
    named = f"Session {wording.code(place.session)}"
    more = wording.command("show", summary.id[-8:]) if summary else ""
    found = [Section("session", named, tuple(summed), more=more, note=about, share=2)]
    if lines:
        own = wording.within(place.namespace, journal.default_namespace)
        more = wording.command("list", "--session", place.session, *own)
        found.append(Section("turns", "Latest turns", lines, left, more, turned=True, share=5))
    return found


def _read(
    rows: "Iterator[Row]", read: "_Reading", room: int
) -> "tuple[Row | None, tuple[Line, ...], int]":
    """The newest summary among the rows, the turns that there may be room for, and if more -1."""
    summary, most = None, max(room // _TURN, _LEAST)
    lines: list[Line] = []
    seen = 0
    for row in rows:
        seen += 1
        if row.kind in SUMMARIES and summary is None:
            summary = row
        elif row.kind in SAID:
            lines.append(read.line(row, most))
            room -= size(lines[-1].text)
            if room < 0:
                return summary, tuple(lines), -1
    return summary, tuple(lines), -1 if seen == _LOOKED_AT else 0


def _summary(journal: "Journal", place: "Place") -> "Row | None":
    """The newest summary of the path since the last reset, however far back."""
    for row in sorted(_told(journal, place, KIND, *SUMMARIES), key=order, reverse=True):
        if event_of(row) == RESET:
            return None
        if row.kind in SUMMARIES and path_of(row) == place.path:
            return row
    return None


def _told(journal: "Journal", place: "Place", *kinds: str) -> "list[Row]":
    return journal.catalog.told(place.namespace, place.session, kinds)


class _Reading:
    """Reads the texts of rows, and puts them into words."""

    __slots__ = ("_journal", "_marks", "_slices")

    def __init__(self, journal: "Journal", slices: Slices, marks: "Mapping[str, Mark]") -> None:
        self._journal = journal
        self._slices = slices
        self._marks = marks

    def line(self, row: "Row", most: int) -> Line:
        """An entry with the first so many bytes of its text."""
        piece = self._slices.piece(row)
        if piece is None:  # the file changed since
            piece = next((found for _, found in self._journal.read([row])), None)
        body = piece.body.decode(errors="replace") if piece else ""
        return wording.turn(row, body, most, self._marks.get(row.id, wording.NO_MARK))
