"""The lines of a `.env` file: `export NAME="value"  # why`, in quotes over several lines, too.

Cheap on purpose, see `journal.credentials`. A line that is none of these is skipped.
"""

import os
import stat

from journal.files import close, read_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTES = "\"'`"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read(fd: int, path: str, most: int, notices: "list[str]") -> str:
    """The file's text, and the descriptor closed; a notice and no text if it can't be used."""
    try:
        state = os.fstat(fd)
        if stat.S_ISDIR(state.st_mode):  # some keep a virtual environment in `.env`
            return ""
        if not stat.S_ISREG(state.st_mode):
            notices.append(f"{path} is no regular file: its secrets are not known")
            return ""
        data = read_at(fd, most + 1, 0)
    except OSError as error:
        notices.append(f"{path} can't be read ({error.strerror}): its secrets are not known")
        return ""
    finally:
        close(fd)
    if len(data) > most:
        notices.append(f"{path} is larger than {most:,} bytes: its secrets are not known")
        return ""
    return data.decode("utf-8-sig", "replace")


def variables(text: str) -> "Iterator[tuple[str, str]]":
    """Name and value of each variable; both values where readers of such files disagree."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        name, equals, rest = text[at:end].partition("=")
        name = name.strip().removeprefix("export ").strip()
        if equals and name and _NAME.issuperset(name):
            rest = rest.lstrip()
            begin = end - len(rest)
            if rest[:1] in _QUOTES and rest:
                closing = _closing(text, begin)
                if closing > 0:
                    yield from _quoted(name, rest[0], text[begin + 1 : closing])
                    end = text.find("\n", closing)
                    end = len(text) if end < 0 else end
                else:
                    yield name, rest[1:].rstrip()
            else:
                yield name, _bare(rest)
        at = end + 1


def _closing(text: str, at: int) -> int:
    """Where the quotation ends that begins here; -1 if it does not."""
    quote = text[at]
    at = text.find(quote, at + 1)
    while quote == '"' and at > 0 and _is_escaped(text, at):
        at = text.find(quote, at + 1)
    return at


def _is_escaped(text: str, at: int) -> bool:
    before = at
    while text[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1


def _quoted(name: str, quote: str, value: str) -> "Iterator[tuple[str, str]]":
    yield name, value
    if quote == '"' and "\\" in value:
        yield name, _unescaped(value)


def _unescaped(value: str) -> str:
    parts = []
    escaped = False
    for char in value:
        if escaped:
            parts.append(_ESCAPES.get(char, char))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            parts.append(char)
    return "".join(parts)


def _bare(rest: str) -> str:
    """A value without quotes: a comment begins behind a blank."""
    for blank in (" #", "\t#"):
        rest = rest.partition(blank)[0]
    return "" if rest.startswith("#") else rest.strip()
