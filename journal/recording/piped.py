"""Input that a pipe brings, given to the command as a person would: a line, then its answer.

The terminal echoes, or nobody could tell when it is told not to, as for a password; but the echo
is taken out of what is shown. After some lines it is no conversation any more: the rest goes
through at once, unechoed, and is counted only.
"""

from __future__ import annotations

import array
import fcntl
import termios
import time
import tty
from typing import Any

from journal.recording.command import Command

_LINES = 64  # that are taken for a conversation
_QUIET = 0.015  # seconds without output after which an answer is taken for whole
_FIRST = 0.15  # for its first word
_LONGEST = 1.0  # for a command that doesn't read
_LONGEST_LINE = 4000  # bytes: a terminal that edits lines cuts those of 4,095
_CHUNK = 1 << 16
_EDITING = termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN
_END = b"\x04"
_AGAIN = 0.25  # seconds until another Ctrl-D: each ends but one read
_SELDOM = 4.0


class Piped:
    """The input of a command whose standard input is no terminal."""

    def __init__(self, command: Command) -> None:
        self.ended = False
        self.bulk = 0  # bytes that went through without being told
        self._command = command
        self._waiting = b""
        self._lines = 0
        self._sent = time.monotonic()
        self._heard = self._sent + _FIRST
        self._echo = b""
        self._again = _AGAIN
        self._ends = 0
        self._before: list[Any] = []

    @property
    def wants(self) -> bool:
        """Whether it takes more."""
        return len(self._waiting) < _CHUNK

    @property
    def told_apart(self) -> bool:
        """Whether what was taken last is not to be told: the end, or too much."""
        return self._ends > 0 or self._is_bulk

    @property
    def _is_bulk(self) -> bool:
        return self._lines >= _LINES

    def add(self, data: bytes) -> None:
        """What the pipe brought."""
        self._waiting += data

    def wait(self) -> float | None:
        """Seconds after which to ask again; None if only the pipe can say more."""
        if not self.ended and len(self._waiting) <= self._is_bulk:
            return None
        return max(0.002, self._due() - time.monotonic())

    def _due(self) -> float:
        if self.ended and not self._waiting and self._ends:
            return self._sent + self._again
        return self._heard + _QUIET

    def take(self) -> bytes:
        """What to give to the command now."""
        now = time.monotonic()
        if self._is_bulk and len(self._waiting) > 1:
            return self._rest()
        if now < self._due() or (self._unread() and now < self._sent + _LONGEST):
            return b""
        if self._waiting:
            return self._line(now) if not self._is_bulk else self._last() if self.ended else b""
        return self._end(now) if self.ended else b""

    def _line(self, now: float) -> bytes:
        end = self._waiting.find(b"\n") + 1
        if not end and not self.ended and self.wants:
            return b""
        line, self._waiting = self._waiting[: end or _CHUNK], self._waiting[end or _CHUNK :]
        self._lines += 1
        self._sent = self._heard = now
        if self._lines == _LINES or len(line) > _LONGEST_LINE:
            self._lines = _LINES
            self._edit_lines(on=False)
            self._waiting = line + self._waiting
            return self._rest()
        if all(self._command.mode()):
            plain = not termios.tcgetattr(self._command.slave)[tty.OFLAG] & termios.OPOST
            self._echo = line if plain else line.replace(b"\n", b"\r\n")
        return line

    def _edit_lines(self, *, on: bool) -> None:
        """Switch off what cuts long lines and takes bytes for keys; on again for the end."""
        now = termios.tcgetattr(self._command.slave)
        if on:
            now = self._before
            now[tty.LFLAG] &= ~termios.ECHO
        else:
            self._before = termios.tcgetattr(self._command.slave)
            now[tty.LFLAG] &= ~_EDITING
            now[tty.IFLAG] &= ~(termios.ICRNL | termios.IXON)
        termios.tcsetattr(self._command.slave, termios.TCSANOW, now)

    def _rest(self) -> bytes:
        """All but the last byte: a read that began unedited takes no end, so one more has to."""
        data, self._waiting = self._waiting[:-1], self._waiting[-1:]
        self.bulk += len(data)
        self._sent = time.monotonic()
        return data

    def _last(self) -> bytes:
        data, self._waiting = self._waiting, b""
        self.bulk += len(data)
        self._edit_lines(on=True)
        return data if data == b"\n" else data + _END

    def _end(self, now: float) -> bytes:
        if self._ends:
            self._again = min(self._again * 2, _SELDOM)
        self._ends += 1
        self._sent = now
        return _END

    def _unread(self) -> bool:
        """Whether the command has yet to read what it was given."""
        count = array.array("i", [0])
        try:
            fcntl.ioctl(self._command.slave, termios.FIONREAD, count)
        except OSError:
            return False
        return bool(count[0])

    def without_echo(self, data: bytes) -> bytes:
        """Output without what the terminal echoed of the last line."""
        self._heard = time.monotonic()
        echo = self._echo
        if not echo:
            return data
        if data.startswith(echo):
            self._echo = b""
            return data[len(echo) :]
        self._echo = echo[len(data) :] if echo.startswith(data) else b""
        return b"" if self._echo else data
