"""What is said of a query that can't be read: what, where, and what may be meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC

from journal.errors import UsageError
from journal.recall.query import FIELDS
from journal.safe import columns, one_line

ALIASES = {"tags": "tag"}
_MEANT = {
    "author": "actor", "by": "actor", "user": "actor", "who": "actor", "type": "kind",
    "git": "branch", "label": "tag", "name": "title", "thread": "path",
}  # fmt: skip
_OPTIONS = {
    "since": ("--since",), "after": ("--since",), "until": ("--until",), "before": ("--until",),
    "date": ("--since", "--until"), "day": ("--since", "--until"),
}  # fmt: skip
# A slip away from a field's name, but words of their own.
_OTHER_WORDS = frozenset({"kid", "kin", "pat", "roe", "tang", "tile"})
_BEFORE, _AFTER = 40, 30  # characters of the query that are shown around the place
_MOST_MENDED = 8
_LONGEST_SUGGESTION = 200
IN_QUOTES = "in double quotes anything is looked for as text"
# What joins a query to what is taken out of it.
_JOINS = re.compile(r"(?:(?<!\S)(?:AND|OR|NOT|-)\s*)+$")
_EMPTIED = re.compile(r"\(\s*\)")
_SAFE_IN_A_SHELL = re.compile(r"[\w @%+=:,./-]*")


class Complaint(Exception):
    """What is wrong with a query from `at` to `end`; `mended` is the query with that put right.

    `options` of the command line say what the query can't.
    """

    def __init__(self, what: str, at: int, end: int, mended: str, hint: str = IN_QUOTES) -> None:
        super().__init__(what)
        self.at, self.end, self.mended, self.hint = at, end, " ".join(mended.split()), hint
        self.options: Mapping[str, str] = {}


def bad_query(text: str, complaint: Complaint, read: Callable[[str], object]) -> UsageError:
    """The error that points at the place, and suggests a query that can be read."""
    meant = _suggestion(complaint, read)
    lines = [complaint.hint, *_pointed(text, complaint.at, complaint.end)]
    if meant:
        lines.append(f"did you mean: {meant}")
    what = f"{complaint}, at character {complaint.at + 1} of the query"
    return UsageError(what, kind="bad-query", hint="\n".join(lines))


def _suggestion(complaint: Complaint, read: Callable[[str], object]) -> str:
    """The query with all put right that is wrong; empty if that is too much.

    With options it is as one types it in a shell.
    """
    options: dict[str, str] = {}
    for _ in range(_MOST_MENDED):
        mended = complaint.mended
        options |= complaint.options
        try:
            some = read(mended) is not None
        except Complaint as further:
            complaint = further
            continue
        shown = one_line(mended) if some else ""
        if not all(options.values()) or len(mended) > _LONGEST_SUGGESTION:
            return ""
        return _typed(shown or "WORDS", options) if options else shown
    return ""


def _typed(query: str, options: Mapping[str, str]) -> str:
    """The query and its options as words of a command line."""
    given = " ".join(
        f'{option} "{value}"' if " " in value else f"{option} {value}"
        for option, value in options.items()
    )
    if re.fullmatch(r"--\S*", query):
        return f"{given} -- {_quoted(query)}"
    return f"{_quoted(query)} {given}"


def _quoted(query: str) -> str:
    """The query as a shell and the command line leave it."""
    if _SAFE_IN_A_SHELL.fullmatch(query) and " -" not in f" {query}":
        return query
    from shlex import quote

    return quote(query)


def _pointed(text: str, at: int, end: int) -> tuple[str, str]:
    """The query around the place, and carets below it."""
    start = max(0, at - _BEFORE)
    before, place, after = (
        "".join(one_line(letter) or " " for letter in part)
        for part in (text[start:at], text[at:end][:_AFTER], text[end : end + _AFTER])
    )
    carets = " " * columns(before) + "^" * max(1, columns(place))
    return f"  {before}{place}{after}", f"  {carets}"


def check_name(text: str, at: int, end: int, value_end: int) -> None:
    """Complaint if the name before a colon is nearly a field's; any other one is text.

    The name and its colon stand from `at` to `end`, the value up to `value_end`.
    """
    typed = text[at : end - 1]
    name = _near(typed.lower())
    if name is None:
        return
    what, value = f"there is no field {typed}", text[end:value_end]
    in_quotes = f'"{typed}:" in quotes is looked for as text'
    if name in _OPTIONS:
        rest = f"{_JOINS.sub('', text[:at])} {text[value_end:]}"
        named = " and ".join(_OPTIONS[name])
        hint = f"for times there is {named}; {in_quotes}"
        complaint = Complaint(what, at, end, _EMPTIED.sub(" ", rest), hint)
        complaint.options = {option: _time(option, value) for option in _OPTIONS[name]}
        raise complaint
    field = ALIASES.get(name) or _MEANT.get(name, name)
    mended = f"{text[:at]}{field}:{text[end:]}"
    raise Complaint(what, at, end, mended, f"for example {field}:{value}; {in_quotes}")


def _time(option: str, typed: str) -> str:
    """The time as the option takes it; empty if none is known that is meant."""
    from journal.clock import now, parse_since, parse_until
    from journal.recall.dating import asked_dates

    typed = typed.strip("\"“”„'.,;!?()")
    today = now()
    try:
        (parse_since if option == "--since" else parse_until)(typed, UTC, today)
    except ValueError:
        dates = asked_dates(typed, today.date())
        if len(dates) != 1 or dates[0].every_year:
            return ""
        return str(dates[0].first if option == "--since" else dates[0].last)
    return typed


def _near(typed: str) -> str | None:
    """The name that is meant."""
    if typed in _MEANT or typed in _OPTIONS:
        return typed
    if typed in _OTHER_WORDS or len(typed) < 3:
        return None
    known = (*FIELDS, *ALIASES, *(name for name in (*_MEANT, *_OPTIONS) if len(name) > 4))
    return next((name for name in known if one_slip(typed, name)), None)


def one_slip(typed: str, name: str) -> bool:
    """Whether one slip of the finger makes the one of the other, past the first letter."""
    if typed[:1] != name[:1]:
        return False
    short, long = sorted((typed, name), key=len)
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))
    if len(long) != len(short):
        return False
    wrong = [at for at, letter in enumerate(name) if typed[at] != letter]
    if len(wrong) == 2:
        one, two = wrong
        return two == one + 1 and typed[one] == name[two] and typed[two] == name[one]
    return len(wrong) == 1 and len(name) > 5
