"""Values that stand beside a telling name: `password=…`, `"api_key": "…"`, `--token …`.

Cheap on purpose: no regex, so that a message with such a word in it needs no engine for it.
"""

from journal.redaction.judged import secret
from journal.redaction.naming import BARE, FAINT, NOTHING, strength

_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_BLANK = " \t"
_QUOTES = "\"'`\u201c\u2018"
_SIGNS = ":=\uff1a\uff1d\u662f\u4e3a\u70ba\u306f"  # the last four: "is" in Chinese and Japanese
_MORE_SIGNS = "?.|+~" + _SIGNS
_NEAR, _FAR = 64, 240
_VERBS = frozenset("is are was to be ist lautet est es".split())
_TYPES = frozenset("string String str".split())
_SETTERS = frozenset("ENV ARG set".split())

TYPE_CHECKING = False
if TYPE_CHECKING:
    Begin = tuple[int, str]  # where a value begins, and the form it stands in


def find(text: str, at: int, stem: str) -> "tuple[int, int] | None":
    """Where the value is of the name that this stem is a part of, if it looks like a secret."""
    end = at + len(stem)
    after = text[end : end + _FAR]
    rest = after.lstrip(_NAME)
    if not rest:
        return None
    before = text[max(0, at - _NEAR) : at]
    opened = before.rstrip(_NAME)
    start = end + len(after) - len(rest)
    name = text[at - len(before) + len(opened) : start]
    much = strength(name.strip("-."))
    if much == BARE:
        much = _of_two_words(opened, name)
    if much == NOTHING or opened.endswith("[redacted:"):
        return None
    begin = _begin(text, start, name, opened)
    return secret(text, *begin, much) if begin else None


def _of_two_words(opened: str, name: str) -> int:
    """The strength of `API key`, where the name is `key`."""
    before = opened.rstrip(_BLANK)
    if len(before) == len(opened):
        return BARE
    word = before[len(before.rstrip(_NAME)) :]
    much = strength(f"{word}-{name}") if word.isalpha() else BARE
    return BARE if much == FAINT else much


def _begin(text: str, at: int, name: str, opened: str) -> "Begin | None":
    """Where the value begins after the name that ends here, and the form, such as `=` or `(`."""
    rest = text[at : at + _FAR]
    closed = rest.lstrip("\\\"'`*]")
    quoted = closed != rest and rest.lstrip("\\*`")[:1] in "\"'"
    bare = closed.lstrip(_BLANK)
    if not bare:
        return None
    here = at + len(rest) - len(bare)
    if quoted or bare[0] in ",\r\n":
        paired = _paired(text, here)
        if paired:
            return paired
    if bare[0] in _SIGNS or (bare[0] in _MORE_SIGNS and bare[1:2] == "="):
        return _after_sign(text, here)
    marked = _after_mark(text, here, quoted=quoted, tag=opened[-1:] == "<")
    if marked or len(bare) == len(closed):
        return marked
    return _after_blank(text, here, name)


def _skip(text: str, at: int, blank: str = _BLANK) -> int:
    rest = text[at : at + _FAR]
    return at + len(rest) - len(rest.lstrip(blank))


def _paired(text: str, at: int) -> "Begin | None":
    """The value of `name="…" value="…"`, and of `name: …` with `value: …` after it."""
    rest = text[at : at + 80]
    word = rest.lstrip(", \t\r\n\"'")
    if word[:5].lower() != "value":
        return None
    sign = word[5:].lstrip("\"'" + _BLANK)
    if sign[:1] not in (":", "="):
        return None
    return at + len(rest) - len(sign[1:].lstrip(_BLANK)), "="


def _after_sign(text: str, at: int) -> "Begin | None":
    rest = text[at : at + _FAR]
    past = rest.lstrip(_MORE_SIGNS)
    signs = rest[: len(rest) - len(past)]
    if signs[0] in ":=" and "." in signs:
        past = rest.lstrip(_SIGNS)  # the value begins with the point
    if past[:1] == ">" and signs[-1:] == "=":
        past = past[1:]
    past = past.lstrip("*")  # **Password:** in Markdown
    value = past.lstrip(_BLANK)
    if not value or past[0] in "\r\n":
        return None
    begin = at + len(rest) - len(value)
    typed = _after_type(text, begin) if signs[0] == ":" else None
    return typed or (begin, "==" if signs.startswith("==") else "=")


def _after_type(text: str, at: int) -> "Begin | None":
    """The value of `token: str = "…"`."""
    head = text[at : at + 40]
    word = head.lstrip(_NAME + "[]|")
    tail = word.lstrip(_BLANK)
    if word in (head, tail) or tail[:1] != "=" or tail[1:2] == "=":
        return None
    return _skip(text, at + len(head) - len(tail) + 1), "=="


def _after_mark(text: str, at: int, *, quoted: bool, tag: bool) -> "Begin | None":
    """The value after `<-`, in a tag's text, as the next argument, as the only one."""
    mark = text[at]
    if mark == "<" and text[at + 1 : at + 2] == "-":
        return _skip(text, at + 2), "="
    if mark == ">" and (tag or quoted):
        return _skip(text, at + 1, _BLANK + "\r\n"), "<"
    if (mark == "," and quoted) or (mark == "(" and not quoted):
        begin = _skip(text, at + 1)
        return (begin, "(") if text[begin : begin + 1] in ('"', "'") else None
    return None


def _after_blank(text: str, at: int, name: str) -> "Begin | None":
    """The value of a flag, of a word of a configuration, of a sentence."""
    if text[at] in _QUOTES:
        return at, '"'
    if name.startswith("--"):
        return at, " "
    word = (text[at : at + 24].split(None, 1) or [""])[0]
    if word.lower() in _VERBS:
        return _skip(text, at + len(word), _BLANK + ":"), "is"
    if word in _TYPES:  # var token string = "…"
        begin = _skip(text, at + len(word))
        return (_skip(text, begin + 1), "==") if text[begin : begin + 1] == "=" else None
    line = text.rfind("\n", max(0, at - 120), at) + 1
    said = text[max(line, at - 120) : at].split()
    if (len(said) == 2 and said[0] in _SETTERS) or said[-3:-2] == ["login"]:
        return at, " "
    return None
