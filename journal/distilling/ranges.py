"""Which entries a distillation is about: a session's, those of a time, from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from journal.catalog.find import place_of
from journal.distilling.interval import told
from journal.distilling.kept import SUMMARY, is_distilled
from journal.errors import UsageError
from journal.selection import Selection
from journal.sessions import in_order, order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from journal.api import Journal
    from journal.catalog.row import Row

_BETWEEN = ".."
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A range as it is asked for; what is empty sets no bound.

    All empty means what no distillation tells yet.

    `first` and `last` name entries; the range has both, in the order that lists have, or of its
    session if there is one.
    """

    session: str = ""
    first: str = ""
    last: str = ""
    since: datetime | None = None
    until: datetime | None = None
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """The entries that are meant, oldest first, and without texts.

    `stood` has those that an older distillation among them stands for, each with its id.
    """

    namespace: str
    session: str
    rows: tuple[Row, ...]
    stood: dict[str, str]

    @property
    def first(self) -> Row:
        """The first of them."""
        return self.rows[0]

    @property
    def last(self) -> Row:
        """The last of them."""
        return self.rows[-1]

    @property
    def days(self) -> str:
        """`2026-11-17`, or from which day to which."""
        days = sorted({self.first.at[:10], self.last.at[:10]})
        return " to ".join(days)


def parsed(journal: Journal, text: str, namespace: str = "") -> Asked:
    """A range as a person writes it: a session's name, or `FIRST..LAST`."""
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    is_session = next(journal.catalog.turns(namespace, text, limit=1), None) is not None
    first, between, last = text.partition(_BETWEEN)
    if is_session or not between:
        return Asked(session=text, namespace=namespace)
    if not first or not last:
        raise UsageError(
            f"{text!r} has only one end", kind="bad-range", hint="name both: FIRST..LAST"
        )
    return Asked(first=first, last=last, namespace=namespace)


def find(journal: Journal, asked: Asked) -> Range:
    """The entries that are asked for.

    UsageError `empty-range` if there are none, `unknown-session` if there is no such session, or
    if an entry that should be an end isn't there.
    """
    namespace = asked.namespace or journal.default_namespace
    journal.catalog.catch_up()
    if asked.session and not _is_there(journal, namespace, asked.session):
        from journal.resuming import unknown

        raise unknown(journal, asked.session, namespace)
    rows = _rows(journal, asked, namespace)
    if not rows:
        raise _empty(journal, asked, namespace)
    return Range(namespace, asked.session, tuple(rows), _stood(journal, namespace, rows))


def _empty(journal: Journal, asked: Asked, namespace: str) -> UsageError:
    hint = "name a session, FIRST..LAST, or --since and --until"
    is_new = asked == Asked(namespace=asked.namespace)
    if is_new and (so_far := told(journal, namespace)):
        hint = f"nothing is left that {so_far.by.id[-8:]} doesn't tell, or one before it; {hint}"
    return UsageError("there are no entries to sum up", kind="empty-range", hint=hint)


def _is_there(journal: Journal, namespace: str, session: str) -> bool:
    return next(journal.catalog.turns(namespace, session, limit=1), None) is not None


def _rows(journal: Journal, asked: Asked, namespace: str) -> Sequence[Row]:
    if asked.first:
        return _between(journal, asked, namespace)
    if asked.session:
        found = in_order(journal.catalog.turns(namespace, asked.session))
        return [row for row in found if _is_within(row, asked)]
    is_new = asked.since is None and asked.until is None
    if is_new and (so_far := told(journal, namespace)):
        rest = Selection(since=so_far.last.moment, namespace=namespace)
        every = journal.catalog.rows(rest, oldest=True)
        return [row for row in every if not so_far.is_over(row)]
    wanted = Selection(since=asked.since, until=asked.until, namespace=namespace)
    return list(journal.catalog.rows(wanted, oldest=True))


def _is_within(row: Row, asked: Asked) -> bool:
    return (asked.since is None or row.moment >= asked.since) and (
        asked.until is None or row.moment < asked.until
    )


def _between(journal: Journal, asked: Asked, namespace: str) -> Sequence[Row]:
    """From one entry to another, both with it, whichever is named first."""
    ends = [journal.catalog.named(one) for one in (asked.first, asked.last)]
    for row in ends:
        where = row.session if row.namespace == namespace else f"the namespace {row.namespace}"
        if row.namespace != namespace or (asked.session and row.session != asked.session):
            raise UsageError(
                f"{row.id[-8:]} is of {where or 'no session'}", kind="bad-range",
                hint="both ends are to be of the range's own session and namespace",
            )  # fmt: skip
    if asked.session:
        low, high = sorted(map(order, ends))
        found = in_order(journal.catalog.turns(namespace, asked.session))
        return [row for row in found if low <= order(row) <= high and _is_within(row, asked)]
    first, last = sorted(ends, key=place_of)
    wanted = Selection(since=first.moment, until=last.moment + _TICK, namespace=namespace)
    places = place_of(first), place_of(last)
    found = list(journal.catalog.rows(wanted, oldest=True))
    return [row for row in found if places[0] <= place_of(row) <= places[1]]


def _stood(journal: Journal, namespace: str, rows: Sequence[Row]) -> dict[str, str]:
    """Which of the entries an older distillation among them stands for."""
    there = {row.id for row in rows}
    found: dict[str, str] = {}
    for one in rows:
        if one.kind != SUMMARY or not is_distilled(one):
            continue
        first, last = (str(one.fields.get(key, "")) for key in ("first", "last"))
        known = {row.id for row in journal.catalog.with_ids([first, last]) if not row.hidden}
        if not {first, last} <= known:
            continue  # nobody can tell any more what it covers
        asked = Asked(one.session, first, last, namespace=namespace)
        covered = [row.id for row in _covered(journal, asked, namespace) if row.id != one.id]
        covers = one.fields.get("covers")
        # If there are more, some were filled in later: it says nothing of those.
        if type(covers) is int and len(covered) <= covers:
            found |= {key: one.id for key in covered if key in there and key not in found}
    return found


def _covered(journal: Journal, asked: Asked, namespace: str) -> Sequence[Row]:
    try:
        return _between(journal, asked, namespace)
    except UsageError:  # an end is of another session: somebody wrote it by hand
        return []
