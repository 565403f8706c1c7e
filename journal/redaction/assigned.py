"""Values that stand beside a telling name: `password=…`, `"api_key": "…"`, `--token …`.

Cheap on purpose: no regex, so that a message with such a word in it needs no engine for it.
"""

from journal.redaction.judged import secret
from journal.redaction.likeness import by_lot, stand_in
from journal.redaction.naming import BARE, FAINT, NOTHING, STRONG, strength

_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_BLANK = " \t"
_QUOTES = "\"'`\u201c\u2018"
_SIGNS = ":=\uff1a\uff1d\u662f\u4e3a\u70ba\u306f"  # the last four: "is" in Chinese and Japanese
_MORE_SIGNS = "?.|+~" + _SIGNS
_NEAR, _FAR, _LIST = 64, 240, 2000
_VERBS = frozenset("is are was to be ist lautet est es".split())
_PAIRED = frozenset(":=")
_TELLING = frozenset("0123456789!@#$%^&*+=~?")
_TYPES = frozenset("string String str".split())
_SETTERS = frozenset("ENV ARG set setx".split())

TYPE_CHECKING = False
if TYPE_CHECKING:
    Begin = tuple[int, str]  # where a value begins, and the form it stands in


def find(text: str, at: int, stem: str) -> "tuple[int, int] | None":
    """Where the value is of the name that this stem is a part of, if it looks like a secret."""
    if text.startswith("password-stdin", at):
        return _piped(text, at)
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
    if much == NOTHING:
        much = strength(name[:-1]) if name[-1:] in "sS" and "[" in rest[:8] else NOTHING
    if much == NOTHING or (opened.endswith("[redacted:") and _in_placeholder(text, start, name)):
        return None
    begin = _begin(text, start, name, opened)
    return _judged(text, begin, stem, much) if begin and begin[0] < len(text) else None


def _judged(text: str, begin: "Begin", stem: str, much: int) -> "tuple[int, int] | None":
    if text[begin[0]] == "[":
        first = _skip(text, begin[0] + 1, _BLANK + "\r\n")
        if text[first : first + 1] in ('"', "'"):
            return _in_list(text, first, much)
    if stem > "\u2e80":
        return _in_letters(text, begin, much)
    return secret(text, *begin, much)


def _piped(text: str, at: int) -> "tuple[int, int] | None":
    """What `echo` writes into the program that has an option --password-stdin here."""
    line = max(0, text.rfind("\n", max(0, at - _FAR), at) + 1, at - _FAR)
    command = text[line:at].rpartition("|")[0].rpartition("|")[2].rpartition("&&")[2]
    for program in ("echo ", "printf "):
        told = command.rpartition(program)
        begin = line + text[line:at].find(command) + len(told[0]) + len(program)
        if told[1]:
            begin = _skip(text, begin + 3 if told[2][:3] == "-n " else begin)
            return secret(text, begin, " ", STRONG)
    return None


def _in_placeholder(text: str, end: int, name: str) -> bool:
    from journal.redaction.marks import in_one

    return in_one(text, end - len(name))


def _in_list(text: str, begin: int, much: int) -> "tuple[int, int] | None":
    """What a list of quoted values holds, if the first of them, which begins here, is a secret."""
    span = secret(text, begin, "==", much)
    close = text.find("]", span[1], span[1] + _LIST) if span else -1
    last = text.rfind(text[begin], begin + 1, close) if close > 0 else -1
    return (span[0], max(span[1], last)) if span else None


def _in_letters(text: str, begin: "Begin", much: int) -> "tuple[int, int] | None":
    """The value after a name in Chinese, Japanese or Korean, where no blank ends it."""
    at, form = begin
    if text[at] in _QUOTES:
        return secret(text, at, form, much)
    near = text[at : at + _FAR]
    word = near[: next((end for end, char in enumerate(near) if char > "\x7f"), len(near))]
    word = (word.split(None, 1) or [""])[0].rstrip(",;)}].\\:!?")
    after = near[len(word) : len(word) + 1]
    if len(word) < 6 or not _TELLING.intersection(word) or (after.isalnum() and not by_lot(word)):
        return None
    return (at, at + len(word)) if not stand_in(word) and "://" not in word else None


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
    marked = _after_mark(text, here, opened, quoted=quoted)
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
    if not value:
        return None
    begin = at + len(rest) - len(value)
    if value[0] in "\r\n":
        return _on_next_line(text, begin)
    if value[0] in "|>" and value.lstrip("|>+-0123456789")[:1] in ("\r", "\n"):
        return _skip(text, begin + value.index("\n") + 1), "="  # a block of YAML
    typed = _after_type(text, begin) if signs[0] == ":" else None
    return typed or (begin, "==" if signs.startswith("==") else "=")


def _on_next_line(text: str, at: int) -> "Begin | None":
    """The value that has the next line to itself."""
    begin = _skip(text, at, _BLANK + "\r\n")
    between = text[at:begin]
    line = text[begin : begin + _FAR].partition("\n")[0].split()
    if between.count("\n") != 1 or len(line) != 1 or not _PAIRED.isdisjoint(line[0].rstrip("=")):
        return None
    if line[0][-1] == "=" and not line[0].rstrip("=").isalnum():
        return None
    return begin, "\n"


def _after_type(text: str, at: int) -> "Begin | None":
    """The value of `token: str = "…"`."""
    head = text[at : at + 40]
    word = head.lstrip(_NAME + "[]|")
    tail = word.lstrip(_BLANK)
    if word in (head, tail) or tail[:1] != "=" or tail[1:2] == "=":
        return None
    return _skip(text, at + len(head) - len(tail) + 1), "=="


def _after_mark(text: str, at: int, before: str, *, quoted: bool) -> "Begin | None":
    """The value after `<-`, in a tag's text, as the next argument, as the only one."""
    mark = text[at]
    tag = before[-1:] == "<"
    cell = before.rstrip(_BLANK + "*`")[-1:] == "|"
    if mark == "|" and cell and text[at + 1 : at + 2] in _BLANK:
        begin = _skip(text, at + 1)
        words = text[begin : begin + _FAR].partition("|")[0].split()
        return (begin, "|") if len(words) == 1 else None
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
