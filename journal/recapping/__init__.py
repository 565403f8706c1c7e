"""Who did what: an account of some time, from the entries alone, each line citing its entry.

>>> print(recap(journal, Selection(actor="planner")).text())         # doctest: +SKIP

Decisions, tasks, facts, paths, sessions and summaries are told one by one; messages, notes and
events are counted. No text of an entry is read, only what the catalog has of it.
"""

from journal.recapping.doing import CONFLICT, DISAGREES, HANDED, Doing
from journal.recapping.gathering import recap
from journal.recapping.told import Day, Part, Recap

__all__ = ["CONFLICT", "DISAGREES", "HANDED", "Day", "Doing", "Part", "Recap", "recap"]
