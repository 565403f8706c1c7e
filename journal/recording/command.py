"""The command in a pseudoterminal, and its keeper: the process that leads the session it is in.

A command that led its session itself could not be stopped by Ctrl-Z, and what it printed last
could be lost with its end. So the keeper leads, starts the command in a group of its own, stops
when that stops, says how it ended, and stays until all output was read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import struct
import termios
import tty
from collections.abc import Mapping, Sequence
from typing import Any

from journal.errors import UsageError
from journal.files import close, read_all, write_all
from journal.recording.terminal import Terminal
from journal.safe import one_line

_STATUS = struct.Struct("!i")
# Not SIGHUP: should the copier be killed, the kernel tells the keeper alone that the terminal is
# gone, and the command hears of it by the keeper's death.
_KEPT_OFF = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_OURS = (signal.SIGPIPE, signal.SIGXFSZ)  # which Python ignores


class Command:
    """A running command: `master` is the far end of its terminal, `status` tells how it ended."""

    def __init__(self, master: int, slave: int, keeper: int, pipes: tuple[int, int]) -> None:
        self.master = master
        self.slave = slave
        self.keeper = keeper
        self.status, self._stay = pipes

    @property
    def fds(self) -> tuple[int, ...]:
        """What other processes that are started must close."""
        return (self.master, self.slave, self.status, self._stay)

    def mode(self) -> tuple[bool, bool]:
        """Whether its terminal edits lines, and whether it echoes."""
        try:
            flags = termios.tcgetattr(self.master)[tty.LFLAG]
        except (termios.error, OSError):
            return True, False
        return bool(flags & termios.ICANON), bool(flags & termios.ECHO)

    def resize(self, size: tuple[int, int]) -> None:
        """Its terminal has so many lines and columns now."""
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetwinsize(self.master, size)

    def signal(self, number: int) -> None:
        """Send a signal to what runs in the terminal's foreground."""
        with contextlib.suppress(OSError):
            os.killpg(os.tcgetpgrp(self.master), number)

    def stopped(self) -> bool:
        """Whether it was stopped, and wants to be resumed."""
        with contextlib.suppress(ChildProcessError):
            pid, status = os.waitpid(self.keeper, os.WNOHANG | os.WUNTRACED)
            return bool(pid) and os.WIFSTOPPED(status)
        return False

    def resume(self) -> None:
        """Let it go on."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.keeper, signal.SIGCONT)

    def ended(self) -> int | None:
        """Its wait status once `status` can be read; None if nobody could say."""
        data = os.read(self.status, _STATUS.size)
        return int(_STATUS.unpack(data)[0]) if len(data) == _STATUS.size else None

    def release(self) -> None:
        """All was read: the keeper may go."""
        for fd in self.fds:
            close(fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.keeper, 0)


def start(
    words: Sequence[str], environment: Mapping[str, str], terminal: Terminal, *, plain: bool
) -> Command:
    """The command, started. `plain`: its output is for a file or a pipe, line ends as they are.

    UsageError with the exit code 127 or 126 if there is no such command, or it can't be started.
    """
    master, slave = os.openpty()
    _prepare(slave, terminal, plain=plain)
    status, says = os.pipe()
    waits, stay = os.pipe()
    failed, fails = os.pipe()
    keeper = os.fork()
    if not keeper:
        try:
            _lead((master, status, stay, failed, terminal.guard_fd), slave)
            _keep(words, environment, (says, waits, fails))
        finally:
            os._exit(1)
    for fd in (says, waits, fails):
        os.close(fd)
    command = Command(master, slave, keeper, (status, stay))
    why = read_all(failed)
    os.close(failed)
    if why:
        command.release()
        raise _not_started(words[0], int(why))
    os.set_blocking(master, False)
    return command


def _prepare(slave: int, terminal: Terminal, *, plain: bool) -> None:
    attributes: list[Any] = terminal.attributes or termios.tcgetattr(slave)
    if plain:
        attributes[tty.OFLAG] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    lines, columns = terminal.size()
    termios.tcsetwinsize(slave, (lines or 24, columns or 80))


def _lead(others: Sequence[int], slave: int) -> None:
    for fd in others:
        if fd >= 0:
            os.close(fd)
    os.login_tty(slave)


def _keep(
    words: Sequence[str], environment: Mapping[str, str], pipes: tuple[int, int, int]
) -> None:
    """The keeper's life."""
    says, waits, fails = pipes
    before = {number: signal.getsignal(number) for number in _KEPT_OFF}
    for number in _KEPT_OFF:
        signal.signal(number, signal.SIG_IGN)
    child = os.fork()
    if not child:
        try:
            _become(words, environment, before)
        except OSError as error:
            write_all(fails, str(error.errno or errno.ENOEXEC).encode())
        except ValueError:  # a word or a variable with a NUL in it
            write_all(fails, str(errno.EINVAL).encode())
        finally:
            os._exit(127)
    os.close(fails)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    while os.WIFSTOPPED(status := os.waitpid(child, os.WUNTRACED)[1]):
        os.kill(os.getpid(), signal.SIGSTOP)
        os.killpg(child, signal.SIGCONT)
    write_all(says, _STATUS.pack(status))
    os.close(says)
    os.read(waits, 1)


def _become(
    words: Sequence[str], environment: Mapping[str, str], before: Mapping[Any, Any]
) -> None:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    for number in (*before, *_OURS):
        ignored = before.get(number) == signal.SIG_IGN
        signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
    os.execvpe(words[0], list(words), environment)  # noqa: S606 - the command line is the person's


def _not_started(word: str, number: int) -> UsageError:
    shown = one_line(word) or "''"
    missing = number in (errno.ENOENT, errno.ENOTDIR)
    if missing and "/" not in word:
        message = f"there is no command {shown}"
        hint = "nothing was run or recorded; a shell's alias or function: journal run -- sh -c '…'"
    else:
        message = f"{shown} can't be run: {os.strerror(number)}"
        hint = "nothing was run or recorded; check the path and its permissions"
    error = UsageError(message, kind="not-found" if missing else "not-executable", hint=hint)
    error.code = 127 if missing else 126
    return error
