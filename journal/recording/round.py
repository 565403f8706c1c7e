"""A recording from its beginning to its end: all four processes started, and what came of it."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass, field
from typing import Any

from journal.cjson import dumps
from journal.files import read_all
from journal.recording import command, frames, scribe
from journal.recording.copying import Copier
from journal.recording.frames import Teller
from journal.recording.pen import Recording
from journal.recording.terminal import Terminal

_NOTHING: dict[str, Any] = {
    "entries": 0, "first": "", "last": "", "inputs": 0, "outputs": 0, "failed": 0, "waiting": 0,
    "disabled": False, "trouble": [], "notices": [],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the command ended, and what was recorded."""

    exit: int
    signal: str = ""
    recorded: dict[str, Any] = field(default_factory=dict)


def record(recording: Recording, out: int) -> Outcome:
    """Run the command, its output shown on the descriptor `out`; UsageError if it can't start."""
    terminal = Terminal(0 if os.isatty(0) else -1)
    terminal.guard()
    environment = {
        **os.environ,
        "JOURNAL_SESSION": recording.session,
        "JOURNAL_WORKSPACE": recording.root,
    }
    try:
        terminal.raw()
        plain = terminal.fd < 0 and not os.isatty(out)
        running = command.start(recording.words, environment, terminal, plain=plain)
        size = terminal.size()
        others = (*running.fds, terminal.guard_fd)
        tells, answer, _ = scribe.start(recording, (size[0] or 24, size[1] or 80), others)
        teller = Teller(tells)
        copier = Copier(terminal, running, teller, (0, out))
        status = copier.run()
    finally:
        terminal.done()
    running.release()
    ended = _ended(status)
    if copier.bulk:
        teller.tell(frames.BULK, str(copier.bulk).encode())
    teller.tell(frames.END, dumps(ended).encode())
    return Outcome(ended["exit"], ended["signal"], _answer(teller, answer))


def _ended(status: int | None) -> dict[str, Any]:
    """The exit code as a shell has it, and how to say it."""
    if status is None:
        told = "was left behind: its terminal is gone"
        return {"exit": 128 + signal.SIGHUP, "signal": "SIGHUP", "told": told}
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = str(number)
        with contextlib.suppress(ValueError):
            name = signal.Signals(number).name
        return {"exit": 128 + number, "signal": name, "told": f"was killed by {name}"}
    code = os.WEXITSTATUS(status)
    return {"exit": code, "signal": "", "told": f"ended with exit status {code}"}


def _answer(teller: Teller, answer: int) -> dict[str, Any]:
    """What the scribe has to say, once it has appended all."""
    try:
        teller.finish()
        data = read_all(answer)
        said = frames.facts(data)
    except ValueError:
        defect = data.decode(errors="replace") or "its process was killed"
        why = f"the recording broke off: {defect}"
        return {**_NOTHING, "trouble": [why]}
    except KeyboardInterrupt:
        return {**_NOTHING, "trouble": ["interrupted; the last entries are being appended still"]}
    else:
        return {**_NOTHING, **said}
    finally:
        os.close(answer)
