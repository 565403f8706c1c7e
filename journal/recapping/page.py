"""A recap as Markdown: first what stands out, then day by day who did what."""

from journal.context import wording
from journal.recapping.doing import CONFLICT, DISAGREES, HANDED, bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.recapping.doing import Doing
    from journal.recapping.told import Day, Part, Recap

_MOST = 12  # lines of one verb, of one actor on one day
_STANDS_OUT = {HANDED: "Hand-over", DISAGREES: "Disagreement", CONFLICT: "Conflict"}


def page(recap: "Recap", *, every: bool = False) -> str:
    """The recap; of many lines of one kind only the last ones, unless `every`."""
    parts = [f"# What happened in {wording.code(recap.namespace)}{_when(recap)}", "", _sum(recap)]
    if recap.notable:
        parts += ["", "## What stands out", ""]
        parts += [f"- {_notable(one)}" for one in recap.notable]
    for day in recap.days:
        parts += ["", f"## {wording.plain(day.day)}", *_day(day, every=every)]
    return "\n".join([*parts, ""])


def _when(recap: "Recap") -> str:
    if not recap.days:
        return ""
    return ", " + " to ".join(
        dict.fromkeys((wording.plain(recap.days[0].day), wording.plain(recap.days[-1].day)))
    )


def _sum(recap: "Recap") -> str:
    if not recap.days:
        return "Nothing."
    names = [wording.plain(name) for name in recap.actors]
    return f"{many(recap.entries, 'entry')} by {_together(names)}."


def _notable(one: "Doing") -> str:
    who = wording.plain(one.who)
    return f"**{_STANDS_OUT[one.notable]}** {wording.plain(one.day)}, {who}: {one.line()}"


def _day(day: "Day", *, every: bool) -> "list[str]":
    found = []
    for part in day.parts:
        roles = [wording.plain(role) for role in part.roles if role != part.who]
        of = f" ({', '.join(roles)})" if roles else ""
        found += ["", f"### {wording.plain(part.who)}{of}", "", *_part(part, every=every)]
    return found


def _part(part: "Part", *, every: bool) -> "list[str]":
    left: dict[str, int] = {}
    if not every:
        for one in part.doings:
            left[one.verb] = left.get(one.verb, -_MOST) + 1
    lines = []
    for one in part.doings:
        if left.get(one.verb, 0) <= 0:
            lines.append(f"- {one.line()}{_mark(one)}")
            continue
        if left[one.verb] > 0:
            left[one.verb] -= 1
            if not left[one.verb]:
                lines.append(_folded(part.doings, one))
    return [*lines, *(f"- {said}" for said in map(_said, part.counts))]


def _mark(one: "Doing") -> str:
    return f" **({_STANDS_OUT[one.notable].lower()})**" if one.notable else ""


def _folded(doings: "Sequence[Doing]", last: "Doing") -> str:
    """A line for those of a verb that are not told, up to the last of them."""
    number = sum(one.verb == last.verb for one in doings) - _MOST
    verb = f"{last.verb[0].upper()}{last.verb[1:]}"
    return f"- {verb}: {number:,} up to {wording.cite(last.entry.id)}, and then"


def _said(count: "tuple[str, int, str, str, tuple[str, ...]]") -> str:
    """How many entries of a kind, with the last one of them."""
    kind, number, last, title, sessions = count
    where = f" in {_together([wording.code(one) for one in sessions])}" if sessions else ""
    shown = f": {bare(title)}" if title else ""
    newest = ", the last" if number > 1 else ""
    return f"{many(number, wording.plain(kind))}{where}{newest}{shown} {wording.cite(last)}"


def many(number: int, word: str) -> str:
    """So many of something, in words."""
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {plural}"


def _together(words: "Sequence[str]") -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
