"""The objects of one file as items."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from journal import names
from journal.conversation import said, tools
from journal.conversation.excerpt import MOST, OUTPUT
from journal.entry import Draft
from journal.finding import Finding
from journal.importers.jsonl import mapping, values
from journal.importers.jsonl.mapping import Map
from journal.importers.lines import Line, Torn, fit, lines, no_lines
from journal.importers.port import Item, Reading, Whole
from journal.importers.times import Times
from journal.seal import sha256

_ID = 128  # characters of an id that is taken as it is
_UNIQUE = 16  # characters from which on an id names one thing only, wherever it stands
_SPOKEN = frozenset(("user", "assistant", "tool", "system"))
_SAYING = frozenset(("text", "content", "parts"))


class Objects:
    """One file's objects as items, known or not."""

    def __init__(self, name: str, reading: Reading, wanted: Map) -> None:
        self.name, self.reading, self._map = name, reading, wanted
        stem = os.path.basename(name).rpartition(".")[0] or os.path.basename(name)
        self._session = said.session(stem) or "jsonl"
        self._times = Times(name)
        self._seen: dict[int, int] = {}  # by an id's hash: the last number that it was given
        self._last: dict[str, str] = {}
        self._odd: dict[str, tuple[int, int]] = {}

    def items(self) -> Iterator[Item | Finding]:
        """The items, findings where they are met, and at the end what was odd about many."""
        if foreign := no_lines(self.name):
            yield foreign
            return
        for one in lines(self.name):
            if isinstance(one, Finding):
                yield one
            elif isinstance(one, Torn):
                if one.last:
                    self.reading.leave("a last line that isn't whole yet")
                else:
                    yield self._torn(one)
            elif item := self._item(one):
                yield item
        yield from self._times.findings()
        yield from self._findings()

    def _findings(self) -> Iterator[Finding]:
        for code, (line, count) in self._odd.items():
            message, fix = _ODD[code]
            yield Finding(code, self.name, line, message.format(f"{count:,}"), fix)

    def _note(self, code: str, line: int) -> None:
        first, count = self._odd.get(code, (line, 0))
        self._odd[code] = first, count + 1

    def _item(self, line: Line) -> Item | None:
        found = self._body(line.value)
        if not found[1].strip():
            self._note("no-body", line.number)
            self.reading.leave("object without a text")
            return None
        used, fields = self._fields(line)
        path, body = found
        used.append(path)
        cut = self.reading.excerpt(body, MOST)
        draft = self._draft(line, fields, cut.shown, used)
        name = self._named(line, fields.get("id"), is_own=bool(values.name(fields.get("session"))))
        before = self._last.get(draft.session, "")
        if draft.role:
            self._last[draft.session] = name
        return Item(
            id=name,
            draft=draft,
            line=line.number,
            follows=before if draft.role else "",
            wholes=(Whole("body.md", cut.whole, always=True),) if cut.whole else (),
        )

    def _body(self, value: Mapping[str, Any]) -> tuple[str, str]:
        """Where the text is, and what it says."""
        for path, found in self._map.values(value, "body"):
            if "body" not in self._map.mapped and not _may_say(found):
                continue
            if (text := values.text(found, self.reading)).strip():
                return path, text
        return "", ""

    def _fields(self, line: Line) -> tuple[list[str], dict[str, Any]]:
        """The other fields as they stand in the object, and which of its keys they are."""
        used: list[str] = []
        fields: dict[str, Any] = {}
        for field in mapping.FIELDS[1:]:
            for path, found in self._map.values(line.value, field):
                if self._fits(field, found):
                    fields[field] = found
                    used.append(path)
                    break
                if field == "at":
                    fields.setdefault(field, found)  # so that a time that is none is told
        return used, fields

    def _fits(self, field: str, found: object) -> bool:
        if field == "role":
            mapped = field in self._map.mapped
            return bool(values.role(found)) if mapped else values.is_role(found)
        if field == "actor":
            mapped = field in self._map.mapped
            return bool(values.line(found, 100)) and (mapped or not values.is_role(found))
        if field in ("id", "session"):
            return isinstance(found, str | int) and not isinstance(found, bool) and found != ""
        if field == "at":
            return values.time(found) is not None
        return bool(found)

    def _draft(
        self, line: Line, fields: Mapping[str, Any], body: str, used: Sequence[str]
    ) -> Draft:
        role = values.role(fields.get("role"))
        mapped = {
            name: found
            for name, path in self._map.meta.items()
            if (found := mapping.at(line.value, path)) is not None
        }
        taken = [*used, *self._map.meta.values()]
        return Draft(
            body=body,
            title=values.line(fields.get("title"), 300) or said.title(body),
            kind=self._kind(fields.get("kind"), role, line.number),
            role=role,
            actor=values.line(fields.get("actor"), 100) or self._actor(role),
            session=values.name(fields.get("session")) or self._session,
            path=self._path(fields.get("path"), line.number),
            namespace=self._namespace(fields.get("namespace"), line.number),
            tags=values.tags(fields.get("tags")),
            meta=values.meta(line.value, mapped, taken, self.reading),
            at=self._at(fields.get("at"), line.number),
            git=values.line(fields.get("git"), 200) or "-",
        )

    def _actor(self, role: str) -> str:
        return self.reading.user if role == "user" else role

    def _at(self, value: object, line: int) -> Any:
        """The object's time, or that of the object before it."""
        found = values.time(value)
        if isinstance(found, str) and len(found) <= 10:
            return found  # a day: nothing to compare
        if found is None:
            return self._times.of("" if value is None else repr(value), line)
        return self._times.of(found if isinstance(found, str) else found.isoformat(), line)

    def _kind(self, value: object, role: str, line: int) -> str:
        if isinstance(value, str) and value in names.KINDS:
            return value
        if value:
            self._note("bad-kind", line)
        return "message" if role in _SPOKEN else "note"

    def _path(self, value: object, line: int) -> str:
        if isinstance(value, str) and names.is_path(value):
            return value
        if value:
            self._note("bad-path", line)
        return "main"

    def _namespace(self, value: object, line: int) -> str:
        if isinstance(value, str) and names.is_slug(value):
            return value
        if value:
            self._note("bad-namespace", line)
        return ""

    def _named(self, line: Line, value: object, *, is_own: bool) -> str:
        """The object's id; what comes again in the file gets a number.

        Where the object names no session (`is_own`), another file of that name may have another
        object of the same short id: so it has the digest as well.
        """
        name = fit(str(value)).strip() if value else ""
        if not name or len(name) > _ID or not name.isprintable() or name[0] == "~":
            name = f"~{_digest(line.value)}"
        elif not is_own and len(name) < _UNIQUE:
            name = f"{name}#~{_digest(line.value)}"
        named, own = name, hash(name)
        while hash(named) in self._seen:
            self._seen[own] += 1
            named = f"{name}-{self._seen[own]}"
        self._seen[hash(named)] = 1
        return named

    def _torn(self, torn: Torn) -> Item:
        cut = self.reading.excerpt(fit(torn.text), OUTPUT)
        draft = Draft(
            body=tools.fence(cut.shown),
            title="Unreadable line",
            kind="event",
            session=self._session,
            path="main",
            at=self._times.before,
            git="-",
        )
        wholes = (Whole("line.txt", cut.whole),) if cut.whole else ()
        return Item(id=f"line-{torn.offset}", draft=draft, line=torn.number, wholes=wholes)


_ODD = {
    "no-body": ("objects without a text: {}; here is the first", "say where: --map body=KEY"),
    "bad-kind": ("objects of a kind that entries don't have: {}; here is the first", ""),
    "bad-path": ("objects with a path that can't be one: {}; here is the first", ""),
    "bad-namespace": ("objects with a namespace that can't be one: {}; here is the first", ""),
}


def _may_say(value: object) -> bool:
    """Whether a value that was guessed may be what somebody wrote: no number, no other object."""
    if isinstance(value, dict):
        return not _SAYING.isdisjoint(value)
    return isinstance(value, str | list)


def _digest(value: Mapping[str, Any]) -> str:
    """The end of the digest of what the object says, whatever the order of its keys."""
    return str(sha256(_canonical(value).encode(errors="replace")).hexdigest()[-16:])


def _canonical(value: Any) -> str:
    import json

    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return repr(value)
