"""Pages for readers that a command renders from entries, known from what a person made of them.

Pure. After each part stands a mark, a comment with the digest of all that is above it: so a page
may grow, and whoever changed one is never written over.
"""

from journal.seal import sha256

DECISIONS, STATUS = "DECISIONS.md", "STATUS.md"
COMMANDS = {DECISIONS: "journal decision render", STATUS: "journal status --write"}
_END = " -->\n"
_DIGITS = 32
_BOTH: "tuple[int, ...]" = (0, 1)
_BEGIN = "<" * 7
_TURNS: "dict[str, tuple[int, ...]]" = {"|" * 7: (), "=" * 7: (1,), ">" * 7: _BOTH}


class Marked:
    """A text that grows by parts, after each of them the mark of all that is above it.

    `command` is what renders it. Its newlines are plain, and all of it is UTF-8.
    """

    __slots__ = ("_begin", "_digest", "_parts")

    def __init__(self, command: str, head: str) -> None:
        self._begin = _begin(command)
        self._digest = sha256()
        self._parts: list[str] = []
        self.add(head)

    def add(self, part: str) -> None:
        """One more part, and its mark."""
        data = f"{plain(part)}\n".encode(errors="replace")
        self._digest.update(data)
        mark = _mark(self._begin, self._digest.hexdigest())
        self._digest.update(mark.encode())
        self._parts += [data.decode(), mark]

    @property
    def text(self) -> str:
        """The whole page."""
        return "".join(self._parts)


def plain(text: str) -> str:
    """The same with plain newlines: git may have made others of them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_rendered(text: str, command: str) -> bool:
    """Whether a page is as a command rendered it once, by whichever entries; an empty one is.

    So is what git makes of two that were rendered, with its conflict marks.
    """
    begin = _begin(command)
    if not text.strip() or _ends_marked(text, begin):
        return True
    ours, theirs = _sides(text)
    return ours != text and _ends_marked(ours, begin) and _ends_marked(theirs, begin)


def was_rendered(text: str, command: str) -> bool:
    """Whether a page has a mark, whatever became of it since."""
    return _begin(command) in text


def _sides(text: str) -> tuple[str, str]:
    """The two pages that git couldn't merge."""
    found: tuple[list[str], list[str]] = [], []
    side, is_inside = _BOTH, False
    for line in text.split("\n"):  # `splitlines` knows other ends, too
        word = line.partition(" ")[0]
        if is_inside and word in _TURNS:
            side = _TURNS[word]
            is_inside = side != _BOTH
        elif not is_inside and word == _BEGIN:
            side, is_inside = (0,), True
        else:
            for one in side:
                found[one].append(line)
    return "\n".join(found[0]), "\n".join(found[1])


def _ends_marked(text: str, begin: str) -> bool:
    above, mark, end = text.rpartition(begin)
    digest = sha256(above.encode(errors="surrogateescape")).hexdigest()
    return bool(mark) and f"{mark}{end}" == _mark(begin, digest)


def _begin(command: str) -> str:
    return f"<!-- {command}: "


def _mark(begin: str, digest: str) -> str:
    return f"{begin}{digest[:_DIGITS]}{_END}"
