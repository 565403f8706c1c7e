"""The gate of what is done to entries: forgotten, purged, masked, accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from journal import dayfile, reviews
from journal.errors import JournalError
from journal.reviewing.gating import gate, passes
from journal.reviewing.reading import standing
from journal.reviews import Request
from journal.stated import short

if TYPE_CHECKING:
    from journal.api import Journal


@contextmanager
def gate_entries(
    journal: Journal, verb: str, ids: Sequence[str], what: Mapping[str, Any], title: str
) -> Iterator[str]:
    """`gate` for what is done to these entries; nothing is looked up where nothing is marked."""
    if not ids or passes(journal, verb):
        yield ""
        return
    with gate(journal, about(journal, verb, ids, what, title)) as review:
        yield review


def about(
    journal: Journal, verb: str, ids: Sequence[str], what: Mapping[str, Any], title: str
) -> Request:
    """What is asked for these entries, in all their namespaces."""
    journal.catalog.catch_up()
    first, *others = sorted({row.namespace for row in journal.catalog.with_ids(ids)}) or [""]
    whole = f"{title} {short(ids[0])}" if len(ids) == 1 else f"{title} {len(ids):,} entries"
    return Request(verb, first, what, standing(journal, ids), whole, others=tuple(others))


def with_requests(journal: Journal, ids: Iterable[str]) -> list[str]:
    """These entries, and the reviews in which their texts stand because they were asked for there.

    What is purged must not stay in what once asked for it.
    """
    ids = list(ids)
    rows = journal.catalog.with_ids(ids)
    asked = dict.fromkeys(str(row.fields.get(reviews.FIELD) or "") for row in rows)
    return ids + [one for one in asked if one and one not in ids and _holds(journal, one)]


def _holds(journal: Journal, review: str) -> bool:
    """Whether a review's own text is that of an entry."""
    try:
        row, piece = journal.look(review)
    except JournalError:
        return False
    if row.id != review or row.kind != reviews.KIND or piece.state != dayfile.INTACT:
        return False
    asked = reviews.asked_in(piece.body.decode(errors="replace"))
    what = asked.get("what") if asked else None
    return isinstance(what, dict) and "draft" in what
