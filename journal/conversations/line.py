"""A path's own entries, newest first, and from where they go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal import sessions
from journal.paths import BRANCH, COMPACT, SUMMARY, path_of
from journal.sessions import order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row

    Place = tuple[int, int, str]

_BELOW = " "  # sorts after nothing, and before whatever else an id may go on with


class Stretch:
    """The entries of a path before a place in the order, without what summaries stand for.

    `of`: namespace, session, path. It ends at the last reset of its session, unless `every`, which
    leaves nothing out. Once it was gone through, `before_it` is the stretch that it goes on from.
    """

    def __init__(
        self,
        catalog: Catalog,
        of: tuple[str, str, str],
        *,
        before: Place | None = None,
        every: bool = False,
        resets: bool = True,
    ) -> None:
        self.of = of
        self._catalog = catalog
        self._before = before
        self._every = every
        self._ends: dict[tuple[str, str], Place] = {}
        if resets and not every:
            self._ends[of[:2]] = self._reset()
        self._first: Row | None = None
        self._is_over = False

    def __iter__(self) -> Iterator[Row]:
        end = self._ends.get(self.of[:2], (-1, 0, ""))
        summaries = _Summaries(() if self._every else self._told())
        stood: set[str] = set()
        before, over = self._before, False
        while not over:
            over = True
            for row in self._catalog.turns(*self.of[:2], path=self.of[2], before=before):
                if order(row) <= end:
                    self._is_over = True
                    return
                self._first = row
                found = summaries.of(row)
                if found is None:
                    if row.id not in summaries.moved:
                        yield row
                    continue
                summary, first = found
                if summary.id not in stood:
                    stood.add(summary.id)
                    yield summary
                if first is not None:  # nothing in between is read
                    self._first, before, over = first, order(first), False
                    break

    def before_it(self) -> Stretch | None:
        """The path that it was branched from, up to there; None if it goes on from nothing."""
        first = self._first
        if first is None or self._is_over:
            return None
        if first.kind != BRANCH:  # which may be forgotten: the path began there all the same
            first = self._catalog.first(*self.of) or first
            if order(first) <= self._ends.get(self.of[:2], (-1, 0, "")):
                return None
        if first.parent:
            rows = self._catalog.with_ids([first.parent])
            rows.sort(key=lambda row: (row.namespace, row.session) != self.of[:2])
            if rows and rows[0].session:
                at = rows[0]
                place = (at.turn, at.microseconds, at.id + _BELOW)
                return self._going_on((at.namespace, at.session, path_of(at)), place)
        return self._beside(first)

    def _beside(self, first: Row) -> Stretch | None:
        """The same where the parent was purged."""
        row = beside(self._catalog, first)
        if row is None:
            return None
        place = (row.turn, row.microseconds, row.id + _BELOW)
        return self._going_on((*self.of[:2], path_of(row)), place)

    def _going_on(self, of: tuple[str, str, str], place: Place) -> Stretch:
        found = Stretch(self._catalog, of, before=place, every=self._every)
        found._ends |= self._ends  # a session's last reset holds for all its paths
        return found

    def _reset(self) -> Place:
        """Where the last reset before it stands."""
        told = self._catalog.told(*self.of[:2], (sessions.KIND,))
        resets = [order(one) for one in told if sessions.event_of(one) == sessions.RESET]
        before = self._before
        return max([one for one in resets if before is None or one < before], default=(-1, 0, ""))

    def _told(self) -> list[tuple[Row, Row | None, Row | None]]:
        """The path's summaries, newest first, each with the first and the last that it covers."""
        told = [
            row
            for row in self._catalog.told(*self.of[:2], (COMPACT, SUMMARY))
            if path_of(row) == self.of[2]
            and (self._before is None or order(row) < self._before)
            # A policy kept no text of it, so nothing stands there; or it is beside the path.
            and {"withheld", "distilled"}.isdisjoint(row.fields)
        ]
        ends = {row.id: (_text(row, "first"), _text(row, "last")) for row in told}
        rows = self._catalog.with_ids([name for pair in ends.values() for name in pair if name])
        there = {row.id: row for row in rows if self._holds(row)}
        return [
            (row, there.get(ends[row.id][0]), there.get(ends[row.id][1])) for row in reversed(told)
        ]

    def _holds(self, row: Row) -> bool:
        return (row.namespace, row.session, path_of(row)) == self.of


class _Summaries:
    """What summaries, newest first, stand for: stretches of the path, or single entries.

    One that another one covers counts no more. `moved`: those that stand where what they stand for
    was, and not where they were written.
    """

    def __init__(self, told: Iterable[tuple[Row, Row | None, Row | None]]) -> None:
        self.moved: set[str] = set()
        self._spans: list[tuple[Place, Place, Row, Row]] = []
        self._single: dict[str, Row] = {}
        for row, first, last in told:
            if self.of(row) is not None:
                continue
            names = row.fields.get("stands-for")
            if isinstance(names, list):
                single = [name for name in names if isinstance(name, str) and name != row.id]
                self._single |= {name: row for name in single if name not in self._single}
                self.moved |= {row.id} if single else set()
            elif first and last and order(first) <= order(last) < order(row):
                self._spans.append((order(first), order(last), row, first))
                self.moved.add(row.id)

    def of(self, row: Row) -> tuple[Row, Row | None] | None:
        """The summary that stands for an entry, and the first that it covers if all between are."""
        if row.id in self._single:
            return self._single[row.id], None
        place = order(row)
        for low, high, summary, first in self._spans:
            if low <= place <= high:
                return summary, first
        return None


def beside(catalog: Catalog, branch: Row, *, forgotten: bool = False) -> Row | None:
    """What a path goes on from where the entry that it was branched at was purged.

    Which path that was on is told, and ids grow. `forgotten`: it may be an entry that is hidden.
    """
    path, of = _text(branch, "from"), (branch.namespace, branch.session)
    if branch.kind != BRANCH or not path:
        return None
    rows = catalog.turns(*of, path=path, before=order(branch), forgotten=forgotten)
    return next((row for row in rows if row.id < branch.parent), None)


def _text(row: Row, key: str) -> str:
    value = row.fields.get(key)
    return value if isinstance(value, str) else ""
