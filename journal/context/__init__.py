"""What an agent should be told now, from the journal alone: composed, within bounds, recorded.

>>> context = compose(journal, query="why no index", max_bytes=4096)     # doctest: +SKIP
>>> print(context.text())                                                # doctest: +SKIP
>>> record(journal, context)                                             # doctest: +SKIP

The same journal, git state and arguments give the same bytes: no clock is asked.
"""

from journal.context.composing import MAX_BYTES, compose
from journal.context.recording import record
from journal.context.told import Context

__all__ = ["MAX_BYTES", "Context", "compose", "record"]
