"""What stands in entries reaches a screen drawn, never obeyed: on pipes and on a pty."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import category

import pytest

from journal.cjson import quote
from journal.entry import Draft
from journal.notebook import Notebook
from journal.workspace import init

ATTACKS = [
    "\x1b[31mred\x1b[2J\x1b[H", "\x1b]0;owned\x07",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJm\x07", "\x1bP1$r\x1b\\", "\x1b_x\x1b\\", "\x1b[6n", "\x1b(0", "\x9b31m",
    "\x9d0;owned\x9c",
    "\x90x\x9c", "\x85\x84", "a\bb\x7f", "good\revil", "\a", "\0x"[1:], "\v\f\x0e\x0f",
    "\x1c\x1d\x1e\x1f",
    "\u202egnp.exe", "\u2066x\u2069", "\u200b\u200d\u2060\ufeff", "\u00ad", "\u2028\u2029",
    "hi\U000e0041\U000e007f", "\ue000\uffff", "[@click=app.quit]x[/]",
    "[link=file:///etc/passwd]x[/link]",
    "[red]x[/red]", "[/]", "&#27;[31m &#x9b;31m &#7;",
    "&#x202e;gnp &rlm; &lrm; &zwj; &shy; &ZeroWidthSpace;",
    "[x](javascript:alert(1))", "<https://evil.example/\x1b>", "![i](\x1b[31m)", "`\x1b[31m`",
    "| \x1b | a |\n| - | - |",
    "```\x1b[31m\n\x1b[31m\n```", "<b>\x1b</b>", ":smile:",
]  # fmt: skip
ALL = " ".join(ATTACKS)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
SGR = re.compile(r"\x1b\[[0-9;]*m")
ODD_FILE = "2026-11-22.\x1b]0;x\x07\x9b\u202e.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace full of hostile entries, written by draft and by hand."""
    root = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:  # made before any test's own home is
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("home")))
        init(str(root))
        notebook = Notebook.open(str(root))
        at = datetime(2026, 11, 21, 12, tzinfo=UTC)
        body = "word \n\n" + "\n\n".join(ATTACKS)
        notebook.append(
            Draft(
                body=body, title=ALL, actor=ALL, tags=(ALL, "x"), meta={ALL: ALL, "k": [ALL]},
                token=ALL,
                fields={"mood": ALL}, git=ALL, at=at,
            )
        )  # fmt: skip
        notebook.append_many(
            [Draft(body=f"word {attack}", title=attack, at=at) for attack in ATTACKS]
        )
        edited = notebook.append(Draft(body="word before", at=at))
    file = root / edited.file
    text = file.read_bytes().replace(b"word before", f"word {ALL}".encode().replace(b"\n", b" "))
    quoted = quote(ALL)
    hand = f"\n## 13:00 {ALL[:60]}\n\n```yaml entry\nkind: {quoted}\nid: {quoted}\n"
    hand += f"actor: {quoted}\nrole: {quoted}\nsession: {quoted}\npath: {quoted}\nat: {quoted}\n"
    hand += f"tags: {quoted}\n```\n\nword {ALL}\n\n"
    hand += f"## 14:00 {ALL[:40]}\n\n```yaml entry\na: *{ALL}\n```\n\nword\n"
    file.write_bytes(text + hand.encode() + b"\n## 15:00 \xff\xfe\n\nword \xff\n")
    (file.parent / ODD_FILE).write_text(f"word {ALL}\n\n## 10:00 word\n\n{ALL}\n")
    (file.parent / "2026-11-23.\x1b[31m.md").mkdir()
    (file.parent / os.fsdecode(b"2026-11-24.\xff.md")).write_text("word\n")
    return root


@pytest.fixture
def ids(root: Path) -> list[str]:
    return [entry.id for entry in Notebook.open(str(root)).entries()]


def verbs(root: Path) -> list[list[str]]:
    sealed = Notebook.open(str(root))
    entries = list(sealed.entries())
    # The one with everything, one by hand, and one with a hostile id.
    shown = [max(entries, key=lambda e: len(e.body)).id]
    shown += [entry.id for entry in entries if not entry.sealed][:2]
    return [
        ["list"], ["list", "--reverse"], ["list", "--tag", ALL], ["list", "--json"],
        *(["show", one] for one in shown), ["show", shown[0], "--json"],
        ["day", "2026-11-21"], ["day", "2026-11-22"], ["day", "2026-11-21", "--json"],
        ["recall", "word"], ["recall", "word", "evil", "--json"], ["recall", ALL],
        ["recall", "word", "--around", "3", "--group", "session", "--diverse", "--explain"],
        ["verify"], ["verify", "--all"], ["verify", "--json"],
        ["show", ALL], ["show", ALL, "--json"], ["list", "--since", ALL], ["day", ALL], [ALL],
        ["list", ALL],
        ["list", "-n", ALL], ["append", "--kind", ALL, "x"], ["append", "--session", ALL, "x"],
        ["append", "--meta", "\x1b[31m", "x"], ["append", "--at", ALL, "x"],
        ["append", "--file", ALL],
        ["append", "--file", ALL, "--json"], ["--workspace", ALL, "list"],
        ["append", "--workspace", ALL, "x"],
        ["init", "sub/\x1b[31m\u202e"],
    ]  # fmt: skip


