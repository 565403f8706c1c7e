"""A page of sections that keeps within so many bytes: each gets its share, and what others leave.

Pure: sections in, sections out, as many of their items as fit. What doesn't is told in one line for
each section. So a long section can't starve the others, and no byte is wasted while there is more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a section, a line or several, and the ids of the entries that it cites.

    `title`: what the first of these is called.
    """

    text: str
    ids: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading, those that matter most first.

    `note` stands above them. `left`: how many more there are, -1 if nobody counted; `more` tells
    where. With `turned` the first item is shown last. `share` is its weight among the sections.
    """

    name: str
    title: str
    lines: tuple[Line, ...] = ()
    left: int = 0
    more: str = ""
    note: str = ""
    turned: bool = False
    share: int = 1

    def text(self) -> str:
        """The section as Markdown, from the blank line before its heading on."""
        items = [one.text for one in self.lines]
        if self.left:
            items.append(self._rest(self.left))
        if self.turned:
            items.reverse()
        note = [self.note, *[""] * bool(items)] if self.note else []
        return "\n".join(["", f"## {self.title}", "", *note, *items, ""])

    def having(self, lines: tuple[Line, ...], left: int) -> "Section":
        """The section with these items, and so many more that are left."""
        return replace(self, lines=lines, left=left)

    def upto(self, count: int) -> "Section":
        """The section with so many of its items."""
        return replace(self, lines=self.lines[:count], left=self._left(count))

    def sizes(self) -> list[int]:
        """The bytes that it takes with none of its items, with the first one, the first two, …."""
        found, frame = [], size(replace(self, lines=(), left=0).text())
        for count in range(len(self.lines) + 1):
            left = self._left(count)
            rest = size(self._rest(left)) + 1 if left else 0
            blank = 1 if self.note and (count or left) else 0
            found.append(frame + blank + rest)
            if count < len(self.lines):
                frame += size(self.lines[count].text) + 1
        return found

    def _left(self, count: int) -> int:
        return self.left if self.left < 0 else self.left + len(self.lines) - count

    def _rest(self, left: int) -> str:
        many = f"{left:,} more" if left > 0 else "earlier ones"
        return f"- … and {many}" + (f": {self.more}" if self.more else "")


def bounded(lines: "Iterable[Line]", room: int) -> tuple[Line, ...]:
    """The first lines, up to the one that goes beyond the room; the others are not made."""
    found = []
    for line in lines:
        found.append(line)
        room -= size(line.text)
        if room < 0:
            break
    return tuple(found)


def size(text: str) -> int:
    """The bytes of a text, as UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def fit(sections: "Sequence[Section]", room: int) -> tuple[Section, ...]:
    """As much of the sections as `room` bytes hold; the last ones go if not even headings do.

    Each has the items that fit into its share of the room; what the others leave of theirs is
    given to the first ones that have more to say.
    """
    kept = list(sections)
    sizes = [one.sizes() for one in kept]
    while kept and sum(min(some) for some in sizes) > room:
        kept.pop()
        sizes.pop()
    least = [min(some) for some in sizes]
    grants = _shares(
        [some[-1] - low for some, low in zip(sizes, least, strict=True)],
        [one.share for one in kept],
        room - sum(least),
    )
    counts = [
        _most(some, low + grant) for some, low, grant in zip(sizes, least, grants, strict=True)
    ]
    spare = room - sum(some[count] for some, count in zip(sizes, counts, strict=True))
    for at, some in enumerate(sizes):
        had = some[counts[at]]
        counts[at] = _most(some, had + spare)
        spare -= some[counts[at]] - had
    return tuple(one.upto(count) for one, count in zip(kept, counts, strict=True))


def _most(sizes: "Sequence[int]", room: int) -> int:
    """How many items fit."""
    return next(count for count in range(len(sizes) - 1, -1, -1) if sizes[count] <= room)


def _shares(wanted: "Sequence[int]", weights: "Sequence[int]", room: int) -> list[int]:
    """What each gets of the room: what it wants, or else its share of what those leave."""
    grants = [0] * len(wanted)
    open_ones = set(range(len(wanted)))
    while open_ones:
        weight = sum(weights[at] for at in open_ones)
        content = [at for at in open_ones if wanted[at] * weight <= room * weights[at]]
        if not content:
            for at in open_ones:
                grants[at] = room * weights[at] // weight
            break
        for at in content:
            grants[at] = wanted[at]
        room -= sum(grants[at] for at in content)
        open_ones -= set(content)
    return grants
