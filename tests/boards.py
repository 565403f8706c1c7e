"""Entries, segments and boards of candidates, as the tests of the ranking's steps need them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from test_recall import DAY, Listed

from journal.entry import Draft, Entry
from journal.inmemory import MemoryNotebook
from journal.recall.building import Builder
from journal.recall.engine import Answer, Hit, Query
from journal.recall.language import ENGLISH
from journal.recall.leaves import Finder
from journal.recall.parsing import parse
from journal.recall.query import Asked
from journal.recall.ranking.board import Board, counted
from journal.recall.ranking.lines import Lines, Place, place_of
from journal.recall.ranking.names import named_in
from journal.recall.ranking.question import Question
from journal.recall.ranking.terms import Terms
from journal.recall.scan import ScanEngine
from journal.recall.segment import Segment

TODAY = DAY.date()


def said(number: int, body: str, session: str = "", actor: str = "", **more: object) -> Entry:
    """An entry so many minutes after the day of the tests; `days` later, if given."""
    moment = DAY + timedelta(days=more.pop("days", 0), minutes=number)  # type: ignore[arg-type]
    one = Entry(
        id=f"{number:026}", at=moment.isoformat(), moment=moment, kind="note", title="",
        body=body, session=session, actor=actor, seq=number, namespace="main",
    )  # fmt: skip
    return replace(one, **more)  # type: ignore[arg-type]


def talk(*bodies: str, session: str = "s", first: int = 0) -> list[Entry]:
    """A session's entries, one after the other."""
    return [said(number, body, session) for number, body in enumerate(bodies, first)]


def segment_of(entries: Sequence[Entry], first: int = 1) -> Segment:
    """A segment of these entries, the first in row `first`."""
    builder = Builder()
    for number, one in enumerate(entries, first):
        builder.add(Listed(number, one), one)
    return Segment(builder.finish())


def finders_of(*parts: Sequence[Entry]) -> list[Finder]:
    """Segments of these entries."""
    found, first = [], 1
    for part in parts:
        found.append(Finder(segment_of(part, first), {}))
        first += len(part)
    return found


def asked_of(text: str) -> Asked:
    """The text as it is read on the day of the tests."""
    asked = parse(text, ENGLISH, TODAY)
    assert asked
    return asked


def terms_of(text: str, finders: Sequence[Finder]) -> Terms:
    """The terms of a query."""
    return Terms.of(asked_of(text).node, finders)


def every(finders: Sequence[Finder]) -> list[Place]:
    """The places of all documents."""
    return [place_of(at, doc) for at, f in enumerate(finders) for doc in range(f.segment.count)]


def board_of(text: str, *parts: Sequence[Entry]) -> Board:
    """A board on which all documents are candidates, without points, each to be explained.

    What isn't a word counts as in a journal of the size that the weights come from.
    """
    finders = finders_of(*parts)
    terms, places = replace(terms_of(text, finders), unit=1.0), every(finders)
    counts = counted(finders, terms, places)
    board = Board(finders, terms, Lines(finders), set(places), counts, frozenset(places))
    board.points = dict.fromkeys(places, 0.0)
    return board


def lift(board: Board, points: float = 1.0) -> Board:
    """The board with all candidates heard, each with so many points."""
    board.heard = set(board.candidates)
    board.points = dict.fromkeys(board.candidates, points)
    return board


def question_of(text: str, *parts: Sequence[Entry]) -> Question:
    """What is asked, of segments of these entries, of which every one may be shown."""
    asked, finders = asked_of(text), finders_of(*parts)
    named = named_in(asked.words, ENGLISH, finders)
    return Question(asked, finders, Terms.of(asked.node, finders), named, lambda _: True)


def points(board: Board) -> list[float]:
    """The points of the only segment's documents, in order."""
    return [board.points[place] for place in sorted(board.points)]


def reasons(board: Board, place: Place) -> dict[str, float]:
    """How many points each step gave a document."""
    found: dict[str, float] = {}
    for reason, _ in board.why.get(place, ()):
        found[reason.step] = found.get(reason.step, 0.0) + reason.points
    return found


# All steps together


def book_of(*drafts: Draft) -> ScanEngine:
    """An engine over these entries, a minute after each other."""
    book = MemoryNotebook()
    for number, draft in enumerate(drafts):
        book.append(replace(draft, at=draft.at or DAY + timedelta(minutes=number)))
    return ScanEngine(book.entries)


def ask(engine: ScanEngine, text: str, **more: object) -> Answer:
    """The answer, seen from the day of the tests."""
    return engine.recall(Query(text, limit=100, today=TODAY, explain=True, **more))  # type: ignore[arg-type]


def bodies(answer: Answer) -> list[str]:
    """What was found."""
    return [str(hit.entry.body) for hit in answer.hits]


def steps(hit: Hit) -> list[str]:
    """Why it ranks there."""
    return [reason.step for reason in hit.why]
