"""From the groups of a codex session to entries: what is new of them, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from journal.conversation import said, tools
from journal.conversation.excerpt import MOST, OUTPUT
from journal.entry import Draft
from journal.importers.codex.bits import Bit
from journal.importers.codex.files import Session
from journal.importers.codex.turns import Group
from journal.importers.lines import fit
from journal.importers.port import Item, Reading, Whole
from journal.importers.taken import Taken
from journal.importers.times import moment

_REQUEST = "## My request for Codex:"  # what stands before it is the editor's
_ROLES = {"prompt": "user", "message": "user", "answer": "assistant", "result": "tool"}
_KINDS = {"summary": "summary", "event": "event", "torn": "event"}
_NAMED = 200  # characters of a tool's name or a model's


class Items:
    """Makes the items of one session; `known` are the ids of it that are in the journal."""

    def __init__(self, session: Session, reading: Reading, known: Mapping[str, str]) -> None:
        self._session, self._reading, self._known = session.name, reading, known
        self._asker = "codex" if session.by_agent else reading.user
        self._taken = Taken(reading, session.name)
        self._now: dict[str, str] = {}  # by a group's id: what stands for it in the journal

    def of(self, group: Group) -> Iterator[Item]:
        """The item of a group, if there is anything new; those before it come first."""
        before = self._now.get(group.after, group.after)
        held = [bit.id for bit in group.bits if bit.id in self._known]
        bits, captured = self._uncaptured([b for b in group.bits if b.id not in self._known])
        stands = held[-1] if held else captured or before
        body, wholes = self._body(group, bits)
        if not body.strip():
            self._now[group.id] = stands
            if bits:
                self._reading.leave(f"empty {group.what}")
            return
        names = list(dict.fromkeys(bit.id for bit in bits))
        self._now[group.id] = names[0]
        yield Item(
            id=names[0],
            parts=tuple(names[1:]),
            draft=self._draft(group, bits, body, continued=bool(held)),
            line=bits[0].line,
            follows=held[-1] if held else captured or before,
            refers=self._refers(group),
            wholes=wholes,
        )

    def _uncaptured(self, bits: list[Bit]) -> tuple[list[Bit], str]:
        """The bits that no hook has brought, and the name of the last entry that one has."""
        left, last = [], ""
        for bit in bits:
            key = ""
            if bit.what in ("prompt", "text"):
                key = said.key(bit.text)
            elif bit.what == "result":
                key = f"tool-{bit.call}"
            if key and (entry := self._taken.take(key, bit.at)):
                self._reading.leave("captured by a hook")
                last = entry
            else:
                left.append(bit)
        return left, last

    def _refers(self, group: Group) -> dict[str, str]:
        ends = {"first": group.first, "last": group.last}
        return {name: self._now.get(end, end) for name, end in ends.items() if group.covers and end}

    def _draft(self, group: Group, bits: list[Bit], body: str, *, continued: bool) -> Draft:
        title = _title(group, bits)
        return Draft(
            body=body,
            title=f"{title} (continued)" if continued else title,
            kind=_KINDS.get(group.what, "message"),
            role=_ROLES.get(group.what, ""),
            actor=self._actor(group, bits),
            session=self._session,
            path=group.path,
            at=bits[0].at,
            git=self._git(group, bits[0].at),
            fields=_fields(group, bits),
        )

    def _actor(self, group: Group, bits: list[Bit]) -> str:
        if group.what == "prompt":
            return self._asker
        if group.what == "event" and bits[0].name == "Taken back":
            return self._asker
        return "codex"

    def _git(self, group: Group, at: str) -> str:
        place = group.place
        branch = " ".join(fit(place.branch).split())[:_NAMED]
        if place.commit:
            return f"{branch or 'HEAD'}@{place.commit[:12]}"
        when = moment(at)
        if not branch or when is None:
            return "-"
        return self._reading.anchor(place.cwd, branch, when) or "-"

    def _body(self, group: Group, bits: list[Bit]) -> tuple[str, tuple[Whole, ...]]:
        wholes: list[Whole] = []
        parts = [self._part(bit, wholes) for bit in bits]
        body = "\n\n".join(part for part in parts if part.strip())
        if len(body) > MOST or len(body.encode(errors="replace")) > MOST:
            cut = self._reading.excerpt(body, MOST)
            body = cut.shown
            wholes = [Whole(f"{group.what}.md", cut.whole, always=True)] if cut.whole else wholes
        return body, tuple(wholes)

    def _part(self, bit: Bit, wholes: list[Whole]) -> str:
        if bit.what == "call":
            return self._call(bit, wholes)
        if bit.what == "thinking":
            return f"*Thinking*\n\n{tools.quote(bit.text)}"
        if bit.what == "result":
            shown = self._cut(bit.text, f"{bit.name or 'result'}.txt", wholes)
            return tools.result(shown, failed=bit.failed)
        if bit.what == "torn":
            return tools.fence(self._cut(fit(bit.text), "line.txt", wholes))
        if bit.what == "event":
            return bit.text if "\n" in bit.text else f"{bit.name}: {bit.text}".rstrip(": ") + "."
        return bit.text

    def _call(self, bit: Bit, wholes: list[Whole]) -> str:
        """A tool's call; long texts of it in part."""
        name = f"{bit.name}-input.txt"
        given = tools.cut(bit.given, lambda text: self._cut(text, name, wholes), OUTPUT)
        return fit(tools.call(bit.name, given))

    def _cut(self, text: str, name: str, wholes: list[Whole]) -> str:
        cut = self._reading.excerpt(text, OUTPUT)
        if cut.whole:
            wholes.append(Whole(name, cut.whole))
        return cut.shown


def _title(group: Group, bits: list[Bit]) -> str:
    first = bits[0]
    if group.what in ("summary", "torn"):
        return "Conversation compacted" if group.what == "summary" else "Unreadable line"
    if group.what == "event":
        more = said.title(first.text, 60)
        return f"{first.name}: {more}" if more else first.name
    if group.what == "result":
        return fit(first.given or first.name or said.title(first.text))
    texts = [bit.text for bit in bits if bit.what in ("prompt", "message", "text")]
    calls = [bit.text for bit in bits if bit.what == "call"]
    if texts:
        asked = texts[0].rpartition(_REQUEST)[2] if group.what == "prompt" else texts[0]
        return said.title(asked) or said.title(texts[0])
    if calls:
        more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        return calls[0] + more
    return said.title(first.text)


def _fields(group: Group, bits: list[Bit]) -> dict[str, Any]:
    if group.what == "summary":
        return {"covers": group.covers}
    if group.what == "answer" and group.model:
        return {"model": _short(group.model)}
    if group.what == "result" and bits[0].name:
        return {"tool": _short(bits[0].name)}
    return {}


def _short(text: str) -> str:
    return " ".join(fit(text).split())[:_NAMED]
