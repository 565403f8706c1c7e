"""Approving and refusing what waits for a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from journal import reviews, strike
from journal.errors import Conflict, JournalError, Refused, UsageError
from journal.reviewing import deeds
from journal.reviewing.gating import Approving, at_terminal, say
from journal.reviewing.reading import asked, find, telling
from journal.reviewing.rules import Rules, rules
from journal.reviews import APPROVED, REFUSED, Review, statement
from journal.stated import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from journal.api import Journal
    from journal.signing import Signer


@dataclass(frozen=True, slots=True)
class _Answer:
    """Who says approved or refused, why, and how that is signed: by a key, or signed already."""

    status: str
    name: str
    reason: str
    key: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer: the entry that says so, and what the deed gave back.

    `authenticated` is the fingerprint of the key, empty if the name is but a claim.
    """

    review: Review
    verdict: str
    authenticated: str = ""
    done: Any = None


def approve(
    journal: Journal, wanted: str, name: str, *, reason: str = "", key: str = "",
    signature: bytes = b"",
) -> Answered:  # fmt: skip
    """Allow what a review asks for, and do it; `key` signs, or a `signature` is given.

    Refused if this name may not, Conflict `target-changed` if what was asked for would be something
    else now. Whatever goes wrong with the deed itself is said in the journal, and it can be
    approved again.
    """
    review = find(journal, wanted)
    review = _reopened(journal, review)
    what = asked(journal, review)
    found = rules(journal, review.verb, _spaces(what))
    if found is None:
        raise UsageError(
            f"{review.verb} needs no review any more, so there is nothing to approve",
            kind="not-gated", hint=f"refuse it, and do it: journal review refuse {review.id}",
        )  # fmt: skip
    answer = _Answer(APPROVED, name, reason, key, signature)
    signed, fingerprint = _signed(journal, review, answer, found)
    _check(found, name, fingerprint, is_signed=bool(signed))
    _check_other(journal, review, found, name)
    journal.approving = approving = Approving(review, name, reason, signed, "", fingerprint)
    try:
        done = deeds.do_again(journal, what)
    finally:
        journal.approving = None
    return Answered(review, approving.verdict, fingerprint, done)


def refuse(
    journal: Journal, wanted: str, name: str, reason: str, *, key: str = "", signature: bytes = b""
) -> Answered:
    """Refuse what a review asks for: it can be asked for anew.

    UsageError without a reason; Refused if this name may not.
    """
    if not reason.strip():
        raise UsageError("the reason is empty", hint='say why: --reason "not yet"')
    review = find(journal, wanted)
    review = _reopened(journal, review)
    found = rules(journal, review.verb, _known_spaces(journal, review))
    answer = _Answer(REFUSED, name, reason, key, signature)
    signed, fingerprint = _signed(journal, review, answer, found)
    if found:
        _check(found, name, fingerprint, is_signed=bool(signed))
    draft = reviews.verdict(review, REFUSED, name, reason, signed, fingerprint)
    return Answered(review, say(journal, draft).id, fingerprint)


def _spaces(what: Mapping[str, Any]) -> list[str]:
    """The namespaces of what is asked for."""
    return [str(what.get("namespace") or ""), *map(str, what.get("others") or ())]


def _known_spaces(journal: Journal, review: Review) -> list[str]:
    """The same, also where what is asked for can't be read: then that of its entry."""
    try:
        return _spaces(asked(journal, review))
    except JournalError:
        return [str(getattr(review.entry, "namespace", ""))]


def _reopened(journal: Journal, review: Review) -> Review:
    """The review, if it can be answered: one whose deed was cut short can be once more.

    UsageError `not-pending` if it can't.
    """
    if review.is_open:
        return review
    if review.status == APPROVED and not telling(journal, review):
        if strike.is_pending(journal.root):
            raise Conflict(
                "what was approved is under way, and was cut short",
                hint="the next append finishes it: journal append TEXT",
            )
        say(journal, reviews.failed(review, "It was approved, and nothing says that it was done."))
        return find(journal, review.id)
    who = f" by {review.by}" if review.by else ""
    raise UsageError(
        f"{short(review.id)} was {review.status}{who} already",
        kind="not-pending", hint="journal review list shows what waits",
    )  # fmt: skip


def _check(found: Rules, name: str, fingerprint: str, *, is_signed: bool) -> None:
    """Refused if this name may not answer, or if an agent does who may not."""
    if not name.strip():
        raise UsageError("who answers?", hint="--as NAME")
    if not found.may(name):
        raise Refused(
            f"{name} is none of the approvers: {found.said}",
            kind="not-approver", hint=f"approvers: {', '.join(sorted(found.approvers or ()))}",
        )  # fmt: skip
    if fingerprint or found.agents_approve:
        return
    if _folded(name) in set(map(_folded, found.agents)):
        raise Refused(
            f"{name} is an agent, and agents don't approve here: {found.said}",
            kind="not-approver", hint="a person does, at a terminal",
        )  # fmt: skip
    if at_terminal():
        return
    if is_signed:
        raise Refused(
            f"the key that signed is none that policy.yaml names for {name}: maybe an agent's",
            kind="not-approver",
            hint="do it at a terminal, or sign it with a key that `keys` has for this name",
        )
    raise Refused(
        "without a terminal this may be an agent, and agents don't approve here",
        kind="not-approver",
        hint="do it at a terminal, or sign it with a key that policy.yaml names: --sign KEY",
    )


def _folded(name: str) -> str:
    """A name as a person reads it: capitals, blanks and lookalike forms make no other one of it."""
    seen = "".join(one for one in normalize("NFKC", name) if one.isprintable())
    return " ".join(normalize("NFKC", seen.casefold()).split())


def _check_other(journal: Journal, review: Review, found: Rules, name: str) -> None:
    """Refused if four eyes are wanted, and whoever asked for it would approve it."""
    if not found.four_eyes:
        return
    row = next((one for one in journal.catalog.with_ids([review.id]) if one.writer), None)
    writer = row.writer if row else ""
    asked_by = {writer, writer.rpartition("-")[0]}
    asked_by |= {row.actor, row.role} if row else set()
    if _folded(name) in set(map(_folded, asked_by)):
        raise Refused(
            f"{name} asked for it, and somebody else has to approve it: {found.said}",
            kind="not-approver", hint="four_eyes: true in policy.yaml wants it so",
        )  # fmt: skip


def _signed(
    journal: Journal, review: Review, answer: _Answer, found: Rules | None
) -> tuple[str, str]:
    """The signature, and the fingerprint of its key if the policy names that for the name.

    IntegrityError if it is none of just this.
    """
    if not (answer.key or answer.signature):
        return "", ""
    from journal import signing

    workspace = journal.notebook.place.id
    message = statement(workspace, review.id, review.target, answer.status, answer.name)
    signature = answer.signature or signing.sign(message, answer.key, reviews.SIGNED)
    signer = signing.check(message, signature, reviews.SIGNED)
    keys = found.keys.get(answer.name, frozenset()) if found else frozenset()
    is_theirs = bool(keys) and all(_is_key(signer, one) for one in keys)
    return signature.decode(), signer.fingerprint if is_theirs else ""


def _is_key(signer: Signer, line: str) -> bool:
    return signer.key.split()[:2] == line.split()[:2]
