"""What the copier tells the scribe: frames over a pipe, never waited for.

Should the scribe fall behind, output is left out and counted, so that no conversation waits for
its recording.
"""

from __future__ import annotations

import os
import select
import struct
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from journal.cjson import loads

_HEAD = struct.Struct("!cdI")
_MOST_WAITING = 4 << 20  # bytes that the scribe may be behind
_CHUNK = 1 << 16

OUT = b"o"  # printed: the bytes
LOST = b"l"  # printed, but left out: how many bytes
COOKED = b"c"  # typed, while the terminal edited and echoed: the bytes
RAW = b"r"  # typed, while the program edited: the bytes
HIDDEN = b"h"  # typed, while nothing was echoed: only the keys that end a line
BULK = b"b"  # from a pipe, and more than a conversation: how many bytes
SIZE = b"s"  # the terminal's lines and columns
END = b"e"  # how the command ended, as JSON


@dataclass(frozen=True, slots=True)
class Frame:
    """Something that happened, when (Unix time)."""

    kind: bytes
    at: float
    data: bytes


def facts(data: bytes) -> dict[str, Any]:
    """What one process tells another in JSON; ValueError if it is no object."""
    found = loads(data.decode())
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


class Teller:
    """The copier's end."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.broken = False  # the scribe is gone
        self._queue: deque[tuple[bytes, bytes]] = deque()
        self._waiting = 0
        os.set_blocking(fd, False)

    @property
    def wants(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._queue) and not self.broken

    def tell(self, kind: bytes, data: bytes = b"") -> None:
        """Tell it as soon as the scribe listens; it returns at once."""
        if self.broken:
            return
        frame = _HEAD.pack(kind, time.time(), len(data)) + data
        self._queue.append((kind, frame))
        self._waiting += len(frame)
        if self._waiting > _MOST_WAITING:
            self._lose()
        if len(self._queue) <= 2:
            self.flush()

    def _lose(self) -> None:
        """Leave out the older half of the output that waits: its end says most."""
        first, *rest = self._queue  # the first may be told in part
        kept, lost, place = [first], 0, 1
        for kind, frame in rest:
            if kind in (OUT, LOST) and self._waiting > _MOST_WAITING // 2:
                size = len(frame) - _HEAD.size
                lost += size if kind == OUT else int(frame[_HEAD.size :])
                place = place if lost > size else len(kept)
                self._waiting -= len(frame)
            else:
                kept.append((kind, frame))
        told = str(lost).encode()
        frame = _HEAD.pack(LOST, time.time(), len(told)) + told
        kept.insert(place, (LOST, frame))
        self._queue = deque(kept)
        self._waiting += len(frame)

    def flush(self) -> None:
        """Write what the pipe takes."""
        while self._queue:
            kind, frame = self._queue[0]
            try:
                done = os.write(self.fd, frame)
            except BlockingIOError:
                return
            except OSError:
                self.broken = True
                return
            self._waiting -= done
            if done == len(frame):
                self._queue.popleft()
            else:
                self._queue[0] = (kind, frame[done:])

    def finish(self) -> None:
        """Wait until all is told."""
        while self.wants:
            select.select([], [self.fd], [])
            self.flush()
        os.close(self.fd)


class Listener:
    """The scribe's end."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = bytearray()

    def frames(self, seconds: float | None) -> list[Frame] | None:
        """What was told; none after so many seconds of silence; None if nobody tells any more."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return []
        data = os.read(self._fd, _CHUNK)
        self._rest += data
        return list(self._cut()) if data else None

    def _cut(self) -> Iterator[Frame]:
        at = 0
        while len(self._rest) - at >= _HEAD.size:
            kind, moment, size = _HEAD.unpack_from(self._rest, at)
            end = at + _HEAD.size + size
            if end > len(self._rest):
                break
            yield Frame(kind, moment, bytes(self._rest[at + _HEAD.size : end]))
            at = end
        del self._rest[:at]
