"""`journal run`: a command in a terminal of its own, and what is said there as entries.

Four processes. The *copier* (the one that was called) passes bytes between the person's terminal
and the command's, and does nothing that could take long. The *keeper* leads the command's session,
so that job control works there, and says how it ended. The *scribe* is told by the copier what was
typed and printed, and appends; it outlives a copier that is killed, so nothing told is lost. The
*guardian* restores the person's terminal should the copier not live to do so.
"""
