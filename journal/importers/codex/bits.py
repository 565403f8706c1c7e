"""What the lines of a codex rollout say, whatever the version that wrote them, one by one.

A line is `{timestamp, type, payload}`; before September 2025 it was the payload alone. The agent's
texts, its thoughts and the prompts stand twice, as what the model was sent (`response_item`) and as
what was shown (`event_msg`); `turns` puts the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.finding import Finding
from journal.importers.codex.calls import asked, purpose
from journal.importers.codex.results import blocks, result
from journal.importers.lines import Line, Torn, fit, lines
from journal.importers.times import Times

if TYPE_CHECKING:
    from journal.importers.codex.forks import Copied

ITEM, EVENT = "item", "event"
Leave = Callable[[str], None]

_NOTHING = frozenset(
    "ghost_snapshot compaction compaction_summary context_compaction compaction_trigger"
    " additional_tools other".split()
)
_EVENTS = {
    "turn_aborted": "Turn aborted",
    "entered_review_mode": "Review begun",
    "exited_review_mode": "Review ended",
    "error": "Error",
    "stream_error": "Error",
    "warning": "Warning",
}


@dataclass(slots=True, kw_only=True)
class Bit:
    """One thing that a line says.

    `what`: prompt, message (from another agent), text, thinking, call, result, compacted, rollback,
    event, torn, meta or context. `id` is its line's; `by`: which of the two tellings it is.
    """

    what: str
    id: str
    line: int
    at: str = ""
    text: str = ""
    by: str = ITEM
    name: str = ""
    call: str = ""
    given: Any = None
    failed: bool = False


class Lines:
    """The bits of one file; `leave` is told what of it is none."""

    def __init__(self, file: str, leave: Leave, copied: Copied | None = None) -> None:
        self.file, self.leave, self._copied = file, leave, copied
        self._times = Times(file)
        self._unknown: set[str] = set()
        self._number = self._nth = 0

    def __iter__(self) -> Iterator[Bit | Finding]:
        for one in lines(self.file):
            if isinstance(one, Finding):
                yield one
            elif isinstance(one, Line):
                if self._copied and self._copied.holds(one.value):
                    self.leave("copied from the session it was forked from")
                else:
                    yield from self._bits(one)
            elif one.last:
                self.leave("a last line that isn't whole yet")
            else:
                yield self._torn(one)
        yield from self._times.findings()

    def _torn(self, torn: Torn) -> Bit:
        bit = Bit(what="torn", id=f"line-{torn.offset}", line=torn.number, text=torn.text)
        bit.at = self._times.before
        return bit

    def _bits(self, line: Line) -> Iterator[Bit | Finding]:
        kind, payload = parts(line.value)
        at = self._times.of(line.value.get("timestamp"), line.number)
        name = self._id(line.number)
        for bit in self._said(kind, payload):
            if isinstance(bit, Bit):
                bit.id, bit.line, bit.at, bit.text = name, line.number, at, fit(bit.text)
                yield bit
            elif bit not in self._unknown:
                self._unknown.add(bit)
                yield Finding(
                    "unknown-line", self.file, line.number, f"a line of an unknown kind: {bit}"
                )

    def _id(self, number: int) -> str:
        """A line's number; of further objects on the same line with `.2`, `.3`."""
        self._nth = self._nth + 1 if number == self._number else 1
        self._number = number
        return str(number) if self._nth == 1 else f"{number}.{self._nth}"

    def _said(self, kind: str, payload: dict[str, Any]) -> Iterator[Bit | str]:
        """The bits of a line, without where they stand; a text names a kind that isn't known."""
        found = payload.get("type")
        name = found if isinstance(found, str) else ""
        if kind == "event_msg":
            yield from self._event(name, payload)
        elif kind == "response_item":
            yield from self._item(name, payload)
        elif kind == "compacted":
            yield Bit(what="compacted", id="", line=0, text=_compacted(payload))
        elif kind in ("session_meta", "turn_context"):
            yield Bit(what="context", id="", line=0, name=kind, given=payload)
            if origin := _text(payload, "forked_from_id"):
                yield Bit(what="event", id="", line=0, name="Forked", text=f"from session {origin}")
        else:
            self.leave(f"line: {kind or 'without a type'}")
            if kind not in ("state", "inter_agent_communication_metadata"):
                yield kind or "none"

    def _event(self, name: str, payload: dict[str, Any]) -> Iterator[Bit | str]:
        if name == "user_message":
            yield _bit("prompt", self._prompt(payload), EVENT)
        elif name == "agent_message":
            yield _bit("text", _text(payload, "message"), EVENT)
        elif name in ("agent_reasoning", "agent_reasoning_raw_content"):
            yield _bit("thinking", _text(payload, "text"), EVENT)
        elif name == "context_compacted":
            yield _bit("compacted", "", EVENT)
        elif name == "thread_rolled_back":
            yield Bit(what="rollback", id="", line=0, by=EVENT, given=payload.get("num_turns"))
        elif name in _EVENTS:
            yield _told(name, payload)
        elif name == "item_completed" and (plan := _plan(payload)):
            yield _bit("text", plan, EVENT)
        else:
            self.leave(f"event: {name}")

    def _item(self, name: str, payload: dict[str, Any]) -> Iterator[Bit | str]:
        if name == "message":
            yield from self._message(payload)
        elif name == "agent_message":
            yield _bit("message", blocks(payload.get("content"), self.leave))
        elif name == "reasoning":
            yield from self._reasoning(payload)
        elif name.endswith("_output"):
            text, failed = result(payload, self.leave)
            yield Bit(
                what="result", id="", line=0, text=text, failed=failed, call=_call_id(payload)
            )
        elif name.endswith("_call"):
            yield _call(name, payload, self.leave)
        else:
            self.leave(f"item: {name or 'without a type'}")
            if name not in _NOTHING:
                yield name or "none"

    def _message(self, payload: dict[str, Any]) -> Iterator[Bit]:
        role = payload.get("role")
        if role in ("user", "assistant"):
            text = blocks(payload.get("content"), self.leave)
            yield _bit("prompt" if role == "user" else "text", text)
        else:
            self.leave("instructions")

    def _reasoning(self, payload: dict[str, Any]) -> Iterator[Bit]:
        told = _texts(payload.get("summary")) or _texts(payload.get("content"))
        if not told:
            self.leave("encrypted reasoning")
        for text in told:
            yield _bit("thinking", text)

    def _prompt(self, payload: dict[str, Any]) -> str:
        images = [*_list(payload.get("images")), *_list(payload.get("local_images"))]
        shown = [{"type": "input_image", "image_url": image} for image in images]
        return blocks([_text(payload, "message"), *shown], lambda _: None)  # counted as an item


