"""Lanes on a terminal: coloured, and cut where there are too many."""

from __future__ import annotations

from journal.cli import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.paths.lanes import Drawn

COLOURS = ("cyan", "green", "yellow", "blue", "magenta", "red")
_PART = 3  # of a terminal's width one part is for lanes: what is beyond is not drawn
_FEWEST = 7  # columns of lanes, however narrow the terminal is


def colour(drawn: Drawn) -> str:
    """The colour of a row's own lane."""
    return COLOURS[drawn.colours[drawn.lane] % len(COLOURS)]


def picture(drawn: Drawn, glyph: str, room: int, widest: int) -> tuple[str, int]:
    """The lanes of a row, and how many columns they take: what is too far out is "…".

    `room`: the terminal's columns, 0 if nothing is to be cut; `widest`: those of all rows' lanes.
    """
    most = max(_FEWEST, room // _PART) if room else widest
    pieces = list(drawn.text(glyph))
    while len(pieces) > 1 and pieces[-1][0] == " ":
        pieces.pop()
    if room and len(pieces) > most:
        beyond = glyph if drawn.lane * 2 >= most - 1 else "…"
        pieces[most - 1 :] = [(beyond, pieces[most - 1][1])]
    text = "".join(
        output.style(char, COLOURS[at % len(COLOURS)]) if char != " " else char
        for char, at in pieces
    )
    used = max(len(pieces), min(widest, most))
    return text + " " * (used - len(pieces)), used
