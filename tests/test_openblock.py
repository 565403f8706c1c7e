"""The closing line after a body, against golden cases and with markdown-it as the oracle."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.openblock import closing

ROOT = Path(__file__).resolve().parent.parent
HEADING = "## 10:00:00 x\n"
EXAMPLES = settings(deadline=None, max_examples=max(1_500, settings().max_examples))


def blocks_of(*, without: tuple[str, ...] = (), tables: bool = False) -> MarkdownIt:
    # Only the block structure counts here, and how deep markdown-it is ready to go doesn't.
    parser = MarkdownIt("commonmark", {"maxNesting": 1_000}).disable(["inline", *without])
    return parser.enable("table") if tables else parser


VIEWERS = [blocks_of(), blocks_of(tables=True)]
# Link definitions, like tables without `tables`, are text of paragraphs to this one.
PARAGRAPHS_VIEWER = blocks_of(without=("reference",))


def survives(viewer: MarkdownIt, body: str, line: str) -> bool:
    """Whether the next entry's heading is one after `body` and, if not empty, the closing line."""
    above = body + ("" if body.endswith("\n") else "\n") + (f"{line}\n" if line else "") + "\n"
    headings = [token for token in viewer.parse(above + HEADING) if token.type == "heading_open"]
    row = above.count("\n")
    return bool(headings) and headings[-1].level == 0 and headings[-1].map == [row, row + 1]


def check(body: str, viewers: list[MarkdownIt]) -> None:
    line = closing(body)
    assert "\n" not in line
    for viewer in viewers:
        assert survives(viewer, body, line), f"{line!r} lets {body!r} swallow the heading"
    if line:
        needless = all(survives(viewer, body, "") for viewer in viewers)
        assert not needless, f"{line!r} after {body!r}, which leaves nothing open"


