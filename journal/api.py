"""Work across the parts, for scripts: store a thing, recall it."""

from __future__ import annotations

from typing import Any

from journal.entry import Draft, Receipt
from journal.notebook import Book, Notebook
from journal.recall.engine import Engine, Hit, Query
from journal.recall.scan import ScanEngine
from journal.selection import EVERYTHING, Selection


class Memory:
    """The two verbs that most scripts need, over any notebook.

    >>> memory = Memory.open("notes")            # doctest: +SKIP
    >>> memory.store("We chose Whoosh", tags=("search",))  # doctest: +SKIP
    """

    def __init__(self, notebook: Book) -> None:
        self.notebook = notebook
        self._engine: Engine = ScanEngine(notebook.entries)

    @classmethod
    def open(cls, directory: str = "") -> Memory:
        """Memory kept in the workspace at `directory`, or found as the command line finds it."""
        return cls(Notebook.open(directory))

    def store(self, body: str, **fields: Any) -> Receipt:
        """Append an entry; `fields` are those of `Draft`."""
        return self.notebook.append(Draft(body=body, **fields))

    def recall(
        self, text: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> tuple[Hit, ...]:
        """The entries that hold all the words of `text`, best first."""
        return self._engine.recall(Query(text, selection, limit)).hits