def check_text(text: str, *, json_lines: bool = False) -> None:
    strange = {char for char in text if category(char) in UNSEEN} - {"\n", "\t"}
    # An emoji's own joiners would be kept; none of the attacks has any.
    assert not strange, f"{sorted(map(ascii, strange))} in {text[:2_000]!r}"
    assert "Traceback" not in text
    if json_lines:
        for line in text.splitlines():
            json.loads(line)


def piped(command: Path, root: Path, argv: list[str]) -> tuple[str, str, int]:
    done = subprocess.run(
        [command, *argv],
        cwd=root,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def on_terminal(command: Path, root: Path, argv: list[str], **changed: str) -> str:
    """What a terminal gets, stdout and stderr alike."""
    shown, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {
        key: value
        for key, value in os.environ.items()
        if key not in ("NO_COLOR", "COLUMNS", "LINES")
    }
    environ |= {"TERM": "xterm"} | changed
    with subprocess.Popen(
        [command, *argv],
        cwd=root,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=inner,
        stderr=inner,
    ) as process:
        os.close(inner)
        parts = []
        while True:
            try:
                part = os.read(shown, 1 << 16)
            except OSError:  # Linux says so when the other end closes
                break
            if not part:
                break
            parts.append(part)
        process.wait(timeout=60)
    os.close(shown)
    return b"".join(parts).decode().replace("\r\n", "\n")  # the terminal's own carriage returns


def test_on_a_pipe(root: Path, journal_bin: Path) -> None:
    for argv in verbs(root):
        out, err, code = piped(journal_bin, root, argv)
        # JSON goes to programs, which want every character; cjson leaves those beyond the BMP.
        as_json = "--json" in argv
        check_text(
            re.sub("[\U000e0000-\U000e007f]", "", out) if as_json else out, json_lines=as_json
        )
        check_text(re.sub("[\U000e0000-\U000e007f]", "", err) if as_json else err)
        assert out or err, argv
        assert code in (0, 1, 2, 3, 4, 5), argv


@pytest.mark.parametrize("no_color", ["", "1"])
def test_on_a_terminal(root: Path, journal_bin: Path, no_color: str) -> None:
    coloured = 0
    for argv in verbs(root):
        text = on_terminal(journal_bin, root, argv, NO_COLOR=no_color)
        assert text, argv
        if not no_color:
            coloured += len(SGR.findall(text))
            text = SGR.sub("", text)
        check_text(text)
    assert (coloured > 50) is not bool(no_color)


@pytest.mark.parametrize(
    "changed",
    [
        {"TERM": "dumb"},
        {"COLUMNS": "20"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
)
def test_on_odd_terminals(root: Path, journal_bin: Path, changed: dict[str, str]) -> None:
    for argv in [*verbs(root)[4:7], ["list"], ["day", "2026-11-21"], ["recall", "word"]]:
        text = on_terminal(journal_bin, root, argv, **changed)
        if changed.get("TERM") == "dumb":
            assert "\x1b" not in text
        check_text(SGR.sub("", text))


def test_exact_into_a_pipe_safe_on_a_terminal(root: Path, journal_bin: Path) -> None:
    notebook = Notebook.open(str(root))
    entry = max((e for e in notebook.entries() if e.sealed), key=lambda e: len(e.body))
    for flag, wanted in (("--body", entry.body.encode()), ("--raw", notebook.raw(entry))):
        argv = ["show", entry.id, flag]
        done = subprocess.run([journal_bin, *argv], cwd=root, capture_output=True, check=True)
        assert done.stdout == wanted
        assert b"\x1b" in done.stdout
        with (root / "exact").open("wb") as file:
            subprocess.run([journal_bin, *argv], cwd=root, stdout=file, check=True)
        assert (root / "exact").read_bytes() == wanted
        for term in ("xterm", "dumb"):
            text = on_terminal(journal_bin, root, argv, TERM=term)
            check_text(text)
            assert "␛[31mred" in text


def test_markdown_is_rendered_on_a_terminal_only(root: Path, journal_bin: Path) -> None:
    fresh = root / "fresh"
    init(str(fresh))
    receipt = Notebook.open(str(fresh)).append(
        Draft(body="# Head\n\n- **bold** `code`\n\n[to](https://example.org)\n")
    )
    out, _, _ = piped(journal_bin, fresh, ["show", receipt.id])
    assert "**bold** `code`" in out
    text = on_terminal(journal_bin, fresh, ["show", receipt.id])
    assert "**" not in text
    assert "\x1b[1m" in text
    assert "]8;" not in text
    plain = on_terminal(journal_bin, fresh, ["show", receipt.id], NO_COLOR="1")
    assert plain == SGR.sub("", text)


def test_lines_fit_the_terminal(root: Path, journal_bin: Path) -> None:
    for columns in ("40", "80", "120"):
        text = on_terminal(journal_bin, root, ["list"], COLUMNS=columns, NO_COLOR="1")
        out = [line for line in text.split("\n") if re.match(r"\d\d", line)]
        assert out
        assert all(len(line) <= int(columns) for line in out)
