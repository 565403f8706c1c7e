"""From what the lines of a codex rollout say to what becomes an entry each.

What is said twice is taken once, where it is said first: whatever a file gains later, what was
made of it before stays the same. What the model gave at one go (thoughts, text, calls) is one
group; each result is its own, and follows the group that made the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from journal.finding import Finding
from journal.importers.codex.bits import EVENT, ITEM, Bit, Leave

# What codex itself puts where the user's messages stand.
_INJECTED = (
    "<environment_context>", "<user_instructions>", "# AGENTS.md instructions", "<INSTRUCTIONS>",
    "<permissions instructions>", "<turn_aborted>", "<skill>", "<subagent_notification>",
    "<codex_internal_context", "<goal_context>", "<collaboration_mode>", "<apps_instructions>",
    "<skills_instructions>", "<plugins_instructions>", "<agent_message_board_notification>",
)  # fmt: skip
_SHELL = "<user_shell_command>"
_SPOKEN = ("prompt", "message", "answer", "result")
_LONGEST, _MANY = 500_000, 200  # characters and bits of one group: a turn may go on for long


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session goes on: the folder, git's branch and commit."""

    cwd: str = ""
    branch: str = ""
    commit: str = ""


@dataclass(slots=True)
class Group:
    """What becomes one entry: `what` is prompt, message, answer, result, summary, event or torn.

    `after` is the group that it follows, `path` its line of conversation. `model`: which answered;
    `cwd` and `git`: where. A summary stands for `covers` groups, from `first` to `last`.
    """

    what: str
    bits: list[Bit]
    after: str = ""
    path: str = "main"
    model: str = ""
    place: Place = field(default_factory=Place)
    covers: int = 0
    first: str = ""
    last: str = ""
    size: int = 0

    @property
    def id(self) -> str:
        """Its first line's."""
        return self.bits[0].id


