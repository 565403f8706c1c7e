"""Accepting entries as they stand, past the gate: `amend` and `adopt`.

Where decisions are marked, so is accepting a changed one. What was changed in a header may have
been the kind, so such an entry counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from journal import acceptance
from journal.errors import JournalError
from journal.policy.gates import Approval
from journal.reviewing.gating import gate, is_marked
from journal.reviewing.reading import standing
from journal.reviews import Request
from journal.stated import short

if TYPE_CHECKING:
    from journal.api import Journal
    from journal.chain import Verdict
    from journal.entry import Draft, Receipt

    Accepted = tuple[list[Draft], list[Receipt]]

_DECIDING = "decide"
_DECISION = "decision"


def amend(journal: Journal, verdict: Verdict, reason: str) -> Accepted:
    """Accept an entry as it stands; the draft and the receipt.

    The errors of `acceptance.amend`; Refused where a review has to allow it.
    """
    draft = acceptance.amend(journal.notebook, verdict, reason)
    what = {"deed": "amend", "id": verdict.id, "reason": reason}
    with _gate(journal, "amend", [verdict], what, f"Accept {short(verdict.id)} as it stands"):
        return [draft], journal.notebook.record([draft])


def amend_again(journal: Journal, what: Mapping[str, Any]) -> Accepted:
    """Accept what was asked for, and approved."""
    verdict = acceptance.named(journal.notebook.verify(), what["id"])
    return amend(journal, verdict, what["reason"])


def adopt(journal: Journal, verdicts: Sequence[Verdict], reason: str = "") -> Accepted:
    """Pin handwritten entries as they stand; the drafts and the receipts.

    The errors of `acceptance.adopt`; Refused where a review has to allow it.
    """
    drafts = acceptance.adopt(verdicts, reason)
    if not drafts:
        return [], []
    what = {"deed": "adopt", "ids": [one.id for one in verdicts], "reason": reason}
    title = (
        f"Adopt {short(verdicts[0].id)}" if len(drafts) == 1 else f"Adopt {len(drafts):,} entries"
    )
    with _gate(journal, "adopt", verdicts, what, title):
        return drafts, journal.notebook.record(drafts)


def adopt_again(journal: Journal, what: Mapping[str, Any]) -> Accepted:
    """Pin what was asked for, and approved."""
    every = journal.notebook.verify()
    return adopt(journal, [acceptance.named(every, one) for one in what["ids"]], what["reason"])


@contextmanager
def _gate(
    journal: Journal, verb: str, verdicts: Sequence[Verdict], what: Mapping[str, Any], title: str
) -> Iterator[None]:
    notebook = journal.notebook
    if not notebook.place.policy:
        yield
        return
    spaces = tuple(sorted({one.file.split("/")[1] for one in verdicts}))
    ids = [one.id for one in verdicts]
    marked = verb
    if not is_marked(journal, verb, *spaces) and _is_decision(journal, verdicts):
        marked = _DECIDING
    request = Request(marked, spaces[0], what, standing(journal, ids), title, others=spaces[1:])
    with gate(journal, request):
        # Where only decisions are marked, and this is none, it is held back by its kind alone.
        free = notebook.approval or Approval("", (verb,))
        with notebook.under(free):
            yield


def _is_decision(journal: Journal, verdicts: Sequence[Verdict]) -> bool:
    for one in verdicts:
        rows = journal.catalog.with_ids([one.id])
        if not rows or any(row.kind == _DECISION for row in rows):
            return True
        if one.old and _header(journal, one.id) != one.old:
            return True
    return False


def _header(journal: Journal, entry_id: str) -> str:
    """The digest of an entry's header as it stands; empty if it can't be read."""
    try:
        return journal.look(entry_id)[1].header
    except JournalError:
        return ""
