"""Titles, keys and tools' calls and results: what a person sees of a conversation."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal import names
from journal.conversation import said, tools
from journal.importers.lines import fit

CALLS = [
    ("Bash", {"command": "npm test", "description": "Run tests"},
     "Bash: npm test", "**Bash** Run tests\n\n```sh\nnpm test\n```"),
    ("shell", {"command": ["bash", "-lc", "ls -l | wc"], "workdir": "/x"},
     "shell: ls -l | wc", "**shell** in `/x`\n\n```sh\nls -l | wc\n```"),
    ("shell", {"command": ["git", "commit", "-m", "it's done"]},
     "shell: git commit -m 'it'\"'\"'s done'",
     "**shell**\n\n```sh\ngit commit -m 'it'\"'\"'s done'\n```"),
    ("Edit", {"file_path": "/a/b.py", "old_string": "a\nb\nc\nd\ne", "new_string": "a\nb\nX\nd\ne"},
     "Edit: /a/b.py", "**Edit** `/a/b.py`\n\n```diff\n  a\n  b\n- c\n+ X\n  d\n  e\n```"),
    ("Write", {"file_path": "a.md", "content": "```\nx\n```"},
     "Write: a.md", "**Write** `a.md`\n\n````markdown\n```\nx\n```\n````"),
    ("Read", {"file_path": "/w/a/b/c.py", "offset": 10, "limit": 20},
     "Read: a/b/c.py", "**Read** `/w/a/b/c.py` lines 10–29"),
    ("Grep", {"pattern": "a`b", "path": "src", "glob": "*.py"},
     "Grep: a`b", "**Grep** `` a`b `` in `src`, `*.py`"),
    ("Task", {"description": "Find it", "prompt": "Go\nlook", "subagent_type": "Explore"},
     "Task: Find it", "**Task** Find it *(Explore)*\n\n> Go\n> look"),
    ("TodoWrite", {"todos": [{"content": "A", "status": "completed"},
                             {"content": "B", "status": "in_progress"}, {"content": "C"}]},
     "TodoWrite: B", "**TodoWrite**\n\n- ☑ A\n- ▶ B\n- ☐ C"),
    ("WebFetch", {"url": "https://x.org/", "prompt": "What is it?"},
     "WebFetch: https://x.org/", "**WebFetch** <https://x.org/>\n\n> What is it?"),
    ("mcp__db__ask", {"limit": 3, "sql": "select 1\nfrom x"},
     "mcp__db__ask",
     '**mcp__db__ask**\n\n```json\n{"limit": 3}\n```\n\nsql:\n\n```\nselect 1\nfrom x\n```'),
    ("apply_patch", "*** Begin Patch", "apply_patch: *** Begin Patch",
     "**apply_patch**\n\n```diff\n*** Begin Patch\n```"),
    ("x", None, "x", "**x**"),
]  # fmt: skip

TITLES = [
    ("fix the tests", "fix the tests"),
    ("\n\n## Plan for **today**: \nmore", "Plan for today"),
    ("```sh\nls\n```\nThat lists it.", "That lists it."),
    ("<system-reminder>no</system-reminder>\nDo it", "Do it"),
    ("> quoted\n\nmine", "mine"),
    ("```\nonly code\n```", "only code"),
    ("===== session starts =====", "session starts"),
    ("[image, image/png, 5 bytes]\n\nWhat is that?", "What is that?"),
    ("A first sentence that is long enough. And a second one that doesn't fit on the line.",
     "A first sentence that is long enough"),
    ("word " * 40, "word " * 15 + "word…"),
    ("x" * 200, "x" * 79 + "…"),
    ("---\n***\n", ""),
    ("a · b", "a - b"),
    ("- [x] **Fix**: __init__ of 2**10", "Fix: __init__ of 2**10"),
    ("__Note well:__ f(**kwargs) fails", "Note well: f(**kwargs) fails"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_", "about", "shown"), CALLS)
def test_a_call_reads_well(name: str, given_: object, about: str, shown: str) -> None:
    assert tools.about(name, given_) == about
    assert tools.call(name, given_) == shown


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_title_is_the_first_line_that_says_something(text: str, title: str) -> None:
    assert said.title(text) == title


def test_a_result_is_fenced_without_colours() -> None:
    assert tools.result("\x1b[31mred\x1b[0m\r\n10%\r100%\n") == "```\nred\n100%\n```"
    assert (
        tools.result("<tool_use_error>no</tool_use_error>", failed=True)
        == "*failed*\n\n```\nno\n```"
    )
    assert tools.result(" \n") == ""


def test_a_key_is_the_same_for_the_same_text() -> None:
    assert said.key(" a\n") == said.key("a") != said.key("b")
    assert said.key("a") == "said-ca978112ca1bbdca"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TOOLS = sorted(
    {name for name, *_ in CALLS} | {"Glob", "MultiEdit", "AskUserQuestion", "ExitPlanMode"}
)
KEYS = st.sampled_from(
    "command description file_path old_string new_string content pattern path edits todos questions"
    " plan prompt url offset limit input".split()
)


@settings(max_examples=60)
@given(st.sampled_from(TOOLS), ANY | st.dictionaries(KEYS, ANY))
def test_whatever_a_tool_was_given_is_shown(name: str, given_: object) -> None:
    assert tools.call(name, given_).startswith(f"**{name}**")
    assert "\n" not in tools.about(name, given_)


@given(ANY)
def test_long_inputs_are_shortened_wherever_they_stand(value: object) -> None:
    def longest(value: object) -> int:
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(inner, str):
            return len(inner)
        return max(map(longest, inner), default=0) if hasattr(inner, "__iter__") else 0

    assert longest(tools.cut(value, lambda text: text[:5], 5)) <= 5


@given(st.text(alphabet="`~ab\n #>", max_size=60))
def test_a_fence_holds_any_text(text: str) -> None:
    tokens = MarkdownIt().parse(tools.fence(text, "sh"))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content.strip("\n") == text.strip("\n")


@given(st.text(), st.integers(10, 100))
def test_titles_are_one_line(text: str, most: int) -> None:
    title = said.title(text, most)
    assert len(title) <= most
    assert title.isprintable()
    assert title == title.strip()


@given(st.text())
def test_a_session_is_a_name(text: str) -> None:
    assert names.is_name(said.session(text)) or not text
    assert said.session(said.session(text)) == said.session(text)


@given(st.text(alphabet=st.characters(categories=("Lu", "Cs", "Cc"))))
def test_what_fits_can_be_written(text: str) -> None:
    fitted = fit(text)
    assert len(fitted) == len(text)
    assert b"\0" not in fitted.encode()


def test_hooks_can_afford_it() -> None:
    code = "import sys, journal.conversation.tools, journal.conversation.said; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-SEc", code], capture_output=True, text=True, check=True
    )
    assert not {"re", "json", "dataclasses", "typing", "hashlib"} & set(done.stdout.split())
