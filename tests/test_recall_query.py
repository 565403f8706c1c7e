"""What can be asked: everything that is no misuse, and a misuse is pointed at."""

import re
import shlex
from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from journal import clock
from journal.errors import UsageError
from journal.recall.bags import MOST
from journal.recall.dated import Dated
from journal.recall.parsing import LONGEST, parse
from journal.recall.query import And, Asked, Bag, Field, Node, Not, Or, Phrase, Prefix, Word
from journal.recall.stems import stem
from journal.recall.stopwords import STOP

TODAY = date(2026, 11, 21)


def shown(node: Node) -> str:  # noqa: PLR0911 - one for each kind
    """The query as a few letters: a bag in brackets, what must hold in parentheses."""
    match node:
        case And(parts):
            return f"({' '.join(map(shown, parts))})"
        case Or(parts):
            return f"({'|'.join(map(shown, parts))})"
        case Bag(parts):
            return f"[{' '.join(map(shown, parts))}]"
        case Not(part):
            return f"-{shown(part)}"
        case Phrase(held):
            return f'"{" ".join(held)}"'
        case Field(name, value):
            return f"{name}={value}"
        case Prefix(text):
            return f"{text}*"
        case Word(text):
            return text


def asked(text: str) -> Asked:
    """The query, which asks for something."""
    found = parse(text, today=TODAY)
    assert found is not None
    return found


def read(text: str) -> str:
    """The query as a few letters, empty for none."""
    found = parse(text, today=TODAY)
    return "" if found is None else shown(found.node)


BAGS = [
    ("red apple", "[red apple]"), ("Red  RED", "red"), ("red", "red"), ("(red)", "red"),
    ("(red apple) pie", "[red apple pie]"), ("((red) (apple))", "[red apple]"),
    ("what is the plan?", "plan"), ("Why do the tests hang?", "[tests hang]"),
    ("to be or not to be", "[to be or not]"), ("why not and or", "[why not and or]"),
    ("What did Bob say (yesterday)?", "[bob say yesterday]"), ("don't panic!", "panic"),
    ("red and apple or not", "[red apple]"), ("alloc*", "alloc*"), ("alloc* x", "[alloc* x]"),
    ("Ünï*", "uni*"), ("x.b*", "[x b*]"), ("x|y red", "[x y red]"), ("Café", "cafe"),
    ("fooBar", "[foobar foo bar]"), ("foo_bar", "[foo_bar foo bar]"),
    ("src/api.py", "[src api py src/api.py api.py]"), ("C++", "[c c++]"), ("f(x)", "[f x]"),
    ("日本語", "[日本 本語]"), ("日本", "日本"), ("日", "日*"), ("日本*", '"日本"'),
    ("text日本", "[text 日本]"), ("日本語の本 x", "[日本 本語 語の の本 x]"),
]  # fmt: skip
STRICT = [
    ("red AND apple", "(red apple)"), ("red AND apple pie", "(red apple pie)"),
    ("red OR green", "(red|green)"), ("red OR green apple", "(red|green|apple)"),
    ("(red OR green) apple", "((red|green) apple)"), ("red AND a OR b", "(red|b)"),
    ("(red OR green) AND new", "((red|green) new)"), ("a1 AND (b1 OR c1)", "(a1 (b1|c1))"),
    ("(red apple) AND pie", "([red apple] pie)"), ("red OR ...", "red"),
    ('"flaky tests"', '"flaky tests"'), ('"flaky tests" red green', '("flaky tests" [red green])'),
    ('what is "the plan" of', '"the plan"'), ('"a the"', '"a the"'), ("“flaky tests” red",
    '("flaky tests" red)'), ('"..."', ""), ('"日本語" 日本', '("日本語" 日本)'),
    ("kind:task flaky tests", "(kind=task [flaky tests])"), ("kind:task the", "kind=task"),
    ("NOT red", "-red"), ("-red", "-red"), ("-red apple pie", "(-red [apple pie])"),
    ("the -plan", "(-plan the)"), ("the AND plan", "plan"), ("the OR plan", "(the|plan)"),
    ("-(red apple) pie", "(-red -apple pie)"), ("-(red OR apple)", "(-red -apple)"),
    ("-(red AND apple)", "-(red apple)"), ('-"red apple"', '-"red apple"'), ("NOT NOT red", "red"),
    ("NOT -red apple", "[red apple]"), ("-(NOT red)", "red"), ("NOT ...", ""), ("- red", "red"),
    ("fooBar AND red", "((foobar|(foo bar)) red)"), ("-fooBar", "(-foobar -(foo bar))"),
    ("fooBar OR red", "(foobar|(foo bar)|red)"), ("x-ray OR ct", "((x ray)|ct)"),
    ("src/api.py AND red", "(src api py red)"), ("C++ AND red", "(c c++ red)"),
    ("#12 AND red", "(12 #12 red)"), ("日本語 AND red", '("日本語" red)'), ("-日本語", '-"日本語"'),
    ("alloc* AND red", "(alloc* red)"), ("x.alloc* AND red", "(x alloc* red)"),
    ("ＡＮＤ red", "red"),
]  # fmt: skip
FIELDS = [
    ("kind:task", "kind=task"), ("Kind:TASK", "kind=task"), ("kind:Odd", "kind=Odd"),
    ("kind: task", "[kind task]"), ("tags:x", "tag=x"), ("tag:#search", "tag=search"),
    ('tag:"a b"', "tag=a b"), ('tag:""', "tag"), ("tag:a:b", "tag=a:b"), ("tag:(x)", "tag=(x)"),
    ("(tag:x)", "tag=x"), ("-tag:x", "-tag=x"), ("kind:task AND tag:x", "(kind=task tag=x)"),
    ("std::sort", "[std sort]"), ("fix: the bug", "[fix bug]"),
    ("tile:3", "[tile 3]"),
    ("time:5pm", "[time 5pm]"),
]  # fmt: skip
PROSE = [
    "?", "!", "*", "...", "()", "(?)", ":", "/", "#", "@", "-", "--", '"', "(", ")", "(: :)", "",
    " \t\n",
]  # fmt: skip
TEXT = [
    ('3.5" disk', "disk"), ('5" and 6" disks', "disks"), ('" disk', "disk"), ('disk "', "disk"),
    ("a (: smile", "smile"), ("smile :)", "smile"), (") red", "red"), ("red ()", "red"),
    ("--red", "red"), ("2 * 3 stars", "stars"), ("**bold**", "bold"), ("1) red", "red"),
    ("node:fs", "fs"), ("C:\\temp", "temp"), ("http://kind.org/x", "kind"), ("10:30 red", "red"),
    ("@anna: #search / why?", "search"), ("f(red", "red"), ("Portland OR", "portland"),
    ("NOT", "not"), ("AND", "and"), ("OR", "or"), ("is it AND?", "and"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), [*BAGS, *STRICT, *FIELDS])
