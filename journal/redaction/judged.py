"""Where a value ends that stands beside a telling name, and whether it is a secret.

Cheap on purpose, see `journal.redaction`.
"""

from journal.redaction.likeness import by_lot, stand_in
from journal.redaction.naming import FAINT, STRONG, WEAK

_BLANK = " \t"
_QUOTES = "\"'`\u201c\u2018"
_CLOSING = {"\u201c": "\u201d", "\u2018": "\u2019"}
_FAR, _LONGEST, _ENOUGH = 240, 8192, 256
_LONG = 400  # a word that is judged by this much of it
_SCHEMES = frozenset(
    "bearer basic token digest apikey bot ssws key apitoken api-token hmac splunk"
    " convertto-securestring".split()
)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+/=")
_LAST = ",;)}].\\:!?"
_ONLY_BY_LOT = ('"', "|", "\n")  # forms that speak for no secret by themselves
_HEX = frozenset("0123456789abcdefABCDEF")


class _Value:
    """A piece of a text, and how it stands there."""

    __slots__ = ("end", "form", "quoted", "start", "text", "word")

    def __init__(self, text: str, start: int, end: int, form: str, *, quoted: bool) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.form = form
        self.quoted = quoted
        self.word = _without_placeholders(text[start : min(end, start + _ENOUGH)])


def secret(text: str, at: int, form: str, much: int) -> "tuple[int, int] | None":
    """Start and end of the value that begins here, if the name and the value speak for a secret."""
    if text[at : at + 2] in ('\\"', "\\'"):
        at += 1
    value = _value(text, at, form)
    if value is None:
        return None
    scheme = text[value.start : value.start + 32].split(None, 1)[:1]
    if scheme and scheme[0].lower() in _SCHEMES:
        much = min(much, WEAK)
        value = _after_scheme(value, len(scheme[0]))
        if value is None:
            return None
    if not _is_secret(value, much):
        return None
    if not value.quoted and value.end - value.start > _LONG - len(_LAST):
        run = _run(text, value.start, _LONGEST, form)
        value.end = value.start + len(run.rstrip(_LAST))
    return value.start, value.end


def _after_scheme(value: _Value, size: int) -> "_Value | None":
    text, start = value.text, value.start + size
    start += len(text[start : start + _FAR]) - len(text[start : start + _FAR].lstrip(_BLANK))
    if value.quoted:
        return _Value(text, start, max(start, value.end), value.form, quoted=True)
    return _value(text, start, value.form)


def _value(text: str, at: int, form: str) -> "_Value | None":
    first = text[at : at + 1]
    if not first:
        return None
    span = _quoted(text, at) if first in _QUOTES else _bare(text, at, form)
    return _Value(text, *span, form, quoted=first in _QUOTES) if span else None


def _quoted(text: str, at: int) -> "tuple[int, int] | None":
    """What stands in the quotes that open here; None if they don't close on the line."""
    first, start = text[at], at + 1
    closing = _CLOSING.get(first, first)
    escaped = text[at - 1 : at] == "\\"
    stop = text.find(closing, start, start + _LONGEST)
    while stop > 0 and not escaped and text[stop - 1] == "\\" and text[stop - 2] != "\\":
        stop = text.find(closing, stop + 1, start + _LONGEST)
    if stop < 0 or "\n" in text[start:stop]:
        return None
    return start, stop - (escaped and text[stop - 1] == "\\")


def _bare(text: str, at: int, form: str) -> "tuple[int, int] | None":
    """A word without quotes: up to a blank, or to what ends it in a URL, a list or a program."""
    run = _run(text, at, _LONG, form)
    return (at, at + len(run.rstrip(_LAST))) if run else None


def _run(text: str, at: int, most: int, form: str) -> str:
    """The word that begins here, or so much of it."""
    if text[at].isspace():
        return ""
    run = text[at : at + most].split(None, 1)[0]
    if form == "<":
        return run.partition("<")[0]
    for mark in "\"'`<|" if form == "|" else "\"'`<":
        run = run.partition(mark)[0]
    run = run[: run.find("\\n")] if "\\n" in run[1:] else run
    for mark in ";&,":
        cut = run.find(mark)
        if cut > 0 and not {"=", ":"}.isdisjoint(run[cut + 1 : cut + 40]):
            run = run[:cut]
    return run


def _without_placeholders(word: str) -> str:
    if "[redacted:" not in word:
        return word
    from journal.redaction.marks import without

    return without(word)


def _is_secret(value: _Value, much: int) -> bool:
    word, size = value.word, value.end - value.start
    if size < 4 or len(word) < 3 or stand_in(word) or (not value.quoted and _is_code(word)):
        return False
    if much == STRONG:
        return _is_password(value)
    if size < 8 or " " in word:
        return False
    if not by_lot(word):
        return much == WEAK and value.form in ("=", "==", "(") and _is_made_up(word)
    drawn = size >= 16 and _PLAIN.issuperset(word)
    return much == WEAK or (drawn and (not _HEX.issuperset(word) or (much == FAINT and size >= 32)))


def _is_made_up(word: str) -> bool:
    """Whether it has digits among letters, but no sign of a path, a time, a version or a commit."""
    if len(word) <= 8 and _HEX.issuperset(word):
        return False
    digits = sum(map(str.isdigit, word))
    return 2 <= digits < len(word) and word.isascii() and set("/:.").isdisjoint(word)


def _is_code(word: str) -> bool:
    """Whether a value without quotes is rather an expression, an address or a path."""
    if "(" in word or "://" in word or "::" in word or (word[0] in "/.~\\" and "/" in word):
        return True
    if "." in word and all(map(str.isidentifier, word.split("."))) and not by_lot(word):
        return True
    head = word.split("[", 1)[0] if "[" in word and "[redacted:" not in word else ""
    return bool(head) and head.replace("_", "").replace(".", "").isalnum()


def _is_password(value: _Value) -> bool:
    word = value.word
    if value.quoted:
        if " " in word or word.startswith(("http://", "https://", "/", "./", "../")):
            return False
        if value.form in _ONLY_BY_LOT:
            return by_lot(word)
        return value.form not in ("(", "is") or by_lot(word) or _numbered(word)
    if word.startswith(("http", "/")):
        return False
    if word.isdigit() and value.form == "=" and len(word) >= 6:  # a number in JSON
        rest = value.text[value.end : value.end + _FAR].lstrip(_BLANK)
        return rest[:1] in "\r\n,}]"  # or nothing
    return by_lot(word) or (value.form in ("=", " ") and _stands_alone(value))


def _numbered(word: str) -> bool:
    return any(map(str.isdigit, word))


def _stands_alone(value: _Value) -> bool:
    """Whether this is a line of a configuration or of a shell rather than of prose or a program."""
    text, end = value.text, value.end
    rest = text[end : end + 80]
    after = rest.lstrip(_BLANK)[:1]
    if value.form == " ":
        return after in ("", "\n", "\r", "-", "\\", "|", ";", "&")
    tight = text[value.start - 1 : value.start] == "="
    if tight and (rest[:1] in "\r\n &'\"`\\,;)" or rest[:2] == "\\n"):
        return True
    if after not in ("", "\n", "\r", "#"):
        return False
    line = max(text.rfind("\n", max(0, value.start - _FAR), value.start) + 1, value.start - _FAR)
    head = text[line : value.start].lstrip("\t -#/*>|+;\"'`").rstrip(_BLANK + ":=\uff1a\uff1d")
    head = head.removeprefix("export ").removeprefix("set ").rstrip(" \"'`*")
    return " " not in head and "(" not in head
