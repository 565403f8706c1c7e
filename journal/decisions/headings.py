"""The headings of a body, in no fence, list or quote, and how they are made deeper. Pure."""

from journal.openblock import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEEPEST = 6
_CODE = 4  # columns by which a line is indented that is code
_OUTSIDE = [[0]]


def demoted(text: str, least: int) -> str:
    """A body of which no heading is above a level; those with a line below become one line."""
    lines = text.split("\n")
    found = list(_headings(lines))
    shift = max(0, least - min((level for _, _, level in found), default=least))
    for first, last, level in reversed(found if shift else []):
        if first == last:
            said = lines[first].lstrip(" ")[level:]
        else:
            said = " " + " ".join(line.strip() for line in lines[first:last])
        lines[first : last + 1] = ["#" * min(level + shift, _DEEPEST) + said]
    return "\n".join(lines)


def _headings(lines: "Sequence[str]") -> "Iterator[tuple[int, int, int]]":
    """Where each begins and ends, and its level."""
    reader = Reader()
    begun = 0  # the paragraph that is open
    for at, line in enumerate(lines):
        goes_on = reader.margins == _OUTSIDE and reader.in_paragraph
        is_inside = reader.margins == _OUTSIDE and bool(reader.end)
        reader.read(line)
        if reader.margins != _OUTSIDE or is_inside:
            continue
        if reader.in_paragraph:
            begun = begun if goes_on else at
        elif level := _underlines(line) if goes_on else 0:
            yield begun, at, level
        elif level := _begins(line):
            yield at, at, level


def _underlines(line: str) -> int:
    bare = line.strip()
    if not bare or _is_code(line) or bare.strip(bare[0]) or bare[0] not in "=-":
        return 0
    return 1 if bare[0] == "=" else 2


def _begins(line: str) -> int:
    bare = line.lstrip(" ")
    level = len(bare) - len(bare.lstrip("#"))
    is_one = 0 < level <= _DEEPEST and bare[level : level + 1] in ("", " ", "\t")
    return level if is_one and not _is_code(line) else 0


def _is_code(line: str) -> bool:
    wide = line.expandtabs(_CODE)
    return len(wide) - len(wide.lstrip(" ")) >= _CODE