def test_a_query_is_read_as(query: str, expected: str) -> None:
    assert read(query) == expected


@pytest.mark.parametrize("query", PROSE)
def test_signs_ask_for_nothing(query: str) -> None:
    assert parse(query) is None


@pytest.mark.parametrize(("query", "word"), TEXT)
def test_prose_is_plain_words(query: str, word: str) -> None:
    found = asked(query)
    words = found.node.parts if isinstance(found.node, Bag) else (found.node,)
    assert word in {one.text for one in words if isinstance(one, Word)}
    assert word in found.words


MISUSED = """
red "apple pie
this quote is never closed, at character 5 of the query
close it, or leave it out
  red "apple pie
      ^
did you mean: red "apple pie"
---
("red OR x)
this quote is never closed, at character 2 of the query
close it, or leave it out
  ("red OR x)
   ^
did you mean: ("red OR x")
---
tag:"x
this quote is never closed, at character 5 of the query
close it, or leave it out
  tag:"x
      ^
did you mean: tag:"x"
---
red (a OR (b)
this parenthesis is never closed, at character 5 of the query
close it; in double quotes anything is looked for as text
  red (a OR (b)
      ^
did you mean: red (a OR (b))
---
red AND
there is nothing after AND, at character 5 of the query
say what is on both sides of it; in small letters it is a word like any other
  red AND
      ^^^
did you mean: red
---
OR red
there is nothing before OR, at character 1 of the query
say what is on both sides of it; in small letters it is a word like any other
  OR red
  ^^
did you mean: red
---
a AND OR AND b
there is nothing after AND, at character 3 of the query
say what is on both sides of it; in small letters it is a word like any other
  a AND OR AND b
    ^^^
did you mean: a AND b
---
(red OR) AND b
there is nothing after OR, at character 6 of the query
say what is on both sides of it; in small letters it is a word like any other
  (red OR) AND b
       ^^
did you mean: (red) AND b
---
"red" apple OR
there is nothing after OR, at character 13 of the query
say what is on both sides of it; in small letters it is a word like any other
  "red" apple OR
              ^^
did you mean: "red" apple
---
red NOT
there is nothing after NOT, at character 5 of the query
say what is on both sides of it; in small letters it is a word like any other
  red NOT
      ^^^
did you mean: red
---
tgs:x
there is no field tgs, at character 1 of the query
for example tag:x; "tgs:" in quotes is looked for as text
  tgs:x
  ^^^^
did you mean: tag:x
---
red sesison:"a b"
there is no field sesison, at character 5 of the query
for example session:"a b"; "sesison:" in quotes is looked for as text
  red sesison:"a b"
      ^^^^^^^^
did you mean: red session:"a b"
---
日本語 author:anna
there is no field author, at character 5 of the query
for example actor:anna; "author:" in quotes is looked for as text
  日本語 author:anna
         ^^^^^^^
did you mean: 日本語 actor:anna
---
red since:2023-05-01 apple
there is no field since, at character 5 of the query
for times there is --since; "since:" in quotes is looked for as text
  red since:2023-05-01 apple
      ^^^^^^
did you mean: red apple --since 2023-05-01
---
(red since:2023-05-01
there is no field since, at character 6 of the query
for times there is --since; "since:" in quotes is looked for as text
  (red since:2023-05-01
       ^^^^^^
did you mean: '(red)' --since 2023-05-01
---
red AND date:"last week"
there is no field date, at character 9 of the query
for times there is --since and --until; "date:" in quotes is looked for as text
  red AND date:"last week"
          ^^^^^
did you mean: red --since "last week" --until "last week"
---
red -mac day:18/11/2026
there is no field day, at character 10 of the query
for times there is --since and --until; "day:" in quotes is looked for as text
  red -mac day:18/11/2026
           ^^^^
did you mean: 'red -mac' --since 2026-11-18 --until 2026-11-18
---
since:yesterday )
there is no field since, at character 1 of the query
for times there is --since; "since:" in quotes is looked for as text
  since:yesterday )
  ^^^^^^
did you mean: WORDS --since yesterday
---
date:2023
there is no field date, at character 1 of the query
for times there is --since and --until; "date:" in quotes is looked for as text
  date:2023
  ^^^^^
did you mean: WORDS --since 2023 --until 2023
---
red kind:(task OR "fact", odd)
kind: takes one value, at character 5 of the query
say it with each: (kind:… OR kind:…)
  red kind:(task OR "fact", odd)
      ^^^^^^
did you mean: red (kind:task OR kind:"fact" OR kind:odd)
---
autor:anna AND
there is no field autor, at character 1 of the query
for example actor:anna; "autor:" in quotes is looked for as text
  autor:anna AND
  ^^^^^^
did you mean: actor:anna
"""
ERRORS = [case.strip("\n").split("\n", 1) for case in MISUSED.split("---")]


