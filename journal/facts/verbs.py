"""What is done with facts: each verb gives the draft of the entry that says so, or a UsageError."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.entry import Draft
from journal.errors import UsageError
from journal.facts import KIND, KNOWN, LEAST, MOST, RETRACTED, SUPERSEDED, USUAL, Fact
from journal.facts import importance as understood
from journal.stated import change_title, short, space_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def add(
    text: str,
    *,
    importance: int = 0,
    evidence: Sequence[str] = (),
    subject: str = "",
    supersedes: Sequence[str] = (),
    **more: Any,
) -> Draft:
    """The draft of a fact; `more` are other keys of `Draft`, such as `actor` and `role`.

    `importance` 0 is the usual one, which isn't written down.
    """
    fields: dict[str, Any] = {}
    if importance:
        fields["importance"] = _checked(importance)
    if subject.strip():
        fields["subject"] = subject.strip()
    if supersedes:
        fields["supersedes"] = list(supersedes)
    if evidence:
        fields["evidence"] = list(evidence)
    return Draft(body=_said(text, "the fact"), kind=KIND, fields=fields, **more)


def supersede(
    old: Fact, text: str, *, importance: int = 0, evidence: Sequence[str] = (), **more: Any
) -> Draft:
    """The draft of a fact that takes the place of another one: as important, of that subject.

    UsageError if that one holds no longer, with what stands in its place, or if it is of another
    namespace than is given.
    """
    _holds(old)
    more["namespace"] = space_of(old.entry, more.get("namespace", ""), KIND)
    matters = importance or (old.importance if old.importance != USUAL else 0)
    subject = more.pop("subject", "") or old.subject
    return add(
        text, importance=matters, evidence=evidence, subject=subject, supersedes=[old.id], **more
    )


def retract(old: Fact, reason: str, **more: Any) -> Draft:
    """The draft of the entry that takes a fact back; UsageError as of `supersede`.

    It doesn't quote the fact: that would stay when the fact is purged.
    """
    _holds(old)
    more["namespace"] = space_of(old.entry, more.get("namespace", ""), KIND)
    title = change_title(f"Retracted: {short(old.id)}", _said(reason, "the reason"))
    fields = {KIND: old.id, "status": RETRACTED}
    return Draft(body=reason, kind=KIND, fields=fields, **{"title": title, **more})


def _checked(value: int) -> int:
    if understood(value):
        return value
    raise UsageError(
        f"no fact is of importance {value}", kind="bad-importance",
        hint=f"{LEAST} matters least, {MOST} most; {USUAL} is usual",
    )  # fmt: skip


def _said(text: str, what: str) -> str:
    if text.strip():
        return text
    raise UsageError(f"{what} is empty", kind="nothing-to-append", hint="say it in a sentence")


def _holds(one: Fact) -> None:
    """UsageError if the fact is known no longer."""
    if one.status == KNOWN:
        return
    if one.status == SUPERSEDED:
        raise UsageError(
            f"{short(one.id)} was superseded by {short(one.superseded_by)}", kind="fact-superseded",
            hint=f"journal fact show {short(one.superseded_by)}",
        )  # fmt: skip
    raise UsageError(
        f"{short(one.id)} was retracted by {short(one.status_by)}", kind="fact-retracted",
        hint="state it anew: journal fact add TEXT",
    )  # fmt: skip
