"""Full-text engines that recall is compared with, all asked the same questions.

SQLite's FTS5 is in every Python. tantivy takes part where it is installed (`pip install tantivy`).
Stock Whoosh is this project's own dependency, with the settings that its documentation begins with.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Document:
    """An entry as the others index it; `at` is in seconds since 1970."""

    id: str
    text: str
    kind: str = ""
    tags: tuple[str, ...] = ()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Words, how they must occur, and which entries are asked: `since` ≤ time < `until`, if set."""

    words: tuple[str, ...]
    how: Literal["any", "all", "phrase", "prefix"] = "any"
    kind: str = ""
    tag: str = ""
    since: int = 0
    until: int = 0


def plain(text: str) -> Question:
    """A question as a person types it: any of its words, each once."""
    return Question(tuple(dict.fromkeys(_WORD.findall(text))))


class Rival(Protocol):
    """An engine over a folder of its own; what is there from before is used again."""

    name: str

    def fill(self, documents: Iterable[Document]) -> None:
        """Index these, in order of time, durably."""

    def ask(self, question: Question, limit: int) -> list[str]:
        """The ids of the best documents, best first."""


class Fts5:
    """One table with its content, Porter's stems, `rank` as it comes; kind and tags are columns.

    Times stand in a table beside it, by row, as entries may come in any order of time; where they
    came in order, the least and the greatest row of a time spare FTS5 all others.
    """

    name = "FTS5"
    _SELECT = (
        "SELECT head.id, snippet(entry, 0, '[', ']', '…', 16) FROM entry"
        " JOIN head ON head.rowid = entry.rowid WHERE entry MATCH ?1{} ORDER BY rank LIMIT ?2"
    )
    _COUNT = "SELECT count(*) FROM entry{} WHERE entry MATCH ?1{}"
    _HEAD = " JOIN head ON head.rowid = entry.rowid"
    _DATED = (
        " AND head.at >= ?3 AND head.at < ?4 AND entry.rowid"
        " BETWEEN (SELECT min(rowid) FROM head WHERE at >= ?3 AND at < ?4)"
        " AND (SELECT max(rowid) FROM head WHERE at >= ?3 AND at < ?4)"
    )

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "fts5.db"
        self.database = sqlite3.connect(self.file)

    def fill(self, documents: Iterable[Document]) -> None:
        """Everything in one transaction."""
        rows = list(enumerate(documents, 1))
        with self.database as database:
            database.execute(
                "CREATE VIRTUAL TABLE entry"
                " USING fts5(text, kind, tags, tokenize='porter unicode61')"
            )
            # The filters are for finding, not for ranking.
            database.execute("INSERT INTO entry(entry, rank) VALUES('rank', 'bm25(1.0, 0.0, 0.0)')")
            database.execute("CREATE TABLE head(rowid INTEGER PRIMARY KEY, id TEXT, at INTEGER)")
            database.executemany(
                "INSERT INTO entry(rowid, text, kind, tags) VALUES (?, ?, ?, ?)",
                ((n, one.text, one.kind, " ".join(one.tags)) for n, one in rows),
            )
            database.executemany(
                "INSERT INTO head VALUES (?, ?, ?)", ((n, one.id, one.at) for n, one in rows)
            )
            database.execute("CREATE INDEX head_at ON head(at)")

    def ask(self, question: Question, limit: int) -> list[str]:
        """The ids; the snippets are made, too."""
        return [row[0] for row in self.database.execute(*self.statement(question, limit))]

    def count(self, question: Question) -> int:
        """How many entries answer."""
        return int(self.database.execute(*self.counting(question)).fetchone()[0])

    @classmethod
    def statement(cls, question: Question, limit: int) -> tuple[str, tuple[Any, ...]]:
        """The SQL of a question, and its values."""
        asked = _matching(question)
        if not question.until:
            return cls._SELECT.format(""), (asked, limit)
        return cls._SELECT.format(cls._DATED), (asked, limit, question.since, question.until)

    @classmethod
    def counting(cls, question: Question) -> tuple[str, tuple[Any, ...]]:
        """The SQL that counts what answers, and its values."""
        asked = _matching(question)
        if not question.until:
            return cls._COUNT.format("", ""), (asked,)
        # ?2 is the limit of the other statement.
        return cls._COUNT.format(cls._HEAD, cls._DATED), (asked, 0, question.since, question.until)


