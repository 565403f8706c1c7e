"""How far distillations reach, and when the next one is due: `distill_every` of policy.yaml.

Cheap on purpose: `journal status` asks.
"""

from time import time

from journal.catalog.find import place_of
from journal.distilling.kept import SUMMARY, is_distilled
from journal.selection import Selection
from journal.space import open_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from journal.api import Journal
    from journal.catalog.row import Row


class Told:
    """How far distillations tell all: up to the entry `last`, as the summary `by` says.

    `again` are the summaries behind it that tell of nothing behind it.
    """

    __slots__ = ("again", "by", "last")

    def __init__(self, by: "Row", last: "Row", again: "list[Row]") -> None:
        self.by = by
        self.last = last
        self.again = again

    def is_over(self, row: "Row") -> bool:
        """Whether an entry says nothing new: it lies before the end, or tells it again."""
        return place_of(row) <= place_of(self.last) or row.id in {one.id for one in self.again}


class Due:
    """A distillation that is due: `entries` were told by none, and `every` so many it is.

    `since` is the id of the last one that told all up to itself, empty if there was
    none; `line` the line of policy.yaml.
    """

    __slots__ = ("entries", "every", "line", "namespace", "since")

    def __init__(self, namespace: str, entries: int, every: int, since: str, line: int) -> None:
        self.namespace = namespace
        self.entries = entries
        self.every = every
        self.since = since
        self.line = line

    def record(self) -> "dict[str, object]":
        """As JSON shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


def due(journal: "Journal", namespace: str = "") -> Due | None:
    """The distillation that is due in a namespace (the first one); None if none is, or ever will.

    Counted are the entries that lists show. WorkspaceError if policy.yaml can't be read.
    """
    namespace = namespace or journal.default_namespace
    every, line = _interval(journal.root, namespace)
    if not every:
        return None
    journal.catalog.catch_up()
    so_far = told(journal, namespace)
    since = so_far.last.moment if so_far else None
    entries = journal.catalog.count(Selection(since=since))  # of all: an index has them
    if entries >= every and not _is_alone(journal, namespace):
        entries = journal.catalog.count(Selection(since=since, namespace=namespace))
    entries -= _over(journal, namespace, so_far) if so_far else 0
    if entries < every:
        return None
    return Due(namespace, entries, every, so_far.by.id if so_far else "", line)


def told(journal: "Journal", namespace: str) -> Told | None:
    """How far the summaries of a namespace tell all; None if none begins where it begins.

    The catalog has caught up. A summary of one session tells all of that alone, and so doesn't
    count; nor does one that begins after something that none tells.
    """
    kept = _kept(journal, namespace)
    by = last = None
    for one, first, end in sorted(kept, key=lambda some: place_of(some[1])):
        if one.session or _is_gap(journal, namespace, last, first):
            continue
        if not last or place_of(end) > place_of(last):
            by, last = one, end
    if not by or not last:
        return None
    place = place_of(last)
    return Told(by, last, [one for one, _, end in kept if place_of(end) <= place < place_of(one)])


def _kept(journal: "Journal", namespace: str) -> "list[tuple[Row, Row, Row]]":
    """The distillations of a namespace, each with the ends of what it covers."""
    wanted = Selection(kind=SUMMARY, namespace=namespace)
    kept = [row for row in journal.catalog.rows(wanted) if is_distilled(row)]
    ends = [[str(row.fields.get(end, "")) for end in ("first", "last")] for row in kept]
    rows = {row.id: row for row in journal.catalog.with_ids([key for some in ends for key in some])}
    return [
        (one, rows[first], rows[last])
        for one, (first, last) in zip(kept, ends, strict=True)
        if first in rows and last in rows
    ]


def _is_gap(journal: "Journal", namespace: str, after: "Row | None", first: "Row") -> bool:
    """Whether something lies between two entries, other than summaries."""
    since = after.moment if after else None
    low = place_of(after) if after else ()
    between = _until(journal, namespace, since, first)
    return any(low < place_of(row) < place_of(first) and not is_distilled(row) for row in between)


def _over(journal: "Journal", namespace: str, so_far: Told) -> int:
    """How many of the entries since the moment of the last one that is told say nothing new."""
    since = so_far.last.moment
    beside = _until(journal, namespace, since, so_far.last)
    return len({row.id for row in (*beside, *so_far.again) if so_far.is_over(row)})


def _until(
    journal: "Journal", namespace: str, since: "datetime | None", row: "Row"
) -> "Iterator[Row]":
    """The entries up to the moment of one, and with it, oldest first."""
    from datetime import timedelta

    until = row.moment + timedelta(microseconds=1)
    wanted = Selection(since=since, until=until, namespace=namespace)
    return journal.catalog.rows(wanted, oldest=True)


def _interval(root: str, namespace: str) -> list[int]:
    """How many entries make one due, and the line that says so; 0 if nothing does."""
    distill = open_space(root, int(time())).distill
    return distill.get(namespace) or distill.get("") or [0, 0]


def _is_alone(journal: "Journal", namespace: str) -> bool:
    """Whether there is no other namespace: then counting need not look at each entry."""
    files = journal.catalog.read_files()
    return all(path.startswith(f"journal/{namespace}/") for path in files)
