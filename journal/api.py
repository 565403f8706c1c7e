"""A journal in one object, for doors and scripts: its notebook, its catalog, and recall."""

from functools import cached_property
from time import time

from journal import space
from journal.catalog.catalog import Catalog
from journal.errors import Conflict, JournalError, Refused, UsageError
from journal.selection import EVERYTHING, Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date
    from typing import Any, Self

    from journal.catalog.catalog import Progress
    from journal.catalog.following import Following
    from journal.catalog.row import Row
    from journal.dayfile import Piece
    from journal.entry import Draft, Entry, Receipt
    from journal.finding import Finding
    from journal.importing.brought import Brought
    from journal.notebook import Book, Notebook
    from journal.recall.engine import Answer, Engine, Hit
    from journal.recall.language import Language
    from journal.reviewing import Approving

    Recall = Callable[[str, Selection, int], Answer]

_TRIES = 5


class Journal:
    """Everything in a workspace. Each read sees what is on disk at that moment.

    >>> journal = open("notes")                              # doctest: +SKIP
    >>> journal.append(Draft(body="We chose Whoosh"))        # doctest: +SKIP
    >>> [row.title for row in journal.rows(limit=20)]        # doctest: +SKIP
    """

    def __init__(self, root: str, progress: "Progress | None" = None) -> None:
        self.root = root
        self.catalog = Catalog(root, progress)
        self._made: tuple[Language, Engine] | None = None
        self.confirm: Callable[[str], bool] | None = None  # asks whoever sits at the terminal
        self.approving: Approving | None = None  # what is being done on somebody's approval

    def close(self) -> None:
        """Let go of files and memory; whatever is asked next opens them again."""
        self.catalog.close()
        self._made = None

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def notebook(self) -> "Notebook":
        """The notebook: what is appended goes through it."""
        return notebook(self.root)

    def append(self, draft: "Draft") -> "Receipt":
        """Write one entry, durably.

        Where the policy wants a review of it, it is asked for: Refused `gate-pending` until then.
        """
        try:
            return self.notebook.append(draft)
        except Refused as error:
            if error.kind != "gated":
                raise
        from journal.reviewing.saying import said

        return said(self, draft)

    def bring(self, source: str, paths: "Sequence[str]" = (), **options: "Any") -> "Brought":
        """Import what is new of a source, such as `claude-code`, as `journal import` does.

        `paths`: files or folders, or else where the tool has its own. `options` are those of
        `journal.importing.brought.Options`. UsageError if there is no such source, or nothing.
        """
        from journal import importers
        from journal.importing import Round
        from journal.importing.brought import Options

        importer = importers.load(source)
        with Round(self, importer, Options(**options)) as importing:
            return importing.bring(importers.paths(importer, paths))

    @property
    def default_namespace(self) -> str:
        """The workspace's first namespace: of whatever names none."""
        return space.open_space(self.root, int(time())).namespace

    @property
    def timezone(self) -> str:
        """The IANA name of the zone that decides which day an entry belongs to."""
        return space.open_space(self.root, int(time())).timezone

    def reindex(self) -> None:
        """Make everything anew that is made from the files."""
        with self.catalog.lock:
            self.catalog.reindex()
            self._engine.reindex()

    def strike(self) -> None:
        """Leave no byte in catalog and index of what day files and spools no longer hold.

        Asked after those were rewritten, and again if it was interrupted. JournalError if files
        can't be cleared, or another process writes them for long.
        """
        with self.catalog.lock:
            self.catalog.strike()
            self._engine.strike()

    def findings(self) -> "list[Finding]":
        """What reading met that is not as it should be."""
        return self.catalog.findings()

    def rows(
        self, selection: Selection = EVERYTHING, limit: int | None = None, *, oldest: bool = False
    ) -> "Iterator[Row]":
        """The selected entries without their texts, newest first, or oldest first."""
        self.catalog.catch_up()
        return self.catalog.rows(selection, limit, oldest=oldest)

    def kinds(self) -> list[str]:
        """The kinds that entries have, the most recently used first."""
        self.catalog.catch_up()
        return self.catalog.values("kind")

    def count(self, selection: Selection = EVERYTHING) -> int:
        """How many entries are selected."""
        self.catalog.catch_up()
        return self.catalog.count(selection)

    def follow(self, selection: Selection = EVERYTHING) -> "Following":
        """What comes from now on among the selected: each `look()` gives the new rows."""
        from journal.catalog.following import Following

        return Following(self.catalog, selection)

    def entries(
        self, selection: Selection = EVERYTHING, *, oldest: bool = False
    ) -> "Iterator[Entry]":
        """The selected entries, whole, newest first, or oldest first."""
        from journal.catalog.text import entry_of

        for row, piece in self.read(self.rows(selection, oldest=oldest)):
            yield entry_of(row, piece)

    def recall(
        self,
        text: str,
        selection: Selection = EVERYTHING,
        limit: int = 10,
        *,
        explain: bool = False,
        today: "date | None" = None,
    ) -> "Answer":
        """The entries that answer the query, best first; UsageError if it can't be read.

        With `explain` each hit says why it ranks where it does. `today` is the day that "last
        week" is seen from, the present one if None.
        """
        from journal.recall.engine import Query

        with self.catalog.lock:
            self.catalog.catch_up()
            engine = self._reader if selection.forgotten else self._engine
            return engine.recall(Query(text, selection, limit, explain, today))

    def around(self, entry: "Entry | Row", count: int) -> "tuple[list[Row], list[Row]]":
        """So many entries before it, and after it, in their order, without their texts.

        In its session, or in its day file if it has none; forgotten ones are left out. An entry
        that is gone has none around it.
        """
        self.catalog.catch_up()
        return self.catalog.around(entry, count)

    @property
    def _engine(self) -> "Engine":
        language = self._language
        if self._made is None or self._made[0] is not language:  # journal.toml may change
            from journal.recall.shelf import engine

            made = engine(self.root, self.catalog, self.catalog.progress, language)
            self._made = (language, made)
        return self._made[1]

    @property
    def _reader(self) -> "Engine":
        """Recall without the index, which has no forgotten entries."""
        from journal.recall.shelf import CatalogScan, CatalogShelf

        return CatalogScan(CatalogShelf(self.root, self.catalog), self.catalog, self._language)

    @property
    def _language(self) -> "Language":
        """The language of its words, by journal.toml."""
        from journal.recall.language import language

        return language(space.open_space(self.root, int(time())).language)

    def read(self, rows: "Iterable[Row]") -> "Iterator[tuple[Row, Piece]]":
        """The rows with their slices, those left out whose text has gone since."""
        from journal.catalog.text import read

        return read(self.root, rows, self._look_again)

    def _look_again(self, row: "Row") -> "tuple[Row, Piece] | None":
        try:
            return self.look(row.id)
        except JournalError:
            return None

    def find(self, wanted: str) -> "Entry":
        """The entry whose id begins or ends so; UsageError if none or several do."""
        from journal.catalog.text import entry_of

        return entry_of(*self.look(wanted))

    def look(self, wanted: str) -> "tuple[Row, Piece]":
        """The row and the slice of that entry."""
        from journal.catalog.text import piece_of

        for _ in range(_TRIES):
            self.catalog.catch_up()
            row = self.catalog.named(wanted)
            if piece := piece_of(self.root, row):
                return row, piece
        raise Conflict(
            "the day file changes faster than it can be read",
            kind="changed-on-disk",
            file=row.file,
            line=row.line,
            hint="try again",
        )


