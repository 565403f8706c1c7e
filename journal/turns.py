"""Turns: an entry's number in its session, given under the lock, and the path the session goes on.

Cheap on purpose: every append in a session comes through here. What is known of the sessions used
last is kept with what the writer knows of its spool. It counts while no day file came, went or was
replaced by others (git, a sync), which changes the times of their folders, and while no other
writer of this workspace (in a container, say) added to its spool; else, and of any other session,
the files are asked, or the catalog, which knows most of them.
"""

import os
from time import time_ns

from journal.seal import MAIN, MOST_TURNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from journal.known import Known
    from journal.seal import Sealing
    from journal.space import Space

_SPOOLS = ".journal/state/spool"
_TICK = 50_000_000  # ns: a folder changed so lately may change again at the same time


class Turns:
    """The turns that one holding of the lock gives; `keep` makes them known."""

    __slots__ = ("_known", "_marks", "_new", "_own", "_space")

    def __init__(self, space: "Space", known: "Known", own: str) -> None:
        self._space = space
        self._known = known
        self._own = own  # the name of the writer's spool
        # Of the namespaces' folders; None: not to be kept.
        self._marks: dict[str, list[int] | None] = {}
        self._new: dict[str, dict[str, list[Any]]] = {}

    def give(self, draft: "Sealing", namespace: str) -> None:
        """Number the draft in its session, and put it on the session's path if it names none.

        What is filled in between what is there already has its turn. One that was numbered before,
        but not written, is numbered anew.
        """
        if draft.filled:
            draft.turn = draft.filled
            return
        if namespace not in self._marks:
            self._look(namespace)
        turn, path = self._last(namespace, draft.session)
        draft.turn = min(turn + 1, MOST_TURNS)
        draft.way = path if path != MAIN and not draft.path else ""
        self._new.setdefault(namespace, {})[draft.session] = [draft.turn, draft.switched or path]

    def look_again(self) -> None:
        """Notice what others did to the folders since; what they do from now on is our own."""
        for namespace, mark in self._marks.items():
            if mark is not None and mark != self._mark(namespace):
                self._marks[namespace] = None

    def keep(self) -> None:
        """Know from now on what was given: it was written, and so were new day files."""
        for namespace, new in self._new.items():
            mark = None if self._marks[namespace] is None else self._mark(namespace)
            last = self._known.turns[namespace][1]
            for session, given in new.items():
                last.pop(session, None)  # so that the dict's order is the order of use
                last[session] = given
            self._known.turns[namespace] = [mark, last]
        self._new = {}

    def _look(self, namespace: str) -> None:
        """Forget what is known of the namespace's sessions if others changed its folders."""
        mark = self._mark(namespace)
        if mark is None or self._known.turns.get(namespace, [None])[0] != mark:
            self._known.turns[namespace] = [None, {}]
            self._known.asked = None
            now = time_ns()
            if mark is not None and any(abs(now - time) < _TICK for time in mark):
                mark = None
        self._marks[namespace] = mark

    def _last(self, namespace: str, session: str) -> "list[Any] | tuple[int, str]":
        """The session's last turn, and the path that it is on."""
        for known in (self._new.get(namespace, {}), self._known.turns[namespace][1]):
            if session in known:
                return known[session]
        if not self._known.asked:
            if self._space.turned:
                self._known.asked = self._space.turned(self._space)
            else:
                from journal.sessionfiles import asker

                self._known.asked = asker(self._space.root)
        return self._known.asked(namespace, session)

    def _mark(self, namespace: str) -> "list[int] | None":
        """What changes when a day file comes, goes or is replaced, or when others append.

        Empty while there is none; None if that can't be told.
        """
        above, spools = f"{self._space.root}/journal/{namespace}", f"{self._space.root}/{_SPOOLS}"
        try:
            found = [f"{above}/{year}" for year in sorted(os.listdir(above)) if len(year) == 4]
            found.append(f"{self._space.root}/journal")  # what an imported pack brought lies there
            others = sorted(name for name in os.listdir(spools) if name.endswith(".log"))
            found += [f"{spools}/{name}" for name in others if name != self._own]
            seen = map(os.stat, found)
            # What syncs sets the folders' times back; nobody sets the last of these back.
            return [n for st in seen for n in (st.st_size, st.st_mtime_ns, st.st_ctime_ns)]
        except FileNotFoundError:
            return []
        except OSError:
            return None
