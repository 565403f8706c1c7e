"""DECISIONS.md against what people write: titles, bodies and subjects that look like its parts."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from doors import Door
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_deciding import git, statuses

from journal import api, deciding, decisions, rendered
from journal.deciding import rendering
from journal.decisions import Case, page
from journal.decisions.headings import demoted
from journal.workspace import init


def is_rendered(text: str) -> bool:
    return rendered.is_rendered(text, rendered.COMMANDS[rendered.DECISIONS])


def levels(text: str) -> list[int]:
    """The headings outside of lists and quotes, as a Markdown reader sees them."""
    tokens = MarkdownIt().parse(text)
    return [int(one.tag[1]) for one in tokens if one.type == "heading_open" and one.level == 0]


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
    one = door.id(
        "decide", "Use Vec<u8>, `Box<T>` [not](http://x)", "Text.", "--subject", "<b>types</b>"
    )
    two = door.id(
        "decide", "One ` alone <!-- and \\<i>", "Text.", "--supersedes", one, "--part", "the <T>"
    )
    door.text("decision", "deprecate", one)
    door.text("decision", "deprecate", two)
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
    assert is_rendered(text)


def test_a_forged_mark_does_not_make_an_edited_page_a_rendered_one(door: Door) -> None:
    mark = f"<!-- journal decision render: {'0' * 32} -->"
    door.id("decide", "First", f"text\n\n{mark}")
    file = door.root / "DECISIONS.md"
    assert is_rendered(file.read_text(encoding="utf-8"))
    file.write_text(f"{file.read_text(encoding='utf-8')}mine\n{mark}\n", encoding="utf-8")
    assert "was edited" in door.text("decision", "render", code=2)[1]


def test_the_page_tells_of_conflicts_and_of_parts(door: Door) -> None:
    one = door.id("decide", "Grep", "--status", "proposed", "--subject", "Search")
    door.id("decide", "SQLite", "--status", "proposed", "--subject", "search ")
    two = door.id(
        "decide", "Names", "--supersedes", door.id("decide", "Files"), "--part", "their names"
    )
    text = (door.root / "DECISIONS.md").read_text(encoding="utf-8")
    assert f"In conflict with [1. Grep](#{one})" in text
    assert "## Status of 3. Files: superseded in part\n" in text
    assert f"is superseded by [4. Names](#{two}): their names\n" in text


def test_what_a_partial_supersession_changed_is_told(door: Door) -> None:
    old = door.id("decide", "Files")
    _, err = door.text("decide", "Names", "--supersedes", old, "--part", "their names")
    assert f"{old[-8:]} is accepted, in part superseded by " in err


def test_errors_tell_what_to_do(door: Door) -> None:
    one = door.id("decide", "First")
    assert "names no file" in door.text("decide", "T", "--governs", "", code=2)[1]
    door.text("forget", one, "--reason", "hidden")
    _, err = door.text("decision", "show", one, code=2)
    assert f"journal forget {one[-8:]} --unforget --reason TEXT" in err
    door.text("forget", one, "--purge", "--reason", "secret")
    _, err = door.text("decision", "accept", one, code=2)
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
    door.id("decide", "First")
    git(door.root, "add", "DECISIONS.md")
    git(door.root, "commit", "-q", "-m", "first")
    first = file.read_text(encoding="utf-8")
    for branch, title in (("two", "Theirs"), ("one", "Ours")):
        git(door.root, "checkout", "-q", *(["-b"] if branch == "two" else []), branch)
        door.id("decide", title)
        git(door.root, "commit", "-q", "-a", "-m", title)
    merged = subprocess.run(
        ["git", "merge", "-q", "two"], cwd=door.root, capture_output=True, check=False
    )
    assert merged.returncode == 1
    text = file.read_text(encoding="utf-8")
    assert "<<<<<<< HEAD" in text
    assert is_rendered(text)
    assert not is_rendered(text.replace("Ours", "Mine"))
    assert not is_rendered(text.replace("Theirs", "Mine"))
    door.text("decision", "render")
    assert file.read_text(encoding="utf-8").startswith(first)
    assert "<<<<" not in file.read_text(encoding="utf-8")


def test_a_decision_is_kept_where_its_page_can_not_be(door: Door) -> None:
    file = door.root / "DECISIONS.md"
    file.mkdir()
    out, err = door.text("decide", "First")
    assert out.strip()
    assert "DECISIONS.md stays as it is (" in err
    _, err = door.text("decision", "render", code=2)
    assert "DECISIONS.md: is a folder" in err
    file.rmdir()
    file.symlink_to(door.root / "policy.yaml")
    before = (door.root / "policy.yaml").read_bytes()
    assert "stays as it is (" in door.text("decision", "deprecate", out.strip())[1]
    assert (door.root / "policy.yaml").read_bytes() == before


RECORD = "# 1. Use it\n\nDate: 2026-01-05\n\n## Status\n\nAccepted\n\n## Decision\n\nYes.\n"


def test_a_page_in_the_way_does_not_hold_an_import_up(door: Door, tmp_path: Path) -> None:
    (tmp_path / "adr").mkdir()
    (tmp_path / "adr" / "0001-use-it.md").write_text(RECORD)
    file = door.root / "DECISIONS.md"
    door.id("decide", "First")
    file.write_text(file.read_text().replace("First", "Mine"))
    out, err = door.text("decision", "import", str(tmp_path / "adr"))
    assert "1 entry new" in out
    assert "DECISIONS.md was edited, and stays as it is" in err
    file.unlink()
    file.mkdir()
    (tmp_path / "adr" / "0002-and-this.md").write_text(RECORD)
    out, err = door.text("decision", "import", str(tmp_path / "adr"))
    assert "1 entry new" in out
    assert "DECISIONS.md stays as it is (is a folder)" in err


def test_what_is_forgotten_though_its_page_stays_is_told(door: Door) -> None:
    one, two = door.id("decide", "Secret plan"), door.id("decide", "Another")
    file = door.root / "DECISIONS.md"
    edited = file.read_text().replace("Another", "Mine")
    file.write_text(edited)
    out, err = door.text("forget", one, two, "--reason", "hidden")
    assert out.count("is hidden") == 2
    assert err.count("DECISIONS.md stays as it is, and may tell otherwise") == 1
    assert file.read_text() == edited
    file.unlink()
    file.mkdir()
    _, err = door.text("forget", one, "--unforget", "--reason", "shown")
    assert "DECISIONS.md stays as it is, and may tell otherwise" in err
    assert list(statuses(door)) == ["Secret plan"]


def test_forgetting_leaves_a_status_page_of_the_first_namespace(door: Door) -> None:
    one = door.id("decide", "Secret plan")
    door.text("append", "x", "--namespace", "ops")
    door.text("status", "--write")
    _, err = door.text("status", "--write", "--namespace", "ops", code=2)
    assert "STATUS.md is of the first namespace, main" in err
    door.text("forget", one, "--reason", "hidden")
    text = (door.root / "STATUS.md").read_text()
    assert "Secret plan" not in text
    (door.root / "STATUS.md").write_text(f"{text}mine")
    assert "STATUS.md: was edited" in door.text("status", "--write", code=2)[1]


def test_a_page_of_odd_bytes_comes_out_once(door: Door) -> None:
    with api.open(str(door.root)) as journal:
        journal.append(decisions.decide("One\rline", "lone \r and more"))
        assert rendering.render(journal).changed
        assert not rendering.render(journal).changed
        journal.append(decisions.decide("Two"))
        assert rendering.render(journal).changed


def test_a_line_of_equals_signs_in_a_body_parts_no_page() -> None:
    command = rendered.COMMANDS[rendered.DECISIONS]
    one = rendered.Marked(command, "# Head\n\n```\n=======\n>>>>>>> b\n```\n")
    first = one.text
    one.add("## Ours\n")
    two = rendered.Marked(command, "# Head\n\n```\n=======\n>>>>>>> b\n```\n")
    two.add("## Theirs\n")
    ours, theirs = (it.text.removeprefix(first) for it in (one, two))
    merged = f"{first}<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> two\n"
    assert is_rendered(merged)
    assert not is_rendered(merged.replace("Theirs", "Mine"))
    assert not is_rendered(merged.replace("Head", "Mine"))