def parts(value: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A line's kind and payload; a line that is only the payload is taken for what it must be."""
    kind, payload = value.get("type"), value.get("payload")
    if isinstance(payload, dict):
        return (kind if isinstance(kind, str) else ""), payload
    if value.get("record_type"):
        return "state", {}
    if isinstance(kind, str):
        return "response_item", dict(value)
    if "id" in value and "timestamp" in value:
        return "session_meta", dict(value)
    return "", {}


def _bit(what: str, text: str, by: str = ITEM) -> Bit:
    return Bit(what=what, id="", line=0, text=text, by=by)


def _call(name: str, payload: dict[str, Any], leave: Leave) -> Bit:
    tool, given = asked(name, payload)
    if name == "image_generation_call":
        leave("image")
    return Bit(
        what="call", id="", line=0, name=tool, given=given, call=_call_id(payload),
        text=purpose(tool, given),
    )  # fmt: skip


def _told(name: str, payload: dict[str, Any]) -> Bit:
    """An event as a title and the words that came with it."""
    output = payload.get("review_output")
    review = output if isinstance(output, dict) else {}
    reason = _text(payload, "reason", "message", "user_facing_hint")
    text = "\n\n".join(filter(None, [reason, *_review(review)]))
    return Bit(what="event", id="", line=0, by=EVENT, name=_EVENTS[name], text=text)


def _review(review: dict[str, Any]) -> Iterator[str]:
    yield _text(review, "overall_explanation")
    for finding in _list(review.get("findings")):
        if isinstance(finding, dict):
            yield f"**{_text(finding, 'title')}**\n\n{_text(finding, 'body')}"


def _plan(payload: dict[str, Any]) -> str:
    item = payload.get("item")
    return _text(item, "text") if isinstance(item, dict) and item.get("type") == "Plan" else ""


def _compacted(payload: dict[str, Any]) -> str:
    """The summary, or that it can't be read."""
    if message := _text(payload, "message").strip():
        return message
    kept = [
        one
        for one in _list(payload.get("replacement_history"))
        if isinstance(one, dict) and one.get("role") == "user"
    ]
    more = f" {len(kept)} of its messages stayed as they were." if kept else ""
    return f"The conversation before this was compacted; the summary is encrypted.{more}"


def _call_id(payload: dict[str, Any]) -> str:
    return _text(payload, "call_id", "id")


def _texts(value: object) -> list[str]:
    found = [_text(one, "text") for one in _list(value) if isinstance(one, dict)]
    return [text for text in found if text.strip()]


def _text(value: Mapping[str, Any], *keys: str) -> str:
    """The first of these that is a text and not empty."""
    return next((v for key in keys if isinstance(v := value.get(key), str) and v), "")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
