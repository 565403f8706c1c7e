"""An error as people and programs see it, on stderr."""

import sys
from errno import EMFILE, ENOSPC, EROFS

from journal.cjson import dumps
from journal.errors import JournalError
from journal.safe import safe_text

_HINTS = {
    ENOSPC: "the disk is full: free some space, and try again",
    EMFILE: "too many files are open: see `ulimit -n`",
    EROFS: "nothing can be written there",
}


def report(error: JournalError, *, as_json: bool) -> int:
    """Say what is wrong, where, and what to do next; the exit code."""
    if as_json:
        say(dumps(error.record()))
    else:
        say(f"journal: {error.message}")
        if error.hint:
            say(f"  {error.hint}")
    return error.code


def from_system(error: OSError) -> JournalError:
    """What the operating system refused, as an error of the journal's."""
    return JournalError(
        error.strerror or str(error),
        kind="system",
        file=str(error.filename or ""),
        hint=_HINTS.get(error.errno or 0, "check the path and its permissions"),
    )


def say(line: str) -> None:
    """One line of diagnostics, made safe; nobody reading it is no error."""
    try:
        sys.stderr.buffer.write(f"{safe_text(line)}\n".encode(errors="backslashreplace"))
        sys.stderr.flush()
    except OSError:
        return
