"""Review gates: what the policy marks is asked for, allowed by somebody, and only then done.

>>> with gate(journal, Request("export", "main", {"deed": "export"}, {}, "Export a pack")):
...     ...                                                            # doctest: +SKIP
>>> approve(journal, "8C80T317", "anna", reason="As agreed.")          # doctest: +SKIP
"""

from journal.reviewing.answering import Answered, approve, refuse
from journal.reviewing.entries import about, gate_entries
from journal.reviewing.gating import Approving, gate, is_marked
from journal.reviewing.reading import asked, find, pending, standing, telling, view
from journal.reviews import Request, Review, View

__all__ = [
    "Answered",
    "Approving",
    "Request",
    "Review",
    "View",
    "about",
    "approve",
    "asked",
    "find",
    "gate",
    "gate_entries",
    "is_marked",
    "pending",
    "refuse",
    "standing",
    "telling",
    "view",
]
