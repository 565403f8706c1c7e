"""The conversations that go on: the open sessions, or else the one that spoke last."""

import os

from journal import sessions
from journal.resuming import SESSION_IN, is_there, still_open
from journal.sessions import KINDS
from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.api import Journal
    from journal.catalog.row import Row

_LOOKED_AT = 100  # of the newest entries, for one with a session


class Talk(Value):
    """A session: its state, the path that it goes on with, when it spoke last.

    `named`: it is the one that JOURNAL_SESSION names.
    """

    __slots__ = ("last", "named", "namespace", "path", "session", "state")

    def __init__(
        self,
        namespace: str,
        session: str,
        state: str,
        path: str,
        last: "Row",
        named: bool = False,
    ) -> None:
        self.namespace = namespace
        self.session = session
        self.state = state
        self.path = path
        self.last = last
        self.named = named

    def record(self) -> "dict[str, Any]":
        """As JSON shows it."""
        return {
            "session": self.session,
            "namespace": self.namespace,
            "state": self.state,
            "path": self.path,
            "last": self.last.at,
            "named": self.named,
        }


def talks(journal: "Journal", namespace: str) -> list[Talk]:
    """The sessions that are open, in the order of `open_sessions`; else the one that spoke last.

    The one that JOURNAL_SESSION names comes first. The catalog has caught up.
    """
    names = [one.name for one in still_open(journal, namespace)]
    named = os.environ.get(SESSION_IN, "")
    if named and is_there(journal, named, namespace):
        names = [named, *(name for name in names if name != named)]
    if not names:
        names = _spoke_last(journal, namespace)
    return [_talk(journal, namespace, name, named) for name in names]


def _spoke_last(journal: "Journal", namespace: str) -> list[str]:
    newest = journal.catalog.rows(limit=_LOOKED_AT)
    return [row.session for row in newest if row.session and row.namespace == namespace][:1]


def _talk(journal: "Journal", namespace: str, name: str, named: str) -> Talk:
    catalog = journal.catalog
    last = next(catalog.turns(namespace, name, limit=1))
    told = catalog.told(namespace, name, KINDS)
    state = sessions.fold([*told, last]).sessions[namespace, name].state
    path = catalog.current(namespace, name)
    return Talk(namespace, name, state, path, last, name == named)
