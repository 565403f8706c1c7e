"""A recap gathered from the catalog: what was done, one by one, and what was said, counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from journal import clock, decisions, facts, tasks
from journal.context import wording
from journal.disputes import DISPUTES, disputed
from journal.header import microseconds
from journal.recapping import subjects
from journal.recapping.doing import DISAGREES, NOBODY, Doing, named, reason, titled, who
from journal.recapping.told import Day, Part, Recap
from journal.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from journal.api import Journal
    from journal.catalog.brief import Said
    from journal.catalog.row import Row
    from journal.recapping.told import Count

_SUBJECTS = {
    decisions.KIND: subjects.of_decisions,
    tasks.KIND: subjects.of_tasks,
    facts.KIND: subjects.of_facts,
}
_VERBS = {
    "branch": "branched", "merge": "merged", "abandon": "abandoned", "compact": "compacted",
    "summary": "summed up",
}  # fmt: skip
_SESSION = "session"
_EVENTS = {"started": "began", "resumed": "went on with", "ended": "ended", "reset": "began anew"}
_TOLD = frozenset((*_SUBJECTS, *_VERBS, _SESSION))
_WEEK = timedelta(days=6)  # before the newest day


def recap(journal: Journal, selection: Selection | None = None) -> Recap:
    """Who did what among the selected entries: of a time, an actor, a session, a namespace.

    Where nothing bounds the time, nor a session is named, it is the week that ends with the newest
    entry. `actor` may be a role, where entries name no actor. Other filters say nothing here.
    """
    journal.catalog.catch_up()
    given = selection or Selection()
    chosen = _bounded(journal, given)
    found = _Gathered(journal, chosen)
    doings = sorted(found.doings(), key=_order)
    notable = [one for one in doings if one.notable] + list(found.apart())
    notable.sort(key=_order)
    groups = journal.catalog.grouped(chosen)
    if given.actor:
        doings = [one for one in doings if one.who == given.actor]
        notable = [one for one in notable if given.actor in (one.who, one.whose)]
        groups = [group for group in groups if _name(group) == given.actor]
    did: dict[str, int] = {}
    for group in groups:
        did[_name(group)] = did.get(_name(group), 0) + group[5]
    actors = sorted(did, key=lambda name: (-did[name], name))
    days = tuple(_days(doings, groups))
    return Recap(chosen.namespace, days, tuple(notable), tuple(actors), sum(did.values()))


def _bounded(journal: Journal, given: Selection) -> Selection:
    """The time, session and namespace that are meant."""
    namespace = given.namespace or journal.default_namespace
    since = given.since
    if since is None and given.until is None and not given.session:
        newest = next(journal.catalog.rows(Selection(namespace=namespace), 1), None)
        if newest:
            zone = clock.zone(journal.timezone)
            day = clock.day_key(newest.moment - _WEEK, zone)
            since = clock.parse_since(day, zone, newest.moment)
    return Selection(since=since, until=given.until, session=given.session, namespace=namespace)


class _Gathered:
    """What a selection has: time, session and namespace."""

    def __init__(self, journal: Journal, chosen: Selection) -> None:
        self._catalog = journal.catalog
        self._chosen = chosen
        self._since = microseconds(chosen.since) if chosen.since else None
        self._until = microseconds(chosen.until) if chosen.until else None
        self._every: dict[str, Sequence[Said]] = {
            kind: journal.catalog.said(kind, chosen.namespace) for kind in _SUBJECTS
        }
        self._disputing = journal.catalog.having_field(DISPUTES, chosen)

    def doings(self) -> Iterator[Doing]:
        """What was done, in no order."""
        for kind, told in _SUBJECTS.items():
            found = [one for one in told(self._every[kind]) if self._has(one)]
            yield from found
            there = {one.entry.id for one in found}
            others = (one for one in self._every[kind] if one.id not in there)
            rest = (Doing(one, "wrote", titled(one)) for one in others)  # of what is gone
            yield from filter(self._has, rest)
        for kind, verb in _VERBS.items():
            for row in self._rows(kind):
                yield Doing(row, verb, _without(verb, titled(row)))
        for row in self._rows(_SESSION):
            verb = _EVENTS.get(str(row.fields.get("event", "")), "noted")
            yield Doing(row, f"{verb} session {wording.code(row.session)}", "")
        yield from (one for one in self._disputes() if one.entry.kind not in _TOLD)

    def apart(self) -> Iterator[Doing]:
        """What stands out and is told among the others in other words."""
        yield from filter(self._has, subjects.conflicts(self._every[decisions.KIND]))
        yield from (one for one in self._disputes() if one.entry.kind in _TOLD)

    def _has(self, one: Doing) -> bool:
        at, session = one.entry.microseconds, self._chosen.session
        return (
            (self._since is None or at >= self._since)
            and (self._until is None or at < self._until)
            and session in ("", one.entry.session)
        )

    def _rows(self, kind: str) -> Iterator[Row]:
        chosen = self._chosen
        return self._catalog.rows(
            Selection(
                since=chosen.since, until=chosen.until, kind=kind, session=chosen.session,
                namespace=chosen.namespace,
            )
        )  # fmt: skip

    def _disputes(self) -> Iterator[Doing]:
        others = [one for row in self._disputing for one in disputed(row)]
        found = {row.id: row for row in self._catalog.with_ids(others) if not row.forgotten}
        for row in self._disputing:
            targets = [found[one] for one in disputed(row) if one in found]
            if not targets:
                yield Doing(row, "disputes what is gone", "", (), reason(titled(row)), DISAGREES)
                continue
            first = targets[0]
            more = f", which {wording.plain(who(first))} said{reason(titled(row))}"
            if also := targets[1:]:
                more = f" and {', '.join(map(named, also))}{more}"
            cites = tuple(one.id for one in targets)
            yield Doing(row, "disputes", titled(first), cites, more, DISAGREES, who(first))


def _without(verb: str, title: str) -> str:
    """A title that doesn't say again what was done, as `Merged try-1 into main` does."""
    first, _, rest = title.partition(" ")
    return rest if first.casefold() == verb else title


