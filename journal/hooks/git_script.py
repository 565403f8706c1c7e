"""Our lines in the script of a git hook. Pure.

In a shell script of somebody else's they come right after its first line, so that it may end where
it likes. What is no shell script is kept beside, and a script of ours calls it first. Either way it
has its arguments, its standard input and its exit status as if we weren't there.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

SHELL = "#!/bin/sh\n"
KEPT = "journal-kept"  # the folder, beside the hooks, of those that ours stand in front of

# How our lines came into the file, as their first line says.
AMONG = ""  # into a script that was there
ALONE = " (this file is its own)"
BEFORE = f" (the hook that was here is in {KEPT}/)"

_BEGIN, _END = "# >>> journal", "# <<< journal\n"
_SHELLS = re.compile(
    r"#![ \t]*(?:\S*/env\s+(?:-S\s+)?)?(?:\S*/)?(?:ba|da|a|k|mk|z)?sh(?:[ \t][^\r\n]*)?\n"
)
_CALL = re.compile(
    r"^\s*(?:\S.*\| )?('[^\n]*|/\S*) hook run git (\S+) --workspace=(.*?) \"\$@\"", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """Our lines in a script, and what stands before and after them."""

    before: str
    text: str
    after: str

    @property
    def rest(self) -> str:
        """The script without them."""
        return self.before + self.after

    @property
    def form(self) -> str:
        """How they came there: AMONG, ALONE or BEFORE."""
        line = self.text.partition("\n")[0]
        return next((form for form in (ALONE, BEFORE) if form in line), AMONG)

    @property
    def calls(self) -> tuple[str, str]:
        """The program and the workspace that they name; empty if they are mangled."""
        found = _CALL.search(self.text)
        try:
            words = [shlex.split(found[number]) for number in (1, 3)] if found else []
        except ValueError:
            return "", ""
        return (words[0][0], words[1][0]) if words and all(words) else ("", "")

    def replaced(self, text: str) -> str:
        """The script with other lines in their place."""
        return self.before + text + self.after


def find(script: str) -> Block | None:
    """Our lines; None if there are none, or no end of them."""
    start = 0 if script.startswith(_BEGIN) else script.find(f"\n{_BEGIN}") + 1
    end = script.find(_END, start)
    if end < 0 or not script.startswith(_BEGIN, start):
        return None
    end += len(_END)
    return Block(script[:start], script[start:end], script[end:])


def is_shell(script: str) -> bool:
    """Whether lines of shell may be put into it."""
    return bool(_SHELLS.match(script))


def with_block(script: str, text: str) -> str:
    """The script with our lines after its first one."""
    first, newline, rest = script.partition("\n")
    return f"{first}{newline}{text}{rest}"


def block(name: str, program: str, root: str, form: str) -> str:
    """Our lines for a hook."""
    program, root = shlex.quote(program), shlex.quote(root)
    given = name == "post-rewrite"  # the one that reads standard input
    call = f'{program} hook run git {name} --workspace={root} "$@"'
    call = f"printf '%s\\n' \"$journal_given\" | {call}" if given else f"{call} </dev/null"
    lines = [f"{_BEGIN}{form}: `journal hook remove git` takes these lines away"]
    if form == BEFORE:
        pipe = "printf '%s\\n' \"$journal_given\" | " if given else ""
        lines += ["journal_given=$(cat)"] if given else []
        lines += [
            "journal_status=0",
            f'journal_kept="${{0%/*}}/{KEPT}/{name}"',
            'if [ -x "$journal_kept" ]; then',
            f'  {pipe}"$journal_kept" "$@" || journal_status=$?',
            "fi",
            f"if [ -x {program} ]; then",
            f"  {call} >/dev/null || :",
            "fi",
            "exit $journal_status",
        ]
    else:
        again = ["  exec <<JOURNAL_GIVEN", "$journal_given", "JOURNAL_GIVEN"]
        lines += [f"if [ -x {program} ]; then"]
        lines += ["  journal_given=$(cat)"] if given else []
        lines += [f"  {call} >/dev/null || :"]
        lines += [*again, "  unset journal_given"] if given else []
        lines += ["fi"]
    return "\n".join(lines) + "\n" + _END
