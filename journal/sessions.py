"""Sessions: when one began, whether it goes on, in what order it speaks.

Pure and cheap. A session is begun and ended by entries of kind `session`, whose field `event` says
which; those of agents' hooks and of `journal run` (kind `event`) begin and end it too. Nothing else
is stored: `fold` makes the rest from entries in any order.

>>> view = fold(journal.rows())                                      # doctest: +SKIP
>>> journal.append(start("api-design", actor="anna"))                # doctest: +SKIP
"""

from journal.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping
    from typing import Any, Protocol, TypeVar

    from journal.entry import Draft

    class Told(Protocol):
        """What of an entry is asked: a `Row` will do, and an `Entry`."""

        @property
        def id(self) -> str:
            """Its id."""

        @property
        def namespace(self) -> str:
            """The namespace it stands in."""

        @property
        def session(self) -> str:
            """Its session; empty if it has none."""

        @property
        def path(self) -> str:
            """Its line of conversation; empty for the main one."""

        @property
        def parent(self) -> str:
            """The id of the entry it follows, where it says so."""

        @property
        def kind(self) -> str:
            """Its kind."""

        @property
        def turn(self) -> int:
            """Its number in its session, given under the lock; 0 if it is from before that."""

        @property
        def microseconds(self) -> int:
            """Its moment, since the beginning of 1970, UTC."""

        @property
        def fields(self) -> Mapping[str, Any]:
            """The header's other keys."""

    One = TypeVar("One", bound=Told)

KIND = "session"
EVENT = "event"  # the field that says what happened, and the kind of what others captured
STARTED, RESUMED, ENDED, RESET = "started", "resumed", "ended", "reset"
KINDS = (KIND, EVENT)  # those that `fold` looks at, but for when a session last spoke
OPEN, LOOSE = "open", "loose"  # states; the third is ENDED

# Who says so, and whether a session begins or ends by it: (kind, event) -> (who, begins).
_SAYS = {
    (KIND, STARTED): (KIND, True),
    (KIND, RESUMED): (KIND, True),
    (KIND, ENDED): (KIND, False),
    (EVENT, "SessionStart"): ("hook", True),
    (EVENT, "SessionEnd"): ("hook", False),
    (EVENT, "started"): ("run", True),
    (EVENT, "ended"): ("run", False),
    (EVENT, "lost"): ("run", False),
}
# What is said of an event: in the title after the session's name, and as a body if there is none.
_WORDS = {
    STARTED: ("begins", "What follows belongs to this session, until it ends."),
    RESUMED: ("goes on", "Here the session goes on."),
    ENDED: ("ends", "Here the session ends."),
    RESET: ("begins anew", "What was said before stays, but is not restored any more."),
}
_UNFIT = "-._"  # a name doesn't begin with one of those
_LONGEST = 64
_ROOM = 16  # of a name, for a day and what makes it unique


class Session(Value):
    """A session as its entries tell of it; moments are Unix microseconds.

    `state` is "open", "ended", or "loose" if nothing ever started or ended it. `started` and
    `ended` are the ids of the first start and of the end that holds, `reset` that of the last
    reset; empty if there is none. `began_us`, `last_us` and `entries` are of the entries that were
    folded, which need not be all. `last_event` is the last start, end or reset.
    """

    __slots__ = (
        "began_us", "ended", "ended_us", "entries", "last_event", "last_us", "name", "namespace",
        "reset", "resets", "started", "state",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - one for each slot
        self,
        name: str,
        namespace: str,
        *,
        state: str,
        began_us: int,
        last_us: int,
        entries: int,
        started: str = "",
        ended: str = "",
        ended_us: int = 0,
        resets: int = 0,
        reset: str = "",
        last_event: str = "",
    ) -> None:
        self.name = name
        self.namespace = namespace
        self.state = state
        self.began_us = began_us
        self.last_us = last_us
        self.entries = entries
        self.started = started
        self.ended = ended
        self.ended_us = ended_us
        self.resets = resets
        self.reset = reset
        self.last_event = last_event


class View(Value):
    """All sessions, by namespace and name."""

    __slots__ = ("sessions",)

    def __init__(self, sessions: "Mapping[tuple[str, str], Session]") -> None:
        self.sessions = sessions

    def open(self) -> list[Session]:
        """Those that were started and not ended, the one that spoke last first."""
        found = [one for one in self.sessions.values() if one.state == OPEN]
        return sorted(found, key=lambda one: (one.last_us, one.name, one.namespace), reverse=True)