def _matching(question: Question) -> str:
    """The question in FTS5's language."""
    quoted = [f'"{word}"' for word in question.words]
    if question.how == "phrase":
        quoted = [f'"{" ".join(question.words)}"']
    elif question.how == "prefix":
        quoted = [f"{one}*" for one in quoted]
    asked = (" AND " if question.how == "all" else " OR ").join(quoted)
    asked = f"text: ({asked})" if asked else 'text: ""'
    for column, value in (("kind", question.kind), ("tags", question.tag)):
        if value:
            asked += f' AND {column}: "{value}"'
    return asked


class Tantivy:
    """Its English analyzer over the text, which it does not store; the other fields as they are."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        self.api: Any = tantivy
        fields = tantivy.SchemaBuilder()
        fields.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        fields.add_text_field("text", tokenizer_name="en_stem")
        for name in ("kind", "tags"):
            fields.add_text_field(name, tokenizer_name="raw", index_option="basic")
        fields.add_integer_field("at", indexed=True, fast=True)
        self.schema: Any = fields.build()
        self.index: Any = tantivy.Index(self.schema, str(folder))
        self.searcher: Any = self.index.searcher()

    def fill(self, documents: Iterable[Document]) -> None:
        """One commit, and whatever merging follows."""
        writer = self.index.writer(128_000_000)
        for one in documents:
            writer.add_document(
                self.api.Document(
                    id=one.id, text=one.text, kind=one.kind, tags=list(one.tags), at=one.at
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def ask(self, question: Question, limit: int) -> list[str]:
        """The ids alone."""
        if not question.words:
            return []
        searcher = self.searcher
        found = searcher.search(self._asked(question), limit, count=False).hits
        return [searcher.doc(address)["id"][0] for _, address in found]

    def _asked(self, question: Question) -> Any:
        if question.how == "prefix":  # its query language has no prefixes of single words
            return self.api.Query.regex_query(self.schema, "text", f"{question.words[0]}.*")
        return self.index.parse_query(self.syntax(question), ["text"])

    @staticmethod
    def syntax(question: Question) -> str:
        """The question in its query language; a prefix as a single word."""
        quoted = [f'"{word}"' for word in question.words]
        if question.how == "phrase":
            quoted = [f'"{" ".join(question.words)}"']
        asked = f"+({(' AND ' if question.how == 'all' else ' OR ').join(quoted)})"
        for name, value in (("kind", question.kind), ("tags", question.tag)):
            asked += f' +{name}:"{value}"' if value else ""
        if question.until:
            asked += f" +at:[{question.since} TO {question.until}}}"
        return asked


class StockWhoosh:
    """A StemmingAnalyzer, BM25F, the default parser with OR between words: for quality only."""

    name = "Whoosh"

    def __init__(self, folder: Path) -> None:
        from whoosh import analysis, fields, index, qparser

        folder.mkdir(parents=True, exist_ok=True)
        text = fields.TEXT(analyzer=analysis.StemmingAnalyzer())
        schema = fields.Schema(id=fields.ID(stored=True), text=text)
        self.index: Any = index.create_in(str(folder), schema)
        self.parser: Any = qparser.QueryParser("text", schema, group=qparser.OrGroup)
        self.searcher: Any = None

    def fill(self, documents: Iterable[Document]) -> None:
        """One commit."""
        writer = self.index.writer()
        for one in documents:
            writer.add_document(id=one.id, text=one.text)
        writer.commit()
        self.searcher = self.index.searcher()

    def ask(self, question: Question, limit: int) -> list[str]:
        """The ids for any of the words: a question mark would be a wildcard to the parser."""
        asked = self.parser.parse(" ".join(question.words))
        return [hit["id"] for hit in self.searcher.search(asked, limit=limit)]


RIVALS: dict[str, type[Fts5 | Tantivy | StockWhoosh]] = {
    "fts5": Fts5,
    "tantivy": Tantivy,
    "whoosh": StockWhoosh,
}


def installed(name: str) -> bool:
    """Whether the rival of that name (a key of RIVALS) can be had here."""
    return name != "tantivy" or importlib.util.find_spec("tantivy") is not None
