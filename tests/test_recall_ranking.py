"""The ranking's steps, all together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import isclose

from boards import TODAY, ask, bodies, book_of, steps
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_recall import DAY, BookShelf, Following, Listed
from test_recall_segment import entry

from journal.entry import Draft
from journal.inmemory import MemoryNotebook
from journal.recall.building import Builder
from journal.recall.engine import Answer, Query
from journal.recall.features import COUNTS, SPEAKS, TELLS
from journal.recall.language import ENGLISH
from journal.recall.scan import ScanEngine
from journal.recall.segment import Segment
from journal.recall.whoosh import WhooshEngine
from journal.selection import Selection

WORDS = ["red", "green", "blue", "apple", "pear", "the", "running"]

_drafts = st.builds(
    Draft,
    body=st.lists(
        st.sampled_from([*WORDS, "yesterday", "three", "why?", "What."]), min_size=1, max_size=8
    ).map(" ".join),
    session=st.sampled_from(["", "s", "t"]),
    actor=st.sampled_from(["", "ada", "fix-bot"]),
    at=st.integers(0, 40).map(lambda days: DAY - timedelta(days=days)),
)


@settings(max_examples=60)
@given(
    st.lists(_drafts, min_size=1, max_size=10),
    st.lists(
        st.sampled_from([*WORDS, "ada", "when", "how many", "yesterday", "last week", "p*"]),
        min_size=1, max_size=4,
    ).map(" ".join),
)  # fmt: skip
def test_the_reasons_add_up_to_the_score(drafts: list[Draft], text: str) -> None:
    for hit in ask(book_of(*drafts), text).hits:
        assert isclose(sum(reason.points for reason in hit.why), hit.score, abs_tol=1e-9)
        if hit.near:
            assert "neighbour" in steps(hit)
            assert "word" not in steps(hit)


def test_an_answer_beside_the_question_is_found() -> None:
    talk = [
        Draft(body="Hello there", session="s"),
        Draft(body="Which database engine did you choose?", session="s"),
        Draft(body="Postgres, because of its types", session="s"),
        *(Draft(body=f"Something else {n}", session="s") for n in range(10)),
        Draft(body="Tomatoes", session="other"),
    ]
    answer = ask(book_of(*talk), "which database engine was it")
    assert set(bodies(answer)[:2]) == {talk[1].body, talk[2].body}
    beside = next(hit for hit in answer.hits if hit.entry.body == talk[2].body)
    assert beside.near == next(h.entry.id for h in answer.hits if h.entry.body == talk[1].body)
    assert "neighbour" in steps(beside)
    assert "Tomatoes" not in bodies(answer)
    assert answer.total == len(answer.hits) == 6


def test_words_are_looked_for_and_a_question_is_asked() -> None:
    talk = [Draft(body=text, session="s") for text in ("pelican", "yes", "no")]
    engine = book_of(*talk)
    assert bodies(ask(engine, "pelican")) == ["pelican"]
    assert bodies(ask(engine, '"pelican" yes')) == []
    assert bodies(ask(engine, "pelican OR albatross")) == ["pelican"]
    assert bodies(ask(engine, "pelican albatross")) == ["pelican"]
    assert bodies(ask(engine, "pelican?")) == ["pelican"]
    assert len(ask(engine, "pelican albatross?").hits) == 3


def test_filters_hold_for_what_stands_beside_a_hit() -> None:
    talk = [
        Draft(body="red apple", session="s", kind="task"),
        Draft(body="beside", session="s", kind="task"),
        Draft(body="also", session="s"),
        Draft(body="elsewhere", session="s", path="side"),
    ]
    engine = book_of(*talk)
    assert bodies(ask(engine, "red apple?")) == ["red apple", "also", "beside"]
    assert bodies(ask(engine, "red apple kind:task ?")) == ["red apple", "beside"]
    assert bodies(ask(engine, "red apple -kind:task ?")) == ["also"]
    assert bodies(ask(engine, "red apple path:side ?")) == []


def test_english_stop_words_do_not_drown_a_question() -> None:
    assert "what" in ENGLISH.stop
    noise = [Draft(body="what is it that we did when it was the thing to do") for _ in range(5)]
    engine = book_of(Draft(body="Migrated the database"), *noise)
    assert bodies(ask(engine, "When did we migrate the database?")) == ["Migrated the database"]


def test_a_builder_keeps_what_the_ranking_needs() -> None:
    builder = Builder()
    one = replace(entry(1, "Three apples yesterday, I think?"), session="s", actor="Ada Lovelace")
    builder.add(Listed(1, one), one)
    found = Segment(builder.finish())
    assert found.days[0] == DAY.date().toordinal()
    assert found.asks[0] == 255
    assert found.flags[0] == COUNTS | TELLS | SPEAKS
    assert found.lines[0] == 1
    named, places = found.field("actors"), found.field("places")
    told = found.field("when")
    assert named
    assert named.all() == [b"=ada lovelace", b"ada", b"lovelace"]
    assert places
    assert places.all() == [b"=s"]
    assert told
    assert told.all() == [f"d{DAY.date() - timedelta(days=1)}".encode()]


# Whatever is asked of whatever entries

_SPOKEN = ["yesterday", "three", "why?", "What.", "Ada", "I", "Rome", "2 May", "fix"]
_said = st.builds(
    Draft,
    body=st.lists(st.sampled_from([*WORDS, *_SPOKEN]), min_size=1, max_size=7).map(" ".join),
    title=st.sampled_from(["", "", "red pear"]),
    kind=st.sampled_from(["note", "task"]),
    session=st.sampled_from(["", "s", "cache-rewrite"]),
    path=st.sampled_from(["", "side"]),
    actor=st.sampled_from(["", "Ada", "fix-bot"]),
    at=st.integers(0, 40).map(lambda days: DAY - timedelta(days=days)),
)
_asked = st.tuples(
    st.sampled_from(["", "", "what ", "Which ", "who ", "when did ", "how many "]),
    st.lists(
        st.sampled_from(
            [*WORDS, "ada", "fix", "cache", "yesterday", "last week", "2 May", "p*", "pears"]
        ),
        min_size=1, max_size=4,
    ).map(" ".join),
    st.sampled_from(["", "?", " kind:task", " -kind:task ?", " session:s ?"]),
).map("".join)  # fmt: skip
_chosen = st.sampled_from(
    [{}, {}, {"kind": "task"}, {"session": "s"}, {"since": DAY - timedelta(days=9)},
     {"actor": "Ada", "until": DAY}]
)  # fmt: skip


def both(drafts: Sequence[Draft]) -> tuple[ScanEngine, Following, BookShelf]:
    """The engines over these entries, which came one by one, so that there are several segments."""
    book = MemoryNotebook()
    shelf = BookShelf(book.entries)
    follows = Following(WhooshEngine(shelf), shelf)
    for number, draft in enumerate(drafts):
        moment = draft.at + timedelta(seconds=number)  # type: ignore[operator]
        book.append(replace(draft, at=moment))
        follows.recall(Query("red"))
    return ScanEngine(book.entries), follows, shelf


@settings(max_examples=150)
@given(st.lists(_said, min_size=1, max_size=9), _asked, _chosen)
def test_engines_rank_alike(drafts: list[Draft], text: str, chosen: dict[str, object]) -> None:
    scan, whoosh, _ = both(drafts)
    query = Query(text, Selection(**chosen), limit=100, explain=True, today=TODAY)  # type: ignore[arg-type]
    answers = [engine.recall(query) for engine in (scan, whoosh)]
    told = [
        [
            (hit.entry.id, round(hit.score, 9), hit.near, hit.snippet, len(hit.why))
            for hit in answer.hits
        ]
        for answer in answers
    ]
    assert told[0] == told[1]
    assert len({(a.total, a.capped, a.notices) for a in answers}) == 1
    assert answers[0].total == len(told[0])


@settings(max_examples=60)
@given(
    st.lists(_said, min_size=1, max_size=9), _asked, _chosen, st.sets(st.integers(1, 9), max_size=4)
)
def test_what_was_struck_or_filtered_out_is_never_shown(
    drafts: list[Draft], text: str, chosen: dict[str, object], gone: set[int]
) -> None:
    _, whoosh, shelf = both(drafts)
    selection = Selection(**chosen)  # type: ignore[arg-type]
    struck = {shelf.rows[number].id for number in gone if number in shelf.rows}
    for number in gone & shelf.rows.keys():
        shelf.strike(number)
    assume(shelf.rows)
    there = {row.entry.id: row.entry for row in shelf.rows.values()}
    answer: Answer = whoosh.engine.recall(Query(text, selection, 100, explain=True, today=TODAY))
    assert answer.total == len(answer.hits)
    assert len({hit.entry.id for hit in answer.hits}) == len(answer.hits)
    for hit in answer.hits:
        assert hit.entry.id in there
        assert selection.takes(hit.entry)
        assert hit.near not in struck
        assert struck.isdisjoint(reason.entry for reason in hit.why)
        assert isclose(sum(reason.points for reason in hit.why), hit.score, abs_tol=1e-9)
        if "kind:task" in text:
            assert (hit.entry.kind == "task") is ("-kind" not in text)
        if "session:s" in text:
            assert hit.entry.session == "s"


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(WORDS[:5]), min_size=1, max_size=4, unique=True),
    st.data(),
    st.lists(_said, max_size=6),
)
def test_who_holds_all_that_another_holds_and_more_comes_first(
    wanted: list[str], data: st.DataObject, others: list[Draft]
) -> None:
    more = data.draw(st.lists(st.sampled_from(wanted), min_size=1, unique=True))
    less = data.draw(st.lists(st.sampled_from(more), max_size=len(more) - 1, unique=True))
    filled = [*less, *["so"] * (len(more) - len(less))]
    given = [Draft(body=" ".join(more), at=DAY), Draft(body=" ".join(filled), at=DAY)]
    found = bodies(ask(book_of(*given, *others), " ".join([*wanted, "zebra"])))
    both_there = [body for body in found if body in (given[0].body, given[1].body)]
    assert both_there[0] == given[0].body


def test_each_step_has_its_say() -> None:
    given = [
        Draft(body="Which lake do you sail on?", actor="Bob", session="lake-trip"),
        Draft(body="I sail the lake since yesterday", actor="Ada", session="lake-trip"),
        Draft(body="Sailing lakes twice", title="Lake", actor="Ada", session="other"),
        Draft(body="nothing of it", session="work"),
    ]
    hits = ask(book_of(*given), "When did Ada sail the lake yesterday?").hits
    told = {hit.entry.body: {reason.step: reason.points for reason in hit.why} for hit in hits}
    asks, answer, titled = (told[str(draft.body)] for draft in given[:3])
    assert asks["question"] < 0
    assert set(answer) >= {
        "word", "session", "actor", "place", "answer", "when", "first person", "told"
    }  # fmt: skip
    assert "title" in titled
    assert titled["first person"] < 0 < answer["first person"]
    dated = ask(book_of(*given), "what of the lake on 21 November 2026?").hits
    assert all("date" in steps(hit) for hit in dated)
    near = ask(book_of(*given), "lake").hits
    assert all("neighbour" not in steps(hit) for hit in near)


def test_a_limit_only_cuts() -> None:
    given = [Draft(body=f"red {n} {'pear' * (n % 2)}", session=f"s{n % 4}") for n in range(30)]
    engine = book_of(*given)
    whole = ask(engine, "what red pear?")
    assert whole.total == len(whole.hits) == 30
    few = engine.recall(Query("what red pear?", limit=4, today=TODAY))
    assert [(hit.entry.id, hit.score) for hit in few.hits] == [
        (hit.entry.id, hit.score) for hit in whole.hits[:4]
    ]
    assert few.total == 30
    assert all(hit.why == () for hit in few.hits)
    assert engine.recall(Query("what red pear?", limit=0, today=TODAY)).total == 30


def test_of_many_the_rest_is_counted_and_told() -> None:
    given = [Draft(body="red pear", session="s") for _ in range(320)]
    given += [Draft(body="so", session="s")] * 2
    engine = book_of(*given)
    answer = engine.recall(Query("why red pear?", limit=2, today=TODAY))
    assert (len(answer.hits), answer.total, answer.capped) == (2, 322, True)
    words = engine.recall(Query("red pear", limit=2, today=TODAY))
    assert (words.total, words.capped) == (320, False)


def test_a_question_in_its_own_words() -> None:
    given = [
        Draft(body="We met Eve in Lisbon", session="trip"), Draft(body="The weather was fine"),
        Draft(body="It took three weeks", session="work"), Draft(body="the work went on"),
        Draft(body="It took a while, the work", session="else"),
    ]  # fmt: skip
    engine = book_of(*given)
    counted = {h.entry.body: steps(h) for h in ask(engine, "How many weeks did work take?").hits}
    assert "count" in counted["It took three weeks"]
    assert "count" not in counted["the work went on"]
    where = ask(engine, "Where did we meet Eve?").hits
    assert {"looks", "names"} <= set(steps(where[0]))
    assert "looks" not in steps(ask(engine, "meet eve").hits[0])
    timed = {h.entry.body: steps(h) for h in ask(engine, "When was the work done?").hits}
    assert "when" not in timed["the work went on"]
