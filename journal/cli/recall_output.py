"""What `journal recall` shows of its hits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from journal.cli import output
from journal.recall.query import Bag, Prefix, Word
from journal.safe import columns, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from journal.catalog.row import Row
    from journal.finding import Finding
    from journal.recall.engine import Answer, Hit, Reason
    from journal.recall.query import Asked

_MARGIN = "    "
_GUTTER = 2  # columns, for the mark of a hit among its neighbours
_BEGINNING = 5  # letters of a word that most of its relatives share

# What a step of the ranking says of a hit; {text} and {entry} are the reason's.
_BECAUSE = {
    "word": "{text}",
    "exact": "{text}, just so",
    "title": "{text}, in its title",
    "neighbour": "{text}, in {entry} nearby",
    "answer": "stands right after a question",
    "session": "its session is about it",
    "actor": "{text} wrote it",
    "place": "{text}, in the name of its session or path",
    "date": "written about then, on {text}",
    "told": "speaks of {text}",
    "count": "tells how many",
    "when": "tells when",
    "question": "asks something itself",
    "names": "holds names",
    "first person": "somebody tells of themselves, or nobody does",
    "looks": "has what looks like a {text}",
    "second": "{text}, as the best hits have it",
    "first stay": "the best hits stay first",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit with all that is shown of it.

    `alike` are the ids of hits left out for it, `before` and `after` the entries around it.
    """

    hit: Hit
    alike: tuple[str, ...] = ()
    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The ids of the hit and of what is around it, in their order."""
        sides = [[row.id for row in side] for side in (self.before, self.after)]
        return list(dict.fromkeys([*sides[0], self.hit.entry.id, *sides[1]]))

    def record(self, *, explain: bool, around: bool, alike: bool) -> dict[str, Any]:
        """The hit as JSON shows it."""
        shown = self.hit.record()
        if self.hit.near:
            shown["near"] = self.hit.near
        if explain:
            shown["why"] = [reason.record() for reason in self.hit.why]
        if around:
            sides = {"before": self.before, "after": self.after}
            shown["around"] = {side: list(map(_brief, rows)) for side, rows in sides.items()}
        if alike:
            shown["alike"] = list(self.alike)
        return shown


def _brief(row: Row) -> dict[str, Any]:
    """An entry beside a hit as JSON shows it: without its text, but for the first line of it."""
    return row.record() | {"head": row.head}


def heading(group: Mapping[str, Any], *, first: bool) -> None:
    """What stands above the hits of a group, apart from the group before it."""
    if not first:
        output.write("")
    number = len(group["hits"])
    days = " to ".join(dict.fromkeys((group["first"], group["last"])))
    told = [group["session"]] if "session" in group else []
    told += [days, "1 hit" if number == 1 else f"{number:,} hits"]
    output.write(output.style(one_line(" · ".join(told)), "bold"))


def hits(
    found: Sequence[Shown], seen: set[str] | None = None, *, explain: bool, around: bool
) -> None:
    """The hits; with what is around them, in reading order.

    What is in `seen` isn't shown around a hit, and what was goes there.
    """
    if around:
        _among_others(found, set() if seen is None else seen, explain=explain)
        return
    for one in found:
        output.write(output.row(one.hit.entry))
        _below(one, explain=explain)


def _among_others(found: Sequence[Shown], seen: set[str], *, explain: bool) -> None:
    from journal.recall.grouping import merged

    own = {one.hit.entry.id: one for one in found}
    rows = {row.id: row for one in found for row in (*one.before, *one.after)}
    hidden = seen - own.keys()
    lists = [[entry_id for entry_id in one.ids if entry_id not in hidden] for one in found]
    for number, block in enumerate(merged(lists)):
        if number:
            output.write("")
        for entry_id in block:
            seen.add(entry_id)
            if entry_id in own:
                one = own[entry_id]
                output.write(f"{output.style('>', 'bold')} {output.row(one.hit.entry, _GUTTER)}")
                _below(one, explain=explain)
            else:
                output.write(" " * _GUTTER + output.row(rows[entry_id], _GUTTER, "dim"))


def _below(one: Shown, *, explain: bool) -> None:
    """What stands below a hit's own line."""
    hit = one.hit
    output.write(_MARGIN + output.marked(hit.snippet, hit.marks))
    told = [f"{hit.entry.source.file}:{hit.entry.source.line}"]
    if hit.near:
        told.append(f"beside {output.short(hit.near)}, which holds the words")
    if one.alike:
        told.append(f"and {len(one.alike):,} like it")
    for line in told:
        output.write(_MARGIN + output.style(one_line(line), "dim"))
    if explain:
        _explained(hit)


