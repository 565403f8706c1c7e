"""The fix for conflicts that git wrote into day files: marker lines go, both sides stay."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from journal import dayfile
from journal.dayfile import INTACT
from journal.doctor.pages import Hunk, hunks
from journal.doctor.visit import Visit
from journal.repair.pages import change_to, is_sound
from journal.repair.step import Step


def conflict_markers(visit: Visit) -> list[Step]:
    """Conflicts of git's: marker lines go, both sides stay, the same entry on both once."""
    steps = []
    for day in visit.days:
        data = visit.store.content(day.path) or b""
        found = [hunk for hunk in hunks(data) if hunk.whole]
        if not found:
            continue
        settled = next(
            (text for text in (without_markers(data), both_sides(data))
             if text and is_settled(data, text) and is_sound(visit, day.path, text)), b"",
        )  # fmt: skip
        line = visit.line_of(day.path, found[0].start)
        if settled:
            some = "1 conflict" if len(found) == 1 else f"{len(found)} conflicts"
            change = change_to(visit, day.path, settled)
            action = f"keep both sides of {some}"
            steps.append(Step("conflict-markers", day.path, line, action, changes=(change,)))
        else:
            why = "no way to keep both sides leaves every entry whole"
            steps.append(Step("conflict-markers", day.path, line, "", hindrance=why))
    return steps


def without_markers(data: bytes) -> bytes:
    """The text without its marker lines; a heading that came after one has a blank line above."""
    kept, at = b"", 0
    for hunk in hunks(data):
        for marker in hunk.markers if hunk.whole else ():
            kept = _joined(kept, data[at:marker])
            at = data.find(b"\n", marker) + 1 or len(data)
    return _joined(kept, data[at:])


def _joined(above: bytes, below: bytes) -> bytes:
    is_heading = above and dayfile.BOUNDARY.match(below)
    return above + (b"\n" if is_heading and not above.endswith(b"\n\n") else b"") + below


def both_sides(data: bytes) -> bytes:
    """One side's file, and the entries that only the other side has, where those stand there.

    For an entry that is on both sides, and for conflicts that git cut through the middle of
    entries; b"" if the sides' preambles differ.
    """
    one, other = (dayfile.split(text) for text in sides(data))
    if one.preamble != other.preamble:
        return b""
    texts = {raw.rstrip(b"\n"): raw for _, raw in one.slices}
    placed: list[bytes] = [raw.rstrip(b"\n") for _, raw in one.slices]
    coming: list[bytes] = []
    for _, raw in other.slices:
        text = raw.rstrip(b"\n")
        if text in texts:
            at = placed.index(text)
            placed[at:at] = coming
            coming = []
        else:
            coming.append(text)
    return one.preamble + b"\n\n".join([*placed, *coming]) + b"\n"


def sides(data: bytes) -> tuple[bytes, bytes]:
    """The file as each side of its conflicts had it."""
    one, other, at = b"", b"", 0
    for hunk in hunks(data):
        if not hunk.whole:
            continue
        one += data[at : hunk.start]
        other += data[at : hunk.start]
        for side, text in _parts(data, hunk):
            one += text if side == b"<" else b""
            other += text if side == b"=" else b""
        at = data.find(b"\n", hunk.markers[-1]) + 1 or len(data)
    return one + data[at:], other + data[at:]


def _parts(data: bytes, hunk: Hunk) -> list[tuple[bytes, bytes]]:
    """What stands between the markers of a conflict, each with the sign of the marker above it."""
    found = []
    for marker, following in pairwise(hunk.markers):
        start = data.find(b"\n", marker) + 1
        found.append((data[marker : marker + 1], data[start:following]))
    return found


def is_settled(before: bytes, after: bytes) -> bool:
    """Whether nothing is lost, every sealed entry is whole, and none is there twice."""
    pieces = dayfile.pieces(after)
    sealed = [piece for piece in pieces if piece.header or piece.trouble]
    names = [str(piece.values.get("id", "")) for piece in sealed]
    return (
        all(piece.state == INTACT for piece in sealed)
        and len(names) == len(set(names))
        and _loses_nothing(before, after)
    )


def _loses_nothing(before: bytes, after: bytes) -> bool:
    """Whether every line is there as often as before, or as two sides with common entries need."""
    there, held = _lines(after), _lines(without_markers(before))
    return held <= there or (set(held) <= set(there) and _needed(before) <= there)


def _needed(data: bytes) -> Counter[bytes]:
    """The lines of all entries of both sides, of the same on both once."""
    one, other = (dayfile.split(text) for text in sides(data))
    slices = [Counter(raw.rstrip(b"\n") for _, raw in parts.slices) for parts in (one, other)]
    needed = _lines(one.preamble) | _lines(other.preamble)
    for raw in (slices[0] | slices[1]).elements():
        needed += _lines(raw)
    return needed


def _lines(text: bytes) -> Counter[bytes]:
    return Counter(line for line in text.split(b"\n") if line)
