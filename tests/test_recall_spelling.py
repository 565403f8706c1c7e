"""What a word that no entry holds may mean."""

import pytest
from boards import (
    ask,
    asked_of,
    book_of,
    finders_of,
    said,
)

from journal.entry import Draft
from journal.recall.language import ENGLISH
from journal.recall.letters import fold
from journal.recall.ranking.spelling import nearest, slips


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("datbase", "database"), ("databsae", "database"), ("databasee", "database"),
        ("migratoin", "migration"), ("pelicen", "pelican"), ("pelican", ""), ("atabase", ""),
        ("dat", ""), ("stafl", "staff"), ("stfa", ""),
        ("dxyzbase", ""), ("pelicanesque", ""), ("größte", "größe"),
    ],
)  # fmt: skip
def test_the_word_that_may_be_meant(typed: str, meant: str) -> None:
    finders = finders_of(
        [said(0, "the database migration"), said(1, "pelican databases staff")],
        [said(2, "die Größe")],
    )
    assert nearest(fold(typed), finders, ENGLISH) == fold(meant)


def test_of_words_as_like_the_one_that_more_entries_hold() -> None:
    finders = finders_of([said(0, "paste")], [said(1, "paster"), said(2, "paster")])
    assert nearest("pastex", finders_of([said(0, "pastel")], [said(1, "paster")]), ENGLISH) in (
        "pastel",
        "paster",
    )
    more = finders_of([said(0, "pastel")], [said(1, "pastor"), said(2, "pastor")])
    assert nearest("past_r", more, ENGLISH) == "pastor"
    assert nearest("paste", finders, ENGLISH) == "paster"


def slips_of(text: str, *bodies: str, deleted: frozenset[int] = frozenset()) -> dict[str, str]:
    """The slips in the text, and what may be meant."""
    finders = finders_of([said(n, body) for n, body in enumerate(bodies)])
    finders[0].segment.deleted = deleted
    return dict(slips(asked_of(text).node, finders, ENGLISH))


def test_only_words_in_no_form_are_unknown() -> None:
    assert slips_of("pelicans datbase", "a pelican", "database") == {"datbase": "database"}
    assert slips_of("why is the datbase slow?", "database") == {"datbase": "database"}
    assert slips_of("datbase -migratoin", "database migration") == {"datbase": "database"}
    assert slips_of('"datbase" data*', "database") == {}
    assert slips_of("databases", "database") == {}


def test_a_text_is_no_place_for_suggestions() -> None:
    words = " ".join(f"pelican{n}x" for n in range(13))
    assert slips_of(f"{words} datbase", words, "database") == {}
    given = "database pelican migration stork"
    assert slips_of("datbase pelicen migratoin storkk", given) == {}
    assert len(slips_of("datbase pelicen migratoin stork", given)) == 3
    assert list(slips(asked_of("datbase pelicen").node, [], ENGLISH)) == []


def test_the_word_is_told_as_somebody_wrote_it() -> None:
    assert slips_of("confgure", "configuring it", "configuring") == {"confgure": "configuring"}
    assert slips_of("confgure", "configure", "configure it", "configuring") == {
        "confgure": "configure"
    }
    assert slips_of("datbase", "databases", "database", "database") == {"datbase": "database"}


def test_a_name_as_programs_have_it_is_no_slip() -> None:
    assert slips_of("datbase_pelican", "database pelican") == {"datbase": "database"}
    assert slips_of("datbase2", "database") == {}
    assert slips_of("databese", "database2", "data_base", "database.py") == {"databese": "database"}
    assert slips_of("databese", "database2", "data_base") == {}


def test_no_word_of_a_deleted_entry_is_told() -> None:
    given = ("the secretword", "database", "secretwort database")
    assert slips_of("secretwrod", *given) == {"secretwrod": "secretword"}
    gone = frozenset({0})
    assert slips_of("secretwrod", *given, deleted=gone) == {"secretwrod": "secretwort"}
    assert slips_of("secretword", *given, deleted=gone) == {"secretword": "secretwort"}
    assert slips_of("secretword", *given[:2], deleted=gone) == {}
    assert slips_of("datbase", *given, deleted=frozenset({1})) == {"datbase": "database"}


def test_the_answer_tells_what_may_be_meant() -> None:
    engine = book_of(Draft(body="the database"))
    (notice,) = ask(engine, "datbase").notices
    assert (notice.code, notice.message) == (
        "word-unknown", 'no entry holds "datbase"; did you mean "database"?',
    )  # fmt: skip
    assert ask(engine, "database").notices == ()
