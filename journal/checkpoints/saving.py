"""A state kept as an entry: masked first, whole or as what changed, attached if it is large."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from journal import attach
from journal.checkpoints.reach import KIND, checkpoints
from journal.checkpoints.reading import BASE, DELTA, FULL, STATE, Replay
from journal.checkpoints.written import block, held, no_state, pretty
from journal.entry import Draft, Receipt
from journal.seal import MAX_BODY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from journal.api import Journal
    from journal.errors import UsageError

MOST_DELTAS = 24  # in a row: more would keep old checkpoints from being pruned for ever
_FILE = "state.json"
_SHOWN = 4  # keys in a title
_LONGEST = 100  # characters of a title


@dataclass(frozen=True, slots=True)
class Saved(Receipt):
    """The receipt of a checkpoint: `state` is "full" or "delta", `base` what a delta changes.

    `changes`: how many operations a delta has.
    """

    state: str = FULL
    base: str = ""
    changes: int = 0


class Saving:
    """A state on its way into the journal: whose it is, and what it is rid of secrets by.

    `given`: fields of `Draft` besides.
    """

    def __init__(self, journal: Journal, session: str, given: dict[str, Any]) -> None:
        self._journal = journal
        self._session = session
        self._given = given
        self._namespace = given.get("namespace") or journal.default_namespace
        self._masking = journal.notebook.intake.masking(self._namespace)
        self._notices: list[str] = []

    def save(self, state: Any, message: str, *, delta: bool) -> Saved:
        """See `journal.checkpoints.save`."""
        pretty(state)
        message = self._masking.text(message)
        state = value = self._masked(state)
        saved, named = Saved("", "", "", 0, 0, "", durable=False), _named(state)
        if delta and (found := self._changes(state)):
            base, value = found
            saved = replace(saved, state=DELTA, base=base, changes=len(value))
            named = _touched(value)
        if self._masking.unclosed:
            self._notices.append("a <private> that nothing closes ran to the end of its text")
        draft = self._draft(saved, value, *_said(message, named))
        receipt = self._journal.notebook.append(draft)
        kept = {one.name: getattr(receipt, one.name) for one in fields(Receipt)}
        kept["redacted"] = tuple(dict.fromkeys((*self._masking.found, *receipt.redacted)))
        kept["notices"] = (*self._notices, *receipt.notices)
        return replace(saved, **kept)

    def _masked(self, value: Any) -> Any:
        """The state without its secrets, and still JSON.

        Each text by itself, because what masks a whole text doesn't know where a value ends.
        """
        masking = self._masking
        if not masking.scrubbed(block(value)).findings:
            return value
        value = masking.value(value)
        rest = masking.scrubbed(block(value))
        if not rest.findings:
            return value
        masking.found += [one.rule for one in rest.findings]
        try:
            return held(rest.text)
        except ValueError as error:
            raise _runs_through(one.rule for one in rest.findings) from error

    def _changes(self, state: Any) -> tuple[str, list[dict[str, Any]]] | None:
        """The checkpoint before and what changed since; None if a full one is due."""
        from journal.checkpoints.patches import between

        journal = self._journal
        journal.catalog.catch_up()
        replay = Replay(journal)
        path = self._given.get("path") or ""
        why = "there is none before it that it could be a delta of"
        for row in checkpoints(journal, self._session, self._namespace, path):
            before, usable = replay.state(row)
            if not usable:
                continue
            if replay.deltas(row) >= MOST_DELTAS:
                why = f"there were {MOST_DELTAS} deltas in a row"
                break
            patch = between(before, state)
            if self._masking.scrubbed(block(patch)).findings:
                why = "what changed reads like a secret by itself"
                break
            if not patch:
                self._notices.append(f"nothing has changed since the checkpoint {row.id}")
            return row.id, patch
        self._notices.append(f"this is a full checkpoint: {why}")
        return None

    def _draft(self, saved: Saved, value: Any, title: str, lead: str) -> Draft:
        own: dict[str, Any] = {STATE: saved.state}
        if saved.base:
            own[BASE] = saved.base
        values = {"role": "system", **self._given, "kind": KIND, "session": self._session}
        values |= {"title": title, "fields": {**self._given.get("fields", {}), **own}}
        body = lead + block(value)
        draft = Draft(body=body, **values)
        if len(body.encode()) <= MAX_BODY:
            return draft
        one = self._journal.notebook.attach(
            f"{pretty(value)}\n".encode(),
            namespace=self._namespace,
            name=_FILE,
            draft=replace(draft, body="a state"),
        )
        if one.redacted:  # in pieces, as a file is looked through, it reads otherwise
            raise _runs_through(one.redacted)
        named = {**values["fields"], attach.FIELD: [one.record()]}
        return replace(draft, body=lead + attach.links([one]), fields=named)


def _runs_through(rules: Iterable[str]) -> UsageError:
    return no_state(
        "a secret runs through several values of the state, and can't be masked there:"
        f" {', '.join(sorted(set(rules)))}"
    )


def _said(message: str, named: str) -> tuple[str, str]:
    """The title, and what stands above the state: the message where a title can't hold it."""
    message = message.strip()
    line = message.partition("\n")[0].rstrip()
    if line == message and len(line) <= _LONGEST:
        return line or f"Checkpoint: {named}", ""
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…", f"{message}\n\n"


def _named(state: Any) -> str:
    """A state in a few words, for people who look through a day."""
    if isinstance(state, dict):
        names = [" ".join(key.split()) or '""' for key in state]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        text = ", ".join(names[:_SHOWN]) + more if names else "an empty object"
    elif isinstance(state, (list, tuple)):
        text = "1 item" if len(state) == 1 else f"{len(state):,} items"
    else:
        text = " ".join(pretty(state).split())
    text = text.encode(errors="replace").decode()  # half a surrogate pair is JSON, but no text
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _touched(patch: list[dict[str, Any]]) -> str:
    """What a delta changes, in a few words."""
    if not patch:
        return "nothing changed"
    tops = [one["path"].split("/")[1] for one in patch if one["path"]]
    names = [top.replace("~1", "/").replace("~0", "~") for top in tops]
    return f"{_named(dict.fromkeys(names)) if names else 'all of it'} changed"
