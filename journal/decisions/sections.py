"""The sections of DECISIONS.md: a decision, and a change of one. Pure."""

import re

from journal.decisions.headings import demoted
from journal.decisions.verbs import unsaid
from journal.decisions.view import ACCEPTED, KIND, PROPOSED, SUPERSEDED
from journal.openblock import closing
from journal.safe import one_line
from journal.stated import ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from journal.decisions.view import Decision
    from journal.stated import Stating

_LEAST = 3  # the level of a heading in a section: above stand its own and the page's
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACKETS = "\\[]"
_IN_PART = "superseded in part"
_LISTED = 8  # names of a list; more are counted


class Links:
    """How a section links to decisions that stand above it, by their number and title."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, one: "Decision") -> None:
        """One more decision, which gets the next number."""
        self._names[one.id] = f"{len(self._names) + 1}. {one.title}"

    def name(self, key: str) -> str:
        """What a decision is called on the page; of one that isn't there its id."""
        return _inline(self._names.get(key, key))

    def to(self, key: str) -> str:
        """A link to it."""
        if key not in self._names:
            return f"`{one_line(key)}`"
        return f"[{_inline(self._names[key], _BRACKETS)}](#{key})"

    def all(self, keys: "Iterable[str]") -> str:
        """Links to several."""
        every = [*keys]
        more = f" and {len(every) - _LISTED} more" if len(every) > _LISTED else ""
        return ", ".join(map(self.to, every[:_LISTED])) + more


def decision(one: "Decision", links: Links, text: str) -> str:
    """The section of a decision as it was made."""
    # As the entry alone says it: `superseded_by` and the like come from later entries.
    lines = [f"**{one.status.capitalize()}**"]
    if one.supersedes:
        once = "" if one.status != PROPOSED else ", once this is accepted"
        lines.append(f"Supersedes {links.all(one.supersedes)}{once}")
    if one.disputes:
        lines.append(f"Disagrees with {links.all(one.disputes)}")
    if conflicts := one.conflicts:
        lines.append(f"In conflict with {links.all(conflicts)}")
    if one.subject:
        lines.append(f"Subject: {_inline(one.subject)}")
    for name, listed in (("Governs", one.governs), ("Evidence", one.evidence)):
        if listed:
            lines.append(f"{name}: {', '.join(_code(it) for it in listed)}")
    said = _said(text)
    if said and not said.startswith("#"):
        said = f"### Decision\n\n{said}"
    status = "\n\n".join(lines)
    head = _head(one.entry, links.name(one.id))
    return f"{head}\n\n### Status\n\n{status}\n\n{said}".rstrip("\n") + "\n"


def change(one: "Stating", changed: "Sequence[Decision]", links: Links, text: str) -> str:
    """The section of what an entry changed: of decisions that were made before it."""
    about = [it.id for it in changed] or list(ids(one.fields, KIND))
    what = f": {_now(changed[0])}" if changed else ""
    name = links.name(about[0]) if about else one.id
    head = _head(one, f"{'Status of' if changed else 'On'} {name}{what}", anchored=bool(text))
    told = list(_told(one, changed, links)) or [f"On {links.all(about)}." if about else ""]
    said = "" if changed and text.strip() == unsaid(one.fields) else _said(text)
    return "\n\n".join(part for part in (head, *told, said) if part).rstrip("\n") + "\n"


def _told(one: "Stating", changed: "Sequence[Decision]", links: Links) -> "Iterator[str]":
    for it in changed:
        if it.status == SUPERSEDED:
            yield f"{links.to(it.id)} is superseded by {links.to(it.superseded_by)}."
        elif _now(it) == _IN_PART:
            by, part = it.parts[-1]
            yield f"A part of {links.to(it.id)} is superseded by {links.to(by)}: {_inline(part)}"
        else:
            yield f"{links.to(it.id)} is {it.status}{_by(one, it)}."


def _now(one: "Decision") -> str:
    return _IN_PART if one.status == ACCEPTED and one.parts else one.status


def _by(one: "Stating", it: "Decision") -> str:
    """That somebody said so of another decision, where that is what changed this one."""
    return "" if it.id in ids(one.fields, KIND) else " again"


def _head(one: "Stating", title: str, *, anchored: bool = True) -> str:
    who = _inline(str(getattr(one, "actor", "") or getattr(one, "role", "")))
    anchor = f'<a id="{one_line(one.id)}"></a>\n\n' if anchored else ""
    return f"{anchor}## {title}\n\nDate: {one_line(one.at[:10])}{f' · {who}' if who else ''}"


def _code(text: str) -> str:
    shown = one_line(text).replace("`", "'")
    return f"<{shown}>" if "://" in shown and not set(shown) & set(" <>") else f"`{shown}`"


def _said(text: str) -> str:
    """A body with its headings below those of its section, and what it leaves open closed."""
    body = demoted(text.strip("\n"), _LEAST)
    end = closing(body)
    return f"{body}\n{end}" if end else body


def _inline(text: str, marks: str = "\\") -> str:
    """A title or the like on one line, in which no viewer takes anything for a tag.

    `List<T>` would lose its end, else. `marks` are characters that are to mean nothing.
    """
    whole = one_line(text)
    parts = whole.split("`")
    if len(parts) % 2 == 0:  # one that begins no code
        parts, marks = [whole], f"{marks}`"
    for at in range(0, len(parts), 2):  # the others are code
        for mark in marks:
            parts[at] = parts[at].replace(mark, f"\\{mark}")
        parts[at] = _TAG.sub(r"\\<", parts[at])
    return "`".join(parts)
