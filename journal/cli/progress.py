"""A bar on stderr for what takes longer than a second, if a person looks at it."""

import os
import sys
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE = 1.0  # seconds before anything is shown


class Bar:
    """One bar: called with how much is done, of how much."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._start = 0.0
        self._shown: tuple[Progress, TaskID] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Draw it, if it is time to; take it away when all is done."""
        self._start = self._start or monotonic()
        if done >= total:
            self.clear()
        elif self._shown:
            self._shown[0].update(self._shown[1], completed=done, total=total)
        elif monotonic() - self._start > _PATIENCE and _is_watched():
            self._begin(done, total)

    def _begin(self, done: int, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        bar = Progress(console=Console(stderr=True), transient=True)
        self._shown = (bar, bar.add_task(self.what, completed=done, total=total))
        bar.start()

    def clear(self) -> None:
        """Leave the terminal as it was."""
        if self._shown:
            self._shown[0].stop()
        self._shown = None
        self._start = 0.0


def _is_watched() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


reading = Bar("Reading the journal")
