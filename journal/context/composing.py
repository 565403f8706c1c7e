"""A context composed: the place it is taken from, what there is to tell, all of it in bounds.

Each part gives at most what the whole may hold; the page then shares the room out.
"""

from journal.anchor import anchor
from journal.context import wording
from journal.context.page import Section, bounded, fit, size
from journal.context.subjects import Subjects
from journal.context.talk import of_talk
from journal.context.told import Context, Place
from journal.errors import UsageError
from journal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from journal.api import Journal
    from journal.context.wording import Mark
    from journal.finding import Finding

MAX_BYTES = 16_384
_MAIN = "main"
_HITS = 20
_SNIPPET = 200  # columns
_SUBJECTS = {
    ("goals",): "no goals or milestones",
    ("decisions",): "no decisions in force",
    ("blocked", "open"): "no tasks to do",
    ("session",): "no session",
}


def compose(  # noqa: PLR0913 - one for each option
    journal: "Journal",
    *,
    session: str = "",
    namespace: str = "",
    path: str = "",
    query: str = "",
    max_bytes: int = MAX_BYTES,
    directory: str = "",
) -> Context:
    """What an agent should be told now, in at most `max_bytes` bytes of text.

    `session`: the one nearest to git's HEAD, if none is named. `path`: the session's current one.
    `query` is asked of recall, as on the newest entry's day. `directory`: in the work tree whose
    HEAD counts (default: the workspace). UsageError if there is no such session or path, or if
    the query can't be read.
    """
    namespace = namespace or journal.default_namespace
    journal.catalog.catch_up()
    place = _place(journal, namespace, session, path, directory or journal.root)
    subjects = Subjects(journal, namespace, max_bytes)
    sections, marks = subjects.sections(), subjects.marks()
    if place.session:
        sections += of_talk(journal, place, max_bytes, marks)
    opening = _opening(journal, place, {one.name for one in sections})
    notices: tuple[Finding, ...] = ()
    if query.strip():
        found, notices = _recalled(journal, namespace, query, max_bytes, marks)
        sections.append(found)
    fitting = fit(sections, max_bytes - size(opening))
    return Context(place, query, max_bytes, opening, fitting, notices)


def _place(journal: "Journal", namespace: str, session: str, path: str, directory: str) -> Place:
    from journal.resuming import nearest, which

    if session:
        which(journal, session, namespace)
        why, head = "", anchor(directory)
        last = next(journal.catalog.turns(namespace, session, limit=1), None)
        was = last.git if last else ""
    elif near := nearest(journal, namespace, directory):
        session, why, head, was = near.session, near.why, near.head, near.anchor
    elif path:
        raise UsageError(f"there is no session with a path {path!r}", kind="no-session")
    else:
        return Place(namespace, head=anchor(directory))
    if path not in ("", _MAIN) and not _has(journal, namespace, session, path):
        raise UsageError(
            f"session {session} has no path {path!r}", kind="unknown-path",
            hint=f"journal path list --session {session}",
        )  # fmt: skip
    path = path or journal.catalog.current(namespace, session)
    return Place(namespace, session, path, why, was, head, directory)


def _has(journal: "Journal", namespace: str, session: str, path: str) -> bool:
    found = journal.catalog.turns(namespace, session, path=path, limit=1)
    return next(found, None) is not None


def _opening(journal: "Journal", place: Place, there: set[str]) -> str:
    """The heading, whether git went elsewhere, and what there is not."""
    lines = [f"# Context of {wording.code(place.namespace)}", ""]
    if not place.same_branch:
        lines += [_moved(journal, place), ""]
    missing = [told for names, told in _SUBJECTS.items() if there.isdisjoint(names)]
    if missing:
        lines += [f"There are {_together(missing)}.", ""]
    return "\n".join(lines)


def _together(words: "Sequence[str]") -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _moved(journal: "Journal", place: Place) -> str:
    """That git is on another branch than the session was, and what can be done about it."""
    now = place.head.rpartition("@")[0]
    told = f"**Git is on {wording.code(now)}, session {wording.code(place.session)} was on"
    told += f" {wording.code(place.branch)}.**"
    name = path_name(now)
    if name == place.path:
        return f"{told} Its path {wording.code(name)} is the one for here: carry on."
    there = _has(journal, place.namespace, place.session, name)
    verb, what = ("switch", "To its path for here") if there else ("branch", "To fork it")
    own = wording.within(place.namespace, journal.default_namespace)
    doing = wording.command("path", verb, name, "--session", place.session, *own)
    return f"{told} {what}: {doing or '`journal path`'}. To carry on, do nothing."


def path_name(branch: str) -> str:
    """A name for a path that says which git branch it belongs to."""
    kept = "".join(
        char if (char.isascii() and char.isalnum()) or char in "._-/" else "-" for char in branch
    )
    parts = (part.strip("-._")[:64].rstrip(".") for part in kept.split("/"))
    name = "/".join(filter(None, parts))[:128].rstrip("/.")
    return name or "branch"


def _recalled(
    journal: "Journal", namespace: str, query: str, room: int, marks: "Mapping[str, Mark]"
) -> "tuple[Section, tuple[Finding, ...]]":
    """What recall finds, and what it noticed."""
    chosen = Selection(namespace=namespace)
    answer = journal.recall(query, chosen, _HITS, today=_today(journal, chosen))
    found = []
    for hit in answer.hits:
        words, cites = marks.get(hit.entry.id, wording.NO_MARK)
        snippet = wording.plain(hit.snippet, _SNIPPET)
        before = f"{wording.day(hit.entry)}{words}"
        found.append(wording.item(hit.entry, before, cites=cites, after=f": {snippet}"))
    lines = bounded(found, room)
    title = f"Recalled for {wording.code(query)}"
    note = "" if lines else "Nothing."
    left = answer.total - len(lines)
    return Section("recall", title, lines, left, _asking(query), note, share=3), answer.notices


def _today(journal: "Journal", chosen: Selection) -> "date":
    """The day that dates in the query are seen from: the newest entry's, so no clock's."""
    from datetime import date

    try:
        return next(date.fromisoformat(row.at[:10]) for row in journal.rows(chosen, 1))
    except (StopIteration, ValueError):  # there is none, or what it says is no day
        return date.min


def _asking(query: str) -> str:
    """How to see all hits."""
    quoted = "'" + query.replace("'", "'\\''") + "'"
    fits = query.isprintable() and "`" not in query and len(query) < _SNIPPET
    return f"`journal recall {quoted}`" if fits else "`journal recall`"
