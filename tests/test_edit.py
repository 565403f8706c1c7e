"""`journal edit` with real editors: which file opens, where, and what is said afterwards."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from journal import editing
from journal.cli.mend import editor_words
from journal.notebook import Notebook
from journal.workspace import init
from tests.test_verify import git

OWN = "journal/main/2026/2026-11-17.md"
SCRIPT = """\
#!/bin/sh
printf '%s\\n' "$@" > {seen}
for file; do :; done
{do}
"""


@dataclass(frozen=True)
class Desk:
    """A workspace, the real command, and an editor that does what a test says."""

    root: Path
    command: Path

    def editor(self, do: str, name: str = "ed it") -> str:
        path = self.root.parent / name
        seen = f"'{self.root.parent / 'seen'}'"
        path.write_text(SCRIPT.format(seen=seen, do=do))
        path.chmod(0o755)
        return f"'{path}'"

    @property
    def seen(self) -> list[str]:
        """The words that the editor was called with."""
        return (self.root.parent / "seen").read_text().splitlines()

    def run(self, *words: str, editor: str = "") -> subprocess.CompletedProcess[str]:
        env = os.environ | ({"EDITOR": editor} if editor else {})
        return subprocess.run(
            [str(self.command), *words], cwd=self.root, env=env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def edit(self, *words: str, do: str = "true") -> subprocess.CompletedProcess[str]:
        return self.run("edit", *words, editor=self.editor(do))

    def append(self, text: str, *words: str) -> dict[str, str]:
        done = self.run("append", text, *words, "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, str] = json.loads(done.stdout)
        return told

    def files(self) -> list[str]:
        found = (self.root / "journal").rglob("*.md")
        return sorted(str(path.relative_to(self.root)) for path in found)

    def states(self) -> dict[str, int]:
        return dict(json.loads(self.run("verify", "--json").stdout)["counts"])


@pytest.fixture
def desk(tmp_path: Path, journal_bin: Path) -> Desk:
    root = tmp_path / "a work space"
    init(str(root))
    config = root / "journal.toml"
    config.write_text(re.sub('timezone = "[^"]*"', 'timezone = "UTC"', config.read_text()))
    return Desk(root, journal_bin)


HAND = "printf '\\n## 09:00 By hand\\n\\nA thought.\\n' >> \"$file\""


def test_a_day_without_a_file_is_begun_as_an_append_begins_it(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(desk.root, other)
    done = desk.edit(do="printf '## 09:00 By hand\\n\\nA thought.\\n' >> \"$file\"")
    assert done.returncode == 0, done.stderr
    assert "1 handwritten entry is new" in done.stdout
    assert "journal adopt h-" in done.stdout
    [file] = desk.files()
    assert desk.seen == [str(desk.root / file)]
    receipt = desk.append("x")
    text = (desk.root / file).read_text()
    with_hand = text.replace("## 09:00 By hand\n\nA thought.\n\n", "")
    assert text != with_hand
    twin = Desk(other, desk.command)
    there = twin.append("x")
    plain = (other / there["file"]).read_text()
    assert with_hand.partition("## ")[0].count("\n") == plain.partition("## ")[0].count("\n")
    assert receipt["file"] == file
    assert desk.states() == {"intact": 1, "handwritten": 1}


@pytest.mark.parametrize("do", ["true", "exit 3", 'rm "$file"'])
def test_a_file_begun_for_nothing_is_taken_away_again(desk: Desk, do: str) -> None:
    done = desk.edit(do=do)
    assert (done.returncode == 0) == (do != "exit 3")
    assert desk.files() == []
    assert desk.edit("2026-01-02", do=do).returncode == done.returncode
    assert desk.files() == []
    desk.append("x")
    assert desk.states() == {"intact": 1}


def test_what_is_saved_while_a_begun_file_is_taken_away_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Notebook.open(str(desk.root))
    place = editing.at_day(book, "2026-01-02")
    path, rename = desk.root / place.file, os.rename

    def saved_before(name: str, to: str, **more: int) -> None:
        new = path.with_suffix(".swp")
        new.write_bytes(place.before + b"## 09:00 Late\n\nA thought.\n")
        new.replace(path)
        rename(name, to, **more)

    monkeypatch.setattr(os, "rename", saved_before)
    editing.finish(book, place)
    assert "A thought." in path.read_text()
    assert list((desk.root / ".journal/state/set-aside").iterdir()) == []


def test_the_preamble_alone_is_what_an_append_writes_after(desk: Desk) -> None:
    (desk.root.parent / "copy").mkdir()
    copy = desk.root.parent / "copy" / "begun.md"
    desk.edit(do=f'cp "$file" "{copy}"')
    receipt = desk.append("x")
    data = (desk.root / receipt["file"]).read_bytes()
    assert data.startswith(copy.read_bytes() + b"## ")
    assert copy.stat().st_mode & 0o777 == 0o600


def test_an_append_while_the_editor_is_open_is_kept(desk: Desk) -> None:
    """Also where the editor saves its old buffer over it: the spool has it."""
    desk.append("first")
    append = f"'{desk.command}' append 'while it was open' > /dev/null"
    done = desk.edit(do=f'cp "$file" "$file.old"; {append}; mv "$file.old" "$file"')
    assert done.returncode == 1
    assert re.search(r"missing .*\n.*gone from its file\n.*repair` puts it back", done.stdout)
    desk.append("next")
    assert desk.states() == {"intact": 3}


def test_a_file_that_git_took_is_left_to_git(desk: Desk) -> None:
    """As an append would, an edit goes on in the next part."""
    git(desk.root, "init", "-qb", "main")
    git(desk.root, "add", "-A")
    git(desk.root, "commit", "-qm", "no entries")
    git(desk.root, "checkout", "-qb", "feature")
    receipt = desk.append("on a branch")
    git(desk.root, "add", "-A")
    git(desk.root, "commit", "-qm", "one entry")
    git(desk.root, "checkout", "-q", "main")
    assert desk.files() == []
    assert desk.edit(do=HAND).returncode == 0
    assert desk.files() == [receipt["file"].replace(".md", ".p2.md")]
    desk.append("on main")
    git(desk.root, "checkout", "-q", "feature")
    assert desk.states() == {"intact": 2, "handwritten": 1}


def test_what_an_editor_did_is_told_with_what_to_do(desk: Desk) -> None:
    first = desk.append("The first of three.")
    desk.append("The second.")
    words = "journal amend {id} --reason …` accepts it; `journal show {id} --raw` shows it"
    done = desk.edit(do=f'sed -i "s/of three/of many/" "$file"; {HAND}')
    assert done.returncode == 1
    assert "1 handwritten entry is new" in done.stdout
    assert words.format(id=first["id"]) in done.stdout
    assert re.search(r"^edited +journal/main/.*\.md:11 ", done.stdout, re.MULTILINE)
    assert "-The first of three.\n" in done.stdout.replace(" " * 12, "")
    told = json.loads(desk.edit("--json").stdout)
    assert (told["changed"], told["new"]) == (False, [])
    assert told["counts"] == {"edited": 1, "intact": 1, "handwritten": 1}
    assert desk.run("amend", first["id"], "--reason", "so it is").returncode == 0
    done = desk.edit()
    assert (done.returncode, done.stdout) == (0, f"{first['file']}: nothing changed\n")
    done = desk.edit(do=f"{HAND}; {HAND.replace('09:00', '09:10')}")
    assert "2 handwritten entries are new; `journal adopt " in done.stdout
    done = desk.edit(do='echo "A postscript." >> "$file"')
    assert (done.returncode, "changed, and no" in done.stdout) == (0, False)  # the last one changed


def test_what_can_not_be_amended_is_not_advised_to_be(desk: Desk) -> None:
    desk.append("The first.\n\nIts end.")
    done = desk.edit(do='sed -i "/Its end/d" "$file"')
    assert done.returncode == 1
    assert "torn" in done.stdout
    assert "journal repair" in done.stdout
    assert "--reason" not in done.stdout


def test_a_broken_chain_is_exit_5(desk: Desk) -> None:
    for number in range(3):
        desk.append(f"Entry {number}")
    shutil.rmtree(desk.root / ".journal")
    name = next((desk.root / "journal").rglob("*.md"))
    name.write_text(name.read_text().replace("kind: note", "kind: fact", 2))
    done = desk.edit()
    assert "broken" in done.stdout
    assert done.returncode == 5


def test_an_entry_opens_at_its_line_in_an_own_file_only(desk: Desk) -> None:
    desk.append("first")
    second = desk.append("second")
    done = desk.run("edit", second["id"][-8:], editor=desk.editor("true", name="vim"))
    assert done.returncode == 0, done.stderr
    assert desk.seen == [f"+{second['line']}", str(desk.root / second["file"])]
    foreign = desk.root / second["file"].replace(".md", ".ben-81d04e.md")
    foreign.write_text("## 10:00 Ben's\n\ntext\n")
    copy = desk.root / second["file"].replace(".md", " (copy).md")
    copy.write_text("## 10:00 A copy's\n\ntext\n")
    book = Notebook.open(str(desk.root))
    for title, whose in (("Ben's", "the file of writer ben-81d04e"), ("A copy's", "a copy, and")):
        [one] = [one for one in book.entries() if one.title == title]
        done = desk.edit(one.id)
        assert done.returncode == 2
        assert whose in done.stderr
        assert f"{one.source.file}:1" in done.stderr


def test_a_copy_of_a_workspace_edits_a_file_of_its_own(desk: Desk) -> None:
    """The first writer's file belongs to the machine that wrote it."""
    receipt = desk.append("x")
    clone = Desk(desk.root.parent / "clone", desk.command)
    shutil.copytree(desk.root, clone.root)
    assert "is the file of writer" in clone.edit(receipt["id"]).stderr
    done = clone.edit(do="printf '## 09:00 Mine\\n\\ntext\\n' >> \"$file\"")
    assert done.returncode == 0
    assert len(clone.files()) == 2
    clone.append("y")
    assert clone.states() == {"intact": 2, "handwritten": 1}


