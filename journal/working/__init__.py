"""Working memory: the messages an agent has in its head now, bounded, and restored after a crash.

`WorkingMemory` is the memory; `holding` what is in it at one moment, as a value; `state` and
`statefile` its structure as JSON and on disk; `restoring`, `rebuilding` and `walk` how it comes
back.
"""

from journal.working.holding import Bounds, Message, Tombstone
from journal.working.memory import MAX_BYTES, MAX_MESSAGES, WorkingMemory
from journal.working.restoring import Restored

__all__ = [
    "MAX_BYTES", "MAX_MESSAGES", "Bounds", "Message", "Restored", "Tombstone", "WorkingMemory",
]  # fmt: skip
