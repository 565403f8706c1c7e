"""What can be asked: everything that is no misuse, and a misuse is pointed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from journal.errors import UsageError
from journal.recall.parsing import parse
from journal.recall.query import And, Field, Node, Not, Or, Phrase, Prefix, Word
from journal.recall.stems import stem
from journal.recall.stopwords import STOP


def shown(node: Node | None) -> str:  # noqa: PLR0911 - one for each kind
    """The query as a few letters."""
    match node:
        case And(parts):
            return f"({' '.join(map(shown, parts))})"
        case Or(parts):
            return f"({'|'.join(map(shown, parts))})"
        case Not(part):
            return f"-{shown(part)}"
        case Word(text):
            return text
        case Phrase(held):
            return f'"{" ".join(held)}"'
        case Prefix(text):
            return f"{text}*"
        case Field(name, value):
            return f"{name}={value}"
    return ""


READ = [
    ("red apple", "(red apple)"), ("Red  RED", "red"), ("red AND apple", "(red apple)"),
    ("x|y red", "(x y red)"), ("red OR green apple", "(red|(green apple))"),
    ("(red OR green) apple", "((red|green) apple)"), ("NOT red", "-red"), ("--red", "red"),
    ("-red", "-red"), ("- red", "red"), ("x-ray", "(x ray)"), ("-(red apple)", "-(red apple)"),
    ('-"red apple"', '-"red apple"'), ("red and apple or not", "(red apple)"),
    ("what is the plan?", "plan"), ("don't panic!", "panic"), ("to be or not to be",
    "(to be or not)"), ("the -plan", "(the -plan)"), ("the OR plan", "(the|plan)"),
    ("kind:task", "kind=task"), ("Kind:task", "kind=task"), ("kind: task", "(kind task)"),
    ("tags:x", "tag=x"), ('tag:"a b"', "tag=a b"), ('tag:""', "tag"), ("tag:a:b", "tag=a:b"),
    ("tag:(x)", "tag=(x)"), ("(tag:x)", "tag=x"), ("-tag:x", "-tag=x"),
    ("http://kind.org/x", "(http kind org x)"), ("std::sort", "(std sort)"), ("10:30", "(10 30)"),
    ("node:fs", "(node fs)"), ("C:\\temp", "(c temp)"), ("fix: the bug", "(fix bug)"),
    ("alloc*", "alloc*"), ("Ünï*", "uni*"), ("*", ""), ("**bold**", "bold"), ("a.b*", "b*"),
    ("x.b*", "(x b*)"), ("2 * 3", "(2 3)"), ("f(x)", "(f x)"), ("(f(x) OR y)", "((f x)|y)"),
    ("smile :)", "smile"), (") red", "red"), ("()", ""), ("red ()", "red"), ("...", ""),
    ('5" disk', "(5 disk)"), ('"..."', ""), ('"a the"', '"a the"'), ("NOT ...", ""),
    ("red OR ...", "red"), ("日本語", '"日本語"'), ("日", "日*"), ("日本*", '"日本"'),
    ("text日本", '(text "日本")'), ("NOT NOT red", "red"), ("NOT -red", "red"),
    ("ＡＮＤ red", "red"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), READ)
def test_a_query_is_read_as(query: str, expected: str) -> None:
    assert shown(parse(query)) == expected


MISUSED = [
    ('"red', 1, "never closed"), ('red "apple', 5, "never closed"), ("(red", 1, "never closed"),
    ("red (a OR (b)", 5, "never closed"), ("red AND", 5, "after AND"), ("AND red", 1, "before AND"),
    ("red OR", 5, "after OR"), ("OR", 1, "before OR"), ("NOT", 1, "after NOT"),
    ("a AND AND b", 3, "after AND"), ("a OR OR b", 3, "after OR"), ("(a AND)", 4, "after AND"),
    ("(OR a)", 2, "before OR"), ("red -", 0, ""), ("a NOT AND b", 3, "after NOT"),
    ("autor:anna", 1, "no field autor"), ("red kinds:x", 5, "no field kinds"),
    ("author:anna", 1, "no field author"), ('tag:"x', 5, "never closed"),
    ("(" * 60 + "a" + ")" * 60, 41, "too many"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "place", "what"), MISUSED)
def test_a_misuse_is_pointed_at(query: str, place: int, what: str) -> None:
    if not what:
        parse(query)
        return
    with pytest.raises(UsageError) as error:
        parse(query)
    assert error.value.kind == "bad-query"
    assert what in error.value.message
    assert f"at character {place} of" in error.value.message
    *_, line, caret = error.value.hint.split("\n")
    assert line[caret.index("^")] == query[place - 1]


def test_the_hint_says_what_was_meant() -> None:
    with pytest.raises(UsageError) as error:
        parse("\tred\x1bx author:anna " + "x" * 200)
    assert "actor:" in error.value.hint
    assert "\x1b" not in error.value.hint
    line, caret = error.value.hint.split("\n")[-2:]
    assert line[caret.index("^") : caret.rindex("^") + 1] == "author:"
    assert len(line) < 100


@given(texts)
def test_any_text_is_read_or_refused_kindly(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert error.kind == "bad-query"  # noqa: PT017 - most texts are read


@given(texts)
def test_in_quotes_any_text_is_read(text: str) -> None:
    quoted = text.replace('"', " ")
    assert isinstance(parse(f'"{quoted}"'), Phrase | Prefix | None)


@given(st.lists(st.sampled_from(sorted(STOP)), min_size=1, max_size=4))
def test_words_that_say_nothing_count_when_they_are_all_there_is(some: list[str]) -> None:
    assert shown(parse(" ".join(some))).strip("()").split() == list(dict.fromkeys(some))
    assert shown(parse(" ".join([*some, "deadlock"]))) == "deadlock"


# From the algorithm's own sample vocabulary and exceptions, as snowballstemmer 3.1 stems them.
STEMS = """
consign:consign consigned:consign consigning:consign consignment:consign consist:consist
consistency:consist consistent:consist consistently:consist consists:consist consolation:consol
knack:knack knackeries:knackeri knaves:knave knees:knee knew:knew knightly:knight knots:knot
add:add added:add adding:add egg:egg hopped:hop hoping:hope hoped:hope hop:hop tanned:tan
falling:fall hissing:hiss fizzed:fizz failing:fail filing:file happy:happi happily:happili
sky:sky skies:sky dying:die lying:lie tying:tie ties:tie cries:cri dies:die gas:gas gaps:gap
this:this kiwis:kiwi generously:generous communism:communism arsenal:arsenal universal:universal
relational:relat conditional:condit rational:ration valency:valenc digitizer:digit operator:oper
feudalism:feudal decisiveness:decis callousness:callous formality:formal sensitivity:sensit
sensibility:sensibl apology:apolog geologist:geolog geology:geolog electrical:electr
hopeful:hope goodness:good revival:reviv allowance:allow inference:infer adjustable:adjust
replacement:replac adoption:adopt communicate:communic bowdlerize:bowdler probate:probat
rate:rate cease:ceas controll:control roll:roll proceed:proceed exceed:exceed succeed:succeed
innings:inning evening:evening outing:outing yes:yes youth:youth boy:boy boyish:boyish
enjoy:enjoy enjoying:enjoy employ:employ early:earli only:onli singly:singl news:news
atlas:atlas bias:bias agreed:agre agreedly:agre feed:feed plastered:plaster motoring:motor
bled:bled sing:sing conflated:conflat troubled:troubl sized:size pasted:paste pasting:paste
past:past interesting:interest internal:internal later:later organization:organiz
emergency:emergenc radically:radic brotli:brot yyyful:yyy
"""


@pytest.mark.parametrize("pair", STEMS.split())
def test_stems(pair: str) -> None:
    word, expected = pair.split(":")
    assert stem(word) == expected


@given(st.text())
def test_anything_has_a_stem(text: str) -> None:
    assert stem(text) or not text
    assert len(stem(text)) <= len(text) + 1


def test_what_people_write_of_fields() -> None:
    assert parse("kind:TASK") == Field("kind", "task")
    assert parse("kind:Odd") == Field("kind", "Odd")
    assert parse("tag:#search") == Field("tag", "search")
    with pytest.raises(UsageError, match="kind: takes one value") as caught:
        parse("kind:(task OR fact)")
    assert "(kind:… OR kind:…)" in caught.value.hint
