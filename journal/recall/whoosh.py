"""The engine over the index that follows a catalog."""

from __future__ import annotations

from journal.errors import Conflict
from journal.recall.asking import Asking
from journal.recall.engine import TRIES, Answer, Progress, Query, Shelf, unread
from journal.recall.index import Index
from journal.recall.language import ENGLISH, Language
from journal.recall.parsing import parse


class WhooshEngine:
    """Recall from the index in `root`'s cache; without a root, from one in memory."""

    def __init__(
        self,
        shelf: Shelf,
        root: str = "",
        *,
        language: Language = ENGLISH,
        progress: Progress | None = None,
    ) -> None:
        self._shelf = shelf
        self._language = language
        self._progress = progress
        self.index = Index(shelf, root, language)

    def recall(self, query: Query) -> Answer:
        """The entries that the query asks for, best first; nothing asked, no hits."""
        asked = parse(query.text, self._language, query.today)
        if asked is None:
            return Answer(engine="whoosh")
        for _ in range(TRIES):
            view = self.index.view(self._progress)
            asking = Asking(self._shelf, view, asked, query, self._language)
            hits = asking.hits()
            settled = view.birth == self._shelf.birth
            missed = view.missed + asking.lost
            if settled and not missed:
                break
            self._shelf.catch_up()
        if not settled:  # numbers of the one catalog are other entries in the next
            raise Conflict("the catalog is made anew again and again", hint="try again")
        notices = (*view.notices, *asking.notices, *([unread(missed)] if missed else ()))
        return Answer(hits, asking.total, view.engine, not missed, notices, asking.capped)

    def reindex(self) -> None:
        """Make the index anew; Conflict if another process is at it for long."""
        self.index.catch_up(self._progress, anew=True)

    def strike(self) -> None:
        """Keep no byte of what the shelf no longer has; Conflict, EngineError if it can't be."""
        self.index.strike()
