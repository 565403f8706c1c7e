"""Which session to go on with: those that are open, how one stands, and which one is meant.

`journal.resuming.beginning` begins, goes on and ends.
"""

import os

from journal import sessions
from journal.anchor import anchor
from journal.errors import UsageError
from journal.resuming.near import Near, nearest
from journal.selection import Selection
from journal.sessions import KIND, KINDS, Session
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.catalog.talks import Line
    from journal.entry import Receipt

__all__ = [
    "Listed",
    "Near",
    "Standing",
    "branch_of",
    "holds",
    "is_there",
    "nearest",
    "open_sessions",
    "sittings",
    "standing",
    "stands",
    "still_open",
    "unknown",
    "which",
    "writes_to",
]

SESSION_IN = "JOURNAL_SESSION"
NAME_ONE = f"export {SESSION_IN}=$(journal session start), or --session NAME"
_ALIKE = 3  # names that an error offers


class Standing(Value):
    """How a session stands: what it is, its first and last entry in order, its paths by name.

    `current` is the path that it goes on with; `ended` is the entry that ended it, if one did.
    """

    __slots__ = ("current", "ended", "first", "last", "lines", "session")

    def __init__(
        self,
        session: Session,
        first: "Row",
        last: "Row",
        lines: "tuple[Line, ...]",
        current: str,
        ended: "Row | None" = None,
    ) -> None:
        self.session = session
        self.first = first
        self.last = last
        self.lines = lines
        self.current = current
        self.ended = ended


class Listed(Value):
    """A session among others: what it is, its last entry, how many paths it has."""

    __slots__ = ("last", "paths", "session")

    def __init__(
        self,
        session: Session,
        last: "Row",
        paths: int,
    ) -> None:
        self.session = session
        self.last = last
        self.paths = paths


def stands(journal: "Journal", name: str, namespace: str = "") -> Standing | None:
    """How a session stands now; None if it has no entry."""
    journal.catalog.catch_up()
    return standing(journal, name, namespace or journal.default_namespace)


def standing(journal: "Journal", name: str, namespace: str) -> Standing | None:
    """The same, as far as the catalog knows: for who asks for many, and caught up before."""
    lines = journal.catalog.lines(namespace, name)
    if not lines:
        return None
    told = journal.catalog.told(namespace, name, KINDS)
    first = min((line.first for line in lines), key=sessions.order)
    last = max((line.last for line in lines), key=sessions.order)
    found = sessions.fold([first, *told, last]).sessions[namespace, name]
    found = found.but(entries=sum(line.entries for line in lines))
    ended = next((row for row in told if row.id == found.ended), None)
    current = journal.catalog.current(namespace, name)
    return Standing(found, first, last, tuple(lines), current, ended)


def sittings(
    journal: "Journal", namespace: str = "", limit: int | None = None
) -> tuple[list[Listed], int]:
    """The sessions of a namespace, or of all, the one that spoke last first; and how many are."""
    journal.catalog.catch_up()
    found = journal.catalog.sessions(namespace)
    tallies = journal.catalog.tallies(None if limit is None else found[:limit])
    listed = []
    for one in found[:limit]:
        key = (one.namespace, one.session)
        entries, paths, began = tallies.get(key, (1, 1, one.last.microseconds))
        told = journal.catalog.told(*key, KINDS)
        session = sessions.fold([*told, one.last]).sessions[key]
        session = session.but(entries=entries, began_us=began, last_us=one.last.microseconds)
        listed.append(Listed(session, one.last, paths))
    return listed, len(found)


def open_sessions(journal: "Journal", namespace: str = "") -> list[Session]:
    """Those that `journal session start` began and nobody ended, the one that spoke last first.

    Before them come those that were last on the branch that git is on.
    What hooks and `journal run` captured is not among them: whoever captures it goes on by itself.
    `began_us` is when it was first begun, `entries` how many entries say that it began or went on.
    """
    journal.catalog.catch_up()
    return still_open(journal, namespace or journal.default_namespace)


def still_open(journal: "Journal", namespace: str) -> list[Session]:
    """The same, as far as the catalog knows: for who caught up before."""
    rows = journal.catalog.rows(Selection(kind=KIND, namespace=namespace))
    branch = branch_of(anchor(journal.root))
    found = [
        (branch != "" and branch_of(last.git) == branch, last.microseconds, one)
        for one in sessions.fold(rows).open()
        for last in journal.catalog.turns(namespace, one.name, limit=1)
    ]
    found.sort(key=lambda each: (*each[:2], each[2].name), reverse=True)
    return [one.but(last_us=moment) for _, moment, one in found]


def branch_of(git: str) -> str:
    """The branch that an anchor names; empty if none, or a detached HEAD."""
    branch = git.rpartition("@")[0]
    return branch if branch != "HEAD" else ""


def which(journal: "Journal", given: str = "", namespace: str = "") -> str:
    """The session that a reading verb means: the given one, else JOURNAL_SESSION, else the nearest.

    UsageError `unknown-session` if there is none of that name, `no-session` if there is none.
    """
    namespace = namespace or journal.default_namespace
    name = given or os.environ.get(SESSION_IN, "")
    journal.catalog.catch_up()
    if name:
        if not is_there(journal, name, namespace):
            raise unknown(journal, name, namespace)
        return name
    near = nearest(journal, namespace)
    if not near:
        raise UsageError("there is no session yet", kind="no-session", hint=NAME_ONE)
    return near.session


def writes_to(given: str = "") -> str:
    """The session that a writing verb means: the given one, else JOURNAL_SESSION.

    UsageError `no-session` if there is neither: to guess would mix up whose words are whose.
    """
    name = given or os.environ.get(SESSION_IN, "")
    if not name:
        raise UsageError("no session is named", kind="no-session", hint=NAME_ONE)
    return name


def holds(journal: "Journal", receipt: "Receipt") -> bool:
    """Whether an entry says what it was to say of its session.

    It doesn't where the journal is switched off, or where a policy keeps not even its header.
    """
    if not receipt.id or not receipt.withheld:
        return bool(receipt.id)
    journal.catalog.catch_up()
    return any(row.session for row in journal.catalog.with_ids([receipt.id]))


def is_there(journal: "Journal", name: str, namespace: str, *, forgotten: bool = False) -> bool:
    """Whether a session has an entry that is to be seen, or any at all with `forgotten`."""
    found = journal.catalog.turns(namespace, name, limit=1, forgotten=forgotten)
    return next(found, None) is not None


def unknown(journal: "Journal", name: str, namespace: str) -> UsageError:
    """That there is no such session, and which ones may be meant."""
    from difflib import get_close_matches

    every = journal.catalog.sessions()
    elsewhere = [one.namespace for one in every if one.session == name]
    names = [one.session for one in every if one.namespace == namespace]
    alike = get_close_matches(name, names, _ALIKE) or [one for one in names if name in one][:_ALIKE]
    hint = "`journal session list --all` shows them" if names else f"begin one: {NAME_ONE}"
    if alike:
        hint = f"did you mean {' or '.join(alike)}?"
    if elsewhere:
        hint = f"there is one in another namespace: --namespace {elsewhere[0]}"
    start = f"{SESSION_IN}: " if name == os.environ.get(SESSION_IN) else ""
    return UsageError(f"{start}there is no session {name!r}", kind="unknown-session", hint=hint)
