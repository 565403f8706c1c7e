"""The recall port: what a query is, what a hit is, what an engine does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from journal.entry import Entry
from journal.selection import EVERYTHING, Selection


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: words, all of which must occur, among the selected entries."""

    text: str
    selection: Selection = EVERYTHING
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that answers, the better the higher its score, and the text around the words.

    `marks` are the `(start, end)` of the query's words in the snippet.
    """

    entry: Entry
    score: float
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()

    def record(self) -> dict[str, Any]:
        """The hit as JSON shows it."""
        return self.entry.record() | {"score": round(self.score, 4), "snippet": self.snippet}


@dataclass(frozen=True, slots=True)
class Answer:
    """The best hits, how many there were, which engine found them, whether it saw everything."""

    hits: tuple[Hit, ...] = field(default=())
    total: int = 0
    engine: str = ""
    fresh: bool = True


class Engine(Protocol):
    """Something that answers queries."""

    def recall(self, query: Query) -> Answer:
        """The best hits, best first; EngineError only if the engine can be rebuilt."""
