"""What comes new into a journal, as it comes."""

from journal.selection import EVERYTHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.catalog.catalog import Catalog
    from journal.catalog.row import Row
    from journal.selection import Selection


class Following:
    """The entries that were not there when it was made, each once.

    A sealed entry that was edited, or moved from a spool to its file, is not new. A handwritten one
    that was edited is: its text is its name.
    """

    def __init__(self, catalog: "Catalog", selection: "Selection" = EVERYTHING) -> None:
        self.catalog = catalog
        self.selection = selection
        catalog.catch_up()
        self._seen = catalog.news().place
        self._gone: set[str] = set()  # ids that were known: a file may come back

    def look(self) -> "list[Row]":
        """What came since the last look, oldest first."""
        self.catalog.catch_up()
        birth, number, step, highest = self._seen
        news = self.catalog.news(number, step, self.selection)
        if news.place[0] != birth:  # made anew, and it counts anew
            news = self.catalog.news(0, 0, self.selection)
            rows = [row for row in news.rows if row.sealed and row.id > highest]
        else:
            self._gone |= news.struck
            rows = [row for row in news.rows if row.id not in self._gone]
        self._seen = news.place
        return rows