def test_an_editor_that_fails_is_told(desk: Desk) -> None:
    desk.append("x")
    for editor, code in (("false", 1), ("no-such-editor", 127), ("'unbalanced", 2)):
        done = desk.run("edit", editor=editor)
        assert done.returncode == 2
        assert f"ended with {code}" in done.stderr
        assert "set VISUAL or EDITOR" in done.stderr
        assert "Traceback" not in done.stderr
    assert desk.states() == {"intact": 1}


def test_without_a_terminal_an_editor_has_to_be_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    vi = desk.root.parent / "bin" / "vi"
    vi.parent.mkdir()
    vi.write_text("#!/bin/sh\necho escapes\n")
    vi.chmod(0o755)
    monkeypatch.setenv("PATH", str(vi.parent), prepend=os.pathsep)
    for words in (["edit"], ["edit", "--json"], ["edit", "yesterday"]):
        done = desk.run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "VISUAL or EDITOR" in done.stderr
        assert desk.files() == []
    entry = desk.append("x")
    assert "VISUAL or EDITOR" in desk.run("edit", entry["id"]).stderr
    assert desk.edit(entry["id"]).returncode == 0


@pytest.mark.parametrize("words", ["2026-11", "last week", "2026"])
def test_more_than_a_day_is_refused(desk: Desk, words: str) -> None:
    for done in (desk.edit(words), desk.run("adopt", words)):
        assert done.returncode == 2
        assert "is more than a day" in done.stderr
        assert "journal list --since" in done.stderr
    assert desk.files() == []
    done = desk.run("edit", words, "--json", editor=desk.editor("true"))
    assert json.loads(done.stderr)["error"]["kind"] == "bad-time"
    assert desk.edit("2026-11-20").returncode == 0


