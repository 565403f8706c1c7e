"""Tasks: what is open, what it waits for, what is done, and how far goals and milestones are.

Pure. A task is an entry of the kind `task`; its field `status` says how it is, "open" where it says
nothing. A later entry of that kind whose field `task` names it changes what it says in fields, such
as the status. `type` makes it a goal or a milestone; `part-of`, `milestone` or `goal` names what it
is a part of, or else its parent does. `blocked-by` and `depends-on` name the tasks that it waits
for, `unblocked-from` those that it waits for no longer; `claimed-by` who has it, "" nobody.
Nothing else is stored: `fold` makes the rest from entries in any order, and each verb gives the
draft of the entry that says so.

>>> view = fold(journal.catalog.stated("task"))                      # doctest: +SKIP
>>> [(one.title, one.blockers) for one in view.blocked]              # doctest: +SKIP
>>> journal.append(done(view.tasks[id], "All tests pass."))          # doctest: +SKIP
"""

from journal.tasks.folding import fold
from journal.tasks.task import (
    BLOCKED,
    DONE,
    DROPPED,
    GOAL,
    KIND,
    MILESTONE,
    OPEN,
    PRIORITIES,
    STARTED,
    STATUSES,
    TASK,
    TYPES,
    USUAL,
    Claim,
    Task,
    View,
)
from journal.tasks.verbs import add, block, claim, done, drop, release, start, unblock

__all__ = [
    "BLOCKED",
    "DONE",
    "DROPPED",
    "GOAL",
    "KIND",
    "MILESTONE",
    "OPEN",
    "PRIORITIES",
    "STARTED",
    "STATUSES",
    "TASK",
    "TYPES",
    "USUAL",
    "Claim",
    "Task",
    "View",
    "add",
    "block",
    "claim",
    "done",
    "drop",
    "fold",
    "release",
    "start",
    "unblock",
]