def open(directory: str = "", progress: "Progress | None" = None) -> Journal:  # noqa: A001
    """The journal of the workspace at `directory`, or found as the command line finds it."""
    return Journal(space.find(str(directory)), progress)


def notebook(directory: str = "") -> "Notebook":
    """The notebook of that workspace, which asks the catalog for sessions it doesn't know.

    `Notebook.open` alone would read every day file for one.
    """
    from journal.catalog.turned import asker
    from journal.notebook import Notebook

    opened = Notebook.open(directory)
    opened.turned = asker
    return opened


class Memory:
    """The two verbs that most scripts need, over any notebook.

    >>> memory = Memory.open("notes")            # doctest: +SKIP
    >>> memory.store("We chose Whoosh", tags=("search",))  # doctest: +SKIP
    """

    def __init__(
        self,
        notebook: "Book",
        recall: "Recall | None" = None,
        journal: "Journal | None" = None,
    ) -> None:
        self.notebook = notebook
        self.journal = journal
        self._recall = recall or _scan(notebook)

    @classmethod
    def open(cls, directory: str = "") -> "Memory":
        """Memory kept in the workspace at `directory`, or found as the command line finds it."""
        journal = open(directory)
        return cls(journal.notebook, journal.recall, journal)

    def store(self, body: str, **fields: "Any") -> "Receipt":
        """Append an entry; `fields` are those of `Draft`."""
        from journal.entry import Draft

        return self.notebook.append(Draft(body=body, **fields))

    def forget(self, wanted: str, reason: str, *, purge: bool = False) -> None:
        """Hide an entry from lists and recall; with `purge` its text is taken away for good.

        UsageError if none or several have such an id, or if this is no journal on disk.
        """
        if self.journal is None:
            raise UsageError("only a journal on disk forgets", hint="Memory.open(directory)")
        from journal import forgetting

        self.journal.catalog.catch_up()
        row = self.journal.catalog.named(wanted)
        if purge:
            forgetting.purge(self.journal, [row.id], reason)
        else:
            forgetting.hide(self.journal, [row], reason)

    def recall(
        self, text: str, *, selection: Selection = EVERYTHING, limit: int = 10
    ) -> "tuple[Hit, ...]":
        """The entries that answer the query, best first."""
        return self._recall(text, selection, limit).hits


def _scan(notebook: "Book") -> "Recall":
    from journal.recall.engine import Query
    from journal.recall.scan import ScanEngine

    engine = ScanEngine(notebook.entries)
    return lambda text, selection, limit: engine.recall(Query(text, selection, limit))
