"""How entries are put into a context: on one line each, or quoted, always behind their cite.

A cite is an id's ending in backticks. Nothing in an entry's text can pass for one, or for a
heading: titles lose their backticks, and every other line of a text stands behind a `>`.
"""

from journal.context.page import Line, size
from journal.names import is_path
from journal.safe import one_line, safe_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Titled(Protocol):
        """What of an entry is named: a `Row` will do, and an `Entry`."""

        @property
        def id(self) -> str:
            """Its id."""

        @property
        def at(self) -> str:
            """When, as its header says it."""

        @property
        def title(self) -> str:
            """Its title; maybe empty."""

        @property
        def head(self) -> str:
            """The first line of its body."""

    class Said(Titled, Protocol):
        """And who said it."""

        @property
        def kind(self) -> str:
            """Its kind."""

        @property
        def role(self) -> str:
            """Who speaks."""

        @property
        def actor(self) -> str:
            """Which person or program."""


Mark = tuple[str, tuple[str, ...]]  # how an entry stands now, and what that cites
NO_MARK: Mark = ("", ())
_SHOWN = 8  # characters of an id
_WIDE = 160  # columns of a title
_NAME = 60  # of a name or a branch
_QUOTED = "  > "
_TOOL, _SHORT = "tool", 240  # what a tool gave is only named, if it has more bytes than that
_THOUGHT = ["*Thinking*", ""]  # lines, as importers write them, and then a quote
_CUT = "…"


def code(text: str, width: int = _NAME) -> str:
    """A text as code, on one line."""
    return f"`{plain(text, width)}`"


def plain(text: str, width: int = _WIDE) -> str:
    """A text on one line, without what would make code of it."""
    return one_line(text, width).replace("`", "'")


def cite(entry_id: str) -> str:
    """An entry's id, as it is typed."""
    return code(entry_id[-_SHOWN:])


def command(*words: str) -> str:
    """A command as code; empty if a word of it is no name that a shell leaves alone."""
    fit = all(is_path(word.lstrip("-")) for word in words)
    return code(" ".join(("journal", *words)), _WIDE) if fit else ""


def within(namespace: str, default: str) -> tuple[str, ...]:
    """The option that names a namespace, unless it is the one that goes without saying."""
    return () if namespace == default else ("--namespace", namespace)


def day(one: "Titled") -> str:
    """The day that an entry is of."""
    return plain(one.at[:10])


def titled(one: "Titled") -> str:
    """What an entry is called: its title, or how its body begins."""
    return plain(one.title or one.head)


def item(one: "Titled", *before: str, cites: tuple[str, ...] = (), after: str = "") -> Line:
    """A line for an entry: its cite, what is said of it, its title, and what else it cites."""
    said = " ".join(filter(None, (cite(one.id), *before, titled(one))))
    return Line(f"- {said}{after}", (one.id, *cites), titled(one))


def turn(one: "Said", body: str, most: int, mark: Mark = NO_MARK) -> Line:
    """An entry as somebody said it: when, who, its title, and its text up to so many bytes.

    The thoughts before an answer are left out, and so is the title if the text begins with it. Of
    what a tool gave only a few lines are told, or how much it is.
    """
    title, quoted, cut = _said(one, body, most)
    kind = "" if one.kind == "message" else f"{plain(one.kind, _NAME)}{mark[0]}"
    who = " ".join(dict.fromkeys(filter(None, (plain(one.role, _NAME), plain(one.actor, _NAME)))))
    said = ", ".join(filter(None, (plain(one.at[:16].replace("T", " ")), kind, who, cut)))
    head = f"- {cite(one.id)} {said}" + (f": {title}" if title else "")
    return Line("\n".join([head, *quoted]), (one.id, *mark[1]), titled(one))


def _said(one: "Said", body: str, most: int) -> tuple[str, list[str], str]:
    """An entry's title, the lines of its text that are told, and how much that is if not all."""
    title, text = plain(one.title), _answer(body)
    if plain(body) == title:
        return title, [], ""
    if one.role == _TOOL and size(text) > _SHORT:
        return titled(one), [], f"{size(text):,} bytes"
    quoted, cut = quote(text, most)
    begins = plain(text.strip().partition("\n")[0], len(text) + 1)
    told = quoted and begins.startswith(title.removesuffix(_CUT))
    return "" if told else title, quoted, cut


def _answer(body: str) -> str:
    """What was said after the thoughts that an imported text begins with; they, if that is all."""
    lines = body.split("\n")
    at, end = 0, len(lines)
    while lines[at : at + 2] == _THOUGHT:
        at += 2
        while at < end and lines[at][:1] == ">":
            at += 1
        while at < end and not lines[at]:
            at += 1
    return "\n".join(lines[at:]) or body


def quote(body: str, most: int) -> tuple[list[str], str]:
    """The lines of a text behind `>`, up to so many bytes, and how much that is if not all."""
    text = safe_text(body).strip("\n")
    left, lines = most, []
    for line in text.split("\n"):
        quoted = f"{_QUOTED}{line}".rstrip()
        if size(quoted) + 1 > left:
            cut = quoted.encode(errors="replace")[: max(left - 4, 0)].decode(errors="ignore")
            words = cut.rpartition(" ")[0] or cut
            if len(words) > len(_QUOTED):
                lines.append(f"{words.rstrip()}…")
            shown = sum(size(one) - len(_QUOTED) + 1 for one in lines)
            return lines, f"first {max(shown, 0):,} of {size(text):,} bytes"
        lines.append(quoted)
        left -= size(quoted) + 1
    return lines, ""
