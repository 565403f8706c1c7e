"""Entries as `entries.jsonl` has them: a line of JSON each, in ASCII, the same on every machine."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from journal import dayfile, frontmatter, header
from journal.dayfile import INTACT
from journal.entry import Entry
from journal.held import Held
from journal.manifest import Part
from journal.seal import MOST_TURNS
from journal.source import Source

# Not `cjson`: which characters it takes for printable depends on Python's version.
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
_OPENING, _CLOSING = b"\n\n```yaml entry\n", b"\n```\n"
_OWN = frozenset((*header.TEXTS, *"id at title tags meta seq len closes turn".split()))
_EACH, _NUMBERS = ("id", "at", "prev", "digest"), ("seq", "len")  # another for every entry
_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_TEXTS = ("id", "at", "kind", "role", "actor", "session", "path", "parent", "git", "token")


def line(held: Held, part: Part) -> bytes:
    """The entry as a line: what `journal show --json` has, its body, and `header`, its digest.

    `file` and `line` are in the pack (`held.day.path`, `held.line`), the namespace is the part's
    `at`. A time without an offset, as of a handwritten entry, is local to the manifest's timezone.
    """
    return _encode(quick(held, part) or careful(held, part)).encode() + b"\n"


def careful(held: Held, part: Part) -> dict[str, Any]:
    """What the line says, of any slice."""
    piece = dayfile.slice_at(held.raw, 0)
    given = piece.values.get("at")
    if given is None:  # as written by hand: the heading tells, in no zone that is known here
        piece.values = {**piece.values, "at": f"{held.day.date}T{piece.clock}+00:00"}
    known = header.known(piece, held.day.date, lambda: UTC)
    if known["at"] != given:  # zones change with the machine's tables
        known["at"] = known["moment"].replace(tzinfo=None).isoformat()
    known["id"] = held.id
    entry = Entry(
        **known,
        namespace=part.at,
        writer=part.writer,
        body=piece.body.decode(errors="replace"),
        postscript=piece.postscript.decode(errors="replace"),
        source=Source(held.day.path, held.line),
    )
    found = entry.record(body=True)
    return {**found, "header": held.header} if held.header else found


def quick(held: Held, part: Part) -> dict[str, Any] | None:
    """The same for half the time, of a slice just as the journal writes it; None of any other.

    Its digests were looked at when it was read, and aren't again.
    """
    raw = held.raw
    begin = raw.find(b"\n")
    end = raw.find(_CLOSING, begin)
    if held.state != INTACT or held.rest or not raw.startswith(_OPENING, begin) or end < 0:
        return None
    title = _title(raw[:begin].decode(errors="replace"))
    try:
        values = _values(raw[begin + len(_OPENING) : end].decode())
        moment = datetime.fromisoformat(values["at"])
    except (ValueError, KeyError):
        return None
    size = values.get("len", 0)
    start = end + len(_CLOSING) + 1
    stored = raw[start : start + size]
    if (
        title is None
        or " " in values["at"]
        or moment.tzinfo is None
        or not _is_plain(values, held, stored)
    ):
        return None
    shown = {key: values[key] for key in _TEXTS if values.get(key)}
    shown |= {"turn": values["turn"]} if "turn" in values else {}
    shown |= {key: value for key, value in values.items() if key not in _OWN}
    shown["tags"] = values.get("tags", [])
    if values.get("meta"):
        shown["meta"] = values["meta"]
    shown |= {key: values[key] for key in ("seq", "prev", "digest")}
    shown |= {"namespace": part.at, "writer": part.writer}
    shown["title"] = values["title"] if "title" in values else _less_role(title, shown)
    shown |= {"file": held.day.path, "line": held.line, "body": stored.decode(errors="replace")}
    shown["header"] = held.header
    return shown


def _values(block: str) -> dict[str, Any]:
    """What the header says; ValueError where that isn't seen line by line."""
    values: dict[str, Any] = {}
    for text in block.split("\n"):
        key, _, value = text.partition(": ")
        if key in values:
            raise ValueError(text)
        if key in _EACH:
            values[key] = value
        elif key in _NUMBERS:
            values[key] = int(value) if value.isascii() and value.isdigit() else 0
        else:
            values |= _line(text)
    return values


@lru_cache(2048)
def _line(text: str) -> Mapping[str, Any]:
    """What a line says that many headers have, read once for all of them."""
    return frontmatter.one(text)


def _title(heading: str) -> str | None:
    """What follows the time in a heading with seconds; None of another one."""
    clock = heading[3:11]
    if heading[11:12] not in ("", " ") or clock[2::3] != "::" or not clock.isascii():
        return None
    return heading[11:].strip() if (clock[:2] + clock[3:5] + clock[6:]).isdigit() else None


def _less_role(title: str, shown: dict[str, Any]) -> str:
    role = str(shown.get("role") or "")
    if role and (title == role or title.startswith(f"{role} · ")):
        return title[len(role) + 3 :]
    return title


def _is_plain(values: dict[str, Any], held: Held, stored: bytes) -> bool:
    """Whether every value is of the type that the journal writes, and the body stands as it is."""
    texts = [values[key] for key in (*header.TEXTS, "id", "title") if key in values]
    turn, tags = values.get("turn", 1), values.get("tags", [])
    words = [*texts, *tags] if type(tags) is list else [None]
    return (
        "closes" not in values
        and values.get("id") == held.id
        and bool(values.get("kind"))
        and values.get("prev") == f"{held.before}:{held.prev}"
        and _DIGEST.fullmatch(values.get("digest", "")) is not None
        and values.get("seq") == held.seq
        and len(stored) == values.get("len")
        and b"\\## " not in stored
        and all(map(_is_text, words))
        and type(turn) is int
        and 0 < turn <= MOST_TURNS
        and isinstance(values.get("meta", {}), dict)
    )


def _is_text(text: object) -> bool:
    """Whether it is text, with no half of a surrogate pair, as JSON can escape it."""
    if not isinstance(text, str):
        return False
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