class Turns:
    """The groups of one file, in its order; findings pass through."""

    def __init__(self, leave: Leave) -> None:
        self._leave = leave
        self._open: Group | None = None
        self._waiting: list[Bit] = []  # user's messages as items, whose events may come
        self._shown = ""  # the prompt that an event told of before its item
        self._events = False  # whether prompts are told by events in this file
        self._halves: dict[tuple[str, str, str], int] = {}  # what was said once so far
        self._older: dict[tuple[str, str, str], int] = {}
        self._calls: dict[str, tuple[str, str, str]] = {}
        self._prompts: list[tuple[str, str]] = []  # before each: the path, and the last group
        self._path, self._last = "main", ""
        self._place, self._model = Place(), ""
        self._since = 0  # groups since the last summary
        self._first = ""
        self._compacted = ""

    def of(self, bits: Iterable[Bit | Finding]) -> Iterator[Group | Finding]:
        """The groups that these make."""
        for bit in bits:
            if isinstance(bit, Finding):
                yield bit
            else:
                yield from self._take(bit)
        yield from self._resolve()
        yield from self._close()

    def _take(self, bit: Bit) -> Iterator[Group]:
        if bit.what == "context":
            self._context(bit)
        elif bit.what == "prompt":
            yield from self._prompt(bit)
        elif bit.what in ("text", "thinking", "call"):
            yield from self._resolve()
            yield from self._said(bit)
        else:
            yield from self._resolve()
            yield from self._other(bit)

    def _other(self, bit: Bit) -> Iterator[Group]:
        if bit.what == "compacted":
            yield from self._summary(bit)
        elif bit.what == "rollback":
            yield from self._rollback(bit)
        else:
            yield from self._alone(bit.what, [bit])

    def _context(self, bit: Bit) -> None:
        self._leave(bit.name)
        given: dict[str, Any] = bit.given
        if bit.name == "turn_context":
            self._model = _text(given, "model") or self._model
            return
        git = given.get("git")
        known = git if isinstance(git, dict) else {}
        self._place = Place(
            _text(given, "cwd"), _text(known, "branch"), _text(known, "commit_hash")
        )

    def _said(self, bit: Bit) -> Iterator[Group]:
        """Something that the model gave."""
        if bit.what != "call" and (not bit.text.strip() or self._is_twin(bit)):
            return
        if self._open and (self._open.size > _LONGEST or len(self._open.bits) >= _MANY):
            yield from self._close()
        if self._open is None:
            self._open = self._group("answer", [])
        self._open.bits.append(bit)
        self._open.size += len(bit.text)
        self._compacted = ""
        if bit.what == "call":
            self._calls[bit.call] = (self._open.id, bit.name, bit.text)

    def _is_twin(self, bit: Bit) -> bool:
        """Whether this was said already, as the other of the two tellings."""
        text = bit.text.strip()
        twin = (bit.what, ITEM if bit.by == EVENT else EVENT, text)
        for halves in (self._halves, self._older):
            if halves.get(twin):
                halves[twin] -= 1
                return True
        half = (bit.what, bit.by, text)
        self._halves[half] = self._halves.get(half, 0) + 1
        return False

    def _prompt(self, bit: Bit) -> Iterator[Group]:
        if bit.by == ITEM:
            yield from self._prompt_item(bit)
            return
        self._events = True
        twin = _twin(self._waiting, bit.text)
        if twin:
            self._waiting.remove(twin)
            bit.id, bit.line, bit.at = twin.id, twin.line, twin.at
        self._shown = "" if twin else bit.text.strip()
        yield from self._resolve()
        yield from self._asked(bit)

    def _prompt_item(self, bit: Bit) -> Iterator[Group]:
        if self._shown and bit.text.strip() == self._shown:
            self._shown = ""
        elif bit.text.startswith(_INJECTED):
            self._leave("injected context")
        elif bit.text.startswith(_SHELL):
            yield from self._alone("prompt", [bit])
        elif bit.text.strip():
            self._waiting.append(bit)

    def _resolve(self) -> Iterator[Group]:
        """What becomes of the user's messages that no event told of."""
        waiting, self._waiting = self._waiting, []
        for bit in waiting:
            if self._events:
                self._leave("injected context")
            else:
                yield from self._asked(bit)

    def _asked(self, bit: Bit) -> Iterator[Group]:
        yield from self._close()
        if not bit.text.strip():
            self._leave("empty prompt")
            return
        self._prompts.append((self._path, self._last))
        self._older, self._halves = self._halves, {}
        yield from self._alone("prompt", [bit])

    def _alone(self, what: str, bits: list[Bit]) -> Iterator[Group]:
        yield from self._close()
        group = self._group(what, bits)
        if what == "result":
            called = self._calls.pop(bits[0].call, None)
            if called:
                group.after, bits[0].name, bits[0].given = called
        if what in ("prompt", "message", "result"):
            self._compacted = ""
        yield self._done(group)

    def _summary(self, bit: Bit) -> Iterator[Group]:
        """A compaction: told as its own kind of line and as an event."""
        yield from self._close()
        if self._compacted and self._compacted != bit.by:
            self._compacted = ""
            return
        self._compacted = bit.by
        if not bit.text:
            bit.text = "The conversation before this was compacted."
        group = self._group("summary", [bit])
        group.covers, group.first, group.last = self._since, self._first, self._last
        self._since, self._first = 0, ""
        yield self._done(group)

    def _rollback(self, bit: Bit) -> Iterator[Group]:
        """The user took prompts back: what follows begins where the first of them did."""
        count = bit.given if isinstance(bit.given, int) and bit.given > 0 else 1
        bit.name, bit.text = (
            "Taken back",
            f"the last {count} prompts" if count > 1 else "the last prompt",
        )
        yield from self._alone("event", [bit])
        taken = self._prompts[-count:]
        del self._prompts[-count:]
        if taken:
            self._path, self._last = f"fork-{bit.id}", taken[0][1]

    def _group(self, what: str, bits: list[Bit]) -> Group:
        return Group(what, bits, self._last, self._path, self._model, self._place)

    def _close(self) -> Iterator[Group]:
        group, self._open = self._open, None
        if group:
            yield self._done(group)

    def _done(self, group: Group) -> Group:
        if group.what in _SPOKEN:
            self._since += 1
            self._first = self._first or group.id
        self._last = group.id
        return group


def _twin(waiting: list[Bit], text: str) -> Bit | None:
    """The item of a prompt that an event tells of: of the same text, or else the latest."""
    same = [bit for bit in waiting if bit.text.strip() == text.strip()]
    return (same or waiting or [None])[-1]  # type: ignore[list-item]


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
