"""A conversation given back in order: what was said along its path, as messages for any model.

The newest that fit stay. What is not given out is not read, however long the conversation is.

>>> restored = restore(journal, "api-design", budget=Budget(tokens=8000))   # doctest: +SKIP
>>> [{"role": one.role, "content": one.content} for one in restored.messages]  # doctest: +SKIP
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from journal.catalog.text import Slices
from journal.conversations import Conversation
from journal.errors import JournalError, UsageError

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.catalog.row import Row
    from journal.entry import Entry

KINDS = frozenset("message note decision fact summary merge compact task".split())
_SPOKEN = frozenset(("message", "note"))  # of the others the title says what they are
_ROLES = frozenset(("assistant", "system"))
_USER = "user"
COUNTED = 1000  # of those that did not fit
_TOKEN_BYTES, _TOKENS_MORE = 4, 4


@dataclass(frozen=True, slots=True)
class Message:
    """What one entry said, for a model: `role` is user, assistant or system.

    `kind`, `actor` and `at` are the entry's.
    """

    id: str
    role: str
    content: str
    kind: str = "message"
    actor: str = ""
    at: str = ""

    @property
    def bytes(self) -> int:
        """How long its content is in UTF-8."""
        return len(self.content.encode())

    @property
    def tokens(self) -> int:
        """About how many tokens it takes: a quarter of its bytes, and 4."""
        return -(-self.bytes // _TOKEN_BYTES) + _TOKENS_MORE


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be given out, each bound for itself; None is no bound.

    `bytes` are those of all contents in UTF-8, `tokens` an estimate: see `Message.tokens`.
    """

    messages: int | None = None
    bytes: int | None = None
    tokens: int | None = None

    def without(self, message: Message) -> Budget:
        """What is left of it when the message was given out."""
        return Budget(
            None if self.messages is None else self.messages - 1,
            None if self.bytes is None else self.bytes - message.bytes,
            None if self.tokens is None else self.tokens - message.tokens,
        )

    @property
    def is_kept(self) -> bool:
        """Whether no bound was crossed."""
        return all(left is None or left >= 0 for left in (self.messages, self.bytes, self.tokens))

    @property
    def is_spent(self) -> bool:
        """Whether nothing more can fit."""
        least = ((self.messages, 1), (self.bytes, 1), (self.tokens, _TOKENS_MORE + 1))
        return any(left is not None and left < needed for left, needed in least)


NO_BOUND = Budget()


@dataclass(frozen=True, slots=True)
class Restored:
    """A conversation along a path, oldest message first.

    `left`: how many older messages did not fit, counted up to `COUNTED`; `capped` if there are
    more. `stood_for`: those of the messages that stand for
    others, which were compacted, each with how many.
    """

    session: str
    namespace: str
    path: str
    messages: tuple[Message, ...]
    left: int = 0
    capped: bool = False
    stood_for: tuple[tuple[str, int], ...] = ()


def restore(
    journal: Journal,
    session: str,
    *,
    namespace: str = "",
    path: str = "",
    budget: Budget = NO_BOUND,
    every: bool = False,
) -> Restored:
    """What was said along a path of the session, the current one if "", as far as it fits.

    From the last reset on, compacted entries as their summaries, unless `every`. A message that
    doesn't fit is left out with everything before it, so that there are no holes.
    """
    journal.catalog.catch_up()
    talk = Conversation(journal, session, namespace)
    if path and talk.last(path) is None:
        raise unknown_path(talk, path)
    path = path or talk.current
    rows = (row for row in talk.line(path, every=every) if row.kind in KINDS)
    messages: list[Message] = []
    stood_for: list[tuple[str, int]] = []
    left = 0
    with Slices(journal.root) as slices:
        for row in rows:
            message = None if budget.is_spent else _message(journal, slices, row)
            rest = budget.without(message) if message else budget
            if budget.is_spent or not rest.is_kept:
                left = 1
                break
            if message is None:
                continue
            budget = rest
            messages.append(message)
            if isinstance(covers := row.fields.get("covers"), int):
                stood_for.append((row.id, covers))
    left += sum(1 for _ in islice(rows, COUNTED)) if left else 0
    return Restored(
        session,
        talk.namespace,
        path,
        tuple(messages[::-1]),
        min(left, COUNTED),
        left > COUNTED,
        tuple(stood_for[::-1]),
    )


def unknown_path(talk: Conversation, path: str) -> UsageError:
    """That a conversation has no such path, and which ones it has."""
    names = [line.path for line in talk.journal.catalog.lines(talk.namespace, talk.session)]
    hint = f"it has {', '.join(names[:8])}" if names else "it has none yet"
    return UsageError(
        f"the session {talk.session} has no path {path!r}", kind="unknown-path", hint=hint
    )


def _message(journal: Journal, slices: Slices, row: Row) -> Message | None:
    """What the entry says; None if its text has gone since."""
    entry = slices.entry(row)
    if entry is None:
        try:
            entry = journal.find(row.id)
        except JournalError:
            return None
    role = row.role if row.role in _ROLES else _USER
    return Message(row.id, role, _content(entry), row.kind, row.actor, row.at)


def _content(entry: Entry) -> str:
    """The text of an entry for a model: its title, where that says what it is, and its body."""
    body = entry.body.rstrip()
    if entry.kind not in _SPOKEN and entry.title and entry.title not in body:
        body = f"{entry.title}\n\n{body}"
    if under := entry.postscript.strip():
        body += f"\n\n(written under it) {under}"
    return body
