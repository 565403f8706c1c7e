"""Decision records written: new ones as adr-tools has them, old ones with a new status. Pure."""

from dataclasses import dataclass

from journal.decisions import record
from journal.decisions.view import ACCEPTED, DEPRECATED, SUPERSEDED
from journal.safe import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SLUG = 60


@dataclass(frozen=True, slots=True)
class Near:
    """Another record in the folder: its file's name, its title, and what of it, if not all."""

    file: str
    title: str
    part: str = ""

    def link(self) -> str:
        """A Markdown link to it."""
        text = self.title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return f"[{text}]({self.file})" + (" in part" if self.part else "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record has to say of itself: its status, and what stands in whose place."""

    status: str
    supersedes: tuple[Near, ...] = ()
    superseded_by: tuple[Near, ...] = ()

    @property
    def now(self) -> str:
        """Its status, "superseded" where another record took its place."""
        return SUPERSEDED if any(not one.part for one in self.superseded_by) else self.status

    def lines(self) -> list[str]:
        """The same as lines of a record."""
        by = [one for one in self.superseded_by if not one.part]
        first = f"Superseded by {by[0].link()}" if by else self.status.capitalize()
        partly = [f"Superseded by {one.link()}" for one in self.superseded_by if one.part]
        return [first, *partly, *(f"Supersedes {one.link()}" for one in self.supersedes)]


def slug(title: str) -> str:
    """A title as part of a file's name."""
    kept = "".join(
        char.lower() if char.isascii() and char.isalnum() else "-" for char in one_line(title)
    )
    return "-".join(filter(None, kept.split("-")))[:_SLUG].strip("-") or "decision"


def new(title: str, date: str, standing: Standing, content: str, own: str) -> str:
    """The text of a record; `title` with its number, `date` as 2026-11-21, `own` its id."""
    said = content.strip("\n")
    if not said.lstrip().startswith("#"):
        said = f"## Decision\n\n{said}"
    status = "\n\n".join(standing.lines())
    head = f"# {one_line(title)}\n\nDate: {date}\n\n## Status\n\n{status}"
    return f"{head}\n\n{said}\n\n{_own(own)}\n"


def _own(decision: str) -> str:
    """The comment by which a journal knows its own records: see `record.own`."""
    return f"<!-- journal {decision} -->"


def again(text: str, standing: Standing, named: "Callable[[str], str]") -> str:
    """A record's text with its status and relations as they stand now, and nothing else changed.

    `named` gives the file's name of a record that the text names, or nothing.
    """
    told = record.parse(text)
    has = _files(told.supersedes, named), _files(told.superseded_by, named)
    wants = (
        {(one.file, bool(one.part)) for one in standing.supersedes},
        {(one.file, bool(one.part)) for one in standing.superseded_by},
    )
    says = told.status or ACCEPTED
    if says == SUPERSEDED and not has[1]:  # by one that is nowhere here
        says = DEPRECATED
    if says == standing.now and has == wants:
        return text
    stale = (has[0] - wants[0], has[1] - wants[1])
    return _patched(text, standing, stale, has[0], named)


def _files(
    related: "Sequence[record.Related]", named: "Callable[[str], str]"
) -> set[tuple[str, bool]]:
    return {(file, bool(one.part)) for one in related if (file := named(one.target))}


def _patched(
    text: str,
    standing: Standing,
    stale: tuple[set[tuple[str, bool]], set[tuple[str, bool]]],
    has: set[tuple[str, bool]],
    named: "Callable[[str], str]",
) -> str:
    first, *more = standing.lines()
    known = [
        f"Supersedes {one.link()}"
        for one in standing.supersedes
        if (one.file, bool(one.part)) in has
    ]
    more = [line for line in more if line not in known]
    lines = record.placed(text)
    has_section = any(line.place == "status" for line in lines)
    found: list[str] = []
    done = False
    for line in lines:
        if line.place == "front" and line.text.partition(":")[0].strip() == "status":
            found.append(f"status: {standing.now}")
        elif not done and record.says_status(line, has_section=has_section):
            found += list(_placed_status(line, first, more))
            done = True
        elif not record.relates(line, stale, named):
            found.append(line.text)
    return "\n".join(found if done else _inserted(found, [first, *more]))


def _placed_status(line: "record.Line", first: str, more: list[str]) -> "Iterator[str]":
    """The line that tells a status, with a new one, and what comes after it, in its manner."""
    if line.place == "status":
        yield first
        for one in more:
            yield from ("", one)
        return
    before, _, _ = line.text.partition(":")
    value = first[:1].lower() + first[1:]
    yield f"{before}: {value}"
    bullet = before[: len(before) - len(before.lstrip(" -*"))]
    for one in more:
        yield f"{bullet}{one}" if bullet.strip() else f"\n{one}"


def _inserted(lines: list[str], status: list[str]) -> list[str]:
    """A section of its own, below the title."""
    at = next((n for n, line in enumerate(lines) if line.startswith("# ")), -1) + 1
    section = ["", "## Status"]
    for one in status:
        section += ["", one]
    return [*lines[:at], *section, *([""] if lines[at : at + 1] != [""] else []), *lines[at:]]
