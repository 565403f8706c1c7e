"""The scribe: the process that hears what was typed and printed, and appends it.

It is in no session of the person's, so that no key or closed window ends it. When the copier is
killed, it appends what it was told till then, and says so.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from typing import Any

from journal.cjson import dumps
from journal.conversation import said, tools
from journal.files import write_all
from journal.recording import frames
from journal.recording.frames import Listener
from journal.recording.pen import Pen, Recording
from journal.recording.turns import Turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_IGNORED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
KILLED = "the recorder was killed"


def start(
    recording: Recording, size: tuple[int, int], others: Sequence[int]
) -> tuple[int, int, int]:
    """A scribe: where it is told, where it answers at the end, and its process id.

    `others` are descriptors that it must not hold.
    """
    told, tells = os.pipe()
    answer, answers = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        os.close(answers)
        return tells, answer, pid
    try:
        for fd in (*others, tells, answer):
            if fd >= 0:
                os.close(fd)
        _alone()
        said = _listen(recording, size, Listener(told))
        write_all(answers, dumps(said).encode())
    finally:
        try:
            if error := sys.exc_info()[1]:  # a defect: told at the end, nobody would see it now
                write_all(answers, f"{type(error).__name__}: {error}".encode(errors="replace"))
        finally:
            os._exit(0)


def _alone() -> None:
    os.setsid()
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(nothing, fd)


def _listen(recording: Recording, size: tuple[int, int], listener: Listener) -> dict[str, object]:
    pen = Pen(recording)
    began = time.monotonic()
    _started(pen, recording, size)
    turns = Turns(pen, size, keys=recording.keys, full=recording.full)
    end: dict[str, Any] = {}
    while True:
        due = turns.due()
        heard = listener.frames(max(0.0, due - time.time()) if due is not None else None)
        if heard is None:
            break
        for frame in heard:
            if frame.kind == frames.END:
                end = frames.facts(frame.data)
            else:
                turns.look(frame.at)
                turns.hear(frame)
        turns.look(time.time())
    turns.close(time.time())
    _ended(pen, recording, end, time.monotonic() - began)
    return pen.done.record()


def _started(pen: Pen, recording: Recording, size: tuple[int, int]) -> None:
    command = shlex.join(recording.words)
    pen.event(
        recording.title or f"Started {said.title(command) or recording.name}",
        f"{tools.fence(command, 'sh')}\n\nin `{os.getcwd()}`, terminal {size[1]} × {size[0]}",
        event="started",
    )


def _ended(pen: Pen, recording: Recording, end: dict[str, Any], seconds: float) -> None:
    if not end:
        pen.event(
            f"{recording.name}: {KILLED}",
            f"After {seconds:,.1f} s {KILLED}; how the command ended isn't known.",
            event="lost", seconds=round(seconds, 1),
        )  # fmt: skip
        return
    told = str(end["told"])
    fields = {"exit": end["exit"]} | ({"signal": end["signal"]} if end["signal"] else {})
    pen.event(
        f"{recording.name} {told}", f"{recording.name} {told} after {seconds:,.1f} s.",
        event="ended", seconds=round(seconds, 1), **fields,
    )  # fmt: skip
