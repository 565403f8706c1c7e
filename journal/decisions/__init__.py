"""Decisions: which are in force, which are only proposed, what became of the others.

Pure. A decision is an entry of the kind `decision`; its field `status` says what it is, "accepted"
where it says nothing. A later entry of that kind whose field `decision` names it changes its
status. `supersedes` in either names the decisions that it takes the place of; that counts once it
was accepted, and with `part` only for that part of them. `disputes` names an entry that it
disagrees with, `subject` what it is about. Nothing else is stored: `fold` makes the rest from
entries in any order.

>>> view = fold(journal.rows(Selection(kind="decision")))            # doctest: +SKIP
>>> [one.title for one in view.in_force]                             # doctest: +SKIP
>>> journal.append(accept(view, "8C80T317", "It is fast enough."))   # doctest: +SKIP
"""

from journal.decisions.folding import Change, fold, history, subject_of
from journal.decisions.verbs import Case, accept, decide, deprecate, reject, supersede
from journal.decisions.view import (
    ACCEPTED,
    DEPRECATED,
    KIND,
    PROPOSED,
    REJECTED,
    STATUSES,
    SUPERSEDED,
    Decision,
    View,
)

__all__ = [
    "ACCEPTED", "DEPRECATED", "KIND", "PROPOSED", "REJECTED", "STATUSES", "SUPERSEDED", "Case",
    "Change", "Decision", "View", "accept", "decide", "deprecate", "fold", "history", "reject",
    "subject_of", "supersede",
]  # fmt: skip
