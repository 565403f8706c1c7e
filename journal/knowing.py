"""Facts of a journal: as they stand now, and what people call them by.

>>> one, view = meant(journal, "8C80T317")                           # doctest: +SKIP
>>> journal.append(verbs.retract(one, "The bench ran on a laptop."))  # doctest: +SKIP
"""

from journal import facts
from journal.named import not_meant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal
    from journal.facts import Fact, View


def view(journal: "Journal", namespace: str = "") -> "View":
    """How the facts of a namespace stand now, of the first one if none is named."""
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    return facts.fold(journal.catalog.said(facts.KIND, namespace))


def meant(journal: "Journal", name: str) -> "tuple[Fact, View]":
    """The fact that an id or a piece of one means, its own or that of an entry that changes it.

    UsageError if there is none, or several; `no-fact` if the entry is not about one.
    """
    journal.catalog.catch_up()
    row = journal.catalog.named(name)
    every = view(journal, row.namespace)
    if (found := every.meant(row.id)) is None:
        raise not_meant(row, facts.KIND)
    return found, every