def _explained(hit: Hit) -> None:
    """Why the hit ranks there, what counts most first: points, step, its finding; then the sum."""
    why = sorted(hit.why, key=lambda reason: -reason.points)
    steps = [one_line(reason.step) for reason in why]
    wide = max(map(columns, ["score", *steps]))
    for by, step, reason in zip(points(why), steps, why, strict=True):
        lead = f"{_MARGIN}{by:+8.2f}  {output.pad(step, wide)}  "
        room = max(10, output.width() - columns(lead)) if output.width() else None
        output.write((lead + one_line(_because(reason), room)).rstrip())
    output.write(f"{_MARGIN}{hit.score:8.2f}  score")


def points(why: Iterable[Reason]) -> list[float]:
    """The points, rounded so that their sum is the rounded sum."""
    sums = [0.0]
    for reason in why:
        sums.append(sums[-1] + reason.points)
    return [round(b, 2) - round(a, 2) for a, b in pairwise(sums)]


def _because(reason: Reason) -> str:
    told = _BECAUSE.get(reason.step)
    if told is None:
        return f"{reason.text} ({output.short(reason.entry)})" if reason.entry else reason.text
    return told.format(text=reason.text, entry=output.short(reason.entry))


def tally(
    answer: Answer, found: Sequence[Shown], asked: Asked, *, apart: bool, looked: int = 0
) -> None:
    """How many of how many are shown, if there are more; with a blank line above it.

    `looked` is given if those shown are all that differ among so many.
    """
    told, shown = "", len(found)
    if answer.total > shown + sum(len(one.alike) for one in found):
        total = f"{answer.total:,}{' or more' if answer.capped else ''}"
        what = " that hold any of the words" if isinstance(asked.node, Bag) else ""
        what += ", or stand beside them" if what and "question" in asked.cues else ""
        further = f"the best {looked:,} hold no others: try -n {2 * looked}"
        told = f"{shown:,} of {total}{what}; {further if looked else 'more with -n'}"
    elif answer.capped:
        told = f"{shown:,} shown; more have a little to do with it"
    if told and apart:
        output.write("")
    if told:
        output.write(told)


def nothing(
    asked: Asked, wider: Sequence[tuple[str, int]], advice: Sequence[Finding], *, advised: bool
) -> None:
    """That nothing was found, and what may find something."""
    output.write("nothing found")
    for one in advice:
        output.write(f"{_MARGIN}{one.message}")
    for told, total in wider:
        output.write(f"{_MARGIN}{_widened(one_line(told), total)}")
    if not wider and not advice and not advised:
        output.write(f"{_MARGIN}{_advice(asked)}")


def _widened(told: str, total: int) -> str:
    return f"without {told}, {'1 entry answers' if total == 1 else f'{total:,} entries answer'}"


def _advice(asked: Asked) -> str:
    if not isinstance(asked.node, Bag | Word | Prefix):
        return "all of it must hold: ask for less, or without quotes, capitals and colons"
    longest = max(asked.words, key=len, default="")
    if longest.isascii() and len(longest) > _BEGINNING:
        return f"other words may find it, or how one begins: '{longest[:_BEGINNING]}*'"
    return "other words may find it"


def narrow(wider: Iterable[tuple[str, int]]) -> list[Finding]:
    """The same of filters, for programs."""
    from journal.finding import Finding

    fix = "leave it out, or widen it"
    return [
        Finding("narrow-filter", "query", 0, _widened(told, total), fix) for told, total in wider
    ]
