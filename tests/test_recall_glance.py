"""A look at an entry's bytes never says what reading the entry would deny."""

from dataclasses import asdict
from datetime import UTC
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import dayfile, header
from journal.entry import Draft
from journal.recall import glance, matching
from journal.recall.matching import Text, pattern
from journal.recall.parsing import parse
from journal.recall.query import Node, Or, Phrase
from journal.seal import Sealing

AT = "2026-11-21T10:00:00.000000+00:00"


def sealed(draft: Draft) -> bytes:
    """The draft's slice of a day file."""
    given = asdict(draft) | {"at": "", "body": draft.body.encode()}
    return Sealing(given).seal("01M7ZD1NNM3NY7KDXE1V6ZFEYC", AT, "", 1, "0:x")[1]


def read(raw: bytes) -> Text:
    """The entry as queries see it."""
    piece = dayfile.slice_at(raw, 0)
    known = header.known(piece, "2026-11-21", lambda: UTC)
    return Text(
        SimpleNamespace(  # type: ignore[arg-type]
            title=known["title"], tags=known["tags"],
            body=piece.body.decode(errors="replace"),
            postscript=piece.postscript.decode(errors="replace"),
        )
    )  # fmt: skip


def look(raw: bytes, query: str) -> bool | None:
    asked = parse(query)
    assert asked
    wanted = pattern(asked.node)
    assert wanted
    told = glance.holds(raw, [wanted])
    assert told in (None, matching.holds(asked.node, read(raw)))
    return told


HAND = "## 10:00 The title of it\n\nof the\nred, apple \u201ctree\u201d\n"
LOOKS = [
    (HAND, '"of the red"', True), (HAND, '"title of"', True), (HAND, '"10 00"', None),
    (HAND, '"it of"', None), (HAND, '"apple tree"', True), (HAND, '"red tree"', False),
    ("## 10:00 a\n\nof\u65e5the", '"the"', True),
    (HAND, '"00 the"', None), (HAND, '"red tree" OR "of the"', True),
    ("## 10:00 a\n\n```yaml entry\nrole: x\n```\nof the\n", '"of the"', True),
    ("## 10:00 a\n\n```yaml entry\nrole: x\n```\nof the\n", '"role x"', None),
    ("## 10:00 a\n\n```yaml entry\nrole: x\n\nof the\n", '"of the"', None),  # torn
    ('## 10:00 a\n\n```yaml entry\ntitle: "b\\nc"\n```\nof the\n', '"b c"', None),
    ("## 10:00 a\n\nof\u65e5the of\u0142 \u017athe", '"of the"', False),
    ("## 10:00 a\n\no\u0308f the", '"of the"', True),
    ("## 10:00 a\n\nof\u00a0t\u02b0e \ufb01ne", '"the fine"', True),
    ("text above all of the rest", '"of the"', None),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "query", "told"), LOOKS)
def test_a_look_at_what_a_hand_wrote(raw: str, query: str, told: bool | None) -> None:
    assert look(raw.encode(), query) is told


@pytest.mark.parametrize(
    ("draft", "query", "told"),
    [
        (Draft(body="of the", role="user", title="On it"), '"of the"', True),
        (Draft(body="of", role="user", title="On it"), '"on it"', True),
        (Draft(body="of", role="user", title="On it"), '"user on"', None),
        (Draft(body="of", title="On it"), '"on it"', True),
        (Draft(body="of", title="On it " * 30), '"on it"', None),
        (Draft(body="of", tags=("on it",)), '"on it"', None),
        (Draft(body="of\n\n## 14:30 the\n\n```\nx\n"), '"of 14 30 the x"', True),
        (Draft(body="of the"), '"of red"', False),
    ],
)
def test_a_look_at_what_the_journal_wrote(draft: Draft, query: str, told: bool | None) -> None:
    assert look(sealed(draft), query) is told


def test_a_postscript_is_no_part_of_the_body() -> None:
    raw = sealed(Draft(body="of")) + b"\nthe red\n"
    assert look(raw, '"of the"') is None
    assert look(raw, '"the red"') is None
    assert look(raw.replace(b"\nlen: 2\n", b"\nlen : 2\n"), '"of the"') is None
    assert look(raw.replace(b"\nof\n", b"\nof x y\n"), '"y the red"') is None  # it was edited


def test_what_was_edited_may_end_elsewhere() -> None:
    raw = sealed(Draft(body="of the", meta={"x": "of the"}))
    assert look(raw, '"of the"') is True
    assert look(raw.replace(b"\nof the\n", b"\nof thermal\n"), '"of the"') is None
    raw = sealed(Draft(body="<script>\nof the\n\nred apple"))
    assert raw.endswith(b"</script>\n")
    assert look(raw, '"red apple"') is True
    assert look(raw.replace(b" apple", b""), '"red script"') is None


_words = st.sampled_from(
    ["of", "the", "red", "THE", "x", "_", "ﬁne", "fine", "Straße", "strasse", "ünal", "unal",
     "日本", "e\u0301tude", "étude", "etude", "İ", "i", "\u212a", "k", "Łx", "½", "1", "```", "~~~",
     "<div>", "## 10:00", "\\## 10:00", "हिन्दी", "len: 3", "closes", "\u0301", "가"]
)  # fmt: skip
_gaps = st.sampled_from([" ", "\n", "", "\n\n", " · ", "-", "…", "\\", "\u00a0", "\u0301"])
_texts = st.lists(st.tuples(_words, _gaps), min_size=1, max_size=12).map(
    lambda some: "".join(word + gap for word, gap in some)
)
_lines = _texts.map(lambda text: text.replace("\n", " ").strip() or "x")
_drafts = st.builds(
    Draft,
    body=_texts,
    title=st.one_of(st.just(""), _lines),
    role=st.sampled_from(["", "user"]),
    tags=st.lists(_lines, max_size=2).map(tuple),
)
_phrases = st.lists(
    st.sampled_from(["of", "the", "x", "_", "fine", "strasse", "unal", "etude", "i", "k", "1",
                     "10", "00", "user", "2", "closes", "red"]),
    min_size=1, max_size=3,
).map(lambda some: Phrase(tuple(some)))  # fmt: skip
_edits = st.one_of(
    st.just(None),
    st.tuples(st.just("cut"), st.floats(0, 1)),
    st.tuples(st.just("put"), st.floats(0, 1), _texts),
    st.tuples(st.just("end"), _texts),
)


def _edited(raw: bytes, edit: tuple[object, ...] | None) -> bytes:
    match edit:
        case ("cut", float(at)):
            return raw[: int(at * len(raw))] or b"#"
        case ("put", float(at), str(text)):
            place = int(at * len(raw))
            return raw[:place] + text.encode() + raw[place:]
        case ("end", str(text)):
            return raw + b"\n" + text.encode()
    return raw


@settings(max_examples=400)
@given(_drafts, _edits, st.one_of(_phrases, st.lists(_phrases, min_size=2, max_size=2)))
def test_a_look_never_errs(
    draft: Draft, edit: tuple[object, ...] | None, phrases: Phrase | list[Phrase]
) -> None:
    raw = _edited(sealed(draft), edit)
    node: Node = Or(tuple(phrases)) if isinstance(phrases, list) else phrases
    wanted = pattern(node)
    assert wanted
    assert glance.holds(raw, [wanted]) in (None, matching.holds(node, read(raw)))
