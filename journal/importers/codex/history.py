"""Codex's history: the prompts of all sessions, taken for those that have no rollout any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from journal.conversation import said
from journal.entry import Draft
from journal.finding import Finding
from journal.importers.codex.files import rollouts
from journal.importers.lines import Line, Torn, fit, lines
from journal.importers.port import Item, Reading
from journal.importers.taken import Taken

_FIRST = 200  # lines among which a rollout's first prompt stands


def read(file: str, reading: Reading) -> Iterator[Item | Finding]:
    """The prompts that are new.

    Their ids are keys of their texts, as those of hooks are: should the session's rollout come
    later, they are found there as captured.
    """
    sessions = _Sessions(file, reading)
    for line in lines(file):
        if isinstance(line, Finding):
            yield line
        elif isinstance(line, Torn):
            reading.leave("a line that isn't whole")
        elif item := sessions.item(line):
            yield item


class _Sessions:
    def __init__(self, file: str, reading: Reading) -> None:
        self._reading = reading
        self._rollouts = rollouts(file)
        self._told: dict[str, bool] = {}
        self._taken: dict[str, Taken] = {}
        self._count: dict[str, int] = {}

    def item(self, line: Line) -> Item | None:
        """The prompt of a line, if it is new."""
        value = line.value
        text, given = value.get("text"), value.get("session_id")
        at = _moment(value.get("ts"))
        if (
            not isinstance(text, str)
            or not isinstance(given, str)
            or at is None
            or not text.strip()
        ):
            self._reading.leave("line: no prompt")
            return None
        session = said.session(given) or "codex"
        if self._has_rollout(given, session):
            self._reading.leave("prompt: its session's rollout has it")
            return None
        return self._new(line.number, session, fit(text), at)

    def _new(self, number: int, session: str, text: str, at: datetime) -> Item | None:
        name = self._named(session, text)
        if session not in self._taken:
            self._taken[session] = Taken(self._reading, session)
        if self._taken[session].take(said.key(text), at.isoformat()):
            return None
        if self._reading.known([name], session):
            return None
        return Item(id=name, draft=self._draft(session, text, at), line=number)

    def _draft(self, session: str, text: str, at: datetime) -> Draft:
        return Draft(
            body=text, title=said.title(text), kind="message", role="user",
            actor=self._reading.user, session=session, path="main", at=at, git="-",
        )  # fmt: skip

    def _named(self, session: str, text: str) -> str:
        """The text's key; of further prompts with the same text with `-2`, `-3`."""
        key = said.key(text)
        count = self._count[f"{session} {key}"] = self._count.get(f"{session} {key}", 0) + 1
        return key if count == 1 else f"{key}-{count}"

    def _has_rollout(self, given: str, session: str) -> bool:
        """Whether a rollout tells of the session: one that is there, or that was imported."""
        if session not in self._told:
            there = given in self._rollouts
            names = map(str, range(1, _FIRST))
            self._told[session] = there or bool(self._reading.known(names, session))
        return self._told[session]


def _moment(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (OSError, ValueError, OverflowError):
        return None
