"""Words are found in their forms, by the language of the journal, and as a person types them."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts
from test_recall_identifiers import entry_of

from journal import space
from journal.errors import UsageError, WorkspaceError
from journal.languages import LANGUAGES
from journal.recall.analysis import is_run, words
from journal.recall.irregular import IRREGULAR
from journal.recall.language import ENGLISH, Language, language
from journal.recall.letters import fold
from journal.recall.matching import Text, holds
from journal.recall.query import Bag, Word
from journal.recall.snippet import Marker
from journal.recall.stems import stem
from journal.recall.stopwords import STOP
from journal.workspace import init, read_config


def asked(typed: str, known: Language) -> Bag:
    """What a query for the words asks for."""
    return Bag(tuple(Word(token, known.stem(token)) for token in known.tokens(typed)))


def finds(typed: str, body: str, known: Language = ENGLISH) -> bool:
    node = asked(typed, known)
    found = holds(node, Text(entry_of(body), language=known))
    assert found == bool(list(Marker(node, known).marks(body)))
    return found


FORMS = """
go:went go:going went:goes child:children children:child think:thought buy:bought mouse:mice
wives:wife run:running running:ran write:wrote written:writing test:testing plan:planned
teeth:tooth better:good people:person knives:knife
"""


@pytest.mark.parametrize("pair", FORMS.split())
def test_english_forms(pair: str) -> None:
    typed, written = pair.split(":")
    assert finds(typed, f"then {written} there")


def test_irregular_forms_are_words_and_lead_to_words() -> None:
    assert 150 <= len(IRREGULAR) <= 200
    for form, base in IRREGULAR.items():
        assert ENGLISH.stem(form) == ENGLISH.stem(base) == stem(base)
        assert base not in IRREGULAR, f"{form} leads to {base}, which leads on"


def test_words_that_have_a_meaning_of_their_own_do_not_say_nothing() -> None:
    assert STOP.isdisjoint({"won", "hell", "ill", "shell", "shed", "id", "will's", "may's"})
    assert {"what", "when", "how", "did", "the", "s", "t", "don"} <= STOP


# What is typed, and what is written in the entry; the language's name before them.
OTHERS = {
    "german": "haus:Häuser Häuser:Haus hauser:Häuser buch:Bücher strasse:Straßen Müller:mueller",
    "french": "manger:mangée mangée:mangées mangee:mangée mangée:mangee cafe:café cheval:cheval",
    "spanish": "canción:canciones canciones:canción cancion:canción cantar:cantó cantó:cantaría",
    "portuguese": "informação:informações acao:ação falar:falou",
    "russian": "книга:книги красивый:красивая красивая:красивый красивыи:красивый",
    "turkish": "kitap:kitapları kitapları:kitap kitaplari:kitapları KİTAP:kitap",
    "finnish": "talo:talossa talossa:taloja",
    "hindi": "लड़का:लड़के किताब:किताबें",
    "arabic": "كتاب:الكتاب كِتَابٌ:كتاب كتاب:كتــاب",
    "greek": "άνθρωπος:ανθρωποι δρόμος:ΔΡΟΜΟΣ",
    "hungarian": "ház:házak hazak:házak",
    "polish": "książka:książki ksiazki:książki",
}


@pytest.mark.parametrize("name", OTHERS)
def test_forms_of_other_languages(name: str) -> None:
    known = language(name)
    for pair in OTHERS[name].split():
        typed, written = pair.split(":")
        assert finds(typed, f"— {written}.", known), pair
        assert not finds(typed, "xyzzy", known)


# Stems as the library gives them, folded: another version that has others must be noticed.
GOLDEN = {
    "german": "aufeinanderfolgen:aufeinanderfolg kategorien:kategori",
    "french": "continuellement:continuel majestueusement:majestu",
    "spanish": "chicharrones:chicharron torneados:torn",
    "dutch": "lichamelijkheden:lichamelijk opglimpende:opglimp",
    "swedish": "jaktkarlarne:jaktkarl",
    "italian": "pronunciavano:pronunc",
    "russian": "вавиловка:вавиловк",
    "turkish": "kitaplardan:kitap",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_stems_of_other_languages(name: str) -> None:
    known = language(name)
    for pair in GOLDEN[name].split():
        word, expected = pair.split(":")
        assert known.stem(word) == expected


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_there_is(name: str) -> None:
    known = language(name)
    assert known.name == name
    assert known is language(name)
    assert known.sign.startswith(name)
    assert all(word == fold(word) for word in known.stop)
    assert known.stem("foo_bar.py") == "foo_bar.py"
    assert known.terms("東京都") == ["東京", "京都", "都"]
    assert finds("foo-bar 3.11", "foo-bar", known)


@given(texts, st.sampled_from(["english", "none", "german", "turkish", "russian", "arabic"]))
def test_whatever_is_written_is_found_as_it_is_written(text: str, name: str) -> None:
    known = language(name)
    held = Text(entry_of(text), language=known)
    for token in known.tokens(text):
        assert set(known.terms(token)) <= held.counts.keys()
        assert known.stem(token) == known.terms(token)[0] or is_run(token)
    assert known.tokens(text)[: len(words(text))] == words(text)


@given(st.sampled_from([pair for pairs in OTHERS.values() for pair in pairs.split()]))
def test_without_a_language_words_are_found_as_they_are_written(pair: str) -> None:
    known = language("none")
    typed, written = pair.split(":")
    assert finds(typed, written, known) == (fold(typed) == fold(written))


def test_stop_words_of_other_languages() -> None:
    assert {"und", "fur"} <= language("german").stop
    assert {"etes", "dans"} <= language("french").stop
    assert language("none").stop == language("czech").stop == frozenset()


def test_an_unknown_language() -> None:
    with pytest.raises(UsageError, match="'klingon' is no language") as caught:
        language("klingon")
    assert caught.value.kind == "bad-value"
    assert "german" in caught.value.hint


def test_english_loads_no_library() -> None:
    program = (
        "import sys; from journal.recall.language import language; language('{}').stem('houses');"
        "print(*sorted({{'snowballstemmer', 'whoosh'}} & set(sys.modules)))"
    )
    for name, expected in (("english", ""), ("none", ""), ("german", "snowballstemmer whoosh")):
        done = subprocess.run(
            [sys.executable, "-c", program.format(name)],
            capture_output=True, text=True, check=True,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert done.stdout.strip() == expected


# As it may be written, and as it may be typed.
TYPED = [
    ("café", "cafe"), ("Ångström", "angstrom"), ("Straße", "STRASSE"), ("Łódź", "lodz"),
    ("København", "kobenhavn"), ("œuvre", "oeuvre"), ("Þór", "thor"), ("đường", "duong"),
    ("İstanbul", "istanbul"), ("ISPARTA", "ısparta"), ("ΟΔΟΣ", "οδός"), ("ﬁle", "file"),
    ("co\u00adoperate", "cooperate"), ("cafe\u0301", "café"), ("ｆｕｌｌ", "full"), ("ｶﾞｷﾞ", "ガギ"),
    ("か\u3099く", "がく"), ("\u1112\u1161\u11ab글", "한글"), ("كِتَابٌ", "كتاب"), ("كتـــاب", "كتاب"),
    ("کتاب", "كتاب"), ("हिन्\u200dदी", "हिन्दी"), ("फ़ोन", "फोन"), ("שָׁלוֹם", "שלום"), ("٣١", "31"),
    ("ёлка", "елка"), ("x²", "x2"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "typed"), TYPED)
def test_letters_that_are_typed_otherwise(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)
    assert words(f"({written})") == [fold(typed)]


@pytest.mark.parametrize(
    ("one", "other"), [("かく", "がく"), ("กุ", "กู"), ("कम", "क्म"), ("и", "н"), ("سلام", "سلم")]
)
def test_letters_that_are_others_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


# journal.toml

CONFIGS = {
    '[recall]\nlanguage = "klingon"': (2, "language is 'klingon': give one of english, none"),
    "[recall]\n# of the house\nlanguage = 5": (3, "language is no text in quotes"),
    '[other]\nlanguage = "x"\n[recall]\nlanguage = "x"': (4, "language is 'x'"),
    'recall = {language = "x"}': (1, "language is 'x'"),
    'recall.language = "x"': (1, "language is 'x'"),
    "recall = 5": (1, "recall must be a table"),
}


@pytest.mark.parametrize("text", CONFIGS)
def test_a_language_that_journal_toml_may_not_have(tmp_path: Path, text: str) -> None:
    init(str(tmp_path))
    config = tmp_path / "journal.toml"
    before = config.read_text(encoding="utf-8")
    config.write_text(before + text + "\n", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        read_config(str(tmp_path))
    line, message = CONFIGS[text]
    error = caught.value
    assert (error.kind, error.file, error.line) == (
        "config-error", "journal.toml", before.count("\n") + line,
    )  # fmt: skip
    assert message in str(error)


def test_the_language_of_a_workspace(tmp_path: Path) -> None:
    init(str(tmp_path))
    config = tmp_path / "journal.toml"
    before = config.read_text(encoding="utf-8")
    assert read_config(str(tmp_path)).language == "english"
    assert space.open_space(str(tmp_path), 0).language == "english"
    # The lines that are there only want their marks taken away.
    config.write_text(before.replace("# [recall]", "[recall]").replace("# language", "language"))
    assert read_config(str(tmp_path)).language == "english"
    for name in LANGUAGES:
        config.write_text(f'{before}\n[recall]\nlanguage = "{name}"\n', encoding="utf-8")
        assert read_config(str(tmp_path)).language == name
    assert space.open_space(str(tmp_path), 0).language == LANGUAGES[-1]
