"""The documents' console examples do what they show; and the runner of examples can tell."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import readme
from readme import ROOT, Block, Run, agrees, blocks, failures, matches, steps

TODAY = date(2027, 3, 4)
DAYS = frozenset({TODAY})
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = [block for file in DOCUMENTS if file.is_file() for block in blocks(file)]

PASSING = """\
# Two examples

```console
$ cd /tmp; x="two words"
$ echo "$x"; echo again >&2
two words
again
$ printf 'no newline'
no newline
$ false
$ echo $?
1
$ cat <<END | \\
>   tr a-z A-Z
> $x
>
> end
> END
TWO WORDS

END
$ seq 100
1
...
99
100
```

~~~console
$ date +%Y-%m-%d; date +%H:%M
1999-12-31
23:59
$ echo "$x$JOURNAL_WORKSPACE$NO_COLOR $TZ $HOME" | sed 's/[^ ]*home$/HOME/'
1 Europe/Berlin HOME
~~~

````markdown
```console
$ echo this is shown, not run
nothing
```
````

```text
$ nor this
```
"""

FAILING = """\
```console
$ echo right
right
$ echo wrong; echo 01KAJ2X7Q0M3C4V5B6N7Q8W9E0
wrung
01KAJ2X6ZZ0H1T2V3W4X5Y6Z7A
$ exit 0
$ echo late
late
```
"""


def _document(folder: Path, text: str) -> Path:
    file = folder / "example.md"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_readme_has_examples() -> None:
    assert any(block.file.name == "README.md" for block in EXAMPLES)


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_example_of_the_documents(block: Block, journal_bin: Path) -> None:
    assert journal_bin.is_file()
    found = failures(block)
    assert not found, "\n".join(found)


def test_a_document_whose_examples_hold(tmp_path: Path) -> None:
    found = blocks(_document(tmp_path, PASSING))
    assert [(block.line, len(block.steps)) for block in found] == [(3, 7), (29, 2)]
    assert [failures(block) for block in found] == [[], []]


def test_a_document_whose_example_fails(tmp_path: Path) -> None:
    (block,) = blocks(_document(tmp_path, FAILING))
    wrong, ended, late = failures(block)
    assert "-wrung\n+wrong\n" in wrong
    assert "-01KAJ" not in wrong, "an id that may differ is no part of the difference"
    assert "never ran" in ended
    assert "echo late" in late


@pytest.mark.parametrize(("text", "status"), [(PASSING, 0), (FAILING, 1)])
def test_the_script_says_by_its_status(tmp_path: Path, text: str, status: int) -> None:
    file = _document(tmp_path, text)
    command = [sys.executable, str(ROOT / "tests" / "readme.py"), str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stdout + result.stderr
    assert ("-wrung" in result.stdout) == bool(status)


def test_an_example_sees_a_copy_of_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = tmp_path / "sample_workspace"
    (sample / ".journal").mkdir(parents=True)
    (sample / "journal.toml").write_text("given\n", encoding="utf-8")
    monkeypatch.setattr(readme, "ROOT", tmp_path)
    text = "```console\n$ cd sample_workspace\n$ echo mine > journal.toml; ls -A; pwd\n"
    text += "journal.toml\n/home/you/sample_workspace\n```\n"
    (block,) = blocks(_document(tmp_path, text))
    assert not failures(block)
    assert (sample / "journal.toml").read_text(encoding="utf-8") == "given\n"


def test_text_before_the_first_command_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="begins with a command"):
        list(steps("output\n$ echo\n"))


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "01KAJ2X6ZZ0H1T2V3W4X5Y6Z7A"),
        ("Q8W9E0AB  a title", "X5Y6Z7AB  a title"),
        ("sha256:" + "0a" * 32, "sha256:" + "b1" * 32),
        ("at: 2026-11-21T14:03:22.123456+01:00", "at: 2027-03-04T00:00:00.000001+02:00"),
        ("14:03 anna, 14:03:22", "00:59 anna, 23:00:01"),
        ("2026/2026-11-21.anna-7f3c9e.md:12", "2027/2027-03-04.root-000000.md:12"),
        ("# Saturday, 21 November 2026", "# Thursday, 4 March 2027"),
        ("git: main@3f2a9c1d0b7e", "git: main@000000000000"),
        ("the same  ", "the same"),
    ],
)
def test_volatile_parts_may_differ(expected: str, printed: str) -> None:
    assert agrees(expected, printed, DAYS)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("one", "two"),
        ("2026-11-21", "2026-11-20"),
        ("2026/2026-11-21", "2027-03-04"),
        ("some day", "2027-03-04"),
        ("on Saturday, 21 November 2026", "on Saturday, 14 November 2026"),
        ("01KAJ2X7Q0M3C4V5B6N7Q8W9E0", "01KAJ2X7"),
        ("sha256:" + "0a" * 32, "sha256:" + "0a" * 31),
        ("a.b 2027-03-04", "axb 2027-03-04"),
        ("seq 12", "seq 13"),
    ],
)
def test_anything_else_must_not(expected: str, printed: str) -> None:
    assert not agrees(expected, printed, DAYS)


@pytest.mark.parametrize(
    ("expected", "printed", "answer"),
    [
        ("", "", True),
        ("a b", "a b", True),
        ("a b", "a", False),
        ("a", "a b", False),
        ("...", "", True),
        ("...", "a b c", True),
        ("a ... c", "a c", True),
        ("a ... c", "a b c b c", True),
        ("a ... c", "a b", False),
        ("... b ... d", "a b c b d", True),
        ("... b ... d", "a c d", False),
    ],
)
def test_dots_stand_for_any_lines(expected: str, printed: str, answer: bool) -> None:
    assert matches(expected.split(), Run(printed.split(), DAYS)) is answer
