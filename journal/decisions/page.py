"""DECISIONS.md: every entry that tells of decisions as a section, for people who read no journal.

Pure. Sections stand in the order in which their entries were written down, and say only what was
known then: so what was written stays as it is while entries come after, and the whole comes out
byte for byte whenever it is rendered. A change of status is a section of its own that links to what
it changes, and to what caused it.

After each section stands a mark, a comment with the digest of all that is above it. So a page
that a person edited is known from one that was not.
"""

import re

from journal import ids
from journal.decisions.folding import fold
from journal.decisions.sections import Links, change, decision
from journal.decisions.view import KIND
from journal.seal import sha256
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
_MARK, _END = "<!-- journal decision render: ", " -->\n"
_DIGITS = 32
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # `splitlines` knows other ends, too
_BOTH: "tuple[int, ...]" = (0, 1)
_CONFLICT: "dict[str, tuple[int, ...]]" = {
    "<" * 7: (0,), "|" * 7: (), "=" * 7: (1,), ">" * 7: _BOTH,
}  # fmt: skip


def page(entries: "Iterable[Stating]", text: "Callable[[str], str]") -> str:
    """The page of these entries; `text` gives an entry's body by its id."""
    every = sorted((one for one in entries if one.kind == KIND), key=_written)
    found = _Marked(_HEAD)
    links = Links()
    for one, before, after in _unfolding(every):
        found.add(f"\n{_section(one, before, after, links, text)}")
    return "".join(found.parts)


class _Marked:
    """A text that grows by parts, after each of them the mark of all that is above it."""

    def __init__(self, head: str) -> None:
        self.parts: list[str] = []
        self._digest = sha256()
        self.add(head)

    def add(self, part: str) -> None:
        part += "\n"
        self._digest.update(part.encode(errors="replace"))
        mark = _mark(self._digest.hexdigest())
        self._digest.update(mark.encode())
        self.parts += [part, mark]


def is_rendered(text: str) -> bool:
    """Whether a page is as it was rendered once, by whichever entries; an empty one is.

    So is what git makes of two that were rendered, with its conflict marks.
    """
    if not text.strip() or _ends_marked(text):
        return True
    ours, theirs = _sides(text)
    return ours != text and _ends_marked(ours) and _ends_marked(theirs)


def _sides(text: str) -> tuple[str, str]:
    """The two pages that git couldn't merge."""
    found: tuple[list[str], list[str]] = [], []
    side = _BOTH
    for line in _LINE.findall(text):
        turn = _CONFLICT.get(line.rstrip("\n").partition(" ")[0])
        if turn is None:
            for one in side:
                found[one].append(line)
        else:
            side = turn
    return "".join(found[0]), "".join(found[1])


def _ends_marked(text: str) -> bool:
    above, mark, end = text.rpartition(_MARK)
    return bool(mark) and f"{mark}{end}" == _mark(sha256(above.encode()).hexdigest())


def was_rendered(text: str) -> bool:
    """Whether a page has a mark, whatever became of it since."""
    return _MARK in text


def _mark(digest: str) -> str:
    return f"{_MARK}{digest[:_DIGITS]}{_END}"


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
