"""When a distillation is due: `distill_every` of policy.yaml, and the entries since the last one.

Cheap on purpose: `journal status` asks.
"""

from time import time

from journal.distilling.kept import SUMMARY, is_distilled
from journal.selection import Selection
from journal.space import open_space

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from journal.api import Journal
    from journal.catalog.row import Row


class Due:
    """A distillation that is due: `entries` came since the last one, and `every` so many it is.

    `since` is that last one's id, empty if there was none; `line` the line of policy.yaml.
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
    last = last_distilled(journal, namespace)
    since = _after(last)
    entries = journal.catalog.count(Selection(since=since))  # of all: an index has them
    if entries >= every and not _is_alone(journal, namespace):
        entries = journal.catalog.count(Selection(since=since, namespace=namespace))
    if entries < every:
        return None
    return Due(namespace, entries, every, last.id if last else "", line)


def last_distilled(journal: "Journal", namespace: str) -> "Row | None":
    """The newest that `journal summarize` kept in a namespace; the catalog has caught up."""
    rows = journal.catalog.rows(Selection(kind=SUMMARY, namespace=namespace))
    return next((row for row in rows if is_distilled(row)), None)


def _after(row: "Row | None") -> "datetime | None":
    """The first moment after an entry's."""
    from datetime import timedelta

    return row.moment + timedelta(microseconds=1) if row else None


def _interval(root: str, namespace: str) -> list[int]:
    """How many entries make one due, and the line that says so; 0 if nothing does."""
    distill = open_space(root, int(time())).distill
    return distill.get(namespace) or distill.get("") or [0, 0]


def _is_alone(journal: "Journal", namespace: str) -> bool:
    """Whether there is no other namespace: then counting need not look at each entry."""
    files = journal.catalog.read_files()
    return all(path.startswith(f"journal/{namespace}/") for path in files)
