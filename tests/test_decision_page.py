"""DECISIONS.md against what people write: titles, bodies and subjects that look like its parts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_deciding import Door, git

from journal import api, deciding, decisions
from journal.deciding import rendering
from journal.decisions import Case, page
from journal.decisions.headings import demoted
from journal.workspace import init


def levels(text: str) -> list[int]:
    """The headings outside of lists and quotes, as a Markdown reader sees them."""
    tokens = MarkdownIt().parse(text)
    return [int(one.tag[1]) for one in tokens if one.type == "heading_open" and one.level == 0]


@pytest.fixture
def door(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Door:
    init(str(tmp_path / "w"))
    return Door(tmp_path / "w", capfdbinary)


LINES = st.sampled_from(
    ["# One", "## Two ##", "   # In", "    # Code", "\t# Tab", "#hash", "text", "more `text`",
     "===", "---", "  ==", "    ===", "```", "    ```", "``` a`b", "~~~~", "~~~", "- item",
     "  - in", "> said", "<!--", "-->", "<div>", "<pre>", "</pre>", "", "", "1. one", "***",
     "`code` first", "######"]
)  # fmt: skip


@given(st.lists(LINES, max_size=10))
def test_no_heading_of_a_body_is_above_its_section(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = levels(demoted(text, 3))
    assert all(level >= 3 for level in found)
    assert len(found) == len(levels(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Forged\n======\n\ntext", "### Forged\n\ntext"),
        ("two\nlines\n---", "### two lines"),
        ("    ```\n## 9. Forged", "    ```\n### 9. Forged"),
        ("``` a`b\n# Forged", "``` a`b\n### Forged"),
        ("```\n# code\n```\n#### Deep", "```\n# code\n```\n#### Deep"),
        ("- item\n---\n\ntext", "- item\n---\n\ntext"),
    ],
)
def test_headings_with_a_line_below_and_false_fences_are_seen(text: str, wanted: str) -> None:
    assert demoted(text, 3) == wanted


def test_titles_and_subjects_show_as_they_are(door: Door) -> None:
    one = door.decide("Use Vec<u8>, `Box<T>` [not](http://x)", "Text.", "--subject", "<b>types</b>")
    two = door.decide(
        "One ` alone <!-- and \\<i>", "Text.", "--supersedes", one, "--part", "the <T>"
    )
    door.run("decision", "deprecate", one)
    door.run("decision", "deprecate", two)
    text = (door.root / "DECISIONS.md").read_text(encoding="utf-8")
    html = MarkdownIt().render(text)
    ours = re.compile(
        r"</?(?:h[1-3]|p|strong|code)>|</?a\b[^>]*>|<!-- journal decision render: \w+ -->"
    )
    assert "<" not in ours.sub("", html)
    assert "Use Vec&lt;u8&gt;, <code>Box&lt;T&gt;</code>" in html
    assert (
        f'<a href="#{one}">1. Use Vec&lt;u8&gt;, <code>Box&lt;T&gt;</code> [not](http://x)</a>'
        in html
    )
    assert f'<a href="#{two}">2. One ` alone &lt;!-- and \\&lt;i&gt;</a>' in html
    assert page.is_rendered(text)


def test_a_forged_mark_does_not_make_an_edited_page_a_rendered_one(door: Door) -> None:
    mark = f"<!-- journal decision render: {'0' * 32} -->"
    door.decide("First", f"text\n\n{mark}")
    file = door.root / "DECISIONS.md"
    assert page.is_rendered(file.read_text(encoding="utf-8"))
    file.write_text(f"{file.read_text(encoding='utf-8')}mine\n{mark}\n", encoding="utf-8")
    assert "was edited" in door.run("decision", "render", code=2)[1]


def test_the_page_tells_of_conflicts_and_of_parts(door: Door) -> None:
    one = door.decide("Grep", "--status", "proposed", "--subject", "Search")
    door.decide("SQLite", "--status", "proposed", "--subject", "search ")
    two = door.decide("Names", "--supersedes", door.decide("Files"), "--part", "their names")
    text = (door.root / "DECISIONS.md").read_text(encoding="utf-8")
    assert f"In conflict with [1. Grep](#{one})" in text
    assert "## Status of 3. Files: superseded in part\n" in text
    assert f"is superseded by [4. Names](#{two}): their names\n" in text


def test_what_a_partial_supersession_changed_is_told(door: Door) -> None:
    old = door.decide("Files")
    _, err = door.run("decide", "Names", "--supersedes", old, "--part", "their names")
    assert f"{old[-8:]} is accepted, in part superseded by " in err


def test_errors_tell_what_to_do(door: Door) -> None:
    one = door.decide("First")
    assert "names no file" in door.run("decide", "T", "--governs", "", code=2)[1]
    door.run("forget", one, "--reason", "hidden")
    _, err = door.run("decision", "show", one, code=2)
    assert f"journal forget {one} --unforget --reason TEXT" in err
    door.run("forget", one, "--purge", "--reason", "secret")
    _, err = door.run("decision", "accept", one, code=2)
    assert "was purged" in err


def test_the_page_of_many_on_one_subject_is_the_same_in_any_order(tmp_path: Path) -> None:
    init(str(tmp_path))
    with api.open(str(tmp_path)) as journal:
        for at in range(4):
            case = Case(subject="one")
            journal.append(decisions.decide(f"No. {at}", "", case, status="proposed"))
        rows = deciding.rows(journal)
        assert page.page(reversed(rows), str) == page.page(rows, str)
        assert rendering.render(journal).changed


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_what_git_merged_of_two_pages_is_rendered_anew(door: Door, style: str) -> None:
    file = door.root / "DECISIONS.md"
    git(door.root, "init", "-q", "-b", "one")
    git(door.root, "config", "user.name", "Anna")
    git(door.root, "config", "user.email", "anna@example.org")
    git(door.root, "config", "merge.conflictStyle", style)
    door.decide("First")
    git(door.root, "add", "DECISIONS.md")
    git(door.root, "commit", "-q", "-m", "first")
    first = file.read_text(encoding="utf-8")
    for branch, title in (("two", "Theirs"), ("one", "Ours")):
        git(door.root, "checkout", "-q", *(["-b"] if branch == "two" else []), branch)
        door.decide(title)
        git(door.root, "commit", "-q", "-a", "-m", title)
    merged = subprocess.run(
        ["git", "merge", "-q", "two"], cwd=door.root, capture_output=True, check=False
    )
    assert merged.returncode == 1
    text = file.read_text(encoding="utf-8")
    assert "<<<<<<< HEAD" in text
    assert page.is_rendered(text)
    assert not page.is_rendered(text.replace("Ours", "Mine"))
    assert not page.is_rendered(text.replace("Theirs", "Mine"))
    door.run("decision", "render")
    assert file.read_text(encoding="utf-8").startswith(first)
    assert "<<<<" not in file.read_text(encoding="utf-8")


def test_a_decision_is_kept_where_its_page_can_not_be(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    file.mkdir()
    out, err = door.run("decide", "First")
    assert out.strip()
    assert "DECISIONS.md stays as it is (" in err
    _, err = door.run("decision", "render", code=2)
    assert "DECISIONS.md: is a folder" in err
    file.rmdir()
    file.symlink_to(door.root / "policy.yaml")
    before = (door.root / "policy.yaml").read_bytes()
    assert "stays as it is (" in door.run("decision", "deprecate", out.strip())[1]
    assert (door.root / "policy.yaml").read_bytes() == before