GOLDEN = [
    # Fences: the same mark, at least as long, nothing after it, at most three spaces before it.
    ("", ""),
    ("text", ""),
    ("```", "```"),
    ("```\ncode", "```"),
    ("```\ncode\n", "```"),
    ("```\ncode\n\n\n", "```"),
    ("```\ncode\n```", ""),
    ("````\n```", "````"),
    ("```\n`````", ""),
    ("~~~ a`b ~~~\n```", "~~~"),
    ("~~~~~~~\n~~~~~~", "~~~~~~~"),
    ("``` a`b", ""),
    ("``", ""),
    ("   ```", "```"),
    ("    ```", ""),
    ("\t```", ""),
    ("```\n   ``` \t", ""),
    ("```\n    ```", "```"),
    ("```\n``` x", "```"),
    ("```\n```\xa0", "```"),
    ("text\n```", "```"),
    ("text\n    ```", ""),
    ("# heading\n```", "```"),
    ("text\n---\n```", "```"),
    ("***\n```", "```"),
    ("a\u2028```\nb\x0b```\nc\x85```\n\x0c```", ""),
    # Containers end what is open inside of them.
    ("> ```", ""),
    ("> ```\n```", "```"),
    ("> ```\ntext\n```", "```"),
    ("> text\n```", "```"),
    ("> text\n    ```", ""),
    ("> > text\n        ```", ""),
    ("> > text\n        <a>\n```", "```"),
    (">\t```", ""),
    ("- ```", ""),
    ("- ```\n\n  code", ""),
    ("- ```\n\ntext\n```", "```"),
    ("-   ```\n  ```", "```"),
    ("- text\n  ```", ""),
    ("- text\n ```", "```"),
    ("-\n  ```", ""),
    ("-\n\n  ```", "```"),
    ("- -\n\n  ```", ""),
    ("-     ```\n  ```\n  ```", ""),
    ("-     ```\n ```", "```"),
    ("-\t```", ""),
    ("- > ```\n  > ```\n```", "```"),
    ("- - -\n  ```", "```"),
    ("-text\n  ```", "```"),
    ("123456789. text\n           ```", ""),
    ("123456789. \n<a>\n<pre>", ""),
    ("1234567890. text\n   ```", "```"),
    ("- <!--\n\n  x\ntext\n<!--", "-->"),
    # How far an item is indented, and what tabs count where quote markers stand before them.
    ("-     +  \n  ```", ""),
    ("- >\t===\n<a>\n```", "```"),
    (" >\t  x\n<a>\n```", "```"),
    ("> - \tx\n<a>\n>-<!--\n   ```", ""),
    ("      x\n    - x\n>\t>\t2. x\n<a>\n```", "```"),
    ("1. -\t> x\n >\n   <pre>", "</pre>"),
    (" >* \n\n+  <!--", ""),
    (" >-   > x\n      * 2. x\n   <a>\n1. x\n  <!--", ""),
    # What may interrupt a paragraph, and what may not.
    ("text\n1. x\n   ```", ""),
    ("text\n01) x\n    ```", ""),
    ("text\n2. x\n   ```", "```"),
    ("text\n- \n  ```", "```"),
    ("text\n-\n  ```", "```"),
    ("text\n*\n  ```", "```"),
    ("text\n\n2. x\n   ```", ""),
    ("> text\n2. x\n   ```", ""),  # CommonMark has it lazy; markdown-it begins a list
    ("- text\n2. x\n   ```", ""),
    ("text\n===\n2. x\n   ```", ""),
    ("text\n<a>\n```", "```"),
    ("- x\n---\n  ```", "```"),
    ("2. x\n-\t\n  <!--", ""),
    ("   1. x\n    -   2. x\n  <a>\n<!--\n===", "-->"),
    ("####### x\n<a>\n```", "```"),
    # HTML, conditions 1 to 5.
    ("<!-- x", "-->"),
    ("<!-- x\n\ny -->", ""),
    ("<!-->\n```", "```"),
    ("   <!--", "-->"),
    ("    <!--", ""),
    ("text\n<!--", "-->"),
    ("text <!--", ""),
    ("<?php\n\n```", "?>"),
    ("<?php ?>", ""),
    ("<!DOCTYPE", ">"),
    ("<!x\n-->", ""),
    ("<!1", ""),
    ("<![CDATA[\n]] >", "]]>"),
    ("<![cdata[", ""),
    ("<pre>", "</pre>"),
    ("<PRE\n", "</pre>"),
    ("<script src='x'>\n</Style> x", ""),
    ("<style>\n</style >", "</style>"),
    ("<textarea\tx", "</textarea>"),
    ("<pre\xa0x", "</pre>"),
    ("<prefix>\n```", ""),
    ("</pre>\n```", ""),
    ("<pre/>\n```", ""),
    ("<pre>\n```\n</pre>\n```", "```"),
    ("```\n<!--\n```", ""),
    # HTML, conditions 6 and 7: a blank line ends it, a fence inside of it isn't one.
    ("<div>\n```", ""),
    ("<div>\n```\n\ntext", ""),
    ("<div>\n\n```", "```"),
    ("</DIV/>\n```", ""),
    ("<div-x>\n```", ""),
    ("<div x\n```", ""),
    ("<bloc\u212aquote x\n```", "```"),
    ("<a>\n```", ""),
    ("</a >\n```", ""),
    ("<a-1 b c:d=e f='\"' g = \"'\" />  \n```", ""),
    ("<a b=c\xa0d='e'>\n```", ""),
    ("<a b=\xa0>\n```", ""),
    ("<a b=c\xa01>\n```", ""),
    ("<a b :c x.y=1>\n```", ""),
    ("<a b=`>\n```", "```"),
    ("<a> x\n```", "```"),
    ("<a b\n```", "```"),
    ("<a 1>\n```", "```"),
    ("<a b='c'd>\n```", "```"),
    ("<a =b>\n```", "```"),
    ("</a b>\n```", "```"),
    ("<1>\n```", "```"),
    # Tables and link definitions, which end like paragraphs.
    ("a | b\n--|--\n1 | 2\n```", "```"),
    ("a | b\n--|--\n1 | 2", ""),
    ("[a]: /x\n```", "```"),
    ("[a]: /x '\n```\n'", "```"),
]


@pytest.mark.parametrize(("body", "line"), GOLDEN)
def test_golden_cases(body: str, line: str) -> None:
    assert closing(body) == line


@pytest.mark.parametrize("body", [body for body, _ in GOLDEN])
def test_golden_cases_agree_with_viewers(body: str) -> None:
    check(body, VIEWERS)


@pytest.mark.parametrize("marker", ["> ", "- ", "1. > "])
def test_nesting_without_end_is_read(marker: str) -> None:
    assert closing(marker * 5_000 + "x\n\n```") == "```"


# Where a link definition or a table is directly followed by what can't interrupt a paragraph,
# viewers disagree. These bodies are read as by those that see a paragraph.
@pytest.mark.parametrize(
    "body",
    ["[a]: /x\n<a>\n```", "[a]: /x\n2. x\n   ```", "a|b\n-|-\n2. x\n   ```", "```a|b\n--|--"],
)
def test_definitions_and_tables_are_read_as_paragraphs(body: str) -> None:
    assert closing(body) == "```"
    check(body, [PARAGRAPHS_VIEWER])


