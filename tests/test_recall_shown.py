"""Reading and showing hits by the short ways gives what the long ways give."""

from dataclasses import replace
from pathlib import Path

import pytest
from test_recall_segment import entry

from journal import api, dayfile
from journal.entry import Draft
from journal.notebook import Notebook
from journal.recall.irregular import IRREGULAR
from journal.recall.language import ENGLISH, language
from journal.recall.parsing import parse
from journal.recall.snippet import Marker, hit
from journal.workspace import init

ENDINGS = (
    "s es ed ing ly ies ied ying y e ll ability ibility bility ation ization ational fulness"
    " ousness iveness ivity ance ency ently lessly ogist ive ize".split()
)
BASES = "d sk t able commun hop happ organ rel stabl univers argu genera ski d go".split()

TEXTS = (
    "He went to src/api.py, then fooBar failed. " * 9 + "Nobody knows.",
    "“Quotes” – and a dash… the naïve CAFÉ/bar was gone; x → y, 3.11 and foo_bar " * 5,
    "漢字かな交じり文 と fooBar 日本語テキスト " * 4,
    "жёлтый мир, ﬁne soft\u00adhyphen İstanbul Straße " * 6,
    f"{'nothing here ' * 40}better mice, dying ability",
    "word" * 90 + " abilities",
    "",
)
ASKED = (
    "go", "able", "die", "good mouse", "foo bar", '"src api"', "caf*", "a*", "api", "→", "3.11",
    "本語", "мир", "fine", "hyphen", "istanbul", "strasse", "going OR 日本", "absent",
)  # fmt: skip


def test_a_stem_is_where_its_words_begin() -> None:
    words = {base + ending for base in BASES for ending in ENDINGS} | IRREGULAR.keys()
    for word in words:
        stem = ENGLISH.stem(word)
        for length in range(1, len(stem) + 1):
            begins = ENGLISH.begins(stem[:length]) if ENGLISH.begins else ()
            assert word.startswith(begins), (word, stem[:length])


@pytest.mark.parametrize("name", ["english", "none", "german"])
def test_what_is_shown_begins_at_the_first_mark(name: str) -> None:
    some = 0
    for asked in ASKED:
        query = parse(asked, language(name))
        assert query is not None
        for text in TEXTS:
            plain = " ".join(text.split())
            marks = list(Marker(query.node, language(name)).marks(plain))
            shown = hit(replace(entry(0, "x"), body=plain), 1.0, query.node, language(name))
            if plain:
                found = [shown.snippet[start:end] for start, end in shown.marks]
                assert found == [plain[start:end] for start, end in marks][: len(found)]
                assert bool(found) == bool(marks)
                some += len(found)
    assert some > 40


def test_a_slice_is_read_the_short_way_as_the_long_way(tmp_path: Path) -> None:
    init(str(tmp_path))
    bodies = [
        "One line",
        "Two\n\nlines\n",
        "## 10:00 stuffed\n```yaml entry\n",
        "```\nopen",
        "é" * 99,
    ]
    Notebook.open(str(tmp_path)).append_many([Draft(body=one, title="T") for one in bodies])
    (day,) = (tmp_path / "journal").rglob("*.md")
    short = 0
    for _, raw in dayfile.split(day.read_bytes()).slices:
        piece = dayfile.parse(raw)
        known = piece.values["id"], piece.values["digest"]
        for changed in (raw, raw + b"typed below\n", raw.replace(b"line", b"lime")):
            text, full = dayfile.text_of(changed, *known), dayfile.parse(changed)
            assert text in (None, (full.body, full.postscript))
            assert (text is None) or full.state == dayfile.INTACT
            short += text is not None
        assert dayfile.text_of(raw, "another", known[1]) is None
        assert dayfile.text_of(raw, known[0], f"sha256:{'0' * 64}") is None
        assert dayfile.text_of(raw[:-30], *known) is None
    assert short >= 6


def test_what_another_catalog_wrote_is_known(tmp_path: Path) -> None:
    init(str(tmp_path))
    one, other = api.open(str(tmp_path)), api.open(str(tmp_path))
    for number in range(4):
        assert one.count() == other.count() == number
        other.append(Draft(body=f"word{number}"))
        asked = (other, one) if number % 2 else (one, other)
        assert [len(journal.recall(f"word{number}").hits) for journal in asked] == [1, 1]
        (day,) = (tmp_path / "journal").rglob("*.md")
        day.write_text(day.read_text().replace(f"word{number}", f"term{number}"))
        assert [journal.recall(f"term{number}").total for journal in asked] == [1, 1]
        assert [journal.recall(f"word{number}").total for journal in asked] == [0, 0]