def test_visual_comes_before_editor_and_stdout_holds_data_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", desk.editor("echo drawn"))
    done = desk.run("edit", "--json", editor="false")
    assert done.returncode == 0
    assert json.loads(done.stdout)["changed"] is False
    assert "drawn" in done.stderr


EDITORS = [
    ("vi", ["+7", "/f.md"]),
    ("/usr/bin/nano -w", ["+7", "/f.md"]),
    ("nvim --clean", ["+7", "/f.md"]),
    ("emacsclient -t", ["+7", "/f.md"]),
    ("code", ["--wait", "--goto", "/f.md:7"]),
    ("codium --wait", ["--goto", "/f.md:7"]),
    ("code -w", ["--goto", "/f.md:7"]),
    ("ed", ["/f.md"]),
    ("'un", ["/f.md"]),
]


@pytest.mark.parametrize(("editor", "words"), EDITORS, ids=str)
def test_editors_are_told_the_line_in_their_own_words(editor: str, words: list[str]) -> None:
    assert editor_words(editor, "/f.md", 7) == words


@pytest.mark.skipif(not shutil.which("vim"), reason="there is no vim")
def test_vim_at_a_terminal(desk: Desk) -> None:
    """Its own swap file, its backup dance, its cursor on the entry's line."""
    desk.append("one")
    second = desk.append("two")
    desk.append("three")
    keys = b":let at=line('.')\rGo\n## 09:00 In vim\n\nThe cursor was on \x12=at\r.\x1b:wq\r"
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(desk.root)
        os.environ.update(EDITOR="vim -u NONE -N", TERM="xterm", LINES="24", COLUMNS="80")
        os.execv(desk.command, [str(desk.command), "edit", second["id"]])  # noqa: S606
    try:
        shown = _until(terminal, b"one")
        os.write(terminal, keys)
        shown += _until(terminal, b"is new")
        _, status = os.waitpid(pid, 0)
        pid = 0
    finally:
        os.close(terminal)
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    text = (desk.root / second["file"]).read_text()
    assert text.endswith(f"## 09:00 In vim\n\nThe cursor was on {second['line']}.\n")
    assert b"1 handwritten entry is new" in shown
    assert os.waitstatus_to_exitcode(status) == 0
    assert desk.states() == {"intact": 3, "handwritten": 1}


def _until(terminal: int, wanted: bytes) -> bytes:
    """What the terminal shows up to these words, or to its end, or to half a minute's silence."""
    shown = b""
    while wanted not in shown and select.select([terminal], [], [], 30)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # all who had it open have closed it
            break
        if not part:
            break
        shown += part
    return shown
