"""What an entry's header says, made sound: every key of the right type, whatever was typed."""

from __future__ import annotations

from datetime import UTC, datetime

from journal.cjson import dumps
from journal.dayfile import Piece
from journal.seal import MOST_TURNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo
    from typing import Any

_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_MOST = 1 << 63  # what a database can count
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS = ("kind", "role", "actor", "session", "path", "parent", "git", "token", "prev", "digest")
_KEYS = frozenset((*TEXTS, *"id at title tags meta seq len closes".split()))
_TURNED = _KEYS | {"turn"}


def known(piece: Piece, date: str, zone: Callable[[], tzinfo]) -> dict[str, Any]:
    """The fields of `entry.Entry` that a slice of the day `date` has by itself.

    `id` is empty for a handwritten one; `zone` is asked only where the slice doesn't say its own.
    """
    values = piece.values
    found: dict[str, Any] = {key: _text(values.get(key)) for key in TEXTS}
    found["kind"] = found["kind"] or "note"
    if not piece.header and not found["role"]:
        found["role"] = "human"
    found["moment"], found["at"] = _moment(piece, date, zone)
    meta, seq = values.get("meta"), values.get("seq")
    found["id"] = id_of(piece)
    found["title"] = _text(piece.title)
    found["tags"] = _tags(values.get("tags"))
    found["meta"] = meta if isinstance(meta, dict) else {}
    found["seq"] = seq if type(seq) is int and abs(seq) < _MOST else 0
    turn = values.get("turn")
    found["turn"] = turn if type(turn) is int and 0 < turn <= MOST_TURNS else 0
    own = _KEYS if found["turn"] == 0 else _TURNED  # else it is a field of somebody's own
    found["fields"] = {key: value for key, value in values.items() if key not in own}
    return found


def id_of(piece: Piece) -> str:
    """The id that the slice says itself; empty for most handwritten ones."""
    return _text(piece.values.get("id"))


def _moment(piece: Piece, date: str, zone: Callable[[], tzinfo]) -> tuple[datetime, str]:
    at = _text(piece.values.get("at"))
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not None:
            return moment, at
    except ValueError:
        pass  # none, or none that anybody could read: the heading and the file's day tell it
    return _local(at, f"{date}T{piece.clock}", date, zone())


def _local(at: str, heading: str, date: str, zone: tzinfo) -> tuple[datetime, str]:
    """The first of these texts that is a time, in that zone."""
    from journal import clock

    for text in (at, heading):
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = clock.parse_at(text, zone, moment.replace(tzinfo=UTC))
                return moment, clock.stamp(moment, zone)
        except ValueError:
            continue
        return moment, text
    try:
        moment = clock.parse_at(date, zone, _NEVER)
    except ValueError:
        moment = _NEVER
    return moment, moment.isoformat()


def microseconds(moment: datetime) -> int:
    """The moment since the beginning of 1970, UTC."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _tags(given: object) -> tuple[str, ...]:
    # What a person typed without quotes is text too: `tags: [true, 2026]`.
    tags = given if isinstance(given, list) else [given] if given else []
    return tuple(_text(tag if isinstance(tag, str) else dumps(tag)) for tag in tags)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if not text.isascii():  # half a surrogate pair, as JSON can escape it, is no text
        return text.encode(errors="replace").decode()
    return text
