"""From what an agent says to an entry, and from what was kept of it to a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from journal.entry import Draft
from journal.errors import Refused, UsageError, WorkspaceError
from journal.header import microseconds
from journal.notebook import Notebook, given
from journal.seal import normal
from journal.shown import head_of
from journal.working.holding import Bounds, Message
from journal.working.texts import message_of, titled

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.working.state import Owner

_MORE = frozenset("title actor parent tags meta fields at git token".split())
_OWN = ("replaces", "stands-for", "covers", "first", "last")  # fields that memory writes
SYSTEM = "system"


class Appending:
    """Writes one session's messages, and gives back what the journal kept of each.

    It has a notebook of its own, for several memories may append at once.
    """

    def __init__(self, journal: Journal, owner: Owner, bounds: Bounds) -> None:
        self._journal = journal
        self._owner = owner
        self._bounds = bounds
        self._notebook = Notebook.open(journal.root)
        self._notebook.turned = journal.notebook.turned
        self._turn = 0  # the highest that was given here

    def create(self, role: str, content: str, more: Mapping[str, Any]) -> Message:
        """A new message; the one that is there already if its token came again."""
        _check_more(more)
        return self._append(self._draft(content, "message", role, **more))

    def update(self, message: Message, content: str) -> Message:
        """The message with another text."""
        draft = self._draft(
            content, "message", message.role, parent=message.entry, fields={"replaces": message.id}
        )
        return self._append(draft, message)

    def summarize(self, text: str, ids: Sequence[str]) -> Message:
        """A message that stands for these, which are in order; Refused if no text is kept of it."""
        count = len(ids)
        fields = {"covers": count, "first": ids[0], "last": ids[-1], "stands-for": list(ids)}
        title = f"Summary of {count} message{'s' if count > 1 else ''}"
        draft = self._draft(text, "summary", SYSTEM, title=title, fields=fields)
        return self._append(draft, needed=True)

    def _draft(self, content: str, kind: str, role: str, **more: Any) -> Draft:
        return Draft(
            body=content,
            kind=kind,
            role=role,
            namespace=self._owner.namespace,
            session=self._owner.session,
            **more,
        )

    def _append(
        self, draft: Draft, message: Message | None = None, *, needed: bool = False
    ) -> Message:
        """What the journal kept of the draft, as a new message or as the text of one.

        Kept as the policy lets it in, and checked against the bounds, before it is written.
        """
        notebook = self._notebook
        if not notebook.enabled:
            raise _switched_off()
        intake = notebook.intake
        kept, masked, rule = intake.fitted(given(draft, notebook.store))
        if rule and needed:
            raise Refused(
                f"the policy keeps no text of a {draft.kind}: {rule}",
                hint="evict() takes messages out of memory without a summary",
            )
        content = normal(kept["body"]).decode()  # type: ignore[arg-type]
        self._bounds.check(content)
        sealing = intake.sealed(kept, masked, rule)
        receipt = notebook.append_sealings([sealing])[0]
        if receipt.repeated:
            return self._there(receipt.id)
        self._turn = max(self._turn, sealing.turn)
        told: dict[str, Any] = {
            "content": content,
            "entry": receipt.id,
            "digest": receipt.digest,
            "withheld": rule,
        }
        told["title"] = titled(str(kept.get("title") or "") or head_of(content))
        if message:
            return replace(message, **told)
        return Message(
            id=receipt.id,
            role=str(kept.get("role") or (SYSTEM if rule and not sealing.session else "")),
            turn=sealing.turn or self._turn,
            microseconds=microseconds(datetime.fromisoformat(receipt.at)),
            **told,
        )

    def _there(self, entry_id: str) -> Message:
        """The message of an entry that is there already."""
        row, _ = self._journal.look(entry_id)
        if (row.session, row.namespace) != (self._owner.session, self._owner.namespace):
            raise UsageError(
                f"the token is that of {entry_id}, which is no message of this session",
                kind="bad-value",
                hint="give each message a token of its own",
            )
        message = message_of(row, self._journal.find(entry_id), self._turn)
        self._bounds.check(message.content)
        return message


def _check_more(more: Mapping[str, Any]) -> None:
    for key in more:
        if key not in _MORE:
            raise UsageError(
                f"a message has no {key!r} to give",
                kind="unknown-key",
                hint=f"role and content, and any of: {', '.join(sorted(_MORE))}",
            )
    own = [key for key in more.get("fields") or () if key in _OWN]
    if own:
        raise UsageError(
            f"{own[0]} is written by working memory itself",
            kind="reserved-key",
            hint="update(id, content), or summarize(text, ids)",
        )


def _switched_off() -> WorkspaceError:
    return WorkspaceError(
        "memory takes nothing while the journal keeps nothing: enabled = false in journal.toml",
        kind="disabled",
        hint="set enabled = true there first",
    )