def order(one: "Told") -> tuple[int, int, str]:
    """Where an entry belongs in its session: by turn, then by moment, then by id."""
    return (one.turn, one.microseconds, one.id)


def in_order(entries: "Iterable[One]") -> "list[One]":
    """The entries of a session in the order in which they were said, whatever clocks said."""
    return sorted(entries, key=order)


def fold(entries: "Iterable[Told]") -> View:
    """What the entries, in whatever order, tell of sessions; those without a session tell nothing.

    What begins, ends and resets is told by the kinds in `KINDS` alone.
    """
    found: dict[tuple[str, str], dict[str, Told]] = {}
    for one in entries:
        if one.session:
            found.setdefault((one.namespace, one.session), {})[one.id] = one
    return View({key: _session(key, in_order(told.values())) for key, told in found.items()})


def _session(key: tuple[str, str], told: "list[Told]") -> Session:
    holds: set[str] = set()  # who began it and has not ended it
    started = ended = reset = last = ""
    ended_us = resets = 0
    for one in told:
        event = event_of(one)
        if (one.kind, event) == (KIND, RESET):
            resets, reset, last = resets + 1, one.id, event
        who, begins = _SAYS.get((one.kind, event), ("", False))
        if not who:
            continue
        last = event
        if begins:
            started = started or one.id
            holds.add(who)
            ended, ended_us = "", 0
            continue
        # `session end` ends it whoever began it; a command that ends in it only what it began.
        holds = holds - {who} if who != KIND else set()
        if not holds:
            ended, ended_us = one.id, one.microseconds
    state = OPEN if holds else ENDED if ended else LOOSE
    return Session(
        name=key[1], namespace=key[0], state=state, began_us=told[0].microseconds,
        last_us=told[-1].microseconds, entries=len(told), started=started, ended=ended,
        ended_us=ended_us, resets=resets, reset=reset, last_event=last,
    )  # fmt: skip


def event_of(one: "Told") -> str:
    """What an entry says has happened; empty if it is of no kind that says so."""
    if one.kind not in KINDS:
        return ""
    event = one.fields.get(EVENT)
    return event if isinstance(event, str) else ""


def new_name(taken: "Container[str] | Callable[[str], bool]", branch: str, day: str) -> str:
    """A name that is not taken: `main-2026-11-22`, then `main-2026-11-22-2`, and so on.

    `taken`: the names that are, or what says so of one. `branch` may be any text, such as a
    folder's name; what no name can hold stands as `-`.
    """
    is_taken = taken if callable(taken) else taken.__contains__
    kept = "".join(
        char if (char.isascii() and char.isalnum()) or char in _UNFIT else "-" for char in branch
    )
    base = f"{kept.strip(_UNFIT)[: _LONGEST - _ROOM].rstrip(_UNFIT) or KIND}-{day}"
    name, number = base, 1
    while is_taken(name):
        number += 1
        name = f"{base}-{number}"
    return name


def start(
    name: str, text: str = "", *, actor: str = "", namespace: str = "", token: str = ""
) -> "Draft":
    """The draft of the entry that begins a session; `text` is what there is to say.

    Two that start with the same token are one start, and the later one's receipt says `repeated`.
    """
    return _draft(STARTED, name, text, actor, namespace, token)


def resume(name: str, text: str = "", *, actor: str = "", namespace: str = "") -> "Draft":
    """The draft of the entry by which a session goes on, after a crash or a while."""
    return _draft(RESUMED, name, text, actor, namespace)


def end(name: str, text: str = "", *, actor: str = "", namespace: str = "") -> "Draft":
    """The draft of the entry that ends a session; `text` is what there is to say at the end."""
    return _draft(ENDED, name, text, actor, namespace)


def reset(name: str, text: str = "", *, actor: str = "", namespace: str = "") -> "Draft":
    """The draft of the entry from which a session begins anew; turns go on counting.

    Restoring and context take only what follows it, unless they are asked for all. `text`: why.
    """
    return _draft(RESET, name, text, actor, namespace)


def _draft(
    event: str, name: str, text: str, actor: str, namespace: str, token: str = ""
) -> "Draft":
    from journal.entry import Draft

    does, usual = _WORDS[event]
    return Draft(
        body=text if text.strip() else usual, title=f"Session {name} {does}", kind=KIND,
        role="system", actor=actor, session=name, namespace=namespace, fields={EVENT: event},
        token=token,
    )  # fmt: skip
