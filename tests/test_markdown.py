"""What bodies refer to: golden cases, known references in known places, and texts of any kind."""

import json
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import golden, texts

from journal import markdown
from journal.markdown import Reference, folded, may_refer, references

ULID = "01KAJ2X7Q0M3C4V5B6N7Q8W9E0"
MIB = 1 << 20

# What references are made of, in any order.
BITS = st.lists(
    st.one_of(
        st.sampled_from(
            ["#", "#a", "#1", "#a-1/b", " #é", "##", "[[", "]]", "[[a]]", "[[b|c]]", "[[#x", "|",
             "\\|", "h-0123456789ab", "-2", ULID, ULID[:-1], "01", "https://", "journal:", "(", ")",
             ",", "](", "[", "]", ">", "- ", "* ", "1. ", "# ", "\n", "\n\n", " ", "\u3000", "\xa0",
             "\u2019", "\U0001f389", "\u0939\u093f", "a", "_", "/", ".", ":", "&"]
        ),
        texts,
    ),
    max_size=14,
).map("".join)  # fmt: skip


def shown(found: Reference) -> list[str | int]:
    more = [found.label] if found.label else []
    return [found.kind, found.target, found.line, *more]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [case[1:] for case in golden("links")],
    ids=[case[0] for case in golden("links")],
)
def test_golden_cases(body: str, wanted: str) -> None:
    assert [shown(found) for found in references(body)] == [
        json.loads(line) for line in wanted.splitlines()
    ]


# A block, and whether the references in it count; `{}` is one.
BLOCKS = [
    ("{}", True), ("Words {} and `code`.", True), ("# {}", True), ("{}\n---", True),
    ("- {}\n- `x`", True), ("> {}", True), ("1. a\n\n   {}", True), ("*{}* **{}**", True),
    ("two\nlines {}\nand\nmore {}", True), ("a [{} text](https://a.example)", True),
    ("<b>{}</b>", True), ("> - a\n>\n>   {}", True), ("`a` {} ``b ` c`` {}", True),
    ("```\n{}\n```", False), ("~~~ {}\n{}\n~~~", False), ("    {}", False),
    ("<p>\n{}\n</p>", False), ("- a\n\n      {}", False), ("> ```\n> {}\n> ```", False),
    ("<!-- {}\n\n{} -->", False),
    ("x <b a='{}'>", False), ("[x](<{}>)", False), ("![{}](x)", False), ("[x](y '{}')", False),
    ("<https://a.example/{}>", False), ("https://a.example/{}", False), ("\t{}", False),
    ("x <!-- a\n{} -->", False), ("[x]: y\n  '{}'", False),
]  # fmt: skip
NAMES = [("#t{}", "tag", "t{}"), ("[[w{}]]", "wikilink", "w{}"), (ULID, "entry", ULID)]


@given(st.lists(st.tuples(st.sampled_from(BLOCKS), st.sampled_from(NAMES)), max_size=12))
def test_what_counts_is_found_on_its_line_and_nothing_else(
    chosen: list[tuple[tuple[str, bool], tuple[str, str, str]]],
) -> None:
    body, wanted = "", []
    for number, ((block, counts), (text, kind, target)) in enumerate(chosen):
        first = body.count("\n") + 1
        if counts:
            for line, row in enumerate(block.split("\n"), first):
                wanted += [(kind, target.format(number), line)] * row.count("{}")
        # A comment between blocks, for a list would go on in the next one.
        body += block.replace("{}", text.format(number)) + "\n\n<!-- -->\n\n"
    assert [(f.kind, f.target, f.line) for f in references(body)] == wanted
    assert may_refer(body.encode()) or not wanted


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[1])
def test_only_ids_count_in_code_spans(name: tuple[str, str, str]) -> None:
    text, kind, _ = name
    found = [one.kind for one in references(f"`{text}` and `` ` {text} ``")]
    assert found == (["entry", "entry"] if kind == "entry" else [])