def _order(one: Doing) -> tuple[int, str, str]:
    return (one.entry.microseconds, one.entry.id, one.verb)


def _name(group: tuple[Any, ...]) -> str:
    """Who a group of the catalog's is of: as `who` says of an entry."""
    return group[1] or group[2] or NOBODY


def _days(doings: Iterable[Doing], groups: Iterable[tuple[Any, ...]]) -> Iterator[Day]:
    told: dict[tuple[str, str], list[Doing]] = {}
    for one in doings:
        told.setdefault((one.day, one.who), []).append(one)
    said: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for group in groups:
        said.setdefault((group[0], _name(group)), []).append(group)
    for day in sorted({key[0] for key in said}):
        keys = [key for key in said if key[0] == day]
        keys.sort(key=lambda key: (_began(told.get(key, ()), said[key]), key))
        yield Day(day, tuple(_part(key[1], told.get(key, ()), said[key]) for key in keys))


def _began(doings: Sequence[Doing], groups: Sequence[tuple[Any, ...]]) -> int:
    """When somebody did the first thing that is known by its moment."""
    return min([*(one.entry.microseconds for one in doings), *(int(one[6]) for one in groups)])


def _part(name: str, doings: Sequence[Doing], groups: Sequence[tuple[Any, ...]]) -> Part:
    told = {one.entry.id: one.entry.kind for one in doings if one.entry.kind not in _TOLD}
    counts = []
    for kind in dict.fromkeys(group[4] for group in groups if group[4] not in _TOLD):
        some = [group for group in groups if group[4] == kind]
        if counted := _count(kind, some, sum(one == kind for one in told.values())):
            counts.append(counted)
    counts.sort(key=lambda one: (-one[1], one[0]))
    roles = dict.fromkeys(group[2] for group in groups if group[2])
    entries = sum(group[5] for group in groups)
    return Part(name, tuple(roles), tuple(doings), tuple(counts), entries)


def _count(kind: str, groups: Sequence[tuple[Any, ...]], told: int) -> Count | None:
    """How many of a kind there are beside those told one by one, and the newest; None if none."""
    number = sum(group[5] for group in groups) - told
    if not number:
        return None
    newest = max(groups, key=lambda group: (group[6], group[7]))
    sessions = tuple(sorted({group[3] for group in groups if group[3]}))
    return (kind, number, newest[7], newest[8] or newest[9], sessions)
