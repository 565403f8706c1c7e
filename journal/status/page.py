"""STATUS.md: how the journal stands, for readers who open it in an editor or on a forge.

The same journal on the same day gives the same bytes: the only clock in it is the date of today, in
the workspace's zone. What only this machine knows (its writer, its hooks) is left out, except how
the last verification went and what could not be captured.
"""

from journal import pagefile
from journal.errors import UsageError
from journal.preamble import long_date
from journal.rendered import COMMANDS, STATUS, Marked
from journal.safe import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeVar

    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.decisions import Decision
    from journal.status import Status, Talk
    from journal.tasks import Task

    T = TypeVar("T")

_MOST = 10  # items of a section
_BLOCKERS = 3
_TALKS = 3
_WIDE = 160  # columns of a title
_FOOT = f"`{COMMANDS[STATUS]}` writes this page from the journal's entries: don't edit it."
_ESCAPED = frozenset("\\`*_[]<>|#&~$!")


def write(journal: "Journal", found: "Status") -> bool:
    """Write the page at the workspace's root; whether that changed it.

    UsageError `edited-page` if a person changed it, or it isn't the journal's; also if what is
    found is of another namespace than the first: the page is told of that one.
    """
    if found.namespace != journal.default_namespace:
        raise UsageError(
            f"{STATUS} is of the first namespace, {journal.default_namespace}",
            hint="leave out --namespace, or --write",
        )
    became = pagefile.put(journal.root, STATUS, lambda: page(journal, found))
    if became in (pagefile.EDITED, pagefile.FOREIGN):
        raise pagefile.refused(STATUS, became)
    return became == pagefile.WRITTEN


def page(journal: "Journal", found: "Status") -> str:
    """The page, as Markdown, with its mark."""
    work = found.work
    rows = _rows(journal, found)
    conflict = "Some are in conflict, until one of them is accepted." if work.conflicts else ""

    def task(one: "Task") -> str:
        return _titled(one, rows) + (f" ({_text(one.claimed_by)})" if one.claimed_by else "")

    def decision(one: "Decision") -> str:
        return f"{_text(one.entry.at[:10])} {_titled(one, rows)}"

    parts = [
        f"# Status on {long_date(found.day)}",
        "\n".join(f"- **{name}**: {text}" for name, text in _facts(found) if text),
        _section("Goals", work.goals, lambda one: _aim(one, rows)),
        _section("Decisions in force", work.in_force, decision),
        _section("Proposed", work.proposed, decision, conflict),
        _section("Under way", work.started, task),
        _section("Ready", work.ready, task),
        _section("Blocked", work.blocked, lambda one: _blocked(found, one, rows)),
    ]
    return Marked(COMMANDS[STATUS], "\n\n".join(filter(None, [*parts, _FOOT])) + "\n").text


def _rows(journal: "Journal", found: "Status") -> "dict[str, Row]":
    """The rows of what is shown: they know where in which file it stands."""
    work = found.work
    every = (
        work.goals, work.in_force, work.proposed, work.started, work.ready, work.blocked
    )  # fmt: skip
    ids = [one.id for some in every for one in some[:_MOST]]
    ids += [key for one in work.blocked[:_MOST] for key in one.blockers[:_BLOCKERS]]
    return {row.id: row for row in journal.catalog.with_ids(ids) if not row.hidden}


def _section(title: str, every: "Sequence[T]", line: "Callable[[T], str]", note: str = "") -> str:
    """The first of them under a heading, and how many more there are; nothing if there are none."""
    if not every:
        return ""
    items = [f"- {line(one)}" for one in every[:_MOST]]
    if left := len(every) - len(items):
        items.append(f"- … and {left:,} more")
    return "\n".join([f"## {title}", "", *[note, ""] * bool(note), *items])


def _facts(found: "Status") -> "list[tuple[str, str]]":
    """What there is to say in a line each."""
    work = found.work
    decided = [
        (len(work.in_force), "in force"), (len(work.proposed), "proposed"),
        (work.conflicts, "in conflict"),
    ]  # fmt: skip
    to_do = [
        (len(work.ready), "ready"), (len(work.started), "under way"),
        (len(work.blocked), "blocked"), (work.done, "done"),
    ]  # fmt: skip
    told = [("Entries", _entries(found))]
    told += [("Session", _session(one)) for one in found.talks[:_TALKS]]
    told += [("Decisions", _counts(decided)), ("Tasks", _counts(to_do))]
    if due := found.distill:
        many = _many(due.entries, "entry", "entries")
        told.append(("Distillation", f"due, {many} since the last, one every {due.every:,}"))
    told.append(("Verified", _verified(found)))
    if found.findings:
        many = _many(found.findings, "thing", "things")
        told.append(("Findings", f"{many} not as they should be: `journal doctor` names them"))
    if found.letters:
        many = _many(len(found.letters), "capture", "captures")
        told.append(("Failed", f"{many}: `journal hook letters` shows them"))
    return told


def _entries(found: "Status") -> str:
    if not found.last:
        return "none yet"
    newest = _linked(_when(found.last.at), found.last)
    return f"{found.entries:,}, {found.today:,} of today; the newest of {newest}"


def _session(one: "Talk") -> str:
    path = f"on the path {_text(one.path)}"
    return f"{_text(one.session)}, {one.state}, {path}; spoke last {_when(one.last.at)}"


def _verified(found: "Status") -> str:
    one = found.verified
    if not one:
        return "not yet"
    states = ", ".join(f"{many:,} {_text(state)}" for state, many in one.counts.items())
    news = (one.new, "entry", "entries"), (one.changed, "changed file", "changed files")
    since = ", ".join(_many(*some) for some in news if some[0])
    told = states or "nothing to verify"
    head = (
        f"**{told}**" if one.code else told
    ) + f" on {_text(f'{one.at[:10]} at {one.at[11:16]}')}"
    return head + (f"; since then {since}" if since else "")


def _aim(one: "Task", rows: "Mapping[str, Row]") -> str:
    far = f", {one.done:,} of {one.total:,} done" if one.total else ""
    return f"{_titled(one, rows)} ({one.type}{far})"


def _blocked(found: "Status", one: "Task", rows: "Mapping[str, Row]") -> str:
    every = found.work.view.tasks
    named = [_titled(every[key], rows) for key in one.blockers[:_BLOCKERS] if key in every]
    if (left := len(one.blockers) - len(named)) and named:
        named.append(f"{left:,} more")
    return _titled(one, rows) + (f", waits for {', '.join(named)}" if named else "")


def _titled(one: "Decision | Task", rows: "Mapping[str, Row]") -> str:
    return _linked(_text(one.title) or "(no title)", rows.get(one.id))


def _linked(text: str, row: "Row | None") -> str:
    """A link to where the entry begins in its day file; the text alone while no file has it."""
    if not row or not row.line:
        return text
    from urllib.parse import quote

    return f"[{text}]({quote(row.file, errors='surrogateescape')}#L{row.line})"


def _text(text: str) -> str:
    """A text on one line, that Markdown takes for nothing but text."""
    return "".join(f"\\{char}" if char in _ESCAPED else char for char in one_line(text, _WIDE))


def _when(at: str) -> str:
    return _text(at[:16].replace("T", " "))


def _counts(counts: "Iterable[tuple[int, str]]") -> str:
    return ", ".join(f"{number:,} {name}" for number, name in counts if number)


def _many(number: int, one: str, more: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {more}"
