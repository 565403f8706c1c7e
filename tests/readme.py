"""Runs the console examples of Markdown files and compares what they print with what they promise.

A fenced block of the language `console` is one example: `$ ` begins a command, a line ending in a
backslash or opening a here-document goes on in lines that begin with `> `, the rest is the expected
output. Each example runs in a shell of its own, in a new folder that holds a copy of
`sample_workspace`; an expected line `...` stands for any lines, also none. What differs from one
run to the next is masked on both sides: ids, digests, commits, packs, writers' names, tails of
placeholders, times of day. A date may be any date where the run printed today's.

    python tests/readme.py README.md docs/*.md
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
ZONE = "Europe/Berlin"
ANY_LINES = "..."
PATIENCE = 300  # seconds after which an example hangs rather than works
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
_MARK = "\x1e"  # between the outputs of two commands; nothing safe for a screen prints it

_BASE32 = "[0-9A-HJKMNP-TV-Z]"
_MASKS = [
    (re.compile(r"^— (\S+) [A-Za-z0-9+/=]{60,}$"), r"— \1 <signature>"),
    (re.compile(rf"\b{_BASE32}{{26}}\b"), "<ID>"),
    (re.compile(r"\bsha256:[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(rf"\b{_BASE32}{{8}}\b"), "<id>"),
    (re.compile(r"@[0-9a-f]{12}\b"), "@<commit>"),
    (re.compile(r"(?<=\bpack[ .])[0-9a-f]{12}\b"), "<pack>"),
    (re.compile(r"(?<=[a-z0-9]:)[0-9a-f]{4}(?=\])"), "<tail>"),
    (re.compile(r"\b[a-z0-9][a-z0-9-]{0,24}-[0-9a-f]{6}\b"), "<writer>"),
    (re.compile(r"(?<![0-9:])[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(?![0-9:])"), "<time>"),
]
_MONTHS = "January February March April May June July August September October November December"
_ISO = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LONG = rf"[A-Z][a-z]+day, [0-9]{{1,2}} (?:{_MONTHS.replace(' ', '|')}) [0-9]{{4}}"
_DATE_FORMS = (rf"[0-9]{{4}}/{_ISO}", _ISO, _LONG)
_DATES = re.compile(rf"(?<![0-9A-Za-z])({'|'.join(_DATE_FORMS)})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Step:
    """A command of an example, with the output it promises."""

    command: str
    expected: list[str]


@dataclass(frozen=True, slots=True)
class Block:
    """One example: where its fence stands, and its steps."""

    file: Path
    line: int
    steps: list[Step]

    def __str__(self) -> str:
        return f"{self.file.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Run:
    """What one step printed, and on which days (two around a midnight)."""

    output: list[str]
    days: frozenset[date]


def blocks(file: Path) -> list[Block]:
    """The examples of a Markdown file, in order."""
    return [
        Block(file, token.map[0] + 1, list(steps(token.content)))
        for token in MarkdownIt().parse(file.read_text(encoding="utf-8"))
        if token.type == "fence" and token.info.split()[:1] == ["console"] and token.map
    ]


def steps(text: str) -> Iterator[Step]:
    """The commands of an example with the output expected of each."""
    lines = text.rstrip("\n").split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    if not starts or starts[0]:
        raise ValueError("an example begins with a command: `$ ...`")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        command, rest = lines[start][2:], start + 1
        if command.endswith("\\") or "<<" in command:
            while rest < end and (lines[rest] == ">" or lines[rest].startswith("> ")):
                command, rest = f"{command}\n{lines[rest][2:]}", rest + 1
        yield Step(command, lines[rest:end])


def perform(block: Block) -> list[Run]:
    """What each command of the example prints, run in one shell; fewer where the shell ended."""
    with tempfile.TemporaryDirectory(prefix="example-") as name:
        lab = Path(name).resolve()
        here, script = lab / "you", lab / "script"
        give_key(lab / "home" / ".ssh")
        here.mkdir()
        if (sample := ROOT / "sample_workspace").is_dir():
            shutil.copytree(sample, here / sample.name, ignore=shutil.ignore_patterns(".journal"))
        # `$?` stays what the command left, so that an example may show it.
        script.write_text(
            "".join(
                f"{step.command}\nstatus=$?; printf '{_MARK}'; (exit $status)\n"
                for step in block.steps
            ),
            encoding="utf-8",
        )
        first = _today()
        result = subprocess.run(
            ["bash", str(script)],
            cwd=here,
            env=_environment(lab / "home"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,  # its status is its last command's, which may fail on purpose
        )
        days = first | _today()
        text = result.stdout.decode(errors="backslashreplace").replace(str(here), "/home/you")
    *outputs, rest = text.split(_MARK)
    if rest:  # what a shell said that did not reach its end
        outputs.append(rest)
    return [Run(output.split("\n"), days) for output in outputs]


def give_key(folder: Path) -> None:
    """An Ed25519 key that is no secret, as `id_ed25519` and `id_ed25519.pub` in the folder."""
    secret = bytes.fromhex("302e020100300506032b657004220420") + bytes(range(32))
    word = "PRIVATE KEY"  # no file of this repository holds one, whoever looks for them
    lines = f"-----BEGIN {word}-----", b64encode(secret).decode(), f"-----END {word}-----", ""
    folder.mkdir(parents=True)
    (folder / "id_ed25519").write_text("\n".join(lines), encoding="ascii")
    (folder / "id_ed25519").chmod(0o600)
    (folder / "id_ed25519.pub").write_text(f"{PUBLIC_KEY} anna\n", encoding="ascii")


def _today() -> frozenset[date]:
    zones: tuple[tzinfo, ...] = (UTC, ZoneInfo(ZONE))
    return frozenset(datetime.now(zone).date() for zone in zones)


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the person's own environment but where programs are."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    person = {
        f"GIT_{who}_{key}": value
        for who in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Anna Beispiel"), ("EMAIL", "anna@example.org"))
    }
    return person | {
        "PATH": path,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / ".local" / "state"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "TZ": ZONE,
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "80",
    }


def mask(line: str) -> str:
    """The line without what differs from run to run, but for its dates; no spaces at its end."""
    for pattern, name in _MASKS:
        line = pattern.sub(name, line)
    return line.rstrip()


def agrees(expected: str, printed: str, days: frozenset[date]) -> bool:
    """Whether the run printed the expected line, or the same line of another day."""
    today = {form for day in days for form in _forms(day)}
    pattern = "".join(
        _any_like(piece) if piece in today else re.escape(piece)
        for piece in _DATES.split(mask(printed))
    )
    return re.fullmatch(pattern, mask(expected)) is not None


def _forms(day: date) -> tuple[str, ...]:
    long = f"{day:%A}, {day.day} {_MONTHS.split()[day.month - 1]} {day.year}"
    return f"{day:%Y}/{day:%Y-%m-%d}", f"{day:%Y-%m-%d}", long


def _any_like(text: str) -> str:
    return next(form for form in _DATE_FORMS if re.fullmatch(form, text))


def matches(expected: Sequence[str], run: Run) -> bool:
    """Whether the whole output is as expected, `...` standing for any lines."""
    wanted, printed = _trimmed(expected), _trimmed(run.output)
    # reachable: how many printed lines the expected lines so far can account for
    reachable = {0}
    for line in wanted:
        if line == ANY_LINES:
            reachable = set(range(min(reachable), len(printed) + 1))
        else:
            reachable = {
                at + 1
                for at in reachable
                if at < len(printed) and agrees(line, printed[at], run.days)
            }
        if not reachable:
            return False
    return len(printed) in reachable


def _trimmed(lines: Sequence[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return list(lines[:end])


def failures(block: Block) -> list[str]:
    """A diff for each command of the example that did not print what it should."""
    runs = perform(block)
    found = []
    for number, step in enumerate(block.steps):
        if number >= len(runs):
            found.append(f"{block}: $ {step.command}\nnever ran: the shell had ended\n")
        elif not matches(step.expected, runs[number]):
            found.append(f"{block}: $ {step.command}\n{_diff(step.expected, runs[number])}")
    return found


def _diff(expected: Sequence[str], run: Run) -> str:
    """The difference in what is not volatile: a line that agrees is shown as it was printed."""
    printed = _trimmed(run.output)
    wanted = [
        next((line for line in printed if agrees(promised, line, run.days)), promised)
        for promised in _trimmed(expected)
    ]
    return (
        "\n".join(difflib.unified_diff(wanted, printed, "expected", "printed", lineterm="")) + "\n"
    )


def main(names: Sequence[str]) -> int:
    """Runs all examples of the files; prints the failures and a count; 1 if any failed, else 0."""
    count, wrong = 0, 0
    for name in names:
        for block in blocks(Path(name)):
            found = failures(block)
            count, wrong = count + 1, wrong + bool(found)
            for text in found:
                print(text)
    print(f"{count} examples, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
