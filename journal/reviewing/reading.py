"""Reviews as they stand in a journal, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from journal import dayfile, reviews
from journal.chain import slice_digest
from journal.daypath import lies_in_pack
from journal.errors import IntegrityError, JournalError, UsageError
from journal.named import not_meant
from journal.selection import Selection

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.reviews import Review, View

GONE = ""  # the digest of what isn't here


def view(journal: Journal, namespace: str = "") -> View:
    """How the reviews of a namespace stand, of all if none is named.

    Hidden entries count; handwritten ones don't, nor what packs brought, whatever workspace they
    say they are of: nobody but git brings verdicts from clones.
    """
    wanted = Selection(kind=reviews.KIND, namespace=namespace, forgotten="also")
    rows = journal.rows(wanted)
    return reviews.fold(row for row in rows if row.digest and not lies_in_pack(row.file))


def pending(journal: Journal, namespace: str = "") -> list[Review]:
    """The reviews that can still be approved, the oldest first."""
    return view(journal, namespace).pending


def find(journal: Journal, wanted: str) -> Review:
    """The review that a piece of its id names, or of one of its steps'.

    UsageError if none does, or several do.
    """
    journal.catalog.catch_up()
    row = journal.catalog.named(wanted)
    every = view(journal)
    for one in every.reviews.values():
        if row.id in {step.id for step in one.steps}:
            return one
    raise not_meant(row, reviews.KIND)


def telling(journal: Journal, review: Review) -> list[str]:
    """The entries that tell of what a review allowed, the oldest first."""
    journal.catalog.catch_up()
    every = journal.catalog.having_field(reviews.FIELD, Selection(forgotten="also"))
    return [
        row.id
        for row in every
        if row.kind != reviews.KIND and row.fields[reviews.FIELD] == review.id
    ]


def asked(journal: Journal, review: Review) -> dict[str, Any]:
    """What a review asks for, just as it was asked.

    UsageError if it asked for nothing (it was confirmed at the terminal), IntegrityError if its
    entry isn't as it was sealed, or isn't what its target says, because something was masked in it.
    """
    if review.entry.fields.get("status") != reviews.PENDING:
        raise UsageError(
            f"{review.id} was confirmed at a terminal, and done at once",
            kind="not-pending", hint="journal review list shows what waits",
        )  # fmt: skip
    row, piece = journal.look(review.id)
    found = reviews.asked_in(piece.body.decode(errors="replace"))
    if piece.state == dayfile.INTACT and found is not None:
        if reviews.target_of(found) == review.target:
            return found
        why = "something was masked in what it asks for"
    else:
        why = "its text isn't what was sealed"
    raise IntegrityError(
        f"{review.id} can't be approved: {why}",
        kind="not-as-asked", file=row.file, line=row.line,
        hint=f"refuse it, and ask anew without what is secret: journal review refuse {review.id}",
    )  # fmt: skip


def standing(journal: Journal, ids: Iterable[str]) -> dict[str, str]:
    """The digests of the slices of these entries as they stand now; GONE of one that isn't here."""
    found = {}
    for one in dict.fromkeys(ids):
        try:
            found[one] = slice_digest(journal.look(one)[1].raw)
        except JournalError:
            found[one] = GONE
    return found
