"""An error as people and programs see it, on stderr."""

import sys

from journal.cjson import dumps
from journal.errors import JournalError
from journal.safe import safe_text


def report(error: JournalError, *, as_json: bool) -> int:
    """Say what is wrong, where, and what to do next; the exit code."""
    if as_json:
        say(dumps(error.record()))
    else:
        say(f"journal: {safe_text(error.message)}")
        if error.hint:
            say(f"  {safe_text(error.hint)}")
    return error.code


def say(line: str) -> None:
    """One line of diagnostics; nobody reading it is no error."""
    try:
        sys.stderr.buffer.write(f"{line}\n".encode(errors="backslashreplace"))
        sys.stderr.flush()
    except OSError:
        return