@pytest.mark.parametrize(("query", "told"), ERRORS)
def test_a_misuse_is_pointed_at(query: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(query)
    assert error.value.kind == "bad-query"
    assert f"{error.value.message}\n{error.value.hint}" == told
    assert parse(query_of(told.rpartition("did you mean: ")[2]))


@pytest.mark.parametrize("query", ["red date:31/02/2026", "since:May-be red", "red day:05/07/2023"])
def test_of_a_time_that_is_none_nothing_is_suggested(query: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(query)
    assert "--since" in error.value.hint
    assert "did you mean" not in error.value.hint


def query_of(meant: str) -> str:
    """The query of what is suggested, whose options have times that can be read."""
    if not re.search(r"(?<!\S)--(since|until) ", meant):
        return meant
    words = shlex.split(meant)
    times = ("--since", "--until")
    lead = words.index("--") if words[0] in times else 0
    while words[-2:-1] and words[-2] in times:
        words = check_option(words[-2:], words[:-2])
    for at in range(0, lead, 2):
        check_option(words[at : at + 2], [])
    return " ".join(words[lead + 1 :] if lead else words)


def check_option(option: list[str], rest: list[str]) -> list[str]:
    """The rest, if the option's time can be read."""
    name, value = option
    (clock.parse_since if name == "--since" else clock.parse_until)(value, UTC, clock.now())
    return rest


@pytest.mark.parametrize("query", ["(" * 60 + "a1" + ")" * 60, "(a1 OR " * 50 + "b" + ")" * 50])
def test_too_many_parentheses_are_too_many(query: str) -> None:
    with pytest.raises(UsageError, match="too many parentheses") as error:
        parse(query)
    assert "did you mean: a1" in error.value.hint or len(query) > 200


def test_only_the_place_is_shown_and_nothing_that_a_terminal_obeys() -> None:
    with pytest.raises(UsageError) as error:
        parse("\tred\x1bx author:anna " + "x" * 300)
    _, line, caret = error.value.hint.split("\n")
    assert "\x1b" not in error.value.hint
    assert line[caret.index("^") : caret.rindex("^") + 1] == "author:"
    assert len(line) < 100


def test_a_pasted_text_is_plain_words() -> None:
    assert read('Error: "x (\nauthor:anna AND') == "[error x author anna]"
    assert read("kind:task\nAND red") == "(kind=task red)"
    assert read('one\n"two three"\n-four\nfive') == "[one two three four five]"
    log = " ".join(f'w{number} AND "(' for number in range(100_000))
    assert len(log) > LONGEST
    found = asked(log)
    assert isinstance(found.node, Bag)
    assert len(found.node.parts) == MOST
    assert found.node.parts[0] == Word("w0", "w0")
    assert len(found.words) == 1_000


def test_the_plain_words_are_kept() -> None:
    found = asked('When did Anna see "the red fox" -in tag:x fooBar AND (the the)?')
    assert found.words == ("when", "did", "anna", "see", "foobar", "the", "the")


def test_a_word_has_its_term() -> None:
    assert asked("testing flies").node == Bag((Word("testing", "test"), Word("flies", "fli")))


def test_dates_are_seen_from_the_day() -> None:
    may = Dated(date(2023, 5, 1), date(2023, 5, 31))
    assert asked("what broke in May 2023?").dates == (may,)
    assert asked('"May 2023" red').dates == ()
    assert asked("red -yesterday").dates == ()
    assert asked("yesterday").dates == (Dated(date(2026, 11, 20), date(2026, 11, 20)),)
    assert (now := parse("today")) is not None
    assert now.dates != ()


CUES = [
    ("When did it break?", "question when"), ("since when", "when"),
    ("so, when is it due", "when"), ("what happened when it broke", "question which"),
    ("tell me when it did", ""), ("tell me when did it", "when"),
    ("What year was it?", "question when which"), ("In which month", "question when"),
    ("How long did it take?", "count question when"), ("how many tests", "count list question"),
    ("How often", "count question"), ("what is the number", "question which"),
    ("Which percentage", "count question which"), ("how is it", "question"),
    ('"how many" x', ""), ("Who is called Ada?", "name question which"),
    ("where", "place question which"), ("which cities did we visit", "list place question which"),
    ("What books has he read?", "list question title which"), ("release plans", ""),
    ("do I like the plan", "liking plan question"), ("What did both say?", "list question which"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "cues"), CUES)
def test_what_kind_of_answer_is_asked_for(query: str, cues: str) -> None:
    assert " ".join(sorted(asked(query).cues)) == cues


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ('what is "Dune Two" about?', "what is Dune Two about?"),
        ('When did we watch "Eternal Sunshine?', "When did we watch Eternal Sunshine?"),
        ("What of “Dune Two”?", "What of Dune Two?"),
    ],
)
def test_a_question_may_quote(query: str, same: str) -> None:
    assert asked(query) == asked(same)


