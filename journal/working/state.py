"""A memory's structure as JSON: what the state file and checkpoints hold of it. No texts.

Texts come from the journal by their ids, and with them their titles: what is purged there is gone
here. A digest only tells that a text has changed since, and is made with this machine's key, so
that it is of no use to whoever guesses at a text that was purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journal.cjson import dumps
from journal.names import is_name
from journal.seal import digest, sha256
from journal.working.holding import TOMBSTONES, Bounds, Holding, Place

FAMILY = "journal/working-state@"
SCHEMA = f"{FAMILY}1"
_LARGEST = (1 << 63) - 1
_MOST = 1_000_000  # messages


class BrokenState(ValueError):
    """What can't be used as a state, and why."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose memory it is."""

    workspace: str
    namespace: str
    session: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A message or tombstone as the state holds it; `mark` is that of its text, `link` a summary's.

    Of a tombstone `mark` is empty, of a message `link`.
    """

    id: str
    entry: str
    role: str
    turn: int
    bytes: int
    mark: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A memory's structure. `made_with` tells by which machine's key the marks were made."""

    owner: Owner
    bounds: Bounds
    horizon: Place
    messages: tuple[Kept, ...]
    tombstones: tuple[Kept, ...]
    made_with: str

    def record(self) -> dict[str, Any]:
        """The state as JSON: with a digest of the rest, so that half of it is never taken."""
        rest = self._rest()
        return rest | {"digest": digest(dumps(rest).encode())}

    def _rest(self) -> dict[str, Any]:
        whose = self.owner
        return {
            "schema": SCHEMA,
            "workspace": whose.workspace,
            "namespace": whose.namespace,
            "session": whose.session,
            "bounds": {"messages": self.bounds.messages, "bytes": self.bounds.bytes},
            "horizon": list(self.horizon),
            "made-with": self.made_with,
            "messages": [_shown(one, "mark", one.mark) for one in self.messages],
            "tombstones": [_shown(one, "summary", one.link) for one in self.tombstones],
        }


def _shown(one: Kept, key: str, value: str) -> dict[str, Any]:
    shown = {
        "id": one.id, "entry": one.entry, "role": one.role, "turn": one.turn, "bytes": one.bytes,
    }  # fmt: skip
    return shown | {key: value}


def made_with(key: bytes) -> str:
    """What tells one machine's key from another's."""
    return str(sha256(b"journal/working-state\n" + key).hexdigest()[:8])


def mark(key: bytes, entry_id: str, body_digest: str) -> str:
    """What tells one text of an entry from another, to whoever has the key."""
    return str(sha256(key + f"{entry_id}\n{body_digest}\n".encode()).hexdigest()[:32])


def state_of(holding: Holding, owner: Owner, key: bytes) -> State:
    """The structure of what memory holds."""
    return State(
        owner,
        holding.bounds,
        holding.horizon,
        tuple(
            Kept(one.id, one.entry, one.role, one.turn, one.bytes, mark(key, one.id, one.digest))
            for one in holding.messages
        ),
        tuple(
            Kept(one.id, one.entry, one.role, one.turn, one.bytes, link=one.summary)
            for one in holding.tombstones
        ),
        made_with(key),
    )


def read_state(value: object, owner: Owner) -> State:
    """The state that the JSON value is; BrokenState if it is none, or another memory's."""
    top = _object(value, "it")
    schema = top.get("schema")
    if schema != SCHEMA:
        if isinstance(schema, str) and schema.startswith(FAMILY):
            raise BrokenState(f"it is {schema[:64]}, and this version reads {SCHEMA}")
        raise BrokenState(f"it is no {SCHEMA}")
    whose = Owner(*(_text(top, key) for key in ("workspace", "namespace", "session")))
    if whose != owner:
        raise BrokenState(f"it is {_whose(whose, owner)}")
    bounds = _object(top.get("bounds"), "bounds")
    state = State(
        owner,
        Bounds(_number(bounds, "messages", 1), _number(bounds, "bytes", 1)),
        _place(top.get("horizon")),
        tuple(_kept(one, "mark") for one in _list(top, "messages", _MOST)),
        tuple(_kept(one, "summary") for one in _list(top, "tombstones", TOMBSTONES)),
        _text(top, "made-with"),
    )
    ids = [one.id for one in (*state.messages, *state.tombstones)]
    if len(set(ids)) < len(ids):
        raise BrokenState("it names a message twice")
    if state.record() != value:
        raise BrokenState("its digest isn't that of what it says: it was changed, or torn")
    return state


def _whose(found: Owner, wanted: Owner) -> str:
    if found.workspace != wanted.workspace:
        return "another workspace's"
    where = f"{found.namespace[:64]}/{found.session[:64]}"
    return f"that of the session {where}, not of {wanted.namespace}/{wanted.session}"


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BrokenState(f"{name} is no object")
    return value


def _list(top: dict[str, Any], key: str, most: int) -> list[Any]:
    value = top.get(key)
    if not isinstance(value, list) or len(value) > most:
        raise BrokenState(f"{key} is no list of {most:,} at most")
    return value


def _text(top: dict[str, Any], key: str) -> str:
    value = top.get(key)
    if not isinstance(value, str):
        raise BrokenState(f"{key} is no text")
    return value


def _number(top: dict[str, Any], key: str, least: int) -> int:
    value = top.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _LARGEST:
        raise BrokenState(f"{key} is no whole number from {least:,}")
    return value


def _place(value: object) -> Place:
    if not isinstance(value, list) or [type(one) for one in value] != [int, int, str]:
        raise BrokenState("horizon is no turn, moment and id")
    return (value[0], value[1], value[2])


def _kept(value: object, last: str) -> Kept:
    one = _object(value, "a message")
    rest = _text(one, last)
    kept = Kept(
        _text(one, "id"), _text(one, "entry"), _text(one, "role"),
        _number(one, "turn", 0), _number(one, "bytes", 0),
        mark=rest if last == "mark" else "", link=rest if last == "summary" else "",
    )  # fmt: skip
    if not (is_name(kept.id) and is_name(kept.entry)) or (kept.role and not is_name(kept.role)):
        raise BrokenState("a message has an id or a role that is no name")
    return kept
