"""Rare garbage collections while much is read: they would cost a fifth of an import.

What one file leaves in circles is little, so it is enough to look for it between files.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_BYTES = 32 << 20  # of source, from one collection to the next


@contextmanager
def collections() -> Iterator[Callable[[int], None]]:
    """While no collection runs by itself; to be told between files how many bytes one had."""
    was_enabled, read = gc.isenabled(), 0

    def between(size: int) -> None:
        nonlocal read
        read += size
        if read >= _BYTES:
            read = 0
            gc.collect()

    gc.disable()
    try:
        yield between
    finally:
        if was_enabled:
            gc.enable()
