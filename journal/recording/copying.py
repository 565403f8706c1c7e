"""The copier: bytes between the person's terminal and the command's, as fast as they come.

Whatever could take long is somebody else's: it tells the scribe, and never waits for it.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import Self

from journal.recording import frames
from journal.recording.command import Command
from journal.recording.frames import Teller
from journal.recording.piped import Piped
from journal.recording.terminal import Terminal

_CHUNK = 1 << 16
_MOST_TYPED = 1 << 16  # bytes that wait for the command to read them
_DRAINED = 0.03  # seconds of silence after its end, and all is read
_LONGEST_DRAIN = 2.0  # where something in the background goes on printing
_PATIENCE = 5.0  # for a command that was hung up on
_ENDS = b"\r\n\x03\x04"  # keys that end a line
_PASSED_ON = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP)
_CAUGHT = (*_PASSED_ON, signal.SIGHUP, signal.SIGWINCH, signal.SIGCHLD, signal.SIGCONT)


class Signals:
    """Signals as numbers that come over a pipe, between `with` and its end."""

    def __init__(self) -> None:
        self.fd, self._write = os.pipe()
        for fd in (self.fd, self._write):
            os.set_blocking(fd, False)
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in _CAUGHT:
            before = signal.getsignal(number)
            if number in (signal.SIGHUP, signal.SIGINT) and before == signal.SIG_IGN:
                continue  # nohup, or a shell's background
            self._before[number] = signal.signal(number, _noted)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._wakeup)

    def came(self) -> bytes:
        """The numbers of those that came."""
        try:
            return os.read(self.fd, 4096)
        except BlockingIOError:
            return b""


def _noted(_number: int, _frame: object) -> None:
    """Nothing: the number is in the pipe."""


class Copier:
    """One conversation. `ways`: where input comes from, and where output goes."""

    def __init__(
        self, terminal: Terminal, command: Command, teller: Teller, ways: tuple[int, int]
    ) -> None:
        self._terminal = terminal
        self._command = command
        self._teller = teller
        self._in, self._out = ways
        self._typed = b""  # waits for the command to take it
        self._piped = Piped(command) if terminal.fd < 0 else None
        self._hung_up = False

    @property
    def bulk(self) -> int:
        """Bytes of input that were passed on and not told."""
        return self._piped.bulk if self._piped else 0

    def run(self) -> int | None:
        """Copy until the command ends; its wait status, None if nobody could say."""
        with Signals() as signals:
            while True:
                reading = [self._command.master, self._command.status, signals.fd]
                if self._in >= 0 and len(self._typed) < _MOST_TYPED and self._listens():
                    reading.append(self._in)
                ready = self._ready(reading)
                self._signalled(signals.came())  # whether in `ready` or come while it was made
                if self._command.master in ready:
                    self._printed()
                if self._in in ready:
                    self._read()
                self._send()
                if self._hung_up:
                    return self._hang_up()
                if self._command.status in ready:
                    status = self._command.ended()
                    self._drain()
                    return status

    def _listens(self) -> bool:
        return self._piped is None or self._piped.wants

    def _ready(self, reading: list[int]) -> list[int]:
        writing = [self._teller.fd] if self._teller.wants else []
        if self._typed:
            writing.append(self._command.master)
        wait = self._piped.wait() if self._piped and not self._typed else None
        ready, writable, _ = select.select(reading, writing, [], wait)
        if self._teller.fd in writable:
            self._teller.flush()
        return ready

    def _read(self) -> None:
        """What the person typed, or a pipe brought."""
        try:
            data = os.read(self._in, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data and self._piped is None:
            self._hung_up = True  # the terminal is gone
        elif self._piped is None:
            self._type(data)
        elif data:
            self._piped.add(data)
        else:
            self._piped.ended = True
            self._in = -1

    def _type(self, data: bytes) -> None:
        """Pass it on, and tell it, but not what isn't shown: passwords."""
        cooked, echo = self._command.mode()
        if cooked and not echo:
            ends = bytes(byte for byte in data if byte in _ENDS)
            self._teller.tell(frames.HIDDEN, ends)
        else:
            self._teller.tell(frames.COOKED if cooked else frames.RAW, data)
        self._typed += data

    def _send(self) -> None:
        if self._piped and not self._typed and (data := self._piped.take()):
            if self._piped.told_apart:
                self._typed += data
            else:
                self._type(data)
        if self._typed:
            try:
                done = os.write(self._command.master, self._typed)
            except BlockingIOError:
                return
            except OSError:
                done = len(self._typed)
            self._typed = self._typed[done:]

    def _printed(self) -> bool:
        """Show what the command printed, and tell it; whether there was anything."""
        try:
            data = os.read(self._command.master, _CHUNK)
        except OSError:  # nothing there, or nobody has its terminal open
            return False
        self._teller.tell(frames.OUT, data)  # before it is shown: what was seen is told
        shown = self._piped.without_echo(data) if self._piped else data
        self._show(shown)
        self._terminal.seen(shown)
        return bool(data)

    def _show(self, data: bytes) -> None:
        while data and self._out >= 0:
            try:
                data = data[os.write(self._out, data) :]
            except BlockingIOError:
                select.select([], [self._out], [])
            except BrokenPipeError:
                self._out = -1
                self._command.signal(signal.SIGPIPE)
            except OSError:
                self._out = -1

    def _signalled(self, numbers: bytes) -> None:
        for number in numbers:
            if number in _PASSED_ON:
                self._command.signal(number)
            elif number == signal.SIGHUP:
                self._hung_up = True
            elif number == signal.SIGCHLD and self._command.stopped():
                self._stop()
            elif number == signal.SIGCONT:
                self._terminal.raw()
                self._resize()
            elif number == signal.SIGWINCH:
                self._resize()

    def _resize(self) -> None:
        size = self._terminal.size()
        if all(size):
            self._command.resize(size)
            self._teller.tell(frames.SIZE, f"{size[0]} {size[1]}".encode())

    def _stop(self) -> None:
        """The command was stopped (Ctrl-Z): stop as well, until the shell says `fg`."""
        self._terminal.restore()
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, before)
        self._terminal.raw()
        self._resize()
        self._command.resume()

    def _drain(self) -> None:
        """What it printed last."""
        until = time.monotonic() + _LONGEST_DRAIN
        while time.monotonic() < until:
            if not select.select([self._command.master], [], [], _DRAINED)[0]:
                return
            if not self._printed():
                return

    def _hang_up(self) -> int | None:
        """The terminal is gone: so is the command's, which hears of it; how it ended, if it did."""
        self._out = -1
        self._command.signal(signal.SIGHUP)
        self._command.signal(signal.SIGCONT)
        until = time.monotonic() + _PATIENCE
        while (left := until - time.monotonic()) > 0:
            fds = [self._command.master, self._command.status]
            ready = select.select(fds, [], [], left)[0]
            if self._command.master in ready and not self._printed():
                time.sleep(_DRAINED)
            if self._command.status in ready:
                return self._command.ended()
        return None