@given(BITS)
@example("#\x85#a")
@example("\x1c#a")
@example("\xa0\n#a `x`")
@example("> \u3000\n> \xa0\n> #a `x`")
@example("\0 #a `x` \0\n\0#b")
@example("#a\r#b `x`\r\n#c")
@example("`" * 50 + "[[a]]" + "`" * 49)
@example("[" * 500 + "#a" + "]" * 500 + "`")
@example("> " * 500 + "#a `x`")
@example("- " * 500 + "#a `x`")
@example("#a `x` \ud800")
def test_nothing_raises_and_no_line_is_made_up(body: str) -> None:
    lines = body.split("\n")
    for found in references(body):
        assert found.kind in {"tag", "wikilink", "entry"}
        assert found.target
        assert 1 <= found.line <= len(lines)
        assert found.target in lines[found.line - 1]


@given(BITS)
@example("\x1f#a")
@example("\u2028#a")
@example("#\U0001f389")
@example("#1_/a")
@example(f"x{ULID}")
def test_what_may_not_refer_does_not(body: str) -> None:
    assert may_refer(body.encode()) or not references(body)


@given(BITS.filter(lambda text: not markdown._NEEDS_PARSER.search(text)))
@example("- #a\n  > #b\n>#c\n# #d #\n#e\n===\n")
@example("1. [[a]]\n   - [[b]]\n***\n#c\n\u3000#d")
def test_bodies_that_need_no_parser_are_read_as_it_reads_them(body: str) -> None:
    plain = [shown(found) for found in markdown._in_text(body, 1)]
    assert plain == [shown(found) for found in markdown._in_markdown(body)]


@pytest.mark.parametrize(
    "body",
    ["`#a`", "<b c='( #a'>", "\\#a", "\t#a", "~~~\n#a\n~~~", "    #a", "[b](#a)", "[b]:  #a"],
)
def test_each_mark_that_needs_the_parser_alone(body: str) -> None:
    assert references(body) == ()


@pytest.mark.parametrize("body", ["#a", "x (#1a", "[[a]]", "h-0123456789ab", ULID, f"({ULID})"])
def test_each_kind_of_reference_alone(body: str) -> None:
    assert len(references(body)) == 1
    assert may_refer(body.encode())


COMMITS = [
    "Fix #123, see also #4567 and #8.", "# Title\n\n## Part\n\ntext", "C# and F# and a#b",
    "https://example.org/page#part", "array[i][j] = [1, [2, 3]]", "a high-level, x86-64, h-index",
    "Change-Id: I0123456789abcdef0123456789abcdef01234567", "#!/bin/sh", "#\n#\n", "&#123; #1.",
    "3f2a9c1d0b7e4f6a8b9c0d1e2f3a4b5c6d7e8f90", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
]  # fmt: skip


@pytest.mark.parametrize("body", COMMITS)
def test_most_bodies_are_ruled_out_at_once(body: str) -> None:
    assert not may_refer(body.encode())


def test_no_parser_is_imported_for_a_plain_body() -> None:
    code = (
        "import sys; from journal.markdown import references;"
        "assert len(references('#a [[b]] c')) == 2; assert 'markdown_it' not in sys.modules;"
        "assert len(references('#a [[b]] `c`')) == 2; assert 'markdown_it' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("bit", ["[", "#", "*", "`", "> ", "![", "<", "[[a", "- #a `\n"])
def test_a_mebibyte_of_one_mark_is_read(bit: str) -> None:
    # Without its bounds the parser would take half a minute for some of these.
    found = references("#a `x`\n\n" + bit * (MIB // len(bit)))
    assert shown(found[0]) == ["tag", "a", 1]


def test_the_bounds() -> None:
    # What counts beyond them is the journal's choice: no text may take long.
    plain = "words\n" * 100_000
    assert [one.line for one in references(f"{plain}#a")] == [100_001]
    assert references(f"`x`\n{plain}#a") == ()
    paragraph = "`a #no` " + "x" * 70_000
    assert [one.target for one in references(f"{paragraph} #yes")] == ["no", "yes"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Soup", "soup"), ("CRE\u0300ME", "cr\xe8me"), ("a  b", "A B"), ("STRASSE", "straße")],
)
def test_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert folded(one) != folded(other + "x")
