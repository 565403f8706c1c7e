"""Sessions begun, gone on with, reset and ended.

>>> begun = begin(journal, actor="anna")                             # doctest: +SKIP
>>> journal.append(Draft(body="…", session=begun.session))           # doctest: +SKIP
>>> finish(journal, begun.session, "Search works.")                  # doctest: +SKIP
"""

import os
from dataclasses import dataclass

from journal import sessions
from journal.anchor import anchor
from journal.errors import UsageError
from journal.resuming import Standing, is_there, open_sessions, stands, unknown
from journal.sessions import OPEN, RESUMED, STARTED, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.entry import Receipt


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of beginning or going on: `event` is "started" or "resumed".

    `before` is how the session stood, if there was one; `open` are others that are open.
    """

    session: str
    namespace: str
    event: str
    receipt: "Receipt"
    before: Standing | None = None
    open: "tuple[Session, ...]" = ()


def begin(
    journal: "Journal", name: str = "", *, namespace: str = "", actor: str = "", text: str = ""
) -> Begun:
    """Begin a session; without a name under a new one, which no other process gets, too.

    One of that name that is open goes on. UsageError `session-ended` if it has ended: `go_on` goes
    on with that all the same.
    """
    namespace = namespace or journal.default_namespace
    if not name:
        return _begin_new(journal, namespace, actor, text)
    before = stands(journal, name, namespace)
    if before and before.ended:
        raise _has_ended(before, f"`journal session start --resume {name}` goes on with it, or take"
                         " another name")  # fmt: skip
    if not before or before.session.state != OPEN:
        receipt = _started(journal, name, namespace, actor, text)
        if not receipt.repeated:
            kept = _kept(journal, receipt, name)
            return Begun(kept, namespace, STARTED, receipt, before)
        before = stands(journal, name, namespace)  # somebody was faster
    return _resumed(journal, name, namespace, actor, before)


def go_on(journal: "Journal", name: str = "", *, namespace: str = "", actor: str = "") -> Begun:
    """Go on with a session, whether it is open or has ended.

    Without a name with the first of `open_sessions`.
    UsageError `unknown-session` if there is none of that name, `no-session` if none is open.
    """
    namespace = namespace or journal.default_namespace
    if not name:
        found = open_sessions(journal, namespace)
        if not found:
            hint = "begin one: journal session start; `journal session list` shows those that ended"
            raise UsageError("no session is open", kind="no-session", hint=hint)
        name = found[0].name
    before = stands(journal, name, namespace)
    if not before:
        raise unknown(journal, name, namespace)
    return _resumed(journal, name, namespace, actor, before)


def finish(
    journal: "Journal", name: str, text: str = "", *, namespace: str = "", actor: str = ""
) -> "tuple[Receipt, Standing]":
    """End a session; the receipt, and how it stood before.

    UsageError `unknown-session` if there is none of that name, `session-ended` if it has ended.
    """
    namespace = namespace or journal.default_namespace
    before = stands(journal, name, namespace)
    if not before:
        raise unknown(journal, name, namespace)
    if before.ended:
        raise _has_ended(before, f"`journal session show {name}` shows it")
    draft = sessions.end(
        name, text if text.strip() else _told(before), namespace=namespace, actor=actor
    )
    return journal.append(draft), before


def begin_anew(
    journal: "Journal", name: str, text: str = "", *, namespace: str = "", actor: str = ""
) -> "tuple[Receipt, Standing]":
    """Reset a session: what was said before stays, but is not restored any more.

    UsageError `unknown-session` if there is none of that name.
    """
    namespace = namespace or journal.default_namespace
    before = stands(journal, name, namespace)
    if not before:
        raise unknown(journal, name, namespace)
    draft = sessions.reset(name, text, namespace=namespace, actor=actor)
    return journal.append(draft), before


def _begin_new(journal: "Journal", namespace: str, actor: str, text: str) -> Begun:
    from journal import clock

    day = clock.day_key(clock.now(), clock.zone(journal.timezone))
    # As an entry's anchor may be kept: a branch may be on the denylist.
    branch = journal.notebook.place.head(anchor(journal.root))[1]
    like = branch if branch != "HEAD" else ""
    taken: set[str] = set()
    others = tuple(open_sessions(journal, namespace))
    while True:
        name = sessions.new_name(
            lambda one: one in taken or is_there(journal, one, namespace, forgotten=True),
            like or os.path.basename(journal.root),
            day,
        )
        receipt = _started(journal, name, namespace, actor, text)
        if not receipt.repeated:
            kept = _kept(journal, receipt, name)
            return Begun(kept, namespace, STARTED, receipt, None, others)
        taken.add(name)  # another process was faster by less than a look


def _started(journal: "Journal", name: str, namespace: str, actor: str, text: str) -> "Receipt":
    # Under the lock only one entry gets a token: so a name is begun once.
    token = f"session/{namespace}/{name}"
    return journal.append(sessions.start(name, text, namespace=namespace, actor=actor, token=token))


def _kept(journal: "Journal", receipt: "Receipt", name: str) -> str:
    """The name as its entry has it: one that looks like a secret was masked."""
    if receipt.redacted:
        journal.catalog.catch_up()
        name = next((row.session for row in journal.catalog.with_ids([receipt.id])), name)
    return name


def _resumed(
    journal: "Journal", name: str, namespace: str, actor: str, before: Standing | None
) -> Begun:
    since = f"Here the session goes on; it spoke last on {_when(before.last)}." if before else ""
    receipt = journal.append(sessions.resume(name, since, namespace=namespace, actor=actor))
    return Begun(name, namespace, RESUMED, receipt, before)


def _has_ended(found: Standing, hint: str) -> UsageError:
    row = found.ended
    assert row  # noqa: S101 - or it hadn't ended
    return UsageError(
        f"the session {found.session.name} ended on {_when(row)}",
        kind="session-ended", hint=hint, file=row.file, line=row.line,
    )  # fmt: skip


def _told(found: Standing) -> str:
    """What there is to say of a session at its end."""
    many = "1 entry" if found.session.entries == 1 else f"{found.session.entries:,} entries"
    paths = [line.path for line in found.lines]
    ways = f", on the paths {', '.join(paths[:5])}" if len(paths) > 1 else ""
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    return f"It began on {_when(found.first)} and had {many}{ways}{more}."


def _when(row: "Row") -> str:
    """`2026-11-22 at 14:03`, as the entry's own clock said."""
    return f"{row.at[:10]} at {row.at[11:16]}"
