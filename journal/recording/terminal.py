"""The person's terminal: raw while a command runs, and as it was before, whatever happens."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import termios
import tty
from typing import Any

from journal.files import close, write_all

_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])|\x1b([=>])|\x1b\[([<>])(\d*)u|\x1b\[>4(?:;(\d))?m")
_PARTIAL = 16  # bytes of a sequence that may be split over two reads
# What programs turn on and should turn off again: the other screen, the mouse, pasting in
# brackets, cursor keys of their own, focus events, updates in one go. `l` turns each off.
_TURNED_ON = frozenset(
    b"1 9 47 1000 1001 1002 1003 1004 1005 1006 1015 1047 1049 2004 2026".split()
)
_TURNED_OFF = frozenset(b"7 25".split())  # wrapping, and the cursor
_FULL_SCREENS = (b"1049", b"1047", b"47")

_GONE = b"\0"  # ends each of the guardian's messages
_WELL = b"well"
_CATCHABLE = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTTOU)


class Modes:
    """What the command's output has changed in the terminal, and how to change it back."""

    def __init__(self) -> None:
        self._on: dict[bytes, bytes] = {}
        self._rest = b""

    def see(self, data: bytes) -> bool:
        """Look at what was printed; whether `undo` is another one now."""
        data = self._rest + data
        at = data.rfind(b"\x1b", -_PARTIAL)
        self._rest = data[at:] if at >= 0 else b""
        if b"\x1b" not in data:
            return False
        before = self.undo()
        for found in _MODES.finditer(data):
            self._one(found)
        return self.undo() != before

    def _one(self, found: re.Match[bytes]) -> None:
        if found[1]:
            for mode in found[1].split(b";"):
                usual = b"l" if mode in _TURNED_ON else b"h" if mode in _TURNED_OFF else found[2]
                self._set(mode, b"\x1b[?" + mode + usual, on=found[2] != usual)
        elif found[3]:
            self._set(b"keypad", b"\x1b>", on=found[3] == b"=")
        elif found[4]:
            self._set(b"kitty", b"\x1b[<u", on=found[4] == b">")
        else:
            self._set(b"other keys", b"\x1b[>4m", on=found[6] not in (None, b"0"))

    def _set(self, mode: bytes, undo: bytes, *, on: bool) -> None:
        if on:
            self._on[mode] = undo
        else:
            self._on.pop(mode, None)

    def undo(self) -> bytes:
        """What to print so that the terminal is usable again; empty if it is."""
        first = [self._on[mode] for mode in _FULL_SCREENS if mode in self._on]
        rest = [undo for mode, undo in self._on.items() if mode not in _FULL_SCREENS]
        return b"".join([*first, *rest])


class Terminal:
    """A terminal that is made raw, and its guardian. Without one (`fd` -1) nothing is done."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.modes = Modes()
        self._saved: list[Any] = termios.tcgetattr(fd) if fd >= 0 else []
        self._raw: list[Any] = []
        self._guard = -1

    @property
    def attributes(self) -> list[Any]:
        """How it was set before; empty if there is none."""
        return self._saved

    def size(self) -> tuple[int, int]:
        """Its lines and columns; zeros if they aren't known."""
        for fd in (self.fd, 1, 2) if self.fd >= 0 else (1, 2):
            try:
                lines, columns = termios.tcgetwinsize(fd)
            except (termios.error, OSError):
                continue
            if lines and columns:
                return lines, columns
        return 0, 0

    def guard(self) -> None:
        """Start the process that restores it should this one be killed."""
        if self.fd < 0:
            return
        self._raw = _raw(self._saved)
        ours, self._guard = os.pipe()
        if os.fork():
            os.close(ours)
            return
        try:
            os.close(self._guard)
            self._wait(ours)
        finally:
            os._exit(0)

    @property
    def guard_fd(self) -> int:
        """What other processes that are started must close; -1 if there is none."""
        return self._guard

    def raw(self) -> None:
        """Pass every key on as it is."""
        self._set(self._raw)

    def restore(self) -> None:
        """As it was before."""
        self._set(self._saved)

    def _set(self, attributes: list[Any]) -> None:
        if self.fd >= 0:
            with contextlib.suppress(termios.error, OSError):  # it is gone
                termios.tcsetattr(self.fd, termios.TCSADRAIN, attributes)

    def seen(self, data: bytes) -> None:
        """Look at what is printed on it, so that it can be undone."""
        if self.fd >= 0 and self.modes.see(data):
            self._tell(self.modes.undo())

    def done(self) -> None:
        """Restore it for good, and let the guardian go."""
        if self.fd < 0:
            return
        self.restore()
        if undo := self.modes.undo():
            _print(self.fd, undo)
        if self._guard >= 0:
            self._tell(_WELL)
            close(self._guard)
            self._guard = -1

    def _tell(self, message: bytes) -> None:
        try:
            write_all(self._guard, message + _GONE)
        except OSError:
            return  # the guardian was killed: there is only this process then

    def _wait(self, pipe: int) -> None:
        """The guardian's life: hear what there is to undo, and do it if the other one dies."""
        os.setsid()  # out of reach of the terminal's signals, and of its rules for the background
        for number in _CATCHABLE:
            signal.signal(number, signal.SIG_IGN)
        heard = b""
        while data := os.read(pipe, 4096):
            messages = (heard + data).split(_GONE)
            heard = _GONE.join(messages[-2:])
        undo = heard.split(_GONE)[0]
        if undo == _WELL:
            return
        if undo:
            _print(self.fd, undo)
        if termios.tcgetattr(self.fd) == self._raw:  # else somebody has mended it already
            termios.tcsetattr(self.fd, termios.TCSANOW, self._saved)


def _raw(attributes: list[Any]) -> list[Any]:
    raw = [*attributes[:6], list(attributes[6])]
    raw[tty.IFLAG] &= ~(
        termios.BRKINT | termios.ICRNL | termios.INLCR | termios.IGNCR | termios.INPCK
        | termios.ISTRIP | termios.IXON
    )  # fmt: skip
    raw[tty.OFLAG] &= ~termios.OPOST
    raw[tty.CFLAG] = raw[tty.CFLAG] & ~(termios.CSIZE | termios.PARENB) | termios.CS8
    raw[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    raw[tty.CC][termios.VMIN], raw[tty.CC][termios.VTIME] = 1, 0
    return raw


def _print(fd: int, data: bytes) -> None:
    try:
        write_all(fd, data)
    except OSError:
        return  # the terminal is gone