def spec_examples(data: Path) -> list[str]:
    archive = data / "transcripts-dev.tar.xz"
    if not archive.is_file():
        pytest.skip(f"no {archive.name} in the development data")
    bodies = []
    with tarfile.open(archive) as members:
        for member in members:
            if member.name.startswith("parsing/") and member.name.endswith("/spec.json"):
                text = members.extractfile(member)
                assert text is not None
                bodies += [case["markdown"] for case in json.load(text)]
    return bodies


def test_every_spec_example_cut_at_every_line(dev_data: Path) -> None:
    bodies = spec_examples(dev_data)
    assert len(bodies) > 600
    for body in bodies:
        lines = body.split("\n")
        for count in range(1, len(lines) + 1):
            check("\n".join(lines[:count]), VIEWERS)


FENCES = [mark * size for mark in "`~" for size in (3, 4, 5)]
FENCES += ["``", "```\n", "~~~\n", "``` py", "``` a`b", "~~~ a`b", "~~~~ ~"]
CONTAINERS = ["- ", "-", "* ", "*", "+ ", "1. ", "1.", "01. ", "2. ", "2) ", "10) ", "> ", ">"]
INDENTS = [" " * size for size in range(1, 9)] + ["\t", "\t\t"]
HTML = [
    "<!-- ",
    "<!-->",
    "-->",
    "<?",
    "?>",
    "<!X",
    ">",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script>",
]
HTML += ["<pre", "</pre>", "<style>", "</style>", "<textarea x>", "</textarea>", "<div>", "</div>"]
HTML += ["<a>", "</a>", "<a b", "<a b='c' d=e/>", "</a >"]
OTHERS = ["---", "===", "- - -", "***", "# h", "#", "text", "x", "\n", "\n\n"]
TROUBLE = FENCES + CONTAINERS + INDENTS + HTML + OTHERS
EXOTIC = ["\xa0", "\x0b", "\x0c", "\x1c", "\x85", "\u2003", "\u2028", "\u212a", "\u017f", "K"]


def joined(fragments: list[str], glue: str = "") -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(fragments), max_size=24).map(glue.join)


@EXAMPLES
@given(joined([*TROUBLE, "\n", "\n"]))
def test_fragments(body: str) -> None:
    check(body, VIEWERS)


@EXAMPLES
@given(joined([*TROUBLE, *EXOTIC, *EXOTIC]))
def test_fragments_with_exotic_space(body: str) -> None:
    check(body, VIEWERS)


@EXAMPLES
@given(
    st.lists(joined(TROUBLE).map(lambda text: text.replace("\n", "")), max_size=8).map("\n".join)
)
def test_lines_of_fragments(body: str) -> None:
    check(body, VIEWERS)


@EXAMPLES
@given(st.text("`~<>!-?[]/#*+_='\"&\\|:.)0129 \t\n\n\xa0abprescdivX"))
@example("<pre\n\n</pre\n>")
def test_text_of_marks(body: str) -> None:
    check(body, VIEWERS)


@EXAMPLES
@given(st.text().map(lambda text: text.replace("\r", "\n").replace("\0", "")))
def test_any_text(body: str) -> None:
    check(body, VIEWERS)


DEFINING = ["[a]: /x", "[b]: <y> 't'", "[c]:", "/u", "[d]: /z 'a", "b'", "a | b", "| a | b |"]
DEFINING += ["-|-", "|---|---|", "| 1 | 2 |", "2. x", "1. x", "-", "- x", "<a>", "```", "   ```"]
DEFINING += ["<!--", "-->", "> q", "> ```", "> a | b", "> -|-", "> [a]: /x", "===", "text", "", ""]
DEFINING += ["    code", "  b'", "- [a]: /x", "  -|-", "<div>"]


@EXAMPLES
@given(joined(DEFINING, "\n"))
def test_lines_of_definitions_and_tables(body: str) -> None:
    check(body, [PARAGRAPHS_VIEWER])


def test_importing_it_imports_nothing() -> None:
    code = "import sys; old = {*sys.modules}; import journal.openblock; print({*sys.modules} - old)"
    command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert "'re'" not in told
    assert sorted(told.strip("{}\n").split(", ")) == ["'journal'", "'journal.openblock'"]
