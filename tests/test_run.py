"""`journal run`, as a person at a terminal uses it, and the parts that make lines of what came."""

import hashlib
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator

from journal import workspace
from journal.entry import Entry
from journal.notebook import Notebook
from journal.recording import frames
from journal.recording.frames import Frame
from journal.recording.keys import Burst, Keys
from journal.recording.screen import Screen
from journal.recording.terminal import Modes
from journal.recording.turns import Turns

PATIENCE = 20.0  # seconds until something that should be there isn't
HIDDEN = "[input not shown, not recorded]"


class Person:
    """Somebody at a terminal of their own, in which a program runs."""

    def __init__(self, words: list[str], cwd: Path) -> None:
        self.seen = b""
        self._at = 0
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(cwd)
            os.environ["PYTHON_BASIC_REPL"] = "1"
            os.environ["TERM"] = "xterm-256color"
            os.environ["PS1"] = "$ "
            os.execvp(words[0], words)  # noqa: S606
        termios.tcsetwinsize(self.fd, (24, 80))

    def sees(self, text: str) -> None:
        """Wait until the screen shows the text, after what was seen before."""
        wanted = text.encode()
        until = time.monotonic() + PATIENCE
        while (at := self.seen.find(wanted, self._at)) < 0:
            assert time.monotonic() < until, (text, self.seen[-500:])
            assert self._more(), (text, self.seen[-500:])
        self._at = at + len(wanted)

    def types(self, keys: str | bytes) -> None:
        os.write(self.fd, keys.encode() if isinstance(keys, str) else keys)

    def waits(self) -> int:
        """Read to the end; the exit code."""
        until = time.monotonic() + PATIENCE
        while self._more():
            assert time.monotonic() < until, self.seen[-500:]
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def edits(self) -> bool:
        """Whether the terminal edits and echoes, as it did at first."""
        flags: int = termios.tcgetattr(self.fd)[3]
        return bool(flags & termios.ICANON) and bool(flags & termios.ECHO)

    def _more(self) -> bool:
        if not select.select([self.fd], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def leaves(self) -> None:
        """Close the window."""
        os.close(self.fd)


class Place:
    """A workspace, and people who come to it."""

    def __init__(self, root: Path, command: Path) -> None:
        self.root = root
        self.command = str(command)

    def person(self, *words: str, options: tuple[str, ...] = ()) -> Person:
        return Person([self.command, "run", *options, "--", *words], self.root)

    def piped(
        self, *words: str, given: bytes = b"", options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[bytes]:
        call = [self.command, "run", *options, "--", *words]
        return subprocess.run(call, cwd=self.root, input=given, capture_output=True, check=False)

    def entries(self) -> list[Entry]:
        return list(Notebook.open(str(self.root)).entries())[::-1]

    def said(self) -> list[tuple[str, str]]:
        """Who said what, without the events."""
        return [
            (entry.role, entry.body.strip().removeprefix("```\n").removesuffix("\n```"))
            for entry in self.entries()
            if entry.kind == "message"
        ]

    def ended(self) -> Entry:
        """The event at the end, once it is there."""
        until = time.monotonic() + PATIENCE
        while len(found := self.entries()) < 2 or "seconds" not in found[-1].fields:
            assert time.monotonic() < until
            time.sleep(0.02)
        return found[-1]

    def holds(self, text: bytes) -> bool:
        """Whether any file of the workspace has these bytes."""
        files = [file for file in self.root.rglob("*") if file.is_file()]
        return any(text in file.read_bytes() for file in files)


@pytest.fixture
def place(tmp_path: Path, journal_bin: Path) -> Place:
    root = tmp_path / "notes"
    workspace.init(str(root))
    return Place(root, journal_bin)


def test_a_conversation_becomes_entries(place: Place) -> None:
    person = place.person("sh", "-c", "echo hello; read x; echo got $x; exit 3")
    person.sees("hello")
    person.types("wor\x7f\x7forld\r")
    assert person.waits() == 3
    assert place.said() == [("tool", "hello"), ("user", "world"), ("tool", "got world")]
    entries = place.entries()
    assert [entry.kind for entry in entries] == ["event", "message", "message", "message", "event"]
    assert [entry.parent for entry in entries] == ["", *(entry.id for entry in entries[:-1])]
    assert len({entry.session for entry in entries}) == 1
    assert entries[0].session.startswith("sh-")
    assert entries[-1].fields["exit"] == 3
    assert {entry.actor for entry in entries if entry.role == "tool"} == {"sh"}


@pytest.mark.parametrize(
    ("script", "code", "name"),
    [("exit 0", 0, None), ("exit 7", 7, None), ("kill -TERM $$", 143, "SIGTERM")],
)
def test_the_exit_code_is_the_commands(
    place: Place, script: str, code: int, name: str | None
) -> None:
    assert place.piped("sh", "-c", script).returncode == code
    ended = place.entries()[-1]
    assert ended.fields["exit"] == code
    assert ended.fields.get("signal") == name


def test_what_cannot_start_is_said_as_by_a_shell(place: Place) -> None:
    plain = place.root / "plain"
    plain.write_text("no program", encoding="utf-8")
    for word, code in (("no-such-command", 127), (str(plain), 126), ("./gone", 127)):
        person = place.person(word)
        assert person.waits() == code
        assert b"nothing was run or recorded" in person.seen
    assert place.entries() == []


def test_a_line_editor_is_asked_what_was_typed(place: Place) -> None:
    person = place.person(sys.executable, "-q")
    for keys in ("1+2", "6 * 8\x1b[D\x7f7", "\x1b[A\x1b[A", "'h\u00e9\u6f22'"):
        person.sees(">>> ")
        person.types(f"{keys}\r")
    person.sees(">>> ")
    person.types("\x04")
    assert person.waits() == 0
    assert [text for role, text in place.said() if role == "user"] == [
        "1+2", "6 *78", "1+2", "'h\u00e9\u6f22'", "^D",
    ]  # fmt: skip
    outputs = [text for role, text in place.said() if role == "tool"]
    assert outputs[-3:] == ["468", "3", "'h\u00e9\u6f22'"]


def test_a_password_is_nowhere(place: Place) -> None:
    script = "printf 'Password: '; stty -echo; echo; read p; stty echo; echo got ${#p}"
    person = place.person("sh", "-c", script)
    person.sees("Password: \r\n")
    person.types("correct horse\r")
    person.sees("got 13")
    assert person.waits() == 0
    assert ("user", HIDDEN) in place.said()
    assert not place.holds(b"correct")
    assert not place.holds(b"horse")


def test_a_full_screen_program_is_a_line(place: Place) -> None:
    draw = r"printf '\033[?1049h\033[Hmany words'; read x; printf '\033[?1049lafter\n'"
    person = place.person("sh", "-c", draw)
    person.sees("many words")
    person.types("keys\r")
    assert person.waits() == 0
    ((role, text),) = place.said()
    assert role == "tool"
    assert text.startswith("[full-screen program: ")
    assert text.endswith("bytes not kept]\nafter")
    assert not place.holds(b"many words\n")


@pytest.mark.skipif(not shutil.which("vim"), reason="there is no vim")
def test_vim_is_no_garbage(place: Place) -> None:
    person = place.person("vim", "-u", "NONE", "text")
    person.sees("~")
    person.types("ihello\x1b")
    person.types(":wq\r")
    assert person.waits() == 0
    assert (place.root / "text").read_text(encoding="utf-8") == "hello\n"
    ((_, text),) = place.said()
    assert "full-screen program" in text
    assert "\x1b" not in text


def test_keys_reach_the_command_as_signals(place: Place) -> None:
    person = place.person("sh", "-c", "echo ready; exec sleep 60")
    person.sees("ready")
    person.types("\x03")
    assert person.waits() == 130
    assert ("user", "^C") in place.said()
    assert place.entries()[-1].fields["signal"] == "SIGINT"


def test_the_window_has_its_size(place: Place) -> None:
    person = place.person("sh", "-c", "read x; stty size; read x; stty size")
    person.types("\r")
    person.sees("24 80")
    termios.tcsetwinsize(person.fd, (50, 132))
    person.types("\r")
    person.sees("50 132")
    assert person.waits() == 0


def test_a_killed_recorder_leaves_a_sane_terminal(place: Place) -> None:
    """What it was told is in the journal, and the command hears that its terminal is gone."""
    show = r"""trap 'echo > hung' HUP
printf 'some words\n\033[?2004h\033[?25l'
read x; echo on; sleep 60 & wait
"""
    (place.root / "show").write_text(show, encoding="utf-8")
    start = f"echo pid $$.; exec {place.command} run -- sh show"
    person = Person(["sh", "-c", f"sh -c '{start}'; echo code $?; read x"], place.root)
    person.sees("pid ")
    person.sees(".\r\n")
    recorder = int(person.seen.split(b"pid ")[1].split(b".")[0])
    person.sees("some words")
    assert not person.edits()
    person.types("typed\r")
    person.sees("on\r\n")
    os.kill(recorder, signal.SIGKILL)
    person.sees("code 137")
    until = time.monotonic() + PATIENCE
    while not (person.edits() and (place.root / "hung").exists()):
        assert time.monotonic() < until
        time.sleep(0.01)
    person.types("\r")
    person.waits()
    assert b"\x1b[?2004l" in person.seen
    assert b"\x1b[?25h" in person.seen
    assert place.ended().fields["event"] == "lost"
    assert place.said() == [("tool", "some words"), ("user", "typed"), ("tool", "on")]


def test_a_command_that_is_killed_leaves_a_sane_terminal(place: Place) -> None:
    script = r"printf '\033[?1049h\033[?1000h'; kill -9 $$"
    (place.root / "script").write_text(script, encoding="utf-8")
    start = f"{place.command} run -- sh script; echo code $?; read x"
    person = Person(["sh", "-c", start], place.root)
    person.sees("code 137")
    assert person.edits()
    assert b"\x1b[?1049l" in person.seen
    assert b"\x1b[?1000l" in person.seen
    person.types("\r")
    person.waits()


def test_a_closed_window_ends_the_command_and_is_told(place: Place) -> None:
    person = place.person("sh", "-c", "echo here; sleep 60")
    person.sees("here")
    person.leaves()
    os.waitpid(person.pid, 0)
    ended = place.ended()
    assert ended.fields["signal"] == "SIGHUP"
    assert place.said() == [("tool", "here")]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no shell with job control")
def test_stopped_and_resumed(place: Place) -> None:
    shell = Person(["bash", "--norc", "-i"], place.root)
    shell.sees("$ ")
    shell.types(f"{place.command} run -- cat\r")
    shell.sees("cat\r\n")
    shell.types("one\r")
    shell.sees("one\r\none\r\n")
    shell.types("\x1a")
    shell.sees("Stopped")
    shell.sees("$ ")
    shell.types("fg\r")
    shell.sees("run -- cat\r\n")
    shell.types("two\r")
    shell.sees("two\r\ntwo\r\n")
    shell.types("\x04")
    shell.sees("$ ")
    shell.types("exit\r")
    assert shell.waits() == 0
    users = [text for role, text in place.said() if role == "user"]
    assert users == ["one", "^Z", "two", "^D"]


def test_what_comes_by_a_pipe(place: Place) -> None:
    done = place.piped("sh", "-c", "read a; echo got $a; cat", given=b"one\ntwo\nthree")
    assert done.stdout == b"got one\ntwo\nthree"
    said = place.said()
    assert said[:2] == [("user", "one"), ("tool", "got one")]
    assert ("user", "two") in said


def test_a_flood_by_a_pipe_arrives_whole_and_is_only_counted(place: Place) -> None:
    given = b"long" * 3000 + b"\n" + bytes(range(256)) * 800 + b"\n"
    done = place.piped("sha256sum", given=given)
    assert done.stdout.split()[0].decode() == hashlib.sha256(given).hexdigest()
    assert ("user", f"[{len(given):,} bytes of input from a pipe, not recorded]") in place.said()


def test_a_password_by_a_pipe_is_not_recorded(place: Place) -> None:
    script = "stty -echo; echo ready; read p; echo got ${#p}"
    done = place.piped("sh", "-c", script, given=b"correct horse\n")
    assert done.stdout == b"ready\ngot 13\n"
    assert not place.holds(b"correct")


def test_five_megabytes_pass_whole_and_are_kept_in_part(place: Place) -> None:
    done = place.piped("seq", "700000")
    assert done.stdout == b"".join(b"%d\n" % number for number in range(1, 700_001))
    bodies = [text for _, text in place.said()]
    assert 1 <= len(bodies) <= 20
    assert bodies[0].startswith("1\n2\n3\n")
    assert all(len(body) < 20_000 for body in bodies)
    assert "bytes left out" in bodies[0]
    assert bodies[-1].endswith("\n700000")


def test_all_of_it_is_attached_if_asked(place: Place) -> None:
    assert place.piped("seq", "9000", options=("--full",)).returncode == 0
    (entry,) = [entry for entry in place.entries() if entry.role == "tool"]
    (kept,) = entry.fields["attachments"]
    (file,) = (place.root / "journal" / "main" / "attachments").iterdir()
    assert file.read_text(encoding="utf-8").split() == [str(n) for n in range(1, 9001)]
    assert kept["digest"] == f"sha256:{file.name}"
    assert "bytes left out" in entry.body


def test_json_has_stdout_for_itself(place: Place) -> None:
    done = place.piped("sh", "-c", "echo words; exit 4", options=("--json", "--session", "s-1"))
    schema = json.loads((ROOT / "schemas" / "run.json").read_text(encoding="utf-8"))
    found = json.loads(done.stdout)
    Draft202012Validator(schema).validate(found)
    assert done.stdout.count(b"\n") == 1
    assert done.returncode == found["exit"] == 4
    assert (found["entries"], found["inputs"], found["outputs"]) == (3, 0, 1)
    assert found["session"] == "s-1"
    assert b"words" in done.stderr
    assert [entry.id for entry in place.entries()][::2] == [found["first"], found["last"]]


def test_the_commands_words_are_its_own(place: Place) -> None:
    words = ("sh", "-c", 'echo "$@"', "x", "--since", "-7d", "--json", "--session", "--", "-q")
    shown = b"--since -7d --json --session -- -q\n"
    assert place.piped(*words).stdout == shown
    call = [place.command, "run", *words]
    bare = subprocess.run(call, cwd=place.root, input=b"", capture_output=True, check=True)
    assert bare.stdout == shown


def test_what_the_command_appends_joins_the_session(place: Place) -> None:
    script = f"{place.command} append nested; echo a batch | {place.command} append --tag x -"
    assert place.piped("sh", "-c", script, options=("--session", "mine")).returncode == 0
    found = place.entries()
    assert {entry.session for entry in found} == {"mine"}
    assert [entry.body.strip() for entry in found if entry.kind == "note"] == ["nested", "a batch"]


def test_no_keys_if_asked(place: Place) -> None:
    person = place.person("sh", "-c", "echo hello; read x; echo got it", options=("--no-input",))
    person.sees("hello")
    person.types("a word\r")
    assert person.waits() == 0
    assert place.said() == [("tool", "hello"), ("tool", "got it")]


def test_a_secret_is_masked(place: Place) -> None:
    token = "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789"
    done = place.piped("echo", token)
    assert done.stdout == f"{token}\n".encode()
    assert not place.holds(token.encode())
    assert b"masked before anything was kept" in done.stderr


def test_trouble_with_the_journal_is_none_of_the_commands(place: Place) -> None:
    (place.root / "policy.yaml").write_text("namespaces: [", encoding="utf-8")
    done = place.piped("sh", "-c", "echo words; exit 6")
    assert (done.returncode, done.stdout) == (6, b"words\n")
    assert b"policy.yaml:" in done.stderr
    assert b"3 entries could not be appended; 3 wait in the dead letters" in done.stderr
    assert len(list((place.root / ".journal" / "state" / "dead").iterdir())) == 3
    assert not place.holds(b"words\n")


def test_without_a_journal_nothing_is_run(place: Place, tmp_path: Path) -> None:
    call = [place.command, "run", "--", "touch", "there"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 3
    assert not (tmp_path / "there").exists()


# The parts


SCREENS = [
    ([b"a\r\nb\x08c\r\n"], ["a", "c"]),
    ([b"12%\r50%\r\x1b[Kdone\r\n"], ["done"]),
    ([b"abc\x1b[2D\x1b[K\r\n"], ["a"]),
    ([b"one\r\ntwo\r\n\x1b[2A\x1b[2KONE\r\n\x1b[2KTWO\r\n"], ["ONE", "TWO"]),
    ([b"x" * 100, b"\r\ny"], ["x" * 100, "y"]),
    (["漢字é".encode()[:4], "漢字é".encode()[4:]], ["漢字é"]),
    (["e\u0301\r\n".encode()], ["e\u0301"]),
    (["漢\b\bab".encode()], ["ab"]),
    ([b"\x1b]0;tit", b"le\x07a\x1b[3", b"1mred\x1b[0m\x1b(B"], ["ared"]),
    ([b"\x1bP" + b"q" * 5000, b"q" * 5000, b"\x1b", b"\\x"], ["x"]),
    ([b"a\r\nb\r\n\x1b[H\x1b[2Jc"], ["a", "b", "c"]),
    ([b"a\tb\r\n"], ["a       b"]),
    ([b"\xff\xfe\r\n"], ["\ufffd\ufffd"]),
    ([b"abc\x1b[3D\x1b[Pd\x1b[@\r\n"], ["d c"]),
    ([b"line\r\n" * 60], ["line"] * 60),
    ([b"\x1b[99999;99999Hx\x1b[0;0H\x1b[1;9zy"], ["y", *[""] * 22, " " * 39 + "x"]),
]


@pytest.mark.parametrize(("parts", "lines"), SCREENS)
def test_a_screen_shows_what_a_terminal_would(parts: list[bytes], lines: list[str]) -> None:
    screen = Screen(40, 24)
    for part in parts:
        screen.feed(part)
    assert screen.take() == lines
    assert screen.take() == []


@pytest.mark.parametrize(("parts", "lines"), SCREENS)
def test_how_it_is_cut_makes_no_difference(parts: list[bytes], lines: list[str]) -> None:
    screen = Screen(40, 24)
    for byte in b"".join(parts):
        screen.feed(bytes([byte]))
    assert screen.take() == lines


def test_a_line_is_told_again_once_it_changed() -> None:
    screen = Screen()
    screen.feed(b"kept\r\n10%")
    assert screen.take() == ["kept", "10%"]
    screen.feed(b"\r90%")
    assert screen.take() == ["90%"]


KEYS = [
    ("abc\r", ["abc"]),
    ("wor\x7fd\r", ["wod"]),
    ("one two\x17three\r", ["one three"]),
    ("gone\x15kept\r", ["kept"]),
    ("ac\x1b[Db\r", ["abc"]),
    ("bc\x01a\x05d\r", ["abcd"]),
    ("\x1b[200~a\nb\x1b[201~c\r", ["a\nbc"]),
    ("\x1b[I\x1b[?62;4c\x1b]11;rgb:0/0/0\x1b\\x\r", ["x"]),
    ("a\x1b\rb\r", ["a\nb"]),
    ("ab\x03", ["ab^C"]),
    ("\x04", ["^D"]),
    ("é漢\x7f\r", ["é"]),
    ("one\rtwo\r", ["one", "two"]),
]


@pytest.mark.parametrize(("typed", "lines"), KEYS)
@pytest.mark.parametrize("whole", [True, False])
def test_keys_make_the_line_that_was_meant(typed: str, lines: list[str], *, whole: bool) -> None:
    keys = Keys()
    data = typed.encode()
    parts = [data] if whole else [bytes([byte]) for byte in data]
    found = [burst for part in parts for burst in keys.feed(part, cooked=False)]
    assert found == [Burst(line) for line in lines]
    assert keys.pending is None


def test_a_key_whose_effect_is_the_programs_is_noticed() -> None:
    assert Keys().feed(b"ec\to\r", cooked=False) == [Burst("eco", exact=False)]
    assert Keys().feed(b"\x1b[A\r", cooked=False) == [Burst("", exact=False)]


def test_what_a_program_turned_on_is_turned_off() -> None:
    modes = Modes()
    assert not modes.see(b"words")
    assert modes.see(b"\x1b[?10") is False
    assert modes.see(b"49h\x1b[?25l")
    assert modes.undo() == b"\x1b[?1049l\x1b[?25h"
    assert modes.see(b"\x1b[?25h\x1b[?1049l")
    assert modes.undo() == b""


class Heard:
    """What was taken for said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def typed(self, text: str) -> None:
        self.said.append(("in", text))

    def printed(self, text: str) -> None:
        self.said.append(("out", text))


def heard(*told: tuple[bytes, bytes], wait: float = 0.01) -> list[tuple[str, str]]:
    """What is taken for said, of frames that come one soon after the other."""
    writer = Heard()
    turns = Turns(writer, (24, 80), keys=True, full=False)
    now = 1000.0
    for kind, data in told:
        now += wait
        turns.look(now)
        turns.hear(Frame(kind, now, data))
    turns.close(now)
    return writer.said


def test_a_masked_password_is_hidden() -> None:
    """Where the program edits, no setting of the terminal tells: the screen does."""
    assert heard(
        (frames.OUT, b"Password: "), (frames.RAW, b"hunter2"), (frames.OUT, b"*******"),
        (frames.RAW, b"\r"), (frames.OUT, b"\r\nok\r\n"),
    ) == [("out", "Password:"), ("in", HIDDEN), ("out", "Password: *******\nok")]  # fmt: skip


def test_a_program_that_draws_a_box_around_the_input() -> None:
    box = b"\x1b[2K\x1b[1A\x1b[2K\r> %s\r\n----"
    said = heard(
        (frames.OUT, b"> \r\n----"), (frames.RAW, b"hello"), (frames.OUT, box % b"hello"),
        (frames.RAW, b"\r"), (frames.OUT, box % b""), (frames.OUT, b"\r\nHi there\r\n"),
    )  # fmt: skip
    assert ("in", "hello") in said
    assert "Hi there" in said[-1][1]
    assert "hello" not in said[-1][1]


def test_a_key_without_an_enter() -> None:
    assert heard(
        (frames.OUT, b"Go on? "), (frames.RAW, b"y"), (frames.OUT, b"y\r\nGone\r\nName: "),
        (frames.COOKED, b"Anna\r"), (frames.OUT, b"Anna\r\n"),
    ) == [("out", "Go on?"), ("in", "y"), ("out", "Gone\nName:"), ("in", "Anna")]  # fmt: skip


def test_pasted_lines_are_one_input() -> None:
    said = heard(
        (frames.OUT, b"> "), (frames.COOKED, b"a = 1\rb = 2\r"),
        (frames.OUT, b"a = 1\r\nb = 2\r\nfine\r\n"),
    )  # fmt: skip
    assert said == [("out", ">"), ("in", "a = 1\nb = 2"), ("out", "fine")]


def test_output_is_kept_before_anybody_answers() -> None:
    writer = Heard()
    turns = Turns(writer, (24, 80), keys=True, full=False)
    turns.hear(Frame(frames.OUT, 1000.0, b"a question?"))
    due = turns.due()
    assert due is not None
    assert due < 1005
    turns.look(due)
    assert writer.said == [("out", "a question?")]
    assert turns.due() is None


def test_output_that_never_pauses_is_kept_all_the_same() -> None:
    writer = Heard()
    turns = Turns(writer, (24, 80), keys=True, full=False)
    for tenth in range(10_000):
        now = 1000.0 + tenth / 10
        turns.look(now)
        turns.hear(Frame(frames.OUT, now, b"%d\r\n" % tenth))
    assert 15 < len(writer.said) < 25
    turns.close(2000.0)
    assert "\n".join(text for _, text in writer.said) == "\n".join(map(str, range(10_000)))