@pytest.mark.parametrize(
    "query", ['"Dune Two"?', 'what of "Dune Two"', 'x OR "Dune Two"?', 'x -"Dune Two"?',
              'title:"Dune Two" what?']
)  # fmt: skip
def test_quotes_elsewhere_are_meant(query: str) -> None:
    assert asked(query) != asked(query.replace('"', ""))


@given(texts)
def test_any_text_is_read_or_refused_kindly(text: str) -> None:
    try:
        parse(text)
    except UsageError as error:
        assert error.kind == "bad-query"  # noqa: PT017 - most texts are read
        assert "^" in error.hint  # noqa: PT017


signs = st.lists(
    st.sampled_from(
        """AND OR NOT - ( ) " x y* tag: a-b 日本 . autor: kind:(a,b) since:2026-11-18 -- --z $x '
        date:31/02/2026 until:"last,week" day:18/11/2026 before: 7,May 5pm since:-7d""".split()
    ).map(lambda piece: piece.replace(",", " "))
)


@given(signs, st.sampled_from(["", " "]))
def test_what_is_suggested_can_be_read(some: list[str], between: str) -> None:
    try:
        parse(between.join(some))
    except UsageError as error:
        meant = error.hint.rpartition("did you mean: ")
        assert not meant[1] or parse(query_of(meant[2]))


@given(texts)
def test_in_quotes_any_text_is_read(text: str) -> None:
    quoted = " ".join(text.replace('"', " ").splitlines())
    found = parse(f'"{quoted}"')
    assert found is None or isinstance(found.node, Phrase | Prefix)


@given(texts.filter(lambda text: "\n" in text.strip()))
def test_of_several_lines_nothing_is_an_error(text: str) -> None:
    assert isinstance(parse(text), Asked | None)


@given(st.lists(st.sampled_from(sorted(STOP)), min_size=1, max_size=4))
def test_words_that_say_nothing_count_when_they_are_all_there_is(some: list[str]) -> None:
    assert read(" ".join(some)).strip("[]").split() == list(dict.fromkeys(some))
    assert read(" ".join([*some, "deadlock"])) == "deadlock"


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
