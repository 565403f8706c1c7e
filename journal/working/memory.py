"""What an agent has in its head now: messages within bounds, all of them in the journal first.

>>> with WorkingMemory.open(journal, "api-design") as memory:           # doctest: +SKIP
...     asked = memory.create("user", "Which index do we take?")
...     answer = model(memory.as_messages())
...     memory.create("assistant", answer)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from journal import checkpoints, credentials
from journal.errors import JournalError, Refused, UsageError
from journal.named import none_named
from journal.names import NAME, SLUG, is_name, is_slug
from journal.redaction import scrub_name
from journal.working.appending import Appending
from journal.working.holding import Bounds, Holding, Message, Tombstone, tombstone_of
from journal.working.restoring import Restored, restore
from journal.working.state import Owner, state_of
from journal.working.statefile import StateFile
from journal.working.texts import MODEL_ROLES, USER

if TYPE_CHECKING:
    from types import TracebackType

    from journal.api import Journal
    from journal.checkpoints.saving import Saved

MAX_MESSAGES = 200
MAX_BYTES = 256 << 10
MOST_SUMMARIZED = 400  # their ids have to fit a header
_SAVED_EVERY = 32  # changes that the session's entries tell of, too


class WorkingMemory:
    """The messages of one session, at most so many and so large, for any number of threads.

    Whatever comes in is an entry first; what goes out leaves a tombstone, and stays an entry.
    What the policy masks is masked here; where it keeps no text the message says so.
    """

    def __init__(
        self,
        journal: Journal,
        owner: Owner,
        file: StateFile,
        holding: Holding,
        restored: Restored,
    ) -> None:
        self.journal = journal
        self.session = owner.session
        self.namespace = owner.namespace
        self.restored = restored
        self.trouble = ""  # why the state file could not be written the last time
        self._owner = owner
        self._file = file
        self._held = holding  # replaced whole: who reads it needs no lock
        self._appending = Appending(journal, owner, holding.bounds)
        self._lock = RLock()
        self._changes = 0  # since the state was kept
        self._closed = False

    @classmethod
    def open(
        cls,
        journal: Journal,
        session: str,
        *,
        namespace: str = "",
        max_messages: int = MAX_MESSAGES,
        max_bytes: int = MAX_BYTES,
        state: str | None = None,
    ) -> Self:
        """The session's memory as it was left; `restored` tells what it was restored from.

        `state`: the state file, by default `.journal/state/working/<namespace>/<session>.json`.
        UsageError if a name or a bound is none.
        """
        bounds = Bounds(max_messages, max_bytes)
        namespace = namespace or journal.default_namespace
        _check_names(journal, namespace, session)
        owner = Owner(journal.notebook.place.id, namespace, session)
        file = StateFile.of(journal.root, namespace, session, state)
        return cls(journal, owner, file, *restore(journal, owner, file, bounds))

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is in memory now, in the order that a model reads it in."""
        return self._held.messages

    @property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What left memory, in the order of the session; of the oldest nothing is left here."""
        return self._held.tombstones

    @property
    def bounds(self) -> Bounds:
        """The most that is in memory at any moment."""
        return self._held.bounds

    @property
    def bytes(self) -> int:
        """The UTF-8 bytes of all contents."""
        return self._held.bytes

    def as_messages(self) -> list[dict[str, str]]:
        """The messages as models take them; a role that isn't assistant or system is a user."""
        return [
            {"role": one.role if one.role in MODEL_ROLES else USER, "content": one.content}
            for one in self.messages
        ]

    def find(self, message_id: str) -> Message | Tombstone:
        """The message of that id, or what is left of it; UsageError if memory knows of none."""
        held = self._held
        found = held.message(message_id) or held.tombstone(message_id)
        if found is None:
            raise none_named(message_id)
        return found

    def create(self, role: str, content: str, **more: Any) -> Message:
        """Append a message to the journal, and have it in memory; the oldest make room.

        `more`: other fields of `Draft`, such as `actor` or `tags`. FormatError `body-too-large`,
        before anything is appended, if memory can't hold it; and as `Notebook.append`.
        """
        with self._changing():
            message = self._appending.create(role, content, more)
            known = self._held.message(message.id)
            if known:  # its token came again
                return known
            self._hold(self._held.with_message(message))
        return message

    def update(self, message_id: str, content: str) -> Message:
        """Another text for a message, appended as an entry that `replaces` it.

        The message keeps its id, its role and its place. The same errors as of `create`.
        """
        with self._changing():
            message = self._appending.update(self._in_memory(message_id), content)
            self._hold(self._held.with_update(message))
        return message

    def evict(self, message_id: str) -> Tombstone:
        """Take a message out of memory; the same tombstone again if it has left already."""
        with self._changing():
            found = self.find(message_id)
            if isinstance(found, Tombstone):
                return found
            self._hold(self._held.without([message_id]), save=True)
            return tombstone_of(found)

    def summarize(self, text: str, ids: Iterable[str] | None = None) -> Message:
        """Append a summary that stands for messages, which leave memory if they are still there.

        `ids`: those messages, in memory or not; by default what has left and no summary stands for
        yet, or where there is none of that the older half of memory. The summary is a message
        itself, in their place. UsageError if there is nothing to summarize, or more than 400 ids.
        """
        with self._changing():
            wanted = self._to_summarize(ids)
            message = self._appending.summarize(text, wanted)
            self._hold(self._held.with_summary(message, frozenset(wanted)))
        return message

    def checkpoint(self, *, delta: bool = False) -> Saved:
        """Keep the structure of what is in memory as a checkpoint of the session.

        `delta`: only what changed since the one before.
        """
        with self._changing():
            count, left = len(self.messages), len(self.tombstones)
            said = f"Working memory: {_of(count, 'message')}, {_of(left, 'tombstone')}"
            return checkpoints.save(
                self.journal, self.session, self._record(), delta=delta, message=said,
                namespace=self.namespace,
            )  # fmt: skip

    def save(self) -> None:
        """Write the state file now; JournalError if that can't be done.

        It is written by itself as memory changes and when it is closed. Nothing depends on it: the
        session's entries tell most of it.
        """
        with self._lock:
            self._file.write(self._record())
            self._changes, self.trouble = 0, ""

    def close(self) -> None:
        """Keep the state, and take nothing more; harmless twice. JournalError as of `save`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._changes:
                self.save()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        with suppress(JournalError):  # what went wrong before is what has to be told
            self.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One thread at a time changes what is in memory, until it is closed."""
        with self._lock:
            if self._closed:
                raise UsageError(
                    f"the working memory of {self.session} is closed",
                    hint=f"WorkingMemory.open(journal, {self.session!r})",
                )
            yield

    def _hold(self, held: Holding, *, save: bool = False) -> None:
        self._held = held
        self._changes += 1
        if save or self._changes >= _SAVED_EVERY:
            try:
                self.save()
            except JournalError as error:  # what was appended is appended
                self.trouble = error.message

    def _record(self) -> dict[str, Any]:
        return state_of(self._held, self._owner, credentials.key(self.journal.root)).record()

    def _in_memory(self, message_id: str) -> Message:
        found = self.find(message_id)
        if isinstance(found, Tombstone):
            raise UsageError(
                f"the message {message_id} has left memory",
                kind="entry-not-found",
                hint=f"`journal show {found.entry}` has its text; create() makes a new message",
            )
        return found

    def _to_summarize(self, ids: Iterable[str] | None) -> list[str]:
        if ids is None:
            found = self._held.to_summarize(MOST_SUMMARIZED)
        else:
            given = frozenset(ids)
            for one in given:
                self.find(one)
            found = self._held.in_order(given)
        if not found or len(found) > MOST_SUMMARIZED:
            raise UsageError(
                f"{_of(len(found), 'message')} can't be summarized",
                hint=f"give the ids of 1 to {MOST_SUMMARIZED} messages",
            )
        return found


def _check_names(journal: Journal, namespace: str, session: str) -> None:
    for name, sound, words, what in (
        (namespace, is_slug, SLUG, "namespace"),
        (session, is_name, NAME, "session"),
    ):
        if not sound(name):
            raise UsageError(f"{what} {name!r} is no name", kind="bad-name", hint=words)
    rules = journal.notebook.intake.rules(namespace)
    if scrub_name(session, rules, values=credentials.known(journal.root)).findings:
        raise Refused(
            "the session's name looks like a secret: no state is kept under it",
            hint="name it otherwise",
        )


def _of(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
