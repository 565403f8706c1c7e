"""What is in memory at one moment, as a value: messages, tombstones, bounds. Pure.

The order of `messages` is the one that a model reads them in; a message's place is where its entry
stands in the session. The two differ for summaries, which stand where what they stand for stood.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from journal.errors import FormatError, UsageError

Place = tuple[int, int, str]  # turn, Unix microseconds, id: as sessions are ordered

BEFORE: Place = (-1, 0, "")  # before every entry
TOMBSTONES = 1000  # the most that are kept
_NO_PLACES: Mapping[str, Place] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """A message in memory. Its `id` is that of the entry it began as, and never changes.

    `entry` is the entry that has its text now, `digest` that text's in the journal. `content` is
    what the journal kept: secrets are masked in it, and where the policy kept no text (`withheld`
    names the rule) it is the sentence that says so. `turn` and `microseconds` are its entry's.
    """

    id: str
    role: str
    content: str
    entry: str
    digest: str
    title: str = ""
    turn: int = 0
    microseconds: int = 0
    withheld: str = ""
    bytes: int = field(init=False, compare=False)  # of its content in UTF-8

    def __post_init__(self) -> None:
        object.__setattr__(self, "bytes", len(self.content.encode()))

    @property
    def place(self) -> Place:
        """Where its first entry stands in the session."""
        return (self.turn, self.microseconds, self.id)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a message that left memory: the journal has its text, under `entry`.

    `summary` is the id of the message that stands for it, "" if none does. `title` is one line of
    it, "" if nothing of it may be shown any more.
    """

    id: str
    role: str
    entry: str
    bytes: int
    title: str = ""
    summary: str = ""
    turn: int = 0
    microseconds: int = 0

    @property
    def place(self) -> Place:
        """Where its first entry stands in the session."""
        return (self.turn, self.microseconds, self.id)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much memory holds at most, at every moment: messages, and bytes of their contents."""

    messages: int
    bytes: int

    def __post_init__(self) -> None:
        for name, value in (("max_messages", self.messages), ("max_bytes", self.bytes)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(
                    f"{name} is {value!r}, and memory has to hold something",
                    kind="bad-value",
                    hint=f"{name}: a whole number from 1",
                )

    def check(self, content: str) -> None:
        """FormatError `body-too-large` if no memory with these bounds can hold the content."""
        size = len(content.encode())
        if size > self.bytes:
            raise FormatError(
                f"the content has {size:,} bytes, and all of memory holds {self.bytes:,}:"
                " nothing was appended",
                kind="body-too-large",
                hint="append it as an entry of its own and keep a shorter message that names it,"
                " or open memory with a larger max_bytes",
            )


@dataclass(frozen=True, slots=True)
class Holding:
    """What is in memory; each change gives another one, within its bounds.

    `tombstones` are in the order of places, at most `TOMBSTONES` of them: the oldest ones go first.
    What stands at `horizon` or before it, and is neither a message nor a tombstone, is past.
    """

    bounds: Bounds
    messages: tuple[Message, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    horizon: Place = BEFORE

    @property
    def bytes(self) -> int:
        """The UTF-8 bytes of all contents."""
        return sum(message.bytes for message in self.messages)

    def message(self, message_id: str) -> Message | None:
        """The message of that id, if it is in memory."""
        return next((one for one in self.messages if one.id == message_id), None)

    def tombstone(self, message_id: str) -> Tombstone | None:
        """The tombstone of that id, if there is one."""
        return next((one for one in self.tombstones if one.id == message_id), None)

    def with_message(self, message: Message, at: int | None = None) -> Holding:
        """The same with one more message, at the end or there; the oldest ones make room for it."""
        at = len(self.messages) if at is None else at
        messages = (*self.messages[:at], message, *self.messages[at:])
        left = tuple(one for one in self.tombstones if one.id != message.id)
        return replace(self, messages=messages, tombstones=left).fitted(message.id)

    def with_update(self, message: Message) -> Holding:
        """The same with another text for a message, which keeps its place."""
        messages = tuple(message if one.id == message.id else one for one in self.messages)
        return replace(self, messages=messages).fitted(message.id)

    def with_summary(
        self, summary: Message, ids: Collection[str], stands: Place | None = None
    ) -> Holding:
        """The same with a message that stands where those stood, which have left memory.

        Where all of them had left it before, it stands after the last of them, or after `stands`.
        """
        left = self.without(ids, summary.id)
        where = [number for number, one in enumerate(self.messages) if one.id in ids]
        if where:  # all that stood before the first of them is still there
            return left.with_message(summary, where[0])
        gone = [one.place for one in self.tombstones if one.id in ids]
        return left.with_message(summary, left.after(stands or max(gone, default=summary.place)))

    def after(self, place: Place, known: Mapping[str, Place] = _NO_PLACES) -> int:
        """How many messages stand before what has this place.

        A summary stands by the last that it stands for: `known` tells it of some, and tombstones.
        """
        at = len(self.messages)
        if not at or self.messages[-1].place < place:
            return at
        stands = dict(known)
        for one in self.tombstones:  # in the order of places: the last of them counts
            stands[one.summary] = one.place
        while at:
            before = self.messages[at - 1]
            if stands.get(before.id, before.place) < place:
                break
            at -= 1
        return at

    def without(self, ids: Collection[str], summary: str = "") -> Holding:
        """The same without these messages; their tombstones, old and new, name the summary."""
        gone = [one for one in self.messages if one.id in ids]
        linked = [
            replace(one, summary=summary) if summary and one.id in ids else one
            for one in self.tombstones
        ]
        held = replace(self, messages=tuple(one for one in self.messages if one.id not in ids))
        return held.buried([*linked, *(tombstone_of(one, summary) for one in gone)])

    def buried(self, tombstones: Iterable[Tombstone]) -> Holding:
        """The same with these tombstones, as many of them as are kept."""
        ordered = sorted(tombstones, key=lambda one: one.place)
        horizon = self.horizon
        if len(ordered) > TOMBSTONES:
            horizon = max(horizon, ordered[-TOMBSTONES - 1].place)
        return replace(self, tombstones=tuple(ordered[-TOMBSTONES:]), horizon=horizon)

    def fitted(self, kept: str = "") -> Holding:
        """The same within its bounds: those with the oldest places leave, `kept` never."""
        over, count = self.bytes - self.bounds.bytes, len(self.messages)
        gone = set()
        for one in sorted(self.messages, key=lambda message: message.place):
            if over <= 0 and count <= self.bounds.messages:
                break
            if one.id != kept:
                gone.add(one.id)
                over, count = over - one.bytes, count - 1
        return self.without(gone) if gone else self

    def to_summarize(self, most: int) -> list[str]:
        """What a summary should stand for: the oldest that left and nothing stands for yet.

        Where there are none, the older half of the messages. At most so many.
        """
        loose = [one.id for one in self.tombstones if not one.summary]
        if not loose:
            oldest = sorted(self.messages, key=lambda one: one.place)
            loose = [one.id for one in oldest[: (len(oldest) + 1) // 2]]
        return loose[:most]

    def in_order(self, ids: Collection[str]) -> list[str]:
        """These ids by their places, each once; those that aren't known here are left out."""
        known: Sequence[Message | Tombstone] = [*self.messages, *self.tombstones]
        return [one.id for one in sorted(known, key=lambda one: one.place) if one.id in ids]


def tombstone_of(message: Message, summary: str = "") -> Tombstone:
    """What is left of a message."""
    return Tombstone(
        message.id, message.role, message.entry, message.bytes, message.title, summary,
        message.turn, message.microseconds,
    )  # fmt: skip
