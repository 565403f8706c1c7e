"""Names in a question: whose entries they are, and what is left of the words."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from boards import (
    ask,
    board_of,
    bodies,
    book_of,
    finders_of,
    lift,
    points,
    question_of,
    reasons,
    said,
    steps,
)

from journal.entry import Draft, Entry
from journal.recall.analysis import words
from journal.recall.language import ENGLISH
from journal.recall.ranking.names import Name, covered, named_in, names, shares
from journal.recall.ranking.weights import ACTOR, NAMED_WORD, PLACE


def spoken(*given: tuple[str, str]) -> list[Entry]:
    """Entries of these actors."""
    return [said(number, body, "s", actor) for number, (actor, body) in enumerate(given)]


def named(text: str, *parts: Sequence[Entry]) -> dict[str, Name]:
    """The names in the text, by word."""
    found = named_in(words(text), ENGLISH, finders_of(*parts))
    return {name.word: name for name in found if name.term}


FRIENDS = spoken(*[("Ada", "hello Bob"), ("Bob", "good to see you, Ada")] * 6)
EVEN = [0, 2, 4, 6, 8, 10]


def test_a_name_that_only_others_use_is_one() -> None:
    found = named("What did Ada tell Bob?", FRIENDS)
    assert set(found) == {"ada", "bob"}
    ada = found["ada"]
    assert (ada.term, ada.step, ada.docs) == (ENGLISH.stem("ada"), "actor", (EVEN,))
    assert ada.surely >= 0.5
    assert ada.points == ACTOR * ada.surely
    assert named("did ada sail?", FRIENDS)["ada"].docs == (EVEN,)
    assert named("what did Eve say?", FRIENDS) == {}


def test_a_name_that_nobody_uses_is_surely_one() -> None:
    found = named("what did fix-bot say", spoken(("fix-bot", "done"), ("Ada", "thanks")))
    assert found["fix"].surely == found["bot"].surely == 1
    assert found["fix"].docs == ([0],)


@pytest.mark.parametrize("actor", ["build", "user", "test"])
def test_an_ordinary_word_that_somebody_is_called_stays_a_word(actor: str) -> None:
    given = [(actor, f"the {actor} is green {n}") for n in range(6)]
    given += [("ada", f"a {actor} failed {n}") for n in range(6)]
    found = named(f"why did the {actor} fail", spoken(*given))[actor]
    assert (found.surely, found.points) == (0, 0)
    assert shares([found]) == {}
    board = lift(board_of(f"{actor} fail", spoken(*given)), 0)
    names(board, [found])
    assert set(points(board)) == {0}
    assert not any(board.why.values())


def test_the_less_somebody_uses_the_word_the_surer_it_is_their_name() -> None:
    others = [("ada", f"sky said {n}") for n in range(20)]
    sure = []
    for own in (0, 2, 10, 20):
        given = [*others, *(("sky", "I am sky" if n < own else "so") for n in range(20))]
        sure.append(named("what of sky", spoken(*given))["sky"].surely)
    assert 1 > sure[0] > sure[1] > sure[2] == 0 == sure[3]


def test_a_few_uses_prove_less_than_many() -> None:
    sure = []
    for uses in (2, 4, 8, 12):
        given = [("ada", "sky said" if n < uses else "so") for n in range(12)]
        sure.append(named("sky", spoken(*given, *[("sky", "so")] * 12))["sky"].surely)
    assert sure == sorted(sure)
    assert len(set(sure)) == 4


def test_segments_count_together() -> None:
    given = [*FRIENDS[:11], replace(FRIENDS[11], body="Ada and Bob")]
    one, two = named("ada bob", given), named("ada bob", given[:3], given[3:])
    assert one["ada"].surely > 0
    assert {w: (n.surely, n.points) for w, n in one.items()} == {
        w: (n.surely, n.points) for w, n in two.items()
    }
    assert two["ada"].docs == ([0, 2], [1, 3, 5, 7])


def test_stop_words_and_single_letters_name_nobody() -> None:
    given = spoken(("what else", "so"), ("x", "so"), ("the one", "so"))
    assert set(named("what is the x one", given)) == {"one"} - ENGLISH.stop
    will = spoken(("Will", "so"), ("Ada", "will see"))
    assert "will" in named("what did Will say?", will)


def test_a_session_and_a_path_are_named_by_their_words() -> None:
    given = [said(n, "so", "daily-standup") for n in range(8)]
    given += [said(8, "so", "cache-rewrite"), said(9, "so", "t", path="main/cache")]
    given += [said(10, "so", "550e8400-e29b-41d4-a716-446655440000"), said(11, "so", "t-3")]
    found = named("how did the cache rewrite go, daily 550e8400?", given)
    assert set(found) >= {"cache", "rewrite", "daily"}
    assert "550e8400" not in found
    assert {name.step for name in found.values()} == {"place"}
    assert {name.surely for name in found.values()} == {0.0}
    assert found["cache"].docs == ([8, 9],)
    assert PLACE == found["rewrite"].points > found["cache"].points > found["daily"].points > 0


def test_a_word_in_every_name_is_worth_nothing_much() -> None:
    found = named("main", [said(n, "so", "s", path="main/x") for n in range(50)])
    assert 0 <= found["main"].points < PLACE / 50


def test_what_is_left_of_the_words_that_are_names() -> None:
    sure = Name("ada", "ada", "actor", ([0],), 2.0, 1.0)
    half = Name("sky", "sky", "actor", ([1],), 1.0, 0.5)
    word = Name("test", "test", "actor", ([2],), 0.0, 0.0)
    place = Name("cache", "cach", "place", ([3],), 1.0)
    assert shares([sure, half, word, place]) == {"ada": NAMED_WORD, "sky": 0.5}
    assert 0 < NAMED_WORD < 0.5


def test_only_their_entries_rise() -> None:
    board = lift(board_of("x", FRIENDS[:3], FRIENDS[3:]), 0)
    found = named_in(["ada", "bob"], ENGLISH, board.finders)
    names(board, [name for name in found if name.word == "ada"])
    rise = {place for place, n in board.points.items() if n}
    assert rise == {0, 2, *(1 << 32 | doc for doc in (1, 3, 5, 7))}
    assert reasons(board, 0) == {"actor": found[0].points}
    assert board.why[0][0][0].text == "ada"
    board.candidates = {0}
    names(board, found)
    assert board.points[2] == board.points[0] / 2


def test_names_given_whole() -> None:
    given = [
        *spoken(("Ada Lovelace", "one"), ("Ada Byron", "two"), ("Fix Bot", "three")),
        said(3, "four", "cache-rewrite"),
    ]
    found = named_in(words("did Ada Lovelace see the cache rewrite"), ENGLISH, finders_of(given))
    whole = {name.word: name for name in found if not name.term}
    assert {word: (name.step, name.docs) for word, name in whole.items()} == {
        "ada lovelace": ("actor", ([0],)), "cache rewrite": ("place", ([3],)),
    }  # fmt: skip
    assert covered(found) == {"ada", "lovelace", "cache", "rewrite"}
    assert whole["ada lovelace"].points == whole["ada lovelace"].surely == 0
    assert whole["cache rewrite"].points > 0
    assert named_in(words("Lovelace Ada"), ENGLISH, finders_of(given))[0].term
    assert covered(named_in(words("Lovelace, Ada"), ENGLISH, finders_of(given))) == set()


def test_entries_of_the_named_come_first() -> None:
    given = [
        Draft(body=body, actor=actor)
        for actor, body in [
            ("Ada", "the lake was cold"), ("Bob", "the lake was warm"),
            *[("Ada", "and you, Bob?"), ("Bob", "thanks Ada")] * 3,
        ]
    ]  # fmt: skip
    engine = book_of(*given)
    ada, bob = (ask(engine, f"lake {name}").hits[0] for name in ("Ada", "Bob"))
    assert (ada.entry.actor, bob.entry.actor) == ("Ada", "Bob")
    assert "actor" in steps(ada)
    plain = next(h for h in ask(engine, "lake").hits if h.entry.actor == "Ada")
    assert "actor" not in steps(plain)


def test_whoever_speaks_of_themselves_rises_if_one_is_named() -> None:
    given = [("I sail boats", "Ada"), ("sail boats", "Ada"), ("it sank", "Bob")]
    engine = book_of(*(Draft(body=body, actor=actor, session="s") for body, actor in given))
    one, both = ask(engine, "does Ada sail boats?"), ask(engine, "do Ada and Bob sail boats?")
    assert all("first person" in steps(hit) for hit in one.hits)
    assert not any("first person" in steps(hit) for hit in both.hits)
    assert bodies(one)[0] == "I sail boats"


def test_a_question_about_names_only_is_asked_of_their_sessions() -> None:
    given = [Draft(body=f"step {n}", session="cache-rewrite", actor="Ada") for n in range(3)]
    engine = book_of(*given, Draft(body="else", session="other", actor="Bob"))
    assert set(bodies(ask(engine, "cache rewrite"))) == {"step 0", "step 1", "step 2"}
    assert bodies(ask(engine, "cache rewrite kind:task")) == []
    assert question_of("ada", []).named == ()
