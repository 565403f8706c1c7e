"""DECISIONS.md: every entry that tells of decisions as a section, for people who read no journal.

Pure. Sections stand in the order in which their entries were written down, and say only what was
known then: so what was written stays as it is while entries come after, and the whole comes out
byte for byte whenever it is rendered. A change of status is a section of its own that links to what
it changes, and to what caused it.

After each section stands the mark of all that is above it (`rendered`).
"""

from journal import ids
from journal.decisions.folding import fold
from journal.decisions.sections import Links, change, decision
from journal.decisions.view import KIND
from journal.rendered import COMMANDS, DECISIONS, Marked
from journal.stated import Stated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from journal.decisions.view import Decision, View
    from journal.stated import Stating

_HEAD = """\
# Decisions

What was decided here, in the order in which it was written down; a later section may change an
earlier one. `journal decision render` writes this page from the journal's entries: don't edit it.
"""


def page(entries: "Iterable[Stating]", text: "Callable[[str], str]") -> str:
    """The page of these entries; `text` gives an entry's body by its id."""
    every = sorted((one for one in entries if one.kind == KIND), key=_written)
    found = Marked(COMMANDS[DECISIONS], _HEAD)
    links = Links()
    for one, before, after in _unfolding(every):
        found.add(f"\n{_section(one, before, after, links, text)}")
    return found.text


def _written(one: "Stating") -> str:
    """When an entry was written down, which for an imported one isn't when it happened."""
    if ids.is_id(one.id):
        return one.id
    return ids.encode(max(0, one.microseconds // 1000) << 80) + one.id


def _unfolding(every: "Sequence[Stating]") -> "Iterator[tuple[Stating, View, View]]":
    """Each entry with how the decisions that it may touch stood before and after it."""
    groups = _groups(every)
    known: dict[int, list[Stating]] = {}
    views: dict[int, View] = {}
    for one in every:
        group = groups[one.id]
        known.setdefault(group, []).append(one)
        before = views.get(group) or fold(())
        views[group] = fold(known[group])
        yield one, before, views[group]


def _groups(every: "Sequence[Stating]") -> dict[str, int]:
    """Of each entry a number that those share which have to do with each other."""
    stated = Stated(every, KIND)
    above: dict[str, str] = {one.id: one.id for one in every}

    def top(key: str) -> str:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one in every:
        named = {one.id, stated.subject(one.id)}
        for field in (KIND, "supersedes", "disputes"):
            named.update(stated.named(one.fields, field))
        if isinstance(about := one.fields.get("subject"), str) and about.strip():
            subject = f"# {' '.join(about.casefold().split())}"
            above.setdefault(subject, subject)
            named.add(subject)
        first = top(one.id)
        for other in named & above.keys():
            above[top(other)] = first
    numbers: dict[str, int] = {}
    return {key: numbers.setdefault(top(key), len(numbers)) for key in above}


def _section(  # what it needs of one entry, and nothing else
    one: "Stating", before: "View", after: "View", links: Links, text: "Callable[[str], str]"
) -> str:
    made = after.decisions.get(one.id)
    if made:
        links.add(made)
    changed = [
        now for key, now in after.decisions.items() if key != one.id and _differs(before, now)
    ]
    parts = [decision(made, links, text(one.id))] if made else []
    if not made or changed:
        parts.append(change(one, changed, links, "" if made else text(one.id)))
    return "\n".join(parts)


def _differs(before: "View", now: "Decision") -> bool:
    was = before.decisions.get(now.id)
    return was is None or (was.status, was.superseded_by, was.parts) != (
        now.status, now.superseded_by, now.parts,
    )  # fmt: skip
