"""Secrets that older entries still hold: found again by the rules as they are now, and masked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from journal import attach, dayfile
from journal.daypath import DayFile, is_pack, names_in
from journal.deadletters.again import letters
from journal.deadletters.again import strike as strike_letters
from journal.forgetting import Done, Progress, Striking, in_groups
from journal.header import id_of
from journal.header import known as known_of
from journal.names import is_slug
from journal.portions import Portions
from journal.reviewing.entries import gate_entries
from journal.selection import Selection
from journal.strike.places import read
from journal.strike.plan import Redacting, check, redactions
from journal.strike.reseal import masked
from journal.verify import verdicts

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.dayfile import Piece
    from journal.masking import Masking
    from journal.notebook import Notebook

MOST = 200  # entries masked at once: their texts are held and noted


@dataclass(frozen=True, slots=True)
class Held:
    """What an entry still holds: how often, by rule.

    `id` is empty for what is in none: an attachment, a dead letter, or the head of a day file.
    """

    id: str
    file: str
    line: int
    rules: dict[str, int]

    def record(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {"id": self.id, "file": self.file, "line": self.line, "rules": self.rules}


def scan(
    journal: Journal, since: datetime | None = None, progress: Progress | None = None
) -> Iterator[Held]:
    """Every entry that holds a secret by the rules as they are now, the newest day first.

    Then attachments, and captures that failed. What only a spool holds counts, on line 0.
    """
    notebook = journal.notebook
    finder = Finder(notebook)
    days = [day for day in notebook.store.files() if _may_hold(day, since)]
    seen: set[str] = set()
    for number, day in enumerate(days, 1):
        yield from _in_day(notebook, day, finder, since, seen)
        if progress:
            progress(number, len(days))
    for record in notebook.store.spooled():
        if record.id not in seen and _may_hold(DayFile(record.path), since):
            piece = dayfile.parse(record.slice)
            if found := finder.found(piece, record.namespace):
                seen.add(record.id)
                yield Held(record.id, record.path, 0, found)
    if since is None:
        yield from _attachments(journal.root, finder)
        yield from _letters(notebook, finder)


def _may_hold(day: DayFile, since: datetime | None) -> bool:
    return Selection(since=since).may_hold(day.date)


def _in_day(
    notebook: Notebook, day: DayFile, finder: Finder, since: datetime | None, seen: set[str]
) -> Iterator[Held]:
    data = notebook.store.content(day.path) or b""
    pieces = dayfile.pieces(data)
    if found := finder.in_head(data, pieces, day.namespace):
        yield Held("", day.path, 1, found)
    for piece in pieces:
        entry_id = (piece.header and id_of(piece)) or dayfile.hand_id(piece)
        seen.add(entry_id)
        if since and known_of(piece, day.date, lambda: notebook.store.zone)["moment"] < since:
            continue
        if found := finder.found(piece, day.namespace):
            yield Held(entry_id, day.path, data.count(b"\n", 0, piece.offset) + 1, found)


class Finder:
    """What finds secrets in what is kept already, namespace by namespace."""

    def __init__(self, notebook: Notebook) -> None:
        self._intake = notebook.intake

    def masking(self, namespace: str) -> Masking:
        """A fresh masking for one slice."""
        return self._intake.masking(namespace)

    def in_head(self, data: bytes, pieces: Sequence[Piece], namespace: str) -> dict[str, int]:
        """How often each rule finds something in the file's front matter and title."""
        head = data[: pieces[0].offset] if pieces else data
        masking = self.masking(namespace)
        masking.text(head.decode(errors="surrogateescape"))
        return dict(sorted(Counter(masking.found).items()))

    def found(self, piece: Piece, namespace: str) -> dict[str, int]:
        """How often each rule finds something in the slice."""
        text = piece.raw.decode(errors="surrogateescape")
        quick = self.masking(namespace)
        quick.text(text)
        if not quick.found and not piece.values.get("meta"):
            return {}
        # A header's digests and numbers are none of anybody's: look again at what is said.
        careful = self.masking(namespace)
        masked(piece, careful)
        return dict(sorted(Counter(careful.found).items()))


def _attachments(root: str, finder: Finder) -> Iterator[Held]:
    for home in sorted(names_in(root, "journal", [])):
        folder = attach.folder(home)
        is_ours = is_slug(home) or is_pack(home)
        for name in sorted(names_in(root, folder, [])) if is_ours else ():
            data = read(root, f"{folder}/{name}")
            portions = Portions([data], finder.masking("" if is_pack(home) else home))
            deque(portions, maxlen=0)  # what was found is known once all was taken
            if portions.found:
                rules = dict(sorted(Counter(portions.found).items()))
                yield Held("", f"{folder}/{name}", 0, rules)


def _letters(notebook: Notebook, finder: Finder) -> Iterator[Held]:
    for one in letters(notebook.root):
        draft = one.draft
        if draft:
            masking = finder.masking(str(draft.get("namespace") or notebook.intake.namespace))
            masking.value({**draft, "body": draft["body"].decode()})
            if masking.found:
                rules = dict(sorted(Counter(masking.found).items()))
                yield Held("", one.file.removeprefix(f"{notebook.root}/"), 0, rules)


def apply(
    journal: Journal, ids: Iterable[str], reason: str = "", *, progress: Progress | None = None
) -> list[Done]:
    """Mask what these entries still hold, wherever it lies; those that hold nothing are left out.

    Captures that failed are masked as well. UsageError if an entry is nowhere here; then nothing
    was done to entries.
    """
    ids, notebook = list(ids), journal.notebook
    store = notebook.store
    redacting = Redacting(Finder(notebook).masking, lambda: verdicts(store), reason)
    striking = Striking(
        check=lambda some: check(journal.root, some, purge=False),
        plan=lambda some: redactions(journal.root, some, redacting),
        most=MOST,
        again=lambda some: redactions(journal.root, some, redacting, again=True),
    )
    with gate_entries(journal, "redact", ids, {"ids": ids, "reason": reason}, "Mask secrets in"):
        strike_letters(notebook.place)
        return in_groups(journal, ids, striking, progress)


def again(journal: Journal, what: Mapping[str, Any]) -> list[Done]:
    """Mask what was asked for, and approved."""
    return apply(journal, what["ids"], what["reason"])
