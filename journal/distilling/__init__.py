"""Distilling: the prompt for summing a range of entries up, the summary kept, and when it is due.

No model is called: `journal.distilling.prompt` makes the text that one is given, by whoever asks,
and `journal.distilling.keeping` makes an entry of what came of it. Both go by the same range
(`journal.distilling.ranges`): a session, the entries from one to another, or those of some time.

>>> if found := due(journal): print(found.entries, "entries since", found.since)  # doctest: +SKIP
"""

from journal.distilling.interval import Due, Told, due, told

__all__ = ["Due", "Told", "due", "told"]
