"""What comes new into a journal, as it comes."""

from journal import ids
from journal.selection import EVERYTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row
    from journal.selection import Selection


class Following:
    """The entries that were not there when it was made, each once.

    An entry that was edited, or moved from a spool to its file, is not new.
    """

    def __init__(self, catalog: "Catalog", selection: "Selection" = EVERYTHING) -> None:
        self.catalog = catalog
        self.selection = selection
        catalog.catch_up()
        self._birth = catalog.birth
        self._number = catalog.newest
        self._step = catalog.last_step
        self._highest = ""  # of the ids given
        for row in catalog.rows(limit=1):
            self._highest = row.id if ids.is_id(row.id) else ""

    def look(self) -> "list[Row]":
        """What came since the last look, oldest first."""
        self.catalog.catch_up()
        if self.catalog.birth != self._birth:  # made anew, and it counts anew
            rows: Iterable[Row] = self.catalog.added(0, self.selection)
            found = [row for row in rows if ids.is_id(row.id) and row.id > self._highest]
        else:
            was = {entry_id for _, entry_id in self.catalog.struck_ids(self._step)}
            rows = self.catalog.added(self._number, self.selection)
            found = [row for row in rows if row.id not in was]
        self._birth = self.catalog.birth
        self._number, self._step = self.catalog.newest, self.catalog.last_step
        self._highest = max([self._highest, *(row.id for row in found if ids.is_id(row.id))])
        return found
