"""The gate: what the policy marks is done only once somebody allowed just that.

The functions that do it ask for it themselves, so no door goes round it. An approval makes them do
it again: they say anew what would be done, and it must be what was asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from typing import TYPE_CHECKING

from journal import reviews
from journal.errors import Conflict, JournalError, Refused, WorkspaceError
from journal.policy.gates import ANY, GATED, Approval
from journal.reviewing.reading import view
from journal.reviewing.rules import Rules, rules
from journal.reviewing.words import text_of, words_of
from journal.reviews import Request, Review
from journal.seal import MAX_BODY
from journal.stated import short

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.entry import Draft, Receipt

PENDING = "gate-pending"
# The kinds of entries that tell of a verb; of `append` it is the draft's own.
_KINDS = {
    "forget": ("forget",),
    "purge": ("purge",),
    "retention": ("purge",),
    "prune": ("purge",),
    "redact": ("redact",),
    "amend": ("amend",),
    "adopt": ("adopt",),
    "repair": ("event",),
    "pack": ("event",),
    "import": (ANY,),
}


@dataclass(slots=True)
class Approving:
    """An approval on its way: of which review, by whom, and how that is shown.

    `fingerprint` is that of the key which signed, empty if none did that the policy names for the
    name. `verdict` is the entry that says so, once it is there.
    """

    review: Review
    name: str
    reason: str = ""
    signature: str = ""
    verdict: str = ""
    fingerprint: str = ""


def is_marked(journal: Journal, verb: str, *namespaces: str) -> bool:
    """Whether the policy marks a verb in one of these namespaces, or in any if none is named."""
    return rules(journal, verb, namespaces) is not None


def passes(journal: Journal, verb: str) -> bool:
    """Whether a verb needs no gate for sure: nothing is marked, or it is allowed already."""
    notebook = journal.notebook
    over, kinds = notebook.approval, _KINDS.get(verb, ())
    return not notebook.place.policy or bool(over and kinds and all(map(over.allows, kinds)))


@contextmanager
def gate(journal: Journal, request: Request, *, instead: str = "") -> Iterator[str]:
    """What is done in it is allowed; the id of the review, empty if none is wanted.

    `instead`: what else can be done where nobody sits at the terminal, and it can't be asked for.
    Refused `gate-pending` if somebody has to approve it first: it is asked for then, once. Conflict
    `target-changed` if what was approved would be something else now.
    """
    notebook = journal.notebook
    found = rules(journal, request.verb, (request.namespace, *request.others))
    kinds = kinds_of(request)
    over = notebook.approval
    if found is None or (over and kinds and all(map(over.allows, kinds))):
        yield over.id if over else ""
        return
    if not notebook.enabled:
        raise WorkspaceError(
            "nothing was done: enabled = false in journal.toml", kind="disabled",
            hint="a journal that is switched off can't say that it was reviewed",
        )  # fmt: skip
    review = _allowed(journal, request, found, instead)
    approval = Approval(review.id, kinds)
    try:
        with notebook.under(approval):
            yield review.id
    except (JournalError, OSError) as error:
        said = error.message if isinstance(error, JournalError) else str(error)
        say(journal, reviews.failed(review, f"It was not done, or not all of it: {said}"))
        raise
    if not approval.told:
        say(journal, reviews.done(review))


def kinds_of(request: Request) -> tuple[str, ...]:
    """The kinds of the entries that tell of what is asked for."""
    draft = request.what.get("draft")
    if isinstance(draft, dict):
        return (str(draft.get("kind") or "note"),)
    return _KINDS.get(str(request.what.get("deed") or request.verb), ())


def say(journal: Journal, draft: Draft) -> Receipt:
    """Append a step of a review: this is the one place that does."""
    with journal.notebook.under(Approval("", (reviews.KIND,))):
        return journal.notebook.record([draft])[0]


def _allowed(journal: Journal, request: Request, found: Rules, instead: str) -> Review:
    """The review that allows it, with its verdict said."""
    approving = journal.approving
    if approving and approving.review.verb == request.verb:
        return _approved(journal, request, approving)
    name = login()
    if _confirms_alone(journal, request, found, name):
        if not journal.confirm or not journal.confirm(f"{request.question or request.title}?"):
            raise Refused(
                f"not confirmed, so nothing was done: {request.title}",
                kind="not-confirmed", hint=f"{found.said} wants a yes",
            )  # fmt: skip
        receipt = say(journal, reviews.self_approved(request, name, words_of(request)))
        return Review(receipt.id, _Said(receipt, request), reviews.APPROVED)
    if instead:
        why = f"nothing was done: somebody at the terminal has to allow it: {found.said}"
        raise Refused(why, kind=GATED, hint=instead)
    raise _pending(journal, request, found)


def _confirms_alone(journal: Journal, request: Request, found: Rules, name: str) -> bool:
    """Whether whoever asks is a person at the terminal who may allow it alone."""
    if journal.confirm is None or found.four_eyes or not at_terminal():
        return False
    return found.may(name) and found.agents.isdisjoint((name, request.actor, request.role))


def at_terminal() -> bool:
    """Whether a person sits there: both what is asked and what is answered goes to a terminal."""
    try:
        return os.isatty(0) and os.isatty(2)
    except OSError:
        return False


def login() -> str:
    """The name by which whoever sits there is known to the system."""
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"


def _approved(journal: Journal, request: Request, approving: Approving) -> Review:
    review = approving.review
    if request.target != review.target:
        raise Conflict(
            f"what {short(review.id)} asks for has changed since: {review.title}",
            kind="target-changed",
            hint="ask for it anew; what changed is shown by `journal verify` and `journal show`",
        )
    draft = reviews.verdict(
        review, reviews.APPROVED, approving.name, approving.reason, approving.signature,
        approving.fingerprint,
    )  # fmt: skip
    approving.verdict = say(journal, draft).id
    return review


def _pending(journal: Journal, request: Request, found: Rules) -> Refused:
    """The refusal, once it is asked for: anew, or as it was asked before."""
    known = view(journal).asking(request.target)
    if known:
        review = known.id
    else:
        draft = reviews.pending(request, f"{words_of(request)}\n\n{text_of(request)}")
        if len(draft.body) > MAX_BODY:
            return Refused(
                f"nothing was done: {request.title} is too large to be asked for: {found.said}",
                kind=GATED, hint="whoever may allow it can do it at a terminal",
            )  # fmt: skip
        review = say(journal, draft).id
    state = "waits for a review already" if known else "waits for a review now"
    return Refused(
        f"nothing was done: {request.title} {state}: {found.said}",
        kind=PENDING,
        hint=f"journal review show {short(review)}; journal review approve {short(review)} --as"
        " NAME",
    )


class _Said:
    """The first entry of a review that was just written, as its steps ask for it."""

    def __init__(self, receipt: Receipt, request: Request) -> None:
        self.id = receipt.id
        self.at = receipt.at
        self.kind = reviews.KIND
        self.title = request.title
        self.head = self.parent = ""
        self.microseconds = 0
        self.namespace = request.namespace
        self.fields = {"verb": request.verb, "target": request.target}
