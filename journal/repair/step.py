"""What a repair would do, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from journal.doctor.visit import Visit
from journal.mend import Change


@dataclass(frozen=True, slots=True)
class Step:
    """What one fix does about one finding: a change of a file, permissions, or entries put back.

    `hindrance` says why it can't be done; then nothing else is set.
    """

    fix: str
    file: str
    line: int
    action: str
    changes: tuple[Change, ...] = ()
    mode: int = 0
    derived: bool = False  # the file is only removed: it is made again
    entry: str = ""  # the id of an entry to be put back by the append protocol
    hindrance: str = ""


Plan = Callable[[Visit], list[Step]]
